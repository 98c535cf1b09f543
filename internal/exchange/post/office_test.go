// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// node is one office with its post, its own database, clock and door on a socket.
type node struct {
	*Post
	id      journal.ID
	clock   *clock.Manual
	card    card.Card
	secrets card.Secrets
	pinned  map[journal.ID]card.Card
	blocked map[journal.ID]bool
	terms   []terms.State
	courier *Courier

	noting   sync.Mutex // guards the following, which conversations beside each other write
	handled  []Incoming
	answer   func(Incoming) error // what the handler of "test.note" says; nil is yes
	receipts []Receipt
	heed     func() error // what whoever is told of receipts says; nil is yes
	network  atomic.Int32
	refused  []string
}

// States of the network in front of a node's door.
const (
	up int32 = iota
	down
	deaf // what arrives is taken in, and the answer is lost
)

// Self gives the node's own card.
func (n *node) Self(context.Context, journal.ID) (card.Card, card.Secrets, error) {
	return n.card, n.secrets, nil
}

// Partner gives a pinned card.
func (n *node) Partner(_ context.Context, _, partner journal.ID) (card.Card, error) {
	c, ok := n.pinned[partner]
	if !ok {
		return c, fault.New(fault.NotFound, "store.not_found")
	}
	if n.blocked[partner] {
		return c, fault.New(fault.Denied, "exchange.partner.blocked")
	}
	return c, nil
}

// Terms lists the terms with a partner.
func (n *node) Terms(_ context.Context, _, partner journal.ID) ([]terms.State, error) {
	return slices.DeleteFunc(slices.Clone(n.terms), func(s terms.State) bool { return s.Document.Other(n.id).Office != partner }), nil
}

// note is the type of the tests' messages, takeBack that of their duties.
const (
	note     = "test.note"
	takeBack = "test.take_back"
)

func newNode(t testing.TB, id journal.ID, seed byte) *node {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	n := &node{id: id, clock: clock.NewManual(day), pinned: map[journal.ID]card.Card{}, blocked: map[journal.ID]bool{}}
	n.Post = &Post{DB: d, Clock: n.clock, Directory: n}
	take := func(ctx context.Context, in Incoming) error {
		if n.answer != nil {
			if err := n.answer(in); err != nil {
				return err
			}
		}
		err := n.DB.Write(ctx, func(tx db.Tx) error { return in.Done(ctx, tx) })
		if err == nil {
			n.noting.Lock()
			n.handled = append(n.handled, in)
			n.noting.Unlock()
		}
		return err
	}
	told := func(_ context.Context, _ journal.ID, _ Sent, r Receipt) error {
		if n.heed != nil {
			if err := n.heed(); err != nil {
				return err
			}
		}
		n.noting.Lock()
		defer n.noting.Unlock()
		n.receipts = append(n.receipts, r)
		return nil
	}
	n.Register(note, take, told)
	n.Register(takeBack, take, nil)
	n.Returns(takeBack)
	mux := http.NewServeMux()
	(&Door{Post: n.Post, Serves: func(x journal.ID) bool { return x == id }, Refused: func(err error) { n.refused = append(n.refused, reason(err)) }}).Mount(mux)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n.network.Load() {
		case down:
			w.WriteHeader(http.StatusBadGateway)
		case deaf:
			mux.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusBadGateway)
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	if n.secrets, err = card.NewSecrets([32]byte{seed}); err != nil {
		t.Fatal(err)
	}
	if n.card, _, err = n.secrets.Issue(card.Card{Office: id, Name: "Office", Kind: access.Assistance, Country: "GR", URL: server.URL, Made: day}); err != nil {
		t.Fatal(err)
	}
	n.courier = &Courier{Post: n.Post, Owners: func() []journal.ID { return []journal.ID{id} }, Client: server.Client()}
	return n
}

// two gives two offices that pinned each other and signed terms over D0 to D2, both ways, for a year.
func two(t *testing.T) (from, to *node) {
	t.Helper()
	from, to = newNode(t, greek, 1), newNode(t, albanian, 2)
	from.pinned[albanian], to.pinned[greek] = to.card, from.card
	text := sha256.Sum256([]byte("the text"))
	cats := []journal.Category{journal.D0, journal.D1, journal.D2}
	doc := terms.Document{Version: 1, ID: journal.NewID(day, nil), Title: "Protocol", Parties: [2]terms.Party{terms.PartyOf(from.card), terms.PartyOf(to.card)},
		Grants:   []terms.Grant{{From: greek, To: albanian, Purpose: "referral", Categories: cats}, {From: albanian, To: greek, Purpose: "referral", Categories: cats}},
		Handling: "H2", Basis: "the protocol", TextName: "protocol.txt", TextHash: hex.EncodeToString(text[:]), From: day.Add(-48 * time.Hour), Until: day.AddDate(1, 0, 0), Retention: 365}
	if err := doc.Validate(); err != nil {
		t.Fatal(err)
	}
	signed := map[journal.ID]string{greek: terms.Sign(doc, from.secrets.Sign), albanian: terms.Sign(doc, to.secrets.Sign)}
	from.terms, to.terms = []terms.State{{Document: doc, Signatures: signed}}, []terms.State{{Document: doc, Signatures: signed}}
	return from, to
}

// message is one in a conversation.
func (n *node) message(conversation journal.ID) Outgoing {
	to := albanian
	if n.id == albanian {
		to = greek
	}
	return Outgoing{ID: journal.NewID(n.clock.Now(), nil), To: to, Type: note, Conversation: conversation, Purpose: "referral", Basis: "consent", Categories: []journal.Category{journal.D0}, Body: []byte(`{}`)}
}

// queue seals a message and puts it into the outbox.
func (n *node) queue(ctx context.Context, o Outgoing) error {
	s, err := n.Prepare(ctx, n.id, o)
	if err != nil {
		return err
	}
	return n.DB.Write(ctx, func(tx db.Tx) error { return n.Enqueue(ctx, tx, s) })
}

func (n *node) mustQueue(t testing.TB, o Outgoing) {
	t.Helper()
	if err := n.queue(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// outbox and inbox are what the pages show.
func (n *node) outbox(t testing.TB) (out []Sent) {
	t.Helper()
	n.read(t, func(tx db.Tx) (err error) { out, err = Outbox(t.Context(), tx, n.id, journal.ID{}, 1000); return err })
	return out
}

func (n *node) inbox(t testing.TB) (in []Received) {
	t.Helper()
	n.read(t, func(tx db.Tx) (err error) { in, err = Inbox(t.Context(), tx, n.id, journal.ID{}, 1000); return err })
	return in
}

func (n *node) read(t testing.TB, f func(db.Tx) error) {
	t.Helper()
	if err := n.DB.Read(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// deliver lets the courier try once; that it could not deliver is not an error of the test.
func (n *node) deliver(t testing.TB) int {
	t.Helper()
	got, _ := n.courier.Once(t.Context())
	return got
}
