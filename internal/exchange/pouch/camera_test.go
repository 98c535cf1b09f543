// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"strings"
	"testing"
)

// blocks are the data codewords of each block of QR codes with level M, and extra the number of codewords that mend each
// (ISO/IEC 18004, table 9), for versions 1 to 15.
var (
	blocks = [][]int{{16}, {28}, {44}, {32, 32}, {43, 43}, {27, 27, 27, 27}, {31, 31, 31, 31}, {38, 38, 39, 39}, {36, 36, 36, 37, 37}, {43, 43, 43, 43, 44}, {50, 51, 51, 51, 51},
		{36, 36, 36, 36, 36, 36, 37, 37}, {37, 37, 37, 37, 37, 37, 37, 37, 38}, {40, 40, 40, 40, 41, 41, 41, 41, 41}, {41, 41, 41, 41, 41, 42, 42, 42, 42, 42}}
	aligned = [][]int{nil, {18}, {22}, {26}, {30}, {34}, {22, 38}, {24, 42}, {26, 46}, {28, 50}, {30, 54}, {32, 58}, {34, 62}, {26, 46, 66}, {26, 48, 70}}
	masks   = []func(y, x int) bool{
		func(y, x int) bool { return (y+x)%2 == 0 }, func(y, _ int) bool { return y%2 == 0 }, func(_, x int) bool { return x%3 == 0 }, func(y, x int) bool { return (y+x)%3 == 0 },
		func(y, x int) bool { return (y/2+x/3)%2 == 0 }, func(y, x int) bool { return y*x%2+y*x%3 == 0 }, func(y, x int) bool { return (y*x%2+y*x%3)%2 == 0 }, func(y, x int) bool { return ((y+x)%2+y*x%3)%2 == 0 },
	}
)

// seen reads an undamaged QR code of level M in the alphanumeric mode, as the standard says, without a line of the library that
// draws it.
func seen(t *testing.T, m [][]bool) string {
	t.Helper()
	n := len(m)
	version := (n - 17) / 4
	if version < 1 || version > len(blocks) || n != 17+4*version {
		t.Fatalf("%d modules", n)
	}
	format := 0
	for _, x := range []int{0, 1, 2, 3, 4, 5, 7, 8} { // the first eight bits, along row 8
		format = format<<1 | bit(m[8][x])
	}
	format ^= 0b10101000 // the upper eight bits of the format's mask
	if format>>6 != 0 {
		t.Fatalf("level %02b", format>>6)
	}
	words := interleaved(m, version, masks[format>>3&7])
	return alphanumeric(t, data(words, blocks[version-1]), version)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// interleaved walks the columns in pairs, up and down, past everything that is no data.
func interleaved(m [][]bool, version int, mask func(y, x int) bool) []byte {
	n, up := len(m), true
	var out []byte
	var word, have int
	for right := n - 1; right > 0; right -= 2 {
		if right == 6 {
			right = 5
		}
		for i := range n {
			y := i
			if up {
				y = n - 1 - i
			}
			for _, x := range []int{right, right - 1} {
				if fixed(version, n, y, x) {
					continue
				}
				word, have = word<<1|bit(m[y][x] != mask(y, x)), have+1
				if have == 8 {
					out, word, have = append(out, byte(word)), 0, 0
				}
			}
		}
		up = !up
	}
	return out
}

// fixed says whether a module belongs to a pattern, or says the format or the version.
func fixed(version, n, y, x int) bool {
	near := func(v int) bool { return v <= 8 }
	far := func(v int) bool { return v >= n-8 }
	if near(y) && near(x) || near(y) && far(x) || far(y) && near(x) || y == 6 || x == 6 {
		return true
	}
	if version >= 7 && (y < 6 && x >= n-11 || x < 6 && y >= n-11) {
		return true
	}
	centres := append([]int{6}, aligned[version-1]...)
	for _, cy := range centres {
		for _, cx := range centres {
			last := n - 7
			if cy == 6 && cx == 6 || cy == 6 && cx == last || cy == last && cx == 6 {
				continue
			}
			if max(cy-y, y-cy) <= 2 && max(cx-x, x-cx) <= 2 {
				return true
			}
		}
	}
	return false
}

// data takes the blocks apart again.
func data(words []byte, sizes []int) []byte {
	parts := make([][]byte, len(sizes))
	at := 0
	for i := 0; i < sizes[len(sizes)-1]; i++ {
		for b, size := range sizes {
			if i < size {
				parts[b] = append(parts[b], words[at])
				at++
			}
		}
	}
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func alphanumeric(t *testing.T, b []byte, version int) string {
	t.Helper()
	at := 0
	take := func(n int) (v int) {
		for ; n > 0; n-- {
			v = v<<1 | int(b[at/8]>>(7-at%8)&1)
			at++
		}
		return v
	}
	if mode := take(4); mode != 2 {
		t.Fatalf("mode %d", mode)
	}
	count := 9
	if version > 9 {
		count = 11
	}
	const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	var out strings.Builder
	for n := take(count); n > 0; n -= 2 {
		if n == 1 {
			out.WriteByte(signs[take(6)])
			break
		}
		v := take(11)
		out.WriteByte(signs[v/45])
		out.WriteByte(signs[v%45])
	}
	return out.String()
}
