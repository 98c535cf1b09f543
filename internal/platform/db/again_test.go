// SPDX-License-Identifier: EUPL-1.2

package db_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/db"
)

// TestOneThatErrsTakesNoNeighbourWithIt: a batch of functions that may run again runs in a row first, and each on its own
// when one of them errs or panics.
func TestOneThatErrsTakesNoNeighbourWithIt(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "office.db"))
	held, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() { first <- d.Write(ctx, func(db.Tx) error { close(held); <-release; return nil }) }()
	<-held
	refused := errors.New("refused")
	fs := []func(db.Tx) error{
		func(tx db.Tx) error { return insert(tx, 1) },
		func(tx db.Tx) error { return errors.Join(insert(tx, 2), refused) },
		func(tx db.Tx) error { return insert(tx, 3) },
		func(tx db.Tx) error { _ = insert(tx, 4); panic("bad") },
		func(tx db.Tx) error { return insert(tx, 1) }, // there already
		func(tx db.Tx) error { return insert(tx, 5) },
	}
	ran, followed := make([]int, len(fs)), make([]int, len(fs))
	answers := make([]chan error, len(fs))
	for i, f := range fs {
		answers[i] = make(chan error, 1)
		go func() {
			answers[i] <- d.WriteAgain(ctx, func(tx db.Tx) error { ran[i]++; tx.After(func() { followed[i]++ }); return f(tx) })
		}()
		waitQueued(t, d, i+1)
	}
	close(release)
	for i := range fs {
		err := <-answers[i]
		if bad := i == 1 || i == 3 || i == 4; (err != nil) != bad {
			t.Errorf("caller %d: %v", i, err)
		}
		if i == 1 && !errors.Is(err, refused) {
			t.Errorf("caller 1 learns %v", err)
		}
	}
	if ran[0] != 2 || ran[5] != 1 {
		t.Errorf("ran %v: the first should have run in a row and again, the last only again", ran)
	}
	if want := []int{1, 0, 1, 0, 0, 1}; !slices.Equal(followed, want) {
		t.Errorf("followed %v, not %v", followed, want)
	}
	var ids []int
	if err := d.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM thing ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	}); err != nil || len(ids) != 3 || ids[0] != 1 || ids[1] != 3 || ids[2] != 5 {
		t.Errorf("kept %v: %v", ids, err)
	}
}

// TestWhatFollowsAWrite runs once its rows can be read, and not where they were undone.
func TestWhatFollowsAWrite(t *testing.T) {
	engines(t, func(t *testing.T, d *db.DB, _ string) {
		var seen []int
		follow := func() { seen = append(seen, count(t, d)) }
		err := d.WriteAgain(ctx, func(tx db.Tx) error {
			tx.After(follow)
			tx.After(follow)
			return insert(tx, 1)
		})
		if err != nil || !slices.Equal(seen, []int{1, 1}) {
			t.Errorf("%v; followed %v", err, seen)
		}
		refused := errors.New("refused")
		for _, write := range []func(context.Context, func(db.Tx) error) error{d.Write, d.WriteAgain} {
			if err := write(ctx, func(tx db.Tx) error { tx.After(follow); return errors.Join(insert(tx, 2), refused) }); !errors.Is(err, refused) {
				t.Error(err)
			}
		}
		if err := d.Read(ctx, func(tx db.Tx) error { tx.After(follow); return nil }); err != nil || len(seen) != 2 {
			t.Errorf("%v; followed %v", err, seen)
		}
	})
}
