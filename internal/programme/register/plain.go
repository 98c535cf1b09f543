// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// plain is a register as its pages are drawn: of any records. The compiler writes the methods of Of once for each pair of
// types that calls them; since all rooms call them through plain, they are in the program once and not once a room.
type plain = Of[any, any]

// as gives a value in its own type; the zero value for nothing, as a form for a new record has it.
func as[T any](x any) T {
	v, _ := x.(T)
	return v
}

func boxed[T any](rows []Found[T]) []Found[any] {
	var out []Found[any]
	for _, r := range rows {
		out = append(out, Found[any]{r.ID, r.V})
	}
	return out
}

func unboxed[T any](rows []Found[any]) []Found[T] {
	var out []Found[T]
	for _, r := range rows {
		out = append(out, Found[T]{r.ID, as[T](r.V)})
	}
	return out
}

// plain gives the register of any records that draws this one.
func (g *Of[S, L]) plain() *plain {
	out := &plain{Room: g.Room, Kind: g.Kind, Path: g.Path, Icon: g.Icon, Store: g.Store, Names: g.Names, Tabs: g.Tabs, Search: g.Search, Codes: g.Codes, Templates: g.Templates, Routes: g.Routes,
		summary: func(r store.Row) (any, error) { return store.Summary[L](r) },
		Line:    func(s any) (any, bool) { return g.Line(as[S](s)) },
		Order: func(a, b Found[any]) int {
			return g.Order(Found[L]{a.ID, as[L](a.V)}, Found[L]{b.ID, as[L](b.V)})
		},
		Columns: columns(g.Columns), Filters: g.Filters,
		Title: func(v *See, l any) page.Cell { return g.Title(v, as[L](l)) },
		State: func(v *See, l any) page.Mark { return g.State(v, as[L](l)) },

		Figures: g.Figures, Beside: g.Beside, More: g.More,
		Passages: ofState[Passage](g.Passages), Beyond: ofState[Passage](g.Beyond), Facts: ofState[page.Fact](g.Facts), Notes: ofState[Note](g.Notes), Tables: ofState[page.Table](g.Tables),
		Ways: ofState[page.Action](g.Ways), Past: ofState[Event](g.Past)}
	if g.Says != nil {
		out.saying = func() *saying {
			var now L
			return &saying{g.Says(&now), func(l any) { now = as[L](l) }}
		}
		out.say()
	}
	if g.Shut != nil {
		out.Shut = func(v *See, s any) error { return g.Shut(v, as[S](s)) }
	}
	if g.Called != nil {
		out.Called = func(v *See, l any) string { return g.Called(v, as[L](l)) }
	}
	if g.Edit != nil {
		a := g.Edit.plain()
		out.Edit = &a
	}
	for _, a := range g.Acts {
		out.Acts = append(out.Acts, a.plain())
	}
	if i := g.Import; i != nil {
		out.Import = &Import[any]{Columns: i.Columns, Required: i.Required, Sample: i.Sample, ID: i.ID, Same: i.Same, Known: i.Known, Keyed: i.Keyed}
		if i.Drafts != nil {
			out.Import.Drafts = func(t *Typed, now any) []store.Draft { return i.Drafts(t, as[S](now)) }
		}
		out.declared()
	}
	return out
}

// ofState turns what says something of a state; nil stays nil.
func ofState[T, S any](f func(*See, S) []T) func(*See, any) []T {
	if f == nil {
		return nil
	}
	return func(v *See, s any) []T { return f(v, as[S](s)) }
}

func columns[L any](cs []Column[L]) []Column[any] {
	var out []Column[any]
	for _, c := range cs {
		x := Column[any]{Name: c.Name, Key: c.Key, Link: c.Link, Num: c.Num, Said: c.Said, Under: c.Under}
		if c.Cell != nil {
			x.Cell = func(v *See, l any) page.Cell { return c.Cell(v, as[L](l)) }
		}
		if c.Plain != nil {
			x.Plain = func(v *See, l any) string { return c.Plain(v, as[L](l)) }
		}
		out = append(out, x)
	}
	return out
}

func (a Act[S]) plain() Act[any] {
	out := Act[any]{Name: a.Name, Icon: a.Icon, Type: a.Type, Lead: a.Lead, Submit: a.Submit, Again: a.Again, Then: a.Then}
	if a.Asks != nil {
		out.Asks = func(s any) Asked { return a.Asks(as[S](s)) }
	}
	if a.Fields != nil {
		out.Fields = func(ctx context.Context, v *See, s any) ([]Field, error) { return a.Fields(ctx, v, as[S](s)) }
		out.Write = func(t *Typed, s any) any { return a.Write(t, as[S](s)) }
	}
	if a.May != nil {
		out.May = func(s any) error { return a.May(as[S](s)) }
	}
	if a.Start != nil {
		out.Start = func(v *See, s any) Values { return a.Start(v, as[S](s)) }
	}
	return out
}

// Pages gives the register's pages.
func (g *Of[S, L]) Pages() page.Room { return g.plain().pages() }

// Rows gives all records that somebody may see, in the register's order.
func (g *Of[S, L]) Rows(ctx context.Context, w store.Who, codes map[string]string) ([]Found[L], error) {
	rows, err := g.plain().rows(ctx, w, codes)
	return unboxed[L](rows), err
}

// Chosen says what the address of a request chooses.
func (g *Of[S, L]) Chosen(ctx context.Context, r *page.Request) (*See, Chosen, error) {
	return g.plain().chosen(ctx, r)
}

// Found gives the records that a search finds, at most a page; more says that there may be others.
func (g *Of[S, L]) Found(ctx context.Context, w store.Who, q string) (rows []Found[L], more bool, err error) {
	found, more, err := g.plain().found(ctx, w, q)
	return unboxed[L](found), more, err
}

// CheckFile says what is wrong with a file, all of it at once, as far as that can be said without an office: who takes part
// is not known. The error is a WrongFile.
func (g *Of[S, L]) CheckFile(src []byte) error { return g.plain().checkFile(src) }

// ImportFile brings a file into the office of w: an officer, or the job "importer". A second import of the same file
// changes nothing. Errors: a WrongFile (nothing was imported), or what the store gives (what came before is imported;
// import again).
func (g *Of[S, L]) ImportFile(ctx context.Context, w store.Who, src []byte) (Imported, error) {
	return g.plain().importFileOf(ctx, w, src)
}

// Crumbs gives the way back from a page that the room has beyond.
func (g *Of[S, L]) Crumbs(r *page.Request, here string) []page.Crumb {
	return g.crumbs(r, page.Crumb{Text: here})
}
