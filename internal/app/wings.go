// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"fmt"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/exchange/guest"
	"github.com/entraide-thb/entraide/internal/exchange/negotiation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/restoration"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/liaison/permission"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
	"github.com/entraide-thb/entraide/internal/platform/office"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/tongue"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/resemblance"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// registry joins the kinds of all wings. Which of them an office may hold is a wall of the policies, so a
// node that serves offices of several kinds needs one registry only.
func (n *Node) registry() (*store.Registry, error) {
	var kinds []store.Kind
	law, err := n.proceedingLaw()
	if err != nil {
		return nil, err
	}
	kinds = append(kinds, terms.Kinds(terms.Config{Tell: negotiation.Tell, Self: func(owner journal.ID) (card.Card, error) {
		c, _, err := n.directory.Self(context.Background(), owner)
		return c, err
	}})...)
	kinds = append(kinds, office.Kind(n.Bundle.Tags()), restoration.Kind(), group.Kind(group.Config{Self: n.ownCard}),
		casework.Kind(func(g *store.Guarding, to journal.ID, cats []journal.Category) (journal.ID, error) {
			return terms.Find(g, g.Owner, to, referral.Purpose, cats)
		}, findable, besideRights(n.packs, n.Settings.Demo), besideAttachments(), besideScreening(n.lists, n.appearance)),
		screening.Kind(n.signalKind()), guest.Kind(),
		rights.TextKind(n.Settings.Demo), tongue.Kind(n.Bundle, n.Settings.Demo), resemblance.Kind(), accepting(inquiry.Kind(covered(inquiry.Purpose)), inquiry.Purpose, func(i inquiry.Inquiry) journal.ID { return i.From }, inquiry.TakenType, inquiry.AcceptedType), letter.Kind(covered(letter.Purpose), n.onward), permission.Kind(n.permitting()), request.Kind(covered(request.Purpose)), subject.Kind(), proceeding.Kind(law), matching.Kind(), joint.Kind(n.countsWith), release.Kind(), release.BudgetKind(), returns.Kind(covered(returns.Purpose)),
		accepting(referral.KindIn(func(g *store.Guarding, from journal.ID, cats []journal.Category) (journal.ID, error) {
			return terms.Find(g, from, g.Owner, referral.Purpose, cats)
		}), referral.Purpose, func(i referral.In) journal.ID { return i.From }, "incoming.assigned", "incoming.answered"))
	return store.NewRegistry(append(kinds, programme.Kinds(lists{})...)...)
}

// findable gives what a person can be found by, blinded by the store before it is kept.
func findable(i casework.Identity, c casework.Contact) []store.Token {
	var out []store.Token
	for _, t := range names.Tokens(casework.Named(i, c)) {
		out = append(out, store.Token(t))
	}
	return out
}

// likenesses gives in which ways a person may be one of those who are stored.
func likenesses(i casework.Identity, c casework.Contact) []store.Alike {
	var out []store.Alike
	for _, a := range names.Likenesses(casework.Named(i, c)) {
		out = append(out, likeness(a))
	}
	return out
}

func likeness(a names.Alike) store.Alike {
	out := store.Alike{As: a.As, Words: words(a.Words), Rare: a.Rare, Few: a.Few}
	if a.Or != nil {
		or := likeness(*a.Or)
		out.Or = &or
	}
	return out
}

// find turns what somebody typed into words to search by.
func find(text string) [][]store.Token { return words(names.Query(text)) }

func words(of [][]names.Token) [][]store.Token {
	var out [][]store.Token
	for _, word := range of {
		var w []store.Token
		for _, t := range word {
			w = append(w, store.Token(t))
		}
		out = append(out, w)
	}
	return out
}

// outgoing is what a wing's message must be able to become.
type outgoing interface{ Outgoing() post.Outgoing }

// sender seals the messages that appends bring about, and queues them in the append's own transaction.
type sender struct{ n *Node }

// Prepare seals a message; it runs before the transaction. While a restored node waits, what takes something back is held
// instead: a withdrawal ends access here at once, and the other office is told as soon as the node signs again.
func (s sender) Prepare(ctx context.Context, owner journal.ID, message any) (func(context.Context, db.Tx) error, error) {
	if d, ok := message.(post.Deed); ok { // the courier tells it, many at once
		return func(ctx context.Context, tx db.Tx) error {
			return s.n.Post.Mark(ctx, tx, owner, d.Partner, d.Message, d.Status, d.Reason)
		}, nil
	}
	m, ok := message.(outgoing)
	if !ok {
		return nil, fmt.Errorf("app: %T is not a message", message)
	}
	o := m.Outgoing()
	if s.n.held.Load() != nil && s.n.Post.TakesBack(o.Type) {
		return s.n.Post.Hold(owner, o)
	}
	sealed, err := s.n.Post.Prepare(ctx, owner, o)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx db.Tx) error { return s.n.Post.Enqueue(ctx, tx, sealed) }, nil
}

// termsFor finds, for a preview, the terms that let an office send another categories for referrals now.
func (n *Node) termsFor(ctx context.Context, w store.Who, to journal.ID, cats []journal.Category) (journal.ID, error) {
	return n.directory.covering(ctx, w.Actor.Owner, to, referral.Purpose, cats)
}
