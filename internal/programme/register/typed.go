// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Divider parts the values of a list in one cell of a file.
const Divider = "|"

// Typed is what somebody typed into a form, or what stands in a line of a file, by the names of fields. Reading what is not
// what it should be notes the field as wrong; all of them are told at once.
type Typed struct {
	Wrong  fault.Fields
	Office journal.ID // whose record it is

	v     url.Values
	sent  *Sent                 // nil in a file
	cells bool                  // of a file: lists are parted by Divider
	named map[string]journal.ID // organisations by their names; nil in a file that is read without an office
}

// FromFile says whether it stands in a line of a file.
func (t *Typed) FromFile() bool { return t.cells }

// Text gives a field as it stands.
func (t *Typed) Text(name string) string { return t.v.Get(name) }

// Many gives the values of a field that may have several.
func (t *Typed) Many(name string) []string {
	if !t.cells {
		return t.v[name]
	}
	var out []string
	for x := range strings.SplitSeq(t.v.Get(name), Divider) {
		if x = strings.TrimSpace(x); x != "" && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// ManyOf is Many for codes.
func ManyOf[T ~string](t *Typed, name string) []T {
	var out []T
	for _, x := range t.Many(name) {
		out = append(out, T(x))
	}
	return out
}

// Date reads a date as far as it is known.
func (t *Typed) Date(name string) party.PartialDate {
	d, err := party.WrittenDate(t.Text(name))
	if err != nil {
		t.Wrong.Add(name, "programme.need.date")
	}
	return d
}

// Number reads a number without sign; empty is 0.
func (t *Typed) Number(name string) int {
	if t.Text(name) == "" {
		return 0
	}
	n, err := strconv.Atoi(t.Text(name))
	if err != nil || n < 0 {
		t.Wrong.Add(name, "programme.need.number")
	}
	return n
}

// ID reads the id of another record; zero for none. wrong is the key that says what is the matter.
func (t *Typed) ID(name, wrong string) (id journal.ID) {
	if t.Text(name) != "" && id.UnmarshalText([]byte(t.Text(name))) != nil {
		t.Wrong.Add(name, wrong)
	}
	return id
}

// Organisations reads who takes part: by id, or in a file by name in any language.
func (t *Typed) Organisations(name, wrong string) []journal.ID {
	var out []journal.ID
	for _, x := range t.Many(name) {
		if x == "" { // a list to choose one from, of which nothing was chosen
			continue
		}
		id, err := journal.ParseID(x)
		if err != nil {
			id = t.named[strings.ToLower(x)]
		}
		if id.IsZero() && (t.named != nil || !t.cells) {
			t.Wrong.Add(name, wrong)
			continue
		}
		out = append(out, id)
	}
	return out
}

// Organisation is Organisations for at most one.
func (t *Typed) Organisation(name, wrong string) journal.ID {
	if ids := t.Organisations(name, wrong); len(ids) > 0 {
		return ids[0]
	}
	return journal.ID{}
}

// Writing gives a text with what was written in the fields "language" and "text"; its other languages stay.
func (t *Typed) Writing(before wording.Text) wording.Text { return t.Said("text", before) }

// Said is Writing for another field. Words that stand in a form as another language's are not taken (Sent).
func (t *Typed) Said(name string, before wording.Text) wording.Text {
	if t.sent == nil || !t.v.Has(name) {
		return before.With(t.Text("language"), t.Text(name))
	}
	typed := t.Text(name)
	out := t.sent.Text(before, &typed)
	t.v.Set(name, typed)
	return out
}

// Values are what stands in the fields of a form, by their names.
type Values = url.Values

// Put sets fields one after the other: name, value, name, value.
func Put(v Values, pairs ...string) Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// PutMany sets a field that may have several values.
func PutMany[T ~string](v Values, name string, values []T) Values {
	for _, x := range values {
		v.Add(name, string(x))
	}
	return v
}

// PutIDs is PutMany for ids.
func PutIDs(v Values, name string, ids ...journal.ID) Values {
	for _, id := range ids {
		if !id.IsZero() {
			v.Add(name, id.String())
		}
	}
	return v
}
