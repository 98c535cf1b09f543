// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Row is the screenings of one person or signal as figures know them.
type Row struct {
	Person     journal.ID
	Screenings []Counted
	// Known says that this office knows what was done for her; Offers are the days on which help was first offered, for each
	// of her needs.
	Known  bool
	Offers []string
	// Identified says whether she was formally identified: yes, no, or "" while that is open or not known here.
	Identified string
}

// Rows reads the screenings of all who may be counted, as the job "statistics".
type Rows func(ctx context.Context, w store.Who, f func(Row) error) error

// Source is what can be counted of screenings: who was asked, where, by whom, and whether an offer of help followed. That
// somebody was formally identified is counted apart, and is no condition of anything.
func Source(rows Rows, kinds ...string) source.Source {
	return source.Source{Code: "screenings", Version: "2026-1", Most: 5, Kinds: kinds,
		Columns: []source.Column{{Code: "age", Values: []string{Child, Adult}, List: "count.age"}, {Code: "role", Values: Roles(), List: "screening.role"}, {Code: "place", Values: Places(), List: "screening.place"},
			{Code: "led", Values: source.Is(), List: "count.is"}, {Code: "identified", Values: source.Is(), List: "count.is"}},
		Read: func(ctx context.Context, w store.Who, p source.Period, add func(source.Record) error) error {
			return rows(ctx, w, func(r Row) error {
				for _, x := range r.Screenings {
					on, err := time.Parse(time.DateOnly, x.On)
					if err != nil || !p.Has(on) {
						continue
					}
					says := map[string][]string{"age": {x.Who}, "role": {x.Role}, "place": {x.Place}, "led": {r.led(x.On)}, "identified": {r.Identified}}
					if err := add(source.Record{Person: r.Person, On: on, Says: says}); err != nil {
						return err
					}
				}
				return nil
			})
		}}
}

// led says whether help was offered on the day of a screening or after it; days sort as text. Where the office does not know
// what was done for her, it is unknown.
func (r Row) led(on string) string {
	if !r.Known {
		return ""
	}
	for _, day := range r.Offers {
		if day != "" && day >= on {
			return "yes"
		}
	}
	return "no"
}

// OfSignals gives the screenings of signals that are in no file. An assistance office knows that nothing was offered to
// whoever is in none; another office passes on what it knows, and hears nothing back.
func OfSignals(s *store.Store, office access.OfficeKind) Rows {
	return func(ctx context.Context, w store.Who, f func(Row) error) error {
		q := store.Query{Kind: access.KindSignal}
		return s.Each(ctx, w, q, func(x store.Row) error {
			v, err := store.Summary[Summary](x)
			if err != nil {
				return err
			}
			if v.Status == StatusInFile || v.Status == StatusWithdrawn || len(v.Counts) == 0 { // counted there; not to be
				return nil
			}
			return f(Row{Person: x.Ref.ID, Screenings: v.Counts, Known: office == access.Assistance})
		})
	}
}
