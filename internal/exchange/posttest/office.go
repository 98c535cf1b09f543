// SPDX-License-Identifier: EUPL-1.2

// Package posttest gives tests two offices that wrote terms, each with its own database, keys and clock and without any line
// between them.
package posttest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
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
)

// Day is when tests begin; the others are offices.
var (
	Day      = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	Greek    = journal.MustID("01890000-0000-7000-8000-000000000001")
	Albanian = journal.MustID("01890000-0000-7000-8000-000000000002")
	French   = journal.MustID("01890000-0000-7000-8000-000000000003")
)

// Office is one without any line: its post is a database and keys.
type Office struct {
	*post.Post
	ID      journal.ID
	Card    card.Card
	Secrets card.Secrets
	Pinned  map[journal.ID]card.Card
	Signed  []terms.State
	Taken   []string // bodies, in the order in which they were taken in
	Away    error    // what its room answers; nil is yes
}

// Self gives the office's own card.
func (o *Office) Self(context.Context, journal.ID) (card.Card, card.Secrets, error) {
	return o.Card, o.Secrets, nil
}

// Partner gives a pinned card.
func (o *Office) Partner(_ context.Context, _, partner journal.ID) (card.Card, error) {
	c, ok := o.Pinned[partner]
	if !ok {
		return c, fault.New(fault.NotFound, "store.not_found")
	}
	return c, nil
}

// Terms lists the terms with everybody.
func (o *Office) Terms(context.Context, journal.ID, journal.ID) ([]terms.State, error) {
	return o.Signed, nil
}

func newOffice(t testing.TB, id journal.ID, seed byte) *Office {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	o := &Office{ID: id, Pinned: map[journal.ID]card.Card{}}
	o.Post = &post.Post{DB: d, Clock: clock.NewManual(Day), Directory: o}
	o.Register("test.note", func(ctx context.Context, in post.Incoming) error {
		if o.Away != nil {
			return o.Away
		}
		err := o.DB.Write(ctx, func(tx db.Tx) error { return in.Done(ctx, tx) })
		if err == nil {
			o.Taken = append(o.Taken, string(in.Body))
		}
		return err
	}, nil)
	if o.Secrets, err = card.NewSecrets([32]byte{seed}); err != nil {
		t.Fatal(err)
	}
	if o.Card, _, err = o.Secrets.Issue(card.Card{Office: id, Name: "Office", Kind: access.Assistance, Country: "GR", Made: Day}); err != nil {
		t.Fatal(err)
	}
	return o
}

// Two gives two offices that pinned each other and signed terms, and a stranger.
func Two(t testing.TB) (from, to, other *Office) {
	t.Helper()
	from, to, other = newOffice(t, Greek, 1), newOffice(t, Albanian, 2), newOffice(t, French, 3)
	from.Pinned[Albanian], to.Pinned[Greek] = to.Card, from.Card
	text := sha256.Sum256([]byte("the text"))
	cats := []journal.Category{journal.D0}
	doc := terms.Document{Version: 1, ID: journal.NewID(Day, nil), Title: "Protocol", Parties: [2]terms.Party{terms.PartyOf(from.Card), terms.PartyOf(to.Card)},
		Grants:   []terms.Grant{{From: Greek, To: Albanian, Purpose: "referral", Categories: cats}, {From: Albanian, To: Greek, Purpose: "referral", Categories: cats}},
		Handling: "H2", Basis: "the protocol", TextName: "protocol.txt", TextHash: hex.EncodeToString(text[:]), From: Day.Add(-48 * time.Hour), Until: Day.AddDate(1, 0, 0), Retention: 365}
	if err := doc.Validate(); err != nil {
		t.Fatal(err)
	}
	signed := map[journal.ID]string{Greek: terms.Sign(doc, from.Secrets.Sign), Albanian: terms.Sign(doc, to.Secrets.Sign)}
	from.Signed, to.Signed = []terms.State{{Document: doc, Signatures: signed}}, []terms.State{{Document: doc, Signatures: signed}}
	return from, to, other
}

// Queue puts a message into the outbox.
func (o *Office) Queue(t testing.TB, conversation journal.ID, body string) {
	t.Helper()
	to := Albanian
	if o.ID == Albanian {
		to = Greek
	}
	s, err := o.Prepare(t.Context(), o.ID, post.Outgoing{ID: journal.NewID(o.Clock.Now(), nil), To: to, Type: "test.note", Conversation: conversation, Purpose: "referral", Basis: "consent",
		Categories: []journal.Category{journal.D0}, Body: []byte(body)})
	if err == nil {
		err = o.DB.Write(t.Context(), func(tx db.Tx) error { return o.Enqueue(t.Context(), tx, s) })
	}
	if err != nil {
		t.Fatal(err)
	}
	o.Clock.(*clock.Manual).Advance(time.Second)
}

// Outbox counts messages by state.
func (o *Office) Outbox(t testing.TB) map[string]int {
	t.Helper()
	n := map[string]int{}
	err := o.DB.Read(t.Context(), func(tx db.Tx) error {
		out, err := post.Outbox(t.Context(), tx, o.ID, journal.ID{}, 1000)
		for _, s := range out {
			n[s.State]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Reach gives an office another address, which its partners pin.
func (o *Office) Reach(t testing.TB, url string, partners ...*Office) {
	t.Helper()
	c := o.Card
	c.URL = url
	var err error
	if o.Card, _, err = o.Secrets.Issue(c); err != nil {
		t.Fatal(err)
	}
	for _, p := range partners {
		p.Pinned[o.ID] = o.Card
	}
}
