// SPDX-License-Identifier: EUPL-1.2

package db_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

var ctx = context.Background()

// engines runs a test on SQLite and, where one is given, on PostgreSQL. The DSN opens the same data again.
func engines(t *testing.T, f func(t *testing.T, d *db.DB, dsn string)) {
	t.Run("sqlite", func(t *testing.T) {
		dsn := filepath.Join(t.TempDir(), "an office's #1?.db") // a path is no URL
		f(t, open(t, dsn), dsn)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := dbtest.Schema(t)
		f(t, open(t, dsn), dsn)
	})
}

// open opens a database with a table for the tests.
func open(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(ctx, db.Config{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	exec(t, d, `CREATE TABLE IF NOT EXISTS thing (id BIGINT NOT NULL, body BYTEA, text TEXT, PRIMARY KEY (id))`)
	return d
}

func exec(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.Write(ctx, func(tx db.Tx) error { _, err := tx.Exec(ctx, query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

func insert(tx db.Tx, id int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO thing (id, text) VALUES ($1, 'x')`, id)
	return err
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.Read(ctx, func(tx db.Tx) error { return tx.Row(ctx, `SELECT COUNT(*) FROM thing`).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestValuesComeBack(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, _ string) {
		for i, body := range [][]byte{{}, {0}, []byte("a\x00b\xff"), bytes.Repeat([]byte{7}, 1<<20)} {
			text := []string{"", "Đorđević Ђорђевић Γιώργος", "quote ' and \" and $1", "𝒳\u200f"}[i]
			exec(t, d, `INSERT INTO thing (id, body, text) VALUES ($1, $2, $3)`, int64(i), body, text)
			if err := d.Read(ctx, func(tx db.Tx) error {
				var b []byte
				var s string
				if err := tx.Row(ctx, `SELECT body, text FROM thing WHERE id = $1 AND text = $2`, int64(i), text).Scan(&b, &s); err != nil {
					return err
				}
				if !bytes.Equal(b, body) || s != text {
					t.Errorf("%d came back as %.20x %q", i, b, s)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		exec(t, d, `INSERT INTO thing (id, body, text) VALUES ($1, NULL, NULL)`, int64(math.MaxInt64))
		exec(t, d, `INSERT INTO thing (id, body, text) VALUES ($1, NULL, NULL)`, int64(math.MinInt64))
		if err := d.Read(ctx, func(tx db.Tx) error {
			var low, high int64
			var b []byte
			if err := tx.Row(ctx, `SELECT MIN(id), MAX(id) FROM thing`).Scan(&low, &high); err != nil {
				return err
			}
			if low != math.MinInt64 || high != math.MaxInt64 {
				t.Errorf("from %d to %d", low, high)
			}
			err := tx.Row(ctx, `SELECT body FROM thing WHERE id = $1`, high).Scan(&b)
			if b != nil {
				t.Errorf("NULL came back as %x", b)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOneSQLText(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, _ string) {
		err := d.Write(ctx, func(tx db.Tx) error {
			for _, c := range []struct {
				query string
				args  []any
				rows  int64
			}{
				{`INSERT INTO thing (id, text) VALUES ($1, $2), ($3, $2)`, []any{1, "a", 2}, 2},
				{`INSERT INTO thing (id, text) VALUES ($1, $2) ON CONFLICT DO NOTHING`, []any{1, "b"}, 0},
				{`INSERT INTO thing (id, text) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET text = excluded.text`, []any{1, "b"}, 1},
				{`UPDATE thing SET text = $1 WHERE id = $2`, []any{"c", 9}, 0},
				{`WITH old AS (SELECT id FROM thing WHERE text = $1) DELETE FROM thing WHERE id IN (SELECT id FROM old)`, []any{"b"}, 1},
			} {
				n, err := tx.Exec(ctx, c.query, c.args...)
				if err != nil || n != c.rows {
					return fmt.Errorf("%s: %d rows: %w", c.query, n, err)
				}
			}
			var text string
			if err := tx.Row(ctx, `DELETE FROM thing WHERE id = $1 RETURNING text`, 2).Scan(&text); err != nil || text != "a" {
				return fmt.Errorf("returned %q: %w", text, err)
			}
			if err := tx.Row(ctx, `SELECT text FROM thing WHERE id = $1`, 2).Scan(&text); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("no row: %v", err)
			}
			for id := range int64(5) {
				if err := insert(tx, id); err != nil {
					return err
				}
			}
			rows, err := tx.Query(ctx, `SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) FROM thing ORDER BY id LIMIT $1`, 2)
			if err != nil {
				return err
			}
			defer rows.Close()
			for want := int64(0); rows.Next(); want++ {
				var id, n int64
				if err := rows.Scan(&id, &n); err != nil || id != want || n != 5-want {
					return fmt.Errorf("row %d, %d: %w", id, n, err)
				}
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestErrorsAreOfAKnownKind(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, _ string) {
		exec(t, d, `CREATE UNIQUE INDEX thing_text ON thing (text)`)
		exec(t, d, `INSERT INTO thing (id, text) VALUES (1, 'planted')`)
		for name, c := range map[string]struct {
			query string
			kind  fault.Kind
		}{
			"the same key":   {`INSERT INTO thing (id, text) VALUES (1, 'other')`, fault.Conflict},
			"a unique index": {`INSERT INTO thing (id, text) VALUES (2, 'planted')`, fault.Conflict},
			"not null":       {`INSERT INTO thing (id, text) VALUES (NULL, 'y')`, fault.Internal},
			"no table":       {`INSERT INTO nothing (id) VALUES (1)`, fault.Internal},
		} {
			err := d.Write(ctx, func(tx db.Tx) error { _, err := tx.Exec(ctx, c.query); return err })
			var f *fault.Fault
			if !errors.As(err, &f) || f.Kind != c.kind || strings.Contains(f.Error(), "planted") {
				t.Errorf("%s: %v", name, err)
			}
		}
		mine := fault.New(fault.Guarded, "test.rule")
		if err := d.Write(ctx, func(tx db.Tx) error { return mine }); !errors.Is(err, error(mine)) {
			t.Errorf("a room's own fault came back as %v", err)
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestManyWritersAndOneThatFails(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, dsn string) {
		const writers = 300
		var wg sync.WaitGroup
		errs := make([]error, writers)
		for i := range writers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				errs[i] = d.Write(ctx, func(tx db.Tx) error {
					if err := insert(tx, int64(i)); err != nil {
						return err
					}
					switch i % 10 {
					case 3: // fails after it wrote
						return fault.New(fault.Guarded, "test.rule")
					case 7: // breaks a rule of the database after it wrote
						return insert(tx, int64(i))
					}
					return nil
				})
				if errs[i] == nil { // acknowledged: every other reader must see it now
					var n int
					if err := d.Read(ctx, func(tx db.Tx) error {
						return tx.Row(ctx, `SELECT COUNT(*) FROM thing WHERE id = $1`, i).Scan(&n)
					}); err != nil || n != 1 {
						errs[i] = fmt.Errorf("acknowledged and not there: %w", err)
					}
				}
			}()
		}
		wg.Wait()
		for i, err := range errs {
			want := map[int]func(error) bool{
				3: func(err error) bool { return fault.Is(err, fault.Guarded) },
				7: func(err error) bool { return fault.Is(err, fault.Conflict) },
			}[i%10]
			if want == nil && err != nil || want != nil && !want(err) {
				t.Errorf("writer %d: %v", i, err)
			}
		}
		if n := count(t, open(t, dsn)); n != writers*8/10 {
			t.Errorf("another process sees %d rows", n)
		}
	})
}

func TestPanicFailsItsOwnCallerAlone(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, _ string) {
		err := func() (err error) {
			defer func() {
				if p := recover(); p != nil { // PostgreSQL runs f in the caller's own goroutine
					err = fmt.Errorf("panic: %v", p)
				}
			}()
			return d.Write(ctx, func(tx db.Tx) error { _ = insert(tx, 1); panic("a defect") })
		}()
		if err == nil {
			t.Error("a panic is no error")
		}
		exec(t, d, `INSERT INTO thing (id) VALUES (2)`)
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestReadSeesOneSnapshotAndWritesNothing(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, _ string) {
		exec(t, d, `INSERT INTO thing (id) VALUES (1)`)
		err := d.Read(ctx, func(tx db.Tx) error {
			for range 3 {
				var n int
				if err := tx.Row(ctx, `SELECT COUNT(*) FROM thing`).Scan(&n); err != nil {
					return err
				}
				if n != 1 {
					t.Errorf("the snapshot shows %d rows", n)
				}
				exec(t, d, `INSERT INTO thing (id) SELECT MAX(id) + 1 FROM thing`)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Read(ctx, func(tx db.Tx) error { return insert(tx, 100) }); err == nil {
			t.Error("a read writes")
		}
		if n := count(t, d); n != 4 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestCallersWhoLeave(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, _ string) {
		gone, leave := context.WithCancel(ctx)
		leave()
		err := d.Write(gone, func(tx db.Tx) error { return insert(tx, 1) })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a caller who has left: %v", err)
		}
		// One leaves in the middle of its own work, while others share the commit.
		var wg sync.WaitGroup
		errs := make([]error, 40)
		for i := range errs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				mine, leave := context.WithCancel(ctx)
				defer leave()
				errs[i] = d.Write(mine, func(tx db.Tx) error {
					if i%8 == 5 {
						leave()
					}
					_, err := tx.Exec(mine, `INSERT INTO thing (id) VALUES ($1)`, 100+i)
					return err
				})
			}()
		}
		wg.Wait()
		stored := 0
		for i, err := range errs {
			if err == nil {
				stored++
			} else if i%8 != 5 {
				t.Errorf("neighbour %d was undone: %v", i, err)
			}
		}
		if n := count(t, d); n != stored {
			t.Errorf("%d rows, %d acknowledged", n, stored)
		}
	})
}

func TestConcurrentReadThenWriteLosesNothing(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, _ string) {
		exec(t, d, `INSERT INTO thing (id, text) VALUES (1, '0')`)
		const writers, each = 4, 10
		var wg sync.WaitGroup
		var mu sync.Mutex
		runs, done := 0, 0
		for range writers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range each {
					err := d.Write(ctx, func(tx db.Tx) error {
						mu.Lock()
						runs++
						mu.Unlock()
						var n int
						if err := tx.Row(ctx, `SELECT CAST(text AS BIGINT) FROM thing WHERE id = 1`).Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, `UPDATE thing SET text = $1 WHERE id = 1`, fmt.Sprint(n+1))
						return err
					})
					switch {
					case err == nil:
						mu.Lock()
						done++
						mu.Unlock()
					case !fault.Is(err, fault.Unavailable): // refused after many tries, and told so
						t.Errorf("a write: %v", err)
					}
				}
			}()
		}
		wg.Wait()
		var text string
		if err := d.Read(ctx, func(tx db.Tx) error { return tx.Row(ctx, `SELECT text FROM thing WHERE id = 1`).Scan(&text) }); err != nil {
			t.Fatal(err)
		}
		if text != fmt.Sprint(done) || done == 0 {
			t.Errorf("%s counted, %d acknowledged", text, done)
		}
		if d.Engine() == db.SQLite && runs != writers*each {
			t.Errorf("on one writer a function ran again: %d runs", runs)
		}
	})
}

// TestSerializationFailureRunsAgain makes a conflict on purpose: while a write is between its read and its
// update, another one changes the row.
func TestSerializationFailureRunsAgain(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, dsn string) {
		if d.Engine() == db.SQLite {
			t.Skip("one writer has no conflicts")
		}
		exec(t, d, `INSERT INTO thing (id, text) VALUES (1, 'a')`)
		other := open(t, dsn)
		runs := 0
		err := d.Write(ctx, func(tx db.Tx) error {
			runs++
			var text string
			if err := tx.Row(ctx, `SELECT text FROM thing WHERE id = 1`).Scan(&text); err != nil {
				return err
			}
			if runs <= 2 {
				exec(t, other, `UPDATE thing SET text = text || 'b' WHERE id = 1`)
			}
			_, err := tx.Exec(ctx, `UPDATE thing SET text = $1 WHERE id = 1`, text+"c")
			return err
		})
		if err != nil || runs != 3 {
			t.Fatalf("%d runs: %v", runs, err)
		}
		var text string
		if err := d.Read(ctx, func(tx db.Tx) error { return tx.Row(ctx, `SELECT text FROM thing WHERE id = 1`).Scan(&text) }); err != nil || text != "abbc" {
			t.Errorf("%q: %v", text, err)
		}
		runs = 0
		err = d.Write(ctx, func(tx db.Tx) error { // never gets through: it gives up and says so
			runs++
			var text string
			if err := tx.Row(ctx, `SELECT text FROM thing WHERE id = 1`).Scan(&text); err != nil {
				return err
			}
			exec(t, other, `UPDATE thing SET text = text || 'b' WHERE id = 1`)
			_, err := tx.Exec(ctx, `UPDATE thing SET text = $1 WHERE id = 1`, text+"c")
			return err
		})
		if !fault.Is(err, fault.Unavailable) || runs < 5 {
			t.Errorf("%d runs: %v", runs, err)
		}
	})
}

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, dsn string) {
		started, release := make(chan struct{}), make(chan struct{})
		first := make(chan error, 1)
		go func() {
			first <- d.Write(ctx, func(tx db.Tx) error { close(started); <-release; return insert(tx, 1) })
		}()
		<-started
		if d.Engine() == db.SQLite {
			closed := make(chan error, 1)
			go func() { closed <- d.Close() }()
			close(release)
			if err := <-first; err != nil {
				t.Errorf("the write that ran: %v", err)
			}
			if err := <-closed; err != nil {
				t.Error(err)
			}
			if n := count(t, open(t, dsn)); n != 1 {
				t.Errorf("%d rows", n)
			}
		} else {
			close(release)
			if err := <-first; err != nil {
				t.Error(err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := d.Write(ctx, func(tx db.Tx) error { return insert(tx, 2) }); err == nil {
			t.Error("a write after Close")
		}
		if err := d.Close(); err != nil {
			t.Errorf("closed twice: %v", err)
		}
	})
}
