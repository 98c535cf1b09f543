// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// followed makes screenings from a table of two by two.
func followed(metConfirmed, metNot, notMetConfirmed, notMetNot int) (out []screening.Followed) {
	for f, n := range map[screening.Followed]int{
		{Outcome: screening.RuleMet, Later: screening.Confirmed}:        metConfirmed,
		{Outcome: screening.RuleMet, Later: screening.NotConfirmed}:     metNot,
		{Outcome: screening.NotExcluded, Later: screening.Confirmed}:    notMetConfirmed,
		{Outcome: screening.NotExcluded, Later: screening.NotConfirmed}: notMetNot,
	} {
		for range n {
			out = append(out, f)
		}
	}
	return out
}

func predict(t *testing.T, s []screening.Followed) screening.Predictive {
	t.Helper()
	p, err := screening.Predict(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheFourRates(t *testing.T) {
	p := predict(t, followed(40, 10, 5, 45))
	for name, c := range map[string]struct {
		got      screening.Rate
		count, n int
	}{
		"sensitivity": {p.Sensitivity, 40, 45}, "specificity": {p.Specificity, 45, 55},
		"positive": {p.Positive, 40, 50}, "negative": {p.Negative, 45, 50},
	} {
		if c.got.Count != c.count || c.got.N != c.n || c.got.Unknown || math.Abs(c.got.Value-float64(c.count)/float64(c.n)) > 1e-12 {
			t.Errorf("%s is %+v, want %d of %d", name, c.got, c.count, c.n)
		}
	}
}

// TestWilsonIntervals compares with the intervals that R. G. Newcombe publishes for Wilson's method without
// continuity correction ("Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998,
// table I), and with one at a half that is quickly reckoned by hand: (5 +- 1.96 sqrt(2.5+0.96)) ... of 10.
func TestWilsonIntervals(t *testing.T) {
	for _, c := range []struct {
		count, n  int
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{5, 10, 0.2366, 0.7634},
		{20, 20, 0.8389, 1},
	} {
		r := predict(t, followed(c.count, c.n-c.count, 0, 0)).Positive
		if math.Abs(r.Low-c.low) > 5e-5 || math.Abs(r.High-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, published %.4f to %.4f", c.count, c.n, r.Low, r.High, c.low, c.high)
		}
	}
	if r := predict(t, followed(0, 20, 0, 0)).Positive; r.Low != 0 {
		t.Errorf("none of 20 begins at %g", r.Low)
	}
	if r := predict(t, followed(20, 0, 0, 0)).Positive; r.High != 1 {
		t.Errorf("all of 20 ends at %g", r.High)
	}
}

// TestWithoutOutcomeIsNeverNegative: what nobody followed up changes no rate and is said.
func TestWithoutOutcomeIsNeverNegative(t *testing.T) {
	known := followed(3, 1, 2, 4)
	more := append(followed(3, 1, 2, 4),
		screening.Followed{Outcome: screening.NotExcluded}, screening.Followed{Outcome: screening.RuleMet},
		screening.Followed{Outcome: screening.NotExcluded, Later: screening.LaterUnknown},
		screening.Followed{Outcome: screening.NoRule, Later: screening.Confirmed}, screening.Followed{Outcome: screening.NoRule}, screening.Followed{Outcome: screening.NoRule})
	a, b := predict(t, known), predict(t, more)
	if a.Sensitivity != b.Sensitivity || a.Specificity != b.Specificity || a.Positive != b.Positive || a.Negative != b.Negative {
		t.Errorf("%+v\nbecame %+v", a, b)
	}
	if b.WithoutOutcome != 2 || b.OutcomeUnknown != 1 || b.WithoutRule != 3 {
		t.Errorf("counted beside: %+v", b)
	}
}

func TestNothingIsUnknownAndNotZero(t *testing.T) {
	p := predict(t, nil)
	for _, r := range []screening.Rate{p.Sensitivity, p.Specificity, p.Positive, p.Negative} {
		if !r.Unknown || r.N != 0 {
			t.Errorf("of nothing: %+v", r)
		}
	}
	p = predict(t, followed(0, 4, 0, 0))
	if !p.Sensitivity.Unknown || !p.Negative.Unknown || p.Specificity.Unknown || p.Positive.Unknown || p.Positive.High == 0 {
		t.Errorf("of four who met the rule and were not confirmed: %+v", p)
	}
}

func TestCodesThatThereAreNotAreRefused(t *testing.T) {
	for _, f := range []screening.Followed{{Outcome: "positive", Later: screening.Confirmed}, {}, {Outcome: screening.RuleMet, Later: "yes"}} {
		if _, err := screening.Predict([]screening.Followed{f}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// TestIntervalsHoldTheirShare: every interval lies within 0 and 1, holds its share, and every screening is counted once.
func TestIntervalsHoldTheirShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 60)
		s := followed(count.Draw(t, "a"), count.Draw(t, "b"), count.Draw(t, "c"), count.Draw(t, "d"))
		for range count.Draw(t, "unfollowed") {
			s = append(s, screening.Followed{Outcome: rapid.SampledFrom(screening.Outcomes()).Draw(t, "outcome"), Later: rapid.SampledFrom(append(screening.Laters(), screening.NotRecorded)).Draw(t, "later")})
		}
		p, err := screening.Predict(s)
		if err != nil {
			t.Fatal(err)
		}
		if n := p.MetConfirmed + p.MetNotConfirmed + p.NotMetConfirmed + p.NotMetNotConfirmed + p.WithoutOutcome + p.OutcomeUnknown + p.WithoutRule; n != len(s) {
			t.Fatalf("%d of %d are counted", n, len(s))
		}
		for _, r := range []screening.Rate{p.Sensitivity, p.Specificity, p.Positive, p.Negative} {
			if !r.Unknown && (r.Low < 0 || r.High > 1 || r.Low > r.Value || r.Value > r.High || r.High-r.Low <= 0) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
