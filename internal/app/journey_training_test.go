// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/training"
)

// answersOf writes the sheets of trainees T01 to T24: the first of each right in some questions of ten; those absent sat none.
func answersOf(right func(i int) int, absent ...int) string {
	b := strings.Builder{}
	for i := 1; i <= 24; i++ {
		sheet := strings.Repeat("1", right(i)) + strings.Repeat("0", 10-right(i))
		for _, a := range absent {
			if a == i {
				sheet = "-"
			}
		}
		fmt.Fprintf(&b, "T%02d %s\n", i, sheet)
	}
	return b.String()
}

// TestANeedBecomesATrainingAndAGain walks journey J6.
func TestANeedBecomesATrainingAndAGain(t *testing.T) {
	y := newYear(t)
	y.imports()
	trainer, reader := y.hire("paris", "trainer", access.Trainer), y.hire("paris", "reader", access.Oversight)
	day := func(n int) string { return y.clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }

	// "In: need "border police: indicators for unaccompanied minors, AL and GR" -> training under P4-G1; 24 trainees, paired pre/post
	// test with 10 items, 3 absent at post test."
	noted := day(0)
	lack := y.saves(y.officer, need.Path+"/new", url.Values{"language": {"en"}, "text": {"border police: indicators for unaccompanied minors"}, "theme": {"children"}, "groups": {"border"}, "countries": {"AL", "GR"}, "on": {noted}})
	y.holds("the need", y.told(y.officer, lack, "en"), "Identified")
	at := y.saves(y.officer, training.Path+"/new", url.Values{"language": {"en"}, "text": {"Indicators for unaccompanied minors"}, "activity": {"P4-G1"}, "countries": {"AL", "GR"}, "groups": {"border"}, "items": {"10"}, "mark": {"7"}, "trainer": {trainer.id.String()}})
	y.saves(y.officer, at+"/act/answers", url.Values{"needs": {strings.TrimPrefix(lack, need.Path+"/")}})
	y.holds("the need", y.told(y.officer, lack, "en"), "Planned", "P4-G1")
	trainees := strings.Builder{}
	for i := 1; i <= 24; i++ {
		fmt.Fprintf(&trainees, "T%02d %s border\n", i, []string{"AL", "GR"}[i%2])
	}
	y.saves(trainer, at+"/act/tests", url.Values{"trainees": {trainees.String()}, "before": {answersOf(func(i int) int { return 3 + i%5 })}, "after": {answersOf(func(i int) int { return 5 + i%5 }, 4, 11, 19)}})
	y.clock.Advance(30 * 24 * time.Hour)
	for _, v := range []*visitor{y.officer, trainer, reader} {
		v.signIn()
	}
	given := day(0)
	y.saves(y.officer, at+"/act/deliver", url.Values{"on": {given}, "sessions": {"3"}, "evidence": {"Attendance lists of three days"}})
	y.saves(trainer, at+"/act/conclude", nil)

	// "need shows state identified -> planned -> met, with dates; C1 counts it once;"
	l := y.n.Bundle.Locale("en", nil)
	date := func(s string) string { d, _ := time.Parse(time.DateOnly, s); return l.Date(d) }
	shows := y.told(y.officer, lack, "en")
	for _, x := range []string{"Met", date(noted), date(given), "An answer was planned", "Attendance lists of three days"} {
		y.holds("the need", shows, x)
	}
	y.holds("C1", y.told(y.officer, result.Path+"/C1", "en"), "1 of 1 (100%)")

	// "C5 computed on 21 pairs, says so, with the 3 excluded named by code only;"
	y.holds("C5", y.told(y.officer, result.Path+"/C5", "en"), "+47.6 points: from 14.3% to 61.9% of 21 pairs")
	y.holds("C5", y.told(y.officer, result.Path+"/C5", "en"), "Left out, as they did not sit both tests: T04, T11 and T19")

	// "trainee scores are visible to trainer and trainee,": the slip of one trainee is printed and given to that trainee.
	y.holds("the slip of a trainee", y.told(trainer, at+"/slips/T07", "en"), "Result of T07", "5 of 10", "7 of 10")
	y.lacks("the slip of a trainee", y.told(trainer, at+"/slips/T07", "en"), "T08", "T06")

	// "the programme sees the aggregate only if n >= 10."
	for _, v := range []*visitor{y.officer, reader} {
		y.lacks(v.login, y.shown(v, at, "en"), "T07", "/act/tests", "/slips/")
		y.holds(v.login, y.told(v, at, "en"), "3 before and 13 after, of 21 who sat both tests")
		if a := y.get(v, at+"/slips/T07"); a.code != http.StatusNotFound {
			t.Errorf("%s reads a slip: %d", v.login, a.code)
		}
		a := y.api(v, http.MethodGet, "/dossiers/"+access.KindTraining+"/"+strings.TrimPrefix(at, training.Path+"/")+"?purpose=programme", nil)
		if a.code != http.StatusOK || strings.Contains(a.body, "1111100000") || strings.Contains(a.body, `"T07"`) {
			t.Errorf("%s reads sheets from the API: %d %s", v.login, a.code, a.body)
		}
	}
	y.ofNine(trainer)
}

// ofNine: with nine pairs the programme learns how many were trained, and nothing of the tests.
func (y *year) ofNine(trainer *visitor) {
	y.Helper()
	at := y.saves(y.officer, training.Path+"/new", url.Values{"language": {"en"}, "text": {"A small class"}, "activity": {"P4-G1"}, "countries": {"AL"}, "groups": {"border"}, "items": {"10"}, "mark": {"7"}, "trainer": {trainer.id.String()}})
	var trainees, before, after []string
	for i := 1; i <= 9; i++ {
		trainees, before, after = append(trainees, fmt.Sprintf("T%02d AL", i)), append(before, fmt.Sprintf("T%02d 1110000000", i)), append(after, fmt.Sprintf("T%02d 1111111110", i))
	}
	y.saves(trainer, at+"/act/tests", url.Values{"trainees": {strings.Join(trainees, "\n")}, "before": {strings.Join(before, "\n")}, "after": {strings.Join(after, "\n")}})
	y.saves(y.officer, at+"/act/deliver", url.Values{"on": {y.clock.Now().Format(time.DateOnly)}, "evidence": {"List"}})
	y.saves(trainer, at+"/act/conclude", nil)
	y.holds("a class of nine", y.told(y.officer, at, "en"), "withheld: fewer than 10 sat both tests")
	y.holds("C5", y.told(y.officer, result.Path+"/C5", "en"), "1 withheld, fewer than ten pairs")
}
