// SPDX-License-Identifier: EUPL-1.2

package reported

import (
	"cmp"
	"context"
	"embed"
	"net/url"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the list is.
const Path = "/programme/reported"

// Config is what the pages need.
type Config struct{ Store *store.Store }

type room struct{ Config }

// Room gives the pages. They are readable by everybody who reads the programme, and nothing is written here.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "reported", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "POST " + Path, Handle: rm.find},
		{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
	}}
}

// filter narrows the list. Its address holds codes only; a search is posted, so that no word of it stands in an address, a
// history or a log.
type filter struct {
	Country string `form:"country"`
	Query   string `form:"q"`
	After   string `form:"-"`
}

// maxQuery is the longest search, in bytes.
const maxQuery = 200

func (f filter) path() string {
	if f.Country == "" {
		return Path
	}
	return Path + "?country=" + url.QueryEscape(f.Country)
}

func (f filter) clean() filter {
	if f.Country != activity.None && !activity.IsCountry(f.Country) {
		f.Country = ""
	}
	f.Query = f.Query[:min(len(f.Query), maxQuery)]
	return f
}

type listPage struct {
	Filter      filter
	Crumbs      []page.Crumb
	Count       string
	Countries   []page.Option
	Table       page.Table
	Narrowed    bool
	More        bool // a search found more than is shown
	First, Next string
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	v := r.URL.Query()
	f := filter{Country: v.Get("country"), After: v.Get("after")}.clean()
	q := store.Query{Kind: access.KindActivity, By: "identifier", After: f.After}
	if f.Country != "" {
		q.Codes = map[string]string{"recipient": f.Country}
	}
	rows, err := rm.Store.List(ctx, register.As(r), q)
	if err != nil {
		return nil, err
	}
	d, err := rm.listed(ctx, r, f, rows.Rows)
	if err != nil {
		return nil, err
	}
	if f.After != "" {
		d.First = f.path()
	}
	if rows.Next != "" {
		x := url.Values{"after": {rows.Next}}
		if f.Country != "" {
			x.Set("country", f.Country)
		}
		d.Next = Path + "?" + x.Encode()
	}
	return page.View("reported/list", r.L.T("reported.title"), d), nil
}

// find takes the form: a search is answered at once, a plain filter gets an address of its own.
func (rm room) find(ctx context.Context, r *page.Request) (page.Response, error) {
	var f filter
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	f = f.clean()
	words := activity.Words(f.Query)
	if len(words) == 0 {
		return page.Redirect(f.path(), ""), nil
	}
	var search [][]store.Token
	for _, w := range words {
		search = append(search, []store.Token{{Kind: activity.WordToken, Value: w}})
	}
	if f.Country != "" {
		search = append(search, []store.Token{{Kind: activity.CountryToken, Value: f.Country}})
	}
	hits, err := rm.Store.Search(ctx, register.As(r), access.KindActivity, [][][]store.Token{search})
	if err != nil {
		return nil, err
	}
	d, err := rm.listed(ctx, r, f, hits.Rows)
	if err != nil {
		return nil, err
	}
	d.More, d.Count = hits.More, r.L.N("reported.count", len(d.Table.Rows))
	return page.View("reported/list", r.L.T("reported.title"), d), nil
}

// listed makes the page of a list of rows.
func (rm room) listed(ctx context.Context, r *page.Request, f filter, rows []store.Row) (listPage, error) {
	l := r.L
	d := listPage{Filter: f, Narrowed: f.Country != "" || f.Query != "", Crumbs: crumbs(l, page.Crumb{Text: l.T("reported.title")})}
	by, err := rm.Store.Tally(ctx, register.As(r), access.KindActivity, "recipient")
	if err != nil {
		return d, err
	}
	n := by[f.Country]
	if f.Country == "" {
		origins, err := rm.Store.Tally(ctx, register.As(r), access.KindActivity, "origin")
		if err != nil {
			return d, err
		}
		n = origins[activity.OfOthers]
	}
	d.Countries, d.Count = countryOptions(l, by), l.N("reported.count", n)
	d.Table = page.Table{Caption: l.T("reported.title"), Empty: empty(l, d.Narrowed)}
	for _, k := range []string{"activity", "publisher", "country", "dates"} {
		d.Table.Columns = append(d.Table.Columns, page.Column{Text: l.T("reported." + k)})
	}
	for _, row := range rows {
		a, err := store.Summary[activity.Line](row)
		if err != nil {
			return d, err
		}
		d.Table.Rows = append(d.Table.Rows, page.Row{Cells: []page.Cell{
			{Text: cmp.Or(a.Title, a.Code), Lang: l.Foreign(a.Language), Href: Path + "/" + row.Ref.ID.String(), Sub: a.Code},
			{Text: a.Publisher}, {Text: register.Countries(l, a.Countries)}, {Text: span(l, a.Start, a.End)}}})
	}
	return d, nil
}

func countryOptions(l *lang.Locale, by map[string]int) []page.Option {
	var out []page.Option
	for c, n := range by {
		if c != activity.None {
			out = append(out, page.Option{Value: c, Text: l.T("reported.option", "Name", l.Country(c), "Count", l.Number(n))})
		}
	}
	inorder.By(out, func(a, b page.Option) int { return cmp.Compare(activity.Plain(a.Text), activity.Plain(b.Text)) })
	if n := by[activity.None]; n > 0 {
		out = append(out, page.Option{Value: activity.None, Text: l.T("reported.option", "Name", l.T("reported.no_country"), "Count", l.Number(n))})
	}
	return out
}

func empty(l *lang.Locale, narrowed bool) *page.Empty {
	if narrowed {
		return &page.Empty{Icon: "search", Title: l.T("reported.none_found"), Text: l.T("reported.none_found.text"), Action: &page.Action{Text: l.T("reported.all"), Href: Path}}
	}
	return &page.Empty{Icon: "file-import", Title: l.T("reported.empty"), Text: l.T("reported.empty.text")}
}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}}, more...)
}
