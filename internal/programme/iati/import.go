// SPDX-License-Identifier: EUPL-1.2

// Package iati brings in what other publishers report of their activities, and publishes the office's own programme,
// in the form of the International Aid Transparency Initiative, version 2.03.
//
// An import takes any publisher's file, of any size, one activity at a time: whatever the standard knows is kept as
// it stands, in every language; what was not kept, and what is wrong, is counted by its path. Ids follow from the
// owner and the activity's identifier, so importing again changes nothing that is there already.
package iati

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
)

// Tally counts dossiers.
type Tally struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

// Total is the exact sum of the transactions of one type in one currency; Currency is "" where the file says none.
type Total struct {
	Type     string `json:"type"`
	Currency string `json:"currency"`
	Sum      string `json:"sum"` // decimal, never rounded
}

// Counted is how often a code stands.
type Counted struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// Report is what an import did, and what it found in the file.
type Report struct {
	OK           bool           `json:"ok"` // the file was read to its end
	Version      string         `json:"version"`
	Activities   Tally          `json:"activities"`
	Elements     map[string]int `json:"elements"`   // of the file: budget, transaction, result, indicator, period, ...
	Narratives   map[string]int `json:"narratives"` // by language, as the file writes it
	Status       []Counted      `json:"status"`     // activities by the code of their status
	Transactions []Counted      `json:"transactions"`
	Totals       []Total        `json:"totals"`
	Countries    []string       `json:"countries"`
	BadValues    int            `json:"bad_values"` // amounts that are no numbers: in no sum
	Duplicates   int            `json:"duplicates"` // activities whose identifier the file had before: left out
	Unnamed      int            `json:"unnamed"`    // activities without a usable identifier: left out
	Dropped      []record.Found `json:"dropped"`    // what was not kept, by path
	Flaws        []record.Found `json:"flaws"`      // what the standard would refuse and was kept all the same
}

// Options say how to import.
type Options struct {
	// Strict refuses, before anything is written, a file that the standard would refuse.
	Strict bool
	// Tell hears how many bytes have been read. Nil hears nothing.
	Tell func(done int64)
}

// workers is how many activities are written at a time: they share the disk's turns, as commits are grouped.
const workers = 64

// Import brings a file of activities into the office of w, which is the job "importer" with the purpose "programme".
// open opens the file; a strict import reads it twice. Errors: Invalid when it is no file of activities or, in a strict
// import, when the standard would refuse it (nothing was written); Invalid when its XML breaks off (what came before
// was imported, and the report says what); and what the store gives.
func Import(ctx context.Context, s *store.Store, w store.Who, open func() (io.ReadCloser, error), o Options) (Report, error) {
	if o.Strict {
		r, err := pass(open, func(r *record.Reader) (Report, error) { return newTake(r).all(ctx, nil) })
		if err == nil && !r.conforms() {
			err = fault.New(fault.Invalid, "iati.not_conforming")
		}
		if err != nil {
			return r, err
		}
	}
	return pass(open, func(r *record.Reader) (Report, error) {
		t := newTake(r)
		t.tell = o.Tell
		return t.all(ctx, func(v activity.Reported) error { return t.put(ctx, s, w, v) })
	})
}

// Problem gives the catalogue key of an error that is the file's: with it, a report says how far the import came.
func Problem(err error) (key string, ok bool) {
	var f *fault.Fault
	if !errors.As(err, &f) || !slices.Contains([]string{"iati.no_activities", "iati.empty", "iati.charset", "iati.broken", "iati.not_conforming"}, f.Key) {
		return "", false
	}
	return f.Key, true
}

func pass(open func() (io.ReadCloser, error), f func(*record.Reader) (Report, error)) (Report, error) {
	file, err := open()
	if err != nil {
		return Report{}, fault.Wrap(fault.Unavailable, err, "iati.file_unreadable")
	}
	defer func() { _ = file.Close() }() // it was only read
	return f(record.NewReader(file))
}

// conforms says that the standard would take the file.
func (r Report) conforms() bool {
	strange := func(f record.Found) bool { return f.Flaw != record.Foreign }
	return r.OK && len(r.Flaws) == 0 && r.BadValues+r.Duplicates+r.Unnamed == 0 && !slices.ContainsFunc(r.Dropped, strange)
}

// take is one reading of a file.
type take struct {
	r    *record.Reader
	tell func(int64)

	seen      map[[16]byte]bool // identifiers, as ids: sixteen bytes for each activity
	status    map[string]int
	types     map[string]int
	countries map[string]bool
	strange   int // codes of countries that are of none: kept in the record, and on no list of countries
	totals    map[Total]*record.Sum

	lock   sync.Mutex // of report.Activities, which the workers count
	report Report
}

func newTake(r *record.Reader) *take {
	return &take{r: r, seen: map[[16]byte]bool{}, status: map[string]int{}, types: map[string]int{}, countries: map[string]bool{}, totals: map[Total]*record.Sum{},
		report: Report{Elements: map[string]int{}, Narratives: map[string]int{}}}
}

// all reads to the end. put, unless nil, gets each activity once, from several goroutines.
func (t *take) all(ctx context.Context, put func(activity.Reported) error) (Report, error) {
	g, failed := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	var broken error
	for failed.Err() == nil {
		e, err := t.r.Next()
		if errors.Is(err, io.EOF) {
			t.report.OK = true
			break
		}
		if err != nil {
			broken = err
			break
		}
		if v, ok := t.note(e); ok && put != nil {
			g.Go(func() error { return put(v) })
		}
		if t.tell != nil {
			t.tell(t.r.Offset())
		}
	}
	err := g.Wait()
	t.finish()
	switch {
	case err != nil:
		t.report.OK = false
		return t.report, err
	case errors.Is(broken, record.ErrNotActivities):
		return t.report, fault.New(fault.Invalid, "iati.no_activities")
	case errors.Is(broken, record.ErrEmpty):
		return t.report, fault.New(fault.Invalid, "iati.empty")
	case errors.Is(broken, record.ErrCharset):
		return t.report, fault.Wrap(fault.Invalid, broken, "iati.charset")
	case broken != nil:
		return t.report, fault.Wrap(fault.Invalid, broken, "iati.broken")
	}
	return t.report, ctx.Err()
}

// note counts an activity. It gives false for one that cannot be kept.
func (t *take) note(e record.Element) (activity.Reported, bool) {
	v := activity.Reported{Identifier: e.Identifier(), Record: e}
	id := activity.ReportedRef(journal.ID{}, v.Identifier).ID
	switch {
	case v.Identifier == "" || len(v.Identifier) > activity.MaxIdentifier:
		t.report.Unnamed++
		return v, false
	case t.seen[id]:
		t.report.Duplicates++
		return v, false
	}
	t.seen[id] = true
	t.report.Elements["activity"]++
	t.elements(e, e.Attr[record.Language])
	t.status[e.First("activity-status").Attr["code"]]++
	for _, c := range e.Countries() {
		if activity.IsCountry(c) {
			t.countries[c] = true
		} else {
			t.strange++
		}
	}
	for _, m := range e.Transactions() {
		t.types[m.Type]++
		key := Total{Type: m.Type, Currency: m.Currency}
		if t.totals[key] == nil {
			t.totals[key] = &record.Sum{}
		}
		if !t.totals[key].Add(m.Value) {
			t.report.BadValues++
		}
	}
	return v, true
}

// elements counts the elements with children of their own that people ask for, and the narratives.
func (t *take) elements(e record.Element, language string) {
	for _, k := range e.Kids {
		switch k.Name {
		case "narrative":
			t.report.Narratives[strings.ToLower(cmp.Or(k.Attr[record.Language], language, record.Undetermined))]++
			continue
		case "budget", "planned-disbursement", "transaction", "result", "indicator", "baseline", "period", "document-link", "location", "sector", "participating-org", "related-activity":
			t.report.Elements[k.Name]++
		}
		t.elements(k, language)
	}
}

func (t *take) finish() {
	r := &t.report
	r.Version = t.r.Version()
	r.Status, r.Transactions = counted(t.status), counted(t.types)
	for key, sum := range t.totals {
		key.Sum = sum.String()
		r.Totals = append(r.Totals, key)
	}
	inorder.By(r.Totals, func(a, b Total) int { return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Currency, b.Currency)) })
	if t.strange > 0 {
		r.Flaws = append(r.Flaws, record.Found{Path: "iati-activity/recipient-country/@code", Flaw: record.Value, Count: t.strange})
	}
	for c := range t.countries {
		r.Countries = append(r.Countries, c)
	}
	slices.Sort(r.Countries)
	for _, f := range t.r.Found() {
		if f.Lost() {
			r.Dropped = append(r.Dropped, f)
		} else {
			r.Flaws = append(r.Flaws, f)
		}
	}
}

func counted(m map[string]int) []Counted {
	var out []Counted
	for code, n := range m {
		out = append(out, Counted{code, n})
	}
	inorder.By(out, func(a, b Counted) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// put writes an activity, unless the last import wrote the same.
func (t *take) put(ctx context.Context, s *store.Store, w store.Who, v activity.Reported) error {
	ref, before := activity.ReportedRef(w.Actor.Owner, v.Identifier), 0
	res, err := s.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		a, ok := state.(activity.Activity)
		if !ok {
			return nil, fault.New(fault.Internal, "fault.internal")
		}
		before = a.Trail.Count
		return a.Trail.Next(ref, activity.ReportedType, v)
	})
	if err != nil {
		return err
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	switch {
	case len(res.Appended) == 0:
		t.report.Activities.Unchanged++
	case before == 0:
		t.report.Activities.Created++
	default:
		t.report.Activities.Updated++
	}
	return nil
}
