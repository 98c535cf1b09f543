// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/result"
)

// What was counted at an event stands for its activity; a record's lower bound stays one; who was not counted is unknown.
func TestWhatEventsGiveToTheFramework(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := b.Locale("en", time.UTC)
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
	rows := heldHere([]event.Row{
		row("W1", event.WasHeld, true, 40, 20, event.Took{Country: "AL", Came: 40}, event.Took{Country: "SE", Came: 20}),
		row("W2", event.WasHeld, true, 10, 5, event.Took{Country: "AL", Came: 10}, event.Took{Country: "RO", Came: 5}, event.Took{Country: "MK", Accepted: 2}),
		row("W4", event.Planned, false, 0, 0, event.Took{Country: "BG", Accepted: 2}),
	})
	workshops, _ := withEvents(list, rows, "workshop")
	items := heldItems(l, workshops)
	if n := len(slices.DeleteFunc(slices.Clone(items), func(i result.Item) bool { return !i.In })); n != 3 || len(items) != 4 {
		t.Errorf("workshops held: %d of %d", n, len(items))
	}
	counted := func(kind activity.Kind) (known party.Uncertain, of, unknown []string) {
		these, others := withEvents(list, rows, kind)
		var numbers []party.Uncertain
		for _, i := range tookPart(l, these, others) {
			numbers = append(numbers, i.Number)
			if of = append(of, i.Activity); !i.Number.Known() {
				unknown = append(unknown, i.Activity)
			}
		}
		known, _ = party.Sum(numbers...)
		return known, slices.Compact(of), unknown
	}
	if known, of, unknown := counted("workshop"); len(of) != 3 || !slices.Equal(unknown, []string{"W3"}) || !known.Equal(party.Over(115)) {
		t.Errorf("participants: of %v, unknown %v, low %d", of, unknown, known.Low())
	}
	if known, of, _ := counted("training"); !known.Equal(party.Exactly(24)) || len(of) != 1 {
		t.Errorf("trained: %d of %v", known.Low(), of)
	}
	var from []string
	for _, i := range cameFrom(l, rows, []string{"AL", "BG", "MK", "RO"}) {
		from = append(from, i.Key)
	}
	slices.Sort(from)
	if from = slices.Compact(from); !slices.Equal(from, []string{"AL", "RO"}) {
		t.Errorf("countries: %v", from)
	}
}
