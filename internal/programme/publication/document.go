// SPDX-License-Identifier: EUPL-1.2

package publication

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
)

// Run is a piece of text. Href is an address of the office's pages; Lang is set for a passage in another language than the
// document's. In is where it leads in a saved document, "#anchor", where that does not follow from Href. A Run of "\n" begins a new line
// in a cell.
type Run struct{ Text, Lang, Href, In string }

// Block is a part of a document. Exactly one of Heading, Text, Items and Table is set; Warn is a text that must not be
// overlooked.
type Block struct {
	Heading string
	Sub     bool // the heading is one level lower
	Text    []Run
	Warn    bool
	Items   [][]Run
	Table   *Table
	Anchor  string
}

// Table is a table; Rows are as long as Columns. Codes names the record of each row, so that links lead there; nil names
// none.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][][]Run
	Codes   []string
}

// Column is the head of a column.
type Column struct {
	Text string
	Num  bool
}

// Document is a document in one language, ready to be shown or written. Without blocks there is no programme yet. The annex holds, for
// whoever reads it outside of the office, the lists that the office's pages would show.
type Document struct {
	Kind     Kind
	Title    string
	Language string
	Dir      string
	Office   string
	Subject  string
	Date     time.Time
	Blocks   []Block
	Annex    []Block
}

// written is all that a saved document holds.
func (d Document) written() []Block { return slices.Concat(d.Blocks, d.Annex) }

func (d *Document) heading(s string)    { d.Blocks = append(d.Blocks, Block{Heading: s}) }
func (d *Document) under(s string)      { d.Blocks = append(d.Blocks, Block{Heading: s, Sub: true}) }
func (d *Document) say(runs ...Run)     { d.Blocks = append(d.Blocks, Block{Text: runs}) }
func (d *Document) warn(runs ...Run)    { d.Blocks = append(d.Blocks, Block{Text: runs, Warn: true}) }
func (d *Document) list(items ...[]Run) { d.Blocks = append(d.Blocks, Block{Items: items}) }
func (d *Document) table(t Table, a string) {
	if len(t.Rows) > 0 {
		d.Blocks = append(d.Blocks, Block{Table: &t, Anchor: a})
	}
}

func said(s string) Run { return Run{Text: s} }

const (
	activityPages = "/programme/activities"
	coverage      = "/programme/map"
	resultPages   = "/programme/results"
	records       = "records" // the anchor of the list that all numbers rest on
)

// PDF writes the document as tagged PDF. In it, links lead to the records and lists at its end, for whoever reads it outside of the
// office.
func (d Document) PDF(l *lang.Locale) ([]byte, error) {
	p := pdf.New(pdf.Info{Title: d.Title, Language: d.Language, Author: d.Office, Subject: d.Subject, Date: d.Date,
		Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	p.Heading(1, pdf.Plain(d.Title))
	for _, b := range d.written() {
		p.Anchor(b.Anchor)
		switch {
		case b.Heading != "" && b.Sub:
			p.Heading(3, pdf.Plain(b.Heading))
		case b.Heading != "":
			p.Heading(2, pdf.Plain(b.Heading))
		case b.Items != nil:
			var items [][]pdf.Span
			for _, x := range b.Items {
				items = append(items, spans(x))
			}
			p.List(items...)
		case b.Table != nil:
			p.Table(drawn(*b.Table))
		case b.Warn:
			p.Notice(spans(b.Text)...)
		default:
			p.Paragraph(spans(b.Text)...)
		}
	}
	return p.Bytes()
}

func drawn(t Table) pdf.Table {
	out := pdf.Table{Caption: t.Caption, Anchors: t.Codes}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, pdf.Column(c))
	}
	for _, r := range t.Rows {
		var row []pdf.Cell
		for _, c := range r {
			row = append(row, spans(c))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func spans(runs []Run) []pdf.Span {
	var out []pdf.Span
	for _, r := range runs {
		s := pdf.Span{Text: r.Text, Lang: r.Lang, Href: r.inside()}
		out = append(out, s)
	}
	return out
}

// Text writes the document's words up to its first table, for an e-mail: its title, what must not be overlooked, what is
// most important.
func (d Document) Text() string {
	var b strings.Builder
	b.WriteString(d.Title + "\n")
	for _, x := range d.Blocks {
		switch {
		case x.Table != nil:
			return b.String()
		case x.Heading != "":
			b.WriteString("\n" + x.Heading + "\n")
		case x.Items != nil:
			for _, i := range x.Items {
				b.WriteString("- " + plain(i) + "\n")
			}
		default:
			b.WriteString("\n" + plain(x.Text) + "\n")
		}
	}
	return b.String()
}

func plain(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}
