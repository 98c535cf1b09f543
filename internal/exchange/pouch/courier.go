// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Filled is a pouch that was filled for a partner.
type Filled struct {
	Name     string `json:"name"`
	Bytes    []byte `json:"bytes"` // nil when nothing waits
	Messages int    `json:"messages"`
	Receipts int    `json:"receipts"`
	Pieces   int    `json:"pieces,omitempty"` // of files that belong to messages
	Left     int    `json:"left"`             // messages that found no room, or whose files did not

	// Stayed says that the pouch did not leave after all: the next one holds its pieces again.
	Stayed func(context.Context) error `json:"-"`
}

// usable is how much of a pouch messages and receipts may fill: frames, and the seal around receipts, take the rest.
func usable(room int) int { return room - room/16 - 3<<10 }

// Fill takes what waits for a partner along, in at most so many bytes, and the receipts that it has not had. What is in the
// pouch waits on until its receipt comes, so that a pouch may be lost, and one may be filled again; files that went whole rest for so
// long before they go again. Errors: NotFound, and those of the database.
func Fill(ctx context.Context, p *post.Post, owner, partner journal.ID, room int, rest time.Duration) (Filled, error) {
	var out Filled
	along, err := p.TakeAlong(ctx, owner, partner, usable(min(room, MaxFile)), rest)
	if err != nil {
		return out, err
	}
	var x Pouch
	for _, b := range along.Pieces {
		x.Parts = append(x.Parts, Part{Piece, b})
	}
	for _, b := range along.Sealed {
		x.Parts = append(x.Parts, Part{Message, b})
	}
	if len(along.Receipts) > 0 {
		sealed, err := post.Seal(joined(along.Receipts), along.To)
		if err != nil {
			return out, err
		}
		x.Parts = append(x.Parts, Part{Receipts, sealed})
	}
	out.Stayed = func(ctx context.Context) error { return p.Stayed(ctx, owner, along) }
	out.Messages, out.Receipts, out.Pieces, out.Left = len(along.Sealed), len(along.Receipts), len(along.Pieces), along.Left
	if len(x.Parts) == 0 {
		return out, nil
	}
	if out.Bytes, err = x.Bytes(); err != nil {
		return out, err
	}
	out.Name = Name(out.Bytes, p.Clock.Now())
	return out, nil
}

// File is something that was brought: its name, as whoever brought it calls it, and what it holds.
type File struct {
	Name  string `json:"name"`
	Bytes []byte `json:"bytes"`
}

// What became of a line of a report.
const (
	Taken   = "taken"   // a message, now
	Again   = "again"   // a message or receipt that was here already
	Refused = "refused" // a message, with a receipt that says why; or a receipt that says that ours was refused
	Turned  = "turned"  // what got no receipt and never will: not signed by a partner, or changed
	Later   = "later"   // what may be taken in another time
	Arrived = "arrived" // a receipt: a message of ours has been taken in there
	Other   = "other"   // a pouch for another office
	Damaged = "damaged" // what is broken
	Nothing = "nothing" // a file that holds no pouch
)

// Line is what became of one thing that was brought.
type Line struct {
	File   string     `json:"file"`
	What   string     `json:"what"`             // one of the above
	Sort   string     `json:"sort"`             // message | receipt | piece | file
	Type   string     `json:"type,omitempty"`   // of the message
	From   journal.ID `json:"from,omitzero"`    // the partner
	Sent   time.Time  `json:"sent,omitzero"`    //
	Reason string     `json:"reason,omitempty"` // a catalogue's key
	Args   []any      `json:"args,omitempty"`   // of its words
}

// Report is what became of everything that was brought.
type Report struct {
	OK       bool   `json:"ok"` // something was for this office, and nothing of it was broken, turned away or put off
	Messages int    `json:"messages"`
	Receipts int    `json:"receipts"`
	Pieces   int    `json:"pieces"` // of files that belong to messages
	Back     int    `json:"back"`   // receipts that wait to be taken back
	Lines    []Line `json:"lines"`
}

// letter is a message that was found in a file.
type letter struct {
	file   string
	sealed []byte
	header post.Header
	known  bool
}

// piece is a piece of a parcel that was found in a file.
type piece struct {
	file string
	post.Piece
}

// Bring takes in what was brought, from however many files, messages in the order of their conversations. It is the same to
// bring a thing twice. Errors: those of an office that cannot work now; what is wrong with a file is in the report.
func Bring(ctx context.Context, p *post.Post, owner journal.ID, files ...File) (Report, error) {
	b := bringing{p: p, owner: owner, told: map[[2]string]bool{}, report: Report{OK: true, Lines: []Line{}}}
	for _, f := range files {
		found, err := Open(f.Bytes)
		switch {
		case err != nil:
			b.say(Line{File: f.Name, What: Nothing, Sort: "file", Reason: keyOf(err), Args: argsOf(err)})
		default:
			for _, x := range found {
				if err := b.open(ctx, f.Name, x); err != nil {
					return b.report, err
				}
			}
		}
	}
	if err := b.takePieces(ctx); err != nil {
		return b.report, err
	}
	b.letters = conversations(b.letters)
	err := b.takeIn(ctx)
	b.report.OK = b.report.OK && b.report.Messages+b.report.Receipts+b.report.Pieces > 0
	return b.report, err
}

// bringing is one run of Bring.
type bringing struct {
	p       *post.Post
	owner   journal.ID
	letters []letter
	pieces  []piece
	told    map[[2]string]bool // of which files and with what end pieces stand in the report
	report  Report
}

func (b *bringing) say(l Line) {
	switch l.What {
	case Turned, Later, Damaged, Nothing:
		b.report.OK = false
	}
	switch l.Sort {
	case "message":
		b.report.Messages++
	case "receipt":
		b.report.Receipts++
	case "piece":
		b.report.Pieces++
		if k := [2]string{l.File, l.What}; b.told[k] {
			return
		} else {
			b.told[k] = true
		}
	}
	b.report.Lines = append(b.report.Lines, l)
}

// open looks into one pouch: receipts are taken in at once, messages wait for their turn.
func (b *bringing) open(ctx context.Context, file string, x Pouch) error {
	var opened, shut int
	for _, part := range x.Parts {
		var err error
		switch part.Sort {
		case Receipts:
			err = b.receipts(ctx, file, part.Sealed)
		case Piece:
			err = b.piece(ctx, file, part.Sealed)
		default:
			l := letter{file: file, sealed: part.Sealed}
			if l.header, l.known, err = b.p.Look(ctx, b.owner, part.Sealed); err == nil {
				b.letters = append(b.letters, l)
			}
		}
		switch {
		case err == nil:
			opened++
		case fault.Is(err, fault.Invalid):
			shut++
		default:
			return err
		}
	}
	switch {
	case shut > 0 && opened == 0:
		b.say(Line{File: file, What: Other, Sort: "file", Reason: "pouch.other_office"})
	case shut > 0:
		b.say(Line{File: file, What: Damaged, Sort: "file", Reason: "exchange.post.unreadable"})
	}
	if x.Damage.Any() {
		b.say(Line{File: file, What: Damaged, Sort: "file", Reason: "pouch.damaged"})
	}
	return nil
}

// piece opens a piece, which waits for its turn: those before it may stand in another file.
func (b *bringing) piece(ctx context.Context, file string, sealed []byte) error {
	x, err := b.p.OpenPiece(ctx, b.owner, sealed)
	if fault.Is(err, fault.Denied) {
		b.say(Line{File: file, Sort: "piece", What: Turned, Reason: keyOf(err)})
		return nil
	}
	if err == nil {
		b.pieces = append(b.pieces, piece{file, x})
	}
	return err
}

// takePieces takes the pieces in, each behind those before it. One whose turn is not yet is sent again.
func (b *bringing) takePieces(ctx context.Context) error {
	inorder.By(b.pieces, func(x, y piece) int { return cmp.Compare(x.Offset, y.Offset) })
	for _, x := range b.pieces {
		l := Line{File: x.file, Sort: "piece", From: x.From}
		switch fresh, err := b.p.BringPiece(ctx, b.owner, x.Piece); {
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.Is(err, fault.Conflict):
			l.What, l.Reason = Later, "pouch.piece.gap"
		case fault.Is(err, fault.Invalid):
			l.What, l.Reason = Turned, keyOf(err)
		case err != nil:
			l.What, l.Reason = Later, keyOf(err)
		case fresh:
			l.What = Taken
		default:
			l.What = Again
		}
		b.say(l)
	}
	return nil
}

func (b *bringing) receipts(ctx context.Context, file string, sealed []byte) error {
	raw, err := b.p.Unseal(ctx, b.owner, sealed)
	if err != nil {
		return err
	}
	all, err := parted(raw)
	if err != nil {
		return err
	}
	for _, one := range all {
		r, ended, err := b.p.TakeReceipt(ctx, b.owner, one)
		l := Line{File: file, Sort: "receipt", From: r.From, Sent: r.At}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.Is(err, fault.Denied), fault.Is(err, fault.Invalid), fault.Is(err, fault.NotFound):
			l = Line{File: file, Sort: "receipt", What: Turned, Reason: keyOf(err)}
		case err != nil:
			l.What, l.Reason = Later, keyOf(err)
		case !ended:
			l.What = Again
		case r.Status == "accepted":
			l.What = Arrived
		default:
			l.What, l.Reason = Refused, r.Reason
		}
		b.say(l)
	}
	return nil
}

// takeIn takes the messages in. When the office cannot take one in now, those behind it wait for another time too: nothing
// overtakes.
func (b *bringing) takeIn(ctx context.Context) error {
	var stop error
	for _, x := range b.letters {
		l := Line{File: x.file, Sort: "message", Type: x.header.Type, From: x.header.From, Sent: x.header.Sent}
		if stop != nil {
			l.What, l.Reason = Later, keyOf(stop)
			b.say(l)
			continue
		}
		r, err := b.p.BringIn(ctx, b.owner, x.sealed)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.Is(err, fault.Denied), fault.Is(err, fault.Invalid), fault.Is(err, fault.TooMuch):
			l = Line{File: x.file, Sort: "message", What: Turned, Reason: keyOf(err)} // what it says of itself is nobody's word
		case err != nil:
			if l.What, l.Reason = Later, keyOf(err); l.Reason != post.WithoutParcels { // only its conversation waits for files
				stop = err
			}
		case r.Status == post.Early:
			l.What, l.Reason = Later, "exchange.post.early"
		case r.Status != "accepted":
			l.What, l.Reason = Refused, r.Reason
			b.report.Back++
		default:
			l.What = Taken
			b.report.Back++
		}
		if err == nil && x.known {
			l.What = Again
		}
		b.say(l)
	}
	return nil
}

// conversations puts messages into the order of their conversations, these in the order of their first. What says which
// messages never come stands before all that waits for that.
func conversations(all []letter) []letter {
	type key struct{ from, conversation journal.ID }
	first := map[key]time.Time{}
	for _, x := range all {
		if x.header.Type == post.GoneType {
			x.header.Sent = time.Time{}
		}
		k := key{x.header.From, x.header.Conversation}
		if t, ok := first[k]; !ok || x.header.Sent.Before(t) {
			first[k] = x.header.Sent
		}
	}
	inorder.By(all, func(a, b letter) int {
		ka, kb := key{a.header.From, a.header.Conversation}, key{b.header.From, b.header.Conversation}
		return cmp.Or(first[ka].Compare(first[kb]), cmp.Compare(ka.from.String(), kb.from.String()), cmp.Compare(ka.conversation.String(), kb.conversation.String()),
			cmp.Compare(a.header.Seq, b.header.Seq))
	})
	return all
}

// keyOf is the catalogue's key of a fault, for words.
func keyOf(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) && f.Key != "" {
		return f.Key
	}
	return "fault.internal"
}

func argsOf(err error) []any {
	var f *fault.Fault
	var out []any
	if errors.As(err, &f) {
		for k, v := range f.Args {
			out = append(out, k, v)
		}
	}
	return out
}
