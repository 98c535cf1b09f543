// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/office"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// offices serves the pages of all offices of a node, each with its own kind, rooms, zone and language. An account
// belongs to one office, so signing in says which; before that, people of a node with several offices stand in a hall
// that names none of them.
type offices struct {
	n    *Node
	hall http.Handler // nil with one office

	mu      sync.RWMutex // guards what follows
	changed map[journal.ID]office.Settings
	rules   map[journal.ID]*access.Policies // of offices with packs
	sites   map[journal.ID]http.Handler     // nil until build
}

func newOffices(n *Node) *offices {
	return &offices{n: n, changed: map[journal.ID]office.Settings{}, rules: map[journal.ID]*access.Policies{}}
}

// now gives an owner's settings with what its administrators changed.
func (f *offices) now(o Owner) Owner {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if s, ok := f.changed[o.ID]; ok {
		o.Name, o.Zone, o.Language, o.Threshold, o.Appearance = s.Name, s.Zone, s.Language, s.Threshold, s.Appearance
	}
	return o
}

func (f *offices) all() []Owner {
	var out []Owner
	for _, o := range f.n.Settings.Owners {
		out = append(out, f.now(o))
	}
	return out
}

// load reads an office's settings from its entries, and lets its card and its pages follow.
func (f *offices) load(ctx context.Context, owner journal.ID) error {
	who, err := f.n.Job(owner, "operator", access.ForAdministration)
	if err != nil {
		return err
	}
	d, err := f.n.Store.Open(ctx, who, store.Ref{Kind: access.KindOffice, ID: owner})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil {
		if err := f.follow(owner, d.State.(office.State)); err != nil {
			return err
		}
	}
	o, err := f.n.settingsOf(owner)
	if err != nil {
		return err
	}
	if err := f.n.directory.load(ctx, o); err != nil {
		return err
	}
	return f.rebuild(o)
}

// follow lets what an office decided hold from now on.
func (f *offices) follow(owner journal.ID, s office.State) error {
	rules, err := s.Rules(f.n.Policies)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules[owner] = rules
	if len(s.Changes) > 0 {
		f.changed[owner] = s.Settings
	}
	return nil
}

// build makes the pages of all offices.
func (f *offices) build() error {
	f.mu.Lock()
	f.sites = map[journal.ID]http.Handler{}
	f.mu.Unlock()
	for _, o := range f.all() {
		if err := f.rebuild(o); err != nil {
			return err
		}
	}
	if len(f.n.Settings.Owners) < 2 {
		return nil
	}
	var err error
	f.hall, err = f.n.hall()
	return err
}

// rebuild makes the pages of one office; before build it does nothing.
func (f *offices) rebuild(o Owner) error {
	f.mu.RLock()
	unbuilt := f.sites == nil
	f.mu.RUnlock()
	if unbuilt {
		return nil
	}
	site, err := f.n.pages(o)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sites[o.ID] = site
	return nil
}

// ServeHTTP gives a request to the pages of the office that it is for.
func (f *offices) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.site(r).ServeHTTP(w, r)
}

func (f *offices) site(r *http.Request) http.Handler {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if o := f.of(r); !o.ID.IsZero() {
		return f.sites[o.ID]
	}
	return f.hall
}

// of finds the office that a request is for: by the host of its public pages, or by what the request carries, which
// is a hint and proves nothing. The zero Owner is nobody's, so the hall.
func (f *offices) of(r *http.Request) Owner {
	all := f.n.Settings.Owners
	for _, o := range all {
		if h := f.n.publicHost(o); h != "" && strings.EqualFold(h, r.Host) {
			return o
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	id := f.n.Identity.OwnerOf(r)
	if i := slices.IndexFunc(all, func(o Owner) bool { return o.ID == id }); i >= 0 {
		return all[i]
	}
	return Owner{}
}

// publicHost is the host of an office's pages for the public: its own, or, for the first office, the node's.
func (n *Node) publicHost(o Owner) string {
	if o.ID == n.Settings.Owners[0].ID {
		return cmp.Or(o.PublicHost, n.Settings.PublicHost)
	}
	return o.PublicHost
}

// hall is where people stand who have not said yet who they are: they can sign in or start with a link, and anybody
// can read the first office's pages for the public.
func (n *Node) hall() (http.Handler, error) {
	first := n.Settings.Owners[0]
	door := page.Room{Name: "hall", Routes: []page.Route{{Pattern: "GET /", Handle: func(context.Context, *page.Request) (page.Response, error) {
		return nil, fault.New(fault.Unsigned, "fault.unsigned")
	}}}}
	rooms := []page.Room{identity.Room(n.Identity, languagesOf(n.Bundle.Tags())), door}
	public, mounted, err := n.rightsRoom(first)
	if err != nil {
		return nil, err
	}
	if mounted && n.publicHost(first) == "" {
		public.Menu = nil
		public.Routes = slices.DeleteFunc(public.Routes, func(rt page.Route) bool { return !rt.Public })
		rooms = append(rooms, public)
	}
	c := n.pageConfig(Owner{Name: "Entraide", Zone: first.Zone}, rooms)
	c.PublicHost, c.Reviewed = "", n.reviewedAt(first)
	return page.New(c)
}

// settingsRoom mounts the page of what an office decides about itself.
func (n *Node) settingsRoom(o Owner) page.Room {
	return office.Room(office.Config{Store: n.Store, Languages: languagesOf(n.Bundle.Tags()), CommandLine: store.JobID("operator"),
		Now: func() office.Settings {
			x := n.offices.now(o)
			return office.Settings{Name: x.Name, Zone: x.Zone, Language: x.Language, Threshold: x.Threshold, Appearance: x.Appearance}
		},
		Changed: func(ctx context.Context) error { return n.offices.load(ctx, o.ID) },
		Names:   func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) },
		Fixed:   office.Fixed{Country: o.Country, URL: n.Settings.URL, Public: n.publicHost(o), Facts: o.Facts}})
}

// languagesOf leaves the test languages out of what an office can choose.
func languagesOf(tags []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return strings.Contains(t, "-X") })
}
