// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/iotest"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// large is a file of a size whose bytes are not all alike.
func large(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i>>8) ^ byte(i*7)
	}
	return b
}

func (n *node) count(t testing.TB, table string) (rows int) {
	t.Helper()
	n.read(t, func(tx db.Tx) error { return tx.Row(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&rows) })
	return rows
}

// What is sealed opens to the same bytes, whatever its size, and to nothing when a byte of it or its key is another.
func TestAParcelOpensToWhatWasSealed(t *testing.T) {
	from, _ := two(t)
	for _, size := range []int{0, 1, plainChunk - 1, plainChunk, plainChunk + 1, 8 * plainChunk, partSize + 12345} {
		plain := large(size)
		x, err := from.Attach(t.Context(), greek, bytes.NewReader(plain))
		if err != nil {
			t.Fatal(err)
		}
		r, err := from.OpenParcel(t.Context(), greek, greek, x)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %d came, %v", size, len(got), err)
		}
		x.Key = x.Hash
		if r, err = from.OpenParcel(t.Context(), greek, greek, x); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); !fault.Is(err, fault.Invalid) {
			t.Errorf("with another key: %v", err)
		}
	}
	before := from.count(t, "post_piece")
	if _, err := from.Attach(t.Context(), greek, io.MultiReader(bytes.NewReader(large(partSize)), iotest.ErrReader(errors.New("cut")))); err == nil || from.count(t, "post_piece") != before {
		t.Errorf("half a file: %v, %d pieces kept", err, from.count(t, "post_piece")-before)
	}
}

// A parcel comes before its message, goes on where it was cut, is not sent twice, and goes to another message without being
// sealed or sent again.
func TestAParcelTravelsOnceAndGoesOn(t *testing.T) {
	from, to := two(t)
	plain := large(3*partSize + 1000)
	x, err := from.Attach(t.Context(), greek, bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	puts, cut := 0, true
	client := from.courier.Client
	from.courier.Client = &http.Client{Transport: tripper(func(q *http.Request) (*http.Response, error) {
		if q.Method == http.MethodPut {
			if puts++; puts == 3 && cut {
				return nil, errors.New("the line is cut")
			}
		}
		return client.Transport.RoundTrip(q)
	})}
	var got []byte
	to.answer = func(in Incoming) error {
		r, err := in.Open(t.Context(), in.Parcels[0])
		if err != nil {
			return err
		}
		got, err = io.ReadAll(r)
		return err
	}
	o := from.message(greek)
	o.Parcels = []Parcel{x}
	from.mustQueue(t, o)
	if from.deliver(t) != 0 || len(to.inbox(t)) != 0 || from.outbox(t)[0].State != "queued" {
		t.Fatal("a message overtook its parcel")
	}
	if _, err := to.Receive(t.Context(), albanian, from.waiting(t)[0]); reason(err) != "exchange.post.parcels" || statusOf(err) != http.StatusTooManyRequests {
		t.Errorf("without its parcel: %v", err)
	}
	cut = false
	from.clock.Advance(time.Hour)
	to.clock.Set(from.clock.Now())
	if from.deliver(t) != 1 || !bytes.Equal(got, plain) {
		t.Fatalf("%d bytes of %d came: %+v", len(got), len(plain), from.outbox(t)[0])
	}
	if puts != 5 {
		t.Errorf("%d parts sent for 4 of which one was cut", puts)
	}
	o = from.message(greek)
	o.Parcels = []Parcel{x}
	from.mustQueue(t, o)
	from.clock.Advance(time.Second)
	if from.deliver(t) != 1 || puts != 5 {
		t.Errorf("sent again: %d parts", puts)
	}
}

// Only a partner brings parts, in their places, of what it signed for, and not more than there is room for.
func TestPartsAreHeldAgainstTheirTicket(t *testing.T) {
	from, to := two(t)
	hash := bytes.Repeat([]byte{7}, 32)
	part := func(offset, size int64, n int) error {
		_, err := to.part(t.Context(), albanian, greek, hash, size, offset, make([]byte, n))
		return err
	}
	for name, c := range map[string]struct {
		offset, size int64
		n            int
		kind         fault.Kind
	}{"a hole": {partSize, 2 * partSize, partSize, fault.Conflict}, "small parts": {0, 2 * partSize, 1, fault.Invalid}, "too large": {0, MaxParcel + 1, partSize, fault.Invalid}, "behind its end": {100, 100, 1, fault.Invalid}} {
		if err := part(c.offset, c.size, c.n); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
	if err := part(0, 100, 100); !fault.Is(err, fault.Invalid) || to.count(t, "post_piece") != 0 {
		t.Errorf("other bytes than the hash says: %v, %d pieces kept", err, to.count(t, "post_piece"))
	}
	tooMuch := false
	for i := range mostUnclaimed/MaxParcel + 1 {
		hash[0] = byte(i)
		err := part(0, MaxParcel, partSize)
		tooMuch = reason(err) == "exchange.post.quota"
	}
	if !tooMuch {
		t.Error("one partner fills the disk")
	}
	strange := newNode(t, journal.NewID(day, nil), 9)
	text, err := signTicket(ticket{1, greek, albanian, hashesOf([]Parcel{{Hash: from.terms[0].Document.TextHash}}), 100, day}, strange.secrets.Sign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.admits(t.Context(), albanian, text, from.terms[0].Document.TextHash); !fault.Is(err, fault.Denied) {
		t.Errorf("a stranger's ticket: %v", err)
	}
	to.clock.Advance(unclaimedFor + time.Hour)
	if err := to.Sweep(t.Context(), albanian); err != nil || to.count(t, "post_piece")+to.count(t, "post_parcel") != 0 {
		t.Errorf("%v, %d pieces that nobody asked for are kept", err, to.count(t, "post_piece"))
	}
}

// with gives a message of this office to the other one with a file, which is sealed already.
func (n *node) with(t *testing.T, plain []byte) Outgoing {
	t.Helper()
	x, err := n.Attach(t.Context(), greek, bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	o := n.message(greek)
	o.Parcels = []Parcel{x}
	return o
}

// A message whose file a partner takes none of goes without it, and is told why: it does not wait for sixty days.
func TestAFileForWhoHasBlockedUsComesBack(t *testing.T) {
	from, to := two(t)
	o := from.with(t, large(100))
	from.mustQueue(t, o)
	to.blocked[greek] = true
	from.deliver(t)
	if s := from.outbox(t)[0]; s.State != Refused || s.Reason != "exchange.partner.blocked" || to.count(t, "post_parcel") != 0 {
		t.Errorf("%+v, %d files kept", s, to.count(t, "post_parcel"))
	}
}

// Nothing is asked to take a file along that is not here any more, and what takes something back has none.
func TestWhatMayTakeAFileAlong(t *testing.T) {
	from, _ := two(t)
	o := from.with(t, large(100))
	from.clock.Advance(unclaimedFor + time.Hour)
	if err := from.Sweep(t.Context(), greek); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Prepare(t.Context(), greek, o); reason(err) != "exchange.post.parcels_here" {
		t.Errorf("a file that has gone: %v", err)
	}
	from.Returns(o.Type)
	if _, err := from.Prepare(t.Context(), greek, o); err == nil {
		t.Error("what takes back has files")
	}
}

// An owner's own parcels stay while a message with them waits.
func TestAParcelStaysWhileItsMessageWaits(t *testing.T) {
	from, to := two(t)
	o := from.with(t, large(100))
	from.mustQueue(t, o)
	from.clock.Advance(unclaimedFor + time.Hour)
	to.clock.Set(from.clock.Now())
	for _, want := range []int{1, 0} {
		if err := from.Sweep(t.Context(), greek); err != nil || from.count(t, "post_piece") != want {
			t.Errorf("%v, %d pieces, want %d", err, from.count(t, "post_piece"), want)
		}
		from.deliver(t)
	}
	if len(to.handled) != 1 {
		t.Errorf("%+v", from.outbox(t))
	}
}

// A parcel of which whoever brought the last part was gone before its hash was known is held against it when its message comes: right
// bytes are not waited for, others go.
func TestAParcelIsHeldAgainstItsHashWhenItsMessageComes(t *testing.T) {
	for _, right := range []bool{true, false} {
		from, to := two(t)
		x, err := from.Attach(t.Context(), greek, bytes.NewReader(large(1000)))
		if err != nil {
			t.Fatal(err)
		}
		m := from.message(journal.NewID(day, nil))
		m.Parcels = []Parcel{x}
		from.mustQueue(t, m)
		a, err := from.TakeAlong(t.Context(), greek, albanian, MaxMessage, 0)
		if err != nil || len(a.Pieces) != 1 || len(a.Sealed) != 1 {
			t.Fatal(len(a.Pieces), len(a.Sealed), err)
		}
		piece, err := to.OpenPiece(t.Context(), albanian, a.Pieces[0])
		if err != nil {
			t.Fatal(err)
		}
		if fresh, err := to.BringPiece(t.Context(), albanian, piece); !fresh || err != nil {
			t.Fatal(fresh, err)
		}
		if err := to.DB.Write(t.Context(), func(tx db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE post_parcel SET claimed = 0`)
			if err == nil && !right {
				_, err = tx.Exec(t.Context(), `UPDATE post_piece SET body = $1`, make([]byte, x.Size))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		r, err := to.BringIn(t.Context(), albanian, a.Sealed[0])
		if right && (err != nil || r.Status != Accepted) {
			t.Errorf("%s, %v", r.Status, err)
		}
		if !right && (reason(err) != WithoutParcels || to.count(t, "post_parcel")+to.count(t, "post_piece") != 0) {
			t.Errorf("other bytes: %s, %v; %d pieces kept", r.Status, err, to.count(t, "post_piece"))
		}
	}
}

// FuzzTicket: what is read as a ticket is what somebody wrote as one.
func FuzzTicket(f *testing.F) {
	n := newNode(f, greek, 1)
	text, err := signTicket(ticket{1, greek, albanian, hashesOf([]Parcel{{Hash: string(bytes.Repeat([]byte("ab"), 32))}}), 100, day}, n.secrets.Sign)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		x, signed, _, err := readTicket(text)
		if err != nil {
			return
		}
		again, err := signTicket(x, n.secrets.Sign)
		if err != nil {
			t.Fatal(err)
		}
		if _, also, _, err := readTicket(again); err != nil || !bytes.Equal(signed, also) {
			t.Errorf("another ticket: %q", signed)
		}
	})
}
