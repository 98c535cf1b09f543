// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page/assets"
)

//go:embed templates/*.html
var ownTemplates embed.FS

// root is what a template sees as its dot.
type root struct {
	L      *lang.Locale
	Office Office
	Actor  access.Actor
	Signed bool
	Now    time.Time
	Zone   *time.Location
	Path   string
	Title  string
	Data   any

	// for the layout
	Content     template.HTML
	Menu        []menuLine
	Notice      string
	Theme       string
	Search      string
	SearchLabel string
	Name        string
	Public      bool
	ExitTo      string
	Languages   []choice
	CSS, JS     string
	Back        string // where a change of language or theme returns to
}

type menuLine struct {
	Text, Path, Icon string
	Current          bool
}

type choice struct {
	Tag, Name, Dir string
	Current        bool
}

// views holds every template, and a copy bound to each language and zone in use: t, date and the like speak it.
type views struct {
	base   *template.Template
	assets *assets.Set

	mu    sync.Mutex // guards bound
	bound map[boundTo]*template.Template
}

type boundTo struct{ tag, zone string }

const maxBound = 32 // languages times zones in use; more are built anew

func newViews(c Config, a *assets.Set) (*views, error) {
	v := &views{assets: a, bound: map[boundTo]*template.Template{}}
	v.base = template.New("").Funcs(v.funcs(c.Bundle.Locale("en", c.Zone)))
	if _, err := v.base.ParseFS(ownTemplates, "templates/*.html"); err != nil {
		return nil, err
	}
	for _, room := range c.Rooms {
		if err := v.add(room); err != nil {
			return nil, fmt.Errorf("page: room %s: %w", room.Name, err)
		}
	}
	return v, nil
}

// add parses a room's templates; each name must start with the room's, so that rooms cannot replace each other's.
func (v *views) add(room Room) error {
	if room.Templates == nil {
		return nil
	}
	own := v.funcs(nil)
	for name := range room.Funcs {
		if _, taken := own[name]; taken {
			return fmt.Errorf("function %s is the house's", name)
		}
	}
	v.base.Funcs(room.Funcs)
	return fs.WalkDir(room.Templates, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		src, err := fs.ReadFile(room.Templates, path)
		if err != nil {
			return err
		}
		one, err := template.New(room.Name + "//" + path).Funcs(own).Funcs(room.Funcs).Parse(string(src))
		if err != nil {
			return err
		}
		for _, t := range one.Templates() {
			name := t.Name()
			if t.Tree == nil || name == room.Name+"//"+path {
				continue
			}
			if !strings.HasPrefix(name, room.Name+"/") {
				return fmt.Errorf("%s defines %q, which is not its own", path, name)
			}
			if v.base.Lookup(name) != nil {
				return fmt.Errorf("%s defines %q again", path, name)
			}
			if _, err := v.base.AddParseTree(name, t.Tree); err != nil {
				return err
			}
		}
		return nil
	})
}

// in gives the templates bound to a locale.
func (v *views) in(r *Request) (*template.Template, error) {
	key := boundTo{r.L.Tag(), r.Zone.String()}
	v.mu.Lock()
	defer v.mu.Unlock()
	if t := v.bound[key]; t != nil {
		return t, nil
	}
	t, err := v.base.Clone()
	if err != nil {
		return nil, err
	}
	t.Funcs(v.funcs(r.L))
	if len(v.bound) >= maxBound {
		clear(v.bound)
	}
	v.bound[key] = t
	return t, nil
}

// render executes a room's template and then the layout around it.
func (v *views) render(r *Request, name string, p root) ([]byte, error) {
	t, err := v.in(r)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, p); err != nil {
		return nil, templateError(name, err)
	}
	p.Content = template.HTML(b.String()) // #nosec G203 -- html/template has just escaped it
	var whole bytes.Buffer
	if err := t.ExecuteTemplate(&whole, "page/layout", p); err != nil {
		return nil, templateError("page/layout", err)
	}
	return whole.Bytes(), nil
}
