// SPDX-License-Identifier: EUPL-1.2

package programmetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Ring is offices that write to each other: each with its own database, keys and post; the first signed terms for the
// programme with every other one. One clock runs for all.
type Ring struct {
	T       testing.TB
	Clock   *clock.Manual
	Members []*Member
}

// Member is an office of a ring.
type Member struct {
	*Office
	Country string
	Away    bool // nothing reaches it, and nothing leaves it
	Mail    *post.Post
	ring    *Ring
	card    card.Card
	secrets card.Secrets
	pinned  map[journal.ID]card.Card
	terms   []terms.State
	courier *post.Courier
	door    http.Handler
}

// NewRing makes offices of countries, the host first; register lets rooms register their messages.
func NewRing(t testing.TB, register func(*Member), countries ...string) *Ring {
	t.Helper()
	r := &Ring{T: t, Clock: clock.NewManual(Start)}
	for i, c := range countries {
		r.Members = append(r.Members, r.join(byte(i+1), c, register))
	}
	for _, m := range r.Members[1:] {
		r.Agree(r.Members[0], m, journal.PP, journal.PI, journal.PC)
	}
	return r
}

func (r *Ring) join(n byte, country string, register func(*Member)) *Member {
	r.T.Helper()
	owner := journal.MustID("01900000-0000-7000-8000-000000000100")
	owner[15] = n
	m := &Member{Office: &Office{T: r.T, Ctx: context.Background(), Clock: r.Clock, Owner: owner, kind: access.Programme}, Country: country, ring: r, pinned: map[journal.ID]card.Card{}}
	m.Mail = &post.Post{Clock: r.Clock, Directory: m}
	m.Mail.DB = m.open(m)
	var err error
	m.secrets, err = card.NewSecrets(sha256.Sum256([]byte(country)))
	m.Must(err)
	m.card, _, err = m.secrets.Issue(card.Card{Office: owner, Name: "Office " + country, Kind: access.Programme, Country: country, URL: "http://" + country + ".test", Made: Start})
	m.Must(err)
	mux := http.NewServeMux()
	mux.Handle("POST /post/{office}", &post.Door{Post: m.Mail, Serves: func(id journal.ID) bool { return id == owner }})
	m.door = mux
	m.courier = &post.Courier{Post: m.Mail, Owners: func() []journal.ID { return []journal.ID{owner} }, Client: &http.Client{Transport: m}}
	register(m)
	return m
}

// Agree lets two offices pin each other and sign terms over what the programme sends, both ways, in place of any before.
func (r *Ring) Agree(a, b *Member, cats ...journal.Category) {
	a.pinned[b.Owner], b.pinned[a.Owner] = b.card, a.card
	text := sha256.Sum256([]byte("the text"))
	doc := terms.Document{Version: 1, ID: journal.NewID(Start, nil), Title: "Protocol", Parties: [2]terms.Party{terms.PartyOf(a.card), terms.PartyOf(b.card)},
		Grants:   []terms.Grant{{From: a.Owner, To: b.Owner, Purpose: "programme", Categories: cats}, {From: b.Owner, To: a.Owner, Purpose: "programme", Categories: cats}},
		Handling: "H3", Basis: "the protocol", TextName: "protocol.txt", TextHash: hex.EncodeToString(text[:]), From: Start.Add(-time.Hour), Until: Start.AddDate(3, 0, 0), Retention: 365}
	a.Must(doc.Validate())
	s := terms.State{Document: doc, Signatures: map[journal.ID]string{a.Owner: terms.Sign(doc, a.secrets.Sign), b.Owner: terms.Sign(doc, b.secrets.Sign)}}
	for _, m := range []*Member{a, b} {
		m.terms = slices.DeleteFunc(m.terms, func(t terms.State) bool { return t.Document.Parties == doc.Parties })
		m.terms = append(m.terms, s)
	}
}

// Self gives the office's own card.
func (m *Member) Self(context.Context, journal.ID) (card.Card, card.Secrets, error) {
	return m.card, m.secrets, nil
}

// Partner gives a pinned card.
func (m *Member) Partner(_ context.Context, _, partner journal.ID) (card.Card, error) {
	c, ok := m.pinned[partner]
	if !ok {
		return c, fault.New(fault.NotFound, "store.not_found")
	}
	return c, nil
}

// Terms lists the terms with a partner.
func (m *Member) Terms(_ context.Context, _, partner journal.ID) ([]terms.State, error) {
	return slices.DeleteFunc(slices.Clone(m.terms), func(s terms.State) bool { return s.Document.Other(m.Owner).Office != partner }), nil
}

// Prepare seals a message that an append brings about, as the app does.
func (m *Member) Prepare(ctx context.Context, owner journal.ID, message any) (func(context.Context, db.Tx) error, error) {
	out, ok := message.(interface{ Outgoing() post.Outgoing })
	if !ok {
		return nil, fmt.Errorf("%T is not a message", message)
	}
	sealed, err := m.Mail.Prepare(ctx, owner, out.Outgoing())
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx db.Tx) error { return m.Mail.Enqueue(ctx, tx, sealed) }, nil
}

// RoundTrip carries a message to the office that it is for, unless one of the two is away.
func (m *Member) RoundTrip(q *http.Request) (*http.Response, error) {
	for _, to := range m.ring.Members {
		if q.URL.Host == to.Country+".test" && !to.Away && !m.Away {
			w := httptest.NewRecorder()
			q.RemoteAddr = "192.0.2.1:1"
			to.door.ServeHTTP(w, q)
			return w.Result(), nil
		}
	}
	return nil, fmt.Errorf("no network")
}

// Job gives the office's post for exchange.
func (m *Member) Job(journal.ID) (store.Who, error) { return m.Post, nil }

// Deliver lets every office carry what is due until nothing that is due reaches anybody. An hour passes, so that what could
// not be delivered before is due again.
func (r *Ring) Deliver() {
	r.T.Helper()
	r.Clock.Advance(2 * time.Hour)
	for range 20 {
		carried := 0
		for _, m := range r.Members {
			n, _ := m.courier.Once(m.Ctx) // that somebody is away is no error of the test
			carried += n
		}
		if carried == 0 {
			return
		}
		r.Clock.Advance(time.Second)
	}
	r.T.Fatal("the post does not come to rest")
}

// Waiting gives the sealed messages that wait at an office for another one, so that a test can deliver them out of order and
// twice.
func (m *Member) Waiting(to *Member) [][]byte {
	m.T.Helper()
	var out [][]byte
	m.Must(m.Mail.DB.Read(m.Ctx, func(tx db.Tx) error {
		rows, err := tx.Query(m.Ctx, `SELECT sealed FROM post_out WHERE owner = $1 AND partner = $2 AND state = 'queued' ORDER BY at, seq`, m.Owner, to.Owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			out = append(out, b)
		}
		return rows.Err()
	}))
	return out
}
