// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// holding gives two offices, the first of which has a keyring.
func holding(t *testing.T) (from, to *node) {
	t.Helper()
	from, to = two(t)
	k, err := vault.Create()
	if err != nil {
		t.Fatal(err)
	}
	from.Keys = func(journal.ID) Keyring { return k }
	return from, to
}

func (n *node) hold(t testing.TB, o Outgoing) {
	t.Helper()
	f, err := n.Hold(n.id, o)
	if err == nil {
		err = n.DB.Write(t.Context(), func(tx db.Tx) error { return f(t.Context(), tx) })
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (n *node) countHeld(t testing.TB) (held int) {
	t.Helper()
	n.read(t, func(tx db.Tx) error { return tx.Row(t.Context(), `SELECT COUNT(*) FROM post_held`).Scan(&held) })
	return held
}

// back is a message that takes something back.
func (n *node) back(conversation journal.ID, body string, voids ...string) Outgoing {
	o := n.message(conversation)
	o.Type, o.Body, o.Voids = takeBack, []byte(body), voids
	return o
}

// TestHeldMessagesLeaveInOrderOnceAndSealed holds several, and lets the courier carry them.
func TestHeldMessagesLeaveInOrderOnceAndSealed(t *testing.T) {
	from, to := holding(t)
	one, other := journal.NewID(day, nil), journal.NewID(day, nil)
	from.mustQueue(t, from.message(one))
	from.hold(t, from.back(one, `"planted body one"`, note))
	from.hold(t, from.back(other, `"planted body two"`))
	from.hold(t, from.back(one, `"planted body three"`))
	if out := from.outbox(t); len(out) != 1 || out[0].State != Voided {
		t.Errorf("what was taken back still waits: %+v", out)
	}
	from.read(t, func(tx db.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT sealed FROM post_held`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil || bytes.Contains(b, []byte("planted body")) {
				t.Errorf("in clear, or %v", err)
			}
		}
		return rows.Err()
	})
	from.mustQueue(t, from.message(other)) // comes later and was not meant by what is held
	for range 3 {
		from.deliver(t)
	}
	var bodies []string
	for _, in := range to.handled {
		bodies = append(bodies, string(in.Body))
	}
	slices.Sort(bodies)
	if !slices.Equal(bodies, []string{`"planted body one"`, `"planted body three"`, `"planted body two"`, `{}`}) || from.countHeld(t) != 0 {
		t.Errorf("%q arrived, %d held", bodies, from.countHeld(t))
	}
	if out := from.outbox(t); len(out) != 5 {
		t.Errorf("%+v", out)
	}
	first, third := slices.IndexFunc(to.handled, func(in Incoming) bool { return string(in.Body) == `"planted body one"` }), slices.IndexFunc(to.handled, func(in Incoming) bool { return string(in.Body) == `"planted body three"` })
	if first < 0 || third < first || to.handled[first].Seq != 2 || to.handled[third].Seq != 3 {
		t.Errorf("out of order: %d %d", first, third)
	}
}

// TestHoldTakesNothingNew shows that only what takes back is held, and that a row which does not open, as one copied into
// another's place, holds up its conversation alone.
func TestHoldTakesNothingNew(t *testing.T) {
	from, to := holding(t)
	one, other := journal.NewID(day, nil), journal.NewID(day, nil)
	if _, err := from.Hold(from.id, from.message(one)); err == nil {
		t.Error("a message that brings something new is held")
	}
	from.hold(t, from.back(one, `"a"`))
	from.hold(t, from.back(other, `"b"`))
	if err := from.DB.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE post_held SET sealed = (SELECT sealed FROM post_held WHERE number = 2) WHERE number = 1`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	from.hold(t, from.back(one, `"c"`))
	n, err := from.Release(t.Context(), from.id)
	if n != 1 || err == nil || from.countHeld(t) != 2 {
		t.Errorf("%d queued, %d held: %v", n, from.countHeld(t), err)
	}
	from.deliver(t)
	if len(to.handled) != 1 || string(to.handled[0].Body) != `"b"` {
		t.Errorf("%d arrived", len(to.handled))
	}
}

// TestReleasesAtOnceQueueOnce lets several run at the same time.
func TestReleasesAtOnceQueueOnce(t *testing.T) {
	from, _ := holding(t)
	for range 5 {
		from.hold(t, from.back(journal.NewID(day, nil), `"a"`))
	}
	done := make(chan error)
	for range 4 {
		go func() { _, err := from.Release(context.WithoutCancel(t.Context()), from.id); done <- err }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if out := from.outbox(t); len(out) != 5 || from.countHeld(t) != 0 {
		t.Errorf("%d queued, %d held", len(out), from.countHeld(t))
	}
}
