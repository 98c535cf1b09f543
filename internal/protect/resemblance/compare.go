// SPDX-License-Identifier: EUPL-1.2

package resemblance

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// why says in which way two files resemble each other, and how many more the new one resembles.
func why(l *lang.Locale, as string, more int) page.Cell {
	var c page.Cell
	if as != "" {
		c.Text = l.T("resemblance.as." + as)
	}
	if more > 0 {
		c.Sub = l.N("resemblance.more", more)
	}
	return c
}

// compared is one line of a comparison: what stands in a file, and whether two that are not the same text may mean the
// same. aside is shown and says nothing of who they are.
type compared struct {
	key   string
	of    func(casework.Person) string
	like  func(one, two casework.Person) bool
	aside bool
}

// lines lists what the desk may compare: codes and identity.
func lines(l *lang.Locale) []compared {
	return []compared{
		{"casework.identity.names", func(p casework.Person) string { return l.List(p.Identity.Names) }, sameNames, false},
		{"casework.identity.born", func(p casework.Person) string { return born(l, p.Identity.Born) }, func(one, two casework.Person) bool { return names.SameBirth(one.Identity.Born, two.Identity.Born) }, false},
		{"casework.identity.nationality", func(p casework.Person) string { return l.Country(p.Identity.Nationality) }, nil, false},
		{"casework.identity.document", func(p casework.Person) string { return papers(l, p) }, samePapers, false},
		{"casework.register.territory", func(p casework.Person) string { return l.Country(p.Registered.Territory) }, nil, false},
		{"casework.register.age", func(p casework.Person) string { return l.T("referral.age." + p.Registered.Age) }, nil, false},
		{"casework.register.sex", func(p casework.Person) string { return l.T("referral.sex." + p.Registered.Sex) }, nil, false},
		{"casework.entry.person.registered", func(p casework.Person) string { return l.Date(p.At) }, nil, true},
	}
}

// sideBySide compares two files: equal, alike, different, or not known of one.
func sideBySide(l *lang.Locale, one, two casework.Person) *page.Table {
	t := &page.Table{Caption: l.T("resemblance.compare"), Columns: []page.Column{{Text: l.T("resemblance.field")}, {Text: one.Registered.Code}, {Text: two.Registered.Code}, {Text: l.T("resemblance.equal")}}}
	for _, f := range lines(l) {
		a, b := f.of(one), f.of(two)
		same := page.Cell{Tone: page.Warn, Text: l.T("resemblance.equal.no")}
		switch {
		case f.aside:
			same = page.Cell{Text: "–"}
		case a == "" || b == "":
			same = page.Cell{Tone: page.Off, Text: l.T("page.unknown")}
		case strings.EqualFold(a, b):
			same = page.Cell{Tone: page.Good, Text: l.T("resemblance.equal.yes")}
		case f.like != nil && f.like(one, two):
			same = page.Cell{Tone: page.Info, Text: l.T("resemblance.equal.like")}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T(f.key)}, {Text: a}, {Text: b}, same}})
	}
	return t
}

// born writes a whole date in words; a year or a month stays as it was given.
func born(l *lang.Locale, text string) string {
	if t, err := time.ParseInLocation(time.DateOnly, text, l.Zone()); err == nil {
		return l.Date(t)
	}
	return text
}

func papers(l *lang.Locale, p casework.Person) string {
	var out []string
	for _, d := range p.Identity.Documents {
		out = append(out, strings.TrimSpace(l.T("casework.document."+d.Sort)+" "+d.Country+" "+d.Number))
	}
	return strings.Join(out, "; ")
}

func sameNames(one, two casework.Person) bool {
	return slices.ContainsFunc(one.Identity.Names, func(a string) bool {
		return slices.ContainsFunc(two.Identity.Names, func(b string) bool { return names.SameName(a, b) })
	})
}

func samePapers(one, two casework.Person) bool {
	return slices.ContainsFunc(one.Identity.Documents, func(a casework.Document) bool {
		return slices.ContainsFunc(two.Identity.Documents, func(b casework.Document) bool {
			return names.DocumentNumber(a.Number) == names.DocumentNumber(b.Number)
		})
	})
}
