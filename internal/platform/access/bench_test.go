// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// BenchmarkAuthorize asks what a case manager's page asks, remembered and afresh: a decision is a pure function of what
// its key holds (TestRememberedDecisionsAreTheSame).
func BenchmarkAuthorize(b *testing.B) {
	p, err := Base()
	if err != nil {
		b.Fatal(err)
	}
	owner := journal.ID{1}
	q := Request{Actor: Actor{ID: owner, Owner: owner, Office: Assistance, Roles: []Role{CaseManager}}, Action: Read, Category: journal.D2, Purpose: ForAssistance,
		Row: Row{Owner: owner, Kind: KindPerson, Dossier: owner, Relations: []Relation{AsManager}}}
	b.Run("remembered", func(b *testing.B) {
		for b.Loop() {
			if !p.Authorize(q).Allow {
				b.Fatal("refused")
			}
		}
	})
	b.Run("afresh", func(b *testing.B) {
		for b.Loop() {
			if !p.decide(q).Allow {
				b.Fatal("refused")
			}
		}
	})
}

// TestRememberedDecisionsAreTheSame asks the whole matrix twice, and Cedar afresh each time.
func TestRememberedDecisionsAreTheSame(t *testing.T) {
	p, err := Base()
	if err != nil {
		t.Fatal(err)
	}
	owner, other := journal.ID{1}, journal.ID{2}
	asked, allowed := 0, 0
	for _, office := range OfficeKinds() {
		for _, role := range RolesOf(office) {
			for _, kind := range []string{KindPerson, KindReferralIn, KindActivity, KindTerms} {
				for _, rel := range [][]Relation{nil, {AsManager}, {AsSuper}, {AsRecipient}} {
					for _, c := range []journal.Category{journal.D0, journal.D2, journal.D5, journal.PP, journal.OF} {
						for _, row := range []journal.ID{owner, other} {
							q := Request{Actor: Actor{ID: owner, Owner: owner, Office: office, Roles: []Role{role}}, Action: Read, Category: c, Purpose: ForAssistance,
								Row: Row{Owner: row, Kind: kind, Dossier: row, Relations: rel}}
							want := p.decide(q).Allow
							for range 2 {
								if got := p.Authorize(q).Allow; got != want {
									t.Fatalf("%+v: remembered %v, afresh %v", q, got, want)
								}
							}
							if asked++; want {
								allowed++
							}
						}
					}
				}
			}
		}
	}
	if allowed == 0 || allowed == asked {
		t.Errorf("%d of %d allowed: the questions do not tell rules apart", allowed, asked)
	}
}
