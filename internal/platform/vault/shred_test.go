// SPDX-License-Identifier: EUPL-1.2

package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

func shred(t *testing.T, d *db.DB, dossier journal.ID, at time.Time, cats ...journal.Category) int {
	t.Helper()
	var n int
	write(t, d, func(tx db.Tx) (err error) { n, err = vault.Shred(ctx, tx, owner, dossier, cats, at); return err })
	return n
}

func erasures(t *testing.T, d *db.DB, since time.Time) (es []vault.Erasure) {
	t.Helper()
	if err := d.Read(ctx, func(tx db.Tx) (err error) { es, err = vault.Erasures(ctx, tx, owner, since); return err }); err != nil {
		t.Fatal(err)
	}
	return es
}

func TestShred(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB) {
		k := create(t)
		sealed := seal(t, add(t, d, k, owner, mira, journal.D2), "a name", "b")
		kept := seal(t, add(t, d, k, owner, mira, journal.D0), "a code", "b")
		add(t, d, k, owner, zana, journal.D2)
		if n := shred(t, d, mira, start, journal.D2, journal.D3); n != 1 {
			t.Errorf("%d keys shredded", n)
		}
		ks, err := load(t, d, k, owner, mira)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := ks.Key(journal.D2); ok || !ks.Shredded(journal.D2) || ks.Shredded(journal.D3) || !opens(ks, journal.D0, kept, "b", "a code") {
			t.Error("not exactly the one key is gone")
		}
		if zs, _ := load(t, d, k, owner, zana); zs.Shredded(journal.D2) {
			t.Error("another dossier's key is gone")
		}
		add(t, d, k, owner, mira, journal.D2) // consent comes back: a new key
		if ks, _ := load(t, d, k, owner, mira); opens(ks, journal.D2, sealed, "b", "a name") || !ks.Shredded(journal.D2) {
			t.Error("a new key opens what was erased, or hides that it was")
		}
		if n := shred(t, d, mira, start.Add(time.Hour), journal.D2); n != 1 {
			t.Errorf("%d keys shredded the second time", n)
		}
		if es := erasures(t, d, start); len(es) != 2 || !es[0].At.Equal(start) || es[0].Dossier != mira || es[0].Category != journal.D2 {
			t.Errorf("erasures %v", es)
		}
		if es := erasures(t, d, start.Add(time.Minute)); len(es) != 1 {
			t.Errorf("erasures since: %v", es)
		}
	})
}

// TestRestoredCopyForgetsAgain plays an old backup: the keys come back, the list of erasures kept outside
// is replayed, and only the very keys that it names go.
func TestRestoredCopyForgetsAgain(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB) {
		k := create(t)
		add(t, d, k, owner, mira, journal.D2)
		sealed := seal(t, add(t, d, k, owner, zana, journal.D2), "kept", "b")
		write(t, d, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `CREATE TABLE backup AS SELECT * FROM vault_key`)
			return err
		})
		shred(t, d, mira, start, journal.D2)
		newer := seal(t, add(t, d, k, owner, mira, journal.D2), "newer", "b")
		text, err := json.Marshal(erasures(t, d, time.Time{}))
		if err != nil {
			t.Fatal(err)
		}
		var outside []vault.Erasure
		if err := json.Unmarshal(text, &outside); err != nil {
			t.Fatal(err)
		}
		replay := func() (n int) {
			t.Helper()
			write(t, d, func(tx db.Tx) (err error) { n, err = vault.Replay(ctx, tx, owner, outside); return err })
			return n
		}
		if n := replay(); n != 0 {
			t.Errorf("%d keys taken from the living database", n)
		}
		if ks, _ := load(t, d, k, owner, mira); !opens(ks, journal.D2, newer, "b", "newer") {
			t.Error("replay took a newer key")
		}
		write(t, d, func(tx db.Tx) error {
			for _, q := range []string{`DELETE FROM vault_key`, `DELETE FROM vault_erasure`, `INSERT INTO vault_key SELECT * FROM backup`} {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		if n := replay(); n != 1 {
			t.Errorf("%d keys taken from the restored copy", n)
		}
		if n := replay(); n != 0 {
			t.Errorf("%d keys taken the second time", n)
		}
		ks, err := load(t, d, k, owner, mira)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := ks.Key(journal.D2); ok || !ks.Shredded(journal.D2) {
			t.Error("the erased key is back")
		}
		if zs, _ := load(t, d, k, owner, zana); !opens(zs, journal.D2, sealed, "b", "kept") {
			t.Error("another key went with it")
		}
	})
}

func TestErasureListRefusesOtherText(t *testing.T) {
	for _, s := range []string{`"zz"`, `"00"`, `""`, `5`} {
		var k vault.Key
		if err := json.Unmarshal([]byte(s), &k); err == nil {
			t.Errorf("%s is a key's id", s)
		}
	}
}

// TestShreddedBytesAreGoneFromTheFile looks for the wrapped key in the database file and everything beside it.
func TestShreddedBytesAreGoneFromTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "office.db")
	d := open(t, path)
	k := create(t)
	var ids []journal.ID
	for i := range 60 {
		ids = append(ids, journal.NewID(start.Add(time.Duration(i)*time.Second), nil))
		add(t, d, k, owner, ids[i], journal.D2)
	}
	wrapped := func(id journal.ID) (b []byte) {
		if err := d.Read(ctx, func(tx db.Tx) error {
			return tx.Row(ctx, `SELECT wrapped FROM vault_key WHERE owner = $1 AND dossier = $2`, owner, id).Scan(&b)
		}); err != nil {
			t.Fatal(err)
		}
		return b
	}
	gone, stays := wrapped(ids[30]), wrapped(ids[31])
	holders := func(needle []byte) (in []string) {
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files: %v", err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, needle) {
				in = append(in, filepath.Base(f))
			}
		}
		return in
	}
	if len(holders(gone)) == 0 {
		t.Fatal("the search does not find a key that is there")
	}
	shred(t, d, ids[30], start, journal.D2)
	if len(holders(gone)) == 0 {
		t.Log("gone before Scrub already")
	}
	if err := d.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	if in := holders(gone); len(in) > 0 {
		t.Errorf("the shredded key is still in %v", in)
	}
	if in := holders(stays); len(in) == 0 {
		t.Error("a key that was not shredded is gone")
	}
}

func TestRotate(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB) {
		k := create(t)
		const keys = 450 // three transactions' worth
		type sealedText struct {
			dossier journal.ID
			body    []byte
		}
		var all []sealedText
		write(t, d, func(tx db.Tx) error {
			all = all[:0]
			for i := range keys {
				id := journal.NewID(start.Add(time.Duration(i)*time.Second), nil)
				f, err := k.New(owner, id, journal.D2)
				if err != nil {
					return err
				}
				all = append(all, sealedText{id, seal(t, f.Key(), "kept", "b")})
				if err := f.Insert(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		add(t, d, k, other, mira, journal.D2) // another owner on this host
		secret, err := k.Seal("mail", []byte("a password"))
		if err != nil {
			t.Fatal(err)
		}
		next, err := k.Next()
		if err != nil {
			t.Fatal(err)
		}

		stopping, stop := context.WithCancel(ctx)
		first, err := next.Rotate(stopping, d, owner, func(_, total int64) {
			if total != keys {
				t.Errorf("progress says %d in all", total)
			}
			stop()
		})
		if !errors.Is(err, context.Canceled) || first == 0 || first == keys {
			t.Fatalf("stopped after %d: %v", first, err)
		}
		for _, s := range all { // half done, and readable throughout
			if ks, err := load(t, d, next, owner, s.dossier); err != nil || !opens(ks, journal.D2, s.body, "b", "kept") {
				t.Fatalf("unreadable midway: %v", err)
			}
		}
		var last int64
		second, err := next.Rotate(ctx, d, owner, func(done, _ int64) { last = done })
		if err != nil || first+second != keys || last != second {
			t.Fatalf("then %d (progress %d): %v", second, last, err)
		}
		if n, err := next.Rotate(ctx, d, owner, nil); n != 0 || err != nil {
			t.Errorf("a third time %d: %v", n, err)
		}

		later, err := next.Next()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := later.Rotate(ctx, d, owner, nil); err != nil {
			t.Fatal(err)
		}
		retired, err := later.Retire()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if ks, err := load(t, d, retired, owner, s.dossier); err != nil || !opens(ks, journal.D2, s.body, "b", "kept") {
				t.Fatalf("lost by rotation: %v", err)
			}
		}
		for name, old := range map[string]*vault.Keyring{"the first": k, "the second": next} {
			if _, err := load(t, d, old, owner, all[0].dossier); err == nil {
				t.Errorf("%s keyring opens what was wrapped again", name)
			}
		}
		if _, err := load(t, d, k, other, mira); err != nil {
			t.Errorf("another owner's key was touched: %v", err)
		}
		if got, err := retired.Open("mail", secret); err != nil || string(got) != "a password" {
			t.Errorf("a small secret under the base root: %v", err)
		}
		if _, err := create(t).Rotate(ctx, d, owner, nil); err == nil {
			t.Error("a foreign keyring rotates")
		}
	})
}

// TestAnyHistoryOfKeys lets keys be made, shredded and rotated in any order: what was not shredded opens,
// what was does not.
func TestAnyHistoryOfKeys(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "office.db"))
	rapid.Check(t, func(rt *rapid.T) {
		k := create(t)
		who := journal.NewID(start, nil)
		living := map[journal.Category][]byte{}
		var dead []journal.Category
		deadBodies := [][]byte{}
		cats := []journal.Category{journal.D1, journal.D2, journal.D3}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			c := rapid.SampledFrom(cats).Draw(rt, "category")
			switch rapid.IntRange(0, 2).Draw(rt, "step") {
			case 0:
				if living[c] == nil {
					living[c] = seal(t, add(t, d, k, owner, who, c), "text", "b")
				}
			case 1:
				if n := shred(t, d, who, start, c); (n == 1) != (living[c] != nil) {
					rt.Fatalf("%d keys shredded", n)
				}
				if living[c] != nil {
					dead, deadBodies = append(dead, c), append(deadBodies, living[c])
					delete(living, c)
				}
			case 2:
				next, err := k.Next()
				if err != nil {
					rt.Fatal(err)
				}
				k = next
				if rapid.Bool().Draw(rt, "rotate") {
					// Other draws' dossiers belong to other keyrings: rotate this one alone.
					write(t, d, func(tx db.Tx) error {
						_, err := tx.Exec(ctx, `DELETE FROM vault_key WHERE owner = $1 AND dossier <> $2`, owner, who)
						return err
					})
					if _, err := k.Rotate(ctx, d, owner, nil); err != nil {
						rt.Fatal(err)
					}
				}
			}
		}
		ks, err := load(t, d, k, owner, who)
		if err != nil {
			rt.Fatal(err)
		}
		for c, body := range living {
			if !opens(ks, c, body, "b", "text") {
				rt.Fatalf("%s is lost", c)
			}
		}
		for i, c := range dead {
			if !ks.Shredded(c) || opens(ks, c, deadBodies[i], "b", "text") {
				rt.Fatalf("%s is not gone", c)
			}
		}
	})
}
