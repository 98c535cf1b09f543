// SPDX-License-Identifier: EUPL-1.2

package query_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// of makes a source of records with these answers, each of another person, on the first days of 2026.
func of(says ...map[string][]string) source.Sources {
	return source.Sources{{Code: "persons", Version: "1", Most: 1,
		Columns: []source.Column{{Code: "forms", Values: []string{"labour", "sexual", "other"}, Several: true}, {Code: "age", Values: []string{"child", "adult"}}, {Code: "sex", Values: []string{"f", "m", "x"}}},
		Read: func(_ context.Context, _ store.Who, _ source.Period, add func(source.Record) error) error {
			for i, s := range says {
				id := journal.ID{1, byte(i), byte(i >> 8)}
				if err := add(source.Record{Person: id, On: time.Date(2026, 1, 1+i%20, 0, 0, 0, 0, time.UTC), Says: s}); err != nil {
					return err
				}
			}
			return nil
		}}}
}

func forms(fs ...string) map[string][]string { return map[string][]string{"forms": fs} }

func year(q query.Query) query.Query {
	q.Source, q.Version, q.From, q.Until = "persons", "1", "2026-01-01", "2026-12-31"
	return q
}

func run(t interface{ Fatal(...any) }, s source.Sources, q query.Query) query.Figure {
	f, err := query.Run(context.Background(), s, store.Who{}, q)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The codebook's example: five people, shares are over the four of whom anything is known.
func TestSharesAreOverWhoeverSaysAnything(t *testing.T) {
	f := run(t, of(forms("labour"), forms("sexual"), forms("other"), forms(), forms("labour", "sexual")), year(query.Query{By: []string{"forms"}, Share: true}))
	want := map[string]float64{"labour": .5, "sexual": .5, "other": .25}
	for _, c := range f.Cells {
		got, known := c.Share()
		if share, asked := want[c.Key[0]]; asked != known || got != share {
			t.Errorf("%v: %v of %v", c.Key, c.Count, c.Of)
		}
	}
	if f.Total != 5 || f.Count("unknown") != 1 {
		t.Errorf("%+v", f)
	}
	if _, known := run(t, of(forms()), year(query.Query{By: []string{"forms"}, Share: true})).Cells[0].Share(); known {
		t.Error("a share of nobody is told")
	}
}

// A query counts as counting one by one does, whatever it asks.
func TestItCountsAsCountingOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ages, sexes := []string{"child", "adult", ""}, []string{"f", "m", "x", ""}
		var says []map[string][]string
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			says = append(says, map[string][]string{"age": {rapid.SampledFrom(ages).Draw(t, "age")}, "sex": {rapid.SampledFrom(sexes).Draw(t, "sex")},
				"forms": rapid.SliceOfDistinct(rapid.SampledFrom([]string{"labour", "sexual", "other"}), rapid.ID[string]).Draw(t, "forms")})
		}
		where := map[string][]string{}
		if rapid.Bool().Draw(t, "narrow") {
			where["sex"] = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"f", "m", "unknown"}), 1, 3, rapid.ID[string]).Draw(t, "where")
		}
		if rapid.Bool().Draw(t, "narrow forms") {
			where["forms"] = []string{rapid.SampledFrom([]string{"labour", "unknown"}).Draw(t, "where forms")}
		}
		f := run(t, of(says...), year(query.Query{Where: where, By: []string{"age", "sex"}, Share: true}))
		said := func(m map[string][]string, column string) string {
			if v := m[column][0]; v != "" {
				return v
			}
			return "unknown"
		}
		var total, sum int64
		counts := map[[2]string]int64{}
		for _, m := range says {
			if w := where["sex"]; w != nil && !slices.Contains(w, said(m, "sex")) {
				continue
			}
			if w := where["forms"]; w != nil && !(slices.Contains(m["forms"], w[0]) || w[0] == "unknown" && len(m["forms"]) == 0) {
				continue
			}
			total++
			counts[[2]string{said(m, "age"), said(m, "sex")}]++
		}
		for _, c := range f.Cells {
			sum += c.Count
			if c.Count != counts[[2]string{c.Key[0], c.Key[1]}] {
				t.Fatalf("%v: %d", c.Key, c.Count)
			}
			var known int64
			for _, s := range []string{"f", "m", "x"} {
				known += counts[[2]string{c.Key[0], s}]
			}
			if c.Key[1] == "unknown" {
				known = 0
			}
			if c.Of != known {
				t.Fatalf("%v is a share of %d, not %d", c.Key, c.Of, known)
			}
		}
		if f.Total != total || sum != total || f.Count("child") != counts[[2]string{"child", "f"}]+counts[[2]string{"child", "m"}]+counts[[2]string{"child", "x"}]+counts[[2]string{"child", "unknown"}] {
			t.Fatalf("%d, %d, %d", f.Total, sum, total)
		}
	})
}

// A kept query gives the same figure, and another text is another query.
func TestAKeptQueryGivesTheSame(t *testing.T) {
	q := year(query.Query{Where: map[string][]string{"sex": {"f"}, "age": {"child", "unknown"}}, By: []string{"forms"}, Share: true})
	text, err := q.Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := query.Parse(text)
	if err != nil || again.Hash() != q.Hash() {
		t.Fatalf("%s: %v", text, err)
	}
	s := of(forms("labour"), map[string][]string{"sex": {"f"}, "forms": {"sexual"}})
	a, _ := json.Marshal(run(t, s, q))
	b, _ := json.Marshal(run(t, s, again))
	if string(a) != string(b) {
		t.Errorf("%s, then %s", a, b)
	}
	q.Until = "2026-12-30"
	if q.Hash() == again.Hash() {
		t.Error("another period has the same name")
	}
	for _, bad := range []string{"", "{", `{"source":"persons","more":1}`, string(text) + "{}", `[]`} {
		if _, err := query.Parse([]byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestWhatASourceDoesNotSayIsRefused(t *testing.T) {
	s := of(forms("labour"))
	for name, change := range map[string]func(*query.Query){
		"no such source":            func(q *query.Query) { q.Source = "cars" },
		"another version":           func(q *query.Query) { q.Version = "2" },
		"no day":                    func(q *query.Query) { q.From = "January" },
		"an end before its start":   func(q *query.Query) { q.Until = "2025-12-31" },
		"no such column":            func(q *query.Query) { q.By = []string{"colour"} },
		"a column twice":            func(q *query.Query) { q.By = []string{"age", "age"} },
		"several beside another":    func(q *query.Query) { q.By = []string{"age", "forms"} },
		"an answer that is not one": func(q *query.Query) { q.Where = map[string][]string{"age": {"old"}} },
		"no answer":                 func(q *query.Query) { q.Where = map[string][]string{"age": nil} },
		"a share of nothing":        func(q *query.Query) { q.Share = true },
	} {
		q := year(query.Query{})
		change(&q)
		if _, err := query.Run(context.Background(), s, store.Who{}, q); err == nil {
			t.Errorf("%s: counted", name)
		}
	}
}

// Whatever the true numbers are, what is told of sums, rates and medians holds them.
func TestWhatIsToldHoldsTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const bins = 4
		k := int64(5)
		truth, told := make([]int64, bins), make([]query.Range, bins)
		var all int64
		for range rapid.IntRange(1, 3).Draw(t, "offices") {
			for b := range bins {
				n := rapid.Int64Range(0, 12).Draw(t, "n")
				truth[b], all = truth[b]+n, all+n
				if r := query.Known(n); n < k {
					told[b] = told[b].Add(query.Below(k))
				} else {
					told[b] = told[b].Add(r)
				}
			}
		}
		low, high, known := query.Median(told)
		if known && all > 0 {
			at, sum := 0, truth[0]
			for 2*sum < all {
				at++
				sum += truth[at]
			}
			if at < low || at > high {
				t.Fatalf("%v as %v: the median is in %d, not from %d to %d", truth, told, at, low, high)
			}
		}
		of := told[0].Add(told[1])
		if a, b, known := (query.Rate{N: told[0], Of: of}).Bounds(); known && truth[0]+truth[1] > 0 {
			if share := float64(truth[0]) / float64(truth[0]+truth[1]); share < a || share > b {
				t.Fatalf("%v of %v is %v, not from %v to %v", truth[0], truth[0]+truth[1], share, a, b)
			}
		}
	})
	if low, high, known := query.Median([]query.Range{query.Known(1), query.Known(5), query.Known(1)}); low != 1 || high != 1 || !known {
		t.Error(low, high, known)
	}
	if _, _, known := query.Median([]query.Range{query.Below(5), query.Below(5)}); known {
		t.Error("a median of nobody")
	}
	if r := query.Known(12).Add(query.AtLeast(100)); r.Exact() || r.Low != 112 || !r.Open {
		t.Error(r)
	}
}
