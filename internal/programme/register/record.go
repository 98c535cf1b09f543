// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

func (g *Of[S, L]) called(v *See, l L) string {
	if g.Called != nil {
		return g.Called(v, l)
	}
	return v.T("one")
}

func (g *Of[S, L]) show(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := g.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := g.see(ctx, r)
	if err != nil {
		return nil, err
	}
	line, _ := g.Line(s)
	d := Record{Crumbs: g.crumbs(r, page.Crumb{Text: g.called(v, line)}), Title: g.Title(v, line), Status: g.State(v, line),
		Passages: g.Passages(v, s), Facts: g.Facts(v, s), History: g.history(ctx, v, s)}
	if g.Notes != nil {
		d.Notes = g.Notes(v, s)
	}
	if g.Tables != nil {
		d.Tables = g.Tables(v, s)
	}
	if g.Ways != nil {
		d.Actions = g.Ways(v, s)
	}
	switch why := g.shut(v, s); {
	case !MayEdit(r):
	case why != nil:
		d.Notes = append(d.Notes, Note{Tone: page.Info, Text: v.L.Fault(why)})
	default:
		d.Actions = append(d.Actions, g.actions(v, o, s)...)
	}
	return page.View("register/record", v.T("one"), d), v.err
}

func (g *Of[S, L]) shut(v *See, s S) error {
	if g.Shut == nil {
		return nil
	}
	return g.Shut(v, s)
}

func (g *Of[S, L]) actions(v *See, o *store.Opened, s S) []page.Action {
	var out []page.Action
	at := g.at(o.Ref.ID)
	if g.Edit != nil && (g.Edit.May == nil || g.Edit.May(s) == nil) {
		out = append(out, page.Action{Text: v.L.T("register.edit"), Href: at + "/edit", Icon: "edit"})
	}
	for _, a := range g.Acts {
		if a.May == nil || a.May(s) == nil {
			out = append(out, page.Action{Text: v.T("act." + a.Name), Href: at + "/act/" + a.Name, Icon: a.Icon})
		}
	}
	if last, _, ok := g.undoable(o.Entries); ok {
		out = append(out, page.Action{Text: v.L.T("register.undo"), Post: at + "/undo/" + last.ID.String(), Icon: "arrow-back-up", Confirm: v.L.T("register.undo.sure")})
	}
	return out
}

func (g *Of[S, L]) history(ctx context.Context, v *See, s S) []page.Event {
	past := g.Past(v, s)
	var ids []journal.ID
	for _, e := range past {
		ids = append(ids, e.By)
	}
	names := map[journal.ID]string{}
	if g.Names != nil {
		names = g.Names(ctx, v.Actor.Owner, ids...)
	}
	var out []page.Event
	for _, e := range slices.Backward(past) {
		if e.Title == "" {
			e.Title = v.T("entry." + e.Type)
		}
		out = append(out, page.Event{At: e.At, Title: e.Title, Text: e.Text, Who: names[e.By]})
	}
	return out
}

// undoable gives the last entry and the one whose words come back, where the last change was made with the form of Edit.
// What acts wrote is taken back by other acts, as a room declares them: others have already seen it.
func (g *Of[S, L]) undoable(es []journal.Entry) (last, before journal.Entry, ok bool) {
	if g.Edit == nil || g.Edit.Again == nil || len(es) == 0 {
		return last, before, false
	}
	last = es[len(es)-1]
	if last.Type != g.Edit.Type {
		return last, before, false
	}
	for _, e := range slices.Backward(es[:len(es)-1]) {
		if e.Type == g.Edit.Type {
			return last, e, true
		}
	}
	return last, before, false
}

// undo writes again what stood before the last change. Nothing is taken out of the history; a second undo brings the
// change back. The address names the change, so that sending it twice, or after somebody else's change, undoes no other.
func (g *Of[S, L]) undo(ctx context.Context, r *page.Request) (page.Response, error) {
	o, _, err := g.toChange(ctx, r)
	if err != nil {
		return nil, err
	}
	last, before, ok := g.undoable(o.Entries)
	if !ok || last.ID.String() != r.PathValue("entry") {
		return nil, fault.New(fault.Guarded, "register.undo.late")
	}
	p, err := g.Edit.Again(before)
	if err != nil {
		return nil, err
	}
	_, err = g.Store.Update(ctx, As(r), o.Ref, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: provenance.ID("undo", last.ID.String()), Type: g.Edit.Type, Payload: p, Base: o.Revision}}, nil
	})
	return page.Redirect(g.at(o.Ref.ID), "register.undone"), err
}
