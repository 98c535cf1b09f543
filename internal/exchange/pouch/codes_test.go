// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// printed is a pouch of one message, and what is printed of it.
func printed(t *testing.T) (file []byte, c Codes, to *office) {
	t.Helper()
	from, to, _ := two(t)
	from.Queue(t, conversationsOf[0], "a1")
	file = from.fill(t, albanian, MaxCodes).Bytes
	c, err := Print(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, c, to
}

// typed is everything that can be typed, line by line.
func (c Codes) typed() []string { return strings.Split(strings.TrimSpace(c.Typed()), "\n") }

// A page of codes is read by a camera, in any order, or typed, however people type.
func TestCodesThereAndBack(t *testing.T) {
	file, c, to := printed(t)
	var scanned []string
	for _, x := range c.Codes {
		modules, err := x.Modules()
		if err != nil {
			t.Fatal(err)
		}
		scanned = append(scanned, seen(t, modules))
	}
	r := rand.New(rand.NewPCG(1, 2))
	shuffled := func(s []string) string {
		s = append([]string(nil), s...)
		r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
		return strings.Join(s, "\n")
	}
	typed := shuffled(c.typed())
	half := len(c.Codes) / 2
	for name, text := range map[string]string{
		"scanned": shuffled(scanned), "typed": typed, "typed small, with letters for digits": strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(typed)),
		"spaced otherwise": strings.ReplaceAll(typed, " ", " \t "), "twice": typed + "\r\n" + typed, "both": strings.Join(scanned[:half], "\n") + "\n" + typed,
		"with other words": "Dear colleagues,\n12 pages\n" + typed + "\nRegards",
	} {
		if got, err := ReadCodes(text); err != nil || !bytes.Equal(got, file) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(file), err)
		}
	}
	if report, n := to.bring(t, []byte(typed)); !report.OK || n[Taken] != 1 {
		t.Errorf("%+v", report)
	}
}

// What is missing or mistyped is named by its line.
func TestMistypedLinesAreNamed(t *testing.T) {
	_, c, _ := printed(t)
	all := c.typed()
	change := func(at int, f func(string) string) string {
		s := append([]string(nil), all...)
		s[at] = f(s[at])
		return strings.Join(s, "\n")
	}
	swap := func(s string) string {
		b := []byte(s)
		at := strings.Index(s, " ") + 1
		for b[at] == b[at+1] {
			at++
		}
		b[at], b[at+1] = b[at+1], b[at]
		return string(b)
	}
	none := func(string) string { return "" }
	for name, x := range map[string]struct {
		text, key, lines, wrong string
	}{
		"two letters changed places": {change(7, swap), "pouch.codes.wrong", "7", "7"},
		"a line left out":            {change(3, none), "pouch.codes.missing", "3", ""},
		"two lines under one number": {change(3, func(string) string { return strings.Replace(all[4], "4 ", "3 ", 1) }), "pouch.codes.wrong", "3", "3"},
		"only the head":              {all[0], "pouch.codes.missing", "", ""},
		"no head":                    {strings.Join(all[1:], "\n"), "pouch.codes.none", "", ""},
		"a head mistyped":            {change(0, func(s string) string { return s[:len(s)-1] + "?" }), "pouch.codes.none", "", ""},
	} {
		_, err := ReadCodes(x.text)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Key != x.key || x.lines != "" && f.Args["Lines"] != x.lines || x.wrong != "" && f.Args["Wrong"] != x.wrong {
			t.Errorf("%s: %v %+v", name, err, f)
		}
	}
	if got := ranges([]int{1, 3, 4, 5, 9}); got != "1, 3–5, 9" {
		t.Error(got)
	}
	if _, err := Print(make([]byte, MaxCodes+1)); !fault.Is(err, fault.TooMuch) {
		t.Error(err)
	}
}

func FuzzReadCodes(f *testing.F) {
	c, _ := Print([]byte(magic))
	f.Add(strings.Join(c.typed(), "\n"))
	f.Add(c.Codes[0].Text)
	f.Add("EP1 0000 1 000\n1 00000 000")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ReadCodes(text)
		if err != nil || len(b) > MaxCodes {
			return
		}
		c, err := Print(b)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ReadCodes(strings.Join(c.typed(), "\n")); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x became %x, %v", b, again, err)
		}
	})
}
