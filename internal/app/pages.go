// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"net/http"

	"github.com/entraide-thb/entraide/internal/exchange/desk"
	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// pages builds the pages of one office: what an office of its kind mounts, and no more.
func (n *Node) pages(o Owner) (http.Handler, error) {
	rooms, err := n.rooms(o)
	if err != nil {
		return nil, err
	}
	c := n.pageConfig(o, rooms)
	c.SignIn = func(r *http.Request) (access.Actor, bool, error) { return n.signedInAt(r, o.ID) }
	c.SignOut = n.Identity.SignOut
	c.Personal = n.personal
	c.Search = searchBox
	return page.New(c)
}

// searchBox finds people for those who work with them, activities for everybody else.
func searchBox(a access.Actor) page.SearchBox {
	if box := casework.Search(a); box.Path != "" {
		return box
	}
	return page.SearchBox{Path: "/programme/activities", Key: "programme.search.label"}
}

// pageConfig is what the pages of an office and the hall before several offices have in common.
func (n *Node) pageConfig(o Owner, rooms []page.Room) page.Config {
	return page.Config{
		Bundle: n.Bundle, Clock: n.Clock, Zone: o.zone(), Rooms: rooms,
		Office:      page.Office{Name: o.Name, Kind: o.Kind, ID: o.ID, Demo: n.Settings.Demo},
		Begin:       store.WithReads,
		BeforeWrite: func(ctx context.Context) error { return n.Store.CommitReads(context.WithoutCancel(ctx)) },
		Reviewed:    n.reviewedAt(o),
		PublicHost:  n.publicHost(o),
		Gallery:     n.Settings.Demo,
		Log:         n.log,
		Metrics:     n.metrics,
	}
}

// signedInAt says who is signed in at an office's pages: a person of that office, in a browser. API tokens are for
// the API; a page would let one do what a person must do by hand.
func (n *Node) signedInAt(r *http.Request, owner journal.ID) (access.Actor, bool, error) {
	a, x, err := n.Identity.Authenticate(r)
	if fault.Is(err, fault.Unsigned) || err == nil && (x.Token || a.Owner != owner) {
		return access.Actor{}, false, nil
	}
	return a, err == nil, err
}

// personal gives how somebody likes to see things.
func (n *Node) personal(r *http.Request, a access.Actor) page.Personal {
	_, x, err := n.Identity.Authenticate(r)
	if err != nil {
		return page.Personal{}
	}
	p := page.Personal{Language: x.Language, Name: n.names(r.Context(), a.Owner, a.ID)[a.ID]}
	if z, err := clock.Zone(x.Zone); err == nil {
		p.Zone = z
	}
	if p.Language == "" {
		if o, err := n.settingsOf(a.Owner); err == nil {
			p.Language = o.Language
		}
	}
	return p
}

// names gives the names of accounts, partners and the office itself; what it does not know is left out.
func (n *Node) names(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string {
	out, err := n.Identity.Names(ctx, owner, ids)
	if err != nil || out == nil {
		out = map[journal.ID]string{}
	}
	for _, id := range ids {
		if out[id] != "" || id.IsZero() {
			continue
		}
		if o, err := n.settingsOf(id); err == nil {
			out[id] = o.Name
		} else if c, err := n.directory.Partner(ctx, owner, id); err == nil {
			out[id] = c.Name
		}
	}
	return out
}

// rooms lists the rooms that an office of this kind mounts.
func (n *Node) rooms(o Owner) ([]page.Room, error) {
	rooms := []page.Room{n.todayRoom(o), n.logRoom(o), identity.Room(n.Identity, languagesOf(n.Bundle.Tags())), n.deskRoom(), n.pouchRoom(o), n.settingsRoom(o), n.tongueRoom(o)}
	for _, mount := range []func(Owner) (page.Room, bool, error){n.guestsRoom, n.programmeRoom, n.figuresRoom, n.documentsRoom, n.lettersRoom, n.readersRoom, n.casesRoom, n.attachmentsRoom, n.screeningRoom, n.referralsRoom, n.inquiriesRoom, n.requestsRoom, n.correspondenceRoom, n.permissionsRoom, n.pendingRoom, n.subjectsRoom, n.proceedingsRoom, n.broughtRoom, n.matchingRoom, n.duplicatesRoom, n.rightsRoom, n.statisticsRoom, n.jointRoom, n.returnsRoom, n.estimateRoom} {
		room, mounted, err := mount(o)
		if err != nil {
			return nil, err
		}
		if mounted {
			rooms = append(rooms, room)
		}
	}
	return append(rooms, programme.Registers(n.programme())...), nil
}

// deskRoom mounts the pages on partners and sharing terms.
func (n *Node) deskRoom() page.Room {
	return desk.Room(desk.Config{Store: n.Store, DB: n.DB,
		Self: n.ownCard, Groups: n.groups(),
		NewID: n.newID, Locale: n.inLanguage, Agreements: n.signedAgreements, SeesPost: n.seesPost, Usage: n.Post.Usage, Names: n.names, CommandLine: store.JobID("operator"),
		Sign: func(ctx context.Context, w store.Who, id journal.ID) error {
			_, err := n.signTerms(ctx, w, SignIn{ID: id})
			return err
		},
		AcceptLog: func(ctx context.Context, w store.Who, partner journal.ID, reason string) error {
			_, err := n.witnessing().Accept(ctx, w, partner, reason)
			return err
		}})
}

// pouchRoom mounts the pages on which post is taken along and brought in.
func (n *Node) pouchRoom(o Owner) page.Room {
	return pouch.Room(pouch.Config{Store: n.Store, Post: n.Post, Words: func() pouch.Words { return n.pouchWords(n.offices.now(o)) }})
}

// seesPost asks the door whether somebody manages partners or oversees the log.
func (n *Node) seesPost(a access.Actor) bool {
	q := access.Request{Actor: a, Action: access.Write, Type: "partner.pinned", Category: journal.OF, Purpose: access.ForExchange, Row: access.Row{Owner: a.Owner, Kind: access.KindPartner, Dossier: a.Owner}}
	return n.rules(a.Owner).Authorize(q).Allow || n.oversees(a)
}

// oversees asks the door whether somebody reads the log.
func (n *Node) oversees(a access.Actor) bool {
	return n.rules(a.Owner).Authorize(access.Request{Actor: a, Action: access.Read, Category: journal.OF, Purpose: access.ForOversight,
		Row: access.Row{Owner: a.Owner, Kind: access.KindLog, Dossier: a.Owner}}).Allow
}
