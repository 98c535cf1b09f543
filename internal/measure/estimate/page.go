// SPDX-License-Identifier: EUPL-1.2

package estimate

import (
	"context"
	"embed"
	"math"
	"strconv"

	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where is estimated.
const Path = release.Path + "/estimate"

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	// Counts gives what this office counted with its partners, the latest of each.
	Counts func(ctx context.Context, r *page.Request) ([]Counted, error)
}

type room struct{ RoomConfig }

// Pages gives the room: one page, which answers what is typed on it.
func Pages(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "estimate", Templates: templates,
		Routes: []page.Route{{Pattern: "GET " + Path, Handle: rm.blank}, {Pattern: "POST " + Path, Handle: rm.answer}}}
}

func tooMany() error {
	return fault.Bad("overlaps", "estimate.want.fewer_lists", "Max", mostLists)
}

// typed is what somebody gives.
type typed struct {
	Overlaps string `form:"overlaps"`
	Model    string `form:"model"`
}

// shown is the page.
type shown struct {
	Form    *field.Form
	Notes   []field.Note
	Figures []figure
	Facts   []page.Fact
	Quote   string
	Pairs   page.Table
	Counts  page.Table
}

type figure struct{ Label, Value, Note string }

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	d, counts, err := rm.page(ctx, r)
	if err != nil {
		return nil, err
	}
	rm.form(r, &d, typed{Overlaps: prepared(r.Office.Name, counts), Model: Chosen})
	return page.View("estimate/page", r.L.T("estimate.title"), d), nil
}

func (rm room) page(ctx context.Context, r *page.Request) (shown, []Counted, error) {
	if !release.Works(r.Actor) {
		return shown{}, nil, fault.New(fault.Denied, "fault.denied")
	}
	counts, err := rm.Counts(ctx, r)
	return shown{Counts: countsTable(r, counts)}, counts, err
}

func (rm room) form(r *page.Request, d *shown, v typed) {
	f := field.New(r.L, "estimate.title", Path, release.Path, "estimate.calculate")
	f.Lead, f.Crumbs = r.L.T("estimate.lead"), []page.Crumb{{Text: r.L.T("release.menu"), Href: release.Path}, {Text: f.Title}}
	f.Area("overlaps", "estimate.overlaps", v.Overlaps).Set("Rows", 9)
	f.Radios("model", "estimate.model", v.Model, field.Options(r.L, "estimate.model", Models()))
	d.Form = f
}

// answer estimates. Nothing is kept of it.
func (rm room) answer(ctx context.Context, r *page.Request) (page.Response, error) {
	d, _, err := rm.page(ctx, r)
	if err != nil {
		return nil, err
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	if v.Model != Independent {
		v.Model = Chosen
	}
	rm.form(r, &d, v)
	x, err := Of(ctx, v.Overlaps, v.Model)
	switch {
	case none(err):
		d.Notes = []field.Note{{Tone: page.Bad, Title: r.L.T("estimate.none"), Text: r.L.T("estimate.none.text")}}
		return page.Status(422, page.View("estimate/page", r.L.T("estimate.title"), d)), nil
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.TooMuch), fault.Is(err, fault.TooLarge):
		said := r.L.Fault(err)
		if all := r.Errors(err); len(all) > 0 {
			said = all[0].Text
		}
		d.Form.Errors = page.FieldErrors{{Name: "overlaps", Text: said}} // whatever is wrong is in that text
		d.Form.Fields[0]["Error"] = said
		return page.Status(422, page.View("estimate/page", r.L.T("estimate.title"), d)), nil
	case err != nil:
		return nil, err
	}
	x.show(r, &d)
	return page.View("estimate/page", r.L.T("estimate.title"), d), nil
}

// show puts a result on the page.
func (x Result) show(r *page.Request, d *shown) {
	l := r.L
	whole := func(v float64) string { return l.Number(int(math.Round(v))) }
	n := func(v float64) string { return whole(told(v)) }
	d.Notes = x.notes(r)
	between := l.T("estimate.between", "Low", n(x.Low), "High", "∞")
	quote := l.T("estimate.quote.no_end", "Low", n(x.Low), "Lists", l.List(x.Lists))
	if !math.IsInf(x.High, 1) {
		between = l.T("estimate.between", "Low", n(x.Low), "High", n(x.High))
		quote = l.T("estimate.quote.text", "Total", n(x.Total), "Low", n(x.Low), "High", n(x.High), "Known", whole(x.Known), "Lists", l.List(x.Lists))
	}
	d.Figures = []figure{{l.T("estimate.total"), n(x.Total), between}, {l.T("estimate.known"), whole(x.Known), l.T("estimate.known.note")}}
	if x.AtLeast > 0 {
		d.Figures = append(d.Figures, figure{l.T("estimate.at_least"), n(x.AtLeast), l.T("estimate.at_least.note")})
	}
	d.Quote = quote
	if len(x.Pairs) > 0 {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("estimate.together"), Text: l.List(x.Pairs)})
	}
	if len(x.Witness) == 0 {
		return
	}
	d.Pairs = page.Table{Caption: l.T("estimate.pairs"), Columns: []page.Column{{Text: l.T("estimate.pair")}, {Text: l.T("estimate.shared"), Num: true}, {Text: l.T("estimate.alone"), Num: true}, {Text: l.T("estimate.used")}}}
	for _, w := range x.Witness {
		shared, alone, used := page.Cell{Text: l.Decimal(strconv.FormatFloat(w.Shared, 'f', -1, 64))}, page.Cell{Text: l.T("estimate.says_nothing")}, page.Cell{Text: l.T("estimate.used.yes"), Tone: page.Good}
		if w.Off > 0 {
			shared.Sub = "± " + l.Decimal(strconv.FormatFloat(w.Off, 'f', 1, 64))
		}
		if w.Total > 0 {
			alone.Text = n(w.Total)
		}
		if w.Aside {
			used = page.Cell{Text: l.T("estimate.used.aside"), Tone: page.Warn}
		}
		d.Pairs.Rows = append(d.Pairs.Rows, page.Row{Cells: []page.Cell{{Text: l.List([]string{w.First, w.Second})}, shared, alone, used}})
	}
}

// told rounds an estimate to three figures: more would look more exact than it is.
func told(v float64) float64 {
	if v < 1000 {
		return math.Round(v)
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-2)
	return math.Round(v/unit) * unit
}

// countsTable shows what the office counted with partners.
func countsTable(r *page.Request, all []Counted) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("estimate.counts"), Columns: []page.Column{{Text: l.T("estimate.partner")}, {Text: l.T("estimate.counted_at")}, {Text: l.T("estimate.shared"), Num: true}, {Text: l.T("estimate.used")}},
		Empty: &page.Empty{Icon: "zoom-question", Title: l.T("estimate.counts.none"), Text: l.T("estimate.counts.none.text")}}
	for _, c := range all {
		used := page.Cell{Text: l.T("estimate.used.yes"), Tone: page.Good}
		if !c.Covered {
			used = page.Cell{Text: l.T("estimate.used.no_terms"), Tone: page.Warn}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.Partner}, {Text: l.Date(c.At)}, {Text: l.Number(c.Shared), Sub: l.T("estimate.of", "N", l.Number(c.Of))}, used}})
	}
	return t
}
