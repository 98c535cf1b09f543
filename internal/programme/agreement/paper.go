// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// paper gives a version as a PDF to print and to carry into the room.
func (c Config) paper(ctx context.Context, r *page.Request) (page.Response, error) {
	a, v, at, err := c.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	b, err := Paper(r.L, a, v, at, r.Office.Name)
	return page.File("agreement-draft.pdf", "application/pdf", b), err
}

// Paper writes a version of an agreement: its text with both languages beside each other, what is not ready in it, and the
// fingerprint by which both offices name it. Its own words are in the reader's language. The same version is the same bytes.
func Paper(l *lang.Locale, a Agreement, v Kept, at int, office string) ([]byte, error) {
	day := time.Date(v.At.Year(), v.At.Month(), v.At.Day(), 12, 0, 0, 0, time.UTC)
	name := l.T("agreement.version", "N", at+1)
	d := pdf.New(pdf.Info{Title: a.Opened.Code + " · " + name, Language: l.Tag(), Author: office, Date: day, Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	title := a.Opened.Title.In(l.Tag())
	d.Heading(1, pdf.In(l.Foreign(title.Language), title.Text))
	d.Paragraph(pdf.Strong(a.Opened.Code), pdf.Plain(" · "+register.Countries(l, a.Opened.Countries)+" · "+name+" · "+l.Date(day)))
	d.Paragraph(pdf.Plain(l.Told(l.T("agreement.column.by"), v.By)))
	if v.Hash != a.Signature.Hash { // a draft, or an earlier version than the one that was signed
		d.Notice(pdf.Plain(l.T("agreement.paper.draft")))
	}
	t := pdf.Table{Caption: l.T("agreement.side_by_side"), Columns: []pdf.Column{{Text: l.T("agreement.number")}}}
	for _, tag := range Languages() {
		t.Columns = append(t.Columns, pdf.Column{Text: l.Language(tag)})
	}
	for i, p := range v.Paragraphs {
		row := []pdf.Cell{{pdf.Plain(l.Number(i + 1))}}
		for _, tag := range Languages() {
			row = append(row, paperCell(l, p, tag))
		}
		t.Rows = append(t.Rows, row)
	}
	d.Table(t)
	if gaps := gapLines(l, v.Paragraphs); len(gaps) > 0 {
		d.Heading(2, pdf.Plain(l.T("agreement.gaps")))
		var items [][]pdf.Span
		for _, g := range gaps {
			items = append(items, []pdf.Span{pdf.Plain(g.Text)})
		}
		d.List(items...)
	}
	d.Small(pdf.Plain(l.Told(l.T("agreement.hash"), v.Hash)))
	return d.Bytes()
}

func paperCell(l *lang.Locale, p Paragraph, tag string) pdf.Cell {
	if p.Text.State(tag) == wording.Missing {
		return pdf.Cell{pdf.Plain("[" + l.T("wording.state.missing") + "]")}
	}
	s := pdf.In(l.Foreign(tag), p.Text.By[tag].Text)
	s.Bold = p.Heading
	out := pdf.Cell{s}
	if p.Text.State(tag) == wording.Outdated {
		out = append(out, pdf.Plain("\n["+l.T("wording.state.outdated")+"]"))
	}
	return out
}
