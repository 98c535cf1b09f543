// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// settle lets hours pass and the post travel until nothing waits.
func (k *killing) settle() { settle(k.t, k.s) }

func settle(t *testing.T, s *demo.Stage) {
	t.Helper()
	for range 20 {
		waiting := int64(0)
		for _, p := range []demo.Place{demo.Greek, demo.Albanian} {
			var d app.Delivered
			if err := s.Ask(t.Context(), p, "deliver", app.Empty{}, &d); err != nil {
				t.Fatal(err)
			}
			waiting += d.Queued
		}
		if waiting == 0 {
			return
		}
		if err := s.Pass(t.Context(), 1); err != nil { // the longest wait
			t.Fatal(err)
		}
	}
	t.Fatal("post is stuck")
}

func checkVerify(t *testing.T, s *demo.Stage) {
	t.Helper()
	for p := range s.Offices {
		var v app.Verified
		if err := s.Ask(t.Context(), p, "verify", app.Empty{}, &v); err != nil || !v.OK {
			t.Errorf("%s: the log does not verify: %+v, %v", p, v.Reports, err)
		}
	}
}

// checkFiles looks for every acknowledged note: it is there, once, word for word, and no other is.
func (k *killing) checkFiles() {
	k.t.Helper()
	for p, files := range k.notes {
		c := at(k.s, p, map[demo.Place]string{demo.Greek: "eleni", demo.Albanian: "arta"}[p])
		for id, notes := range files {
			o, err := c.open(k.t.Context(), "assistance", "person", id)
			if err != nil {
				k.t.Errorf("%s: an acknowledged file is lost: %v", p, err)
				continue
			}
			found, begun := 0, 0
			for _, e := range o.Entries {
				switch e.Type {
				case "person.registered":
					begun++
				case "note.added":
					var n casework.Noted
					if err := json.Unmarshal(e.Parts[journal.D3], &n); err != nil || n.Account != notes[e.ID] || n.Account == "" {
						k.t.Errorf("%s: a note is not what was acknowledged: %v", p, err)
					}
					found++
				}
			}
			if found != len(notes) || begun != 1 {
				k.t.Errorf("%s: %d notes of %d acknowledged, %d beginnings", p, found, len(notes), begun)
			}
		}
	}
}

// checkReferrals holds both sides of every referral against each other.
func (k *killing) checkReferrals() {
	k.t.Helper()
	eleni, arta := at(k.s, demo.Greek, "eleni"), at(k.s, demo.Albanian, "arta")
	for ref, id := range k.sent {
		out, err := k.out(eleni, id, ref)
		if err != nil {
			k.t.Error(err)
			continue
		}
		o, err := arta.open(k.t.Context(), "referral", "referral_in", ref)
		if err != nil {
			k.t.Errorf("an acknowledged offer never arrived: %v", err)
			continue
		}
		types := map[string]int{}
		for _, e := range o.Entries {
			types[e.Type]++
		}
		handed := 0
		if !out.HandedAt.IsZero() {
			handed = 1
		}
		if types["incoming.offered"] != 1 || types["incoming.handed_over"] != handed || types["incoming.answered"] > 1 {
			k.t.Errorf("sent once, handed over %d times, arrived as %v", handed, types)
		}
		if answered := types["incoming.answered"] == 1; answered != (out.Answer != nil) || handed == 1 && (out.Status != referral.HandedOver || out.ReceiptedAt.IsZero()) {
			k.t.Errorf("the two sides differ: %s here, %v there", out.Status, types)
		}
	}
}

// tables is what lies in an office's post after it was stopped.
type tables struct {
	place          demo.Place
	sent, received map[journal.ID]string // message -> state and hash
	again          int64                 // messages that were tried more than once
}

// tables looks into a stopped office's file for anything half written.
func (k *killing) tables(p demo.Place) tables {
	k.t.Helper()
	d, err := db.Open(k.t.Context(), db.Config{DSN: filepath.Join(string(k.s.Offices[p].Folder), "office.db")})
	if err != nil {
		k.t.Fatal(err)
	}
	defer d.Close()
	out := tables{place: p, sent: map[journal.ID]string{}, received: map[journal.ID]string{}}
	ctx := k.t.Context()
	err = d.Read(ctx, func(tx db.Tx) error {
		var whole string
		if err := tx.Row(ctx, `PRAGMA integrity_check`).Scan(&whole); err != nil || whole != "ok" {
			k.t.Errorf("%s: the file: %s, %v", p, whole, err)
		}
		for what, query := range map[string]string{
			"dossiers whose revision is not their last entry's":    `SELECT COUNT(*) FROM dossier d WHERE d.revision <> (SELECT MAX(revision) FROM entry e WHERE e.owner = d.owner AND e.dossier = d.id)`,
			"dossiers with a hole":                                 `SELECT COUNT(*) FROM dossier d WHERE d.revision <> (SELECT COUNT(*) FROM entry e WHERE e.owner = d.owner AND e.dossier = d.id)`,
			"entries without a dossier":                            `SELECT COUNT(*) FROM entry e WHERE NOT EXISTS (SELECT 1 FROM dossier d WHERE d.owner = e.owner AND d.id = e.dossier)`,
			"parts without an entry":                               `SELECT COUNT(*) FROM part p WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.owner = p.owner AND e.id = p.entry)`,
			"messages taken in without what they brought about":    `SELECT COUNT(*) FROM post_in p WHERE p.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.owner = p.owner AND e.id = p.id)`,
			"messages refused":                                     `SELECT COUNT(*) FROM post_in WHERE state <> 'accepted'`,
			"messages that never ended":                            `SELECT COUNT(*) FROM post_out WHERE state <> 'accepted' OR sealed IS NOT NULL`,
			"what came about by a message, without the message":    `SELECT COUNT(*) FROM entry e WHERE e.type IN ('incoming.offered', 'incoming.handed_over', 'referral.answered') AND NOT EXISTS (SELECT 1 FROM post_in p WHERE p.owner = e.owner AND p.id = e.id)`,
			"offers, hand-overs and answers without their message": `SELECT (SELECT COUNT(*) FROM entry WHERE type IN ('referral.offered', 'referral.handed_over', 'incoming.answered')) - (SELECT COUNT(*) FROM post_out)`,
		} {
			var n int64
			if err := tx.Row(ctx, query).Scan(&n); err != nil || n != 0 {
				k.t.Errorf("%s: %d %s %v", p, n, what, err)
			}
		}
		if err := tx.Row(ctx, `SELECT COUNT(*) FROM post_out WHERE tries > 1`).Scan(&out.again); err != nil {
			return err
		}
		if err := messages(ctx, tx, `SELECT id, state, hash FROM post_out`, out.sent); err != nil {
			return err
		}
		return messages(ctx, tx, `SELECT id, state, hash FROM post_in`, out.received)
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

func messages(ctx context.Context, tx db.Tx, query string, into map[journal.ID]string) error {
	rows, err := tx.Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id journal.ID
		var state string
		var hash []byte
		if err := rows.Scan(&id, &state, &hash); err != nil {
			return err
		}
		into[id] = state + string(hash)
	}
	return rows.Err()
}

// matchPosts holds what one office sent against what the other received: the same messages, the same bytes,
// the same end.
func matchPosts(t *testing.T, from, to tables) {
	t.Helper()
	if len(from.sent) != len(to.received) {
		t.Errorf("%s sent %d messages, %s received %d", from.place, len(from.sent), to.place, len(to.received))
	}
	for id, x := range from.sent {
		if to.received[id] != x {
			t.Errorf("a message of %s is %q here and %q there", from.place, x, to.received[id])
		}
	}
}
