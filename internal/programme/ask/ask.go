// SPDX-License-Identifier: EUPL-1.2

// Package ask declares what payloads of the programme wing say: each thing once, bound to the field that keeps it.
//
//	func (x *Stated) asks() *ask.List {
//		return ask.Of("policy", x, ask.Language(&x.Text), ask.Passage("text", &x.Text, MaxText), ask.Code("subject", &x.Subject, Subjects()),
//			ask.Countries(&x.Countries), ask.Date("since", &x.Since).Maybe(), ask.Source(&x.Source))
//	}
//
// The form, what stands in it at first, what is read from it or from a line of a file, what a guard refuses whoever wrote it,
// the columns of a file, and what lists and records say: all of it follows from this one list.
package ask

import (
	"cmp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// List is what a payload says.
type List struct {
	room string
	of   any
	list []*Ask
	rule func(fs *fault.Fields)
}

// Of declares what a payload of a room says: of is a pointer to it, and the asks are bound to its fields.
func Of(room string, of any, asks ...*Ask) *List {
	for i := range asks {
		asks[i].room = room
	}
	return &List{room: room, of: of, list: asks}
}

// And adds what must hold of several of them together.
func (x *List) And(rule func(fs *fault.Fields)) *List { x.rule = rule; return x }

// Ask is one thing that a payload says. Its label is "<room>.<name>", its hint "<room>.<name>.hint" where the catalogue has
// one, and what a guard says of it "<room>.want.<name>".
type Ask struct {
	Name string // in the form, in the head of a file, in a fault, and in the payload's JSON

	room     string
	key      string // of its label, where it is another
	want     string // of its fault, where it is another
	hint     string // its key, where it is another
	blank    string // key of the choice of nothing
	optional bool
	rows     int
	where    where
	first    func(v *register.See) string // what stands in the form while nothing is said
	kept     kept
}

// where says how a file stands to a thing that a form asks for.
type where uint8

const (
	everywhere where = iota
	formAlone        // a file does not say it
	ifSaid           // a file that says nothing of it leaves what is there
)

// kept is a kind of value at its place in a payload.
type kept interface {
	fields(a *Ask, v *register.See, f register.Field) []register.Field // f has the name, the label and the hint
	put(a *Ask, v *register.See, out register.Values)
	read(a *Ask, t *register.Typed)
	check(a *Ask, c checked)
	says(a *Ask, v *register.See) page.Fact // on the screen
	plain(a *Ask, v *register.See) string   // for a file; "" for what is not known
}

// Maybe says that it can be left out.
func (a *Ask) Maybe() *Ask { a.optional = true; return a }

// Called gives it another label, by its key.
func (a *Ask) Called(key string) *Ask { a.key = key; return a }

// Wants gives it another fault: "<room>.want.<name>", or a key.
func (a *Ask) Wants(key string) *Ask { a.want = key; return a }

// Hint gives it another hint, by its key.
func (a *Ask) Hint(key string) *Ask { a.hint = key; return a }

// Blank says what the choice of nothing is called, by its key.
func (a *Ask) Blank(key string) *Ask { a.blank = key; return a }

// Rows says how many lines its area shows.
func (a *Ask) Rows(n int) *Ask { a.rows = n; return a }

// First gives what stands in the form while nothing is said.
func (a *Ask) First(first func(v *register.See) string) *Ask { a.first = first; return a }

// Today is First for dates.
func (a *Ask) Today() *Ask { return a.First((*register.See).Today) }

// FormAlone says that files do not have it.
func (a *Ask) FormAlone() *Ask { a.where = formAlone; return a }

// IfSaid says that a file that does not say it leaves what is there.
func (a *Ask) IfSaid() *Ask { a.where = ifSaid; return a }

func (a *Ask) label() string { return cmp.Or(a.key, a.room+"."+a.Name) }

func (a *Ask) wrong() string {
	want := cmp.Or(a.want, a.Name)
	if strings.Contains(want, ".") {
		return want
	}
	return a.room + ".want." + want
}

func (a *Ask) field(v *register.See) register.Field {
	f := register.Field{Name: a.Name, Label: v.L.T(a.label()), Optional: a.optional, Rows: a.rows}
	if hint := cmp.Or(a.hint, a.label()+".hint"); v.L.Has(hint) {
		f.Hint = v.L.T(hint)
	}
	return f
}

// checked is a payload that is being checked.
type checked struct {
	*fault.Fields
	g *store.Guarding // nil where other records are not at hand
}

// wrong notes that something is not as it is wanted.
func (c checked) wrong(a *Ask, args ...any) { c.Add(a.Name, a.wrong(), args...) }

// Payload gives the payload that it is bound to.
func (x *List) Payload() any { return x.of }

// Check notes what is wrong with the payload. Where a guard checks it, the organisations that it names must be there.
func (x *List) Check(fs *fault.Fields, g *store.Guarding) {
	for _, a := range x.list {
		a.kept.check(a, checked{fs, g})
	}
	if x.rule != nil {
		x.rule(fs)
	}
}

// Names lists the fields of the payload.
func (x *List) Names() []string {
	var out []string
	for _, a := range x.list {
		if a.Name != languageName {
			out = append(out, a.Name)
		}
	}
	return out
}

// Fields gives the form.
func (x *List) Fields(v *register.See) []register.Field {
	var out []register.Field
	for _, a := range x.list {
		out = append(out, a.kept.fields(a, v, a.field(v))...)
	}
	return out
}

// Start gives what stands in the form at first.
func (x *List) Start(v *register.See) register.Values {
	out := register.Values{}
	for _, a := range x.list {
		if a.Name == languageName {
			a.kept.put(a, v, out) // the others are in the language that it chooses
		}
	}
	for _, a := range x.list {
		if a.kept.put(a, v, out); a.first != nil && out.Get(a.Name) == "" {
			out.Set(a.Name, a.first(v))
		}
	}
	return out
}

// Read reads what was typed, or a line of a file, into the payload.
func (x *List) Read(t *register.Typed) {
	for _, a := range x.list {
		if t.FromFile() && (a.where == formAlone || a.where == ifSaid && t.Text(a.Name) == "") {
			continue
		}
		a.kept.read(a, t)
	}
}

// Columns gives the columns of a file, and those of them that it must have.
func (x *List) Columns() (all, needed []string) {
	for _, a := range x.list {
		if a.where == formAlone {
			continue
		}
		all = append(all, a.Name)
		if !a.optional {
			needed = append(needed, a.Name)
		}
		if _, cited := a.kept.(*source); cited {
			all = append(all, linesName)
		}
	}
	return all, needed
}

// at gives one of them by its name.
func (x *List) at(name string) *Ask {
	return x.list[slices.IndexFunc(x.list, func(a *Ask) bool { return a.Name == name })]
}

// said says one of them on the screen.
func (x *List) said(v *register.See, name string) page.Fact {
	a := x.at(name)
	f := a.kept.says(a, v)
	f.Term = v.L.T(a.label())
	return f
}

// Facts says what the payload says of some things, in their order. A name with a question mark behind it is left out where
// nothing is said of it.
func (x *List) Facts(v *register.See, names ...string) []page.Fact {
	var out []page.Fact
	for _, name := range names {
		name, ifSaid := strings.CutSuffix(name, "?")
		if !ifSaid || x.Plain(v, name) != "" {
			out = append(out, x.said(v, name))
		}
	}
	return out
}

// Label gives the key of what it is called.
func (x *List) Label(name string) string { return x.at(name).label() }

// Plain gives it for a file.
func (x *List) Plain(v *register.See, name string) string {
	a := x.at(name)
	return a.kept.plain(a, v)
}

// Cell gives it for a list.
func (x *List) Cell(v *register.See, name string) page.Cell {
	if k, ok := x.at(name).kept.(*text); ok {
		return register.Excerpt(v.L, *k.at)
	}
	return page.Cell{Text: x.said(v, name).Text}
}
