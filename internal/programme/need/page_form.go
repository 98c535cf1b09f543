// SPDX-License-Identifier: EUPL-1.2

package need

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// form is what somebody types about a need. Dossier and Entry are made with the form, so that sending it twice writes once.
type form struct {
	Dossier   journal.ID `form:"dossier"`
	Entry     journal.ID `form:"entry"`
	Language  string     `form:"language"`
	Text      string     `form:"text"`
	Theme     string     `form:"theme"`
	Groups    []string   `form:"groups"`
	Countries []string   `form:"countries"`
	Urgency   string     `form:"urgency"`
	Activity  string     `form:"activity"`
	Item      string     `form:"item"`
	On        string     `form:"on"`
}

// noted gives what was typed, beside what the text already says in other languages.
func (f form) noted(before wording.Text) (Noted, error) {
	on, err := party.ParseDate(f.On)
	if err != nil {
		return Noted{}, fault.Bad("on", "programme.need.date")
	}
	v := Noted{Text: before.With(f.Language, f.Text), Theme: Theme(f.Theme), Countries: f.Countries, Urgency: Urgency(f.Urgency), Activity: f.Activity, Item: f.Item, On: on}
	for _, g := range f.Groups {
		v.Groups = append(v.Groups, Group(g))
	}
	return v, nil
}

func (rm room) officer(r *page.Request) error {
	if !register.MayEdit(r) {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := rm.officer(r); err != nil {
		return nil, err
	}
	f := form{Dossier: rm.Store.NewID(), Entry: rm.Store.NewID(), Language: register.Language(r.L), Activity: r.URL.Query().Get("activity"), On: party.OnDay(r.Now.In(r.Zone)).String()}
	return rm.formView(ctx, r, Need{}, f, nil)
}

func (rm room) edit(ctx context.Context, r *page.Request) (page.Response, error) {
	n, err := rm.opened(ctx, r)
	if err == nil {
		err = rm.officer(r)
	}
	if err != nil {
		return nil, err
	}
	v, shown := n.Noted, n.Noted.Text.In(r.L.Tag())
	f := form{Entry: rm.Store.NewID(), Language: shown.Language, Text: shown.Text, Theme: string(v.Theme), Countries: v.Countries, Urgency: string(v.Urgency), Activity: v.Activity, Item: v.Item, On: v.On.String()}
	for _, g := range v.Groups {
		f.Groups = append(f.Groups, string(g))
	}
	return rm.formView(ctx, r, n, f, nil)
}

func (rm room) formView(ctx context.Context, r *page.Request, n Need, f form, bad error) (page.Response, error) {
	l := r.L
	a, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	d := register.Form{Title: l.T("need.new"), Lead: l.T("need.new.lead"), Crumbs: crumbs(l, page.Crumb{Text: l.T("need.new")}), Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: Path}
	hint := l.T("need.text.hint")
	if n.Exists() {
		d.Title, d.Lead, d.Cancel, hint = l.T("need.edit"), "", pathOf(n.ID), l.T("register.text.hint")
		d.Crumbs = crumbs(l, page.Crumb{Text: l.T("need.one"), Href: pathOf(n.ID)}, page.Crumb{Text: l.T("need.edit")})
	} else {
		d.Fields = []register.Field{{Kind: "hidden", Name: "dossier", Value: f.Dossier.String()}}
	}
	d.Fields = append(d.Fields, register.Field{Kind: "hidden", Name: "entry", Value: f.Entry.String()})
	d.Fields = append(d.Fields, register.WriteFields(l, l.T("need.text"), hint, f.Language, f.Text)...)
	d.Fields = append(d.Fields,
		register.Field{Kind: "select", Name: "theme", Label: l.T("need.theme"), Options: register.Codes(l, "need.theme.", Themes()), Value: f.Theme, Blank: l.T("register.choose")},
		register.Field{Kind: "checks", Name: "groups", Label: l.T("need.groups"), Options: register.Codes(l, "need.group.", Groups()), Values: f.Groups, Optional: true},
		register.Field{Kind: "checks", Name: "countries", Label: l.T("need.countries"), Options: a.CountryOptions(l, f.Countries...), Values: f.Countries, Optional: true},
		register.Field{Kind: "select", Name: "urgency", Label: l.T("need.urgency"), Options: register.Codes(l, "need.urgency.", Urgencies()), Value: f.Urgency, Blank: l.T("page.unknown"), Optional: true},
		register.Field{Kind: "select", Name: "activity", Label: l.T("need.activity"), Options: a.ActivityOptions(), Value: f.Activity, Blank: l.T("register.nowhere"), Optional: true},
		register.Field{Kind: "text", Name: "item", Label: l.T("need.item"), Hint: l.T("register.item.hint"), Value: f.Item, Optional: true},
		register.Field{Kind: "date", Name: "on", Label: l.T("need.on"), Value: f.On})
	v := page.View("register/form", l.T("need.edit"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}

func (rm room) create(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := rm.officer(r); err != nil {
		return nil, err
	}
	var f form
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if f.Dossier.IsZero() || f.Entry.IsZero() {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	return rm.write(ctx, r, Need{}, f.Dossier, f)
}

func (rm room) save(ctx context.Context, r *page.Request) (page.Response, error) {
	n, err := rm.opened(ctx, r)
	if err == nil {
		err = rm.officer(r)
	}
	if err != nil {
		return nil, err
	}
	var f form
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	return rm.write(ctx, r, n, n.ID, f)
}

func (rm room) write(ctx context.Context, r *page.Request, n Need, id journal.ID, f form) (page.Response, error) {
	_, bad := f.noted(n.Noted.Text)
	if bad == nil {
		_, bad = rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindNeed, ID: id}, func(state any) ([]store.Draft, error) {
			v, err := f.noted(state.(Need).Noted.Text)
			return []store.Draft{{ID: f.Entry, Type: NotedType, Payload: v}}, err
		})
	}
	if fault.Is(bad, fault.Invalid) {
		return rm.formView(ctx, r, n, f, bad)
	}
	return page.Redirect(pathOf(id), "register.saved"), bad
}

// step is what somebody types to bring a need further.
type step struct {
	Entry    journal.ID `form:"entry"`
	On       string     `form:"on"`
	Answer   string     `form:"answer"`
	Code     string     `form:"code"`
	Evidence string     `form:"evidence"`
	Reason   string     `form:"reason"`
	Other    journal.ID `form:"other"`
}

func (s step) payload(typ string) (any, error) {
	on, err := party.ParseDate(s.On)
	if err != nil {
		return nil, fault.Bad("on", "programme.need.date")
	}
	switch typ {
	case PlannedType:
		return PlannedFor{on, Answer(s.Answer), s.Code}, nil
	case MetType:
		return MetBy{on, s.Evidence}, nil
	case JoinedType:
		return JoinedTo{s.Other}, nil
	}
	return Ended{on, s.Reason}, nil
}

// asked gives the need and the entry type that a path names; what cannot be done from its state is not there.
func (rm room) asked(ctx context.Context, r *page.Request) (n Need, act, typ string, err error) {
	if n, err = rm.opened(ctx, r); err == nil {
		err = rm.officer(r)
	}
	if err != nil {
		return n, "", "", err
	}
	for _, a := range acts {
		if a.name == r.PathValue("act") {
			return n, a.name, a.typ, nil
		}
	}
	return n, "", "", fault.New(fault.NotFound, "fault.not_found")
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	n, act, typ, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(from[typ], n.State) {
		return nil, fault.New(fault.Guarded, "need.guard."+string(n.State))
	}
	return rm.stepView(ctx, r, n, act, step{Entry: rm.Store.NewID(), On: party.OnDay(r.Now.In(r.Zone)).String(), Answer: string(n.Answer.Answer), Code: n.Answer.Code}, nil)
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	n, act, typ, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	var s step
	if err := r.Decode(&s); err != nil {
		return nil, err
	}
	v, bad := s.payload(typ)
	if bad == nil {
		_, bad = rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindNeed, ID: n.ID}, func(any) ([]store.Draft, error) {
			return []store.Draft{{ID: s.Entry, Type: typ, Payload: v}}, nil
		})
	}
	if fault.Is(bad, fault.Invalid) {
		return rm.stepView(ctx, r, n, act, s, bad)
	}
	return page.Redirect(pathOf(n.ID), "register.saved"), bad
}

func (rm room) stepView(ctx context.Context, r *page.Request, n Need, act string, s step, bad error) (page.Response, error) {
	l := r.L
	d := register.Form{Title: l.T("need.act." + act), Lead: register.Excerpt(l, n.Noted.Text).Text, Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: pathOf(n.ID),
		Crumbs: crumbs(l, page.Crumb{Text: l.T("need.one"), Href: pathOf(n.ID)}, page.Crumb{Text: l.T("need.act." + act)}),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: s.Entry.String()}}}
	on := register.Field{Kind: "date", Name: "on", Label: l.T("register.on"), Value: s.On}
	switch act {
	case "plan":
		d.Fields = append(d.Fields, on, register.Field{Kind: "select", Name: "answer", Label: l.T("need.answer"), Options: register.Codes(l, "need.answer.", Answers()), Value: s.Answer, Blank: l.T("register.choose")},
			register.Field{Kind: "text", Name: "code", Label: l.T("need.code"), Hint: l.T("need.code.hint"), Value: s.Code})
	case "meet":
		d.Fields = append(d.Fields, on, register.Field{Kind: "textarea", Name: "evidence", Label: l.T("need.evidence"), Hint: l.T("need.evidence.hint"), Value: s.Evidence})
	case "join":
		rows, err := List(ctx, rm.Store, register.As(r), nil)
		if err != nil {
			return nil, err
		}
		d.Lead = l.T("need.join.lead")
		d.Fields = append(d.Fields, register.Field{Kind: "select", Name: "other", Label: l.T("need.joined_to"), Options: others(r, rows, n.ID), Value: s.Other.String(), Blank: l.T("register.choose")},
			register.Field{Kind: "hidden", Name: "on", Value: s.On})
	default:
		d.Fields = append(d.Fields, on, register.Field{Kind: "textarea", Name: "reason", Label: l.T("need.reason"), Value: s.Reason})
	}
	v := page.View("register/form", l.T("need.one"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}

// others offers the needs that one could be the same as, those that read alike first.
func others(r *page.Request, rows []Row, id journal.ID) []page.Option {
	var out []page.Option
	add := func(x Row) {
		o := page.Option{Value: x.ID.String(), Text: register.Excerpt(r.L, x.V.Text).Text}
		if x.ID != id && !slices.Contains(out, o) && x.V.State != Joined && x.V.State != Dropped {
			out = append(out, o)
		}
	}
	for _, x := range ProposedFor(rows, id) {
		add(x)
	}
	for _, x := range rows {
		add(x)
	}
	return out
}
