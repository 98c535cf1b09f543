// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"encoding/hex"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// pair is two offices of one node with terms between them, each with its card pinned by the other.
type pair struct {
	t       *testing.T
	post    *Post
	courier *Courier
	clock   *clock.Manual
	cards   map[journal.ID]card.Card
	secrets map[journal.ID]card.Secrets
	terms   terms.State
	arrived []string          // types that came to be handled, in order
	ended   map[string]string // type -> how it ended, as its sender was told
}

func (p *pair) Self(_ context.Context, o journal.ID) (card.Card, card.Secrets, error) {
	return p.cards[o], p.secrets[o], nil
}

func (p *pair) Partner(_ context.Context, _, o journal.ID) (card.Card, error) {
	c, ok := p.cards[o]
	if !ok {
		return c, fault.New(fault.NotFound, "store.not_found")
	}
	return c, nil
}

func (p *pair) Terms(context.Context, journal.ID, journal.ID) ([]terms.State, error) {
	return []terms.State{p.terms}, nil
}

const (
	typeOffer  = "t.offer"
	typePack   = "t.package"
	typeRecall = "t.recall"
)

func newPair(t *testing.T) *pair {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	p := &pair{t: t, clock: clock.NewManual(day), cards: map[journal.ID]card.Card{}, secrets: map[journal.ID]card.Secrets{}, ended: map[string]string{}}
	for i, o := range []journal.ID{greek, albanian} {
		p.cards[o], p.secrets[o] = office(t, o, byte(i+1))
	}
	document := terms.Document{Version: 1, ID: greek, Title: "Test", Parties: [2]terms.Party{terms.PartyOf(p.cards[greek]), terms.PartyOf(p.cards[albanian])},
		Grants:   []terms.Grant{{From: greek, To: albanian, Purpose: "referral", Categories: []journal.Category{journal.D0, journal.D2}}},
		Handling: "H2", Basis: "test", TextHash: hex.EncodeToString(make([]byte, 32)), From: day.Add(-time.Hour), Until: day.Add(90 * 24 * time.Hour), Retention: 30}
	p.terms = terms.State{Document: document, Signatures: map[journal.ID]string{}}
	for _, o := range []journal.ID{greek, albanian} {
		p.terms.Signatures[o] = terms.Sign(document, p.secrets[o].Sign)
	}
	p.post = &Post{DB: d, Clock: p.clock, Directory: p}
	for _, typ := range []string{typeOffer, typePack, typeRecall} {
		p.post.Register(typ, func(ctx context.Context, in Incoming) error {
			if err := d.Write(ctx, func(tx db.Tx) error { return in.Done(ctx, tx) }); err != nil {
				return err
			}
			p.arrived = append(p.arrived, in.Type)
			return nil
		}, func(_ context.Context, _ journal.ID, s Sent, r Receipt) error { p.ended[s.Type] = r.Status; return nil })
	}
	p.post.Returns(typeRecall)
	p.courier = &Courier{Post: p.post, Owners: func() []journal.ID { return []journal.ID{greek, albanian} }, Local: func(journal.ID) bool { return true }}
	return p
}

func (p *pair) send(o Outgoing) {
	p.t.Helper()
	o.ID, o.To, o.Conversation, o.Purpose, o.Basis = journal.NewID(p.clock.Now(), nil), albanian, greek, "referral", "consent"
	s, err := p.post.Prepare(p.t.Context(), greek, o)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.post.DB.Write(p.t.Context(), func(tx db.Tx) error { return p.post.Enqueue(p.t.Context(), tx, s) }); err != nil {
		p.t.Fatal(err)
	}
	p.clock.Advance(time.Second)
}

// deliver lets the courier go, and gives what the outbox says of each message, oldest first.
func (p *pair) deliver() (states []string) {
	p.t.Helper()
	if _, err := p.courier.Once(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	err := p.post.DB.Read(p.t.Context(), func(tx db.Tx) error {
		out, err := Outbox(p.t.Context(), tx, greek, greek, 10)
		for _, s := range slices.Backward(out) {
			states = append(states, s.State)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return states
}

// kept gives the sealed bytes that the outbox still holds.
func (p *pair) kept() (n int) {
	p.t.Helper()
	err := p.post.DB.Read(p.t.Context(), func(tx db.Tx) error {
		return tx.Row(p.t.Context(), `SELECT COUNT(*) FROM post_out WHERE sealed IS NOT NULL`).Scan(&n)
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *pair) want(what string, got, want any) {
	p.t.Helper()
	a, okA := got.([]string)
	b, okB := want.([]string)
	if okA && okB && !slices.Equal(a, b) || !okA && got != want {
		p.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// What was withdrawn while it waited never leaves; what takes it back does, and both ends know.
func TestWhatIsWithdrawnWhileItWaitsNeverLeaves(t *testing.T) {
	p := newPair(t)
	p.send(Outgoing{Type: typeOffer, Categories: []journal.Category{journal.D0}})
	p.want("states", p.deliver(), []string{"accepted"})
	p.send(Outgoing{Type: typePack, Categories: []journal.Category{journal.D2}, Body: []byte("her name")})
	p.send(Outgoing{Type: typeRecall, Categories: []journal.Category{journal.D0}, Voids: []string{typePack}})
	p.want("sealed bytes kept once it is withdrawn", p.kept(), 1)
	p.want("states", p.deliver(), []string{"accepted", "voided", "accepted"})
	p.want("arrived", p.arrived, []string{typeOffer, typeRecall})
	p.want("the sender was told", p.ended[typePack], Voided)
	p.want("sealed bytes kept", p.kept(), 0)
	p.ended = map[string]string{}
	p.deliver()
	p.want("told again", len(p.ended), 0)
}

// What was delivered before it was withdrawn is not made undelivered.
func TestWhatArrivedIsNotVoided(t *testing.T) {
	p := newPair(t)
	p.send(Outgoing{Type: typePack, Categories: []journal.Category{journal.D2}})
	p.deliver()
	p.send(Outgoing{Type: typeRecall, Categories: []journal.Category{journal.D0}, Voids: []string{typePack}})
	p.want("states", p.deliver(), []string{"accepted", "accepted"})
	p.want("arrived", p.arrived, []string{typePack, typeRecall})
}

// A message whose time has run out, or whose terms have ended while it waited, stays here.
func TestWhatRanOutWhileItWaitsNeverLeaves(t *testing.T) {
	for name, end := range map[string]func(*pair){
		"its own time":      func(p *pair) { p.clock.Advance(2 * time.Hour) },
		"the terms' period": func(p *pair) { p.clock.Advance(91 * 24 * time.Hour) },
		"terms suspended":   func(p *pair) { p.terms.Suspended = true },
		"terms ended":       func(p *pair) { p.terms.Ended = true },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			until := time.Time{}
			if name == "its own time" {
				until = day.Add(time.Hour)
			}
			if name == "the terms' period" {
				until = day.Add(365 * 24 * time.Hour)
			}
			p.send(Outgoing{Type: typePack, Categories: []journal.Category{journal.D2}, Expires: until})
			end(p)
			p.want("states", p.deliver(), []string{"expired"})
			p.want("arrived", len(p.arrived), 0)
			p.want("the sender was told", p.ended[typePack], Expired)
			p.want("sealed bytes kept", p.kept(), 0)
		})
	}
}

// A withdrawal travels and is taken in although the terms have ended; anything else does not.
func TestAWithdrawalComesNeverTooLate(t *testing.T) {
	for name, end := range map[string]func(*pair){
		"period over": func(p *pair) { p.clock.Advance(91 * 24 * time.Hour) },
		"suspended":   func(p *pair) { p.terms.Suspended = true },
		"ended":       func(p *pair) { p.terms.Ended = true },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			p.send(Outgoing{Type: typePack, Categories: []journal.Category{journal.D2}})
			p.deliver()
			end(p)
			_, err := p.post.Prepare(t.Context(), greek, Outgoing{ID: albanian, To: albanian, Conversation: greek, Type: typePack, Purpose: "referral", Categories: []journal.Category{journal.D2}})
			p.want("more of the same is refused", fault.Is(err, fault.Uncovered), true)
			p.send(Outgoing{Type: typeRecall, Categories: []journal.Category{journal.D0}})
			p.want("states", p.deliver(), []string{"accepted", "accepted"})
			p.want("arrived", p.arrived, []string{typePack, typeRecall})
		})
	}
	p := newPair(t)
	delete(p.terms.Signatures, albanian)
	_, err := p.post.Prepare(t.Context(), greek, Outgoing{ID: albanian, To: albanian, Conversation: greek, Type: typeRecall, Purpose: "referral", Categories: []journal.Category{journal.D0}})
	p.want("terms that one side never signed carry nothing", fault.Is(err, fault.Uncovered), true)
}
