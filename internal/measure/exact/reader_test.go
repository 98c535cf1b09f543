// SPDX-License-Identifier: EUPL-1.2

package exact_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/measure/exact"
)

// print gives a protected table as everybody reads it: -1 for "fewer than k", -2 for withheld.
func print(got []exact.Range, k int64) []int64 {
	out := make([]int64, len(got))
	for c, r := range got {
		switch {
		case r.Width() == 1:
			out[c] = r.Low
		case r == exact.Below(k):
			out[c] = -1
		default:
			out[c] = -2
		}
	}
	return out
}

// readers tries every table of rows and columns with inner numbers up to most that prints as this one, and gives the different
// numbers that each cell has in them. Where anything reads "fewer than k", no number below k prints as withheld. It knows
// nothing of how Protect works.
func readers(printed []int64, rows, columns int, k, most int64) []map[int64]bool {
	least := int64(0)
	if slices.Contains(printed, -1) {
		least = k
	}
	fits := func(c int, v int64) bool {
		switch p := printed[c]; p {
		case -1:
			return v < k
		case -2:
			return v >= least
		default:
			return v == p
		}
	}
	seen := make([]map[int64]bool, len(printed))
	for c := range seen {
		seen[c] = map[int64]bool{}
	}
	full := make([]int64, len(printed)) // the last column and the last row are the totals
	wide := columns + 1
	var row func(r int)
	var cell func(r, c int)
	row = func(r int) {
		if r < rows {
			cell(r, 0)
			return
		}
		for c := range wide {
			at := rows*wide + c
			full[at] = 0
			for i := range rows {
				full[at] += full[i*wide+c]
			}
			if !fits(at, full[at]) {
				return
			}
		}
		for c, v := range full {
			seen[c][v] = true
		}
	}
	cell = func(r, c int) {
		at := r*wide + c
		if c == columns {
			full[at] = 0
			for _, v := range full[r*wide : at] {
				full[at] += v
			}
			if fits(at, full[at]) {
				row(r + 1)
			}
			return
		}
		for v := range most + 1 {
			if full[at] = v; fits(at, v) {
				cell(r, c+1)
			}
		}
	}
	row(0)
	return seen
}

// TestReadersWhoTryEveryTableLearnNothing: of each number that is not shown, at least k are left, and of one that reads "fewer
// than k" all that are.
func TestReadersWhoTryEveryTableLearnNothing(t *testing.T) {
	const k = 3
	small, alike := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([][]int{{1, 3}, {2, 2}, {2, 3}, {3, 2}}).Draw(t, "size")
		counts := rapid.SliceOfN(rapid.Int64Range(0, 6), size[0]*size[1], size[0]*size[1]).Draw(t, "counts")
		s, err := exact.Cross(size...)
		if err != nil {
			t.Fatal(err)
		}
		values, err := exact.Margins(counts, size...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := exact.Protect(t.Context(), s, values, exact.Rules{K: k}, nil)
		if err != nil {
			t.Fatal(err)
		}
		printed := print(got, k)
		if slices.Contains(printed, -1) {
			small++
		} else if slices.Contains(printed, -2) {
			alike++
		}
		for c, seen := range readers(printed, size[0], size[1], k, 9) {
			switch {
			case !seen[values[c]]:
				t.Fatalf("%v printed as %v: cell %d cannot be what it is", values, printed, c)
			case values[c] < k && printed[c] >= 0:
				t.Fatalf("%v printed as %v: cell %d is small and shown", values, printed, c)
			case printed[c] < 0 && len(seen) < k:
				t.Fatalf("%v printed as %v: cell %d is one of %v", values, printed, c, seen)
			}
		}
	})
	if small == 0 || alike == 0 {
		t.Errorf("%d tables with small numbers, %d printed alike", small, alike)
	}
}

// TestWithheldBesideSmallIsNotSmall: what was published before that was seen, with both totals shown, tells all four numbers;
// printed alike, it tells none of them.
func TestWithheldBesideSmallIsNotSmall(t *testing.T) {
	const k = 3
	s, err := exact.Cross(2, 2)
	if err != nil {
		t.Fatal(err)
	}
	values, err := exact.Margins([]int64{2, 1, 3, 3}, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	naive := []int64{-1, -1, 3, -2, -2, 6, 5, 4, 9}
	for c, seen := range readers(naive, 2, 2, k, 9) {
		if len(seen) != 1 {
			t.Errorf("cell %d is one of %v", c, seen)
		}
	}
	known := []exact.Range{exact.Below(k), exact.Below(k), exact.Known(3), exact.AtLeast(k), exact.AtLeast(k), exact.Known(6), exact.Known(5), exact.Known(4), exact.Known(9)}
	found, err := exact.Audit(t.Context(), s, known, nil)
	if err != nil || len(exact.Recovered(known, found)) != 4 {
		t.Errorf("the audit finds %v: %v", found, err)
	}
	got, err := exact.Protect(t.Context(), s, values, exact.Rules{K: k}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for c, v := range values[:5] {
		if v < k && got[c] != exact.Withheld() {
			t.Errorf("%d is given as %v", v, got[c])
		}
	}
	for c, seen := range readers(print(got, k), 2, 2, k, 9) {
		if got[c].Width() > 1 && len(seen) < k {
			t.Errorf("cell %d, given as %v, is one of %v", c, got[c], seen)
		}
	}
}
