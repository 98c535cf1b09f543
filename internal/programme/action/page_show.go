// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

func (rm room) opened(ctx context.Context, r *page.Request) (Action, error) {
	id, err := r.ID("id")
	if err != nil {
		return Action{}, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindAction, ID: id})
	if err != nil {
		return Action{}, err
	}
	a := o.State.(Action)
	if !a.Exists() {
		return a, fault.New(fault.NotFound, "store.not_found")
	}
	return a, nil
}

// acts are what somebody can do to an action, with the entry type that each writes, in the order of the page.
var acts = []struct{ name, typ, icon string }{
	{"done", DoneType, "circle-check"}, {"follow", FollowedType, "message"}, {"refuse", RefusedType, "circle-x"}, {"reopen", ReopenedType, "arrow-back-up"}}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	around, err := register.Look(ctx, rm.Store, register.As(r), r.L)
	if err != nil {
		return nil, err
	}
	l, v := r.L, a.Summary()
	at := agreed(l, v)
	d := register.Record{Crumbs: crumbs(l, page.Crumb{Text: l.T("action.one")}), Title: register.Excerpt(l, v.Text), Status: standing(l, v, r.Now),
		Passages: register.Passages(l, l.T("action.text"), v.Text), History: rm.history(ctx, r, a),
		Facts: []page.Fact{{Term: l.T("action.owner"), Text: around.Names[v.Owner]}, {Term: l.T("action.due"), Text: dueOn(l, v)}, {Term: l.T("action.agreed"), Text: at.Text, Href: at.Href, Sub: at.Sub}}}
	if !v.Owner.IsZero() {
		d.Facts[0].Href = "/programme/organisations/" + v.Owner.String()
	}
	if !v.Need.IsZero() {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("action.need"), Text: l.T("need.one"), Href: "/programme/needs/" + v.Need.String()})
	}
	if a.Done.Evidence != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("action.evidence"), Text: a.Done.Evidence, Sub: a.Done.On.Print(l)})
	}
	if a.Refused.Reason != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("action.reason"), Text: a.Refused.Reason, Sub: a.Refused.On.Print(l)})
	}
	if days := v.Asking(r.Now); days > 0 {
		d.Notes = append(d.Notes, register.Note{Tone: page.Warn, Title: l.T("action.asking", "Days", strconv.Itoa(days)), Text: l.T("action.asking.text")})
	}
	if v.State == Open {
		d.Notes = append(d.Notes, register.Wanting(l, v.Text)...)
	}
	if register.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("register.edit"), Href: pathOf(a.ID) + "/edit", Icon: "edit"}}
		for _, x := range acts {
			if slices.Contains(from[x.typ], a.State) {
				d.Actions = append(d.Actions, page.Action{Text: l.T("action.act." + x.name), Href: pathOf(a.ID) + "/act/" + x.name, Icon: x.icon})
			}
		}
	}
	return page.View("register/record", l.T("action.one"), d), nil
}

func (rm room) history(ctx context.Context, r *page.Request, a Action) []page.Event {
	var ids []journal.ID
	for _, e := range a.History {
		ids = append(ids, e.By)
	}
	names := map[journal.ID]string{}
	if rm.Names != nil {
		names = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	var out []page.Event
	for _, e := range slices.Backward(a.History) {
		title := r.L.T("action.entry." + e.Type)
		if e.Type == FollowedType {
			title = r.L.T("action.followed", "Days", strconv.Itoa(e.Days))
		}
		out = append(out, page.Event{At: e.At, Title: title, Text: e.Text, Who: names[e.By]})
	}
	return out
}
