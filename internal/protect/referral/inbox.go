// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Purpose is what sharing terms must grant for referrals.
const Purpose = "referral"

// Mail connects referrals with the post: it turns messages into entries and receipts into entries.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner.
	Job func(owner journal.ID) (store.Who, error)
}

// Register registers the message types of this room.
func (m Mail) Register(p *post.Post) {
	for typ, h := range map[string]post.Handler{MsgOffer: m.offer, MsgPackage: m.packaged, MsgWithdraw: m.withdraw, MsgRecall: m.recall,
		MsgAnswer: m.answer, MsgFeedback: m.feedback, MsgErased: m.erased, MsgAmend: m.amend, MsgSupplement: m.supplement} {
		p.Register(typ, h, m.receipted)
	}
	p.Returns(MsgWithdraw, MsgRecall, MsgErased)
}

// Outgoing turns a message of this room into one for the post.
func (m Message) Outgoing() post.Outgoing {
	o := post.Outgoing{ID: m.ID, To: m.To, Type: m.Type, Conversation: m.Referral, Purpose: Purpose, Basis: m.Basis, Categories: m.Categories, Expires: m.Expires, Body: m.Body, Voids: m.Voids}
	for _, s := range m.Slips {
		o.Consents = append(o.Consents, s.Receipt.String())
	}
	return o
}

// mostSlips bounds how many receipts, grounds and what rests on them one message may carry.
const mostSlips = 100

// body decodes a message strictly and checks that it speaks of its conversation's referral.
func body[T any](in post.Incoming, referral func(T) journal.ID) (T, error) {
	v, err := post.Read[T](in)
	if err != nil {
		return v, fault.Wrap(fault.Invalid, err, "referral.message.unreadable")
	}
	if referral(v) != in.Conversation || in.Conversation.IsZero() {
		return v, fault.New(fault.Invalid, "referral.message.other_conversation")
	}
	return v, nil
}

// append writes a received message as an entry, with the message's id as the entry's, in one transaction
// with the post's note that it was handled.
func (m Mail) append(ctx context.Context, in post.Incoming, ref store.Ref, typ string, payload any) error {
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Append(ctx, who, ref, store.Draft{ID: in.ID, Type: typ, Payload: payload}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

func incoming(in post.Incoming) store.Ref {
	return store.Ref{Kind: access.KindReferralIn, ID: in.Conversation}
}

func (m Mail) offer(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b OfferBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	if len(b.Slips)+len(b.Grounds) > mostSlips {
		return fault.New(fault.Invalid, "referral.message.unreadable")
	}
	return m.append(ctx, in, incoming(in), "incoming.offered", CameIn{From: in.From, Offer: b.Offer, Expires: b.Expires, Slips: b.Slips, Grounds: b.Grounds})
}

func (m Mail) packaged(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b PackageBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	if len(b.Slips)+len(b.Grounds)+len(b.Cover) > mostSlips {
		return fault.New(fault.Invalid, "referral.message.unreadable")
	}
	p, refused := PackageOf(b.Parts)
	if len(refused) > 0 || !slices.Equal(p.Categories(), in.Categories) {
		return fault.New(fault.Uncovered, "referral.message.other_categories")
	}
	if err := m.from(ctx, in); err != nil {
		return err
	}
	return m.append(ctx, in, incoming(in), "incoming.handed_over", Received{Slips: b.Slips, Grounds: b.Grounds, Cover: b.Cover, Amendment: b.Amendment, Package: p})
}

func (m Mail) amend(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b AmendBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	if len(b.Slips)+len(b.Grounds)+len(b.Categories) > mostSlips {
		return fault.New(fault.Invalid, "referral.message.unreadable")
	}
	if err := m.from(ctx, in); err != nil {
		return err
	}
	return m.append(ctx, in, incoming(in), "incoming.amended", InAmended{Number: b.Number, Reason: b.Reason, Offer: b.Offer, Categories: b.Categories, Met: b.Met, Expires: b.Expires, Slips: b.Slips, Grounds: b.Grounds})
}

func (m Mail) supplement(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b SupplementBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	if len(b.Slips)+len(b.Grounds)+len(b.Cover)+len(b.Corrects) > mostSlips {
		return fault.New(fault.Invalid, "referral.message.unreadable")
	}
	p, refused := PackageOf(b.Parts)
	if len(refused) > 0 || !slices.Equal(p.Categories(), in.Categories) {
		return fault.New(fault.Uncovered, "referral.message.other_categories")
	}
	if err := m.from(ctx, in); err != nil {
		return err
	}
	return m.append(ctx, in, incoming(in), "incoming.supplemented", InSupplied{Number: b.Number, Corrects: b.Corrects, Slips: b.Slips, Grounds: b.Grounds, Cover: b.Cover, Package: p})
}

// from refuses a message about a referral received that another office than its sender writes.
func (m Mail) from(ctx context.Context, in post.Incoming) error {
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	o, err := m.Store.Open(ctx, who, incoming(in))
	if err != nil {
		return err
	}
	if o.State.(In).From != in.From {
		return fault.New(fault.Denied, "referral.message.other_office")
	}
	return nil
}

func (m Mail) withdraw(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b WithdrawBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	if err := m.from(ctx, in); err != nil {
		return err
	}
	if !slices.Contains(endReasons, b.Reason) {
		b.Reason = "other" // no text hides in a reason, and no reason stands in the way of erasing
	}
	return m.append(ctx, in, incoming(in), "incoming.withdrawn", InWithdrawn{Person: b.Person, Reason: b.Reason})
}

func (m Mail) recall(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b RecallBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	if err := m.from(ctx, in); err != nil {
		return err
	}
	b.Categories = slices.DeleteFunc(b.Categories, func(c journal.Category) bool { return !slices.Contains(Shareable(), c) })
	return m.append(ctx, in, incoming(in), "incoming.recalled", InRecalled{Receipt: b.Receipt, Categories: b.Categories})
}

// person finds the dossier that a referral of this office lies in, and checks that the message comes from
// the referral's recipient.
func (m Mail) person(ctx context.Context, owner, from, referral journal.ID) (store.Ref, error) {
	who, err := m.Job(owner)
	if err != nil {
		return store.Ref{}, err
	}
	page, err := m.Store.List(ctx, who, store.Query{Kind: access.KindPerson, Codes: map[string]string{"ref": refCode(referral, from)}, Limit: 2})
	if err != nil {
		return store.Ref{}, err
	}
	if len(page.Rows) != 1 {
		return store.Ref{}, fault.New(fault.NotFound, "referral.message.no_referral")
	}
	return page.Rows[0].Ref, nil
}

// RefCode is the code by which a person's dossier is found when a message about a referral comes back. It
// binds the referral to its recipient, so that no other office can answer for it.
func RefCode(o Out) string { return refCode(o.Referral, o.Recipient) }

func refCode(referral, recipient journal.ID) string {
	h := sha256.Sum256(slices.Concat(referral[:], recipient[:]))
	return hex.EncodeToString(h[:16])
}

func (m Mail) answer(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b AnswerBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	ref, err := m.person(ctx, in.Owner, in.From, in.Conversation)
	if err != nil {
		return err
	}
	return m.append(ctx, in, ref, "referral.answered", Answered(b))
}

func (m Mail) feedback(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b FeedbackBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	ref, err := m.person(ctx, in.Owner, in.From, in.Conversation)
	if err != nil {
		return err
	}
	return m.append(ctx, in, ref, "referral.feedback", Reported(b))
}

func (m Mail) erased(ctx context.Context, in post.Incoming) error {
	b, err := body(in, func(b ErasedBody) journal.ID { return b.Referral })
	if err != nil {
		return err
	}
	ref, err := m.person(ctx, in.Owner, in.From, in.Conversation)
	if err != nil {
		return err
	}
	if len(b.Held) > mostSlips {
		return fault.New(fault.Invalid, "referral.message.unreadable")
	}
	return m.append(ctx, in, ref, "referral.erasure_confirmed", Confirmed(b))
}

// receipted notes, at the sender, that a hand-over was received, or that a message was refused or never left.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	var typ string
	var payload any
	switch {
	case r.Status != "accepted":
		typ, payload = "referral.refused", Refused{Referral: out.Conversation, Message: out.Type, Reason: r.Reason, Unsent: r.Status != "refused", Maybe: r.Status != "refused" && out.Tries > 0, Sent: out.ID}
	case out.Type == MsgPackage, out.Type == MsgSupplement:
		typ, payload = "referral.receipted", Receipted{Referral: out.Conversation, At: r.At, Hash: r.Hash, Sent: out.ID}
	default:
		return nil
	}
	ref, err := m.person(ctx, owner, out.Partner, out.Conversation)
	if fault.Is(err, fault.NotFound) {
		return nil // a refused answer or report: the outbox shows it
	}
	if err != nil {
		return err
	}
	who, err := m.Job(owner)
	if err != nil {
		return err
	}
	h := sha256.Sum256(append([]byte("receipt"), out.ID[:]...))
	id := journal.ID(h[:16])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	_, err = m.Store.Append(ctx, who, ref, store.Draft{ID: id, Type: typ, Payload: payload})
	return err
}
