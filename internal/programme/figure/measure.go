// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Withheld is the code of a number that is not told because others could be calculated from it.
const Withheld = "withheld"

// Measure is a small table that an office may tell: which numbers, and which add up to which. All numbers of it are protected
// together: what is not told cannot be calculated from what is.
type Measure struct {
	Code     string
	Corridor bool // it is between two countries or territories
	Yearly   bool // it is of years; else of quarters
	Sums     []Sum
}

// Sum says that parts add up to a total.
type Sum struct {
	Total string
	Parts []string
}

func under(total string, parts ...string) Sum {
	s := Sum{Total: total}
	for _, p := range parts {
		s.Parts = append(s.Parts, total+"."+p)
	}
	return s
}

func split(total string, parts ...string) Sum { return Sum{total, parts} }

// Parts of the measures.
var (
	ages  = []string{"child", "adult", source.Unknown}
	sexes = []string{"f", "m", "x", "sex_unknown"} // not the age's "unknown": a code is one number
	sorts = []string{"request", "inquiry"}
)

// spans join the source's spans of days: with fewer of them more of a histogram can be told.
var spans = []struct{ code, last string }{{"d0_7", "d4_7"}, {"d8_30", "d15_30"}, {"d31", "d91"}}

// Spans lists the spans of days of a told histogram, shortest first.
func Spans() []string {
	var out []string
	for _, s := range spans {
		out = append(out, s.code)
	}
	return out
}

// SpanOf gives the told span that one of the source's lies in; what is no span, such as unknown, is itself.
func SpanOf(bin string) string {
	at := slices.Index(source.Bins(), bin)
	for _, s := range spans {
		if at >= 0 && at <= slices.Index(source.Bins(), s.last) {
			return s.code
		}
	}
	return bin
}

// Forms are the forms that a count of people is parted by. They overlap: each is told with those of whom it was not said.
var forms = []string{"sexual", "labour", "slavery", "servitude", "crime", "organs", "surrogacy", "marriage", "adoption"}

// Measures lists what offices may tell.
func Measures() []Measure {
	detected := Measure{Code: "detected", Yearly: true, Sums: []Sum{under("people", ages...), under("people", sexes...)}}
	for _, f := range forms {
		detected.Sums = append(detected.Sums, split("people", "people."+f, "people.not_"+f))
	}
	prosecutions := Measure{Code: "prosecutions", Yearly: true, Sums: []Sum{split("judged", "convicted", "acquitted", "discontinued")}}
	for _, whole := range []string{"prosecuted", "convicted"} {
		for _, f := range forms {
			prosecutions.Sums = append(prosecutions.Sums, under(whole, f, "not_"+f))
		}
	}
	return []Measure{
		{Code: "referrals", Corridor: true, Sums: []Sum{split("accepted", "completed", "not_completed"), under("accepted", ages...), under("completed", ages...),
			split("accepted", prefixed("days.", append(Spans(), source.Unknown))...)}},
		{Code: "requests", Corridor: true, Sums: []Sum{split("due", "in_time", "late"), under("due", sorts...), under("in_time", sorts...), under("late", sorts...),
			split("due.request", "in_time.request", "late.request"), split("due.inquiry", "in_time.inquiry", "late.inquiry")}},
		{Code: "screenings", Sums: []Sum{split("screened", "led", "not_led"), under("screened", ages...), under("led", ages...), split("screened", "identified", "not_identified")}},
		{Code: "rights", Sums: []Sum{split("people", "told", "not_told"), split("people", "applied", "not_applied"), split("people", "received", "not_received")}},
		detected, prosecutions,
	}
}

func prefixed(prefix string, codes []string) []string {
	var out []string
	for _, c := range codes {
		out = append(out, prefix+c)
	}
	return out
}

// Find gives a measure by its code.
func Find(code string) (Measure, bool) {
	all := Measures()
	i := slices.IndexFunc(all, func(m Measure) bool { return m.Code == code })
	if i < 0 {
		return Measure{}, false
	}
	return all[i], true
}

// Cells lists the codes of a measure's numbers, totals before their parts, each once.
func (m Measure) Cells() []string {
	var out []string
	for _, s := range m.Sums {
		for _, c := range append([]string{s.Total}, s.Parts...) {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// system gives a measure as cells by number and the sums between them.
func (m Measure) system() (exact.System, []string) {
	cells := m.Cells()
	s := exact.System{Cells: len(cells)}
	at := func(code string) int { return slices.Index(cells, code) }
	for _, x := range m.Sums {
		sum := exact.Sum{Total: at(x.Total)}
		for _, p := range x.Parts {
			sum.Parts = append(sum.Parts, at(p))
		}
		s.Sums = append(s.Sums, sum)
	}
	return s, cells
}

// Protect gives the numbers as they may be told under threshold k: a number, "<k", or withheld; nobody at all is "<k" too.
// What it gives was audited with what its reader knows; where "<k" beside withheld would tell too much, none reads so and all
// that are not told are withheld alike. like says what was told last time, so that a pattern stays; it may be nil. Error:
// Invalid where the numbers do not add up.
func (m Measure) Protect(ctx context.Context, numbers map[string]int64, k int, like map[string]string) (map[string]string, error) {
	s, cells := m.system()
	values, was := make([]int64, len(cells)), make([]bool, len(cells))
	for i, c := range cells {
		values[i], was[i] = numbers[c], like[c] == Withheld
	}
	told, err := exact.Protect(ctx, s, values, exact.Rules{K: int64(k), Like: was}, nil)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, r := range told {
		switch {
		case r == exact.Below(int64(k)):
			out[cells[i]] = "<" + strconv.Itoa(k)
		case r.Width() > 1:
			out[cells[i]] = Withheld
		default:
			out[cells[i]] = strconv.FormatInt(r.Low, 10)
		}
	}
	return out, nil
}

// known gives what a reader knows of each number by itself. Beside numbers that read "<k", one that is withheld is none of them:
// it is at least k. Where none reads so, withheld ones can be any.
func (m Measure) known(told map[string]string, k int) ([]exact.Range, error) {
	least := int64(0)
	for _, v := range told {
		if strings.HasPrefix(v, "<") {
			least = int64(k)
		}
	}
	var out []exact.Range
	for _, code := range m.Cells() {
		v := told[code]
		if v == Withheld {
			out = append(out, exact.AtLeast(least))
			continue
		}
		c, err := ParseCount(v, k)
		switch {
		case err != nil || !c.Measured():
			return nil, fault.Bad("cells", "programme.need.cells")
		case c.below > 0:
			out = append(out, exact.Below(int64(k)))
		default:
			out = append(out, exact.Known(int64(c.n)))
		}
	}
	return out, nil
}

// safe says whether every number that is not told could be any of at least k.
func (m Measure) safe(ctx context.Context, told map[string]string, k int) (bool, error) {
	known, err := m.known(told, k)
	if err != nil {
		return false, err
	}
	s, _ := m.system()
	found, err := exact.Audit(ctx, s, known, nil)
	if err != nil {
		return false, err
	}
	for i, f := range found {
		if known[i].Width() > 1 && f.Width() < int64(k) {
			return false, nil
		}
	}
	return true, nil
}

// check says what is wrong with numbers that somebody was told under threshold k: one that is missing, unknown here or below
// the threshold, sums that do not hold, and numbers that are not told and can be calculated all the same. A mistake of the
// sender's software does not become a disclosure here.
func (m Measure) check(ctx context.Context, told map[string]string, k int) error {
	if k < MinK || k > MaxK {
		return fault.Bad("k", "programme.need.threshold", "Min", MinK, "Max", MaxK)
	}
	if len(told) != len(m.Cells()) {
		return fault.Bad("cells", "programme.need.cells")
	}
	switch safe, err := m.safe(ctx, told, k); {
	case err != nil:
		return fault.Bad("cells", "programme.need.cells")
	case !safe:
		return fault.Bad("cells", "programme.need.count_protected")
	}
	return nil
}

// rangeOf gives what a told number says by itself.
func rangeOf(v string, k int) query.Range {
	switch c, err := ParseCount(v, k); {
	case err != nil || !c.Measured():
		return query.AtLeast(0)
	case c.below > 0:
		return query.Below(int64(c.below))
	default:
		return query.Known(int64(c.n))
	}
}

// Ranges gives what can be known of each number of a told table, from all of them: of what is withheld, where it must lie.
func (t Table) Ranges(ctx context.Context) (map[string]query.Range, error) {
	m, _ := Find(t.Measure)
	s, cells := m.system()
	known, err := m.known(t.Cells, t.K)
	if err != nil {
		return nil, err
	}
	found, err := exact.Audit(ctx, s, known, nil)
	if err != nil {
		return nil, err
	}
	out := map[string]query.Range{}
	for i, f := range found {
		out[cells[i]] = query.Range{Low: f.Low, High: f.High, Open: f.High >= exact.MostValue}
	}
	return out, nil
}

// Forms lists the codes of forms in a count of people.
func Forms() []string { return slices.Clone(forms) }

// Ages and Sexes list the other parts of measures.
func Ages() []string  { return slices.Clone(ages) }
func Sexes() []string { return slices.Clone(sexes) }

// SexOf gives the source's code of a told sex.
func SexOf(part string) string {
	if part == "sex_unknown" {
		return source.Unknown
	}
	return part
}

// part says of which part a number's code speaks: "accepted.child" of "child".
func part(code string) string {
	_, p, _ := strings.Cut(code, ".")
	return p
}
