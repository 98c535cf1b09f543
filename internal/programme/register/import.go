// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Import declares how a file of records is read: one line is one record. Its columns are fields of Typed; the words of each
// are "<room>.column.<name>". Where the room's form says what it asks (Act.Asks), the file is that form, and the room says
// only Sample, Same, and by what a record is known again: Known, or ID.
type Import[S any] struct {
	Columns, Required []string
	Sample            []byte // a file of the right form, all invented
	// ID says which record a line is about. It follows from words of the line, so that a second import finds it again.
	ID func(t *Typed) journal.ID
	// Known are the fields from whose words ID follows where it is nil. Keyed says that the first column is a key, from which
	// it follows in the lines that have one.
	Known []string
	Keyed bool
	// Drafts gives what of a line a record does not hold yet; nothing when it holds all of it. What is wrong goes to t.Wrong.
	Drafts func(t *Typed, now S) []store.Draft
	// Same is the field named when two lines are about one record.
	Same string
}

// keyName is the column that names a record for whoever made the file.
const keyName = "key"

// declared completes an import by what the form asks.
func (g *Of[S, L]) declared() {
	i := g.Import
	if g.Edit != nil && g.Edit.Asks != nil && i.Columns == nil {
		var none S
		if i.Columns, i.Required = g.Edit.Asks(none).Columns(); i.Keyed {
			i.Columns = slices.Insert(i.Columns, 0, keyName)
		}
	}
	if i.ID == nil {
		i.ID = g.known
	}
	if i.Drafts == nil {
		i.Drafts = g.drafts
	}
}

// known says which record a line is about: by its key, else by the words of some fields.
func (g *Of[S, L]) known(t *Typed) journal.ID {
	by := []string{t.Office.String(), g.Room}
	if key := t.Text(keyName); g.Import.Keyed && key != "" {
		return provenance.ID(append(by, key)...)
	}
	for _, name := range g.Import.Known {
		by = append(by, t.Text(name))
	}
	return provenance.ID(by...)
}

// drafts reads a line as the form is read.
func (g *Of[S, L]) drafts(t *Typed, now S) []store.Draft {
	x := g.Edit.Asks(now)
	before, err := json.Marshal(x.Payload())
	x.Read(t)
	x.Check(&t.Wrong, nil)
	after, again := json.Marshal(x.Payload())
	if err == nil && again == nil && bytes.Equal(before, after) {
		return nil
	}
	return []store.Draft{{Type: g.Edit.Type, Payload: x.Payload()}}
}

// Imported says what an import did, of each record in the file.
type Imported struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

func (g *Of[S, L]) checkFile(src []byte) error {
	lines, err := readFile(src, g.Import.Columns, g.Import.Required)
	if err != nil {
		return err
	}
	return g.checkLines(lines, journal.ID{}, nil)
}

// checkLines reads every line as one about a new record. named is nil where nobody knows who takes part.
func (g *Of[S, L]) checkLines(lines []line, office journal.ID, named map[string]journal.ID) error {
	var wrong WrongFile
	seen := map[journal.ID]bool{}
	for _, x := range lines {
		t := &Typed{v: x.cells, cells: true, Office: office, named: named}
		var none S
		g.Import.Drafts(t, none)
		id := g.Import.ID(t)
		if seen[id] {
			t.Wrong.Add(g.Import.Same, "register.file.twice")
		}
		seen[id] = true
		if wrong = append(wrong, x.of(t.Wrong)...); len(wrong) >= mostWrong {
			break
		}
	}
	return wrong.orNil()
}

func (g *Of[S, L]) importFileOf(ctx context.Context, w store.Who, src []byte) (Imported, error) {
	var out Imported
	lines, err := readFile(src, g.Import.Columns, g.Import.Required)
	if err != nil {
		return out, err
	}
	_, named, err := takingPart(ctx, g.Store, w, "")
	if err == nil {
		err = g.checkLines(lines, w.Actor.Owner, named)
	}
	if err != nil {
		return out, err
	}
	for _, x := range lines {
		if err := g.put(ctx, w, &out, &Typed{v: x.cells, cells: true, named: named, Office: w.Actor.Owner}); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (g *Of[S, L]) put(ctx context.Context, w store.Who, out *Imported, t *Typed) error {
	fresh := false
	r, err := g.Store.Update(ctx, w, g.ref(g.Import.ID(t)), func(state any) ([]store.Draft, error) {
		now := state.(S)
		_, exists := g.Line(now)
		fresh = !exists
		return g.Import.Drafts(t, now), t.Wrong.Err()
	})
	switch {
	case err != nil:
		return err
	case len(r.Appended) == 0:
		out.Unchanged++
	case fresh:
		out.Created++
	default:
		out.Updated++
	}
	return nil
}

// Unless gives a draft of a payload, or none where a record says the same already.
func Unless[P any](now, then P, typ string) []store.Draft {
	x, err := json.Marshal(now)
	y, again := json.Marshal(then)
	if err == nil && again == nil && bytes.Equal(x, y) {
		return nil
	}
	return []store.Draft{{Type: typ, Payload: then}}
}

type importPage struct {
	Title, Lead, Path, Back, Sample string
	Crumbs                          []page.Crumb
	Columns                         []page.Fact
	Wrong                           []string
	Done, Error                     string
}

func (g *Of[S, L]) importForm(_ context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	return g.importView(r, importPage{}), nil
}

func (g *Of[S, L]) importView(r *page.Request, d importPage) page.Response {
	l := r.L
	d.Title, d.Lead, d.Path, d.Back, d.Sample = l.T(g.Room+".import"), l.T("register.import.lead"), g.Path, l.T(g.Room+".title"), g.Path+"/import/sample"
	d.Crumbs = g.Crumbs(r, d.Title)
	for _, c := range g.Import.Columns {
		d.Columns = append(d.Columns, page.Fact{Term: c, Text: l.T(g.Room + ".column." + c)})
	}
	return page.View("register/import", l.T(g.Room+".import"), d)
}

// importFile takes a file: what is wrong with it is told by line and column, and then nothing of it is kept.
func (g *Of[S, L]) importFile(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	f, ok, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	if !ok {
		return page.Status(422, g.importView(r, importPage{Error: r.L.T("register.file.none")})), nil
	}
	done, err := g.importFileOf(ctx, As(r), f.Bytes)
	var wrong WrongFile
	if errors.As(err, &wrong) {
		return page.Status(422, g.importView(r, importPage{Wrong: wrong.In(r.L)})), nil
	}
	if err != nil {
		return nil, err
	}
	return g.importView(r, importPage{Done: r.L.T("register.import.done", "Created", r.L.Number(done.Created), "Updated", r.L.Number(done.Updated), "Unchanged", r.L.Number(done.Unchanged))}), nil
}

func (g *Of[S, L]) sample(_ context.Context, r *page.Request) (page.Response, error) {
	return page.File(g.Room+"s-sample.csv", "text/csv; charset=utf-8", g.Import.Sample), nil
}
