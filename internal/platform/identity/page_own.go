// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"net/url"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

func (p pages) ownRoutes() []page.Route {
	return []page.Route{
		{Pattern: "GET /account", Handle: p.account},
		{Pattern: "POST /account/preferences", Handle: p.postPreferences},
		{Pattern: "POST /account/password", Handle: p.postPassword},
		{Pattern: "POST /account/codes", Handle: p.postCodes},
		{Pattern: "POST /account/sessions/{session}/end", Handle: p.endSession},
		{Pattern: "POST /account/sessions/end", Handle: p.endSessions},
		{Pattern: "GET /account/prove", Handle: p.askProof},
		{Pattern: "POST /account/prove", Handle: p.prove},
		{Pattern: "GET /account/tokens/new", Handle: p.newToken},
		{Pattern: "POST /account/tokens", Handle: p.issueToken},
		{Pattern: "POST /account/tokens/{token}/end", Handle: p.endToken},
	}
}

// ownData is one's own account.
type ownData struct {
	formData
	Account   Account
	Sessions  []sessionRow
	Tokens    []tokenRow
	Left      int // recovery codes not used yet
	Languages []page.Option
	Roles     []string
}

type sessionRow struct {
	Session
	Here bool
}

func (p pages) own(ctx context.Context, r *page.Request) (ownData, error) {
	_, x, err := p.s.Authenticate(r.Request)
	if err != nil {
		return ownData{}, err
	}
	var d ownData
	if d.Account, err = p.s.Mine(ctx, r.Actor); err != nil {
		return d, err
	}
	all, err := p.s.Sessions(ctx, r.Actor)
	if err != nil {
		return d, err
	}
	for _, s := range all {
		d.Sessions = append(d.Sessions, sessionRow{s, s.ID == x.ID})
	}
	if d.Left, err = p.s.RecoveryLeft(ctx, x); err != nil {
		return d, err
	}
	if d.Tokens, err = p.tokens(ctx, r); err != nil {
		return d, err
	}
	for _, tag := range p.languages {
		d.Languages = append(d.Languages, page.Option{Value: tag, Text: r.L.Language(tag)})
	}
	for _, role := range d.Account.Roles {
		d.Roles = append(d.Roles, r.L.T("identity.role."+string(role)))
	}
	return d, nil
}

func (p pages) account(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := p.own(ctx, r)
	return page.View("identity/account", r.L.T("identity.account.title"), d), err
}

// ownAgain shows the account once more, with what was wrong.
func (p pages) ownAgain(ctx context.Context, r *page.Request, err error) (page.Response, error) {
	d, oerr := p.own(ctx, r)
	if oerr != nil {
		return nil, oerr
	}
	code := 422
	switch fault.Of(err) {
	case fault.Invalid:
	case fault.Unsigned, fault.Denied:
		code = 403
	default:
		return nil, err
	}
	if d.Errors = r.Errors(err); len(d.Errors) == 0 {
		d.Trouble = r.L.Fault(err)
	}
	return page.Status(code, page.View("identity/account", r.L.T("identity.account.title"), d)), nil
}

func (p pages) postPreferences(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Zone     string `form:"zone"`
		Language string `form:"language"`
	}
	_, x, err := p.s.Authenticate(r.Request)
	if err == nil {
		err = r.Decode(&in)
	}
	if err == nil {
		err = p.s.SetPreferences(ctx, x, in.Zone, in.Language)
	}
	if err != nil {
		return p.ownAgain(ctx, r, err)
	}
	return page.Redirect("/account", "identity.saved"), nil
}

func (p pages) postPassword(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Current string `form:"current_password"`
		Next    string `form:"password"`
	}
	if first, err := p.grave(r, "/account"); first != nil || err != nil {
		return first, err
	}
	_, x, err := p.s.Authenticate(r.Request)
	if err == nil {
		err = r.Decode(&in)
	}
	var token string
	if err == nil {
		token, err = p.s.ChangePassword(ctx, x, in.Current, in.Next, p.s.c.Address(r.Request))
	}
	if err != nil {
		return p.ownAgain(ctx, r, err)
	}
	return page.WithCookie(page.Redirect("/account", "identity.saved"), p.s.Cookie(token)), nil
}

func (p pages) postCodes(ctx context.Context, r *page.Request) (page.Response, error) {
	if first, err := p.grave(r, "/account"); first != nil || err != nil {
		return first, err
	}
	_, x, err := p.s.Authenticate(r.Request)
	var codes []string
	if err == nil {
		codes, err = p.s.NewRecoveryCodes(ctx, x)
	}
	if err != nil {
		return p.ownAgain(ctx, r, err)
	}
	return page.View("identity/codes", r.L.T("identity.codes.title"), startData{Codes: codes}), nil
}

// grave lets a request go on whose second factor is recent; any other is asked for it first, and led to back.
func (p pages) grave(r *page.Request, back string) (page.Response, error) {
	_, x, err := p.s.Authenticate(r.Request)
	if err != nil {
		return nil, err
	}
	if x.Recent(r.Now) != nil {
		return page.Redirect("/account/prove?back="+url.QueryEscape(back), ""), nil
	}
	return nil, nil
}

// askProof asks for the second factor again, before something grave.
func (p pages) askProof(_ context.Context, r *page.Request) (page.Response, error) {
	return page.View("identity/prove", r.L.T("identity.prove"), formData{Back: page.Local(r.URL.Query().Get("back"))}), nil
}

// prove takes it.
func (p pages) prove(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Code string `form:"code"`
		Back string `form:"back"`
	}
	_, x, err := p.s.Authenticate(r.Request)
	if err == nil {
		err = r.Decode(&in)
	}
	if err == nil {
		err = p.s.StepUp(ctx, x, in.Code, p.s.c.Address(r.Request))
	}
	if in.Back = page.Local(in.Back); in.Back == "/" {
		in.Back = "/account"
	}
	if err != nil {
		return again(r, "identity/prove", r.L.T("identity.prove"), formData{Back: in.Back}, err)
	}
	return page.Redirect(in.Back, "identity.proved"), nil
}

func (p pages) endSession(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("session")
	if err == nil {
		err = p.s.Revoke(ctx, r.Actor, id)
	}
	return page.Redirect("/account", "identity.session_ended"), err
}

func (p pages) endSessions(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := p.s.RevokeAll(ctx, r.Actor); err != nil {
		return nil, err
	}
	return page.WithCookie(page.Redirect("/signin", "identity.signed_out"), p.s.NoCookie()), nil
}
