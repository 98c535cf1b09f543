// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// sessionPage is a session as the members have it before them: the agenda with its motions, warnings, votes and decisions.
type sessionPage struct {
	Crumbs  []page.Crumb
	Title   page.Cell
	Status  page.Mark
	Actions []page.Action
	Hidden  bool
	Facts   []page.Fact
	Agenda  []agendaItem
	Motions int
	Empty   *page.Empty
	History []page.Event
}

// agendaItem is a point of the agenda with what is tabled under it. Key is "" for what stands under none.
type agendaItem struct {
	Key     string
	Text    page.Cell
	Motions []motionCard
	Lines   []page.Line // the motions, each with the way to it
}

// motionCard is a motion as it stands.
type motionCard struct {
	proposalCard
	Status   page.Mark
	Warnings []register.Note
	Tally    string
	Votes    page.Table
	Decided  []page.Fact
	Decide   string // where the decision is recorded; "" for those who may not
}

func (rm room) showSession(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.session(ctx, r)
	if err != nil {
		return nil, err
	}
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	l, w := r.L, words{r.L, k}
	d := sessionPage{Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.session")}), Title: register.Quote(l, s.Called.Title), Hidden: s.Hidden, Motions: len(s.Motions), History: rm.history(ctx, r, s.History),
		Facts: []page.Fact{{Term: l.T("committee.on"), Text: s.Called.On.Print(l)}}, Status: page.Mark{Tone: page.Off, Text: l.N("committee.todo.open", s.Open())}}
	if s.Open() > 0 {
		d.Status.Tone = page.Info
	}
	d.Facts = append(d.Facts, register.StateFacts(l, s.Called.Title)...)
	if !s.Hidden {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("committee.place"), Text: s.Called.Place}, page.Fact{Term: l.T("committee.seats"), Text: l.Number(s.Called.Seats)},
			page.Fact{Term: l.T("committee.quorum"), Text: l.Number(s.Called.Quorum)}, page.Fact{Term: l.T("committee.rule"), Text: register.Word(l, "committee.rule.", s.Called.Rule)})
	}
	cards := map[string][]motionCard{}
	for _, m := range s.Motions {
		c, err := rm.motion(ctx, r, w, s, m)
		if err != nil {
			return nil, err
		}
		cards[m.Item] = append(cards[m.Item], c)
	}
	for _, x := range s.Called.Agenda {
		d.Agenda = append(d.Agenda, agendaItem{x.Key, register.Quote(l, x.Text), cards[x.Key], lines(cards[x.Key])})
		delete(cards, x.Key)
	}
	for _, rest := range cards {
		d.Agenda = append(d.Agenda, agendaItem{Text: page.Cell{Text: l.T("committee.no_item")}, Motions: rest, Lines: lines(rest)})
	}
	if d.Actions = rm.sessionActions(r, s); len(d.Agenda) == 0 {
		d.Empty = &page.Empty{Icon: "list", Title: l.T("committee.agenda.none"), Text: l.T("committee.agenda.none.text")}
	}
	return page.View("committee/session", l.T("committee.session"), d), nil
}

// lines names motions with where they stand.
func lines(cards []motionCard) []page.Line {
	var out []page.Line
	for _, c := range cards {
		x := page.Line{Tone: c.Status.Tone, Title: c.Title.Text, Lang: c.Title.Lang, Href: "#" + c.Anchor, Text: c.Status.Text}
		if len(c.Warnings) > 0 && c.Decided == nil {
			x.Basis = c.Warnings[0].Text
		}
		out = append(out, x)
	}
	return out
}

func (rm room) sessionActions(r *page.Request, s Session) []page.Action {
	l, at := r.L, sessionPath(s.ID)
	var out []page.Action
	if register.MayEdit(r) {
		out = append(out, page.Action{Text: l.T("register.edit"), Href: at + "/edit", Icon: "edit"}, page.Action{Text: l.T("committee.motion.new"), Href: at + "/motion", Icon: "writing"},
			page.Action{Text: l.T("committee.table"), Href: at + "/table", Icon: "presentation"})
	}
	if votes(r) && s.Open() > 0 {
		out = append(out, page.Action{Text: l.T("committee.vote"), Href: at + "/ballot", Icon: "checkbox", Primary: true})
	}
	return out
}

// about reads the plan of a motion and the words that it was tabled on; same says that the plan still says them, gone that the motion
// is about taking the proposal out.
func (rm room) about(ctx context.Context, r *page.Request, m Motion) (p Plan, x Proposal, gone, same bool, err error) {
	if m.Plan.IsZero() {
		return p, x, false, true, nil
	}
	o, err := rm.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindPlan, ID: m.Plan})
	if err != nil {
		return p, x, false, false, err
	}
	p = o.State.(Plan)
	same = p.Mark(m.Proposal) == m.Mark
	if x, ok := p.Said(m.Proposal, m.Mark); ok {
		return p, x, false, same, nil
	}
	if x, ok := p.Proposal(m.Proposal); ok {
		return p, x, false, same, nil
	}
	for _, v := range p.Versions { // it was taken out: its last words
		if y, ok := in(v.Proposals, m.Proposal); ok {
			x = y
		}
	}
	return p, x, m.Mark == Removed, same, nil
}

func (rm room) motion(ctx context.Context, r *page.Request, w words, s Session, m Motion) (motionCard, error) {
	l := r.L
	p, x, gone, same, err := rm.about(ctx, r, m)
	if err != nil {
		return motionCard{}, err
	}
	c := motionCard{Status: page.Mark{Tone: page.Info, Text: l.T("committee.undecided")}, Tally: tally(l, m.Tally(s.Called.Quorum)), Votes: rm.voteTable(ctx, r, m)}
	warn := func(text string) { c.Warnings = append(c.Warnings, register.Note{Tone: page.Warn, Text: text}) }
	if m.Plan.IsZero() {
		c.proposalCard = proposalCard{Title: register.Excerpt(l, m.Text), Passages: register.Passages(l, "", m.Text)}
	} else {
		a, err := rm.against(ctx, r, p)
		if err != nil {
			return c, err
		}
		c.proposalCard = w.card(x, "")
		if why := w.outside(a, x); why != "" {
			warn(why)
		}
		if len(m.Waiting) > 0 {
			warn(w.waiting(m.Waiting))
		}
		if gone {
			warn(l.T("committee.motion.gone"))
		}
		if !same && m.Decision == nil {
			c.Warnings = append(c.Warnings, register.Note{Tone: page.Bad, Text: l.T("committee.guard.changed")})
		}
	}
	c.Anchor = "m-" + m.Motion.String()
	if m.Decision != nil {
		names := rm.called(ctx, r, m.Decision.Actor)
		v := m.Decision
		c.Status = page.Mark{Tone: resultTones[v.Result], Text: l.T("committee.result." + string(v.Result))}
		c.Decided = []page.Fact{{Term: l.T("committee.result"), Text: c.Status.Text, Tone: c.Status.Tone}, {Term: l.T("committee.reason"), Text: v.Reason}, {Term: l.T("committee.by"), Text: v.By},
			{Term: l.T("committee.recorded"), Text: l.DateTime(v.At), Sub: name(l, names, v.Actor)}, {Term: l.T("committee.quorum"), Text: quorum(w, v.Tally)}}
	} else if register.MayEdit(r) {
		c.Decide = sessionPath(s.ID) + "/decide/" + m.Motion.String()
	}
	return c, nil
}

func quorum(w words, t Tally) string {
	if t.Reached() {
		return w.l.T("committee.quorum.reached", "Voted", t.Voted(), "Quorum", t.Quorum)
	}
	return w.l.T("committee.quorum.short", "Voted", t.Voted(), "Quorum", t.Quorum)
}

var valueTones = map[Value]string{"yes": page.Good, "no": page.Bad, "abstain": page.Off}

// voteTable lists who voted what, how, when and why.
func (rm room) voteTable(ctx context.Context, r *page.Request, m Motion) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("committee.votes"), Columns: heads(l, "committee.member", "committee.value", "committee.how", "committee.when", "committee.why")}
	var ids []journal.ID
	for _, v := range m.Votes {
		ids = append(ids, v.By)
	}
	names := rm.called(ctx, r, ids...)
	for _, v := range m.Votes {
		when := page.Cell{Text: l.DateTime(v.At)}
		if v.Changed > 0 {
			when.Sub = l.N("committee.vote.changed", v.Changed)
		}
		why := page.Cell{Text: v.Reason}
		if v.Reason == "" {
			why.Text = l.T("committee.why.none")
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: name(l, names, v.By)}, {Text: l.T("committee.value." + string(v.Value)), Tone: valueTones[v.Value]}, {Text: l.T("committee.how." + string(v.How))}, when, why}})
	}
	return t
}
