// SPDX-License-Identifier: EUPL-1.2

// Package calendar writes calendar files (iCalendar, RFC 5545) that a calendar program takes in again as the same entries
// when something has changed: ids stay, the sequence rises.
//
// What a calendar shows on a locked screen is the summary and the place; those are the caller's to keep neutral.
package calendar

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Entry is one entry (VEVENT). With Day set it takes whole days, from Start's day to End's, both included; else it is from
// Start to End.
type Entry struct {
	ID          string // stable, and the only one of its kind in the world
	Sequence    int
	Stamp       time.Time // when what it says was last changed
	Start, End  time.Time
	Day         bool
	Summary     string
	Description string
	Place       string
	URL         string
	Cancelled   bool
}

// File gives the file of some entries. by names who wrote it, as RFC 5545 wants it of a product. The same entries give the
// same bytes.
func File(by string, entries ...Entry) []byte {
	var b strings.Builder
	line(&b, "BEGIN", "", "VCALENDAR")
	line(&b, "VERSION", "", "2.0")
	line(&b, "PRODID", "", text("-//"+by+"//EN"))
	line(&b, "CALSCALE", "", "GREGORIAN")
	line(&b, "METHOD", "", "PUBLISH")
	for _, e := range entries {
		e.write(&b)
	}
	line(&b, "END", "", "VCALENDAR")
	return []byte(b.String())
}

const (
	utc = "20060102T150405Z"
	day = "20060102"
)

func (e Entry) write(b *strings.Builder) {
	line(b, "BEGIN", "", "VEVENT")
	line(b, "UID", "", text(e.ID))
	line(b, "DTSTAMP", "", e.Stamp.UTC().Format(utc))
	line(b, "SEQUENCE", "", strconv.Itoa(e.Sequence))
	if e.Day {
		line(b, "DTSTART", "VALUE=DATE", e.Start.Format(day))
		line(b, "DTEND", "VALUE=DATE", e.End.AddDate(0, 0, 1).Format(day)) // the first day after it
	} else {
		line(b, "DTSTART", "", e.Start.UTC().Format(utc))
		line(b, "DTEND", "", e.End.UTC().Format(utc))
	}
	for _, x := range []struct{ name, value string }{{"SUMMARY", e.Summary}, {"DESCRIPTION", e.Description}, {"LOCATION", e.Place}} {
		if x.value != "" {
			line(b, x.name, "", text(x.value))
		}
	}
	if e.URL != "" {
		line(b, "URL", "", uri(e.URL))
	}
	status := "CONFIRMED"
	if e.Cancelled {
		status = "CANCELLED"
	}
	line(b, "STATUS", "", status)
	line(b, "END", "", "VEVENT")
}

// text escapes a text (3.3.11). Control characters but the line break are left out: they are not allowed.
func text(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// uri leaves out what no address has.
func uri(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// most is how many bytes a line may have, without its end.
const most = 75

// line writes one line, folded (3.1): never within a letter.
func line(b *strings.Builder, name, parameter, value string) {
	s := name
	if parameter != "" {
		s += ";" + parameter
	}
	s += ":" + value
	room := most
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], most-1 // the blank counts
	}
	b.WriteString(s + "\r\n")
}
