// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// What is counted that happened first: the offer of reflection and the steps of a claim.
const (
	firstOffer   = "offer"
	firstFiled   = "filed"
	firstAwarded = "awarded"
	firstPaid    = "paid"
	firstRefused = refused
)

// note keeps when something that is counted first happened.
func (s *State) note(e journal.Entry) error {
	first := func(what string) {
		if _, known := s.first[what]; !known {
			s.first[what] = e.OccurredAt
		}
	}
	switch e.Type {
	case "right.reflection_offered", "right.reflection_started":
		first(firstOffer)
	case "right.justice":
		return in(e, func(v Justice) {
			if v.Thread == "claim" && slices.Contains([]string{firstFiled, firstAwarded, firstPaid, firstRefused}, v.Step) {
				first(v.Step)
			}
		})
	}
	return nil
}

// Counted is what figures know of a person's rights: languages and days, empty where it did not happen.
type Counted struct {
	Told    []CountedTold `json:"told,omitempty"`
	Offered string        `json:"offered,omitempty"` // reflection
	Exempt  bool          `json:"exempt,omitempty"`  // it does not apply
	Filed   string        `json:"filed,omitempty"`   // a claim for compensation
	Awarded string        `json:"awarded,omitempty"`
	Paid    string        `json:"paid,omitempty"`
	Refused string        `json:"refused,omitempty"`
}

// CountedTold is one time at which rights were explained.
type CountedTold struct {
	On       string `json:"on"`
	Language string `json:"language"`
}

// Counts gives what figures know of a person's rights.
func (s State) Counts() Counted {
	day := func(what string) string {
		if t, ok := s.first[what]; ok {
			return t.UTC().Format(time.DateOnly)
		}
		return ""
	}
	c := Counted{Offered: day(firstOffer), Exempt: s.Reflection.Status == NotApplicable, Filed: day(firstFiled), Awarded: day(firstAwarded), Paid: day(firstPaid), Refused: day(firstRefused)}
	for _, t := range s.Told {
		c.Told = append(c.Told, CountedTold{t.At.UTC().Format(time.DateOnly), t.Language})
	}
	return c
}

// Row is one person as this room counts her. Days are empty where it did not happen.
type Row struct {
	Person    journal.ID
	On        string // the day on which the file was opened
	Presumed  string // the day on which reasonable grounds were found
	Age, Sex  string
	Languages []string // that she speaks
	Counted
}

// Rows reads all persons that may be counted, as the job "statistics".
type Rows func(ctx context.Context, w store.Who, f func(Row) error) error

// Timely lists whether something that is due on a day was done: on it, later, not, or that it does not apply.
func Timely() []string { return []string{"same_day", "later", "no", "not_applicable"} }

// Telling lists whether somebody was told her rights: in a language that she speaks, in another one only, not.
func Telling() []string { return []string{"own_language", "other_language", "no"} }

// Sources lists what can be counted of rights: what was explained to people and what they claimed, and whether what is due on
// the day on which somebody is presumed was done on it.
func Sources(rows Rows) []source.Source {
	age, sex := source.Column{Code: "age", Values: []string{"child", "adult"}, List: "count.age"}, source.Column{Code: "sex", Values: []string{"f", "m", "x"}, List: "referral.sex"}
	is := func(code string) source.Column {
		return source.Column{Code: code, Values: source.Is(), List: "count.is"}
	}
	return []source.Source{
		{Code: "rights", Version: "2026-1", Most: 1, Kinds: []string{access.KindPerson},
			Columns: []source.Column{age, sex, {Code: "told", Values: Telling(), List: "count.told"}, is("applied"), is("awarded"), is("received")},
			Read: rows.reads(func(r Row) (string, map[string]string) {
				return r.On, map[string]string{"told": r.told(), "applied": source.Yes(r.Filed != ""), "awarded": source.Yes(r.Awarded != ""), "received": source.Yes(r.Paid != "")}
			})},
		{Code: "clocks", Version: "2026-1", Most: 1, Kinds: []string{access.KindPerson},
			Columns: []source.Column{age, sex, {Code: "informed", Values: Timely(), List: "count.timely"}, {Code: "reflection", Values: Timely(), List: "count.timely"}},
			Read: rows.reads(func(r Row) (string, map[string]string) {
				informed, reflection := "", timely(r.Presumed, r.Offered)
				if len(r.Told) > 0 {
					informed = r.Told[0].On
				}
				if r.Exempt && r.Offered == "" {
					reflection = "not_applicable"
				}
				return r.Presumed, map[string]string{"informed": timely(r.Presumed, informed), "reflection": reflection}
			})},
	}
}

func (rows Rows) reads(of func(Row) (day string, answers map[string]string)) func(context.Context, store.Who, source.Period, func(source.Record) error) error {
	return func(ctx context.Context, w store.Who, p source.Period, add func(source.Record) error) error {
		return rows(ctx, w, func(r Row) error {
			day, answers := of(r)
			on, err := time.Parse(time.DateOnly, day)
			if err != nil || !p.Has(on) { // it has not happened
				return nil
			}
			rec := source.Record{Person: r.Person, On: on, Says: map[string][]string{"age": {r.Age}, "sex": {r.Sex}}}
			for column, answer := range answers {
				rec.Says[column] = []string{answer}
			}
			return add(rec)
		})
	}
}

// timely says whether something was done on a day or before; days sort as text.
func timely(due, done string) string {
	switch {
	case done == "":
		return "no"
	case done <= due:
		return "same_day"
	}
	return "later"
}

// told says whether she was told her rights in a language that she speaks: Serbian in either script is one.
func (r Row) told() string {
	if len(r.Told) == 0 {
		return "no"
	}
	base := func(tag string) string { b, _, _ := strings.Cut(tag, "-"); return b }
	for _, t := range r.Told {
		if slices.ContainsFunc(r.Languages, func(l string) bool { return base(l) == base(t.Language) }) {
			return "own_language"
		}
	}
	return "other_language"
}
