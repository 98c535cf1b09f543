// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Mail is an edition as an e-mail: a subject, and the same words as HTML and as text.
type Mail struct{ Subject, HTML, Text string }

// Size is the bytes of both parts.
func (m Mail) Size() int { return len(m.HTML) + len(m.Text) }

// Addresses are the links of an e-mail that are not the edition's own. Leave is each reader's own.
type Addresses struct {
	Page  string // the issue on the web
	Leave string
	Words *lang.Locale // of the edition's language
}

//go:embed mail/*.html
var mailFiles embed.FS

var mailPage = template.Must(template.New("letter.html").ParseFS(mailFiles, "mail/letter.html"))

// Mail writes an edition as an e-mail that loads nothing: no picture, no style sheet, no script. It reads in order with its
// styles taken away, and pictures stand in it as their words.
func (e Edition) Mail(a Addresses) (Mail, error) {
	l := a.Words
	var out strings.Builder
	err := mailPage.Execute(&out, struct {
		Edition
		Addresses
		Dir              string
		Online, LeaveNow string
		Picture          string
	}{e, a, l.Dir(), l.T("newsletter.mail.online"), l.T("newsletter.mail.leave"), l.T("newsletter.mail.picture")})
	if err != nil {
		return Mail{}, fmt.Errorf("newsletter: mail: %w", err)
	}
	return Mail{Subject: e.Title, HTML: out.String(), Text: e.text(l, a)}, nil
}

// text writes an edition as plain text, 72 letters to a line.
func (e Edition) text(l *lang.Locale, a Addresses) string {
	var b strings.Builder
	say := func(indent, s string) {
		for i, line := range wrap(s, 72-len(indent)) {
			if i > 0 {
				indent = strings.Repeat(" ", len(indent))
			}
			b.WriteString(indent + line + "\n")
		}
	}
	say("", e.Title)
	b.WriteString(strings.Repeat("=", min(72, len([]rune(e.Title)))) + "\n")
	say("", e.Office)
	say("", e.Period)
	if a.Page != "" {
		b.WriteString("\n" + l.T("newsletter.mail.online") + "\n" + a.Page + "\n")
	}
	for _, p := range e.Parts {
		b.WriteString("\n\n")
		say("", strings.ToUpper(p.Kicker))
		say("", p.Title)
		b.WriteString(strings.Repeat("-", min(72, len([]rune(p.Title)))) + "\n")
		for _, x := range p.Blocks {
			b.WriteString("\n")
			switch x.Shape {
			case Bullets, Numbers:
				for i, item := range x.Items {
					mark := "- "
					if x.Shape == Numbers {
						mark = fmt.Sprintf("%d. ", i+1)
					}
					say(mark, withLinks(item))
				}
			case Quote:
				say("> ", withLinks(x.Runs))
			case Image:
				say("", l.T("newsletter.mail.picture")+" "+x.Alt)
			default:
				say("", withLinks(x.Runs))
			}
		}
	}
	if a.Leave != "" {
		b.WriteString("\n\n--\n" + l.T("newsletter.mail.leave") + "\n" + a.Leave + "\n")
	}
	return b.String()
}

// withLinks gives the words of runs with addresses after them.
func withLinks(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
		if r.Href != "" && r.Href != r.Text {
			b.WriteString(" <" + r.Href + ">")
		}
	}
	return b.String()
}

// wrap breaks a text at spaces; a word that is longer than a line stands alone. No-break spaces hold.
func wrap(s string, width int) []string {
	var out []string
	line := ""
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }) {
		switch {
		case line == "":
			line = w
		case len([]rune(line))+1+len([]rune(w)) <= width:
			line += " " + w
		default:
			out, line = append(out, line), w
		}
	}
	return append(out, line)
}
