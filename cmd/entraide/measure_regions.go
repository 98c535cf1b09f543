// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/rows"
	"github.com/entraide-thb/entraide/internal/measure/selection"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// coarser is a column of sub-regions beside one of countries or territories.
type coarser struct {
	fine, coarse int
	level        selection.Level
}

// domain gives the columns of the lists, and after them those of the regions that are asked for. Error: Invalid for a column that
// is not there.
func (a *asking) domain(l rows.Lists) (table.Domain, []coarser, error) {
	d := l.Domain()
	var out []coarser
	for _, name := range a.Regions {
		at := slices.IndexFunc(d.Columns, func(c table.Column) bool { return c.Name == name })
		if at < 0 {
			return d, nil, fault.Bad(name, "rows.want.column")
		}
		level := selection.SubRegions(name+"_region", d.Columns[at].Values)
		out = append(out, coarser{at, len(d.Columns), level})
		d.Columns = append(d.Columns, level.Column)
	}
	return d, out, d.Validate()
}

// named puts the columns of regions into words, in the languages of the files.
func named(r *bundle.Release, all []coarser, texts *lang.Bundle) {
	for _, x := range all {
		column := &r.Columns[x.coarse]
		column.Words = map[string]map[string]string{}
		for _, tag := range []string{"en", "fr"} {
			l := texts.Locale(tag, nil)
			column.Title[tag], column.Words[tag] = l.T("measure.region_of", "Column", r.Columns[x.fine].Title["en"]), map[string]string{}
			for _, v := range column.Values {
				if key := "measure.region." + v; l.Has(key) {
					column.Words[tag][v] = l.T(key)
				}
			}
		}
	}
}

// beside gives the records with the columns of regions.
func beside(r *table.Records, all []coarser) (*table.Records, error) {
	var err error
	for _, x := range all {
		if r, err = selection.Coarser(r, x.fine, x.level); err != nil {
			return nil, err
		}
	}
	return r, nil
}
