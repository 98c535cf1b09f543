// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// FewestScores is how many assessors must have scored an application for it to be ranked.
const FewestScores = 2

// Place is an application in a ranking. Mean, Low and High are in hundredths of a percent of the best score that can be
// reached; the spread is High less Low.
type Place struct {
	Rank        int        `json:"rank"` // equal means share one
	Application journal.ID `json:"application"`
	Mean        int        `json:"mean"`
	Low         int        `json:"low"`
	High        int        `json:"high"`
	Scores      int        `json:"scores"` // how many assessors
}

// Spread is how far assessors were apart.
func (p Place) Spread() int { return p.High - p.Low }

// weigh gives one assessor's result: the weighted mean of the scores.
func weigh(cs []Criterion, s Scores) int {
	got, best := 0, 0
	for _, c := range cs {
		got += c.Weight * s.Scores[c.Code]
		best += c.Weight * MostScore
	}
	if best == 0 {
		return 0
	}
	return (got*10000*2 + best) / (best * 2)
}

// rank orders applications by the mean of their results, the best first; equal ones by their id, at the same rank.
func rank(cs []Criterion, scores map[journal.ID][]Scores) []Place {
	var out []Place
	for id, list := range scores {
		p := Place{Application: id, Scores: len(list), Low: 10000}
		sum := 0
		for _, s := range list {
			x := weigh(cs, s)
			sum, p.Low, p.High = sum+x, min(p.Low, x), max(p.High, x)
		}
		p.Mean = (sum*2 + len(list)) / (len(list) * 2)
		out = append(out, p)
	}
	inorder.By(out, func(a, b Place) int {
		if a.Mean != b.Mean {
			return b.Mean - a.Mean
		}
		return strings.Compare(a.Application.String(), b.Application.String())
	})
	for i := range out {
		if out[i].Rank = i + 1; i > 0 && out[i].Mean == out[i-1].Mean {
			out[i].Rank = out[i-1].Rank
		}
	}
	return out
}

// guardRanked computes the ranking again from every admitted application and its assessments, so that nobody can write
// another one; each of them must be scored by enough assessors, and by all who have no conflict of interest.
func guardRanked(g *store.Guarding, c Call, v Ranked) error {
	ids, err := g.Find(access.KindApplication, "call", c.ID.String())
	if err != nil {
		return err
	}
	scores := map[journal.ID][]Scores{}
	for _, id := range ids {
		a, err := applicationOf(g, id)
		if err != nil {
			return err
		}
		if a.Stage == Received {
			return fault.New(fault.Guarded, "grant.guard.unexamined")
		}
		if a.Stage != Admitted {
			continue
		}
		if scores[id], err = scoresOf(g, id); err != nil {
			return err
		}
		if len(scores[id]) < FewestScores {
			return fault.New(fault.Guarded, "grant.guard.unscored", "Fewest", FewestScores)
		}
	}
	if len(scores) == 0 {
		return fault.New(fault.Guarded, "grant.guard.nothing")
	}
	if !slices.Equal(rank(c.Notice.Criteria, scores), v.Places) {
		return fault.New(fault.Conflict, "grant.guard.changed")
	}
	return nil
}

func scoresOf(g *store.Guarding, application journal.ID) ([]Scores, error) {
	ids, err := g.Find(access.KindAssessment, "application", application.String())
	if err != nil {
		return nil, err
	}
	var out []Scores
	for _, id := range ids {
		o, err := g.Other(access.KindAssessment, id)
		if err != nil {
			return nil, err
		}
		switch a, _ := o.(Assessment); a.Turn {
		case Scored:
			out = append(out, a.Scores)
		case Asked, Ready:
			return nil, fault.New(fault.Guarded, "grant.guard.waiting")
		}
	}
	return out, nil
}

// shareID names the entry that opens an assessment after the ranking: there is one.
func shareID(assessment journal.ID) journal.ID {
	return provenance.ID("assessment shared", assessment.String())
}
