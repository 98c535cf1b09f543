// SPDX-License-Identifier: EUPL-1.2

// Package estimate shows how many people there are of whom several lists each know some: from a table of who is on which lists, or
// from what offices counted privately of what they share (package capture). Nothing that is typed is kept.
package estimate

import (
	"context"
	"encoding/csv"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/capture"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
)

// Counted is the latest private count of what this office shares with a partner.
type Counted struct {
	Partner string
	Of      int // how many of this office's records were asked about
	Shared  int // of them, with noise
	Epsilon float64
	At      time.Time
	// Covered says that sharing terms let both offices use what they count for statistics; without, it is not used.
	Covered bool
}

// Models in which is estimated.
const (
	Chosen      = "chosen"
	Independent = "independent"
)

// Models lists them.
func Models() []string { return []string{Chosen, Independent} }

// Bounds of one estimate on a page; the command line has none of its own.
const (
	runs      = 200
	mostLists = 6
	longest   = 20 * time.Second
)

// Result is what lists say.
type Result struct {
	Lists    []string
	Known    float64 // at least so many people there are, by the lists themselves
	AtLeast  float64 // Chao's bound; 0 where there is none
	Total    float64
	Low      float64
	High     float64  // infinite where what is shared could be nobody
	Pairs    []string // that go together, in the model
	Witness  []Witness
	Tested   bool // pairs could have contradicted each other
	Contrary bool // and do
}

// Witness is what one pair says alone.
type Witness struct {
	First, Second string
	Shared        float64
	Off           float64 // by noise, 95 of 100 times at most
	Total         float64 // 0 where it says nothing
	Aside         bool
}

// contradicted is beyond what chance does to the misfit of so many degrees of freedom, once in a thousand times (Wilson and
// Hilferty's cube root).
func contradicted(misfit float64, freedom int) bool {
	if freedom < 1 {
		return false
	}
	n := 2 / (9 * float64(freedom))
	return misfit > float64(freedom)*math.Pow(1-n+3.09*math.Sqrt(n), 3)
}

// Of estimates from a text. Errors: of capture.Either; capture.ErrNone; Invalid beyond what a page does.
func Of(ctx context.Context, text, model string) (Result, error) {
	l, o, err := capture.Either(strings.NewReader(text))
	if err != nil {
		return Result{}, err
	}
	ctx, stop := context.WithTimeout(ctx, longest)
	defer stop()
	if o != nil {
		return ofOverlaps(ctx, *o, model)
	}
	return ofLists(ctx, l, model)
}

func ofOverlaps(ctx context.Context, o capture.Overlaps, model string) (Result, error) {
	fit := func() (capture.Count, error) { return o.Fit() }
	if model == Chosen {
		fit = o.Choose
	}
	c, err := fit()
	if err != nil {
		return Result{}, err
	}
	i, err := o.Bootstrap(ctx, c, model == Chosen, runs, 1, nil)
	if err != nil {
		return Result{}, err
	}
	out := Result{Lists: o.Names, Known: o.Known(), Total: c.Total, Low: i.Low, High: i.High, Tested: c.Freedom > 0, Contrary: contradicted(c.Misfit, c.Freedom)}
	for _, p := range o.Pairs {
		w := Witness{First: o.Names[p.Pair[0]], Second: o.Names[p.Pair[1]], Shared: p.Count, Off: 1.96 * p.Deviation()}
		if total, says := o.Witness(p); says {
			w.Total = total
		}
		for _, a := range c.Aside {
			w.Aside = w.Aside || a == p.Pair
		}
		out.Witness = append(out.Witness, w)
	}
	return out, nil
}

func ofLists(ctx context.Context, l capture.Lists, model string) (Result, error) {
	if len(l.Names) > mostLists {
		return Result{}, tooMany()
	}
	choose := l.Choose
	if model == Independent {
		choose = func() (capture.Fit, error) { return l.Fit() }
	}
	f, err := choose()
	if err != nil {
		return Result{}, err
	}
	i, err := l.Bootstrap(ctx, runs, 1, nil)
	if err != nil {
		return Result{}, err
	}
	out := Result{Lists: l.Names, Known: float64(l.People()), Total: f.Total, Low: i.Low, High: i.High, Tested: len(l.Names) > 2, Contrary: contradicted(f.Deviance, f.Freedom)}
	out.AtLeast, _ = l.LowerBound()
	if math.IsInf(out.AtLeast, 0) || math.IsNaN(out.AtLeast) {
		out.AtLeast = 0
	}
	for _, p := range f.Pairs {
		out.Pairs = append(out.Pairs, l.Names[p[0]]+" + "+l.Names[p[1]])
	}
	return out, nil
}

// prepared writes what the office has counted as the text of a form: lengths of others' lists are to be filled in.
func prepared(own string, all []Counted) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	line := func(cells ...string) { _ = w.Write(cells) } // into memory
	line("first", "second", "count", "epsilon")
	begun := false
	for _, c := range all {
		if !c.Covered {
			continue
		}
		if !begun {
			line(own, own, strconv.Itoa(c.Of), "")
		}
		begun = true
		line(c.Partner, c.Partner, "", "")
		line(own, c.Partner, strconv.Itoa(c.Shared), strconv.FormatFloat(c.Epsilon, 'f', -1, 64))
	}
	w.Flush()
	if !begun {
		return ""
	}
	return b.String()
}

// notes say what the result rests on.
func (x Result) notes(r *page.Request) (out []field.Note) {
	l := r.L
	add := func(tone, key string) {
		out = append(out, field.Note{Tone: tone, Title: l.T(key), Text: l.T(key + ".text")})
	}
	if math.IsInf(x.High, 1) {
		add(page.Bad, "estimate.note.no_end")
	}
	if x.Contrary {
		add(page.Bad, "estimate.note.contrary")
	}
	if x.AtLeast > x.Total {
		add(page.Warn, "estimate.note.low")
	}
	if !x.Tested {
		add(page.Warn, "estimate.note.untested")
	}
	return out
}

// none says that lists give no number.
func none(err error) bool { return errors.Is(err, capture.ErrNone) }
