// SPDX-License-Identifier: EUPL-1.2

package sheet

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// What says what becomes of a row.
type What string

// The closed list.
const (
	Created   What = "created"
	Updated   What = "updated"
	Unchanged What = "unchanged"
	LeftOut   What = "left_out"
)

// Outcome is what an import did with one row that it took, or would do.
type Outcome struct {
	Row    int
	Code   string
	Title  string
	What   What
	Fields []string // of an updated record: what changes, as the payload names it
}

// Report is what an import did, or would do.
type Report struct {
	Rows      int       `json:"rows"`
	Created   int       `json:"created"`
	Updated   int       `json:"updated"`
	Unchanged int       `json:"unchanged"`
	Dropped   []Dropped `json:"dropped,omitempty"`
	Each      []Outcome `json:"-"` // of every row that was taken, in the table's order
}

// AtOnce is how many rows are written in one transaction: all of them or none. A page takes no more.
const AtOnce = 1000

// Change is one row on its way into a dossier.
type Change struct {
	Outcome
	Ref    store.Ref
	Absent any // the state of a dossier that is not there
	// Decide says what to append to a state, whether the record was there, and what changes.
	Decide func(state any) (drafts []store.Draft, was bool, fields []string, err error)
}

// Write carries out the changes of a table in the name of w; dry says what they would do and writes nothing. Where a record
// refuses what a row says, the error is a fault that names the row ("sheet.refused") and how many rows before it are written
// already: none of up to AtOnce. Other errors are the store's, and likewise. Importing again goes on where it stopped.
func Write(ctx context.Context, s *store.Store, w store.Who, changes []Change, dropped []Dropped, dry bool) (Report, error) {
	out := Report{Rows: len(changes), Dropped: dropped, Each: make([]Outcome, len(changes))}
	todo := make([]store.Change, len(changes))
	for i, c := range changes {
		todo[i] = store.Change{Ref: c.Ref, Decide: func(state any) ([]store.Draft, error) {
			drafts, was, fields, err := c.Decide(state)
			o := c.Outcome
			switch {
			case len(drafts) == 0:
				o.What = Unchanged
			case was:
				o.What, o.Fields = Updated, fields
			default:
				o.What = Created
			}
			out.Each[i] = o
			return drafts, err
		}}
	}
	if err := each(ctx, s, w, changes, todo, dry); err != nil {
		return out, err
	}
	for _, o := range out.Each {
		switch o.What {
		case Created:
			out.Created++
		case Updated:
			out.Updated++
		default:
			out.Unchanged++
		}
	}
	return out, nil
}

func each(ctx context.Context, s *store.Store, w store.Who, changes []Change, todo []store.Change, dry bool) error {
	if !dry {
		for from := 0; from < len(todo); from += AtOnce {
			if _, err := s.UpdateEach(ctx, w, todo[from:min(len(todo), from+AtOnce)]); err != nil {
				return refused(err, changes[from:], from)
			}
		}
		return nil
	}
	for i, c := range changes {
		o, err := s.Open(ctx, w, c.Ref)
		state := c.Absent
		switch {
		case err == nil:
			state = o.State
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if _, err := todo[i].Decide(state); err != nil {
			return err
		}
	}
	return nil
}

// refused names the row that a record refuses, and how many are written before those that went with it.
func refused(err error, changes []Change, written int) error {
	var of *store.RefusedChange
	var why *fault.Fault
	if !errors.As(err, &of) || !errors.As(err, &why) || why.Kind != fault.Invalid && why.Kind != fault.Guarded {
		return err
	}
	out := fault.Wrap(why.Kind, err, "sheet.refused", "Row", changes[of.At].Row, "Written", written)
	if out.Fields = why.Fields; len(out.Fields) == 0 {
		out.Fields = []fault.Field{{Name: "row", Key: why.Key, Args: why.Args}}
	}
	return out
}

// Import writes a plan into the office of w, which is the job "importer"; dry says what it would do and writes nothing. What
// the office knows of an activity and the table does not say stays. Its errors are Write's: import again.
func Import(ctx context.Context, s *store.Store, w store.Who, p Planned, a Asked, dry bool) (Report, error) {
	changes := make([]Change, len(p.Items))
	for i, item := range p.Items {
		ref := activity.Ref(w.Actor.Owner, item.Code)
		changes[i] = Change{Outcome: Outcome{Row: item.Row, Code: item.Code, Title: item.Says["title"]}, Ref: ref, Absent: activity.Activity{},
			Decide: func(state any) ([]store.Draft, bool, []string, error) {
				now := state.(activity.Activity)
				v := item.over(now.Source, a)
				fields := Differing(now.Source, v)
				if len(fields) == 0 {
					return nil, now.Exists(), nil, nil
				}
				v.By = a.By
				drafts, err := now.Trail.Next(ref, activity.ImportedType, v)
				return drafts, now.Exists(), fields, err
			}}
	}
	return Write(ctx, s, w, changes, p.Dropped, dry)
}

// Differing names the fields, as JSON does, in which two payloads of one type differ; none when they say the same.
func Differing(x, y any) []string {
	fields := func(v any) map[string]json.RawMessage {
		out := map[string]json.RawMessage{}
		b, err := json.Marshal(v)
		if err == nil {
			err = json.Unmarshal(b, &out)
		}
		if err != nil {
			panic("sheet: a payload always marshals: " + err.Error())
		}
		return out
	}
	a, b := fields(x), fields(y)
	var out []string
	for k, v := range b {
		if string(a[k]) != string(v) {
			out = append(out, k)
		}
	}
	for k := range a {
		if _, ok := b[k]; !ok {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
