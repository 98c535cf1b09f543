// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// countryPage is /programme/countries/{code}: all that concerns one country or territory, and what does not reach it.
type countryPage struct {
	Name, Note    string
	Gaps          []string
	Activities    table
	Organisations table
	Figures       table
	Regional      item       // what names no country or territory; the zero item where everything does
	Elsewhere     []page.Tab // the same country's rows in the registers
	Empty         *page.Empty
}

func (rm room) country(ctx context.Context, r *page.Request) (page.Response, error) {
	code, l, w := r.PathValue("code"), r.L, rolls.As(r)
	s, err := rm.current(ctx, w)
	if err != nil {
		return nil, err
	}
	if !s.Exists() && activity.IsCountry(code) {
		return page.View("programme/country", l.T("programme.country.title"), countryPage{Name: l.Country(code), Empty: nothingYet(l)}), nil
	}
	if !slices.ContainsFunc(s.Countries, func(c scheme.Country) bool { return c.Code == code }) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	here := filter{Country: code}
	places, err := rm.places(ctx, w)
	if err != nil {
		return nil, err
	}
	list, next, err := rm.page(ctx, w, here.query(r.Now))
	if err != nil {
		return nil, err
	}
	g, err := rm.register(ctx, w)
	if err != nil {
		return nil, err
	}
	figures, err := figure.List(ctx, rm.Store, w, "")
	if err != nil {
		return nil, err
	}
	figures = slices.DeleteFunc(figures, func(f figure.Figure) bool { return f.Corridor.From != code && f.Corridor.To != code })
	d := countryPage{Name: l.Country(code), Gaps: countryGaps(l, s, places, code), Organisations: organisationsOf(l, s, g, code), Figures: rm.figureTable(ctx, r, figures)}
	if code == "XK" {
		d.Note = l.T("programme.map.kosovo")
	}
	d.Activities = table{Caption: l.T("programme.list.title"), Columns: columns(l, "activity", "kind", "dates", "status"), Empty: &page.Empty{Icon: "list", Title: l.T("programme.country.none")}}
	under, err := rm.under(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		d.Activities.Rows = append(d.Activities.Rows, []item{entryOf(l, a).with(under(a.Code)), text(l.T("programme.kind." + string(a.Kind))), when(l, a), status(l, a.Status)})
	}
	if next != "" {
		d.Activities.More = text(l.N("programme.more", here.count(places)-len(list))).to(here.path())
	}
	nowhere := filter{Country: activity.None}
	if n := nowhere.count(places); n > 0 {
		d.Regional = text(l.N("programme.country.regional.text", n)).to(nowhere.path())
	}
	if d.Elsewhere, err = rm.concerning(ctx, r, code); err != nil {
		return nil, err
	}
	return page.View("programme/country", l.T("programme.country.title"), d), nil
}

// under tells how many studies, grants and actions stand under an activity: they name no country of their own.
func (rm room) under(ctx context.Context, r *page.Request) (func(activity string) string, error) {
	counted := []struct{ kind, key string }{{access.KindStudy, "study.count"}, {access.KindAward, "grant.count"}, {access.KindAction, "action.count"}}
	of := make([]map[string]int, len(counted))
	for i, x := range counted {
		var err error
		if of[i], err = rm.Store.Tally(ctx, rolls.As(r), x.kind, "activity"); err != nil {
			return nil, err
		}
	}
	return func(activity string) string {
		var out []string
		for i, x := range counted {
			if n := of[i][activity]; n > 0 {
				out = append(out, r.L.N(x.key, n))
			}
		}
		return joined(out...)
	}, nil
}

// countryGaps says which of the Four Ps, and which priorities, no activity of a partner country stands for.
func countryGaps(l *lang.Locale, s scheme.Scheme, list []standing, code string) []string {
	if !slices.Contains(s.Partners(), code) {
		return nil
	}
	var out []string
	m := countPlaces(list)
	for _, p := range activity.Pillars() {
		if m[cell{pillar: p, country: code}] == 0 {
			out = append(out, l.T("programme.country.no_pillar", "Pillar", pillarName(l, p)))
		}
	}
	for _, p := range s.Priorities {
		if m[cell{priority: activity.Priorities([]int{p.N})[0], country: code}] == 0 {
			out = append(out, l.T("programme.country.no_priority", "Priority", short(l, p.N)))
		}
	}
	return out
}

// organisationsOf lists who is at home there, with the functions that the source names.
func organisationsOf(l *lang.Locale, s scheme.Scheme, g register, code string) table {
	t := table{Caption: l.T("programme.organisations"), Columns: columns(l, "organisation", "type", "function"), Empty: &page.Empty{Icon: "building-community", Title: l.T("programme.country.nobody")}}
	var ids []journal.ID
	for id, o := range g.orgs {
		if o.Country == code {
			ids = append(ids, id)
		}
	}
	inorder.By(ids, func(a, b journal.ID) int { return strings.Compare(plainly(g.name(l, a)), plainly(g.name(l, b))) })
	known := false
	for _, id := range ids {
		functions := item{Text: "–"}
		var titles []string
		for _, f := range g.roles {
			if f.Organisation == id {
				titles = append(titles, f.Titles.In(l.Tag()))
				functions, known = quoted(l.Clauses(titles), languageOf(f.Titles, l)), true
			}
		}
		t.Rows = append(t.Rows, []item{g.link(l, id), text(l.T("party.type." + string(g.orgs[id].Type))), functions})
	}
	if !known { // a column of dashes says nothing
		t.Columns = t.Columns[:2]
		for i := range t.Rows {
			t.Rows[i] = t.Rows[i][:2]
		}
	}
	return t
}
