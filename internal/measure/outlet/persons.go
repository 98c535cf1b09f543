// SPDX-License-Identifier: EUPL-1.2

package outlet

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// What the source "persons" calls its columns; bodies ask along these. Another source that names them so is written likewise.
const (
	colAge     = "age"
	colSex     = "sex"
	colCitizen = "citizenship"
	colWhere   = "where"
	colForms   = "forms"
)

// Convictions is the source of tables of those judged in which the convicted alone are counted.
const Convictions = "convictions"

// place is where a number of a release stands in a body's table: sex and age, and along one further column.
type place struct {
	sex, age string
	along    string // code of the column, for a column of several answers the part before the point; "" for none
	value    string
}

// standing says where a number stands; ok is false where its table has more columns than bodies' tables do, or a column of several
// answers says no or unknown, which no body asks for.
func standing(r bundle.Release, o observation) (p place, ok bool, why string) {
	p = place{sex: Total, age: Total}
	for _, i := range o.In {
		code, part, several := strings.Cut(r.Columns[i].Code, ".")
		switch {
		case code == colSex:
			p.sex = o.At[i]
		case code == colAge:
			p.age = o.At[i]
		case p.along != "":
			return p, false, "wide"
		case several && o.At[i] != "yes":
			return p, false, ""
		case several:
			p.along, p.value = code, part
		default:
			p.along, p.value = code, o.At[i]
		}
	}
	return p, true, ""
}

// indicator says what UNODC's portal calls a number of a release, and where it then stands: of those judged, bodies ask for the
// convicted, who are no part then but the whole. "" is what nobody asks for.
func indicator(source string, p place) (string, place) {
	switch {
	case source == "prosecutions":
		return "Persons prosecuted", p
	case source == Convictions:
		return "Persons convicted", p
	case source == "judgments" && p.along == "outcome" && p.value == "convicted":
		p.along, p.value = "", ""
		return "Persons convicted", p
	case source == "judgments":
		return "", p
	}
	return "Detected trafficking victims", p
}

// country gives the one country or territory of a release: that of its offices where they have one.
func country(r bundle.Release) (string, error) {
	code := ""
	for _, o := range r.Offices {
		if o.Country == "" || code != "" && code != o.Country {
			return "", fault.New(fault.Guarded, "outlet.guard.country")
		}
		code = o.Country
	}
	if code == "" {
		return "", fault.New(fault.Guarded, "outlet.guard.country")
	}
	return code, nil
}

// year gives the year of a release. Error: Guarded where it is of another period: bodies ask by calendar year.
func year(r bundle.Release) (string, error) {
	if y, ok := wholeYear(r); ok {
		return y, nil
	}
	return "", fault.New(fault.Guarded, "outlet.guard.year")
}

// perPerson refuses what counts something else than people.
func perPerson(r bundle.Release) error {
	if !slices.Contains([]string{"person", "persons"}, r.Unit) {
		return fault.New(fault.Guarded, "outlet.guard.unit")
	}
	return nil
}

// asked is what all tables for bodies begin with.
func asked(r bundle.Release) (code, of string, err error) {
	if err = perPerson(r); err != nil {
		return
	}
	if code, err = country(r); err != nil {
		return
	}
	of, err = year(r)
	return
}

// askedOfCourts is asked for the bodies that ask of those prosecuted and convicted too.
func askedOfCourts(r bundle.Release) (code, of string, err error) {
	if r.Unit == "prosecution" || r.Unit == "judgment" {
		r.Unit = "person" // each is a person in a proceeding
	}
	return asked(r)
}

// word gives what a value is called in English: the tables that bodies ask for are in it.
func word(r bundle.Release, p place) string {
	for _, c := range r.Columns {
		code, part, several := strings.Cut(c.Code, ".")
		switch {
		case code != p.along:
		case several && part == p.value:
			if t := c.Title["en"]; t != "" {
				return t
			}
		case !several && c.Words["en"][p.value] != "":
			return c.Words["en"][p.value]
		}
	}
	return p.value
}

// told gives the numbers of a release that stand in tables of bodies, and lists those that do not.
func (w *Written) told(x bundle.Whole, f func(p place, c bundle.Cell)) error {
	wide := map[string]bool{}
	return each(x, func(o observation) {
		p, ok, why := standing(x.Release, o)
		if !ok {
			if why != "" {
				var codes []string
				for _, i := range o.In {
					codes = append(codes, x.Release.Columns[i].Code)
				}
				if name := strings.Join(codes, " × "); !wide[name] {
					wide[name] = true
					w.lose(name, "", why, 1)
				}
			}
			return
		}
		f(p, o.Cell)
	})
}
