// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Mail connects groups with the post, and makes the pairs. All fields are required.
type Mail struct {
	Store *store.Store
	Clock clock.Clock
	// Job gives a background principal of an owner, for exchange.
	Job func(owner journal.ID, name string) (store.Who, error)
	// Self gives an owner's card, its bytes and its private side.
	Self func(owner journal.ID) (card.Card, []byte, card.Secrets, error)
}

// Register registers the message types. They open: no terms cover them yet.
func (m Mail) Register(p *post.Post) {
	p.Opens(MessageTypes()...)
	for typ, take := range takers {
		p.Register(typ, func(ctx context.Context, in post.Incoming) error { return m.take(ctx, in, take) }, m.receipted)
	}
}

// said is a message as it came.
type said struct {
	from, to journal.ID
	hash     string // of the header
	decode   func(v any) error
}

// takers give, by the type of a message, the entries that it brings; none when nothing is new.
var takers = map[string]func(s State, in said) ([]draft, error){
	MsgProposed: State.takeProposed, MsgSigned: State.takeSigned, MsgDeclined: State.takeDeclined, MsgWithdrawn: State.takeWithdrawn, MsgRecord: State.takeRecord, MsgPairs: State.takePairs, MsgVouched: State.takeVouched,
}

// ref names a group.
func ref(id journal.ID) store.Ref { return store.Ref{Kind: access.KindGroup, ID: id} }

// take writes what a message says, and what follows from it, in one transaction with the note that it was handled.
func (m Mail) take(ctx context.Context, in post.Incoming, take func(State, said) ([]draft, error)) error {
	w, err := m.Job(in.Owner, postJob)
	if err != nil {
		return err
	}
	_, _, secrets, err := m.Self(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, w, ref(in.Conversation), func(state any) ([]store.Draft, error) {
		s := state.(State)
		if s.ID.IsZero() {
			s.ID = in.Conversation
		}
		ds, err := take(s, said{in.From, in.Owner, in.Terms, in.Decode})
		if err != nil {
			return nil, err
		}
		out := drafts(ds)
		for i := range out {
			out[i].At = in.Sent
			out[i].ID = conversation.ID("group entry", in.ID.String(), out[i].Type)
		}
		return out, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	if err != nil {
		return err
	}
	_ = m.follow(ctx, w, in.Conversation, secrets) // taken in is taken in: what follows is tried again by Settle
	return nil
}

func drafts(ds []draft) []store.Draft {
	var out []store.Draft
	for _, d := range ds {
		out = append(out, store.Draft{Type: d.typ, Payload: d.payload})
	}
	return out
}

// follow writes what follows from how a group stands, until nothing does, and brings its pairs up to date.
func (m Mail) follow(ctx context.Context, w store.Who, id journal.ID, secrets card.Secrets) error {
	for range mostOpen {
		r, err := m.Store.Update(ctx, w, ref(id), func(state any) ([]store.Draft, error) {
			s := state.(State)
			if s.ID.IsZero() {
				return nil, nil
			}
			return drafts(s.consequences(w.Actor.Owner, func(c Change) string { return SignChange(c, secrets.Sign) })), nil
		})
		if err != nil {
			return err
		}
		if len(r.Appended) == 0 {
			break
		}
	}
	return m.pairs(ctx, w.Actor.Owner, id)
}

func unreadable() error { return fault.New(fault.Invalid, "exchange.post.unreadable") }

func (s State) takeProposed(in said) ([]draft, error) {
	var b proposalBody
	if err := in.decode(&b); err != nil {
		return nil, err
	}
	if b.Change.Group != s.ID || b.Change.By != in.from || b.Change.Hex() != in.hash {
		return nil, unreadable()
	}
	if _, known := s.Find(in.hash); known {
		return nil, nil
	}
	var out []draft
	whole, news := s.Record.merge(b.Record, s.ID)
	if !news.Empty() {
		out = append(out, draft{RecordedType, Recorded{news, in.from}})
	}
	if err := whole.View().follows(b.Change, whole.Left); err != nil {
		return nil, err
	}
	return append(out, draft{ProposedType, Proposed{Change: b.Change, Cards: b.Cards, Text: b.Text, By: in.from}}), nil
}

// word reads an answer or a withdrawal; what can no more come to hold is passed over.
func (s State) word(in said) (wordBody, Proposal, bool, error) {
	var b wordBody
	if err := in.decode(&b); err != nil {
		return b, Proposal{}, false, err
	}
	if b.Group != s.ID || b.Hash != in.hash {
		return b, Proposal{}, false, unreadable()
	}
	p, err := s.open(b.Hash)
	if err != nil {
		return b, p, false, nil
	}
	if _, concerned := p.Change.Seat(in.from); !concerned {
		return b, p, false, fault.New(fault.Denied, "exchange.group.not_a_member")
	}
	return b, p, true, nil
}

func (s State) takeSigned(in said) ([]draft, error) {
	b, p, open, err := s.word(in)
	if err != nil || !open || p.Signatures[in.from] == b.Signature {
		return nil, err
	}
	return []draft{{SignedType, Signed{Hash: b.Hash, Signature: b.Signature, Office: in.from}}}, nil
}

func (s State) takeDeclined(in said) ([]draft, error) {
	b, p, open, err := s.word(in)
	if err != nil || !open || p.Declined[in.from] != "" || p.Signatures[in.from] != "" {
		return nil, err
	}
	return []draft{{DeclinedType, Declined{b.Hash, b.Reason, in.from}}}, nil
}

func (s State) takeWithdrawn(in said) ([]draft, error) {
	b, p, open, err := s.word(in)
	if err != nil || !open {
		return nil, err
	}
	if p.By != in.from {
		return nil, fault.New(fault.Denied, "exchange.group.not_a_member")
	}
	return []draft{{WithdrawnType, Withdrawn{b.Hash, in.from}}}, nil
}

// takeRecord takes facts from whoever is a member, or brings what makes it one; from others only what is known already.
func (s State) takeRecord(in said) ([]draft, error) {
	var b recordBody
	if err := in.decode(&b); err != nil {
		return nil, err
	}
	if b.Group != s.ID {
		return nil, unreadable()
	}
	whole, news := s.Record.merge(b.Record, s.ID)
	if news.Empty() {
		return nil, nil
	}
	_, ours := whole.View().Member(in.to)
	sender, known := whole.View().Member(in.from)
	before, _ := s.View().Member(in.from)
	if !ours && len(s.Proposals) == 0 || !known || before.Out != "" && sender.Out != "" {
		return nil, fault.New(fault.Denied, "exchange.group.not_a_member")
	}
	return []draft{{RecordedType, Recorded{news, in.from}}}, nil
}

func (s State) takePairs(in said) ([]draft, error) {
	var b pairsBody
	if err := in.decode(&b); err != nil {
		return nil, err
	}
	if b.Group != s.ID {
		return nil, unreadable()
	}
	if err := s.fromMember(in); err != nil {
		return nil, err
	}
	return []draft{{ToldType, Told{b.Pairs, in.from}}}, nil
}

func (s State) takeVouched(in said) ([]draft, error) {
	var b vouchedBody
	if err := in.decode(&b); err != nil {
		return nil, err
	}
	if b.Group != s.ID {
		return nil, unreadable()
	}
	if err := s.fromMember(in); err != nil {
		return nil, err
	}
	if _, twice := s.vouched(in.from, b.Terms); twice {
		return nil, nil
	}
	return []draft{{VouchedType, Vouched{b.Terms, in.to, b.Hash, b.Signature, b.Card, in.from}}}, nil
}

// fromMember lets members speak; of whom the record says nothing yet, it may be on the way.
func (s State) fromMember(in said) error {
	m, known := s.View().Member(in.from)
	switch {
	case !known:
		return fault.New(fault.Unavailable, "exchange.terms.later")
	case m.Out != "":
		return fault.New(fault.Denied, "exchange.group.not_a_member")
	}
	return nil
}

// receipted notes that a message was refused, or never left.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	if r.Status == post.Accepted || out.Type == MsgPairs {
		return nil
	}
	w, err := m.Job(owner, postJob)
	if err != nil {
		return err
	}
	_, err = m.Store.Append(ctx, w, ref(out.Conversation), store.Draft{ID: conversation.ID("returned", out.ID.String()), Type: ReturnedType, Payload: Returned{out.Type, r.Reason, out.Partner}})
	return err
}

// Change makes a change as the actor's office would propose it: number, what stands before, who is concerned and their cards as
// they are pinned now. members are the founders beside the office itself, of a founding only. Errors: Guarded for a partner that is not pinned.
func (m Mail) Change(ctx context.Context, w store.Who, s State, deed string, office journal.ID, r Rules, members ...journal.ID) (Change, []json.RawMessage, error) {
	v := s.View()
	c := Change{Version: 1, Group: s.ID, Number: v.Number + 1, Before: v.Head, Deed: deed, Office: office, By: w.Actor.Owner, Rules: r, At: m.Clock.Now().UTC().Truncate(time.Second)}
	if deed == Found {
		members = append(slices.Clone(members), w.Actor.Owner)
	}
	for _, x := range v.In() {
		if deed != Expel || x.Office != office {
			members = append(members, x.Office)
		}
	}
	if deed == Join && !slices.Contains(members, office) {
		members = append(members, office)
	}
	inorder.By(members, func(a, b journal.ID) int { return bytes.Compare(a[:], b[:]) })
	var cards []json.RawMessage
	for _, id := range slices.Compact(members) {
		k, raw, err := m.cardOf(ctx, w, id)
		if err != nil {
			return c, nil, err
		}
		c.Signers, cards = append(c.Signers, SeatOf(k, raw)), append(cards, raw)
	}
	if deed == Found {
		c.Group = GroupID(c)
	}
	return c, cards, nil
}

func (m Mail) cardOf(ctx context.Context, w store.Who, office journal.ID) (card.Card, json.RawMessage, error) {
	if office == w.Actor.Owner {
		k, raw, _, err := m.Self(office)
		return k, raw, err
	}
	o, err := m.Store.Open(ctx, w, store.Ref{Kind: access.KindPartner, ID: office})
	if fault.Is(err, fault.NotFound) {
		return card.Card{}, nil, fault.New(fault.Guarded, "exchange.terms.pin_first")
	}
	if err != nil {
		return card.Card{}, nil, err
	}
	p := o.State.(terms.Partner)
	return p.Card, p.Raw, nil
}

// Propose keeps a change that somebody of the office proposes; a second person sends it.
func (m Mail) Propose(ctx context.Context, w store.Who, c Change, cards []json.RawMessage, text []byte) error {
	_, err := m.Store.Append(ctx, w, ref(c.Group), store.Draft{Type: ProposedType, Payload: Proposed{Change: c, Cards: cards, Text: text}})
	return err
}

// Act writes what somebody of the office decides, and lets what follows from it follow.
func (m Mail) Act(ctx context.Context, w store.Who, id journal.ID, typ string, payload any) error {
	if _, err := m.Store.Append(ctx, w, ref(id), store.Draft{Type: typ, Payload: payload}); err != nil {
		return err
	}
	return m.SettleOne(ctx, w.Actor.Owner, id)
}

// Sign signs a proposal for the actor's office.
func (m Mail) Sign(ctx context.Context, w store.Who, id journal.ID, hash string, without []journal.ID) error {
	_, _, secrets, err := m.Self(w.Actor.Owner)
	if err != nil {
		return err
	}
	o, err := m.Store.Open(ctx, w, ref(id))
	if err != nil {
		return err
	}
	p, err := o.State.(State).open(hash)
	if err != nil {
		return err
	}
	return m.Act(ctx, w, id, SignedType, Signed{Hash: hash, Signature: SignChange(p.Change, secrets.Sign), Without: without})
}

// Leave signs that the actor's office leaves.
func (m Mail) Leave(ctx context.Context, w store.Who, id journal.ID) error {
	_, _, secrets, err := m.Self(w.Actor.Owner)
	if err != nil {
		return err
	}
	o, err := m.Store.Open(ctx, w, ref(id))
	if err != nil {
		return err
	}
	me, _ := o.State.(State).View().Member(w.Actor.Owner)
	l := Leaving{id, w.Actor.Owner, me.Since}
	return m.Act(ctx, w, id, LeftType, Gone{Left{l, SignLeaving(l, secrets.Sign)}})
}

// SettleOne lets what follows from how a group stands follow.
func (m Mail) SettleOne(ctx context.Context, owner, id journal.ID) error {
	w, err := m.Job(owner, postJob)
	if err != nil {
		return err
	}
	_, _, secrets, err := m.Self(owner)
	if err != nil {
		return err
	}
	return m.follow(ctx, w, id, secrets)
}

// Settle does so for every group of an owner: what could not be done at once, because a partner was not pinned yet, say.
func (m Mail) Settle(ctx context.Context, owner journal.ID) error {
	w, err := m.Job(owner, terms.GroupsJob)
	if err != nil {
		return err
	}
	q := store.Query{Kind: access.KindGroup}
	return m.Store.Each(ctx, w, q, func(r store.Row) error {
		return m.SettleOne(ctx, owner, r.Ref.ID)
	})
}
