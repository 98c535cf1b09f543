// SPDX-License-Identifier: EUPL-1.2

package db_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
)

// TestStatementCutShortUndoesItsOwnCallerAlone: SQLite answers an interrupted write by undoing the whole
// transaction, which here holds the neighbours' work too.
func TestStatementCutShortUndoesItsOwnCallerAlone(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "office.db"))
	held, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() { first <- d.Write(ctx, func(db.Tx) error { close(held); <-release; return nil }) }()
	<-held
	answers := make(chan error, 3)
	for i, f := range []func(db.Tx) error{
		func(tx db.Tx) error { return insert(tx, 1) },
		func(tx db.Tx) error {
			mine, leave := context.WithTimeout(ctx, 20*time.Millisecond) // much less than the statement takes
			defer leave()
			_, err := tx.Exec(mine, `INSERT INTO thing (id) WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) SELECT i FROM n`)
			return err
		},
		func(tx db.Tx) error { return insert(tx, 2) },
	} {
		go func() {
			err := d.Write(ctx, f)
			if i != 1 && err != nil {
				t.Errorf("neighbour %d was undone: %v", i, err)
			}
			answers <- err
		}()
		waitQueued(t, d, i+1)
	}
	close(release)
	for range 3 {
		<-answers
	}
	var neighbours int
	if err := d.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM thing WHERE id < 10`).Scan(&neighbours)
	}); err != nil || neighbours != 2 {
		t.Errorf("%d neighbours' rows: %v", neighbours, err)
	}
}
