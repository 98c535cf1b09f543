// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/resemblance"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

// casesRoom mounts the pages of persons' files where an office holds them.
func (n *Node) casesRoom(o Owner) (page.Room, bool, error) {
	if o.Kind != access.Assistance {
		return page.Room{}, false, nil
	}
	return casework.Room(casework.Config{
		Work: n.Work, Bundle: n.Bundle,
		Reviewed: func(ctx context.Context, r *page.Request, l *lang.Locale) (*lang.Locale, error) {
			return n.reviews().Marked(ctx, store.Who{Actor: r.Actor, Purpose: access.ForProgramme}, l)
		},
		Partners: n.partnerChoices,
		Names:    func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) },
		People:   n.colleagues,
		Extra:    []casework.Panels{n.screeningPanels, n.rightsPanels, n.attachmentPanels, n.matchingPanel},
		Held:     attachmentsHeld,
		Next:     nextOfRights,
		Country:  o.Country,
		StepWord: func(l *lang.Locale, territory string, s casework.Step, key string) string {
			return rights.Word(l, n.packs.For(territory), string(s), key)
		},
		Activities: func(ctx context.Context, r *page.Request) ([]page.Option, error) {
			return n.activityChoices(ctx, r, o.Country)
		},
	}), true, nil
}

// activityChoices lists the programme's activities that support referrals from a country or territory.
func (n *Node) activityChoices(ctx context.Context, r *page.Request, from string) ([]page.Option, error) {
	var out []page.Option
	q := store.Query{Kind: access.KindActivity, Codes: map[string]string{"origin": activity.OfProgramme}}
	err := n.Store.Each(ctx, store.Who{Actor: r.Actor, Purpose: access.ForProgramme}, q, func(row store.Row) error {
		s, err := store.Summary[activity.Line](row)
		if s.Corridor.Known() && s.Corridor.From == from {
			out = append(out, page.Option{Value: s.Code, Text: r.L.T("referral.pair", "What", s.Code, "Why", r.L.Country(s.Corridor.From)+" → "+r.L.Country(s.Corridor.To))})
		}
		return err
	})
	return out, err
}

// officeChoices lists the offices that can be named as an alternative when a referral is declined.
func (n *Node) officeChoices(ctx context.Context, r *page.Request) ([]page.Option, error) {
	ps, err := n.partnerChoices(ctx, r)
	out := make([]page.Option, len(ps))
	for i, p := range ps {
		out[i] = page.Option{Value: p.ID.String(), Text: p.Name}
	}
	return out, err
}

// partnerChoices lists the offices to which terms in force let a referral go.
func (n *Node) partnerChoices(ctx context.Context, r *page.Request) ([]casework.PartnerChoice, error) {
	known, ids, err := n.partners(ctx, r)
	var out []casework.PartnerChoice
	for _, id := range ids {
		if _, err := n.directory.covering(ctx, r.Actor.Owner, id, referral.Purpose, []journal.Category{journal.D0}); err == nil {
			out = append(out, casework.PartnerChoice{ID: id, Name: known[id].Name, Country: known[id].Country})
		}
	}
	return out, err
}

// colleagues lists who can be given a place in a file.
func (n *Node) colleagues(ctx context.Context, r *page.Request) ([]casework.PersonChoice, error) {
	all, err := n.Identity.Colleagues(ctx, r.Actor.Owner)
	if err != nil {
		return nil, err
	}
	var out []casework.PersonChoice
	for _, c := range all {
		out = append(out, casework.PersonChoice{ID: c.ID, Name: c.Name})
	}
	return out, nil
}

// rightsPanels shows the tracks of the rights room on a person's page.
func (n *Node) rightsPanels(_ context.Context, r *page.Request, p casework.Person, o *store.Opened) ([]casework.Panel, error) {
	c := rights.Case{State: rightsOf(p.Beside["rights"]), Context: rightsContext(n.packs, p, r.Now)}
	write := false
	for _, rel := range o.Relations {
		write = write || rel == access.AsManager || rel == access.AsLawyer
	}
	var out []casework.Panel
	for _, s := range rights.Sections(r.L, c, "/cases/"+p.ID.String(), write) {
		x := casework.Panel{ID: s.ID, Title: s.Title, Lead: s.Lead, Actions: s.Actions, Facts: s.Facts, Track: s.Track, Mark: s.Mark}
		for _, note := range s.Notes {
			x.Notes = append(x.Notes, field.Note{Tone: note.Tone, Title: note.Title, Text: note.Text})
		}
		out = append(out, x)
	}
	return out, nil
}

// nextOfRights proposes to explain her rights to somebody who was screened or presumed and whom nobody has told them. It
// waits for no result of a screening: what she may ask for does not depend on one.
func nextOfRights(l *lang.Locale, p casework.Person) []casework.Item {
	if len(rightsOf(p.Beside["rights"]).Told) > 0 || len(screeningsOf(p.Beside["screening"]).Screenings) == 0 && p.PresumedAt.IsZero() {
		return nil
	}
	return []casework.Item{{Title: l.T("app.next.inform"), Sub: l.T("app.next.inform.hint"), Href: "/cases/" + p.ID.String() + "/rights/informed"}}
}

// duplicates is the desk that compares files which resemble each other.
func (n *Node) duplicates() resemblance.Desk {
	return resemblance.Desk{Store: n.Store, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "duplicates", access.ForIdentification) }}
}

// duplicatesRoom mounts the duplicate desk's pages where files are held.
func (n *Node) duplicatesRoom(o Owner) (page.Room, bool, error) {
	return resemblance.Room(resemblance.Config{Desk: n.duplicates(), Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }}), o.Kind == access.Assistance, nil
}

// referralsRoom mounts the pages of referrals received.
func (n *Node) referralsRoom(o Owner) (page.Room, bool, error) {
	return referral.Room(referral.RoomConfig{Store: n.Store, Codes: n.codes(), Offices: n.officeChoices, Complete: n.Completes,
		Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }}), o.Kind == access.Assistance, nil
}
