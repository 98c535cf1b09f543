// SPDX-License-Identifier: EUPL-1.2

package calendar_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/programme/event/calendar"
)

// read unfolds and unescapes a file as RFC 5545 says: name to values, in order. It fails on what the grammar forbids.
func read(t interface{ Fatalf(string, ...any) }, file []byte) map[string][]string {
	out := map[string][]string{}
	s := string(file)
	if !strings.HasSuffix(s, "\r\n") || strings.Contains(strings.ReplaceAll(s, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(s, "\r\n", ""), "\r") {
		t.Fatalf("lines end otherwise than with CRLF: %q", s)
	}
	for _, l := range strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) {
			t.Fatalf("a line of %d bytes, or cut within a letter: %q", len(l), l)
		}
	}
	for _, l := range strings.Split(strings.TrimSuffix(strings.ReplaceAll(s, "\r\n ", ""), "\r\n"), "\r\n") {
		name, value, ok := strings.Cut(l, ":")
		if !ok || name == "" {
			t.Fatalf("no line of a calendar: %q", l)
		}
		var b strings.Builder
		for i := 0; i < len(value); i++ {
			if value[i] != '\\' {
				b.WriteByte(value[i])
				continue
			}
			if i++; i == len(value) || !strings.ContainsRune(`\;,n`, rune(value[i])) {
				t.Fatalf("an escape that is none: %q", value)
			}
			b.WriteByte(map[byte]byte{'n': '\n'}[value[i]] | value[i]*b2u(value[i] != 'n'))
		}
		out[name] = append(out[name], b.String())
	}
	return out
}

func b2u(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// Whatever is written comes out again, in lines that no calendar program chokes on.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("abc ,;:\\\n\"éΩЖ😀ß")), 0, 200, -1)
		e := calendar.Entry{ID: "0190f3c4-5b1e-7a11-8c3d-2f6a9b0e4d57", Sequence: rapid.IntRange(0, 99).Draw(t, "sequence"), Stamp: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Start: time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC), End: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC),
			Summary: text.Draw(t, "summary"), Description: text.Draw(t, "description"), Place: text.Draw(t, "place")}
		got := read(t, calendar.File("Entraide", e))
		for name, want := range map[string]string{"SUMMARY": e.Summary, "DESCRIPTION": e.Description, "LOCATION": e.Place} {
			if want != "" && (len(got[name]) != 1 || got[name][0] != want) {
				t.Fatalf("%s: %q, not %q", name, got[name], want)
			}
		}
		if got["UID"][0] != e.ID || got["DTSTART"][0] != "20260304T093000Z" || got["STATUS"][0] != "CONFIRMED" {
			t.Fatalf("%v", got)
		}
	})
}

func TestWholeDaysCancelledAndHours(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	stamp := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	got := read(t, calendar.File("Entraide", calendar.Entry{ID: "a", Stamp: stamp, Day: true, Start: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), Cancelled: true},
		calendar.Entry{ID: "b", Stamp: stamp, Start: time.Date(2026, 7, 1, 9, 0, 0, 0, paris), End: time.Date(2026, 7, 1, 10, 0, 0, 0, paris), URL: "https://office.example/x y\n"}))
	if got["DTEND;VALUE=DATE"][0] != "20270101" || got["STATUS"][0] != "CANCELLED" || got["DTSTART"][0] != "20260701T070000Z" || got["URL"][0] != "https://office.example/xy" || len(got["BEGIN"]) != 3 {
		t.Errorf("%v", got)
	}
}
