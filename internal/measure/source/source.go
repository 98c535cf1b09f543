// SPDX-License-Identifier: EUPL-1.2

// Package source says what an office can count: which records there are, what each may say, and how they are read. A wing
// registers its sources; measure counts them and knows no wing.
//
// What a column may say is a closed list that was there before the data: code lists of the program and of the packs, never
// what happens to occur. Blank is unknown, which is an answer of its own, the last of every column, and never "no".
//
// A source gives codes, no name and no id that anybody outside the office knows. It is read by the job "statistics", through
// the store, as everything else.
package source

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Unknown is the code of a blank: the last value of every column.
const Unknown = "unknown"

// Column is one question with its closed list of answers.
type Column struct {
	// Code names the column: lower-case letters, digits and underscores. Its word is measure.column.<code> in the catalogue.
	Code string
	// Values are the codes of answers without Unknown, which Domain adds. Their words are <List>.<value> in the catalogue, or the
	// names of countries where List is "country".
	Values []string
	List   string
	// Several says that one record may give several answers, as forms of exploitation are. It is counted as one column for each
	// value, named <code>.<value>, that says yes, no or unknown: all are unknown where nothing is known, so that a share is over
	// records with any value.
	Several bool
	// Title is what a table that was brought in calls the column, and Key the catalogue's word for it, where there is one: in
	// place of measure.column.<code>.
	Title, Key string
}

// Source is one population that can be counted.
type Source struct {
	// Code names it: "persons", "screenings". Its word is measure.source.<code>, and what exactly is counted
	// measure.source.<code>.means.
	Code string
	// Title names a table that was brought in, in place of a word; "" where records are the office's own. What its columns may
	// say is what occurs in it.
	Title string
	// Years are the calendar years that such a table is of, ascending.
	Years []int
	// Version changes when a column or list does: figures of two versions are not compared without saying so.
	Version string
	Columns []Column
	// Most is how many records of one person are counted, those of the earliest date: the cap that a promise to the person
	// rests on. 1 where a record is a person.
	Most int
	// Kinds are the kinds of dossiers that are read, for what was counted before and has not changed since.
	Kinds []string
	// Read gives the records whose date lies in a period, in any order. w is the job "statistics" with its purpose.
	Read func(ctx context.Context, w store.Who, p Period, add func(Record) error) error
}

// Period is the days from the first up to but not including the second, in the office's calendar.
type Period struct{ From, Until time.Time }

// Has says whether a moment lies in the period.
func (p Period) Has(t time.Time) bool { return !t.Before(p.From) && t.Before(p.Until) }

// Year gives a calendar year in UTC.
func Year(y int) Period {
	return Period{time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(y+1, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// Record is one row of a source.
type Record struct {
	Person journal.ID // whose record it is: only for the cap, never counted
	On     time.Time
	// Says gives the answers by the columns' codes; what is not in it, or not in the column's list, is unknown.
	Says map[string][]string
}

// Domain gives the columns as they are counted: those that take several answers opened, Unknown added.
func (s Source) Domain() table.Domain {
	var d table.Domain
	for _, c := range s.Columns {
		if !c.Several {
			d.Columns = append(d.Columns, table.Column{Name: c.Code, Values: append(slices.Clone(c.Values), Unknown)})
			continue
		}
		for _, v := range c.Values {
			d.Columns = append(d.Columns, table.Column{Name: c.Code + "." + v, Values: []string{"yes", "no", Unknown}})
		}
	}
	return d
}

// Coded reads a source's records of a period as codes of its Domain, capped. Errors: the source's; Invalid where there are
// more than can be counted.
func (s Source) Coded(ctx context.Context, w store.Who, p Period) (*table.Records, error) {
	byPerson := map[journal.ID][]Record{}
	var order []journal.ID
	err := s.Read(ctx, w, p, func(r Record) error {
		if !p.Has(r.On) {
			return nil
		}
		if len(byPerson[r.Person]) == 0 {
			order = append(order, r.Person)
		}
		byPerson[r.Person] = append(byPerson[r.Person], r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out, err := table.NewRecords(s.Domain(), len(order))
	if err != nil {
		return nil, err
	}
	inorder.By(order, func(a, b journal.ID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range order {
		rs := byPerson[id]
		inorder.Stably(rs, func(a, b Record) int { return a.On.Compare(b.On) })
		for _, r := range rs[:min(max(s.Most, 1), len(rs))] {
			if err := out.Add(s.codes(r)...); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (s Source) codes(r Record) []uint16 {
	var out []uint16
	for _, c := range s.Columns {
		said := r.Says[c.Code]
		if !c.Several {
			at := -1
			if len(said) == 1 {
				at = slices.Index(c.Values, said[0])
			}
			if at < 0 {
				at = len(c.Values)
			}
			out = append(out, uint16(at))
			continue
		}
		known := slices.ContainsFunc(said, func(v string) bool { return slices.Contains(c.Values, v) })
		for _, v := range c.Values {
			switch {
			case slices.Contains(said, v):
				out = append(out, 0)
			case known:
				out = append(out, 1)
			default:
				out = append(out, 2)
			}
		}
	}
	return out
}

// Sources are those that an office has, by code.
type Sources []Source

// Find gives a source by its code. Error: NotFound.
func (all Sources) Find(code string) (Source, error) {
	for _, s := range all {
		if s.Code == code {
			return s, nil
		}
	}
	return Source{}, fault.New(fault.NotFound, "measure.need.source")
}
