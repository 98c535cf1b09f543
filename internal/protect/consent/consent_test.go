// SPDX-License-Identifier: EUPL-1.2

package consent_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

var (
	now   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	there = journal.MustID("01900000-0000-7000-8000-000000000002")
	ana   = journal.MustID("01900000-0000-7000-8000-0000000000a1")
)

func entry(t testing.TB, revision int64, at time.Time, typ string, payload any) journal.Entry {
	t.Helper()
	parts, err := journal.Split(payload)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Entry{Header: journal.Header{Revision: revision, Base: revision - 1, Type: typ, Actor: ana, OccurredAt: at}, Parts: parts}
}

func given(n byte, cats ...journal.Category) consent.Given {
	id := journal.MustID("01900000-0000-7000-8000-000000000100")
	id[15] = n
	return consent.Given{Receipt: id, Purpose: consent.Referral, Recipient: there, Categories: cats, Language: "sq", Interpreting: consent.OwnLanguage, By: consent.ByPerson,
		Expires: now.Add(24 * time.Hour)}
}

func TestWhatAConsentNeeds(t *testing.T) {
	c := consent.Context{Now: now, Actor: ana}
	if err := consent.Guard(consent.State{}, c, entry(t, 1, now, "consent.given", given(1, journal.D0))); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*consent.Given){
		"receipt":      func(g *consent.Given) { g.Receipt = journal.ID{} },
		"for":          func(g *consent.Given) { g.Purpose = "anything" },
		"categories":   func(g *consent.Given) { g.Categories = nil },
		"language":     func(g *consent.Given) { g.Language = "" },
		"interpreting": func(g *consent.Given) { g.Interpreting = consent.NoOne },
		"expires":      func(g *consent.Given) { g.Expires = now },
		"by":           func(g *consent.Given) { g.By = "police" },
	} {
		g := given(1, journal.D0)
		change(&g)
		err := consent.Guard(consent.State{}, c, entry(t, 1, now, "consent.given", g))
		f, ok := err.(*fault.Fault)
		if !ok || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == field }) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, cat := range []journal.Category{journal.D5, journal.D8, journal.PP, journal.OF} {
		if err := consent.Guard(consent.State{}, c, entry(t, 1, now, "consent.given", given(1, journal.D0, cat))); !fault.Is(err, fault.Invalid) {
			t.Errorf("sharing %s: %v", cat, err)
		}
	}
	long := given(1, journal.D0)
	long.Expires = now.Add(consent.Longest + time.Second)
	if err := consent.Guard(consent.State{}, c, entry(t, 1, now, "consent.given", long)); !fault.Is(err, fault.Invalid) {
		t.Errorf("for ever: %v", err)
	}
}

// Whatever is given, suspended, resumed and withdrawn in whatever order: what a withdrawn receipt alone
// covered is never covered again, and D5 never is.
func TestWithdrawnStaysWithdrawn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var es []journal.Entry
		n := rapid.IntRange(1, 4).Draw(rt, "receipts")
		for i := range n {
			cats := rapid.SliceOfNDistinct(rapid.SampledFrom([]journal.Category{journal.D0, journal.D1, journal.D2, journal.D5}), 1, 4, rapid.ID).Draw(rt, "categories")
			es = append(es, entry(t, int64(len(es)+1), now, "consent.given", given(byte(i), cats...)))
		}
		gone := map[byte]bool{}
		paused := map[byte]bool{}
		for range rapid.IntRange(0, 12).Draw(rt, "steps") {
			i := byte(rapid.IntRange(0, n-1).Draw(rt, "which"))
			typ := rapid.SampledFrom([]string{"consent.withdrawn", "consent.suspended", "consent.resumed"}).Draw(rt, "what")
			es = append(es, entry(t, int64(len(es)+1), now, typ, consent.Ended{Receipt: given(i).Receipt, By: consent.ByPerson}))
			gone[i] = gone[i] || typ == "consent.withdrawn"
			if typ != "consent.withdrawn" {
				paused[i] = typ == "consent.suspended"
			}
		}
		s, err := consent.Fold(es)
		if err != nil {
			rt.Fatal(err)
		}
		for _, cat := range []journal.Category{journal.D0, journal.D1, journal.D2, journal.D5} {
			want := false
			for i, r := range s.Receipts {
				want = want || cat != journal.D5 && !gone[byte(i)] && !paused[byte(i)] && slices.Contains(r.Categories, cat)
			}
			if got := len(s.Covers(now, there, consent.Referral, []journal.Category{cat}).Uncovered) == 0; got != want {
				rt.Fatalf("%s covered: %v, want %v", cat, got, want)
			}
			if len(s.Covers(now.Add(25*time.Hour), there, consent.Referral, []journal.Category{cat}).Uncovered) == 0 {
				rt.Fatalf("%s is covered by receipts that have run out", cat)
			}
			if len(s.Covers(now, ana, consent.Referral, []journal.Category{cat}).Uncovered) == 0 {
				rt.Fatalf("%s is covered for another office", cat)
			}
		}
	})
}
