// SPDX-License-Identifier: EUPL-1.2

package conversation

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Pending is one matter between this office and another that waits for somebody, as one reader may know of it: by codes, put
// into words in the reader's language, and nothing of anybody. Rooms list theirs; the desk of all of them knows no room.
type Pending struct {
	Kind      string     // code of the sort of matter: "request", "letter", ...
	Office    journal.ID // the other office; zero for a partner without one
	Title     string     // what it is, in words made of codes
	State     string     // where it stands, in words
	Tone      string
	Due       time.Time // zero for none
	Href      string    // its page
	Ours      bool      // it waits for this office; else for the other one
	Sent      bool      // this office began it
	Mine      bool      // and for this reader in person
	Reminders int       // how often it was asked for again
}

// Overdue says whether its day has passed.
func (p Pending) Overdue(now time.Time) bool { return !p.Due.IsZero() && !now.Before(p.Due) }

// WaitsCode is the clear column by which rooms say where a matter waits: Here, or There in the other office.
const (
	WaitsCode = "waits"
	Here      = "here"
	There     = "there"
)

// mostWaiting is how many matters of a kind that wait on one side are listed, those due first.
const mostWaiting = 200

// Waiting lists the dossiers of a kind that wait for somebody, as the reader may know of them. What each is, say says.
func Waiting(ctx context.Context, s *store.Store, w store.Who, kind string, say func(store.Row) (Pending, error)) ([]Pending, error) {
	var out []Pending
	for _, side := range []string{Here, There} {
		q := store.Query{Kind: kind, Codes: map[string]string{WaitsCode: side}, ByDue: true}
		err := s.First(ctx, w, q, mostWaiting, func(row store.Row) error {
			x, err := say(row)
			if err != nil {
				return err
			}
			x.Kind, x.Due, x.Ours = kind, row.Due, side == Here
			out = append(out, x)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Kept is how many matters with an agreed time one office has begun with another, and how many of them were answered within
// it. Those whose time still runs, that were refused or taken back are left out.
type Kept struct {
	Kind   string
	Office journal.ID // the other office
	Sent   bool       // this office asked
	In, Of int
}

// Tally adds one matter: in says that it was answered in time.
func Tally(ks []Kept, kind string, office journal.ID, sent, in bool) []Kept {
	at := slices.IndexFunc(ks, func(k Kept) bool { return k.Kind == kind && k.Office == office && k.Sent == sent })
	if at < 0 {
		at, ks = len(ks), append(ks, Kept{Kind: kind, Office: office, Sent: sent})
	}
	if ks[at].Of++; in {
		ks[at].In++
	}
	return ks
}

// Each goes through the dossiers that a query finds and the reader may know of, at most mostCounted.
func Each(ctx context.Context, s *store.Store, w store.Who, q store.Query, use func(store.Row) error) error {
	return s.First(ctx, w, q, mostCounted, use)
}

// mostCounted bounds what a count on a page looks at.
const mostCounted = 1000

// LastDay gives a time of the day that something is due at the end of, by which every zone names that day; false where due is an hour.
func LastDay(due time.Time) (time.Time, bool) {
	day := due.UTC()
	return due.Add(-12 * time.Hour), day.Equal(day.Truncate(24 * time.Hour))
}

// DueCell shows until when something is due: the day itself where the time is the end of one.
func DueCell(l *lang.Locale, due, now time.Time) page.Cell {
	if due.IsZero() {
		return page.Cell{Text: "–"}
	}
	last, day := LastDay(due)
	if !day {
		return page.Cell{Due: &due, Now: now}
	}
	c := page.Cell{Text: l.Date(last), Sub: l.Relative(due, now)}
	if !now.Before(due) {
		c.Tone = page.Bad
	}
	return c
}
