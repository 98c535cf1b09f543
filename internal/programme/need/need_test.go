// SPDX-License-Identifier: EUPL-1.2

package need_test

import (
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

func date(s string) party.PartialDate {
	d, err := party.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// border is the need of journey J6.
func border() need.Noted {
	return need.Noted{Text: wording.New("en", "border police: indicators for unaccompanied minors"), Theme: "children", Groups: []need.Group{"border"}, Countries: []string{"AL", "GR"},
		Urgency: "now", Activity: "P4-G1", Item: "3.2", On: date("2026-03-01")}
}

func write(o *programmetest.Office, w store.Who, id journal.ID, typ string, payload any) error {
	o.T.Helper()
	o.Clock.Advance(time.Second)
	_, err := o.Store.Append(o.Ctx, w, store.Ref{Kind: access.KindNeed, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

func stands(o *programmetest.Office, id journal.ID) need.Need {
	o.T.Helper()
	x, err := o.Store.Open(o.Ctx, o.Reader, store.Ref{Kind: access.KindNeed, ID: id})
	o.Must(err)
	return x.State.(need.Need)
}

func rows(o *programmetest.Office) []need.Row {
	o.T.Helper()
	rs, err := need.List(o.Ctx, o.Store, o.Reader, nil)
	o.Must(err)
	return rs
}

// counts are the two numbers of the framework's indicator C1.
type counts struct{ met, of int }

func count(rows ...need.Row) (n counts) {
	for _, r := range rows {
		if r.V.Counts() {
			n.of++
		}
		if r.V.MetInTime() {
			n.met++
		}
	}
	return n
}

// TestFromIdentifiedToMet is J6 as far as the register goes: identified, planned, met with dates; counted once.
func TestFromIdentifiedToMet(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	id := o.Store.NewID()
	o.Must(write(o, o.Officer, id, need.NotedType, border()))
	if err := write(o, o.Officer, id, need.MetType, need.MetBy{On: date("2026-05"), Evidence: "e"}); !fault.Is(err, fault.Guarded) {
		t.Fatalf("met before anything was planned: %v", err)
	}
	if err := write(o, o.Officer, id, need.PlannedType, need.PlannedFor{On: date("2026-02"), Answer: "training", Code: "P4-G1"}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("planned before it was identified: %v", err)
	}
	o.Must(write(o, o.Officer, id, need.PlannedType, need.PlannedFor{On: date("2026-04-10"), Answer: "training", Code: "P4-G1"}))
	if c := count(rows(o)...); c != (counts{0, 1}) {
		t.Fatalf("planned: %+v", c)
	}
	o.Must(write(o, o.Officer, id, need.MetType, need.MetBy{On: date("2026-09-30"), Evidence: "report of the training"}))
	n := stands(o, id)
	if n.State != need.Met || n.Since != date("2026-09-30") || n.Answer.Code != "P4-G1" || n.Noted.On != date("2026-03-01") || len(n.History) != 3 {
		t.Fatalf("%+v", n)
	}
	if c := count(rows(o)...); c != (counts{1, 1}) {
		t.Fatalf("met: %+v", c)
	}
	o.Must(write(o, o.Officer, id, need.ReopenedType, need.Ended{On: date("2026-10-01"), Reason: "half of them were absent"}))
	if n = stands(o, id); n.State != need.Planned || n.Met.Evidence != "" {
		t.Fatalf("opened again: %+v", n)
	}
}

// TestMetLateIsNotMetInTime: the twelve months are read cautiously when a date is known in part.
func TestMetLateIsNotMetInTime(t *testing.T) {
	line := func(state need.State, on, met string) need.Row {
		v := border()
		v.On = date(on)
		return need.Row{V: need.Line{Noted: v, State: state, MetOn: date(met)}}
	}
	for name, c := range map[string]struct {
		row  need.Row
		want counts
	}{
		"the very day":       {line(need.Met, "2025-03-01", "2026-03-01"), counts{1, 1}},
		"a day later":        {line(need.Met, "2025-03-01", "2026-03-02"), counts{0, 1}},
		"a month in part":    {line(need.Met, "2025-03-01", "2026-03"), counts{0, 1}},
		"a year in part":     {line(need.Met, "2025", "2026-01-01"), counts{1, 1}},
		"dropped":            {line(need.Dropped, "2025", ""), counts{}},
		"the same as one":    {line(need.Joined, "2025", ""), counts{}},
		"identified, no end": {line(need.Identified, "2020", ""), counts{0, 1}},
	} {
		if got := count(c.row); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestTwoConsultantsNoteOneNeed is J5's statement on duplicates: proposed for joining, never joined silently.
func TestTwoConsultantsNoteOneNeed(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	a, b, c := o.Store.NewID(), o.Store.NewID(), o.Store.NewID()
	second, third := border(), border()
	second.Text, second.Countries = wording.New("en", "Indicators on unaccompanied minors for the border police"), []string{"GR"}
	third.Countries = []string{"MD"}
	o.Must(write(o, o.Officer, a, need.NotedType, border()))
	o.Must(write(o, o.Officer, b, need.NotedType, second))
	o.Must(write(o, o.Officer, c, need.NotedType, third))
	ps := need.Proposed(rows(o))
	if len(ps) != 1 || !slices.Contains([]journal.ID{ps[0].A.ID, ps[0].B.ID}, a) || !slices.Contains([]journal.ID{ps[0].A.ID, ps[0].B.ID}, b) {
		t.Fatalf("%+v", ps)
	}
	if got := count(rows(o)...).of; got != 3 || stands(o, b).State != need.Identified {
		t.Fatalf("joined by itself: %d needs count", got)
	}
	o.Must(write(o, o.Officer, b, need.JoinedType, need.JoinedTo{Other: a}))
	if got := count(rows(o)...).of; got != 2 || len(need.Proposed(rows(o))) != 0 {
		t.Fatalf("%d needs count after joining", got)
	}
	for name, other := range map[string]journal.ID{"itself": a, "one that is joined": b, "nothing": o.Store.NewID()} {
		if err := write(o, o.Officer, a, need.JoinedType, need.JoinedTo{Other: other}); !fault.Is(err, fault.Invalid) {
			t.Errorf("joined to %s: %v", name, err)
		}
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	for field, change := range map[string]func(*need.Noted){
		"text":      func(v *need.Noted) { v.Text = wording.Text{} },
		"theme":     func(v *need.Noted) { v.Theme = "weather" },
		"groups":    func(v *need.Noted) { v.Groups = []need.Group{"pilots"} },
		"countries": func(v *need.Noted) { v.Countries = []string{"Albania"} },
		"urgency":   func(v *need.Noted) { v.Urgency = "soon" },
		"activity":  func(v *need.Noted) { v.Activity = "the workshop" },
		"item":      func(v *need.Noted) { v.Item = "a whole sentence on the agenda" },
		"on":        func(v *need.Noted) { v.On = party.PartialDate{} },
	} {
		v := border()
		change(&v)
		err := write(o, o.Officer, o.Store.NewID(), need.NotedType, v)
		f, ok := err.(*fault.Fault)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := write(o, o.Reader, o.Store.NewID(), need.NotedType, border()); !fault.Is(err, fault.Denied) {
		t.Errorf("a reader notes a need: %v", err)
	}
	if err := write(o, o.Officer, o.Store.NewID(), need.PlannedType, need.PlannedFor{On: date("2026"), Answer: "training", Code: "P4-G1"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing is planned for: %v", err)
	}
}
