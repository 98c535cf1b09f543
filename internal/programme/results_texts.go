// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/change"
	"github.com/entraide-thb/entraide/internal/programme/material"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/result"
)

// agreementsDrafted are the agreements that have a text, by the day of its first version.
func (rm room) agreementsDrafted(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	rows, err := agreement.List(ctx, rm.Store, w, store.Is("drafted", "yes"))
	var out result.Counted
	for _, r := range agreement.CountDrafts(rows).Behind {
		i := agreementItem(l, r)
		i.On = r.V.First
		out.Items = append(out.Items, i)
	}
	return out, err
}

func agreementItem(l *lang.Locale, r agreement.Row) result.Item {
	title := rolls.Excerpt(l, r.V.Title)
	return result.Item{Title: r.V.Code + " · " + title.Text, Lang: title.Lang, Sub: l.T("agreement.state." + string(r.V.State)), Href: agreement.Path + "/" + r.ID.String(), Activity: r.V.Activity,
		Countries: r.V.Countries, By: map[string][]result.Word{"type": {{Code: string(r.V.Sort), Key: "agreement.sort." + string(r.V.Sort)}}}}
}

// agreementsInForce are the agreements in force that are verified on both sides; those that only one side has recorded, and those
// that no sharing terms carry out, stand beside them.
func (rm room) agreementsInForce(ctx context.Context, w store.Who, l *lang.Locale, now time.Time) (result.Counted, error) {
	rows, err := agreement.List(ctx, rm.Store, w, store.Is("state", string(agreement.InForce)))
	if err != nil {
		return result.Counted{}, err
	}
	var carried map[string]bool
	if rm.Carried != nil {
		if carried, err = rm.Carried(ctx, w.Actor.Owner); err != nil {
			return result.Counted{}, err
		}
	}
	var out result.Counted
	for _, r := range rows {
		why := r.V.Standing(carried, now)
		if why == "other" {
			continue
		}
		i := agreementItem(l, r)
		if i.On = r.V.Since; why != "" {
			i.Aside = "agreement_" + why
		}
		out.Items = append(out.Items, i)
	}
	return out, nil
}

// teamsSetUp are the agreements that set up joint teams with a country of the region, from the day of signature on; those whose
// signed file only one side has recorded stand beside them.
func (rm room) teamsSetUp(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	p, err := rm.current(ctx, w)
	if err != nil {
		return result.Counted{}, err
	}
	rows, err := agreement.List(ctx, rm.Store, w, store.Is("sort", "investigation"))
	var out result.Counted
	for _, r := range agreement.CountTeams(rows, p.Partners()).Behind {
		i := agreementItem(l, r)
		if i.On = r.V.SignedOn; !r.V.Alike() {
			i.Aside = "agreement_" + agreement.Standings()[0]
		}
		out.Items = append(out.Items, i)
	}
	return out, err
}

// materialsPublished are the materials that came out in a language at least, by the first day; campaigns are not among them.
func (rm room) materialsPublished(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	rows, err := material.List(ctx, rm.Store, w, nil)
	var out result.Counted
	for _, r := range rows {
		if len(r.V.In) == 0 {
			continue
		}
		title := rolls.Excerpt(l, r.V.Text)
		i := result.Item{Title: title.Text, Lang: title.Lang, Sub: l.T("material.sort." + string(r.V.Sort)), Href: material.Path + "/" + r.ID.String(), On: r.V.In[0].On, Activity: r.V.Activity, Countries: r.V.Countries, By: map[string][]result.Word{}}
		for _, in := range r.V.In {
			if in.On.Before(i.On) {
				i.On = in.On
			}
			i.By["language"] = append(i.By["language"], result.Word{Code: in.Language, Text: l.Language(in.Language)})
		}
		out.Items = append(out.Items, i)
	}
	return out, err
}

// changesReported are the changes that another person than the reporter has confirmed; reports that wait or are contested stand
// beside them.
func (rm room) changesReported(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	rows, err := change.List(ctx, rm.Store, w, nil)
	var out result.Counted
	for _, r := range rows {
		title, who := rolls.Excerpt(l, r.V.Text), rolls.Quote(l, r.V.Who)
		i := result.Item{Title: title.Text, Lang: title.Lang, Sub: joined(l.T("change.sort."+string(r.V.Sort)), who.Text, r.V.Judge), Href: change.Path + "/" + r.ID.String(), On: r.V.On, Countries: r.V.Countries,
			By: map[string][]result.Word{"sort": {{Code: string(r.V.Sort), Key: "change.sort." + string(r.V.Sort)}}}}
		if len(r.V.Activities) > 0 {
			i.Activity = r.V.Activities[0]
		}
		if r.V.State != change.Confirmed {
			i.Aside = "change_" + string(r.V.State)
		}
		out.Items = append(out.Items, i)
	}
	return out, err
}
