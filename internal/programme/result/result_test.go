// SPDX-License-Identifier: EUPL-1.2

package result_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/packs/results"
)

func locale(t testing.TB, tag string) *lang.Locale {
	t.Helper()
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b.Locale(tag, nil)
}

func date(s string) party.PartialDate {
	d, err := party.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func indicator(adds string) results.Indicator { return results.Indicator{ID: "O1", Adds: adds} }

// TestHowFiguresAdd holds each way of adding to what the framework's file says of it.
func TestHowFiguresAdd(t *testing.T) {
	l, fr := locale(t, "en"), locale(t, "fr")
	items := []result.Item{
		{On: date("2021"), In: true, Number: party.Over(100), Key: "AL", Countries: []string{"AL"}, Priorities: []int{4}, Pairs: result.Pairs{Of: 21, Before: 6, After: 18}},
		{On: date("2021-04-13"), Number: party.Over(150), Key: "AL", Countries: []string{"AL", "GR"}, Priorities: []int{3}, Pairs: result.Pairs{Of: 10, Before: 5, After: 4}},
		{On: date("2022"), In: true, Key: "GR", Countries: []string{"GR"}},
		{Key: "MK"},
		{On: date("2021"), Aside: "action_refused", In: true, Number: party.Exactly(9), Key: "XK"},
	}
	for _, c := range []struct {
		adds          string
		chosen        result.Chosen
		value, beside string
	}{
		{results.Count, result.Chosen{}, "4", "1 refused"},
		{results.Ratio, result.Chosen{}, "2 of 4 (50%)", "1 refused"},
		{results.Ratio, result.Chosen{Year: 2021}, "1 of 2 (50%)", "1 refused; 1 without a date, in no period"},
		{results.Ratio, result.Chosen{Year: 2021, Country: "GR"}, "0 of 1 (0%)", ""},
		{results.Ratio, result.Chosen{Priority: 4}, "1 of 1 (100%)", ""},
		{results.Ratio, result.Chosen{Priority: 5}, "none recorded", ""},
		{results.Sum, result.Chosen{}, "more than 250", "no figure for 2 of 4; 1 refused"},
		{results.Sum, result.Chosen{Year: 2022}, "not known", "no figure for 1 of 1; 1 without a date, in no period"},
		{results.Distinct, result.Chosen{}, "3 of 11", "1 refused"},
		{results.Paired, result.Chosen{Year: 2021}, "+35.5 points: from 35.5% to 71% of 31 pairs", "1 refused; 1 without a date, in no period"},
		{results.Paired, result.Chosen{Year: 2021, Priority: 3}, "−10 points: from 50% to 40% of 10 pairs", ""},
	} {
		x := indicator(c.adds)
		v := result.Measure(x, result.Counted{Items: items, Of: 11}, c.chosen)
		if got := result.Print(l, x, v.Sums); got != c.value {
			t.Errorf("%s %+v: %q, not %q", c.adds, c.chosen, got, c.value)
		}
		if got := result.Beside(l, x, v.Sums); got != c.beside {
			t.Errorf("%s %+v: beside %q, not %q", c.adds, c.chosen, got, c.beside)
		}
	}
	none := result.Sums{}
	if got := result.Print(fr, indicator(results.Sum), none); got != "pas encore mesuré" {
		t.Error(got)
	}
	x := results.Indicator{Adds: results.Sum, Waits: "exchange"}
	if got := result.Beside(l, x, none); got != "It needs signatures verified on both sides, which offices do not exchange yet." {
		t.Error(got)
	}
}

// TestSharesAreNeverAveraged: whatever the items and however they are parted, a share is that of the sums, and the parts by a
// dimension that each item has once come to the whole.
func TestSharesAreNeverAveraged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var items []result.Item
		in := 0
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			i := result.Item{In: rapid.Bool().Draw(t, "in"), Countries: []string{rapid.SampledFrom([]string{"AL", "GR", "MK"}).Draw(t, "country")}}
			if i.In {
				in++
			}
			items = append(items, i)
		}
		x := indicator(results.Ratio)
		v := result.Measure(x, result.Counted{Items: items}, result.Chosen{})
		n, of := 0, 0
		for _, p := range v.Parts(x, "country", 0) {
			n, of = n+p.Value.N, of+p.Value.Of
		}
		if v.N != in || v.Of != len(items) || n != v.N || of != v.Of {
			t.Fatalf("%d of %d, in parts %d of %d", v.N, v.Of, n, of)
		}
	})
}
