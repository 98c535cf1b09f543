// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func dates() *rapid.Generator[PartialDate] {
	return rapid.Custom(func(t *rapid.T) PartialDate {
		at := time.Unix(rapid.Int64Range(-2e9, 4e9).Draw(t, "at"), 0).UTC()
		d := OnDay(at)
		return rapid.SampledFrom([]PartialDate{{}, d, InYear(d.Year), InMonth(d.Year, d.Month),
			InSeason(d.Year, rapid.SampledFrom(seasons[:]).Draw(t, "season"))}).Draw(t, "date")
	})
}

func TestDateLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := dates().Draw(t, "a"), dates().Draw(t, "b"), dates().Draw(t, "c")
		text, err := a.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back PartialDate
		if err := back.UnmarshalText(text); err != nil || back != a {
			t.Fatalf("%q came back as %+v, %v", text, back, err)
		}
		if a.Last().Before(a.First()) {
			t.Fatalf("%s ends before it begins", a)
		}
		if a.Before(b) && (b.Before(a) || CompareDates(a, b) >= 0) {
			t.Fatalf("%s is before %s, and the order says otherwise", a, b)
		}
		if CompareDates(a, b) != -CompareDates(b, a) || CompareDates(a, b) == 0 && a != b {
			t.Fatalf("order of %s and %s", a, b)
		}
		list := []PartialDate{a, b, c}
		slices.SortFunc(list, CompareDates)
		if CompareDates(list[0], list[2]) > 0 {
			t.Fatalf("order is not transitive: %v", list)
		}
	})
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2021", "2021-03", "2021-03-12", "2020-02-29", "2021-21", "2021-24", ""} {
		if d, err := ParseDate(s); err != nil || d.String() != s {
			t.Errorf("%q: %+v, %v", s, d, err)
		}
	}
	for _, s := range []string{"21", "2021-13", "2021-00", "2021-02-29", "2021-3-1", "2021-25", "2021-21-01", "0000", "0000-01", "2021-01-00", " 2021", "2021-+1", "x021", "2021-01-01T00"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %+v", s, d)
		}
	}
}

func TestDatePrint(t *testing.T) {
	for s, want := range map[string]string{
		"": "date.unknown", "2021": "2021", "2021-03": "date.month_3 2021", "2021-21": "date.spring 2021", "2021-03-12": "12 March 2021",
	} {
		d, err := ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Print(words{}); got != want {
			t.Errorf("%q prints %q, want %q", s, got, want)
		}
	}
}

func TestBetween(t *testing.T) {
	for _, c := range [][4]string{{"2021-03-03", "2021-03-04", "3", "4 March 2021"}, {"2021-01-31", "2021-02-01", "31 January", "1 February 2021"}, {"2020-12-31", "2021-01-01", "31 December 2020", "1 January 2021"},
		{"2021-03", "2021-03-04", "date.month_3 2021", "4 March 2021"}, {"2021-03-03", "2021-03-03", "3 March 2021", "3 March 2021"}} {
		from, err := ParseDate(c[0])
		if err != nil {
			t.Fatal(err)
		}
		to, err := ParseDate(c[1])
		if err != nil {
			t.Fatal(err)
		}
		if got, want := Between(words{}, "key", from, to), "key "+c[2]+" "+c[3]+" "+c[3]; got != want {
			t.Errorf("%s to %s: %q, want %q", c[0], c[1], got, want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("2021-21")
	f.Add("2020-02-29")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Fatalf("%q reads as %q", s, d)
		}
	})
}
