// SPDX-License-Identifier: EUPL-1.2

package inquiry

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Counting is what the count of inquiries needs.
type Counting struct {
	Store *store.Store
	// Countries is the closed list of countries and territories, Country that of another office; "" is unknown.
	Countries []string
	Country   func(ctx context.Context, owner, office journal.ID) (string, error)
	Now       func() time.Time
}

// came lists what became of a request.
var came = []Status{Answered, Refused, Withdrawn}

// Source is what can be counted of the social inquiries that this office asked for: one is counted once, by the office that asks,
// on the day by which it wanted an answer. In time is an answer by that day; a request whose day is not over is
// neither in time nor late.
func (c Counting) Source() source.Source {
	return source.Source{Code: "inquiries", Version: "2026-1", Most: 1, Kinds: []string{access.KindInquiry},
		Columns: []source.Column{{Code: "to", Values: c.Countries, List: "country"}, {Code: "basis", Values: Bases(), List: "inquiry.basis"},
			{Code: "came", Values: texts(came), List: "inquiry.status"}, {Code: "in_time", Values: source.Is(), List: "count.is"}},
		Read: c.read}
}

func texts(of []Status) []string {
	var out []string
	for _, s := range of {
		out = append(out, string(s))
	}
	return out
}

func (c Counting) read(ctx context.Context, w store.Who, p source.Period, add func(source.Record) error) error {
	q, now := store.Query{Kind: access.KindInquiry, Codes: map[string]string{"side": "sent"}}, c.Now()
	return c.Store.Each(ctx, w, q, func(r store.Row) error {
		v, err := store.Summary[Summary](r)
		if err != nil {
			return err
		}
		on, err := time.Parse(time.DateOnly, v.Due)
		if err != nil || !p.Has(on) || slices.Contains([]Status{Drafted, Returned}, v.Status) {
			return nil
		}
		country, err := c.Country(ctx, w.Actor.Owner, v.Office)
		if err != nil {
			return err
		}
		says := map[string][]string{"to": {country}, "basis": {v.Basis}, "came": {string(v.Status)}, "in_time": {v.inTime(on, now)}}
		return add(source.Record{Person: r.Ref.ID, On: on, Says: says})
	})
}

// inTime says whether it was answered by its day; "" where that is not known yet, or no longer asked for.
func (v Summary) inTime(due, now time.Time) string {
	switch {
	case v.Status == Withdrawn:
		return ""
	case v.Status == Answered:
		return source.Yes(!v.Late)
	case now.Before(due.AddDate(0, 0, 1)):
		return ""
	}
	return "no"
}
