// SPDX-License-Identifier: EUPL-1.2

// Package outlet writes a release of figures (package bundle) in the forms in which others take figures: CSV with a data
// dictionary, SDMX-CSV 2.0, JSON, tables in the shapes that UNODC, GRETA and Eurostat ask for, indicator 16.2.2 of the Sustainable
// Development Goals, and records in the columns of CTDC.
//
// It writes what a release tells and nothing else: it reads no record of the office. Whatever a form cannot hold is left out and
// listed (Loss). No conformance is claimed to the International Classification for administrative data on trafficking in persons,
// whose text was not at hand.
//
// Package intake reads CSV, SDMX-CSV and the tables back as the same numbers.
package outlet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/workbook"
)

// Form is how figures are written.
type Form string

// The closed list.
const (
	CSV      Form = "csv"
	SDMX     Form = "sdmx"
	JSON     Form = "json"
	UNODC    Form = "unodc"
	GRETA    Form = "greta"
	Eurostat Form = "eurostat"
	SDG      Form = "sdg"
	CTDC     Form = "ctdc"
)

// Forms lists them.
func Forms() []Form { return []Form{CSV, SDMX, JSON, UNODC, GRETA, Eurostat, SDG, CTDC} }

// Total is the value of a column over which a number counts everything.
const Total = "total"

// Loss is something of a release that a form cannot hold, or that it holds as something wider. Its words are
// outlet.loss.<why>.
type Loss struct {
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
	Why    string `json:"why"`
	N      int    `json:"n,omitempty"` // tables or numbers
}

// Written is a release in a form: files by name, the main one first in Names, and what was lost on the way.
type Written struct {
	Names  []string          `json:"files"`
	Files  map[string][]byte `json:"-"`
	Losses []Loss            `json:"losses,omitempty"`
}

func (w *Written) add(name string, b []byte) {
	if w.Files == nil {
		w.Files = map[string][]byte{}
	}
	w.Names, w.Files[name] = append(w.Names, name), b
}

func (w *Written) lose(column, value, why string, n int) {
	for i, l := range w.Losses {
		if l.Column == column && l.Value == value && l.Why == why {
			w.Losses[i].N += n
			return
		}
	}
	w.Losses = append(w.Losses, Loss{column, value, why, n})
}

// Asked is what a form needs to know beside the release.
type Asked struct {
	Names *territory.Names
	// Words gives the catalogue's text of a key, for heads and notes of the tables that bodies ask for.
	Words func(key string) string
	// Country gives the name of a country or territory in English.
	Country func(code string) string
	// People are the denominators of rates; without any, the form SDG is refused.
	People []Population
}

// Write writes a release in a form. Errors: Invalid for a form that is none; Guarded where a release cannot be written in it.
func Write(x bundle.Whole, as Form, a Asked) (Written, error) {
	return WriteAll([]bundle.Whole{x}, as, a)
}

// WriteAll is Write of releases of several sources of the same offices and year, which GRETA's and UNODC's forms have a place for;
// any other form is of one.
func WriteAll(xs []bundle.Whole, as Form, a Asked) (Written, error) {
	var w Written
	if len(xs) != 1 && (as != GRETA && as != UNODC || len(xs) == 0) {
		return w, fault.Bad("as", "outlet.want.form")
	}
	x := xs[0]
	switch as {
	case CSV:
		return w, w.flat(x)
	case SDMX:
		return w, w.sdmx(x)
	case JSON:
		return w, w.json(x)
	case UNODC:
		return w, w.unodc(xs, a)
	case GRETA:
		return w, w.greta(xs, a)
	case Eurostat:
		return w, w.eurostat(x)
	case SDG:
		return w, w.sdg(x, a)
	case CTDC:
		return w, w.ctdc(x, a)
	}
	return w, fault.Bad("as", "outlet.want.form")
}

// observation is one number with the value of each column; Total for those that its table does not have.
type observation struct {
	At   []string
	In   []int // the columns that its table has
	Cell bundle.Cell
}

// each gives all numbers of a release. Error: Invalid for a table that the release's columns do not make.
func each(x bundle.Whole, f func(observation)) error {
	for _, t := range x.Tables.Tables {
		s, err := x.Release.Set(t)
		if err != nil {
			return err
		}
		at := make([]string, len(x.Release.Columns))
		for i := range at {
			at[i] = Total
		}
		for n, c := range t.Cells {
			rest := n
			for _, i := range slices.Backward(s) {
				values := x.Release.Columns[i].Values
				at[i], rest = values[rest%len(values)], rest/len(values)
			}
			if rest > 0 {
				return fault.Bad("tables", "statistics.want.as_many")
			}
			f(observation{At: slices.Clone(at), In: s, Cell: c})
		}
	}
	return nil
}

// figure writes a number as exactly as it is told; "" for none.
func figure(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// value is what stands where a number does: the number, "<k" for fewer than k, or nothing.
func value(r bundle.Release, c bundle.Cell) string {
	if c.Flag == bundle.Below && r.Guard != nil {
		return "<" + strconv.FormatInt(r.Guard.K, 10)
	}
	return figure(c.Value)
}

// sheet gathers rows of CSV. Texts are harmless for spreadsheets; numbers, which may begin with a minus, are written as they are.
type sheet struct {
	b bytes.Buffer
	w *csv.Writer
}

func newSheet(head ...string) *sheet {
	s := &sheet{}
	s.w = csv.NewWriter(&s.b)
	s.w.UseCRLF = true
	_ = s.w.Write(head) // a buffer takes everything; Flush says what went wrong
	return s
}

func (s *sheet) row(texts []string, numbers ...string) {
	out := make([]string, 0, len(texts)+len(numbers))
	for _, t := range texts {
		out = append(out, workbook.Harmless(t))
	}
	_ = s.w.Write(append(out, numbers...))
}

func (s *sheet) bytes() []byte {
	s.w.Flush()
	return s.b.Bytes()
}

// flat writes one number a row with its interval, and the dictionary that says what each column and value means.
func (w *Written) flat(x bundle.Whole) error {
	r := x.Release
	var head []string
	for _, c := range r.Columns {
		head = append(head, c.Code)
	}
	s := newSheet(append(head, "value", "low", "high", "flag")...)
	if err := each(x, func(o observation) {
		s.row(o.At, value(r, o.Cell), figure(o.Cell.Low), figure(o.Cell.High), o.Cell.Flag)
	}); err != nil {
		return err
	}
	w.add("figures.csv", s.bytes())
	w.add("dictionary.csv", dictionary(r))
	return nil
}

// dictionary says what columns, values and flags mean, in the languages of the release.
func dictionary(r bundle.Release) []byte {
	s := newSheet("column", "value", "en", "fr", "means_en", "means_fr")
	s.row([]string{"", "", r.Title["en"], r.Title["fr"], r.Population["en"], r.Population["fr"]})
	s.row([]string{"", "", r.From, r.Until, r.Notes["en"], r.Notes["fr"]})
	for _, c := range r.Columns {
		s.row([]string{c.Code, "", c.Title["en"], c.Title["fr"], c.Means["en"], c.Means["fr"]})
		for _, v := range c.Values {
			s.row([]string{c.Code, v, c.Words["en"][v], c.Words["fr"][v], "", ""})
		}
	}
	for _, f := range flags {
		s.row([]string{"flag", f[0], f[1], f[2], "", ""})
	}
	return s.bytes()
}

// flags are what the flags of bundle mean. They are written out here, in both languages whatever the reader's: a file has none.
var flags = [][3]string{
	{"", "as counted", "tel que compté"},
	{bundle.Estimated, "estimate with noise; low and high are its 95 % interval", "estimation bruitée ; low et high en donnent l’intervalle à 95 %"},
	{bundle.Noise, "estimate that cannot be told from zero", "estimation qui ne se distingue pas de zéro"},
	{bundle.Below, "fewer than the threshold", "inférieur au seuil"},
	{bundle.Hidden, "withheld to protect a small number", "non communiqué, pour protéger un petit nombre"},
	{bundle.Rounded, "rounded; low and high bound what was counted", "arrondi ; low et high encadrent l’effectif compté"},
}

// flatJSON is a release in one file, for programs.
type flatJSON struct {
	Release bundle.Release    `json:"release"`
	Columns []string          `json:"columns"`
	Figures [][]any           `json:"figures"` // the values of the columns, then value, low, high, flag
	Means   map[string]string `json:"flags"`
	Losses  []Loss            `json:"losses,omitempty"`
}

func (w *Written) json(x bundle.Whole) error {
	out := flatJSON{Release: x.Release, Means: map[string]string{}}
	for _, f := range flags {
		out.Means[f[0]] = f[1]
	}
	for _, c := range x.Release.Columns {
		out.Columns = append(out.Columns, c.Code)
	}
	if err := each(x, func(o observation) {
		var row []any
		for _, v := range o.At {
			row = append(row, v)
		}
		out.Figures = append(out.Figures, append(row, o.Cell.Value, o.Cell.Low, o.Cell.High, o.Cell.Flag))
	}); err != nil {
		return err
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	w.add("figures.json", append(b, '\n'))
	return nil
}
