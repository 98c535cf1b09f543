// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// functionsPath is where functions are: what people hold in organisations, over time.
const functionsPath = "/programme/functions"

func (rm room) functionRoutes() []page.Route {
	return []page.Route{
		{Pattern: "GET " + functionsPath + "/{id}", Handle: rm.showFunction},
		{Pattern: "GET " + functionsPath + "/{id}/act/{act}", Handle: rm.askFunction},
		{Pattern: "POST " + functionsPath + "/{id}/act/{act}", Handle: rm.takeFunction},
		{Pattern: "GET /programme/organisations/{id}/act/{act}", Handle: rm.askOrganisation},
		{Pattern: "POST /programme/organisations/{id}/act/{act}", Handle: rm.takeOrganisation},
	}
}

func functionPath(id journal.ID) string { return functionsPath + "/" + id.String() }

// heldFrom says from when to when a function was or is held, as far as it is known.
func heldFrom(l *lang.Locale, f actors.FunctionLine) item {
	i := text(span(l, f.Since, f.Until))
	switch {
	case f.Ended && !f.Until.Known():
		i.Text = strings.TrimPrefix(i.Text+" · "+l.T("programme.function.ended"), " · ")
	case !f.Ended && f.Since.Known():
		i.Text = l.T("programme.dates.from", "From", f.Since.Print(l))
	}
	return i
}

// byTime orders functions: those that are held first, then those that ended, the latest first.
func byTime(a, b foundFunction) int {
	if a.Ended != b.Ended {
		if a.Ended {
			return 1
		}
		return -1
	}
	if a.Ended {
		if c := b.Until.Last().Compare(a.Until.Last()); c != 0 {
			return c
		}
	}
	return strings.Compare(a.Titles.In()+a.Name+a.ID.String(), b.Titles.In()+b.Name+b.ID.String())
}

// foundFunction is a function with its dossier.
type foundFunction struct {
	ID journal.ID
	actors.FunctionLine
}

func (rm room) functionsOf(ctx context.Context, w store.Who, organisation journal.ID) ([]foundFunction, error) {
	rows, err := rolls.All[actors.FunctionLine](ctx, rm.Store, w, store.Query{Kind: access.KindFunction, Codes: map[string]string{"organisation": organisation.String()}})
	var out []foundFunction
	for _, x := range rows {
		out = append(out, foundFunction{x.ID, x.V})
	}
	inorder.By(out, byTime)
	return out, err
}

func (rm room) function(ctx context.Context, r *page.Request) (actors.Function, error) {
	id, err := r.ID("id")
	if err != nil {
		return actors.Function{}, err
	}
	o, err := rm.Store.Open(ctx, rolls.As(r), store.Ref{Kind: access.KindFunction, ID: id})
	if err != nil {
		return actors.Function{}, err
	}
	return o.State.(actors.Function), nil
}

func (rm room) functionCrumbs(r *page.Request, g register, organisation journal.ID, more ...page.Crumb) []page.Crumb {
	l := r.L
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.organisations"), Href: "/programme/organisations"}}
	if name := g.name(l, organisation); name != "" {
		out = append(out, page.Crumb{Text: name, Href: organisationPath(organisation)})
	}
	return append(out, more...)
}

func (rm room) showFunction(ctx context.Context, r *page.Request) (page.Response, error) {
	f, err := rm.function(ctx, r)
	if err != nil {
		return nil, err
	}
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	o, err := rm.Store.Open(ctx, rolls.As(r), store.Ref{Kind: access.KindFunction, ID: f.ID})
	if err != nil {
		return nil, err
	}
	l := r.L
	mark := page.Mark{Tone: page.Good, Text: l.T("programme.function.held")}
	if f.Ended {
		mark = page.Mark{Tone: page.Off, Text: l.T("programme.function.ended")}
	}
	d := rolls.Record{Title: page.Cell{Text: f.Titles.In(l.Tag()), Lang: languageOf(f.Titles, l)}, Status: mark, Crumbs: rm.functionCrumbs(r, g, f.Organisation, page.Crumb{Text: l.T("programme.column.function")}),
		Actions: step.Actions(r, rm.functionSteps(), f, functionPath(f.ID))}
	since := heldFrom(l, actors.FunctionLine{Since: f.Since, Until: f.Until, Ended: f.Ended})
	d.Facts = []page.Fact{{Term: l.T("programme.column.name"), Text: f.PublicName}, {Term: l.T("programme.function.since"), Text: since.Text}, {Term: l.T("programme.column.organisation"), Text: g.name(l, f.Organisation), Href: organisationPath(f.Organisation)}}
	if f.Organisation.IsZero() {
		d.Facts = d.Facts[:2]
	}
	d.Facts = append(d.Facts, rolls.StateFacts(l, f.Title())...)
	for _, s := range f.Sources {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("register.source"), Text: s.Print(l)})
	}
	d.History = rm.functionHistory(ctx, r, o.Entries)
	return page.View("register/record", l.T("programme.column.function"), d), nil
}

// functionHistory tells who wrote what of a function, and when.
func (rm room) functionHistory(ctx context.Context, r *page.Request, es []journal.Entry) []page.Event {
	var ids []journal.ID
	for _, e := range es {
		ids = append(ids, e.Actor)
	}
	var names map[journal.ID]string
	if rm.Names != nil {
		names = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	l := r.L
	var out []page.Event
	for i, e := range slices.Backward(es) {
		x := page.Event{At: e.OccurredAt, Title: l.T("programme.entry." + e.Type), Who: names[e.Actor]}
		was, err := party.FoldFunction(es[:i])
		now, again := party.FoldFunction(es[:i+1])
		if i > 0 && err == nil && again == nil {
			for _, c := range []struct{ key, was, now string }{{"programme.column.function", was.Titles.In(l.Tag()), now.Titles.In(l.Tag())}, {"programme.column.name", was.PublicName, now.PublicName},
				{"programme.column.start", known(l, was.Since), known(l, now.Since)}, {"programme.column.end", known(l, was.Until), known(l, now.Until)}} {
				if c.was != c.now {
					x.Text = strings.TrimSpace(x.Text + " " + l.T("programme.changed", "Field", l.T(c.key), "Was", orUnknown(l, c.was), "Now", orUnknown(l, c.now)))
				}
			}
		}
		out = append(out, x)
	}
	return out
}

func orUnknown(l *lang.Locale, s string) string {
	if s == "" {
		return l.T("page.unknown")
	}
	return s
}

// functionSteps bring a function further. Nothing is deleted: a successor has a function of their own.
func (rm room) functionSteps() []step.Step[actors.Function] {
	edit := func(r *page.Request, f actors.Function) bool { return rolls.MayEdit(r) && f.Exists() }
	return []step.Step[actors.Function]{
		{Name: "succeed", Icon: "user-plus", Text: "programme.act.succeed", Primary: true, Can: edit, Ask: rm.askHeld(true), Do: rm.doSucceed},
		{Name: "end", Icon: "calendar-due", Text: "programme.act.end", Can: func(r *page.Request, f actors.Function) bool { return edit(r, f) && !f.Ended }, Ask: rm.askEnd, Do: rm.doEnd},
		{Name: "correct", Icon: "edit", Text: "programme.act.correct", Can: edit, Ask: rm.askHeld(false), Do: rm.doCorrect},
	}
}

func (rm room) askFunction(ctx context.Context, r *page.Request) (page.Response, error) {
	f, err := rm.function(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.functionSteps(), f, rm.Store.NewID())
}

func (rm room) takeFunction(ctx context.Context, r *page.Request) (page.Response, error) {
	f, err := rm.function(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.functionSteps(), f)
}

// askHeld asks who holds what from when; fresh for somebody who follows.
func (rm room) askHeld(fresh bool) func(context.Context, *page.Request, actors.Function, *step.Typed) (rolls.Form, error) {
	return func(ctx context.Context, r *page.Request, f actors.Function, t *step.Typed) (rolls.Form, error) {
		g, err := rm.register(ctx, rolls.As(r))
		if err != nil {
			return rolls.Form{}, err
		}
		l, at := r.L, functionPath(f.ID)
		q := asking{l: l, t: t}
		start := party.Held{Titles: f.Titles}
		if !fresh {
			start.PublicName, start.Since, start.Until = f.PublicName, f.Since, f.Until
		}
		q.held(rm.Store, start, !fresh)
		return rolls.Form{Lead: l.T("programme.function.lead"), Fields: q.f, Cancel: at, Crumbs: rm.functionCrumbs(r, g, f.Organisation, page.Crumb{Text: l.T("programme.column.function"), Href: at})}, nil
	}
}

// held asks for a function's title, its holder and its time.
func (q *asking) held(s *store.Store, now party.Held, until bool) {
	l := q.l
	q.t.Or("dossier", s.NewID().String())
	q.f = append(q.f, rolls.Field{Kind: "hidden", Name: "dossier", Value: q.t.Text("dossier")})
	for _, tag := range []string{"fr", "en"} {
		q.labelled(l.T("programme.function.title", "Language", l.Language(tag)), rolls.Field{Kind: "text", Name: "title_" + tag, Optional: true}, now.Titles[tag])
	}
	q.add(rolls.Field{Kind: "text", Name: "holder", Hint: l.T("programme.function.holder.hint"), Optional: true}, now.PublicName)
	q.labelled(l.T("programme.column.start"), rolls.Field{Kind: "date", Name: "since", Optional: true}, now.Since.String())
	if until {
		q.labelled(l.T("programme.column.end"), rolls.Field{Kind: "date", Name: "until", Optional: true}, now.Until.String())
	}
	q.labelled(l.T("register.source"), rolls.Field{Kind: "text", Name: "source", Hint: l.T("register.source.hint"), Optional: true})
}

// readHeld reads it.
func readHeld(t *step.Typed) party.Held {
	v := party.Held{Titles: party.Names{}, PublicName: t.Text("holder"), Since: t.Date("since"), Until: t.Date("until")}
	for _, tag := range []string{"fr", "en"} {
		if s := t.Text("title_" + tag); s != "" {
			v.Titles[tag] = s
		}
	}
	if len(v.Titles) == 1 {
		for v.Original = range v.Titles { // the one that further languages translate
		}
	}
	if s := t.Text("source"); s != "" {
		v.Sources = []party.Source{{Document: s}}
	}
	if len(v.Titles) == 0 {
		t.Fields.Add("title_fr", "party.title.needed")
	}
	if v.PublicName != "" && len(v.Sources) == 0 {
		t.Fields.Add("source", "party.holder.source_needed")
	}
	return v
}

// doCorrect corrects what is known of a function. Titles in languages that the form does not ask for stay.
func (rm room) doCorrect(ctx context.Context, r *page.Request, f actors.Function, t *step.Typed, entry journal.ID) (string, error) {
	to := functionPath(f.ID)
	if t.Text("holder") == f.PublicName && t.Text("source") == "" && len(f.Sources) > 0 {
		t.Values["source"] = []string{f.Sources[0].Document} // the same name stands where it stood
	}
	v := readHeld(t)
	for tag, s := range f.Titles {
		if _, asked := v.Titles[tag]; !asked && tag != "fr" && tag != "en" {
			v.Titles[tag] = s
		}
	}
	if v.Titles[f.Original] != "" {
		v.Original = f.Original
	}
	return to, t.Write(ctx, rm.Store, r, store.Ref{Kind: access.KindFunction, ID: f.ID}, store.Draft{ID: entry, Type: party.FunctionHeld, Payload: v})
}

// doSucceed gives the function to somebody else: the one before has ended, and both stand.
func (rm room) doSucceed(ctx context.Context, r *page.Request, f actors.Function, t *step.Typed, entry journal.ID) (string, error) {
	id, v := t.ID("dossier"), readHeld(t)
	to := functionPath(id)
	v.Organisation = f.Organisation
	if v.Titles[f.Original] != "" {
		v.Original = f.Original
	}
	if v.Since.Before(f.Since) {
		t.Fields.Add("since", "party.date.order")
	}
	changes := []store.Change{{Ref: store.Ref{Kind: access.KindFunction, ID: id}, Decide: func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: entry, Type: party.FunctionHeld, Payload: v}}, t.Err()
	}}}
	if !f.Ended {
		changes = append(changes, store.Change{Ref: store.Ref{Kind: access.KindFunction, ID: f.ID}, Decide: func(state any) ([]store.Draft, error) {
			if state.(actors.Function).Ended {
				return nil, nil
			}
			return []store.Draft{{Type: party.FunctionEnded, Payload: party.HeldUntil{Until: v.Since, Sources: v.Sources}}}, nil
		}})
	}
	_, err := rm.Store.UpdateEach(ctx, rolls.As(r), changes)
	return to, err
}

func (rm room) askEnd(ctx context.Context, r *page.Request, f actors.Function, t *step.Typed) (rolls.Form, error) {
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return rolls.Form{}, err
	}
	l, at := r.L, functionPath(f.ID)
	q := asking{l: l, t: t}
	q.labelled(l.T("programme.column.end"), rolls.Field{Kind: "date", Name: "until", Hint: l.T("programme.function.end.hint"), Optional: true})
	q.labelled(l.T("register.source"), rolls.Field{Kind: "text", Name: "source", Hint: l.T("register.source.hint"), Optional: true})
	return rolls.Form{Fields: q.f, Cancel: at, Crumbs: rm.functionCrumbs(r, g, f.Organisation, page.Crumb{Text: l.T("programme.column.function"), Href: at})}, nil
}

func (rm room) doEnd(ctx context.Context, r *page.Request, f actors.Function, t *step.Typed, entry journal.ID) (string, error) {
	to := functionPath(f.ID)
	v := party.HeldUntil{Until: t.Date("until")}
	if s := t.Text("source"); s != "" {
		v.Sources = []party.Source{{Document: s}}
	}
	return to, t.Write(ctx, rm.Store, r, store.Ref{Kind: access.KindFunction, ID: f.ID}, store.Draft{ID: entry, Type: party.FunctionEnded, Payload: v})
}

// organisationSteps are what somebody can add to an organisation.
func (rm room) organisationSteps() []step.Step[actors.Organisation] {
	return []step.Step[actors.Organisation]{{Name: "function", Icon: "user-plus", Text: "programme.act.function", Can: func(r *page.Request, o actors.Organisation) bool { return rolls.MayEdit(r) && o.Exists() }, Ask: rm.askNewFunction, Do: rm.doNewFunction}}
}

func (rm room) organisationOf(ctx context.Context, r *page.Request) (actors.Organisation, error) {
	id, err := r.ID("id")
	if err != nil {
		return actors.Organisation{}, err
	}
	o, err := rm.Store.Open(ctx, rolls.As(r), store.Ref{Kind: access.KindOrganisation, ID: id})
	if err != nil {
		return actors.Organisation{}, err
	}
	return o.State.(actors.Organisation), nil
}

func (rm room) askOrganisation(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.organisationOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.organisationSteps(), o, rm.Store.NewID())
}

func (rm room) takeOrganisation(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.organisationOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.organisationSteps(), o)
}

func (rm room) askNewFunction(ctx context.Context, r *page.Request, o actors.Organisation, t *step.Typed) (rolls.Form, error) {
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return rolls.Form{}, err
	}
	q := asking{l: r.L, t: t}
	q.held(rm.Store, party.Held{}, true)
	return rolls.Form{Lead: r.L.T("programme.function.lead"), Fields: q.f, Cancel: organisationPath(o.ID), Crumbs: rm.functionCrumbs(r, g, o.ID, page.Crumb{Text: r.L.T("programme.act.function")})}, nil
}

func (rm room) doNewFunction(ctx context.Context, r *page.Request, o actors.Organisation, t *step.Typed, entry journal.ID) (string, error) {
	to := organisationPath(o.ID)
	v := readHeld(t)
	v.Organisation = o.ID
	id := t.ID("dossier")
	if id.IsZero() {
		return to, fault.New(fault.Invalid, "page.fault.form")
	}
	return to, t.Write(ctx, rm.Store, r, store.Ref{Kind: access.KindFunction, ID: id}, store.Draft{ID: entry, Type: party.FunctionHeld, Payload: v})
}
