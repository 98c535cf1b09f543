// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	"maps"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// replyLanguages are those that a reply is written in, to be handed over.
var replyLanguages = []string{"fr", "en"}

// replyFiles are the ways to the reply as a file, of the same records as the page.
func replyFiles(r *page.Request, chosen map[string]string) []page.Action {
	var out []page.Action
	for _, tag := range replyLanguages {
		at := maps.Clone(chosen)
		at["lang"] = tag
		out = append(out, page.Action{Text: r.L.T("recommendation.reply.file", "Language", r.L.Language(tag)), Href: register.Address(Path+"/reply/file", at), Icon: "download"})
	}
	return out
}

// replyFile gives the reply as tagged PDF in a language. Passages that nobody has translated stand in theirs, marked as such.
func (c Config) replyFile(ctx context.Context, r *page.Request) (page.Response, error) {
	in, tag := *r, r.URL.Query().Get("lang")
	if tag != "fr" {
		tag = "en"
	}
	if c.Locale != nil {
		in.L = c.Locale(tag)
	}
	d, err := c.replyOf(ctx, &in)
	if err != nil {
		return nil, err
	}
	b, err := d.printed(&in)
	return page.File("reply-"+tag+".pdf", "application/pdf", b), err
}

func (d replyPage) printed(r *page.Request) ([]byte, error) {
	l, now := r.L, r.Now.In(r.Zone)
	p := pdf.New(pdf.Info{Title: l.T("recommendation.reply"), Language: l.Tag(), Author: r.Office.Name, Date: time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC),
		Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	p.Heading(1, pdf.Plain(l.T("recommendation.reply")))
	p.Paragraph(pdf.Plain(l.T("recommendation.reply.dated", "Date", l.Date(r.Now), "Office", r.Office.Name)))
	for _, doc := range d.Documents {
		p.Heading(2, pdf.Plain(doc.Title))
		for _, x := range doc.Paragraphs {
			p.Anchor(x.Anchor)
			p.Heading(3, pdf.Plain(x.Title))
			x.print(r, p)
		}
	}
	if len(d.Annex) > 0 {
		p.Heading(2, pdf.Plain(l.T("recommendation.reply.annex")))
		t := pdf.Table{Caption: l.T("recommendation.reply.annex"), Columns: []pdf.Column{{Text: l.T("recommendation.reply.number")}, {Text: l.T("recommendation.reply.evidence")}, {Text: l.T("recommendation.reply.of")}}}
		for _, e := range d.Annex {
			t.Anchors = append(t.Anchors, e.Anchor)
			t.Rows = append(t.Rows, []pdf.Cell{{pdf.Plain(e.Name)}, {pdf.Plain(e.Text)}, {pdf.Plain(e.Sub)}})
		}
		p.Table(t)
	}
	return p.Bytes()
}

// print writes a paragraph: what was asked, where it stands, what the government says, what others say against it.
func (x replyParagraph) print(r *page.Request, p *pdf.Doc) {
	l := r.L
	quote := func(ps []register.Passage) {
		for _, s := range ps {
			p.Paragraph(pdf.In(s.Lang, s.Text))
		}
	}
	if x.About != "" {
		p.Small(pdf.Plain(x.About))
	}
	quote(x.Text)
	p.Paragraph(pdf.Strong(x.State.Text))
	if x.Judged != "" {
		p.Small(pdf.Plain(x.Judged))
	}
	p.Heading(4, pdf.Plain(l.T("recommendation.reply.government")))
	if len(x.Government) == 0 {
		p.Paragraph(pdf.Plain(l.T("recommendation.reply.nothing")))
	}
	for _, v := range x.Government {
		p.Paragraph(pdf.Strong(v.By))
		quote(v.Text)
	}
	if len(x.Dissent) > 0 {
		p.Heading(4, pdf.Plain(l.T("recommendation.reply.dissent")))
	}
	for _, v := range x.Dissent {
		p.Paragraph(pdf.Strong(v.By))
		quote(v.Text)
	}
	if len(x.Proofs) > 0 {
		see := []pdf.Span{pdf.Plain(l.T("recommendation.reply.see") + " ")}
		for i, e := range x.Proofs {
			if i > 0 {
				see = append(see, pdf.Plain(", "))
			}
			see = append(see, pdf.Link(e.Name, "#"+e.Anchor))
		}
		p.Paragraph(see...)
	}
}
