// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

// soon is how long before its end a signal that nobody passed on is called out.
const soon = 24 * time.Hour

// endingFacts says what became of a signal: that it lapsed, was asked back, and whether the other office confirmed.
func endingFacts(l *lang.Locale, s Signal) []page.Fact {
	var out []page.Fact
	add := func(key string, at time.Time, f page.Fact) {
		if !at.IsZero() {
			f.Term, f.Text = l.T(key), l.DateTime(at)
			out = append(out, f)
		}
	}
	add("screening.ending.lapsed", s.LapsedAt, page.Fact{})
	add("screening.ending.told", s.RemindedAt, page.Fact{})
	if u := s.Ending.Unread; u != nil {
		add("screening.ending.unread", u.At, page.Fact{Tone: page.Bad})
	}
	switch {
	case !s.From.IsZero():
		add("screening.ending.taken_back", s.WithdrawnAt, page.Fact{Sub: l.T("screening.ending.confirmed_back")})
	case s.Forwarded != nil && !s.WithdrawnAt.IsZero() && s.ErasedAt.IsZero():
		add("screening.ending.asked_back", s.WithdrawnAt, page.Fact{Tone: page.Warn, Sub: l.T("screening.ending.waits")})
	case s.Forwarded != nil:
		add("screening.ending.asked_back", s.WithdrawnAt, page.Fact{})
		add("screening.ending.erased_there", s.ErasedAt, page.Fact{Tone: page.Good})
	default:
		add("screening.ending.erased_here", s.WithdrawnAt, page.Fact{Tone: page.Good})
	}
	return out
}

// endingNote says in a sentence what came of a signal, and what can be done now.
func endingNote(l *lang.Locale, s Signal) []field.Note {
	n := field.Note{Tone: page.Warn}
	switch st := s.Status(); {
	case st == StatusUnread && s.Ending.Unread.Lapsed:
		n = field.Note{Tone: page.Bad, Title: l.T("screening.ending.lapsed_there"), Text: l.T("screening.ending.lapsed_there.text")}
	case st == StatusUnread:
		n.Title, n.Text = l.T("screening.ending.unread_there"), l.T("screening.ending.unread_there.text")
	case st == StatusLapsed:
		n.Title, n.Text = l.T("screening.ending.lapsed_here"), l.T("screening.ending.lapsed_here.text")
	case st == StatusWithdrawn && !s.Person.IsZero():
		n.Title, n.Text = l.T("screening.ending.withdrawn"), l.T("screening.ending.in_file")
	case st == StatusWithdrawn:
		n.Title, n.Text = l.T("screening.ending.withdrawn"), l.T("screening.ending.withdrawn.text")
	default:
		return nil
	}
	return []field.Note{n}
}

// takesBack says whether its writer is offered to take it back: before it was passed on, or when a name went.
func takesBack(s Signal, o *store.Opened) bool {
	wrote := slices.Contains(o.Relations, access.AsSignaller) || slices.Contains(o.Relations, access.Founder)
	return wrote && s.From.IsZero() && s.WithdrawnAt.IsZero() && (s.Status() == StatusOpen || s.Named())
}

// endsSoon gives the cell of a signal that is erased soon unless its writer passes it on.
func endsSoon(r *page.Request, s Summary, due time.Time) (page.Cell, bool) {
	if r.Office.Kind == access.Assistance || s.Status != StatusOpen || due.Sub(r.Now) > soon {
		return page.Cell{}, false
	}
	return page.Cell{Tone: page.Bad, Text: r.L.T("screening.ending.soon"), Sub: r.L.T("screening.ending.soon.text", "When", r.L.Relative(due, r.Now))}, true
}
