// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// listPage is /rights-texts.
type listPage struct {
	Lead  string
	Count string
	Table page.Table
	See   string // where the public pages are
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	all, err := rm.texts.List(ctx, as(r))
	if err != nil {
		return nil, err
	}
	l := r.L
	table := page.Table{Caption: l.T("rights.texts.caption"),
		Columns: []page.Column{{Text: l.T("rights.texts.country")}, {Text: l.T("rights.texts.language")}, {Text: l.T("rights.texts.status")}, {Text: l.T("rights.texts.reviewer")}, {Text: l.T("rights.texts.changed")}},
		Empty:   &page.Empty{Icon: "file-text", Title: l.T("rights.texts.empty.title"), Text: l.T("rights.texts.empty.text")}}
	signed := 0
	for _, s := range all {
		m := mark(l, s.Status)
		who := page.Cell{Text: "–"}
		if s.Status == TextPublic {
			signed++
			who = page.Cell{Text: s.Reviewer, Sub: s.Function}
		}
		table.Rows = append(table.Rows, page.Row{Cells: []page.Cell{{Text: l.Country(s.Country), Href: textPath(s.Country, s.Language)}, {Text: l.Language(s.Language)},
			{Text: m.Text, Tone: m.Tone}, who, {Text: l.Date(s.At)}}})
	}
	data := listPage{Lead: l.T("rights.texts.lead"), Table: table, See: rm.PublicAt + "/rights"}
	if len(all) > 0 {
		data.Count = l.N("rights.texts.count", signed, "Total", l.Number(len(all)))
	}
	return page.View("rights/texts", l.T("rights.texts.title"), data), nil
}

func textPath(country, language string) string {
	return "/rights-texts/" + url.PathEscape(country) + "/" + url.PathEscape(language)
}

// signForm is what signing takes.
type signForm struct {
	Hash       string `form:"hash"`
	Reviewer   string `form:"reviewer"`
	Function   string `form:"function"`
	Fictitious bool   `form:"fictitious"`
	Read       bool   `form:"read"`
}

// textPage is one text as staff see it.
type textPage struct {
	Title    string
	Crumbs   []page.Crumb
	Status   page.Mark
	Text     Text
	Left     article
	LeftName string
	Right    *article // another language of the same territory; nil shows what the text rests on beside it
	RightOf  string
	Changes  []page.Change // since the last signature
	See      string        // the page as the public sees it; "" while it is hidden
	Tabs     []page.Tab
	Facts    []page.Fact
	Events   []page.Event
	Path     string
	MaySign  bool
	Demo     bool
	Form     signForm
	Errors   page.FieldErrors
	Reasons  []page.Option
}

// one reads the text that a path names.
func (rm room) one(ctx context.Context, r *page.Request) (Text, error) {
	country, language := r.PathValue("country"), r.PathValue("language")
	if !party.IsCountry(country) || !languageTag.MatchString(language) {
		return Text{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return rm.texts.Open(ctx, as(r), country, language)
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	t, err := rm.one(ctx, r)
	if err != nil {
		return nil, err
	}
	data, err := rm.textPage(ctx, r, t)
	if err != nil {
		return nil, err
	}
	return page.View("rights/text", r.L.T("rights.texts.title"), data), nil
}

func (rm room) textPage(ctx context.Context, r *page.Request, t Text) (textPage, error) {
	l := r.L
	title := l.T("rights.text.title", "Country", l.Country(t.Country), "Language", l.Language(t.Language))
	d := textPage{Title: title, Crumbs: []page.Crumb{{Text: l.T("rights.texts.title"), Href: "/rights-texts"}, {Text: title}}, Status: mark(l, t.Status), Text: t,
		LeftName: l.Language(t.Language), Path: textPath(t.Country, t.Language), MaySign: maySign(r.Actor), Demo: r.Office.Demo, Form: signForm{Hash: t.Hash}}
	var err error
	if d.Left, err = articleOf(t); err != nil {
		return d, err
	}
	if err := rm.beside(ctx, r, t, &d); err != nil {
		return d, err
	}
	if t.Status == TextChanged {
		d.Changes = Changes(t.Signed, t.Body)
	}
	if t.Shown(r.Office.Demo) {
		d.See = rm.PublicAt + publicPath(t.Country, t.Language)
	}
	d.Facts = append(Facts(l, rm.Packs.For(t.Country), r.Now), page.Fact{Term: l.T("rights.text.facts.hash"), Text: t.Hash[:16]})
	for _, e := range t.Events {
		d.Events = append(d.Events, page.Event{At: e.At, Title: l.T("rights.text.event."+e.What, "Reviewer", e.Reviewer)})
	}
	slices.Reverse(d.Events)
	for _, w := range Withdrawals() {
		d.Reasons = append(d.Reasons, page.Option{Value: w, Text: l.T("rights.withdrawal." + w)})
	}
	return d, nil
}

// beside finds the other languages of the territory, and opens one of them.
func (rm room) beside(ctx context.Context, r *page.Request, t Text, d *textPage) error {
	all, err := rm.texts.List(ctx, as(r))
	if err != nil {
		return err
	}
	var others []string
	for _, s := range all {
		if s.Country == t.Country && s.Language != t.Language {
			others = append(others, s.Language)
		}
	}
	if len(others) == 0 {
		return nil
	}
	chosen := ""
	if q := r.URL.Query().Get("beside"); slices.Contains(others, q) {
		chosen = q
	}
	d.Tabs = append(d.Tabs, page.Tab{Text: r.L.T("rights.text.facts"), Href: d.Path, Current: chosen == ""})
	for _, o := range others {
		d.Tabs = append(d.Tabs, page.Tab{Text: r.L.Language(o), Href: d.Path + "?beside=" + url.QueryEscape(o), Current: o == chosen})
	}
	if chosen == "" {
		return nil
	}
	other, err := rm.texts.Open(ctx, as(r), t.Country, chosen)
	if err != nil {
		return err
	}
	a, err := articleOf(other)
	d.Right, d.RightOf = &a, r.L.Language(chosen)
	return err
}

func (rm room) sign(ctx context.Context, r *page.Request) (page.Response, error) {
	if !maySign(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	t, err := rm.one(ctx, r)
	if err != nil {
		return nil, err
	}
	var f signForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if err = f.confirmed(); err == nil {
		_, err = rm.Store.Append(ctx, as(r), TextRef(r.Actor.Owner, t.Country, t.Language),
			store.Draft{Type: "text.signed", Payload: TextSigned{f.Hash, f.Reviewer, f.Function, f.Fictitious}})
	}
	if err == nil {
		return page.Redirect(textPath(t.Country, t.Language), "rights.text.sign.notice"), nil
	}
	return rm.again(ctx, r, t, f, err)
}

// confirmed asks for the tick that says that the text was read.
func (f signForm) confirmed() error {
	if !f.Read {
		return fault.Bad("read", "rights.need.read_whole")
	}
	return nil
}

// again shows the page with what was wrong in the form. The hash that is sent next is the one of the words
// that are shown next.
func (rm room) again(ctx context.Context, r *page.Request, t Text, f signForm, wrong error) (page.Response, error) {
	errs := r.Errors(wrong)
	if errs == nil {
		return nil, wrong
	}
	data, err := rm.textPage(ctx, r, t)
	if err != nil {
		return nil, err
	}
	f.Hash, f.Read = t.Hash, false
	data.Form, data.Errors = f, errs
	return page.Status(http.StatusUnprocessableEntity, page.View("rights/text", r.L.T("rights.texts.title"), data)), nil
}

func (rm room) withdraw(ctx context.Context, r *page.Request) (page.Response, error) {
	t, err := rm.one(ctx, r)
	if err != nil {
		return nil, err
	}
	var f struct {
		Reason string `form:"reason"`
	}
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if _, err := rm.Store.Append(ctx, as(r), TextRef(r.Actor.Owner, t.Country, t.Language), store.Draft{Type: "text.withdrawn", Payload: TextWithdrawn{f.Reason}}); err != nil {
		return rm.again(ctx, r, t, signForm{}, err)
	}
	return page.Redirect(textPath(t.Country, t.Language), "rights.text.withdraw.notice"), nil
}
