// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"slices"
	"strings"
	"unicode"

	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// own reads a table of one's own: one number a row under a column called "count" or the like, or a table of two dimensions whose
// first column names the lines, with its margins.
type own struct {
	collector
	heads []string
	value int   // the column of the number; -1 for a table of two dimensions
	flag  int   // the column of its flags; -1 for none
	cols  []int // the column of each dimension, where each row is a number
	// across are the columns of a table of two dimensions: the value of each.
	across []int32
}

var valueHeads = []string{"count", "value", "number", "n", "nb", "nombre", "effectif", "effectifs", "victims", "victimes", "persons", "personnes", "obs value", "valeur"}

func (o *own) head(line int, cells []string) (bool, error) {
	filled := 0
	for _, s := range cells {
		if s != "" {
			filled++
		}
	}
	if filled < 2 {
		return false, nil
	}
	o.heads, o.flag = slices.Clone(cells), -1
	o.value = slices.IndexFunc(cells, func(h string) bool { return slices.Contains(valueHeads, territory.Plain(h)) })
	if o.value < 0 || looksLikeNumbers(cells[1:]) {
		o.value = -1
		return true, o.crossed(line, cells)
	}
	var seen []string
	for i, h := range cells {
		switch {
		case i == o.value || h == "":
			continue
		case h == "flag":
			o.flag = i
			continue
		case h == "low" || h == "high": // of an interval, as releases write it: it follows from what they say beside
			o.report.note(Dropped, line, h, "column", "")
			continue
		}
		code := slug(h)
		if slices.Contains(seen, code) {
			return false, fault.New(fault.Invalid, "intake.want.head.table")
		}
		seen = append(seen, code)
		o.cols = append(o.cols, i)
		o.dims = append(o.dims, newDimension(code, isCountry(h)))
	}
	if len(seen) == 0 || len(seen) > mostColumns {
		return false, fault.New(fault.Invalid, "intake.want.head.table")
	}
	return true, nil
}

// looksLikeNumbers says whether a head is one of years rather than words: then it is a table of two dimensions.
func looksLikeNumbers(cells []string) bool {
	for _, s := range cells {
		if n, _, _ := number(s, counts); n.Told() {
			return true
		}
	}
	return false
}

func (o *own) crossed(line int, cells []string) error {
	first, second, ok := strings.Cut(cells[0], `\`)
	if !ok {
		first, second, _ = strings.Cut(cells[0], "/")
	}
	a, b := slug(first), slug(second)
	if a == "" {
		a = "line"
	}
	if b == "" || b == a {
		b = "column"
	}
	o.dims = []*dimension{newDimension(a, isCountry(first)), newDimension(b, isCountry(second))}
	for i, h := range cells {
		if i == 0 {
			continue
		}
		if h == "" {
			o.across = append(o.across, -1)
			continue
		}
		v, err := o.dims[1].value(o.says(line, 1, h))
		if err != nil {
			return err
		}
		if slices.Contains(o.across, v) {
			return fault.New(fault.Invalid, "intake.want.head.table")
		}
		o.across = append(o.across, v)
	}
	return nil
}

// isCountry says whether a column is one of countries by what it is called.
func isCountry(head string) bool {
	p := territory.Plain(head)
	if strings.Contains(p, "region") {
		return false
	}
	for _, w := range []string{"citizen", "country", "nationalit", "pays", "territor", "geo", "countryof"} {
		if strings.Contains(p, w) {
			return true
		}
	}
	return false
}

// slug makes a code of what a column is called.
func slug(head string) string {
	return strings.ReplaceAll(territory.Plain(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, head)), " ", "_")
}

func (o *own) says(line, d int, text string) string {
	dim := o.dims[d]
	switch {
	case dim.country:
		return o.country(line, dim.code, text, false)
	case strings.Contains(dim.code, "sex") || strings.Contains(dim.code, "gender") || dim.code == "genre":
		return sex(text)
	}
	return whole(text)
}

func (o *own) row(line int, cells []string) error {
	if len(cells) > len(o.heads) && !blank(cells[len(o.heads):]) {
		o.report.note(Dropped, line, "", "cells", "")
		return nil
	}
	if o.value < 0 {
		return o.crossRow(line, cells)
	}
	if o.value >= len(cells) {
		o.report.note(Dropped, line, "", "cells", "")
		return nil
	}
	flag := ""
	if o.flag >= 0 && o.flag < len(cells) {
		flag = cells[o.flag]
	}
	of := counts
	if (Number{Flags: flag}).IsEstimate() {
		of = estimated
	}
	n, ok := o.number(line, o.heads[o.value], cells[o.value], of)
	if !ok {
		return nil
	}
	if n.Flags == "" {
		n.Flags = flag
	}
	at := make([]int32, len(o.cols))
	for i, c := range o.cols {
		text := ""
		if c < len(cells) {
			text = cells[c]
		}
		v, err := o.dims[i].value(o.says(line, i, text))
		if err != nil {
			return err
		}
		at[i] = v
	}
	return o.add(line, at, n)
}

func (o *own) crossRow(line int, cells []string) error {
	v, err := o.dims[0].value(o.says(line, 0, cells[0]))
	if err != nil {
		return err
	}
	for i, c := range o.across {
		text := ""
		if i+1 < len(cells) {
			text = cells[i+1]
		}
		if c < 0 {
			if text != "" {
				o.report.note(Dropped, line, "", "column", text)
			}
			continue
		}
		n, ok := o.number(line, o.heads[i+1], text, counts)
		if !ok {
			continue
		}
		if err := o.add(line, []int32{v, c}, n); err != nil {
			return err
		}
	}
	return nil
}

func (o *own) done() (*Figures, error) {
	o.check(nil)
	return o.figures(), nil
}
