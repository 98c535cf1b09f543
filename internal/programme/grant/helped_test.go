// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// bounds is what a reader knows of a number: the least and most that it can be. least is what one that is hidden is at least.
func bounds(code string, k, least, most int) (low, up int) {
	if code == Hidden {
		return least, most
	}
	if strings.HasPrefix(code, "<") {
		return 0, k - 1
	}
	n, _ := strconv.Atoi(code)
	return n, n
}

// hiddenLeast gives what a hidden number is at least: beside any that reads "<k" it is none of those.
func hiddenLeast(h Helped) int {
	for _, code := range slices.Concat(append(h.Cells, h.Rows, h.Cols, []string{h.Total})...) {
		if strings.HasPrefix(code, "<") {
			return h.K
		}
	}
	return 0
}

// recovered tries every table that fits what is told, and gives the numbers that are not told and yet have fewer than k
// possibilities in all of them. It knows nothing of how Protect works.
func recovered(h Helped, most int) []string {
	rows, cols := len(h.Cells), len(h.Cells[0])
	seen := map[string]map[int]bool{}
	n := make([]int, rows*cols)
	note := func(name string, x int) {
		if seen[name] == nil {
			seen[name] = map[int]bool{}
		}
		seen[name][x] = true
	}
	hidden := hiddenLeast(h)
	fits := func(code string, x int) bool { // of a total
		least, up := bounds(code, h.K, hidden, 6*most)
		return x >= least && x <= up
	}
	var try func(at int)
	try = func(at int) {
		if at > 0 && at%cols == 0 && !fits(h.Rows[at/cols-1], sum(n[at-cols:at])) {
			return
		}
		if at < len(n) {
			least, up := bounds(h.Cells[at/cols][at%cols], h.K, hidden, most)
			for n[at] = least; n[at] <= up; n[at]++ {
				try(at + 1)
			}
			return
		}
		columns := make([]int, cols)
		for i, x := range n {
			columns[i%cols] += x
		}
		for c, x := range columns {
			if !fits(h.Cols[c], x) {
				return
			}
		}
		if !fits(h.Total, sum(n)) {
			return
		}
		for i, x := range n {
			note("cell "+strconv.Itoa(i), x)
		}
		for r := range rows {
			note("row "+strconv.Itoa(r), sum(n[r*cols:(r+1)*cols]))
		}
		for c, x := range columns {
			note("col "+strconv.Itoa(c), x)
		}
		note("total", sum(n))
	}
	try(0)
	codes := map[string]string{"total": h.Total}
	for i := range n {
		codes["cell "+strconv.Itoa(i)] = h.Cells[i/cols][i%cols]
	}
	for r := range rows {
		codes["row "+strconv.Itoa(r)] = h.Rows[r]
	}
	for c := range cols {
		codes["col "+strconv.Itoa(c)] = h.Cols[c]
	}
	var out []string
	for name, code := range codes {
		if _, err := strconv.Atoi(code); err != nil && len(seen[name]) < h.K {
			out = append(out, name)
		}
	}
	return out
}

func sum(xs []int) int {
	s := 0
	for _, x := range xs {
		s += x
	}
	return s
}

// No number that is not told follows from those that are, whatever the table.
func TestNoProtectedNumberFollowsFromTheOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const k, most = 3, 9
		rows, cols := rapid.IntRange(1, 3).Draw(t, "rows"), rapid.IntRange(1, 2).Draw(t, "cols")
		n := make([][]int, rows)
		for r := range n {
			n[r] = rapid.SliceOfN(rapid.IntRange(0, 7), cols, cols).Draw(t, "row")
		}
		h, err := Protect(t.Context(), n, k)
		if err != nil {
			t.Fatal(err)
		}
		small := "<3"
		if hiddenLeast(h) == 0 { // "<3" would tell too much
			small = Hidden
		}
		for r, row := range n {
			for c, x := range row {
				if code := h.Cells[r][c]; x < k && code != small || x >= k && code != Hidden && code != strconv.Itoa(x) {
					t.Fatalf("%d is told as %q", x, code)
				}
			}
		}
		if got := recovered(h, most); len(got) > 0 {
			t.Fatalf("%v is told as %+v, from which %v follow", n, h, got)
		}
	})
}

// Hiding the small numbers alone is not enough: this is the test of the test above.
func TestSmallNumbersAloneCanBeRecovered(t *testing.T) {
	naive := Helped{K: 5, Cells: [][]string{{"<5", "9"}, {"8", "7"}}, Rows: []string{"11", "15"}, Cols: []string{"10", "16"}, Total: "26"}
	if got := recovered(naive, 12); !slices.Contains(got, "cell 0") {
		t.Fatalf("2 was not recovered: %v", got)
	}
	h, err := Protect(t.Context(), [][]int{{2, 9}, {8, 7}}, 5)
	if err != nil {
		t.Fatal(err)
	}
	if got := recovered(h, 16); len(got) > 0 || h.Cells[0][0] != "<5" || h.Total != "26" {
		t.Fatalf("%+v %v", h, got)
	}
}

// TestWhatAThresholdAloneLeavesOpenIsFound holds a table of another program, in which only small numbers are withheld, against what
// ours finds in its own.
func TestWhatAThresholdAloneLeavesOpenIsFound(t *testing.T) {
	n := [][]int{{12, 14}, {3, 11}, {12, 20}, {30, 40}, {50, 60}}
	h, err := Protect(t.Context(), n, 10)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := h.Told(t.Context()); err != nil || found != 0 {
		t.Errorf("%d in our own: %v %+v", found, err, h)
	}
	naive := Helped{K: 10, Cells: [][]string{{"12", "14"}, {"<10", "11"}, {"12", "20"}, {"30", "40"}, {"50", "60"}}, Rows: []string{"26", "14", "32", "70", "110"}, Cols: []string{"107", "145"}, Total: "252"}
	if found, err := naive.Told(t.Context()); err != nil || found != 1 {
		t.Errorf("%d: %v", found, err)
	}
	naive.Cells[1][1] = Hidden // now it needs the column
	if found, err := naive.Told(t.Context()); err != nil || found != 2 {
		t.Errorf("%d: %v", found, err)
	}
	naive.Total = "999"
	if _, err := naive.Told(t.Context()); err == nil {
		t.Error("numbers that do not add up are taken")
	}
	if found, err := (Helped{}).Told(t.Context()); err != nil || found != 0 {
		t.Errorf("of nothing: %d %v", found, err)
	}
}

func TestATableThatProtectsNobodyIsRefused(t *testing.T) {
	for name, x := range map[string]struct {
		n [][]int
		k int
	}{"no threshold": {[][]int{{9}}, 2}, "nothing": {nil, 5}, "ragged": {[][]int{{9, 9}, {9}}, 5}, "negative": {[][]int{{-1}}, 5}} {
		if _, err := Protect(t.Context(), x.n, x.k); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var fs fault.Fields
	whole := func() Helped {
		h, err := Protect(t.Context(), [][]int{{1, 9}, {12, 7}, {0, 0}, {5, 6}, {0, 0}}, 5)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if whole().check(&fs); fs.Err() != nil {
		t.Fatalf("%v: %+v", fs, whole())
	}
	for name, change := range map[string]func(*Helped){"below": func(h *Helped) { h.Cells[0][0] = "4" }, "none": func(h *Helped) { h.Rows[2] = "0" },
		"other threshold": func(h *Helped) { h.Cells[0][0] = "<4" }, "short": func(h *Helped) { h.Rows = h.Rows[1:] }, "not measured": func(h *Helped) { h.Total = "not_measured" }} {
		fs = nil
		h := whole()
		if change(&h); len(fs) > 0 {
			t.Fatal(fs)
		}
		if h.check(&fs); fs.Err() == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
