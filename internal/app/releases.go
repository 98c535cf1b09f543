// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/estimate"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/packs/collections"
)

// releases plans, approves and draws what offices publish as figures.
func (n *Node) releases() *release.Desk {
	return &release.Desk{Store: n.Store, Clock: n.Clock, Job: n.Job, Locale: n.inLanguage,
		Random:  func(int) io.Reader { return rand.Reader },
		Sources: n.countable, Told: n.toldOutside,
		Secret: func(owner journal.ID) [32]byte { return n.keys[owner].Seed("figures") },
		Office: func(owner journal.ID) bundle.Office {
			s, ok := n.directory.own(owner)
			if !ok {
				return bundle.Office{}
			}
			f := s.card.Fingerprint()
			return bundle.Office{Name: s.card.Name, Country: s.card.Country, Fingerprint: hex.EncodeToString(f[:])}
		}}
}

// counted gives what an office can count.
func (n *Node) counted(owner journal.ID) source.Sources {
	o, err := n.settingsOf(owner)
	if err != nil {
		return nil
	}
	return n.sources(o)
}

// statisticsRoom mounts the rapporteur's pages and the register, in every office.
func (n *Node) statisticsRoom(o Owner) (page.Room, bool, error) {
	asked, err := collections.All()
	return release.Room(release.RoomConfig{Desk: n.releasing, Texts: n.Bundle, Together: joint.Path, Joint: n.publishedTogether(), Returns: returns.Path, Estimates: estimate.Path, Names: n.namesFor(o), Approved: n.drawSoon, OwnHost: n.publicHost(o) != "", Counts: o.Kind == access.Programme || len(n.counted(o.ID)) > 0, Aside: n.leftExact,
		Collections: func(language string) []release.Collected {
			if language != "fr" {
				language = "en"
			}
			var out []release.Collected
			for _, c := range asked {
				out = append(out, release.Collected{By: c.By[language], What: c.What[language], When: c.When[language], Source: c.Source, Wants: c.Wants})
			}
			return out
		}}), true, err
}

// leftExact lists the small tables that an office told others, and its statutory returns, for its register.
func (n *Node) leftExact(ctx context.Context, r *page.Request) ([]release.Aside, error) {
	all, err := figure.Tellings(ctx, n.Store, store.Who{Actor: r.Actor, Purpose: access.ForProgramme}, "")
	if err != nil {
		return nil, err
	}
	out, err := n.leftReturns(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.Office == r.Actor.Owner {
			out = append(out, release.Aside{What: figure.Title(r.L, t.Table), Href: figure.Path, At: t.At})
		}
	}
	return out, nil
}

// drawSoon lets the node look at once for figures to draw.
func (n *Node) drawSoon() {
	select {
	case n.approved <- struct{}{}:
	default:
	}
}

// drawReleases draws what was approved, until the context ends.
func (n *Node) drawReleases(ctx context.Context) {
	t := time.NewTicker(drawEvery)
	defer t.Stop()
	for {
		if _, err := n.DrawOnce(ctx); err != nil && ctx.Err() == nil {
			n.trouble("draw figures")(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-n.approved:
		case <-t.C:
		}
	}
}

// DrawOnce draws the figures that all offices of the node have approved.
func (n *Node) DrawOnce(ctx context.Context) (release.Report, error) {
	var sum release.Report
	var err error
	for _, id := range n.signing() {
		rep, bad := n.releasing.Work(ctx, id)
		sum.Drawn, sum.Broken = sum.Drawn+rep.Drawn, sum.Broken+rep.Broken
		err = errors.Join(err, bad, n.joint().Work(ctx, id))
	}
	return sum, err
}
