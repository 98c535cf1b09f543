// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// planPage is a plan: its draft as it stands with the committee, what differs from the last version, and the versions.
type planPage struct {
	Crumbs    []page.Crumb
	Title     page.Cell
	Status    page.Mark
	Actions   []page.Action
	Notes     []register.Note
	Hidden    bool
	Facts     []page.Fact
	Proposals page.Table
	Versions  page.Table
	Since     string // title of Changes
	Changes   []difference
	History   []page.Event
}

// VersionPath is where a version of a plan is shown.
func VersionPath(id journal.ID, n int) string { return versionPath(id, n) }

func versionPath(id journal.ID, n int) string {
	return planPath(id) + "/versions/" + strconv.Itoa(n)
}

func (rm room) showPlan(ctx context.Context, r *page.Request) (page.Response, error) {
	p, err := rm.plan(ctx, r)
	if err != nil {
		return nil, err
	}
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	a, err := rm.against(ctx, r, p)
	if err != nil {
		return nil, err
	}
	l, w := r.L, words{r.L, k}
	d := planPage{Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.plan")}), Title: register.Quote(l, p.Opened.Title), Status: page.Mark{Tone: stateTones[p.State()], Text: l.T("committee.state." + string(p.State()))},
		Hidden: p.Hidden, Proposals: rm.proposals(r, w, a, p), Versions: rm.versions(ctx, r, p), History: rm.history(ctx, r, p.History),
		Facts: append([]page.Fact{{Term: l.T("committee.year"), Text: strconv.Itoa(p.Opened.Year)}, {Term: l.T("committee.partners"), Text: register.Countries(l, a.Partners)}}, register.StateFacts(l, p.Opened.Title)...)}
	if last := p.Last(); last.Number > 0 {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("committee.last"), Text: l.T("committee.version", "N", strconv.Itoa(last.Number)), Href: versionPath(p.ID, last.Number), Sub: l.Date(last.At)})
		if !p.Hidden {
			d.Since, d.Changes = l.T("committee.since", "N", strconv.Itoa(last.Number)), w.differences(p.Changes(last.Proposals, p.Proposals), p)
		}
	}
	approved, open := Decided(k.sessions, p.ID)
	next := p.Changes(p.Last().Proposals, p.Next(approved))
	if register.MayEdit(r) {
		d.Actions = rm.planActions(r, k, p)
		if len(next) > 0 && open > 0 {
			d.Notes = append(d.Notes, register.Note{Tone: page.Info, Text: l.N("committee.freeze.wait", open)})
		}
		if len(next) > 0 && open == 0 {
			d.Notes = append(d.Notes, register.Note{Tone: page.Good, Text: l.N("committee.todo.freeze", len(next)), Actions: []page.Action{{Text: l.T("committee.freeze"), Href: planPath(p.ID) + "/freeze", Icon: "lock", Primary: true}}})
		}
	}
	return page.View("committee/plan", l.T("committee.plan"), d), nil
}

// planActions offers a new proposal, and to table what is there at the sessions to come.
func (rm room) planActions(r *page.Request, k known, p Plan) []page.Action {
	l := r.L
	out := []page.Action{{Text: l.T("committee.propose"), Href: planPath(p.ID) + "/proposals/" + rm.Store.NewID().String(), Icon: "plus"}}
	if len(k.sessions) > 0 { // the latest
		out = append(out, page.Action{Text: l.T("committee.table"), Href: sessionPath(k.sessions[0].ID) + "/table?plan=" + p.ID.String(), Icon: "presentation"})
	}
	return out
}

func (rm room) proposals(r *page.Request, w words, a Around, p Plan) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("committee.draft"), Columns: heads(l, "committee.proposal", "committee.field.priority", "committee.field.countries", "committee.standing"),
		Empty: &page.Empty{Icon: "file-text", Title: l.T("committee.draft.none"), Text: l.T("committee.draft.none.text")}}
	for _, id := range p.ids() {
		x, there := p.Proposal(id)
		if !there {
			x, _ = in(p.Last().Proposals, id)
		}
		c := w.titled(x)
		if there && register.MayEdit(r) {
			c.Href = planPath(p.ID) + "/proposals/" + id.String()
		}
		s := w.stand(a, p, id)
		if wait := a.Waiting(x); len(wait) > 0 && there {
			s.text = append(s.text, w.waiting(wait))
		}
		if why := w.outside(a, x); why != "" && there {
			s.text = append(s.text, why)
		}
		sub := ""
		for i, text := range s.text {
			if sub += text; i < len(s.text)-1 {
				sub += " · "
			}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{c, {Text: w.priority(x.Priority)}, {Text: register.Countries(l, x.Countries)}, {Text: s.mark.Text, Tone: s.mark.Tone, Sub: sub}}})
	}
	return t
}

func (rm room) versions(ctx context.Context, r *page.Request, p Plan) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("committee.versions"), Columns: heads(l, "committee.last", "committee.frozen", "committee.proposals", "committee.hash"),
		Empty: &page.Empty{Icon: "lock-open", Title: l.T("committee.version.none"), Text: l.T("committee.version.none.text")}}
	var ids []journal.ID
	for _, v := range p.Versions {
		ids = append(ids, v.By)
	}
	names := rm.called(ctx, r, ids...)
	for _, v := range slices.Backward(p.Versions) {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("committee.version", "N", strconv.Itoa(v.Number)), Href: versionPath(p.ID, v.Number)}, {Text: l.DateTime(v.At), Sub: name(l, names, v.By)}, {Text: l.Number(len(v.Proposals))}, {Text: short(v.Hash)}}})
	}
	return t
}

// short cuts a hash for a list; the version's own page shows it whole.
func short(hash string) string { return hash[:min(len(hash), 16)] + "…" }

// versionPage is one version, and its differences from another.
type versionPage struct {
	Crumbs        []page.Crumb
	Title         string
	Actions       []page.Action
	Facts         []page.Fact
	Against       []page.Tab
	Compared      string
	Changes       []difference
	Same          *page.Empty
	Proposals     []proposalCard
	Before, After string
}

// proposalCard is a proposal with all that it says.
type proposalCard struct {
	Anchor   string
	Title    page.Cell
	Passages []register.Passage
	Facts    []page.Fact
	Outside  string
}

// what gives what is to be done, in the reader's language where there is one.
func (w words) what(p Proposal) []register.Passage {
	ps := register.Passages(w.l, "", p.What)
	if len(ps) > 0 {
		ps[0].Sub = ""
	}
	return ps[:min(len(ps), 1)]
}

func (w words) card(p Proposal, outside string) proposalCard {
	return proposalCard{Anchor: "p-" + p.ID.String(), Title: w.titled(p), Passages: w.what(p), Facts: w.facts(p), Outside: outside}
}

// numbered reads which version a path names.
func (rm room) numbered(ctx context.Context, r *page.Request) (Plan, Version, error) {
	p, err := rm.plan(ctx, r)
	if err != nil {
		return p, Version{}, err
	}
	n, _ := strconv.Atoi(r.PathValue("version")) // 0 is no version
	v, ok := p.Version(n)
	if !ok {
		return p, v, fault.New(fault.NotFound, "fault.not_found")
	}
	return p, v, nil
}

func (rm room) version(ctx context.Context, r *page.Request) (page.Response, error) {
	p, v, err := rm.numbered(ctx, r)
	if err != nil {
		return nil, err
	}
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	a, err := rm.against(ctx, r, p)
	if err != nil {
		return nil, err
	}
	l, w, n := r.L, words{r.L, k}, strconv.Itoa(v.Number)
	names := rm.called(ctx, r, v.By)
	at := versionPath(p.ID, v.Number)
	d := versionPage{Title: l.T("committee.version.of", "N", n, "Year", strconv.Itoa(p.Opened.Year)),
		Crumbs:  crumbs(l, page.Crumb{Text: l.T("committee.plan"), Href: planPath(p.ID)}, page.Crumb{Text: l.T("committee.version", "N", n)}),
		Actions: []page.Action{{Text: l.T("committee.version.file"), Href: at + "/file", Icon: "download"}},
		Facts: []page.Fact{{Term: l.T("committee.frozen"), Text: l.DateTime(v.At), Sub: name(l, names, v.By)}, {Term: l.T("committee.hash"), Text: v.Hash, Sub: l.T("committee.hash.hint")},
			{Term: l.T("committee.session"), Text: l.T("committee.session"), Href: sessionPath(v.Session)}}}
	other, _ := strconv.Atoi(r.URL.Query().Get("against"))
	if other == 0 {
		other = v.Number - 1
	}
	for _, x := range p.Versions {
		if x.Number != v.Number {
			d.Against = append(d.Against, page.Tab{Text: l.T("committee.version", "N", strconv.Itoa(x.Number)), Href: at + "?against=" + strconv.Itoa(x.Number), Current: x.Number == other})
		}
	}
	if before, ok := p.Version(other); ok && other != v.Number {
		d.Compared = l.T("committee.compared", "N", strconv.Itoa(other))
		d.Before, d.After = l.T("committee.version", "N", strconv.Itoa(other)), l.T("committee.version", "N", n)
		if d.Changes = w.differences(p.Changes(before.Proposals, v.Proposals), p); len(d.Changes) == 0 {
			d.Same = &page.Empty{Icon: "check", Title: l.T("committee.compared.same")}
		}
	}
	of, err := carried(ctx, rm.Store, register.As(r), p.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range v.Proposals {
		c := w.card(x, w.outside(a, x))
		c.Facts = append(c.Facts, carriage(r, of, x))
		d.Proposals = append(d.Proposals, c)
	}
	if register.MayEdit(r) && v.Number == p.Last().Number {
		d.Actions = append(d.Actions, page.Action{Text: l.T("committee.carry"), Post: at + "/carry", Icon: "arrow-right", Confirm: l.T("committee.carry.sure")})
	}
	return page.View("committee/version", l.T("committee.versions"), d), nil
}

// versionFile gives a version's exact bytes: whoever hashes them finds the hash.
func (rm room) versionFile(ctx context.Context, r *page.Request) (page.Response, error) {
	p, v, err := rm.numbered(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.File("plan-"+strconv.Itoa(p.Opened.Year)+"-v"+strconv.Itoa(v.Number)+".json", "application/json", Bytes(p.Opened.Year, v.Number, v.Proposals)), nil
}

// freezePage shows what the next version will be, before it is one.
type freezePage struct {
	Crumbs  []page.Crumb
	Title   string
	Entry   string
	Changes []difference
	Cancel  string
	Errors  page.FieldErrors
}

// nextOf gives the next version of a plan, to be written.
func nextOf(k known, p Plan) (Frozen, []Change) {
	approved, _ := Decided(k.sessions, p.ID)
	v := Frozen{Number: len(p.Versions) + 1, Proposals: p.Next(approved)}
	v.Hash = Hash(p.Opened.Year, v.Number, v.Proposals)
	for _, s := range k.sessions {
		if slices.ContainsFunc(s.Motions, func(m Motion) bool { return m.Plan == p.ID && m.Decision != nil }) {
			v.Session = s.ID
			break
		}
	}
	return v, p.Changes(p.Last().Proposals, v.Proposals)
}

func (rm room) freezeForm(ctx context.Context, r *page.Request) (page.Response, error) {
	p, err := rm.plan(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	v, changes := nextOf(k, p)
	if len(changes) == 0 {
		return nil, fault.New(fault.Guarded, "committee.guard.nothing")
	}
	l := r.L
	d := freezePage{Title: l.T("committee.freeze.title", "N", strconv.Itoa(v.Number)), Entry: rm.Store.NewID().String(), Cancel: planPath(p.ID), Changes: words{l, k}.differences(changes, p),
		Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.plan"), Href: planPath(p.ID)}, page.Crumb{Text: l.T("committee.freeze")})}
	return page.View("committee/freeze", l.T("committee.freeze"), d), nil
}

func (rm room) freeze(ctx context.Context, r *page.Request) (page.Response, error) {
	p, err := rm.plan(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	var f struct {
		Entry journal.ID `form:"entry"`
	}
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	res, err := rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindPlan, ID: p.ID}, func(state any) ([]store.Draft, error) {
		v, _ := nextOf(k, state.(Plan))
		return []store.Draft{{ID: f.Entry, Type: FrozenType, Payload: v}}, nil
	})
	if err != nil {
		return nil, err
	}
	return page.Redirect(versionPath(p.ID, res.State.(Plan).Last().Number), "committee.freeze.done"), nil
}
