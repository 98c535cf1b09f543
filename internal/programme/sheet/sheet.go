// SPDX-License-Identifier: EUPL-1.2

// Package sheet brings activities in from the tables that people keep: CSV and XLSX, with dates and words as they are written
// in French and in English.
//
// Read gives a file's table; Guess says which column of it is which field, and somebody may say otherwise; Plan reads every
// row by that mapping and says of each that it leaves out, and of each value that it cannot read, where it stands and why.
// Nothing has happened by then: a dry run is a Plan. Import writes a plan. An activity is known again by its code, or where
// the table has none by its kind and title; what the table does not say stays as it was; a second import of the same file
// changes nothing.
//
// A file is data from elsewhere: package workbook reads it within bounds, and no error quotes it.
package sheet

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/workbook"
)

// Field is a fact of an activity that a column can hold.
type Field string

// Fields lists them, in the order in which a mapping is shown. Only the title must be mapped.
func Fields() []Field {
	return []Field{"code", "title", "kind", "status", "dates", "start", "end", "countries", "priorities", "pillars", "partners", "note"}
}

// heads are the words of a table's head for each field.
var heads = map[Field][]string{
	"code":       {"code", "n°", "no", "numero", "ref", "reference", "id", "identifiant"},
	"title":      {"title", "titre", "intitule", "activite", "action", "activity", "libelle", "nom", "name", "projet", "project"},
	"kind":       {"kind", "type", "nature", "categorie", "category", "type d'activite", "type d'action"},
	"status":     {"status", "statut", "etat", "etat d'avancement", "avancement", "state"},
	"dates":      {"dates", "date", "date(s)", "periode", "period", "calendrier", "echeance", "quand", "when"},
	"start":      {"start", "debut", "date de debut", "start date", "du", "from"},
	"end":        {"end", "fin", "date de fin", "end date", "au", "to"},
	"countries":  {"countries", "country", "pays", "pays concernes", "pays ou territoires", "zone"},
	"priorities": {"priority", "priorities", "priorite", "priorites", "axe", "axes"},
	"pillars":    {"pillars", "pillar", "pilier", "piliers", "4p", "four ps"},
	"partners":   {"partners", "partner", "partenaire", "partenaires", "operateur", "operateurs"},
	"note":       {"note", "notes", "remarque", "remarques", "observations", "commentaire", "commentaires", "comment"},
}

// Table is a file's table: its head, and its rows with where each stands in the file.
type Table struct {
	Head []string
	Rows []Row
}

// Row is one line of a table, counted as the program shows it that wrote the file.
type Row struct {
	N     int
	Cells []string
}

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 8 << 20

var limits = workbook.Limits{File: MaxFile, Unpacked: 64 << 20, Rows: 20_000, Cells: 200, Cell: 8000}

// Read reads a file in CSV (comma, semicolon or tab) or XLSX: the first sheet, whose first line with two fields or more is the
// head. The error is an invalid fault.
func Read(src []byte) (Table, error) {
	var t Table
	err := workbook.Each(bytes.NewReader(src), int64(len(src)), limits, func(n int, cells []string) error {
		filled := len(slices.DeleteFunc(slices.Clone(cells), func(s string) bool { return strings.TrimSpace(s) == "" }))
		switch {
		case t.Head == nil && filled >= 2:
			t.Head = cells
		case t.Head != nil && filled > 0:
			t.Rows = append(t.Rows, Row{n, cells})
		}
		return nil
	})
	switch {
	case errors.Is(err, workbook.ErrLarge):
		return Table{}, fault.New(fault.Invalid, "sheet.file.large", "Max", MaxFile>>20)
	case err != nil:
		return Table{}, fault.New(fault.Invalid, "sheet.file.form")
	case t.Head == nil:
		return Table{}, fault.New(fault.Invalid, "sheet.file.empty")
	}
	return t, nil
}

// Mapping says in which column, counted from 0, each field stands. A field that is not in it is not in the table.
type Mapping map[Field]int

// Guess says which column of a table of activities is which field by the words of the head.
func Guess(head []string) Mapping { return GuessAmong(head, Fields(), heads) }

// GuessAmong is Guess for other fields, each with the words by which heads name it, in small letters without accents: whole
// words first, then how they begin.
func GuessAmong(head []string, fields []Field, words map[Field][]string) Mapping {
	m := Mapping{}
	taken := map[int]bool{}
	for _, fits := range []func(head, word string) bool{
		func(head, word string) bool { return head == word },
		func(head, word string) bool { return strings.HasPrefix(head, word+" ") && len(word) > 2 },
	} {
		for _, f := range fields {
			if _, ok := m[f]; ok {
				continue
			}
			for _, word := range words[f] {
				i := slices.IndexFunc(head, func(h string) bool { return fits(party.Plainly(strings.TrimRight(h, " :*")), word) })
				if i >= 0 && !taken[i] {
					m[f], taken[i] = i, true
					break
				}
			}
		}
	}
	return m
}

// With gives the mapping of a table of activities as somebody says it: fields by heads of the table. The error is an invalid
// fault that names the field.
func (m Mapping) With(head []string, said map[string]string) (Mapping, error) {
	return m.WithAmong(Fields(), head, said)
}

// WithAmong is With for other fields.
func (m Mapping) WithAmong(fields []Field, head []string, said map[string]string) (Mapping, error) {
	out := Mapping{}
	for f, i := range m {
		out[f] = i
	}
	var fs fault.Fields
	for name, h := range said {
		f := Field(name)
		i := slices.IndexFunc(head, func(x string) bool { return party.Plainly(x) == party.Plainly(h) })
		switch {
		case !slices.Contains(fields, f) || h != "" && i < 0:
			fs.Add(name, "sheet.want.column")
		case h == "":
			delete(out, f)
		default:
			out[f] = i
		}
	}
	return out, fs.Err()
}

var yearForm = regexp.MustCompile(`\b(20\d\d)\b`)

// YearOf gives the year that a table's own head or file name says, for dates without one; 0 for none or several.
func YearOf(texts ...string) int {
	found := 0
	for _, s := range texts {
		for _, m := range yearForm.FindAllString(s, -1) {
			y, _ := strconv.Atoi(m)
			if found != 0 && found != y {
				return 0
			}
			found = y
		}
	}
	return found
}
