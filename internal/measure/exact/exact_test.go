// SPDX-License-Identifier: EUPL-1.2

package exact_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// counted draws a table of these sizes with small and large numbers, with all its margins.
func counted(t testing.TB, seed uint64, sizes ...int) (exact.System, []int64) {
	t.Helper()
	s, err := exact.Cross(sizes...)
	if err != nil {
		t.Fatal(err)
	}
	g := rand.New(rand.NewPCG(seed, 5))
	n := 1
	for _, x := range sizes {
		n *= x
	}
	counts := make([]int64, n)
	for i := range counts {
		switch g.IntN(4) {
		case 0:
		case 1:
			counts[i] = int64(g.IntN(10))
		default:
			counts[i] = int64(g.IntN(300))
		}
	}
	values, err := exact.Margins(counts, sizes...)
	if err != nil {
		t.Fatal(err)
	}
	return s, values
}

// TestTheAuditFindsWhatTryingAllFinds: for tables small enough that every possible one can be tried.
func TestTheAuditFindsWhatTryingAllFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := []int{rapid.IntRange(2, 3).Draw(t, "rows"), rapid.IntRange(2, 3).Draw(t, "columns")}
		s, err := exact.Cross(sizes...)
		if err != nil {
			t.Fatal(err)
		}
		counts := rapid.SliceOfN(rapid.Int64Range(0, 4), sizes[0]*sizes[1], sizes[0]*sizes[1]).Draw(t, "counts")
		values, err := exact.Margins(counts, sizes...)
		if err != nil {
			t.Fatal(err)
		}
		known := exact.Threshold(values, 3)
		found, err := exact.Audit(t.Context(), s, known, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := tryAll(s, known, sizes)
		for c, f := range found {
			if f.Range != want[c] || !f.Certain {
				t.Fatalf("cell %d of %v: %v, trying all gives %v", c, values, f, want[c])
			}
		}
	})
}

// tryAll tries every inner table whose cells may be what is known and whose sums are.
func tryAll(s exact.System, known []exact.Range, sizes []int) []exact.Range {
	out := make([]exact.Range, s.Cells)
	for c := range out {
		out[c] = exact.Range{Low: exact.MostValue, High: -1}
	}
	inner := make([]int64, sizes[0]*sizes[1])
	var try func(i int)
	try = func(i int) {
		if i < len(inner) {
			r := known[i/sizes[1]*(sizes[1]+1)+i%sizes[1]]
			for v := r.Low; v <= r.High; v++ {
				inner[i] = v
				try(i + 1)
			}
			return
		}
		full, err := exact.Margins(inner, sizes...)
		if err != nil {
			return
		}
		for c, v := range full {
			if v < known[c].Low || v > known[c].High {
				return
			}
		}
		for c, v := range full {
			out[c] = exact.Range{Low: min(out[c].Low, v), High: max(out[c].High, v)}
		}
	}
	try(0)
	return out
}

// TestNothingThatIsProtectedCanBeTold: the attack on what Protect gives, for tables of one to three columns.
func TestNothingThatIsProtectedCanBeTold(t *testing.T) {
	const k = 10
	for seed := range uint64(24) {
		sizes := [][]int{{9}, {6, 7}, {4, 3, 3}}[seed%3]
		s, values := counted(t, seed, sizes...)
		got, err := exact.Protect(t.Context(), s, values, exact.Rules{K: k}, nil)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		attack(t, s, values, got, k)
		again, err := exact.Protect(t.Context(), s, values, exact.Rules{K: k}, nil)
		if err != nil || !slices.Equal(got, again) {
			t.Errorf("seed %d: another pattern the second time: %v", seed, err)
		}
	}
}

func attack(t *testing.T, s exact.System, values []int64, got []exact.Range, k int64) {
	t.Helper()
	found, err := exact.Audit(t.Context(), s, got, nil)
	if err != nil {
		t.Fatal(err)
	}
	for c, f := range found {
		switch {
		case values[c] < got[c].Low || values[c] > got[c].High:
			t.Fatalf("cell %d is %d, published as %v", c, values[c], got[c])
		case values[c] < k && got[c] != exact.Below(k):
			t.Fatalf("cell %d of %d is published as %v", c, values[c], got[c])
		case got[c].Width() > 1 && (f.Width() < k || !f.Certain):
			t.Fatalf("cell %d, published as %v, is in %v", c, got[c], f)
		case values[c] < k && f.Range != exact.Below(k):
			t.Fatalf("cell %d, fewer than %d, is in %v", c, k, f)
		}
	}
}

// TestThresholdsAloneAreUndone: the same attack on the same tables, published as most are.
func TestThresholdsAloneAreUndone(t *testing.T) {
	hidden, told := 0, 0
	for seed := range uint64(20) {
		s, values := counted(t, seed, 6, 7)
		known := exact.Threshold(values, 10)
		found, err := exact.Audit(t.Context(), s, known, nil)
		if err != nil {
			t.Fatal(err)
		}
		for c, r := range known {
			if r.Width() > 1 {
				hidden++
			}
			if r.Width() > 1 && found[c].Width() < 10 {
				told++
			}
		}
		for _, c := range exact.Recovered(known, found) {
			if found[c].Low != values[c] {
				t.Fatalf("seed %d cell %d: %v, is %d", seed, c, found[c], values[c])
			}
		}
	}
	if told*10 < hidden {
		t.Errorf("of %d hidden numbers the attack narrows only %d: it finds nothing", hidden, told)
	}
	t.Logf("of %d numbers that a threshold hides, %d can be told more exactly", hidden, told)
}

// TestEarlierReleasesCount: what was published of the same people before is held against what is to be published, and what
// tells too much already is refused.
func TestEarlierReleasesCount(t *testing.T) {
	s, err := exact.Cross(3)
	if err != nil {
		t.Fatal(err)
	}
	values, err := exact.Margins([]int64{4, 60, 80}, 3)
	if err != nil {
		t.Fatal(err)
	}
	first, err := exact.Protect(t.Context(), s, values, exact.Rules{K: 10}, nil)
	if err != nil {
		t.Fatal(err)
	}
	attack(t, s, values, first, 10)
	other := slices.Clone(first)
	for c := range other { // what the first withheld beside the small number, another office had shown
		if other[c].Width() > 1 && values[c] >= 10 {
			other[c] = exact.Known(values[c])
		}
	}
	second, err := exact.Protect(t.Context(), s, values, exact.Rules{K: 10, Before: other}, nil)
	if err == nil {
		for c := range second {
			second[c] = exact.Range{Low: max(second[c].Low, other[c].Low), High: min(second[c].High, other[c].High)}
		}
		found, aerr := exact.Audit(t.Context(), s, second, nil)
		if aerr != nil || found[0].Range != exact.Below(10) {
			t.Errorf("after an earlier release the small number is in %v, %v", found[0], aerr)
		}
	} else if !fault.Is(err, fault.Guarded) {
		t.Errorf("%v", err)
	}
	told := make([]exact.Range, s.Cells)
	for c, v := range values {
		told[c] = exact.Known(v)
	}
	if _, err := exact.Protect(t.Context(), s, values, exact.Rules{K: 10, Before: told}, nil); !fault.Is(err, fault.Guarded) {
		t.Errorf("everything was told before: %v", err)
	}
}

// TestPatternsStay: with next to the same numbers, what was withheld last time is withheld again rather than something else.
func TestPatternsStay(t *testing.T) {
	s, values := counted(t, 3, 6, 7)
	first, err := exact.Protect(t.Context(), s, values, exact.Rules{K: 10}, nil)
	if err != nil {
		t.Fatal(err)
	}
	like := make([]bool, s.Cells)
	for c, r := range first {
		like[c] = r.Width() > 1
	}
	second, err := exact.Protect(t.Context(), s, values, exact.Rules{K: 10, Like: like}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for c, r := range second {
		if r.Width() > 1 && !like[c] {
			t.Errorf("cell %d is withheld now", c)
		}
	}
}

func TestRoundedTablesAddUp(t *testing.T) {
	const base = 10
	for seed := range uint64(20) {
		s, values := counted(t, seed, 5, 8)
		out, err := exact.Round(t.Context(), s, values, base, rand.New(rand.NewPCG(seed, 1)))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for c, v := range out {
			if v%base != 0 || v-values[c] >= base || values[c]-v >= base || values[c]%base == 0 && v != values[c] {
				t.Fatalf("seed %d: %d became %d", seed, values[c], v)
			}
		}
		for _, x := range s.Sums {
			sum := int64(0)
			for _, p := range x.Parts {
				sum += out[p]
			}
			if sum != out[x.Total] {
				t.Fatalf("seed %d: %v does not add up", seed, x)
			}
		}
		found, err := exact.Audit(t.Context(), s, exact.Rounded(out, base), nil)
		if err != nil {
			t.Fatal(err)
		}
		for c, f := range found {
			if values[c] < f.Low || values[c] > f.High {
				t.Fatalf("seed %d cell %d: %d is not in %v", seed, c, values[c], f)
			}
		}
	}
}

// TestRoundingLeansNoWay: over many draws a number is published as itself on average.
func TestRoundingLeansNoWay(t *testing.T) {
	s, err := exact.Cross(4)
	if err != nil {
		t.Fatal(err)
	}
	values, err := exact.Margins([]int64{3, 12, 27, 8}, 4)
	if err != nil {
		t.Fatal(err)
	}
	sum := make([]float64, s.Cells)
	const draws = 4000
	for i := range uint64(draws) {
		out, err := exact.Round(t.Context(), s, values, 10, rand.New(rand.NewPCG(i, 2)))
		if err != nil {
			t.Fatal(err)
		}
		for c, v := range out {
			sum[c] += float64(v) / draws
		}
	}
	for c, v := range values {
		if d := sum[c] - float64(v); d > 1.5 || d < -1.5 {
			t.Errorf("%d is published as %.2f on average", v, sum[c])
		}
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	s, values := counted(t, 1, 3, 4)
	broken := slices.Clone(values)
	broken[0]++
	negative := slices.Clone(values)
	negative[0] = -1
	for name, err := range map[string]error{
		"does not add up": second(exact.Protect(t.Context(), s, broken, exact.Rules{K: 10}, nil)),
		"negative":        second(exact.Protect(t.Context(), s, negative, exact.Rules{K: 10}, nil)),
		"short":           second(exact.Protect(t.Context(), s, values[1:], exact.Rules{K: 10}, nil)),
		"no threshold":    second(exact.Protect(t.Context(), s, values, exact.Rules{}, nil)),
		"rounds broken":   second(exact.Round(t.Context(), s, broken, 10, rand.New(rand.NewPCG(1, 1)))),
		"no base":         second(exact.Round(t.Context(), s, values, 1, rand.New(rand.NewPCG(1, 1)))),
		"itself":          second(exact.Audit(t.Context(), exact.System{Cells: 1, Sums: []exact.Sum{{Total: 0, Parts: []int{0}}}}, []exact.Range{{}}, nil)),
		"contradiction":   second(exact.Audit(t.Context(), s, exact.Threshold(broken, 1), nil)),
		"large":           second(exact.Cross(5000, 5000)),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := exact.Audit(ctx, s, exact.Threshold(values, 10), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// BenchmarkProtect protects a table of 672 cells.
func BenchmarkProtect(b *testing.B) {
	s, values := counted(b, 1, 23, 27)
	for b.Loop() {
		got, err := exact.Protect(b.Context(), s, values, exact.Rules{K: 10}, nil)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, r := range got {
			if r.Width() > 1 {
				n++
			}
		}
		b.ReportMetric(float64(n), "withheld")
	}
}
