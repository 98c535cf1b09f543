// SPDX-License-Identifier: EUPL-1.2

// Package record reads and writes activities in the form of the International Aid Transparency Initiative, version 2.03.
//
// A Reader takes one activity after another out of a file of any size and keeps what the standard knows: elements,
// attributes, texts in every language. What is of another vocabulary, or of none, is left out and counted by its
// path. What the standard would refuse (a missing child, a date that is none) is kept as far as it can be, and
// counted too; whoever wants to be strict refuses a file with such a count. A Writer puts activities back in the
// standard's order.
//
// Amounts are decimal numbers of any length and are never rounded.
package record

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Element is an element of an activity, or a whole activity: its attributes, and either a text or children in the
// standard's order.
type Element struct {
	Name string            `json:"n"`
	Attr map[string]string `json:"a,omitempty"`
	Text string            `json:"t,omitempty"`
	Kids []Element         `json:"k,omitempty"`
}

// Language is the name of the attribute that says a text's language.
const Language = "xml:lang"

// All gives the elements that a path of names leads to, in their order.
func (e Element) All(path ...string) []Element {
	level := []Element{e}
	for _, name := range path {
		var next []Element
		for _, x := range level {
			for _, k := range x.Kids {
				if k.Name == name {
					next = append(next, k)
				}
			}
		}
		level = next
	}
	return level
}

// First gives the first element that a path leads to; the zero Element when there is none.
func (e Element) First(path ...string) Element {
	if all := e.All(path...); len(all) > 0 {
		return all[0]
	}
	return Element{}
}

// Identifier gives an activity's identifier, without spaces around it.
func (e Element) Identifier() string { return e.First("iati-identifier").Text }

// Words gives the narratives of an element of the activity e; a narrative that names no language is in the activity's,
// or in "und" where that is not said either. The first is the original; several in one language become one text.
func (e Element) Words(of Element) wording.Text {
	var t wording.Text
	for _, n := range of.All("narrative") {
		l := language(n.Attr[Language], e.Attr[Language])
		text := strings.TrimSpace(strings.ToValidUTF8(n.Text, "\uFFFD"))
		if text == "" {
			continue
		}
		if before, ok := t.By[l]; ok && before.Text != text {
			text = before.Text + "\n" + text
		}
		t = t.With(l, text)
	}
	return t
}

// Undetermined is the tag of a text whose language nobody has said.
const Undetermined = "und"

func language(tags ...string) string {
	for _, tag := range tags {
		base, rest, _ := strings.Cut(strings.TrimSpace(tag), "-")
		if base = strings.ToLower(base); len(base) < 2 || len(base) > 3 || !languageForm.MatchString(tag) {
			continue
		}
		if rest != "" && len(rest) <= 8 && len(rest) > 1 && !strings.Contains(rest, "-") {
			return base + "-" + rest
		}
		return base
	}
	return Undetermined
}

// Title gives the activity's title.
func (e Element) Title() wording.Text { return e.Words(e.First("title")) }

// The codes of activity dates.
const (
	PlannedStart = "1"
	ActualStart  = "2"
	PlannedEnd   = "3"
	ActualEnd    = "4"
)

// Date gives the first known date of those types, in the order of the types.
func (e Element) Date(types ...string) party.PartialDate {
	for _, typ := range types {
		for _, d := range e.All("activity-date") {
			if day, err := party.ParseDate(first(d.Attr["iso-date"], 10)); d.Attr["type"] == typ && err == nil && day.Known() {
				return day
			}
		}
	}
	return party.PartialDate{}
}

func first(s string, n int) string { return s[:min(n, len(s))] }

// Countries lists the codes of the countries or territories that receive, of the activity and of its transactions.
func (e Element) Countries() []string {
	var out []string
	for _, c := range append(e.All("recipient-country"), e.All("transaction", "recipient-country")...) {
		if code := strings.ToUpper(c.Attr["code"]); len(code) == 2 && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// Money is an amount with what it is for: the type of a transaction. Currency is "" where nobody says it.
type Money struct{ Type, Currency, Value string }

// Transactions lists the amounts of an activity's transactions.
func (e Element) Transactions() []Money {
	var out []Money
	for _, t := range e.All("transaction") {
		v := t.First("value")
		m := Money{Type: t.First("transaction-type").Attr["code"], Currency: v.Attr["currency"], Value: v.Text}
		if m.Currency == "" {
			m.Currency = e.Attr["default-currency"]
		}
		out = append(out, m)
	}
	return out
}
