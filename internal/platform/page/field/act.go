// SPDX-License-Identifier: EUPL-1.2

package field

import (
	"cmp"
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Opened opens the dossier of a kind that a page's address names, as somebody may see it. Errors: the door's, NotFound for one of which
// nothing was recorded.
func Opened(ctx context.Context, s *store.Store, w store.Who, r *page.Request, kind string) (*store.Opened, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	o, err := s.Open(ctx, w, store.Ref{Kind: kind, ID: id})
	if err == nil && !o.State.(interface{ Exists() bool }).Exists() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return o, err
}

// Act is something that can be done about the thing of a Matter; Asks says that it has a form, or only shows something.
type Act struct {
	Name, Icon  string
	Asks, First bool
	Danger      bool
	Elsewhere   string // its address, where that is not the thing's own with its name
}

// Actions puts acts on the page of a Matter: words is where the catalogue has their names, path where the thing is.
func Actions(r *page.Request, acts []Act, words, path string) []page.Action {
	var out []page.Action
	for _, a := range acts {
		x := page.Action{Text: r.L.T(words + a.Name), Icon: a.Icon, Primary: a.First, Danger: a.Danger, Href: cmp.Or(a.Elsewhere, path+"/"+a.Name)}
		if !a.Asks {
			x.Href, x.Post = "", x.Href
		}
		out = append(out, x)
	}
	return out
}

// Course lists what happened to something, newest first. words is where the catalogue has the types of its entries, known gives the names
// of accounts, and say what is said of an entry besides; it may be nil.
func Course(ctx context.Context, r *page.Request, entries []journal.Entry, words string, known func(context.Context, ...journal.ID) map[journal.ID]string, say func(journal.Entry) string) []page.Event {
	var ids []journal.ID
	for _, e := range entries {
		ids = append(ids, e.Actor)
	}
	names := known(ctx, ids...)
	var out []page.Event
	for _, e := range slices.Backward(entries) {
		x := page.Event{At: e.OccurredAt, Title: r.L.T(words + e.Type), Who: names[e.Actor], Tone: page.Off}
		if say != nil {
			x.Text = say(e)
		}
		out = append(out, x)
	}
	return out
}

// Refused shows a Matter again with why something could not be done about it; an error that says nothing of it is given back.
func (m Matter) Refused(r *page.Request, template, title string, err error) (page.Response, error) {
	return Refused(r, template, title, &m, &m, err)
}

// Refused is Matter.Refused for a page that shows more than its Matter.
func Refused(r *page.Request, template, title string, m *Matter, d any, err error) (page.Response, error) {
	code := map[fault.Kind]int{fault.Invalid: 422, fault.Guarded: 409, fault.Uncovered: 403}[fault.Of(err)]
	if code == 0 {
		return nil, err
	}
	m.Notes = slices.Insert(m.Notes, 0, Note{Tone: page.Bad, Title: r.L.Fault(err)})
	return page.Status(code, page.View(template, r.L.T(title), d)), nil
}

// ID reads an id of a form or an address; what is none is the zero one, which guards refuse.
func ID(s string) journal.ID {
	id, err := journal.ParseID(s)
	if err != nil {
		return journal.ID{}
	}
	return id
}
