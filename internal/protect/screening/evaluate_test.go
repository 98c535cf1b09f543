// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/protect/screening"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// one makes a set of one dimension with an indicator for each letter, as S-1, M-2, ...; "-" is one without a weight.
func one(rule, letters string) indicators.Set {
	d := indicators.Dimension{Code: "EX"}
	for i, w := range strings.Split(letters, "") {
		x := indicators.Indicator{ID: fmt.Sprintf("%s-%d", w, i+1), ILO: []int{11 - i%11}}
		if w != "-" {
			x.Weight = indicators.Weight(w)
		}
		d.Indicators = append(d.Indicators, x)
	}
	return indicators.Set{Code: "test", Version: "1", Rule: rule, Dimensions: []indicators.Dimension{d}}
}

func all(s indicators.Set, a screening.Answer) map[string]screening.Answer {
	out := map[string]screening.Answer{}
	for _, d := range s.Dimensions {
		for _, i := range d.Indicators {
			out[i.ID] = a
		}
	}
	return out
}

func evaluate(t *testing.T, s indicators.Set, a map[string]screening.Answer) screening.Result {
	t.Helper()
	r, err := screening.Evaluate(s, a)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestClausesOfTheDelphiRule(t *testing.T) {
	for observed, want := range map[string]string{
		"S":     "",
		"SS":    screening.TwoStrong,
		"SSMW":  screening.TwoStrong,
		"SM":    screening.StrongOther,
		"SW":    screening.StrongOther,
		"SMMM":  screening.StrongOther,
		"S-":    "", // what has no weight is no other indicator of the rule
		"M":     "",
		"MM":    "",
		"MMM":   screening.ThreeMedium,
		"MMMWW": screening.ThreeMedium,
		"MMW":   screening.TwoMediumWeak,
		"MMWW":  screening.TwoMediumWeak,
		"MW":    "",
		"MWW":   "",
		"MWWWW": "",
		"MM-":   "",
		"WWWWW": "",
		"-":     "",
		"-----": "",
	} {
		s := one(indicators.Delphi, observed)
		r := evaluate(t, s, all(s, screening.Observed))
		d := r.Dimensions[0]
		if d.By != want || d.Met != (want != "") {
			t.Errorf("%s is met by %q (%v), want %q", observed, d.By, d.Met, want)
		}
		if d.Strong != strings.Count(observed, "S") || d.Medium != strings.Count(observed, "M") || d.Weak != strings.Count(observed, "W") || d.Other != strings.Count(observed, "-") {
			t.Errorf("%s is counted as %+v", observed, d)
		}
		outcome := screening.NotExcluded
		if want != "" {
			outcome = screening.RuleMet
		}
		if r.Outcome != outcome || len(r.Observed) != len(observed) || r.Unknown != 0 {
			t.Errorf("%s comes to %+v", observed, r)
		}
	}
}

// TestBlankIsUnknown: neither an answer that is not given nor one left blank is a no.
func TestBlankIsUnknown(t *testing.T) {
	s := one(indicators.Delphi, "SMW")
	for _, c := range []struct {
		answers map[string]screening.Answer
		unknown int
	}{
		{nil, 3},
		{map[string]screening.Answer{"S-1": screening.Unknown, "M-2": screening.Observed}, 2},
		{map[string]screening.Answer{"S-1": screening.NotObserved, "M-2": screening.Observed}, 1},
		{all(s, screening.NotObserved), 0},
	} {
		r := evaluate(t, s, c.answers)
		if r.Unknown != c.unknown || r.Outcome != screening.NotExcluded {
			t.Errorf("%v comes to %+v", c.answers, r)
		}
	}
}

// TestNoVerdict: nothing that comes out says that there is no victim, and a list without a rule computes nothing.
func TestNoVerdict(t *testing.T) {
	if got := screening.Outcomes(); !slices.Equal(got, []string{"rule_met", "not_excluded", "no_rule"}) {
		t.Errorf("outcomes %v", got)
	}
	s := one(indicators.NoRule, "-----")
	for _, a := range screening.Answers() {
		r := evaluate(t, s, all(s, a))
		if r.Outcome != screening.NoRule || r.Dimensions[0].Met || r.Dimensions[0].By != "" {
			t.Errorf("without a rule %q comes to %+v", a, r)
		}
	}
}

func TestWhatTheSetDoesNotHaveIsRefused(t *testing.T) {
	s := one(indicators.Delphi, "SM")
	for field, answers := range map[string]map[string]screening.Answer{
		"answers":     {"Ana Hoxha": screening.Observed},
		"answers.S-1": {"S-1": "maybe", "M-2": screening.Observed},
	} {
		_, err := screening.Evaluate(s, answers)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%v: %v", answers, err)
		}
		if err != nil && strings.Contains(err.Error(), "Ana") {
			t.Errorf("the error repeats what was sent: %v", err)
		}
	}
	if _, err := screening.Evaluate(s, map[string]screening.Answer{"X-1": screening.Unknown}); err == nil {
		t.Error("an id that the set does not have passes when it is blank")
	}
}

func TestILOIndicatorsOfWhatWasObserved(t *testing.T) {
	s := one(indicators.NoRule, "-----")
	s.Dimensions[0].Indicators[0].ILO = []int{9, 2}
	s.Dimensions[0].Indicators[1].ILO = []int{2, 5}
	s.Dimensions[0].Indicators[2].ILO = []int{7}
	r := evaluate(t, s, map[string]screening.Answer{"--1": screening.Observed, "--2": screening.Observed, "--3": screening.NotObserved})
	if !slices.Equal(r.ILO, []int{2, 5, 9}) {
		t.Errorf("ILO indicators %v", r.ILO)
	}
}

// drawn draws a set of a few dimensions and answers to some of its indicators.
func drawn(t *rapid.T) (indicators.Set, map[string]screening.Answer) {
	s := indicators.Set{Code: "test", Version: "1", Rule: indicators.Delphi}
	answers := map[string]screening.Answer{}
	for d := range rapid.IntRange(1, 4).Draw(t, "dimensions") {
		dim := indicators.Dimension{Code: fmt.Sprintf("D%d", d)}
		for i, w := range rapid.SliceOfN(rapid.SampledFrom([]indicators.Weight{indicators.Strong, indicators.Medium, indicators.Weak, ""}), 1, 8).Draw(t, "weights") {
			x := indicators.Indicator{ID: fmt.Sprintf("%s-%d", dim.Code, i), Weight: w, ILO: rapid.SliceOfN(rapid.IntRange(1, 11), 0, 2).Draw(t, "ilo")}
			dim.Indicators = append(dim.Indicators, x)
			if rapid.Bool().Draw(t, "answered") {
				answers[x.ID] = rapid.SampledFrom(screening.Answers()).Draw(t, "answer")
			}
		}
		s.Dimensions = append(s.Dimensions, dim)
	}
	return s, answers
}

func TestObservingMoreNeverUnmeets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, answers := drawn(t)
		before, err := screening.Evaluate(s, answers)
		if err != nil {
			t.Fatal(err)
		}
		d := rapid.SampledFrom(s.Dimensions).Draw(t, "dimension")
		answers[rapid.SampledFrom(d.Indicators).Draw(t, "indicator").ID] = screening.Observed
		after, err := screening.Evaluate(s, answers)
		if err != nil {
			t.Fatal(err)
		}
		for i := range before.Dimensions {
			if before.Dimensions[i].Met && !after.Dimensions[i].Met {
				t.Fatalf("%+v became %+v", before.Dimensions[i], after.Dimensions[i])
			}
		}
		if before.Outcome == screening.RuleMet && after.Outcome != screening.RuleMet {
			t.Fatal("the rule is no longer met")
		}
		if after.Unknown > before.Unknown || len(after.Observed) < len(before.Observed) {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

// TestOrderDoesNotMatter turns a set's dimensions and indicators round: counts and clauses stay.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, answers := drawn(t)
		turned := s
		turned.Dimensions = rapid.Permutation(s.Dimensions).Draw(t, "dimensions")
		for i := range turned.Dimensions {
			turned.Dimensions[i].Indicators = rapid.Permutation(turned.Dimensions[i].Indicators).Draw(t, "indicators")
		}
		a, err1 := screening.Evaluate(s, answers)
		b, err2 := screening.Evaluate(turned, answers)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		slices.Sort(a.Observed)
		slices.Sort(b.Observed)
		byCode := func(x, y screening.DimensionResult) int { return strings.Compare(x.Code, y.Code) }
		slices.SortFunc(a.Dimensions, byCode)
		slices.SortFunc(b.Dimensions, byCode)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v\nturned %+v", a, b)
		}
	})
}
