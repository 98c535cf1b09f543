// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Forms lists the languages in which the answer document is written: one of the two, or both in one document.
func Forms() []string { return []string{"fr", "en", "both"} }

// said is a text in one language of a document. Lang is set where it is not the document's.
type said struct{ Text, Lang string }

// answer is one question of the document with its answer. Missing says why there is none, or what is not ready in it.
type answer struct {
	Title, Anchor    string
	Question, Answer []said
	Missing          []string
}

type part struct {
	Title   []said
	Answers []answer
}

// document is a round's answers in the order of its questions, ready to be shown or written. Every question is in it: one
// without an answer says so.
type document struct {
	Title, Language string
	Facts           []string
	Parts           []part
}

// documentOf makes the document in the words of a locale. form is of Forms.
func documentOf(l *lang.Locale, x Round, rows []QuestionRow, form string) document {
	languages := []string{form}
	if form == "both" {
		languages = []string{"fr", "en"}
	}
	o := x.Opened
	d := document{Title: l.T("round.document.of", "Round", o.Of.Name(l)), Language: l.Tag()}
	for _, s := range []string{o.Theme.In(l.Tag()).Text, period(l, o)} {
		if s != "" {
			d.Facts = append(d.Facts, s)
		}
	}
	c := Count(rows)
	d.Facts = append(d.Facts, l.T("round.document.counts", "Accepted", l.Number(c.Accepted), "Of", l.Number(c.Questions)))
	if sent, ok := x.Steps[Sent]; ok && sent.On.Known() {
		d.Facts = append(d.Facts, l.T("round.document.sent", "On", sent.On.Print(l)))
	}
	var section *wording.Text
	for _, q := range rows {
		if section == nil || !same(*section, q.V.Section) {
			section = &q.V.Section
			p := part{}
			if !section.IsZero() {
				p.Title, _ = in(l, *section, languages)
			}
			d.Parts = append(d.Parts, p)
		}
		at := &d.Parts[len(d.Parts)-1]
		at.Answers = append(at.Answers, answerOf(l, q, languages))
	}
	return d
}

func answerOf(l *lang.Locale, q QuestionRow, languages []string) answer {
	a := answer{Title: l.T("question.at", "Number", q.V.Number), Anchor: "q-" + q.V.Number}
	a.Question, _ = in(l, q.V.Text, languages)
	if q.V.Answer.Text.IsZero() {
		a.Missing = []string{l.T("round.document.unanswered")}
		return a
	}
	var wanting []string
	a.Answer, wanting = in(l, q.V.Answer.Text, languages)
	if q.V.Standing != Accepted {
		a.Missing = append(a.Missing, l.T("round.document.not_accepted"))
	}
	if len(wanting) > 0 {
		a.Missing = append(a.Missing, l.T("register.wanting", "Languages", l.List(wanting)))
	}
	return a
}

// in gives a text in the languages of a document, and which of them it is not ready in. Where it is in none, it stands as it is.
func in(l *lang.Locale, t wording.Text, languages []string) (out []said, wanting []string) {
	for _, tag := range languages {
		if v, ok := t.By[tag]; ok {
			out = append(out, said{v.Text, l.Foreign(tag)})
		}
	}
	for _, tag := range t.Wanting(languages...) {
		wanting = append(wanting, l.Language(tag))
	}
	if len(out) == 0 && !t.IsZero() {
		s := t.In(t.Original)
		out = []said{{s.Text, l.Foreign(s.Language)}}
	}
	return out, wanting
}

// documentPage is the document on screen.
type documentPage struct {
	document
	Crumbs  []page.Crumb
	Tabs    []page.Tab
	Actions []page.Action
	Empty   *page.Empty
}

// document shows the answers, or writes them: ?in=fr|en|both, ?as=pdf|md.
func (rm room) document(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.record(ctx, r)
	if err != nil {
		return nil, err
	}
	rows, err := Questions(ctx, rm.Store, register.As(r), map[string]string{"round": x.ID.String()})
	if err != nil {
		return nil, err
	}
	rows = of(rows, x.ID)
	form := r.URL.Query().Get("in")
	if !slices.Contains(Forms(), form) {
		form, _, _ = strings.Cut(r.L.Tag(), "-")
		if !slices.Contains(Forms(), form) {
			form = "en"
		}
	}
	l := r.L
	if form != "both" && rm.Locale != nil {
		l = rm.Locale(form)
	}
	d := documentOf(l, x, rows, form)
	switch r.URL.Query().Get("as") {
	case "md":
		return page.File("answers-"+form+".md", "text/markdown; charset=utf-8", []byte(d.Markdown(l))), nil
	case "pdf":
		b, err := d.PDF(l, r.Office.Name, r.Now)
		return page.File("answers-"+form+".pdf", "application/pdf", b), err
	}
	at := pathOf(x) + "/document?in="
	v := documentPage{document: d, Crumbs: crumbs(r.L, page.Crumb{Text: x.Opened.Of.Name(r.L), Href: pathOf(x)}, page.Crumb{Text: r.L.T("round.document.title")}),
		Actions: []page.Action{{Text: r.L.T("round.document.pdf"), Href: at + form + "&as=pdf", Icon: "download", Primary: true}, {Text: r.L.T("round.document.md"), Href: at + form + "&as=md", Icon: "download"}}}
	for _, f := range Forms() {
		t := page.Tab{Text: r.L.T("round.document.both"), Href: at + f, Current: f == form}
		if f != "both" {
			t.Text = r.L.Language(f)
		}
		v.Tabs = append(v.Tabs, t)
	}
	if len(rows) == 0 {
		v.Empty = &page.Empty{Icon: "list-check", Title: r.L.T("round.answers.none"), Text: r.L.T("round.no_questions")}
	}
	return page.View("round/document", r.L.T("round.document.title"), v), nil
}

// Markdown writes the document as Markdown: a question as a quotation, its answer below.
func (d document) Markdown(l *lang.Locale) string {
	var b strings.Builder
	b.WriteString("# " + escaped(d.Title) + "\n\n")
	for _, f := range d.Facts {
		b.WriteString(escaped(f) + "  \n")
	}
	for _, p := range d.Parts {
		if len(p.Title) > 0 {
			b.WriteString("\n## " + escaped(joined(p.Title)) + "\n")
		}
		for _, a := range p.Answers {
			b.WriteString("\n### " + escaped(a.Title) + "\n\n")
			for _, s := range a.Question {
				b.WriteString("> " + strings.ReplaceAll(escaped(s.Text), "\n", "\n> ") + "\n\n")
			}
			for _, s := range a.Answer {
				b.WriteString(escaped(s.Text) + "\n\n")
			}
			for _, s := range a.Missing {
				b.WriteString("*" + escaped(s) + "*\n\n")
			}
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func joined(list []said) string {
	var out []string
	for _, s := range list {
		out = append(out, s.Text)
	}
	return strings.Join(out, " / ")
}

// escaped keeps what somebody wrote from being read as Markdown or markup.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "#", `\#`, "<", `\<`, "[", `\[`, "|", `\|`).Replace(s)
}

// PDF writes the document as tagged PDF: the same answers on the same day are the same bytes.
func (d document) PDF(l *lang.Locale, office string, at time.Time) ([]byte, error) {
	p := pdf.New(pdf.Info{Title: d.Title, Language: d.Language, Author: office, Date: time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, time.UTC),
		Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	p.Heading(1, pdf.Plain(d.Title))
	for _, f := range d.Facts {
		p.Paragraph(pdf.Plain(f))
	}
	for _, x := range d.Parts {
		if len(x.Title) > 0 {
			p.Heading(2, spans(x.Title)...)
		}
		for _, a := range x.Answers {
			level := 2
			if len(x.Title) > 0 {
				level = 3
			}
			p.Heading(level, pdf.Plain(a.Title))
			paragraphs(p, a.Question, true)
			paragraphs(p, a.Answer, false)
			for _, s := range a.Missing {
				p.Notice(pdf.Plain(s))
			}
		}
	}
	return p.Bytes()
}

func spans(list []said) []pdf.Span {
	var out []pdf.Span
	for i, s := range list {
		if i > 0 {
			out = append(out, pdf.Plain(" / "))
		}
		out = append(out, pdf.In(s.Lang, s.Text))
	}
	return out
}

// paragraphs writes texts paragraph by paragraph; a question stands out from its answer.
func paragraphs(p *pdf.Doc, list []said, strong bool) {
	for _, s := range list {
		for x := range strings.SplitSeq(s.Text, "\n") {
			if strings.TrimSpace(x) != "" {
				p.Paragraph(pdf.Span{Text: x, Lang: s.Lang, Bold: strong})
			}
		}
	}
}
