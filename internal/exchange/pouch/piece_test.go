// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// small is a stick on which one piece of a file finds room, and not two.
const small = 700 << 10

// encloses queues a message with a file of so many bytes, and gives both.
func (o *office) encloses(t *testing.T, conversation journal.ID, body string, size int) (post.Parcel, []byte) {
	t.Helper()
	plain := bytes.Repeat([]byte("PLANTED in a file. "), size/19+1)[:size]
	x, err := o.Attach(t.Context(), o.ID, bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	s, err := o.Prepare(t.Context(), o.ID, post.Outgoing{ID: journal.NewID(o.Clock.Now(), nil), To: albanian, Type: "test.note", Conversation: conversation, Purpose: "referral", Basis: "consent",
		Categories: []journal.Category{journal.D0}, Body: []byte(body), Parcels: []post.Parcel{x}})
	if err == nil {
		err = o.DB.Write(t.Context(), func(tx db.Tx) error { return o.Enqueue(t.Context(), tx, s) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return x, plain
}

// A file that belongs to a message goes by hand in pieces, over as many files as it takes: small messages go with the first, what
// stands behind it in its conversation after it, a lost file is made up for by the next turn, and nothing shows whose it is.
func TestAFileGoesByHandInPieces(t *testing.T) {
	from, to, _ := two(t)
	x, plain := from.encloses(t, conversationsOf[0], "with a file", 1_200_000)
	from.Queue(t, conversationsOf[0], "behind it")
	from.Queue(t, conversationsOf[1], "beside it")
	var turn []Filled
	for range 3 {
		turn = append(turn, from.fill(t, albanian, small))
	}
	for i, want := range [][4]int{{1, 1, 0, 2}, {1, 1, 0, 2}, {2, 1, 0, 1}} { // messages, pieces, receipts, left: the second and third are as the first
		if got := [4]int{turn[i].Messages, turn[i].Pieces, turn[i].Receipts, turn[i].Left}; got != want {
			t.Errorf("file %d holds %v, not %v", i+1, got, want)
		}
		for _, known := range []string{"PLANTED", greek.String(), albanian.String(), x.Hash} {
			if bytes.Contains(turn[i].Bytes, []byte(known)) {
				t.Errorf("the file shows %q", known)
			}
		}
	}
	if r, n := to.bring(t, turn[0].Bytes, turn[2].Bytes); r.OK || n[Later] != 2 || r.Pieces != 2 || strings.Join(to.Taken, ", ") != "beside it" { // the second stick was lost
		t.Fatalf("%+v, taken %v", r, to.Taken)
	}
	turn = nil
	for range 3 {
		turn = append(turn, from.fill(t, albanian, small))
	}
	slices.Reverse(turn) // whatever their order on the table
	if r, _ := to.bring(t, turn[0].Bytes, turn[1].Bytes, turn[2].Bytes); !r.OK || strings.Join(to.Taken, ", ") != "beside it, with a file" {
		t.Fatalf("%+v, taken %v", r, to.Taken)
	}
	r, err := to.OpenParcel(t.Context(), albanian, greek, x)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%d bytes of %d came, %v", len(got), len(plain), err)
	}
	from.bring(t, to.fill(t, greek, MaxFile).Bytes)
	if f := from.fill(t, albanian, small); f.Pieces != 0 || f.Messages != 1 || f.Left != 0 {
		t.Errorf("after the receipt: %+v", f)
	}
	if r, n := to.bring(t, turn[0].Bytes); !r.OK || n[Again] == 0 || len(to.Taken) != 2 {
		t.Errorf("twice: %+v", r)
	}
}

// What went whole rests before it goes again, where a relay keeps it meanwhile; the message itself goes each time.
func TestFilesRestBeforeTheyGoAgain(t *testing.T) {
	from, to, _ := two(t)
	from.encloses(t, conversationsOf[0], "with a file", 10_000)
	for i, want := range []int{1, 0, 1} {
		f, err := Fill(t.Context(), from.Post, from.ID, albanian, MaxFile, time.Hour)
		if err != nil || f.Pieces != want || f.Messages != 1 || f.Left != 0 {
			t.Errorf("time %d: %d pieces, %d messages, %v", i+1, f.Pieces, f.Messages, err)
		}
		if i == 0 {
			if r, _ := to.bring(t, f.Bytes); !r.OK || len(to.Taken) != 1 {
				t.Errorf("%+v", r)
			}
		}
		from.advance(time.Duration(i) * time.Hour)
	}
}

// A piece is nobody's word but its sender's: changed, of a stranger, or for another office it is not taken in.
func TestPiecesAreTheSignersOwn(t *testing.T) {
	from, to, other := two(t)
	from.encloses(t, conversationsOf[0], "with a file", 10_000)
	f := from.fill(t, albanian, MaxFile)
	delete(to.Pinned, greek)
	if r, n := to.bring(t, f.Bytes); r.OK || n[Turned] != 2 {
		t.Errorf("of a stranger: %+v", r)
	}
	if r, _ := other.bring(t, f.Bytes); len(r.Lines) != 1 || r.Lines[0].What != Other {
		t.Errorf("for another office: %+v", r)
	}
	ps, err := Open(f.Bytes)
	if err != nil || len(ps) != 1 || ps[0].Parts[0].Sort != Piece {
		t.Fatalf("%+v, %v", ps, err)
	}
	raw, err := to.Unseal(t.Context(), albanian, ps[0].Parts[0].Sealed)
	if err != nil {
		t.Fatal(err)
	}
	to.Pinned[greek] = from.Card
	for at, want := range map[int]string{len(raw) - 100: Turned, len(raw) - 1: Turned, 3: Damaged, 19: Damaged} { // a byte of the file, of the signature, of the magic, of the length
		changed := bytes.Clone(raw)
		changed[at] ^= 1
		sealed, err := post.Seal(changed, to.Card)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Pouch{Parts: []Part{{Piece, sealed}, ps[0].Parts[1]}}.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if r, n := to.bring(t, b); r.OK || n[want] != 1 || len(to.Taken) != 0 {
			t.Errorf("with byte %d changed: %+v", at, r)
		}
	}
}
