// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// showData is the page of one joint release.
type showData struct {
	field.Matter
	Parties page.Table
	Planned page.Table
	release.Figures
}

func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	o, err := release.Opened(ctx, r, rm.Desk.Store, access.KindJoint)
	if err != nil {
		return nil, State{}, err
	}
	return o, o.State.(State), nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	d, err := rm.matter(ctx, r, o, s)
	return page.View("joint/show", r.L.T("joint.one"), d), err
}

func (rm room) matter(ctx context.Context, r *page.Request, o *store.Opened, s State) (showData, error) {
	l := r.L
	d := showData{Parties: rm.parties(ctx, r, s), Planned: rm.tables(r, s)}
	d.Title, d.Crumbs = Title(l, s.Proposal.Title), crumbs(r, l.T("joint.one"))
	d.Mark = &page.Mark{Tone: tones[s.Status()], Text: l.T("joint.status." + s.Status())}
	d.Notes = append(notes(r, s), late(r, s)...)
	acts := s.acts(r)
	if others := rm.others(ctx, s); len(others) > 0 {
		d.Notes = append(d.Notes, field.Note{Tone: page.Bad, Title: l.T("joint.card", "Offices", l.List(others)), Text: l.T("joint.card.text")})
		acts = slices.DeleteFunc(acts, func(a string) bool { return a == "propose" || a == "agree" || a == "accept" })
	}
	for _, a := range acts {
		x := page.Action{Text: l.T("joint.act." + a), Icon: icons[a], Primary: a == "propose" || a == "agree" || a == "accept", Danger: a == "stop" || a == "decline"}
		if x.Href = pathOf(s.ID) + "/" + a; a == "propose" || a == "accept" {
			x.Href, x.Post = "", x.Href
		}
		d.Actions = append(d.Actions, x)
	}
	if s.Status() == "opened" {
		d.Actions = append(d.Actions, page.Action{Text: l.T("release.explore"), Icon: "chart-bar", Href: pathOf(s.ID) + "/explore", Primary: true}, page.Action{Text: l.T("release.files"), Icon: "download", Href: pathOf(s.ID) + "/files"})
		w, err := s.Whole(rm.Describe(s.Owner, s.Proposal))
		if err != nil {
			return d, err
		}
		d.Figures = release.FiguresOf(r, w)
	}
	exact, err := rm.Exactly(ctx, s.Owner, s.Proposal.Source, s.Proposal.From, s.Proposal.Until)
	if err != nil {
		return d, err
	}
	for _, x := range exact {
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Title: l.T("release.both"), Text: l.T("release.both.text"), Href: release.RegisterPath + "/" + x.ID.String(), Link: release.Title(l, x.Asks.Source, x.Asks.From, x.Asks.Until)})
	}
	sure := promises(r, s)
	if h := s.Opened[s.Owner].Hash; h != "" {
		sure = append(sure, page.Fact{Term: l.T("release.hash"), Text: h})
	}
	d.Side = []field.Card{{Title: l.T("release.what"), Facts: rm.counted(r, s.Proposal)}, {Title: l.T("joint.promises"), Facts: sure}, {Title: l.T("joint.promises.means"), Words: l.T("joint.promises.text")}, {Title: l.T("release.course"), Events: field.Course(ctx, r, o.Entries, "joint.entry.", rm.Names, nil)}}
	return d, nil
}

// others names the offices whose card is another than the proposal says, as long as something can be done about it.
func (rm room) others(ctx context.Context, s State) []string {
	if s.Over() || s.dealt(s.Owner) {
		return nil
	}
	ids, err := rm.Desk.differing(ctx, s)
	if err != nil { // whoever decides is refused with the reason
		return nil
	}
	return s.named(ids)
}

// counted says whom a proposal counts.
func (rm room) counted(r *page.Request, p Proposal) []page.Fact {
	l := r.L
	what := page.Fact{Term: l.T("release.source"), Text: p.Source}
	if l.Has("measure.source." + p.Source) {
		what.Text, what.Sub = l.T("measure.source."+p.Source), l.T("measure.source."+p.Source+".means")
	}
	return []page.Fact{what, {Term: l.T("release.period"), Text: release.Period(l, p.From, p.Until)}, {Term: l.T("joint.most"), Text: l.N("joint.most.n", p.Most)}}
}

// promises says what the release promises to everybody's people, and what towards some of the offices together.
func promises(r *page.Request, s State) []page.Fact {
	l := r.L
	out := []page.Fact{{Term: l.T("joint.promise.everybody"), Text: s.odds(l, 0)}}
	for n := 1; n < len(s.Proposal.Parties) && n <= s.Proposal.Against+1; n++ {
		out = append(out, page.Fact{Term: l.N("joint.promise.together", n), Text: s.odds(l, n)})
	}
	return append(out, page.Fact{Term: l.T("joint.deadline"), Text: dayText(l, s.Proposal.Deadline)})
}

// parties shows how far each office is.
func (rm room) parties(ctx context.Context, r *page.Request, s State) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("joint.offices")}
	for _, k := range []string{"joint.office", "joint.answer", "joint.share", "joint.sum", "joint.result"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	tick := func(done bool) page.Cell {
		if done {
			return page.Cell{Text: l.T("joint.there"), Tone: page.Good}
		}
		return page.Cell{Text: "–"}
	}
	for _, p := range s.Proposal.Parties {
		a, answered := s.Answers[p.Office]
		answer := page.Cell{Text: l.T("joint.open_answer"), Tone: page.Off}
		switch {
		case answered && a.Yes:
			answer = page.Cell{Text: l.T("joint.yes"), Tone: page.Good}
		case answered:
			answer = page.Cell{Text: l.T("joint.no"), Tone: page.Bad}
			if slices.Contains(Reasons(), a.Reason) {
				answer.Sub = l.T("joint.reason." + a.Reason)
			}
		}
		_, summed := s.Summed[p.Office]
		res, opened := s.Opened[p.Office]
		result := tick(opened && len(res.False) == 0)
		if mine, here := s.Opened[s.Owner]; here && opened && (len(res.False) > 0 || res.Hash != mine.Hash) || slices.Contains(s.Opened[s.Owner].False, p.Office) {
			result = page.Cell{Text: l.T("joint.differs"), Tone: page.Bad}
		}
		who := page.Cell{Text: p.Name, Sub: l.Country(p.Country)}
		if known, err := rm.Desk.Known(ctx, s.Owner, p.Office); err == nil && known.Name != p.Name {
			who.Sub = l.T("joint.known_as", "Name", known.Name)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{who, answer, tick(s.dealt(p.Office)), tick(summed), result}})
	}
	return t
}

// tables lists what is measured with how exact it will be, or is.
func (rm room) tables(r *page.Request, s State) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("release.tables"), Columns: []page.Column{{Text: l.T("release.table")}, {Text: l.T("release.cells"), Num: true}, {Text: l.T("release.plus_minus"), Num: true}}}
	a, err := s.Proposal.Plan()
	if err != nil {
		return t
	}
	src, _ := rm.Desk.Sources(s.Owner).Find(s.Proposal.Source)
	for _, names := range s.Proposal.Tables {
		heads := []string{}
		for _, n := range names {
			heads = append(heads, release.Heading(l, src, n))
		}
		set := s.Proposal.set(names)
		dev, _ := a.Whole.Deviation(set)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: joined(heads)}, {Text: l.Number(a.Whole.Domain.Cells(set))}, {Text: "± " + l.Decimal(rounded(1.96*dev))}}})
	}
	return t
}

// notes say what somebody must know before anything else.
func notes(r *page.Request, s State) []field.Note {
	l := r.L
	var out []field.Note
	status := s.Status()
	tone := page.Info
	if status == "opened" {
		tone = page.Good
	}
	if status == "false" || status == "disputed" || status == "stopped" {
		tone = page.Bad
	}
	out = append(out, field.Note{Tone: tone, Title: l.T("joint.note." + status), Text: l.T("joint.note." + status + ".text")})
	for _, w := range s.Stopped {
		if !slices.Contains(Reasons(), w.Reason) {
			continue
		}
		x := field.Note{Tone: page.Bad, Title: l.T("joint.reason." + w.Reason)}
		if about := s.named(w.About); len(about) > 0 {
			x.Text = l.T("joint.about", "Offices", l.List(about))
		}
		out = append(out, x)
	}
	if liars := s.named(s.Opened[s.Owner].False); len(liars) > 0 {
		out = append(out, field.Note{Tone: page.Bad, Title: l.T("joint.about", "Offices", l.List(liars))})
	}
	return out
}

// late says who has not shown a sum although the day is over: others' sums are out, and whoever is last can know the result.
func late(r *page.Request, s State) []field.Note {
	if _, summed := s.Summed[s.Owner]; !summed || s.Over() || r.Now.Before(s.DueAt()) {
		return nil
	}
	return []field.Note{{Tone: page.Bad, Title: r.L.T("joint.late", "Offices", r.L.List(s.named(s.Missing()))), Text: r.L.T("joint.late.text")}}
}

func (s State) named(offices []journal.ID) (out []string) {
	for _, id := range offices {
		if at := s.Proposal.Place(id); at >= 0 {
			out = append(out, s.Proposal.Parties[at].Name)
		}
	}
	return out
}

var icons = map[string]string{"propose": "send", "agree": "check", "accept": "check", "decline": "ban", "stop": "ban"}

// acts lists what somebody can do as it stands.
func (s State) acts(r *page.Request) []string {
	second := r.Actor.ID == s.Second && r.Actor.ID != s.By
	switch s.Status() {
	case "drafted":
		if second {
			return []string{"propose", "stop"}
		}
		return []string{"stop"}
	case "invited":
		return []string{"agree", "decline"}
	case "agreed":
		if second {
			return []string{"accept", "decline"}
		}
		return []string{"decline"}
	case "waiting", "running":
		return []string{"stop"}
	}
	return nil
}

// typedAct is what somebody types of an act.
type typedAct struct {
	Reason string     `form:"reason"`
	Second journal.ID `form:"second"`
}

func (rm room) sheet(ctx context.Context, r *page.Request, s State, name string, v typedAct) (*field.Form, error) {
	l := r.L
	f := field.New(l, "joint.act."+name, pathOf(s.ID)+"/"+name, pathOf(s.ID), "joint.act."+name)
	f.Crumbs, f.Lead = crumbs(r, f.Title), l.T("joint.act."+name+".lead")
	if name == "agree" {
		colleagues, err := rm.Colleagues(ctx, r)
		f.Select("second", "joint.second", v.Second.String(), colleagues)
		return f, err
	}
	f.Danger = true
	f.Select("reason", "release.reason", v.Reason, field.Options(l, "joint.reason", Reasons()[:declining]))
	return f, nil
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	if !slices.Contains(s.acts(r), name) || name == "propose" || name == "accept" {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	f, err := rm.sheet(ctx, r, s, name, typedAct{})
	return page.View("joint/form", r.L.T("joint.one"), f), err
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	var v typedAct
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	what, ok := map[string]store.Draft{
		"propose": {Type: ProposedType, Payload: Of{s.Hash}}, "agree": {Type: AgreedType, Payload: Agreed{v.Second}}, "accept": {Type: AcceptedType, Payload: Of{s.Hash}},
		"decline": {Type: DeclinedType, Payload: Why{Reason: v.Reason}}, "stop": {Type: StoppedType, Payload: Why{Reason: v.Reason}},
	}[name]
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	_, err = rm.Desk.Store.Append(ctx, release.As(r.Actor), refOf(s.ID), what)
	if err == nil {
		rm.Desk.Wake(s.Owner)
		return page.Redirect(pathOf(s.ID), "joint.saved"), nil
	}
	if fault.Is(err, fault.Invalid) && name != "propose" && name != "accept" {
		f, bad := rm.sheet(ctx, r, s, name, v)
		if bad != nil {
			return nil, bad
		}
		return f.Again(r, "joint/form", err)
	}
	d, bad := rm.matter(ctx, r, o, s)
	if bad != nil {
		return nil, bad
	}
	return field.Refused(r, "joint/show", "joint.one", &d.Matter, &d, err)
}

// whole gives what all offices have.
func (rm room) whole(ctx context.Context, r *page.Request) (State, explorer.Book, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return s, explorer.Book{}, err
	}
	b, err := s.book(ctx, rm.Describe)
	return s, b, err
}

// explore shows it as its folder does, with its certificate.
func (rm room) explore(ctx context.Context, r *page.Request) (page.Response, error) {
	s, b, err := rm.whole(ctx, r)
	if err != nil {
		return nil, err
	}
	return explorer.Shown(r, b, pathOf(s.ID))
}

// files gives the release as an archive, the same numbers in every office.
func (rm room) files(ctx context.Context, r *page.Request) (page.Response, error) {
	_, b, err := rm.whole(ctx, r)
	if err != nil {
		return nil, err
	}
	return release.Download(rm.Texts, b)
}
