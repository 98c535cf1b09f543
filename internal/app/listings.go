// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/ed25519"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	listing "github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

// directoryFile connects the directory's file with the office's card and those that it pinned.
func (n *Node) directoryFile() listing.Config {
	return listing.Config{Taking: n.postForExchange,
		Vouch: func(ctx context.Context, owner journal.ID, body []byte) ([]byte, error) {
			_, s, err := n.directory.Self(ctx, owner)
			if err != nil {
				return nil, err
			}
			return ed25519.Sign(s.Sign, body), nil
		},
		Verify: func(ctx context.Context, owner, from journal.ID, body, signature []byte) error {
			c, err := n.directory.Partner(ctx, owner, from)
			if err != nil {
				return err
			}
			key, err := c.PublicKey()
			if err != nil || !ed25519.Verify(key, body, signature) {
				return fault.New(fault.Denied, "directory.take.wrong")
			}
			return nil
		}}
}

// staleListings lists the listings of the reader's own that nobody has checked lately; a card only where there is one.
func (n *Node) staleListings(ctx context.Context, r *page.Request, d *todayData) error {
	rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForProgramme}, store.Query{Kind: access.KindListing, Assignee: r.Actor.ID, DueBy: r.Now, ByDue: true})
	if err != nil || len(rows.Rows) == 0 {
		return err
	}
	b := block{ID: "listings", Title: r.L.T("directory.today"), N: len(rows.Rows), Tone: page.Warn}
	for _, row := range rows.Rows {
		x, err := store.Summary[listing.Line](row)
		if err != nil {
			return err
		}
		line := page.Line{Tone: page.Warn, Title: x.Name, Href: listing.Path + "/" + row.Ref.ID.String(), Text: r.L.T("directory.unchecked")}
		if x.Checked.Known() {
			line.Text = r.L.T("directory.stale", "On", x.Checked.Print(r.L))
		}
		b.Lines = append(b.Lines, line)
	}
	if len(b.Lines) > todayLines {
		b.More = &page.Action{Text: r.L.N("app.today.more", len(b.Lines)-todayLines), Href: listing.Path + "?whose=" + listing.Own}
		b.Lines = b.Lines[:todayLines]
	}
	d.Side = append(d.Side, b)
	return nil
}

// hotlines lists, for the pages of the public, the numbers of a country or territory that somebody tried lately. One that
// nobody has tried for long is shown to workers only, who call it first.
func (n *Node) hotlines(public store.Who) func(context.Context, *page.Request, string) ([]rights.Hotline, error) {
	return func(ctx context.Context, r *page.Request, country string) ([]rights.Hotline, error) {
		rows, err := register.All[listing.Line](ctx, n.Store, public, store.Query{Kind: access.KindListing, Codes: map[string]string{"sort": string(listing.Hotline), "country": country, "state": "listed"}})
		var out []rights.Hotline
		for _, x := range rows {
			if x.V.Stale(r.Now) {
				continue
			}
			h := rights.Hotline{Name: x.V.Name, Phone: x.V.Phone, Hours: x.V.Hours, Checked: r.L.Date(x.V.Checked.Last())}
			var tongues []string
			for _, tag := range x.V.Languages {
				tongues = append(tongues, r.L.Language(tag))
			}
			h.Languages = r.L.List(tongues)
			out = append(out, h)
		}
		return out, err
	}
}
