// SPDX-License-Identifier: EUPL-1.2

package outlet

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
)

// Agency and dataflow by which our files go. Nobody has registered them: a reader takes the structure from the dictionary beside.
const (
	agency   = "ENTRAIDE"
	dataflow = "DF_FIGURES"
)

// status gives the codes of SDMX's lists of observation status (CL_OBS_STATUS) and confidentiality status (CL_CONF_STATUS): A as
// counted, E estimated, U of low reliability, Q suppressed; F free, A primary confidentiality because of small counts, D secondary
// confidentiality that the sender set.
func status(c bundle.Cell) (obs, conf string) {
	switch c.Flag {
	case bundle.Estimated:
		return "E", "F"
	case bundle.Noise:
		return "U", "F"
	case bundle.Below:
		return "Q", "A"
	case bundle.Hidden:
		return "Q", "D"
	}
	return "A", "F"
}

// component makes an SDMX id of a code: capital letters, digits and underscores.
func component(code string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, code))
}

// sdmxValue writes a value as SDMX's code lists have it where it is one that every column may have.
func sdmxValue(v string) string {
	switch v {
	case Total:
		return "_T"
	case "unknown":
		return "_U"
	}
	return v
}

// period gives the period of a release: a year, or the first and last day; "" where it names none.
func period(r bundle.Release) string {
	if r.From == "" || r.Until == "" {
		return ""
	}
	if year, ok := wholeYear(r); ok {
		return year
	}
	return r.From + "/" + r.Until
}

func wholeYear(r bundle.Release) (string, bool) {
	if len(r.From) == 10 && len(r.Until) == 10 && r.From[:4] == r.Until[:4] && r.From[4:] == "-01-01" && r.Until[4:] == "-12-31" {
		return r.From[:4], true
	}
	return "", false
}

// sdmx writes SDMX-CSV 2.0: one observation a row, keyed by dimensions. OBS_LOW and OBS_HIGH bound what is told or can be
// calculated; COMMENT_OBS has "<k" where fewer than k were counted, since a value is a number.
func (w *Written) sdmx(x bundle.Whole) error {
	r := x.Release
	head := []string{"STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ"}
	for _, c := range r.Columns {
		head = append(head, component(c.Code))
	}
	s := newSheet(append(head, "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "OBS_LOW", "OBS_HIGH", "UNIT_MEASURE", "COMMENT_OBS")...)
	freq := "_Z" // no frequency of the list fits
	if _, ok := wholeYear(r); ok {
		freq = "A"
	}
	if err := each(x, func(o observation) {
		row := []string{"dataflow", agency + ":" + dataflow + "(1.0)", "I", freq}
		for _, v := range o.At {
			row = append(row, sdmxValue(v))
		}
		obs, conf := status(o.Cell)
		comment := ""
		if o.Cell.Flag == bundle.Below {
			comment = value(r, o.Cell)
		}
		s.row(append(row, period(r)), figure(o.Cell.Value), obs, conf, figure(o.Cell.Low), figure(o.Cell.High), component(r.Unit), comment)
	}); err != nil {
		return err
	}
	if period(r) == "" {
		w.lose("period", "", "no_period", 1)
	}
	w.add("figures-sdmx.csv", s.bytes())
	w.add("dictionary.csv", dictionary(r))
	return nil
}
