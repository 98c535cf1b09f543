// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/docket"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/permission"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/attachment"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
)

// delivering is what the rooms between offices take messages in with.
func (n *Node) delivering() conversation.Mail {
	return conversation.Mail{Store: n.Store, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForDelivery) }}
}

// codes says under which handling code something came or went.
func (n *Node) codes() conversation.Codes { return conversation.Codes{Store: n.Store, Post: n.Post} }

// Letters connects letters with the post.
func (n *Node) Letters() letter.Mail {
	return letter.Mail{Mail: n.delivering(), Admit: attachment.Admit}
}

// requestsRoom mounts the pages of requests for information, between police and justice offices.
func (n *Node) requestsRoom(o Owner) (page.Room, bool, error) {
	return request.Room(request.RoomConfig{Store: n.Store, Codes: n.codes(), Permission: n.besidePermissions(o, access.KindRequest), Court: n.courtUse, Names: n.namesFor(o), Colleagues: n.others(request.Works), Begin: n.beginFrom,
		Units: func(ctx context.Context, r *page.Request) ([]page.Option, error) {
			return n.covering(ctx, r, request.Purpose, []journal.Category{journal.D0, journal.D6, journal.D8}, access.Police, access.Justice)
		}}), o.Kind == access.Police || o.Kind == access.Justice, nil
}

// correspondenceRoom mounts the pages of letters, in every office.
func (n *Node) correspondenceRoom(o Owner) (page.Room, bool, error) {
	return letter.Room(letter.RoomConfig{Store: n.Store, Codes: n.codes(), Permission: n.besidePermissions(o, access.KindLetter), Passing: n.passing, Names: n.namesFor(o), Colleagues: n.allColleagues, Admit: attachment.Admit, Attach: n.Post.Attach, Again: n.Post.Again,
		Offices: func(ctx context.Context, r *page.Request) ([]page.Option, error) {
			return n.covering(ctx, r, letter.Purpose, []journal.Category{journal.D0, journal.D3}, access.OfficeKinds()...)
		}}), true, nil
}

// liaisonDesk is the page of all that waits between offices.
func (n *Node) liaisonDesk(o Owner) docket.Config {
	return docket.Config{Country: o.Country, Offices: n.knownOffices, Show: letter.Works,
		Sources: []docket.Source{request.Pending(n.Store), inquiry.Pending(n.Store), n.comparisonsPending, n.offersPending, letter.Pending(n.Store), permission.Pending(n.Store, letter.Works), n.invitationsPending, n.actionsPending, n.agreementsPending, n.applicationsPending},
		Timely:  []func(context.Context, *page.Request) ([]conversation.Kept, error){request.Timely(n.Store), inquiry.Timely(n.Store)},
		Actions: func(r *page.Request) []page.Action {
			out := []page.Action{}
			if request.Works(r.Actor) {
				out = append(out, page.Action{Text: r.L.T("request.new"), Href: request.Path + "/new", Icon: "plus", Primary: true})
			}
			if inquiry.Asks(r.Actor) {
				out = append(out, page.Action{Text: r.L.T("inquiry.new.social"), Href: inquiry.Path + "/new", Icon: "plus", Primary: len(out) == 0})
			}
			if letter.Works(r.Actor) {
				out = append(out, page.Action{Text: r.L.T("letter.new"), Href: letter.Path + "/new", Icon: "mail"})
			}
			return out
		},
		Lists: func(r *page.Request) []page.Action {
			var out []page.Action
			if request.Works(r.Actor) {
				out = append(out, page.Action{Text: r.L.T("request.title"), Href: request.ListPath})
			}
			if inquiry.Works(r.Actor) {
				out = append(out, page.Action{Text: r.L.T("inquiry.menu"), Href: inquiry.Path})
			}
			if letter.Works(r.Actor) {
				out = append(out, page.Action{Text: r.L.T("letter.title"), Href: letter.Path}, page.Action{Text: r.L.T("permission.title"), Href: permission.Path})
			}
			return out
		}}
}

// pendingRoom mounts the desk.
func (n *Node) pendingRoom(o Owner) (page.Room, bool, error) {
	return docket.Room(n.liaisonDesk(o)), true, nil
}

func (n *Node) namesFor(o Owner) func(ctx context.Context, ids ...journal.ID) map[journal.ID]string {
	return func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }
}

// partners lists the offices whose cards are pinned, as the reader may know of them; of some kinds only, where any are named.
func (n *Node) partners(ctx context.Context, r *page.Request, kinds ...access.OfficeKind) (map[journal.ID]terms.Summary, []journal.ID, error) {
	out, ids := map[journal.ID]terms.Summary{}, []journal.ID{}
	err := n.Store.Each(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, store.Query{Kind: access.KindPartner}, func(row store.Row) error {
		s, err := store.Summary[terms.Summary](row)
		if len(kinds) == 0 || slices.Contains(kinds, s.Kind) {
			out[row.Ref.ID], ids = s, append(ids, row.Ref.ID)
		}
		return err
	})
	return out, ids, err
}

// covering lists the offices of some kinds that terms in force let categories go to for a purpose.
func (n *Node) covering(ctx context.Context, r *page.Request, purpose string, cats []journal.Category, kinds ...access.OfficeKind) ([]page.Option, error) {
	known, ids, err := n.partners(ctx, r, kinds...)
	if err != nil {
		return nil, err
	}
	var out []page.Option
	for _, id := range ids {
		if _, err := n.directory.covering(ctx, r.Actor.Owner, id, purpose, cats); err != nil {
			continue
		}
		out = append(out, page.Option{Value: id.String(), Text: known[id].Name + " (" + r.L.Country(known[id].Country) + ")"})
	}
	return out, nil
}

// knownOffices gives names and countries of the partners for the desk.
func (n *Node) knownOffices(ctx context.Context, r *page.Request) (map[journal.ID]docket.Office, error) {
	known, _, err := n.partners(ctx, r)
	out := map[journal.ID]docket.Office{}
	for id, s := range known {
		out[id] = docket.Office{Name: s.Name, Country: s.Country}
	}
	return out, err
}

// allColleagues lists everybody who works here.
func (n *Node) allColleagues(ctx context.Context, r *page.Request) ([]page.Option, error) {
	list, err := n.Identity.Colleagues(ctx, r.Actor.Owner)
	out := make([]page.Option, len(list))
	for i, c := range list {
		out[i] = page.Option{Value: c.ID.String(), Text: c.Name}
	}
	return out, err
}

// others lists the colleagues who may send what somebody has drafted: who does the work of a room. To anybody else the matter would not
// even be shown, and it would wait for ever.
func (n *Node) others(works func(access.Actor) bool) func(context.Context, *page.Request) ([]page.Option, error) {
	return func(ctx context.Context, r *page.Request) ([]page.Option, error) {
		list, err := n.Identity.Colleagues(ctx, r.Actor.Owner)
		var out []page.Option
		for _, c := range list {
			if c.ID != r.Actor.ID && works(access.Actor{ID: c.ID, Owner: r.Actor.Owner, Office: r.Actor.Office, Roles: c.Roles}) {
				out = append(out, page.Option{Value: c.ID.String(), Text: c.Name})
			}
		}
		return out, err
	}
}

// otherColleagues lists everybody else who works here.
func (n *Node) otherColleagues(ctx context.Context, r *page.Request) ([]page.Option, error) {
	all, err := n.allColleagues(ctx, r)
	return slices.DeleteFunc(all, func(o page.Option) bool { return o.Value == r.Actor.ID.String() }), err
}
