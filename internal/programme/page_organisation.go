// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

func (rm room) organisations(ctx context.Context, r *page.Request) (page.Response, error) {
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	l := r.L
	var ids []journal.ID
	for id := range g.orgs {
		ids = append(ids, id)
	}
	inorder.By(ids, func(a, b journal.ID) int { return strings.Compare(plainly(g.name(l, a)), plainly(g.name(l, b))) })
	t := table{Caption: l.T("programme.organisations"), Columns: columns(l, "organisation", "type", "country"), Empty: nothingYet(l)}
	for _, id := range ids {
		o := g.orgs[id]
		country := item{}
		if o.Country != "" {
			country = text(l.Country(o.Country))
		}
		t.Rows = append(t.Rows, []item{g.link(l, id), text(l.T("party.type." + string(o.Type))), country})
	}
	return page.View("programme/organisations", l.T("programme.organisations"), t), nil
}

// named gives the names that an organisation has, each in its language, and in which of the screens' languages it has none yet.
func named(l *lang.Locale, names party.Names) fact {
	f := fact{Term: l.T("programme.names")}
	for _, tag := range slices.Sorted(maps.Keys(names)) {
		f.Items = append(f.Items, quoted(names[tag], l.Foreign(tag)).with(l.Language(tag)))
	}
	for _, tag := range []string{"en", "fr"} {
		if names[tag] == "" {
			f.Items = append(f.Items, text(l.T("wording.state.missing")).with(l.Language(tag)))
		}
	}
	return f
}

// organisationPage is one organisation: what it is, who stands for it, what it takes part in.
type organisationPage struct {
	Name       item
	Actions    []page.Action
	Facts      []fact
	People     table
	Activities table
	Owns       table // recommendations and actions
}

func (rm room) organisation(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	opened, err := rm.Store.Open(ctx, rolls.As(r), store.Ref{Kind: access.KindOrganisation, ID: id})
	if err != nil {
		return nil, err
	}
	o := opened.State.(actors.Organisation)
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	takes := filter{Takes: id.String()}
	in, next, err := rm.page(ctx, rolls.As(r), takes.query(r.Now))
	if err != nil {
		return nil, err
	}
	l := r.L
	d := organisationPage{Name: quoted(o.Names.In(l.Tag()), languageOf(o.Names, l)), Facts: []fact{one(l.T("programme.column.type"), text(l.T("party.type."+string(o.Type))))}}
	d.Facts = append(d.Facts, named(l, o.Names))
	if o.Place.Country != "" {
		d.Facts = append(d.Facts, one(l.T("programme.column.country"), text(l.Country(o.Place.Country))))
	}
	if !o.Parent.IsZero() {
		d.Facts = append(d.Facts, one(l.T("programme.fact.part_of"), g.link(l, o.Parent)))
	}
	roles, err := rm.functionsOf(ctx, rolls.As(r), id)
	if err != nil {
		return nil, err
	}
	d.People = table{Caption: l.T("programme.people"), Columns: columns(l, "function", "name", "held", "source"), Empty: &page.Empty{Icon: "users", Title: l.T("programme.people.none")}}
	for _, f := range roles {
		where := item{}
		if len(f.Sources) > 0 {
			where = text(cited(l, s.Source, f.Sources[0]))
			if where.Text == "" {
				where = text(f.Sources[0].Print(l))
			}
		}
		d.People.Rows = append(d.People.Rows, []item{quoted(f.Titles.In(l.Tag()), languageOf(f.Titles, l)).to(functionPath(f.ID)), text(f.Name), heldFrom(l, f.FunctionLine), where})
	}
	d.Actions = step.Actions(r, rm.organisationSteps(), o, organisationPath(id))
	d.Activities = table{Caption: l.T("programme.list.title"), Columns: columns(l, "activity", "role"), Empty: &page.Empty{Icon: "list", Title: l.T("programme.organisation.none")}}
	for _, a := range in {
		var roles []string
		for _, p := range a.Partners {
			if p.Organisation == id {
				roles = append(roles, l.T("programme.role."+string(p.Role)))
			}
		}
		d.Activities.Rows = append(d.Activities.Rows, []item{entryOf(l, a), text(l.List(roles))})
	}
	if next != "" {
		n, err := rm.Store.Count(ctx, rolls.As(r), takes.query(r.Now))
		if err != nil {
			return nil, err
		}
		d.Activities.More = text(l.N("programme.more", n-len(in))).to(takes.path())
	}
	if d.Owns, err = rm.owned(ctx, r, id); err != nil {
		return nil, err
	}
	return page.View("programme/organisation", l.T("programme.organisation.title"), d), nil
}

// owned lists the needs, agreements, recommendations and actions that an organisation is to see to.
func (rm room) owned(ctx context.Context, r *page.Request, id journal.ID) (table, error) {
	l := r.L
	row := func(of wording.Text, sub, state string) []item {
		what := rolls.Excerpt(l, of)
		return []item{quoted(what.Text, what.Lang).with(sub), text(l.T(state))}
	}
	t := table{Caption: l.T("programme.organisation.owns"), Columns: columns(l, "what", "status"), Empty: &page.Empty{Icon: "list-check", Title: l.T("programme.organisation.owns.none")}}
	for _, x := range []struct {
		kind, path string
		row        func(store.Row) ([]item, error)
	}{
		{access.KindNeed, need.Path, func(x store.Row) ([]item, error) {
			v, err := store.Summary[need.Line](x)
			return row(v.Text, v.ByWhen().Print(l), "need.state."+string(v.State)), err
		}},
		{access.KindAgreement, agreement.Path, func(x store.Row) ([]item, error) {
			v, err := store.Summary[agreement.Line](x)
			return row(v.Title, v.Code, "agreement.state."+string(v.StateAt(r.Now))), err
		}},
		{access.KindRecommendation, recommendation.Path, func(x store.Row) ([]item, error) {
			v, err := store.Summary[recommendation.Line](x)
			return row(v.Text, joined(v.Source, v.Paragraph), "recommendation.state."+string(v.State)), err
		}},
		{access.KindAction, action.Path, func(x store.Row) ([]item, error) {
			v, err := store.Summary[action.Line](x)
			return row(v.Text, v.Due.Print(l), "action.state."+string(v.State)), err
		}},
	} {
		if err := rm.ownedIn(ctx, r, &t, id, x.kind, x.path, x.row); err != nil {
			return t, err
		}
	}
	return t, nil
}

// ownedIn adds a page of what an organisation owns in one register, and the way to the rest.
func (rm room) ownedIn(ctx context.Context, r *page.Request, t *table, id journal.ID, kind, path string, row func(store.Row) ([]item, error)) error {
	q := store.Query{Kind: kind, Codes: map[string]string{"owner": id.String()}, By: rolls.OrderCode}
	p, err := rm.Store.List(ctx, rolls.As(r), q)
	if err != nil {
		return err
	}
	for _, x := range p.Rows {
		cells, err := row(x)
		if err != nil {
			return err
		}
		cells[0].Href = path + "/" + x.Ref.ID.String()
		t.Rows = append(t.Rows, cells)
	}
	if p.Next == "" {
		return nil
	}
	n, err := rm.Store.Count(ctx, rolls.As(r), q)
	t.Rows = append(t.Rows, []item{text(r.L.N("programme.more", n-len(p.Rows))).to(path + "?owner=" + id.String()), text("–")})
	return err
}
