// SPDX-License-Identifier: EUPL-1.2

package directory

import (
	"context"
	"encoding/json"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// Types of the messages, and what sharing terms must grant for them.
const (
	MsgUpdate   = "directory.update"
	MsgWithdraw = "directory.withdraw" // takes back what was said
	Purpose     = "directory"
)

type withdrawBody struct {
	Listing journal.ID `json:"listing"` // id of the listing in its own office
	Reason  string     `json:"reason"`  // why
}

// update is a listing as it travels: neither the contact nor who wrote it.
func (x Listing) update() Received {
	return Received{Listing: x.ID, Content: x.Content, Checked: x.Checked.On}
}

// effects sends an office's own listing, as it stands after an entry, to each partner whose terms let it go; the post leaves the
// others out.
func effects(g *store.Guarding, _, x Listing, e journal.Entry) (store.Effects, error) {
	if retention.Is(e.Type) {
		return retention.Effects(e, journal.PC), nil
	}
	if !x.From.IsZero() {
		return store.Effects{}, nil
	}
	typ, body := MsgUpdate, any(x.update())
	if x.Gone.On.Known() {
		typ, body = MsgWithdraw, withdrawBody{x.ID, x.Gone.Reason}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return store.Effects{}, err
	}
	var out store.Effects
	for _, kind := range access.OfficeKinds() {
		partners, err := g.Find(access.KindPartner, "kind", string(kind))
		if err != nil {
			return store.Effects{}, err
		}
		for _, to := range partners {
			out.Messages = append(out.Messages, post.Outgoing{ID: provenance.ID("directory message", typ, e.ID.String(), to.String()), To: to, Type: typ, Conversation: x.ID, Purpose: Purpose, Basis: "law",
				Categories: []journal.Category{journal.PP}, Body: raw, WhenCovered: true})
		}
	}
	return out, nil
}

// Mail takes what arrives into dossiers.
type Mail struct{ between.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgUpdate, m.updated, nil)
	p.Register(MsgWithdraw, m.withdrawn, nil)
	p.Returns(MsgWithdraw)
}

// ReceivedRef names the dossier of another office's listing. That office is in it, so that nobody can write into another's.
func ReceivedRef(owner, from, listing journal.ID) store.Ref {
	return store.Ref{Kind: access.KindListing, ID: provenance.ID("listing received", owner.String(), from.String(), listing.String())}
}

func (m Mail) updated(ctx context.Context, in post.Incoming) error {
	v, err := post.Read[Received](in)
	if err != nil {
		return err
	}
	v.From = in.From
	return between.Take(ctx, m.Mail, in, ReceivedRef(in.Owner, in.From, v.Listing), func(Listing) (store.Draft, error) {
		return store.Draft{Type: ReceivedType, Payload: v}, nil
	})
}

// withdrawn takes a listing out. One that never came is nothing to take out.
func (m Mail) withdrawn(ctx context.Context, in post.Incoming) error {
	v, err := post.Read[withdrawBody](in)
	if err != nil {
		return err
	}
	ref := ReceivedRef(in.Owner, in.From, v.Listing)
	w, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		if !state.(Listing).Exists() {
			return nil, nil
		}
		return []store.Draft{{ID: in.ID, At: in.Sent, Type: RecalledType, Payload: Recalled{v.Reason}}}, nil
	}, done(in))
	return err
}

// done notes a message as handled in the transaction of what it brought about.
func done(in post.Incoming) store.Also {
	return func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) }
}
