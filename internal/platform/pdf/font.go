// SPDX-License-Identifier: EUPL-1.2

package pdf

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"io"
	"slices"
	"sync"

	"codeberg.org/go-pdf/fpdf"
)

// The fonts' licence is fonts/OFL.txt: embedding in documents is free. They lie compressed in the program, without what a
// document never uses (trim).
var (
	//go:embed fonts/NotoSans-Regular.ttf.gz
	regularFile []byte
	//go:embed fonts/NotoSans-Bold.ttf.gz
	boldFile []byte

	regular = sync.OnceValue(func() []byte { return unpacked(regularFile) })
	bold    = sync.OnceValue(func() []byte { return unpacked(boldFile) })
)

const family = "notosans"

// unpacked gives what a file of our own holds.
func unpacked(file []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err == nil {
		var b []byte
		if b, err = io.ReadAll(r); err == nil {
			return b
		}
	}
	panic("a font in the program is broken: " + err.Error()) // built and tested with it
}

// addFonts gives both fonts to a document; the writer keeps only the letters that are used.
func addFonts(f *fpdf.Fpdf) {
	f.AddUTF8FontFromBytes(family, "", slices.Clone(regular()))
	f.AddUTF8FontFromBytes(family, "B", slices.Clone(bold()))
}

// replacement stands where the font has no shape.
const replacement = '\uFFFD'

// covers says whether the font has a shape for a letter: its table "cmap" in the form of segments (format 4), the one that
// the writer reads too.
type covers struct {
	count  int
	ends   []byte // of segments
	starts []byte
}

// coverage reads a TrueType font that we carry ourselves; it is not made for fonts of strangers.
func coverage(b []byte) covers {
	at := table(b, "cmap")
	for i := range int(binary.BigEndian.Uint16(b[at+2:])) {
		sub := at + int(binary.BigEndian.Uint32(b[at+4+8*i+4:]))
		if binary.BigEndian.Uint16(b[sub:]) != 4 {
			continue
		}
		n := int(binary.BigEndian.Uint16(b[sub+6:])) / 2
		return covers{n, b[sub+14 : sub+14+2*n], b[sub+16+2*n : sub+16+4*n]}
	}
	return covers{}
}

// table finds a table of a font by its name.
func table(b []byte, name string) int {
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		if r := b[12+16*i:]; string(r[:4]) == name {
			return int(binary.BigEndian.Uint32(r[8:]))
		}
	}
	return 0
}

func (c covers) has(r rune) bool {
	if r > 0xFFFE {
		return false
	}
	for i := range c.count {
		if end := rune(binary.BigEndian.Uint16(c.ends[2*i:])); r <= end {
			return r >= rune(binary.BigEndian.Uint16(c.starts[2*i:]))
		}
	}
	return false
}
