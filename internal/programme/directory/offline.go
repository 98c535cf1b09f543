// SPDX-License-Identifier: EUPL-1.2

package directory

import (
	"bytes"
	"context"
	"html/template"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// card is one listing as it is handed on.
type card struct {
	Name, Sort, Area, Phone, Hours, Languages, Groups, Helps, Text string
	Checked                                                        page.Mark
	Office                                                         string // whose it is, where it is another's
}

// land is what can be called and asked in one country or territory.
type land struct {
	Country string
	Cards   []card
}

// lands gives what holds, by country or territory in the order of the reader's language; narrow says which to take.
func (c Config) lands(ctx context.Context, r *page.Request, codes map[string]string) ([]land, error) {
	v, err := c.view(ctx, r)
	if err != nil {
		return nil, err
	}
	codes["state"] = "listed"
	rows, err := c.register().Rows(ctx, register.As(r), codes)
	if err != nil {
		return nil, err
	}
	var out []land
	for _, x := range rows {
		name := r.L.Country(x.V.Country)
		i := slices.IndexFunc(out, func(l land) bool { return l.Country == name })
		if i < 0 {
			out = append(out, land{Country: name})
			i = len(out) - 1
		}
		out[i].Cards = append(out[i].Cards, c.cardOf(v, x.V))
	}
	return out, nil
}

// view is who looks.
func (c Config) view(ctx context.Context, r *page.Request) (*see, error) {
	v, _, err := c.register().Chosen(ctx, r)
	return v, err
}

func (c Config) cardOf(v *see, x Line) card {
	l := v.L
	out := card{Name: x.Name, Sort: l.T("directory.sort." + string(x.Sort)), Area: x.Area, Phone: x.Phone, Hours: x.Hours, Languages: spoken(l, x.Languages), Groups: worded(l, "directory.group.", x.Groups),
		Helps: worded(l, "directory.help.", x.Helps), Text: x.Text.In(l.Tag()).Text, Checked: mark(v, x)}
	if !x.From.IsZero() {
		out.Office = c.nameOf(v, x.From)
	}
	return out
}

// cardsData is the page to cut out and carry.
type cardsData struct {
	Crumbs    []page.Crumb
	Countries []page.Tab
	Lands     []land
}

// cards shows the hotlines of a country or territory, or of all, small enough to carry.
func (c Config) cards(ctx context.Context, r *page.Request) (page.Response, error) {
	chosen, codes := r.URL.Query().Get("country"), map[string]string{"sort": string(Hotline)}
	if activity.IsCountry(chosen) {
		codes["country"] = chosen
	}
	lands, err := c.lands(ctx, r, codes)
	if err != nil {
		return nil, err
	}
	v, err := c.view(ctx, r)
	if err != nil {
		return nil, err
	}
	d := cardsData{Crumbs: c.register().Crumbs(r, r.L.T("directory.cards")), Lands: lands, Countries: []page.Tab{{Text: r.L.T("directory.all"), Href: Path + "/cards", Current: codes["country"] == ""}}}
	for _, code := range v.Values("country") {
		d.Countries = append(d.Countries, page.Tab{Text: r.L.Country(code), Href: Path + "/cards?country=" + code, Current: codes["country"] == code})
	}
	return page.View("directory/cards", r.L.T("directory.cards"), d), nil
}

// offline gives the directory as one page that opens without a server, in the reader's language.
func (c Config) offline(ctx context.Context, r *page.Request) (page.Response, error) {
	lands, err := c.lands(ctx, r, map[string]string{})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = alone.Execute(&b, map[string]any{"L": words{r.L}, "Tag": r.L.Tag(), "Dir": r.L.Dir(), "Made": r.L.DateTime(r.Now), "Lands": lands})
	return page.File("directory.html", "text/html; charset=utf-8", b.Bytes()), err
}

// words gives the page its texts.
type words struct{ l *lang.Locale }

// T gives a text of the room.
func (w words) T(key string) string { return w.l.T("directory." + key) }

// Joined joins what is there with middle dots.
func (w words) Joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// alone is a page that needs nothing beside it. It carries its own style: it is opened from a folder, not from an office.
var alone = template.Must(template.New("directory").Parse(`<!doctype html>
<html lang="{{.Tag}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{{.L.T "title"}}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:0 auto;padding:1rem}section{break-inside:avoid}article{border-top:1px solid GrayText;padding:.5rem 0;break-inside:avoid}h2{margin:1.5rem 0 .5rem}h3{margin:0;font-size:1rem}p{margin:.125rem 0}.phone{font-size:1.25rem;font-weight:700;direction:ltr;unicode-bidi:isolate;display:inline-block}small{font-size:.875rem}</style></head>
<body><h1>{{.L.T "title"}}</h1><p><small>{{.L.T "offline.made"}} {{.Made}}. {{.L.T "careful"}}</small></p>
{{$l := .L}}{{range .Lands}}<section><h2>{{.Country}}</h2>{{range .Cards}}<article><h3>{{.Name}}</h3><p><small>{{$l.Joined .Sort .Area .Groups}}</small></p>{{if .Phone}}<p class="phone">{{.Phone}}</p>{{end}}{{with $l.Joined .Hours .Languages}}<p>{{.}}</p>{{end}}{{if .Helps}}<p>{{.Helps}}</p>{{end}}{{if .Text}}<p>{{.Text}}</p>{{end}}<p><small>{{$l.Joined .Checked.Text .Office}}</small></p></article>{{end}}</section>{{else}}<p>{{.L.T "empty"}}</p>{{end}}
</body></html>
`))
