// SPDX-License-Identifier: EUPL-1.2

package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

var (
	ctx     = context.Background()
	start   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	owner   = journal.MustID("01900000-0000-7000-8000-000000000001")
	partner = journal.MustID("01900000-0000-7000-8000-000000000002")
)

// log is a log on a database with a table of entries that stand for a room's.
type log struct {
	t       testing.TB
	db      *db.DB
	clock   *clock.Manual
	seq     *ledger.Sequencer
	signer  ledger.Signer
	entries []journal.ID
}

func engines(t *testing.T, f func(*testing.T, *log)) {
	dbtest.Engines(t, func(t *testing.T, dsn string) { f(t, newLog(t, dsn)) })
}

func newLog(t testing.TB, dsn string) *log {
	t.Helper()
	d, err := db.Open(ctx, db.Config{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	l := &log{t: t, db: d, clock: clock.NewManual(start)}
	l.signer = signer(t, owner, 1)
	l.seq = &ledger.Sequencer{DB: d, Clock: l.clock, Owners: func() []journal.ID { return []journal.ID{owner} },
		Signer: func(journal.ID) (ledger.Signer, error) { return l.signer, nil }}
	l.write(`CREATE TABLE room_entry (owner BYTEA NOT NULL, id BYTEA NOT NULL, text TEXT NOT NULL, PRIMARY KEY (owner, id))`)
	return l
}

func signer(t testing.TB, owner journal.ID, seed byte) ledger.Signer {
	t.Helper()
	s, err := ledger.NewSigner(owner, [32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (l *log) write(query string, args ...any) {
	l.t.Helper()
	if err := l.db.Write(ctx, func(tx db.Tx) error { _, err := tx.Exec(ctx, query, args...); return err }); err != nil {
		l.t.Fatal(err)
	}
}

func text(i int) string { return fmt.Sprintf(`{"entry":%d}`, i) }

// add stores n entries with their leaves, unnumbered.
func (l *log) add(n int) {
	l.t.Helper()
	err := l.db.Write(ctx, func(tx db.Tx) error {
		for range n {
			i := len(l.entries)
			at := start.Add(time.Duration(i) * time.Millisecond)
			id := journal.NewID(at, nil)
			l.entries = append(l.entries, id)
			if _, err := tx.Exec(ctx, `INSERT INTO room_entry (owner, id, text) VALUES ($1, $2, $3)`, owner, id, text(i)); err != nil {
				return err
			}
			if err := ledger.Append(ctx, tx, owner, ledger.Leaf{Entry: id, Hash: ledger.LeafHash([]byte(text(i))), At: at}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *log) number() int {
	l.t.Helper()
	n, err := l.seq.Once(ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

// grow adds and numbers in steps, a checkpoint each.
func (l *log) grow(steps ...int) {
	l.t.Helper()
	for _, n := range steps {
		l.add(n)
		if got := l.number(); got != n {
			l.t.Fatalf("numbered %d of %d", got, n)
		}
	}
}

var errGone = errors.New("the entry is not stored")

func canonical(ctx context.Context, tx db.Tx, owner, id journal.ID) ([]byte, error) {
	var s string
	if err := tx.Row(ctx, `SELECT text FROM room_entry WHERE owner = $1 AND id = $2`, owner, id).Scan(&s); err != nil {
		return nil, errGone
	}
	return []byte(s), nil
}

func (l *log) verify() ledger.Report {
	l.t.Helper()
	var r ledger.Report
	l.read(func(tx db.Tx) (err error) {
		r, err = ledger.Verify(ctx, tx, owner, l.signer.Verifier(), canonical, ledger.RowsOf("room_entry"))
		return err
	})
	return r
}

func (l *log) read(f func(tx db.Tx) error) {
	l.t.Helper()
	if err := l.db.Read(ctx, f); err != nil {
		l.t.Fatal(err)
	}
}

// checkpoint gives the latest one, checked.
func (l *log) checkpoint() ledger.Checkpoint {
	l.t.Helper()
	var note string
	l.read(func(tx db.Tx) (err error) { note, err = ledger.Latest(ctx, tx, owner); return err })
	c, err := ledger.ParseCheckpoint(note, l.signer.Verifier())
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// reference is the tree as golang.org/x/mod/sumdb/tlog builds it of the records themselves.
func reference(t testing.TB, n int) tlog.Hash {
	t.Helper()
	var hs []tlog.Hash
	reader := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(places))
		for i, p := range places {
			out[i] = hs[p]
		}
		return out, nil
	})
	for i := range n {
		more, err := tlog.StoredHashes(int64(i), []byte(text(i)), reader)
		if err != nil {
			t.Fatal(err)
		}
		hs = append(hs, more...)
	}
	root, err := tlog.TreeHash(int64(n), reader)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestTreeIsTheReferenceTree(t *testing.T) {
	engines(t, func(t *testing.T, l *log) {
		if n := l.number(); n != 0 {
			t.Errorf("numbered %d of none", n)
		}
		if r := l.verify(); !r.OK || r.Size != 0 {
			t.Errorf("an empty log: %+v %+v", r, r.Difference)
		}
		total := 0
		for _, n := range []int{1, 1, 2, 3, 8, 17, 64, 31} {
			l.grow(n)
			total += n
			if c := l.checkpoint(); c.Size != int64(total) || c.Root != reference(t, total) || c.Origin != ledger.Origin(owner) {
				t.Fatalf("at %d leaves the checkpoint is of %d, root %s", total, c.Size, c.Root)
			}
		}
		l.add(3)
		r := l.verify()
		if !r.OK || !r.Counted || r.Size != int64(total) || r.Waiting != 3 || r.Root != reference(t, total).String() {
			t.Errorf("report %+v %+v", r, r.Difference)
		}
	})
}

func TestManyLeavesInBatches(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "office.db"))
	l.grow(4500) // three transactions of the sequencer
	if c := l.checkpoint(); c.Size != 4500 || c.Root != reference(t, 4500) {
		t.Errorf("checkpoint of %d", c.Size)
	}
	if r := l.verify(); !r.OK {
		t.Errorf("%+v", r.Difference)
	}
}

// flip alters one byte of a stored value.
func (l *log) flip(table, column, where string, at int, args ...any) (undo func()) {
	l.t.Helper()
	var was []byte
	l.read(func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT `+column+` FROM `+table+` WHERE `+where, args...).Scan(&was)
	})
	now := append([]byte{}, was...)
	now[(at+len(now))%len(now)] ^= 1
	set := func(b []byte) {
		var v any = b
		if column == "text" || column == "note" {
			v = string(b)
		}
		l.write(fmt.Sprintf(`UPDATE %s SET %s = $%d WHERE %s`, table, column, len(args)+1, where), append(args, v)...)
	}
	set(now)
	return func() { set(was) }
}

func TestOneAlteredByteIsNamed(t *testing.T) {
	engines(t, func(t *testing.T, l *log) {
		l.grow(5, 6, 9)
		l.add(2)
		for name, c := range map[string]struct {
			table, column, where string
			at                   int
			args                 []any
			number               int64
			entry                journal.ID
			what                 string
		}{
			"an entry":                  {"room_entry", "text", "id = $1", 3, []any{l.entries[7]}, 7, l.entries[7], "not the one that was logged"},
			"the first entry":           {"room_entry", "text", "id = $1", 3, []any{l.entries[0]}, 0, l.entries[0], "not the one that was logged"},
			"a waiting entry":           {"room_entry", "text", "id = $1", 3, []any{l.entries[21]}, 21, l.entries[21], "not the one that was logged"},
			"a leaf":                    {"ledger_leaf", "hash", "entry = $1", 31, []any{l.entries[19]}, 19, l.entries[19], "not the one that was logged"},
			"a checkpoint's root":       {"ledger_checkpoint", "note", "size = $1", 60, []any{11}, 10, l.entries[10], "signature"},
			"a checkpoint's signature":  {"ledger_checkpoint", "note", "size = $1", -5, []any{5}, 4, l.entries[4], "signature"},
			"the last checkpoint":       {"ledger_checkpoint", "note", "size = $1", 52, []any{20}, 19, l.entries[19], "signature"},
			"the tree over some leaves": {"ledger_hash", "hash", "place = $1", 0, []any{tlog.StoredHashIndex(2, 1)}, 7, l.entries[7], "stored tree"},
			"a leaf of the tree":        {"ledger_hash", "hash", "place = $1", 0, []any{tlog.StoredHashIndex(0, 12)}, 12, l.entries[12], "stored tree"},
		} {
			undo := l.flip(c.table, c.column, c.where, c.at, c.args...)
			r := l.verify()
			if r.OK || r.Difference == nil || r.Difference.Number != c.number || r.Difference.Entry != c.entry || !strings.Contains(r.Difference.What, c.what) {
				t.Errorf("%s: %+v", name, r.Difference)
			}
			undo()
		}
		if r := l.verify(); !r.OK {
			t.Errorf("put back: %+v", r.Difference)
		}
	})
}

func TestTheFirstOfTwoDifferencesIsNamed(t *testing.T) {
	engines(t, func(t *testing.T, l *log) {
		l.grow(20)
		l.flip("room_entry", "text", "id = $1", 2, l.entries[15])
		l.flip("ledger_leaf", "hash", "entry = $1", 2, l.entries[4])
		if r := l.verify(); r.OK || r.Difference.Number != 4 {
			t.Errorf("%+v", r.Difference)
		}
	})
}

func TestTruncationAndInsertion(t *testing.T) {
	for name, c := range map[string]struct {
		alter  func(l *log)
		number int64
		what   string
	}{
		"the last entries are gone": {func(l *log) {
			l.write(`DELETE FROM room_entry WHERE id = $1`, l.entries[10])
		}, 10, errGone.Error()},
		"entries and leaves are gone": {func(l *log) {
			for _, id := range l.entries[9:] {
				l.write(`DELETE FROM room_entry WHERE id = $1`, id)
			}
			l.write(`DELETE FROM ledger_leaf WHERE number >= 9`)
			l.write(`DELETE FROM ledger_hash WHERE place >= $1`, tlog.StoredHashIndex(0, 9))
		}, 10, "not there"},
		"a leaf from the middle": {func(l *log) {
			l.write(`DELETE FROM ledger_leaf WHERE number = 3`)
		}, 3, "number is missing"},
		"two leaves change places": {func(l *log) {
			l.write(`UPDATE ledger_leaf SET number = 100 WHERE number = 6`)
			l.write(`UPDATE ledger_leaf SET number = 6 WHERE number = 7`)
			l.write(`UPDATE ledger_leaf SET number = 7 WHERE number = 100`)
		}, 6, "stored tree"},
		"the last checkpoint is gone": {func(l *log) {
			l.write(`DELETE FROM ledger_checkpoint WHERE size = 11`)
		}, 5, "no checkpoint covers"},
		"an entry without a leaf": {func(l *log) {
			l.write(`INSERT INTO room_entry (owner, id, text) VALUES ($1, $2, 'slipped in')`, owner, partner)
		}, 11, "12 entries are stored and 11 are in the log"},
		"a leaf becomes unnumbered": {func(l *log) {
			l.write(`UPDATE ledger_leaf SET number = NULL WHERE number = 10`)
		}, 10, "not there"},
		"a rewritten tree under an old signature": {func(l *log) {
			l.write(`UPDATE room_entry SET text = 'other' WHERE id = $1`, l.entries[2])
			h := ledger.LeafHash([]byte("other"))
			l.write(`UPDATE ledger_leaf SET hash = $1 WHERE number = 2`, h[:])
			l.write(`UPDATE ledger_hash SET hash = $1 WHERE place = $2`, h[:], tlog.StoredHashIndex(0, 2))
			l.write(`DELETE FROM ledger_hash WHERE place > $1`, tlog.StoredHashIndex(0, 2))
		}, 3, "stored tree"},
		"a foreign checkpoint": {func(l *log) {
			s := signer(l.t, owner, 9)
			was := l.signer
			l.signer = s
			l.add(1)
			l.number()
			l.signer = was
		}, 11, "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, l *log) {
				l.grow(5, 6)
				c.alter(l)
				if r := l.verify(); r.OK || r.Difference.Number != c.number || !strings.Contains(r.Difference.What, c.what) {
					t.Errorf("%+v", r.Difference)
				}
			})
		})
	}
}

func TestWithoutCountsItSaysSo(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "office.db"))
	l.grow(2)
	l.write(`INSERT INTO room_entry (owner, id, text) VALUES ($1, $2, 'slipped in')`, owner, partner)
	var r ledger.Report
	l.read(func(tx db.Tx) (err error) {
		r, err = ledger.Verify(ctx, tx, owner, l.signer.Verifier(), canonical)
		return err
	})
	if r.Counted {
		t.Error("it says that it counted")
	}
	var double ledger.Report
	l.read(func(tx db.Tx) (err error) {
		none := func(context.Context, db.Tx, journal.ID) (int64, error) { return 0, nil }
		double, err = ledger.Verify(ctx, tx, owner, l.signer.Verifier(), canonical, none, ledger.RowsOf("room_entry"))
		return err
	})
	if double.OK || !double.Counted {
		t.Errorf("two rooms' entries: %+v", double)
	}
}

func TestSecondSequencerCannotBreakTheLog(t *testing.T) {
	engines(t, func(t *testing.T, l *log) {
		l.add(40)
		done := make(chan error, 4)
		for range cap(done) {
			another := &ledger.Sequencer{DB: l.seq.DB, Clock: l.seq.Clock, Owners: l.seq.Owners, Signer: l.seq.Signer}
			go func() { _, err := another.Once(ctx); done <- err }()
		}
		for range cap(done) {
			if err := <-done; err != nil && !errors.Is(err, ledger.ErrSecond) && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Unavailable) {
				t.Errorf("whoever came second: %v", err)
			}
		}
		l.number()
		if r := l.verify(); !r.OK || r.Size != 40 || r.Waiting != 0 {
			t.Errorf("%+v %+v", r, r.Difference)
		}
	})
}

// Somebody looks at the log in the very second in which it is numbered anyway: nobody is refused.
func TestCallsOfOneSequencerWaitForEachOther(t *testing.T) {
	engines(t, func(t *testing.T, l *log) {
		l.add(40)
		done := make(chan error, 8)
		for range cap(done) {
			go func() { _, err := l.seq.Once(ctx); done <- err }()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}
