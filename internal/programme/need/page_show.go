// SPDX-License-Identifier: EUPL-1.2

package need

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

func (rm room) opened(ctx context.Context, r *page.Request) (Need, error) {
	id, err := r.ID("id")
	if err != nil {
		return Need{}, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindNeed, ID: id})
	if err != nil {
		return Need{}, err
	}
	n := o.State.(Need)
	if !n.Exists() {
		return n, fault.New(fault.NotFound, "store.not_found")
	}
	return n, nil
}

// acts are what somebody can do to a need, with the entry type that each writes, in the order of the page.
var acts = []struct{ name, typ, icon string }{
	{"plan", PlannedType, "calendar-event"}, {"meet", MetType, "circle-check"}, {"join", JoinedType, "arrows-join"}, {"drop", DroppedType, "circle-x"}, {"reopen", ReopenedType, "arrow-back-up"}}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	n, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	l := r.L
	d := register.Record{Crumbs: crumbs(l, page.Crumb{Text: l.T("need.one")}), Title: register.Excerpt(l, n.Noted.Text), Status: page.Mark{Tone: tone(n.State), Text: l.T("need.state." + string(n.State))},
		Passages: register.Passages(l, l.T("need.text"), n.Noted.Text), Facts: rm.facts(r, n), History: rm.history(ctx, r, n)}
	if n.State != Dropped && n.State != Joined {
		d.Notes = register.Wanting(l, n.Noted.Text)
	}
	if register.MayEdit(r) {
		d.Actions = actions(r, n)
	}
	return page.View("register/record", l.T("need.one"), d), nil
}

func actions(r *page.Request, n Need) []page.Action {
	out := []page.Action{{Text: r.L.T("register.edit"), Href: pathOf(n.ID) + "/edit", Icon: "edit"}}
	for _, a := range acts {
		if slices.Contains(from[a.typ], n.State) {
			out = append(out, page.Action{Text: r.L.T("need.act." + a.name), Href: pathOf(n.ID) + "/act/" + a.name, Icon: a.icon})
		}
	}
	return out
}

func (rm room) facts(r *page.Request, n Need) []page.Fact {
	l, v := r.L, n.Noted
	at := raised(l, v)
	out := []page.Fact{{Term: l.T("need.theme"), Text: l.T("need.theme." + string(v.Theme))}, {Term: l.T("need.groups"), Text: groups(l, v.Groups)},
		{Term: l.T("need.countries"), Text: register.Countries(l, v.Countries)}, {Term: l.T("need.urgency"), Text: register.Word(l, "need.urgency.", v.Urgency)},
		{Term: l.T("need.raised"), Text: at.Text, Href: at.Href, Sub: at.Sub},
		{Term: l.T("need.state"), Text: l.T("need.state." + string(n.State)), Tone: tone(n.State), Sub: n.Since.Print(l)}}
	if n.Answer.Code != "" {
		f := page.Fact{Term: l.T("need.answer"), Text: n.Answer.Code, Sub: l.T("need.answer." + string(n.Answer.Answer))}
		if n.Answer.Answer != "agreement" {
			f.Href = register.ActivityPath(n.Answer.Code)
		}
		out = append(out, f)
	}
	if n.Met.Evidence != "" {
		out = append(out, page.Fact{Term: l.T("need.evidence"), Text: n.Met.Evidence})
	}
	if n.Reason != "" {
		out = append(out, page.Fact{Term: l.T("need.reason"), Text: n.Reason})
	}
	if !n.JoinedTo.IsZero() {
		out = append(out, page.Fact{Term: l.T("need.joined_to"), Text: l.T("need.one"), Href: pathOf(n.JoinedTo)})
	}
	return out
}

func (rm room) history(ctx context.Context, r *page.Request, n Need) []page.Event {
	var ids []journal.ID
	for _, e := range n.History {
		ids = append(ids, e.By)
	}
	names := map[journal.ID]string{}
	if rm.Names != nil {
		names = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	var out []page.Event
	for _, e := range slices.Backward(n.History) {
		out = append(out, page.Event{At: e.At, Title: r.L.T("need.entry." + e.Type), Text: e.Text, Who: names[e.By]})
	}
	return out
}
