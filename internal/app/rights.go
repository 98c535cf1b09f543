// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/packs/countries"
)

// besideRights lets the rights room live in a person's file: its entries, guards and deadlines.
func besideRights(packs countries.Set, demo bool) casework.Beside {
	return casework.Beside{Name: "rights", Types: rights.Types(),
		Fold: func(es []journal.Entry) (any, error) { return rights.Fold(es) },
		Guard: func(g *store.Guarding, p casework.Person, state any, e journal.Entry) error {
			c := rightsContext(packs, p, g.Now)
			c.Signed = rights.SignedIn(g, demo)
			return rights.Guard(rightsOf(state), c, e)
		},
		Counts:  func(state any) any { return rightsOf(state).Counts() },
		Closing: func(state any, now time.Time) error { return rights.Closing(rightsOf(state), now) },
		Dues: func(p casework.Person, state any, now time.Time) []casework.Due {
			var out []casework.Due
			for _, d := range rights.Dues(rightsOf(state), packs.For(p.Registered.Territory), p.PresumedAt, now) {
				out = append(out, casework.Due{What: d.What, At: d.At, Of: d.Of})
			}
			return out
		}}
}

func rightsOf(state any) rights.State {
	s, _ := state.(rights.State)
	return s
}

func rightsContext(packs countries.Set, p casework.Person, now time.Time) rights.Context {
	return rights.Context{Now: now, Pack: packs.For(p.Registered.Territory), Child: p.Child(), PresumedAt: p.PresumedAt}
}

// rightsRoom mounts the public information pages everywhere, and the forms on a person's rights where
// files are held.
func (n *Node) rightsRoom(o Owner) (page.Room, bool, error) {
	public, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return page.Room{}, false, err
	}
	c := rights.Config{Store: n.Store, Packs: n.packs, Public: public, PublicAt: n.publicAt(o), Hotlines: n.hotlines(public)}
	if o.Kind == access.Assistance {
		c.Case = func(ctx context.Context, r *page.Request, id journal.ID) (rights.Case, error) {
			p, _, err := n.Work.Open(ctx, store.Who{Actor: r.Actor, Purpose: access.ForAssistance}, id)
			return rights.Case{State: rightsOf(p.Beside["rights"]), Context: rightsContext(n.packs, p, r.Now),
				Code: p.Registered.Code, Languages: p.Registered.Languages}, err
		}
	}
	room := rights.Room(c)
	if n.publicHost(o) != "" { // who types the host alone comes to the pages
		room.Routes = append(room.Routes, page.Route{Pattern: "GET /{$}", Public: true, Handle: func(context.Context, *page.Request) (page.Response, error) {
			return page.Redirect("/rights", ""), nil
		}})
	}
	return room, true, nil
}

// publicAt is where an office's pages for the public are; "" is beside its other pages.
func (n *Node) publicAt(o Owner) string {
	host := n.publicHost(o)
	if host == "" {
		return ""
	}
	scheme, _, _ := strings.Cut(n.Settings.URL, "://")
	return scheme + "://" + host
}

// opImportTexts brings the drafts of the information on rights into an office; a second import changes nothing.
func opImportTexts(ctx context.Context, n *Node, in Of) (rights.Imported, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return rights.Imported{}, err
	}
	who, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return rights.Imported{}, err
	}
	return rights.Import(ctx, n.Store, who, n.packs, n.Clock.Now())
}
