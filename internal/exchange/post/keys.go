// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// NewKeys is why a message ended that was signed, or sealed, with a key that does not count any more.
const NewKeys = "exchange.post.new_keys"

// StolenKey is why something got no receipt that was signed with a key of a partner that was stolen, or may have been.
const StolenKey = "exchange.post.stolen_key"

// askedAfterTheft is how long, from when it was written, something that a stolen key of ours signed is still asked for: it may have
// arrived before anybody knew, and whoever took it in then gives its receipt again. In the line the partner says no at once; through
// a relay or by hand nobody does, and it ends here then.
const askedAfterTheft = 14 * 24 * time.Hour

// keyHash names a key as a card has it.
func keyHash(key string) []byte {
	h := sha256.Sum256([]byte(key))
	return h[:]
}

// copyPurpose binds the copy of a message to its row, as heldPurpose does.
func copyPurpose(message journal.ID) string { return "exchange waiting message " + message.String() }

// copyOf seals, for the owner alone, the signed bytes of a message that takes something back. It holds no more than codes and
// goes with its receipt; of any other message the office keeps nothing that it could open itself.
func (p *Post) copyOf(owner journal.ID, h Header, raw []byte) ([]byte, error) {
	if p.Keys == nil || !p.takesBack(h.Type) || h.Type == RenewedType {
		return nil, nil
	}
	return p.Keys(owner).Seal(copyPurpose(h.ID), raw)
}

// waitingKeys is what the outbox keeps of how a message was signed and sealed.
type waitingKeys struct{ signer, recipient, copy []byte }

// current gives the bytes of a message that waits as they may leave now. What takes back is signed and sealed again with the
// newest keys: the same bytes under the signature, so the same hash, and whoever took it in already gives the same receipt.
// Anything else is left as it is while its keys count; sealed to a key that was stolen, or signed with one and not yet sent, or
// sent and not answered for askedAfterTheft, it ends here (s says so): its room sends it anew.
func (v *visit) current(ctx context.Context, s *Sent, sealed []byte, k waitingKeys) ([]byte, error) {
	own, secrets, err := v.dir.Self(ctx, v.owner)
	if err != nil {
		return nil, err
	}
	to, err := v.Post.partner(ctx, v.dir, v.owner, v.partner, s.Type)
	if err != nil {
		return sealed, nil // blocked, or not pinned: it does not leave
	}
	if k.signer == nil || bytes.Equal(k.signer, keyHash(own.Sign)) && bytes.Equal(k.recipient, keyHash(to.Seal)) {
		return sealed, nil
	}
	if k.copy != nil {
		return v.again(ctx, s, k, secrets, own, to)
	}
	theirs := func(c card.Card) bool { return bytes.Equal(k.recipient, keyHash(c.Seal)) }
	ours := func(c card.Card) bool { return bytes.Equal(k.signer, keyHash(c.Sign)) }
	switch {
	case !theirs(to) && !slices.ContainsFunc(v.Post.earlier(ctx, v.owner, v.partner), theirs),
		!ours(own) && (s.Tries == 0 && !v.mayHaveLeft(s.ID) || !v.Post.Clock.Now().Before(s.At.Add(askedAfterTheft))) && !slices.ContainsFunc(v.Post.earlier(ctx, v.owner, v.owner), ours):
		s.State, s.Reason = Expired, NewKeys
		return nil, nil
	}
	return sealed, nil
}

// again signs and seals a message again.
func (v *visit) again(ctx context.Context, s *Sent, k waitingKeys, secrets card.Secrets, own, to card.Card) ([]byte, error) {
	raw, err := v.Post.Keys(v.owner).Open(copyPurpose(s.ID), k.copy)
	if err != nil {
		return nil, err
	}
	if len(raw) < signatureSize {
		return nil, fault.New(fault.Internal, "exchange.post.unreadable")
	}
	signed := raw[:len(raw)-signatureSize]
	sealed, err := seal(append(signed[:len(signed):len(signed)], ed25519.Sign(secrets.Sign, signed)...), to)
	if err != nil {
		return nil, err
	}
	return sealed, v.Post.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE post_out SET sealed = $1, size = $2, signer = $3, recipient = $4 WHERE owner = $5 AND id = $6 AND state = 'queued'`,
			sealed, len(sealed), keyHash(own.Sign), keyHash(to.Seal), v.owner, s.ID)
		return err
	})
}

// disowned ends a message that its partner does not take, as signed with an earlier key of ours that does not count there any
// more. It was sent, and only the partner knows whether it came before that: its room hears that it may have arrived.
func (v *visit) disowned(ctx context.Context, s Sent, why error) bool {
	if !fault.Is(why, fault.Denied) || v.Post.takesBack(s.Type) && (s.Type != RenewedType || s.Tries < triesToTell) {
		return false
	}
	own, _, err := v.dir.Self(ctx, v.owner)
	var signer []byte
	if err == nil {
		err = v.Post.DB.Read(ctx, func(tx db.Tx) error {
			return tx.Row(ctx, `SELECT signer FROM post_out WHERE owner = $1 AND id = $2`, v.owner, s.ID).Scan(&signer)
		})
	}
	if err != nil || signer == nil || bytes.Equal(signer, keyHash(own.Sign)) {
		return false
	}
	s.State, s.Reason = Expired, NewKeys
	return v.unsent(ctx, s) == nil
}

// signedNow says whether a receipt has the signature of an office's newest key.
func signedNow(receipt []byte, own card.Secrets) bool {
	return len(receipt) < signatureSize ||
		ed25519.Verify(own.Sign.Public().(ed25519.PublicKey), append([]byte(receiptMagic), receipt[signatureSize:]...), receipt[:signatureSize])
}

// signedAgain gives a receipt that is kept as the owner's newest key signs it: whoever asks again may not believe an earlier one any more.
// What it says stays, and so do the bytes that are kept: the log has a leaf of these.
func signedAgain(receipt []byte, own card.Secrets) []byte {
	if signedNow(receipt, own) {
		return receipt
	}
	return append(ed25519.Sign(own.Sign, append([]byte(receiptMagic), receipt[signatureSize:]...)), receipt[signatureSize:]...)
}

// Reseal seals what Hold keeps of an owner, and the copies of what waits, again, under the newest key of its keyring, and
// gives how many.
func (p *Post) Reseal(ctx context.Context, owner journal.ID) (int, error) {
	held, err := p.resealHeld(ctx, owner)
	if err != nil {
		return 0, err
	}
	copies := map[journal.ID][]byte{}
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, copy FROM post_out WHERE owner = $1 AND copy IS NOT NULL`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id journal.ID
			var b []byte
			if err := rows.Scan(&id, &b); err != nil {
				return err
			}
			copies[id] = b
		}
		return rows.Err()
	})
	if err != nil || len(copies) == 0 {
		return held, err
	}
	for id, b := range copies {
		plain, err := p.Keys(owner).Open(copyPurpose(id), b)
		if err != nil {
			return held, err
		}
		if copies[id], err = p.Keys(owner).Seal(copyPurpose(id), plain); err != nil {
			return held, err
		}
	}
	return held + len(copies), p.DB.Write(ctx, func(tx db.Tx) error {
		for id, b := range copies {
			if _, err := tx.Exec(ctx, `UPDATE post_out SET copy = $1 WHERE owner = $2 AND id = $3 AND copy IS NOT NULL`, b, owner, id); err != nil {
				return err
			}
		}
		return nil
	})
}
