// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// sides lists the two kinds of dossiers: what this office hosts, and what it is invited to.
func sides() []string { return []string{"hosted", "invited"} }

func filters(l *lang.Locale, a register.Around) []register.Field {
	all := l.T("register.any")
	return []register.Field{
		{Kind: "select", Name: "standing", Label: l.T("event.standing"), Options: register.Codes(l, "event.standing.", Standings()), Blank: all},
		{Kind: "select", Name: "side", Label: l.T("event.side"), Options: register.Codes(l, "event.side.", sides()), Blank: all},
		{Kind: "select", Name: "country", Label: l.T("event.country"), Options: a.CountryOptions(l), Blank: all},
		a.ActivityChoice(register.Field{Name: "activity", Label: l.T("event.activity"), Blank: all}),
	}
}

// shelf is where readers keep the filters of the list.
func shelf() register.Shelf {
	return register.Shelf{Room: "event", Path: Path, Filters: []string{"standing", "side", "country", "activity"}}
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l, w := r.L, register.As(r)
	around, err := register.Look(ctx, rm.Store, w, l)
	if err != nil {
		return nil, err
	}
	fs := filters(l, around)
	chosen := register.Query(r, fs)
	if r.URL.Query().Get("as") == "csv" {
		rows, err := List(ctx, rm.Store, w, chosen)
		if err != nil {
			return nil, err
		}
		return page.Sheet("events.csv", sheet(l, rows))
	}
	leaf, err := register.Leafed(ctx, r, rm.Store, Path, access.KindEvent, chosen, order)
	if err != nil {
		return nil, err
	}
	d := register.List{Title: l.T("event.title"), Lead: l.N("event.count", leaf.N), Crumbs: crumbs(l), Table: rm.table(ctx, r, leaf.Rows, len(chosen) > 0)}
	leaf.Turn(&d)
	d.Narrow(Path, fs, chosen)
	d.Views = shelf().Views(r, chosen)
	for _, s := range sides() {
		d.Tabs = append(d.Tabs, page.Tab{Text: l.T("event.side." + s), Href: register.Address(Path, map[string]string{"side": s}), Current: chosen["side"] == s})
	}
	if register.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("event.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	}
	return page.View("register/list", l.T("event.title"), d), nil
}

func (rm room) table(ctx context.Context, r *page.Request, rows []Row, narrowed bool) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("event.title"), Empty: &page.Empty{Icon: "calendar-event", Title: l.T("event.empty"), Text: l.T("event.empty.text")}}
	if narrowed {
		t.Empty = &page.Empty{Icon: "search", Title: l.T("register.none"), Text: l.T("register.none.text"), Action: &page.Action{Text: l.T("register.all"), Href: Path}}
	}
	for _, k := range []string{"event.one", "event.when", "event.mode", "event.answers", "event.standing"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	for _, x := range rows {
		v := x.V
		first := register.Excerpt(l, v.Title)
		first.Href, first.Sub = pathOf(x.ID), join(l.T("event.sort."+string(v.Sort)), v.Activity)
		if !v.From.IsZero() {
			first.Sub = join(l.T("event.invited_by", "Office", rm.office(ctx, r, v.From)), v.Activity)
		}
		mark := standing(l, v)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{first, {Text: span(l, v.Start, v.End)}, {Text: l.T("event.mode." + string(v.Mode))}, answers(l, v), {Text: mark.Text, Tone: mark.Tone}}})
	}
	return t
}

// answers says how many countries have answered, and how many people are to come.
func answers(l *lang.Locale, v Summary) page.Cell {
	answered, accepted := 0, 0
	for _, t := range v.Took {
		if t.Answered {
			answered++
		}
		accepted += t.Accepted
	}
	c := page.Cell{Text: l.T("register.of", "N", l.Number(answered), "Of", l.Number(len(v.Took))), Sub: l.N("event.accepted_people", accepted)}
	switch {
	case len(v.Took) == 0:
		c.Text, c.Sub = l.T("event.nobody_asked"), ""
	case !v.From.IsZero():
		c.Text = l.T("event.answer.none")
		if answered > 0 {
			c.Text = l.T("event.answer.given")
		}
	}
	return c
}

func sheet(l *lang.Locale, rows []Row) [][]string {
	var head []string
	for _, k := range []string{"event.one", "register.language", "event.sort", "event.activity", "event.start", "event.end", "event.mode", "event.standing", "event.countries_asked", "event.countries_answered", "event.people_accepted", "event.came_in_person", "event.came_online"} {
		head = append(head, l.T(k))
	}
	out := [][]string{head}
	for _, x := range rows {
		v, shown := x.V, x.V.Title.In(l.Tag())
		asked, answered, accepted := 0, 0, 0
		for _, t := range v.Took {
			if accepted += t.Accepted; t.Asked {
				asked++
			}
			if t.Answered {
				answered++
			}
		}
		came := func(n int) string {
			if !v.Counted {
				return l.T("page.unknown")
			}
			return l.Number(n)
		}
		known := func(s string) string {
			if s == "" {
				return l.T("page.unknown")
			}
			return s
		}
		out = append(out, []string{shown.Text, shown.Language, l.T("event.sort." + string(v.Sort)), v.Activity, known(v.Start.String()), known(v.End.String()), l.T("event.mode." + string(v.Mode)), standing(l, v).Text,
			l.Number(asked), l.Number(answered), l.Number(accepted), came(v.InPerson), came(v.Online)})
	}
	return out
}
