// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// fewSchedules are run by everybody; ENTRAIDE_SCHEDULES says how many else, ENTRAIDE_SCHEDULE which one alone.
const fewSchedules = 120

// enough schedules that fail are told.
const enough = 3

// TestSchedules plays what three offices, one that they expel and a thief of keys do while network, clocks, disks and
// processes fail as a schedule drawn from a seed says. When all has healed nothing was lost, nothing came twice, nobody
// read what was not for them, every refusal has words, and all logs hold. docs/protocol.md says what is promised.
func TestSchedules(t *testing.T) {
	from, many := uint64(1), uint64(fewSchedules)
	number := func(name string, n *uint64) bool {
		x, err := strconv.ParseUint(os.Getenv(name), 10, 64)
		if err == nil {
			*n = x
		}
		return err == nil
	}
	number("ENTRAIDE_SCHEDULES", &many)
	if number("ENTRAIDE_SCHEDULE", &from) {
		many = 1
	}
	dir, began := memory(t), time.Now()
	var mu sync.Mutex // guards the following
	sum, failed, reasons := tally{}, 0, map[string]bool{}
	t.Run("each", func(t *testing.T) {
		for seed := from; seed < from+many; seed++ {
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				mu.Lock()
				over := failed >= enough
				mu.Unlock()
				if over {
					t.Skip("enough have failed")
				}
				w := newWorld(t, dir, seed)
				defer w.close()
				w.play()
				w.heal()
				mu.Lock()
				defer mu.Unlock()
				w.settled(&sum)
				if t.Failed() {
					failed++
				}
				maps.Copy(reasons, w.reasons)
				if many == 1 {
					t.Log(w.story())
				}
			})
		}
	})
	explained(t, reasons)
	t.Logf("%d schedules in %s: %s", many, time.Since(began).Round(time.Millisecond), sum)
	if many >= fewSchedules && sum.missing() != "" {
		t.Errorf("no schedule showed what is %s: they have stopped to try everything", sum.missing())
	}
}

// explained checks that whoever is refused reads why, in every language.
func explained(t *testing.T, reasons map[string]bool) {
	t.Helper()
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	delete(reasons, "")
	t.Logf("told: %s", strings.Join(slices.Sorted(maps.Keys(reasons)), " "))
	for r := range reasons {
		for _, l := range []string{"en", "fr"} {
			if _, words := b.Text(l, r); strings.TrimSpace(words) == "" {
				t.Errorf("%s has no words for %s", l, r)
			}
		}
	}
}

// story is what happened.
func (w *world) story() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.said, "\n")
}

// deed is something that a schedule may do, and how often beside the others.
type deed struct {
	often int
	do    func(*world)
}

var deeds = []deed{
	{50, (*world).write}, {50, (*world).deliver}, {10, (*world).land}, {14, (*world).witnessing}, {4, (*world).kill}, {4, (*world).skew},
	{4, (*world).disk}, {4, (*world).backup}, {5, (*world).restore}, {1, (*world).expel}, {1, (*world).steal}, {1, (*world).renew}, {4, (*world).pose}, {2, (*world).suspend}, {3, (*world).weather}, {12, (*world).fillPouch}, {12, (*world).bringPouch}, {2, (*world).tidy},
}

// guestDeeds come to them where somebody has a link.
var guestDeeds = []deed{{10, (*world).visit}, {24, (*world).answer}, {8, (*world).reply}, {2, (*world).guess}}

// play draws and does a schedule.
func (w *world) play() {
	w.weather()
	deeds, all := deeds, 0
	if w.guest != nil {
		deeds = slices.Concat(deeds, guestDeeds)
	}
	for _, d := range deeds {
		all += d.often
	}
	for range 20 + w.dice.IntN(60) {
		w.pass([]time.Duration{time.Second, time.Minute, time.Hour}[w.dice.IntN(3)])
		n := w.dice.IntN(all)
		for _, d := range deeds {
			if n -= d.often; n < 0 {
				d.do(w)
				break
			}
		}
	}
}

// pass lets time go by, up to so many times a unit, and dead offices start again, sooner or later.
func (w *world) pass(unit time.Duration) {
	w.step++
	w.now = w.now.Add(unit + time.Duration(w.dice.Int64N(int64(3*unit)))).Truncate(time.Microsecond)
	for _, o := range w.everybody() {
		o.clock.Set(w.now.Add(o.skew))
		if o.image != "" && w.dice.IntN(2) == 0 {
			w.say("%s starts again", o.name)
			o.start(o.image)
		}
	}
}

// everybody is who has a clock and a process.
func (w *world) everybody() []*office {
	all := append(slices.Clone(w.offices), w.thief)
	if w.relay != nil {
		all = append(all, w.relay)
	}
	return all
}

func (w *world) weather() { w.wild = []float64{0, 0.1, 0.4, 0.8}[w.dice.IntN(4)] }

// living draws an office that is up; nil when there is none.
func (w *world) living() *office {
	up := slices.DeleteFunc(slices.Clone(w.offices), func(o *office) bool { return o.image != "" })
	if len(up) == 0 {
		return nil
	}
	return up[w.dice.IntN(len(up))]
}

// write lets an office ask for a message to be sent.
func (w *world) write() {
	pair := w.pairs[w.dice.IntN(len(w.pairs))]
	talk := w.talks[pair][w.dice.IntN(2)]
	from, to := pair[0], pair[1]
	if w.dice.IntN(2) == 0 {
		from, to = to, from
	}
	if from.image == "" {
		w.send(from, to, talk)
	}
}

func (w *world) send(from, to *office, talk journal.ID) {
	l := &letter{from: from, to: to, step: w.step, marker: "plain " + hex.EncodeToString(w.random(16))}
	l.Outgoing = post.Outgoing{ID: w.id(), To: to.id, Type: note, Conversation: talk, Purpose: "referral", Basis: "consent", Categories: []journal.Category{journal.D0},
		Body: append([]byte(l.marker), w.random(w.dice.IntN(4000))...)}
	switch w.dice.IntN(8) {
	case 0, 1:
		l.Type, l.Voids = takeBack, []string{note}
	case 2:
		l.Body = append([]byte(no), l.Body...)
	case 3:
		l.Expires = from.clock.Now().Add(time.Hour + time.Duration(w.dice.Int64N(int64(12*time.Hour))))
	}
	files := []enclosed(nil)
	if l.Type != takeBack {
		files = w.enclose(from, l.marker)
	}
	for _, x := range files {
		l.Parcels = append(l.Parcels, x.Parcel)
	}
	w.mu.Lock()
	w.files[l.ID] = files
	w.mu.Unlock()
	s, err := from.Prepare(w.t.Context(), from.id, l.Outgoing)
	if err == nil {
		err = from.DB.Write(w.t.Context(), func(tx db.Tx) error {
			if err := from.effect(w.t.Context(), tx, l.ID); err != nil {
				return err
			}
			return from.Enqueue(w.t.Context(), tx, s)
		})
	}
	if err != nil {
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind == fault.Internal || f.Key == "" {
			w.wrong("%s cannot write to %s, and nobody knows why: %v", from.name, to.name, err)
		} else {
			w.reason(f.Key)
		}
		w.say("%s cannot write to %s: %v", from.name, to.name, err)
		return
	}
	w.say("%s writes %s with %d files to %s: %s", from.name, l.Type, len(files), to.name, l.ID)
	w.letters = append(w.letters, l)
}

func (w *world) random(n int) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := make([]byte, n)
	_, _ = w.ids.Read(b) // never errs
	return b
}

// deliver lets an office's courier go once.
func (w *world) deliver() {
	o := w.living()
	if o == nil {
		return
	}
	if w.wild > 0 && w.dice.IntN(20) == 0 {
		o.doom(inTold)
	}
	n, err := o.courier.Once(w.t.Context())
	w.say("%s delivers: %d, %v", o.name, n, err)
	w.fetch(o)
	o.doom("")
}

func (w *world) kill() {
	if o := w.living(); o != nil {
		o.die("between two things")
	}
}

// skew sets a clock up to a day wrong, or right.
func (w *world) skew() {
	o := w.offices[w.dice.IntN(3)]
	o.skew = []time.Duration{0, -24 * time.Hour, -time.Hour, 5 * time.Minute, 30 * time.Minute, 24 * time.Hour}[w.dice.IntN(6)]
	w.say("the clock of %s is wrong by %s", o.name, o.skew)
}

func (w *world) disk() {
	if o := w.living(); o != nil {
		o.fill(!o.full)
		w.say("the disk of %s is full: %v", o.name, o.full)
	}
}

func (w *world) backup() {
	if o := w.living(); o != nil {
		o.saved, o.savedAt = o.copied(), w.step
		w.say("%s is backed up", o.name)
	}
}

// restore sets an office back to its backup; what waited in it may have left since.
func (w *world) restore() {
	o := w.offices[w.dice.IntN(3)]
	if o.saved == "" {
		return
	}
	w.say("%s is restored to step %d", o.name, o.savedAt)
	file := o.next()
	copyFiles(w, o.saved, file)
	o.start(file)
	o.restored = append(o.restored, restored{o.savedAt, w.step})
	w.must(o.DB.Write(w.t.Context(), func(tx db.Tx) error { return post.Restored(w.t.Context(), tx, o.id) }))
}

// expel lets one of the offices block the fourth, which does not hear of it.
func (w *world) expel() {
	o, out := w.offices[w.dice.IntN(3)], w.offices[3]
	if _, already := o.blocked[out.id]; !already {
		o.blocked[out.id] = w.step
		w.say("%s expels %s", o.name, out.name)
	}
}

// steal lets the others learn that the second office's keys were stolen: they pin its new ones.
func (w *world) steal() {
	o := w.offices[1]
	if o.secrets.SealKey() != w.thief.secrets.SealKey() {
		return
	}
	old := o.card
	w.newKeys(o, 5)
	for _, p := range w.offices {
		p.stolen[o.id] = []card.Card{old}
	}
	w.thief.since = w.step
	w.say("the theft is known: %s has new keys", o.name)
}

// renew lets the first office make new keys although nobody stole the others: what it signed with those still counts.
func (w *world) renew() {
	o := w.offices[0]
	if len(o.before) > 0 {
		return
	}
	old := o.card
	w.newKeys(o, 4)
	for _, p := range w.offices {
		p.before[o.id] = []card.Card{old}
	}
	w.say("%s renews its keys", o.name)
}

// newKeys gives an office the keys of a number; its partners compare and pin them. What was sealed to the others it opens on.
func (w *world) newKeys(o *office, number int) {
	m, err := made()
	w.must(err)
	old := o.secrets
	o.secrets = m.secrets[number]
	o.secrets.Before = append(slices.Clone(old.Before), old.Seal)
	c := o.card
	c.Made = w.now
	o.card, _, err = o.secrets.Issue(c)
	w.must(err)
	for _, p := range w.offices {
		if p != o {
			p.pinned[o.id] = o.card
		}
	}
}

// pose lets the thief write to an office as the second.
func (w *world) pose() {
	to := w.offices[[]int{0, 2}[w.dice.IntN(2)]]
	w.send(w.thief, to, w.id())
	_, err := w.thief.courier.Once(w.t.Context())
	w.say("the thief delivers: %v", err)
}

// suspend lets one office suspend terms with another, or resume them.
func (w *world) suspend() {
	pair := w.pairs[w.dice.IntN(len(w.pairs))]
	t := pair[0].with(pair[1].id)
	t.Suspended = !t.Suspended
	w.say("%s has suspended terms with %s: %v", pair[0].name, pair[1].name, t.Suspended)
}

// witnessing lets an office look at the log of another.
func (w *world) witnessing() {
	o, p := w.living(), w.living()
	if o != nil && o != p && !o.full && !p.full {
		w.witness(o, p)
	}
}

// number gives an office's leaves their numbers and signs a checkpoint.
func (o *office) number() error {
	_, err := (&ledger.Sequencer{DB: o.DB, Clock: o.clock, Signer: func(journal.ID) (ledger.Signer, error) { return o.log, nil }, Owners: func() []journal.ID { return []journal.ID{o.id} }}).Once(o.w.t.Context())
	return err
}

// witness compares a log with what was seen of it before. It is whole unless its office was restored, and then what
// differs is found.
func (w *world) witness(o, p *office) {
	ctx := w.t.Context()
	w.must(p.number())
	var before, now ledger.Checkpoint
	var seen string
	w.must(o.DB.Read(ctx, func(tx db.Tx) (err error) { seen, _, err = ledger.Seen(ctx, tx, o.id, ledger.Origin(p.id)); return err }))
	holds, proof := true, []tlog.Hash(nil)
	w.must(p.DB.Read(ctx, func(tx db.Tx) error {
		text, err := ledger.Latest(ctx, tx, p.id)
		if err != nil || text == "" {
			return err
		}
		if now, err = ledger.ParseCheckpoint(text, p.log.Verifier()); err != nil || seen == "" {
			return err
		}
		if before, err = ledger.ParseCheckpoint(seen, p.log.Verifier()); err != nil {
			return err
		}
		if holds, err = ledger.Holds(ctx, tx, p.id, before); err == nil && before.Size < now.Size {
			proof, err = ledger.Consistency(ctx, tx, p.id, before.Size, now.Size)
		}
		return err
	}))
	if now.Note == "" {
		return
	}
	if !holds && len(p.restored) == 0 {
		w.wrong("the log of %s was %d long, and is another now: %d", p.name, before.Size, now.Size)
	}
	err := o.DB.Write(ctx, func(tx db.Tx) error { return ledger.Witness(ctx, tx, o.id, now, proof, o.clock.Now()) })
	if holds != (err == nil) {
		w.wrong("the log of %s holds what %s saw of it: %v; and %s says: %v", p.name, o.name, holds, o.name, err)
	}
	if !holds {
		w.forks++
		w.must(o.DB.Write(ctx, func(tx db.Tx) error { return ledger.Accept(ctx, tx, o.id, now, o.clock.Now()) }))
	}
}

// heal lets everything become well, and time go by until nothing waits any more.
func (w *world) heal() {
	w.wild = 0
	for _, o := range w.everybody() {
		o.skew, o.dies = 0, ""
		if o.image != "" {
			o.start(o.image)
		}
		if o != w.relay {
			o.fill(false)
		}
		for i := range o.terms {
			o.terms[i].Suspended = false
		}
	}
	w.say("everything heals")
	w.reads()
	for hour := 0; w.waits() && hour < 24*100; {
		unit := time.Hour
		switch {
		case hour >= 24*7: // those that nobody can deliver run out
			unit = 24 * 30 * time.Hour
		case hour >= 30:
			unit = 6 * time.Hour
		}
		hour += int(unit / time.Hour)
		w.step++
		w.now = w.now.Add(unit)
		for _, o := range w.everybody() {
			o.clock.Set(w.now)
		}
		for _, o := range w.offices {
			_, _ = o.courier.Once(w.t.Context()) // what it could not deliver it tries again
			w.fetch(o)
		}
		if hour > 24 {
			w.land()
			w.bringPouch()
		}
	}
	for len(w.flights) > 0 {
		w.land()
	}
	for _, o := range w.offices {
		for _, p := range w.offices {
			if o != p {
				w.witness(o, p)
			}
		}
	}
}

// waits says whether an outbox has something to deliver.
func (w *world) waits() bool {
	for _, o := range w.offices {
		if slices.ContainsFunc(o.outbox(), func(s post.Sent) bool {
			return s.State == "queued" || s.State == post.Voided && s.Done.UnixMicro() == 0
		}) {
			return true
		}
	}
	return len(w.flights) > 0
}

// outbox and inbox are what the pages show.
func (o *office) outbox() (out []post.Sent) {
	o.w.must(o.DB.Read(o.w.t.Context(), func(tx db.Tx) (err error) {
		out, err = post.Outbox(o.w.t.Context(), tx, o.id, journal.ID{}, 1000)
		return err
	}))
	return out
}

func (o *office) inbox() (in []post.Received) {
	o.w.must(o.DB.Read(o.w.t.Context(), func(tx db.Tx) (err error) {
		in, err = post.Inbox(o.w.t.Context(), tx, o.id, journal.ID{}, 1000)
		return err
	}))
	return in
}
