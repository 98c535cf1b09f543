// SPDX-License-Identifier: EUPL-1.2

// Package explorer shows a release of figures to whoever was given its files: one page that opens from a folder, a stick or
// any web server, asks nobody for anything, and runs under a policy that lets it load nothing.
//
// The page reads without its script: every table of one column, each figure with its interval, what the figures mean, and the
// release's certificate. The script lets readers choose: a figure is shown where its table was measured, with its interval;
// where none was, it is counted in the records of people who do not exist, if there are any, and says so; else it is not shown.
//
//	b, err := explorer.Open(folder)
//	names, err := explorer.Folder(out, texts, b)
package explorer

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// The page's parts: 40 kB together.
var (
	//go:embed explorer.html
	shape string
	//go:embed explorer.css
	style string
	//go:embed explorer.js
	script string
)

var pages = template.Must(template.New("explorer").Parse(shape))

// Other is the same page in another language, beside it.
type Other struct{ Tag, Name, Href string }

// Options are what a page is told beside its release.
type Options struct {
	Others  []Other  // languages
	Earlier []Book   // releases of the same source, to compare with
	Files   []string // beside the page, to be downloaded
	Back    string   // where the page was reached from; "" for one that stands alone
	Theme   string   // "light" or "dark"; "" follows the reader's machine
}

// Write writes the page of a release in the locale's language. Errors: of a release that cannot be
// shown, as Open gives them.
func Write(w io.Writer, b Book, l *lang.Locale, o Options) error {
	if err := b.check(); err != nil {
		return err
	}
	v, err := sheetOf(b, l, o)
	if err != nil {
		return err
	}
	return pages.Execute(w, v)
}

// page writes the page of a folder.
func (b Book) page(l *lang.Locale, tag string, beside []string, earlier []Book) ([]byte, error) {
	o := Options{Earlier: earlier, Files: append([]string{"certificate." + tag + ".pdf"}, beside...)}
	for _, x := range languages {
		if x.tag != tag {
			o.Others = append(o.Others, Other{x.tag, x.name, "index" + x.suffix + ".html"})
		}
	}
	var out bytes.Buffer
	err := Write(&out, b, l, o)
	return out.Bytes(), err
}

// Shown shows a release inside an office, the same page as in its folder, in the reader's language and brightness. back is the
// path that leads back into the office. Errors: Write's.
func Shown(r *page.Request, b Book, back string, earlier ...Book) (page.Response, error) {
	o := Options{Earlier: earlier, Back: page.Local(back), Theme: page.Theme(r)}
	if o.Theme == "auto" {
		o.Theme = ""
	}
	var out bytes.Buffer
	if err := Write(&out, b, r.L, o); err != nil {
		return nil, err
	}
	scriptHash, styleHash := Hashes()
	return page.Standalone(out.Bytes(), scriptHash, styleHash), nil
}

// Hashes gives the two hashes by which a policy allows the page's script and style, and nothing else.
func Hashes() (scriptHash, styleHash string) { return hash(script), hash(style) }

func hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(h[:]) + "'"
}

// policy lets the page run its own script and style, and load nothing from anywhere.
func policy() string {
	s, c := Hashes()
	return fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'", s, c)
}

// text gives a text of a release in the reader's language, else in English, else in any, with its language where it is another.
func text(l *lang.Locale, in map[string]string) (said, tag string) {
	own, _, _ := strings.Cut(l.Tag(), "-")
	for _, t := range []string{l.Tag(), own, "en", "fr"} {
		if in[t] != "" {
			return in[t], l.Foreign(t)
		}
	}
	least := ""
	for t := range in {
		if in[t] != "" && (least == "" || t < least) {
			least = t
		}
	}
	return in[least], l.Foreign(least)
}
