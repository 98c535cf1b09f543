// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/hex"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// joint does an office's part of what several publish together.
func (n *Node) joint() joint.Desk {
	return joint.Desk{Store: n.Store, DB: n.DB, Post: n.Post, Clock: n.Clock, Job: n.Job, Sources: n.counted,
		Keys: func(owner journal.ID) joint.Keyring { return n.keys[owner] },
		Wake: func(journal.ID) { n.drawSoon() },
		Spend: func(ctx context.Context, owner, id journal.ID, p joint.Proposal) error {
			s, years, err := p.Spent(n.Clock.Now())
			if err != nil {
				return err
			}
			return n.releasing.Spend(ctx, owner, id, p.Source, years, s)
		}}
}

// coveredBothWays says whether counts may go to an office and come from it.
func coveredBothWays(g *store.Guarding, office journal.ID) error {
	counts := []journal.Category{journal.D9}
	if _, err := terms.Find(g, g.Owner, office, joint.Purpose, counts); err != nil {
		return err
	}
	_, err := terms.Find(g, office, g.Owner, joint.Purpose, counts)
	return err
}

// jointRoom mounts the pages of what several offices publish together.
func (n *Node) jointRoom(o Owner) (page.Room, bool, error) {
	return joint.Pages(joint.RoomConfig{Desk: n.joint(), Names: n.namesFor(o), Locale: n.inLanguage, Texts: n.Bundle, Written: n.poke,
		Colleagues: n.otherColleagues, Parties: n.countingParties,
		Describe: func(owner journal.ID, p joint.Proposal) joint.Describe {
			src, _ := n.counted(owner).Find(p.Source)
			d := joint.Describe{Column: n.releasing.Words(src), Population: map[string]string{}}
			for _, tag := range []string{"en", "fr"} {
				if l := n.inLanguage(tag); l.Has("measure.source." + p.Source + ".means") {
					d.Population[tag] = l.T("measure.source." + p.Source + ".means")
				}
			}
			return d
		}}), true, nil
}

// countingParties gives this office and those that terms let it exchange counts with both ways.
func (n *Node) countingParties(ctx context.Context, r *page.Request) (joint.Party, []joint.Party, error) {
	own := n.releasing.Office(r.Actor.Owner)
	me, counts := joint.Party{Office: r.Actor.Owner, Name: own.Name, Country: own.Country, Fingerprint: own.Fingerprint}, []journal.Category{journal.D9}
	known, ids, err := n.partners(ctx, r, access.Assistance, access.Police, access.Justice) // a programme's office counts nobody
	if err != nil {
		return me, nil, err
	}
	var out []joint.Party
	for _, id := range ids {
		if _, err := n.directory.covering(ctx, r.Actor.Owner, id, joint.Purpose, counts); err != nil {
			continue
		}
		c, err := n.directory.Partner(ctx, r.Actor.Owner, id)
		if err != nil {
			continue
		}
		f := c.Fingerprint()
		out = append(out, joint.Party{Office: id, Name: known[id].Name, Country: known[id].Country, Fingerprint: hex.EncodeToString(f[:])})
	}
	return me, out, nil
}
