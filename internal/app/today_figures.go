// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// caseRoles are those who work with people and their files.
var caseRoles = []access.Role{access.CaseManager, access.Supervisor, access.Responder, access.Panel, access.Health, access.Shelter, access.Lawyer, access.Guardian, access.FocalPoint, access.ReferralDesk, access.DuplicateDesk}

// works says whether somebody works with people and their files.
func works(a access.Actor) bool { return slices.ContainsFunc(caseRoles, a.Has) }

// inTheWorks are kinds of what leaves as figures, the states in which somebody is to do something about it, and what it is called.
var inTheWorks = []struct {
	kind   string
	states []string
	line   func(r *page.Request, row store.Row) (page.Line, error)
}{
	{access.KindRelease, []string{string(release.Drawn), string(release.Asked), string(release.Approved), string(release.Drafted)}, func(r *page.Request, row store.Row) (page.Line, error) {
		s, err := store.Summary[release.Summary](row)
		return page.Line{Title: release.Title(r.L, cmp.Or(s.Called, s.Source), s.From, s.Until), Href: release.Path + "/releases/" + row.Ref.ID.String(), Text: r.L.T("release.status." + row.State)}, err
	}},
	{access.KindJoint, []string{"invited", "agreed", "disputed", "false", "drafted"}, func(r *page.Request, row store.Row) (page.Line, error) {
		s, err := store.Summary[joint.Summary](row)
		return page.Line{Title: joint.Title(r.L, s.Title), Href: joint.Path + "/" + row.Ref.ID.String(), Text: r.L.T("joint.status." + row.State)}, err
	}},
	{access.KindReturn, []string{"waiting", "ready", "arrived"}, func(r *page.Request, row store.Row) (page.Line, error) {
		s, err := store.Summary[returns.Summary](row)
		return page.Line{Title: returns.Title(r.L, s.Shape, s.Year), Href: returns.Path + "/" + row.Ref.ID.String(), Text: r.L.T("return.status." + row.State)}, err
	}},
}

// waitingFigures tells whoever works on figures what of them waits for somebody: in the middle of the page for a rapporteur, beside
// the rest, and only where something waits, for everybody else.
func (n *Node) waitingFigures(ctx context.Context, r *page.Request, d *todayData) error {
	if !release.Works(r.Actor) {
		return nil
	}
	b := block{ID: "in-works", Title: r.L.T("app.today.in_works"), Tone: page.Warn, Empty: empty(r, "chart-bar", "app.today.in_works.none")}
	for _, k := range inTheWorks {
		for _, state := range k.states {
			who, q := release.As(r.Actor), store.Query{Kind: k.kind, State: state, Limit: todayLines}
			count, err := n.Store.Count(ctx, who, q)
			if err != nil {
				return err
			}
			rows, err := n.Store.List(ctx, who, q)
			if err != nil {
				return err
			}
			b.N += count
			for _, row := range rows.Rows {
				x, err := k.line(r, row)
				if err != nil {
					return err
				}
				x.Tone, x.When, x.Due, x.Now = page.Warn, r.L.T("app.today.since"), &row.Updated, r.Now
				b.Lines = append(b.Lines, x)
			}
		}
	}
	if b.Lines = b.Lines[:min(len(b.Lines), todayLines)]; b.N > len(b.Lines) {
		b.More = &page.Action{Text: r.L.N("app.today.more", b.N-len(b.Lines)), Href: release.Path}
	}
	switch {
	case r.Actor.Has(access.Rapporteur):
		d.Main = append(d.Main, b)
	case b.N > 0:
		d.Side = append(d.Side, b)
	}
	return nil
}
