// SPDX-License-Identifier: EUPL-1.2

package selection_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/microdata"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/selection"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

var countries = []string{"GR", "IT", "ES", "AL", "XK", "RS", "MK", "BA", "ME", "HR", "RO", "BG", "HU", "PL", "MD", "UA", "FR", "DE", "AT", "NL", "NG", "GH", "SN", "PK", "BD", "IN", "VN", "TH", "CN", "unknown"}

// flows draws people with an origin and a destination: most go from one sub-region to one other, whatever their country; and two
// columns that have nothing to do with it or with each other.
func flows(t testing.TB, n int, seed uint64) (*table.Records, selection.Level) {
	t.Helper()
	d := table.Domain{Columns: []table.Column{{Name: "from", Values: countries}, {Name: "to", Values: countries}}}
	for i := range 2 {
		d.Columns = append(d.Columns, table.Column{Name: fmt.Sprint("c", i), Values: []string{"a", "b", "unknown"}})
	}
	r, err := table.NewRecords(d, n)
	if err != nil {
		t.Fatal(err)
	}
	level := selection.SubRegions("region", countries)
	byRegion := map[uint16][]uint16{}
	for c, of := range level.Of {
		byRegion[of] = append(byRegion[of], uint16(c))
	}
	g := rand.New(rand.NewPCG(seed, 11))
	for range n {
		from := uint16(g.IntN(len(countries)))
		to := uint16(g.IntN(len(countries)))
		if g.IntN(10) > 0 { // the region with the next number that there is
			next := (level.Of[from] + 1) % uint16(len(level.Column.Values))
			for len(byRegion[next]) == 0 {
				next = (next + 1) % uint16(len(level.Column.Values))
			}
			to = byRegion[next][g.IntN(len(byRegion[next]))]
		}
		if err := r.Add(from, to, uint16(g.IntN(3)), uint16(g.IntN(3))); err != nil {
			t.Fatal(err)
		}
	}
	for column, name := range []string{"from_region", "to_region"} {
		l := level
		l.Column.Name = name
		if r, err = selection.Coarser(r, column, l); err != nil {
			t.Fatal(err)
		}
	}
	return r, level
}

func stream(n uint64) func(int) io.Reader {
	return func(part int) io.Reader { return rand.NewChaCha8([32]byte{byte(part), byte(n), 12}) }
}

func single(t testing.TB, r *table.Records, n uint64) *pooled.Release {
	t.Helper()
	var asked []pooled.Asked
	for _, s := range r.Domain.Upto(1) {
		asked = append(asked, pooled.Asked{Set: s})
	}
	p, err := pooled.New(r.Domain, asked, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	rel, err := p.Measure(t.Context(), r, stream(n))
	if err != nil {
		t.Fatal(err)
	}
	return rel
}

// TestWhatIsWorthMeasuringIsChosen: with little to spend on 900 cells of country by country, regions by region are chosen, which
// hold nearly all that there is to know, and columns that have nothing to do with each other are not.
func TestWhatIsWorthMeasuringIsChosen(t *testing.T) {
	r, _ := flows(t, 1500, 1)
	candidates := r.Domain.Upto(2)
	right := 0
	const trials = 20
	for n := range uint64(trials) {
		got, err := selection.Choose(t.Context(), r, selection.Request{Base: single(t, r, n), Candidates: candidates, Picks: 1, Rho: 0.02, After: 0.02}, stream(100+n)(0))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Sets) != 1 || math.Abs(float64(got.Charge.Rho())-0.02) > 1e-6 || got.Charge.Rho() < 0.02 {
			t.Fatalf("%+v", got)
		}
		if slices.Equal(got.Sets[0], table.SetOf(4, 5)) {
			right++
		}
	}
	if right < trials-2 {
		t.Errorf("region by region was chosen %d times of %d", right, trials)
	}
}

// TestRegionsSayMoreThanCountries: at the same price, flows between countries are estimated nearer to the truth from regions and
// the countries' own totals than from a table of countries by countries.
func TestRegionsSayMoreThanCountries(t *testing.T) {
	const rho = 0.002
	r, level := flows(t, 1000, 2)
	truth, err := r.Count(table.SetOf(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	measured := func(sets ...table.Set) *pooled.Release {
		var asked []pooled.Asked
		for _, s := range sets {
			asked = append(asked, pooled.Asked{Set: s})
		}
		p, err := pooled.New(r.Domain, asked, rho)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := p.Measure(t.Context(), r, stream(7))
		if err != nil {
			t.Fatal(err)
		}
		return rel
	}
	direct, err := measured(table.SetOf(0, 1)).Table(table.SetOf(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	var never []map[int]uint16
	never = append(append(never, level.Impossible(0, 4)...), level.Impossible(1, 5)...)
	made, err := microdata.Make(t.Context(), measured(table.SetOf(4, 5), table.SetOf(0), table.SetOf(1), table.SetOf(2), table.SetOf(3)), microdata.Options{Seed: 1, Never: never}, nil)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := made.Count(table.SetOf(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	var far, near float64
	for i, v := range truth {
		far += math.Abs(max(0, direct.Values[i]) - float64(v))
		near += math.Abs(float64(counts[i]) - float64(v))
	}
	t.Logf("off by %.0f people in all by countries, %.0f by regions", far, near)
	if near > far/2 {
		t.Error("regions say no more")
	}
}

// TestOnePersonMovesAScoreByOne: the choice of two data sets one record apart differs by no more than the promise allows, as far
// as frequencies show it.
func TestOnePersonMovesAScoreByOne(t *testing.T) {
	d := table.Domain{Columns: []table.Column{{Name: "a", Values: []string{"x", "y"}}, {Name: "b", Values: []string{"x", "y"}}, {Name: "c", Values: []string{"x", "y"}}}}
	without, err := table.NewRecords(d, 8)
	if err != nil {
		t.Fatal(err)
	}
	with, err := table.NewRecords(d, 8)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		for _, r := range []*table.Records{without, with} {
			if err := r.Add(uint16(i%2), uint16(i%2), uint16(i/3)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := with.Add(1, 1, 1); err != nil {
		t.Fatal(err)
	}
	const rho, runs = 0.5, 20_000
	base := single(t, without, 3)
	var share [2][3]float64
	for side, r := range []*table.Records{without, with} {
		random := rand.NewChaCha8([32]byte{byte(side), 13})
		for range runs {
			got, err := selection.Choose(t.Context(), r, selection.Request{Base: base, Candidates: d.Upto(2), Picks: 1, Rho: rho, After: 1}, random)
			if err != nil {
				t.Fatal(err)
			}
			share[side][got.Sets[0][0]+got.Sets[0][1]-1] += 1.0 / runs
		}
	}
	// Epsilon of the mechanism is twice the root of 2 rho.
	most := math.Exp(2*math.Sqrt(2*rho)) * 1.05
	moved := 0.0
	for i := range 3 {
		if share[0][i] > share[1][i]*most+0.01 || share[1][i] > share[0][i]*most+0.01 {
			t.Errorf("table %d is chosen %.3f and %.3f of the time", i, share[0][i], share[1][i])
		}
		moved = max(moved, math.Abs(share[0][i]-share[1][i]))
	}
	if moved < 0.02 {
		t.Errorf("one person moves nothing: the test could not fail; %v", share)
	}
}

func TestWhatCannotBeChosenIsRefused(t *testing.T) {
	r, level := flows(t, 50, 3)
	base := single(t, r, 1)
	good := selection.Request{Base: base, Candidates: r.Domain.Upto(2), Picks: 1, Rho: 0.1, After: 0.1}
	for name, change := range map[string]func(*selection.Request){
		"none":      func(q *selection.Request) { q.Candidates = nil },
		"too many":  func(q *selection.Request) { q.Picks = 100 },
		"no budget": func(q *selection.Request) { q.Rho = 0 },
		"no after":  func(q *selection.Request) { q.After = 0 },
		"no column": func(q *selection.Request) { q.Candidates = []table.Set{{99}} },
	} {
		q := good
		change(&q)
		if _, err := selection.Choose(t.Context(), r, q, stream(1)(0)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := selection.Choose(t.Context(), r, good, empty{}); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("no randomness: %v", err)
	}
	if _, err := selection.Coarser(r, 2, level); !fault.Is(err, fault.Invalid) {
		t.Errorf("a level of another column: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := selection.Choose(ctx, r, good, stream(1)(0)); err == nil {
		t.Error("chosen after the end")
	}
}

type empty struct{}

func (empty) Read([]byte) (int, error) { return 0, io.EOF }

// TestCountriesHaveTheirSubRegion: those of the region in which the program is used, and what is no country.
func TestCountriesHaveTheirSubRegion(t *testing.T) {
	l := selection.SubRegions("region", []string{"GR", "XK", "RO", "NG", "VN", "unknown", "", "ZZ", "150"})
	var got []string
	for _, of := range l.Of {
		got = append(got, l.Column.Values[of])
	}
	if want := []string{"039", "039", "151", "011", "035", "unknown", "unknown", "unknown", "unknown"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
