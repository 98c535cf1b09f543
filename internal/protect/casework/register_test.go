// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// Whichever door a registration comes through, the search comes first; and one registration opens one file.
func TestRegisteringSearchesFirst(t *testing.T) {
	w := casetest.New(t)
	var told []journal.ID
	w.Work.Alike = func(_ context.Context, _ store.Who, _ journal.ID, near store.Near) error {
		for _, x := range near.Found {
			told = append(told, x.ID)
		}
		return nil
	}
	r := casetest.Lindita()
	r.ID = w.Store.NewID()
	first, err := w.Work.Register(w.Ctx, w.Ana(), r)
	if err != nil || first != r.ID {
		t.Fatal(first, err)
	}
	if again, err := w.Work.Register(w.Ctx, w.Ana(), r); err != nil || again != first {
		t.Fatalf("sent twice: %v, %v", again, err)
	}
	n, err := w.Store.Count(w.Ctx, w.Ana(), store.Query{Kind: "person"})
	if err != nil || n != 1 {
		t.Fatalf("%d files, %v", n, err)
	}
	r.ID = journal.ID{}
	if _, err := w.Work.Register(w.Ctx, w.Ana(), r); !fault.Is(err, fault.Invalid) {
		t.Fatalf("a file that resembles hers was opened: %v", err)
	}
	r.None = true
	if _, err := w.Work.Register(w.Ctx, w.Ana(), r); err != nil || len(told) != 0 {
		t.Fatal(err, told)
	}
	// Somebody who may not know of the first file learns nothing; the duplicate desk does.
	r.None = false
	if _, err := w.Work.Register(w.Ctx, w.Who(casetest.Athens, 9, access.CaseManager), r); err != nil || len(told) == 0 {
		t.Fatalf("a stranger's registration: %v, told %v", err, told)
	}
}

// What the forms ask for, the room asks for.
func TestGuardsAskForWhatTheFormsAskFor(t *testing.T) {
	open := false
	w := casetest.New(t, casework.Beside{Name: "beside", Fold: func([]journal.Entry) (any, error) { return nil, nil },
		Closing: func(any, time.Time) error {
			if open {
				return fault.New(fault.Guarded, "casework.guard.open_task")
			}
			return nil
		}})
	id := w.Register(casetest.Lindita())
	for typ, payload := range map[string]any{
		"person.identity": casework.Identity{Born: "in spring"},
		"consent.given":   consent.Given{Receipt: w.Store.NewID(), Purpose: consent.Referral, Categories: []journal.Category{journal.D0}, Language: "sq", Interpreting: consent.Interpreter, By: consent.ByPerson, Expires: w.Clock.Now().Add(time.Hour)},
	} {
		if _, err := w.Store.Append(w.Ctx, w.Ana(), casework.Ref(id), store.Draft{Type: typ, Payload: payload}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", typ, err)
		}
	}
	open = true
	if _, err := w.Store.Append(w.Ctx, w.Ana(), casework.Ref(id), store.Draft{Type: "person.closed", Payload: casework.Closed{Reason: "goals_met"}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("a file closes although a room beside says no: %v", err)
	}
	open = false
	if _, err := w.Store.Append(w.Ctx, w.Ana(), casework.Ref(id), store.Draft{Type: "person.closed", Payload: casework.Closed{Reason: "goals_met"}}); err != nil {
		t.Error(err)
	}
}
