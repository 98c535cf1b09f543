// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"encoding/hex"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func (rm room) openTerms(ctx context.Context, r *page.Request) (terms.State, error) {
	id, err := r.ID("id")
	if err != nil {
		return terms.State{}, err
	}
	o, err := rm.Store.Open(ctx, as(r), termsRef(id))
	if err != nil {
		return terms.State{}, err
	}
	return o.State.(terms.State), nil
}

// termsData is the page of sharing terms, in plain words.
type termsData struct {
	State  terms.State
	Mark   page.Mark
	Facts  []page.Fact
	Grants page.Table
	Hash   string
	Status string
	Signed bool // by this office
	May    bool
}

func (rm room) terms(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	doc, st := s.Document, s.Status(r.Now)
	h := doc.Hash()
	d := termsData{State: s, Mark: page.Mark{Tone: tones[st], Text: r.L.T("exchange.status." + st)}, Hash: hex.EncodeToString(h[:]), Status: st, Signed: s.Signatures[r.Actor.Owner] != "", May: manages(r.Actor)}
	names := map[journal.ID]string{}
	for _, p := range doc.Parties {
		names[p.Office] = p.Name
		signed := page.Fact{Term: r.L.T("exchange.signature", "Name", p.Name), Text: r.L.T("exchange.signed.no"), Tone: page.Warn}
		if s.Signatures[p.Office] != "" {
			signed.Text, signed.Tone = r.L.T("exchange.signed.yes"), page.Good
			signed.Sub = rm.hand(ctx, r, s.Hands[p.Office], p.Office)
		}
		d.Facts = append(d.Facts, signed)
	}
	d.Facts = append(d.Facts, page.Fact{Term: r.L.T("exchange.period"), Text: r.L.T("exchange.period.text", "From", r.L.Date(doc.From), "Until", r.L.Date(doc.Until))},
		page.Fact{Term: r.L.T("exchange.basis"), Text: doc.Basis}, page.Fact{Term: r.L.T("exchange.handling"), Text: r.L.T("exchange.handling." + doc.Handling)},
		page.Fact{Term: r.L.T("exchange.retention"), Text: r.L.N("exchange.days", doc.Retention)}, page.Fact{Term: r.L.T("exchange.text"), Text: doc.TextName, Href: "/terms/" + doc.ID.String() + "/text"})
	d.Grants = page.Table{Caption: r.L.T("exchange.grants"), Columns: []page.Column{{Text: r.L.T("exchange.from")}, {Text: r.L.T("exchange.to")}, {Text: r.L.T("exchange.for")}, {Text: r.L.T("exchange.what")}}}
	for _, g := range doc.Grants {
		d.Grants.Rows = append(d.Grants.Rows, page.Row{Cells: []page.Cell{{Text: names[g.From]}, {Text: names[g.To]}, {Text: r.L.T("exchange.purpose." + g.Purpose)}, {Text: categories(r, g.Categories)}}})
	}
	return page.View("desk/terms", r.L.T("exchange.terms"), d), nil
}

// hand says by whom a signature was given, or taken in from the other office.
func (rm room) hand(ctx context.Context, r *page.Request, h terms.Hand, of journal.ID) string {
	at := r.L.DateTime(h.At)
	switch {
	case of != r.Actor.Owner:
		return r.L.T("exchange.signed.there", "At", at)
	case h.Actor == rm.CommandLine:
		return r.L.T("exchange.signed.line", "At", at)
	}
	return r.L.T("exchange.signed.by", "Name", rm.Names(ctx, r.Actor.Owner, h.Actor)[h.Actor], "At", at)
}

func categories(r *page.Request, cs []journal.Category) string {
	var out []string
	for _, c := range cs {
		out = append(out, r.L.T("exchange.category."+string(c)))
	}
	return r.L.List(out)
}

func (rm room) text(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.File("agreement.txt", "application/octet-stream", s.Text), nil
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	back := page.Redirect("/terms/"+s.Document.ID.String(), "exchange.saved")
	if r.PathValue("act") == "sign" {
		return back, rm.Sign(ctx, as(r), s.Document.ID)
	}
	typ, ok := map[string]string{"suspend": "terms.suspended", "resume": "terms.resumed", "end": "terms.ended"}[r.PathValue("act")]
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	_, err = rm.Store.Append(ctx, as(r), termsRef(s.Document.ID), store.Draft{Type: typ, Payload: terms.Marked{Reason: "decided_here"}})
	return back, err
}
