// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// List gives all events that somebody may see, the latest first; those without a date come last.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	rows, err := register.All[Summary](ctx, s, w, store.Query{Kind: access.KindEvent, Codes: codes})
	slices.SortFunc(rows, func(a, b Row) int {
		if x, y := a.V.Start, b.V.Start; x.Known() != y.Known() {
			if x.Known() {
				return -1
			}
			return 1
		}
		if c := b.V.Start.First().Compare(a.V.Start.First()); c != 0 {
			return c
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	return rows, err
}

// HeldOf is the framework's indicator O1: workshops held, of those planned. An activity counts as held when its record says
// so or when an event of it was held here.
type HeldOf struct{ Held, Of int }

// CountHeld counts the activities of some kinds.
func CountHeld(list []activity.Line, rows []Row, kinds ...activity.Kind) HeldOf {
	var out HeldOf
	for _, a := range list {
		if !slices.Contains(kinds, a.Kind) {
			continue
		}
		out.Of++
		if a.Status == "held" || len(heldHere(rows, a.Code)) > 0 {
			out.Held++
		}
	}
	return out
}

// heldHere lists the events of an activity that were held here.
func heldHere(rows []Row, code string) []Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool {
		return r.V.Activity != code || r.V.Standing != WasHeld || !r.V.From.IsZero()
	})
}

// TookPart is how many took part in activities.
type TookPart struct {
	Known   party.Uncertain // lower bounds add up as lower bounds
	Of      int             // activities that were held
	Unknown []string        // codes of those without a number
}

// CountParticipants is the framework's indicators O2 (workshops and events) and O8 (training): people, each counted once in
// an event where who came was written down; else the number that the activity's record gives, which may be a lower bound.
// People of two events are not told apart, so a sum over events is of attendances. Activities that were not held are in
// neither number.
func CountParticipants(list []activity.Line, rows []Row, kinds ...activity.Kind) TookPart {
	var out TookPart
	var known []party.Uncertain
	for _, a := range list {
		of := heldHere(rows, a.Code)
		if !slices.Contains(kinds, a.Kind) || a.Status != "held" && len(of) == 0 {
			continue
		}
		out.Of++
		n := a.Participants
		if counted, is := came(of); is && n.Low() < counted {
			n = party.Exactly(counted)
		}
		if !n.Known() {
			out.Unknown = append(out.Unknown, a.Code)
			continue
		}
		known = append(known, n)
	}
	out.Known, _ = party.Sum(known...)
	return out
}

func came(rows []Row) (n int64, counted bool) {
	for _, r := range rows {
		if counted = counted || r.V.Counted; r.V.Counted {
			n += int64(r.V.InPerson + r.V.Online)
		}
	}
	return n, counted
}

// CountCountries is the framework's indicator O3: countries and territories from which somebody came to an event held here,
// of those given.
func CountCountries(rows []Row, of []string) []string {
	var out []string
	for _, r := range rows {
		for _, t := range r.V.Took {
			if r.V.From.IsZero() && t.Came > 0 && slices.Contains(of, t.Country) && !slices.Contains(out, t.Country) {
				out = append(out, t.Country)
			}
		}
	}
	slices.Sort(out)
	return out
}
