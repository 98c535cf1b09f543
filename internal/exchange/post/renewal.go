// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"crypto/ed25519"
	"encoding/json"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// RenewedType is the post's own message by which an office that made new keys, of which none was stolen, gives partners its new
// card: signed with the key that they have pinned.
const RenewedType = "card.renewed"

// Renewed is card.renewed.
type Renewed struct {
	Card json.RawMessage `json:"card"`
}

// triesToTell is how often a partner that does not take a new card is asked: it may learn of the one before it first.
const triesToTell = 8

// Announce makes the message that gives a partner an owner's new card. It is made with the secrets that the owner had until
// now, before they change, and is nil for a partner that it cannot go to: one without terms that both signed compares and pins by
// hand.
func (p *Post) Announce(ctx context.Context, owner, partner journal.ID, was card.Secrets, fresh []byte) (*Sealed, error) {
	body, err := json.Marshal(Renewed{fresh})
	if err != nil {
		return nil, err
	}
	s, err := p.prepareWith(ctx, owner, partner, RenewedType, "", body, was)
	if fault.Is(err, fault.Uncovered) || fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return s, err
}

// renewed takes a partner's new card: the key of the pinned one signed the message, and but for its keys the card is the pinned one.
// A key that was renewed before, whose signatures still count on what was under way, gives no new card.
func (p *Post) renewed(ctx context.Context, in Incoming) error {
	b, err := Read[Renewed](in)
	if err != nil {
		return err
	}
	fresh, err := card.Parse(b.Card)
	if err != nil {
		return err
	}
	pinned, err := p.partner(ctx, p.Directory, in.Owner, in.From, in.Type)
	if err != nil {
		return err
	}
	if fresh.Fingerprint() == pinned.Fingerprint() {
		return nil // people were faster
	}
	key, err := pinned.PublicKey()
	if err != nil || !ed25519.Verify(key, in.signed, in.sig) {
		return fault.New(fault.Denied, "exchange.card.not_by_pinned")
	}
	same := fresh
	same.Sign, same.Seal, same.Made = pinned.Sign, pinned.Seal, pinned.Made
	if same != pinned {
		return fault.New(fault.Denied, "exchange.card.more_than_keys")
	}
	return p.Repin(ctx, in, b.Card)
}
