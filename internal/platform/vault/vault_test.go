// SPDX-License-Identifier: EUPL-1.2

package vault_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"filippo.io/age"
	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	owner = journal.MustID("01900000-0000-7000-8000-000000000001")
	other = journal.MustID("01900000-0000-7000-8000-000000000002")
	mira  = journal.MustID("01900000-0000-7000-8000-00000000000a")
	zana  = journal.MustID("01900000-0000-7000-8000-00000000000b")
)

// engines runs a test on SQLite and, where one is given, on PostgreSQL.
func engines(t *testing.T, f func(*testing.T, *db.DB)) {
	dbtest.Engines(t, func(t *testing.T, dsn string) { f(t, open(t, dsn)) })
}

func open(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(ctx, db.Config{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func create(t testing.TB) *vault.Keyring {
	t.Helper()
	k, err := vault.Create()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func write(t *testing.T, d *db.DB, f func(tx db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

// add makes and stores a data key.
func add(t *testing.T, d *db.DB, k *vault.Keyring, owner, dossier journal.ID, c journal.Category) vault.DataKey {
	t.Helper()
	f, err := k.New(owner, dossier, c)
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, func(tx db.Tx) error { return f.Insert(ctx, tx) })
	return f.Key()
}

func load(t *testing.T, d *db.DB, k *vault.Keyring, owner, dossier journal.ID) (ks vault.Keys, err error) {
	t.Helper()
	err = d.Read(ctx, func(tx db.Tx) (err error) { ks, err = k.Load(ctx, tx, owner, dossier); return err })
	for _, c := range journal.Categories() { // a key is unwrapped when it is first used
		if key, ok := ks.Key(c); ok && err == nil {
			_, err = key.Seal([]byte("x"), nil)
		}
	}
	return ks, err
}

func seal(t testing.TB, k vault.DataKey, plain, bound string) []byte {
	t.Helper()
	b, err := k.Seal([]byte(plain), []byte(bound))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// opens says whether a stored key opens a sealed text to what was expected.
func opens(ks vault.Keys, c journal.Category, sealed []byte, bound, want string) bool {
	k, ok := ks.Key(c)
	if !ok {
		return false
	}
	plain, err := k.Open(sealed, []byte(bound))
	return err == nil && string(plain) == want
}

func TestDataKeysOpenInTheirPlaceOnly(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB) {
		k := create(t)
		sealed := seal(t, add(t, d, k, owner, mira, journal.D2), "a name", "entry 1")
		add(t, d, k, owner, mira, journal.D3)
		add(t, d, k, owner, zana, journal.D2)
		ks, err := load(t, d, k, owner, mira)
		if err != nil || !opens(ks, journal.D2, sealed, "entry 1", "a name") {
			t.Fatalf("its own key does not open it: %v", err)
		}
		if opens(ks, journal.D2, sealed, "entry 2", "a name") || opens(ks, journal.D3, sealed, "entry 1", "a name") {
			t.Error("it opens in another place or under another category's key")
		}
		if zs, _ := load(t, d, k, owner, zana); opens(zs, journal.D2, sealed, "entry 1", "a name") {
			t.Error("another dossier's key opens it")
		}
		if _, ok := ks.Key(journal.D4); ok || ks.Shredded(journal.D2) {
			t.Error("keys that never were, or shredded ones that were not")
		}
		if _, err := load(t, d, create(t), owner, mira); !fault.Is(err, fault.Internal) {
			t.Errorf("another owner's keyring: %v", err)
		}
		f, err := k.New(owner, mira, journal.D2)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(ctx, func(tx db.Tx) error { return f.Insert(ctx, tx) }); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second key of one category: %v", err)
		}
	})
}

func TestCopiedKeyRowsDoNotOpen(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB) {
		k := create(t)
		add(t, d, k, owner, mira, journal.D2)
		for _, to := range []struct {
			owner, dossier journal.ID
			category       journal.Category
		}{{owner, zana, journal.D2}, {owner, mira, journal.D3}, {other, mira, journal.D2}} {
			write(t, d, func(tx db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO vault_key (owner, dossier, category, id, root, wrapped) SELECT $1, $2, $3, id, root, wrapped FROM vault_key WHERE owner = $4 AND dossier = $5 AND category = $6`,
					to.owner, to.dossier, string(to.category), owner, mira, string(journal.D2))
				return err
			})
			if _, err := load(t, d, k, to.owner, to.dossier); !fault.Is(err, fault.Internal) {
				t.Errorf("a row copied to %v opens: %v", to, err)
			}
			write(t, d, func(tx db.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM vault_key WHERE owner = $1 AND dossier = $2 AND category = $3`, to.owner, to.dossier, string(to.category))
				return err
			})
		}
	})
}

func TestLoadManyAnswersForAll(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB) {
		k := create(t)
		var ids []journal.ID
		var fresh []vault.Fresh
		for i := range 1203 { // more than two queries' worth
			id := journal.NewID(start.Add(time.Duration(i)*time.Second), nil)
			ids = append(ids, id)
			f, err := k.New(owner, id, journal.D1)
			if err != nil {
				t.Fatal(err)
			}
			fresh = append(fresh, f)
		}
		write(t, d, func(tx db.Tx) error {
			for _, f := range fresh {
				if err := f.Insert(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		var many map[journal.ID]vault.Keys
		if err := d.Read(ctx, func(tx db.Tx) (err error) {
			many, err = k.LoadMany(ctx, tx, owner, append(ids, mira))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for i, id := range ids {
			if !opens(many[id], journal.D1, seal(t, fresh[i].Key(), "x", "b"), "b", "x") {
				t.Fatalf("key %d is not there", i)
			}
		}
		if ks, ok := many[mira]; !ok || ks.Shredded(journal.D1) {
			t.Error("a dossier without keys is missing from the answer")
		}
	})
}

func TestSealingRoundTrip(t *testing.T) {
	k := create(t)
	key := func() vault.DataKey {
		f, err := k.New(owner, mira, journal.D2)
		if err != nil {
			t.Fatal(err)
		}
		return f.Key()
	}()
	rapid.Check(t, func(t *rapid.T) {
		plain, bound := rapid.SliceOf(rapid.Byte()).Draw(t, "plain"), rapid.SliceOf(rapid.Byte()).Draw(t, "bound")
		sealed, err := key.Seal(plain, bound)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := key.Open(sealed, bound); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opens to %x: %v", got, err)
		}
		altered := bytes.Clone(sealed)
		altered[rapid.IntRange(0, len(sealed)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := key.Open(altered, bound); !fault.Is(err, fault.Internal) {
			t.Fatalf("an altered bit opens: %v", err)
		}
		if _, err := key.Open(sealed, append(bound, 0)); err == nil {
			t.Fatal("it opens in another place")
		}
		small, err := k.Seal("mail", plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Open("mail", small); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("a small secret opens to %x: %v", got, err)
		}
		if _, err := k.Open("totp", small); err == nil {
			t.Fatal("it opens for another purpose")
		}
		if _, err := k.Open("mail", small[:rapid.IntRange(0, len(small)-1).Draw(t, "cut")]); err == nil {
			t.Fatal("a part of it opens")
		}
	})
	if _, err := (vault.DataKey{}).Seal(nil, nil); err == nil {
		t.Error("an empty key seals")
	}
}

func TestTokensSaltsAndSeeds(t *testing.T) {
	k, foreign := create(t), create(t)
	next, err := k.Next()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		kind, value := rapid.String().Draw(t, "kind"), rapid.String().Draw(t, "value")
		token := k.Token(kind, value)
		if len(token) != 8 || !bytes.Equal(token, k.Token(kind, value)) || !bytes.Equal(token, next.Token(kind, value)) {
			t.Fatal("a token is not the same each time, or not after Next")
		}
		if bytes.Equal(token, foreign.Token(kind, value)) || bytes.Equal(token, k.Token(kind+"x", value)) || bytes.Equal(token, k.Token(kind, value+"x")) {
			t.Fatal("tokens of different owners, kinds or values are equal")
		}
	})
	if k.Seed("log") != next.Seed("log") || k.Seed("log") == k.Seed("card") || k.Seed("log") == foreign.Seed("log") {
		t.Error("seeds")
	}
	if !bytes.Equal(k.Salt(mira), next.Salt(mira)) || bytes.Equal(k.Salt(mira), k.Salt(zana)) || bytes.Equal(k.Salt(mira), foreign.Salt(mira)) {
		t.Error("salts")
	}
}

// same says whether two keyrings are one.
func same(a, b *vault.Keyring) bool { return a.Seed("x") == b.Seed("x") }

func TestLocks(t *testing.T) {
	k, err := create(t).Next()
	if err != nil {
		t.Fatal(err)
	}
	words, wordsID, err := vault.Passphrase("five words are quite enough here")
	if err != nil {
		t.Fatal(err)
	}
	words.SetWorkFactor(10)
	_, wrongWords, err := vault.Passphrase("five other words are not enough")
	if err != nil {
		t.Fatal(err)
	}
	old, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	second, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		to           []age.Recipient
		right, wrong []age.Identity
	}{
		"passphrase":       {[]age.Recipient{words}, []age.Identity{wordsID}, []age.Identity{wrongWords, hybrid}},
		"older key":        {[]age.Recipient{old.Recipient()}, []age.Identity{old}, []age.Identity{hybrid, wordsID}},
		"either of two":    {[]age.Recipient{hybrid.Recipient(), second.Recipient()}, []age.Identity{hybrid, second}, []age.Identity{old}},
		"post-quantum key": {[]age.Recipient{hybrid.Recipient()}, []age.Identity{hybrid}, []age.Identity{second}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := k.Lock(&b, c.to...); err != nil {
				t.Fatal(err)
			}
			for _, id := range c.right {
				if got, err := vault.Unlock(bytes.NewReader(b.Bytes()), id); err != nil || !same(got, k) {
					t.Errorf("does not unlock: %v", err)
				}
			}
			for _, id := range c.wrong {
				if _, err := vault.Unlock(bytes.NewReader(b.Bytes()), id); !fault.Is(err, fault.Denied) {
					t.Errorf("a wrong key: %v", err)
				}
			}
			for _, cut := range []int{0, 10, b.Len() / 2, b.Len() - 1} {
				if _, err := vault.Unlock(bytes.NewReader(b.Bytes()[:cut]), c.right...); !fault.Is(err, fault.Denied) {
					t.Errorf("cut to %d bytes: %v", cut, err)
				}
			}
		})
	}
	if _, _, err := vault.Passphrase("nineteen letters ok"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a short passphrase: %v", err)
	}
	if err := k.Lock(&bytes.Buffer{}); err == nil {
		t.Error("locked to nobody")
	}
	var b bytes.Buffer // what is inside is no keyring
	w, err := age.Encrypt(&b, hybrid.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(make([]byte, 33))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Unlock(&b, hybrid); !fault.Is(err, fault.Denied) {
		t.Errorf("33 bytes are a keyring: %v", err)
	}
}
