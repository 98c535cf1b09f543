// SPDX-License-Identifier: EUPL-1.2

// Package step shows and carries out what somebody can do to a record, one form at a time, in rooms whose records span several
// kinds of dossiers and several kinds of people: who may take a step depends on the reader and the record (an assessor on an
// assessment, an officer on a call), a form's fields depend on the record, and a step can write more than one entry. Where a room
// is one list of one kind that officers edit, package register declares all of it.
//
// A room lists its Steps for a state S, links to those that are open with Actions, and answers /act/{act} with Show and Take.
package step

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Typed is what somebody typed into a form whose fields depend on the record. A value that cannot be read is noted in Fields
// under the field's name; Err gives them.
type Typed struct {
	Values map[string][]string
	Fields fault.Fields
}

// read reads a form's body.
func read(r *page.Request) (*Typed, error) {
	v, err := r.Typed()
	return &Typed{Values: v}, err
}

// Err gives what could not be read: an Invalid fault, or nil.
func (t *Typed) Err() error { return t.Fields.Err() }

// Write appends an entry to a record, or tells all that is wrong with it at once: what could not be read, and what the guard finds
// besides. Names are pairs of what the payload and the form call a field, where these differ.
func (t *Typed) Write(ctx context.Context, s *store.Store, r *page.Request, to store.Ref, d store.Draft, names ...string) error {
	_, err := s.Update(ctx, register.As(r), to, func(any) ([]store.Draft, error) { return []store.Draft{d}, t.Err() })
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	for i := range f.Fields {
		if at := slices.Index(names, f.Fields[i].Name); at >= 0 && at%2 == 0 {
			f.Fields[i].Name = names[at+1]
		}
	}
	return err
}

// Or fills in a field of a form that nobody has sent yet.
func (t *Typed) Or(name string, values ...string) {
	if _, there := t.Values[name]; !there {
		t.Values[name] = values // not yet sent
	}
}

// Text gives a field, "" when there is none.
func (t *Typed) Text(name string) string {
	if vs := t.Values[name]; len(vs) > 0 {
		return vs[0]
	}
	return ""
}

// Field makes a field that shows what was typed; its label is the catalogue's "<room>.<name>", its hint "<room>.hint.<name>" where
// there is one.
func (t *Typed) Field(l *lang.Locale, room, kind, name string) register.Field {
	f := register.Field{Kind: kind, Name: name, Label: l.T(room + "." + name), Value: t.Text(name), Values: t.Many(name)}
	if hint := room + ".hint." + name; l.Has(hint) {
		f.Hint = l.T(hint)
	}
	return f
}

// Many gives what was chosen or written of a field, without what is empty.
func (t *Typed) Many(name string) []string {
	return slices.DeleteFunc(slices.Clone(t.Values[name]), func(s string) bool { return s == "" })
}

// Sent says in which language the form was sent, and in which its texts were shown; Said and Words read them by it.
func (t *Typed) Sent(l *lang.Locale) *register.Sent {
	return &register.Sent{L: l, Shown: t.Text(register.ShownName), Language: t.Text("language")}
}

// Said gives a text with what was typed for it in a field.
func (t *Typed) Said(s *register.Sent, name string, was wording.Text) wording.Text {
	typed := t.Text(name)
	out := s.Text(was, &typed)
	t.Values[name] = []string{typed}
	return out
}

// Words looks at a field in which several texts stand, as in gives them in a language.
func (t *Typed) Words(s *register.Sent, name string, in func(tag string) string) {
	typed := t.Text(name)
	s.Words(&typed, in)
	t.Values[name] = []string{typed}
}

// Lines gives the lines of a field, without what is empty.
func (t *Typed) Lines(name string) []string {
	var out []string
	for _, l := range strings.Split(t.Text(name), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// ID gives a field that holds an id, zero when it is empty.
func (t *Typed) ID(name string) journal.ID {
	if t.Text(name) == "" {
		return journal.ID{}
	}
	id, err := journal.ParseID(t.Text(name))
	if err != nil {
		t.Fields.Add(name, "page.form.unreadable")
	}
	return id
}

// Date gives a date as far as it is known.
func (t *Typed) Date(name string) party.PartialDate {
	d, err := party.WrittenDate(t.Text(name))
	if err != nil {
		t.Fields.Add(name, "programme.need.date")
	}
	return d
}

// Number gives a whole number that is not negative, 0 when the field is empty. Blanks between digits are passed over.
func (t *Typed) Number(name string) int64 {
	s := strings.Join(strings.Fields(t.Text(name)), "")
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		t.Fields.Add(name, "programme.need.number")
	}
	return n
}

// Uncertain gives a number with how it is meant, in the field name and those that are called after it; unknown when it is empty.
func (t *Typed) Uncertain(name string) party.Uncertain {
	u, behind, wrong := register.SpellingOf(t.Text, name).Number()
	if wrong != "" {
		t.Fields.Add(name+behind, wrong)
	}
	return u
}

// Spell fills in the fields of a number that nobody has sent yet.
func (t *Typed) Spell(name string, now party.Uncertain) {
	for k, v := range register.Spelled(name, now) {
		t.Or(k, v...)
	}
}

// UncertainFields are the fields that Uncertain reads.
func UncertainFields(l *lang.Locale, t *Typed, name, label string) []register.Field {
	return register.Numbers(l, name, label, l.T("step.how", "Of", label), l.T("step.number.hint"), true, t.Text)
}

// Step is something that somebody can do to a record of a state S.
type Step[S any] struct {
	Name, Icon string
	Text       string // catalogue key of its link and title
	Primary    bool
	// Can says whether it is offered on the record's page, and may be asked for.
	Can func(r *page.Request, s S) bool
	// Ask fills the form in; t holds what was typed before, or nothing.
	Ask func(ctx context.Context, r *page.Request, s S, t *Typed) (register.Form, error)
	// Do carries it out and gives where to go. entry is the id that the form came with, so that sending it twice writes once.
	// A fault that is about the form shows it again (register.Form.Again).
	Do func(ctx context.Context, r *page.Request, s S, t *Typed, entry journal.ID) (to string, err error)
}

// Actions are the links to the steps that are open.
func Actions[S any](r *page.Request, steps []Step[S], s S, base string) []page.Action {
	var out []page.Action
	for _, x := range steps {
		if x.Can(r, s) {
			out = append(out, page.Action{Text: r.L.T(x.Text), Href: base + "/act/" + x.Name, Icon: x.Icon, Primary: x.Primary})
		}
	}
	return out
}

// find gives the step that a path names; what is not open to this reader now is Denied, what never is NotFound.
func find[S any](r *page.Request, steps []Step[S], s S) (Step[S], error) {
	i := slices.IndexFunc(steps, func(x Step[S]) bool { return x.Name == r.PathValue("act") })
	if i < 0 {
		return Step[S]{}, fault.New(fault.NotFound, "fault.not_found")
	}
	if !steps[i].Can(r, s) {
		return Step[S]{}, fault.New(fault.Denied, "step.closed")
	}
	return steps[i], nil
}

// Show shows the form of the step that a path names.
func Show[S any](ctx context.Context, r *page.Request, steps []Step[S], s S, entry journal.ID) (page.Response, error) {
	x, err := find(r, steps, s)
	if err != nil {
		return nil, err
	}
	return x.view(ctx, r, s, &Typed{Values: map[string][]string{}}, entry, nil)
}

// Take carries out the step that a path names, from the form that was sent.
func Take[S any](ctx context.Context, r *page.Request, steps []Step[S], s S) (page.Response, error) {
	x, err := find(r, steps, s)
	if err != nil {
		return nil, err
	}
	t, err := read(r)
	if err != nil {
		return nil, err
	}
	entry, err := journal.ParseID(t.Text("entry"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	to, bad := x.Do(ctx, r, s, t, entry)
	if bad != nil {
		return x.view(ctx, r, s, t, entry, bad)
	}
	return page.Redirect(to, "register.saved"), nil
}

func (x Step[S]) view(ctx context.Context, r *page.Request, s S, t *Typed, entry journal.ID, bad error) (page.Response, error) {
	d, err := x.Ask(ctx, r, s, t)
	if err != nil {
		return nil, errors.Join(bad, err)
	}
	code := http.StatusOK
	if bad != nil {
		if code = d.Again(r, bad); code == 0 {
			return nil, bad
		}
	}
	if d.Title == "" {
		d.Title = r.L.T(x.Text)
	}
	if d.Submit == "" {
		d.Submit = r.L.T("register.save")
	}
	d.Fields = append([]register.Field{{Kind: "hidden", Name: "entry", Value: entry.String()}}, d.Fields...)
	return page.Status(code, page.View("register/form", r.L.T(x.Text), d)), nil
}
