// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// The baselines write and read a row of about the size of a sealed part in the same file at the same synchronous level,
// with nothing of sealing, authorisation, log or read entries: what is between the two is what the store adds.

func benchWorld(b *testing.B, people int) (*world, []store.Ref) {
	b.Helper()
	w := newWorld(b, filepath.Join(b.TempDir(), "office.db"))
	refs := make([]store.Ref, people)
	for i := range refs {
		refs[i] = w.open(fmt.Sprintf("Mira Test%d", i))
	}
	if err := w.db.Write(w.ctx, func(tx db.Tx) error {
		_, err := tx.Exec(w.ctx, `CREATE TABLE plain (owner BYTEA NOT NULL, id BYTEA NOT NULL, body BYTEA NOT NULL, PRIMARY KEY (owner, id))`)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	return w, refs
}

func (w *world) plain() error {
	return w.db.Write(w.ctx, func(tx db.Tx) error {
		_, err := tx.Exec(w.ctx, `INSERT INTO plain (owner, id, body) VALUES ($1, $2, $3)`, w.owner.ID, w.s.NewID(), make([]byte, 300))
		return err
	})
}

// BenchmarkRegister opens a file (one entry of two parts, standing, tokens, summary, leaf), from 16 callers at once,
// beside one plain row.
func BenchmarkRegister(b *testing.B) {
	b.Run("store", func(b *testing.B) {
		w, _ := benchWorld(b, 0)
		var n atomic.Int64
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				ref := store.Ref{Kind: access.KindPerson, ID: w.s.NewID()}
				name := fmt.Sprintf("Mira Test%d", n.Add(1))
				if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.registered", Payload: opened{Code: "Larch", Name: name, Manager: w.ana.Actor.ID}}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
	b.Run("plain", func(b *testing.B) {
		w, _ := benchWorld(b, 0)
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := w.plain(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

// BenchmarkOpen opens a file of one entry among 500 and commits the read entry, from 16 callers at once, beside one plain
// row read.
func BenchmarkOpen(b *testing.B) {
	b.Run("store", func(b *testing.B) {
		w, refs := benchWorld(b, 500)
		var n atomic.Int64
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := w.s.Open(w.ctx, w.ana, refs[int(n.Add(1))%len(refs)]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
	b.Run("plain", func(b *testing.B) {
		w, refs := benchWorld(b, 500)
		var n atomic.Int64
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				err := w.db.Read(w.ctx, func(tx db.Tx) error {
					var revision int64
					return tx.Row(w.ctx, `SELECT revision FROM dossier WHERE owner = $1 AND id = $2`, w.owner.ID, refs[int(n.Add(1))%len(refs)].ID).Scan(&revision)
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

// BenchmarkList lists 50 files of 500, masked and with names (which commits a read entry).
func BenchmarkList(b *testing.B) {
	for name, show := range map[string][]journal.Category{"masked": nil, "named": {journal.D2}} {
		b.Run(name, func(b *testing.B) {
			w, _ := benchWorld(b, 500)
			for b.Loop() {
				p, err := w.s.List(w.ctx, w.ana, store.Query{Kind: access.KindPerson, Show: show})
				if err != nil || len(p.Rows) != store.PageSize {
					b.Fatalf("%d rows: %v", len(p.Rows), err)
				}
			}
		})
	}
}

// BenchmarkSearch finds one of 500 by two words, of which everybody has one.
func BenchmarkSearch(b *testing.B) {
	w, _ := benchWorld(b, 500)
	for b.Loop() {
		h, err := w.s.Search(w.ctx, w.ana, access.KindPerson, [][][]store.Token{{{{Kind: "name", Value: "mira"}}, {{Kind: "name", Value: "test123"}}}})
		if err != nil || len(h.Rows) != 1 {
			b.Fatalf("%d rows: %v", len(h.Rows), err)
		}
	}
}
