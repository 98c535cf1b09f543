// SPDX-License-Identifier: EUPL-1.2

// Package pouch carries sealed post where no line is: as a file that a person takes along on a stick or attaches to an e-mail,
// and, when it is small, as printed codes that a camera reads or somebody types.
//
// A pouch is for one office. Each message in it is sealed for itself, as it would leave over a line, and the receipts that go
// back are sealed together; the file around them names nobody. Bringing one in is Post.Receive for each message, so a pouch
// that comes twice, late or in parts does what a line does that stutters. docs/protocol.md specifies the format.
package pouch

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// MaxFile bounds a pouch. It fits a form's body, and most mail servers let it pass.
const MaxFile = 12 << 20

// Sort says what a part is.
type Sort byte

// The sorts of parts. An end says how many parts stand before it.
const (
	Message  Sort = 'm'
	Piece    Sort = 'p' // of a parcel
	Receipts Sort = 'r'
	end      Sort = 'e'
)

// Part is one sealed thing of a pouch.
type Part struct {
	Sort   Sort
	Sealed []byte
}

// Pouch is what a file holds that is whole. Damage says what of it is not.
type Pouch struct {
	Parts  []Part
	Damage Damage
}

// Damage is what a file has lost.
type Damage struct {
	Stretches int  // places where bytes are that belong to no whole part
	Cut       bool // the end is missing, or says another number of parts
}

// Any says whether anything is lost.
func (d Damage) Any() bool { return d.Stretches > 0 || d.Cut }

// magic begins a pouch, mark each part of it.
const (
	magic = "entraide-pouch/1\n"
	mark  = "\nPART"
)

// A part is its mark, its sort, the length of what it holds, the hash of sort, length and that, and that.
const (
	lengthAt = len(mark) + 1
	hashAt   = lengthAt + 4
	bytesAt  = hashAt + sha256.Size
)

// hashing bounds, in lengths of the file, how much is hashed while whole parts are looked for in a damaged one.
const hashing = 8

// Bytes writes a pouch. Errors: TooMuch.
func (p Pouch) Bytes() ([]byte, error) {
	b := []byte(magic)
	for _, x := range p.Parts {
		if len(x.Sealed) == 0 || len(x.Sealed) > post.MaxMessage {
			return nil, fault.New(fault.TooMuch, "exchange.post.too_large")
		}
		b = appendPart(b, x.Sort, x.Sealed)
	}
	b = appendPart(b, end, binary.BigEndian.AppendUint32(nil, uint32(len(p.Parts))))
	if len(b) > MaxFile {
		return nil, fault.New(fault.TooMuch, "pouch.too_large")
	}
	return b, nil
}

func appendPart(b []byte, s Sort, content []byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte{byte(s)}, uint32(len(content)))
	sum := sha256.Sum256(append(head, content...))
	b = append(append(b, mark...), head...)
	return append(append(b, sum[:]...), content...)
}

// Is says whether bytes begin as a pouch does.
func Is(b []byte) bool { return bytes.HasPrefix(b, []byte(magic)) }

// Read takes a pouch apart. What is damaged is passed over and counted; whole parts stay. Errors: Invalid for what is no pouch,
// TooMuch for its size.
func Read(b []byte) (Pouch, error) {
	var p Pouch
	if len(b) > MaxFile {
		return p, fault.New(fault.TooMuch, "pouch.too_large")
	}
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok {
		return p, fault.New(fault.Invalid, "pouch.none")
	}
	budget, lost := hashing*len(b), false
	for len(rest) > 0 {
		x, n := part(rest, &budget)
		if n == 0 {
			if !lost {
				p.Damage.Stretches++
			}
			lost = true
			next := bytes.Index(rest[1:], []byte(mark))
			if next < 0 || budget <= 0 {
				break
			}
			rest = rest[1+next:]
			continue
		}
		lost, rest = false, rest[n:]
		if x.Sort == end {
			whole := len(x.Sealed) == 4 && int64(binary.BigEndian.Uint32(x.Sealed)) == int64(len(p.Parts)) && len(rest) == 0
			p.Damage.Cut = !whole
			return p, nil
		}
		p.Parts = append(p.Parts, x)
	}
	p.Damage.Cut = true
	return p, nil
}

// part reads the part that bytes begin with, and gives its length; 0 when there is none.
func part(b []byte, budget *int) (Part, int) {
	if len(b) < bytesAt || string(b[:len(mark)]) != mark {
		return Part{}, 0
	}
	s := Sort(b[len(mark)])
	n := int64(binary.BigEndian.Uint32(b[lengthAt:]))
	if s != Message && s != Piece && s != Receipts && s != end || n == 0 || n > post.MaxMessage || n > int64(len(b)-bytesAt) || *budget <= 0 {
		return Part{}, 0
	}
	all := bytesAt + int(n)
	*budget -= all
	h := sha256.New()
	h.Write(b[len(mark):hashAt])
	h.Write(b[bytesAt:all])
	if !bytes.Equal(h.Sum(nil), b[hashAt:bytesAt]) {
		return Part{}, 0
	}
	return Part{s, b[bytesAt:all]}, all
}

// joined frames receipts, each with its length before it, as they are sealed together.
func joined(receipts [][]byte) []byte {
	var b []byte
	for _, r := range receipts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(r))), r...)
	}
	return b
}

// parted takes joined receipts apart. Errors: Invalid.
func parted(b []byte) ([][]byte, error) {
	var out [][]byte
	for len(b) > 0 {
		if len(b) < 4 || int64(binary.BigEndian.Uint32(b)) > int64(len(b)-4) {
			return nil, fault.New(fault.Invalid, "exchange.post.unreadable")
		}
		n := int(binary.BigEndian.Uint32(b))
		out, b = append(out, b[4:4+n]), b[4+n:]
	}
	return out, nil
}

// Name is what a pouch's file is called: the program, the day and eight digits of its hash, and nothing of whom it is for.
func Name(b []byte, at time.Time) string {
	sum := sha256.Sum256(b)
	return "entraide-" + at.UTC().Format(time.DateOnly) + "-" + hex.EncodeToString(sum[:4]) + Ext
}

// Ext ends the names of pouches.
const Ext = ".post"
