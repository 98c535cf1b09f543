// SPDX-License-Identifier: EUPL-1.2

package pooled

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/table"
)

// TestTogetherIsTheSumOfAll lets three offices contribute, adds up and compares with the tables of all records: within what
// the plan says, on average as far off as it says, and with all parts of a table in agreement.
func TestTogetherIsTheSumOfAll(t *testing.T) {
	d := table.Domain{Columns: []table.Column{{Name: "sex", Values: []string{"f", "m", "unknown"}}, {Name: "age", Values: []string{"child", "adult", "unknown"}}, {Name: "year", Values: []string{"2024", "2025"}}}}
	random := rand.New(rand.NewPCG(1, 2))
	all, err := table.NewRecords(d, 0)
	if err != nil {
		t.Fatal(err)
	}
	var offices []*table.Records
	for range 3 {
		r, err := table.NewRecords(d, 0)
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			row := []uint16{uint16(random.IntN(3)), uint16(random.IntN(3)), uint16(random.IntN(2))}
			if err := r.Add(row...); err != nil {
				t.Fatal(err)
			}
			if err := all.Add(row...); err != nil {
				t.Fatal(err)
			}
		}
		offices = append(offices, r)
	}
	plan, err := New(d, []Asked{{Set: table.SetOf(0, 1)}, {Set: table.SetOf(1, 2)}}, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	a, err := plan.Among(3, 1)
	if err != nil {
		t.Fatal(err)
	}
	truth, err := all.Count(table.SetOf(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	square, cells := 0.0, 0.0
	var dev float64
	for run := range 400 {
		sum := make([]int64, a.Numbers())
		for o, r := range offices {
			row, err := a.Contribute(context.Background(), r, func(part int) io.Reader {
				return rand.NewChaCha8([32]byte{byte(run), byte(run >> 8), byte(o), byte(part)})
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range row {
				sum[i] += v
			}
		}
		rel, err := a.Release(sum)
		if err != nil {
			t.Fatal(err)
		}
		e, err := rel.Table(table.SetOf(0, 1))
		if err != nil {
			t.Fatal(err)
		}
		dev = e.Deviation
		for i, v := range e.Values {
			square += (v - float64(truth[i])) * (v - float64(truth[i]))
			cells++
		}
	}
	if got := math.Sqrt(square / cells); math.Abs(got/dev-1) > 0.05 {
		t.Errorf("off by %.3f, promised %.3f", got, dev)
	}
	// Towards one of the three, two thirds of the noise are left, which is what the plan asks for.
	if got, most := float64(a.Cost(1)), float64(plan.Cost()); got > most*(1+1e-9) || got < most*0.99 {
		t.Errorf("towards one office rho %.6f, the plan has %.6f", got, most)
	}
	if a.Cost(0) >= a.Cost(1) || a.Cost(1) >= a.Cost(2) || !math.IsInf(float64(a.Cost(3)), 1) {
		t.Error("more offices together must cost more")
	}
}

func TestAmongRefuses(t *testing.T) {
	d := table.Domain{Columns: []table.Column{{Name: "a", Values: []string{"x", "y"}}}}
	plan, err := New(d, []Asked{{Set: table.SetOf(0)}}, 0.001)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range [][2]int{{1, 0}, {MostOffices + 1, 1}, {3, 3}, {3, -1}} {
		if _, err := plan.Among(x[0], x[1]); err == nil {
			t.Errorf("%d offices against %d", x[0], x[1])
		}
	}
	exact, err := New(d, []Asked{{Set: table.SetOf(0)}}, 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exact.Among(3, 1); err == nil {
		t.Error("too little noise to add up")
	}
	a, err := plan.Among(3, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Release(make([]int64, a.Numbers()+1)); err == nil {
		t.Error("another number of numbers")
	}
}
