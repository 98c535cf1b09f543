// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// An office that speaks for two countries notes where one of them sends somebody, and not without end; another does not at all.
func TestWhoNotesFromAnotherOffice(t *testing.T) {
	office, stranger := journal.MustID("01890000-0000-7000-8000-000000000001"), journal.MustID("01890000-0000-7000-8000-000000000002")
	e := Event{Quotas: []Quota{{Country: "BA", Office: office}, {Country: "RS", Office: office}}, People: []Person{{Nominated: Nominated{Country: "RS"}, State: Accepted, Known: true}}}
	post := &store.Guarding{Actor: access.Actor{Job: job}}
	if err := noter(post, e, Captured{Office: office}); err != nil {
		t.Errorf("the second country's: %v", err)
	}
	if err := noter(post, e, Captured{Office: stranger}); !fault.Is(err, fault.Denied) {
		t.Errorf("a stranger's: %v", err)
	}
	for range mostNotes {
		e.Notes.List = append(e.Notes.List, Note{Captured: Captured{Office: office}})
	}
	if err := noter(post, e, Captured{Office: office}); !fault.Is(err, fault.TooMuch) {
		t.Errorf("one too many: %v", err)
	}
	if err := noter(&store.Guarding{}, e, Captured{}); err != nil {
		t.Errorf("the host's own: %v", err)
	}
}
