// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

func (n *node) overdue(t testing.TB) (out []Late) {
	t.Helper()
	n.read(t, func(tx db.Tx) (err error) { out, err = Overdue(t.Context(), tx, n.id, n.clock.Now(), 10); return err })
	return out
}

func (n *node) mark(t testing.TB, partner, message journal.ID, status string) {
	t.Helper()
	if err := n.DB.Write(t.Context(), func(tx db.Tx) error { return n.Mark(t.Context(), tx, n.id, partner, message, status, "") }); err != nil {
		t.Fatal(err)
	}
}

// Both offices know what became of a message, and both that it is overdue, each for itself.
func TestBothKnowWhatBecameOfIt(t *testing.T) {
	from, to := two(t)
	o := from.message(greek)
	o.Due = day.Add(48 * time.Hour)
	from.mustQueue(t, o)
	from.clock.Advance(time.Second)
	from.deliver(t)
	if len(from.overdue(t)) != 0 || len(to.overdue(t)) != 0 {
		t.Fatal("overdue before its time")
	}
	from.clock.Set(o.Due)
	to.clock.Set(o.Due)
	if a, b := from.overdue(t), to.overdue(t); len(a) != 1 || a[0].Ours || len(b) != 1 || !b[0].Ours || b[0].Message != o.ID || !b[0].Due.Equal(o.Due) {
		t.Fatalf("%+v, %+v", a, b)
	}
	to.mark(t, greek, o.ID, Seen)
	to.mark(t, greek, o.ID, Seen)
	to.mark(t, greek, o.ID, Executed)
	to.mark(t, greek, journal.NewID(day, nil), Seen) // of a message that was never sent: nobody keeps it there
	to.clock.Advance(time.Second)
	if to.deliver(t) != 1 {
		t.Fatalf("%+v", to.outbox(t))
	}
	from.read(t, func(tx db.Tx) error {
		marks, err := Marks(t.Context(), tx, greek, albanian, o.ID)
		if len(marks) != 2 || marks[0].Status+marks[1].Status != Executed+Seen && marks[0].Status+marks[1].Status != Seen+Executed || !marks[0].At.Equal(o.Due) {
			t.Errorf("%+v", marks)
		}
		var n int
		if err == nil {
			err = tx.Row(t.Context(), `SELECT COUNT(*) FROM post_mark`).Scan(&n)
		}
		if n != 2 {
			t.Errorf("%d marks kept", n)
		}
		return err
	})
	if len(from.overdue(t)) != 0 || len(to.overdue(t)) != 0 {
		t.Error("overdue although it was done")
	}
	if got := to.deliver(t); got != 0 {
		t.Errorf("told again: %d", got)
	}
}

// A mark is a code, and nothing else.
func TestAMarkHoldsNoText(t *testing.T) {
	_, to := two(t)
	for _, m := range []Mark{{greek, "she was seen", "", day}, {greek, Seen, "she lives upstairs", day}, {journal.ID{}, Seen, "", day}} {
		if err := to.DB.Write(t.Context(), func(tx db.Tx) error { return to.Mark(t.Context(), tx, albanian, greek, m.Message, m.Status, m.Reason) }); err == nil {
			t.Errorf("%+v is taken", m)
		}
	}
}

// A partner that sends too much waits; nobody else does, and what takes back has room of its own.
func TestAPartnerHasItsQuota(t *testing.T) {
	from, to := two(t)
	to.Quota = func(journal.ID, journal.ID) Quota { return Quota{HourMessages: 3, DayMessages: 5} }
	for range 4 {
		from.mustQueue(t, from.message(journal.NewID(day, nil)))
	}
	from.clock.Advance(time.Second)
	if got := from.deliver(t); got != 3 {
		t.Fatalf("%d of 4 taken in an hour that takes 3", got)
	}
	var late Sent
	for _, s := range from.outbox(t) {
		if s.State == "queued" {
			late = s
		}
	}
	if late.Reason != "exchange.post.busy_there" || late.Next.Before(day.Add(time.Hour)) || late.Next.After(day.Add(time.Hour+time.Minute)) {
		t.Errorf("it waits until %s: %s", late.Next, late.Reason)
	}
	if u, q, err := to.Usage(t.Context(), albanian, greek); err != nil || u.HourMessages != 3 || q.HourMessages != 3 || u.HourBytes == 0 {
		t.Errorf("%+v %+v %v", u, q, err)
	}
	from.mustQueue(t, from.back(journal.NewID(day, nil), `{}`))
	if got := from.deliver(t); got != 1 {
		t.Error("a withdrawal waits behind a quota")
	}
	to.meters = meters{} // started again: what came is counted from what was kept
	to.clock.Set(day.Add(time.Hour))
	from.clock.Set(late.Next)
	from.mustQueue(t, from.message(journal.NewID(day, nil)))
	if got := from.deliver(t); got != 1 {
		t.Errorf("%d of 2 taken on a day that takes 5 of which 4 had come", got)
	}
	to.clock.Advance(24 * time.Hour)
	from.clock.Advance(24 * time.Hour)
	if got := from.deliver(t); got != 1 {
		t.Errorf("%d taken the next day", got)
	}
}
