// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	partners, with, err := rm.all(ctx, r)
	if err != nil {
		return nil, err
	}
	inorder.By(partners, func(a, b terms.Partner) int { return strings.Compare(a.Card.Name, b.Card.Name) })
	t := page.Table{Caption: r.L.T("exchange.partners"), Columns: []page.Column{{Text: r.L.T("exchange.office")}, {Text: r.L.T("exchange.country")}, {Text: r.L.T("exchange.kind")}, {Text: r.L.T("exchange.terms")}},
		Empty: &page.Empty{Icon: "arrows-exchange", Title: r.L.T("exchange.partners.none"), Text: r.L.T("exchange.partners.none.text")}}
	for _, p := range partners {
		status := page.Cell{Text: r.L.T("exchange.terms.without"), Tone: page.Off}
		for _, s := range with[p.Card.Office] {
			if st := s.Status(r.Now); status.Tone != page.Good {
				status = page.Cell{Text: r.L.T("exchange.status." + st), Tone: tones[st]}
			}
		}
		if p.Blocked {
			status = page.Cell{Text: r.L.T("exchange.status.blocked"), Tone: page.Bad}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: p.Card.Name, Href: "/partners/" + p.Card.Office.String()}, {Text: r.L.Country(p.Card.Country)}, {Text: r.L.T("page.kind." + string(p.Card.Kind))}, status}})
	}
	acts := []page.Action{{Text: r.L.T("terms.list"), Href: "/terms", Icon: "file-certificate"}, {Text: r.L.T("exchange.own"), Href: "/office", Icon: "fingerprint"}, {Text: r.L.T("guest.title"), Href: "/guests", Icon: "mail"}}
	if manages(r.Actor) {
		acts = append(acts, page.Action{Text: r.L.T("exchange.pin.title"), Href: "/partners/new", Icon: "plus", Primary: true})
	}
	return page.View("desk/list", r.L.T("exchange.partners"), map[string]any{"Table": t, "Actions": acts}), nil
}

func (rm room) partner(ctx context.Context, r *page.Request) (terms.Partner, error) {
	id, err := r.ID("id")
	if err != nil {
		return terms.Partner{}, err
	}
	o, err := rm.Store.Open(ctx, as(r), store.Ref{Kind: access.KindPartner, ID: id})
	if err != nil {
		return terms.Partner{}, err
	}
	return o.State.(terms.Partner), nil
}

// partnerData is one partner's page.
type partnerData struct {
	Partner        terms.Partner
	Hex, Words     string
	Facts          []page.Fact
	Terms          page.Table
	Sent, Received page.Table
	Gaps           int
	Over           bool   // the partner sent as much as it may
	Misused        string // when a stolen key of theirs was used last
	May            bool
	Post           bool // the reader may see messages
	Reason         string
	Errors         page.FieldErrors
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	p, err := rm.partner(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.shown(ctx, r, p, "", nil)
}

// shown shows a partner, with the reason for accepting its log as typed and what is wrong with it.
func (rm room) shown(ctx context.Context, r *page.Request, p terms.Partner, reason string, wrong page.FieldErrors) (page.Response, error) {
	_, with, err := rm.all(ctx, r)
	if err != nil {
		return nil, err
	}
	f := p.Card.Fingerprint()
	d := partnerData{Partner: p, Hex: card.Hex(f), Words: card.Words(f), May: manages(r.Actor), Reason: reason, Errors: wrong}
	d.Facts = []page.Fact{{Term: r.L.T("exchange.country"), Text: r.L.Country(p.Card.Country)}, {Term: r.L.T("exchange.kind"), Text: r.L.T("page.kind." + string(p.Card.Kind))},
		{Term: r.L.T("exchange.pinned"), Text: r.L.DateTime(p.PinnedAt), Sub: r.L.T("exchange.how." + p.How)}}
	if !p.Misused.IsZero() {
		d.Misused = r.L.DateTime(p.Misused)
	}
	for _, a := range p.Accepted {
		d.Facts = append(d.Facts, page.Fact{Term: r.L.T("exchange.fork.was"), Text: a.Reason})
	}
	d.Terms = page.Table{Caption: r.L.T("exchange.terms"), Columns: []page.Column{{Text: r.L.T("exchange.title")}, {Text: r.L.T("exchange.status")}, {Text: r.L.T("exchange.until")}},
		Empty: &page.Empty{Icon: "file-certificate", Title: r.L.T("exchange.terms.without"), Text: r.L.T("exchange.terms.without.text")}}
	for _, s := range with[p.Card.Office] {
		st := s.Status(r.Now)
		d.Terms.Rows = append(d.Terms.Rows, page.Row{Cells: []page.Cell{{Text: s.Document.Title, Href: "/terms/" + s.Document.ID.String()}, {Text: r.L.T("exchange.status." + st), Tone: tones[st]}, {Text: inWords(r.L, s.Document.Until)}}})
	}
	return rm.withMessages(ctx, r, d)
}

// deliveryTones of messages.
var deliveryTones = map[string]string{"queued": page.Warn, "accepted": page.Good, "refused": page.Bad, "expired": page.Off, "voided": page.Off, "gone": page.Off, post.Seen: page.Info, post.Executed: page.Good}

func (rm room) withMessages(ctx context.Context, r *page.Request, d partnerData) (page.Response, error) {
	if d.Post = rm.SeesPost(r.Actor); !d.Post {
		return page.View("desk/partner", r.L.T("exchange.partner"), d), nil
	}
	x, err := rm.messages(ctx, r, d.Partner.Card.Office)
	if err != nil {
		return nil, err
	}
	used, may, err := rm.Usage(ctx, r.Actor.Owner, d.Partner.Card.Office)
	if err != nil {
		return nil, err
	}
	d.Over = used.Over(may)
	d.Facts = append(d.Facts, page.Fact{Term: r.L.T("exchange.usage"), Text: r.L.Number(used.DayMessages), Sub: r.L.T("exchange.usage.hour", "Hour", r.L.Number(used.HourMessages), "Most", r.L.Number(may.HourMessages))})
	columns := []page.Column{{Text: r.L.T("exchange.message")}, {Text: r.L.T("exchange.state")}, {Text: r.L.T("exchange.at")}}
	d.Gaps = int(x.gaps)
	d.Sent = page.Table{Caption: r.L.T("exchange.sent"), Columns: columns, Empty: &page.Empty{Icon: "send", Title: r.L.T("exchange.sent.none")}}
	for _, s := range x.out {
		d.Sent.Rows = append(d.Sent.Rows, x.row(r, s.ID, s.Type, s.State, s.Reason, s.At, s.Due))
	}
	d.Received = page.Table{Caption: r.L.T("exchange.received"), Columns: columns, Empty: &page.Empty{Icon: "inbox", Title: r.L.T("exchange.received.none")}}
	for _, s := range x.in {
		d.Received.Rows = append(d.Received.Rows, x.row(r, s.ID, s.Type, s.State, s.Reason, s.At, s.Due))
	}
	return page.View("desk/partner", r.L.T("exchange.partner"), d), nil
}

// row shows one message: how it was delivered, or what people did with it after that.
func (x exchanged) row(r *page.Request, id journal.ID, typ, state, why string, at, due time.Time) page.Row {
	if m, ok := x.marks[id]; ok {
		state, why = m.Status, m.Reason
	}
	c := page.Cell{Text: r.L.T("exchange.delivery." + state), Tone: deliveryTones[state], Sub: reason(r, why)}
	if x.late[id] {
		c.Tone, c.Sub = page.Bad, r.L.T("exchange.overdue", "Since", r.L.DateTime(due))
	}
	return page.Row{Cells: []page.Cell{{Text: r.L.T(typ + ".title")}, c, {Text: r.L.DateTime(at)}}}
}

// reason puts a refusal's or a failed try's code into words.
func reason(r *page.Request, key string) string {
	if key == "" || !r.L.Has(key) {
		return ""
	}
	if r.L.Takes(key) { // a receipt carries the rule, not what it was about
		return r.L.T("exchange.reason.whole")
	}
	return r.L.T(key)
}

// pinData is the way to a pinned card: paste, compare, pin.
type pinData struct {
	Card       string // as pasted
	Parsed     *card.Card
	Hex, Words string
	How        []page.Option
	Chosen     string
	Changes    bool // the office is pinned already, with other keys
	Theft      []page.Option
	Stolen     string
	Errors     page.FieldErrors
}

func (rm room) pinPage(r *page.Request, d pinData, err error) (page.Response, error) {
	for _, h := range []string{"phone", "in_person", "paper"} {
		d.How = append(d.How, page.Option{Value: h, Text: r.L.T("exchange.how." + h)})
	}
	for _, a := range []string{notStolen, mayBeStolen} {
		d.Theft = append(d.Theft, page.Option{Value: a, Text: r.L.T("exchange.pin.theft." + a)})
	}
	v := page.View("desk/pin", r.L.T("exchange.pin.title"), d)
	if err == nil {
		return v, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return nil, err
	}
	if d.Errors = r.Errors(err); len(d.Errors) == 0 {
		d.Errors = page.FieldErrors{{Name: "card", Text: r.L.Fault(err)}}
	}
	return page.Status(422, page.View("desk/pin", r.L.T("exchange.pin.title"), d)), nil
}

func (rm room) ask(_ context.Context, r *page.Request) (page.Response, error) {
	if !manages(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	return rm.pinPage(r, pinData{}, nil)
}

// What people answer who pin new keys of an office that they know.
const (
	notStolen   = "none"
	mayBeStolen = "stolen"
)

// parsed reads the card of a form, and asks whether it changes keys.
func (rm room) parsed(ctx context.Context, r *page.Request, d *pinData) error {
	c, err := card.Parse([]byte(d.Card))
	if err != nil {
		return err
	}
	o, err := rm.Store.Open(ctx, as(r), store.Ref{Kind: access.KindPartner, ID: c.Office})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil {
		is := o.State.(terms.Partner).Card
		d.Changes = is.Sign != c.Sign || is.Seal != c.Seal
	}
	f := c.Fingerprint()
	d.Parsed, d.Hex, d.Words = &c, card.Hex(f), card.Words(f)
	return nil
}

func (rm room) compare(ctx context.Context, r *page.Request) (page.Response, error) {
	if !manages(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	var in struct {
		Card string `form:"card"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	d := pinData{Card: in.Card}
	return rm.pinPage(r, d, rm.parsed(ctx, r, &d))
}

func (rm room) pin(ctx context.Context, r *page.Request) (page.Response, error) {
	if !manages(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	var in struct {
		Card   string `form:"card"`
		How    string `form:"how"`
		Stolen string `form:"stolen"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	d := pinData{Card: in.Card, Chosen: in.How, Stolen: in.Stolen}
	if err := rm.parsed(ctx, r, &d); err != nil {
		return rm.pinPage(r, d, err)
	}
	if d.Changes && in.Stolen != notStolen && in.Stolen != mayBeStolen { // nothing is assumed about a key that may be in other hands
		return rm.pinPage(r, d, fault.Bad("stolen", "exchange.pin.theft.need"))
	}
	_, err := rm.Store.Append(ctx, as(r), store.Ref{Kind: access.KindPartner, ID: d.Parsed.Office}, store.Draft{Type: "partner.pinned", Payload: terms.Pinned{Card: json.RawMessage(in.Card), How: in.How, Renewed: d.Changes && in.Stolen == notStolen}})
	if err != nil {
		return rm.pinPage(r, d, err)
	}
	return page.Redirect("/partners/"+d.Parsed.Office.String(), "exchange.pin.done"), nil
}

func (rm room) block(ctx context.Context, r *page.Request) (page.Response, error) {
	p, err := rm.partner(ctx, r)
	if err != nil {
		return nil, err
	}
	typ, ok := map[string]string{"block": "partner.blocked", "unblock": "partner.unblocked"}[r.PathValue("act")]
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	_, err = rm.Store.Append(ctx, as(r), store.Ref{Kind: access.KindPartner, ID: p.Card.Office}, store.Draft{Type: typ, Payload: terms.Blocked{Reason: "decided_here"}})
	return page.Redirect("/partners/"+p.Card.Office.String(), "exchange.saved"), err
}

// acceptLog goes on with a partner's log that contradicts itself, once somebody asked there what happened.
func (rm room) acceptLog(ctx context.Context, r *page.Request) (page.Response, error) {
	if !manages(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	p, err := rm.partner(ctx, r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Reason string `form:"reason"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	err = rm.AcceptLog(ctx, as(r), p.Card.Office, in.Reason)
	if errs := r.Errors(err); len(errs) > 0 {
		again, err := rm.shown(ctx, r, p, in.Reason, errs)
		return page.Status(422, again), err
	}
	return page.Redirect("/partners/"+p.Card.Office.String(), "exchange.fork.done"), err
}

// own is the office's own card.
func (rm room) own(_ context.Context, r *page.Request) (page.Response, error) {
	c, _, err := rm.Self(r.Actor.Owner)
	if err != nil {
		return nil, err
	}
	f := c.Fingerprint()
	return page.View("desk/own", r.L.T("exchange.own"), map[string]any{"Card": c, "Hex": card.Hex(f), "Words": card.Words(f), "Country": r.L.Country(c.Country)}), nil
}

func (rm room) download(_ context.Context, r *page.Request) (page.Response, error) {
	_, b, err := rm.Self(r.Actor.Owner)
	return page.File("card.json", "application/json", b), err
}

// termsRef names dossiers of terms.
func termsRef(id journal.ID) store.Ref { return store.Ref{Kind: access.KindTerms, ID: id} }
