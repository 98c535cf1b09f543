// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"errors"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Act is a form that writes one entry to a record.
type Act[S any] struct {
	Name   string // in the address; "" for Edit
	Icon   string
	Type   string // of the entry
	Lead   string // key of what stands above the fields; "" shows what the record is
	Submit string // key of its button; "" is that of saving
	// May says why it cannot be done from a state: the page then does not offer it. nil: always.
	May func(s S) error
	// Asks gives the payload as it stands, in a copy of its own, with what is asked of it. Where it is nil, Fields, Start and
	// Write say the same by hand.
	Asks   func(s S) Asked
	Fields func(ctx context.Context, v *See, s S) ([]Field, error) // Value and Values are filled in from Start or what was typed
	Start  func(v *See, s S) Values                                // what stands in the fields at first; nil: nothing
	Write  func(t *Typed, s S) any                                 // the payload; what is wrong goes to t.Wrong
	Again  func(e journal.Entry) (any, error)                      // of Edit: an earlier payload, for undo (journal.In)
	// Then writes what follows for other records. When it fails the form is shown again, and sending that completes it: what is
	// written has ids that follow from the form's entry.
	Then func(ctx context.Context, v *See, id journal.ID, typed Values) error
}

// Again is for Act.Again.
func Again[P any](e journal.Entry) (any, error) { return journal.In[P](e) }

func (a Act[S]) fields(ctx context.Context, v *See, s S) ([]Field, error) {
	if a.Asks != nil {
		return a.Asks(s).Fields(v), nil
	}
	return a.Fields(ctx, v, s)
}

func (a Act[S]) write(t *Typed, s S) any {
	if a.Asks == nil {
		return a.Write(t, s)
	}
	x := a.Asks(s)
	x.Read(t)
	return x.Payload()
}

// asking is a form in the making: for a record (nothing yet, for a new one), with what stands in it.
type asking[S any] struct {
	act    Act[S]
	id     journal.ID
	state  S
	fresh  bool
	values Values
	wrong  error
}

// start gives a form as it is first shown. The ids of what it will write are in it, so that sending it twice writes once.
func (g *Of[S, L]) start(v *See, a Act[S], id journal.ID, s S, fresh bool) asking[S] {
	out := asking[S]{act: a, id: id, state: s, fresh: fresh, values: Values{}}
	switch {
	case a.Asks != nil:
		out.values = a.Asks(s).Start(v)
	case a.Start != nil:
		out.values = a.Start(v, s)
	}
	out.values.Set("entry", g.Store.NewID().String())
	if fresh {
		out.values.Set("dossier", id.String())
	}
	return out
}

func (g *Of[S, L]) formView(ctx context.Context, v *See, q asking[S]) (page.Response, error) {
	fields, err := q.act.fields(ctx, v, q.state)
	if err = errors.Join(err, v.err); err != nil {
		return nil, err
	}
	d := Form{Submit: v.L.T("register.save"), Cancel: g.at(q.id), Fields: []Field{{Kind: "hidden", Name: "entry"}}}
	name := "act." + q.act.Name
	switch {
	case q.fresh:
		name, d.Cancel, d.Lead = "new", g.Path, v.T("new.lead")
		d.Fields = append(d.Fields, Field{Kind: "hidden", Name: "dossier"})
	case q.act.Name == "":
		name = "edit"
	}
	d.Title = v.T(name)
	d.Crumbs = g.crumbs(v.Request, page.Crumb{Text: d.Title})
	if !q.fresh {
		line, _ := g.Line(q.state)
		d.Crumbs = g.crumbs(v.Request, page.Crumb{Text: g.called(v, line), Href: g.at(q.id)}, page.Crumb{Text: d.Title})
		if q.act.Submit != "" {
			d.Submit = v.T(q.act.Submit)
		}
		if q.act.Lead != "" {
			d.Lead = v.T(q.act.Lead)
		} else if q.act.Name != "" {
			d.Lead = g.Title(v, line).Text
		}
	}
	d.Fields = append(d.Fields, fields...)
	q.values.Set(ShownName, q.values.Get("language"))
	for i, f := range d.Fields {
		d.Fields[i].Value, d.Fields[i].Values = q.values.Get(f.Name), q.values[f.Name]
	}
	if q.act.Name != "" {
		name = "one"
	}
	if q.wrong == nil {
		return page.View("register/form", v.T(name), d), nil
	}
	code := d.Again(v.Request, q.wrong)
	if code == 0 {
		return nil, q.wrong
	}
	return page.Status(code, page.View("register/form", v.T(name), d)), nil
}

// write writes what was typed, or shows the form again with what is wrong.
func (g *Of[S, L]) write(ctx context.Context, v *See, q asking[S]) (page.Response, error) {
	read := func(s S) (any, error) {
		t := &Typed{v: q.values, Office: v.Actor.Owner, sent: &Sent{L: v.L, Shown: q.values.Get(ShownName), Language: q.values.Get("language")}}
		p := q.act.write(t, s)
		t.sent.Note(&t.Wrong)
		return p, t.Wrong.Err()
	}
	entry, err := journal.ParseID(q.values.Get("entry"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	_, q.wrong = g.Store.Update(ctx, As(v.Request), g.ref(q.id), func(state any) ([]store.Draft, error) {
		p, err := read(state.(S))
		return []store.Draft{{ID: entry, Type: q.act.Type, Payload: p}}, err
	})
	if q.wrong == nil && q.act.Then != nil {
		q.wrong = q.act.Then(ctx, v, q.id, q.values)
	}
	if q.wrong != nil {
		return g.formView(ctx, v, q)
	}
	return page.Redirect(g.at(q.id), "register.saved"), nil
}

func (g *Of[S, L]) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v, err := g.see(ctx, r)
	if err != nil {
		return nil, err
	}
	var none S
	return g.formView(ctx, v, g.start(v, *g.Edit, g.Store.NewID(), none, true))
}

func (g *Of[S, L]) create(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v, err := g.see(ctx, r)
	if err != nil {
		return nil, err
	}
	q := asking[S]{act: *g.Edit, fresh: true}
	if q.values, err = r.Typed(); err != nil {
		return nil, err
	}
	if q.id, err = journal.ParseID(q.values.Get("dossier")); err != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	return g.write(ctx, v, q)
}

func (g *Of[S, L]) edit(ctx context.Context, r *page.Request) (page.Response, error) {
	return g.first(ctx, r, *g.Edit)
}

func (g *Of[S, L]) save(ctx context.Context, r *page.Request) (page.Response, error) {
	return g.sent(ctx, r, *g.Edit)
}

func (g *Of[S, L]) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	return g.first(ctx, r, g.asked(r))
}

func (g *Of[S, L]) act(ctx context.Context, r *page.Request) (page.Response, error) {
	return g.sent(ctx, r, g.asked(r))
}

// asked gives the act that an address names; one without a name where there is none.
func (g *Of[S, L]) asked(r *page.Request) Act[S] {
	for _, a := range g.Acts {
		if a.Name == r.PathValue("act") {
			return a
		}
	}
	return Act[S]{}
}

// first shows a form for the first time.
func (g *Of[S, L]) first(ctx context.Context, r *page.Request, a Act[S]) (page.Response, error) {
	o, s, err := g.toChange(ctx, r)
	if err != nil {
		return nil, err
	}
	if a.Type == "" {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if a.May != nil {
		if err := a.May(s); err != nil {
			return nil, err
		}
	}
	v, err := g.see(ctx, r)
	if err == nil {
		err = g.shut(v, s)
	}
	if err != nil {
		return nil, err
	}
	return g.formView(ctx, v, g.start(v, a, o.Ref.ID, s, false))
}

// sent takes a form. Whether it can be done is the guard's to say: the record may have changed since the form was shown.
func (g *Of[S, L]) sent(ctx context.Context, r *page.Request, a Act[S]) (page.Response, error) {
	o, s, err := g.toChange(ctx, r)
	if err != nil {
		return nil, err
	}
	if a.Type == "" {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	v, err := g.see(ctx, r)
	if err != nil {
		return nil, err
	}
	q := asking[S]{act: a, id: o.Ref.ID, state: s}
	if q.values, err = r.Typed(); err != nil {
		return nil, err
	}
	return g.write(ctx, v, q)
}
