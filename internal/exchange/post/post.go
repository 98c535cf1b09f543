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
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
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
}

// Post sends and receives for all owners of a node.
type Post struct {
	DB        *db.DB
	Clock     clock.Clock
	Directory Directory
	// Keys gives the keyring of an owner, for what Hold keeps.
	Keys func(owner journal.ID) Keyring

	handlers map[string]Handler
	receipts map[string]Receipted
	returns  map[string]bool
	opens    map[string]bool
}

// How a message ends that never left.
const (
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

// partner gives the card of an office that a message of a type may go to.
func (p *Post) partner(ctx context.Context, owner, id journal.ID, typ string) (card.Card, error) {
	c, err := p.Directory.Partner(ctx, owner, id)
	if fault.Is(err, fault.Denied) && p.returns[typ] && c.Office == id {
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
	after  int64 // when the message before in its conversation was made: whatever the clock says, this one is later
}

// Prepare checks that terms in force cover the message, signs and seals it. It runs outside of any
// transaction. It gives nil, for Enqueue to pass over, for a message that is sent WhenCovered and is not. Errors: Uncovered,
// NotFound for an unknown partner, TooMuch for its size.
func (p *Post) Prepare(ctx context.Context, owner journal.ID, o Outgoing) (*Sealed, error) {
	if len(o.Body) > MaxMessage/2 {
		return nil, fault.New(fault.TooMuch, "exchange.post.too_large")
	}
	_, secrets, err := p.Directory.Self(ctx, owner)
	if err != nil {
		return nil, err
	}
	uncovered := func(err error) bool {
		return o.WhenCovered && (fault.Is(err, fault.Uncovered) || fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound))
	}
	to, err := p.partner(ctx, owner, o.To, o.Type)
	if uncovered(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := p.Clock.Now().UTC().Truncate(time.Microsecond)
	h := Header{Version: Version, ID: o.ID, Type: o.Type, From: owner, To: o.To, Conversation: o.Conversation, Sent: now, Expires: o.Expires.UTC(),
		Purpose: o.Purpose, Basis: o.Basis, Categories: o.Categories, Consents: o.Consents}
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
	raw, hash, err := encode(h, o.Body, secrets.Sign)
	if err != nil {
		return nil, err
	}
	sealed, err := seal(raw, to)
	return &Sealed{h, o.Voids, owner, hash, sealed, after}, err
}

// covering finds terms between owner and partner that let a message travel now; when it names terms, only those count.
func (p *Post) covering(ctx context.Context, owner, partner journal.ID, m Header) (terms.Document, error) {
	all, err := p.Directory.Terms(ctx, owner, partner)
	if err != nil {
		return terms.Document{}, err
	}
	var why error = fault.New(fault.Uncovered, "exchange.terms.none")
	for _, t := range all {
		if h := t.Document.Hash(); m.Terms != "" && hex.EncodeToString(h[:]) != m.Terms {
			continue
		}
		if p.returns[m.Type] {
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

// Enqueue puts a prepared message into the outbox, in the transaction of what brought it about. It gives a
// Conflict when another message of the conversation came between: prepare again.
func (p *Post) Enqueue(ctx context.Context, tx db.Tx, s *Sealed) error {
	if s == nil {
		return nil
	}
	h := s.header
	if err := void(ctx, tx, s.owner, h.To, h.Conversation, s.voids); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO post_out (owner, id, partner, type, conversation, seq, hash, categories, size, sealed, state, reason, tries, next, at, done, expires, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', '', 0, $11, $12, 0, $13, $14)`,
		s.owner, h.ID, h.To, h.Type, h.Conversation, h.Seq, s.hash[:], join(h.Categories), len(s.bytes), s.bytes, db.Micros(h.Sent), max(db.Micros(h.Sent), s.after), db.Micros(h.Expires), h.Terms)
	return err
}

// void ends messages of a conversation that still wait; their hashes stay, so that its chain holds.
func void(ctx context.Context, tx db.Tx, owner, partner, conversation journal.ID, types []string) error {
	for _, typ := range types {
		_, err := tx.Exec(ctx, `UPDATE post_out SET state = 'voided', reason = 'exchange.post.voided', sealed = NULL WHERE owner = $1 AND partner = $2 AND conversation = $3 AND type = $4 AND state = 'queued'`,
			owner, partner, conversation, typ)
		if err != nil {
			return err
		}
	}
	return nil
}

func join(cs []journal.Category) string {
	var out []string
	for _, c := range cs {
		out = append(out, string(c))
	}
	return strings.Join(out, " ")
}

func split(s string) []journal.Category {
	var out []journal.Category
	for _, c := range strings.Fields(s) {
		out = append(out, journal.Category(c))
	}
	return out
}

// Receive takes a sealed message for an owner and gives the signed receipt. A repeated message gives the
// same receipt again and has no further effect. When it cannot even be attributed to a pinned partner
// there is no receipt, only an error.
func (p *Post) Receive(ctx context.Context, owner journal.ID, sealed []byte) ([]byte, error) {
	if len(sealed) > MaxMessage {
		return nil, fault.New(fault.TooMuch, "exchange.post.too_large")
	}
	_, secrets, err := p.Directory.Self(ctx, owner)
	if err != nil {
		return nil, err
	}
	raw, err := unseal(sealed, secrets)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	e, err := decode(raw)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	from, err := p.Directory.Partner(ctx, owner, e.From)
	blocked := fault.Is(err, fault.Denied) && from.Office == e.From
	if err != nil && !blocked {
		return nil, fault.New(fault.Denied, "exchange.partner.unknown")
	}
	key, err := from.PublicKey()
	if err != nil || !ed25519.Verify(key, e.signed, e.sig) {
		return nil, fault.New(fault.Denied, "exchange.post.bad_signature")
	}
	if receipt, err := p.known(ctx, owner, e); err != nil || receipt != nil {
		return receipt, err
	}
	if blocked && !p.returns[e.Type] {
		r := p.receiptFor(owner, e)
		return p.refuse(ctx, owner, e, int64(len(sealed)), r, secrets, fault.New(fault.Denied, "exchange.partner.blocked"))
	}
	return p.accept(ctx, owner, e, int64(len(sealed)), secrets)
}

// receiptFor begins the receipt for a message.
func (p *Post) receiptFor(owner journal.ID, e envelope) Receipt {
	h := e.hash()
	return Receipt{Version: 1, Message: e.ID, Hash: hex.EncodeToString(h[:]), From: owner, To: e.From, Status: "accepted", At: p.Clock.Now().UTC().Truncate(time.Microsecond)}
}

// known gives the receipt of a message that was handled before; an id used twice for different bytes is a
// replay with a change and refused.
func (p *Post) known(ctx context.Context, owner journal.ID, e envelope) ([]byte, error) {
	var receipt, hash []byte
	err := p.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT receipt, hash FROM post_in WHERE owner = $1 AND partner = $2 AND id = $3`, owner, e.From, e.ID).Scan(&receipt, &hash)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if h := e.hash(); err == nil && string(h[:]) != string(hash) {
		return nil, fault.New(fault.Denied, "exchange.post.replayed")
	}
	return receipt, err
}

// check says what in the header forbids the message here.
func (p *Post) check(ctx context.Context, owner journal.ID, e envelope) error {
	now := p.Clock.Now()
	switch {
	case e.Version != Version:
		return fault.New(fault.Invalid, "exchange.post.version")
	case e.To != owner:
		return fault.New(fault.Denied, "exchange.post.wrong_office")
	case p.returns[e.Type]: // whenever it was sent
	case e.Sent.After(now.Add(LongSkew)):
		return fault.New(fault.Invalid, "exchange.post.future")
	case e.Sent.After(now.Add(Skew)):
		return fault.New(fault.Unavailable, "exchange.post.future")
	case !now.Before(e.Expires):
		return fault.New(fault.Invalid, "exchange.post.expired")
	}
	switch {
	case e.Hop != 0:
		return fault.New(fault.Uncovered, "exchange.post.hop")
	case slices.Contains(e.Categories, journal.D5):
		return fault.New(fault.Uncovered, "exchange.terms.uncovered", "Category", "D5")
	}
	if e.Terms == "" {
		return fault.New(fault.Uncovered, "exchange.terms.none")
	}
	if p.opens[e.Type] {
		return opening(e.Header)
	}
	_, err := p.covering(ctx, owner, e.From, e.Header)
	return err
}

func (p *Post) accept(ctx context.Context, owner journal.ID, e envelope, size int64, secrets card.Secrets) ([]byte, error) {
	r := p.receiptFor(owner, e)
	err := p.check(ctx, owner, e)
	handler, ok := p.handlers[e.Type]
	if err == nil && !ok {
		err = fault.New(fault.Invalid, "exchange.post.unknown_type")
	}
	if err == nil {
		done := false
		receipt, serr := signReceipt(r, secrets.Sign)
		if serr != nil {
			return nil, serr
		}
		record := func(ctx context.Context, tx db.Tx) error {
			done = true
			return p.record(ctx, tx, owner, e, size, r, receipt)
		}
		err = handler(ctx, Incoming{Header: e.Header, Owner: owner, Body: e.body, Hash: r.Hash, Done: record})
		if err == nil && !done {
			err = p.DB.Write(ctx, func(tx db.Tx) error { return record(ctx, tx) })
		}
		if err == nil {
			return receipt, nil
		}
	}
	if k := fault.Of(err); k == fault.Internal || k == fault.Unavailable || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	if again, kerr := p.known(ctx, owner, e); kerr == nil && again != nil {
		return again, nil // a twin of this message was handled meanwhile
	}
	return p.refuse(ctx, owner, e, size, r, secrets, err)
}

func (p *Post) refuse(ctx context.Context, owner journal.ID, e envelope, size int64, r Receipt, secrets card.Secrets, why error) ([]byte, error) {
	r.Status, r.Reason = "refused", "refused"
	var f *fault.Fault
	if errors.As(why, &f) {
		r.Reason = f.Key
	}
	receipt, err := signReceipt(r, secrets.Sign)
	if err != nil {
		return nil, err
	}
	return receipt, p.DB.Write(ctx, func(tx db.Tx) error { return p.record(ctx, tx, owner, e, size, r, receipt) })
}

func (p *Post) record(ctx context.Context, tx db.Tx, owner journal.ID, e envelope, size int64, r Receipt, receipt []byte) error {
	h := e.hash()
	_, err := tx.Exec(ctx, `INSERT INTO post_in (owner, id, partner, type, conversation, seq, hash, categories, size, state, reason, at, receipt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		owner, e.ID, e.From, e.Type, e.Conversation, e.Seq, h[:], join(e.Categories), size, r.Status, r.Reason, db.Micros(r.At), receipt)
	return err
}

// Gap is a conversation in which a message of a partner has not arrived although a later one has.
type Gap struct {
	Partner, Conversation journal.ID
	Missing               int64
}

// Gaps lists the holes in what partners sent.
func Gaps(ctx context.Context, tx db.Tx, owner journal.ID) ([]Gap, error) {
	rows, err := tx.Query(ctx, `SELECT partner, conversation, MAX(seq), COUNT(*) FROM post_in WHERE owner = $1 GROUP BY partner, conversation HAVING MAX(seq) > COUNT(*)`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Gap
	for rows.Next() {
		var g Gap
		var last, n int64
		if err := rows.Scan(&g.Partner, &g.Conversation, &last, &n); err != nil {
			return nil, err
		}
		g.Missing = last - n
		out = append(out, g)
	}
	return out, rows.Err()
}

// Received is a message of the inbox.
type Received struct {
	ID, Partner  journal.ID
	Type         string
	Conversation journal.ID
	Seq          int64
	Hash         string
	Categories   []journal.Category
	Size         int64
	State        string
	Reason       string
	At           time.Time
}

// Inbox lists the latest received messages of an owner, newest first; of one conversation unless it is zero.
func Inbox(ctx context.Context, tx db.Tx, owner, conversation journal.ID, limit int) ([]Received, error) {
	rows, err := tx.Query(ctx, `SELECT id, partner, type, conversation, seq, hash, categories, size, state, reason, at FROM post_in WHERE owner = $1 `+only(conversation)+` ORDER BY at DESC, id DESC LIMIT $2`,
		args(owner, limit, conversation)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Received
	for rows.Next() {
		var r Received
		var cats string
		var hash []byte
		var at int64
		if err := rows.Scan(&r.ID, &r.Partner, &r.Type, &r.Conversation, &r.Seq, &hash, &cats, &r.Size, &r.State, &r.Reason, &at); err != nil {
			return nil, err
		}
		r.Hash, r.Categories, r.At = hex.EncodeToString(hash), split(cats), db.Time(at)
		out = append(out, r)
	}
	return out, rows.Err()
}

// Outbox lists the latest sent messages of an owner, newest first; of one conversation unless it is zero.
func Outbox(ctx context.Context, tx db.Tx, owner, conversation journal.ID, limit int) ([]Sent, error) {
	rows, err := tx.Query(ctx, `SELECT `+sentColumns+` FROM post_out WHERE owner = $1 `+only(conversation)+` ORDER BY at DESC, id DESC LIMIT $2`, args(owner, limit, conversation)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Sent
	for rows.Next() {
		s, err := scanSent(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func only(conversation journal.ID) string {
	if conversation.IsZero() {
		return ""
	}
	return "AND conversation = $3"
}

func args(owner journal.ID, limit int, conversation journal.ID) []any {
	if conversation.IsZero() {
		return []any{owner, limit}
	}
	return []any{owner, limit, conversation}
}

const sentColumns = `id, partner, type, conversation, seq, hash, categories, size, state, reason, tries, next, at, done`

func scanSent(rows *sql.Rows) (Sent, error) {
	var s Sent
	var cats string
	var hash []byte
	var next, at, done int64
	if err := rows.Scan(&s.ID, &s.Partner, &s.Type, &s.Conversation, &s.Seq, &hash, &cats, &s.Size, &s.State, &s.Reason, &s.Tries, &next, &at, &done); err != nil {
		return s, fmt.Errorf("post: read the outbox: %w", err)
	}
	s.Hash, s.Categories, s.Next, s.At, s.Done = hex.EncodeToString(hash), split(cats), db.Time(next), db.Time(at), db.Time(done)
	return s, nil
}
