// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"crypto/ed25519"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Renewing is a Directory that also knows the cards that an office had before it renewed its keys and whose signatures still
// count: what was under way then is not lost. A key that was stolen is in none of them.
type Renewing interface {
	// Earlier lists them; of the owner itself when office is the owner.
	Earlier(ctx context.Context, owner, office journal.ID) ([]card.Card, error)
}

// Disowning is a Directory that also knows the cards that a partner had and whose signatures do not count any more, because a key
// was stolen, or may have been.
type Disowning interface {
	Disowned(ctx context.Context, owner, office journal.ID) ([]card.Card, error)
}

// misused says whether a partner's stolen key signed bytes, and tells of it: people should hear that it is in use.
func (p *Post) misused(ctx context.Context, owner, partner journal.ID, bytes, sig []byte) bool {
	d, ok := p.Directory.(Disowning)
	if !ok {
		return false
	}
	cs, err := d.Disowned(ctx, owner, partner)
	if err != nil {
		return false
	}
	for _, c := range cs {
		if key, err := c.PublicKey(); err == nil && ed25519.Verify(key, bytes, sig) {
			if p.Misused != nil {
				p.Misused(ctx, owner, c)
			}
			return true
		}
	}
	return false
}

// earlier lists an office's earlier cards whose signatures still count.
func (p *Post) earlier(ctx context.Context, owner, office journal.ID) []card.Card {
	d, ok := p.Directory.(Renewing)
	if !ok {
		return nil
	}
	cs, err := d.Earlier(ctx, owner, office)
	if err != nil {
		return nil // then only the newest counts
	}
	return cs
}

// signed says whether an office signed bytes, with the key of its card or of an earlier one.
func (p *Post) signed(ctx context.Context, owner journal.ID, from card.Card, bytes, sig []byte) bool {
	if key, err := from.PublicKey(); err == nil && ed25519.Verify(key, bytes, sig) {
		return true
	}
	for _, c := range p.earlier(ctx, owner, from.Office) {
		if key, err := c.PublicKey(); err == nil && ed25519.Verify(key, bytes, sig) {
			return true
		}
	}
	return false
}

// readReceipt is ReadReceipt with the signer's card, or an earlier one.
func (p *Post) readReceipt(ctx context.Context, owner journal.ID, b []byte, from card.Card) (Receipt, error) {
	r, err := ReadReceipt(b, from)
	if err == nil {
		return r, nil
	}
	for _, c := range p.earlier(ctx, owner, from.Office) {
		if old, oerr := ReadReceipt(b, c); oerr == nil {
			return old, nil
		}
	}
	return r, err
}
