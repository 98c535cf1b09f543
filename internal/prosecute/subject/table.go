// SPDX-License-Identifier: EUPL-1.2

package subject

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Columns lists the columns of a table of records, as its first line names them. A cell of several values has | between them.
func Columns() []string {
	return []string{"reference", "sort", "case", "ground", "source", "certainty", "handling", "findable", "until", "names", "born", "phones", "documents", "accounts", "plates", "emails"}
}

// Limits of a table.
const (
	MaxTable = 4 << 20 // bytes
	MaxLines = 5000
)

// Line is one line of a table that was read.
type Line struct {
	N         int    // from 2: the first is the columns'
	Reference string // by which the file that the table comes from knows the record
	Known     Known
}

// ReadTable reads a table of comma- or semicolon-separated values in UTF-8: a line of column names, in any order, then the
// records. Errors: Invalid for what is no such table, TooMuch for its size.
func ReadTable(raw []byte) ([]Line, error) {
	if len(raw) > MaxTable {
		return nil, fault.New(fault.TooMuch, "subject.table.large")
	}
	raw = bytes.TrimPrefix(raw, []byte("\uFEFF"))
	if !utf8.Valid(raw) {
		return nil, fault.Bad("file", "subject.table.unreadable")
	}
	head, _, _ := bytes.Cut(raw, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(raw))
	if r.ReuseRecord = true; bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';'
	}
	first, err := r.Read()
	if err != nil {
		return nil, fault.Bad("file", "subject.table.unreadable")
	}
	names := make([]string, len(first))
	for i, c := range first {
		names[i] = strings.ToLower(strings.TrimSpace(c))
		if !slices.Contains(Columns(), names[i]) || slices.Contains(names[:i], names[i]) {
			return nil, fault.Bad("file", "subject.table.columns")
		}
	}
	if !slices.Contains(names, "reference") {
		return nil, fault.Bad("file", "subject.table.columns")
	}
	var out []Line
	for n := 2; ; n++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fault.Bad("file", "subject.table.unreadable")
		}
		if len(out) == MaxLines {
			return nil, fault.New(fault.TooMuch, "subject.table.large")
		}
		out = append(out, lineOf(n, names, cells))
	}
}

func lineOf(n int, columns, cells []string) Line {
	l := Line{N: n}
	k := &l.Known
	texts := map[string]*string{"reference": &l.Reference, "sort": &k.Sort, "case": &k.Case, "ground": &k.Ground, "source": &k.Source, "certainty": &k.Certainty, "handling": &k.Handling, "until": &k.Until, "born": &k.Born}
	lists := map[string]*[]string{"names": &k.Names, "phones": &k.Phones, "documents": &k.Documents, "accounts": &k.Accounts, "plates": &k.Plates, "emails": &k.Emails}
	for i, c := range columns {
		cell := strings.TrimSpace(strings.TrimPrefix(cells[i], "'")) // with which tables keep a number from being a formula
		switch {
		case texts[c] != nil:
			*texts[c] = strings.Clone(cell)
		case lists[c] != nil:
			*lists[c] = split(cell, "|")
		case c == "findable":
			k.Findable = slices.Contains([]string{"yes", "true", "1", "oui"}, strings.ToLower(cell))
		}
	}
	k.Source, k.Handling = strings.ToLower(k.Source), strings.ToUpper(k.Handling)
	return l
}

// split parts a text at a separator; what is empty is left out.
func split(text, at string) []string {
	var out []string
	for _, x := range strings.Split(text, at) {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, strings.Clone(x))
		}
	}
	return out
}

// Wrong is a line that was not taken in, and why.
type Wrong struct {
	N   int
	Err error
}

// Report says what came of a table.
type Report struct {
	Added, Changed, Same int
	Wrong                []Wrong
}

// Bring writes the lines of a table as the actor's records. A line's record follows from the office and the line's reference,
// so that bringing a table again adds nothing, and a line that says something else than before changes its record. A line that is
// wrong, or whose record somebody else works on, is reported, and the others go on. Errors: those of the store that are no line's.
func Bring(ctx context.Context, s *store.Store, w store.Who, lines []Line) (Report, error) {
	var rep Report
	seen := map[string]bool{}
	for _, l := range lines {
		if l.Reference == "" || len(l.Reference) > maxLine || seen[l.Reference] {
			rep.Wrong = append(rep.Wrong, Wrong{l.N, fault.Bad("reference", "subject.table.reference")})
			continue
		}
		seen[l.Reference] = true
		added, changed, err := bring(ctx, s, w, l)
		switch k := fault.Of(err); {
		case err == nil && added:
			rep.Added++
		case err == nil && changed:
			rep.Changed++
		case err == nil:
			rep.Same++
		case k == fault.Invalid || k == fault.Guarded || k == fault.Denied || k == fault.NotFound || k == fault.Conflict:
			rep.Wrong = append(rep.Wrong, Wrong{l.N, err})
		default:
			return rep, err
		}
	}
	return rep, nil
}

func bring(ctx context.Context, s *store.Store, w store.Who, l Line) (added, changed bool, err error) {
	ref := store.Ref{Kind: access.KindSubject, ID: idOf(w.Actor.Owner, l.Reference)}
	_, err = s.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		added, changed = false, false
		now := state.(State)
		switch {
		case !now.Exists():
			added = true
			return []store.Draft{{Type: RecordedType, Payload: l.Known}}, nil
		case now.Open() && reflect.DeepEqual(now.Known, l.Known):
			return nil, nil
		}
		changed = true
		return []store.Draft{{Type: ChangedType, Payload: l.Known}}, nil
	})
	return added, changed, err
}

// idOf gives the id of the record of a reference.
func idOf(owner journal.ID, reference string) journal.ID {
	return journal.IDOf("entraide subject v1\n" + owner.String() + "\n" + reference)
}
