// SPDX-License-Identifier: EUPL-1.2

// Package explorertest makes releases of invented people for tests of whatever shows releases: columns like those of the largest
// public table of the field, one release on each route.
package explorertest

import (
	"context"
	"io"
	"math/rand/v2"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/microdata"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
)

var (
	origins      = []string{"AL", "BA", "BD", "BG", "GE", "HR", "ME", "MD", "MK", "NG", "NP", "PK", "RO", "RS", "SI", "SY", "TR", "UA", "VN", "XK", "unknown"}
	destinations = []string{"AL", "AT", "BA", "BG", "GR", "HR", "IT", "ME", "MK", "RO", "RS", "SI", "TR", "XK", "unknown"}
	forms        = []string{"labour", "private", "begging", "crime", "other"}
	years        = []string{"2021", "2022", "2023", "2024", "2025"}
)

// columns are those of every release here: sex, age, two countries, year, and five forms.
func columns() []bundle.Column {
	words := func(en, fr map[string]string) map[string]map[string]string {
		return map[string]map[string]string{"en": en, "fr": fr}
	}
	title := func(en, fr string) map[string]string { return map[string]string{"en": en, "fr": fr} }
	out := []bundle.Column{
		{Code: "sex", Title: title("Sex", "Sexe"), Values: []string{"female", "male", "other", "unknown"}, Words: words(map[string]string{"female": "Female", "male": "Male", "other": "Other"}, map[string]string{"female": "Femmes", "male": "Hommes", "other": "Autre"})},
		{Code: "age", Title: title("Age", "Âge"), Values: []string{"0-8", "9-17", "18-26", "27-35", "36-50", "51+", "unknown"}, Words: words(map[string]string{"0-8": "0–8", "9-17": "9–17", "18-26": "18–26", "27-35": "27–35", "36-50": "36–50", "51+": "51 and over"}, map[string]string{"0-8": "0–8", "9-17": "9–17", "18-26": "18–26", "27-35": "27–35", "36-50": "36–50", "51+": "51 et plus"}),
			Means: title("At the first meeting.", "À la première rencontre.")},
		{Code: "citizenship", Title: title("Citizenship", "Nationalité"), Values: origins, List: "country"},
		{Code: "found_in", Title: title("Country where they were found", "Pays où elles ont été repérées"), Values: destinations, List: "country"},
		{Code: "year", Title: title("Year", "Année"), Values: append(append([]string{}, years...), "unknown")}}
	en := map[string]string{"labour": "in work", "private": "in private homes", "begging": "in begging", "crime": "in petty crime", "other": "otherwise"}
	fr := map[string]string{"labour": "au travail", "private": "au domicile de particuliers", "begging": "par la mendicité", "crime": "par la petite délinquance", "other": "autrement"}
	for _, f := range forms {
		out = append(out, bundle.Column{Code: "form." + f, Title: title("What happened: "+en[f], "Ce qui s’est passé : "+fr[f]), Values: []string{"yes", "no", "unknown"},
			Words: words(map[string]string{"yes": "Yes", "no": "No"}, map[string]string{"yes": "Oui", "no": "Non"})})
	}
	return out
}

// People draws so many invented people.
func People(n int, seed uint64) (*table.Records, error) {
	r, err := table.NewRecords(bundle.Release{Columns: columns()}.Domain(), n)
	if err != nil {
		return nil, err
	}
	g := rand.New(rand.NewPCG(seed, 4))
	skewed := func(values int) uint16 { return uint16(float64(values) * g.Float64() * g.Float64() * g.Float64()) }
	for range n {
		sex := uint16(min(g.IntN(10)/6, 1))
		if g.IntN(60) == 0 {
			sex = uint16(2 + g.IntN(2))
		}
		age := uint16(min(1+g.IntN(3)+g.IntN(3), 5))
		if g.IntN(12) == 0 {
			age = uint16(6 * g.IntN(2))
		}
		from := skewed(len(origins)-1) * 7 % uint16(len(origins)-1)
		to := uint16(4 + 2*g.IntN(2))
		if g.IntN(3) == 0 {
			to = skewed(len(destinations)-1) * 5 % uint16(len(destinations)-1)
		}
		if g.IntN(25) == 0 {
			from = uint16(len(origins) - 1)
		}
		row := []uint16{sex, age, from, to, uint16(min(g.IntN(5)+g.IntN(2), 4))}
		unknown, main := g.IntN(15) == 0, int(sex)
		if g.IntN(3) == 0 {
			main = g.IntN(len(forms))
		}
		for f := range forms {
			switch {
			case unknown:
				row = append(row, 2)
			case f == main || g.IntN(20) == 0:
				row = append(row, 0)
			default:
				row = append(row, 1)
			}
		}
		if err := r.Add(row...); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func release(id string, route bundle.Route) bundle.Release {
	return bundle.Release{ID: id, Route: route, Source: "persons", Version: "2026-1", Unit: "person", From: "2021-01-01", Until: "2025-12-31", Columns: columns(),
		Title:      map[string]string{"en": "People assisted in South-East Europe, 2021 to 2025", "fr": "Personnes accompagnées en Europe du Sud-Est, 2021 à 2025"},
		Population: map[string]string{"en": "Invented people, as assistance offices would count them when they first meet.", "fr": "Des personnes inventées, comme les compteraient des bureaux d’assistance à la première rencontre."},
		Notes:      map[string]string{"en": "One person is counted once, in the year of the first meeting.", "fr": "Chaque personne est comptée une fois, l’année de la première rencontre."},
		Offices:    []bundle.Office{{Name: "Office of the National Rapporteur", Country: "GR", Fingerprint: "6b1f 09c4 77de 21aa"}, {Name: "Shelter Aurora", Country: "BG", Fingerprint: "0c3d 88f1 5b7e 9a02"}},
		At:         time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Released: []string{"national rapporteur", "data protection officer"}}
}

// Pooled makes a release with noise, of all single columns, most pairs and two threes, with records of people who do not exist.
func Pooled(ctx context.Context, people int, seed uint64) (bundle.Whole, error) {
	w := bundle.Whole{Release: release("r-2026-01", bundle.Pooled)}
	r, err := People(people, seed)
	if err != nil {
		return w, err
	}
	promise := noise.Promise{Epsilon: 1, Delta: 1e-6}
	budget, err := promise.Budget()
	if err != nil {
		return w, err
	}
	asked := []pooled.Asked{{Set: table.SetOf(2, 3)}, {Set: table.SetOf(2, 4)}, {Set: table.SetOf(3, 4)}, {Set: table.SetOf(0, 1, 4)}}
	for c := 5; c < 10; c++ {
		asked = append(asked, pooled.Asked{Set: table.SetOf(0, 1, c)}, pooled.Asked{Set: table.SetOf(4, c)}, pooled.Asked{Set: table.SetOf(2, c)})
	}
	for c := range 2 {
		asked = append(asked, pooled.Asked{Set: table.SetOf(c, 2)}, pooled.Asked{Set: table.SetOf(c, 3)})
	}
	plan, err := pooled.New(r.Domain, asked, budget)
	if err != nil {
		return w, err
	}
	drawn, err := plan.Measure(ctx, r, func(part int) io.Reader {
		return rand.NewChaCha8([32]byte{byte(seed), byte(part), byte(part >> 8)})
	})
	if err != nil {
		return w, err
	}
	if w.Tables, err = bundle.Estimates(drawn); err != nil {
		return w, err
	}
	w.Release.Promise = &bundle.Promise{Rho: "0.0176", Epsilon: promise.Epsilon, Delta: promise.Delta}
	w.Release.Checks = []bundle.Check{{Code: "interval", Of: 2248}, {Code: "differencing", Of: 500, Note: "right=257;ceiling=0.547"}, {Code: "membership", Of: 500, Note: "right=262;ceiling=0.547"}, {Code: "consistency", Of: 4100, Note: "rho=0.0176;said=0.0176"}}
	w.Records, err = microdata.Make(ctx, drawn, microdata.Options{Seed: seed, Mask: 2, Sweeps: 2}, nil)
	return w, err
}

// Suppressed makes a release of one country's own tables: sex by age, sex by form and year alone, numbers below ten withheld.
func Suppressed(ctx context.Context, people int, seed uint64) (bundle.Whole, error) {
	return own(ctx, people, seed, "suppressed")
}

// Rounded makes one of the same tables, rounded to multiples of five.
func Rounded(ctx context.Context, people int, seed uint64) (bundle.Whole, error) {
	return own(ctx, people, seed, "rounded")
}

func own(ctx context.Context, people int, seed uint64, method string) (bundle.Whole, error) {
	const k, base = 10, 5
	w := bundle.Whole{Release: release("r-2026-02", bundle.Exact)}
	w.Release.Guard = &bundle.Guard{K: k, Method: method}
	w.Release.Offices = w.Release.Offices[:1]
	r, err := People(people, seed)
	if err != nil {
		return w, err
	}
	sizes := []int{}
	for _, c := range r.Domain.Columns {
		sizes = append(sizes, len(c.Values))
	}
	l, err := exact.Link(sizes, [][]int{{0, 1}, {0, 5}, {4}})
	if err != nil {
		return w, err
	}
	values, err := l.Fill(func(s []int) ([]int64, error) { return r.Count(s) })
	if err != nil {
		return w, err
	}
	if method == "rounded" {
		w.Release.Guard.Base = base
		published, err := exact.Round(ctx, l.System, values, base, rand.New(rand.NewPCG(seed, 9)))
		w.Tables = bundle.RoundedTo(r.Domain, l, published, base)
		w.Release.Checks = []bundle.Check{{Code: "interval", Of: int64(len(published))}}
		return w, err
	}
	published, err := exact.Protect(ctx, l.System, values, exact.Rules{K: k}, nil)
	if err != nil {
		return w, err
	}
	found, err := exact.Audit(ctx, l.System, published, nil)
	w.Tables = bundle.Suppressed(r.Domain, l, published, found, k)
	w.Release.Checks = []bundle.Check{{Code: "interval", Found: int64(len(exact.Recovered(published, found))), Of: int64(len(published))}}
	return w, err
}
