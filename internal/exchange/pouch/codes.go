// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/boombuler/barcode/qr"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// MaxCodes bounds a pouch that is printed as codes.
const MaxCodes = 16 << 10

// letters is the alphabet of codes: what fits the denser mode of QR codes, without vowels, so that no word comes about by
// chance, and without what is read as something else.
const letters = "0123456789BCDFGHJKMNPQRSTVWXYZ+%"

// How codes are cut: so many letters a line, in groups, and so many lines a code.
const (
	lineLetters = 50
	group       = 5
	codeLines   = 10
	setLetters  = 4
	lineCheck   = 3
	codeCheck   = 4
	codesMark   = "EP1"
)

// Codes are a pouch in print.
type Codes struct {
	Head  string // the first line of the text
	Codes []Code
}

// Code is one QR code, and the same as lines that can be typed.
type Code struct {
	Text  string   // what the QR code says
	Lines []string // the same
}

// Print makes codes of a pouch. Errors: TooMuch when it is larger than MaxCodes.
func Print(b []byte) (Codes, error) {
	if len(b) > MaxCodes {
		return Codes{}, fault.New(fault.TooMuch, "pouch.codes.too_large")
	}
	text, set := spelled(b), check(string(b), setLetters)
	var lines []string
	for text != "" {
		n := min(len(text), lineLetters)
		lines = append(lines, text[:n])
		text = text[n:]
	}
	out := Codes{Head: headOf(set, len(lines))}
	for at := 0; at < len(lines); at += codeLines {
		some := lines[at:min(at+codeLines, len(lines))]
		var c Code
		body := fmt.Sprintf("%s.%s.%d.%d.%s", codesMark, set, at/codeLines+1, len(lines), strings.Join(some, ""))
		c.Text = body + "." + check(body, codeCheck)
		for i, l := range some {
			c.Lines = append(c.Lines, lineOf(set, len(lines), at+i+1, l))
		}
		out.Codes = append(out.Codes, c)
	}
	return out, nil
}

func headOf(set string, lines int) string {
	return fmt.Sprintf("%s %s %d %s", codesMark, set, lines, check(fmt.Sprintf("%s.%s.%d", codesMark, set, lines), lineCheck))
}

func lineOf(set string, lines, number int, text string) string {
	var groups []string
	for rest := text; rest != ""; {
		n := min(len(rest), group)
		groups = append(groups, rest[:n])
		rest = rest[n:]
	}
	return fmt.Sprintf("%d %s %s", number, strings.Join(groups, " "), checkOf(set, lines, number, text))
}

func checkOf(set string, lines, number int, text string) string {
	return check(fmt.Sprintf("%s.%s.%d.%d.%s", codesMark, set, lines, number, text), lineCheck)
}

// check is the beginning of a hash, in letters.
func check(s string, n int) string {
	sum := sha256.Sum256([]byte(s))
	return spelled(sum[:])[:n]
}

// spelled writes bytes in letters, five bits each, the last filled up with zeros.
func spelled(b []byte) string {
	var out strings.Builder
	var bits, n uint
	for _, x := range b {
		bits, n = bits<<8|uint(x), n+8
		for n >= 5 {
			n -= 5
			out.WriteByte(letters[bits>>n&31])
		}
	}
	if n > 0 {
		out.WriteByte(letters[bits<<(5-n)&31])
	}
	return out.String()
}

// unspelled is the way back. What is no letter, or fills up with anything but zeros, is not ok.
func unspelled(s string) (b []byte, ok bool) {
	var bits, n uint
	for _, x := range []byte(s) {
		at := strings.IndexByte(letters, x)
		if at < 0 {
			return nil, false
		}
		bits, n = bits<<5|uint(at), n+5
		if n >= 8 {
			n -= 8
			b = append(b, byte(bits>>n))
		}
	}
	return b, n < 5 && bits&(1<<n-1) == 0
}

// IsCodes says whether a text holds codes.
func IsCodes(b []byte) bool {
	if len(b) > maxText {
		return false
	}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(plain(line), codesMark) {
			return true
		}
	}
	return false
}

// What is looked at of a text with codes.
const (
	maxText  = 256 << 10
	maxLines = (MaxCodes*8 + 4) / 5 / lineLetters * 2
)

// plain writes a line as codes are written: capitals, and digits for the letters that people take for them.
func plain(line string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch r = unicode.ToUpper(r); {
		case r == 'O':
			return '0'
		case r == 'I', r == 'L':
			return '1'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, line))
}

// reading is what was found of codes.
type reading struct {
	set   string
	count int
	lines map[int]string
	wrong []int // typed lines that do not fit their check
}

// ReadCodes puts a pouch together from what a camera read of its codes and what was typed of its lines, in any order, whether
// once or several times, in capitals or not. Errors: Invalid, naming the lines that are missing or mistyped.
func ReadCodes(text string) ([]byte, error) {
	if len(text) > maxText {
		return nil, fault.New(fault.TooMuch, "pouch.codes.too_large")
	}
	r := reading{lines: map[int]string{}}
	var all []string
	for line := range strings.Lines(text) {
		if line = plain(line); line != "" {
			all = append(all, line)
		}
	}
	for _, line := range all { // the first of them says of what all are
		if r.begin(line) {
			break
		}
	}
	if r.count == 0 {
		return nil, fault.New(fault.Invalid, "pouch.codes.none")
	}
	for _, line := range all {
		if strings.HasPrefix(line, codesMark+".") {
			r.code(line)
		} else if !strings.HasPrefix(line, codesMark) {
			r.typed(line)
		}
	}
	return r.whole()
}

// begin takes the set and the number of lines from a head or a code.
func (r *reading) begin(line string) bool {
	set, count := "", ""
	if f := strings.Fields(line); len(f) == 4 && f[0] == codesMark {
		set, count = f[1], f[2]
		if check(strings.Join(f[:3], "."), lineCheck) != f[3] {
			return false
		}
	} else if f := strings.Split(line, "."); len(f) == 6 && f[0] == codesMark {
		set, count = f[1], f[3]
		if check(strings.Join(f[:5], "."), codeCheck) != f[5] {
			return false
		}
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > maxLines || len(set) != setLetters {
		return false
	}
	r.set, r.count = set, n
	return true
}

// code takes the lines of one QR code.
func (r *reading) code(line string) {
	f := strings.Split(line, ".")
	if len(f) != 6 || f[1] != r.set || f[3] != strconv.Itoa(r.count) || check(strings.Join(f[:5], "."), codeCheck) != f[5] {
		return
	}
	n, err := strconv.Atoi(f[2])
	if err != nil || n < 1 || n > r.count {
		return
	}
	for at, text := (n-1)*codeLines+1, f[4]; text != "" && at <= r.count; at++ {
		m := min(len(text), lineLetters)
		r.lines[at] = text[:m]
		text = text[m:]
	}
}

// typed takes one line that somebody typed.
func (r *reading) typed(line string) {
	number, rest, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(number)
	rest = strings.ReplaceAll(rest, " ", "")
	if err != nil || n < 1 || n > r.count {
		return
	}
	if len(rest) <= lineCheck || len(rest) > lineLetters+lineCheck || checkOf(r.set, r.count, n, rest[:len(rest)-lineCheck]) != rest[len(rest)-lineCheck:] {
		r.wrong = append(r.wrong, n)
		return
	}
	r.lines[n] = rest[:len(rest)-lineCheck]
}

func (r *reading) whole() ([]byte, error) {
	var missing, wrong []int
	var text strings.Builder
	for n := 1; n <= r.count; n++ {
		if r.lines[n] == "" {
			missing = append(missing, n)
		}
		text.WriteString(r.lines[n])
	}
	for _, n := range r.wrong {
		if r.lines[n] == "" {
			wrong = append(wrong, n)
		}
	}
	if len(missing) > 0 {
		if len(wrong) > 0 {
			return nil, fault.New(fault.Invalid, "pouch.codes.wrong", "Lines", ranges(missing), "Wrong", ranges(wrong))
		}
		return nil, fault.New(fault.Invalid, "pouch.codes.missing", "Lines", ranges(missing))
	}
	b, ok := unspelled(text.String())
	if !ok || check(string(b), setLetters) != r.set {
		return nil, fault.New(fault.Invalid, "pouch.codes.broken")
	}
	return b, nil
}

// ranges writes ascending numbers as 1, 3–5.
func ranges(ns []int) string {
	var out []string
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] <= ns[j]+1 {
			j++
		}
		s := strconv.Itoa(ns[i])
		if ns[j] > ns[i] {
			s += "–" + strconv.Itoa(ns[j])
		}
		out, i = append(out, s), j+1
	}
	return strings.Join(out, ", ")
}

// Modules gives a code's QR code: rows of dark and light, without the margin.
func (c Code) Modules() ([][]bool, error) {
	b, err := qr.Encode(c.Text, qr.M, qr.AlphaNumeric)
	if err != nil {
		return nil, err
	}
	size := b.Bounds().Size()
	out := make([][]bool, size.Y)
	for y := range out {
		out[y] = make([]bool, size.X)
		for x := range out[y] {
			dark, _, _, _ := b.At(x, y).RGBA()
			out[y][x] = dark == 0
		}
	}
	return out, nil
}

// Typed gives the codes as the text that somebody types or scans.
func (c Codes) Typed() string {
	var b strings.Builder
	b.WriteString(c.Head + "\n")
	for _, x := range c.Codes {
		for _, l := range x.Lines {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}
