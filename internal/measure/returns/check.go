// SPDX-License-Identifier: EUPL-1.2

package returns

import (
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Bounds of what leaves: tables of one year and country are far smaller.
const (
	mostFiles = 8
	MaxBytes  = 1 << 20
	mostRows  = 20_000
)

// head is what a file of a shape begins with, and which of its columns hold its numbers and its year.
type head struct {
	columns     []string
	value, year int
}

// heads lists those of a shape.
func heads(as outlet.Form) []head {
	euro := func(along string) head {
		return head{[]string{"DATAFLOW", "LAST UPDATE", "freq", along, "sex", "age", "unit", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"}, 9, 8}
	}
	return map[outlet.Form][]head{
		outlet.UNODC:    {{[]string{"Iso3_code", "Country", "Indicator", "Dimension", "Category", "Sex", "Age", "Year", "Unit of measurement", "VALUE", "Source"}, 9, 7}},
		outlet.GRETA:    {{[]string{"item", "definition", "country", "year", "sex", "age", "along", "category", "value", "state"}, 8, 3}},
		outlet.Eurostat: {euro("leg_stat"), euro("citizen"), euro("purpose")},
	}[as]
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,80}\.csv$`)

// Check says what is wrong with a content, whoever made it: another shape than it says, another year in it, what is no whole
// number. Error: Invalid.
func (c Content) Check() error {
	bad := func(field string) error { return fault.Bad(field, "return.want.content") }
	if !slices.Contains(Shapes(), c.Shape) || len(c.Country) != 2 || c.Year < firstYear || c.Counted.IsZero() || len(c.Basis) > maxWords || len(c.Sources) > 20 || len(c.Losses) > 200 {
		return bad("shape")
	}
	if len(c.Files) == 0 || len(c.Files) > mostFiles {
		return bad("files")
	}
	size, names := 0, map[string]bool{}
	for _, f := range c.Files {
		if size += len(f.Text); size > MaxBytes || !plainName.MatchString(f.Name) || names[f.Name] {
			return bad("files")
		}
		names[f.Name] = true
		if _, err := f.rows(c); err != nil {
			return err
		}
	}
	return nil
}

// rows reads a file of a content: its head, and its rows. Error: Invalid.
func (f File) rows(c Content) ([][]string, error) {
	bad := func(err error) error { return fault.Wrap(fault.Invalid, err, "return.want.content") }
	r := csv.NewReader(strings.NewReader(f.Text))
	first, err := r.Read()
	if err != nil {
		return nil, bad(err)
	}
	at := slices.IndexFunc(heads(c.Shape), func(h head) bool { return slices.Equal(h.columns, first) })
	if at < 0 {
		return nil, bad(nil)
	}
	h, out := heads(c.Shape)[at], [][]string{first}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil || len(out) > mostRows || row[h.year] != strconv.Itoa(c.Year) {
			return nil, bad(err)
		}
		if n, err := strconv.ParseInt(row[h.value], 10, 64); row[h.value] != "" && (err != nil || n < 0) {
			return nil, bad(nil) // which names no number
		}
		out = append(out, row)
	}
}
