// SPDX-License-Identifier: EUPL-1.2

package ledger_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

func TestInclusionIsCheckedOffline(t *testing.T) {
	engines(t, func(t *testing.T, l *log) {
		l.grow(1, 4, 8)
		l.add(1)
		for i, id := range l.entries[:13] {
			var p ledger.Inclusion
			l.read(func(tx db.Tx) (err error) { p, err = ledger.Prove(ctx, tx, owner, id); return err })
			travelled, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			var q ledger.Inclusion
			if err := json.Unmarshal(travelled, &q); err != nil {
				t.Fatal(err)
			}
			if q.Number != int64(i) || q.Check(l.signer.Verifier()) != nil {
				t.Errorf("leaf %d: %v", i, q.Check(l.signer.Verifier()))
			}
			h := tlog.Hash(ledger.LeafHash([]byte("other")))
			for name, alter := range map[string]func(*ledger.Inclusion){
				"another leaf":   func(p *ledger.Inclusion) { p.Leaf = strings.Repeat("0", 64) },
				"another number": func(p *ledger.Inclusion) { p.Number = (p.Number + 1) % 13 },
				"beyond the log": func(p *ledger.Inclusion) { p.Number = 13 },
				"before the log": func(p *ledger.Inclusion) { p.Number = -1 },
				"a short proof":  func(p *ledger.Inclusion) { p.Proof = p.Proof[1:] },
				"an altered proof": func(p *ledger.Inclusion) {
					p.Proof[0] = strings.Repeat("ab", 32)
				},
				"no hash":              func(p *ledger.Inclusion) { p.Leaf = h.String() },
				"a checkpoint altered": func(p *ledger.Inclusion) { p.Checkpoint = strings.Replace(p.Checkpoint, "\n13\n", "\n14\n", 1) },
			} {
				bad := q
				bad.Proof = slices.Clone(q.Proof)
				alter(&bad)
				if bad.Check(l.signer.Verifier()) == nil {
					t.Errorf("leaf %d with %s checks", i, name)
				}
			}
			if q.Check(signer(t, owner, 9).Verifier()) == nil || q.Check(signer(t, partner, 1).Verifier()) == nil || q.Check("no key") == nil {
				t.Errorf("leaf %d checks under another key", i)
			}
		}
		err := l.db.Read(ctx, func(tx db.Tx) error { _, err := ledger.Prove(ctx, tx, owner, l.entries[13]); return err })
		if !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("an entry without a number: %v", err)
		}
	})
}

// witness has partner look at a checkpoint of the log, with a proof from what it remembers.
func witness(t *testing.T, at *log, c ledger.Checkpoint, proof []tlog.Hash) error {
	t.Helper()
	return at.db.Write(ctx, func(tx db.Tx) error { return ledger.Witness(ctx, tx, partner, c, proof, start) })
}

func (l *log) consistency(from, to int64) (proof []tlog.Hash) {
	l.t.Helper()
	l.read(func(tx db.Tx) (err error) { proof, err = ledger.Consistency(ctx, tx, owner, from, to); return err })
	return proof
}

func TestWitnessFollowsAGrowingLog(t *testing.T) {
	engines(t, func(t *testing.T, l *log) {
		eyes := newLog(t, filepath.Join(t.TempDir(), "partner.db"))
		l.grow(3)
		first := l.checkpoint()
		if err := witness(t, eyes, first, nil); err != nil {
			t.Fatal(err)
		}
		if err := witness(t, eyes, first, nil); err != nil {
			t.Errorf("the same again: %v", err)
		}
		before := int64(3)
		for _, n := range []int{1, 4, 9, 2} {
			l.grow(n)
			c := l.checkpoint()
			if err := witness(t, eyes, c, nil); !errors.Is(err, ledger.ErrUnproven) {
				t.Errorf("growth without proof: %v", err)
			}
			if err := witness(t, eyes, c, l.consistency(before, c.Size)); err != nil {
				t.Fatalf("from %d to %d: %v", before, c.Size, err)
			}
			before = c.Size
		}
		var fork *ledger.Fork
		if err := witness(t, eyes, first, nil); !errors.As(err, &fork) || !errors.Is(err, ledger.ErrFork) || fork.Now != first.Note || !strings.Contains(fork.Before, "\n19\n") {
			t.Errorf("a log that goes back: %v", err)
		}
	})
}

// TestWitnessSeesAForkAfterARestore restores an old copy that then grows another way under the same key.
func TestWitnessSeesAForkAfterARestore(t *testing.T) {
	whole, restored := newLog(t, filepath.Join(t.TempDir(), "a.db")), newLog(t, filepath.Join(t.TempDir(), "b.db"))
	eyes := newLog(t, filepath.Join(t.TempDir(), "c.db"))
	whole.grow(5, 3)
	restored.grow(5)
	if whole.verify().OK != true || restored.verify().OK != true {
		t.Fatal("each log alone is whole")
	}
	if err := witness(t, eyes, whole.checkpoint(), nil); err != nil {
		t.Fatal(err)
	}
	other := journal.NewID(start, nil)
	err := restored.db.Write(ctx, func(tx db.Tx) error {
		for i := range 3 {
			id := other
			id[15] = byte(i)
			if err := ledger.Append(ctx, tx, owner, ledger.Leaf{Entry: id, Hash: ledger.LeafHash([]byte("rewritten")), At: start}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	restored.number()
	same := restored.checkpoint()
	var fork *ledger.Fork
	if err := witness(t, eyes, same, nil); !errors.As(err, &fork) || fork.Before != whole.checkpoint().Note || fork.Now != same.Note {
		t.Fatalf("another tree of the same size: %v", err)
	}
	for _, note := range []string{fork.Before, fork.Now} { // both signed by the office: a proof for anyone
		if _, err := ledger.ParseCheckpoint(note, whole.signer.Verifier()); err != nil {
			t.Error(err)
		}
	}
	restored.grow(4)
	c := restored.checkpoint()
	if err := witness(t, eyes, c, restored.consistency(8, c.Size)); !errors.Is(err, ledger.ErrUnproven) {
		t.Errorf("the fork grown on: %v", err)
	}
	whole.grow(4)
	c = whole.checkpoint()
	if err := witness(t, eyes, c, whole.consistency(8, c.Size)); err != nil {
		t.Errorf("what it refused it remembered: %v", err)
	}
}

func TestParseCheckpointRefuses(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "office.db"))
	l.grow(2)
	good := l.checkpoint().Note
	for name, bad := range map[string]string{"nothing": "", "no signature": strings.SplitAfter(good, "\n\n")[0], "altered": strings.Replace(good, "\n2\n", "\n3\n", 1), "cut": good[:len(good)-9]} {
		if _, err := ledger.ParseCheckpoint(bad, l.signer.Verifier()); err == nil {
			t.Errorf("%s is a checkpoint", name)
		}
	}
}
