// SPDX-License-Identifier: EUPL-1.2

package table_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

var small = table.Domain{Columns: []table.Column{{Name: "a", Values: []string{"unknown", "x", "y"}}, {Name: "b", Values: []string{"unknown", "z"}}, {Name: "c", Values: []string{"1", "2", "3", "4"}}}}

// TestCountsAreThoseOfALoop compares with the plainest way of counting, over more than one block.
func TestCountsAreThoseOfALoop(t *testing.T) {
	r, err := table.NewRecords(small, 0)
	if err != nil {
		t.Fatal(err)
	}
	g := rand.New(rand.NewPCG(1, 2))
	var rows [][3]uint16
	for range 10_001 {
		row := [3]uint16{uint16(g.IntN(3)), uint16(g.IntN(2)), uint16(g.IntN(4))}
		rows = append(rows, row)
		if err := r.Add(row[:]...); err != nil {
			t.Fatal(err)
		}
	}
	sets := table.SetOf(0, 1, 2).Subsets()
	var mu sync.Mutex
	got := make([][]int64, len(sets))
	err = r.Each(t.Context(), sets, func(i int, cells []int64) error {
		mu.Lock()
		defer mu.Unlock()
		got[i] = slices.Clone(cells)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range sets {
		want := make([]int64, small.Cells(s))
		for _, row := range rows {
			at := 0
			for _, c := range s {
				at = at*len(small.Columns[c].Values) + int(row[c])
			}
			want[at]++
		}
		if !slices.Equal(got[i], want) {
			t.Errorf("%v: %v, want %v", s, got[i], want)
		}
		if one, err := r.Count(s); err != nil || !slices.Equal(one, want) {
			t.Errorf("%v alone: %v, %v", s, one, err)
		}
	}
}

func TestWhatIsNoDomainOrRecordIsRefused(t *testing.T) {
	for name, d := range map[string]table.Domain{
		"none":          {},
		"no name":       {Columns: []table.Column{{Values: []string{"x"}}}},
		"no value":      {Columns: []table.Column{{Name: "a"}}},
		"a value twice": {Columns: []table.Column{{Name: "a", Values: []string{"x", "y", "x"}}}},
		"a name twice":  {Columns: []table.Column{{Name: "a", Values: []string{"x"}}, {Name: "a", Values: []string{"x"}}}},
		"a million":     {Columns: []table.Column{{Name: "a", Values: make([]string, 1_000_000)}}},
	} {
		if _, err := table.NewRecords(d, 1); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := table.NewRecords(small, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Add(0, 0); err == nil {
		t.Error("a short record")
	}
	if err := r.Add(0, 2, 0); !fault.Is(err, fault.Invalid) || r.Len() != 0 {
		t.Errorf("a code out of its list: %v, %d", err, r.Len())
	}
	for _, s := range []table.Set{{3}, {-1}, {1, 0}, {1, 1}} {
		if _, err := r.Count(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", s, err)
		}
	}
	large := table.Domain{Columns: []table.Column{{Name: "a", Values: numbers(5000)}, {Name: "b", Values: numbers(5000)}}}
	if err := large.Holds(table.SetOf(0, 1)); !fault.Is(err, fault.Invalid) {
		t.Errorf("25 million cells: %v", err)
	}
	stop := errors.New("stop")
	if err := r.Each(t.Context(), small.Upto(2), func(int, []int64) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

func numbers(n int) (out []string) {
	for i := range n {
		out = append(out, string(rune('a'+i%26))+string(rune(0x4e00+i)))
	}
	return out
}

func TestSets(t *testing.T) {
	if s := table.SetOf(3, 1, 3, 2); !slices.Equal(s, table.Set{1, 2, 3}) || !s.Has(2) || s.Has(0) || !table.SetOf(1, 3).In(s) || table.SetOf(0, 3).In(s) {
		t.Errorf("%v", s)
	}
	if n := len(small.Upto(2)); n != 3 {
		t.Errorf("%d pairs of three columns", n)
	}
	if n := len(small.Upto(9)); n != 1 {
		t.Errorf("%d sets of all of three columns", n)
	}
	subs := table.SetOf(0, 1, 2).Subsets()
	if len(subs) != 8 || len(subs[0]) != 0 || len(subs[7]) != 3 {
		t.Errorf("%v", subs)
	}
}

// FuzzDomain: any description of columns is refused, or is one whose tables can be counted.
func FuzzDomain(f *testing.F) {
	f.Add([]byte(`{"columns":[{"name":"a","values":["x","unknown"]},{"name":"b","values":["1"]}]}`))
	f.Add([]byte(`{"columns":[{"name":"a","values":["x","x"]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var d table.Domain
		if json.Unmarshal(text, &d) != nil {
			return
		}
		r, err := table.NewRecords(d, 1)
		if err != nil {
			return
		}
		if err := r.Add(make([]uint16, len(d.Columns))...); err != nil {
			t.Fatal(err)
		}
		for i := range d.Columns {
			cells, err := r.Count(table.SetOf(i, len(d.Columns)-1))
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			if err == nil && cells[0] != 1 {
				t.Fatalf("%v", cells)
			}
		}
	})
}
