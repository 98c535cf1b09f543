// SPDX-License-Identifier: EUPL-1.2

// Package load brings a programme's file into an office: the programme itself, organisations, functions and
// activities, each with the lines of the text that they were read from.
//
// A file is data from elsewhere. It is read strictly (known fields, closed lists, limits, no aliases); whatever is
// wrong is told with line and field, and then nothing is imported. A good file is imported record by record; each
// record's id follows from the owner and the file's own id, so importing again, or going on after a crash, changes
// nothing that is there already. What people of the office wrote stands beside it and stays.
//
// What is not known (null, or left out) stays unknown: no field has a default that could be taken for a fact.
package load

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Tally counts records of one kind.
type Tally struct {
	Added     int `json:"created"`
	Unchanged int `json:"unchanged"`
	Changed   int `json:"updated"`
}

// Dropped is something of the office or of the file that the import left as it is or left out, and why.
type Dropped struct {
	Kind string `json:"kind"` // activity | organisation | role | programme
	Code string `json:"code"`
	Why  string `json:"why"` // "twice": the file has it twice, in other words; "gone": an earlier import brought it, this file has it no longer
}

// Report is what an import did.
type Report struct {
	Tally
	Programmes    Tally     `json:"programmes"`
	Organisations Tally     `json:"organisations"`
	Roles         Tally     `json:"roles"`
	Activities    Tally     `json:"activities"`
	Partners      int       `json:"partner_countries"` // partner countries or territories that the file names
	Dropped       []Dropped `json:"dropped,omitempty"`
}

// Import brings src, a programme's file in YAML, into the office of w, which is the job "importer" with the purpose
// "programme". Errors: an Error that lists what is wrong with the file (nothing was imported), or what the store
// gives (what came before is imported; import again).
func Import(ctx context.Context, s *store.Store, w store.Who, src []byte) (Report, error) {
	f, err := parse(src)
	if err != nil {
		return Report{}, err
	}
	var r Report
	for _, c := range f.Countries {
		if c.Role == "partner" {
			r.Partners++
		}
	}
	seen := map[journal.ID]bool{}
	for _, x := range records(w.Actor.Owner, f) {
		if seen[x.ref.ID] {
			r.Dropped = append(r.Dropped, Dropped{x.kind, x.code, "twice"})
			continue
		}
		seen[x.ref.ID] = true
		if err := r.put(ctx, s, w, x); err != nil {
			return r, err
		}
	}
	return r, r.gone(ctx, s, w, seen)
}

// imported is a state that knows what imports have written of it.
type imported interface{ Imports() provenance.Trail }

func (r *Report) put(ctx context.Context, s *store.Store, w store.Who, x record) error {
	var was provenance.Trail
	res, err := s.Update(ctx, w, x.ref, func(state any) ([]store.Draft, error) {
		i, ok := state.(imported)
		if !ok {
			return nil, fault.New(fault.Internal, "fault.internal")
		}
		was = i.Imports()
		return was.Next(x.ref, x.typ, x.payload)
	})
	if err != nil {
		return err
	}
	for _, t := range []*Tally{&r.Tally, r.of(x.kind)} {
		switch {
		case len(res.Appended) == 0:
			t.Unchanged++
		case was.Count == 0:
			t.Added++
		default:
			t.Changed++
		}
	}
	return nil
}

func (r *Report) of(kind string) *Tally {
	switch kind {
	case "programme":
		return &r.Programmes
	case "organisation":
		return &r.Organisations
	case "role":
		return &r.Roles
	}
	return &r.Activities
}

// gone finds what earlier imports brought and this file no longer has. It stays: the log of an office forgets nothing.
func (r *Report) gone(ctx context.Context, s *store.Store, w store.Who, seen map[journal.ID]bool) error {
	kinds := []struct{ store, report string }{{access.KindOrganisation, "organisation"}, {access.KindFunction, "role"}, {access.KindActivity, "activity"}}
	for _, k := range kinds {
		q := store.Query{Kind: k.store}
		if k.store == access.KindActivity {
			q.Codes = map[string]string{"origin": activity.OfProgramme}
		}
		err := s.Each(ctx, w, q, func(row store.Row) error {
			if seen[row.Ref.ID] {
				return nil
			}
			o, err := s.Open(ctx, w, row.Ref)
			if err != nil {
				return err
			}
			if i, ok := o.State.(imported); ok && i.Imports().Count > 0 {
				r.Dropped = append(r.Dropped, Dropped{k.report, row.Ref.ID.String(), "gone"})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
