// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	"github.com/entraide-thb/entraide/internal/protect/screening"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// lists says for studies what a list for those who screen must be, and what made-up cases come to under it.
type lists struct{}

// Check takes a list that the program could carry, in whose place none stands.
func (lists) Check(x study.Set) error {
	carried, err := indicators.Load()
	if err != nil {
		return err
	}
	if _, there := carried.Newest(x.Code); there {
		return fault.Bad("code", "study.want.code_free")
	}
	if _, err := indicators.Made(listOf(x)); err != nil {
		return &fault.Fault{Kind: fault.Invalid, Key: "study.want.list", Cause: err, Fields: []fault.Field{{Name: "code", Key: "study.want.list"}}}
	}
	return nil
}

// Try makes up somebody of whom nothing is known, somebody in whom nothing was seen, one for each indicator seen alone, and one
// in whom all are.
func (lists) Try(x study.Set) ([]study.Case, error) {
	set, err := indicators.Made(listOf(x))
	if err != nil {
		return nil, &fault.Fault{Kind: fault.Invalid, Key: "study.want.list", Cause: err}
	}
	nothing, all := map[string]screening.Answer{}, map[string]screening.Answer{}
	for _, i := range x.Indicators {
		nothing[i.ID], all[i.ID] = screening.NotObserved, screening.Observed
	}
	var out []study.Case
	try := func(name string, answers map[string]screening.Answer) error {
		r, err := screening.Evaluate(set, answers)
		out = append(out, study.Case{Name: name, Seen: len(r.Observed), Outcome: r.Outcome})
		return err
	}
	errs := []error{try("nothing_known", nil), try("nothing_seen", nothing), try("all_seen", all)}
	for _, i := range x.Indicators {
		errs = append(errs, try(i.ID, map[string]screening.Answer{i.ID: screening.Observed}))
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func texts(t wording.Text) indicators.Text {
	return indicators.Text{EN: t.By["en"].Text, FR: t.By["fr"].Text, SQ: t.By["sq"].Text}
}

// listOf makes of a study's list one that those who screen know. A source in one language only stands in both.
func listOf(x study.Set) indicators.Set {
	year, _, _ := strings.Cut(x.Version, "-")
	out := indicators.Set{Code: x.Code, Version: x.Version, Title: texts(x.Title), Lead: texts(x.Lead), Source: texts(x.Source), For: x.For, Rule: x.Rule, Weighted: x.Rule == indicators.NoRule}
	out.Year, _ = strconv.Atoi(year)
	if out.Source.EN == "" {
		out.Source.EN = x.Source.In("en").Text
	}
	if out.Source.FR == "" {
		out.Source.FR = x.Source.In("fr").Text
	}
	for _, theme := range x.Themes {
		d := indicators.Dimension{Code: theme.Code, Title: texts(theme.Title)}
		for _, i := range x.Indicators {
			if i.Theme == theme.Code {
				d.Indicators = append(d.Indicators, indicators.Indicator{ID: i.ID, Text: texts(i.Text), Weight: indicators.Weight(i.Weight), Page: i.Page})
			}
		}
		out.Dimensions = append(out.Dimensions, d)
	}
	return out
}

// published is the lists that the node's offices have published, kept at hand: a screening is folded with them.
type published struct {
	mu sync.RWMutex
	by map[journal.ID][]indicators.Set
}

func (p *published) of(owner journal.ID) []indicators.Set {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if !owner.IsZero() {
		return p.by[owner]
	}
	var out []indicators.Set
	for _, x := range p.by {
		out = append(out, x...)
	}
	return out
}

// publishedBy reads the lists that an office has published.
func (n *Node) publishedBy(ctx context.Context, owner journal.ID) error {
	who, err := n.Job(owner, "importer", access.ForProgramme) // the job that knows the programme, and nothing else
	if err != nil {
		return err
	}
	list, err := study.Sets(ctx, n.Store, who)
	if err != nil {
		return err
	}
	var sets []indicators.Set
	for _, x := range list {
		set, err := indicators.Made(listOf(x))
		if err != nil {
			return err
		}
		sets = append(sets, set)
	}
	n.published.mu.Lock()
	defer n.published.mu.Unlock()
	if n.published.by == nil {
		n.published.by = map[journal.ID][]indicators.Set{}
	}
	n.published.by[owner] = slices.Clip(sets)
	return nil
}

// studies connects lists with the post.
func (n *Node) studies() study.Mail {
	return study.Mail{Store: n.Store, Post: n.Post, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForExchange) }}
}
