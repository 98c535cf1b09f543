// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// waiting gives the sealed bytes of a node's queued messages, in their order, as somebody who carries files takes them.
func (n *node) waiting(t testing.TB) (out [][]byte) {
	t.Helper()
	n.read(t, func(tx db.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT sealed FROM post_out WHERE state = 'queued' ORDER BY seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			out = append(out, b)
		}
		return rows.Err()
	})
	return out
}

func (n *node) give(t testing.TB, from *node, sealed []byte) Receipt {
	t.Helper()
	b, err := n.Receive(t.Context(), n.id, sealed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ReadReceipt(b, n.card)
	if err != nil || r.To != from.id {
		t.Fatalf("%+v, %v", r, err)
	}
	return r
}

func (n *node) gaps(t testing.TB) (out []Gap) {
	t.Helper()
	n.read(t, func(tx db.Tx) (err error) { out, err = Gaps(t.Context(), tx, n.id); return err })
	return out
}

func seqs(in []Incoming) (out []int64) {
	for _, x := range in {
		out = append(out, x.Seq)
	}
	return out
}

// What comes before its predecessors is not taken in: its receipt says which is missing, and it is taken in after that.
func TestWhatComesEarlyAsksForWhatIsMissing(t *testing.T) {
	from, to := two(t)
	c := journal.NewID(day, nil)
	for range 4 {
		from.mustQueue(t, from.message(c))
	}
	m := from.waiting(t)
	for _, step := range []struct {
		message int
		status  string
		expects int64
		missing int64
	}{{3, Early, 1, 4}, {0, Accepted, 0, 3}, {2, Early, 2, 3}, {1, Accepted, 0, 2}, {3, Early, 3, 2}, {2, Accepted, 0, 1}, {3, Accepted, 0, 0}, {0, Accepted, 0, 0}} {
		if r := to.give(t, from, m[step.message]); r.Status != step.status || r.Expects != step.expects {
			t.Errorf("message %d: %+v", step.message+1, r)
		}
		missing := int64(0)
		for _, g := range to.gaps(t) {
			missing += g.Missing
		}
		if missing != step.missing {
			t.Errorf("after message %d: %d missing, want %d", step.message+1, missing, step.missing)
		}
	}
	if got := seqs(to.handled); !slices.Equal(got, []int64{1, 2, 3, 4}) || len(to.inbox(t)) != 4 {
		t.Errorf("%v handled", got)
	}
}

// What was withdrawn before it left closes its gap on both sides, and is refused should somebody bring it after all.
func TestWhatNeverComesClosesItsGap(t *testing.T) {
	from, to := two(t)
	c := journal.NewID(day, nil)
	for range 2 {
		from.mustQueue(t, from.message(c))
	}
	m := from.waiting(t)
	void := from.message(c)
	void.Voids = []string{note}
	from.mustQueue(t, void)
	from.clock.Advance(time.Second)
	if from.deliver(t) != 3 || !slices.Equal(seqs(to.handled), []int64{3}) || len(to.gaps(t)) != 0 {
		t.Fatalf("%v handled, gaps %v", seqs(to.handled), to.gaps(t))
	}
	for _, b := range m {
		if r := to.give(t, from, b); r.Status != Refused || r.Reason != "exchange.post.gone" {
			t.Errorf("carried by hand: %+v", r)
		}
	}
	from.mustQueue(t, from.message(c))
	from.clock.Advance(time.Second)
	if from.deliver(t) != 1 || len(to.handled) != 2 {
		t.Errorf("%v handled", seqs(to.handled))
	}
	states := map[string]int{}
	for _, x := range to.inbox(t) {
		states[x.State]++
	}
	if states["gone"] != 2 || states[Accepted] != 2 {
		t.Errorf("noted: %v", states)
	}
}

// An office that was restored lacks what it had taken in; the next message tells it what it cannot have again.
func TestARestoredRecipientGoesOn(t *testing.T) {
	from, to := two(t)
	c := journal.NewID(day, nil)
	for range 3 {
		from.mustQueue(t, from.message(c))
	}
	from.clock.Advance(time.Second)
	from.deliver(t)
	if err := to.DB.Write(t.Context(), func(tx db.Tx) error {
		if _, err := tx.Exec(t.Context(), `DELETE FROM post_in WHERE seq > 1`); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `UPDATE post_order SET next = 2, last = 1`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	from.mustQueue(t, from.message(c))
	from.clock.Advance(time.Second)
	if from.deliver(t) != 1 || len(to.gaps(t)) != 0 || !slices.Equal(seqs(to.handled), []int64{1, 2, 3, 4}) {
		t.Errorf("%v handled, gaps %v, %+v", seqs(to.handled), to.gaps(t), from.outbox(t)[0])
	}
	if in := to.inbox(t); len(in) != 4 {
		t.Errorf("noted: %+v", in)
	}
}

// What takes back does not wait for what stands before it, unless its room cannot do without.
func TestWhatTakesBackDoesNotWait(t *testing.T) {
	for _, able := range []bool{true, false} {
		from, to := two(t)
		c := journal.NewID(day, nil)
		from.mustQueue(t, from.message(c))
		from.mustQueue(t, from.back(c, `{}`))
		m := from.waiting(t)
		to.answer = func(in Incoming) error {
			if in.Type == takeBack && !able && len(to.handled) == 0 {
				return fault.New(fault.Guarded, "test.nothing_to_take_back")
			}
			return nil
		}
		r := to.give(t, from, m[1])
		if want := map[bool]string{true: Accepted, false: Early}[able]; r.Status != want {
			t.Errorf("%+v, want %s", r, want)
		}
		to.give(t, from, m[0])
		if r := to.give(t, from, m[1]); r.Status != Accepted || len(to.handled) != 2 || len(to.gaps(t)) != 0 {
			t.Errorf("%+v, %v handled", r, seqs(to.handled))
		}
	}
}

// Nobody who asks for ever keeps a courier going for ever.
func TestAPartnerThatAsksForeverIsLeft(t *testing.T) {
	from, to := two(t)
	c := journal.NewID(day, nil)
	for range 2 {
		from.mustQueue(t, from.message(c))
	}
	from.clock.Advance(time.Second)
	from.deliver(t)
	if err := from.DB.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM post_out WHERE seq = 2`) // as after a restore that nobody can know of
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := to.DB.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM post_in WHERE seq = 2`)
		if err == nil {
			_, err = tx.Exec(t.Context(), `UPDATE post_order SET next = 1, last = 0`)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	from.mustQueue(t, from.message(c))
	if err := from.DB.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM post_out WHERE seq = 1`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	from.clock.Advance(time.Second)
	if from.deliver(t) != 0 || from.outbox(t)[0].Reason != "exchange.post.gap" {
		t.Errorf("%+v", from.outbox(t)[0])
	}
}
