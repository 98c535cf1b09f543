// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// Bound says how far up a number is open.
type Bound string

// The closed list of bounds, weakest first.
const (
	Closed   Bound = ""          // the number itself
	AtLeast  Bound = "at_least"  // that, or more
	MoreThan Bound = "more_than" // more than that: so the source says
)

func (b Bound) rank() int { return slices.Index([]Bound{Closed, AtLeast, MoreThan}, b) }

// maxNumber is the largest number that JSON carries exactly everywhere.
const maxNumber = 1<<53 - 1

// Uncertain is a count or an amount (in cents, or whatever whole unit the field names) as far as it is known. The
// zero value is unknown. Make one with Exactly, Least, Over, Around, Inferred or Disputed.
//
// The qualities go together: "about 50" and "more than 100" add up to "more than about 150".
type Uncertain struct {
	known bool
	low   int64
	high  int64 // above low when sources contradict each other
	bound Bound
	about bool
	why   []string // what it was inferred from, sorted; empty when a source states it
	said  []Claim  // who says what, where sources contradict each other, sorted; empty when nobody noted it
}

// Claim is what one source says of a number on which another says something else.
type Claim struct {
	Value  int64  `json:"value"`
	Source string `json:"source"`
}

func compareClaims(a, b Claim) int {
	return cmp.Or(cmp.Compare(a.Value, b.Value), strings.Compare(a.Source, b.Source))
}

// Exactly is a number that a source states. Numbers below 0 and above 2^53-1 are taken as unknown.
func Exactly(n int64) Uncertain {
	if n < 0 || n > maxNumber {
		return Uncertain{}
	}
	return Uncertain{known: true, low: n, high: n}
}

// Least is "at least n".
func Least(n int64) Uncertain { return Exactly(n).with(func(u *Uncertain) { u.bound = AtLeast }) }

// Over is "more than n".
func Over(n int64) Uncertain { return Exactly(n).with(func(u *Uncertain) { u.bound = MoreThan }) }

// Around is "about n".
func Around(n int64) Uncertain { return Exactly(n).with(func(u *Uncertain) { u.about = true }) }

// Inferred is a number that we concluded, with the reason.
func Inferred(n int64, why string) Uncertain {
	return Exactly(n).with(func(u *Uncertain) { u.why = []string{why} })
}

// Disputed is what several statements on the same number come to: one number when they agree, else a contradiction
// between the lowest and the highest. No statement at all is unknown.
func Disputed(stated ...int64) Uncertain {
	if len(stated) == 0 {
		return Uncertain{}
	}
	low, high := Exactly(slices.Min(stated)), Exactly(slices.Max(stated))
	if !low.known || !high.known {
		return Uncertain{}
	}
	low.high = high.low
	return low
}

// Claimed is Disputed with who says what, so that both sources stay beside the number. Sources that agree make one number.
func Claimed(claims ...Claim) Uncertain {
	var values []int64
	for _, c := range claims {
		values = append(values, c.Value)
	}
	u := Disputed(values...)
	if !u.Contradictory() {
		return u
	}
	u.said = slices.Compact(slices.SortedFunc(slices.Values(claims), compareClaims))
	return u
}

// Claims lists who says what of the numbers on which sources disagree, the lowest first.
func (u Uncertain) Claims() []Claim { return slices.Clone(u.said) }

func (u Uncertain) with(f func(*Uncertain)) Uncertain {
	if u.known {
		f(&u)
	}
	return u
}

// Known says whether anything is known of it.
func (u Uncertain) Known() bool { return u.known }

// Exact gives the number when it is exactly known or inferred.
func (u Uncertain) Exact() (int64, bool) {
	return u.low, u.known && u.low == u.high && u.bound == Closed && !u.about
}

// Low is the lowest number that it can be said to be; 0 when unknown, so ask Known first.
func (u Uncertain) Low() int64 { return u.low }

// Contradictory says whether sources disagree.
func (u Uncertain) Contradictory() bool { return u.high != u.low }

// Why lists what it was inferred from; empty when a source states it.
func (u Uncertain) Why() []string { return slices.Clone(u.why) }

// IsZero says that it is unknown; `omitzero` uses it.
func (u Uncertain) IsZero() bool { return !u.known }

// Equal says whether two are the same in every quality.
func (u Uncertain) Equal(v Uncertain) bool {
	return u.known == v.known && u.low == v.low && u.high == v.high && u.bound == v.bound && u.about == v.about && slices.Equal(u.why, v.why) && slices.Equal(u.said, v.said)
}

// Plus adds. Unknown with anything stays unknown; every quality of either side stays; beyond 2^53-1 the sum is "at
// least" that. It is associative and commutative, and Exactly(0) changes nothing.
func (u Uncertain) Plus(v Uncertain) Uncertain {
	if !u.known || !v.known {
		return Uncertain{}
	}
	s := Uncertain{known: true, low: u.low + v.low, high: u.high + v.high, bound: u.bound, about: u.about || v.about}
	if v.bound.rank() > s.bound.rank() {
		s.bound = v.bound
	}
	if s.high > maxNumber {
		s.low, s.high = min(s.low, maxNumber), maxNumber
		if s.bound == Closed {
			s.bound = AtLeast
		}
	}
	if len(u.why)+len(v.why) > 0 {
		s.why = slices.Concat(u.why, v.why)
		slices.Sort(s.why)
		s.why = slices.Compact(s.why)
	}
	if len(u.said)+len(v.said) > 0 {
		s.said = slices.Compact(slices.SortedFunc(slices.Values(slices.Concat(u.said, v.said)), compareClaims))
	}
	return s
}

// Sum adds what is known and counts what is not, so that a total can say "at least 120,000; 3 not known". With
// nothing to add it is exactly 0; with only unknowns it is unknown.
func Sum(us ...Uncertain) (known Uncertain, unknown int) {
	known = Exactly(0)
	for _, u := range us {
		if !u.known {
			unknown++
			continue
		}
		known = known.Plus(u)
	}
	if unknown > 0 && unknown == len(us) {
		known = Uncertain{}
	}
	return known, unknown
}

// wire is the JSON form: {} is unknown, {"value":3}, {"value":100,"bound":"more_than"}, {"value":50,"about":true},
// {"value":7,"inferred":["..."]}, {"value":100,"to":120} when sources contradict each other, with
// "said":[{"value":100,"source":"..."},{"value":120,"source":"..."}] where it was noted which.
type wire struct {
	Value    *int64   `json:"value,omitempty"`
	To       int64    `json:"to,omitempty"`
	Bound    Bound    `json:"bound,omitempty"`
	About    bool     `json:"about,omitempty"`
	Inferred []string `json:"inferred,omitempty"`
	Said     []Claim  `json:"said,omitempty"`
}

// MarshalJSON gives the JSON form.
func (u Uncertain) MarshalJSON() ([]byte, error) {
	if !u.known {
		return []byte("{}"), nil
	}
	w := wire{Value: &u.low, Bound: u.bound, About: u.about, Inferred: u.why, Said: u.said}
	if u.Contradictory() {
		w.To = u.high
	}
	return json.Marshal(w)
}

var errNumber = errors.New(`party: a number is {} or {"value": 0 to 2^53-1, "to": above value, "bound": "at_least" or "more_than", "about": true, "inferred": ["why"]}`)

// UnmarshalJSON reads the JSON form, strictly: a quality without a value and an unknown field are errors.
func (u *Uncertain) UnmarshalJSON(b []byte) error {
	var w wire
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if d.Decode(&w) != nil || w.Bound.rank() < 0 || slices.Contains(w.Inferred, "") || slices.ContainsFunc(w.Said, func(c Claim) bool { return c.Source == "" || c.Value < 0 || c.Value > maxNumber }) {
		return errNumber
	}
	if w.Value == nil {
		if w.To != 0 || w.Bound != Closed || w.About || len(w.Inferred)+len(w.Said) > 0 {
			return errNumber
		}
		*u = Uncertain{}
		return nil
	}
	x := Exactly(*w.Value)
	if !x.known || w.To != 0 && (w.To <= x.low || w.To > maxNumber) || len(w.Said) > 0 && w.To == 0 {
		return errNumber
	}
	x.high, x.bound, x.about = max(x.low, w.To), w.Bound, w.About
	if len(w.Inferred) > 0 {
		x.why = slices.Compact(slices.Sorted(slices.Values(w.Inferred)))
	}
	if len(w.Said) > 0 {
		x.said = slices.Compact(slices.SortedFunc(slices.Values(w.Said), compareClaims))
	}
	*u = x
	return nil
}

// Print says a number in the reader's language: "12", "at least 12", "more than about 150", "100 to 120, sources
// disagree", "7 (inferred)", "unknown". Why gives the reasons, Claims who says what; Beside says both.
func (u Uncertain) Print(w Words) string {
	return u.PrintAs(w, func(n int64) string { return w.Number(n) })
}

// PrintAs is Print with the caller's way of writing one number, for money or units.
func (u Uncertain) PrintAs(w Words, number func(int64) string) string {
	if !u.known {
		return w.T("party.number.unknown")
	}
	text := number(u.low)
	if u.Contradictory() {
		text = w.T("party.number.between", "Low", text, "High", number(u.high))
	}
	switch {
	case u.about && u.bound != Closed:
		text = w.T("party.number."+string(u.bound)+"_about", "Value", text)
	case u.about:
		text = w.T("party.number.about", "Value", text)
	case u.bound != Closed:
		text = w.T("party.number."+string(u.bound), "Value", text)
	}
	if u.Contradictory() {
		text = w.T("party.number.disputed", "Value", text)
	}
	if len(u.why) > 0 {
		text = w.T("party.number.inferred", "Value", text)
	}
	return text
}

// Beside says in the reader's language what stands beside a number: what it was inferred from, and who says what of it; "" when
// neither is known.
func (u Uncertain) Beside(w Words) string {
	out := slices.Clone(u.why)
	for _, c := range u.said {
		out = append(out, w.T("party.number.claim", "Value", w.Number(c.Value), "Source", c.Source))
	}
	return strings.Join(out, " · ")
}
