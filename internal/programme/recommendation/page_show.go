// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// acts are what somebody can do to a recommendation, with the entry type that each writes, in the order of the page.
var acts = []struct{ name, typ, icon string }{
	{"own", OwnedType, "users"}, {"report", ReportedType, "report"}, {"judge", JudgedType, "scale"}, {"answer", SaidType, "writing"}, {"dissent", SaidType, "message-2"}}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.opened(ctx, r)
	if err == nil && !x.Exists() {
		err = fault.New(fault.NotFound, "store.not_found")
	}
	if err != nil {
		return nil, err
	}
	around, err := register.Look(ctx, rm.Store, register.As(r), r.L)
	if err != nil {
		return nil, err
	}
	l, v := r.L, x.Summary()
	d := register.Record{Crumbs: crumbs(l, page.Crumb{Text: l.T("recommendation.at", "Paragraph", v.Paragraph)}), Title: page.Cell{Text: v.Source + " · " + l.T("recommendation.at", "Paragraph", v.Paragraph)},
		Status: page.Mark{Tone: tones[v.State], Text: l.T("recommendation.state." + string(v.State))}, Facts: rm.facts(r, around, x), History: rm.history(ctx, r, x)}
	d.Notes = register.Wanting(l, v.Text)
	d.Passages = register.Passages(l, l.T("recommendation.text"), v.Text)
	for _, s := range Sides() {
		for _, said := range x.Of(s) {
			d.Passages = append(d.Passages, register.Passages(l, l.T("recommendation.side."+string(s), "By", said.By), said.Text)...)
		}
	}
	for _, p := range x.Reports {
		ps := register.Passages(l, l.T("recommendation.reported", "By", around.Names[p.Owner], "On", p.On.Print(l)), p.Text)
		ps[0].Sub += " · " + l.T("recommendation.evidence.is", "Evidence", p.Evidence)
		d.Passages = append(d.Passages, ps...)
	}
	if register.MayEdit(r) {
		for _, a := range acts {
			if a.typ != ReportedType || len(x.Owned.Owners) > 0 {
				d.Actions = append(d.Actions, page.Action{Text: l.T("recommendation.act." + a.name), Href: pathOf(x.ID) + "/act/" + a.name, Icon: a.icon})
			}
		}
	}
	return page.View("register/record", l.T("recommendation.one"), d), nil
}

func (rm room) facts(r *page.Request, a register.Around, x Recommendation) []page.Fact {
	l, v := r.L, x.Summary()
	due := page.Fact{Term: l.T("recommendation.due")}
	if v.Due.Known() {
		due.Text = v.Due.Print(l)
	}
	if v.Late(r.Now) {
		due.Sub = l.T("recommendation.due.late")
	}
	out := []page.Fact{{Term: l.T("recommendation.source"), Text: v.Source, Sub: v.Document}, {Term: l.T("recommendation.country"), Text: l.T("recommendation.everybody")},
		{Term: l.T("recommendation.strength"), Text: register.Word(l, "recommendation.strength.", v.Strength)}, {Term: l.T("recommendation.articles"), Text: l.List(v.Articles)},
		{Term: l.T("recommendation.measures"), Text: l.List(v.Measures)}, {Term: l.T("recommendation.owners"), Text: names(l, a, v.Owners)}, due}
	if v.Country != "" {
		out[1].Text = l.Country(v.Country)
	}
	for _, j := range slices.Backward(x.Judged) {
		out = append(out, page.Fact{Term: l.T("recommendation.judged", "By", j.By), Text: l.T("recommendation.state." + string(j.State)), Tone: tones[j.State], Sub: j.On.Print(l) + " · " + j.Why})
	}
	return out
}

func (rm room) history(ctx context.Context, r *page.Request, x Recommendation) []page.Event {
	var ids []journal.ID
	for _, e := range x.History {
		ids = append(ids, e.By)
	}
	who := map[journal.ID]string{}
	if rm.Names != nil {
		who = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	var out []page.Event
	for _, e := range slices.Backward(x.History) {
		out = append(out, page.Event{At: e.At, Title: r.L.T("recommendation.entry." + e.Type), Text: e.Text, Who: who[e.By]})
	}
	return out
}

// step is what somebody types to bring a recommendation further.
type step struct {
	Entry    journal.ID `form:"entry"`
	Owners   []string   `form:"owners"`
	Owner    string     `form:"owner"`
	Due      string     `form:"due"`
	On       string     `form:"on"`
	Language string     `form:"language"`
	Text     string     `form:"text"`
	Evidence string     `form:"evidence"`
	State    string     `form:"state"`
	By       string     `form:"by"`
	Why      string     `form:"why"`
}

func (s step) payload(act string, now Recommendation) (any, error) {
	var fs fault.Fields
	day := func(name, typed string) party.PartialDate {
		d, err := party.ParseDate(typed)
		if err != nil {
			fs.Add(name, "programme.need.date")
		}
		return d
	}
	id := func(name, typed string) (out journal.ID) {
		if err := out.UnmarshalText([]byte(typed)); err != nil {
			fs.Add(name, "recommendation.want."+name)
		}
		return out
	}
	switch act {
	case "own":
		v := Owned{Due: day("due", s.Due)}
		for _, o := range s.Owners {
			v.Owners = append(v.Owners, id("owners", o))
		}
		return v, fs.Err()
	case "report":
		return Reported{Owner: id("owner", s.Owner), On: day("on", s.On), Text: wording.New(s.Language, s.Text), Evidence: s.Evidence}, fs.Err()
	case "judge":
		return Judged{State: State(s.State), By: s.By, On: day("on", s.On), Why: s.Why}, fs.Err()
	}
	v := Said{Side: side(act), By: s.By}
	for _, x := range now.Of(v.Side) { // a translation stands beside what the same speaker has said
		if x.By == v.By {
			v.Text = x.Text
		}
	}
	v.Text = v.Text.With(s.Language, s.Text)
	return v, nil
}

func side(act string) Side {
	if act == "dissent" {
		return Dissent
	}
	return Government
}

// asked gives the recommendation and the entry type that a path names.
func (rm room) asked(ctx context.Context, r *page.Request) (x Recommendation, act, typ string, err error) {
	if x, err = rm.opened(ctx, r); err != nil {
		return x, "", "", err
	}
	if !register.MayEdit(r) {
		return x, "", "", fault.New(fault.Denied, "fault.denied")
	}
	for _, a := range acts {
		if a.name == r.PathValue("act") && x.Exists() {
			return x, a.name, a.typ, nil
		}
	}
	return x, "", "", fault.New(fault.NotFound, "fault.not_found")
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	x, act, _, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	s := step{Entry: rm.Store.NewID(), On: party.OnDay(r.Now.In(r.Zone)).String(), Due: x.Owned.Due.String(), Language: register.Language(r.L)}
	for _, o := range x.Owned.Owners {
		s.Owners = append(s.Owners, o.String())
	}
	return rm.stepView(ctx, r, x, act, s, nil)
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	x, act, typ, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	var s step
	if err := r.Decode(&s); err != nil {
		return nil, err
	}
	_, bad := s.payload(act, x)
	if bad == nil {
		_, bad = rm.Store.Update(ctx, register.As(r), Ref(r.Actor.Owner, x.Made), func(state any) ([]store.Draft, error) {
			v, err := s.payload(act, state.(Recommendation))
			return []store.Draft{{ID: s.Entry, Type: typ, Payload: v}}, err
		})
	}
	if fault.Is(bad, fault.Invalid) {
		return rm.stepView(ctx, r, x, act, s, bad)
	}
	return page.Redirect(pathOf(x.ID), "register.saved"), bad
}

func (rm room) stepView(ctx context.Context, r *page.Request, x Recommendation, act string, s step, bad error) (page.Response, error) {
	l := r.L
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	at := l.T("recommendation.at", "Paragraph", x.Made.Paragraph)
	d := register.Form{Title: l.T("recommendation.act." + act), Lead: x.Made.Source + " · " + at, Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: pathOf(x.ID),
		Crumbs: crumbs(l, page.Crumb{Text: at, Href: pathOf(x.ID)}, page.Crumb{Text: l.T("recommendation.act." + act)}), Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: s.Entry.String()}}}
	d.Fields = append(d.Fields, fields(r, around, x, act, s)...)
	v := page.View("register/form", l.T("recommendation.one"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}

func fields(r *page.Request, a register.Around, x Recommendation, act string, s step) []register.Field {
	l := r.L
	on := register.Field{Kind: "date", Name: "on", Label: l.T("register.on"), Value: s.On}
	by := register.Field{Kind: "text", Name: "by", Label: l.T("recommendation.by"), Hint: l.T("recommendation.by." + act), Value: s.By}
	switch act {
	case "own":
		return []register.Field{{Kind: "checks", Name: "owners", Label: l.T("recommendation.owners"), Options: a.OrganisationOptions(), Values: s.Owners, Optional: true},
			{Kind: "date", Name: "due", Label: l.T("recommendation.due"), Value: s.Due, Optional: true}}
	case "report":
		mine := slices.DeleteFunc(a.OrganisationOptions(), func(o page.Option) bool {
			return !slices.ContainsFunc(x.Owned.Owners, func(id journal.ID) bool { return id.String() == o.Value })
		})
		out := []register.Field{{Kind: "select", Name: "owner", Label: l.T("recommendation.reporter"), Options: mine, Value: s.Owner, Blank: l.T("register.choose")}, on}
		return append(append(out, register.WriteFields(l, l.T("recommendation.progress"), "", s.Language, s.Text)...),
			register.Field{Kind: "textarea", Name: "evidence", Label: l.T("recommendation.evidence"), Hint: l.T("recommendation.evidence.hint"), Value: s.Evidence})
	case "judge":
		return []register.Field{{Kind: "select", Name: "state", Label: l.T("recommendation.state"), Options: register.Codes(l, "recommendation.state.", States()[1:]), Value: s.State, Blank: l.T("register.choose")},
			by, on, {Kind: "textarea", Name: "why", Label: l.T("recommendation.why"), Value: s.Why}}
	}
	return append([]register.Field{by}, register.WriteFields(l, l.T("recommendation.said"), l.T("recommendation.said.hint"), s.Language, s.Text)...)
}
