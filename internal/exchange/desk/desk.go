// SPDX-License-Identifier: EUPL-1.2

// Package desk holds the pages on which people see and manage what their office agreed with others:
// partners with their pinned cards, sharing terms with both signatures, and the messages between.
package desk

import (
	"context"
	"embed"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the pages need. All are required.
type Config struct {
	Store *store.Store
	DB    *db.DB
	// Self gives an owner's own card and its bytes as they travel.
	Self func(owner journal.ID) (card.Card, []byte, error)
	// Sign signs terms for the actor's office.
	Sign func(ctx context.Context, w store.Who, terms journal.ID) error
	// Locale gives the words of a language, in no zone's way.
	Locale func(tag string) *lang.Locale
	// NewID makes the id of new terms.
	NewID func() journal.ID
	// Agreements lists the agreements that people have signed, whose text terms can carry out. Nil knows none.
	Agreements func(ctx context.Context, r *page.Request) ([]Agreement, error)
	// Groups proposes and signs terms of many parties.
	Groups group.Mail
	// AcceptLog lets the actor's office go on with the log of a partner that contradicts itself, for a reason.
	AcceptLog func(ctx context.Context, w store.Who, partner journal.ID, reason string) error
	// Names gives the names of accounts.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// CommandLine is the principal under which the command line signs.
	CommandLine journal.ID
	// SeesPost says whether somebody may see when which kind of message went to or came from a partner: it tells
	// that people were referred.
	SeesPost func(access.Actor) bool
	// Usage gives what a partner sent an owner in the hour and the day that run, and what it may.
	Usage func(ctx context.Context, owner, partner journal.ID) (post.Used, post.Quota, error)
}

// Agreement is a signed legal text that another room keeps.
type Agreement struct {
	File  string // hex SHA-256 of the signed file
	Name  string // of the file
	Title string
	Href  string // where its languages stand side by side
	Gaps  int    // paragraphs not translated, or not any more
	// Bytes gives the file; nil where the reader may not have it, or none lies here.
	Bytes func(ctx context.Context) ([]byte, error)
}

type room struct{ Config }

// Room gives the pages.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{
		Name: "desk", Templates: templates,
		Menu: []page.MenuItem{{Key: "exchange.menu", Path: "/partners", Icon: "arrows-exchange", Order: 60, Also: []string{"/terms", "/groups", "/templates", "/office", "/guests"}}},
		Routes: []page.Route{
			{Pattern: "GET /partners", Handle: rm.list},
			{Pattern: "GET /partners/new", Handle: rm.ask},
			{Pattern: "POST /partners/new", Handle: rm.compare},
			{Pattern: "POST /partners", Handle: rm.pin},
			{Pattern: "GET /partners/{id}", Handle: rm.show},
			{Pattern: "POST /partners/{id}/{act}", Handle: rm.block},
			{Pattern: "POST /partners/{id}/log", Handle: rm.acceptLog},
			{Pattern: "GET /terms", Handle: rm.listTerms},
			{Pattern: "GET /terms/new", Handle: rm.begin},
			{Pattern: "POST /terms", Handle: rm.create, MaxBody: maxForm},
			{Pattern: "GET /terms/{id}", Handle: rm.terms},
			{Pattern: "GET /terms/{id}/edit", Handle: rm.edit},
			{Pattern: "POST /terms/{id}/edit", Handle: rm.counter, MaxBody: maxForm},
			{Pattern: "GET /terms/{id}/versions/{hash}", Handle: rm.version},
			{Pattern: "GET /terms/{id}/text", Handle: rm.text},
			{Pattern: "GET /terms/{id}/file", Handle: rm.paper},
			{Pattern: "GET /terms/{id}/bundle", Handle: rm.bundle},
			{Pattern: "POST /terms/{id}/{act}", Handle: rm.act},
			{Pattern: "GET /templates/{code}", Handle: rm.model},
			{Pattern: "GET /groups", Handle: rm.listGroups},
			{Pattern: "GET /groups/new", Handle: rm.beginGroup},
			{Pattern: "POST /groups", Handle: rm.found, MaxBody: maxForm},
			{Pattern: "GET /groups/{id}", Handle: rm.group},
			{Pattern: "GET /groups/{id}/edit", Handle: rm.editGroup},
			{Pattern: "POST /groups/{id}/edit", Handle: rm.amendGroup, MaxBody: maxForm},
			{Pattern: "GET /groups/{id}/text", Handle: rm.groupText},
			{Pattern: "POST /groups/{id}/{act}", Handle: rm.actGroup},
			{Pattern: "GET /office", Handle: rm.own},
			{Pattern: "GET /office/card", Handle: rm.download},
		},
	}
}

func as(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForExchange} }

// manages says whether somebody pins partners and signs terms; the door decides.
func manages(a access.Actor) bool { return a.Has(access.Liaison) }

// tones of terms' statuses.
var tones = map[string]string{"in_force": page.Good, "unsigned": page.Warn, "not_yet": page.Info, "suspended": page.Warn, "ended": page.Off, "expired": page.Off, "replaced": page.Off}

// all reads the partners, and the terms with each.
func (rm room) all(ctx context.Context, r *page.Request) ([]terms.Partner, map[journal.ID][]terms.State, error) {
	var partners []terms.Partner
	with := map[journal.ID][]terms.State{}
	err := rm.each(ctx, r, access.KindPartner, func(state any) { partners = append(partners, state.(terms.Partner)) })
	if err != nil {
		return nil, nil, err
	}
	err = rm.each(ctx, r, access.KindTerms, func(state any) {
		s := state.(terms.State)
		other := s.Document.Other(r.Actor.Owner).Office
		with[other] = append(with[other], s)
	})
	for _, list := range with {
		terms.Settle(list)
	}
	return partners, with, err
}

// each opens every dossier of a kind. An office has tens of partners, not thousands.
func (rm room) each(ctx context.Context, r *page.Request, kind string, f func(state any)) error {
	q := store.Query{Kind: kind}
	return rm.Store.Each(ctx, as(r), q, func(row store.Row) error {
		o, err := rm.Store.Open(ctx, as(r), row.Ref)
		if err != nil {
			return err
		}
		f(o.State)
		return nil
	})
}

// exchanged is the last messages with one partner, newest first, what became of them, and what is missing or overdue.
type exchanged struct {
	out   []post.Sent
	in    []post.Received
	marks map[journal.ID]post.Mark // the latest of each
	late  map[journal.ID]bool
	gaps  int64
}

func (rm room) messages(ctx context.Context, r *page.Request, partner journal.ID) (x exchanged, err error) {
	owner := r.Actor.Owner
	x.marks, x.late = map[journal.ID]post.Mark{}, map[journal.ID]bool{}
	err = rm.DB.Read(ctx, func(tx db.Tx) error {
		sent, err := post.Outbox(ctx, tx, owner, journal.ID{}, 200)
		if err != nil {
			return err
		}
		for _, s := range sent {
			if s.Partner == partner && len(x.out) < shownMessages {
				x.out = append(x.out, s)
			}
		}
		received, err := post.Inbox(ctx, tx, owner, journal.ID{}, 200)
		if err != nil {
			return err
		}
		for _, m := range received {
			if m.Partner == partner && len(x.in) < shownMessages {
				x.in = append(x.in, m)
			}
		}
		if err := x.became(ctx, tx, owner, partner, r.Now); err != nil {
			return err
		}
		holes, err := post.Gaps(ctx, tx, owner)
		for _, g := range holes {
			if g.Partner == partner {
				x.gaps += g.Missing
			}
		}
		return err
	})
	return x, err
}

// became reads what became of the messages, and which are overdue.
func (x *exchanged) became(ctx context.Context, tx db.Tx, owner, partner journal.ID, now time.Time) error {
	var ids []journal.ID
	for _, s := range x.out {
		ids = append(ids, s.ID)
	}
	for _, m := range x.in {
		ids = append(ids, m.ID)
	}
	for _, id := range ids {
		marks, err := post.Marks(ctx, tx, owner, partner, id)
		if err != nil {
			return err
		}
		if n := len(marks); n > 0 {
			x.marks[id] = marks[n-1]
		}
	}
	late, err := post.Overdue(ctx, tx, owner, now, mostLate)
	for _, l := range late {
		x.late[l.Message] = true
	}
	return err
}

// mostLate bounds how many overdue messages are looked at.
const mostLate = 500

// shownMessages is how many of each direction a page shows.
const shownMessages = 20
