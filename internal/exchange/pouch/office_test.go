// SPDX-License-Identifier: EUPL-1.2

package pouch

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

var (
	day      = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	greek    = journal.MustID("01890000-0000-7000-8000-000000000001")
	albanian = journal.MustID("01890000-0000-7000-8000-000000000002")
	french   = journal.MustID("01890000-0000-7000-8000-000000000003")
)

// office is one without any line: its post is a database and keys.
type office struct {
	*post.Post
	id      journal.ID
	card    card.Card
	secrets card.Secrets
	pinned  map[journal.ID]card.Card
	terms   []terms.State
	taken   []string // bodies, in the order in which they were taken in
	away    error    // what its room answers; nil is yes
}

// Self gives the office's own card.
func (o *office) Self(context.Context, journal.ID) (card.Card, card.Secrets, error) {
	return o.card, o.secrets, nil
}

// Partner gives a pinned card.
func (o *office) Partner(_ context.Context, _, partner journal.ID) (card.Card, error) {
	c, ok := o.pinned[partner]
	if !ok {
		return c, fault.New(fault.NotFound, "store.not_found")
	}
	return c, nil
}

// Terms lists the terms with everybody.
func (o *office) Terms(context.Context, journal.ID, journal.ID) ([]terms.State, error) {
	return o.terms, nil
}

func newOffice(t testing.TB, id journal.ID, seed byte) *office {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	o := &office{id: id, pinned: map[journal.ID]card.Card{}}
	o.Post = &post.Post{DB: d, Clock: clock.NewManual(day), Directory: o}
	o.Register("test.note", func(ctx context.Context, in post.Incoming) error {
		if o.away != nil {
			return o.away
		}
		err := o.DB.Write(ctx, func(tx db.Tx) error { return in.Done(ctx, tx) })
		if err == nil {
			o.taken = append(o.taken, string(in.Body))
		}
		return err
	}, nil)
	if o.secrets, err = card.NewSecrets([32]byte{seed}); err != nil {
		t.Fatal(err)
	}
	if o.card, _, err = o.secrets.Issue(card.Card{Office: id, Name: "Office", Kind: access.Assistance, Country: "GR", Made: day}); err != nil {
		t.Fatal(err)
	}
	return o
}

// two gives two offices that pinned each other and signed terms, and a stranger.
func two(t testing.TB) (from, to, other *office) {
	t.Helper()
	from, to, other = newOffice(t, greek, 1), newOffice(t, albanian, 2), newOffice(t, french, 3)
	from.pinned[albanian], to.pinned[greek] = to.card, from.card
	text := sha256.Sum256([]byte("the text"))
	cats := []journal.Category{journal.D0}
	doc := terms.Document{Version: 1, ID: journal.NewID(day, nil), Title: "Protocol", Parties: [2]terms.Party{terms.PartyOf(from.card), terms.PartyOf(to.card)},
		Grants:   []terms.Grant{{From: greek, To: albanian, Purpose: "referral", Categories: cats}, {From: albanian, To: greek, Purpose: "referral", Categories: cats}},
		Handling: "H2", Basis: "the protocol", TextName: "protocol.txt", TextHash: hex.EncodeToString(text[:]), From: day.Add(-48 * time.Hour), Until: day.AddDate(1, 0, 0), Retention: 365}
	if err := doc.Validate(); err != nil {
		t.Fatal(err)
	}
	signed := map[journal.ID]string{greek: terms.Sign(doc, from.secrets.Sign), albanian: terms.Sign(doc, to.secrets.Sign)}
	from.terms, to.terms = []terms.State{{Document: doc, Signatures: signed}}, []terms.State{{Document: doc, Signatures: signed}}
	return from, to, other
}

// queue puts a message into the outbox.
func (o *office) queue(t testing.TB, conversation journal.ID, body string) {
	t.Helper()
	to := albanian
	if o.id == albanian {
		to = greek
	}
	s, err := o.Prepare(t.Context(), o.id, post.Outgoing{ID: journal.NewID(o.Clock.Now(), nil), To: to, Type: "test.note", Conversation: conversation, Purpose: "referral", Basis: "consent",
		Categories: []journal.Category{journal.D0}, Body: []byte(body)})
	if err == nil {
		err = o.DB.Write(t.Context(), func(tx db.Tx) error { return o.Enqueue(t.Context(), tx, s) })
	}
	if err != nil {
		t.Fatal(err)
	}
	o.Clock.(*clock.Manual).Advance(time.Second)
}

// fill packs what waits for the other office.
func (o *office) fill(t testing.TB, to journal.ID, room int) Filled {
	t.Helper()
	f, err := Fill(t.Context(), o.Post, o.id, to, room)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// bring brings files, and counts what became of their lines.
func (o *office) bring(t testing.TB, files ...[]byte) (Report, map[string]int) {
	t.Helper()
	var in []File
	for _, b := range files {
		in = append(in, File{"brought", b})
	}
	r, err := Bring(t.Context(), o.Post, o.id, in...)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, l := range r.Lines {
		n[l.What]++
	}
	return r, n
}

// outbox counts messages by state.
func (o *office) outbox(t testing.TB) map[string]int {
	t.Helper()
	n := map[string]int{}
	err := o.DB.Read(t.Context(), func(tx db.Tx) error {
		out, err := post.Outbox(t.Context(), tx, o.id, journal.ID{}, 1000)
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
