// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"context"
	"net/url"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/packs/countries"
)

// publicList lets somebody choose where they are. The route is public: no cookie, no session, no log line.
func (rm room) publicList(ctx context.Context, r *page.Request) (page.Response, error) {
	all, err := rm.texts.List(ctx, rm.Public)
	if err != nil {
		return nil, err
	}
	ready := map[string]bool{}
	for _, s := range all {
		if s.Status == TextPublic && (r.Office.Demo || !s.Fictitious) {
			ready[s.Country] = true
		}
	}
	table := page.Table{Caption: r.L.T("rights.public.lead"), Columns: []page.Column{{Text: r.L.T("rights.public.where")}, {Text: r.L.T("rights.texts.status")}}}
	codes := rm.Packs.Codes()
	inorder.Stably(codes, func(a, b string) int { // what can be read first, then by name
		if ready[a] != ready[b] {
			return map[bool]int{true: -1, false: 1}[ready[a]]
		}
		return strings.Compare(r.L.Country(a), r.L.Country(b))
	})
	for _, code := range codes {
		m := page.Cell{Text: r.L.T("rights.public.not_ready"), Tone: page.Off}
		if ready[code] {
			m = page.Cell{Text: r.L.T("rights.public.ready"), Tone: page.Good}
		}
		table.Rows = append(table.Rows, page.Row{Cells: []page.Cell{{Text: r.L.Country(code), Href: publicPath(code, wanted(r))}, m}})
	}
	return page.View("rights/public-list", r.L.T("rights.public.title"), table), nil
}

// publicPage is what the page of one territory shows.
type publicPage struct {
	Country    string
	Article    *article // nil while no signed text stands in this language
	Signature  Signature
	Emergency  emergency
	Hotlines   []Hotline
	Others     []page.Action // the same text in languages that are signed
	Elsewhere  bool          // there is none in this language, and there are Others
	All        string        // path of the list
	Fictitious bool
}

// emergency is the line on what to do in danger.
type emergency struct {
	Text      string
	Unchecked bool
}

func (rm room) publicText(ctx context.Context, r *page.Request) (page.Response, error) {
	code := strings.ToUpper(r.PathValue("country"))
	if !rm.Packs.Has(code) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	want := wanted(r)
	data := publicPage{Country: r.L.Country(code), Emergency: emergencyOf(r.L, rm.Packs.For(code)), All: "/rights?lang=" + url.QueryEscape(want)}
	var err error
	if rm.Hotlines != nil {
		if data.Hotlines, err = rm.Config.Hotlines(ctx, r, code); err != nil {
			return nil, err
		}
	}
	t, err := rm.nearest(ctx, r, code, want)
	if err != nil {
		return nil, err
	}
	if t.Shown(r.Office.Demo) {
		a, err := articleOf(t)
		if err != nil {
			return nil, err
		}
		data.Article, data.Signature, data.Fictitious = &a, t.Signature, t.Signature.Fictitious
	} else if data.Others, data.Elsewhere, err = rm.others(ctx, r, code, want); err != nil {
		return nil, err
	}
	return page.View("rights/public", r.L.T("rights.public.title"), data), nil
}

// nearest gives the text in a language, or else in the language without its region ("sq" for "sq-AL"). The
// zero Text is shown to nobody.
func (rm room) nearest(ctx context.Context, r *page.Request, code, want string) (Text, error) {
	base, _, _ := strings.Cut(want, "-")
	for _, language := range []string{want, base} {
		t, err := rm.texts.Open(ctx, rm.Public, code, language)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return Text{}, err
		}
		if t.Shown(r.Office.Demo) {
			return t, nil
		}
	}
	return Text{}, nil
}

// others links to the languages in which the public may read a territory's text; elsewhere says that there are some and
// that nobody has written it in the language that was asked for.
func (rm room) others(ctx context.Context, r *page.Request, code, want string) (out []page.Action, elsewhere bool, err error) {
	all, err := rm.texts.List(ctx, rm.Public)
	if err != nil {
		return nil, false, err
	}
	base, _, _ := strings.Cut(want, "-")
	written := false
	for _, s := range all {
		written = written || s.Country == code && (s.Language == want || s.Language == base)
		if s.Country == code && s.Status == TextPublic && (r.Office.Demo || !s.Fictitious) {
			out = append(out, page.Action{Text: r.L.T("rights.public.other", "Language", r.L.Language(s.Language)), Href: publicPath(code, s.Language)})
		}
	}
	return out, !written && len(out) > 0, nil
}

func publicPath(code, language string) string {
	return "/rights/" + code + "?lang=" + url.QueryEscape(language)
}

// wanted gives the language of the text that is asked for: a text may stand in one that the office's own
// pages do not speak. Without a wish it is the language of the page.
func wanted(r *page.Request) string {
	if q := r.URL.Query().Get("lang"); languageTag.MatchString(q) && len(q) <= 20 {
		return q
	}
	base, _, _ := strings.Cut(r.L.Tag(), "-")
	return base
}

// emergencyOf says what to do in danger; a number that nobody has checked says so.
func emergencyOf(l *lang.Locale, p countries.Pack) emergency {
	n := p.Emergency
	if n.Number == "" {
		return emergency{Text: l.T("rights.public.emergency.unknown")}
	}
	return emergency{Text: l.T("rights.public.emergency", "Number", n.Number), Unchecked: !n.Verified()}
}
