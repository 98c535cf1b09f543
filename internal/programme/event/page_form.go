// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"cmp"
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// form is what somebody types about an event. Dossier and Entry are made with the form, so that sending it twice writes once.
type form struct {
	Dossier      journal.ID `form:"dossier"`
	Entry        journal.ID `form:"entry"`
	Language     string     `form:"language"`
	Shown        string     `form:"shown"`
	Text         string     `form:"text"`
	Sort         string     `form:"sort"`
	Activity     string     `form:"activity"`
	CoOrganisers []string   `form:"co_organisers"`
	Start        string     `form:"start"`
	End          string     `form:"end"`
	Zone         string     `form:"zone"`
	Mode         string     `form:"mode"`
	Country      string     `form:"country"`
	Town         string     `form:"town"`
	Venue        string     `form:"venue"`
	Link         string     `form:"link"`
	Languages    []string   `form:"languages"`
	Channels     []string   `form:"channels"`
	AnswerBy     string     `form:"answer_by"`
}

func (f *form) described(l *lang.Locale, before Described) (Described, error) {
	var fs fault.Fields
	sent := register.Sent{L: l, Shown: f.Shown, Language: f.Language}
	v := Described{Title: sent.Text(before.Title, &f.Text), Sort: Sort(f.Sort), Activity: f.Activity, Start: date(&fs, "start", f.Start), End: date(&fs, "end", f.End), Zone: f.Zone, Mode: Mode(f.Mode),
		Place: party.Place{Country: f.Country, Town: f.Town}, Venue: f.Venue, Link: f.Link, Languages: f.Languages, Channels: f.Channels, AnswerBy: date(&fs, "answer_by", f.AnswerBy)}
	for _, o := range f.CoOrganisers {
		v.CoOrganisers = append(v.CoOrganisers, anID(&fs, "co_organisers", o))
	}
	sent.Note(&fs)
	return v, fs.Err()
}

func formOf(l *lang.Locale, d Described) form {
	shown := d.Title.In(l.Tag())
	f := form{Language: shown.Language, Text: shown.Text, Sort: string(d.Sort), Activity: d.Activity, Start: d.Start.String(), End: d.End.String(), Zone: d.Zone, Mode: string(d.Mode), Country: d.Place.Country, Town: d.Place.Town,
		Venue: d.Venue, Link: d.Link, Languages: d.Languages, Channels: d.Channels, AnswerBy: d.AnswerBy.String()}
	for _, id := range d.CoOrganisers {
		f.CoOrganisers = append(f.CoOrganisers, id.String())
	}
	return f
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := rm.officer(r); err != nil {
		return nil, err
	}
	f := form{Dossier: rm.Store.NewID(), Entry: rm.Store.NewID(), Language: register.Language(r.L), Zone: r.Zone.String(), Activity: r.URL.Query().Get("activity"), Sort: string(Sorts()[0]), Mode: string(InPerson)}
	return rm.formView(ctx, r, Event{}, f, nil)
}

func (rm room) edit(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	f := formOf(r.L, e.Described)
	f.Entry = rm.Store.NewID()
	return rm.formView(ctx, r, e, f, nil)
}

// zones offers the time zones of the programme's countries, and the one that is set.
func zones(now ...string) []page.Option {
	all := []string{"Europe/Athens", "Europe/Belgrade", "Europe/Bucharest", "Europe/Chisinau", "Europe/Paris", "Europe/Podgorica", "Europe/Sarajevo", "Europe/Skopje", "Europe/Sofia", "Europe/Stockholm", "Europe/Tirane", "Europe/Vienna", "Europe/Zagreb", "UTC"}
	var out []page.Option
	for _, z := range append(all, now...) {
		if o := (page.Option{Value: z, Text: zoneName(z)}); z != "" && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

func (rm room) formView(ctx context.Context, r *page.Request, e Event, f form, bad error) (page.Response, error) {
	l := r.L
	a, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	d := register.Form{Title: l.T("event.new"), Lead: l.T("event.new.lead"), Crumbs: crumbs(l, page.Crumb{Text: l.T("event.new")}), Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("register.save"), Cancel: Path}
	hint := l.T("event.text.hint")
	if e.Exists() {
		d.Title, d.Lead, d.Cancel, d.Crumbs, hint = l.T("event.edit"), l.T("event.edit.lead"), pathOf(e.ID), under(l, e, l.T("event.edit")), l.T("register.text.hint")
	} else {
		d.Fields = []register.Field{{Kind: "hidden", Name: "dossier", Value: f.Dossier.String()}}
	}
	d.Fields = append(d.Fields, register.Field{Kind: "hidden", Name: "entry", Value: f.Entry.String()})
	title := register.WriteFields(l, l.T("event.text"), hint, f.Language, f.Text)
	title[1].Rows = 2
	d.Fields = append(d.Fields, title...)
	d.Fields = append(d.Fields,
		register.Field{Kind: "select", Name: "sort", Label: l.T("event.sort"), Options: register.Codes(l, "event.sort.", Sorts()), Value: f.Sort},
		a.ActivityChoice(register.Field{Name: "activity", Label: l.T("event.activity"), Value: f.Activity, Blank: l.T("register.nowhere"), Optional: true}),
		register.Field{Kind: "date", Name: "start", Label: l.T("event.start"), Value: f.Start, Optional: true},
		register.Field{Kind: "date", Name: "end", Label: l.T("event.end"), Value: f.End, Optional: true},
		register.Field{Kind: "select", Name: "zone", Label: l.T("event.zone"), Options: zones(f.Zone), Value: f.Zone},
		register.Field{Kind: "select", Name: "mode", Label: l.T("event.mode"), Options: register.Codes(l, "event.mode.", Modes()), Value: f.Mode},
		register.Field{Kind: "select", Name: "country", Label: l.T("event.country"), Options: a.CountryOptions(l, cmp.Or(f.Country, "BA"), "FR", "SE", "AT"), Value: f.Country, Blank: l.T("page.unknown"), Optional: true},
		register.Field{Kind: "text", Name: "town", Label: l.T("event.town"), Value: f.Town, Optional: true},
		register.Field{Kind: "text", Name: "venue", Label: l.T("event.venue"), Hint: l.T("event.venue.hint"), Value: f.Venue, Optional: true},
		register.Field{Kind: "text", Name: "link", Label: l.T("event.link"), Hint: l.T("event.link.hint"), Value: f.Link, Optional: true},
		register.Field{Kind: "checks", Name: "languages", Label: l.T("event.languages"), Options: languageOptions(l), Values: f.Languages, Optional: true},
		register.Field{Kind: "checks", Name: "channels", Label: l.T("event.channels"), Hint: l.T("event.channels.hint"), Options: languageOptions(l), Values: f.Channels, Optional: true},
		register.Field{Kind: "date", Name: "answer_by", Label: l.T("event.answer_by"), Value: f.AnswerBy, Optional: true},
		register.Field{Kind: "checks", Name: "co_organisers", Label: l.T("event.co_organisers"), Options: a.OrganisationOptions(), Values: f.CoOrganisers, Optional: true})
	return again(page.View("register/form", l.T("event.edit"), d), bad), nil
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
	return rm.write(ctx, r, Event{}, f.Dossier, f)
}

func (rm room) save(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	var f form
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	return rm.write(ctx, r, e, e.ID, f)
}

func (rm room) write(ctx context.Context, r *page.Request, e Event, id journal.ID, f form) (page.Response, error) {
	_, bad := rm.Store.Update(ctx, register.As(r), Ref(id), func(state any) ([]store.Draft, error) {
		v, err := f.described(r.L, state.(Event).Described)
		out := []store.Draft{{ID: f.Entry, Type: DescribedType, Payload: v}}
		for _, s := range state.(Event).carried(v) {
			out = append(out, store.Draft{ID: provenance.ID("moved", f.Entry.String(), s.Session.String()), Type: SessionType, Payload: s})
		}
		return out, err
	})
	if mendable(bad) {
		return rm.formView(ctx, r, e, f, bad)
	}
	return page.Redirect(pathOf(id), "register.saved"), bad
}

// carried gives the sessions as they are once an event has moved as a whole: each as many days later or earlier as the event. None
// where all still lie on its days, or where one would not then or has no name any more: somebody has to say when it is.
func (e Event) carried(v Described) []SessionSet {
	was := e.Described.Start
	if !onDay(was) || !onDay(v.Start) || len(e.outside(v)) == 0 {
		return nil
	}
	var out []SessionSet
	moved := e
	moved.Sessions = slices.Clone(e.Sessions)
	for i, s := range moved.Sessions {
		if !onDay(s.Day) {
			continue
		}
		if s.Closed && s.Title.IsZero() { // its name is erased, and cannot be written again
			return nil
		}
		s.Day = party.OnDay(s.Day.First().Add(v.Start.First().Sub(was.First())))
		moved.Sessions[i] = s
		x := SessionSet{s.ID, s.Item, s.Day, s.From, s.To, s.Languages, s.Group, s.Closed, s.Title, wording.Text{}, s.Admits}
		if s.Closed {
			x.Title, x.Inside = wording.Text{}, s.Title
		}
		out = append(out, x)
	}
	if len(moved.outside(v)) > 0 {
		return nil
	}
	return out
}

// outside gives the sessions whose day is not one of the event's.
func (e Event) outside(v Described) []Session {
	return slices.DeleteFunc(slices.Clone(e.Sessions), func(s Session) bool { return !s.Day.Known() || on(s.Day, v) })
}

// act is what can be done to an event as a whole.
var acts = []struct {
	name, typ, icon string
	from            func(Event) bool
}{
	{"hold", HeldType, "circle-check", func(e Event) bool { return e.Standing == Planned }},
	{"cancel", CancelledType, "ban", func(e Event) bool { return e.Standing == Planned }},
	{"reopen", ReopenedType, "arrow-back-up", func(e Event) bool { return e.Standing != Planned }},
}

type actForm struct {
	Entry  journal.ID `form:"entry"`
	On     string     `form:"on"`
	Reason string     `form:"reason"`
}

func (rm room) asked(ctx context.Context, r *page.Request) (e Event, name, typ string, err error) {
	if e, err = rm.hosted(ctx, r); err != nil {
		return e, "", "", err
	}
	for _, a := range acts {
		if a.name == r.PathValue("act") {
			return e, a.name, a.typ, nil
		}
	}
	return e, "", "", fault.New(fault.NotFound, "fault.not_found")
}

func (rm room) askAct(ctx context.Context, r *page.Request) (page.Response, error) {
	e, name, _, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	on := e.Described.End
	if !on.Known() {
		on = e.Described.Start
	}
	return rm.actView(r, e, name, actForm{Entry: rm.Store.NewID(), On: on.String()}, nil)
}

func (rm room) actView(r *page.Request, e Event, name string, f actForm, bad error) (page.Response, error) {
	l := r.L
	first := register.Field{Kind: "textarea", Name: "reason", Label: l.T("event.reason"), Value: f.Reason}
	if name == "hold" {
		first = register.Field{Kind: "date", Name: "on", Label: l.T("event.held_on"), Value: f.On}
	}
	d := register.Form{Title: l.T("event.act." + name), Lead: l.T("event.act." + name + ".lead"), Crumbs: under(l, e, l.T("event.act."+name)), Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("register.save"), Cancel: pathOf(e.ID),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}, first}}
	return again(page.View("register/form", l.T("event.one"), d), bad), nil
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	e, name, typ, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	var f actForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	var fs fault.Fields
	var payload any = Ended{Reason: f.Reason}
	if typ == HeldType {
		payload = Held{On: date(&fs, "on", f.On)}
	}
	bad := rm.put(ctx, r, e.ID, store.Draft{ID: f.Entry, Type: typ, Payload: payload}, fs.Err())
	if mendable(bad) {
		return rm.actView(r, e, name, f, bad)
	}
	return page.Redirect(pathOf(e.ID), "register.saved"), bad
}
