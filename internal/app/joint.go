// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/hex"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// joint does an office's part of what several publish together.
func (n *Node) joint() joint.Desk {
	return joint.Desk{Store: n.Store, DB: n.DB, Post: n.Post, Clock: n.Clock, Job: n.Job, Sources: n.counted,
		Keys:  func(owner journal.ID) joint.Keyring { return n.keys[owner] },
		Known: n.countingOffice,
		Wake:  func(journal.ID) { n.drawSoon() },
		Spend: func(ctx context.Context, owner, id journal.ID, p joint.Proposal) error {
			s, years, err := p.Spent(n.Clock.Now())
			if err != nil {
				return err
			}
			return n.releasing.Spend(ctx, owner, id, p.Source, years, s)
		}}
}

// countsWith says whether an office is the one that a proposal names, and whether counts may go to it and come from it.
func (n *Node) countsWith(g *store.Guarding, p joint.Party) error {
	if p.Office == g.Owner {
		if self, ok := n.directory.own(g.Owner); !ok || !p.Is(partyOf(self.card)) {
			return joint.CardDiffers(p)
		}
		return nil
	}
	counts := []journal.Category{journal.D9}
	if _, err := terms.Find(g, g.Owner, p.Office, joint.Purpose, counts); err != nil {
		return err
	}
	if _, err := terms.Find(g, p.Office, g.Owner, joint.Purpose, counts); err != nil {
		return err
	}
	known, err := g.Other(access.KindPartner, p.Office)
	if err != nil {
		return err
	}
	if !p.Is(partyOf(known.(terms.Partner).Card)) {
		return joint.CardDiffers(p)
	}
	return nil
}

// partyOf gives an office as its card says.
func partyOf(c card.Card) joint.Party {
	f := c.Fingerprint()
	return joint.Party{Office: c.Office, Name: c.Name, Country: c.Country, Fingerprint: hex.EncodeToString(f[:])}
}

// countingOffice gives an office by the card that is pinned of it, or the owner by its own.
func (n *Node) countingOffice(ctx context.Context, owner, office journal.ID) (joint.Party, error) {
	if office == owner {
		c, _, err := n.ownCard(owner)
		return partyOf(c), err
	}
	c, err := n.directory.Partner(ctx, owner, office)
	return partyOf(c), err
}

// jointRoom mounts the pages of what several offices publish together.
func (n *Node) jointRoom(o Owner) (page.Room, bool, error) {
	return joint.Pages(joint.RoomConfig{Desk: n.joint(), Names: n.namesFor(o), Locale: n.inLanguage, Texts: n.Bundle, Exactly: n.releasing.Exactly,
		Colleagues: n.otherColleagues, Parties: n.countingParties,
		Describe: n.describeJoint}), true, nil
}

// describeJoint gives the words that a joint release is written with.
func (n *Node) describeJoint(owner journal.ID, p joint.Proposal) joint.Describe {
	src, _ := n.counted(owner).Find(p.Source)
	d := joint.Describe{Column: n.releasing.Words(src), Population: map[string]string{}, Notes: map[string]string{}}
	for _, tag := range []string{"en", "fr"} {
		if l := n.inLanguage(tag); l.Has("measure.source." + p.Source + ".means") {
			d.Population[tag] = l.T("measure.source." + p.Source + ".means")
		}
		if p.Most < src.Most { // fewer than the words of the source say
			d.Notes[tag] = n.inLanguage(tag).N("joint.most.note", p.Most)
		}
	}
	return d
}

// publishedTogether gives the register what several offices published together.
func (n *Node) publishedTogether() release.Joint {
	kept := new(release.Kept[explorer.Book])
	return release.Joint{
		List: func(ctx context.Context, owner journal.ID) ([]release.Together, error) {
			return n.joint().Published(ctx, owner)
		},
		Book: func(ctx context.Context, owner, id journal.ID) (explorer.Book, error) {
			return n.joint().Book(ctx, owner, id, n.describeJoint, kept)
		}}
}

// countingParties gives this office and those that terms let it exchange counts with both ways.
func (n *Node) countingParties(ctx context.Context, r *page.Request) (joint.Party, []joint.Party, error) {
	counts := []journal.Category{journal.D9}
	me, err := n.countingOffice(ctx, r.Actor.Owner, r.Actor.Owner)
	if err != nil {
		return me, nil, err
	}
	_, ids, err := n.partners(ctx, r, access.Assistance, access.Police, access.Justice) // a programme's office counts nobody
	if err != nil {
		return me, nil, err
	}
	var out []joint.Party
	for _, id := range ids {
		if _, err := n.directory.covering(ctx, r.Actor.Owner, id, joint.Purpose, counts); err != nil {
			continue
		}
		p, err := n.countingOffice(ctx, r.Actor.Owner, id)
		if err != nil {
			continue
		}
		out = append(out, p)
	}
	return me, out, nil
}
