// SPDX-License-Identifier: EUPL-1.2

package card_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

func issue(t testing.TB, seed byte) (card.Card, []byte, card.Secrets) {
	t.Helper()
	s, err := card.NewSecrets([32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	c, b, err := s.Issue(card.Card{Office: journal.MustID("01890000-0000-7000-8000-000000000001"), Name: "Outreach", Kind: access.Assistance, Country: "GR",
		URL: "https://office.example.org", Made: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return c, b, s
}

func TestACardComesBackAsItWasIssued(t *testing.T) {
	c, b, s := issue(t, 1)
	p, err := card.Parse(b)
	if err != nil || p != c {
		t.Fatalf("%+v %v", p, err)
	}
	again, err := card.LoadSecrets([32]byte{1}, s.SealKey())
	if err != nil {
		t.Fatal(err)
	}
	same, _, err := again.Issue(c)
	if err != nil || same.Fingerprint() != c.Fingerprint() {
		t.Error("the same keys give another fingerprint")
	}
	if n := len(strings.Fields(card.Words(c.Fingerprint()))); n != 12 {
		t.Errorf("%d words", n)
	}
	if n := len(strings.Fields(card.Hex(c.Fingerprint()))); n != 16 {
		t.Errorf("%d groups", n)
	}
	other, _, _ := issue(t, 2)
	if other.Fingerprint() == c.Fingerprint() {
		t.Error("two offices share a fingerprint")
	}
}

func TestAChangedCardIsRefused(t *testing.T) {
	_, b, _ := issue(t, 1)
	for name, bad := range map[string][]byte{
		"name":          bytes.Replace(b, []byte("Outreach"), []byte("Outreaxh"), 1),
		"country":       bytes.Replace(b, []byte(`"GR"`), []byte(`"AL"`), 1),
		"address":       bytes.Replace(b, []byte("office.example"), []byte("0ffice.example"), 1),
		"unknown field": bytes.Replace(b, []byte(`{"version"`), []byte(`{"more":1,"version"`), 1),
		"two cards":     append(bytes.Clone(b), b...),
		"empty":         nil,
		"large":         bytes.Repeat([]byte{' '}, card.MaxSize+1),
	} {
		if bytes.Equal(bad, b) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := card.Parse(bad); err == nil {
			t.Errorf("%s: a changed card is taken", name)
		}
	}
	c, err := card.Parse(b)
	if kept, kerr := card.Kept(b); err != nil || kerr != nil || kept != c {
		t.Errorf("a card that was parsed reads otherwise: %+v %v %v", kept, err, kerr)
	}
	if _, err := card.Kept(append(bytes.Clone(b), b...)); err == nil {
		t.Error("two cards are read as one")
	}
}

func FuzzParse(f *testing.F) {
	_, b, _ := issue(f, 1)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := card.Parse(b); err == nil && (c.Office.IsZero() || c.Name == "") {
			t.Error("a card without an office is taken")
		}
	})
}
