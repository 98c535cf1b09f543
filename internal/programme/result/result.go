// SPDX-License-Identifier: EUPL-1.2

// Package result computes the results framework of a programme from the records of its rooms: which indicators say whether
// the programme comes nearer to its goals, and what each comes to.
//
// The room knows no other: what an indicator counts is given to it as a Source, which lists the records behind a figure, by
// whoever connects the rooms. The framework says how they add up (packages results and, here, Measure). An indicator without
// a source is not measured yet, which is not nothing; the page then says what it waits for.
//
// A figure is always a list: its page shows the records behind it, those that are in neither of its numbers and why, and
// those without a date, which belong to no period. Rates are computed anew from their sums whatever is chosen, never
// averaged; a lower bound in a sum makes it a lower bound; what nobody has counted is unknown and never 0.
package result

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/packs/results"
)

// Word is a code that items are parted by. What it is called is under Key in the catalogue, or is Text.
type Word struct{ Code, Key, Text string }

// Item is one record behind a figure.
type Item struct {
	Title, Lang string // Lang when it is a quotation in another language than the reader's
	Sub         string
	Href        string
	On          party.PartialDate // the day by which it belongs to a period
	Activity    string            // code of the activity that it is part of; its priorities are the item's
	Priorities  []int             // filled in from Activity
	Countries   []string
	Key         string                 // of Distinct: what it is one of
	In          bool                   // of Ratio: it is in the numerator
	Number      party.Uncertain        // of Sum
	Pairs       Pairs                  // of Paired
	By          map[string][]Word      // what else it is parted by
	Told        map[string]query.Range // of Told: the numbers of a protected table, by their codes
	Aside       string                 // why it is in neither number: "refused"; "" when it counts
}

// Pairs are people measured twice: how many, and how many of them reached the mark before and after.
type Pairs struct{ Of, Before, After int }

// Counted is what a source gives.
type Counted struct {
	Items []Item
	Of    int // of Distinct: how many there could be
}

// Source lists the records behind an indicator.
type Source struct {
	// Of names the kinds of dossiers that it reads: what an indicator comes to is kept until one of them changes.
	Of []string
	// Like is the indicator whose source lists the very same, so that they are read once for both; "" for none.
	Like string
	// List gives them as somebody may see them, in the words of a locale, as of a day.
	List func(ctx context.Context, w store.Who, l *lang.Locale, now time.Time) (Counted, error)
}

// records names what a source lists.
func (s Source) records(id string) string { return cmp.Or(s.Like, id) }

// Weight says of how many records it is kept.
func (c Counted) Weight() int { return len(c.Items) }

// bare leaves of records what they are counted by: no titles, no addresses, nothing that they are parted by.
func (c Counted) bare() Counted {
	out := Counted{Of: c.Of, Items: make([]Item, len(c.Items))}
	for i, x := range c.Items {
		out.Items[i] = Item{On: x.On, Activity: x.Activity, Countries: x.Countries, Key: x.Key, In: x.In, Number: x.Number, Pairs: x.Pairs, Told: x.Told, Aside: x.Aside}
	}
	return out
}

// Sources gives the sources by the ids of indicators.
type Sources map[string]Source

// Chosen is which part of the records is asked for; zero values are everything.
type Chosen struct {
	Year     int
	Priority int
	Country  string
}

// Aside are records that are in neither number of a figure, for one reason.
type Aside struct {
	Why   string
	Items []*Item
}

// Value is what an indicator comes to, with the records behind it.
type Value struct {
	Sums
	Items   []*Item // behind the figure
	Aside   []Aside // in neither of its numbers
	Undated []*Item // in no period, when one is asked for
}

// Sums is what an indicator comes to without the records.
type Sums struct {
	Measured bool
	Count    int    // of the records behind the figure
	Left     []Left // in neither of its numbers
	Dateless int    // in no period, when one is asked for
	N, Of    int    // of Count, Distinct and Ratio
	Number   party.Uncertain
	Unknown  int // of Sum: items whose number nobody knows
	Pairs    Pairs
	Told     map[string]query.Range // of Told, as far as offices told it
}

// Left is how many records are in neither number of a figure, for one reason.
type Left struct {
	Why string
	N   int
}

// in says whether an item is in what was chosen, and whether only its missing date keeps it out.
func (c Chosen) in(x *Item) (is, undated bool) {
	if c.Priority > 0 && !slices.Contains(x.Priorities, c.Priority) || c.Country != "" && !slices.Contains(x.Countries, c.Country) {
		return false, false
	}
	if c.Year == 0 {
		return true, false
	}
	if !x.On.Known() {
		return false, true
	}
	return x.On.First().Year() == c.Year && x.On.Last().Year() == c.Year, false
}

// Measure adds up what a source gives, as the framework says.
func Measure(x results.Indicator, all Counted, c Chosen) Value {
	v := Value{Sums: Sums{Measured: true}}
	for at := range all.Items {
		i := &all.Items[at]
		switch is, undated := c.in(i); {
		case undated && i.Aside == "":
			v.Undated = append(v.Undated, i)
		case !is:
		case i.Aside != "":
			v.aside(i)
		default:
			v.Items = append(v.Items, i)
		}
	}
	v.add(x.Adds, all.Of)
	return v
}

func (v *Value) aside(i *Item) {
	at := slices.IndexFunc(v.Aside, func(a Aside) bool { return a.Why == i.Aside })
	if at < 0 {
		at, v.Aside = len(v.Aside), append(v.Aside, Aside{Why: i.Aside})
	}
	v.Aside[at].Items = append(v.Aside[at].Items, i)
}

func (v *Value) add(way string, of int) {
	v.Count, v.N, v.Dateless, v.Left = len(v.Items), len(v.Items), len(v.Undated), nil
	for _, a := range v.Aside {
		v.Left = append(v.Left, Left{a.Why, len(a.Items)})
	}
	switch way {
	case results.Distinct:
		keys := map[string]bool{}
		for _, i := range v.Items {
			keys[i.Key] = true
		}
		v.N, v.Of = len(keys), of
	case results.Ratio:
		v.Of, v.N = len(v.Items), 0
		for _, i := range v.Items {
			if i.In {
				v.N++
			}
		}
	case results.Sum:
		var ns []party.Uncertain
		for _, i := range v.Items {
			ns = append(ns, i.Number)
		}
		v.Number, v.Unknown = party.Sum(ns...)
	case results.Rate:
		v.Measured = v.Count > 0
	case results.Told:
		v.addTold()
		v.Measured = v.Count > 0 // what nobody told is not measured, which is not nothing
	case results.Paired:
		for _, i := range v.Items {
			v.Pairs = Pairs{v.Pairs.Of + i.Pairs.Of, v.Pairs.Before + i.Pairs.Before, v.Pairs.After + i.Pairs.After}
		}
	}
}

// byState is the dimension that says where a record stands, which is what a share is made of.
const byState = "state"

// Part is what an indicator comes to for one code.
type Part struct {
	Word  Word
	Value Value
}

// Parts parts a value by one of the framework's dimensions. What is in several parts counts in each, so that parts do not add
// up to the whole; what says nothing on it is under the zero Word, last.
func (v Value) Parts(x results.Indicator, by string, of int) []Part {
	if x.Adds == results.Told && len(toldParts[by].parts) > 0 {
		return v.within(by)
	}
	var out []Part
	for _, i := range v.Items {
		words := i.words(by)
		if len(words) == 0 {
			words = []Word{{}}
		}
		for _, w := range words {
			at := slices.IndexFunc(out, func(p Part) bool { return p.Word == w })
			if at < 0 {
				at, out = len(out), append(out, Part{Word: w, Value: Value{Sums: Sums{Measured: true}}})
			}
			out[at].Value.Items = append(out[at].Value.Items, i)
		}
	}
	for i := range out {
		if out[i].Value.add(x.Adds, of); by == byState && x.Adds == results.Ratio { // how many stand so, of all that were counted
			out[i].Value.N, out[i].Value.Of = len(out[i].Value.Items), len(v.Items)
		}
	}
	return out
}

func (i *Item) words(by string) []Word {
	switch by {
	case "country":
		return wordsOf(i.Countries, func(c string) Word { return Word{Code: c} })
	case "priority":
		return wordsOf(i.Priorities, priorityWord)
	}
	return i.By[by]
}

func wordsOf[T any](xs []T, of func(T) Word) []Word {
	var out []Word
	for _, x := range xs {
		out = append(out, of(x))
	}
	return out
}
