// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// bytesOf gives n bytes that differ from piece to piece.
func bytesOf(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func (w *world) attach(ref store.Ref, b store.Blob) journal.ID {
	w.t.Helper()
	p := filed{Sort: "statement", Title: "planted title"}
	if b.Category == journal.D4 {
		p = filed{Sort: "record", Ill: "planted title"}
	}
	r, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "file.added", Payload: p, Blob: &b})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Appended[0].ID
}

func TestBytesComeBackAsTheyWent(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		for _, n := range []int{1, 1000, 256<<10 - 1, 256 << 10, 256<<10 + 1, 3*256<<10 + 7, store.MaxBlob} {
			sent := bytesOf(n)
			id := w.attach(ref, store.Blob{Category: journal.D3, Bytes: sent})
			got, err := w.s.OpenBlob(w.ctx, w.ana, ref, id)
			if err != nil || got.Category != journal.D3 || !bytes.Equal(got.Bytes, sent) {
				t.Fatalf("of %d bytes came back %d of %s: %v", n, len(got.Bytes), got.Category, err)
			}
		}
		if r := w.verify(); !r.OK {
			t.Fatalf("the log does not verify: %+v", r.Difference)
		}
	})
}

func TestWhatComesWithAnEntryIsAsked(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		for what, d := range map[string]store.Draft{
			"no bytes":       {Type: "file.added", Payload: filed{Sort: "x", Title: "y"}},
			"empty bytes":    {Type: "file.added", Payload: filed{Sort: "x", Title: "y"}, Blob: &store.Blob{Category: journal.D3}},
			"too many bytes": {Type: "file.added", Payload: filed{Sort: "x", Title: "y"}, Blob: &store.Blob{Category: journal.D3, Bytes: make([]byte, store.MaxBlob+1)}},
		} {
			if _, err := w.s.Append(w.ctx, w.ana, ref, d); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for what, d := range map[string]store.Draft{
			"bytes with a note":             {Type: "note.added", Payload: noted{"x"}, Blob: &store.Blob{Category: journal.D3, Bytes: []byte("x")}},
			"bytes of another category":     {Type: "file.added", Payload: filed{Sort: "x", Title: "y"}, Blob: &store.Blob{Category: journal.D4, Bytes: []byte("x")}},
			"bytes of a category in clear":  {Type: "file.added", Payload: filed{Sort: "x", Title: "y"}, Blob: &store.Blob{Category: journal.PP, Bytes: []byte("x")}},
			"bytes of the unsealed D0 part": {Type: "file.added", Payload: filed{}, Blob: &store.Blob{Category: journal.OF, Bytes: []byte("x")}},
		} {
			if _, err := w.s.Append(w.ctx, w.ana, ref, d); err == nil {
				t.Errorf("%s are taken", what)
			}
		}
		if o, err := w.s.Open(w.ctx, w.ana, ref); err != nil || o.Revision != 1 {
			t.Errorf("something was stored: %v", err)
		}
	})
}

// TestSendingBytesTwiceIsHarmless: the same entry again changes nothing, not even with other bytes.
func TestSendingBytesTwiceIsHarmless(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		id := w.s.NewID()
		for _, b := range []string{"the first", "another"} {
			if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{ID: id, Type: "file.added", Payload: filed{Sort: "x", Title: "y"}, Blob: &store.Blob{Category: journal.D3, Bytes: []byte(b)}}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := w.s.OpenBlob(w.ctx, w.ana, ref, id)
		if err != nil || string(got.Bytes) != "the first" {
			t.Errorf("%q %v", got.Bytes, err)
		}
	})
}

// TestTheDoorStandsBeforeBytes: by category, by standing, and by the parent that an id is asked for with.
func TestTheDoorStandsBeforeBytes(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref, other := w.open("Mira Test"), w.open("Another Test")
		id := w.attach(ref, store.Blob{Category: journal.D3, Bytes: []byte("an account")})
		ill := w.attach(ref, store.Blob{Category: journal.D4, Bytes: []byte("a record")}) // a case manager writes these and does not read them back
		foreign := w.attach(other, store.Blob{Category: journal.D3, Bytes: []byte("another's")})
		note := w.note(ref, "without bytes").Appended[0].ID
		for what, c := range map[string]struct {
			who   store.Who
			ref   store.Ref
			entry journal.ID
			want  fault.Kind
		}{
			"a category that is not the reader's": {w.ana, ref, ill, fault.Denied},
			"without standing":                    {w.boris, ref, id, fault.NotFound},
			"another person's, through this file": {w.ana, ref, foreign, fault.NotFound},
			"this person's, through another file": {w.ana, other, id, fault.NotFound},
			"an entry without bytes":              {w.ana, ref, note, fault.NotFound},
			"no entry at all":                     {w.ana, ref, w.s.NewID(), fault.NotFound},
			"the file under another kind":         {w.ana, store.Ref{Kind: access.KindReferralIn, ID: ref.ID}, id, fault.Invalid}, // this store has no such kind
			"no file at all":                      {w.ana, store.Ref{Kind: access.KindPerson, ID: w.s.NewID()}, id, fault.NotFound},
		} {
			b, err := w.s.OpenBlob(w.ctx, c.who, c.ref, c.entry)
			if !fault.Is(err, c.want) || b.Bytes != nil {
				t.Errorf("%s: %q %v", what, b.Bytes, err)
			}
		}
		if _, err := w.s.Append(w.ctx, w.boris, ref, store.Draft{Type: "file.added", Payload: filed{Sort: "x", Title: "y"}, Blob: &store.Blob{Category: journal.D3, Bytes: []byte("x")}}); !fault.Is(err, fault.NotFound) {
			t.Errorf("without standing somebody attaches: %v", err)
		}
	})
}

func TestReadingBytesIsNotedBeforeTheyLeave(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		id := w.attach(ref, store.Blob{Category: journal.D3, Bytes: []byte("an account")})
		ctx := store.WithReads(w.ctx)
		if _, err := w.s.OpenBlob(ctx, w.ana, ref, id); err != nil {
			t.Fatal(err)
		}
		if err := w.s.CommitReads(ctx); err != nil {
			t.Fatal(err)
		}
		rs, err := w.s.ReadsOf(store.WithReads(w.ctx), w.ana, ref, 10)
		if err != nil || len(rs) != 1 || len(rs[0].Of) != 1 || fmt.Sprint(rs[0].Of[0].Categories) != "[D3]" || rs[0].Actor != w.ana.Actor.ID {
			t.Errorf("noted: %+v %v", rs, err)
		}
	})
}

// pieces gives the stored bytes of an entry's pieces.
func (w *world) pieces(entry journal.ID) (out [][]byte) {
	w.t.Helper()
	if err := w.db.Read(w.ctx, func(tx db.Tx) error {
		rows, err := tx.Query(w.ctx, `SELECT body FROM chunk WHERE owner = $1 AND entry = $2 ORDER BY number`, w.owner.ID, entry)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			out = append(out, b)
		}
		return rows.Err()
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// TestErasingACategoryErasesItsBytes: the key and the pieces go, on SQLite from the file itself; another category's
// stay, and the log verifies as before.
func TestErasingACategoryErasesItsBytes(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		plain := append([]byte("planted words 7391"), bytesOf(3*256<<10)...)
		id := w.attach(ref, store.Blob{Category: journal.D3, Bytes: plain})
		ill := w.attach(ref, store.Blob{Category: journal.D4, Bytes: []byte("a record")})
		w.verify()
		pieces := w.pieces(id)
		if len(pieces) != 4 {
			t.Fatalf("%d pieces", len(pieces))
		}
		if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.wiped", Payload: wiped{"wish"}}); err != nil {
			t.Fatal(err)
		}
		_, err := w.s.OpenBlob(w.ctx, w.ana, ref, id)
		want(t, err, fault.Erased)
		for i, b := range w.pieces(id) {
			if b != nil {
				t.Errorf("piece %d is still there", i)
			}
		}
		if b := w.pieces(ill); len(b) != 1 || b[0] == nil {
			t.Error("a piece of another category is gone")
		}
		if r := w.verify(); !r.OK {
			t.Errorf("erasing broke the log: %+v", r.Difference)
		}
		// What is attached afterwards stands under a new key, and reads.
		later := w.attach(ref, store.Blob{Category: journal.D3, Bytes: []byte("later")})
		if b, err := w.s.OpenBlob(w.ctx, w.ana, ref, later); err != nil || string(b.Bytes) != "later" {
			t.Errorf("after an erasure: %q %v", b.Bytes, err)
		}
		_, err = w.s.OpenBlob(w.ctx, w.ana, ref, id)
		want(t, err, fault.Erased)
		if w.db.Engine() == db.SQLite {
			w.absent(pieces)
		}
	})
}

// absent wants no file of the database to hold any stretch of what was erased.
func (w *world) absent(pieces [][]byte) {
	w.t.Helper()
	for _, f := range []string{w.path, w.path + "-wal"} {
		b, err := os.ReadFile(f)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			w.t.Fatal(err)
		}
		for i, p := range pieces {
			for at := 0; at+64 <= len(p); at += 1024 { // a page of the file splits a piece
				if bytes.Contains(b, p[at:at+64]) {
					w.t.Errorf("%s still holds piece %d at %d", filepath.Base(f), i, at)
					break
				}
			}
		}
	}
}

// TestTheFileHoldsNoPlainBytes: what was attached, its title and its words are nowhere in clear.
func TestTheFileHoldsNoPlainBytes(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "office.db"))
	ref := w.open("Plantedgivenname Plantedfamilyname")
	plain := bytes.Repeat([]byte("planted words 739148205517. "), 25_000)
	id := w.attach(ref, store.Blob{Category: journal.D3, Bytes: plain})
	for _, f := range []string{w.path, w.path + "-wal"} {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, planted := range []string{"planted words", "planted title", "739148205517"} {
			if bytes.Contains(b, []byte(planted)) {
				t.Errorf("%s holds %q in clear", filepath.Base(f), planted)
			}
		}
	}
	if p := w.pieces(id); len(p) != 3 {
		t.Errorf("%d pieces", len(p))
	}
}

// TestTheLogCommitsToTheBytes: a piece that was changed, added or taken away is found out, by the log
// and by whoever opens it.
func TestTheLogCommitsToTheBytes(t *testing.T) {
	for what, change := range map[string]string{
		"changed":     `UPDATE chunk SET body = (SELECT body FROM chunk WHERE owner = $1 AND entry = $3 AND number = 0) WHERE owner = $1 AND entry = $2 AND number = 1`,
		"taken away":  `DELETE FROM chunk WHERE owner = $1 AND entry = $2 AND number = 2 AND entry <> $3`,
		"all gone":    `DELETE FROM chunk WHERE owner = $1 AND entry = $2 AND entry <> $3`,
		"added":       `INSERT INTO chunk (owner, entry, number, category, digest, body) SELECT owner, $2, 3, category, digest, body FROM chunk WHERE owner = $1 AND entry = $3 AND number = 0`,
		"re-digested": `UPDATE chunk SET body = (SELECT body FROM chunk WHERE owner = $1 AND entry = $3 AND number = 0), digest = (SELECT digest FROM chunk WHERE owner = $1 AND entry = $3 AND number = 0) WHERE owner = $1 AND entry = $2 AND number = 1`,
	} {
		t.Run(what, func(t *testing.T) {
			engines(t, func(t *testing.T, w *world) {
				ref := w.open("Mira Test")
				id := w.attach(ref, store.Blob{Category: journal.D3, Bytes: bytesOf(3 * 256 << 10)})
				spare := w.attach(ref, store.Blob{Category: journal.D3, Bytes: bytesOf(256 << 10)})
				if r := w.verify(); !r.OK {
					t.Fatalf("before: %+v", r.Difference)
				}
				if err := w.db.Write(w.ctx, func(tx db.Tx) error {
					_, err := tx.Exec(w.ctx, change, w.owner.ID, id, spare)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if r := w.verify(); r.OK {
					t.Error("the log verifies")
				}
				if b, err := w.s.OpenBlob(w.ctx, w.ana, ref, id); err == nil {
					t.Errorf("%d bytes open", len(b.Bytes))
				}
			})
		})
	}
}

// TestARestoredBackupForgetsBytesToo: the pieces of what was erased since the backup go again, whatever keys came back.
func TestARestoredBackupForgetsBytesToo(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		id := w.attach(ref, store.Blob{Category: journal.D3, Bytes: bytesOf(2 * 256 << 10)})
		stays := w.attach(ref, store.Blob{Category: journal.D4, Bytes: []byte("a record")})
		pieces := w.pieces(id)
		data, keys := w.dump(archive.Data), w.dump(archive.Keys)
		if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.wiped", Payload: wiped{"wish"}}); err != nil {
			t.Fatal(err)
		}
		var list []vault.Erasure
		if err := w.db.Read(w.ctx, func(tx db.Tx) (err error) {
			list, err = vault.Erasures(w.ctx, tx, w.owner.ID, db.Time(0))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		r := newWorld(t, filepath.Join(t.TempDir(), "restored.db"))
		r.owner = w.owner
		r.load(data)
		r.load(keys)
		if b, err := r.s.OpenBlob(r.ctx, w.ana, ref, id); err != nil || len(b.Bytes) != 2*256<<10 {
			t.Fatalf("the backup holds %d bytes: %v", len(b.Bytes), err)
		}
		if _, err := r.s.Forget(r.ctx, r.owner.ID, list); err != nil {
			t.Fatal(err)
		}
		_, err := r.s.OpenBlob(r.ctx, w.ana, ref, id)
		want(t, err, fault.Erased)
		r.absent(pieces)
		if p := r.pieces(stays); len(p) != 1 || p[0] == nil {
			t.Error("what was not erased is gone")
		}
		if v := r.verify(); !v.OK {
			t.Errorf("the restored log: %+v", v.Difference)
		}
	})
}
