// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// readPage is an edition as it is read: by its writers before, by everybody after.
type readPage struct {
	Edition
	Dir       string
	Crumbs    []page.Crumb
	Preview   bool
	Languages []page.Tab
	PDF       string
	Files     []page.Action
	Pictures  string // address before a picture's key
	Stamp     string
	Errata    []string
	Changes   []string
	Hash      string
	Archive   string
	Subscribe string
	Words     map[string]string // of the edition's language, whatever the reader's screen is in
}

func (rm room) page(r *page.Request, e Edition, base string) readPage {
	l := rm.Locale(e.Language)
	d := readPage{Edition: e, Dir: l.Dir(), Words: map[string]string{"corrections": l.T("newsletter.corrections"), "records": l.T("newsletter.records"), "contents": l.T("newsletter.contents"), "languages": l.T("publication.languages"),
		"subscribe": l.T("newsletter.subscribe"), "issues": l.T("newsletter.issues"), "hash": l.T("newsletter.hash", "Hash", "")}}
	for _, tag := range Languages() {
		d.Languages = append(d.Languages, page.Tab{Text: rm.Locale(tag).Language(tag), Href: base + "?lang=" + tag, Current: tag == e.Language})
	}
	return d
}

// linked gives an edition whose facts lead to their records.
func linked(e Edition) Edition {
	to := func(runs []Run) []Run {
		out := slices.Clone(runs)
		for i, r := range out {
			if r.Ref != "" {
				out[i].Href = recordPath(r.Ref)
			}
		}
		return out
	}
	e.Parts = slices.Clone(e.Parts)
	for i, p := range e.Parts {
		p.Blocks = slices.Clone(p.Blocks)
		for j, b := range p.Blocks {
			b.Runs, b.Items = to(b.Runs), slices.Clone(b.Items)
			for k := range b.Items {
				b.Items[k] = to(b.Items[k])
			}
			p.Blocks[j] = b
		}
		e.Parts[i] = p
	}
	return e
}

func (rm room) preview(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.open(ctx, r)
	if err != nil {
		return nil, err
	}
	e := edition(r, o.editions)
	at := issuePath(o.ID)
	d := rm.page(r, linked(e), at+"/preview")
	d.Preview, d.Hash = true, grouped(o.hash())
	d.Crumbs = crumbs(r.L, page.Crumb{Text: register.Quote(r.L, o.Begun.Title).Text, Href: at}, page.Crumb{Text: r.L.Language(e.Language)})
	for _, f := range forms {
		d.Files = append(d.Files, page.Action{Text: r.L.T("newsletter.form." + f), Href: at + "/preview/" + f + "?lang=" + e.Language, Icon: "download"})
	}
	d.Pictures = at + "/preview/"
	return page.View("newsletter/read", r.L.T("newsletter.issue"), d), nil
}

// forms are the files that an edition can be looked at in before it goes out.
var forms = []string{"pdf", "html", "text"}

func (rm room) previewFile(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.open(ctx, r)
	if err != nil {
		return nil, err
	}
	e := edition(r, o.editions)
	l := rm.Locale(e.Language)
	form := r.PathValue("form")
	if form == "pdf" {
		s := Stamp{Day: day(r.Now.Format("2006-01-02"))}
		if o.Out() {
			s = rm.stamp(l, o.Issue)
		}
		b, err := e.PDF(l, s, o.Pictures)
		return page.File("letter-"+e.Language+".pdf", "application/pdf", b), err
	}
	m, err := e.Mail(Addresses{Page: rm.PublicAt + PublicPath, Leave: rm.PublicAt + PublicPath + "/leave/", Words: l})
	if err != nil {
		return nil, err
	}
	switch form {
	case "html":
		return page.File("letter-"+e.Language+".html", "text/html; charset=utf-8", []byte(m.HTML)), nil
	case "text":
		return page.File("letter-"+e.Language+".txt", "text/plain; charset=utf-8", []byte(m.Text)), nil
	}
	if b := o.Pictures[form]; b != nil {
		return page.File(form+".png", "image/png", b), nil
	}
	return nil, fault.New(fault.NotFound, "fault.not_found")
}

func (rm room) stamp(l *lang.Locale, i Issue) Stamp {
	s := Stamp{Number: i.Published.Number, Day: day(i.Published.Day), Hash: i.Published.Hash}
	for _, x := range i.Errata {
		s.Errata = append(s.Errata, x.Text.In(l.Tag()).Text)
	}
	return s
}

// archive lists the issues that everybody may read. The route is public: no cookie, no session, no log line.
func (rm room) archive(ctx context.Context, r *page.Request) (page.Response, error) {
	l := rm.reader(r)
	rows, err := register.All[Line](ctx, rm.Store, rm.Public, store.Query{Kind: access.KindPublication})
	if err != nil {
		return nil, err
	}
	inorder.By(rows, func(a, b register.Found[Line]) int { return b.V.Number - a.V.Number })
	t := page.Table{Caption: l.T("newsletter.issues"), Columns: []page.Column{{Text: l.T("newsletter.number")}, {Text: l.T("newsletter.name")}, {Text: l.T("newsletter.period")}, {Text: l.T("newsletter.day")}, {Text: l.T("newsletter.corrections")}},
		Empty: &page.Empty{Icon: "mail", Title: l.T("newsletter.public.none"), Text: l.T("newsletter.public.none.text")}}
	for _, x := range rows {
		if x.V.Number == 0 {
			continue
		}
		o, err := rm.opened(ctx, rm.Public, x.ID)
		if err != nil {
			return nil, err
		}
		e := editionIn(l, o.editions)
		n := len(o.Errata) + len(PublicChanges(e, o.records, rm.Locale(e.Language)))
		name := page.Cell{Text: e.Title, Href: PublicPath + "/" + strconv.Itoa(x.V.Number) + "?lang=" + e.Language}
		corrected := page.Cell{Text: l.T("newsletter.corrections.none"), Tone: page.Good}
		if n > 0 {
			corrected = page.Cell{Text: l.N("newsletter.corrections.n", n), Tone: page.Warn}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.Number(x.V.Number)}, name, {Text: e.Period}, {Text: l.Date(day(x.V.Day))}, corrected}})
	}
	return page.View("newsletter/archive", r.L.T("newsletter.title"), archivePage{t, l.Tag(), l.Dir(), l.T("newsletter.title"), l.T("newsletter.public.lead"), l.T("newsletter.subscribe"), rm.subscribing(l)}), nil
}

// archivePage is the list of issues, in one of the languages of the editions.
type archivePage struct {
	Table                             page.Table
	Language, Dir, Title, Lead, Words string
	Subscribe                         string
}

func (rm room) subscribing(l *lang.Locale) string {
	if rm.Subscribe == "" {
		return ""
	}
	return rm.Subscribe + "?lang=" + l.Tag()
}

// reader gives the words of the edition's languages that are nearest to a reader's: an issue is in no other.
func (rm room) reader(r *page.Request) *lang.Locale {
	tag := r.URL.Query().Get("lang")
	if !slices.Contains(Languages(), tag) {
		tag, _, _ = strings.Cut(r.L.Tag(), "-")
	}
	if !slices.Contains(Languages(), tag) {
		tag = "en"
	}
	return rm.Locale(tag)
}

func editionIn(l *lang.Locale, list []Edition) Edition {
	at := slices.IndexFunc(list, func(e Edition) bool { return e.Language == l.Tag() })
	return list[max(at, 0)]
}

// numbered opens a published issue by its number; a draft is not there.
func (rm room) numbered(ctx context.Context, r *page.Request) (opened, error) {
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || n < 1 {
		return opened{}, fault.New(fault.NotFound, "fault.not_found")
	}
	rows, err := rm.Store.List(ctx, rm.Public, store.Query{Kind: access.KindPublication, Codes: map[string]string{"number": strconv.Itoa(n)}})
	if err != nil {
		return opened{}, err
	}
	if len(rows.Rows) == 0 {
		return opened{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return rm.opened(ctx, rm.Public, rows.Rows[0].Ref.ID)
}

func (rm room) read(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.numbered(ctx, r)
	if err != nil {
		return nil, err
	}
	l := rm.reader(r)
	e := editionIn(l, o.editions)
	base := PublicPath + "/" + strconv.Itoa(o.Published.Number)
	d := rm.page(r, e, base)
	s := rm.stamp(l, o.Issue)
	d.Stamp, d.Errata, d.Hash = l.T("newsletter.stamp", "N", s.Number, "Date", l.Date(s.Day)), s.Errata, grouped(s.Hash)
	for _, c := range PublicChanges(e, o.records, l) {
		now := c.Now
		if now == "" {
			now = l.T("publication.unknown")
		}
		d.Changes = append(d.Changes, l.T("newsletter.change", "Fact", rm.fact(l, o.records, c.Ref), "Was", c.Was, "Now", now))
	}
	d.PDF, d.Pictures, d.Archive, d.Subscribe = base+"/file?lang="+e.Language, base+"/pictures/", PublicPath+"?lang="+e.Language, rm.subscribing(l)
	return page.View("newsletter/read", r.L.T("newsletter.title"), d), nil
}

func (rm room) readFile(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.numbered(ctx, r)
	if err != nil {
		return nil, err
	}
	l := rm.reader(r)
	e := editionIn(l, o.editions)
	b, err := e.PDF(l, rm.stamp(l, o.Issue), o.Pictures)
	return page.File("letter-"+strconv.Itoa(o.Published.Number)+"-"+e.Language+".pdf", "application/pdf", b), err
}

func (rm room) readPicture(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.numbered(ctx, r)
	if err != nil {
		return nil, err
	}
	b := o.Pictures[r.PathValue("key")]
	if b == nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return page.File("picture.png", "image/png", b), nil
}
