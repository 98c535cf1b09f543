// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Limits of what an activity is made up of.
const (
	MaxPhases   = 12
	maxPartners = 60
	maxLinks    = 40
	maxDeep     = 30 // how far a chain of parts or of dependencies is followed
)

// check says what is wrong with what the office says an activity is made up of.
func (v Framed) check(fs *fault.Fields, g *store.Guarding, a Activity) error {
	a.Own = a.Own.with(v)
	f := a.Facts()
	if v.Kind != nil && !slices.Contains(Kinds(), f.Kind) {
		fs.Add("kind", "programme.need.choice")
	}
	if v.Priorities != nil && slices.ContainsFunc(f.Priorities, func(n int) bool { return n < 1 || n > 99 }) || v.Pillars != nil && slices.ContainsFunc(f.Pillars, func(p string) bool { return !slices.Contains(Pillars(), p) }) {
		fs.Add("priorities", "programme.need.choice")
	}
	if v.Countries != nil && (len(f.Countries) > maxLinks || slices.ContainsFunc(f.Countries, func(c string) bool { return !IsCountry(c) })) {
		fs.Add("countries", "programme.need.country")
	}
	if v.Scope != nil && f.Scope != "" && !slices.Contains(Scopes(), f.Scope) || v.Format != nil && f.Format != "" && !slices.Contains(Formats(), f.Format) {
		fs.Add("scope", "programme.need.choice")
	}
	if v.Region != nil && wording.Longer(f.Region, maxTold) {
		fs.Add("region", "wording.need.shorter", "Max", maxTold)
	}
	if v.Phases != nil {
		checkPhases(fs, f.Phases)
	}
	if (v.Amount != nil || v.Currency != nil) && f.Amount.Known() && len(f.Currency) != 3 {
		fs.Add("currency", "committee.want.currency")
	}
	if (v.Schemes != nil || v.Measures != nil) && (len(f.Schemes) > maxLinks || len(f.Measures) > maxLinks || slices.ContainsFunc(slices.Concat(f.Schemes, f.Measures), func(s string) bool { return strings.TrimSpace(s) == "" || len(s) > maxTold })) {
		fs.Add("measures", "programme.need.choice")
	}
	if err := v.checkParties(fs, g, f); err != nil {
		return err
	}
	return v.checkLinks(fs, g, f)
}

func checkPhases(fs *fault.Fields, list []Phase) {
	seen := map[int]bool{}
	for _, p := range list {
		if p.N < 1 || p.N > 99 || seen[p.N] || p.Status != "" && !slices.Contains(Statuses(), p.Status) {
			fs.Add("phases", "programme.need.phase")
		}
		if seen[p.N] = true; p.End.Before(p.Start) {
			fs.Add("phases", "party.date.order")
		}
	}
	if len(list) > MaxPhases {
		fs.Add("phases", "programme.need.phase")
	}
}

// checkParties: funder and partners are organisations that the office knows, each partner once in a role.
func (v Framed) checkParties(fs *fault.Fields, g *store.Guarding, f Facts) error {
	known := func(id journal.ID) (bool, error) {
		_, err := g.Other(access.KindOrganisation, id)
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		return err == nil, err
	}
	if v.Funder != nil && !f.Funder.IsZero() {
		if ok, err := known(f.Funder); err != nil {
			return err
		} else if !ok {
			fs.Add("funder", "programme.need.choice")
		}
	}
	if v.Partners == nil {
		return nil
	}
	for i, p := range f.Partners {
		ok, err := known(p.Organisation)
		if err != nil {
			return err
		}
		twice := slices.ContainsFunc(f.Partners[:i], func(q Partner) bool { return q.Organisation == p.Organisation && q.Role == p.Role })
		if !ok || twice || !slices.Contains(Roles(), p.Role) || wording.Longer(p.Note, maxTold) || i >= maxPartners {
			fs.Add("partners", "programme.need.partners")
			return nil
		}
	}
	return nil
}

// checkLinks: what it is part of and what it waits for are other activities, and none leads back to itself.
func (v Framed) checkLinks(fs *fault.Fields, g *store.Guarding, f Facts) error {
	of := func(code string) (Facts, error) {
		o, err := g.Other(access.KindActivity, Ref(g.Owner, code).ID)
		if err != nil {
			return Facts{}, err
		}
		x, _ := o.(Activity)
		return x.Facts(), nil
	}
	up := func(f Facts) []string {
		if f.PartOf == "" {
			return nil
		}
		return []string{f.PartOf}
	}
	for _, link := range []struct {
		field  string
		said   bool
		follow func(Facts) []string
	}{{"part_of", v.PartOf != nil, up}, {"depends_on", v.DependsOn != nil, func(f Facts) []string { return f.DependsOn }}} {
		if !link.said {
			continue
		}
		if ok, err := leadsOn(f.Code, link.follow(f), of, link.follow); err != nil {
			return err
		} else if !ok {
			fs.Add(link.field, "programme.need.link")
		}
	}
	return nil
}

// leadsOn says whether codes name activities that are there, and whether following them never comes back to where it began.
// What a source names further on and nobody knows ends the way.
func leadsOn(from string, codes []string, of func(string) (Facts, error), follow func(Facts) []string) (bool, error) {
	if len(codes) > maxLinks {
		return false, nil
	}
	named := slices.Clone(codes)
	seen := map[string]bool{}
	for len(codes) > 0 && len(seen) < maxDeep*maxLinks {
		code := codes[0]
		codes = codes[1:]
		switch {
		case code == from:
			return false, nil
		case seen[code]:
			continue
		}
		seen[code] = true
		f, err := of(code)
		switch {
		case fault.Is(err, fault.NotFound) && slices.Contains(named, code):
			return false, nil
		case fault.Is(err, fault.NotFound):
			continue
		case err != nil:
			return false, err
		}
		codes = append(slices.Clone(codes), follow(f)...)
	}
	return true, nil
}
