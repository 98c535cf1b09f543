// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// homePage is the committee's room: what needs a decision, its sessions and its plans.
type homePage struct {
	Crumbs          []page.Crumb
	Actions         []page.Action
	ToDecide        []page.Line
	Nothing         *page.Empty
	Sessions, Plans page.Table
}

func (rm room) home(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	plans, err := Plans(ctx, rm.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	todo, err := rm.ToDecide(ctx, r)
	if err != nil {
		return nil, err
	}
	d := homePage{Crumbs: crumbs(l), ToDecide: todo, Nothing: &page.Empty{Icon: "gavel", Title: l.T("committee.todo.none"), Text: l.T("committee.todo.none.text")},
		Sessions: sessionTable(l, k.sessions), Plans: planTable(l, plans), Actions: []page.Action{{Text: l.T("committee.log"), Href: Path + "/decisions", Icon: "list-check"}}}
	if register.MayEdit(r) {
		d.Actions = append(d.Actions, page.Action{Text: l.T("committee.call"), Href: Path + "/sessions/new", Icon: "calendar-event"}, page.Action{Text: l.T("committee.open"), Href: Path + "/plans/new", Icon: "plus", Primary: true})
	}
	return page.View("committee/home", l.T("committee.title"), d), nil
}

func heads(l *lang.Locale, keys ...string) []page.Column {
	var out []page.Column
	for _, k := range keys {
		out = append(out, page.Column{Text: l.T(k)})
	}
	return out
}

func sessionTable(l *lang.Locale, list []Session) page.Table {
	t := page.Table{Caption: l.T("committee.sessions"), Columns: heads(l, "committee.session", "committee.on", "committee.motions", "committee.open_motions"),
		Empty: &page.Empty{Icon: "calendar-event", Title: l.T("committee.sessions.none"), Text: l.T("committee.sessions.none.text")}}
	t.Columns[2].Num, t.Columns[3].Num = true, true
	for _, s := range list {
		c := register.Quote(l, s.Called.Title)
		c.Href = sessionPath(s.ID)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{c, {Text: s.Called.On.Print(l)}, {Text: l.Number(len(s.Motions))}, {Text: l.Number(s.Open())}}})
	}
	return t
}

var stateTones = map[State]string{Draft: page.Info, Approved: page.Good, Edited: page.Warn}

func planTable(l *lang.Locale, list []Plan) page.Table {
	t := page.Table{Caption: l.T("committee.plans"), Columns: heads(l, "committee.plan", "committee.year", "committee.state", "committee.last", "committee.proposals"),
		Empty: &page.Empty{Icon: "file-text", Title: l.T("committee.plans.none"), Text: l.T("committee.plans.none.text")}}
	t.Columns[4].Num = true
	for _, p := range list {
		c := register.Quote(l, p.Opened.Title)
		c.Href = planPath(p.ID)
		last := page.Cell{Text: l.T("committee.version.none")}
		if v := p.Last(); v.Number > 0 {
			last = page.Cell{Text: l.T("committee.version", "N", strconv.Itoa(v.Number)), Href: versionPath(p.ID, v.Number), Sub: l.Date(v.At)}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{c, {Text: strconv.Itoa(p.Opened.Year)}, {Text: l.T("committee.state." + string(p.State())), Tone: stateTones[p.State()]}, last, {Text: l.Number(max(len(p.Proposals), len(p.Last().Proposals)))}}})
	}
	return t
}

// ToDecide lists what needs the committee or its office, one line each: motions that are open, proposals that something keeps
// from being tabled, proposals that can be tabled, decisions that no version holds yet.
func (c Config) ToDecide(ctx context.Context, r *page.Request) ([]page.Line, error) {
	rm := room{c}
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	plans, err := Plans(ctx, c.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	l := r.L
	var out []page.Line
	for _, s := range k.sessions {
		if n := s.Open(); n > 0 {
			title := register.Quote(l, s.Called.Title)
			x := page.Line{Tone: page.Info, Title: title.Text, Lang: title.Lang, Href: sessionPath(s.ID), Text: l.N("committee.todo.open", n), Basis: s.Called.On.Print(l)}
			if mine := unvoted(s, r); mine > 0 {
				x.Tone, x.Text, x.Href = page.Warn, l.N("committee.todo.vote", mine), sessionPath(s.ID)+ballot
			}
			out = append(out, x)
		}
	}
	for _, p := range plans {
		a, err := rm.against(ctx, r, p)
		if err != nil {
			return nil, err
		}
		out = append(out, planLines(words{l, k}, a, p)...)
	}
	return out, nil
}

// ballot is where a member votes, below a session.
const ballot = "/ballot"

// Ballot says whether a line leads to where its reader votes.
func Ballot(href string) bool {
	return strings.HasPrefix(href, Path+"/") && strings.HasSuffix(href, ballot)
}

// unvoted counts the open motions on which a member has not voted.
func unvoted(s Session, r *page.Request) int {
	n := 0
	for _, m := range s.Motions {
		if _, done := m.Vote(r.Actor.ID); m.Decision == nil && !done && votes(r) {
			n++
		}
	}
	return n
}

func planLines(w words, a Around, p Plan) []page.Line {
	title := register.Quote(w.l, p.Opened.Title)
	line := func(tone, text string) page.Line {
		return page.Line{Tone: tone, Title: title.Text, Lang: title.Lang, Href: planPath(p.ID), Text: text}
	}
	var out []page.Line
	count := map[string]int{}
	for _, id := range p.ids() {
		count[w.stand(a, p, id).code]++
	}
	if n := count["obstacle"]; n > 0 {
		out = append(out, line(page.Bad, w.l.N("committee.todo.obstacle", n)))
	}
	if n := count["ready"]; n > 0 {
		out = append(out, line(page.Warn, w.l.N("committee.todo.ready", n)))
	}
	if n := count["approved"]; n > 0 {
		out = append(out, line(page.Good, w.l.N("committee.todo.freeze", n)))
	}
	return out
}

// ids lists the proposals of the draft and those of the last version that were taken out.
func (p Plan) ids() []journal.ID {
	var out []journal.ID
	for _, x := range p.Proposals {
		out = append(out, x.ID)
	}
	for _, x := range p.Last().Proposals {
		if !slices.Contains(out, x.ID) && len(p.Withdrawn) > 0 {
			out = append(out, x.ID)
		}
	}
	return out
}

// standing is where a proposal stands between the draft, the committee and the last version.
type standing struct {
	code string // version | approved | tabled | rejected | adjourned | obstacle | ready
	mark page.Mark
	text []string
}

var standTones = map[string]string{"version": page.Good, "approved": page.Good, "tabled": page.Info, "rejected": page.Bad, "adjourned": page.Warn, "obstacle": page.Bad, "ready": page.Off}

func (w words) stand(a Around, p Plan, id journal.ID) standing {
	x, there := p.Proposal(id)
	s := standing{code: "ready"}
	approved, _ := Decided(w.k.sessions, p.ID)
	last := lastOn(w.k.sessions, p.ID, id, p.Mark(id))
	switch {
	case !p.Differs(id):
		s.code = "version"
	case approved(id, p.Mark(id)):
		s.code = "approved"
	case last != nil && last.Decision == nil:
		s.code = "tabled"
	case last != nil:
		s.code = string(last.Decision.Result)
	case there && len(a.Obstacles(x)) > 0:
		s.code, s.text = "obstacle", w.obstacles(a, x)
	}
	if s.mark = (page.Mark{Tone: standTones[s.code], Text: w.l.T("committee.stand." + s.code)}); !there {
		s.text = append(s.text, w.l.T("committee.change.removed"))
	}
	return s
}

// lastOn gives the motion tabled last on a proposal's words.
func lastOn(all []Session, plan, proposal journal.ID, mark string) *Motion {
	var out *Motion
	for _, s := range all {
		for _, m := range s.Motions {
			if m.Plan == plan && m.Proposal == proposal && m.Mark == mark && (out == nil || m.At.After(out.At)) {
				out = &m
			}
		}
	}
	return out
}
