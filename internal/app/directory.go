// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// directory is what the post knows of offices: each owner's own card and secrets, and, through the door of
// the store, the partners that it pinned and the terms that it signed.
type directory struct {
	node *Node

	mu   sync.RWMutex // guards self
	self map[journal.ID]self
}

type self struct {
	card    card.Card
	bytes   []byte // the card as it travels
	secrets card.Secrets
	keys    officeKeys
}

// officeKeys are what an owner signs and opens with, as they are kept, sealed.
type officeKeys struct {
	Sign   []byte       `json:"sign,omitempty"` // seed; empty is the one that the keyring gives
	Seal   string       `json:"seal"`
	Before []officeKeys `json:"before,omitempty"` // the latest first
	Stolen bool         `json:"stolen,omitempty"` // it opens what comes, and vouches for nothing
}

// mostBefore bounds how many earlier keys are kept: they open what was under way when the office made new ones.
const mostBefore = 8

// parseKeys reads them; an office that never made new ones keeps the sealing key alone.
func parseKeys(b []byte) (k officeKeys, err error) {
	if !bytes.HasPrefix(b, []byte("{")) {
		return officeKeys{Seal: string(b)}, nil
	}
	return k, json.Unmarshal(b, &k)
}

// bytes is parseKeys' other way.
func (k officeKeys) bytes() ([]byte, error) {
	if k.Sign == nil && k.Before == nil {
		return []byte(k.Seal), nil
	}
	return json.Marshal(k)
}

// secrets gives the keys themselves.
func (k officeKeys) secrets(first [32]byte) (card.Secrets, error) {
	seed := first
	if len(k.Sign) == len(seed) {
		seed = [32]byte(k.Sign)
	}
	s, err := card.LoadSecrets(seed, k.Seal)
	for _, b := range k.Before {
		old, oerr := b.secrets(first)
		if err = errors.Join(err, oerr); err != nil {
			return s, err
		}
		s.Before = append(s.Before, old.Seal)
	}
	return s, err
}

const sealPurpose = "exchange sealing key"

// own gives an owner's card and secrets as they are now.
func (d *directory) own(id journal.ID) (self, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	s, ok := d.self[id]
	return s, ok
}

// load reads an owner's sealing key, or makes it on the first start, and issues the card. It runs again when the
// office's name has changed: the keys, and so the fingerprint, stay.
func (d *directory) load(ctx context.Context, o Owner) error {
	keys := d.node.keys[o.ID]
	seed := firstSeed(keys)
	var sealed []byte
	err := d.node.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT sealed FROM post_secret WHERE owner = $1`, o.ID).Scan(&sealed)
	})
	var secrets card.Secrets
	var kept officeKeys
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if secrets, err = card.NewSecrets(seed); err != nil {
			return err
		}
		kept = officeKeys{Seal: secrets.SealKey()}
		if sealed, err = keys.Seal(sealPurpose, []byte(secrets.SealKey())); err != nil {
			return err
		}
		err = d.node.DB.Write(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO post_secret (owner, sealed) VALUES ($1, $2)`, o.ID, sealed)
			return err
		})
	case err == nil:
		var key []byte
		if key, err = keys.Open(sealPurpose, sealed); err == nil {
			kept, err = parseKeys(key)
		}
		if err == nil {
			secrets, err = kept.secrets(seed)
		}
	}
	if err != nil {
		return err
	}
	signer, err := d.node.signer(o.ID)
	if err != nil {
		return err
	}
	c, b, err := secrets.Issue(card.Card{Office: o.ID, Name: o.Name, Kind: o.Kind, Country: o.Country, Log: signer.Verifier(), URL: cmp.Or(d.node.Settings.Reach, d.node.Settings.URL), Made: o.Created})
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.self[o.ID] = self{c, b, secrets, kept}
	return nil
}

// reseal seals an owner's sealing key again, under the newest key of its keyring.
func (d *directory) reseal(ctx context.Context, owner journal.ID) error {
	s, ok := d.own(owner)
	if !ok {
		return fault.New(fault.NotFound, "app.no_owner")
	}
	return d.keep(ctx, owner, s.keys, nil)
}

// firstSeed is that of the signing key with which an office begins.
func firstSeed(k *vault.Keyring) [32]byte { return k.Seed("exchange signing key") }

// renew makes new keys for an owner's card, and tells partners in the same transaction, with the key that they have pinned,
// unless it was stolen. The earlier ones go on opening what was sealed to them.
func (d *directory) renew(ctx context.Context, owner journal.ID, stolen bool) error {
	s, ok := d.own(owner)
	if !ok {
		return fault.New(fault.NotFound, "app.no_owner")
	}
	o, err := d.node.settingsOf(owner)
	if err != nil {
		return err
	}
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never errs
	fresh, err := card.NewSecrets(seed)
	if err != nil {
		return err
	}
	before := append([]officeKeys{{Sign: s.keys.Sign, Seal: s.keys.Seal, Stolen: stolen}}, s.keys.Before...)
	var news []*post.Sealed
	if !stolen {
		_, b, err := fresh.Issue(s.card)
		if err != nil {
			return err
		}
		if news, err = d.node.announce(ctx, owner, s.secrets, b); err != nil {
			return err
		}
	}
	tell := func(ctx context.Context, tx db.Tx) error {
		for _, m := range news {
			if err := d.node.Post.Enqueue(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	}
	if err := d.keep(ctx, owner, officeKeys{Sign: seed[:], Seal: fresh.SealKey(), Before: before[:min(len(before), mostBefore)]}, tell); err != nil {
		return err
	}
	return d.load(ctx, o)
}

// Earlier gives the cards that an office had before it renewed its keys, as far as what they signed still counts.
func (d *directory) Earlier(ctx context.Context, owner, office journal.ID) ([]card.Card, error) {
	if office != owner {
		who, err := d.node.Job(owner, "post", access.ForExchange)
		if err != nil {
			return nil, err
		}
		o, err := d.node.Store.Open(ctx, who, store.Ref{Kind: access.KindPartner, ID: office})
		if err != nil {
			return nil, err
		}
		p := o.State.(terms.Partner)
		if !d.node.Clock.Now().Before(p.PinnedAt.Add(terms.EarlierFor)) {
			return nil, nil
		}
		return p.Earlier, nil
	}
	former, err := d.former(ctx, owner)
	if err != nil {
		return nil, err
	}
	s, _ := d.own(owner)
	var out []card.Card
	for _, old := range former {
		c, _, err := old.Issue(s.card)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// former gives the secrets that an owner had before it renewed its keys, the latest first; none of them was stolen.
func (d *directory) former(_ context.Context, owner journal.ID) ([]card.Secrets, error) {
	s, ok := d.own(owner)
	if !ok {
		return nil, fault.New(fault.NotFound, "app.no_owner")
	}
	var out []card.Secrets
	for _, k := range s.keys.Before {
		if k.Stolen {
			continue
		}
		old, err := k.secrets(firstSeed(d.node.keys[owner]))
		if err != nil {
			return nil, err
		}
		out = append(out, old)
	}
	return out, nil
}

// Disowned gives the cards that a partner had and whose signatures do not count any more, since a key was stolen.
func (d *directory) Disowned(ctx context.Context, owner, office journal.ID) ([]card.Card, error) {
	who, err := d.node.Job(owner, "post", access.ForExchange)
	if err != nil {
		return nil, err
	}
	o, err := d.node.Store.Open(ctx, who, store.Ref{Kind: access.KindPartner, ID: office})
	if err != nil {
		return nil, err
	}
	return o.State.(terms.Partner).Disowned, nil
}

// keep seals an owner's keys under the newest key of its keyring; then, where it is not nil, runs in the same transaction.
func (d *directory) keep(ctx context.Context, owner journal.ID, k officeKeys, then func(context.Context, db.Tx) error) error {
	plain, err := k.bytes()
	if err != nil {
		return err
	}
	sealed, err := d.node.keys[owner].Seal(sealPurpose, plain)
	if err != nil {
		return err
	}
	return d.node.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE post_secret SET sealed = $1 WHERE owner = $2`, sealed, owner)
		if err == nil && then != nil {
			err = then(ctx, tx)
		}
		return err
	})
}

// Self gives an owner's own card and its private side: what every signature and every unsealing needs. A restored
// node that waits does not give it.
func (d *directory) Self(_ context.Context, owner journal.ID) (card.Card, card.Secrets, error) {
	s, ok := d.own(owner)
	if !ok {
		return card.Card{}, card.Secrets{}, fault.New(fault.NotFound, "app.no_owner")
	}
	if err := d.node.waits(); err != nil {
		return card.Card{}, card.Secrets{}, err
	}
	return s.card, s.secrets, nil
}

// Partner gives the pinned card of another office.
func (d *directory) Partner(ctx context.Context, owner, partner journal.ID) (card.Card, error) {
	who, err := d.node.Job(owner, "post", access.ForExchange)
	if err != nil {
		return card.Card{}, err
	}
	o, err := d.node.Store.Open(ctx, who, store.Ref{Kind: access.KindPartner, ID: partner})
	if err != nil {
		return card.Card{}, err
	}
	p := o.State.(terms.Partner)
	if p.Blocked {
		return p.Card, fault.New(fault.Denied, "exchange.partner.blocked")
	}
	return p.Card, nil
}

// Terms lists the sharing terms between an owner and a partner, whatever their status.
func (d *directory) Terms(ctx context.Context, owner, partner journal.ID) ([]terms.State, error) {
	who, err := d.node.Job(owner, "post", access.ForExchange)
	if err != nil {
		return nil, err
	}
	var out []terms.State
	err = d.node.eachOpened(ctx, who, store.Query{Kind: access.KindTerms, Codes: map[string]string{"party": partner.String()}}, func(_ journal.ID, state any) {
		out = append(out, state.(terms.State))
	})
	terms.Settle(out)
	return out, err
}

// covering finds the terms in force under which an owner may send a partner categories for a purpose now.
func (d *directory) covering(ctx context.Context, owner, partner journal.ID, purpose string, cats []journal.Category) (journal.ID, error) {
	all, err := d.Terms(ctx, owner, partner)
	if err != nil {
		return journal.ID{}, err
	}
	var why error = fault.New(fault.Uncovered, "exchange.terms.none")
	for _, t := range all {
		if why = t.Covers(d.node.Clock.Now(), owner, partner, purpose, cats); why == nil {
			return t.Document.ID, nil
		}
	}
	return journal.ID{}, why
}
