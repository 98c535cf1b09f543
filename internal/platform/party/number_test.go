// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// words prints keys and arguments, so that a test sees which words were chosen.
type words struct{}

func (words) T(key string, args ...any) string {
	key = strings.TrimPrefix(key, "party.")
	for i := 0; i+1 < len(args); i += 2 {
		key += fmt.Sprintf(" %v", args[i+1])
	}
	return key
}
func (words) Date(t time.Time) string { return t.Format("2 January 2006") }
func (words) Number(v any) string     { return fmt.Sprint(v) }

func numbers() *rapid.Generator[Uncertain] {
	return rapid.Custom(func(t *rapid.T) Uncertain {
		n := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(maxNumber-1000, maxNumber)).Draw(t, "n")
		return rapid.SampledFrom([]Uncertain{
			{}, Exactly(n), Exactly(0), Least(n), Over(n), Around(n), Inferred(n, "because"), Inferred(n, "year not printed"),
			Disputed(n, n/2), Disputed(n/2, n/3).Plus(Around(1)), Over(n).Plus(Inferred(2, "x")),
			Claimed(Claim{n, "report"}, Claim{n / 2, "letter"}),
		}).Draw(t, "u")
	})
}

func TestPlusLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := numbers().Draw(t, "a"), numbers().Draw(t, "b"), numbers().Draw(t, "c")
		if x, y := a.Plus(b), b.Plus(a); !x.Equal(y) {
			t.Fatalf("a+b = %+v, b+a = %+v", x, y)
		}
		if x, y := a.Plus(b).Plus(c), a.Plus(b.Plus(c)); !x.Equal(y) {
			t.Fatalf("(a+b)+c = %+v, a+(b+c) = %+v", x, y)
		}
		if x := a.Plus(Exactly(0)); !x.Equal(a) {
			t.Fatalf("a+0 = %+v, a = %+v", x, a)
		}
		if x := a.Plus(Uncertain{}); x.Known() {
			t.Fatalf("a+unknown = %+v", x)
		}
		s := a.Plus(b)
		if s.Known() && (s.low < a.low || s.low < b.low || s.high < s.low || s.high > maxNumber) {
			t.Fatalf("%+v + %+v = %+v", a, b, s)
		}
		if n, exact := s.Exact(); exact { // only exact numbers make an exact sum
			x, ok := a.Exact()
			y, ok2 := b.Exact()
			if !ok || !ok2 || n != x+y {
				t.Fatalf("%+v + %+v is exactly %d", a, b, n)
			}
		}
	})
}

func TestNumberJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := numbers().Draw(t, "u")
		raw, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		back := Exactly(77)
		if err := json.Unmarshal(raw, &back); err != nil || !back.Equal(u) {
			t.Fatalf("%s came back as %+v, %v", raw, back, err)
		}
	})
	for _, bad := range []string{
		`{"value":-1}`, `{"value":9007199254740992}`, `{"value":1.5}`, `{"value":"3"}`, `3`, `"unknown"`, `{"bound":"at_least"}`, `{"about":true}`,
		`{"value":3,"to":3}`, `{"value":3,"to":2}`, `{"value":3,"bound":"under"}`, `{"value":3,"inferred":[""]}`, `{"value":3,"surprise":1}`, `{"to":3}`,
	} {
		u := Exactly(5)
		if err := json.Unmarshal([]byte(bad), &u); err == nil {
			t.Errorf("%s was read as %+v", bad, u)
		}
	}
}

func TestNumberPrint(t *testing.T) {
	for _, c := range []struct {
		u    Uncertain
		want string
	}{
		{Uncertain{}, "number.unknown"},
		{Exactly(-3), "number.unknown"},
		{Exactly(0), "0"},
		{Least(12), "number.at_least 12"},
		{Over(100).Plus(Exactly(5)), "number.more_than 105"},
		{Over(100).Plus(Least(5)), "number.more_than 105"},
		{Over(100).Plus(Around(50)), "number.more_than_about 150"},
		{Around(50), "number.about 50"},
		{Inferred(7, "why"), "number.inferred 7"},
		{Disputed(120, 100, 110), "number.disputed number.between 100 120"},
		{Disputed(4, 4), "4"},
		{Disputed(), "number.unknown"},
		{Exactly(maxNumber).Plus(Exactly(1)), "number.at_least 9007199254740991"},
	} {
		if got := c.u.Print(words{}); got != c.want {
			t.Errorf("%+v prints %q, want %q", c.u, got, c.want)
		}
	}
}

func TestSum(t *testing.T) {
	for _, c := range []struct {
		in      []Uncertain
		known   Uncertain
		unknown int
	}{
		{nil, Exactly(0), 0},
		{[]Uncertain{{}, {}}, Uncertain{}, 2},
		{[]Uncertain{Exactly(3), {}, Over(100)}, Over(103), 1},
	} {
		if known, unknown := Sum(c.in...); !known.Equal(c.known) || unknown != c.unknown {
			t.Errorf("Sum(%+v) = %+v, %d", c.in, known, unknown)
		}
	}
}
