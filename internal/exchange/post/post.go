// SPDX-License-Identifier: EUPL-1.2

// Package post carries sealed messages between offices.
//
// A message is signed over exact bytes by its sender and sealed to the one office that may read it. It
// leaves through an outbox that is written in the same transaction as what brought it about, and is
// delivered until a signed receipt comes back: at least once on the wire, exactly once in effect, because
// the receiver marks it as handled in the transaction of its effect. What terms do not cover is refused on
// both sides.
//
// Wings register their message types (Register); this package knows none of them. docs/protocol.md
// specifies the format.
package post

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Directory is what the post must know of offices; the app implements it over the store.
type Directory interface {
	// Self gives an owner's own card and its private side.
	Self(ctx context.Context, owner journal.ID) (card.Card, card.Secrets, error)
	// Partner gives the pinned card of another office; NotFound when none is pinned, Denied when blocked, with
	// the card, since what that office holds must still be taken back.
	Partner(ctx context.Context, owner, partner journal.ID) (card.Card, error)
	// Terms lists the sharing terms between the two, whatever their status.
	Terms(ctx context.Context, owner, partner journal.ID) ([]terms.State, error)
}

// Outgoing is a message to be sent.
type Outgoing struct {
	ID           journal.ID
	To           journal.ID
	Type         string
	Conversation journal.ID
	Purpose      string
	Basis        string
	Categories   []journal.Category
	Consents     []string
	Expires      time.Time // zero means Life from now
	Due          time.Time // when what it asks for should be done by; zero for never
	Parcels      []Parcel  // what Attach gave, at most ten
	Body         []byte
	// Voids lists types of earlier messages of the conversation that must no longer leave, when they still wait:
	// what is withdrawn is not delivered first and asked back then.
	Voids []string
	// WhenCovered says that nothing is sent where the partner is blocked or no terms cover it now: what an office writes down for
	// itself then does not wait for terms, and the other office keeps what it was told before.
	WhenCovered bool
	// About names the terms that a message speaks of by which offices agree on them (Opens), with their handling code.
	About Spoken
}

// Outgoing gives the message itself: a wing that needs nothing more queues it as it is.
func (o Outgoing) Outgoing() Outgoing { return o }

// Life is how long a message may take to arrive unless it says otherwise.
const Life = 60 * 24 * time.Hour

// Skew is how far ahead another office's clock may run. A message from further ahead, up to LongSkew, is
// not refused, which would be for good, but asked for again later.
const (
	Skew     = 10 * time.Minute
	LongSkew = 48 * time.Hour
)

// Handler takes an accepted message into a wing. It must call Done in the transaction of its effect. An
// error of kind Unavailable or Internal lets the sender try again; any other is a refusal with the fault's
// key as reason.
type Handler func(ctx context.Context, in Incoming) error

// Receipted is told how a message of its type ended: with the other office's receipt, or, when it never left, with one
// that nobody signed, whose Status is Expired or Voided. It must be idempotent.
type Receipted func(ctx context.Context, owner journal.ID, out Sent, r Receipt) error

// Incoming is a message that passed every check of this package.
type Incoming struct {
	Header
	Owner journal.ID
	Body  []byte
	Hash  string
	Done  func(ctx context.Context, tx db.Tx) error
	post  *Post

	signed, sig []byte // what the sender signed, exactly
}

// Sent is a message of the outbox.
type Sent struct {
	ID, Partner  journal.ID
	Type         string
	Conversation journal.ID
	Seq          int64
	Hash         string
	Categories   []journal.Category
	Size         int64
	State        string // queued | accepted | refused | expired | voided
	Reason       string
	Tries        int64
	Next, At     time.Time
	Done         time.Time
	Due          time.Time
	Parcels      string // hashes
}

// Post sends and receives for all owners of a node.
type Post struct {
	DB        *db.DB
	Clock     clock.Clock
	Directory Directory
	// Keys gives the keyring of an owner, for what Hold keeps.
	Keys func(owner journal.ID) Keyring
	// Leaf adds a receipt that an owner gives to its log, in the transaction that keeps it. Nil keeps no log.
	Leaf func(ctx context.Context, tx db.Tx, owner, id journal.ID, receipt []byte, at time.Time) error
	// ProvesTo says whether an owner (its card first) lets a partner see that its log holds a receipt, and with that how long
	// the log is. Nil lets nobody.
	ProvesTo func(own, partner card.Card) bool
	// Quota gives what a partner may send an owner. Nil is UsualQuota for everybody.
	Quota func(owner, partner journal.ID) Quota
	// Repin pins a partner's new card, which its pinned one vouches for, in a transaction that calls the message's Done. Nil takes
	// none: people pin it.
	Repin func(ctx context.Context, in Incoming, card []byte) error
	// Misused is told that something came that was signed with a stolen key of a partner, whose card that was. Nothing of it was taken
	// in. Nil tells nobody.
	Misused func(ctx context.Context, owner journal.ID, of card.Card)
	// Queued is told when messages are in the outbox, where the courier can see them. Nil tells nobody.
	Queued func()
	// AtOnce bounds how many conversations, and partners, are worked on at a time; 0 is as many as is good. 1 does one thing after
	// another.
	AtOnce int

	meters   meters
	handlers map[string]Handler
	receipts map[string]Receipted
	returns  map[string]bool
	opens    map[string]bool
}

// What a receipt says of a message, and how one ends that never left.
const (
	Accepted = "accepted"
	Refused  = "refused"
	Early    = "early" // it came before one that is still missing: not the last word

	Expired = "expired" // its time ran out, or the terms that covered it
	Voided  = "voided"  // withdrawn while it waited
)

// Register says who handles a type of message, and who is told of receipts for it (may be nil).
func (p *Post) Register(typ string, h Handler, r Receipted) {
	if p.handlers == nil {
		p.handlers, p.receipts = map[string]Handler{}, map[string]Receipted{}
	}
	p.handlers[typ], p.receipts[typ] = h, r
}

// Returns says which types of messages take something back, or answer that. They hold no more than codes, and nothing
// keeps them: they leave and are taken in under terms that both offices signed, whether or not these are still in force,
// however long they were on their way, and although one office has blocked the other. Nobody's withdrawal comes too late.
func (p *Post) Returns(types ...string) {
	if p.returns == nil {
		p.returns = map[string]bool{}
	}
	for _, t := range types {
		p.returns[t] = true
	}
}

// Registered gives the types of messages that are taken in, and whether they take something back.
func (p *Post) Registered() map[string]bool {
	out := map[string]bool{GoneType: true, StatusType: true, RenewedType: true}
	for t := range p.handlers {
		out[t] = p.takesBack(t)
	}
	return out
}

// width gives how many of something are worked on at a time.
func (p *Post) width(usual int) int {
	if p.AtOnce > 0 {
		return min(p.AtOnce, usual)
	}
	return usual
}

// takesBack says whether a type is one of these, or of the post's own, which say no more than codes either.
func (p *Post) takesBack(typ string) bool {
	return p.returns[typ] || typ == GoneType || typ == StatusType || typ == RenewedType
}

// handler gives who takes in a type of message.
func (p *Post) handler(typ string) (Handler, bool) {
	switch typ {
	case GoneType:
		return p.gone, true
	case StatusType:
		return p.told, true
	case RenewedType:
		return p.renewed, p.Repin != nil
	}
	h, ok := p.handlers[typ]
	return h, ok
}

// partner gives the card of an office that a message of a type may go to.
func (p *Post) partner(ctx context.Context, dir Directory, owner, id journal.ID, typ string) (card.Card, error) {
	c, err := dir.Partner(ctx, owner, id)
	if fault.Is(err, fault.Denied) && p.takesBack(typ) && c.Office == id {
		return c, nil
	}
	return c, err
}

// Sealed is a message ready to be queued.
type Sealed struct {
	header Header
	voids  []string
	owner  journal.ID
	hash   [32]byte
	bytes  []byte
	keys   waitingKeys
	after  int64 // when the message before in its conversation was made: whatever the clock says, this one is later
}

// Prepare checks that terms in force cover the message, signs and seals it. It runs outside of any
// transaction. It gives nil, for Enqueue to pass over, for a message that is sent WhenCovered and is not. Errors: Uncovered,
// NotFound for an unknown partner, TooMuch for its size.
func (p *Post) Prepare(ctx context.Context, owner journal.ID, o Outgoing) (*Sealed, error) {
	if len(o.Body) > MaxMessage/2 {
		return nil, fault.New(fault.TooMuch, "exchange.post.too_large")
	}
	if err := p.mayEnclose(ctx, owner, o); err != nil {
		return nil, err
	}
	_, secrets, err := p.Directory.Self(ctx, owner)
	if err != nil {
		return nil, err
	}
	uncovered := func(err error) bool {
		return o.WhenCovered && (fault.Is(err, fault.Uncovered) || fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound))
	}
	to, err := p.partner(ctx, p.Directory, owner, o.To, o.Type)
	if uncovered(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := p.Clock.Now().UTC().Truncate(time.Microsecond)
	h := Header{Version: Version, ID: o.ID, Type: o.Type, From: owner, To: o.To, Conversation: o.Conversation, Sent: now, Expires: o.Expires.UTC(),
		Purpose: o.Purpose, Basis: o.Basis, Categories: o.Categories, Consents: o.Consents, Due: o.Due.UTC().Truncate(time.Microsecond), Parcels: o.Parcels}
	under, err := p.under(ctx, owner, o, h)
	if uncovered(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	h.Handling, h.Terms = under.Handling, under.Hash
	if o.Expires.IsZero() {
		h.Expires = now.Add(Life)
	}
	var after int64
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		var prev []byte
		err := tx.Row(ctx, `SELECT seq, hash, at FROM post_out WHERE owner = $1 AND partner = $2 AND conversation = $3 ORDER BY seq DESC LIMIT 1`, owner, o.To, o.Conversation).Scan(&h.Seq, &prev, &after)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		h.Seq++
		h.Prev = hex.EncodeToString(prev)
		return err
	})
	if err != nil {
		return nil, err
	}
	s, err := p.sealHeader(h, o.Body, secrets, to, owner)
	if err != nil {
		return nil, err
	}
	s.voids, s.after = o.Voids, after
	return s, nil
}

// prepareOwn makes a message of the post's own, which stands in no order: a conversation for itself. It travels under the terms
// that are named, or, when these are not there, under any that both signed.
func (p *Post) prepareOwn(ctx context.Context, owner, partner journal.ID, typ, under string, body []byte) (*Sealed, error) {
	_, secrets, err := p.Directory.Self(ctx, owner)
	if err != nil {
		return nil, err
	}
	return p.prepareWith(ctx, owner, partner, typ, under, body, secrets)
}

// prepareWith is prepareOwn with secrets that are not, or will not be, the office's newest.
func (p *Post) prepareWith(ctx context.Context, owner, partner journal.ID, typ, under string, body []byte, secrets card.Secrets) (*Sealed, error) {
	to, err := p.partner(ctx, p.Directory, owner, partner, typ)
	if err != nil {
		return nil, err
	}
	now := p.Clock.Now().UTC().Truncate(time.Microsecond)
	h := Header{Version: Version, ID: journal.NewID(now, nil), Type: typ, From: owner, To: partner, Conversation: journal.NewID(now, nil), Seq: 1, Sent: now, Expires: now.Add(Life),
		Purpose: "post", Basis: "law", Terms: under, Categories: []journal.Category{}}
	doc, err := p.covering(ctx, p.Directory, owner, partner, h)
	if err != nil && under != "" {
		h.Terms = ""
		doc, err = p.covering(ctx, p.Directory, owner, partner, h)
	}
	if err != nil {
		return nil, err
	}
	hash := doc.Hash()
	h.Handling, h.Terms = doc.Handling, hex.EncodeToString(hash[:])
	return p.sealHeader(h, body, secrets, to, owner)
}

// sealHeader signs and seals.
func (p *Post) sealHeader(h Header, body []byte, secrets card.Secrets, to card.Card, owner journal.ID) (*Sealed, error) {
	raw, hash, err := encode(h, body, secrets.Sign)
	if err != nil {
		return nil, err
	}
	kept, err := p.copyOf(owner, h, raw)
	if err != nil {
		return nil, err
	}
	sealed, err := seal(raw, to)
	own := base64.StdEncoding.EncodeToString(secrets.Sign.Public().(ed25519.PublicKey))
	return &Sealed{header: h, owner: owner, hash: hash, bytes: sealed, keys: waitingKeys{keyHash(own), keyHash(to.Seal), kept}}, err
}

// covering finds terms between owner and partner that let a message travel now; when it names terms, only those count.
func (p *Post) covering(ctx context.Context, dir Directory, owner, partner journal.ID, m Header) (terms.Document, error) {
	all, err := dir.Terms(ctx, owner, partner)
	if err != nil {
		return terms.Document{}, err
	}
	var why error = fault.New(fault.Uncovered, "exchange.terms.none")
	for _, t := range all {
		if h := t.Document.Hash(); m.Terms != "" && hex.EncodeToString(h[:]) != m.Terms {
			continue
		}
		if p.takesBack(m.Type) {
			// An answer to what may go one way travels the other.
			if why = t.Bound(m.From, m.To, m.Purpose, m.Categories); why != nil && t.Bound(m.To, m.From, m.Purpose, m.Categories) == nil {
				why = nil
			}
		} else {
			why = t.Covers(p.Clock.Now(), m.From, m.To, m.Purpose, m.Categories)
		}
		if why == nil {
			return t.Document, nil
		}
	}
	return terms.Document{}, why
}

// Enqueue puts a prepared message into the outbox, in the transaction of what brought it about, and tells Queued once that is on
// disk. It gives a Conflict when another message of the conversation came between: prepare again.
func (p *Post) Enqueue(ctx context.Context, tx db.Tx, s *Sealed) error {
	if s == nil {
		return nil
	}
	if p.Queued != nil {
		tx.After(p.Queued)
	}
	h := s.header
	if err := void(ctx, tx, s.owner, h.To, h.Conversation, s.voids); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO post_out (owner, id, partner, type, conversation, seq, hash, categories, size, sealed, state, reason, tries, next, at, done, expires, terms, due, parcels, signer, recipient, copy, handling)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', '', 0, $11, $12, 0, $13, $14, $15, $16, $17, $18, $19, $20)`,
		s.owner, h.ID, h.To, h.Type, h.Conversation, h.Seq, s.hash[:], join(h.Categories), len(s.bytes), s.bytes, db.Micros(h.Sent), max(db.Micros(h.Sent), s.after), db.Micros(h.Expires), h.Terms, moment(h.Due), hashesOf(h.Parcels), s.keys.signer, s.keys.recipient, s.keys.copy, h.Handling)
	return err
}

// void ends messages of a conversation that still wait; their hashes stay, so that its chain holds.
func void(ctx context.Context, tx db.Tx, owner, partner, conversation journal.ID, types []string) error {
	for _, typ := range types {
		_, err := tx.Exec(ctx, `UPDATE post_out SET state = 'voided', reason = 'exchange.post.voided', sealed = NULL, copy = NULL WHERE owner = $1 AND partner = $2 AND conversation = $3 AND type = $4 AND state = 'queued'`,
			owner, partner, conversation, typ)
		if err != nil {
			return err
		}
	}
	return nil
}
