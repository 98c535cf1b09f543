// SPDX-License-Identifier: EUPL-1.2

// Package pdf writes documents that are read: reports, plans, certificates. Every document is tagged, so that a screen
// reader follows headings, lists and tables in order; the fonts are inside; and the same document written again is the same
// bytes.
//
// A Doc collects blocks (Heading, Paragraph, List, Table, Figure); Bytes lays them out on A4 pages. Page numbers and the
// running head are artifacts: drawn, and not read out. A passage in another language carries it, a figure cannot be added
// without words in its place, a table's heads say what they head, and are drawn again on each page that the table reaches.
//
//	d := pdf.New(pdf.Info{Title: "Annual report", Language: "en", Date: day})
//	d.Heading(1, pdf.Plain("Annual report"))
//	d.Paragraph(pdf.Plain("Details are in "), pdf.Link("the list of activities", "#activities"))
//	b, err := d.Bytes()
//
// The fonts have the letters of Latin, Greek and Cyrillic with their accents. Any other letter is written as the
// replacement U+FFFD and named by Missing. Text runs from left to right. Conformance to PDF/UA is not claimed: nobody has checked it clause by clause.
package pdf

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Info is what a document says of itself. Title and Language are required.
type Info struct {
	Title    string
	Language string // BCP 47
	Author   string // usually the office's name
	Subject  string
	Head     string // at the top of every page but the first; "" is Title
	// Date is the document's own: nothing here reads a clock.
	Date time.Time
	// Page words a page's number in the document's language; nil writes "2 / 7".
	Page func(n, of int) string
}

// Span is a piece of text. The zero Lang is the document's language.
type Span struct {
	Text string
	Lang string // BCP 47, of a passage in another language
	Href string // "https://..." or "#anchor" of this document
	Bold bool
}

// Plain is text.
func Plain(s string) Span { return Span{Text: s} }

// Strong is text in bold.
func Strong(s string) Span { return Span{Text: s, Bold: true} }

// In is a passage in a language; "" is the document's own.
func In(lang, s string) Span { return Span{Text: s, Lang: lang} }

// Link is text that leads to an address, or to the "#anchor" of a block of this document. The text says where to.
func Link(s, href string) Span { return Span{Text: s, Href: href} }

// Column is the head of a table's column.
type Column struct {
	Text string
	Num  bool // its cells are numbers, drawn at the end of the line
}

// Table is a table. Caption stands above it. The first cell of a row heads the row.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]Cell
	Anchors []string // names of the rows, so that links can lead to one; shorter or nil names fewer
}

// Cell is what stands in a cell; a Span of "\n" begins a new line.
type Cell []Span

// Doc is a document being written. Its methods add one block each, in the order of reading. A Doc is for one goroutine.
type Doc struct {
	info    Info
	blocks  []block
	anchor  string // of the next block
	missing map[rune]bool
	err     error
}

type block struct {
	level  int      // of a heading
	tag    string   // "H", "P", "L", "Table", "Figure"
	items  [][]Span // one in a paragraph or heading
	table  Table
	image  []byte
	alt    string
	small  bool
	notice bool
	anchor string
}

// New begins a document.
func New(i Info) *Doc {
	d := &Doc{info: i, missing: map[rune]bool{}}
	if strings.TrimSpace(i.Title) == "" || i.Language == "" || i.Date.IsZero() {
		d.fail("pdf: a document needs a title, a language and a date")
	}
	return d
}

func (d *Doc) fail(why string) {
	if d.err == nil {
		d.err = fault.Wrap(fault.Internal, errText(why), "fault.internal")
	}
}

type errText string

func (e errText) Error() string { return string(e) }

// Anchor names the next block, so that links can lead to it.
func (d *Doc) Anchor(name string) { d.anchor = name }

func (d *Doc) add(b block) {
	b.anchor, d.anchor = d.anchor, ""
	d.blocks = append(d.blocks, b)
}

// Heading adds a heading of level 1 to 6. A document begins with one of level 1, and no level is skipped: whoever moves by
// headings would look for what is not there.
func (d *Doc) Heading(level int, spans ...Span) {
	last := 0
	for _, b := range d.blocks {
		if b.tag == "H" {
			last = b.level
		}
	}
	if level < 1 || level > 6 || level > last+1 {
		d.fail("pdf: heading " + strconv.Itoa(level) + " under heading " + strconv.Itoa(last))
	}
	d.add(block{tag: "H", level: level, items: [][]Span{spans}})
}

// Paragraph adds a paragraph.
func (d *Doc) Paragraph(spans ...Span) { d.add(block{tag: "P", items: [][]Span{spans}}) }

// Small adds a paragraph in smaller letters: a note, a source.
func (d *Doc) Small(spans ...Span) { d.add(block{tag: "P", small: true, items: [][]Span{spans}}) }

// Notice adds a paragraph that must not be overlooked. Its words say why: it is coloured too, which some do not see.
func (d *Doc) Notice(spans ...Span) { d.add(block{tag: "P", notice: true, items: [][]Span{spans}}) }

// List adds a list with a bullet before each item. An empty list is left out.
func (d *Doc) List(items ...[]Span) {
	if len(items) > 0 {
		d.add(block{tag: "L", items: items})
	}
}

// Table adds a table. Every row has a cell for every column; a table without rows is left out.
func (d *Doc) Table(t Table) {
	for _, r := range t.Rows {
		if len(r) != len(t.Columns) {
			d.fail("pdf: a row of " + strconv.Itoa(len(r)) + " cells under " + strconv.Itoa(len(t.Columns)) + " columns")
		}
	}
	if len(t.Rows) > 0 {
		d.add(block{tag: "Table", table: t})
	}
}

// Figure adds a picture (PNG) with the words that say what it shows, for those who do not see it.
func (d *Doc) Figure(png []byte, alt string) {
	if strings.TrimSpace(alt) == "" {
		d.fail("pdf: a figure without words in its place")
	}
	d.add(block{tag: "Figure", image: png, alt: alt})
}

// Missing lists letters that the last Bytes had no shape for, in order.
func (d *Doc) Missing() []rune {
	var out []rune
	for r := range d.missing {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// clean gives text as it is drawn: composed letters, no control characters.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, norm.NFC.String(s))
}
