// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// tally counts what schedules came to.
type tally struct {
	letters, accepted, refused, expired, voided, forgotten, doubted, again int
	wire, tried, leaves, forks, expelled, posed, restored, hands, relayed  int
	files, pieces                                                          int
	answers, guesses, misused, hung                                        int
}

func (s tally) String() string {
	return fmt.Sprintf("%d messages: %d accepted, %d refused, %d expired, %d voided (of these two %d may have arrived), %d forgotten by a restored sender; %d repeated; %d things over the wire, %d tries to open them with a wrong key; %d leaves, %d contradictions of restored logs found; %d by the expelled and %d by the thief refused; %d restorations; %d things carried by hand; %d files read, %d pieces of files carried by hand; %d taken in through a relay; %d answers by link and %d wrong codes; a stolen key seen %d times; %d connections that hung",
		s.letters, s.accepted, s.refused, s.expired, s.voided, s.doubted, s.forgotten, s.again, s.wire, s.tried, s.leaves, s.forks, s.expelled, s.posed, s.restored, s.hands, s.files, s.pieces, s.relayed, s.answers, s.guesses, s.misused, s.hung)
}

// missing names something that no schedule came to.
func (s tally) missing() string {
	for name, n := range map[string]int{"accepted": s.accepted, "refused": s.refused, "expired": s.expired, "voided": s.voided, "forgotten": s.forgotten, "in doubt": s.doubted, "repeated": s.again,
		"a fork": s.forks, "an expelled office": s.expelled, "a thief": s.posed, "restored": s.restored, "carried by hand": s.hands, "relayed": s.relayed, "answered by link": s.answers, "a wrong code": s.guesses, "a stolen key seen": s.misused, "hung": s.hung, "a file": s.files, "a piece carried by hand": s.pieces} {
		if n == 0 {
			return name
		}
	}
	return ""
}

// books is what an office wrote down, by message.
type books struct {
	out     map[journal.ID]post.Sent
	in      map[journal.ID]post.Received
	effects map[journal.ID]int
	order   []journal.ID
}

// books reads an office's.
func (o *office) books() books {
	b := books{map[journal.ID]post.Sent{}, map[journal.ID]post.Received{}, map[journal.ID]int{}, nil}
	for _, s := range o.outbox() {
		b.out[s.ID] = s
	}
	for _, r := range o.inbox() {
		b.in[r.ID] = r
	}
	ctx := o.w.t.Context()
	o.w.must(o.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT message FROM effect ORDER BY n`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id journal.ID
			if err := rows.Scan(&id); err != nil {
				return err
			}
			b.effects[id]++
			b.order = append(b.order, id)
		}
		return rows.Err()
	}))
	return b
}

// settled checks what must be so when everything has healed.
func (w *world) settled(sum *tally) {
	all := map[*office]books{}
	for _, o := range append(slices.Clone(w.offices), w.thief) {
		all[o] = o.books()
		for id, n := range all[o].effects {
			if n != 1 {
				w.wrong("%s came %d times at %s", id, n, o.name)
			}
		}
		sum.restored += len(o.restored)
	}
	for _, l := range w.letters {
		sum.letters++
		if l.from == w.thief {
			w.ofThief(l, all[l.to], sum)
			continue
		}
		w.agreed(l, all[l.from], all[l.to], sum)
	}
	w.guestSettled(sum)
	w.inOrder(all)
	w.nobodyElseReads(sum)
	w.relayKnowsNothing()
	for _, o := range w.offices {
		w.logHolds(o, sum)
		sum.misused += o.misused
	}
	sum.forks += w.forks
	sum.hands += w.pouches
	sum.files, sum.pieces = sum.files+w.opened, sum.pieces+w.carried
	w.nothingLies()
	sum.hung += w.hung
}

// back says whether an office was set back behind a step after it.
func (o *office) back(step int) bool {
	return slices.ContainsFunc(o.restored, func(r restored) bool { return r.at >= step })
}

// agreed checks that sender and recipient say the same of a message.
func (w *world) agreed(l *letter, from, to books, sum *tally) {
	s, known := from.out[l.ID]
	r, came := to.in[l.ID]
	gone := r.State == "gone" // its recipient was told that it never comes
	came = came && !gone
	took := to.effects[l.ID]
	switch {
	case !known && !slices.ContainsFunc(l.from.restored, func(r restored) bool { return r.to <= l.step && r.at >= l.step }):
		w.wrong("%s lost %s from its outbox", l.from.name, l.ID)
		return
	case !known:
		sum.forgotten++
		return
	}
	if s.Tries > 1 {
		sum.again++
	}
	if came && (took == 1) != (r.State == "accepted") {
		w.wrong("%s is %s at %s and had %d effects", l.ID, r.State, l.to.name, took)
	}
	if since, out := l.to.blocked[l.from.id]; out && l.step > since {
		sum.expelled++
		if took > 0 && l.Type != takeBack {
			w.wrong("%s took %s of an office that it had expelled", l.to.name, l.ID)
		}
	}
	reset := l.to.back(l.step)
	switch s.State {
	case "accepted":
		sum.accepted++
		if l.to == w.hidden {
			sum.relayed++
		}
		if !reset && took != 1 {
			w.wrong("%s is accepted, says %s; %s says %+v", l.ID, l.from.name, l.to.name, r)
		}
	case "refused":
		sum.refused++
		if !reset && (!came && !gone || came && r.State != "refused" || r.Reason != s.Reason) {
			w.wrong("%s is refused (%s), says %s; %s says %+v", l.ID, s.Reason, l.from.name, l.to.name, r)
		}
	case post.Expired, post.Voided:
		w.ended(l, s, came, sum)
	default:
		w.wrong("%s still is %s (%s) at %s after %d tries", l.ID, s.State, s.Reason, l.from.name, s.Tries)
	}
	if len(s.Reason) > 0 {
		w.reason(s.Reason)
	}
}

// ended checks a message that its sender gave up: where it says that it never left, it never arrived.
func (w *world) ended(l *letter, s post.Sent, came bool, sum *tally) {
	if s.State == post.Expired {
		sum.expired++
	} else {
		sum.voided++
	}
	if s.Tries > 1 {
		sum.doubted++
	} else if came {
		w.wrong("%s never left, says %s (%s); %s has it", l.ID, l.from.name, s.State, l.to.name)
	}
}

// ofThief checks that nothing is taken of stolen keys once the theft is known.
func (w *world) ofThief(l *letter, to books, sum *tally) {
	if w.thief.since == 0 || l.step <= w.thief.since {
		return
	}
	sum.posed++
	if _, came := to.in[l.ID]; came || to.effects[l.ID] > 0 {
		w.wrong("%s took %s of the thief", l.to.name, l.ID)
	}
}

// inOrder checks that no conversation was turned round on its way. What takes something back waits for nothing, and may have
// overtaken: that is promised too.
func (w *world) inOrder(all map[*office]books) {
	for _, o := range w.offices {
		if len(o.restored) > 0 {
			continue
		}
		last := map[[2]journal.ID]int64{}
		for _, id := range all[o].order {
			r, came := all[o].in[id]
			if !came || r.Type == takeBack || w.from(r.Partner).back(0) {
				continue
			}
			talk := [2]journal.ID{r.Partner, r.Conversation}
			if r.Seq <= last[talk] {
				w.wrong("%s took message %d of a conversation with %s after message %d: %s", o.name, r.Seq, w.from(r.Partner).name, last[talk], id)
			}
			last[talk] = r.Seq
		}
	}
}

func (w *world) from(id journal.ID) *office {
	return w.offices[slices.IndexFunc(w.offices, func(o *office) bool { return o.id == id })]
}

// nobodyElseReads tries every key but the addressee's on everything that went over the wire, and looks for what was written.
func (w *world) nobodyElseReads(sum *tally) {
	keys := map[string]card.Secrets{"the thief": w.thief.secrets}
	for _, o := range w.offices {
		keys[o.name] = o.secrets
	}
	markers := w.markers()
	for _, x := range w.wire {
		sum.wire++
		for _, m := range markers {
			if bytes.Contains(x.bytes, m) {
				w.wrong("%s went over the wire in clear", m)
			}
		}
		if x.to == nil {
			continue
		}
		for name, s := range keys {
			if name == x.to.name {
				continue
			}
			sum.tried++
			if _, err := age.Decrypt(bytes.NewReader(x.bytes), s.Seal); err != nil {
				continue
			}
			if name != "the thief" || x.to != w.offices[1] || !w.stolen(x) {
				w.wrong("%s reads what is for %s", name, x.to.name)
			}
		}
	}
}

// markers are what was written to somebody, anywhere.
func (w *world) markers() (out [][]byte) {
	for _, l := range w.letters {
		out = append(out, []byte(l.marker))
	}
	if w.guest != nil {
		for _, x := range w.guest.words {
			out = append(out, []byte(x.text))
		}
		for _, x := range w.guest.written {
			out = append(out, []byte(x.text))
		}
	}
	return out
}

// stolen says whether somebody may read this who has the keys that were stolen: it had left before that was known. What only
// waited then leaves sealed to the new key, or not at all.
func (w *world) stolen(x tapped) bool { return w.thief.since == 0 || x.step <= w.thief.since }

// logHolds checks an office's log with all its checkpoints.
func (w *world) logHolds(o *office, sum *tally) {
	ctx := w.t.Context()
	canonical := func(ctx context.Context, tx db.Tx, owner, entry journal.ID) ([]byte, error) {
		var message journal.ID
		err := tx.Row(ctx, `SELECT message FROM effect WHERE entry = $1`, entry).Scan(&message)
		if errors.Is(err, sql.ErrNoRows) { // of a door's dossier
			return store.Canonical(ctx, tx, owner, entry)
		}
		return leaf(message, entry), err
	}
	count := func(ctx context.Context, tx db.Tx, _ journal.ID) (n int64, err error) {
		err = tx.Row(ctx, `SELECT COUNT(*) FROM effect`).Scan(&n)
		return n, err
	}
	w.must(o.DB.Read(ctx, func(tx db.Tx) error {
		r, err := ledger.Verify(ctx, tx, o.id, o.log.Verifier(), canonical, count, store.CountEntries)
		if err == nil && (!r.OK || r.Waiting > 0) {
			w.wrong("the log of %s: %+v", o.name, r.Difference)
		}
		sum.leaves += int(r.Size)
		return err
	}))
}
