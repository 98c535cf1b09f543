// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"net/http"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// SignedIn is who manages people from the command line: an administrator with an account, who signs in as on the
// pages. Whoever merely runs the machine manages nobody.
type SignedIn struct {
	Login    string `json:"login,omitempty"`
	Password string `json:"password,omitempty"`
	Code     string `json:"code,omitempty"`    // six digits or a recovery code; may be empty in a demonstration
	Session  string `json:"session,omitempty"` // of an earlier call that kept it
	Keep     bool   `json:"keep,omitempty"`    // give the session's token back instead of ending it
}

// peopleOp runs one act of a signed-in administrator. It gives the session's token when it is to be kept.
func (n *Node) peopleOp(ctx context.Context, in SignedIn, f func(access.Actor) error) (string, error) {
	token, err := n.proveWho(ctx, in)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", nil)
	if err != nil {
		return "", err
	}
	r.AddCookie(n.Identity.Cookie(token))
	who, x, err := n.Identity.Authenticate(r)
	if err != nil {
		return "", err
	}
	if !in.Keep {
		defer func() { _ = n.Identity.SignOut(r.WithContext(context.WithoutCancel(ctx))) }() // else it ends by itself within minutes
		token = ""
	}
	if in.Session != "" {
		if err := x.Recent(n.Clock.Now()); err != nil {
			return "", err
		}
	}
	return token, f(who)
}

// proveWho shows password and second factor, or takes the session that was kept.
func (n *Node) proveWho(ctx context.Context, in SignedIn) (string, error) {
	if in.Session != "" {
		return in.Session, nil
	}
	const here = "command line"
	token, whole, err := n.Identity.SignIn(ctx, in.Login, in.Password, here, here)
	if err != nil || whole {
		return token, err
	}
	token, _, err = n.Identity.Factor(ctx, token, in.Code, here)
	return token, err
}

// Person is an account as the command line shows it.
type Person struct {
	ID    journal.ID     `json:"id"`
	Name  string         `json:"name"`
	State identity.State `json:"state"`
	Roles []access.Role  `json:"roles"`
	// Proposed are roles that wait for a second administrator.
	Proposed []ProposedRole `json:"proposed,omitempty"`
	Link     time.Time      `json:"link_until,omitzero"`
}

// ProposedRole is a grant that waits.
type ProposedRole struct {
	Grant journal.ID  `json:"grant"`
	Role  access.Role `json:"role"`
	By    journal.ID  `json:"by,omitzero"`
}

// PeopleIn is one act on people. What it needs beside the sign-in depends on the act.
type PeopleIn struct {
	SignedIn
	Act     string        `json:"act"`
	Account journal.ID    `json:"account,omitzero"`
	Grant   journal.ID    `json:"grant,omitzero"`
	Name    string        `json:"name,omitempty"`
	Roles   []access.Role `json:"roles,omitempty"`
}

// PeopleOut is everybody after it, and the link where one was made.
type PeopleOut struct {
	OK      bool           `json:"ok"`
	People  []Person       `json:"people"`
	Link    *identity.Link `json:"link,omitempty"`
	URL     string         `json:"url,omitempty"` // the link whole
	Session string         `json:"session,omitempty"`
}

func opPeople(ctx context.Context, n *Node, in PeopleIn) (PeopleOut, error) {
	var out PeopleOut
	session, err := n.peopleOp(ctx, in.SignedIn, func(by access.Actor) error {
		link, err := n.peopleAct(ctx, by, in)
		if err != nil {
			return err
		}
		if !link.Account.IsZero() {
			out.Link, out.URL = &link, n.Settings.URL+link.Path
		}
		all, err := n.Identity.People(ctx, by)
		for _, a := range all {
			out.People = append(out.People, person(a))
		}
		return err
	})
	out.OK, out.Session = err == nil, session
	return out, err
}

func person(a identity.Account) Person {
	p := Person{ID: a.ID, Name: a.Name, State: a.State, Roles: a.Roles, Link: a.LinkUntil}
	for _, g := range a.Grants {
		if g.State == identity.Proposed {
			p.Proposed = append(p.Proposed, ProposedRole{g.ID, g.Role, g.Proposer})
		}
	}
	return p
}

// peopleAct does the act through the same functions as the pages.
func (n *Node) peopleAct(ctx context.Context, by access.Actor, in PeopleIn) (link identity.Link, err error) {
	s := n.Identity
	switch in.Act {
	case "list":
	case "invite":
		link, err = s.Invite(ctx, by, in.Name, in.Roles)
	case "link":
		link, err = s.Reset(ctx, by, in.Account)
	case "revoke":
		err = s.Suspend(ctx, by, in.Account)
	case "reinstate":
		err = s.Reinstate(ctx, by, in.Account)
	case "close":
		err = s.Close(ctx, by, in.Account)
	case "role.give", "role.end":
		for _, r := range in.Roles {
			if in.Act == "role.end" {
				err = s.EndRole(ctx, by, in.Account, r)
			} else {
				_, err = s.Propose(ctx, by, in.Account, r)
			}
			if err != nil {
				return link, err
			}
		}
	case "role.approve":
		err = s.Approve(ctx, by, in.Grant)
	case "role.refuse":
		err = s.Refuse(ctx, by, in.Grant)
	default:
		err = fault.New(fault.NotFound, "app.no_operation")
	}
	return link, err
}
