// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"maps"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// See is who looks at a register, and what the programme already knows.
type See struct {
	*page.Request
	Around
	Room string

	store *store.Store
	kind  string
	said  *saying
	once  map[string]any
	err   error // the first that came up while something was counted; the page then is not shown
}

// see looks for whoever asks.
func (g *Of[S, L]) see(ctx context.Context, r *page.Request) (*See, error) {
	a, err := Look(ctx, g.Store, As(r), r.L)
	return &See{Request: r, Around: a, Room: g.Room, store: g.Store, kind: g.Kind}, err
}

// Once gives what a page needs for each of its rows: it is made for the first one. name tells one thing from another.
func (v *See) Once(name string, make func() any) any {
	x, made := v.once[name]
	if !made {
		if v.once == nil {
			v.once = map[string]any{}
		}
		x = make()
		v.once[name] = x
	}
	return x
}

// Count counts the register's records whose codes lie in all spans.
func (v *See) Count(in ...store.Span) int {
	n, err := v.store.Count(v.Context(), As(v.Request), store.Query{Kind: v.kind, Spans: in})
	v.Note(err)
	return n
}

// Tally counts the register's records whose codes lie in all spans by the values of one of their codes.
func (v *See) Tally(code string, in ...store.Span) map[string]int {
	out, err := v.store.Tally(v.Context(), As(v.Request), v.kind, code, in...)
	v.Note(err)
	return out
}

// Values lists the values of a code that the register's records have.
func (v *See) Values(code string) []string { return slices.Sorted(maps.Keys(v.Tally(code))) }

// Matching reads the register's records whose codes lie in all spans, at most so many and a page, the latest changed first.
func Matching[L any](v *See, most int, in ...store.Span) []Found[L] {
	var rows []store.Row
	q := store.Query{Kind: v.kind, Spans: in, Limit: most}
	for len(rows) < most {
		p, err := v.store.List(v.Context(), As(v.Request), q)
		v.Note(err)
		rows = append(rows, p.Rows...)
		if q.After = p.Next; q.After == "" {
			break
		}
	}
	out, err := decoded[L](rows)
	v.Note(err)
	return out
}

// Note notes what came up while a page was made; the page then is not shown.
func (v *See) Note(err error) {
	if v.err == nil {
		v.err = err
	}
}

// Chosen is what the address of a list chooses of a register.
type Chosen struct {
	N  int // how many records
	In []store.Span

	v      *See
	decode func([]store.Row) ([]Found[any], error)
	order  func(a, b Found[any]) int
	shown  []Found[any] // the page of them that is shown
	fields []Field
	codes  map[string]string
}

func (g *Of[S, L]) chosen(ctx context.Context, r *page.Request) (*See, Chosen, error) {
	v, err := g.see(ctx, r)
	if err != nil {
		return v, Chosen{}, err
	}
	c := Chosen{v: v, fields: g.filters(v),
		decode: func(rows []store.Row) ([]Found[any], error) {
			out, err := g.decode(rows)
			return boxed(out), err
		},
		order: func(a, b Found[any]) int { return g.Order(Found[L]{a.ID, as[L](a.V)}, Found[L]{b.ID, as[L](b.V)}) }}
	c.codes = Query(r, c.fields)
	c.In = g.spans(v, c.codes)
	c.N = v.Count(c.In...)
	return v, c, v.err
}

// spans says which codes of the kind are asked for by what is chosen.
func (g *Of[S, L]) spans(v *See, chosen map[string]string) []store.Span {
	var out []store.Span
	for _, f := range g.Filters {
		choice, ok := chosen[f.Name]
		switch {
		case !ok:
		case f.In != nil:
			out = append(out, f.In(v, choice))
		default:
			out = append(out, store.Is(f.Name, choice))
		}
	}
	return out
}

// Codes gives what is chosen, by the names of filters.
func (c Chosen) Codes() map[string]string { return c.codes }

// Count counts those of the chosen whose codes lie in further spans.
func (c Chosen) Count(more ...store.Span) int { return c.v.Count(slices.Concat(c.In, more)...) }

// Tally counts the chosen by the values of one of their codes.
func (c Chosen) Tally(code string) map[string]int { return c.v.Tally(code, c.In...) }

// Shown gives the page of the chosen that is shown.
func Shown[L any](c Chosen) []Found[L] { return unboxed[L](c.shown) }

// Chose reads those of the chosen whose codes lie in further spans, in the register's order: for what is made of all of them.
func Chose[L any](c Chosen, more ...store.Span) []Found[L] { return unboxed[L](c.rows(more...)) }

func (c Chosen) rows(more ...store.Span) []Found[any] {
	all, err := rowsOf(c.v.Context(), c.v.store, As(c.v.Request), store.Query{Kind: c.v.kind, Spans: slices.Concat(c.In, more)})
	c.v.Note(err)
	rows, err := c.decode(all)
	c.v.Note(err)
	inorder.By(rows, c.order)
	return rows
}

// show reads the page that begins after a cursor. What fits on one page is in the register's own order.
func (c *Chosen) show(after string) (next string, err error) {
	if c.N <= store.PageSize {
		c.shown = c.rows()
		return "", c.v.err
	}
	p, err := c.v.store.List(c.v.Context(), As(c.v.Request), store.Query{Kind: c.v.kind, Spans: c.In, By: OrderCode, After: after})
	if err != nil {
		return "", err
	}
	c.shown, err = c.decode(p.Rows)
	return p.Next, err
}

// each goes through all of the chosen, page by page.
func (c Chosen) each(do func(Found[any]) error) error {
	for after := ""; ; {
		next, err := c.show(after)
		if err != nil {
			return err
		}
		for _, x := range c.shown {
			if err := do(x); err != nil {
				return err
			}
		}
		if after = next; after == "" {
			return nil
		}
	}
}
