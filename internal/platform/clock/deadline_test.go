// SPDX-License-Identifier: EUPL-1.2

package clock_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata" // the zones of these tests, on any machine

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/clock"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t *testing.T, s string, z *time.Location) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04:05", s, z)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDue(t *testing.T) {
	cases := []struct{ name, length, zone, start, want string }{
		{"thirty days", "30d", "Europe/Tirane", "2026-03-01 09:00:00", "2026-03-31 23:59:59"},
		{"the hour does not matter", "30d", "Europe/Tirane", "2026-03-01 23:59:00", "2026-03-31 23:59:59"},
		{"over a leap day", "30d", "Europe/Athens", "2028-02-10 09:00:00", "2028-03-11 23:59:59"},
		{"over no leap day", "30d", "Europe/Athens", "2027-02-10 09:00:00", "2027-03-12 23:59:59"},
		{"three months", "3M", "Europe/Athens", "2026-03-15 09:00:00", "2026-06-15 23:59:59"},
		{"31 January and a month", "1M", "Europe/Paris", "2026-01-31 09:00:00", "2026-02-28 23:59:59"},
		{"31 January and a month, leap year", "1M", "Europe/Paris", "2028-01-31 09:00:00", "2028-02-29 23:59:59"},
		{"31 January and three months", "3M", "Europe/Paris", "2026-01-31 09:00:00", "2026-04-30 23:59:59"},
		{"month of the year before", "6M", "Europe/Belgrade", "2026-08-31 09:00:00", "2027-02-28 23:59:59"},
		{"29 February and a year", "1y", "Europe/Sofia", "2028-02-29 09:00:00", "2029-02-28 23:59:59"},
		{"weeks", "2w", "Europe/Sofia", "2026-12-24 09:00:00", "2027-01-07 23:59:59"},
		{"the clocks go forward", "3d", "Europe/Bucharest", "2026-03-27 09:00:00", "2026-03-30 23:59:59"},
		{"hours when the clocks go forward", "72h", "Europe/Bucharest", "2026-03-27 09:00:00", "2026-03-30 10:00:00"},
		{"hours when the clocks go back", "72h", "Europe/Bucharest", "2026-10-23 09:00:00", "2026-10-26 08:00:00"},
		{"ends on a day of 25 hours", "3d", "Europe/Bucharest", "2026-10-22 09:00:00", "2026-10-25 23:59:59"},
		{"no midnight on the day after", "1d", "America/Sao_Paulo", "2018-11-02 09:00:00", "2018-11-03 23:59:59"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			z := zone(t, c.zone)
			got := clock.Due(clock.Rule{Code: "x", Length: clock.MustLength(c.length)}, at(t, c.start, z), z)
			if want := at(t, c.want, z); !got.Equal(want) {
				t.Errorf("%s from %s ends %s, want %s", c.length, c.start, got.In(z), want)
			}
		})
	}
}

func TestTheSameMomentIsAnotherDayElsewhere(t *testing.T) {
	start := time.Date(2026, 3, 1, 22, 30, 0, 0, time.UTC) // 2 March in Athens
	got := clock.Due(clock.Rule{Length: clock.MustLength("1d")}, start, zone(t, "Europe/Athens"))
	if want := at(t, "2026-03-03 23:59:59", zone(t, "Europe/Athens")); !got.Equal(want) {
		t.Errorf("got %s", got)
	}
	got = clock.Due(clock.Rule{Length: clock.MustLength("1d")}, start, nil)
	if want := time.Date(2026, 3, 2, 23, 59, 59, 0, time.UTC); !got.Equal(want) {
		t.Errorf("in UTC: got %s", got)
	}
}

func TestWarnings(t *testing.T) {
	z := zone(t, "Europe/Athens")
	r := clock.Rule{Warn: []clock.Length{clock.MustLength("3d"), clock.MustLength("60d"), clock.MustLength("1M"), clock.MustLength("48h")}}
	got := clock.Warnings(r, at(t, "2026-03-31 23:59:59", z), z)
	want := []string{"2026-01-30 00:00:00", "2026-02-28 00:00:00", "2026-03-28 00:00:00", "2026-03-29 23:59:59"}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i, w := range want {
		if !got[i].Equal(at(t, w, z)) {
			t.Errorf("warning %d at %s, want %s", i, got[i].In(z), w)
		}
	}
}

func TestAClockKeepsTheRuleOfTheDayItStarted(t *testing.T) {
	z := zone(t, "Europe/Skopje")
	rules := clock.Rules{
		{Code: "reflection", Length: clock.MustLength("2M"), Source: "old law", Until: "2026-06-30"},
		{Code: "reflection", Length: clock.MustLength("90d"), Source: "new law", From: "2026-07-01"},
	}
	if err := rules.Check(); err != nil {
		t.Fatal(err)
	}
	for start, want := range map[string]string{"2026-06-30 23:00:00": "2026-08-30 23:59:59", "2026-07-01 00:30:00": "2026-09-29 23:59:59"} {
		r, ok := rules.At("reflection", at(t, start, z), z)
		if !ok {
			t.Fatalf("no rule on %s", start)
		}
		if got := clock.Due(r, at(t, start, z), z); !got.Equal(at(t, want, z)) {
			t.Errorf("started %s: ends %s, want %s", start, got.In(z), want)
		}
	}
	if _, ok := rules.At("compensation", at(t, "2026-07-01 00:30:00", z), z); ok {
		t.Error("found a rule that is not there")
	}
}

func TestRulesThatAreWrong(t *testing.T) {
	ok := clock.Rule{Code: "a", Length: clock.MustLength("30d"), Source: "x"}
	change := func(f func(*clock.Rule)) clock.Rules { r := ok; f(&r); return clock.Rules{r} }
	wrong := map[string]clock.Rules{
		"no code":           change(func(r *clock.Rule) { r.Code = "" }),
		"no length":         change(func(r *clock.Rule) { r.Length = clock.Length{} }),
		"no source":         change(func(r *clock.Rule) { r.Source = "" }),
		"not a day":         change(func(r *clock.Rule) { r.From = "2026-02-30" }),
		"ends before":       change(func(r *clock.Rule) { r.From, r.Until = "2026-03-02", "2026-03-01" }),
		"checked by nobody": change(func(r *clock.Rule) { r.CheckedAt = "2026-03-01" }),
		"checked never":     change(func(r *clock.Rule) { r.CheckedBy = "A. Lawyer" }),
		"two for ever":      {ok, ok},
		"two on one day":    append(change(func(r *clock.Rule) { r.Until = "2026-03-01" }), change(func(r *clock.Rule) { r.From = "2026-03-01" })...),
	}
	for name, rs := range wrong {
		if rs.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := (clock.Rules{ok}).Check(); err != nil || ok.Verified() {
		t.Errorf("a plain rule: %v, verified %v", err, ok.Verified())
	}
	if r := change(func(r *clock.Rule) { r.CheckedBy, r.CheckedAt = "A. Lawyer", "2026-03-01" })[0]; !r.Verified() {
		t.Error("a checked rule is not verified")
	}
}

func TestLengths(t *testing.T) {
	for _, s := range []string{"", "d", "0d", "30", "-3d", "30 d", "3m", "30D", "10000d"} {
		if _, err := clock.ParseLength(s); err == nil {
			t.Errorf("%q read as a length", s)
		}
	}
	var l clock.Length
	if err := json.Unmarshal([]byte(`"3M"`), &l); err != nil || l != (clock.Length{N: 3, Unit: clock.Months}) {
		t.Errorf("%v %v", l, err)
	}
	if b, err := json.Marshal(l); err != nil || string(b) != `"3M"` {
		t.Errorf("%s %v", b, err)
	}
}

// moments draws a moment and a zone of those that an office may live in, and two that change at midnight.
func moments(t *rapid.T) (time.Time, *time.Location) {
	name := rapid.SampledFrom([]string{"UTC", "Europe/Tirane", "Europe/Sarajevo", "Europe/Sofia", "Europe/Athens", "Europe/Chisinau", "Europe/Paris",
		"America/Sao_Paulo", "Africa/Cairo"}).Draw(t, "zone")
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	return time.Unix(rapid.Int64Range(from, from+40*366*86400).Draw(t, "start"), 0), z
}

func TestEveryPeriodEndsWithADayAndHoldsItsLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, z := moments(t)
		l := clock.Length{N: rapid.IntRange(1, 200).Draw(t, "n"), Unit: rapid.SampledFrom([]clock.Unit{clock.Days, clock.Weeks, clock.Months, clock.Years}).Draw(t, "unit")}
		end := l.End(start, z)
		if next := end.Add(time.Second); next.In(z).Day() == end.In(z).Day() {
			t.Fatalf("%s from %s ends %s, within a day", l, start.In(z), end.In(z))
		}
		day := clock.DayOf(start, z)
		last := clock.DayOf(end, z)
		days := int(civil(t, last).Sub(civil(t, day)).Hours() / 24)
		least, most := l.N, l.N
		switch l.Unit {
		case clock.Weeks:
			least, most = 7*l.N, 7*l.N
		case clock.Months:
			least, most = 30*l.N-2*(l.N/12+1)-1, 31*l.N
		case clock.Years:
			least, most = 365*l.N, 366*l.N
		}
		if days < least || days > most {
			t.Fatalf("%s from %s to %s are %d days", l, day, last, days)
		}
		if longer := (clock.Length{N: l.N + 1, Unit: l.Unit}).End(start, z); !longer.After(end) {
			t.Fatalf("one more %c ends no later", l.Unit)
		}
		if later := l.End(start.Add(36*time.Hour), z); later.Before(end) {
			t.Fatalf("started later, ended earlier: %s, %s", later, end)
		}
		if w := l.Before(end, z); w.After(start) && clock.DayOf(w, z) > day && l.Unit != clock.Months && l.Unit != clock.Years {
			t.Fatalf("%s before the end is %s, after the day it started", l, w.In(z))
		}
	})
}

func civil(t *rapid.T, d clock.Day) time.Time {
	v, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestHoursRunOnWhateverTheZone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, z := moments(t)
		n := rapid.IntRange(1, 2000).Draw(t, "n")
		l := clock.Length{N: n, Unit: clock.Hours}
		if got := l.End(start, z).Sub(start); got != time.Duration(n)*time.Hour {
			t.Fatalf("%s lasts %s", l, got)
		}
		if !l.Before(l.End(start, z), z).Equal(start) {
			t.Fatal("going back does not return")
		}
	})
}
