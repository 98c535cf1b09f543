// SPDX-License-Identifier: EUPL-1.2

// Command trim takes out of the fonts what a document never uses: glyphs that no character stands for, instructions for
// coarse screens, tables for ligatures and kerning, names of glyphs. Numbers of glyphs and their outlines stay as they are. The
// program is fetched over bad connections. What was trimmed once is not changed again.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"maps"
	"os"
	"slices"
)

//go:generate go run . ../fonts/NotoSans-Regular.ttf.gz ../fonts/NotoSans-Bold.ttf.gz

func main() {
	for _, name := range os.Args[1:] {
		if err := rewrite(name); err != nil {
			log.Fatal(name, ": ", err)
		}
	}
}

func rewrite(name string) error {
	packed, err := os.ReadFile(name) // #nosec G304 -- a file of the repository, named on the command line
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	font, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	trimmed, err := trim(font)
	if err != nil || bytes.Equal(trimmed, font) {
		return err
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(trimmed); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644) // #nosec G306 -- a file of the repository
}

var (
	u16 = binary.BigEndian.Uint16
	u32 = binary.BigEndian.Uint32
)

// kept are the tables that a document's writer reads, in the order of the file format.
var kept = []string{"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}

func trim(font []byte) ([]byte, error) {
	tables := map[string][]byte{}
	for i := range int(u16(font[4:])) {
		e := font[12+16*i:]
		tables[string(e[:4])] = font[u32(e[8:]) : u32(e[8:])+u32(e[12:])]
	}
	if u16(tables["head"][50:]) != 1 {
		return nil, errors.New("only fonts with long offsets are known here")
	}
	glyphs := int(u16(tables["maxp"][4:]))
	at := func(g int) []byte {
		loca := tables["loca"]
		return tables["glyf"][u32(loca[4*g:]):u32(loca[4*g+4:])]
	}
	used, err := reached(tables["cmap"], at)
	if err != nil {
		return nil, err
	}
	var glyf, loca []byte
	for g := range glyphs {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if used[g] {
			glyf = append(glyf, plain(at(g))...)
			glyf = append(glyf, make([]byte, -len(glyf)&3)...)
		}
	}
	tables["loca"], tables["glyf"] = binary.BigEndian.AppendUint32(loca, uint32(len(glyf))), glyf
	post := bytes.Clone(tables["post"][:32])
	binary.BigEndian.PutUint32(post, 0x00030000) // without names
	tables["post"] = post
	maxp := bytes.Clone(tables["maxp"])
	binary.BigEndian.PutUint16(maxp[26:], 0) // no instructions
	tables["maxp"] = maxp
	return file(tables), nil
}

// reached gives the glyphs that characters of the basic plane stand for, and what these are put together of.
func reached(cmap []byte, at func(int) []byte) (map[int]bool, error) {
	used := map[int]bool{0: true}
	found := false
	for i := range int(u16(cmap[2:])) {
		sub := cmap[u32(cmap[4+8*i+4:]):]
		switch u16(sub) {
		case 4:
			found = true
			segments(sub, func(g int) { used[g] = true })
		case 12:
			for n := range int(u32(sub[12:])) {
				e := sub[16+12*n:]
				for c := u32(e); c <= u32(e[4:]); c++ {
					used[int(u32(e[8:])+c-u32(e))] = true
				}
			}
		}
	}
	if !found {
		return nil, errors.New("the font has no table of characters of format 4")
	}
	for todo := slices.Collect(maps.Keys(used)); len(todo) > 0; {
		g := todo[0]
		todo = todo[1:]
		components(at(g), func(part int, _ []byte) {
			if !used[part] {
				used[part] = true
				todo = append(todo, part)
			}
		})
	}
	return used, nil
}

// segments walks a table of characters of format 4.
func segments(sub []byte, say func(int)) {
	n := int(u16(sub[6:])) / 2
	ends, starts, deltas, offsets := sub[14:], sub[16+2*n:], sub[16+4*n:], sub[16+6*n:]
	for i := range n {
		first, last := int(u16(starts[2*i:])), int(u16(ends[2*i:]))
		delta, offset := u16(deltas[2*i:]), int(u16(offsets[2*i:]))
		for c := first; c <= last && c < 0xffff; c++ {
			g := uint16(c)
			if offset != 0 {
				if g = u16(offsets[2*i+offset+2*(c-first):]); g == 0 {
					continue
				}
			}
			say(int(g + delta))
		}
	}
}

// components walks the parts of a glyph that is put together of others; flags is where each part's flags stand.
func components(glyph []byte, say func(part int, flags []byte)) (rest []byte) {
	if len(glyph) < 10 || int16(u16(glyph)) >= 0 {
		return nil
	}
	for b := glyph[10:]; ; {
		flags := u16(b)
		say(int(u16(b[2:])), b)
		size := 6
		if flags&1 != 0 {
			size = 8
		}
		switch {
		case flags&0x8 != 0:
			size += 2
		case flags&0x40 != 0:
			size += 4
		case flags&0x80 != 0:
			size += 8
		}
		if b = b[size:]; flags&0x20 == 0 {
			return b
		}
	}
}

// plain gives a glyph without its instructions.
func plain(glyph []byte) []byte {
	if len(glyph) < 10 {
		return glyph
	}
	out := bytes.Clone(glyph)
	if contours := int(int16(u16(glyph))); contours >= 0 {
		at := 10 + 2*contours
		rest := glyph[at+2+int(u16(glyph[at:])):]
		binary.BigEndian.PutUint16(out[at:], 0)
		return append(out[:at+2], rest...)
	}
	rest := components(out, func(_ int, flags []byte) { binary.BigEndian.PutUint16(flags, u16(flags)&^0x100) })
	return out[:len(out)-len(rest)]
}

// file writes the tables with their sums.
func file(tables map[string][]byte) []byte {
	head := bytes.Clone(tables["head"])
	binary.BigEndian.PutUint32(head[8:], 0)
	tables["head"] = head
	var names []string
	for _, n := range kept {
		if tables[n] != nil {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, cmp.Compare)
	search := 16
	entry := 0
	for search*2 <= 16*len(names) {
		search, entry = search*2, entry+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(names), search, entry, 16*len(names) - search} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	offset := 12 + 16*len(names)
	var body []byte
	for _, n := range names {
		t := tables[n]
		out = append(out, n...)
		for _, v := range []uint32{sum(t), uint32(offset + len(body)), uint32(len(t))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		body = append(body, t...)
		body = append(body, make([]byte, -len(body)&3)...)
	}
	out = append(out, body...)
	for i, n := range names {
		if n == "head" {
			binary.BigEndian.PutUint32(out[u32(out[12+16*i+8:])+8:], 0xb1b0afba-sum(out))
		}
	}
	return out
}

func sum(b []byte) (total uint32) {
	for ; len(b) >= 4; b = b[4:] {
		total += u32(b)
	}
	if len(b) > 0 {
		var last [4]byte
		copy(last[:], b)
		total += u32(last[:])
	}
	return total
}
