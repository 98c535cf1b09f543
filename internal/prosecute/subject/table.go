// SPDX-License-Identifier: EUPL-1.2

package subject

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/brought"
)

// Columns lists the columns of a table of records, as its first line names them. A cell of several values has | between them.
func Columns() []string {
	return []string{"reference", "sort", "case", "ground", "source", "certainty", "handling", "findable", "until", "names", "born", "phones", "documents", "accounts", "plates", "emails"}
}

// Line is one line of a table that was read.
type Line struct {
	N         int    // from 2: the first is the columns'
	Reference string // by which the file that the table comes from knows the record
	Known     Known
}

// ReadTable reads a table, as package brought does; whether a record may be found is said by yes or no, and by nothing for no. Errors:
// Invalid for what is no such table, TooMuch for its size.
func ReadTable(raw []byte) (lines []Line, wrong []brought.Wrong, err error) {
	err = brought.Read(raw, Columns(), func(x brought.Line) error {
		if x.Stray > 0 {
			return brought.Head()
		}
		l, ok := lineOf(x)
		if !ok {
			wrong = append(wrong, brought.Wrong{N: x.N, Column: "findable", Err: fault.Bad("findable", "subject.want.choice")})
			return nil
		}
		lines = append(lines, l)
		return nil
	})
	return lines, wrong, err
}

// lineOf gives what a line says; false where it says neither yes nor no of what may be found.
func lineOf(x brought.Line) (l Line, ok bool) {
	text := func(column string) string { return x.Cells[column] }
	list := func(column string) []string { return split(x.Cells[column], "|") }
	l = Line{x.N, text("reference"), Known{Sort: text("sort"), Case: text("case"), Ground: text("ground"), Source: strings.ToLower(text("source")), Certainty: text("certainty"),
		Handling: strings.ToUpper(text("handling")), Until: text("until"), Born: text("born"), Names: list("names"), Phones: list("phones"), Documents: list("documents"),
		Accounts: list("accounts"), Plates: list("plates"), Emails: list("emails")}}
	l.Known.Findable, ok = map[string]bool{"yes": true, "true": true, "1": true, "oui": true, "no": false, "false": false, "0": false, "non": false, "": false}[strings.ToLower(text("findable"))]
	return l, ok
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

// Bringing takes tables of records in.
type Bringing struct {
	Store *store.Store
	Now   time.Time
}

// Bring writes the lines of a table as the actor's records, or with dry only says what that would do. A line's record follows from the
// office and the line's reference, so that bringing a table again adds nothing, and a line that says something else than before changes
// its record. A line that is wrong, or whose record somebody else works on, is reported, and the others go on. Errors: those of the
// store that are no line's.
func (b Bringing) Bring(ctx context.Context, w store.Who, lines []Line, wrong []brought.Wrong, dry bool) (brought.Report, error) {
	rep := brought.Report{Wrong: slices.Clone(wrong)}
	seen := map[string]bool{}
	for _, l := range lines {
		added, n, err := false, 0, error(nil)
		if l.Reference == "" || len(l.Reference) > maxLine || seen[l.Reference] {
			err = fault.Bad("reference", "subject.table.reference")
		} else {
			added, n, err = b.bring(ctx, w, l, dry)
		}
		seen[l.Reference] = true
		if err := rep.Take(brought.Wrong{N: l.N, Column: cmp.Or(brought.ColumnOf(err), "reference"), Err: err}, added, n); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

func (b Bringing) bring(ctx context.Context, w store.Who, l Line, dry bool) (added bool, n int, err error) {
	ref := refOf(idOf(w.Actor.Owner, l.Reference))
	_, err = b.Store.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		s, d := state.(State), store.Draft{Type: ChangedType, Payload: l.Known}
		switch added, n = !s.Exists(), 1; {
		case added:
			d.Type = RecordedType
		case !slices.Contains(s.Workers, w.Actor.ID):
			return nil, fault.Bad("reference", "subject.table.others")
		case s.Open() && reflect.DeepEqual(s.Known, l.Known):
			n = 0
			return nil, nil
		}
		if !dry {
			return []store.Draft{d}, nil
		}
		e, err := brought.Entry(ref.ID, d.Type, w.Actor.ID, d.Payload)
		if err == nil {
			err = guard(&store.Guarding{Now: b.Now}, s, e)
		}
		return nil, err
	})
	return added, n, err
}

// idOf gives the id of the record of a reference.
func idOf(owner journal.ID, reference string) journal.ID {
	return journal.IDOf("entraide subject v1\n" + owner.String() + "\n" + reference)
}
