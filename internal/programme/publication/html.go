// SPDX-License-Identifier: EUPL-1.2

package publication

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"strings"
)

// style is all that a document's file looks like: it has nothing to load.
const style = `:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:64rem;margin:auto;padding:1rem}table{border-collapse:collapse;width:100%}caption{text-align:start;font-weight:600;padding:.5rem 0}` +
	`th,td{border-bottom:1px solid #8888;padding:.4rem .6rem .4rem 0;text-align:start;vertical-align:top}.num{text-align:end}.box{overflow-x:auto}.warn{border-inline-start:.4rem solid #c62828;padding-inline-start:1rem}`

// Name is what the document's files are called, without their endings.
func (d Document) Name() string {
	return Asked{Kind: d.Kind, Language: d.Language, Date: d.Date}.file("")
}

// HTML writes the document as one file that opens without a server, with no script in it. As in the PDF, links lead to the
// records and lists at its end, for whoever reads it outside of the office. The same document gives the same bytes.
func (d Document) HTML() []byte {
	var b bytes.Buffer
	put := func(format string, a ...string) {
		escaped := make([]any, len(a))
		for i, s := range a {
			escaped[i] = html.EscapeString(s)
		}
		fmt.Fprintf(&b, format, escaped...)
	}
	put(`<!doctype html><html lang="%s" dir="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>`, d.Language, d.Dir, d.Title)
	b.WriteString("<style>" + style + "</style></head>\n<body><main>")
	put("<h1>%s</h1>\n", d.Title)
	for _, x := range d.written() {
		if x.Anchor != "" {
			put(`<div id="%s">`, x.Anchor)
		}
		switch {
		case x.Heading != "" && x.Sub:
			put("<h3>%s</h3>", x.Heading)
		case x.Heading != "":
			put("<h2>%s</h2>", x.Heading)
		case x.Items != nil:
			b.WriteString("<ul>")
			for _, i := range x.Items {
				b.WriteString("<li>")
				flow(put, i)
				b.WriteString("</li>")
			}
			b.WriteString("</ul>")
		case x.Table != nil:
			grid(put, *x.Table)
		case x.Warn:
			b.WriteString(`<p class="warn">`)
			flow(put, x.Text)
			b.WriteString("</p>")
		default:
			b.WriteString("<p>")
			flow(put, x.Text)
			b.WriteString("</p>")
		}
		if x.Anchor != "" {
			b.WriteString("</div>")
		}
		b.WriteString("\n")
	}
	b.WriteString("</main></body></html>\n")
	return b.Bytes()
}

// flow writes passages one after the other.
func flow(put func(string, ...string), runs []Run) {
	for _, r := range runs {
		if r.Text == "\n" {
			put("<br>")
			continue
		}
		tag, attrs, values := "span", "", []string{}
		if to := r.inside(); to != "" {
			tag, attrs, values = "a", ` href="%s"`, append(values, to)
		}
		if r.Lang != "" {
			attrs, values = attrs+` lang="%s"`, append(values, r.Lang)
		}
		if attrs == "" {
			put("%s", r.Text)
			continue
		}
		put("<"+tag+attrs+">%s</"+tag+">", append(values, r.Text)...)
	}
}

func grid(put func(string, ...string), t Table) {
	put(`<div class="box" tabindex="0" role="region" aria-label="%s"><table><caption>%s</caption><thead><tr>`, t.Caption, t.Caption)
	class := func(i int) string {
		if t.Columns[i].Num {
			return ` class="num"`
		}
		return ""
	}
	for i, c := range t.Columns {
		put(`<th scope="col"`+class(i)+`>%s</th>`, c.Text)
	}
	put("</tr></thead><tbody>")
	for n, r := range t.Rows {
		if n < len(t.Codes) && t.Codes[n] != "" {
			put(`<tr id="%s">`, t.Codes[n])
		} else {
			put("<tr>")
		}
		for i, c := range r {
			if i == 0 {
				put(`<th scope="row">`)
				flow(put, c)
				put("</th>")
				continue
			}
			put("<td" + class(i) + ">")
			flow(put, c)
			put("</td>")
		}
		put("</tr>")
	}
	put("</tbody></table></div>")
}

// inside is where a run leads in a document that is read outside of the office: a record to its line in the list of all, what the office's
// pages list to that list in the annex; "" nowhere.
func (r Run) inside() string {
	code, ofRecord := strings.CutPrefix(r.Href, activityPages+"/")
	id, ofResult := strings.CutPrefix(r.Href, resultPages+"/")
	switch {
	case r.In != "":
		return r.In
	case ofRecord:
		return "#" + code
	case ofResult:
		return "#" + ofIndicator + id
	case r.Href == coverage:
		return "#" + countryList
	case strings.HasPrefix(r.Href, "#"):
		return r.Href
	case strings.HasPrefix(r.Href, activityPages):
		return "#" + cmp.Or(narrowed(r.Href), records)
	}
	return ""
}
