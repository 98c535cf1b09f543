// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
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
	slices.SortFunc(ids, func(a, b journal.ID) int { return strings.Compare(plainly(g.name(l, a)), plainly(g.name(l, b))) })
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
	in, err := rm.activities(ctx, rolls.As(r), map[string]string{"organisation": id.String()})
	if err != nil {
		return nil, err
	}
	l := r.L
	d := organisationPage{Name: quoted(o.Names.In(l.Tag()), languageOf(o.Names, l)), Facts: []fact{one(l.T("programme.column.type"), text(l.T("party.type."+string(o.Type))))}}
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
			where = text(lines(l, s.Source, f.Sources[0].Lines))
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
	if d.Owns, err = rm.owned(ctx, r, id); err != nil {
		return nil, err
	}
	return page.View("programme/organisation", l.T("programme.organisation.title"), d), nil
}

// owned lists the recommendations and the actions that an organisation is to see to.
func (rm room) owned(ctx context.Context, r *page.Request, id journal.ID) (table, error) {
	l, of := r.L, map[string]string{"owner": id.String()}
	t := table{Caption: l.T("programme.organisation.owns"), Columns: columns(l, "what", "status"), Empty: &page.Empty{Icon: "list-check", Title: l.T("programme.organisation.owns.none")}}
	asked, err := rolls.All[recommendation.Line](ctx, rm.Store, rolls.As(r), store.Query{Kind: access.KindRecommendation, Codes: of})
	if err != nil {
		return t, err
	}
	for _, x := range asked {
		what := rolls.Excerpt(l, x.V.Text)
		t.Rows = append(t.Rows, []item{quoted(what.Text, what.Lang).to(recommendation.Path + "/" + x.ID.String()).with(joined(x.V.Source, x.V.Paragraph)), text(l.T("recommendation.state." + string(x.V.State)))})
	}
	agreed, err := rolls.All[action.Line](ctx, rm.Store, rolls.As(r), store.Query{Kind: access.KindAction, Codes: of})
	for _, x := range agreed {
		what := rolls.Excerpt(l, x.V.Text)
		t.Rows = append(t.Rows, []item{quoted(what.Text, what.Lang).to(action.Path + "/" + x.ID.String()).with(x.V.Due.Print(l)), text(l.T("action.state." + string(x.V.State)))})
	}
	return t, err
}
