// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/relay"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

const relayTestWord = "a word that a machine made"

// alone makes an office of its own folder, which nobody calls.
func alone(t *testing.T, name, country string, kind access.OfficeKind, reach string) *Node {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	f := Folder(filepath.Join(t.TempDir(), "office"))
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	s := Settings{Version: 1, Listen: "127.0.0.1:0", URL: "http://127.0.0.1:1", Unlock: ByIdentity, Owners: []Owner{NewOwner(name, kind, country, "UTC", "en", now)}}
	keys, err := Make(f, s, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if reach != "" {
		if err := Reach(f, reach, relayTestWord); err != nil {
			t.Fatal(err)
		}
	}
	n, err := Open(t.Context(), f, Options{Keys: keys, Clock: clock.NewManual(now)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

// A figure reaches an office that listens nowhere, and its receipt comes back; the relay knows neither.
func TestAnOfficeThatListensNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "relay.db")
	r, err := relay.Open(t.Context(), file, relayTestWord, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r.Handler())
	t.Cleanup(func() { server.Close(); _ = r.Close() })
	from, to := alone(t, "Sender", "GR", access.Assistance, ""), alone(t, "Recipient", "FR", access.Programme, relay.Scheme+server.URL)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, b := from.Settings.Owners[0].ID, to.Settings.Owners[0].ID
	for _, way := range [][2]*Node{{from, to}, {to, from}} {
		c, err := opCard(t.Context(), way[1], Of{})
		must(nil, err)
		must(opPin(t.Context(), way[0], PinIn{Card: c.Card, How: "paper"}))
	}
	now := from.Clock.Now()
	draft, err := opDraftTerms(t.Context(), from, DraftIn{Partner: b, Title: "Protocol", Grants: []terms.Grant{{From: a, To: b, Purpose: "statistics", Categories: []journal.Category{journal.D9}}}, Handling: "H2", Basis: "Fictitious",
		TextName: "protocol.txt", Text: []byte("Fictitious."), From: now.Add(-time.Hour), Until: now.AddDate(1, 0, 0), Retention: 30})
	must(nil, err)
	signed, err := opSignTerms(t.Context(), from, SignIn{ID: draft.Document.ID})
	must(nil, err)
	signed, err = opSignTerms(t.Context(), to, SignIn{Terms: &signed})
	must(nil, err)
	must(opSignTerms(t.Context(), from, SignIn{Terms: &signed}))
	must(opImportProgramme(t.Context(), from, ImportProgrammeIn{}))
	must(opImportProgramme(t.Context(), to, ImportProgrammeIn{}))
	must(opSendFigure(t.Context(), from, SendFigureIn{Activity: "P4-G1", Recipient: b, To: b, Quarter: "2026-Q1"}))
	if d, err := opDeliver(t.Context(), from, Empty{}); err != nil || d.Queued == 0 {
		t.Errorf("it left by a line that is not there: %+v %v", d, err)
	}
	for range 2 {
		for _, n := range []*Node{to, from, to, from} {
			must(nil, n.relayed.Once(t.Context()))
		}
	}
	if s, err := opStatus(t.Context(), from, Empty{}); err != nil || s.Queued != 0 {
		t.Errorf("%d messages wait still, %v", s.Queued, err)
	}
	disk, err := os.ReadFile(file)
	must(nil, err)
	for _, known := range []string{a.String(), b.String(), string(a[:]), string(b[:]), "Sender", "Recipient", "P4-G1", "figure"} {
		if bytes.Contains(disk, []byte(known)) {
			t.Errorf("the relay's disk shows %q", known)
		}
	}
}

func TestReachIsChecked(t *testing.T) {
	n := alone(t, "Office", "GR", access.Assistance, "")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := Reach(n.Folder, ByHand, ""); !fault.Is(err, fault.Unavailable) {
		t.Errorf("while a process serves the folder: %v", err)
	}
	must(n.Close())
	for reach, ok := range map[string]bool{ByHand: true, "": true, "relay+https://relay.example": true, "relay+http://relay.example": false, "relay+": false, "https://elsewhere.example": false} {
		if err := Reach(n.Folder, reach, ""); (err == nil) != ok {
			t.Errorf("%q: %v", reach, err)
		}
	}
}
