// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// peoplePage lists whom the countries send.
type peoplePage struct {
	Head  header
	Table page.Table
}

func (rm room) people(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	d := peoplePage{Head: e.header(r, "/people"), Table: rm.peopleTable(ctx, r, e)}
	if slices.ContainsFunc(e.Quotas, func(q Quota) bool { return q.Office.IsZero() }) {
		d.Head.Actions = []page.Action{{Text: r.L.T("event.person.letter"), Href: pathOf(e.ID) + "/people/new", Icon: "mail"}}
	}
	return page.View("event/people", r.L.T("event.tab.people"), d), nil
}

var personTones = map[PersonState]string{Proposed: page.Info, Accepted: page.Good, Declined: page.Off, Gone: page.Off}

// peopleTable shows those first on whom nobody has decided yet.
func (rm room) peopleTable(_ context.Context, r *page.Request, e Event) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("event.tab.people"), Empty: &page.Empty{Icon: "users", Title: l.T("event.people.empty"), Text: l.T("event.people.empty.text")}}
	for _, k := range []string{"event.person", "event.function", "event.language", "event.how", "event.group", "event.state"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	ps := slices.DeleteFunc(slices.Clone(e.People), func(p Person) bool { return !p.Known })
	inorder.Stably(ps, func(a, b Person) int { return rank(a.State != Proposed) - rank(b.State != Proposed) })
	for _, p := range ps {
		first := page.Cell{Text: called(l, p), Sub: l.Country(p.Country)}
		if register.MayEdit(r) {
			first.Href = pathOf(e.ID) + "/people/" + p.Person.String()
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{first, {Text: p.Function, Sub: register.Word(l, "event.profession.", p.Profession)}, {Text: tongue(l, p.Language)}, {Text: register.Word(l, "event.mode.", p.Mode)},
			{Text: groupOf(l, e, p)}, {Tone: personTones[p.State], Text: l.T("event.state." + string(p.State)), Sub: p.Reason}}})
	}
	return t
}

// called is somebody's name where it is known here, else that it follows.
func called(l *lang.Locale, p Person) string {
	switch {
	case p.Name != "":
		return p.Name
	case p.State == Proposed:
		return l.T("event.name.after")
	case p.State == Accepted:
		return l.T("event.name.follows")
	}
	return l.T("event.name.none")
}

func tongue(l *lang.Locale, tag string) string {
	if tag == "" {
		return ""
	}
	return l.Language(tag)
}

func groupOf(l *lang.Locale, e Event, p Person) string {
	if g, is := e.Group(p.Group); is {
		return g.Name.In(l.Tag()).Text
	}
	return l.T("event.group.none")
}

// personForm is what somebody types about a person who is sent.
type personForm struct {
	Entry      journal.ID `form:"entry"`
	ID         journal.ID `form:"id"`
	Country    string     `form:"country"`
	Name       string     `form:"name"`
	Email      string     `form:"email"`
	Function   string     `form:"function"`
	Profession string     `form:"profession"`
	Language   string     `form:"language"`
	Mode       string     `form:"mode"`
	Group      string     `form:"group"`
}

func (rm room) newPerson(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.edited(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.personForm(r, e, personForm{Entry: rm.Store.NewID(), ID: rm.Store.NewID(), Country: e.Invitation.Country, Language: register.Language(r.L), Mode: string(InPerson)}, nil)
}

func (rm room) personForm(r *page.Request, e Event, f personForm, bad error) (page.Response, error) {
	l := r.L
	d := register.Form{Title: l.T("event.person.new"), Lead: l.T("event.person.new.lead"), Crumbs: under(l, e, l.T("event.person.new")), Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("event.person.send"), Cancel: pathOf(e.ID),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}, {Kind: "hidden", Name: "id", Value: f.ID.String()}}}
	mode := e.Invitation.Mode
	if e.Hosted() {
		d.Title, d.Lead, d.Submit, d.Cancel, mode = l.T("event.person.letter"), l.T("event.person.letter.lead"), l.T("register.save"), pathOf(e.ID)+"/people", e.Described.Mode
		var letters []page.Option
		for _, q := range e.Quotas {
			if q.Office.IsZero() {
				letters = append(letters, page.Option{Value: q.Country, Text: l.Country(q.Country)})
			}
		}
		d.Fields = append(d.Fields, register.Field{Kind: "select", Name: "country", Label: l.T("event.country"), Options: letters, Value: f.Country, Blank: l.T("register.choose")})
	}
	d.Fields = append(d.Fields, register.Field{Kind: "text", Name: "name", Label: l.T("event.name"), Value: f.Name},
		register.Field{Kind: "text", Name: "email", Label: l.T("event.email"), Value: f.Email, Optional: true},
		register.Field{Kind: "text", Name: "function", Label: l.T("event.function"), Hint: l.T("event.function.hint"), Value: f.Function},
		register.Field{Kind: "select", Name: "profession", Label: l.T("event.profession"), Options: register.Codes(l, "event.profession.", Professions()), Value: f.Profession, Blank: l.T("page.unknown"), Optional: true},
		register.Field{Kind: "select", Name: "language", Label: l.T("event.language"), Options: languageOptions(l), Value: f.Language})
	if mode == Hybrid {
		d.Fields = append(d.Fields, register.Field{Kind: "select", Name: "mode", Label: l.T("event.how"), Options: register.Codes(l, "event.mode.", []Mode{InPerson, Online}), Value: f.Mode})
	} else {
		d.Fields = append(d.Fields, register.Field{Kind: "hidden", Name: "mode", Value: string(mode)})
	}
	if len(e.Groups) > 0 {
		d.Fields = append(d.Fields, register.Field{Kind: "select", Name: "group", Label: l.T("event.group"), Options: groupOptions(l, e), Value: f.Group, Blank: l.T("event.group.none"), Optional: true})
	}
	return again(page.View("register/form", l.T("event.person"), d), bad), nil
}

// nominate writes a nomination: of this office, where it is invited, or of a country that answered by letter.
func (rm room) nominate(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.edited(ctx, r)
	if err != nil {
		return nil, err
	}
	var f personForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	var fs fault.Fields
	v := Nominated{Person: f.ID, Country: f.Country, Function: f.Function, Profession: f.Profession, Language: f.Language, Mode: Mode(f.Mode), Group: anID(&fs, "group", f.Group), Name: f.Name, Email: f.Email}
	to := pathOf(e.ID) + "/people"
	if e.Invited() {
		v.Country, v.Office, to = e.Invitation.Country, r.Actor.Owner, pathOf(e.ID)
	}
	if v.Country == "" { // no country whose rules could be asked: what else is wanted is said with it
		v.check(&fs, true)
	}
	bad := rm.put(ctx, r, e.ID, store.Draft{ID: f.Entry, Type: NominatedType, Payload: v}, fs.Err())
	if mendable(bad) {
		return rm.personForm(r, e, f, bad)
	}
	return page.Redirect(to, "event.person.saved"), bad
}

// decision is what somebody decides about a person: the host accepts or declines, who sent them withdraws them.
type decision struct {
	Entry  journal.ID `form:"entry"`
	What   string     `form:"what"` // accept, decline or withdraw
	Reason string     `form:"reason"`
}

// personOf gives the person that a path names.
func (rm room) personOf(ctx context.Context, r *page.Request) (Event, Person, error) {
	e, err := rm.edited(ctx, r)
	if err != nil {
		return e, Person{}, err
	}
	id, err := r.ID("person")
	if err != nil {
		return e, Person{}, err
	}
	p, is := e.Find(id)
	if !is || !p.Known {
		return e, p, fault.New(fault.NotFound, "fault.not_found")
	}
	return e, p, nil
}

// choices are what can be decided about somebody here and now.
func choices(e Event, p Person) []string {
	var out []string
	switch {
	case p.State == Gone:
		return nil
	case e.Invited():
		if p.State != Declined {
			out = append(out, "withdraw")
		}
		return out
	}
	if p.State != Accepted {
		out = append(out, "accept")
	}
	if p.State != Declined {
		out = append(out, "decline")
	}
	if p.Office.IsZero() {
		out = append(out, "withdraw")
	}
	return out
}

// personPage is one person, with what can be decided.
type personPage struct {
	Crumbs       []page.Crumb
	Title        string
	Status       page.Mark
	Facts        []page.Fact
	Form         *register.Form
	Certificates []page.Action
}

func (rm room) person(ctx context.Context, r *page.Request) (page.Response, error) {
	e, p, err := rm.personOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.personView(r, e, p, decision{Entry: rm.Store.NewID()}, nil)
}

func (rm room) personView(r *page.Request, e Event, p Person, f decision, bad error) (page.Response, error) {
	l := r.L
	d := personPage{Title: called(l, p), Status: page.Mark{Tone: personTones[p.State], Text: l.T("event.state." + string(p.State))}, Crumbs: under(l, e, l.T("event.person"))}
	d.Facts = []page.Fact{{Term: l.T("event.country"), Text: l.Country(p.Country)}, {Term: l.T("event.function"), Text: p.Function, Sub: register.Word(l, "event.profession.", p.Profession)}, {Term: l.T("event.language"), Text: tongue(l, p.Language)},
		{Term: l.T("event.how"), Text: register.Word(l, "event.mode.", p.Mode)}, {Term: l.T("event.group"), Text: groupOf(l, e, p)}}
	if p.Email != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("event.email"), Text: p.Email})
	}
	if p.Reason != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("event.reason"), Text: p.Reason})
	}
	if e.Hosted() {
		n := e.AttendedBy(p.Person)
		d.Facts = append(d.Facts, page.Fact{Term: l.T("event.came"), Text: l.N("event.came.sessions", n)})
		if n > 0 && p.Name != "" {
			for _, tag := range certificateLanguages {
				d.Certificates = append(d.Certificates, page.Action{Text: l.T("event.certificate.in", "Language", l.Language(tag)), Href: pathOf(e.ID) + "/people/" + p.Person.String() + "/certificate?lang=" + tag, Icon: "certificate"})
			}
		}
	}
	if what := choices(e, p); len(what) > 0 {
		form := register.Form{Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("register.save"), Cancel: pathOf(e.ID)}
		options := register.Codes(l, "event.decide.", what)
		form.Fields = []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}, {Kind: "select", Name: "what", Label: l.T("event.decide"), Options: options, Value: f.What, Blank: l.T("register.choose")},
			{Kind: "textarea", Name: "reason", Label: l.T("event.reason"), Hint: l.T("event.decide.reason"), Value: f.Reason, Optional: true, Rows: 3}}
		d.Form = &form
	}
	return again(page.View("event/person", l.T("event.person"), d), bad), nil
}

func (rm room) decide(ctx context.Context, r *page.Request) (page.Response, error) {
	e, p, err := rm.personOf(ctx, r)
	if err != nil {
		return nil, err
	}
	var f decision
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	var bad error
	x := store.Draft{ID: f.Entry, Type: DecidedType, Payload: Decided{Person: p.Person, Accepted: f.What == "accept", Reason: f.Reason}}
	switch {
	case !slices.Contains(choices(e, p), f.What):
		bad = fault.Bad("what", "event.want.decision")
	case f.What == "accept":
		x.Payload = Decided{Person: p.Person, Accepted: true}
	case f.What == "withdraw":
		x.Type, x.Payload = WithdrawnType, Withdrawn{Person: p.Person, Office: p.Office, Reason: f.Reason}
	}
	if bad == nil {
		bad = rm.append(ctx, r, e.ID, x)
	}
	if mendable(bad) {
		return rm.personView(r, e, p, f, bad)
	}
	to := pathOf(e.ID)
	if e.Hosted() {
		to += "/people"
	}
	return page.Redirect(to, "register.saved"), bad
}

// regret is the form by which a country says that it sends nobody: of this office, or typed in from a letter.
func (rm room) regret(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.edited(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.regretView(r, e, regretForm{Entry: rm.Store.NewID()}, nil)
}

type regretForm struct {
	Entry   journal.ID `form:"entry"`
	Country string     `form:"country"`
	Reason  string     `form:"reason"`
}

func (rm room) regretView(r *page.Request, e Event, f regretForm, bad error) (page.Response, error) {
	l := r.L
	d := register.Form{Title: l.T("event.regret"), Lead: l.T("event.regret.lead"), Crumbs: under(l, e, l.T("event.regret")), Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("register.save"), Cancel: pathOf(e.ID),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}}}
	if e.Hosted() {
		var letters []page.Option
		for _, q := range e.Quotas {
			if q.Office.IsZero() {
				letters = append(letters, page.Option{Value: q.Country, Text: l.Country(q.Country)})
			}
		}
		d.Fields = append(d.Fields, register.Field{Kind: "select", Name: "country", Label: l.T("event.country"), Options: letters, Value: f.Country, Blank: l.T("register.choose")})
	}
	d.Fields = append(d.Fields, register.Field{Kind: "textarea", Name: "reason", Label: l.T("event.reason"), Value: f.Reason, Rows: 3})
	return again(page.View("register/form", l.T("event.regret"), d), bad), nil
}

func (rm room) saveRegret(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.edited(ctx, r)
	if err != nil {
		return nil, err
	}
	var f regretForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	v := Regretted{Country: f.Country, Reason: f.Reason}
	to := pathOf(e.ID) + "/countries"
	if e.Invited() {
		v.Country, v.Office, to = e.Invitation.Country, r.Actor.Owner, pathOf(e.ID)
	}
	bad := rm.append(ctx, r, e.ID, store.Draft{ID: f.Entry, Type: RegrettedType, Payload: v})
	if mendable(bad) {
		return rm.regretView(r, e, f, bad)
	}
	return page.Redirect(to, "register.saved"), bad
}
