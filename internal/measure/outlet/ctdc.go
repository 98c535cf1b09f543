// SPDX-License-Identifier: EUPL-1.2

package outlet

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Mapped is one line of the way from what our records say over the fields of IOM's Human Trafficking Case Data Standard (HTCDS
// 2.0) to the columns of CTDC. Ours is "column=value", "column.value" for a column of several answers, or the column alone where
// all values go; "" for what our records do not hold. Loss says what is lost: its words are outlet.loss.<loss>; "" for nothing.
type Mapped struct{ Ours, Field, FieldValue, Column, Value, Loss string }

//go:embed mapping.csv
var mapping string

// Mapping lists all lines. The caller changes nothing in it.
var Mapping = sync.OnceValue(func() []Mapped {
	rows, err := csv.NewReader(strings.NewReader(mapping)).ReadAll()
	if err != nil {
		panic("mapping.csv: " + err.Error()) // tested with the program
	}
	var out []Mapped
	for _, r := range rows[1:] {
		out = append(out, Mapped{r[0], r[1], r[2], r[3], r[4], r[5]})
	}
	return out
})

// ctdc writes the records of people who do not exist, as a pooled release has them, in the columns of CTDC. Records of the office's
// own are never written: a release without such records, or of exact counts, is refused.
func (w *Written) ctdc(x bundle.Whole, a Asked) error {
	r := x.Release
	if r.Route != bundle.Pooled || x.Records == nil {
		return fault.New(fault.Guarded, "outlet.guard.records")
	}
	if err := perPerson(r); err != nil {
		return err
	}
	of := ""
	if y, ok := wholeYear(r); ok {
		of = y
	}
	head, fill := ctdcColumns(r, a.Names)
	s := newSheet(append([]string{"yearOfRegistration"}, head...)...)
	for i := range x.Records.Len() {
		out := make([]string, len(head)+1)
		out[0] = of
		for c, col := range x.Records.Domain.Columns {
			fill(out[1:], c, col.Values[x.Records.Column(c)[i]])
		}
		s.row(out)
	}
	w.add("ctdc.csv", s.bytes())
	w.mappedLosses(r, a.Names)
	return nil
}

// ctdcColumns gives the columns of CTDC that a release can fill, in the order of the mapping, and what fills them from an answer.
// No fills a column only while nothing says yes: several of our forms go into one of CTDC's.
func ctdcColumns(r bundle.Release, names *territory.Names) (head []string, fill func(out []string, column int, value string)) {
	type target struct {
		at    int
		value string
	}
	to := map[string]target{}
	for _, m := range Mapping() {
		if m.Ours == "" || m.Column == "" || !mapped(r, m.Ours) {
			continue
		}
		at := slices.Index(head, m.Column)
		if at < 0 {
			at, head = len(head), append(head, m.Column)
		}
		to[m.Ours] = target{at, m.Value}
	}
	return head, func(out []string, column int, value string) {
		code := r.Columns[column].Code
		if t, ok := to[code+"="+value]; ok {
			out[t.at] = t.value
			return
		}
		t, ok := to[code]
		switch {
		case !ok || value == source.Unknown:
		case t.value == alpha3:
			out[t.at] = names.Alpha3(value)
		case value == "yes":
			out[t.at] = "1"
		case value == "no" && out[t.at] == "":
			out[t.at] = "0"
		}
	}
}

// alpha3 is what the mapping says of columns of countries and territories.
const alpha3 = "ISO 3166-1 alpha-3"

// mapped says whether a release has what a line maps.
func mapped(r bundle.Release, ours string) bool {
	code, _, _ := strings.Cut(ours, "=")
	return hasColumn(r, code)
}

// mappedLosses lists what the columns of CTDC do not hold of a release, or hold as something wider.
func (w *Written) mappedLosses(r bundle.Release, names *territory.Names) {
	for _, c := range r.Columns {
		found := false
		for _, m := range Mapping() {
			code, value, _ := strings.Cut(m.Ours, "=")
			if code != c.Code {
				continue
			}
			found = found || m.Column != ""
			if m.Loss != "" {
				w.lose(code, value, m.Loss, 1)
			}
			for _, v := range c.Values {
				if m.Value == alpha3 && v != source.Unknown && names.Alpha3(v) == "" {
					w.lose(code, v, "no_value", 1)
				}
			}
		}
		if !found && !slices.ContainsFunc(w.Losses, func(l Loss) bool { return l.Column == c.Code }) {
			w.lose(c.Code, "", "no_value", 1)
		}
	}
}
