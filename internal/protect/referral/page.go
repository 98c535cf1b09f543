// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// RoomConfig is what the pages of referrals received need. Both are required.
type RoomConfig struct {
	Store *store.Store
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
}

type room struct{ RoomConfig }

// Room gives the pages of referrals received: the list, one referral, answering it and reporting back.
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
		}}
}

var tones = map[Status]string{Offered: page.Warn, Accepted: page.Info, HandedOver: page.Info, InService: page.Good, Delivered: page.Good, NotDelivered: page.Bad, Declined: page.Off,
	Expired: page.Off, WithdrawnPerson: page.Off, WithdrawnSender: page.Off, Closed: page.Off}

func asReferral(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForReferral}
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	rows, err := rm.Store.List(ctx, asReferral(r), store.Query{Kind: access.KindReferralIn, State: r.URL.Query().Get("state"), After: r.URL.Query().Get("after")})
	if err != nil {
		return nil, err
	}
	t := page.Table{Caption: r.L.T("referral.menu"), Columns: []page.Column{{Text: r.L.T("referral.in.need")}, {Text: r.L.T("referral.in.from")}, {Text: r.L.T("referral.in.status")}, {Text: r.L.T("referral.in.due")}},
		Empty: &page.Empty{Icon: "inbox", Title: r.L.T("referral.in.none"), Text: r.L.T("referral.in.none.text")}}
	for _, row := range rows.Rows {
		s, err := store.Summary[InSummary](row)
		if err != nil {
			return nil, err
		}
		due := page.Cell{Text: "–"}
		if at := row.Due; !at.IsZero() {
			due = page.Cell{Due: &at, Now: r.Now}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.L.T("service.catalogue." + s.Offer.Need), Href: "/referrals/" + row.Ref.ID.String()}, {Text: rm.Names(ctx, s.From)[s.From]},
			{Text: r.L.T("referral.status." + string(s.Status)), Tone: tones[s.Status]}, due}})
	}
	d := map[string]any{"Table": t, "Next": ""}
	if rows.Next != "" {
		d["Next"] = "/referrals?after=" + rows.Next
	}
	return page.View("referral/list", r.L.T("referral.menu"), d), nil
}

// part is one category of what was handed over.
type part struct {
	Title  string
	Text   string // readable JSON: exactly what came
	Erased bool
	Hidden bool
}

// inData is the page of one referral received.
type inData struct {
	ID         string
	Mark       page.Mark
	Facts      []page.Fact
	Offered    bool // waits for an answer
	Reports    bool // waits for feedback
	Parts      []part
	Levels     []page.Option
	Measures   []page.Option
	Declines   []page.Option
	Fails      []page.Option
	Errors     page.FieldErrors
	Refused    string
	Conditions string
}

func options(r *page.Request, prefix string, codes []string) []page.Option {
	var out []page.Option
	for _, c := range codes {
		out = append(out, page.Option{Value: c, Text: r.L.T(prefix + c)})
	}
	return out
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

func (rm room) data(ctx context.Context, r *page.Request) (inData, error) {
	o, s, err := rm.open(ctx, r)
	if err != nil {
		return inData{}, err
	}
	var languages []string
	for _, l := range s.Offer.Languages {
		languages = append(languages, r.L.Language(l))
	}
	d := inData{ID: o.Ref.ID.String(), Mark: page.Mark{Tone: tones[s.Status], Text: r.L.T("referral.status." + string(s.Status))},
		Offered: s.Status == Offered, Reports: s.Status == HandedOver || s.Status == InService,
		Levels: options(r, "referral.risk.", RiskLevels()), Measures: options(r, "referral.measure.", Measures()), Declines: options(r, "referral.decline.", DeclineReasons()), Fails: options(r, "referral.fail.", FailReasons())}
	d.Facts = []page.Fact{{Term: r.L.T("referral.in.from"), Text: rm.Names(ctx, s.From)[s.From]}, {Term: r.L.T("referral.in.need"), Text: r.L.T("service.catalogue." + s.Offer.Need)},
		{Term: r.L.T("referral.in.who"), Text: r.L.List([]string{r.L.T("referral.age." + s.Offer.Age), r.L.T("referral.sex." + s.Offer.Sex)})}, {Term: r.L.T("referral.in.languages"), Text: r.L.List(languages)},
		{Term: r.L.T("referral.in.urgency"), Text: r.L.T("referral.urgency." + s.Offer.Urgency)}, {Term: r.L.T("referral.in.arrived"), Text: r.L.DateTime(s.At)}}
	if s.Answer != nil {
		d.Facts = append(d.Facts, page.Fact{Term: r.L.T("referral.in.conditions"), Text: s.Answer.Conditions})
	}
	d.Parts = parts(r, o)
	return d, nil
}

// parts shows what was handed over, category by category, with what was erased and what is not this
// reader's to see.
func parts(r *page.Request, o *store.Opened) []part {
	var out []part
	for _, e := range o.Entries {
		if e.Type != "incoming.handed_over" {
			continue
		}
		for _, c := range Shareable() {
			title := r.L.T("exchange.category." + string(c))
			if raw, ok := e.Parts[c]; ok {
				var b bytes.Buffer
				if json.Indent(&b, raw, "", "  ") == nil {
					out = append(out, part{Title: title, Text: b.String()})
				}
			} else if why, missing := e.Missing[c]; missing {
				out = append(out, part{Title: title, Erased: why == journal.Erased, Hidden: why == journal.Hidden})
			}
		}
	}
	return out
}

// write appends an entry to the referral, or shows the page again with what is wrong.
func (rm room) write(ctx context.Context, r *page.Request, typ string, payload any, notice string) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	_, err = rm.Store.Append(ctx, asReferral(r), store.Ref{Kind: access.KindReferralIn, ID: id}, store.Draft{Type: typ, Payload: payload})
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
	if d.Errors = r.Errors(err); len(d.Errors) == 0 {
		d.Refused = r.L.Fault(err)
	}
	if p, ok := payload.(InAnswered); ok {
		d.Conditions = p.Conditions
	}
	return page.Status(code, page.View("referral/in", r.L.T("referral.in.title"), d)), nil
}

func (rm room) accept(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Level      string   `form:"level"`
		Measures   []string `form:"measures"`
		Conditions string   `form:"conditions"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	return rm.write(ctx, r, "incoming.answered", InAnswered{Accepted: true, Risk: Risk{Level: in.Level, Measures: in.Measures}, Conditions: in.Conditions}, "referral.in.accepted")
}

func (rm room) decline(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Reason string `form:"reason"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	return rm.write(ctx, r, "incoming.answered", InAnswered{Reason: in.Reason}, "referral.in.declined")
}

func (rm room) report(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Status Status `form:"status"`
		Fail   string `form:"fail"`
		Words  string `form:"words"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	p := InReported{Status: in.Status, Words: in.Words}
	if in.Status == NotDelivered {
		p.Reason = in.Fail
	}
	return rm.write(ctx, r, "incoming.feedback", p, "referral.in.reported")
}
