// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// form is what somebody types about an action. Dossier and Entry are made with the form, so that sending it twice writes
// once.
type form struct {
	Dossier  journal.ID `form:"dossier"`
	Entry    journal.ID `form:"entry"`
	Language string     `form:"language"`
	Text     string     `form:"text"`
	Owner    string     `form:"owner"`
	Due      string     `form:"due"`
	On       string     `form:"on"`
	Activity string     `form:"activity"`
	Item     string     `form:"item"`
}

// agreed gives what was typed, beside what the action already says in other languages and the need it answers.
func (f form) agreed(before Agreed) (Agreed, error) {
	var fs fault.Fields
	day := func(name, typed string) party.PartialDate {
		d, err := party.ParseDate(typed)
		if err != nil {
			fs.Add(name, "programme.need.date")
		}
		return d
	}
	v := Agreed{Text: before.Text.With(f.Language, f.Text), Due: day("due", f.Due), On: day("on", f.On), Activity: f.Activity, Item: f.Item, Need: before.Need}
	if f.Owner != "" {
		if err := v.Owner.UnmarshalText([]byte(f.Owner)); err != nil {
			fs.Add("owner", "action.want.owner")
		}
	}
	return v, fs.Err()
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
	return rm.formView(ctx, r, Action{}, f, nil)
}

func (rm room) edit(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err == nil {
		err = rm.officer(r)
	}
	if err != nil {
		return nil, err
	}
	v, shown := a.Agreed, a.Agreed.Text.In(r.L.Tag())
	f := form{Entry: rm.Store.NewID(), Language: shown.Language, Text: shown.Text, Due: v.Due.String(), On: v.On.String(), Activity: v.Activity, Item: v.Item}
	if !v.Owner.IsZero() {
		f.Owner = v.Owner.String()
	}
	return rm.formView(ctx, r, a, f, nil)
}

func (rm room) formView(ctx context.Context, r *page.Request, a Action, f form, bad error) (page.Response, error) {
	l := r.L
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	d := register.Form{Title: l.T("action.new"), Lead: l.T("action.new.lead"), Crumbs: crumbs(l, page.Crumb{Text: l.T("action.new")}), Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: Path}
	hint := l.T("action.text.hint")
	if a.Exists() {
		d.Title, d.Lead, d.Cancel, hint = l.T("action.edit"), "", pathOf(a.ID), l.T("register.text.hint")
		d.Crumbs = crumbs(l, page.Crumb{Text: l.T("action.one"), Href: pathOf(a.ID)}, page.Crumb{Text: l.T("action.edit")})
	} else {
		d.Fields = []register.Field{{Kind: "hidden", Name: "dossier", Value: f.Dossier.String()}}
	}
	d.Fields = append(d.Fields, register.Field{Kind: "hidden", Name: "entry", Value: f.Entry.String()})
	d.Fields = append(d.Fields, register.WriteFields(l, l.T("action.text"), hint, f.Language, f.Text)...)
	d.Fields = append(d.Fields,
		register.Field{Kind: "select", Name: "owner", Label: l.T("action.owner"), Options: around.OrganisationOptions(), Value: f.Owner, Blank: l.T("action.nobody"), Optional: true},
		register.Field{Kind: "date", Name: "due", Label: l.T("action.due"), Value: f.Due, Optional: true},
		register.Field{Kind: "select", Name: "activity", Label: l.T("action.activity"), Options: around.ActivityOptions(), Value: f.Activity, Blank: l.T("register.nowhere"), Optional: true},
		register.Field{Kind: "text", Name: "item", Label: l.T("action.item"), Hint: l.T("register.item.hint"), Value: f.Item, Optional: true},
		register.Field{Kind: "date", Name: "on", Label: l.T("action.on"), Value: f.On})
	v := page.View("register/form", l.T("action.edit"), d)
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
	return rm.write(ctx, r, Action{}, f.Dossier, f)
}

func (rm room) save(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
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
	return rm.write(ctx, r, a, a.ID, f)
}

func (rm room) write(ctx context.Context, r *page.Request, a Action, id journal.ID, f form) (page.Response, error) {
	_, bad := f.agreed(Agreed{Text: wording.Text{}})
	if bad == nil {
		_, bad = rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindAction, ID: id}, func(state any) ([]store.Draft, error) {
			v, err := f.agreed(state.(Action).Agreed)
			return []store.Draft{{ID: f.Entry, Type: AgreedType, Payload: v}}, err
		})
	}
	if fault.Is(bad, fault.Invalid) {
		return rm.formView(ctx, r, a, f, bad)
	}
	return page.Redirect(pathOf(id), "register.saved"), bad
}

// step is what somebody types to bring an action further.
type step struct {
	Entry    journal.ID `form:"entry"`
	On       string     `form:"on"`
	Evidence string     `form:"evidence"`
	Reason   string     `form:"reason"`
	Days     int        `form:"days"`
	Answer   string     `form:"answer"`
}

func (s step) payload(typ string) (any, error) {
	on, err := party.ParseDate(s.On)
	if err != nil {
		return nil, fault.Bad("on", "programme.need.date")
	}
	switch typ {
	case DoneType:
		return DoneBy{on, s.Evidence}, nil
	case FollowedType:
		return Followed{s.Days, on, s.Answer}, nil
	}
	return Ended{on, s.Reason}, nil
}

// asked gives the action and the entry type that a path names.
func (rm room) asked(ctx context.Context, r *page.Request) (a Action, act, typ string, err error) {
	if a, err = rm.opened(ctx, r); err == nil {
		err = rm.officer(r)
	}
	if err != nil {
		return a, "", "", err
	}
	for _, x := range acts {
		if x.name == r.PathValue("act") {
			return a, x.name, x.typ, nil
		}
	}
	return a, "", "", fault.New(fault.NotFound, "fault.not_found")
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	a, act, typ, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(from[typ], a.State) {
		return nil, fault.New(fault.Guarded, "action.guard."+string(a.State))
	}
	return rm.stepView(r, a, act, step{Entry: rm.Store.NewID(), On: party.OnDay(r.Now.In(r.Zone)).String(), Days: a.Summary().Asking(r.Now)}, nil)
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	a, act, typ, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	var s step
	if err := r.Decode(&s); err != nil {
		return nil, err
	}
	v, bad := s.payload(typ)
	if bad == nil {
		_, bad = rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindAction, ID: a.ID}, func(any) ([]store.Draft, error) {
			return []store.Draft{{ID: s.Entry, Type: typ, Payload: v}}, nil
		})
	}
	if fault.Is(bad, fault.Invalid) {
		return rm.stepView(r, a, act, s, bad)
	}
	return page.Redirect(pathOf(a.ID), "register.saved"), bad
}

func (rm room) stepView(r *page.Request, a Action, act string, s step, bad error) (page.Response, error) {
	l := r.L
	d := register.Form{Title: l.T("action.act." + act), Lead: register.Excerpt(l, a.Agreed.Text).Text, Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: pathOf(a.ID),
		Crumbs: crumbs(l, page.Crumb{Text: l.T("action.one"), Href: pathOf(a.ID)}, page.Crumb{Text: l.T("action.act." + act)}),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: s.Entry.String()}, {Kind: "date", Name: "on", Label: l.T("register.on"), Value: s.On}}}
	switch act {
	case "done":
		d.Fields = append(d.Fields, register.Field{Kind: "textarea", Name: "evidence", Label: l.T("action.evidence"), Hint: l.T("action.evidence.hint"), Value: s.Evidence})
	case "follow":
		var days []page.Option
		for _, n := range FollowUps() {
			days = append(days, page.Option{Value: strconv.Itoa(n), Text: l.T("action.after", "Days", strconv.Itoa(n))})
		}
		d.Fields = append(d.Fields, register.Field{Kind: "select", Name: "days", Label: l.T("action.days"), Options: days, Value: strconv.Itoa(s.Days), Blank: l.T("register.choose")},
			register.Field{Kind: "textarea", Name: "answer", Label: l.T("action.answer"), Value: s.Answer})
	default:
		d.Fields = append(d.Fields, register.Field{Kind: "textarea", Name: "reason", Label: l.T("action.reason"), Value: s.Reason})
	}
	v := page.View("register/form", l.T("action.one"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}
