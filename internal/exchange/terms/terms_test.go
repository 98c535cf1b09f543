// SPDX-License-Identifier: EUPL-1.2

package terms_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

var (
	greek    = journal.MustID("01890000-0000-7000-8000-000000000001")
	albanian = journal.MustID("01890000-0000-7000-8000-000000000002")
	other    = journal.MustID("01890000-0000-7000-8000-000000000003")
	day      = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func office(t testing.TB, id journal.ID, seed byte) (card.Card, []byte, card.Secrets) {
	t.Helper()
	s, err := card.NewSecrets([32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	c, b, err := s.Issue(card.Card{Office: id, Name: "Office", Kind: access.Assistance, Country: "GR", Made: day})
	if err != nil {
		t.Fatal(err)
	}
	return c, b, s
}

func document(a, b card.Card) terms.Document {
	h := sha256.Sum256([]byte("the text"))
	return terms.Document{Version: 1, ID: other, Title: "Protocol", Parties: [2]terms.Party{terms.PartyOf(a), terms.PartyOf(b)},
		Grants:   []terms.Grant{{From: a.Office, To: b.Office, Purpose: "referral", Categories: []journal.Category{journal.D0, journal.D2}}},
		Handling: "H2", Basis: "the protocol", TextName: "protocol.txt", TextHash: hex.EncodeToString(h[:]), From: day, Until: day.AddDate(1, 0, 0), Retention: 365}
}

// Both sign the same bytes; a signature fits one document and one card.
func TestSignaturesFitOneDocumentAndOneCard(t *testing.T) {
	a, _, secrets := office(t, greek, 1)
	b, _, _ := office(t, albanian, 2)
	d := document(a, b)
	sig := terms.Sign(d, secrets.Sign)
	if err := terms.Check(d, sig, a); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*terms.Document){
		"title": func(d *terms.Document) { d.Title += "." }, "grants": func(d *terms.Document) { d.Grants[0].Categories = []journal.Category{journal.D0, journal.D3} },
		"direction": func(d *terms.Document) { d.Grants[0].From, d.Grants[0].To = d.Grants[0].To, d.Grants[0].From }, "period": func(d *terms.Document) { d.Until = d.Until.Add(time.Second) },
		"text": func(d *terms.Document) { d.TextHash = strings.Repeat("0", 64) }, "handling": func(d *terms.Document) { d.Handling = "H3" },
		"retention": func(d *terms.Document) { d.Retention++ }, "party": func(d *terms.Document) { d.Parties[1].Fingerprint = strings.Repeat("0", 64) },
	} {
		changed := document(a, b)
		change(&changed)
		if changed.Hash() == d.Hash() {
			t.Fatalf("%s: nothing was changed", name)
		}
		if err := terms.Check(changed, sig, a); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: the signature fits a changed document: %v", name, err)
		}
	}
	if terms.Check(d, sig, b) == nil {
		t.Error("the signature fits the other's card")
	}
	renewed, _, fresh := office(t, greek, 3) // new keys are another card: terms that name the old one are not its own
	if terms.Check(d, terms.Sign(d, fresh.Sign), renewed) == nil {
		t.Error("a card that the terms do not name signs them")
	}
	for _, garbage := range []string{"", "x", sig[1:]} {
		if terms.Check(d, garbage, a) == nil {
			t.Errorf("%q is a signature", garbage)
		}
	}
}

// A draft that lacks something says what; where a shelter is can never be granted.
func TestDraftsSayWhatTheyLack(t *testing.T) {
	a, _, _ := office(t, greek, 1)
	b, _, _ := office(t, albanian, 2)
	if err := document(a, b).Validate(); err != nil {
		t.Fatal(err)
	}
	for field, changes := range map[string][]func(*terms.Document){
		"version": {func(d *terms.Document) { d.Version = 2 }},
		"id":      {func(d *terms.Document) { d.ID = journal.ID{} }},
		"parties": {func(d *terms.Document) { d.Parties[1] = d.Parties[0] }, func(d *terms.Document) { d.Parties[0].Office = journal.ID{} }},
		"grants": {func(d *terms.Document) { d.Grants = nil }, func(d *terms.Document) { d.Grants[0].Categories = nil }, func(d *terms.Document) { d.Grants[0].Purpose = "" },
			func(d *terms.Document) { d.Grants[0].Purpose = "whatever we like" }, func(d *terms.Document) { d.Grants[0].To = other }, func(d *terms.Document) { d.Grants[0].To = d.Grants[0].From },
			func(d *terms.Document) { d.Grants[0].Categories = []journal.Category{journal.D0, journal.D5} }, func(d *terms.Document) { d.Grants[0].Categories = []journal.Category{"D77"} },
			func(d *terms.Document) { d.Grants[0].Categories = []journal.Category{journal.D0, journal.D0} },
			func(d *terms.Document) { d.Grants = slices.Repeat(d.Grants, 101) }},
		"until":     {func(d *terms.Document) { d.Until = d.From }},
		"basis":     {func(d *terms.Document) { d.Basis = "" }},
		"text":      {func(d *terms.Document) { d.TextHash = "" }},
		"retention": {func(d *terms.Document) { d.Retention = 0 }, func(d *terms.Document) { d.Retention = 1 << 30 }},
		"handling":  {func(d *terms.Document) { d.Handling = "" }, func(d *terms.Document) { d.Handling = "H4" }},
		"title":     {func(d *terms.Document) { d.Title = strings.Repeat("long ", 2000) }},
	} {
		for i, change := range changes {
			d := document(a, b)
			change(&d)
			err := d.Validate()
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), field+": exchange.terms.need.") {
				t.Errorf("%s %d: %v", field, i, err)
			}
		}
	}
}

// entry makes an entry of terms.
func entry(t interface{ Fatal(...any) }, typ string, payload any) journal.Entry {
	parts, err := journal.Split(payload)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Entry{Header: journal.Header{Type: typ, Dossier: other, Actor: greek, OccurredAt: day, RecordedAt: day}, Parts: parts}
}

// Whatever happened to terms, they cover exactly what is granted, in its direction, while they are in force
// and both have signed.
func TestTermsCoverWhatTheyGrantAndNothingElse(t *testing.T) {
	a, _, _ := office(t, greek, 1)
	b, _, _ := office(t, albanian, 2)
	all := journal.Categories()
	rapid.Check(t, func(r *rapid.T) {
		d := document(a, b)
		some := func(label string) []journal.Category {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 4, func(c journal.Category) journal.Category { return c }).Draw(r, label)
		}
		there, back := some("granted there"), some("granted back")
		d.Grants = []terms.Grant{{From: greek, To: albanian, Purpose: "referral", Categories: there}, {From: albanian, To: greek, Purpose: "statistics", Categories: back}}
		es := []journal.Entry{entry(r, "terms.drafted", terms.Drafted{Document: d})}
		signed, suspended, ended := map[journal.ID]bool{}, false, false
		for range rapid.IntRange(0, 6).Draw(r, "entries") {
			switch typ := rapid.SampledFrom([]string{"terms.signed", "terms.signed", "terms.suspended", "terms.resumed", "terms.ended"}).Draw(r, "type"); typ {
			case "terms.signed":
				by := rapid.SampledFrom([]journal.ID{greek, albanian}).Draw(r, "by")
				signed[by] = true
				es = append(es, entry(r, typ, terms.Signed{Office: by, Signature: "s"}))
			default:
				suspended = typ == "terms.suspended" || typ != "terms.resumed" && suspended
				ended = ended || typ == "terms.ended"
				es = append(es, entry(r, typ, terms.Marked{Reason: "decided_here"}))
			}
		}
		s, err := terms.Fold(es)
		if err != nil {
			r.Fatal(err)
		}
		now := day.Add(time.Duration(rapid.IntRange(-400, 800).Draw(r, "days")) * 24 * time.Hour)
		force := len(signed) == 2 && !suspended && !ended && !now.Before(d.From) && now.Before(d.Until)
		if got := s.Status(now) == "in_force"; got != force {
			r.Fatalf("in force: %v, status %s", force, s.Status(now))
		}
		ask, purpose, from, to := some("asked"), rapid.SampledFrom([]string{"referral", "statistics"}).Draw(r, "purpose"), greek, albanian
		if rapid.Bool().Draw(r, "back") {
			from, to = to, from
		}
		granted := from == greek && purpose == "referral" && subset(ask, there) || from == albanian && purpose == "statistics" && subset(ask, back)
		if err := s.Covers(now, from, to, purpose, ask); (err == nil) != (force && granted) || err != nil && !fault.Is(err, fault.Uncovered) {
			r.Fatalf("covers %v for %s: %v", ask, purpose, err)
		}
		if err := s.Bound(from, to, purpose, ask); (err == nil) != (len(signed) == 2 && granted) {
			r.Fatalf("a duty: %v", err)
		}
	})
}

func subset(ask, of []journal.Category) bool {
	return !slices.ContainsFunc(ask, func(c journal.Category) bool { return !slices.Contains(of, c) })
}

// A partner is its last pinned card; how often it changed is counted, because new keys want a new look.
func TestAPartnerIsItsLastPinnedCard(t *testing.T) {
	_, first, _ := office(t, greek, 1)
	second, b, _ := office(t, greek, 2)
	p, err := terms.FoldPartner([]journal.Entry{entry(t, "partner.pinned", terms.Pinned{Card: first, How: "phone"}), entry(t, "partner.blocked", terms.Blocked{}),
		entry(t, "partner.pinned", terms.Pinned{Card: b, How: "in_person"})})
	if err != nil || p.Card != second || p.Changes != 1 || !p.Blocked || p.How != "in_person" {
		t.Errorf("%+v %v", p, err)
	}
}

// Whose hand signed is known: the command line is told from somebody who was signed in.
func TestWhoseHandSignedIsKnown(t *testing.T) {
	s, err := terms.Fold([]journal.Entry{entry(t, "terms.signed", terms.Signed{Office: albanian, Signature: "s"})})
	if err != nil || s.Hands[albanian] != (terms.Hand{Actor: greek, At: day}) {
		t.Errorf("%+v %v", s.Hands, err)
	}
}

// FuzzDocument: what another office sends to be signed never breaks the program, and what passes is bounded.
func FuzzDocument(f *testing.F) {
	a, _, _ := office(f, greek, 1)
	b, _, _ := office(f, albanian, 2)
	f.Add(document(a, b).Bytes())
	f.Add([]byte(`{"version":1,"grants":[{"categories":["D5"]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var d terms.Document
		if json.Unmarshal(raw, &d) != nil {
			return
		}
		_, _ = d.Hash(), terms.Check(d, "c2ln", a)
		if d.Validate() != nil {
			return
		}
		for _, g := range d.Grants {
			if slices.Contains(g.Categories, journal.D5) {
				t.Error("where a shelter is can be granted")
			}
		}
		var again terms.Document
		if json.Unmarshal(d.Bytes(), &again) != nil || again.Hash() != d.Hash() {
			t.Error("a document does not come back as it was signed")
		}
	})
}
