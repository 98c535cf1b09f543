// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// written is a contact on its way in: who wrote it had seen the file up to base.
type written struct {
	id      journal.ID
	base    int64
	contact casework.Contact
}

func draw(t *rapid.T, base int64) written {
	text := func(of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, "text") }
	return written{journal.NewID(time.UnixMilli(rapid.Int64Range(0, 1<<40).Draw(t, "made")), nil), base, casework.Contact{
		SafeToCall: rapid.SampledFrom([]casework.Safe{casework.SafeYes, casework.SafeAsk, casework.SafeNo}).Draw(t, "safe"),
		SafeName:   text("the dentist", "the library"), Channel: text("call", "signal"), Number: text("+30 1", "+30 2"), Hours: text("10 to 12", "evenings"), CodeWord: text("lemon", "umbrella"),
		Never: rapid.SliceOfN(rapid.SampledFrom([]string{"her brother", "the flat", "the employer"}), 0, 3).Draw(t, "never"),
	}}
}

// fold gives the person of contacts in the order in which they arrived.
func fold(t *rapid.T, ws []written) casework.Person {
	var es []journal.Entry
	for i, w := range ws {
		parts, err := journal.Split(w.contact)
		if err != nil {
			t.Fatal(err)
		}
		es = append(es, journal.Entry{Header: journal.Header{ID: w.id, Type: "person.contact", Revision: int64(i) + 1, Base: w.base}, Parts: parts})
	}
	p, err := casework.Fold(es)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// How to reach her does not depend on who of those that had not seen each other arrived first, in no field;
// nothing that one of them wrote into an empty field is lost, and every "never" is heard.
func TestContactsMergeTheSameInEveryOrder(t *testing.T) {
	orders := map[int][][]int{2: permutations(2), 3: permutations(3), 4: permutations(4)}
	rapid.Check(t, func(t *rapid.T) {
		before := []written{draw(t, 0)}
		n := rapid.IntRange(2, 4).Draw(t, "writers")
		var now []written
		for range n {
			now = append(now, draw(t, rapid.Int64Range(0, 1).Draw(t, "base")))
		}
		first := fold(t, append(before[:1:1], now...))
		for _, order := range orders[n] {
			ws := before[:1:1]
			for _, i := range order {
				ws = append(ws, now[i])
			}
			if p := fold(t, ws); !reflect.DeepEqual(p.Contact, first.Contact) || p.Disputed != first.Disputed {
				t.Fatalf("order %v: %+v, first %+v", order, p.Contact, first.Contact)
			}
		}
		for _, w := range now {
			if w.contact.Number != "" && first.Contact.Number == "" || w.contact.CodeWord != "" && first.Contact.CodeWord == "" {
				t.Fatalf("%+v is lost in %+v", w.contact, first.Contact)
			}
			for _, never := range w.contact.Never {
				if !slices.Contains(first.Contact.Never, never) {
					t.Fatalf("%q is not heard in %+v", never, first.Contact)
				}
			}
		}
	})
}
