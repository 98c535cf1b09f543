// SPDX-License-Identifier: EUPL-1.2

package db_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// TestGroupCommit holds the writer, lets thirty more queue, and shows that they share one commit: each
// sees its neighbours' rows, and nobody outside sees any or has been answered until all are on disk.
func TestGroupCommit(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "office.db"))
	held, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() { first <- d.Write(ctx, func(db.Tx) error { close(held); <-release; return nil }) }()
	<-held
	const n = 30
	answers := make(chan error, n)
	most := 0
	for i := range n {
		go func() {
			answers <- d.Write(ctx, func(tx db.Tx) error {
				if err := insert(tx, int64(i)); err != nil {
					return err
				}
				var inside int
				if err := tx.Row(ctx, `SELECT COUNT(*) FROM thing`).Scan(&inside); err != nil {
					return err
				}
				most = max(most, inside) // one writer: no lock needed
				if outside := count(t, d); outside != 0 && inside <= n && len(answers) == 0 {
					t.Errorf("%d rows are seen before their commit", outside)
				}
				return nil
			})
		}()
	}
	waitQueued(t, d, n)
	close(release)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	for range n {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if most != n || count(t, d) != n {
		t.Errorf("the largest group saw %d rows of %d", most, n)
	}
}

// TestScrub shows that a deleted row's bytes are in the files before and gone after, and that the
// write-ahead log is empty then.
func TestScrub(t *testing.T) {
	path := filepath.Join(t.TempDir(), "office.db")
	d := open(t, path)
	secret := bytes.Repeat([]byte("planted-7391-"), 20)
	for i := range 50 {
		exec(t, d, `INSERT INTO thing (id, body) VALUES ($1, $2)`, i, bytes.Repeat([]byte{byte(i)}, 300))
	}
	exec(t, d, `INSERT INTO thing (id, body) VALUES (100, $1)`, secret)
	in := func() (found []string) {
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) == 0 {
			t.Fatal("no files", err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, secret[:40]) {
				found = append(found, filepath.Base(f))
			}
		}
		return found
	}
	if len(in()) == 0 {
		t.Fatal("the search does not find what is there")
	}
	exec(t, d, `DELETE FROM thing WHERE id = 100`)
	if err := d.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	if found := in(); len(found) > 0 {
		t.Errorf("still in %v", found)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() != 0 {
		t.Errorf("the write-ahead log has %d bytes", info.Size())
	}
	if n := count(t, d); n != 50 {
		t.Errorf("%d rows", n)
	}
	// Overwriting by an update counts as well: erasing a part sets its body to NULL.
	exec(t, d, `UPDATE thing SET body = $1 WHERE id = 7`, secret)
	exec(t, d, `UPDATE thing SET body = NULL WHERE id = 7`)
	if err := d.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	if found := in(); len(found) > 0 {
		t.Errorf("after an update still in %v", found)
	}
}

func TestSettingsThatErasureAndDurabilityNeed(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "office.db"))
	for _, run := range []func(context.Context, func(db.Tx) error) error{d.Write, d.Read} {
		if err := run(ctx, func(tx db.Tx) error {
			for pragma, want := range map[string]string{"synchronous": "2", "secure_delete": "1", "journal_mode": "wal", "foreign_keys": "1", "temp_store": "2"} {
				var got string
				if err := tx.Row(ctx, `PRAGMA `+pragma).Scan(&got); err != nil {
					return err
				}
				if got != want {
					t.Errorf("%s is %s, not %s", pragma, got, want)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestScrubOnPostgres(t *testing.T) {
	d := open(t, dbtest.Schema(t))
	if err := d.Scrub(ctx); err != nil {
		t.Error(err)
	}
}

func TestRaw(t *testing.T) {
	if _, err := db.Raw(ctx, "postgres://nobody:x@127.0.0.1:1/none?sslmode=disable&connect_timeout=2"); err == nil {
		t.Error("nothing is there")
	}
	dsn := dbtest.Schema(t)
	p, err := db.Raw(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var tables int
	if err := p.QueryRow(`SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()`).Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables: %v", tables, err)
	}
}

// TestQueueIsFullAndCallerLeaves: a caller who waits for a place in the queue can leave it.
func TestQueueIsFullAndCallerLeaves(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "office.db"))
	held, release := make(chan struct{}), make(chan struct{})
	const many = 600 // more than the queue and a batch hold
	answers := make(chan error, many+1)
	go func() { answers <- d.Write(ctx, func(db.Tx) error { close(held); <-release; return nil }) }()
	<-held
	hurried, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	for i := range many {
		go func() { answers <- d.Write(hurried, func(tx db.Tx) error { return insert(tx, int64(i)) }) }()
	}
	<-hurried.Done()
	close(release)
	left := 0
	for range many + 1 {
		if err := <-answers; err != nil {
			if !fault.Is(err, fault.Unavailable) && err != context.DeadlineExceeded {
				t.Errorf("a caller who left: %v", err)
			}
			left++
		}
	}
	if left == 0 || count(t, d) != many-left {
		t.Errorf("%d left, %d rows of %d", left, count(t, d), many)
	}
}

// waitQueued returns when n writes wait in the queue.
func waitQueued(t *testing.T, d *db.DB, n int) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for d.Queued() < n {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d of %d writes are in the queue", d.Queued(), n)
		}
	}
}
