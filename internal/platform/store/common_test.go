// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// BenchmarkSearchOfACommonName looks for a name of two common words: each is shared by so many of 60 000 dossiers, in
// one of eight spellings, every twentieth by both, and the actor stands to every eighth. The baseline is the rarer word alone.
func BenchmarkSearchOfACommonName(b *testing.B) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{DSN: filepath.Join(b.TempDir(), "office.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	owner, actor := journal.MustID("01900000-0000-7000-8000-000000000001"), journal.MustID("01900000-0000-7000-8000-000000000002")
	for _, common := range []int{500, 2000, 6000} {
		words := fillCommon(b, d, owner, actor, common)
		for name, of := range map[string][][]blind{"both words": words, "one word": words[:1]} {
			b.Run(fmt.Sprintf("%s shared by %d", name, common), func(b *testing.B) {
				for b.Loop() {
					if err := d.Read(ctx, func(tx db.Tx) error {
						found, err := among{owner: owner, actor: actor, limit: PageSize + 1, walk: walkSearch}.candidates(ctx, tx, [][][]blind{of})
						if len(found) == 0 {
							b.Error("nobody is found")
						}
						return err
					}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// The rarest word of a search leads it, whether that is told by the first tokens, by more of them, or only by counting words
// as a whole; a word that nobody has ends it.
func TestTheRarestWordLeads(t *testing.T) {
	dbtest.Engines(t, func(t *testing.T, dsn string) {
		d, err := db.Open(t.Context(), db.Config{DSN: dsn})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		rarestLeads(t, d)
	})
}

func rarestLeads(t *testing.T, d *db.DB) {
	ctx := t.Context()
	owner := journal.MustID("01900000-0000-7000-8000-000000000001")
	few, some := fillCommon(t, d, owner, owner, 7)[0], fillCommon(t, d, owner, owner, 150)[0]
	many, most := fillCommon(t, d, owner, owner, 1001)[0], fillCommon(t, d, owner, owner, 2002)[0]
	for name, c := range map[string]struct {
		words [][]blind
		lead  int
	}{
		"a rare one":         {[][]blind{most, some, few, many}, 2},
		"a fairly rare one":  {[][]blind{most, some, many}, 1},
		"two common ones":    {[][]blind{most, many}, 1},
		"the other way":      {[][]blind{many, most}, 0},
		"one that is nobody": {[][]blind{most, {"nothing!"}, few}, nobody},
		"one alone":          {[][]blind{most}, 0},
	} {
		if err := d.Read(ctx, func(tx db.Tx) error {
			lead, err := rarest(ctx, tx, owner, c.words)
			if lead != c.lead {
				t.Errorf("%s: %d leads, not %d", name, lead, c.lead)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// fillCommon stores tokens of two words that so many dossiers share each.
func fillCommon(b testing.TB, d *db.DB, owner, actor journal.ID, common int) [][]blind {
	b.Helper()
	words := make([][]blind, 2)
	for w := range words {
		for spelling := range 8 {
			words[w] = append(words[w], blind(fmt.Sprintf("%03d%d%d...", common%1000, w, spelling)))
		}
	}
	var tokens, standing [][]any
	for w, word := range words {
		for i := range common {
			id := owner
			binary.BigEndian.PutUint32(id[8:], uint32(common))
			if i%20 != 0 { // every twentieth has both words
				binary.BigEndian.PutUint32(id[12:], uint32(2*i+w))
			} else {
				binary.BigEndian.PutUint32(id[12:], uint32(2*i))
			}
			for _, s := range []int{i % 3, 3 + i%5} {
				tokens = append(tokens, []any{owner, []byte(word[s]), id})
			}
			if i%8 == 0 {
				standing = append(standing, []any{owner, actor, id, "case_manager", int64(never)})
			}
		}
	}
	if err := d.Write(context.Background(), func(tx db.Tx) error {
		if err := db.Insert(context.Background(), tx, `INSERT INTO token (owner, hmac, dossier) VALUES`, tokens, ` ON CONFLICT DO NOTHING`); err != nil {
			return err
		}
		return db.Insert(context.Background(), tx, `INSERT INTO standing (owner, actor, dossier, relation, until) VALUES`, standing, ` ON CONFLICT DO NOTHING`)
	}); err != nil {
		b.Fatal(err)
	}
	return words
}
