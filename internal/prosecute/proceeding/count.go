// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/packs/offences"
)

// Counted is what figures know of a proceeding: codes and days, no name, no number, no court, no amount. It is sealed as a part of
// its own (D9), written with each entry, and read by the job that counts. What was erased is not in it.
type Counted struct {
	Country    string        `json:"country"`
	Articles   []string      `json:"articles"`
	Forms      []string      `json:"forms,omitempty"`
	Opened     string        `json:"opened"`
	Stage      string        `json:"stage"`
	Awarded    string        `json:"awarded,omitempty"` // compensation: yes, no, "" for unknown
	Paid       string        `json:"paid,omitempty"`
	Finances   string        `json:"finances,omitempty"`
	Seized     string        `json:"seized,omitempty"`
	Unpunished string        `json:"unpunished,omitempty"`
	Erased     bool          `json:"erased,omitempty"` // its period is over: what was sealed of it is unknown
	Lines      []CountedLine `json:"lines,omitempty"`
}

// CountedLine is what figures know of one defendant.
type CountedLine struct {
	N       int        `json:"n"`
	Charged string     `json:"charged,omitempty"`
	Sex     string     `json:"sex,omitempty"`
	Age     string     `json:"age,omitempty"`
	Citizen string     `json:"citizen,omitempty"`
	Decided []Decision `json:"decided,omitempty"`
}

// counted gives what figures know of a proceeding; nil of one that another office or proceeding goes on with, or that was a mistake.
func (s State) counted() *Counted {
	if s.Ended != "" && s.Ended != Expired {
		return nil
	}
	c := &Counted{Country: s.Charge.Country, Articles: s.Charge.Articles, Opened: s.Charge.Opened, Stage: s.Stage(), Erased: s.Ended != ""}
	if !c.Erased {
		c.Forms, c.Finances, c.Seized, c.Unpunished = s.Charge.Forms, s.Redress.Finances, s.Redress.Seized, s.Victims.Unpunished
		if s.Redress.Ordered > 0 {
			c.Awarded, c.Paid = "yes", source.Yes(s.Redress.Paid > 0)
		}
	}
	for _, l := range s.Live() {
		x := CountedLine{N: l.N, Charged: l.Charged, Decided: slices.Clone(l.Decisions)}
		if !c.Erased {
			x.Sex, x.Age, x.Citizen = l.Sex, l.Age, l.Citizen
		}
		for i := range x.Decided {
			if c.Erased {
				x.Decided[i].Months, x.Decided[i].Suspended = 0, false
			}
		}
		c.Lines = append(c.Lines, x)
	}
	return c
}

// Sentences lists the spans that a sentence is told in.
func Sentences() []string {
	return []string{"none", "suspended", "m12", "m60", "m120", "longer"}
}

func sentence(d Decision, erased bool) string {
	switch {
	case d.Outcome != "convicted" || erased:
		return ""
	case d.Months == 0:
		return "none"
	case d.Suspended:
		return "suspended"
	case d.Months <= 12:
		return "m12"
	case d.Months <= 60:
		return "m60"
	case d.Months <= 120:
		return "m120"
	}
	return "longer"
}

// Counting is what the count of proceedings needs.
type Counting struct {
	Store *store.Store
	Law   Law
}

// Sources lists what can be counted of proceedings: themselves, by the day on which they were opened; who was prosecuted, by the
// day of the charge; who was judged, by the day of the first decision. "core" says whether an article that figures of
// prosecutions count is among those charged.
func (c Counting) Sources() []source.Source {
	is := func(code string) source.Column {
		return source.Column{Code: code, Values: source.Is(), List: "count.is"}
	}
	country, forms := source.Column{Code: "country", Values: c.Law.Countries, List: "country"}, source.Column{Code: "forms", Values: Forms(), List: "count.form", Several: true}
	outcome := func(code string) source.Column {
		return source.Column{Code: code, Values: Outcomes(), List: "proceeding.outcome"}
	}
	person := []source.Column{{Code: "age", Values: Ages(), List: "count.age"}, {Code: "sex", Values: Sexes(), List: "referral.sex"}, {Code: "citizenship", Values: c.Law.Countries, List: "country"}, forms, country, is("core")}
	of := func(code string, read func(*Counted, func(source.Record) error, journal.ID) error, columns ...source.Column) source.Source {
		return source.Source{Code: code, Version: "2026-1", Most: 1, Kinds: []string{access.KindProceeding}, Columns: columns, Read: c.reads(read)}
	}
	return []source.Source{
		of("proceedings", c.proceeding, source.Column{Code: "stage", Values: Stages(), List: "proceeding.stage"}, forms, country, is("core"), is("awarded"), is("paid"), is("finances"), is("seized"),
			source.Column{Code: "unpunished", Values: Unpunished(), List: "proceeding.unpunished"}),
		of("prosecutions", c.prosecuted, append(slices.Clone(person), outcome("stands"), is("final"))...),
		of("judgments", c.judged, append(slices.Clone(person), outcome("outcome"), outcome("stands"), is("final"), source.Column{Code: "sentence", Values: Sentences(), List: "proceeding.sentence"})...),
	}
}

// core says whether an article that figures count is among those charged; "" where only articles are that no list has.
func (c Counting) core(articles []string) string {
	out := "no"
	for _, code := range articles {
		switch _, a, _ := c.Law.Pack.Find(code); {
		case a.Core:
			return "yes"
		case code == offences.Other:
			out = ""
		}
	}
	return out
}

func (c Counting) reads(count func(*Counted, func(source.Record) error, journal.ID) error) func(context.Context, store.Who, source.Period, func(source.Record) error) error {
	return func(ctx context.Context, w store.Who, p source.Period, add func(source.Record) error) error {
		in := func(r source.Record) error {
			if !p.Has(r.On) {
				return nil
			}
			return add(r)
		}
		return c.Store.Each(ctx, w, store.Query{Kind: access.KindProceeding}, func(r store.Row) error {
			s, err := store.Summary[Summary](r)
			if err != nil {
				return err
			}
			if s.Counted == nil {
				return nil
			}
			return count(s.Counted, in, r.Ref.ID)
		})
	}
}

func (c Counting) proceeding(x *Counted, add func(source.Record) error, id journal.ID) error {
	return add(source.Record{Person: id, On: day(x.Opened), Says: map[string][]string{"stage": {x.Stage}, "forms": x.Forms, "country": {x.Country}, "core": {c.core(x.Articles)},
		"awarded": {x.Awarded}, "paid": {x.Paid}, "finances": {x.Finances}, "seized": {x.Seized}, "unpunished": {x.Unpunished}}})
}

// says gives what both counts of persons say of one.
func (c Counting) says(x *Counted, l CountedLine) map[string][]string {
	out := map[string][]string{"age": {l.Age}, "sex": {l.Sex}, "citizenship": {l.Citizen}, "forms": x.Forms, "country": {x.Country}, "core": {c.core(x.Articles)}, "final": {"no"}}
	if n := len(l.Decided); n > 0 {
		out["stands"], out["final"] = []string{l.Decided[n-1].Outcome}, []string{source.Yes(l.Decided[n-1].Final)}
	}
	return out
}

func (c Counting) prosecuted(x *Counted, add func(source.Record) error, id journal.ID) error {
	for _, l := range x.Lines {
		if l.Charged == "" {
			continue
		}
		if err := add(source.Record{Person: lineOf(id, l.N), On: day(l.Charged), Says: c.says(x, l)}); err != nil {
			return err
		}
	}
	return nil
}

func (c Counting) judged(x *Counted, add func(source.Record) error, id journal.ID) error {
	for _, l := range x.Lines {
		if len(l.Decided) == 0 {
			continue
		}
		says, first := c.says(x, l), l.Decided[0]
		says["outcome"], says["sentence"] = []string{first.Outcome}, []string{sentence(first, x.Erased)}
		if err := add(source.Record{Person: lineOf(id, l.N), On: day(first.On), Says: says}); err != nil {
			return err
		}
	}
	return nil
}

// lineOf gives an id of one defendant of one proceeding. Nobody knows here whether two lines of two proceedings are one person.
func lineOf(id journal.ID, n int) journal.ID {
	last := id[len(id)-4:]
	binary.BigEndian.PutUint32(last, binary.BigEndian.Uint32(last)^uint32(n)) // #nosec G115 -- a role number is at most maxN
	return id
}
