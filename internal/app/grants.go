// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/grant"
)

// programme is what the programme's rooms need of the office.
func (n *Node) programme() programme.Config {
	return programme.Config{Store: n.Store, Names: n.names, Locale: n.inLanguage, Importer: n.importer, Offices: n.programmeOffices, Carried: n.carried, Screening: lists{}, Published: n.publishedBy, Colleagues: n.assessors, Vouch: n.vouch, Directory: n.directoryFile(), Territories: n.territories,
		Threshold: func(owner journal.ID) int {
			o, _ := n.settingsOf(owner)
			return o.Threshold
		}}
}

// vouch signs a record of an agreement with the key on the office's card.
func (n *Node) vouch(owner journal.ID, of agreement.Record) ([]byte, error) {
	s, ok := n.directory.own(owner)
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return of.Sign(s.secrets.Sign)
}

// grants connects calls, applications and reports with the post.
func (n *Node) grants() grant.Mail {
	return grant.Mail{Store: n.Store, Post: n.Post, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForExchange) }}
}

// programmeOffices lists the offices to which terms in force let the programme's public messages go.
func (n *Node) programmeOffices(ctx context.Context, r *page.Request) ([]page.Option, error) {
	return n.covering(ctx, r, between.Purpose, []journal.Category{journal.PP})
}

// assessors lists who works here, to choose those who assess from.
func (n *Node) assessors(ctx context.Context, r *page.Request) ([]page.Option, error) {
	list, err := n.Identity.Colleagues(ctx, r.Actor.Owner)
	var out []page.Option
	for _, c := range list {
		out = append(out, page.Option{Value: c.ID.String(), Text: c.Name})
	}
	return out, err
}
