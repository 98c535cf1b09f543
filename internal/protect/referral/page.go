// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"context"
	"embed"
	"net/url"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// RoomConfig is what the pages of referrals received need. Store and Names are required.
type RoomConfig struct {
	Store *store.Store
	Codes conversation.Codes
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Offices lists the offices that can be named as an alternative when declining, by their ids. May be nil.
	Offices func(context.Context, *page.Request) ([]page.Option, error)
	// Complete says when what was erased at a time is gone from the office's backups too: zero when it is already;
	// late when that day has passed and a backup's keys are still there. May be nil where nothing is backed up.
	Complete func(erased time.Time) (until time.Time, late bool)
}

type room struct{ RoomConfig }

// Room gives the pages of referrals received: the list, one referral, answering it, reporting back, closing.
func Room(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "referral", Templates: templates,
		Menu: []page.MenuItem{{Key: "referral.menu", Path: "/referrals", Icon: "inbox", Order: 40, Show: func(a access.Actor) bool {
			return a.Office == access.Assistance && (a.Has(access.FocalPoint) || a.Has(access.CaseManager))
		}}},
		Routes: []page.Route{
			{Pattern: "GET /referrals", Handle: rm.list},
			{Pattern: "GET /referrals/{id}", Handle: rm.show},
			{Pattern: "POST /referrals/{id}/accept", Handle: rm.accept},
			{Pattern: "POST /referrals/{id}/decline", Handle: rm.decline},
			{Pattern: "POST /referrals/{id}/report", Handle: rm.report},
			{Pattern: "POST /referrals/{id}/close", Handle: rm.close},
		}}
}

var tones = map[Status]string{Offered: page.Warn, Accepted: page.Info, HandedOver: page.Info, InService: page.Good, Delivered: page.Good, NotDelivered: page.Bad, Declined: page.Off,
	Expired: page.Off, WithdrawnPerson: page.Off, WithdrawnSender: page.Off, Closed: page.Off}

func asReferral(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForReferral}
}

// listed are the statuses that the list can be narrowed to.
var listed = []Status{Offered, Accepted, HandedOver, InService}

// listData is the page of all referrals received.
type listData struct {
	Tabs        []page.Tab
	Table       *page.Table
	First, Next string
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	state, after := r.URL.Query().Get("state"), r.URL.Query().Get("after")
	rows, err := rm.Store.List(ctx, asReferral(r), store.Query{Kind: access.KindReferralIn, State: state, After: after})
	if err != nil {
		return nil, err
	}
	d := listData{Tabs: []page.Tab{{Text: r.L.T("referral.in.all"), Href: "/referrals", Current: state == ""}}}
	for _, s := range listed {
		n, err := rm.Store.Count(ctx, asReferral(r), store.Query{Kind: access.KindReferralIn, State: string(s)})
		if err != nil {
			return nil, err
		}
		d.Tabs = append(d.Tabs, page.Tab{Text: r.L.T("referral.tab." + string(s)), Href: "/referrals?state=" + string(s), Current: state == string(s), Count: r.L.Number(n)})
	}
	if d.Table, err = rm.table(ctx, r, rows.Rows); err != nil {
		return nil, err
	}
	at := func(cursor string) string {
		return "/referrals?" + url.Values{"state": {state}, "after": {cursor}}.Encode()
	}
	if rows.Next != "" {
		d.Next = at(rows.Next)
	}
	if after != "" {
		d.First = at("")
	}
	return page.View("referral/list", r.L.T("referral.menu"), d), nil
}

func (rm room) table(ctx context.Context, r *page.Request, rows []store.Row) (*page.Table, error) {
	t := &page.Table{Caption: r.L.T("referral.menu"), Columns: []page.Column{{Text: r.L.T("referral.in.need")}, {Text: r.L.T("referral.in.from")}, {Text: r.L.T("referral.in.urgency")}, {Text: r.L.T("referral.in.status")}, {Text: r.L.T("referral.in.due")}},
		Empty: &page.Empty{Icon: "inbox", Title: r.L.T("referral.in.none"), Text: r.L.T("referral.in.none.text")}}
	sums := make([]InSummary, len(rows))
	var ids []journal.ID
	for i, row := range rows {
		var err error
		if sums[i], err = store.Summary[InSummary](row); err != nil {
			return nil, err
		}
		ids = append(ids, sums[i].From)
	}
	names := rm.Names(ctx, ids...)
	for i, row := range rows {
		s := sums[i]
		due := page.Cell{Text: "–"}
		if at := row.Due; !at.IsZero() {
			due = page.Cell{Due: &at, Now: r.Now}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.L.T("service.catalogue." + s.Offer.Need), Href: "/referrals/" + row.Ref.ID.String(), Sub: r.L.T("referral.age." + s.Offer.Age)}, {Text: names[s.From]},
			{Text: r.L.T("referral.urgency." + s.Offer.Urgency)}, {Text: r.L.T("referral.status." + string(s.Status)), Tone: tones[s.Status]}, due}})
	}
	return t, nil
}

func (rm room) open(ctx context.Context, r *page.Request) (*store.Opened, In, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, In{}, err
	}
	o, err := rm.Store.Open(ctx, asReferral(r), store.Ref{Kind: access.KindReferralIn, ID: id})
	if err != nil {
		return nil, In{}, err
	}
	return o, o.State.(In), nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.data(ctx, r)
	return page.View("referral/in", r.L.T("referral.in.title"), d), err
}

// typed is what was written in one of the forms of a referral, to be shown again when something is wrong.
type typed struct {
	Level       string     `form:"level"`
	Measures    []string   `form:"measures"`
	Conditions  string     `form:"conditions"`
	Reason      string     `form:"reason"`
	Alternative journal.ID `form:"alternative"`
	Status      Status     `form:"status"`
	Words       string     `form:"words"`
	Amendment   int        `form:"amendment"` // the latest that the page showed
}

func (rm room) accept(ctx context.Context, r *page.Request) (page.Response, error) {
	return rm.write(ctx, r, "incoming.answered", "referral.in.accepted", func(v typed) any {
		return InAnswered{Accepted: true, Risk: Risk{Level: v.Level, Measures: v.Measures}, Conditions: v.Conditions, Amendment: v.Amendment}
	})
}

func (rm room) decline(ctx context.Context, r *page.Request) (page.Response, error) {
	return rm.write(ctx, r, "incoming.answered", "referral.in.declined", func(v typed) any {
		return InAnswered{Reason: v.Reason, Alternative: v.Alternative, Amendment: v.Amendment}
	})
}

func (rm room) report(ctx context.Context, r *page.Request) (page.Response, error) {
	return rm.write(ctx, r, "incoming.feedback", "referral.in.reported", func(v typed) any {
		p := InReported{Status: v.Status, Words: v.Words}
		if v.Status == NotDelivered {
			p.Reason = v.Reason
		}
		return p
	})
}

func (rm room) close(ctx context.Context, r *page.Request) (page.Response, error) {
	return rm.write(ctx, r, "incoming.closed", "referral.in.closed", func(typed) any { return InClosed{Reason: "done"} })
}

// write appends an entry made of what was typed, or shows the page again with that and what is wrong.
func (rm room) write(ctx context.Context, r *page.Request, typ, notice string, payload func(typed) any) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	var v typed
	if err = r.Decode(&v); err == nil {
		_, err = rm.Store.Append(ctx, asReferral(r), store.Ref{Kind: access.KindReferralIn, ID: id}, store.Draft{Type: typ, Payload: payload(v)})
	}
	if err == nil {
		return page.Redirect("/referrals/"+id.String(), notice), nil
	}
	code := map[fault.Kind]int{fault.Invalid: 422, fault.Guarded: 409, fault.Uncovered: 403}[fault.Of(err)]
	if code == 0 {
		return nil, err
	}
	d, derr := rm.data(ctx, r)
	if derr != nil {
		return nil, derr
	}
	d.Typed = v
	if d.Errors = r.Errors(err); len(d.Errors) == 0 {
		d.Refused = r.L.Fault(err)
	}
	return page.Status(code, page.View("referral/in", r.L.T("referral.in.title"), d)), nil
}
