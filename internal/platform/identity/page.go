// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"embed"
	"net/url"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

//go:embed templates/*.html
var templates embed.FS

// pages are the pages of accounts.
type pages struct {
	s         *Service
	languages []string
}

// Room gives the pages: signing in and out, starting with a link, one's own account, and the people of the
// office for its administrators. languages are those that one can choose for oneself.
func Room(s *Service, languages []string) page.Room {
	p := pages{s, languages}
	return page.Room{
		Name: "identity", Templates: templates,
		Menu: []page.MenuItem{{Key: "identity.menu", Path: "/people", Icon: "users", Order: 80, Show: func(a access.Actor) bool { return a.Has(access.Administrator) }}},
		Routes: slices.Concat([]page.Route{
			{Pattern: "GET /signin", Handle: p.signIn, Open: true},
			{Pattern: "POST /signin", Handle: p.postSignIn, Open: true},
			{Pattern: "GET /signin/code", Handle: p.code, Open: true},
			{Pattern: "POST /signin/code", Handle: p.postCode, Open: true},
			{Pattern: "POST /signout", Handle: p.signOut, Open: true},
			{Pattern: "GET /start/{link}", Handle: p.start, Open: true},
			{Pattern: "POST /start/{link}", Handle: p.postStart, Open: true},
		}, p.ownRoutes(), p.peopleRoutes()),
	}
}

// formData is what a form page shows: what was typed, and what is wrong with it.
type formData struct {
	Values  map[string]string
	Errors  page.FieldErrors
	Trouble string // wrong as a whole, not one field
	Back    string
}

// again shows a form once more with its errors: 422 for wrong fields, 401 for a refusal to sign in.
func again(r *page.Request, template, title string, d formData, err error) (page.Response, error) {
	code := 0
	switch fault.Of(err) {
	case fault.Invalid:
		code = 422
	case fault.Unsigned:
		code = 401
	case fault.TooMuch:
		code = 429
	default:
		return nil, err
	}
	d.Errors = r.Errors(err)
	if len(d.Errors) == 0 {
		d.Trouble = r.L.Fault(err)
	}
	return page.Status(code, page.View(template, title, d)), nil
}

func (p pages) signIn(_ context.Context, r *page.Request) (page.Response, error) {
	back := page.Local(r.URL.Query().Get("back"))
	if r.Signed {
		return page.Redirect(back, ""), nil
	}
	return page.View("identity/signin", r.L.T("identity.signin.title"), formData{Back: back}), nil
}

func (p pages) postSignIn(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Login    string `form:"login"`
		Password string `form:"password"`
		Back     string `form:"back"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	token, whole, err := p.s.SignIn(ctx, in.Login, in.Password, p.s.c.Address(r.Request), DeviceOf(r.UserAgent()))
	if err != nil {
		return again(r, "identity/signin", r.L.T("identity.signin.title"), formData{Values: map[string]string{"login": in.Login}, Back: page.Local(in.Back)}, err)
	}
	to := page.Local(in.Back)
	if !whole {
		to = "/signin/code?back=" + url.QueryEscape(to)
	}
	return page.WithCookie(page.Redirect(to, ""), p.s.Cookie(token)), nil
}

func (p pages) code(_ context.Context, r *page.Request) (page.Response, error) {
	if _, pending := p.s.Pending(r.Request); !pending {
		return page.Redirect("/signin", ""), nil
	}
	return page.View("identity/code", r.L.T("identity.signin.title"), formData{Back: page.Local(r.URL.Query().Get("back"))}), nil
}

func (p pages) postCode(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Code string `form:"code"`
		Back string `form:"back"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	pending, ok := p.s.Pending(r.Request)
	if !ok {
		return page.Redirect("/signin", ""), nil
	}
	token, _, err := p.s.Factor(ctx, pending, in.Code, p.s.c.Address(r.Request))
	if err != nil {
		return again(r, "identity/code", r.L.T("identity.signin.title"), formData{Back: page.Local(in.Back)}, err)
	}
	return page.WithCookie(page.Redirect(page.Local(in.Back), ""), p.s.Cookie(token)), nil
}

func (p pages) signOut(_ context.Context, r *page.Request) (page.Response, error) {
	if err := p.s.SignOut(r.Request); err != nil && !fault.Is(err, fault.Unsigned) {
		return nil, err
	}
	return page.WithCookie(page.Redirect("/signin", "identity.signed_out"), p.s.NoCookie()), nil
}

// startData is what the page of a link shows.
type startData struct {
	formData
	Link  string
	Setup Setup
	Codes []string // recovery codes, after it has worked
}

func (p pages) start(ctx context.Context, r *page.Request) (page.Response, error) {
	setup, err := p.s.BeginEnrol(ctx, r.PathValue("link"))
	if err != nil {
		return nil, err
	}
	return page.View("identity/start", r.L.T("identity.start.title"), startData{Link: r.PathValue("link"), Setup: setup}), nil
}

func (p pages) postStart(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Login    string `form:"login"`
		Password string `form:"password"`
		Setup    string `form:"setup"`
		Code     string `form:"code"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	link := r.PathValue("link")
	codes, err := p.s.Enrol(ctx, Enrolment{Link: link, Login: in.Login, Password: in.Password, Setup: in.Setup, Code: in.Code, Language: r.L.Tag()})
	if fault.Is(err, fault.Invalid) {
		setup, serr := p.s.BeginEnrol(ctx, link) // a new secret: the one before was shown once
		if serr != nil {
			return nil, serr
		}
		d := startData{formData: formData{Values: map[string]string{"login": in.Login}, Errors: r.Errors(err)}, Link: link, Setup: setup}
		return page.Status(422, page.View("identity/start", r.L.T("identity.start.title"), d)), nil
	}
	if err != nil {
		return nil, err
	}
	return page.View("identity/codes", r.L.T("identity.codes.title"), startData{Codes: codes}), nil
}
