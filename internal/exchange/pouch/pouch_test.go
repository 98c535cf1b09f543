// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"bytes"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

var conversationsOf = [2]journal.ID{journal.NewID(day, nil), journal.NewID(day, nil)}

// Two offices without a line write to each other by a stick that somebody carries there and back, however often.
func TestThereAndBack(t *testing.T) {
	from, to, _ := two(t)
	for i, body := range []string{"a1", "b1", "a2", "b2", "a3"} {
		from.Queue(t, conversationsOf[i%2], body)
	}
	f := from.fill(t, albanian, MaxFile)
	if f.Messages != 5 || f.Left != 0 || !regexp.MustCompile(`^entraide-2026-11-23-[0-9a-f]{8}\.post$`).MatchString(f.Name) {
		t.Fatalf("%d messages, %d left, %s", f.Messages, f.Left, f.Name)
	}
	for _, known := range []string{greek.String(), albanian.String(), "Office", "test.note"} {
		if bytes.Contains(f.Bytes, []byte(known)) {
			t.Errorf("the file shows %q", known)
		}
	}
	r, n := to.bring(t, f.Bytes)
	if !r.OK || n[Taken] != 5 || r.Back != 5 || strings.Join(to.Taken, " ") != "a1 a2 a3 b1 b2" {
		t.Fatalf("%+v, taken %v", r, to.Taken)
	}
	if from.Outbox(t)["queued"] != 5 {
		t.Error("a message counts as arrived before its receipt is here")
	}
	for range 2 { // there again, and back again: nothing more happens
		if r, n := to.bring(t, f.Bytes); !r.OK || n[Again] != 5 || len(to.Taken) != 5 {
			t.Fatalf("twice: %+v, taken %v", r, to.Taken)
		}
	}
	back := to.fill(t, greek, MaxFile)
	if back.Receipts != 5 || back.Messages != 0 {
		t.Fatalf("%+v", back)
	}
	if r, n := from.bring(t, back.Bytes); !r.OK || n[Arrived] != 5 || from.Outbox(t)["accepted"] != 5 {
		t.Fatalf("%+v, outbox %v", r, from.Outbox(t))
	}
	if r, n := from.bring(t, back.Bytes); !r.OK || n[Again] != 5 {
		t.Errorf("receipts twice: %+v", r)
	}
	if f := from.fill(t, albanian, MaxFile); f.Bytes != nil {
		t.Errorf("nothing waits, and a file comes: %+v", f)
	}
}

// A receipt is taken along three times, and then counts as arrived; a message whose receipt was lost each time brings it again.
func TestReceiptsGoBackUntilTheyArrive(t *testing.T) {
	from, to, _ := two(t)
	from.Queue(t, conversationsOf[0], "a1")
	there := from.fill(t, albanian, MaxFile)
	to.bring(t, there.Bytes)
	for i, want := range []int{1, 1, 1, 0} {
		if f := to.fill(t, greek, MaxFile); f.Receipts != want {
			t.Errorf("file %d holds %d receipts", i+1, f.Receipts)
		}
	}
	to.bring(t, from.fill(t, albanian, MaxFile).Bytes)
	if f := to.fill(t, greek, MaxFile); f.Receipts != 1 {
		t.Error("the message came again and its receipt does not")
	}
}

// Of a damaged file whole parts stay; what became of the rest is said, and the next file mends it.
func TestDamagedFiles(t *testing.T) {
	from, _, other := two(t)
	for _, body := range []string{"a1", "a2", "a3"} {
		from.Queue(t, conversationsOf[0], body)
	}
	whole := from.fill(t, albanian, MaxFile).Bytes
	second := bytes.Index(whole[len(magic)+10:], []byte(mark)) + len(magic) + 10
	flip := func(at int) []byte { b := bytes.Clone(whole); b[at] ^= 1; return b }
	for name, c := range map[string]struct {
		file  []byte
		parts int
		cut   bool
	}{
		"a bit within the second": {flip(second + 500), 2, true}, "its mark": {flip(second + 1), 2, true}, "its length": {flip(second + lengthAt + 3), 2, true}, "its sort": {flip(second + len(mark)), 2, true},
		"the last byte lost": {whole[:len(whole)-1], 3, true}, "half of it lost": {whole[:len(whole)/2], 1, true}, "something behind the end": {append(bytes.Clone(whole), "more"...), 3, true},
		"something in between": {slices.Concat(whole[:second], []byte("\nPART of a letter"), whole[second:]), 3, false}, "nothing but its beginning": {[]byte(magic), 0, true},
	} {
		p, err := Read(c.file)
		if err != nil || len(p.Parts) != c.parts || p.Damage.Cut != c.cut || !p.Damage.Any() {
			t.Errorf("%s: %d parts, %+v, %v", name, len(p.Parts), p.Damage, err)
		}
	}
	if r, n := other.bring(t, whole); r.OK || n[Other] != 1 || len(r.Lines) != 1 || len(other.Taken) != 0 {
		t.Errorf("a file for another office: %+v", r)
	}
	if r, n := other.bring(t, []byte("a shopping list"), nil, []byte("Subject: hello\r\n\r\nno attachment")); r.OK || n[Nothing] != 3 {
		t.Errorf("files that are none: %+v", r)
	}
}

// What an office cannot take in now waits with all that is behind it; what it never will is turned away with its reason, and a
// refusal travels back.
func TestLaterTurnedAndRefused(t *testing.T) {
	from, to, _ := two(t)
	for _, body := range []string{"a1", "a2"} {
		from.Queue(t, conversationsOf[0], body)
	}
	file := from.fill(t, albanian, MaxFile).Bytes
	to.Away = fault.New(fault.Unavailable, "fault.unavailable")
	if r, n := to.bring(t, file); r.OK || n[Later] != 2 || r.Back != 0 {
		t.Errorf("an office that cannot: %+v", r)
	}
	to.Away = errors.New("disk")
	if r, n := to.bring(t, file); r.OK || n[Later] != 2 || r.Lines[0].Reason != "fault.internal" {
		t.Errorf("an office that fails: %+v", r)
	}
	pinned := maps.Clone(to.Pinned)
	clear(to.Pinned)
	if r, n := to.bring(t, file); r.OK || n[Turned] != 2 || r.Lines[0].Reason != "exchange.partner.unknown" || !r.Lines[0].From.IsZero() {
		t.Errorf("a stranger's: %+v", r)
	}
	to.Pinned, to.Away = pinned, fault.New(fault.Guarded, "test.no")
	if r, n := to.bring(t, file); !r.OK || n[Refused] != 2 || r.Back != 2 {
		t.Errorf("refused: %+v", r)
	}
	if r, n := from.bring(t, to.fill(t, greek, MaxFile).Bytes); !r.OK || n[Refused] != 2 || r.Lines[0].Reason != "test.no" || from.Outbox(t)["refused"] != 2 {
		t.Errorf("the refusal came back: %+v", r)
	}
}

// A small pouch takes what fits, in order, and says what is left.
func TestWhatFits(t *testing.T) {
	from, to, _ := two(t)
	for range 8 {
		from.Queue(t, conversationsOf[0], strings.Repeat("x", 1000))
	}
	f := from.fill(t, albanian, MaxCodes)
	if f.Messages < 2 || f.Left != 8-f.Messages || len(f.Bytes) > MaxCodes {
		t.Fatalf("%d messages in %d bytes, %d left", f.Messages, len(f.Bytes), f.Left)
	}
	if r, n := to.bring(t, f.Bytes); n[Taken] != f.Messages || r.Back != f.Messages {
		t.Errorf("%+v", r)
	}
}

func FuzzRead(f *testing.F) {
	b, _ := Pouch{Parts: []Part{{Message, []byte("one")}, {Receipts, []byte("two")}}}.Bytes()
	f.Add(b)
	f.Add(b[:len(b)-3])
	f.Add([]byte(magic + mark + mark))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Read(b)
		if err != nil {
			return
		}
		again, err := p.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if q, err := Read(again); err != nil || q.Damage.Any() || len(q.Parts) != len(p.Parts) {
			t.Fatalf("%d parts became %d, %+v, %v", len(p.Parts), len(q.Parts), q.Damage, err)
		}
		if !p.Damage.Any() && !bytes.Equal(again, b) {
			t.Fatal("two forms of one pouch")
		}
	})
}
