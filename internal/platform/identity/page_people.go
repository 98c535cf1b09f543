// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

func (p pages) peopleRoutes() []page.Route {
	return []page.Route{
		{Pattern: "GET /people", Handle: p.people},
		{Pattern: "GET /people/new", Handle: p.newPerson},
		{Pattern: "POST /people", Handle: p.invite},
		{Pattern: "GET /people/{account}", Handle: p.person},
		{Pattern: "POST /people/{account}/{act}", Handle: p.act},
	}
}

func (p pages) people(ctx context.Context, r *page.Request) (page.Response, error) {
	all, err := p.s.People(ctx, r.Actor)
	if err != nil {
		return nil, err
	}
	t := page.Table{Caption: r.L.T("identity.people.title"), Columns: []page.Column{{Text: r.L.T("identity.people.name")}, {Text: r.L.T("identity.people.roles")}, {Text: r.L.T("identity.people.state")}}}
	waiting := 0
	for _, a := range all {
		roles, proposed := roleWords(r, a)
		waiting += len(proposed)
		state := page.Cell{Text: r.L.T("identity.state." + string(a.State)), Tone: stateTone(a.State)}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: a.Name, Href: "/people/" + a.ID.String()}, {Text: r.L.List(roles), Sub: r.L.List(proposed)}, state}})
	}
	return page.View("identity/people", r.L.T("identity.people.title"), map[string]any{"Table": t, "Waiting": waiting}), nil
}

func stateTone(s State) string {
	switch s {
	case Active:
		return page.Good
	case Invited:
		return page.Info
	case Locked, Suspended:
		return page.Warn
	}
	return page.Off
}

// roleWords gives the roles that someone holds, and those that wait for a second person.
func roleWords(r *page.Request, a Account) (held, proposed []string) {
	for _, g := range a.Grants {
		w := r.L.T("identity.role." + string(g.Role))
		if g.State == Proposed {
			proposed = append(proposed, r.L.T("identity.role_waits", "Role", w))
		} else {
			held = append(held, w)
		}
	}
	return held, proposed
}

func (p pages) roleOptions(r *page.Request) []page.Option {
	var out []page.Option
	for _, role := range access.RolesOf(r.Office.Kind) {
		o := page.Option{Value: string(role), Text: r.L.T("identity.role." + string(role))}
		if IsSensitive(role) {
			o.Hint = r.L.T("identity.two_people")
		}
		out = append(out, o)
	}
	return out
}

type newData struct {
	formData
	Roles  []page.Option
	Chosen []string
}

func (p pages) newPerson(_ context.Context, r *page.Request) (page.Response, error) {
	if !r.Actor.Has(access.Administrator) {
		return nil, fault.New(fault.Denied, "identity.fault.not_administrator")
	}
	if first, err := p.grave(r, "/people/new"); first != nil || err != nil {
		return first, err
	}
	return page.View("identity/new", r.L.T("identity.new.title"), newData{Roles: p.roleOptions(r)}), nil
}

func (p pages) invite(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Name  string        `form:"name"`
		Roles []access.Role `form:"roles"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if r.Actor.Has(access.Administrator) {
		if first, err := p.grave(r, "/people/new"); first != nil || err != nil {
			return first, err
		}
	}
	link, err := p.s.Invite(ctx, r.Actor, in.Name, in.Roles)
	if fault.Is(err, fault.Invalid) {
		d := newData{formData: formData{Values: map[string]string{"name": in.Name}, Errors: r.Errors(err)}, Roles: p.roleOptions(r)}
		for _, x := range in.Roles {
			d.Chosen = append(d.Chosen, string(x))
		}
		return page.Status(422, page.View("identity/new", r.L.T("identity.new.title"), d)), nil
	}
	if err != nil {
		return nil, err
	}
	return p.linkPage(r, link), nil
}

// linkPage shows a link, this once.
func (p pages) linkPage(r *page.Request, l Link) page.Response {
	return page.View("identity/link", r.L.T("identity.link.title"), map[string]any{"Path": l.Path, "Host": r.Host, "Until": l.Expires, "Account": l.Account.String()})
}

// personData is one person of the office.
type personData struct {
	Account Account
	Roles   []grantRow
	More    []page.Option // roles that could be proposed
	Events  []page.Event
	Self    bool
}

type grantRow struct {
	Grant
	Word     string
	Proposed bool
	Mine     bool // proposed by the reader, so another must approve
}

func (p pages) person(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("account")
	if err != nil {
		return nil, err
	}
	all, err := p.s.People(ctx, r.Actor)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.ID == id {
			d, err := p.personData(ctx, r, a)
			return page.View("identity/person", r.L.T("identity.person.title"), d), err
		}
	}
	return nil, fault.New(fault.NotFound, "fault.not_found")
}

func (p pages) personData(ctx context.Context, r *page.Request, a Account) (personData, error) {
	d := personData{Account: a, Self: a.ID == r.Actor.ID}
	held := map[access.Role]bool{}
	for _, g := range a.Grants {
		held[g.Role] = true
		d.Roles = append(d.Roles, grantRow{g, r.L.T("identity.role." + string(g.Role)), g.State == Proposed, g.Proposer == r.Actor.ID})
	}
	for _, o := range p.roleOptions(r) {
		if !held[access.Role(o.Value)] {
			d.More = append(d.More, o)
		}
	}
	events, err := p.s.History(ctx, r.Actor, a.ID)
	if err != nil {
		return d, err
	}
	names, err := p.s.Names(ctx, r.Actor.Owner, actorsOf(events))
	for _, e := range events {
		var roles []string
		for _, role := range e.Roles {
			roles = append(roles, r.L.T("identity.role."+string(role)))
		}
		d.Events = append(d.Events, page.Event{At: e.At, Title: r.L.T("identity.event." + e.Type), Text: r.L.List(roles), Who: names[e.By]})
	}
	return d, err
}

func actorsOf(es []Event) []journal.ID {
	var out []journal.ID
	for _, e := range es {
		if !e.By.IsZero() {
			out = append(out, e.By)
		}
	}
	return out
}

// decide approves or refuses a proposed role of the very account that the address names.
func (p pages) decide(ctx context.Context, r *page.Request, account, grant journal.ID) error {
	all, err := p.s.People(ctx, r.Actor)
	if err != nil {
		return err
	}
	theirs := slices.ContainsFunc(all, func(a Account) bool {
		return a.ID == account && slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.ID == grant })
	})
	if !theirs {
		return fault.New(fault.NotFound, "identity.fault.no_grant")
	}
	if r.PathValue("act") == "approve" {
		return p.s.Approve(ctx, r.Actor, grant)
	}
	return p.s.Refuse(ctx, r.Actor, grant)
}

// act carries out one act of an administrator on an account; the service checks who may.
func (p pages) act(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("account")
	if err != nil {
		return nil, err
	}
	var in struct {
		Role  access.Role `form:"role"`
		Grant journal.ID  `form:"grant"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if r.Actor.Has(access.Administrator) {
		if first, err := p.grave(r, "/people/"+id.String()); first != nil || err != nil {
			return first, err
		}
	}
	switch r.PathValue("act") {
	case "suspend":
		err = p.s.Suspend(ctx, r.Actor, id)
	case "reinstate":
		err = p.s.Reinstate(ctx, r.Actor, id)
	case "close":
		err = p.s.Close(ctx, r.Actor, id)
	case "unlock":
		err = p.s.Unlock(ctx, r.Actor, id)
	case "propose":
		_, err = p.s.Propose(ctx, r.Actor, id, in.Role)
	case "approve", "refuse":
		err = p.decide(ctx, r, id, in.Grant)
	case "end-role":
		err = p.s.EndRole(ctx, r.Actor, id, in.Role)
	case "reset":
		link, rerr := p.s.Reset(ctx, r.Actor, id)
		if rerr != nil {
			return nil, rerr
		}
		return p.linkPage(r, link), nil
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return page.Redirect("/people/"+id.String(), "identity.saved"), err
}
