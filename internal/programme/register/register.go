// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

//go:embed templates/*.html
var templates embed.FS

// Room gives the templates; it has no routes.
func Room() page.Room { return page.Room{Name: "register", Templates: templates} }

// As says in whose name and for what a page of the wing reads and writes.
func As(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForProgramme} }

// MayEdit says whether editing is offered; the door decides.
func MayEdit(r *page.Request) bool { return r.Actor.Has(access.ProgrammeOfficer) }

// List is a register.
type List struct {
	Title, Lead string
	Crumbs      []page.Crumb
	Actions     []page.Action
	Tabs        []page.Tab // what is asked most often, each an address to keep
	Base        string     // address without filters
	Filters     []Field
	Narrowed    bool
	Sheet       string // address of the same list as a file
	Views       *Views // filters that the reader has kept; nil where a list keeps none
	Find        *Find  // nil where a list is not searched
	Figures     []Figure
	Notes       []Note
	Table       page.Table
	First, Next string // addresses of the list's beginning and of the page after; "" where there is none
}

// Figure is a number with what it says, and the way to the list behind it.
type Figure struct{ Label, Value, Note, Href string }

// Note is something to be told beside a list or record.
type Note struct {
	Tone, Title, Text string
	Actions           []page.Action
}

// Record is one record.
type Record struct {
	Crumbs   []page.Crumb
	Title    page.Cell
	Status   page.Mark
	Actions  []page.Action
	Notes    []Note
	Passages []Passage
	Facts    []page.Fact
	Tables   []page.Table
	History  []page.Event
}

// Passage is what somebody wrote, in the language in which it is shown.
type Passage struct{ Title, Text, Lang, Sub string }

// Form is what somebody fills in.
type Form struct {
	Title, Lead    string
	Crumbs         []page.Crumb
	Fields         []Field
	Errors         page.FieldErrors
	Refused        string // why what was sent cannot be done now; what was typed still stands in the fields
	Submit, Cancel string
	Upload         bool // it carries a file
}

// Again puts on a form what was wrong with what was sent, and gives the status with which it is shown once more; 0 where that is
// not about the form.
func (d *Form) Again(r *page.Request, wrong error) int {
	switch fault.Of(wrong) {
	case fault.Invalid:
		d.Errors = r.Errors(wrong)
		return http.StatusUnprocessableEntity
	case fault.Guarded, fault.Conflict:
		d.Refused = r.L.Fault(wrong)
		return http.StatusConflict
	}
	return 0
}

// Named gives the errors of the form by the names of its fields and in their order, each with what the form calls that field. What is
// wrong with a text that has one field for each language stands at the first of them.
func (f Form) Named() page.FieldErrors {
	var out page.FieldErrors
	at := map[string]int{}
	for _, e := range f.Errors {
		i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Name == e.Name })
		if i < 0 {
			i = slices.IndexFunc(f.Fields, func(x Field) bool { return strings.HasPrefix(x.Name, e.Name+"_") })
		}
		if i >= 0 {
			e.Name, e.Label = f.Fields[i].Name, f.Fields[i].Label
		}
		if at[e.Name] = i; i < 0 { // of no field: last
			at[e.Name] = len(f.Fields)
		}
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	inorder.Stably(out, func(a, b page.FieldError) int { return at[a.Name] - at[b.Name] })
	return out
}

// Field is a field of a form. Kind is "text", "textarea", "select", "checks", "date", "file" or "hidden".
type Field struct {
	Kind, Name, Label, Hint, Value string
	Values                         []string
	Options                        []page.Option
	Blank                          string
	Optional                       bool
	Rows                           int
}

// Optional makes a field one that may stay empty.
func Optional(f Field) Field {
	f.Optional = true
	return f
}

// Choice makes a field one of a list, of which nothing is chosen yet.
func Choice(l *lang.Locale, f Field, options []page.Option) Field {
	f.Kind, f.Options, f.Blank = "select", options, l.T("register.choose")
	return f
}

// typedCode is what a choice looks like that is typed.
var typedCode = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

// Query reads from an address what narrows a list: only values that a filter offers. An address typed by hand shows the
// list, not an error.
func Query(r *page.Request, filters []Field) map[string]string {
	out := map[string]string{}
	for _, f := range filters {
		v := r.URL.Query().Get(f.Name)
		if f.Kind == "text" && typedCode.MatchString(v) {
			out[f.Name] = v
		}
		if slices.ContainsFunc(f.Options, func(o page.Option) bool { return o.Value == v }) {
			out[f.Name] = v
		}
	}
	return out
}

// Address gives the address of a list narrowed by codes.
func Address(base string, codes map[string]string, more ...string) string {
	v := url.Values{}
	for name, x := range codes {
		v.Set(name, x)
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	if len(v) == 0 {
		return base
	}
	return base + "?" + v.Encode()
}

// Narrow fills in what was chosen, and says where the list lies and its file.
func (d *List) Narrow(base string, filters []Field, chosen map[string]string) {
	for i := range filters {
		filters[i].Value = chosen[filters[i].Name]
	}
	d.Base, d.Filters, d.Narrowed, d.Sheet = base, filters, len(chosen) > 0, Address(base, chosen, "as", "csv")
}

// Quote gives a text for a cell: in the reader's language where there is one, else as it is, with its language.
func Quote(l *lang.Locale, t wording.Text) page.Cell {
	s := t.In(l.Tag())
	return page.Cell{Text: s.Text, Lang: l.Foreign(s.Language)}
}

// Excerpt is Quote cut after about a sentence, for lists. A translation whose original has changed since says so.
func Excerpt(l *lang.Locale, t wording.Text) page.Cell {
	const most = 140
	c := Quote(l, t)
	if rs := []rune(strings.Join(strings.Fields(c.Text), " ")); len(rs) > most {
		c.Text = strings.TrimRight(string(rs[:most]), " ,;:") + "…"
	}
	if s := t.In(l.Tag()); s.State == wording.Outdated {
		c.Text = l.T("register.outdated", "Text", c.Text)
	}
	return c
}

// Passages gives a text in all its languages, the reader's first, each with how it stands to the original.
func Passages(l *lang.Locale, title string, t wording.Text) []Passage {
	var out []Passage
	first := t.In(l.Tag()).Language
	tags := t.Languages()
	inorder.Stably(tags, func(a, b string) int {
		return rank(a == first) - rank(b == first)
	})
	for _, tag := range tags {
		out = append(out, Passage{Title: title, Text: t.By[tag].Text, Lang: l.Foreign(tag), Sub: l.T("register.text."+string(t.State(tag)), "Language", l.Language(tag))})
	}
	return out
}

// StateFacts say of a short text, such as a title, in which languages it is and how each stands to the original; nothing where
// there is no text.
func StateFacts(l *lang.Locale, t wording.Text) []page.Fact {
	if t.IsZero() {
		return nil
	}
	var out []string
	for _, p := range Passages(l, "", t) {
		out = append(out, p.Sub)
	}
	return []page.Fact{{Term: l.T("register.title_in"), Text: strings.Join(out, " · ")}}
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// Found is one row of a list with its summary.
type Found[T any] struct {
	ID journal.ID
	V  T
}

// All reads every row of a query that the actor may see: none is left out, since figures are made of them.
func All[T any](ctx context.Context, s *store.Store, w store.Who, q store.Query) ([]Found[T], error) {
	rows, err := rowsOf(ctx, s, w, q)
	if err != nil {
		return nil, err
	}
	return decoded[T](rows)
}

func rowsOf(ctx context.Context, s *store.Store, w store.Who, q store.Query) ([]store.Row, error) {
	var out []store.Row
	err := s.Each(ctx, w, q, func(row store.Row) error {
		out = append(out, row)
		return nil
	})
	return out, err
}

func decoded[T any](rows []store.Row) ([]Found[T], error) {
	var out []Found[T]
	for _, r := range rows {
		v, err := store.Summary[T](r)
		if err != nil {
			return nil, err
		}
		out = append(out, Found[T]{r.Ref.ID, v})
	}
	return out, nil
}
