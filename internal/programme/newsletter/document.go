// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
)

// Stamp is what a PDF says of the issue beside its words. The zero Number is a draft.
type Stamp struct {
	Number int
	Day    time.Time // of publication; of a draft, the day on which it was written
	Hash   string
	Errata []string
}

// PDF writes an edition as tagged PDF, in the same words as the page. pictures gives those that it shows by key. The same
// edition with the same stamp gives the same bytes.
func (e Edition) PDF(l *lang.Locale, s Stamp, pictures map[string][]byte) ([]byte, error) {
	p := pdf.New(pdf.Info{Title: e.Title, Language: e.Language, Author: e.Office, Subject: e.Period, Date: s.Day,
		Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	p.Heading(1, pdf.Plain(e.Title))
	head := e.Office + " · " + e.Period
	if s.Number > 0 {
		p.Paragraph(pdf.Plain(head))
		p.Small(pdf.Plain(l.T("newsletter.stamp", "N", s.Number, "Date", l.Date(s.Day))))
	} else {
		p.Paragraph(pdf.Plain(head))
		p.Notice(pdf.Plain(l.T("newsletter.draft")))
	}
	for _, x := range s.Errata {
		p.Notice(pdf.Plain(l.T("newsletter.erratum") + " " + x))
	}
	for _, part := range e.Parts {
		p.Heading(2, pdf.Plain(part.Kicker+l.T("publication.colon")), pdf.In(part.Language, part.Title))
		for _, b := range part.Blocks {
			write(p, b, part.Language, l, pictures)
		}
	}
	if len(e.Records) > 0 {
		p.Heading(2, pdf.Plain(l.T("newsletter.records")))
		for _, s := range e.Sources() {
			if s.Document != "" {
				p.Small(pdf.Plain(s.Document))
			}
			var items [][]pdf.Span
			for _, r := range s.Records {
				item := []pdf.Span{pdf.Plain(r.Code + " · "), pdf.In(r.Lang, r.Title)}
				if r.Lines != "" {
					item = append(item, pdf.Plain(" ("+r.Lines+")"))
				}
				items = append(items, item)
			}
			p.List(items...)
		}
	}
	if s.Hash != "" {
		p.Small(pdf.Plain(l.T("newsletter.hash", "Hash", grouped(s.Hash))))
	}
	return p.Bytes()
}

func write(p *pdf.Doc, b Block, language string, l *lang.Locale, pictures map[string][]byte) {
	switch b.Shape {
	case Subtitle:
		p.Heading(3, spans(b.Runs, language)...)
	case Bullets, Numbers:
		var items [][]pdf.Span
		for _, x := range b.Items {
			items = append(items, spans(x, language))
		}
		p.List(items...)
	case Quote:
		p.Paragraph(append(append([]pdf.Span{pdf.Plain(l.T("newsletter.quote.open"))}, spans(b.Runs, language)...), pdf.Plain(l.T("newsletter.quote.close")))...)
	case Image:
		if png := pictures[b.Picture]; png != nil && strings.TrimSpace(b.Alt) != "" {
			p.Figure(png, b.Alt)
		}
	default:
		p.Paragraph(spans(b.Runs, language)...)
	}
}

func spans(runs []Run, language string) []pdf.Span {
	var out []pdf.Span
	for _, r := range runs {
		s := pdf.Span{Text: r.Text, Lang: r.Lang, Bold: r.Strong}
		if s.Lang == "" {
			s.Lang = language
		}
		if strings.HasPrefix(r.Href, "https://") {
			s.Href = r.Href
		}
		out = append(out, s)
	}
	return out
}

// grouped sets a hash in groups of eight, so that it can break across lines and be compared by eye.
func grouped(hash string) string {
	var b strings.Builder
	for i, r := range hash {
		if i > 0 && i%8 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
