// SPDX-License-Identifier: EUPL-1.2

package attachment_test

import (
	"bytes"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/attachment"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
)

// beside lets files live in a person's file, as app wires it.
func beside() casework.Beside {
	return casework.Beside{Name: "attachment", Types: attachment.Types(),
		Fold: func(es []journal.Entry) (any, error) { return attachment.Fold(es) },
		Guard: func(_ *store.Guarding, _ casework.Person, state any, e journal.Entry) error {
			s, _ := state.(attachment.State)
			return attachment.Guard(s, e)
		}}
}

// A file of several pieces comes back byte for byte on either engine, once however often it is sent, to those who may.
func TestAFileComesBackByteForByte(t *testing.T) {
	dbtest.Engines(t, func(t *testing.T, dsn string) {
		w := casetest.On(t, dsn, beside())
		person := w.Register(casetest.Lindita())
		other := w.Register(casetest.Lindita())
		text := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("a line of a decision\x00\xff\n"), 60_000)...)
		text = append(text, "%%EOF\n"...)
		n := attachment.New{ID: w.Store.NewID(), Category: journal.D6, Sort: "decision", Title: "Decision of 2 March", Bytes: text}
		for range 2 {
			id, err := attachment.Add(w.Ctx, w.Store, w.Ana(), person, n)
			if err != nil || id != n.ID {
				t.Fatal(id, err)
			}
		}
		got, err := attachment.Open(w.Ctx, w.Store, w.Ana(), person, n.ID)
		if err != nil || !bytes.Equal(got.Bytes, text) || got.Media != attachment.PDF {
			t.Fatalf("%d bytes of %d came back: %v", len(got.Bytes), len(text), err)
		}
		_, o, err := w.Work.Open(w.Ctx, w.Ana(), person)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := attachment.Fold(o.Entries); err != nil || len(s.Files) != 1 || s.Size() != len(text) {
			t.Fatalf("%+v %v", s, err)
		}
		for name, err := range map[string]error{
			"by a stranger": opened(w, w.Who(casetest.Athens, 9, access.CaseManager), person, n.ID),
			"of another":    opened(w, w.Ana(), other, n.ID),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("a file %s: %v", name, err)
			}
		}
		n.ID, n.Bytes = w.Store.NewID(), []byte("\x7fELF\x02\x01\x00 a program")
		if _, err := attachment.Add(w.Ctx, w.Store, w.Ana(), person, n); !fault.Is(err, fault.Invalid) {
			t.Errorf("a program is attached: %v", err)
		}
	})
}

func opened(w *casetest.World, who store.Who, person, file journal.ID) error {
	_, err := attachment.Open(w.Ctx, w.Store, who, person, file)
	return err
}
