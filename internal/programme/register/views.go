// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Limits of what one reader keeps of one register.
const (
	mostViews = 8
	maxName   = 60
	maxQuery  = 300
	viewsAge  = 365 * 24 * 3600
)

// Views are the filters that a reader has kept under names of her own, and what is chosen now.
type Views struct {
	Kept  []View
	Query string // of what is chosen; "" when nothing is, or it is kept already
	Post  string
}

// View is a kept filter.
type View struct {
	Name, Href string
	Current    bool
}

// kept is how a view lies in its cookie: a choice of how to see, like language and brightness, and like them of one
// browser. It holds codes that an address could hold, and a name.
type kept struct {
	Name  string `json:"n"`
	Query string `json:"q"`
}

// Shelf is where readers keep the filters of one list.
type Shelf struct {
	Room    string   // of the list, in the name of its cookie
	Path    string   // of the list
	Filters []string // what its filters are called
}

// Route is where a filter is put on the shelf, or taken from it.
func (g Shelf) Route() page.Route {
	return page.Route{Pattern: "POST " + g.Path + "/views", Handle: g.keep}
}

func (g *Of[S, L]) shelf() Shelf {
	out := Shelf{Room: g.Room, Path: g.Path}
	for _, f := range g.Filters {
		out.Filters = append(out.Filters, f.Name)
	}
	return out
}

// cookieName differs by reader: who signs in next on this machine does not see what a colleague keeps.
func (g Shelf) cookieName(r *page.Request) string {
	id := provenance.ID("views", g.Room, r.Actor.ID.String())
	return "views-" + hex.EncodeToString(id[:8])
}

// keeps reads what the reader keeps. What cannot be read counts as nothing.
func (g Shelf) keeps(r *page.Request) []kept {
	c, err := r.Cookie(g.cookieName(r))
	if err != nil {
		return nil
	}
	var out []kept
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out[:min(len(out), mostViews)]
}

// Views gives what the reader keeps, and what is chosen now, by the names of filters.
func (g Shelf) Views(r *page.Request, chosen map[string]string) *Views {
	v := &Views{Post: g.Path + "/views"}
	here := g.query(chosen)
	v.Query = here
	for _, k := range g.keeps(r) {
		q := g.clean(k.Query)
		if q == here {
			v.Query = ""
		}
		v.Kept = append(v.Kept, View{k.Name, g.Path + "?" + q, q == here})
	}
	return v
}

func (g Shelf) query(chosen map[string]string) string {
	v := url.Values{}
	for name, code := range chosen {
		v.Set(name, code)
	}
	return v.Encode()
}

// clean leaves of a query only what this list's filters are called: nobody's cookie leads anywhere else.
func (g Shelf) clean(query string) string {
	v, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	chosen := map[string]string{}
	for _, name := range g.Filters {
		if v.Get(name) != "" {
			chosen[name] = v.Get(name)
		}
	}
	return g.query(chosen)
}

// keep keeps what is chosen under a name, or drops one.
func (g Shelf) keep(_ context.Context, r *page.Request) (page.Response, error) {
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	all, done := g.keeps(r), "register.views.dropped"
	name, query := v.Get("name"), g.clean(v.Get("query"))
	if drop := v.Get("drop"); drop != "" {
		name, query = drop, ""
	}
	all = slices.DeleteFunc(all, func(k kept) bool { return k.Name == name })
	if query != "" {
		if name == "" || len(name) > maxName || len(query) > maxQuery {
			return page.Redirect(g.Path+"?"+query, "register.views.unnamed"), nil
		}
		all, done = append(all, kept{name, query}), "register.views.kept"
	}
	if len(all) > mostViews {
		return nil, fault.New(fault.Invalid, "register.views.many", "Max", mostViews)
	}
	b, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	to := g.Path
	if query != "" {
		to += "?" + query
	}
	return page.WithCookie(page.Redirect(to, done), &http.Cookie{Name: g.cookieName(r), Value: base64.RawURLEncoding.EncodeToString(b), Path: g.Path, MaxAge: viewsAge,
		HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode}), nil
}
