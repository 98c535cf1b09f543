// SPDX-License-Identifier: EUPL-1.2

package training_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

type class struct {
	*programmetest.Site
	trainer store.Who
}

func newClass(t *testing.T) *class {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	return &class{s, s.Person(3, access.Trainer)}
}

// as lets somebody look.
func (c *class) as(w store.Who) *class { c.Who = w; return c }

func (c *class) both(path string) string {
	c.T.Helper()
	c.Page(path, "fr")
	return html.UnescapeString(c.Page(path, "en"))
}

func has(t *testing.T, body string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(body, w) {
			t.Errorf("lacks %q", w)
		}
	}
}

// plan plans a training through the store, as the form's choice of colleagues is the office's.
func (c *class) plan(items, mark int) string {
	c.T.Helper()
	id := c.Store.NewID()
	_, err := c.Store.Append(c.Ctx, c.Officer, store.Ref{Kind: access.KindTraining, ID: id}, store.Draft{Type: training.PlannedType, Payload: training.Plan{
		Title: wording.New("en", "Indicators for unaccompanied minors"), Activity: "P4-G1", Countries: []string{"AL", "GR"}, Groups: []string{"border"}, Items: items, Mark: mark, Trainer: c.trainer.Actor.ID}})
	c.Must(err)
	return training.Path + "/" + id.String()
}

// sheets writes n trainees' answers: the first of them right in some questions of ten.
func sheets(n int, right func(i int) int, absent ...int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		answers := strings.Repeat("1", right(i)) + strings.Repeat("0", 10-right(i))
		for _, a := range absent {
			if a == i {
				answers = "-"
			}
		}
		fmt.Fprintf(&b, "T%02d %s\n", i, answers)
	}
	return b.String()
}

func codes(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "T%02d %s border\n", i, []string{"AL", "GR"}[i%2])
	}
	return b.String()
}

// TestANeedBecomesATrainingAndAMeasuredGain is journey J6: 24 trainees, ten questions, three absent at the second test.
func TestANeedBecomesATrainingAndAMeasuredGain(t *testing.T) {
	c := newClass(t)
	has(t, c.both(training.Path), "No training has been planned yet")
	c.both(training.Path + "/new")
	lack := c.Saved(need.Path+"/new", url.Values{"language": {"en"}, "text": {"border police: indicators for unaccompanied minors"}, "theme": {"children"}, "groups": {"border"}, "countries": {"AL", "GR"}, "on": {"2026-03-01"}})
	at := c.plan(10, 7)
	has(t, c.both(at+"/act/answers"), "border police: indicators for unaccompanied minors")
	c.Saved(at+"/act/answers", url.Values{"needs": {strings.TrimPrefix(lack, need.Path+"/")}})
	has(t, c.both(lack), "Planned", "P4-G1", "A training", "An answer was planned")

	c.as(c.trainer)
	c.both(at + "/act/tests")
	before, after := sheets(24, func(i int) int { return 3 + i%5 }), sheets(24, func(i int) int { return 5 + i%5 }, 4, 11, 19)
	c.Saved(at+"/act/tests", url.Values{"trainees": {codes(24)}, "before": {before}, "after": {after}})
	has(t, c.both(at), "T11", "6 of 10", "absent", "/slips/T07")
	has(t, c.both(at+"/slips/T07"), "Result of T07", "5 of 10", "7 of 10")
	if w := c.Ask("GET", at+"/act/conclude", "en", nil); w.Code != http.StatusForbidden {
		t.Fatalf("concluded before it was given: %d", w.Code)
	}

	c.as(c.Officer)
	c.both(at + "/act/deliver")
	c.Saved(at+"/act/deliver", url.Values{"on": {"2026-09-10"}, "sessions": {"3"}, "evidence": {"Attendance lists of three days"}})
	has(t, c.both(lack), "Met", "Attendance lists of three days", "1 March 2026", "An answer was planned", "10 September 2026") // identified, planned, met: each with its day
	has(t, c.both(result.Path+"/C1"), "1 of 1 (100%)")
	has(t, c.both(result.Path+"/C5"), "none recorded", "1 without concluded tests")
	body := c.both(at)
	for _, hidden := range []string{"T07", "6 of 10", "/act/tests", "/act/conclude"} {
		if strings.Contains(body, hidden) {
			t.Errorf("an officer sees %q", hidden)
		}
	}
	for _, p := range []string{"/act/tests", "/act/conclude"} {
		if w := c.Ask("GET", at+p, "en", nil); w.Code != http.StatusForbidden {
			t.Errorf("an officer opens %s: %d", p, w.Code)
		}
	}
	if w := c.Ask("GET", at+"/slips/T07", "en", nil); w.Code != http.StatusNotFound {
		t.Errorf("an officer reads a slip: %d", w.Code)
	}

	// Before: those with seven right or more are i%5 == 4; after: i%5 >= 2. T04, T11 and T19 are left out of both.
	c.as(c.trainer)
	has(t, c.both(at+"/act/conclude"), "of 24 trainees 21 sat both tests; 3 of them reached the mark before and 13 after", "T04, T11 and T19")
	c.Saved(at+"/act/conclude", url.Values{})
	c.as(c.Officer)
	has(t, c.both(at), "3 before and 13 after, of 21 who sat both tests", "T04, T11 and T19")
	has(t, c.both(result.Path+"/C5"), "+47.6 points: from 14.3% to 61.9% of 21 pairs", "Left out, as they did not sit both tests: T04, T11 and T19")
	has(t, c.both(result.Path+"/O8"), ">24<")
	has(t, c.both(training.Path), "3 before and 13 after, of 21")
	if w := c.Ask("GET", training.Path+"?as=csv", "en", nil); !strings.Contains(w.Body.String(), "3 before and 13 after") {
		t.Error(w.Body)
	}
}

// TestANeedLeadsToItsTraining: from its page to a form that has it, its countries and its words; it is planned with that, and met once
// the training was given.
func TestANeedLeadsToItsTraining(t *testing.T) {
	c := newClass(t)
	lack := c.Saved(need.Path+"/new", url.Values{"language": {"fr"}, "text": {"Police des frontières : indices pour les mineurs non accompagnés"}, "theme": {"children"}, "groups": {"border"}, "countries": {"AL", "GR"}, "on": {"2026-03-01"}})
	way := training.Path + "/new?need=" + strings.TrimPrefix(lack, need.Path+"/")
	has(t, c.both(lack), "Identified", way, "Plan a training")
	c.both(way)
	v := c.Standing(way)
	if v.Get("text") != "Police des frontières : indices pour les mineurs non accompagnés" || v.Get("language") != "fr" || strings.Join(v["countries"], " ") != "AL GR" || strings.Join(v["groups"], " ") != "border" || len(v["needs"]) != 1 {
		t.Errorf("the form begins with %v", v)
	}
	w := c.Change(way, url.Values{"activity": {""}, "items": {"many"}})
	if body := html.UnescapeString(w.Body.String()); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "Choose the activity under which the training answers the need.") || !strings.Contains(body, "f-items") || programmetest.Standing(body).Get("needs") == "" {
		t.Errorf("without an activity: %d", w.Code)
	}
	has(t, c.both(lack), "Identified")
	at := c.Changed(way, url.Values{"activity": {"P4-G1"}})
	has(t, c.both(at), "Answers the need", lack)
	has(t, c.both(lack), "Planned", "P4-G1", "A training", "An answer was planned")
	c.Saved(at+"/act/deliver", url.Values{"on": {"2026-09-10"}, "sessions": {"3"}, "evidence": {"Attendance lists"}})
	if body := c.both(lack); !strings.Contains(body, "Attendance lists") || strings.Contains(body, way) {
		t.Error("the need is not met, or still asks for a training")
	}
	if v := c.Standing(way); v.Get("text") != "" || v.Get("needs") != "" {
		t.Errorf("a need that is met begins another training: %v", v)
	}
	other := c.Saved(need.Path+"/new", url.Values{"language": {"en"}, "text": {"Another need"}, "theme": {"children"}, "on": {"2026-03-01"}})
	way = training.Path + "/new?need=" + strings.TrimPrefix(other, need.Path+"/")
	c.Changed(way, url.Values{"needs": {}, "activity": {""}}) // planned without it
	has(t, c.both(other), "Identified")
	if body := c.as(c.trainer).both(other); strings.Contains(body, way) {
		t.Error("a trainer is offered what an officer plans")
	}
}

// TestOfFewNothingIsTold: below ten pairs the programme learns how many were trained and nothing of the tests, and no aggregate
// but the true one can be written.
func TestOfFewNothingIsTold(t *testing.T) {
	c := newClass(t)
	at := c.plan(10, 7)
	c.Saved(at+"/act/deliver", url.Values{"on": {"2026-09-10"}, "evidence": {"List"}})
	c.as(c.trainer)
	c.Saved(at+"/act/tests", url.Values{"trainees": {codes(9)}, "before": {sheets(9, func(int) int { return 3 })}, "after": {sheets(9, func(int) int { return 9 })}})
	id, err := journal.ParseID(strings.TrimPrefix(at, training.Path+"/"))
	c.Must(err)
	ref := store.Ref{Kind: access.KindTraining, ID: id}
	for _, lie := range []training.Aggregate{{Trainees: 9, Pairs: 9, After: 9}, {Trainees: 12, Withheld: true}} {
		if _, err := c.Store.Append(c.Ctx, c.trainer, ref, store.Draft{Type: training.ConcludedType, Payload: lie}); err == nil {
			t.Errorf("%+v was taken", lie)
		}
	}
	has(t, c.both(at+"/act/conclude"), "Fewer than 10 sat both tests")
	c.Saved(at+"/act/conclude", url.Values{})
	c.as(c.Officer)
	has(t, c.both(at), "withheld: fewer than 10 sat both tests")
	has(t, c.both(result.Path+"/C5"), "none recorded", "1 withheld, fewer than ten pairs")
	c.as(c.trainer)
	c.both(at + "/act/reopen")
	c.Saved(at+"/act/reopen", url.Values{"reason": {"One sheet was lost"}})
	c.Saved(at+"/act/tests", url.Values{"trainees": {codes(10)}, "before": {sheets(10, func(int) int { return 3 })}, "after": {sheets(10, func(int) int { return 9 })}})
	c.Saved(at+"/act/conclude", url.Values{})
	has(t, c.as(c.Officer).both(at), "0 before and 10 after, of 10 who sat both tests")
}

// A trainer writes scores, and neither who is the trainer nor how long what the program holds is kept.
func TestATrainerWritesScoresAlone(t *testing.T) {
	c := newClass(t)
	id, err := journal.ParseID(strings.TrimPrefix(c.plan(10, 7), training.Path+"/"))
	c.Must(err)
	for typ, p := range map[string]any{
		training.PlannedType:    training.Plan{Title: wording.New("en", "Other"), Activity: "P4-G1", Items: 10, Mark: 7, Trainer: c.Person(4, access.Trainer).Actor.ID},
		training.DeliveredType:  training.Done{},
		"training.erasure_kept": retention.Kept{Reason: strings.Repeat("for good ", 5), Until: c.Clock.Now().AddDate(9, 0, 0)},
	} {
		if _, err := c.Store.Append(c.Ctx, c.trainer, store.Ref{Kind: access.KindTraining, ID: id}, store.Draft{Type: typ, Payload: p}); !fault.Is(err, fault.Denied) {
			t.Errorf("%s by the trainer: %v", typ, err)
		}
	}
}

func TestWhatIsWrongWithATestIsNamed(t *testing.T) {
	c := newClass(t)
	at := c.plan(10, 7)
	if w := c.as(c.Person(4, access.Trainer)).Ask("GET", at+"/act/tests", "en", nil); w.Code != http.StatusForbidden {
		t.Errorf("another trainer: %d", w.Code)
	}
	c.as(c.trainer)
	good := url.Values{"trainees": {"T01 AL\nT02"}, "before": {"T01 1111100000\nT02 -"}}
	for name, change := range map[string][2]string{"names": {"trainees", "Anna Example"}, "twice": {"trainees", "T01\nT01"}, "unknown": {"before", "T09 1111100000"}, "short": {"before", "T01 111"}, "other signs": {"before", "T01 abcdefghij"}, "two sheets": {"before", "T01 -\nT01 -"}, "nobody": {"trainees", ""}} {
		v := url.Values{"trainees": good["trainees"], "before": good["before"]}
		v.Set(change[0], change[1])
		if w := c.Fill(at+"/act/tests", v); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	c.Saved(at+"/act/tests", good)
	c.as(c.Officer)
	if w := c.Fill(at+"/edit", url.Values{"items": {"12"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("the test changes under way: %d", w.Code)
	}
	if w := c.Fill(training.Path+"/new", url.Values{"language": {"en"}, "text": {"A training"}, "items": {"10"}, "mark": {"11"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "A test needs a trainer") {
		t.Errorf("%d", w.Code)
	}
}
