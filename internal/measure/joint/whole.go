// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/table"
)

// Name gives what stands for the release in every office: a hash of the proposal and all numbers. Words are not in it: an
// office whose program is of another version may have others.
func (s State) Name(r *pooled.Release) (string, error) {
	t, err := bundle.Estimates(r)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(append([]byte("entraide joint release v1\n"+s.Hash+"\n"), b...))
	return hex.EncodeToString(h[:]), nil
}

// Spent gives what a release costs each office's budget, as it looks to as many offices together as the promise holds against,
// and the closed years that it counts and nothing else. Error: Invalid for a proposal that gives no plan.
func (p Proposal) Spent(now time.Time) (release.Spent, []int, error) {
	a, err := p.Plan()
	if err != nil {
		return release.Spent{}, nil, err
	}
	rho, err := p.Cost(p.Against)
	if err != nil {
		return release.Spent{}, nil, err
	}
	cost, err := release.CostOf(rho)
	s := release.Spent{Unit: "person", Version: p.Version, Rho: cost, Delta: p.Delta, Hash: p.Hash()}
	for _, names := range p.Tables {
		s.Workload = append(s.Workload, release.TableName(names))
	}
	for _, x := range a.Whole.Parts {
		dev, _ := a.Whole.Deviation(x.Set)
		s.Cells += a.Whole.Domain.Cells(x.Set)
		s.Sigmas = append(s.Sigmas, math.Round(dev*100)/100)
	}
	var years []int
	if from, err := time.Parse(time.DateOnly, p.From); err == nil && p.Most <= 1 && p.Until == strconv.Itoa(from.Year())+"-12-31" && from.YearDay() == 1 && from.Year() < now.UTC().Year() {
		years = []int{from.Year()}
	}
	return s, years, err
}

// Describe gives the words of a column, of what is counted and of what it means.
type Describe struct {
	Column     func(c table.Column) bundle.Column
	Population map[string]string
	Notes      map[string]string
}

// Whole gives the release as files. Error: of sums that are none; NotFound before all are there.
func (s State) Whole(d Describe) (bundle.Whole, error) {
	r, _, err := s.Result()
	if err != nil {
		return bundle.Whole{}, err
	}
	w := bundle.Whole{}
	if w.Tables, err = bundle.Estimates(r); err != nil {
		return w, err
	}
	at, err := time.Parse(time.RFC3339, s.Proposal.At)
	if err != nil {
		return w, err
	}
	p := s.Proposal
	w.Release = bundle.Release{ID: s.ID.String(), Title: p.Title, Route: bundle.Pooled, Source: p.Source, Version: p.Version, Unit: "person", From: p.From, Until: p.Until,
		Population: d.Population, Notes: d.Notes, At: at}
	for _, x := range p.Parties {
		w.Release.Offices = append(w.Release.Offices, bundle.Office{Name: x.Name, Country: x.Country, Fingerprint: x.Fingerprint})
	}
	for i, c := range p.Columns {
		if slices.ContainsFunc(r.Plan.Parts, func(x pooled.Part) bool { return x.Set.Has(i) }) {
			w.Release.Columns = append(w.Release.Columns, d.Column(c))
		}
	}
	rho := r.Plan.Cost() * p.loud()
	promise, err := rho.At(p.Delta)
	if err != nil {
		return w, err
	}
	w.Release.Promise = &bundle.Promise{Rho: strconv.FormatFloat(float64(rho), 'g', -1, 64), Epsilon: promise.Epsilon, Delta: p.Delta}
	w.Release.Checks = []bundle.Check{{Code: "sums", Of: int64(len(p.Parties))}}
	return w, nil
}
