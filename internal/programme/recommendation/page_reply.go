// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// replyPage is the reply to a monitoring body: every recommendation chosen, in the order of its document's paragraphs, with
// what the government answers, what civil society says against it, and the evidence in an annex.
type replyPage struct {
	Crumbs    []page.Crumb
	Lead      string
	Files     []page.Action // the reply to hand over, in each language
	Documents []replyDocument
	Annex     []proof
	Empty     *page.Empty
}

type replyDocument struct {
	Title      string
	Paragraphs []replyParagraph
}

type replyParagraph struct {
	Title, Anchor, About string
	Text                 []register.Passage
	State                page.Mark
	Judged               string
	Government, Dissent  []voice
	Proofs               []proof
}

type voice struct {
	By   string
	Text []register.Passage
}

// proof is a line of the annex: "A1", where it came from and what it is.
type proof struct{ Name, Anchor, Text, Sub string }

func (c Config) reply(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := c.replyOf(ctx, r)
	return page.View("recommendation/reply", r.L.T("recommendation.reply"), d), err
}

// replyOf makes the reply in the words of the request's locale.
func (c Config) replyOf(ctx context.Context, r *page.Request) (replyPage, error) {
	g := c.register()
	v, x, err := g.Chosen(ctx, r)
	if err != nil {
		return replyPage{}, err
	}
	l, w, rows := r.L, register.As(r), register.Chose[Line](x)
	d := replyPage{Crumbs: g.Crumbs(r, l.T("recommendation.reply")), Lead: l.N("recommendation.count", len(rows)), Files: replyFiles(r, x.Codes())}
	if len(rows) == 0 {
		d.Empty = &page.Empty{Icon: "clipboard-check", Title: l.T("recommendation.empty"), Text: l.T("recommendation.empty.text")}
	}
	for _, row := range rows {
		x, err := open(ctx, c.Store, w, row.ID)
		if err != nil {
			return d, err
		}
		title := place(l, x.Made)
		if n := len(d.Documents); n == 0 || d.Documents[n-1].Title != title {
			d.Documents = append(d.Documents, replyDocument{Title: title})
		}
		at := &d.Documents[len(d.Documents)-1]
		at.Paragraphs = append(at.Paragraphs, d.paragraph(r, v.Around, x))
	}
	return d, nil
}

// paragraph answers one paragraph, and adds its evidence to the annex.
func (d *replyPage) paragraph(r *page.Request, a register.Around, x Recommendation) replyParagraph {
	l, v := r.L, x.Summary()
	p := replyParagraph{Title: l.T("recommendation.at", "Paragraph", v.Paragraph), Anchor: "p-" + x.ID.String(), About: register.Word(l, "recommendation.strength.", v.Strength), Text: register.Passages(l, "", x.Made.Text)[:1],
		State: page.Mark{Tone: tones[v.State], Text: l.T("recommendation.state." + string(v.State))}}
	if n := len(x.Judged); n > 0 {
		j := x.Judged[n-1]
		p.Judged = l.T("recommendation.judged", "By", j.By) + ", " + j.On.Print(l) + " · " + j.Why
	}
	voices := func(s Side) (out []voice) {
		for _, said := range x.Of(s) {
			out = append(out, voice{said.By, register.Passages(l, "", said.Text)[:1]})
		}
		return out
	}
	p.Government, p.Dissent = voices(Government), voices(Dissent)
	for _, report := range x.Reports {
		n := strconv.Itoa(len(d.Annex) + 1)
		e := proof{Name: l.T("recommendation.reply.proof", "N", n), Anchor: "e-" + n, Text: report.Evidence, Sub: p.Title + " · " + a.Names[report.Owner] + ", " + report.On.Print(l)}
		p.Government = append(p.Government, voice{l.T("recommendation.reported", "By", a.Names[report.Owner], "On", report.On.Print(l)), register.Passages(l, "", report.Text)[:1]})
		p.Proofs, d.Annex = append(p.Proofs, e), append(d.Annex, e)
	}
	return p
}
