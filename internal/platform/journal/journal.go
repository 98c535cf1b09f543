// SPDX-License-Identifier: EUPL-1.2

// Package journal holds what everything in an office is made of: entries, the dossiers that they
// form, and the folds that turn a dossier into what one sees.
//
// A dossier (one person's file, an activity, an agreement, a referral received) is an append-only
// list of entries. Its state is a pure function (a fold) of that list. The same entry is what the web
// form submits, what an offline device queues, what another office sends, what the log proves and
// what a test writes. Ids are made by the writer, so sending twice is harmless.
//
// A payload is one Go struct. Each top-level field names in its `part` tag the data category that it
// belongs to; Split and Join turn the struct into parts by category and back. Parts are sealed
// separately by the store, so a fold must accept that any part is missing: erased, or not for this
// reader.
package journal

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// Category is a data category of DOMAIN: D0 to D9 for people, PP to PS for the programme.
type Category string

// The closed list of categories.
const (
	D0 Category = "D0" // that a case exists, tracks, codes
	D1 Category = "D1" // contact safety
	D2 Category = "D2" // identity
	D3 Category = "D3" // account of exploitation
	D4 Category = "D4" // health and psychology
	D5 Category = "D5" // shelter location
	D6 Category = "D6" // legal file
	D7 Category = "D7" // stay
	D8 Category = "D8" // suspects
	D9 Category = "D9" // counts
	PP Category = "PP" // programme, public
	PI Category = "PI" // programme, internal
	PC Category = "PC" // contacts of participants and subscribers
	PB Category = "PB" // bank details
	PS Category = "PS" // scores and assessments
	OF Category = "OF" // the office's own affairs: accounts' roles, partners, terms, settings (clear)
)

// Categories lists all, in order.
func Categories() []Category {
	return []Category{D0, D1, D2, D3, D4, D5, D6, D7, D8, D9, PP, PI, PC, PB, PS, OF}
}

// Sealed says whether parts of this category are sealed at rest. Public and internal programme
// content and the office's own affairs are not.
func (c Category) Sealed() bool { return c != PP && c != PI && c != OF }

// Personal says whether a response with this category needs a read entry first.
func (c Category) Personal() bool {
	return strings.HasPrefix(string(c), "D") && c != D9 && c != D0 || c == PC || c == PB || c == PS
}

// Header is the clear part of an entry.
type Header struct {
	ID         ID        `json:"id"`                   // made by the writer
	Owner      ID        `json:"owner"`                // the office whose record this is
	Dossier    ID        `json:"dossier"`              //
	Kind       string    `json:"kind"`                 // dossier kind: person, activity, referral_in ...
	Revision   int64     `json:"revision"`             // 1, 2, 3 ... within the dossier; given by the store
	Base       int64     `json:"base"`                 // the revision that the writer had seen; 0 for none
	Type       string    `json:"type"`                 // entry type: "consent.given"
	Schema     int       `json:"schema"`               // version of the payload
	Actor      ID        `json:"actor"`                // account, or a named background job
	Purpose    string    `json:"purpose"`              //
	OccurredAt time.Time `json:"occurred_at"`          // when it happened, as the writer says, UTC
	RecordedAt time.Time `json:"recorded_at,omitzero"` // when the store committed it, UTC
}

// Entry is a header with its payload in parts. Parts holds what this reader may see; Missing says why
// others are absent.
type Entry struct {
	Header
	Parts   map[Category]json.RawMessage `json:"parts,omitempty"`
	Missing map[Category]Absence         `json:"missing,omitempty"`
}

// Absence is why a part is not there.
type Absence string

const (
	Hidden Absence = "hidden" // not for this reader
	Erased Absence = "erased" // its key was destroyed
)

// Has says whether the part of a category is readable here.
func (e Entry) Has(c Category) bool { _, ok := e.Parts[c]; return ok }

// In decodes the entry's visible parts into a payload. Fields of missing parts keep their zero value.
func In[T any](e Entry) (T, error) {
	var p T
	err := Join(e.Parts, &p)
	return p, err
}

// partIndex caches, per struct type, JSON field name -> category.
var partIndex sync.Map // reflect.Type -> map[string]Category

func partsOf(t reflect.Type) (map[string]Category, error) {
	if m, ok := partIndex.Load(t); ok {
		return m.(map[string]Category), nil
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("journal: payload %s is not a struct", t)
	}
	known := map[Category]bool{}
	for _, c := range Categories() {
		known[c] = true
	}
	m := map[string]Category{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Tag.Get("json") == "" { // its fields are the payload's own
			inner, err := partsOf(f.Type)
			if err != nil {
				return nil, err
			}
			for n, c := range inner {
				m[n] = c
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		c := Category(f.Tag.Get("part"))
		if name == "" || name == "-" || !known[c] {
			return nil, fmt.Errorf("journal: field %s.%s needs a json name and a part tag of a known category", t, f.Name)
		}
		m[name] = c
	}
	partIndex.Store(t, m)
	return m, nil
}

// PayloadCategories lists the categories that a payload type can write, sorted. It errs when a field
// lacks its tags, so registration finds that at start.
func PayloadCategories(payload any) ([]Category, error) {
	t := reflect.TypeOf(payload)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	m, err := partsOf(t)
	if err != nil {
		return nil, err
	}
	seen := map[Category]bool{}
	var cs []Category
	for _, c := range m {
		if !seen[c] {
			seen[c] = true
			cs = append(cs, c)
		}
	}
	sort.Slice(cs, func(i, j int) bool { return cs[i] < cs[j] })
	return cs, nil
}

// Split cuts a payload struct (or pointer to one) into canonical JSON objects by category: names sorted, no spaces.
// Fields with `omitempty` or `omitzero` that are empty leave no trace; a category with no field left has no part.
func Split(payload any) (map[Category]json.RawMessage, error) {
	v := reflect.ValueOf(payload)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	index, err := partsOf(v.Type())
	if err != nil {
		return nil, err
	}
	whole, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	fields := members(whole)
	slices.SortFunc(fields, func(a, b member) int { return strings.Compare(a.name, b.name) })
	out := map[Category]json.RawMessage{}
	for _, m := range fields {
		c := index[m.name]
		if out[c] == nil {
			out[c] = append(make(json.RawMessage, 0, len(whole)), '{')
		} else {
			out[c] = append(out[c], ',')
		}
		out[c] = append(out[c], m.text...)
	}
	for c := range out {
		out[c] = append(out[c], '}')
	}
	return out, nil
}

// member is one member of a JSON object: its name, and its text with the name.
type member struct {
	name string
	text []byte
}

// members cuts an object as json.Marshal writes it, without spaces; names are those of our fields, without escapes.
func members(object []byte) []member {
	var out []member
	start, colon, depth, quoted := 1, 0, 0, false
	for i := 1; i < len(object); i++ {
		switch c := object[i]; {
		case quoted && c == '\\':
			i++ // what is escaped ends nothing
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ':' && colon == 0:
			colon = i
		case depth == 0 && (c == ',' || c == '}'):
			if colon > 0 {
				out = append(out, member{string(object[start+1 : colon-1]), object[start:i]})
			}
			start, colon = i+1, 0
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return out
}

// Join decodes parts into a payload struct.
func Join(parts map[Category]json.RawMessage, payload any) error {
	for _, c := range Categories() {
		if raw, ok := parts[c]; ok {
			if err := json.Unmarshal(raw, payload); err != nil {
				return fmt.Errorf("journal: part %s: %w", c, err)
			}
		}
	}
	return nil
}

// Missing gives why parts of entries are not there, by category.
func Missing(es []Entry) map[Category]Absence {
	out := map[Category]Absence{}
	for _, e := range es {
		for c, why := range e.Missing {
			out[c] = why
		}
	}
	return out
}

// Miss notes that the part of a category is not there, and why.
func (e *Entry) Miss(c Category, why Absence) {
	if e.Missing == nil {
		e.Missing = map[Category]Absence{}
	}
	e.Missing[c] = why
}
