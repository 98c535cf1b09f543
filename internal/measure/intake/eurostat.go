// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// eurostat reads both forms in which Eurostat hands tables out: TSV, with the dimensions in the first cell and the years side by
// side; and SDMX-CSV (1.0 and 2.0), one number a row. Flags are kept as they are.
type eurostat struct {
	collector
	years []string // of TSV
	at    []int    // of SDMX-CSV: the column of each dimension
	// Columns of SDMX-CSV that are no dimension; -1 for one that is not there, of value for TSV.
	value, status, conf, unit, comment int
}

// attributes are columns of SDMX-CSV that are no dimension.
var attributes = []string{"DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "LAST UPDATE", "OBS_VALUE", "OBS_FLAG", "OBS_STATUS", "CONF_STATUS", "TIME_PERIOD_LABEL", "OBS_LOW", "OBS_HIGH", "UNIT_MEASURE", "UNIT_MULT", "DECIMALS", "TITLE", "COMMENT_OBS"}

func (e *eurostat) head(line int, cells []string) (bool, error) {
	if dims, time, ok := strings.Cut(cells[0], `\`); ok && strings.HasPrefix(strings.ToUpper(time), "TIME") {
		e.value = -1
		for _, d := range strings.Split(dims, ",") {
			e.dimension(d)
		}
		e.dimension("TIME_PERIOD")
		e.years = slices.Clone(cells[1:])
		return true, e.named()
	}
	e.value = -1
	var ids []string
	for _, h := range cells {
		id, _, _ := strings.Cut(h, ":") // "geo:Geopolitical entity"
		ids = append(ids, strings.TrimSpace(id))
	}
	if e.value = slices.Index(ids, "OBS_VALUE"); e.value < 0 || !slices.Contains(ids, "DATAFLOW") && !slices.Contains(ids, "STRUCTURE") && !slices.Contains(ids, "STRUCTURE_ID") {
		return false, nil
	}
	if e.status = slices.Index(ids, "OBS_STATUS"); e.status < 0 {
		e.status = slices.Index(ids, "OBS_FLAG")
	}
	e.conf, e.unit, e.comment = slices.Index(ids, "CONF_STATUS"), slices.Index(ids, "UNIT_MEASURE"), slices.Index(ids, "COMMENT_OBS")
	for i, id := range ids {
		switch {
		case slices.Contains(attributes, strings.ToUpper(id)):
		case id == "":
			e.report.note(Dropped, line, "", "column", "")
		default:
			e.at = append(e.at, i)
			e.dimension(id)
		}
	}
	return true, e.named()
}

var countryDims = []string{"geo", "citizen", "c_birth", "c_ctzn", "partner", "citizenship", "country_of_exploitation", "where", "ref_area"}

func (e *eurostat) dimension(id string) {
	id = strings.ToLower(strings.TrimSpace(id))
	switch id {
	case "time_period":
		id = "time"
	case "ref_area":
		id = "geo"
	}
	e.dims = append(e.dims, newDimension(id, slices.Contains(countryDims, id)))
}

// named refuses a head that names a dimension twice, or none.
func (e *eurostat) named() error {
	var seen []string
	for _, d := range e.dims {
		if d.code == "" || slices.Contains(seen, d.code) {
			return fault.New(fault.Invalid, "intake.want.head.eurostat")
		}
		seen = append(seen, d.code)
	}
	if len(seen) == 0 || len(seen) > mostColumns {
		return fault.New(fault.Invalid, "intake.want.head.eurostat")
	}
	return nil
}

func (e *eurostat) row(line int, cells []string) error {
	if e.value >= 0 {
		return e.observation(line, cells)
	}
	said := strings.Split(cells[0], ",")
	if len(said) != len(e.dims)-1 || len(cells) > len(e.years)+1 {
		e.report.note(Dropped, line, "", "cells", cells[0])
		return nil
	}
	for i, s := range cells[1:] {
		value, flags := parted(s)
		if err := e.put(line, append(slices.Clone(said), e.years[i]), value, flags); err != nil {
			return err
		}
	}
	return nil
}

var valueFlags = regexp.MustCompile(`^(:|[0-9<>].*?)\s*([a-z]{1,6})?$`)

// parted parts "12 bu" into its number and flags.
func parted(s string) (value, flags string) {
	if m := valueFlags.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		return m[1], m[2]
	}
	return s, ""
}

func (e *eurostat) observation(line int, cells []string) error {
	said := make([]string, len(e.dims))
	for i, at := range e.at {
		if at >= len(cells) {
			e.report.note(Dropped, line, "", "cells", "")
			return nil
		}
		said[i], _, _ = strings.Cut(cells[at], ":") // "M:Males"
	}
	cell := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return cells[i]
	}
	value, status, conf := cell(e.value), cell(e.status), cell(e.conf)
	if n, ok := bound(strings.ToLower(cell(e.comment))); ok && value == "" {
		value = n.Text // a bound is no value of SDMX, and stands beside
	}
	if status == "A" { // as counted, and free: nothing to say
		status = ""
	}
	if conf == "F" {
		conf = ""
	}
	if !(Number{Flags: status}).IsEstimate() {
		status += conf
	}
	return e.put(line, said, value, status)
}

// hidden are flags of numbers that the source has and does not tell: confidential, and the second line of defence.
var hidden = []string{"c", "A", "C", "D", "Q", "N", "S"}

func (e *eurostat) put(line int, said []string, value, flags string) error {
	at := make([]int32, len(e.dims))
	unit := ""
	for i, d := range e.dims {
		v := strings.TrimSpace(said[i])
		switch {
		case d.country:
			v = e.country(line, d.code, v, true)
		case d.code == "sex":
			v = sex(v)
		default:
			v = whole(v)
		}
		if d.code == "unit" {
			unit = v
		}
		x, err := d.value(v)
		if err != nil {
			return err
		}
		at[i] = x
	}
	of := sortOf(unit)
	if (Number{Flags: flags}).IsEstimate() {
		of = estimated
	}
	n, ok := e.number(line, "value", value, of)
	if !ok {
		return nil
	}
	if n.Flags == "" {
		if n.Flags = flags; !n.Told() && slices.ContainsFunc(hidden, func(f string) bool { return strings.Contains(flags, f) }) {
			n.Flags = Withheld
		}
	}
	return e.add(line, at, n)
}

func (e *eurostat) done() (*Figures, error) {
	u := slices.IndexFunc(e.dims, func(d *dimension) bool { return d.code == "unit" })
	var adds func([]int32) bool
	if u >= 0 {
		adds = func(at []int32) bool { return counted(e.dims[u].values[at[u]]) }
	}
	e.check(adds)
	return e.figures(), nil
}
