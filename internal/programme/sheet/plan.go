// SPDX-License-Identifier: EUPL-1.2

package sheet

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Dropped is something of the table that is not imported: a whole row (no field), or what stands in one field of it.
type Dropped struct {
	Row   int    `json:"row"`
	Field Field  `json:"field,omitempty"`
	Why   string `json:"why"` // key of the catalogue
}

// Item is one row as it will be written.
type Item struct {
	Row     int
	Code    string
	Says    map[Field]string // what the row says, for whoever looks before it is written
	changes func(*activity.Imported)
}

// Planned is what an import of a table would do.
type Planned struct {
	Items   []Item
	Dropped []Dropped
}

// Asked is what a plan needs to know beside the table.
type Asked struct {
	Document  string // what a reader would look for: where the table comes from
	Language  string // of its texts, BCP 47
	Year      int    // of dates without one; 0 takes it from the document's name where that has exactly one
	Countries map[string]string
	Partners  map[string]journal.ID // organisations by their names in small letters
	By        journal.ID            // who brings it in, where somebody does on a page
}

// CountryNames gives the countries and territories of some codes by their names in some languages, and by their codes.
func CountryNames(codes []string, locales ...*lang.Locale) map[string]string {
	out := map[string]string{}
	for _, c := range codes {
		out[party.Plainly(c)] = c
		for _, l := range locales {
			out[party.Plainly(l.Country(c))] = c
		}
	}
	return out
}

// Plan reads a table by a mapping. The error is an invalid fault: the title has no column.
func Plan(t Table, m Mapping, a Asked) (Planned, error) {
	if _, ok := m["title"]; !ok {
		return Planned{}, fault.New(fault.Invalid, "sheet.want.title")
	}
	if a.Year == 0 {
		a.Year = YearOf(a.Document)
	}
	var p Planned
	seen := map[string]bool{}
	for _, row := range t.Rows {
		r := reading{Asked: a, row: row, m: m, says: map[Field]string{}}
		item, why := r.item()
		switch {
		case why != "":
			p.Dropped = append(p.Dropped, Dropped{Row: row.N, Why: why})
			continue
		case seen[item.Code]:
			p.Dropped = append(p.Dropped, Dropped{Row: row.N, Field: "code", Why: "sheet.why.twice"})
			continue
		}
		seen[item.Code] = true
		p.Items, p.Dropped = append(p.Items, item), append(p.Dropped, r.dropped...)
	}
	return p, nil
}

// reading is one row in the reading.
type reading struct {
	Asked
	row     Row
	m       Mapping
	says    map[Field]string
	dropped []Dropped
}

func (r *reading) text(f Field) string {
	i, ok := r.m[f]
	if !ok || i >= len(r.row.Cells) {
		return ""
	}
	s := strings.Join(strings.Fields(r.row.Cells[i]), " ")
	if s != "" {
		r.says[f] = s
	}
	return s
}

func (r *reading) drop(f Field, why string) {
	r.dropped = append(r.dropped, Dropped{r.row.N, f, "sheet.why." + why})
	delete(r.says, f)
}

const maxTitle = 1000

// item reads the row; why is the key of what makes it no activity.
func (r *reading) item() (Item, string) {
	title := r.text("title")
	switch {
	case title == "":
		return Item{}, "sheet.why.title"
	case len(title) > maxTitle:
		return Item{}, "sheet.why.long"
	}
	kind, known := KindOf(r.text("kind"))
	if r.says["kind"] != "" && !known {
		r.drop("kind", "kind")
	}
	if !known {
		kind = "event"
	}
	code := strings.ToUpper(r.text("code"))
	if code == "" {
		id := provenance.ID("activity of a table", string(kind), party.Plainly(title))
		code = "T-" + strings.ToUpper(hex.EncodeToString(id[:5]))
	}
	if !activity.IsCode(code) {
		return Item{}, "sheet.why.code"
	}
	facts := []func(*activity.Imported){func(v *activity.Imported) {
		if v.Title = title; v.Kind == "" || known {
			v.Kind = kind
		}
	}}
	for _, f := range []func() func(*activity.Imported){r.status, r.dates, r.countries, r.priorities, r.pillars, r.partners, r.note} {
		if x := f(); x != nil {
			facts = append(facts, x)
		}
	}
	return Item{r.row.N, code, r.says, func(v *activity.Imported) {
		for _, f := range facts {
			f(v)
		}
	}}, ""
}

func (r *reading) status() func(*activity.Imported) {
	s := r.text("status")
	v, ok := StatusOf(s)
	if s != "" && !ok {
		r.drop("status", "status")
	}
	if !ok {
		return nil
	}
	return func(x *activity.Imported) { x.Status = v }
}

// dates reads the span in one column, else the two ends in theirs. How the table says it is kept beside what was read.
func (r *reading) dates() func(*activity.Imported) {
	read := func(f Field) (start, end party.PartialDate) {
		s := r.text(f)
		if s == "" {
			return
		}
		start, end, ok := party.WrittenDates(s, r.Year)
		if !ok {
			r.drop(f, "date")
		}
		return start, end
	}
	start, end := read("dates")
	s, until := read("start")
	if s.Known() {
		start = s
	}
	_, e := read("end")
	if e.Known() {
		end = e
	}
	if s.Known() && until != s && !e.Known() && r.says["dates"] == "" {
		r.drop("start", "span") // a table that has a column of beginnings says there when something begins
	}
	if end.Before(start) {
		r.drop("end", "order")
		end = party.PartialDate{}
	}
	said := r.says["dates"]
	if !start.Known() && !end.Known() {
		return nil
	}
	return func(x *activity.Imported) {
		x.Start, x.End, x.DateNote = start, end, ""
		if said != "" && said != start.String() {
			x.DateNote = said
		}
	}
}

func (r *reading) many(f Field) []string {
	return strings.FieldsFunc(r.text(f), func(c rune) bool { return strings.ContainsRune(",;|/\n", c) })
}

func (r *reading) countries() func(*activity.Imported) {
	var out []string
	for _, s := range r.many("countries") {
		c := r.Countries[party.Plainly(s)]
		if c == "" {
			r.drop("countries", "country")
			continue
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return func(x *activity.Imported) { x.Countries = out }
}

func (r *reading) priorities() func(*activity.Imported) {
	var out []int
	for _, s := range r.many("priorities") {
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(party.Plainly(s), "priorite "), "axe ")))
		if err != nil || n < 1 || n > 99 {
			r.drop("priorities", "priority")
			continue
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return func(x *activity.Imported) { x.Priorities = out }
}

func (r *reading) pillars() func(*activity.Imported) {
	var out []string
	for _, s := range r.many("pillars") {
		if p := strings.ToUpper(strings.TrimSpace(s)); slices.Contains(activity.Pillars(), p) {
			out = append(out, p)
			continue
		}
		r.drop("pillars", "pillar")
	}
	if len(out) == 0 {
		return nil
	}
	return func(x *activity.Imported) { x.Pillars = out }
}

// partners are found by their names; whoever the office does not know is left out and told.
func (r *reading) partners() func(*activity.Imported) {
	var out []activity.Partner
	for s := range strings.FieldsFuncSeq(r.text("partners"), func(c rune) bool { return strings.ContainsRune(";|\n", c) }) {
		id, ok := r.Partners[strings.ToLower(strings.TrimSpace(s))]
		if !ok {
			r.drop("partners", "partner")
			continue
		}
		out = append(out, activity.Partner{Organisation: id, Role: "collaborator"})
	}
	if len(out) == 0 {
		return nil
	}
	return func(x *activity.Imported) {
		for _, p := range out {
			if !slices.ContainsFunc(x.Partners, func(q activity.Partner) bool { return q.Organisation == p.Organisation }) {
				x.Partners = append(slices.Clone(x.Partners), p)
			}
		}
	}
}

const maxNote = 2000

func (r *reading) note() func(*activity.Imported) {
	s := r.text("note")
	if len(s) > maxNote {
		r.drop("note", "long")
		return nil
	}
	if s == "" {
		return nil
	}
	return func(x *activity.Imported) { x.Note = s }
}

// over gives what is known once the row has been read: what stood there, under what the row says. The table is one more source
// of it, named once.
func (i Item) over(now activity.Imported, a Asked) activity.Imported {
	v := now
	i.changes(&v)
	v.Code = i.Code
	if v.Language == "" {
		v.Language = a.Language
	}
	if !slices.ContainsFunc(v.Sources, func(s party.Source) bool { return s.Document == a.Document }) {
		v.Sources = append(slices.Clone(v.Sources), party.Source{Document: a.Document, Lines: strconv.Itoa(i.Row)})
	}
	return v
}
