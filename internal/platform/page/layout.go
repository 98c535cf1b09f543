// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"net/http"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// rootOf gathers what the layout shows around a page.
func (s *site) rootOf(x *exchange, title string, data any) root {
	r := x.r
	public := s.public(x)
	p := root{L: r.L, Office: r.Office, Actor: r.Actor, Signed: r.Signed, Now: r.Now, Zone: r.Zone, Path: r.URL.Path, Title: title, Data: data,
		Public: public, ExitTo: s.c.ExitTo, Name: x.name, Theme: "auto"}
	if r.Method != http.MethodGet {
		p.Back = "/"
	} else {
		p.Back = r.URL.RequestURI()
	}
	sheet := "app.ltr.css"
	if r.L.Dir() == "rtl" {
		sheet = "app.rtl.css"
	}
	p.CSS, p.JS = s.assets.Path(sheet), s.assets.Path("app.js")
	if !public {
		p.Theme = theme(r)
	}
	p.Languages = s.languages(r.L, public, x.rt.Tongues)
	if !r.Signed {
		return p
	}
	if s.c.Search != nil {
		if box := s.c.Search(r.Actor); box.Path != "" {
			p.Search, p.SearchLabel = box.Path, r.L.T(box.Key)
		}
	}
	for _, m := range s.menu {
		if m.Show == nil || m.Show(r.Actor) {
			p.Menu = append(p.Menu, menuLine{Text: r.L.T(m.Key), Path: m.Path, Icon: m.Icon, Current: m.holds(r.URL.Path)})
		}
	}
	return p
}

// languages lists what a page can be read in: public pages in every language that persons read, or in the only ones that they
// are written in, others in the workers'.
func (s *site) languages(now *lang.Locale, public bool, only []string) []choice {
	tags := s.choices
	switch {
	case only != nil:
		tags = only
	case public:
		tags = slices.Clone(tags)
		for _, t := range s.c.Bundle.Persons() {
			if !slices.Contains(tags, t) && !strings.Contains(t, "-X") {
				tags = append(tags, t)
			}
		}
	}
	var out []choice
	for _, tag := range tags {
		l := s.c.Bundle.Person([]string{tag}, s.c.Bundle.Locale("en", nil))
		out = append(out, choice{Tag: tag, Name: l.Language(tag), Dir: l.Dir(), Current: tag == now.Tag()})
	}
	return out
}

// under says whether a path is a menu line's or below it; "/" is only itself.
// holds says whether a page is one of those that a line of the menu leads to.
func (m MenuItem) holds(path string) bool {
	return under(path, m.Path) || slices.ContainsFunc(m.Also, func(also string) bool { return under(path, also) })
}

func under(path, menu string) bool {
	return path == menu || menu != "/" && strings.HasPrefix(path, menu+"/")
}
