// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

type nothing struct{}

type signInInput struct {
	Body struct {
		Login    string `json:"login" maxLength:"200"`
		Password string `json:"password" maxLength:"1000"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"of the second factor, or a recovery code"`
	}
}

type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		Signed bool `json:"signed" doc:"false when a code is still wanted"`
	}
}

type meOutput struct {
	Body struct {
		ID     journal.ID        `json:"id"`
		Office journal.ID        `json:"office"`
		Name   string            `json:"office_name"`
		Kind   access.OfficeKind `json:"kind"`
		Roles  []access.Role     `json:"roles"`
	}
}

type proofInput struct {
	Entry string `path:"entry"`
}

type proofOutput struct{ Body ledger.Inclusion }

type typesOutput struct {
	Body struct {
		Types []entryType `json:"types"`
	}
}

type entryType struct {
	Kind       string             `json:"kind"`
	Type       string             `json:"type"`
	Schema     int                `json:"schema"`
	Categories []journal.Category `json:"categories"`
}

// apiSession mounts signing in, who one is, and what the log proves.
func (n *Node) apiSession(api huma.API) {
	call(api, n, http.MethodPost, "/session", "Sign in with login, password and second factor", n.signIn)
	call(api, n, http.MethodGet, "/me", "Who is signed in", func(ctx context.Context, _ *nothing) (*meOutput, error) {
		w, err := n.who(ctx, string(access.ForAdministration))
		if err != nil {
			return nil, err
		}
		o, err := n.settingsOf(w.Actor.Owner)
		out := &meOutput{}
		out.Body.ID, out.Body.Office, out.Body.Name, out.Body.Kind, out.Body.Roles = w.Actor.ID, o.ID, o.Name, o.Kind, w.Actor.Roles
		return out, err
	})
	call(api, n, http.MethodGet, "/types", "The entry types of this office", func(ctx context.Context, _ *nothing) (*typesOutput, error) {
		out := &typesOutput{}
		for _, t := range n.Store.Registry().Types() {
			out.Body.Types = append(out.Body.Types, entryType{t.Kind, t.Name, t.Schema, t.Categories})
		}
		_, err := n.who(ctx, string(access.ForAdministration))
		return out, err
	})
	call(api, n, http.MethodGet, "/proofs/{entry}", "Proof that an entry is in the signed log; it names the entry and nothing in it", n.proof)
}

func (n *Node) signIn(ctx context.Context, in *signInInput) (*signedIn, error) {
	r := requestOf(ctx)
	address, device := n.address(r), identity.DeviceOf(r.UserAgent())
	token, whole, err := n.Identity.SignIn(ctx, in.Body.Login, in.Body.Password, address, device)
	if err != nil {
		return nil, err
	}
	if !whole && in.Body.Code != "" {
		if token, _, err = n.Identity.Factor(ctx, token, in.Body.Code, address); err != nil {
			return nil, err
		}
		whole = true
	}
	out := &signedIn{SetCookie: *n.Identity.Cookie(token)}
	out.Body.Signed = whole
	return out, nil
}

func (n *Node) proof(ctx context.Context, in *proofInput) (*proofOutput, error) {
	w, err := n.who(ctx, string(access.ForAdministration))
	if err != nil {
		return nil, err
	}
	id, err := journal.ParseID(in.Entry)
	if err != nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	var p ledger.Inclusion
	err = n.DB.Read(ctx, func(tx dbTx) (err error) { p, err = ledger.Prove(ctx, tx, w.Actor.Owner, id); return err })
	return &proofOutput{p}, err
}
