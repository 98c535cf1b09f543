// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// Received lists what other offices have given this one to do and what it has not answered yet: actions that are open, and
// recommendations on which it has reported nothing; what is due first before the rest, those without a date last.
func (c Config) Received(ctx context.Context, r *page.Request) ([]page.Line, error) {
	w := rolls.As(r)
	actions, err := rolls.All[action.Line](ctx, c.Store, w, store.Query{Kind: access.KindAction, Codes: map[string]string{"state": string(action.Open)}, By: "from"})
	if err != nil {
		return nil, err
	}
	recommendations, err := rolls.All[recommendation.Line](ctx, c.Store, w, store.Query{Kind: access.KindRecommendation, By: "from"})
	if err != nil {
		return nil, err
	}
	var offices []journal.ID
	for _, a := range actions {
		offices = append(offices, a.V.From)
	}
	for _, x := range recommendations {
		offices = append(offices, x.V.From)
	}
	names := map[journal.ID]string{}
	if c.Names != nil && len(offices) > 0 {
		names = c.Names(ctx, r.Actor.Owner, offices...)
	}
	var out []page.Line
	add := func(text page.Cell, href, key string, from journal.ID, due party.PartialDate, late bool) {
		x := page.Line{Tone: page.Info, Title: text.Text, Lang: text.Lang, Href: href, Text: r.L.T(key), Basis: names[from]}
		if due.Known() {
			day := due.Last()
			x.Due, x.When, x.Now = &day, r.L.T("programme.pending.until"), r.Now
		}
		if late {
			x.Tone = page.Bad
		}
		out = append(out, x)
	}
	for _, a := range actions {
		add(rolls.Excerpt(r.L, a.V.Text), action.Path+"/"+a.ID.String(), "action.one", a.V.From, a.V.Due, a.V.Late(r.Now))
	}
	for _, x := range recommendations {
		if v := x.V; v.Reports == 0 && !v.Refused && v.State != recommendation.Implemented && v.State != recommendation.Past {
			add(rolls.Excerpt(r.L, v.Text), recommendation.Path+"/"+x.ID.String(), "recommendation.one", v.From, v.Due, v.Late(r.Now))
		}
	}
	inorder.Stably(out, sooner)
	return out, nil
}

// sooner puts what is due first before the rest, and what has no date last.
func sooner(a, b page.Line) int {
	switch {
	case a.Due == nil && b.Due == nil:
		return 0
	case a.Due == nil:
		return 1
	case b.Due == nil:
		return -1
	}
	return a.Due.Compare(*b.Due)
}
