// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/identity"
)

// ownerCmd is about the offices of one folder.
type ownerCmd struct {
	Add addOwnerCmd `cmd:"" help:"Add an office to a folder, with keys and people of its own, and print the links for its first two people. The folder's offices must be stopped."`
}

type addOwnerCmd struct {
	at
	Name     string            `required:"" help:"The office's name."`
	Kind     access.OfficeKind `required:"" enum:"programme,assistance,police,justice" help:"What the office is for; it can never change: ${enum}."`
	Country  string            `required:"" help:"Country or territory, two capital letters (Kosovo: XK)."`
	Zone     string            `default:"Europe/Paris" help:"Time zone."`
	Lang     string            `default:"en" help:"The office's language."`
	Founders []string          `help:"Names of its first two people." placeholder:"NAME,NAME"`
}

func (a *addOwnerCmd) Run(c *call) (err error) {
	u, err := a.unlocking(c)
	if err != nil {
		return err
	}
	o := app.NewOwner(a.Name, a.Kind, a.Country, a.Zone, a.Lang, time.Now())
	if err := app.AddOwner(a.folder(), u, o); err != nil {
		return err
	}
	n, err := app.Open(c.ctx, a.folder(), app.Options{Bundle: c.bundle, With: u.With})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	two := foundersOf(a.Founders)
	links, err := n.Identity.Found(c.ctx, o.ID, two)
	if err != nil {
		return err
	}
	c.say("%s: %s", o.Name, o.ID)
	sayLinks(c, n.Settings, two, links)
	return c.done(struct {
		OK     bool             `json:"ok"`
		Office app.Owner        `json:"office"`
		Links  [2]identity.Link `json:"links"`
	}{true, o, links})
}
