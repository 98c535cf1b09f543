// SPDX-License-Identifier: EUPL-1.2

package attack_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/attack"
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/microdata"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// sizes are those of the data that all releases below are made of: like sex, age, form, region, year.
var sizes = []int{3, 4, 5, 6, 4}

// people draws records whose columns depend on each other, as a country has them in a year.
func people(t testing.TB, n int, seed uint64) *table.Records {
	t.Helper()
	var d table.Domain
	for i, size := range sizes {
		c := table.Column{Name: fmt.Sprintf("c%d", i)}
		for v := range size {
			c.Values = append(c.Values, fmt.Sprintf("v%d", v))
		}
		d.Columns = append(d.Columns, c)
	}
	r, err := table.NewRecords(d, n)
	if err != nil {
		t.Fatal(err)
	}
	g := rand.New(rand.NewPCG(seed, 3))
	for range n {
		codes := make([]uint16, len(sizes))
		for i, size := range sizes {
			codes[i] = uint16(g.IntN(size) * g.IntN(size) / size)
			if i > 0 && g.IntN(2) == 0 {
				codes[i] = codes[i-1] % uint16(size)
			}
		}
		if err := r.Add(codes...); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func planned(t testing.TB, d table.Domain, ways int, rho noise.Rho) *pooled.Plan {
	t.Helper()
	var asked []pooled.Asked
	for _, s := range d.Upto(ways) {
		asked = append(asked, pooled.Asked{Set: s})
	}
	p, err := pooled.New(d, asked, rho)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fresh gives other noise each time a part asks for it, the same in every run of a test.
func fresh(n byte) func(part int) io.Reader {
	var mu sync.Mutex
	asked := map[int]uint64{}
	return func(part int) io.Reader {
		mu.Lock()
		defer mu.Unlock()
		asked[part]++
		return stream(asked[part] + uint64(n)<<20)(part)
	}
}

// seeded makes releases with noise that is the same in every run of a test, and other noise in each release.
func seeded(p *pooled.Plan) attack.Measure {
	n := uint64(0)
	return func(ctx context.Context, r *table.Records) (*pooled.Release, error) {
		n++
		return p.Measure(ctx, r, stream(n))
	}
}

func stream(n uint64) func(part int) io.Reader {
	return func(part int) io.Reader {
		return rand.NewChaCha8([32]byte{byte(part), byte(part >> 8), byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24), 4})
	}
}

func linked(t testing.TB, tables ...[]int) exact.Linked {
	t.Helper()
	l, err := exact.Link(sizes, tables)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func counts(t testing.TB, l exact.Linked, r *table.Records) []int64 {
	t.Helper()
	v, err := l.Fill(func(s []int) ([]int64, error) { return r.Count(s) })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const games = 400

// TestNoiseHoldsAgainstBothGames: the best attackers that there are stay under what the promise allows, and are not so bad
// that the games would show nothing.
func TestNoiseHoldsAgainstBothGames(t *testing.T) {
	r := people(t, 60, 1)
	for _, rho := range []noise.Rho{0.05, 0.5} {
		p := planned(t, r.Domain, 2, rho)
		for name, play := range map[string]func(context.Context, *pooled.Plan, *table.Records, attack.Measure, int, *rand.Rand) (attack.Game, error){"membership": attack.Membership, "differencing": attack.Differencing} {
			g, err := play(t.Context(), p, r, seeded(p), games, rand.New(rand.NewPCG(1, 1)))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("rho %v, %s: right %d of %d, ceiling %.3f", rho, name, g.Right, g.Of, g.Ceiling)
			if g.Beyond() > 0 || g.Ceiling > 0.76 {
				t.Errorf("rho %v, %s: %+v", rho, name, g)
			}
			// Two Gaussians whose middles are the root of 2 rho apart (of rho, where two noises add up) are told apart so often.
			apart := math.Sqrt(2 * float64(rho))
			if name == "differencing" {
				apart /= math.Sqrt2
			}
			want := games * (0.5 + math.Erf(apart/2/math.Sqrt2)/2)
			if d := 4 * math.Sqrt(games) / 2; math.Abs(float64(g.Right)-want) > d {
				t.Errorf("rho %v, %s: right %d times, an attacker who does what he can is right %.0f times", rho, name, g.Right, want)
			}
		}
	}
}

// TestTooLittleNoiseIsFound: by both games, and by what the office itself holds its noise against.
func TestTooLittleNoiseIsFound(t *testing.T) {
	r := people(t, 60, 1)
	p := planned(t, r.Domain, 2, 0.05)
	strong := planned(t, r.Domain, 2, 5) // a hundredth of the variance, under the name of the other
	broken := func(ctx context.Context, r *table.Records) (*pooled.Release, error) {
		rel, err := seeded(strong)(ctx, r)
		if err == nil {
			rel.Plan = p
		}
		return rel, err
	}
	g, err := attack.Membership(t.Context(), p, r, broken, 100, rand.New(rand.NewPCG(1, 1)))
	if err != nil || g.Beyond() < 10 {
		t.Errorf("membership: %+v, %v", g, err)
	}
	rel, err := broken(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if z, err := attack.Drawn(rel, r); err != nil || z > -6 {
		t.Errorf("the noise passes for the plan's: %v, %v", z, err)
	}
	rel, err = seeded(p)(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if z, err := attack.Drawn(rel, r); err != nil || math.Abs(z) > 4 {
		t.Errorf("the plan's own noise is off by %v, %v", z, err)
	}
}

// TestThresholdsAloneAreBroken: tables of the same people in which single small numbers are left out, as is done with public
// tables: whoever adds and subtracts finds much of what they hide, who subtracts two of them finds whoever came between, and
// who knows the others finds whether somebody is in.
func TestThresholdsAloneAreBroken(t *testing.T) {
	const k = 10
	r := people(t, 400, 1)
	l := linked(t, []int{0, 1}, []int{1, 2}, []int{0, 3})
	threshold := func(v []int64) ([]exact.Range, error) { return exact.Threshold(v, k), nil }
	known, _ := threshold(counts(t, l, r))
	told, err := attack.Intervals(t.Context(), l.System, known, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("interval: %d of %d hidden numbers", len(told.Cells), told.Of)
	if told.Of < 10 || len(told.Cells)*3 < told.Of {
		t.Errorf("the audit finds %d of %d: it finds nothing", len(told.Cells), told.Of)
	}
	more := people(t, 400, 1)
	if err := more.Add(1, 1, 1, 1, 1); err != nil {
		t.Fatal(err)
	}
	later, _ := threshold(counts(t, l, more))
	between, err := attack.Between(t.Context(), l.System, known, later, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("differencing: %d of %d numbers of who came between", len(between.Cells), between.Of)
	if len(between.Cells)*2 < between.Of {
		t.Errorf("subtracting finds %d of %d", len(between.Cells), between.Of)
	}
	g, err := attack.MembershipOfCounts(t.Context(), l, r, threshold, 60, rand.New(rand.NewPCG(1, 1)))
	if err != nil || g.Right < 59 {
		t.Errorf("membership: %+v, %v", g, err)
	}
	t.Logf("membership: right %d of %d", g.Right, g.Of)
}

// TestOurCountsHold: the same attacks, but for that which the route exact does not deny, against the same people's tables as
// we publish them.
func TestOurCountsHold(t *testing.T) {
	const k = 10
	r := people(t, 400, 1)
	more := people(t, 400, 1)
	if err := more.Add(1, 1, 1, 1, 1); err != nil {
		t.Fatal(err)
	}
	l := linked(t, []int{0, 1}, []int{1, 2}, []int{0, 3})
	values, after := counts(t, l, r), counts(t, l, more)
	published, err := exact.Protect(t.Context(), l.System, values, exact.Rules{K: k}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if told, err := attack.Intervals(t.Context(), l.System, published, k, nil); err != nil || len(told.Cells) > 0 || told.Of == 0 {
		t.Errorf("withheld: %d of %d told, %v", len(told.Cells), told.Of, err)
	}
	round := func(v []int64, seed uint64) []exact.Range {
		out, err := exact.Round(t.Context(), l.System, v, k, rand.New(rand.NewPCG(seed, 9)))
		if err != nil {
			t.Fatal(err)
		}
		return exact.Rounded(out, k)
	}
	if told, err := attack.Intervals(t.Context(), l.System, round(values, 1), k, nil); err != nil || len(told.Cells) > 0 {
		t.Errorf("rounded: %d of %d told, %v", len(told.Cells), told.Of, err)
	}
	// Rounded twice, the release one person later is drawn again until the difference tells nothing; what a draw tells is little.
	drawn := 0
	for seed := range uint64(6) {
		told, err := attack.Between(t.Context(), l.System, round(values, seed), round(after, seed), k, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(told.Cells) == 0 {
			drawn++
		}
		less, err := attack.Between(t.Context(), l.System, round(values, seed), round(after, seed), k-1, nil)
		if err != nil || len(less.Cells) > 0 {
			t.Errorf("rounded twice, draw %d: %d cells are told to less than %d, %v", seed, len(less.Cells), k-1, err)
		}
	}
	if drawn == 0 {
		t.Errorf("no draw tells nothing by its difference")
	}
}

// TestWithholdingAgain one person later, with the first release as it is known, tells nothing or is refused.
func TestWithholdingAgain(t *testing.T) {
	const k = 10
	r, more := people(t, 200, 1), people(t, 200, 1)
	if err := more.Add(1, 1, 1, 1, 1); err != nil {
		t.Fatal(err)
	}
	l := linked(t, []int{0, 1})
	values, after := counts(t, l, r), counts(t, l, more)
	published, err := exact.Protect(t.Context(), l.System, values, exact.Rules{K: k}, nil)
	if err != nil {
		t.Fatal(err)
	}
	whole, before := attack.Twice(l.System, published, slices.Repeat([]exact.Range{exact.Withheld()}, l.Cells))
	all := append(append(append([]int64(nil), values...), minus(after, values)...), after...)
	again, err := exact.Protect(t.Context(), whole, all, exact.Rules{K: k, Before: before}, nil)
	if fault.Is(err, fault.Guarded) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if told, err := attack.Between(t.Context(), l.System, published, again[2*l.Cells:], k, nil); err != nil || len(told.Cells) > 0 {
		t.Errorf("withheld twice: %d told, %v", len(told.Cells), err)
	}
	alone, err := exact.Protect(t.Context(), l.System, after, exact.Rules{K: k}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if told, err := attack.Between(t.Context(), l.System, published, alone, k, nil); err != nil || len(told.Cells) == 0 {
		t.Errorf("each withheld by itself tell nothing together: the attack finds nothing, %v", err)
	}
}

func minus(a, b []int64) []int64 {
	out := make([]int64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

// TestMadeRecordsTellOfNobody: a person who is the only one of their kind in the data is looked up in made records no more
// often rightly than one who is not in it.
func TestMadeRecordsTellOfNobody(t *testing.T) {
	known, wanted := table.SetOf(0, 1, 3, 4), 2
	var in, out, copies attack.Linked
	for seed := range uint64(12) {
		r, others := people(t, 300, seed), people(t, 300, seed+100)
		p := planned(t, r.Domain, 3, 0.05)
		rel, err := p.Measure(t.Context(), r, stream(seed))
		if err != nil {
			t.Fatal(err)
		}
		made, err := microdata.Make(t.Context(), rel, microdata.Options{Seed: seed, Mask: 2}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for x, of := range map[*attack.Linked][2]*table.Records{&in: {made, r}, &out: {made, others}, &copies: {r, r}} {
			got, err := attack.Linkage(of[0], of[1], known, wanted)
			if err != nil {
				t.Fatal(err)
			}
			x.Right, x.Of = x.Right+got.Right, x.Of+got.Of
		}
		if n, err := attack.Unique(r, known); err != nil || n == 0 {
			t.Errorf("nobody is alone: %d, %v", n, err)
		}
	}
	t.Logf("looked up in made records: %v of those who are in the data, %v of others; in the data themselves %v", in, out, copies)
	if d := in.Share() - out.Share(); d > 4*math.Sqrt(0.25/float64(in.Of)+0.25/float64(out.Of)) {
		t.Errorf("being in the data is told by %.3f", d)
	}
	if copies.Share() < 0.99 {
		t.Errorf("the attack finds %v of people in plain records", copies)
	}
}

// released is a release on the route pooled as files.
func released(t testing.TB, p *pooled.Plan, r *table.Records, seed uint64) bundle.Whole {
	t.Helper()
	rel, err := p.Measure(t.Context(), r, stream(seed))
	if err != nil {
		t.Fatal(err)
	}
	promise, err := p.Cost().At(1e-6)
	if err != nil {
		t.Fatal(err)
	}
	w := bundle.Whole{Release: bundle.Release{Route: bundle.Pooled, Columns: columns(r.Domain), Promise: &bundle.Promise{Rho: p.Charge().String(), Epsilon: promise.Epsilon, Delta: promise.Delta}}}
	if w.Tables, err = bundle.Estimates(rel); err != nil {
		t.Fatal(err)
	}
	return w
}

func columns(d table.Domain) (out []bundle.Column) {
	for _, c := range d.Columns {
		out = append(out, bundle.Column{Code: c.Name, Values: c.Values})
	}
	return out
}

// TestCertificates: a release of noise passes every check; one that promises more than its intervals cost, or whose numbers
// were changed, does not.
func TestCertificates(t *testing.T) {
	r := people(t, 300, 1)
	for _, ways := range []int{1, 2, 3} {
		p := planned(t, r.Domain, ways, 0.1)
		w := released(t, p, r, 1)
		checks, err := attack.Certificate(t.Context(), &w, attack.Trial{Plan: p, Random: fresh(7), Coin: 1}, nil)
		if err != nil || len(checks) != 4 {
			t.Fatal(checks, err)
		}
		for _, c := range checks {
			if c.Found != 0 || c.Of == 0 {
				t.Errorf("%d ways: %+v", ways, c)
			}
		}
		spent, ok := attack.Spent(&w)
		if want := float64(p.Cost()); !ok || math.Abs(spent-want) > 0.02*want {
			t.Errorf("%d ways: the intervals cost %v, the plan %v", ways, spent, want)
		}
	}
	p := planned(t, r.Domain, 2, 0.1)
	w := released(t, p, r, 1)
	w.Release.Promise.Rho = "0.05"
	mustFind(t, &w, attack.Trial{}, attack.Consistency, 1)
	mustFind(t, &w, attack.Trial{Plan: p, Random: stream(7), Coin: 1}, attack.Difference, 30) // the same noise again and again
	w = released(t, p, r, 1)
	*w.Tables.Tables[1].Cells[0].Value += 1
	mustFind(t, &w, attack.Trial{}, attack.Consistency, 1)
}

func mustFind(t *testing.T, w *bundle.Whole, with attack.Trial, code string, least int64) {
	t.Helper()
	checks, err := attack.Certificate(t.Context(), w, with, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Code == code && c.Found < least {
			t.Errorf("%+v, want at least %d", c, least)
		}
	}
}

// TestCertificatesOfCounts: as we protect them, and by thresholds alone.
func TestCertificatesOfCounts(t *testing.T) {
	const k = 10
	r, more := people(t, 300, 2), people(t, 300, 2)
	for _, codes := range [][]uint16{{0, 0, 0, 0, 0}, {1, 1, 1, 1, 1}, {2, 3, 4, 5, 3}} {
		if err := more.Add(codes...); err != nil {
			t.Fatal(err)
		}
	}
	l := linked(t, []int{0, 1}, []int{0, 2})
	whole := func(r *table.Records, method string, publish func([]int64) bundle.Tables) *bundle.Whole {
		return &bundle.Whole{Release: bundle.Release{Route: bundle.Exact, Columns: columns(r.Domain), Guard: &bundle.Guard{K: k, Method: method, Base: k}}, Tables: publish(counts(t, l, r))}
	}
	seed := uint64(0)
	rounded := func(v []int64) bundle.Tables {
		seed++
		out, err := exact.Round(t.Context(), l.System, v, k, rand.New(rand.NewPCG(seed, 4)))
		if err != nil {
			t.Fatal(err)
		}
		return bundle.RoundedTo(r.Domain, l, out, k)
	}
	threshold := func(v []int64) bundle.Tables {
		known := exact.Threshold(v, k)
		found := make([]exact.Finding, len(known))
		for c := range found {
			found[c].Range = known[c]
		}
		return bundle.Suppressed(r.Domain, l, known, found, k)
	}
	first := whole(r, "rounded", rounded)
	seed-- // the same draws again
	second := whole(more, "rounded", rounded)
	checks, err := attack.Certificate(t.Context(), second, attack.Trial{Earlier: []*bundle.Whole{first}}, nil)
	if err != nil || len(checks) != 3 {
		t.Fatal(checks, err)
	}
	for _, c := range checks {
		if c.Found != 0 || c.Of == 0 {
			t.Errorf("rounded: %+v", c)
		}
	}
	first, second = whole(r, "suppressed", threshold), whole(more, "suppressed", threshold)
	mustFind(t, second, attack.Trial{Earlier: []*bundle.Whole{first}}, attack.Interval, 3)
	mustFind(t, second, attack.Trial{Earlier: []*bundle.Whole{first}}, attack.Difference, 10)
	*second.Tables.Tables[0].Cells[0].Value += 50
	mustFind(t, second, attack.Trial{}, attack.Consistency, 1)
}

// TestWithheldBesideSmallIsCaught: a release that withholds numbers beside others that read "fewer than k", and shows both
// totals, tells all four; the certificate says so.
func TestWithheldBesideSmallIsCaught(t *testing.T) {
	shown := func(v float64) bundle.Cell { return bundle.Cell{Value: &v} }
	below, hidden := bundle.Cell{Flag: bundle.Below}, bundle.Cell{Flag: bundle.Hidden}
	column := func(code string) bundle.Column { return bundle.Column{Code: code, Values: []string{"a", "b"}} }
	certify := func(small bundle.Cell) bundle.Check {
		w := bundle.Whole{Release: bundle.Release{Route: bundle.Exact, Columns: []bundle.Column{column("r"), column("c")}, Guard: &bundle.Guard{K: 3, Method: "suppressed"}},
			Tables: bundle.Tables{Tables: []bundle.Table{{Cells: []bundle.Cell{shown(9)}}, {Columns: []string{"r"}, Cells: []bundle.Cell{shown(3), shown(6)}},
				{Columns: []string{"c"}, Cells: []bundle.Cell{shown(5), shown(4)}}, {Columns: []string{"r", "c"}, Cells: []bundle.Cell{small, small, hidden, hidden}}}}}
		checks, err := attack.Certificate(t.Context(), &w, attack.Trial{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return checks[slices.IndexFunc(checks, func(c bundle.Check) bool { return c.Code == attack.Interval })]
	}
	if c := certify(below); c.Found != 4 || c.Of != 4 {
		t.Errorf("beside small ones: %+v", c)
	}
	if c := certify(hidden); c.Found != 0 || c.Of != 4 {
		t.Errorf("all alike: %+v", c)
	}
}
