// SPDX-License-Identifier: EUPL-1.2

package result_test

import (
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/result"
)

// told brings in a table of an office, protected as its sender protects.
func told(s *programmetest.Site, office byte, measure, from, to, period string, numbers map[string]int64) {
	s.T.Helper()
	m, _ := figure.Find(measure)
	cells, err := m.Protect(s.Ctx, numbers, 5, nil)
	s.Must(err)
	s.Clock.Advance(time.Second)
	_, err = figure.Tell(s.Ctx, s.Store, s.Office.Post, journal.ID{1, office}, s.Clock.Now(), figure.Table{Measure: measure, From: from, To: to, Period: period, K: 5, Cells: cells, Queries: []string{"a"}})
	s.Must(err)
}

// referrals counts some that were accepted, of adults: seven of ten within a week, the others within a month.
func referrals(accepted, completed int64) map[string]int64 {
	return map[string]int64{"accepted": accepted, "completed": completed, "not_completed": accepted - completed, "accepted.adult": accepted, "completed.adult": completed, "days.d0_7": accepted * 7 / 10, "days.d8_30": accepted - accepted*7/10}
}

// detectedPeople counts women, most of them adults, of whom some worked.
func detectedPeople(n, children, labour int64) map[string]int64 {
	out := map[string]int64{"people": n, "people.f": n, "people.child": children, "people.adult": n - children, "people.labour": labour}
	for _, f := range figure.Forms() {
		out["people.not_"+f] = n - out["people."+f]
	}
	return out
}

// TestProtectedFiguresAreMeasured: what offices tell is added as far as it is told, shares and rates come from the sums, and
// what nobody told stays not measured.
func TestProtectedFiguresAreMeasured(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	told(s, 1, "referrals", "GR", "AL", "2026-Q1", referrals(40, 20))
	told(s, 2, "rights", "GR", "", "2026-Q1", map[string]int64{"people": 40, "told": 30, "not_told": 10, "applied": 20, "not_applied": 20, "received": 8, "not_received": 32})
	if b := both(s, result.Path+"/C6"); figureOn(b) != "40 accepted; 20 of 40 (50%) completed; median: within a week" || !strings.Contains(b, "Greece to Albania") || !strings.Contains(b, "18 or over") {
		t.Errorf("%q", figureOn(b))
	}
	told(s, 1, "referrals", "RO", "FR", "2026-Q2", referrals(3, 1)) // all below the threshold
	if got := figureOn(both(s, result.Path+"/C6")); !strings.HasPrefix(got, "40 to 44 accepted; ") || !strings.Contains(got, "completed") {
		t.Errorf("%q", got)
	}
	if got := figureOn(both(s, result.Path+"/C6?year=2025")); got != "not measured yet" {
		t.Errorf("%q", got)
	}
	if got := figureOn(both(s, result.Path+"/C6?country=FR")); !strings.HasPrefix(got, "<5 accepted") {
		t.Errorf("%q", got)
	}
	if got := figureOn(both(s, result.Path+"/C10")); got != "30 of 40 (75%) informed in a language they speak; 20 of 40 (50%) applied for compensation; 8 of 40 (20%) received it" {
		t.Errorf("%q", got)
	}
	if got := figureOn(both(s, result.Path+"/C7")); got != "not measured yet" {
		t.Errorf("%q", got)
	}
	list := both(s, result.Path)
	if !strings.Contains(list, "40 to 44 accepted") {
		t.Error(list)
	}
	s.Page(result.Path+"/C6?as=csv", "en")
}

// TestTheRateOfPeopleDetected is the table that J10 asks for: SDG 16.2.2 with small numbers not told, the population with its
// source and year beside it, and never a sum of rates.
func TestTheRateOfPeopleDetected(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	told(s, 1, "detected", "AL", "", "2025", detectedPeople(60, 20, 30))
	told(s, 1, "detected", "AL", "", "2026", detectedPeople(48, 2, 30))
	told(s, 2, "detected", "MD", "", "2026", detectedPeople(20, 10, 10))
	told(s, 3, "detected", "ME", "", "2026", detectedPeople(3, 0, 3))
	b := spaces.ReplaceAllString(both(s, result.Path+"/I1"), " ")
	for _, words := range []string{"2402113", "Census, Institute of Statistics of Albania", "2023; nobody has compared it with its source", "none chosen yet", "A rise can mean better detection", "People detected by age"} {
		if !strings.Contains(b, words) && !strings.Contains(b, "2,402,113") {
			t.Errorf("the table does not say %q", words)
		}
	}
	row := func(country string) string {
		_, after, _ := strings.Cut(b, "Per 100 000")
		_, after, _ = strings.Cut(after, ">"+country+"<")
		row, _, _ := strings.Cut(after, "</tr>")
		return row
	}
	if got := row("Albania"); !strings.Contains(got, "48") || strings.Contains(got, "60") || !strings.Contains(got, "1.99") { // of the latest year
		t.Error(got)
	}
	if got := row("Moldova"); !strings.Contains(got, "20") || !strings.Contains(got, "none chosen yet") || !strings.Contains(got, "not measured yet") {
		t.Error(got)
	}
	if got := row("Montenegro"); !strings.Contains(got, "<5") || !strings.Contains(got, "<0.8") || strings.Contains(got, ">3<") {
		t.Error(got)
	}
	_, ages, _ := strings.Cut(b, "People detected by age")
	_, albania, _ := strings.Cut(ages, ">Albania<")
	albania, _, _ = strings.Cut(albania, "</tr>")
	if !strings.Contains(albania, "<5") || strings.Contains(albania, "46") { // 46 adults would tell of two children
		t.Error(albania)
	}
	if got := figureOn(both(s, result.Path+"/I1")); !strings.Contains(got, "told 4 times") {
		t.Errorf("%q", got)
	}
}

// figureOn gives what a page of an indicator says of it, spaces as one.
func figureOn(page string) string {
	_, after, _ := strings.Cut(page, `class="figure-value">`)
	value, _, _ := strings.Cut(after, "</")
	return strings.TrimSpace(spaces.ReplaceAllString(value, " "))
}
