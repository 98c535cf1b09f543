// SPDX-License-Identifier: EUPL-1.2

package outlet

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// Population is how many people lived in a country or territory, by a source.
type Population struct {
	Country  string
	Year     int
	N        int64
	Source   string
	Verified bool // somebody compared it with the source
}

//go:embed population.csv
var people string

// Censuses gives the results of censuses that the program knows: not verified, and better replaced by a statistical office's
// estimate of the year.
func Censuses() []Population {
	out, err := ReadPopulation(strings.NewReader(people))
	if err != nil {
		panic("population.csv: " + err.Error()) // tested with the program
	}
	return out
}

// mostPopulations bounds a file of denominators.
const mostPopulations = 20_000

// ReadPopulation reads a file of denominators: CSV with the columns country, year, population, source, verified. Error: Invalid.
func ReadPopulation(r io.Reader) ([]Population, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = 5
	var out []Population
	for first := true; ; first = false {
		row, err := c.Read()
		if errors.Is(err, io.EOF) && !first {
			return out, nil
		}
		bad := fault.Bad("population", "outlet.want.population")
		if err != nil || first && strings.Join(row, ",") != "country,year,population,source,verified" || len(out) == mostPopulations {
			return nil, bad
		}
		if first {
			continue
		}
		p := Population{Country: row[0], Source: row[3], Verified: row[4] == "yes"}
		p.Year, _ = strconv.Atoi(row[1])
		p.N, _ = strconv.ParseInt(row[2], 10, 64)
		if !party.IsCountry(p.Country) || p.Year < 1900 || p.Year > 2200 || p.N < 1 || p.Source == "" {
			return nil, bad
		}
		out = append(out, p)
	}
}

// nearest gives a country's denominator of the year that lies nearest, the earlier one of two.
func nearest(list []Population, country string, year int) (best Population, ok bool) {
	away := func(p Population) int { return max(p.Year-year, year-p.Year) }
	for _, p := range list {
		if p.Country == country && (!ok || away(p) < away(best) || away(p) == away(best) && p.Year < best.Year) {
			best, ok = p, true
		}
	}
	return best, ok
}

// sdg writes indicator 16.2.2: detected victims per 100,000 inhabitants, by sex, age and form of exploitation. A rate is
// calculated from the number beside it, with the whole population below it whatever sex or age is counted, since only that is
// known here; a number that is not told has no rate, one below k only a bound.
func (w *Written) sdg(x bundle.Whole, a Asked) error {
	r := x.Release
	code, of, err := asked(r)
	if err != nil {
		return err
	}
	y, _ := strconv.Atoi(of)
	p, ok := nearest(a.People, code, y)
	if !ok {
		return fault.New(fault.Guarded, "outlet.guard.population")
	}
	verified := "no"
	if p.Verified {
		verified = "yes"
	}
	s := newSheet("indicator", "country", "year", "sex", "age", "form", "victims", "flag", "population", "population_year", "population_source", "population_verified", "per_100000", "low", "high")
	err = w.told(x, func(at place, c bundle.Cell) {
		if at.along != "" && at.along != colForms {
			w.lose(at.along, "", "not_asked", 1)
			return
		}
		form := Total
		if at.along != "" {
			form = at.value
		}
		rate := per(c.Value, p.N)
		if c.Flag == bundle.Below && r.Guard != nil {
			k := float64(r.Guard.K)
			rate = "<" + per(&k, p.N)
		}
		s.row([]string{"16.2.2", code, of, at.sex, at.age, form}, value(r, c), c.Flag, strconv.FormatInt(p.N, 10), strconv.Itoa(p.Year), quoted(p.Source), verified, rate, per(c.Low, p.N), per(c.High, p.N))
	})
	if p.Year != y {
		w.lose("population", strconv.Itoa(p.Year), "other_year", 1)
	}
	if !p.Verified {
		w.lose("population", "", "unverified", 1)
	}
	w.add("sdg-16-2-2-"+code+"-"+of+".csv", s.bytes())
	return err
}

// quoted is a text among numbers.
func quoted(s string) string {
	if strings.ContainsAny(s[:1], "=+-@|%\t\r") {
		return "'" + s
	}
	return s
}

// per gives a number per 100,000 of a population to four decimals, exactly rounded; "" for no number.
func per(f *float64, n int64) string {
	if f == nil {
		return ""
	}
	x := new(big.Rat).SetFloat64(*f)
	if x == nil {
		return ""
	}
	return x.Mul(x, big.NewRat(100_000, n)).FloatString(4)
}
