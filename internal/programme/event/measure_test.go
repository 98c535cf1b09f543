// SPDX-License-Identifier: EUPL-1.2

package event_test

import (
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/event"
)

// What was counted at an event stands for its activity; a record's lower bound stays one; who was not counted is unknown.
func TestWhatEventsGiveToTheFramework(t *testing.T) {
	list := []activity.Line{
		{Code: "W1", Kind: "workshop", Status: "held", Participants: party.Over(100)},
		{Code: "W2", Kind: "workshop", Status: "planned"},
		{Code: "W3", Kind: "workshop", Status: "held"},
		{Code: "W4", Kind: "workshop", Status: "planned"},
		{Code: "T1", Kind: "training", Status: "held", Participants: party.Exactly(24)},
	}
	row := func(code string, s event.Standing, counted bool, inPerson, online int, took ...event.Took) event.Row {
		return event.Row{V: event.Summary{Activity: code, Standing: s, Counted: counted, InPerson: inPerson, Online: online, Took: took}}
	}
	rows := []event.Row{
		row("W1", event.WasHeld, true, 40, 20, event.Took{Country: "AL", Came: 40}, event.Took{Country: "SE", Came: 20}),
		row("W2", event.WasHeld, true, 10, 5, event.Took{Country: "AL", Came: 10}, event.Took{Country: "RO", Came: 5}, event.Took{Country: "MK", Accepted: 2}),
		row("W4", event.Planned, false, 0, 0, event.Took{Country: "BG", Accepted: 2}),
	}
	if c := event.CountHeld(list, rows, "workshop"); c != (event.HeldOf{Held: 3, Of: 4}) {
		t.Errorf("workshops held: %+v", c)
	}
	p := event.CountParticipants(list, rows, "workshop")
	if p.Of != 3 || !slices.Equal(p.Unknown, []string{"W3"}) || !p.Known.Equal(party.Over(115)) {
		t.Errorf("participants: %+v, low %d", p, p.Known.Low())
	}
	if p := event.CountParticipants(list, rows, "training"); !p.Known.Equal(party.Exactly(24)) || p.Of != 1 {
		t.Errorf("trained: %+v", p)
	}
	if got := event.CountCountries(rows, []string{"AL", "BG", "MK", "RO"}); !slices.Equal(got, []string{"AL", "RO"}) {
		t.Errorf("countries: %v", got)
	}
}
