// SPDX-License-Identifier: EUPL-1.2

package returns

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// wanted says along which columns of which sources a shape asks, each by age and sex as well.
func wanted(as outlet.Form) map[string][]string {
	switch as {
	case outlet.UNODC:
		tried := []string{"citizenship", "forms"}
		return map[string][]string{"persons": {"citizenship", "where", "forms"}, "prosecutions": tried, "judgments": tried}
	case outlet.Eurostat:
		return map[string][]string{"persons": {"citizenship", "forms"}}
	}
	out := map[string][]string{}
	for _, i := range outlet.Items() {
		for _, c := range i.Columns {
			if c != "age" && c != "sex" && !slices.Contains(out[i.Source], c) {
				out[i.Source] = append(out[i.Source], c)
			}
		}
	}
	return out
}

// sources lists those of a shape that an office has: of people, for that is what bodies ask for.
func sources(all source.Sources, as outlet.Form) (out []source.Source) {
	for _, s := range all {
		if len(wanted(as)[s.Code]) > 0 && s.Most <= 1 {
			out = append(out, s)
		}
	}
	return out
}

// Shapes lists those of which an office counts something.
func (d Desk) Shapes(owner journal.ID) []outlet.Form {
	all := d.Sources(owner)
	return slices.DeleteFunc(Shapes(), func(as outlet.Form) bool { return len(sources(all, as)) == 0 })
}

// ofCourts says of what a source of proceedings bodies ask: of the offence that figures of prosecutions count, in the office's own
// country or territory, and of those judged for the convicted. It is nil of any other source.
func ofCourts(code, country string) map[string]string {
	switch code {
	case "prosecutions":
		return map[string]string{"core": "yes", "country": country}
	case "judgments":
		return map[string]string{"core": "yes", "country": country, "outcome": "convicted"}
	}
	return nil
}

// narrowed gives a source of which the records alone are counted that bodies ask for; *out counts those that are of another
// offence, of an unknown one, or of elsewhere.
func narrowed(s source.Source, country string, out *int) source.Source {
	only := ofCourts(s.Code, country)
	if only == nil {
		return s
	}
	read := s.Read
	s.Read = func(ctx context.Context, w store.Who, p source.Period, add func(source.Record) error) error {
		return read(ctx, w, p, func(r source.Record) error {
			for c, v := range only {
				if slices.Equal(r.Says[c], []string{v}) {
					continue
				}
				if c != "outcome" {
					*out++
				}
				return nil
			}
			return add(r)
		})
	}
	return s
}

// Count counts what is asked, as it is in the office's records now, as the job "statistics". Errors: Guarded where the office
// counts nothing of it, or has said no country; the sources'.
func (d Desk) Count(ctx context.Context, owner journal.ID, a Asked) (Content, error) {
	of := sources(d.Sources(owner), a.Shape)
	if len(of) == 0 {
		return Content{}, fault.New(fault.Guarded, "return.guard.nobody")
	}
	w, err := d.Job(owner, jobName, access.ForStatistics)
	if err != nil {
		return Content{}, err
	}
	office := d.Office(owner)
	c := Content{Shape: a.Shape, Country: office.Country, Year: a.Year, Basis: a.Basis, Counted: d.Clock.Now().UTC().Truncate(time.Second)}
	var all []bundle.Whole
	for _, s := range of {
		left := 0
		records, err := narrowed(s, office.Country, &left).Coded(ctx, w, source.Year(a.Year))
		if err != nil {
			return c, err
		}
		x, err := d.whole(office, s, records, a, c.Counted)
		if err != nil {
			return c, err
		}
		if all, c.Sources = append(all, x), append(c.Sources, s.Code+" "+s.Version); left > 0 {
			c.Losses = append(c.Losses, outlet.Loss{Column: s.Code, Why: "other_offence", N: left})
		}
	}
	out, err := outlet.WriteAll(all, a.Shape, outlet.Asked{Names: d.Names(), Words: d.Text, Country: d.Country})
	if err != nil {
		return c, err
	}
	for _, name := range out.Names {
		c.Files = append(c.Files, File{name, string(out.Files[name])})
	}
	c.Losses = append(c.Losses, out.Losses...)
	return c, c.Check()
}

// whole makes a source's exact tables: of all, by age and sex, and by these along each column that the shape asks for.
func (d Desk) whole(office bundle.Office, s source.Source, r *table.Records, a Asked, at time.Time) (bundle.Whole, error) {
	domain, word := s.Domain(), d.Words(s)
	x := bundle.Whole{Release: bundle.Release{Format: bundle.Format, Offices: []bundle.Office{office}, Route: bundle.Exact, Source: s.Code, Version: s.Version, Unit: "person",
		From: strconv.Itoa(a.Year) + "-01-01", Until: strconv.Itoa(a.Year) + "-12-31", At: at}}
	if s.Code == "judgments" { // of which the convicted are left
		x.Release.Source = outlet.Convictions
	}
	kept := make([][]int, len(domain.Columns)) // the values that are written of each column
	var base, along []int
	for i, c := range domain.Columns {
		b := word(c)
		question, _, _ := strings.Cut(c.Name, ".")
		switch {
		case c.Name == "age" || c.Name == "sex":
			base = append(base, i)
		case slices.Contains(wanted(a.Shape)[s.Code], question):
			along = append(along, i)
		}
		counts, err := r.Count(table.SetOf(i))
		if err != nil {
			return x, err
		}
		for v := range c.Values { // of two hundred countries, those that there are; the rest is nobody
			if b.List != "country" || counts[v] > 0 {
				kept[i] = append(kept[i], v)
			}
		}
		b.Values = nil
		for _, v := range kept[i] {
			b.Values = append(b.Values, c.Values[v])
		}
		x.Release.Columns = append(x.Release.Columns, b)
	}
	for _, extra := range append([]int{-1}, along...) {
		for _, s := range table.SetOf(base...).Subsets() {
			if extra >= 0 {
				s = table.SetOf(append(slices.Clone(s), extra)...)
			}
			counts, err := r.Count(s)
			if err != nil {
				return x, err
			}
			x.Tables.Tables = append(x.Tables.Tables, exactly(domain, s, kept, counts))
		}
	}
	return x, nil
}

// exactly makes a table of counts, of the values that are kept of each column.
func exactly(d table.Domain, s table.Set, kept [][]int, counts []int64) bundle.Table {
	t := bundle.Table{Columns: []string{}}
	at := []int{0}
	for _, c := range s {
		t.Columns = append(t.Columns, d.Columns[c].Name)
		var next []int
		for _, cell := range at {
			for _, v := range kept[c] {
				next = append(next, cell*len(d.Columns[c].Values)+v)
			}
		}
		at = next
	}
	for _, cell := range at {
		n := float64(counts[cell])
		t.Cells = append(t.Cells, bundle.Cell{Value: &n})
	}
	return t
}
