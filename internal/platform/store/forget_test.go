// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// dump writes a part of the world's database.
func (w *world) dump(p archive.Part) *bytes.Buffer {
	w.t.Helper()
	tables, err := w.db.Tables(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	version, err := w.db.Version(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := w.db.Read(w.ctx, func(tx db.Tx) error {
		_, err := archive.Write(w.ctx, tx, &b, archive.Head{Part: p, Schema: version, Tables: p.Of(tables)}, sha256.New(), nil)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return &b
}

func (w *world) load(b *bytes.Buffer) {
	w.t.Helper()
	a, err := archive.Open(b)
	if err != nil {
		w.t.Fatal(err)
	}
	a.Authenticate(sha256.New())
	if _, err := a.Load(w.ctx, w.db, nil); err != nil {
		w.t.Fatal(err)
	}
}

// TestAnOldBackupIsMadeToForget loads a backup from before an erasure, once with the keys of its own day and once with
// those of a later day, when the erased category had a new key.
func TestAnOldBackupIsMadeToForget(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		gone, stays := w.open("Mira Test"), w.open("Vesa Test")
		w.note(gone, "to be forgotten")
		body := w.body(gone, journal.D3)
		data, keys := w.dump(archive.Data), w.dump(archive.Keys)
		again := bytes.NewBuffer(bytes.Clone(data.Bytes()))
		if _, err := w.s.Append(w.ctx, w.ana, gone, store.Draft{Type: "person.wiped", Payload: wiped{"wish"}}); err != nil {
			t.Fatal(err)
		}
		w.note(gone, "written later")
		later := w.dump(archive.Keys)
		var list []vault.Erasure
		if err := w.db.Read(w.ctx, func(tx db.Tx) (err error) { list, err = vault.Erasures(w.ctx, tx, w.owner.ID, db.Time(0)); return err }); err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		for name, half := range map[string][2]*bytes.Buffer{"its own keys": {data, keys}, "later keys": {again, later}} {
			t.Run(name, func(t *testing.T) {
				r := newWorld(t, filepath.Join(t.TempDir(), "restored.db"))
				r.owner = w.owner
				r.load(half[0])
				r.load(half[1])
				f, err := r.s.Forget(r.ctx, r.owner.ID, list)
				if err != nil {
					t.Fatal(err)
				}
				if f.Erasures != 2 || f.Parts != 2 || f.Dossiers != 1 {
					t.Errorf("%+v", f)
				}
				o, err := r.s.Open(r.ctx, w.ana, gone)
				if err != nil {
					t.Fatal(err)
				}
				if s := o.State.(state); s.name != "" || s.missing[journal.D2] != journal.Erased || s.missing[journal.D3] != journal.Erased {
					t.Errorf("came back: %+v", s)
				}
				for word, want := range map[string]int{"mira": 0, "vesa": 1} {
					h, err := r.s.Search(r.ctx, w.ana, access.KindPerson, [][][]store.Token{{{{Kind: "name", Value: word}}}})
					if err != nil || len(h.Rows) != want {
						t.Errorf("search for %s: %+v %v", word, h, err)
					}
				}
				if o, err := r.s.Open(r.ctx, w.ana, stays); err != nil || o.State.(state).name != "Vesa Test" {
					t.Errorf("what was not erased: %v", err)
				}
				if b, err := os.ReadFile(r.path); err != nil || bytes.Contains(b, body) || len(body) == 0 {
					t.Errorf("the restored file holds the erased bytes: %v", err)
				}
				if v := r.verify(); !v.OK {
					t.Errorf("the restored log: %+v", v.Difference)
				}
				if f, err := r.s.Forget(r.ctx, r.owner.ID, list); err != nil || f != (store.Forgotten{}) {
					t.Errorf("twice: %+v %v", f, err)
				}
			})
		}
	})
}
