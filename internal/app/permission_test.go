// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// TestWhatCameKeepsItsHandlingCode: terms that the two sign later bind what comes under them, and nothing that came before; both
// offices say the same of a letter.
func TestWhatCameKeepsItsHandlingCode(t *testing.T) {
	d := newDesks(t)
	write := func() journal.ID {
		id := d.n.newID()
		d.must(d.writes(d.eleni, id, letter.WrittenType, letter.Letter{To: d.tirana, Thread: id, Words: letter.Words{Subject: "s", Text: "t"}}))
		d.must(d.writes(d.dorian, id, letter.AssignedType, letter.Assigned{Worker: d.mira.id}))
		return id
	}
	shows := func(id journal.ID, code string) {
		t.Helper()
		for _, v := range []*visitor{d.eleni, d.mira} {
			if b := d.sees(v, letter.Path+"/"+id.String()); !strings.Contains(b, code+" · ") {
				t.Errorf("%s is not shown %s", v.login, code)
			}
		}
	}
	before := write()
	shows(before, "H2")
	words := []journal.Category{journal.D0, journal.D3}
	d.signed("athens", "tirana", DraftIn{Title: "Later", Handling: "H3", Replaces: d.terms, Grants: []terms.Grant{{From: d.athens, To: d.tirana, Purpose: letter.Purpose, Categories: words}, {From: d.tirana, To: d.athens, Purpose: letter.Purpose, Categories: words}}})
	after := write()
	shows(after, "H3")
	shows(before, "H2")
}
