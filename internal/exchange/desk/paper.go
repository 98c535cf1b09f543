// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
)

// Paper writes sharing terms as a tagged PDF in a language: the same terms with the same signatures are the same bytes in both
// offices, so that l must show times in no office's zone. signatures are in the order of the parties, "" where one is missing.
func Paper(l *lang.Locale, doc terms.Document, signatures [2]string) ([]byte, error) {
	name := l.T("exchange.terms")
	day := doc.From.UTC()
	d := pdf.New(pdf.Info{Title: name + " · " + doc.Title, Language: l.Tag(), Author: doc.Parties[0].Name + ", " + doc.Parties[1].Name, Date: time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, time.UTC),
		Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	d.Heading(1, pdf.Plain(doc.Title))
	d.Paragraph(pdf.Plain(l.T("terms.paper.lead", "A", doc.Parties[0].Name, "B", doc.Parties[1].Name)))
	if signatures[0] == "" || signatures[1] == "" {
		d.Notice(pdf.Plain(l.T("terms.paper.draft")))
	}
	said := pdf.Table{Caption: l.T("exchange.agreed"), Columns: []pdf.Column{{Text: l.T("page.diff.field")}, {Text: l.T("exchange.what")}}}
	for _, x := range lines(l, doc) {
		said.Rows = append(said.Rows, []pdf.Cell{{pdf.Strong(x.term)}, {pdf.Plain(x.text)}})
	}
	said.Rows = append(said.Rows, []pdf.Cell{{pdf.Strong(l.T("exchange.text"))}, {pdf.Plain(doc.TextName + "\n" + doc.TextHash)}})
	d.Table(said)
	d.Heading(2, pdf.Plain(l.T("exchange.grants")))
	grants := grantsTable(l, doc)
	t := pdf.Table{Caption: grants.Caption}
	for _, c := range grants.Columns {
		t.Columns = append(t.Columns, pdf.Column{Text: c.Text})
	}
	for _, r := range grants.Rows {
		var row []pdf.Cell
		for _, c := range r.Cells {
			row = append(row, pdf.Cell{pdf.Plain(c.Text)})
		}
		t.Rows = append(t.Rows, row)
	}
	d.Table(t)
	d.Heading(2, pdf.Plain(l.T("terms.paper.signatures")))
	for i, p := range doc.Parties {
		d.Paragraph(pdf.Strong(p.Name), pdf.Plain(" · "+l.T("page.kind."+string(p.Kind))+" · "+l.Country(p.Country)))
		d.Small(pdf.Plain(l.T("exchange.fingerprint") + ": " + p.Fingerprint))
		said := signatures[i]
		if said == "" {
			said = l.T("exchange.signed.no")
		}
		d.Small(pdf.Plain(l.T("exchange.signature", "Name", p.Name) + ": " + said))
	}
	d.Small(pdf.Plain(l.T("exchange.hash") + " " + doc.Hex()))
	d.Paragraph(pdf.Plain(l.T("terms.paper.verify")))
	return d.Bytes()
}

// paper gives terms as a PDF, in a language of the office's choice.
func (rm room) paper(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	tag := r.URL.Query().Get("language")
	if tag == "" {
		tag = r.L.Tag()
	}
	var signed [2]string
	for i, p := range s.Document.Parties {
		signed[i] = s.Signatures[p.Office]
	}
	b, err := Paper(rm.Locale(tag), s.Document, signed)
	return page.File("terms.pdf", "application/pdf", b), err
}

// bundle gives the signed terms for whoever checks them without an office.
func (rm room) bundle(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	x, err := s.Bundle()
	if err != nil {
		return nil, err
	}
	b, err := x.Bytes()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "fault.internal")
	}
	return page.File("terms.json", "application/json", b), nil
}
