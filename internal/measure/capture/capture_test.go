// SPDX-License-Identifier: EUPL-1.2

package capture_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/capture"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// published reads a table of overlapping lists; the test is skipped where it is not.
func published(t testing.TB, name string) capture.Lists {
	t.Helper()
	f, err := os.Open("../../../../shared/data/statistics/mse/" + name)
	if err != nil {
		t.Skip("the published lists are not here")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := len(rows[0]) - 1
	l, err := capture.New(rows[0][:last]...)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		on := make([]bool, last)
		for i := range on {
			on[i] = row[i] == "1"
		}
		n, err := strconv.ParseInt(row[last], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Add(on, n); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// TestPublishedLists reproduces what was computed elsewhere of the lists of the United Kingdom (2013) and the Netherlands.
func TestPublishedLists(t *testing.T) {
	for _, c := range []struct {
		file            string
		people          int64
		total, deviance float64
		bound           float64
	}{{"UKdat.csv", 2744, 12214.0, 179.35, 15628.0}, {"Ned.csv", 8234, 52823.5, 448.88, 81749.9}} {
		l := published(t, c.file)
		fit, err := l.Fit()
		if err != nil {
			t.Fatal(err)
		}
		if l.People() != c.people || math.Abs(fit.Total-c.total) > 0.05 || math.Abs(fit.Deviance-c.deviance) > 0.005 {
			t.Errorf("%s: %d people, total %.2f, deviance %.3f", c.file, l.People(), fit.Total, fit.Deviance)
		}
		if b, ok := l.LowerBound(); !ok || math.Abs(b-c.bound) > 0.06 {
			t.Errorf("%s: lower bound %.2f, %v", c.file, b, ok)
		}
		chosen, err := l.Choose()
		if err != nil || chosen.BIC >= fit.BIC || len(chosen.Pairs) == 0 {
			t.Errorf("%s: chosen %+v, %v", c.file, chosen, err)
		}
		t.Logf("%s: %v: %.0f", c.file, chosen.Pairs, chosen.Total)
	}
}

// drawn puts people on lists: each by itself, but for a pair that goes together.
func drawn(t *testing.T, people int, chances []float64, pair capture.Pair, together float64, seed uint64) capture.Lists {
	t.Helper()
	l, err := capture.New("a", "b", "c", "d", "e")
	if err != nil {
		t.Fatal(err)
	}
	g := rand.New(rand.NewPCG(seed, 9))
	for range people {
		on := make([]bool, 5)
		for i, p := range chances {
			if i == pair[1] && on[pair[0]] {
				p = together
			}
			on[i] = g.Float64() < p
		}
		if slices.Contains(on, true) {
			if err := l.Add(on, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l
}

// TestAKnownNumberOfPeopleIsFound: of 5000 people on lists that know some of them, one pair of which overlaps too much, the
// model with that pair is chosen and the interval holds 5000; without the pair the estimate would be far too low.
func TestAKnownNumberOfPeopleIsFound(t *testing.T) {
	held := 0
	const trials = 12
	for seed := range uint64(trials) {
		l := drawn(t, 5000, []float64{0.2, 0.12, 0.2, 0.15, 0.18}, capture.Pair{0, 1}, 0.6, seed)
		fit, err := l.Choose()
		if err != nil || !slices.Contains(fit.Pairs, capture.Pair{0, 1}) {
			t.Fatalf("seed %d: %+v, %v", seed, fit, err)
		}
		if math.Abs(fit.Total-5000) > 500 {
			t.Errorf("seed %d: %.0f people", seed, fit.Total)
		}
		plain, err := l.Fit()
		if err != nil || plain.Total > fit.Total {
			t.Errorf("seed %d: without dependence %.0f, %v", seed, plain.Total, err)
		}
		i, err := l.Bootstrap(t.Context(), 100, 1, nil)
		if err != nil || i.Low > fit.Total || i.High < fit.Total {
			t.Errorf("seed %d: %+v, %v", seed, i, err)
		}
		if i.Low <= 5000 && 5000 <= i.High {
			held++
		}
	}
	if held < trials-3 {
		t.Errorf("%d of %d intervals hold the truth", held, trials)
	}
}

// TestSparseLists: a pair of lists with nobody on both is fitted by leaving its cells out, and lists that never overlap give
// no estimate rather than an invented one.
func TestSparseLists(t *testing.T) {
	l, err := capture.New("a", "b", "c")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		on [3]bool
		n  int64
	}{{[3]bool{true, false, false}, 40}, {[3]bool{false, true, false}, 60}, {[3]bool{false, false, true}, 80}, {[3]bool{true, false, true}, 10}, {[3]bool{false, true, true}, 12}} {
		if err := l.Add(x.on[:], x.n); err != nil {
			t.Fatal(err)
		}
	}
	fit, err := l.Fit(capture.Pair{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	// Two lists, "a or b" and "c", remain: 22 on both, 100 and 80 on one, so 100 x 80 / 22 on none.
	if want := 100.0 * 80 / 22; math.Abs(fit.Unseen-want) > 1 {
		t.Errorf("unseen %.2f, want %.2f", fit.Unseen, want)
	}
	apart, err := capture.New("a", "b")
	if err != nil {
		t.Fatal(err)
	}
	_ = apart.Add([]bool{true, false}, 50)
	_ = apart.Add([]bool{false, true}, 70)
	if _, err := apart.Fit(); !errors.Is(err, capture.ErrNone) {
		t.Errorf("lists that never meet: %v", err)
	}
	if _, ok := apart.LowerBound(); ok {
		t.Error("a bound without overlap")
	}
	nobody, _ := capture.New("a", "b")
	if _, err := nobody.Choose(); !errors.Is(err, capture.ErrNone) {
		t.Errorf("nobody: %v", err)
	}
}

func TestBootstrapIsTheSameAgain(t *testing.T) {
	l := drawn(t, 1000, []float64{0.3, 0.3, 0.3, 0.3, 0.3}, capture.Pair{0, 1}, 0.3, 5)
	a, err := l.Bootstrap(t.Context(), 40, 7, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Bootstrap(t.Context(), 40, 7, nil)
	if err != nil || a != b {
		t.Errorf("%+v, then %+v, %v", a, b, err)
	}
	if _, err := l.Bootstrap(t.Context(), 0, 7, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("no run: %v", err)
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	for _, names := range [][]string{{"a"}, {"a", "a"}, {"a", ""}, make([]string, 11)} {
		if _, err := capture.New(names...); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", names, err)
		}
	}
	l, _ := capture.New("a", "b")
	for _, c := range []struct {
		on []bool
		n  int64
	}{{[]bool{false, false}, 1}, {[]bool{true}, 1}, {[]bool{true, true}, -1}, {[]bool{true, true}, math.MaxInt64}} {
		if err := l.Add(c.on, c.n); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestOverlapsAreRead, and what is none is refused with its line.
func TestOverlapsAreRead(t *testing.T) {
	l, err := capture.Read(strings.NewReader("\ufeffa, b,count\n1,0,5\n0,1,7\n1,1,2\n1,0,1\n"))
	if err != nil || l.People() != 15 || l.Seen[1] != 6 || l.Seen[3] != 2 || !slices.Equal(l.Names, []string{"a", "b"}) {
		t.Errorf("%+v, %v", l, err)
	}
	for name, text := range map[string]string{"nothing": "", "no count": "a,b\n1,0\n", "one list": "a,count\n", "a word": "a,b,count\n1,x,4\n", "negative": "a,b,count\n1,0,-4\n", "half": "a,b,count\n1,0,1.5\n", "short": "a,b,count\n1,0\n", "on none": "a,b,count\n0,0,4\n", "quote": "a,b,count\n\"1,0,4\n"} {
		if _, err := capture.Read(strings.NewReader(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("a,b,count\n1,0,5\n1,1,2\n0,1,9\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := capture.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		if l.People() < 0 || len(l.Seen) != 1<<len(l.Names) || l.Seen[0] != 0 {
			t.Fatalf("%+v", l)
		}
		if fit, err := l.Fit(); err == nil && !(fit.Total >= float64(l.People())) {
			t.Fatalf("%v of %d people", fit.Total, l.People())
		}
	})
}
