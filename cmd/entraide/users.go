// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// userCmd is about people and their roles.
type userCmd struct {
	List      listUsersCmd  `cmd:"" help:"List everybody who has an account, with roles and with what waits for a second administrator."`
	Invite    inviteCmd     `cmd:"" help:"Make an account and print its one-time link; the person chooses login and password. Hand it over in person."`
	Link      linkCmd       `cmd:"" help:"A new link for somebody whose link ran out, or who lost password, phone and recovery codes."`
	Revoke    revokeCmd     `cmd:"" help:"Keep somebody out at once: sessions, tokens and links end. Their work stays."`
	Reinstate reinstateCmd  `cmd:"" help:"Let somebody in again who was kept out."`
	Close     closeUserCmd  `cmd:"" help:"End an account for good, when somebody has left."`
	Role      roleCmd       `cmd:"" help:"Roles. Far-reaching ones need a second administrator, and nobody gives themselves one."`
	Found     foundUsersCmd `cmd:"" help:"New links for the first two people, while the office does not have two administrators yet."`
}

// signed is a command that an administrator gives under their own name: whoever merely runs the machine manages
// nobody.
type signed struct {
	at
	Login   string `help:"Your login in this office. Password and code are asked for, or read from standard input, a line each." placeholder:"LOGIN"`
	Session string `help:"Keep the sign-in in this file, so that the next commands within ten minutes do not ask again; delete it after." type:"path" placeholder:"FILE"`
}

// act signs in, does one act and prints what it came to.
func (s signed) act(c *call, in app.PeopleIn) error {
	if err := s.signIn(c, &in.SignedIn); err != nil {
		return err
	}
	var out app.PeopleOut
	if err := s.ask(c, "people", in, &out); err != nil {
		return err
	}
	if s.Session != "" {
		if err := os.WriteFile(s.Session, []byte(out.Session), 0o600); err != nil {
			return err
		}
		out.Session = ""
	}
	if out.Link != nil {
		c.say("%s\n  works once, until %s", out.URL, c.l.DateTime(out.Link.Expires))
	}
	for _, p := range out.People {
		if in.Act == "list" || p.ID == in.Account || out.Link != nil && p.ID == out.Link.Account {
			sayPerson(c, p)
		}
	}
	return c.done(out)
}

func (s signed) signIn(c *call, in *app.SignedIn) (err error) {
	in.Keep = s.Session != ""
	if in.Keep {
		if b, err := os.ReadFile(s.Session); err == nil {
			in.Session = strings.TrimSpace(string(b))
			return nil
		}
	}
	if in.Login = s.Login; in.Login == "" {
		return fault.Bad("login", "operate.user.login")
	}
	if in.Password, err = c.secret("Your password: "); err != nil {
		return err
	}
	in.Code, err = c.secret("Six digits from your authenticator, or a recovery code: ")
	return err
}

func sayPerson(c *call, p app.Person) {
	var roles []string
	for _, r := range p.Roles {
		roles = append(roles, string(r))
	}
	c.say("%s  %-9s  %s  %s", p.ID, p.State, p.Name, strings.Join(roles, ", "))
	for _, r := range p.Proposed {
		c.say("    waits for a second administrator: %s (entraide user role approve ... %s)", r.Role, r.Grant)
	}
}

// account is a command on one account.
type account struct {
	signed
	Account string `arg:"" help:"The account's id, from \"entraide user list\"."`
}

func (a account) run(c *call, act string, roles ...string) error {
	in := app.PeopleIn{Act: act, Roles: rolesOf(roles)}
	var err error
	if in.Account, err = journal.ParseID(a.Account); err != nil {
		return fault.Bad("account", "operate.user.account")
	}
	return a.act(c, in)
}

func rolesOf(names []string) []access.Role {
	var out []access.Role
	for _, r := range names {
		out = append(out, access.Role(r))
	}
	return out
}

type listUsersCmd struct{ signed }

func (l *listUsersCmd) Run(c *call) error { return l.act(c, app.PeopleIn{Act: "list"}) }

type inviteCmd struct {
	signed
	Name string   `required:"" help:"How colleagues know the person."`
	Role []string `help:"Role, such as case_manager. Repeat for each." placeholder:"ROLE"`
}

func (i *inviteCmd) Run(c *call) error {
	return i.act(c, app.PeopleIn{Act: "invite", Name: i.Name, Roles: rolesOf(i.Role)})
}

type linkCmd struct{ account }

func (l *linkCmd) Run(c *call) error { return l.run(c, "link") }

type revokeCmd struct{ account }

func (r *revokeCmd) Run(c *call) error { return r.run(c, "revoke") }

type reinstateCmd struct{ account }

func (r *reinstateCmd) Run(c *call) error { return r.run(c, "reinstate") }

type closeUserCmd struct{ account }

func (k *closeUserCmd) Run(c *call) error { return k.run(c, "close") }

// roleCmd is about roles.
type roleCmd struct {
	Give    giveRoleCmd   `cmd:"" help:"Give a role, or propose it where a second administrator must approve."`
	End     endRoleCmd    `cmd:"" help:"Take a role away at once."`
	Approve decideRoleCmd `cmd:"" help:"Approve a role that another administrator proposed for a third person."`
	Refuse  refuseRoleCmd `cmd:"" help:"Refuse a proposed role."`
}

type giveRoleCmd struct {
	account
	Role []string `arg:"" help:"Roles."`
}

func (g *giveRoleCmd) Run(c *call) error { return g.run(c, "role.give", g.Role...) }

type endRoleCmd struct {
	account
	Role []string `arg:"" help:"Roles."`
}

func (e *endRoleCmd) Run(c *call) error { return e.run(c, "role.end", e.Role...) }

type decideRoleCmd struct {
	signed
	Grant string `arg:"" help:"Id of the proposal, from \"entraide user list\"."`
}

func (d *decideRoleCmd) Run(c *call) error { return d.decide(c, "role.approve") }

func (d *decideRoleCmd) decide(c *call, act string) error {
	grant, err := journal.ParseID(d.Grant)
	if err != nil {
		return fault.Bad("grant", "operate.user.grant")
	}
	return d.act(c, app.PeopleIn{Act: act, Grant: grant})
}

type refuseRoleCmd struct{ decideRoleCmd }

func (r *refuseRoleCmd) Run(c *call) error { return r.decide(c, "role.refuse") }

type foundUsersCmd struct {
	at
	Founders []string `help:"Names of the first two people." placeholder:"NAME,NAME"`
}

func (f *foundUsersCmd) Run(c *call) error {
	of, err := f.of()
	if err != nil {
		return err
	}
	s, err := f.folder().Settings()
	if err != nil {
		return err
	}
	in := app.FoundersIn{Of: of, Founders: foundersOf(f.Founders)}
	var links [2]identity.Link
	if err := f.ask(c, "founders", in, &links); err != nil {
		return err
	}
	sayLinks(c, s, in.Founders, links)
	return c.done(struct {
		OK    bool             `json:"ok"`
		Links [2]identity.Link `json:"links"`
	}{true, links})
}
