// SPDX-License-Identifier: EUPL-1.2

package selection

import (
	"slices"

	"golang.org/x/text/language"

	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Level is a coarser column that stands for a fine one: of each of its values, which coarser value it belongs to.
type Level struct {
	Column table.Column
	Of     []uint16
}

// Coarser gives the records with one more column at the end, which says of each what a level says of a column. Errors: Invalid
// for a level that does not fit.
func Coarser(r *table.Records, column int, l Level) (*table.Records, error) {
	if column < 0 || column >= len(r.Domain.Columns) || len(l.Of) != len(r.Domain.Columns[column].Values) {
		return nil, fault.Bad("level", "statistics.want.domain")
	}
	d := table.Domain{Columns: append(slices.Clone(r.Domain.Columns), l.Column)}
	out, err := table.NewRecords(d, r.Len())
	if err != nil {
		return nil, err
	}
	codes := make([]uint16, len(d.Columns))
	for i := range r.Len() {
		for c := range r.Domain.Columns {
			codes[c] = r.Column(c)[i]
		}
		codes[len(codes)-1] = l.Of[codes[column]]
		if err := out.Add(codes...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Impossible gives the combinations of a fine and its coarser column that cannot be, for made records to avoid.
func (l Level) Impossible(fine, coarse int) (out []map[int]uint16) {
	for v, of := range l.Of {
		for w := range l.Column.Values {
			if uint16(w) != of {
				out = append(out, map[int]uint16{fine: uint16(v), coarse: uint16(w)})
			}
		}
	}
	return out
}

// subRegions are those of the United Nations' M49, by code.
var subRegions = []string{"005", "011", "013", "014", "015", "017", "018", "021", "029", "030", "034", "035", "039", "053", "054", "057", "061", "143", "145", "151", "154", "155"}

// Regions lists their codes. Their words are measure.region.<code> in the catalogue.
func Regions() []string { return slices.Clone(subRegions) }

// unplaced is the coarser value of what is no country.
const unplaced = "unknown"

// SubRegions gives the level above a column of countries (ISO 3166-1, and XK): the sub-regions of M49, by their codes, in which
// the listed countries lie. Values that are no country belong to "unknown", the last.
func SubRegions(name string, countries []string) Level {
	out := Level{Column: table.Column{Name: name}}
	regions := make([]string, len(countries))
	for i, country := range countries {
		if regions[i] = subRegion(country); regions[i] != unplaced && !slices.Contains(out.Column.Values, regions[i]) {
			out.Column.Values = append(out.Column.Values, regions[i])
		}
	}
	slices.Sort(out.Column.Values)
	out.Column.Values = append(out.Column.Values, unplaced)
	for _, region := range regions {
		out.Of = append(out.Of, uint16(slices.Index(out.Column.Values, region)))
	}
	return out
}

func subRegion(country string) string {
	if r, err := language.ParseRegion(country); err == nil && len(country) == 2 {
		for _, code := range subRegions {
			if language.MustParseRegion(code).Contains(r) {
				return code
			}
		}
	}
	return unplaced
}
