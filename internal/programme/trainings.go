// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/training"
)

// trainings connects trainings with the needs that they answer.
func trainings(c Config) training.Config {
	out := training.Config{Store: c.Store, Names: c.Names, Colleagues: c.Colleagues, GroupWords: "need.group.", Needs: training.Needs{Path: need.Path,
		Waiting: func(ctx context.Context, w store.Who, id journal.ID) (training.Need, bool, error) {
			o, err := c.Store.Open(ctx, w, store.Ref{Kind: access.KindNeed, ID: id})
			if fault.Is(err, fault.NotFound) {
				return training.Need{}, false, nil
			}
			if err != nil {
				return training.Need{}, false, err
			}
			n := o.State.(need.Need)
			out := training.Need{Text: n.Noted.Text, Countries: n.Noted.Countries}
			for _, g := range n.Noted.Groups {
				out.Groups = append(out.Groups, string(g))
			}
			return out, n.Waits(), nil
		},
		Open: func(ctx context.Context, w store.Who, l *lang.Locale) ([]page.Option, error) {
			rows, err := need.List(ctx, c.Store, w, nil)
			var out []page.Option
			for _, r := range rows {
				if r.V.State == need.Identified || r.V.State == need.Planned {
					out = append(out, page.Option{Value: r.ID.String(), Text: rolls.Excerpt(l, r.V.Text).Text, Hint: l.T("need.state." + string(r.V.State))})
				}
			}
			return out, err
		},
		Plan: func(ctx context.Context, w store.Who, id journal.ID, on party.PartialDate, code string) error {
			return answered(ctx, c.Store, w, id, need.Identified, store.Draft{ID: provenance.ID("training answers", id.String(), code), Type: need.PlannedType, Payload: need.PlannedFor{On: on, Answer: "training", Code: code}})
		},
		Meet: func(ctx context.Context, w store.Who, id journal.ID, on party.PartialDate, evidence string) error {
			return answered(ctx, c.Store, w, id, need.Planned, store.Draft{ID: provenance.ID("training met", id.String(), on.String()), Type: need.MetType, Payload: need.MetBy{On: on, Evidence: evidence}})
		},
		Say: func(ctx context.Context, w store.Who, l *lang.Locale, id journal.ID) string {
			o, err := c.Store.Open(ctx, w, store.Ref{Kind: access.KindNeed, ID: id})
			if err != nil {
				return ""
			}
			if x := rolls.Excerpt(l, o.State.(need.Need).Noted.Text); x.Lang == "" {
				return x.Text
			}
			return ""
		},
	}}
	for _, g := range need.Groups() {
		out.Groups = append(out.Groups, string(g))
	}
	return out
}

// answered writes to a need that stands in a state, and nothing where it has moved on: somebody has said already what comes of
// it.
func answered(ctx context.Context, s *store.Store, w store.Who, id journal.ID, in need.State, d store.Draft) error {
	_, err := s.Update(ctx, w, store.Ref{Kind: access.KindNeed, ID: id}, func(state any) ([]store.Draft, error) {
		if state.(need.Need).State != in {
			return nil, nil
		}
		return []store.Draft{d}, nil
	})
	return err
}

// trainingItems are the trainings that were given, with those that were not left aside.
func (rm room) trainingItems(ctx context.Context, w store.Who, l *lang.Locale) ([]result.Item, []training.Row, error) {
	rows, err := training.List(ctx, rm.Store, w, nil)
	var out []result.Item
	for _, r := range rows {
		title := rolls.Excerpt(l, r.V.Title)
		i := result.Item{Title: title.Text, Lang: title.Lang, Sub: l.T("training.state." + string(r.V.State)), Href: training.Path + "/" + r.ID.String(), On: r.V.DeliveredOn, Activity: r.V.Activity, Countries: r.V.Countries, By: map[string][]result.Word{}}
		for _, g := range r.V.Groups {
			i.By["profession"] = append(i.By["profession"], result.Word{Code: g, Key: "need.group." + g})
		}
		if r.V.State == training.Planned {
			i.Aside = "training_planned"
		}
		out = append(out, i)
	}
	return out, rows, err
}

// trained counts trainees: how many, where the trainer has said so.
func (rm room) trained(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	items, rows, err := rm.trainingItems(ctx, w, l)
	for i, r := range rows {
		if n := r.V.Outcome.Trainees; n > 0 {
			items[i].Number = party.Exactly(int64(n))
		}
	}
	return result.Counted{Items: items}, err
}

// learned counts pairs of tests; a training whose tests are not concluded or whose aggregate is withheld gives none.
func (rm room) learned(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	items, rows, err := rm.trainingItems(ctx, w, l)
	for i, r := range rows {
		a := r.V.Outcome
		switch {
		case items[i].Aside != "":
		case a.Trainees == 0:
			items[i].Aside = "training_untested"
		case a.Withheld:
			items[i].Aside = "training_withheld"
		default:
			items[i].Pairs = result.Pairs{Of: a.Pairs, Before: a.Before, After: a.After}
			if len(a.Excluded) > 0 {
				items[i].Sub = l.T("training.excluded.are", "Codes", l.List(a.Excluded))
			}
		}
	}
	return result.Counted{Items: items}, err
}
