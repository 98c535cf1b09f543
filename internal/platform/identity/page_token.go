// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// lives are the lives of a token that the page offers, in days.
var lives = []int{1, 7, 30, 90, 366}

// tokenRow is one API token in words.
type tokenRow struct {
	Token
	May   []string // scopes
	Roles []string
}

func (p pages) tokens(ctx context.Context, r *page.Request) ([]tokenRow, error) {
	all, err := p.s.Tokens(ctx, r.Actor)
	var out []tokenRow
	for _, t := range all {
		row := tokenRow{Token: t}
		for _, x := range t.Scopes {
			row.May = append(row.May, r.L.T("identity.scope."+string(x)))
		}
		for _, x := range t.Roles {
			row.Roles = append(row.Roles, r.L.T("identity.role."+string(x)))
		}
		out = append(out, row)
	}
	return out, err
}

// tokenData is the form for a new token.
type tokenData struct {
	formData
	Roles, Scopes, Lives []page.Option
	ChosenRoles          []string
	ChosenScopes         []string
	Days                 string
}

func (p pages) tokenForm(r *page.Request) tokenData {
	d := tokenData{ChosenScopes: []string{string(ScopeRead)}, Days: "30"}
	for _, x := range r.Actor.Roles {
		d.Roles = append(d.Roles, page.Option{Value: string(x), Text: r.L.T("identity.role." + string(x))})
	}
	for _, x := range p.s.c.Scopes {
		d.Scopes = append(d.Scopes, page.Option{Value: string(x), Text: r.L.T("identity.scope." + string(x)), Hint: r.L.T("identity.scope." + string(x) + ".hint")})
	}
	for _, days := range lives {
		d.Lives = append(d.Lives, page.Option{Value: strconv.Itoa(days), Text: r.L.N("identity.token.days", days)})
	}
	return d
}

func (p pages) newToken(_ context.Context, r *page.Request) (page.Response, error) {
	if first, err := p.grave(r, "/account/tokens/new"); first != nil || err != nil {
		return first, err
	}
	return page.View("identity/token", r.L.T("identity.token.title"), p.tokenForm(r)), nil
}

func (p pages) issueToken(ctx context.Context, r *page.Request) (page.Response, error) {
	if first, err := p.grave(r, "/account/tokens/new"); first != nil || err != nil {
		return first, err
	}
	var in struct {
		Label  string        `form:"label"`
		Roles  []access.Role `form:"roles"`
		Scopes []Scope       `form:"scopes"`
		Days   int           `form:"days"`
	}
	_, x, err := p.s.Authenticate(r.Request)
	if err == nil {
		err = r.Decode(&in)
	}
	var secret string
	if err == nil {
		secret, err = p.s.NewToken(ctx, x, in.Label, in.Roles, in.Scopes, time.Duration(in.Days)*24*time.Hour)
	}
	if fault.Is(err, fault.Invalid) {
		d := p.tokenForm(r)
		d.formData = formData{Values: map[string]string{"label": in.Label}, Errors: r.Errors(err)}
		d.ChosenScopes, d.ChosenRoles, d.Days = plain(in.Scopes), plain(in.Roles), strconv.Itoa(in.Days)
		return page.Status(422, page.View("identity/token", r.L.T("identity.token.title"), d)), nil
	}
	if err != nil {
		return nil, err
	}
	return page.View("identity/secret", r.L.T("identity.token.title"), map[string]any{"Secret": secret, "Host": r.Host}), nil
}

func plain[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

func (p pages) endToken(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("token")
	if err == nil {
		err = p.s.RevokeToken(ctx, r.Actor, id)
	}
	return page.Redirect("/account", "identity.token.ended"), err
}
