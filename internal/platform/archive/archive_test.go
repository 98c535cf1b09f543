// SPDX-License-Identifier: EUPL-1.2

package archive_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

var ctx = context.Background()

func code(key string) hash.Hash { return hmac.New(sha256.New, []byte(key)) }

func open(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(ctx, db.Config{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// places gives a fresh database of each engine that is there.
func places(t *testing.T) map[string]func() *db.DB {
	out := map[string]func() *db.DB{"sqlite": func() *db.DB { return open(t, filepath.Join(t.TempDir(), "office.db")) }}
	if dsn := os.Getenv("ENTRAIDE_TEST_POSTGRES"); dsn != "" {
		out["postgres"] = func() *db.DB {
			admin, err := db.Raw(ctx, dsn)
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("t%x", journal.NewID(time.Now(), nil))
			if _, err := admin.Exec(`CREATE SCHEMA ` + name); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _, _ = admin.Exec(`DROP SCHEMA ` + name + ` CASCADE`); _ = admin.Close() })
			u, err := url.Parse(dsn)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			q.Set("search_path", name)
			u.RawQuery = q.Encode()
			return open(t, u.String())
		}
	}
	return out
}

// fill writes rows with what an encoding gets wrong: NULL beside empty, large numbers, control bytes, letters.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Write(ctx, func(tx db.Tx) error {
		for i := range 3000 {
			var body any = []byte{byte(i), 0, 255}
			switch i % 3 {
			case 1:
				body = nil
			case 2:
				body = []byte{}
			}
			id := journal.NewID(time.UnixMilli(int64(i)), nil)
			if _, err := tx.Exec(ctx, `INSERT INTO part (owner, entry, category, digest, body) VALUES ($1, $2, $3, $4, $5)`, id, id, "D2", []byte("<&>\n\t"), body); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO ledger_checkpoint (owner, size, at, note) VALUES ($1, $2, $3, $4)`, []byte{1}, int64(9007199254740993), int64(-5), "Ağrı\n\"—\" </script>")
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, d *db.DB, key string, seal ...age.Recipient) *bytes.Buffer {
	t.Helper()
	tables, err := d.Tables(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	var w io.Writer = &b
	done := func() error { return nil }
	if len(seal) > 0 {
		s, err := archive.Seal(&b, seal...)
		if err != nil {
			t.Fatal(err)
		}
		w, done = s, s.Close
	}
	if err := d.Read(ctx, func(tx db.Tx) error {
		_, err := archive.Write(ctx, tx, w, archive.Head{Part: archive.All, Tables: tables}, code(key), nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func load(d *db.DB, r io.Reader, key string) (*archive.Archive, []archive.Tally, error) {
	a, err := archive.Open(r)
	if err != nil {
		return nil, nil, err
	}
	a.Authenticate(code(key))
	ts, err := a.Load(ctx, d, nil)
	return a, ts, err
}

func TestFromAnyEngineToAnyOther(t *testing.T) {
	for from, make1 := range places(t) {
		source := make1()
		fill(t, source)
		first := write(t, source, "k")
		for to, make2 := range places(t) {
			t.Run(from+" to "+to, func(t *testing.T) {
				d := make2()
				a, ts, err := load(d, bytes.NewReader(first.Bytes()), "k")
				if err != nil {
					t.Fatal(err)
				}
				if n := archive.Rows(ts); n != 3001 {
					t.Errorf("%d rows", n)
				}
				if differs, err := a.Check(ctx, d); differs != "" || err != nil {
					t.Errorf("%q %v", differs, err)
				}
				if _, _, err := load(d, bytes.NewReader(first.Bytes()), "k"); !fault.Is(err, fault.Conflict) {
					t.Errorf("into a database that is not empty: %v", err)
				}
				if err := d.Write(ctx, func(tx db.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE part SET body = $1 WHERE body IS NULL`, []byte{})
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if differs, err := a.Check(ctx, d); differs != "part" || err != nil {
					t.Errorf("NULL became empty and nothing differs: %q %v", differs, err)
				}
			})
		}
	}
}

// TestAnArchiveOfAnOlderProgram loads what a database held before the latest migration, and migrates it then.
func TestAnArchiveOfAnOlderProgram(t *testing.T) {
	newest, err := db.Newest()
	if err != nil {
		t.Fatal(err)
	}
	at := func(version int64) *db.DB {
		d, err := db.Open(ctx, db.Config{DSN: filepath.Join(t.TempDir(), "office.db"), Version: version})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		return d
	}
	old := at(5)
	fill(t, old)
	b := write(t, old, "k")
	if _, _, err := load(at(3), bytes.NewReader(b.Bytes()), "k"); !fault.Is(err, fault.Conflict) {
		t.Errorf("into tables that are not there: %v", err)
	}
	d := at(5)
	a, ts, err := load(d, bytes.NewReader(b.Bytes()), "k")
	if err != nil || archive.Rows(ts) != 3001 {
		t.Fatal(ts, err)
	}
	if differs, err := a.Check(ctx, d); differs != "" || err != nil {
		t.Errorf("%q %v", differs, err)
	}
	if err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if v, err := d.Version(ctx); err != nil || v != newest || newest <= 5 {
		t.Errorf("version %d of %d: %v", v, newest, err)
	}
	var n int
	if err := d.Read(ctx, func(tx db.Tx) error { return tx.Row(ctx, `SELECT COUNT(*) FROM part`).Scan(&n) }); err != nil || n != 3000 {
		t.Errorf("%d rows after migrating: %v", n, err)
	}
}

func TestWhatIsNotWholeIsRefused(t *testing.T) {
	source := open(t, filepath.Join(t.TempDir(), "a.db"))
	fill(t, source)
	whole := write(t, source, "k").String()
	lines := strings.SplitAfter(whole, "\n")
	row := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "[") })
	for name, c := range map[string]struct {
		text string
		key  string
		kind fault.Kind
	}{
		"nothing":             {"", "k", fault.Invalid},
		"something else":      {"{\"format\":\"x\"}\n", "k", fault.Invalid},
		"cut":                 {whole[:len(whole)/2], "k", fault.Invalid},
		"cut before the code": {strings.Join(lines[:len(lines)-2], ""), "k", fault.Invalid},
		"a row less":          {strings.Join(slices.Delete(slices.Clone(lines), row, row+1), ""), "k", fault.Invalid},
		"a row twice":         {strings.Join(slices.Insert(slices.Clone(lines), row, lines[row]), ""), "k", fault.Conflict},
		"something more":      {whole + "x\n", "k", fault.Invalid},
		"another's":           {whole, "another key", fault.Denied},
		"head changed":        {strings.Replace(whole, `"part":"all"`, `"part":"data"`, 1), "k", fault.Denied},
		"another table":       {strings.Replace(whole, `"name":"part"`, `"name":"parts"`, 1), "k", fault.Conflict},
		"newer":               {strings.Replace(whole, `"version":1`, `"version":2`, 1), "k", fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := load(open(t, filepath.Join(t.TempDir(), "b.db")), strings.NewReader(c.text), c.key); !fault.Is(err, c.kind) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestSealed(t *testing.T) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	source := open(t, filepath.Join(t.TempDir(), "a.db"))
	fill(t, source)
	b := write(t, source, "k", id.Recipient()).Bytes()
	if bytes.Contains(b, []byte("ledger_checkpoint")) {
		t.Error("an archive tells its tables")
	}
	if _, err := archive.Unseal(bytes.NewReader(b), other); !fault.Is(err, fault.Denied) {
		t.Errorf("another's key: %v", err)
	}
	if _, err := archive.Unseal(strings.NewReader("not sealed"), id); !fault.Is(err, fault.Invalid) {
		t.Errorf("no archive: %v", err)
	}
	changed := bytes.Clone(b)
	changed[len(changed)-20] ^= 1
	for name, x := range map[string]struct {
		b  []byte
		ok bool
	}{"whole": {b, true}, "changed": {changed, false}, "cut": {b[:len(b)-30], false}} {
		r, err := archive.Unseal(bytes.NewReader(x.b), id)
		if err == nil {
			_, _, err = load(open(t, filepath.Join(t.TempDir(), "b.db")), r, "k")
		}
		if (err == nil) != x.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShelf(t *testing.T) {
	s := archive.Shelf(t.TempDir())
	day := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	put := func(made time.Time) {
		id := journal.NewID(made, nil)
		for _, p := range []archive.Part{archive.Data, archive.Keys} {
			if err := os.WriteFile(filepath.Join(string(s), archive.Name(made, id, p)), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	count := func() (data, keys int) {
		fs, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fs {
			if f.Part == archive.Keys {
				keys++
			} else {
				data++
			}
		}
		return data, keys
	}
	const d = 24 * time.Hour
	erased := day.Add(5*d + time.Hour)
	if until, late, err := s.Until(erased, erased); !until.IsZero() || late || err != nil {
		t.Errorf("without a backup: %v %v %v", until, late, err)
	}
	left, other := filepath.Join(string(s), archive.Name(day, journal.NewID(day, nil), archive.Data)+".new"), filepath.Join(string(s), "mine.age.new")
	for _, path := range []string{left, other} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		put(day.Add(time.Duration(i) * d))
	}
	if err := os.WriteFile(filepath.Join(string(s), "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want := day.Add(5*d + archive.KeyLife)
	for now, isLate := range map[time.Time]bool{erased: false, want.Add(-time.Second): false, want: true} {
		if until, late, err := s.Until(erased, now); !until.Equal(want) || late != isLate || err != nil {
			t.Errorf("at %s: until %s, late %v, %v", now, until, late, err)
		}
	}
	p, err := s.Prune(want, 365*d)
	if err != nil || len(p.Removed) != 6 || len(p.Overdue) != 0 {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("half a backup stays: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("somebody else's file went: %v", err)
	}
	if until, late, _ := s.Until(erased, want); !until.IsZero() || late {
		t.Errorf("complete, and yet %s %v", until, late)
	}
	if data, keys := count(); data != 10 || keys != 4 {
		t.Errorf("%d of data, %d of keys", data, keys)
	}
	all, _ := s.Files()
	if k, err := s.KeysFor(all[0]); err != nil || !k.Made.Equal(day.Add(9*d)) {
		t.Errorf("keys for the oldest data: %+v %v", k, err)
	}
	if p, err = s.Prune(day.Add(400*d), 365*d); err != nil || len(p.Overdue) != 1 {
		t.Errorf("the last file of keys: %+v %v", p, err)
	}
	if data, keys := count(); data != 2 || keys != 1 {
		t.Errorf("%d of data, %d of keys", data, keys)
	}
	if _, err := archive.Shelf(filepath.Join(t.TempDir(), "unmounted")).Files(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a shelf that is not there: %v", err)
	}
}

func TestTheListOfErasuresOnlyGrows(t *testing.T) {
	s := archive.Shelf(t.TempDir())
	owner := journal.NewID(time.Now(), nil)
	e := func(n byte) vault.Erasure {
		return vault.Erasure{Dossier: owner, Category: journal.D3, Key: bytes.Repeat([]byte{n}, 16), At: time.UnixMilli(int64(n)).UTC()}
	}
	for _, es := range [][]vault.Erasure{{e(1), e(2)}, {e(2)}, {}, {e(2), e(3)}} {
		if err := s.AddErased(owner, es); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Erased(owner)
	if err != nil || len(got) != 3 || !bytes.Equal(got[2].Key, e(3).Key) || !got[0].At.Equal(e(1).At) {
		t.Errorf("%+v %v", got, err)
	}
}
