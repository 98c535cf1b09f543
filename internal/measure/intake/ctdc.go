// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// records reads one person a row. A column whose answers are 0 and 1 says no and yes; a blank and -99 say unknown; several answers
// of one person are parted by semicolons. What occurs is kept: the file is public, nothing in it is protected here.
type records struct {
	names  *territory.Names
	report *Report
	cols   []*answers
	rows   [][]int32
	lines  []int
}

// answers is a column in the reading: what one record said in it, each text once.
type answers struct {
	head    string
	code    string
	country bool
	at      map[string]int32
	said    []string
	line    []int // where each text was met first
	n       []int
}

// noColumn marks a column of the file that is left out.
const noColumn = ""

func (r *records) head(line int, cells []string) (bool, error) {
	named := 0
	for _, h := range cells {
		if h != "" && !strings.ContainsAny(h, " \t") {
			named++
		}
	}
	if named < 3 {
		return false, nil
	}
	if len(cells) > mostColumns {
		return false, fault.New(fault.Invalid, "intake.columns", "Max", mostColumns)
	}
	var seen []string
	for _, h := range cells {
		a := &answers{head: h, code: slug(h), at: map[string]int32{}, country: isCountry(h)}
		switch {
		case a.code == "":
			r.report.note(Dropped, line, "", "column", "")
		case slices.Contains(seen, a.code):
			r.report.note(Dropped, line, h, "column_twice", "")
			a.code = noColumn
		}
		seen = append(seen, a.code)
		r.cols = append(r.cols, a)
	}
	return true, nil
}

func (r *records) row(line int, cells []string) error {
	switch {
	case len(cells) > len(r.cols) && !blank(cells[len(r.cols):]):
		r.report.note(Dropped, line, "", "cells", "")
		return nil
	case slices.EqualFunc(cells, r.cols, func(s string, a *answers) bool { return s == a.head }):
		r.report.note(Dropped, line, "", "head_again", "")
		return nil
	case len(r.rows) == MostRecords:
		return fault.New(fault.Invalid, "intake.records", "Max", MostRecords)
	}
	if len(cells) < len(r.cols) {
		r.report.note(Repaired, line, "", "short", "")
	}
	out := make([]int32, len(r.cols))
	for i, a := range r.cols {
		text := ""
		if i < len(cells) && a.code != noColumn {
			text = cells[i]
		}
		x, ok := a.at[text]
		if !ok {
			if len(a.said) == mostValues {
				return fault.New(fault.Invalid, "intake.values", "Max", mostValues)
			}
			text = strings.Clone(text)
			x = int32(len(a.said))
			a.at[text], a.said, a.line, a.n = x, append(a.said, text), append(a.line, line), append(a.n, 0)
		}
		a.n[x]++
		out[i] = x
	}
	r.rows, r.lines = append(r.rows, out), append(r.lines, line)
	return nil
}

func (r *records) done() (*Figures, error) {
	f := &Figures{Rows: r.rows, lines: r.lines}
	var keep []int
	for i, a := range r.cols {
		if a.code == noColumn {
			continue
		}
		keep = append(keep, i)
		col, list := r.read(a)
		f.Columns, f.Answers = append(f.Columns, col), append(f.Answers, list)
	}
	if len(keep) < len(r.cols) {
		for i, row := range f.Rows {
			short := make([]int32, len(keep))
			for to, from := range keep {
				short[to] = row[from]
			}
			f.Rows[i] = short
		}
	}
	r.report.Taken = len(f.Rows)
	f.contradictions(r.report)
	return f, nil
}

// read says what each text of a column means, once for all records that say it.
func (r *records) read(a *answers) (Column, [][]string) {
	binary := a.binary()
	col := Column{Code: a.code, Head: a.head}
	if a.country {
		col.List = "country"
	}
	list := make([][]string, len(a.said))
	values := map[string]bool{}
	for i, text := range a.said {
		for _, part := range strings.Split(text, ";") {
			v, why := r.answer(a, strings.TrimSpace(part), binary)
			if why != "" {
				kind := Repaired
				if why == "no_country" || why == "ambiguous" {
					kind = Contradictory
				}
				r.report.notes(kind, a.line[i], a.code, why, part, a.n[i])
			}
			if v != Unknown && !slices.Contains(list[i], v) {
				list[i], values[v] = append(list[i], v), true
			}
		}
		slices.Sort(list[i])
		if len(list[i]) > 1 {
			col.Several = true
			if binary {
				r.report.notes(Contradictory, a.line[i], a.code, "yes_and_no", text, a.n[i])
			}
		}
	}
	for v := range values {
		col.Values = append(col.Values, v)
	}
	col.Values, _ = ordered(slices.Sorted(slices.Values(col.Values)))
	return col, list
}

var zeroOne = map[string]string{"1": "yes", "0": "no", "1.0": "yes", "0.0": "no", "yes": "yes", "no": "no", "true": "yes", "false": "no"}

// binary says whether a column asks yes or no: each answer is one of them, or unknown, and one at least is there.
func (a *answers) binary() bool {
	some := false
	for _, text := range a.said {
		for _, part := range strings.Split(text, ";") {
			part = strings.ToLower(strings.TrimSpace(part))
			if missing(part) {
				continue
			}
			if zeroOne[part] == "" {
				return false
			}
			some = true
		}
	}
	return some
}

// missing says whether a record says nothing: blank, or what CTDC writes for it.
func missing(s string) bool {
	return slices.Contains([]string{"", "-99", "-99.0", "na", "n/a", "nan", "null", "unknown", "not specified"}, strings.ToLower(s))
}

func (r *records) answer(a *answers, text string, binary bool) (value, why string) {
	switch {
	case missing(text):
		return Unknown, ""
	case binary:
		if len(text) > 1 && strings.HasSuffix(text, ".0") {
			why = "zero_one"
		}
		return zeroOne[strings.ToLower(text)], why
	case a.country:
		m := (&collector{names: r.names}).means(text, false)
		if m.why == "country" || m.why == "territory_note" || m.kind == Contradictory {
			return m.code, m.why
		}
		return m.code, ""
	case a.year():
		if y, ok := strings.CutSuffix(text, ".0"); ok {
			return y, "year_form"
		}
	case strings.Contains(a.code, "gender") || a.code == "sex":
		if v := sexes[territory.Plain(text)]; v != "" {
			return v, ""
		}
	}
	return text, ""
}

func (a *answers) year() bool { return IsYear(a.code) }

// IsYear says whether a column of records holds the year in which a person was registered.
func IsYear(code string) bool {
	return slices.Contains([]string{"yearofregistration", "yearregister", "year", "time", "year_of_registration", "annee"}, code)
}

var yearForm = regexp.MustCompile(`^(19|20)[0-9]{2}$`)

// year gives the year of a record; 0 for unknown.
func (f *Figures) year(row []int32) int {
	for i, c := range f.Columns {
		if IsYear(c.Code) {
			if said := f.Answers[i][row[i]]; len(said) == 1 && yearForm.MatchString(said[0]) {
				y, _ := strconv.Atoi(said[0])
				return y
			}
		}
	}
	return 0
}
