// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/permission"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
)

// permitting is what may be done with what came from another office, of the rooms whose things can be asked about.
func (n *Node) permitting() permission.Rules {
	return permission.Rules{Covers: covered, Codes: n.codes,
		Rooms: []permission.Room{
			{Kind: access.KindRequest, Purpose: request.Purpose, Category: journal.D8, Path: request.Path, Read: requestThing},
			{Kind: access.KindInquiry, Purpose: inquiry.Purpose, Category: journal.D3, Path: inquiry.Path, Read: inquiryThing},
			{Kind: access.KindLetter, Purpose: letter.Purpose, Category: journal.D3, Path: letter.Path, Read: letterThing},
		}}
}

// hands leaves out nobody, and the same one twice.
func hands(ids ...journal.ID) []journal.ID {
	var out []journal.ID
	for _, id := range ids {
		if !id.IsZero() && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// requestThing gives a request, which two people send, and what was answered to it, which one sends. What was taken back is
// nobody's to use.
func requestThing(state any) permission.Thing {
	s := state.(request.State)
	t := permission.Thing{Other: s.Other()}
	if s.Ended.Reason != "" || s.Message.IsZero() {
		return t
	}
	people := hands(s.Worker)
	if s.Here() {
		people = hands(s.By, s.Draft.Second)
	}
	t.Items = []permission.Item{{Message: s.Message, Came: !s.Here(), What: "asked", Codes: s.Asked.Handling, Hands: people, Two: true}}
	for _, x := range s.Replies {
		if x.Outcome == request.Partly || x.Outcome == request.Answered {
			t.Items = append(t.Items, permission.Item{Message: x.Message, Came: s.Here(), What: "answer", Codes: x.Handling, Hands: people})
		}
	}
	return t
}

// inquiryThing does the same for a request for a social inquiry.
func inquiryThing(state any) permission.Thing {
	i := state.(inquiry.Inquiry)
	t := permission.Thing{Other: i.Other()}
	if i.Ended.Reason != "" || i.Message.IsZero() {
		return t
	}
	people := hands(i.Worker)
	if i.Here() {
		people = hands(i.By, i.Draft.Second)
	}
	t.Items = []permission.Item{{Message: i.Message, Came: !i.Here(), What: "asked", Hands: people, Two: true}}
	if i.Said.Outcome == inquiry.Answered {
		t.Items = append(t.Items, permission.Item{Message: i.SaidBy, Came: i.Here(), What: "answer", Hands: people})
	}
	return t
}

func letterThing(state any) permission.Thing {
	s := state.(letter.State)
	t := permission.Thing{Other: s.Other}
	if s.Ended.Reason == "" && !s.Message.IsZero() {
		t.Items = []permission.Item{{Message: s.Message, Came: !s.Here, What: "letter", Hands: hands(s.Worker, s.By)}}
	}
	return t
}

// permissions connects permissions with the post.
func (n *Node) permissions() permission.Mail {
	return permission.Mail{Mail: n.delivering(), Rules: n.permitting(), Post: n.Post}
}

func (n *Node) permissionPages(o Owner) permission.RoomConfig {
	return permission.RoomConfig{Store: n.Store, Rules: n.permitting(), Names: n.namesFor(o), Others: n.others(letter.Works), Colleagues: n.allColleagues, Works: letter.Works, Offices: n.pinnedOffices,
		Gives: func(a access.Actor) bool { return a.Has(access.Liaison) || a.Has(access.FocalPoint) }}
}

// pinnedOffices lists the partners by name, whatever terms let go there: that is asked when something is sent.
func (n *Node) pinnedOffices(ctx context.Context, r *page.Request) ([]page.Option, error) {
	known, ids, err := n.partners(ctx, r)
	if err != nil {
		return nil, err
	}
	out := make([]page.Option, len(ids))
	for i, id := range ids {
		out[i] = page.Option{Value: id.String(), Text: known[id].Name + " (" + r.L.Country(known[id].Country) + ")"}
	}
	inorder.By(out, func(a, b page.Option) int { return slices.Compare([]byte(a.Text), []byte(b.Text)) })
	return out, nil
}

// permissionsRoom mounts the pages of permissions, in every office.
func (n *Node) permissionsRoom(o Owner) (page.Room, bool, error) {
	return permission.Pages(n.permissionPages(o)), true, nil
}

// besidePermissions shows permissions on the pages of another room's things.
func (n *Node) besidePermissions(o Owner, kind string) func(context.Context, *page.Request, journal.ID, any) (conversation.Beside, error) {
	return permission.Beside(n.permissionPages(o), kind)
}

// onward says whether a letter that came may be passed on.
func (n *Node) onward(g *store.Guarding, of, message, to, permit journal.ID) error {
	return n.permitting().Check(g, access.KindLetter, of, message, permission.Onward, to, permit)
}

// passing finds the permission by which somebody passes a letter on, and notes its use.
func (n *Node) passing(ctx context.Context, r *page.Request, of letter.State, to, by journal.ID) (journal.ID, []store.Change, error) {
	return n.permit(ctx, r, permission.Use{Thing: of.ID, Message: of.Message, For: permission.Onward, Office: to}, by, by)
}

// permit finds the permission on which somebody may use something so now, zero for none, and the change that notes the use: by what, and
// for which deed, of which there is one note.
func (n *Node) permit(ctx context.Context, r *page.Request, use permission.Use, deed, by journal.ID) (journal.ID, []store.Change, error) {
	permit, err := permission.Find(ctx, n.Store, letter.As(r), r.Now, use)
	if err != nil || permit.IsZero() {
		return permit, nil, err
	}
	return permit, []store.Change{use.Note(permit, conversation.ID("permission used", deed.String()), by)}, nil
}

// courtUse says whether an answer to a request may be used in court, and notes in the permission that it is.
func (n *Node) courtUse(ctx context.Context, r *page.Request, s request.State, message journal.ID) (string, error) {
	t := requestThing(s)
	i := slices.IndexFunc(t.Items, func(x permission.Item) bool { return x.Message == message && x.Came })
	if i < 0 || !slices.Contains(t.Items[i].Hands, r.Actor.ID) {
		return "", fault.New(fault.Guarded, "permission.guard.worker")
	}
	asks, err := n.permitting().Asks(ctx, r, access.KindRequest, t.Other, t.Items[i])
	if err != nil || !slices.Contains(asks, permission.Court) {
		return "", err
	}
	use := permission.Use{Thing: s.ID, Message: message, For: permission.Court}
	permit, err := permission.Find(ctx, n.Store, request.As(r), r.Now, use)
	if err != nil {
		return "", err
	}
	if permit.IsZero() {
		return "", fault.New(fault.Guarded, "permission.need.court")
	}
	return permission.Take(ctx, n.Store, request.As(r), r.L, use, permit, n.newID())
}
