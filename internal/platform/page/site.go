// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page/assets"
)

// site is an office's pages, built once and then only read, but for the limiter and the template cache, which lock.
type site struct {
	c       Config
	menu    []MenuItem
	views   *views
	assets  *assets.Set
	meter   meter
	limit   *limiter
	pub     *http.ServeMux // Public routes
	mux     *http.ServeMux // all others
	hosts   bool           // pub and mux are under different hosts
	choices []string       // language tags on offer
}

func newSite(c Config) (*site, error) {
	if c.Bundle == nil || c.Clock == nil {
		return nil, errors.New("page: a bundle and a clock are needed")
	}
	c.Zone = cmp.Or(c.Zone, time.UTC)
	c.ExitTo = cmp.Or(c.ExitTo, "https://www.wikipedia.org/")
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	if c.Gallery {
		c.Rooms = append(slices.Clone(c.Rooms), galleryRoom())
	}
	s := &site{c: c, hosts: c.PublicHost != "", mux: http.NewServeMux(), limit: newLimiter(c)}
	s.pub = s.mux
	if s.hosts {
		s.pub = http.NewServeMux()
	}
	var err error
	if s.assets, err = assets.Load(); err != nil {
		return nil, err
	}
	s.meter = newMeter(c.Metrics)
	if s.views, err = newViews(c, s.assets); err != nil {
		return nil, err
	}
	for _, t := range c.Bundle.Tags() {
		if !strings.Contains(t, "-X") { // the test locales can be asked for by name only
			s.choices = append(s.choices, t)
		}
	}
	if err := s.addMenu(); err != nil {
		return nil, err
	}
	return s, s.addRoutes()
}

func (s *site) addMenu() error {
	for _, room := range s.c.Rooms {
		for _, m := range room.Menu {
			if m.Icon != "" && !s.assets.HasIcon(m.Icon) {
				return fmt.Errorf("page: room %s: no icon %q in assets/icons.txt", room.Name, m.Icon)
			}
			s.menu = append(s.menu, m)
		}
	}
	inorder.Stably(s.menu, func(a, b MenuItem) int { return cmp.Compare(a.Order, b.Order) })
	return nil
}

// addRoutes fills the muxes. A pattern that net/http refuses is an error here, not a panic.
func (s *site) addRoutes() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("page: %v", p)
		}
	}()
	for _, room := range s.c.Rooms {
		for _, rt := range room.Routes {
			if rt.Handle == nil || !strings.Contains(rt.Pattern, " /") {
				return fmt.Errorf("page: room %s: route %q needs a method, a path and a handler", room.Name, rt.Pattern)
			}
			if rt.MaxBody > inMemory {
				return fmt.Errorf("page: room %s: route %q lets in more than is kept in memory", room.Name, rt.Pattern)
			}
			if rt.Public {
				s.pub.Handle(rt.Pattern, s.serve(rt))
			} else {
				s.mux.Handle(rt.Pattern, s.serve(rt))
			}
		}
	}
	for i, m := range []*http.ServeMux{s.mux, s.pub} {
		if i == 1 && !s.hosts {
			break
		}
		public := s.hosts && i == 1
		m.Handle("GET /assets/{file}", s.assets)
		m.Handle("POST /csp-report", http.HandlerFunc(s.report))
		m.Handle("GET /exit", s.serve(Route{Pattern: "GET /exit", Handle: s.exit, Open: true, Public: public}))
		m.Handle("POST /exit", s.serve(Route{Pattern: "POST /exit", Handle: s.exit, Open: true, Public: public}))
		m.Handle("/", s.serve(Route{Pattern: "/", Handle: nothingHere, Open: true, Public: public}))
	}
	s.mux.Handle("POST /preferences", s.serve(Route{Pattern: "POST /preferences", Handle: s.preferences, Open: true}))
	return nil
}

// ServeHTTP is the way in: headers first, so that no answer can lack them, then host, limits and cross-origin check.
func (s *site) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	harden(w.Header(), q.TLS != nil)
	mux := s.mux
	if s.hosts && strings.EqualFold(q.Host, s.c.PublicHost) {
		mux = s.pub
	}
	mux.ServeHTTP(w, q)
}
