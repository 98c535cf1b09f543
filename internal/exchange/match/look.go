// SPDX-License-Identifier: EUPL-1.2

package match

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"sort"

	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// ErrTable is what is no table.
var ErrTable = errors.New("match: not a table, or a damaged one")

// Head is what a table says of itself before its entries.
type Head struct {
	Epoch   journal.ID
	Public  oprf.Element
	Entries int // with what fills it up
}

// ReadHead reads the first HeadSize bytes of a table, and nothing behind them. Errors: ErrTable.
func ReadHead(b []byte) (Head, error) {
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok || len(b) < HeadSize {
		return Head{}, ErrTable
	}
	n := binary.BigEndian.Uint32(rest[48:])
	if n == 0 || n%padTo != 0 || n > MostEntries+padTo {
		return Head{}, ErrTable
	}
	return Head{journal.ID(rest[:16]), oprf.Element(rest[16:48]), int(n)}, nil
}

// TagSize is how many bytes an entry is found by; they stand first in it.
const TagSize = tagSize

// BlockEntries is how many entries a block of a table has: a question looks at some dozen blocks, not at the whole table.
const BlockEntries = 256

// Split reads a table as it travels, strictly: whole, sorted, each tag once, nothing behind it. It gives the head's bytes and
// then the entries in order, in blocks of BlockEntries; what it gives is the caller's. However large the table, no more than a block
// is in memory. Errors: ErrTable, and the reader's and the caller's own; blocks that were given before an error count for nothing.
func Split(r io.Reader, head func([]byte) error, block func([]byte) error) error {
	in := bufio.NewReaderSize(r, 1<<16)
	b := make([]byte, HeadSize)
	if err := full(in, b); err != nil {
		return err
	}
	h, err := ReadHead(b)
	if err != nil {
		return err
	}
	if err := head(b); err != nil {
		return err
	}
	var last []byte
	for left := h.Entries; left > 0; left -= BlockEntries { // padTo is a multiple of it
		b := make([]byte, BlockEntries*entrySize)
		if err := full(in, b); err != nil {
			return err
		}
		for i := range byTag(b).Len() {
			tag := byTag(b).at(i)[:tagSize]
			if last != nil && bytes.Compare(last, tag) >= 0 {
				return ErrTable
			}
			last = tag
		}
		if err := block(b); err != nil {
			return err
		}
	}
	if _, err := in.ReadByte(); err == nil {
		return ErrTable
	} else if err != io.EOF {
		return err
	}
	return nil
}

// full fills b; a table that ends before is none.
func full(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return ErrTable
	}
	return err
}

// InBlock gives what is sealed under a tag in entries that are sorted, or nil.
func InBlock(entries, tag []byte) []byte {
	all := byTag(entries)
	i := sort.Search(all.Len(), func(i int) bool { return bytes.Compare(all.at(i)[:tagSize], tag) >= 0 })
	if i == all.Len() || !bytes.Equal(all.at(i)[:tagSize], tag) {
		return nil
	}
	return all.at(i)[tagSize:]
}

// Hit is one key that the asker's subject shares with a record.
type Hit struct {
	Handle Handle
	Key    Key // the asker's own
}

// Look gives what a table holds sealed under a tag, or nil.
type Look func(tag []byte) ([]byte, error)

// Find looks an answered key up: one hit for each record that has it. Errors: those of look.
func Find(k Key, out oprf.Output, look Look) ([]Hit, error) {
	var hits []Hit
	for n := range MostSharing {
		tag, pad := cut(out, n)
		sealed, err := look(tag[:])
		if err != nil {
			return nil, err
		}
		if len(sealed) != sealSize || Kind(sealed[0]^pad[0]) != k.Kind {
			break // not there; or what fills the table up, by a chance of one in 2 to the 128th
		}
		h := Hit{Key: k}
		for j := range h.Handle {
			h.Handle[j] = sealed[1+j] ^ pad[1+j]
		}
		hits = append(hits, h)
	}
	return hits, nil
}
