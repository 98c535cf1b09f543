// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// logged is one decision of the log, with what it was about.
type logged struct {
	Session Session
	Motion  Motion
	Title   page.Cell
}

// log is the log of decisions: who decided what, when and why, narrowed by session, plan, result and member.
func (rm room) log(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	plans, err := Plans(ctx, rm.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	fs := logFilters(r, k, plans)
	chosen := register.Query(r, fs)
	var rows []logged
	for _, s := range k.sessions {
		for _, m := range s.Motions {
			if m.Decision == nil || !matches(s, m, chosen) {
				continue
			}
			_, x, _, _, err := rm.about(ctx, r, m)
			if err != nil {
				return nil, err
			}
			title := register.Excerpt(l, m.Text)
			if !m.Plan.IsZero() {
				title = words{l, k}.titled(x)
			}
			title.Href = MotionPath(s.ID, m.Motion)
			rows = append(rows, logged{s, m, title})
		}
	}
	inorder.Stably(rows, func(a, b logged) int { return b.Motion.Decision.At.Compare(a.Motion.Decision.At) })
	if r.URL.Query().Get("as") == "csv" {
		return page.Sheet("decisions.csv", rm.logSheet(ctx, r, rows))
	}
	d := register.List{Title: l.T("committee.log"), Lead: l.N("committee.log.count", len(rows)), Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.log")}), Table: rm.logTable(ctx, r, rows, len(chosen) > 0)}
	d.Narrow(Path+"/decisions", fs, chosen)
	return page.View("register/list", l.T("committee.log"), d), nil
}

func logFilters(r *page.Request, k known, plans []Plan) []register.Field {
	l := r.L
	var sessions, years []page.Option
	for _, s := range k.sessions {
		sessions = append(sessions, page.Option{Value: s.ID.String(), Text: s.Called.On.Print(l) + " · " + register.Quote(l, s.Called.Title).Text})
	}
	for _, p := range plans {
		years = append(years, page.Option{Value: p.ID.String(), Text: strconv.Itoa(p.Opened.Year) + " · " + register.Quote(l, p.Opened.Title).Text})
	}
	all := l.T("register.any")
	return []register.Field{{Kind: "select", Name: "result", Label: l.T("committee.result"), Options: register.Codes(l, "committee.result.", Results()), Blank: all},
		{Kind: "select", Name: "session", Label: l.T("committee.session"), Options: sessions, Blank: all}, {Kind: "select", Name: "plan", Label: l.T("committee.plan"), Options: years, Blank: all}}
}

func matches(s Session, m Motion, chosen map[string]string) bool {
	has := map[string]string{"result": string(m.Decision.Result), "session": s.ID.String(), "plan": m.Plan.String()}
	for name, want := range chosen {
		if has[name] != want {
			return false
		}
	}
	return true
}

// recorders gives the names of those who recorded decisions.
func (rm room) recorders(ctx context.Context, r *page.Request, rows []logged) map[journal.ID]string {
	var ids []journal.ID
	for _, x := range rows {
		ids = append(ids, x.Motion.Decision.Actor)
	}
	return rm.called(ctx, r, ids...)
}

func (rm room) logTable(ctx context.Context, r *page.Request, rows []logged, narrowed bool) page.Table {
	l, names := r.L, rm.recorders(ctx, r, rows)
	t := page.Table{Caption: l.T("committee.log"), Columns: heads(l, "committee.motion", "committee.result", "committee.votes", "committee.reason", "committee.recorded"),
		Empty: &page.Empty{Icon: "gavel", Title: l.T("committee.log.none"), Text: l.T("committee.log.none.text")}}
	if narrowed {
		t.Empty = &page.Empty{Icon: "search", Title: l.T("register.none"), Text: l.T("register.none.text"), Action: &page.Action{Text: l.T("register.all"), Href: Path + "/decisions"}}
	}
	for _, x := range rows {
		v := x.Motion.Decision
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{x.Title, {Text: l.T("committee.result." + string(v.Result)), Tone: resultTones[v.Result]}, {Text: tally(l, v.Tally)}, {Text: v.Reason}, {Text: l.DateTime(v.At), Sub: v.By + " · " + name(l, names, v.Actor)}}})
	}
	return t
}

func (rm room) logSheet(ctx context.Context, r *page.Request, rows []logged) [][]string {
	l, names := r.L, rm.recorders(ctx, r, rows)
	var head []string
	for _, k := range []string{"session", "on", "motion", "result", "reason", "by", "recorded", "account_name", "value.yes", "value.no", "value.abstain", "quorum", "entry"} {
		head = append(head, l.T("committee."+k))
	}
	out := [][]string{head}
	for _, x := range rows {
		v, t := x.Motion.Decision, x.Motion.Decision.Tally
		out = append(out, []string{register.Quote(l, x.Session.Called.Title).Text, x.Session.Called.On.String(), x.Title.Text, l.T("committee.result." + string(v.Result)), v.Reason, v.By, v.At.Format("2006-01-02 15:04 MST"), name(l, names, v.Actor),
			strconv.Itoa(t.Yes), strconv.Itoa(t.No), strconv.Itoa(t.Abstain), strconv.Itoa(t.Quorum), v.Entry.String()})
	}
	return out
}
