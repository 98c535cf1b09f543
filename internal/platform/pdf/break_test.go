// SPDX-License-Identifier: EUPL-1.2

package pdf_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/pdf"
)

func empty() *pdf.Doc {
	d := pdf.New(pdf.Info{Title: "Breaks", Language: "en", Date: time.Date(2021, 4, 1, 12, 0, 0, 0, time.UTC)})
	d.Heading(1, pdf.Plain("Breaks"))
	return d
}

// pages gives the lines of each page but its furniture.
func pages(t *testing.T, d *pdf.Doc) (out [][]string) {
	t.Helper()
	for _, p := range strings.Split(strings.TrimSuffix(tool(t, "pdftotext", "-layout", written(t, d), "-"), "\f"), "\f") {
		var lines []string
		for line := range strings.Lines(p) {
			if s := strings.TrimSpace(line); s != "" && s != "Breaks" && !strings.Contains(s, " / ") {
				lines = append(lines, s)
			}
		}
		out = append(out, lines)
	}
	return out
}

// A heading stands with the beginning of its table, wherever on a page it comes to; the last row stands with the one before it.
func TestNothingStandsAloneWherePagesEnd(t *testing.T) {
	for n := 30; n < 60; n += 3 {
		d := empty()
		for i := range n {
			d.Paragraph(pdf.Plain(fmt.Sprintf("before %d", i)))
		}
		d.Heading(2, pdf.Plain("Section"))
		d.Heading(3, pdf.Plain("Below"))
		table := pdf.Table{Caption: "Caption", Columns: []pdf.Column{{Text: "Code"}, {Text: "Words"}}}
		for i := range 12 {
			table.Rows = append(table.Rows, []pdf.Cell{{pdf.Plain(fmt.Sprintf("R%02d", i))}, {pdf.Plain(strings.Repeat("long ", 40))}})
		}
		d.Table(table)
		for _, p := range pages(t, d) {
			if last := p[len(p)-1]; last == "Section" || last == "Below" || last == "Caption" || strings.HasPrefix(last, "Code") {
				t.Errorf("after %d paragraphs %q ends a page", n, last)
			}
			if strings.Count(strings.Join(p, "\n"), "R1") == 1 && strings.HasPrefix(p[1], "R11") {
				t.Errorf("after %d paragraphs the last row stands alone", n)
			}
		}
	}
}

// A paragraph leaves neither its first line alone at the end of a page nor its last at the beginning of the next.
func TestNoLineOfATextStandsAlone(t *testing.T) {
	for n := range 12 {
		d := empty()
		for range n {
			d.Paragraph(pdf.Plain("short"))
		}
		for range 9 {
			d.Paragraph(pdf.Plain("first" + strings.Repeat(" words", 70) + " last"))
			d.List([]pdf.Span{pdf.Plain("first" + strings.Repeat(" words", 50) + " last")})
		}
		for _, p := range pages(t, d)[1:] {
			if !strings.Contains(p[0], "first") && strings.HasSuffix(p[0], "last") {
				t.Errorf("after %d paragraphs a page begins with the last line of a text", n)
			}
		}
		for _, p := range pages(t, d) {
			if last := p[len(p)-1]; strings.Contains(last, "first") {
				t.Errorf("after %d paragraphs a page ends with the first line of a text", n)
			}
		}
	}
}

// What follows a link without a blank stays on its line.
func TestACommaStaysWithItsLink(t *testing.T) {
	for n := 1; n < 9; n++ {
		d := empty()
		spans := []pdf.Span{pdf.Plain(strings.Repeat("x", n) + " ")}
		for i := range 60 {
			spans = append(spans, pdf.Link(fmt.Sprintf("P%d-W%d", i%5, i), "https://example.org"), pdf.Plain(", "))
		}
		d.Paragraph(spans...)
		for _, line := range pages(t, d)[0] {
			if strings.HasPrefix(line, ",") {
				t.Errorf("a line begins with %q", line)
			}
		}
	}
}

// Tables with the same heads have the same columns, and a short date is not broken for the sake of long words beside it.
func TestTablesWithTheSameHeadsHaveTheSameColumns(t *testing.T) {
	d := empty()
	for i := range 3 {
		rows := [][]pdf.Cell{{{pdf.Plain(strings.Repeat("a long title ", 2+10*i))}, {pdf.Plain("29 September 2026")}, {pdf.Plain(strings.Repeat("who ", 3+20*i))}}}
		d.Table(pdf.Table{Caption: "Part", Columns: []pdf.Column{{Text: "Title"}, {Text: "Updated"}, {Text: "By"}}, Rows: rows})
	}
	at := map[int]bool{}
	for _, line := range pages(t, d)[0] {
		if i := strings.Index(line, "Updated"); i >= 0 {
			at[i] = true
		}
		if strings.Contains(line, "29 September") && !strings.Contains(line, "29 September 2026") {
			t.Errorf("the date is broken: %q", line)
		}
	}
	if len(at) != 1 {
		t.Errorf("the second column stands at %v", at)
	}
}
