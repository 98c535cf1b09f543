// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// compareEvery is how often it is looked whether the night's comparing is due; compareAt is the hour of the office's clock from
// which it is. That it is the same hour each day tells nobody when something was written.
const (
	compareEvery = 10 * time.Minute
	compareAt    = 2
)

// matching is both sides of private matching.
func (n *Node) matching() matching.Desk {
	return matching.Desk{Store: n.Store, DB: n.DB, Post: n.Post, Clock: n.Clock, Job: n.Job, Partners: n.directory.partners, Quota: n.Settings.MatchQuota,
		Keys: func(owner journal.ID) matching.Keyring { return n.keys[owner] },
		Records: func(owner journal.ID) matching.Records {
			if o, err := n.settingsOf(owner); err == nil && o.Kind == access.Assistance {
				return comparedPeople{n}
			}
			return comparedRecords{n}
		}}
}

// partners lists the pinned partners of an owner that are not blocked.
func (d *directory) partners(ctx context.Context, owner journal.ID) ([]journal.ID, error) {
	who, err := d.node.Job(owner, "post", access.ForExchange)
	if err != nil {
		return nil, err
	}
	var out []journal.ID
	err = d.node.Store.Each(ctx, who, store.Query{Kind: access.KindPartner, State: "pinned"}, func(row store.Row) error {
		out = append(out, row.Ref.ID)
		return nil
	})
	return out, err
}

// eachOpened opens every dossier of a kind that the job may read.
func (n *Node) eachOpened(ctx context.Context, w store.Who, q store.Query, take func(journal.ID, any)) error {
	return n.Store.Each(ctx, w, q, func(row store.Row) error {
		o, err := n.Store.Open(ctx, w, row.Ref)
		if err == nil {
			take(row.Ref.ID, o.State)
		}
		if fault.Is(err, fault.NotFound) { // gone meanwhile
			err = nil
		}
		return err
	})
}

// comparedPeople are those of an assistance office who agreed to it: the door lets the job read who they are and nothing else,
// and of nobody else.
type comparedPeople struct{ n *Node }

func (c comparedPeople) All(ctx context.Context, job store.Who) ([]matching.Record, error) {
	var out []matching.Record
	now := c.n.Clock.Now()
	err := c.n.eachOpened(ctx, job, store.Query{Kind: access.KindPerson, State: "open"}, func(id journal.ID, state any) {
		if r := personRecord(id, state.(casework.Person), now); r.Found || r.Asked {
			out = append(out, r)
		}
	})
	return out, err
}

func personRecord(id journal.ID, p casework.Person, now time.Time) matching.Record {
	return matching.Record{ID: id, Found: p.ClosedAt.IsZero() && now.Before(p.Consent.Compares(true)), Asked: now.Before(p.Consent.Compares(false)),
		Ref: p.Registered.Code, Worker: p.Manager(), Subject: match.Subject{Person: casework.Named(p.Identity, casework.Contact{})}}
}

func (c comparedPeople) Found(ctx context.Context, job store.Who, id journal.ID) (matching.Record, bool, error) {
	o, err := c.n.Store.Open(ctx, job, casework.Ref(id))
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) {
		return matching.Record{}, false, nil
	}
	if err != nil {
		return matching.Record{}, false, err
	}
	r := personRecord(id, o.State.(casework.Person), c.n.Clock.Now())
	return r, r.Found, nil
}

// Open gives a file that its worker wants to ask about: the person must have agreed to that.
func (c comparedPeople) Open(ctx context.Context, w store.Who, id journal.ID) (matching.Record, error) {
	o, err := c.n.Store.Open(ctx, w, casework.Ref(id))
	if err != nil {
		return matching.Record{}, err
	}
	r := personRecord(id, o.State.(casework.Person), c.n.Clock.Now())
	if !r.Asked {
		return matching.Record{}, fault.New(fault.Uncovered, "matching.guard.consent")
	}
	return r, nil
}

// comparedRecords are a police or justice office's records of persons and things that partners may find.
type comparedRecords struct{ n *Node }

// subjectRecord: an office asks in the night about what it lets others find, so that comparing goes both ways.
func subjectRecord(id journal.ID, s subject.State, now time.Time) matching.Record {
	found := s.Open() && s.Known.Findable && now.Before(s.Known.UntilAt())
	r := matching.Record{ID: id, Found: found, Asked: found,
		Ref: subject.Code(id), Subject: match.Subject{Person: s.Known.Person(), Accounts: s.Known.Accounts, Plates: s.Known.Plates}}
	if len(s.Workers) > 0 {
		r.Worker = s.Workers[0]
	}
	return r
}

func (c comparedRecords) All(ctx context.Context, job store.Who) ([]matching.Record, error) {
	var out []matching.Record
	now := c.n.Clock.Now()
	err := c.n.eachOpened(ctx, job, store.Query{Kind: access.KindSubject, State: "open", Codes: map[string]string{"findable": "yes"}}, func(id journal.ID, state any) {
		if r := subjectRecord(id, state.(subject.State), now); r.Found {
			out = append(out, r)
		}
	})
	return out, err
}

func (c comparedRecords) Found(ctx context.Context, job store.Who, id journal.ID) (matching.Record, bool, error) {
	o, err := c.n.Store.Open(ctx, job, store.Ref{Kind: access.KindSubject, ID: id})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) {
		return matching.Record{}, false, nil
	}
	if err != nil {
		return matching.Record{}, false, err
	}
	r := subjectRecord(id, o.State.(subject.State), c.n.Clock.Now())
	return r, r.Found, nil
}

func (c comparedRecords) Open(ctx context.Context, w store.Who, id journal.ID) (matching.Record, error) {
	o, err := c.n.Store.Open(ctx, w, store.Ref{Kind: access.KindSubject, ID: id})
	if err != nil {
		return matching.Record{}, err
	}
	s := o.State.(subject.State)
	if !s.Open() || s.Known.Case == "" { // ended, or somebody else's
		return matching.Record{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return subjectRecord(id, s, c.n.Clock.Now()), nil
}

// matchingRoom mounts the pages of comparisons where an office compares.
func (n *Node) matchingRoom(o Owner) (page.Room, bool, error) {
	record := func(id journal.ID) string { return subject.Path + "/" + id.String() }
	if o.Kind == access.Assistance {
		record = func(id journal.ID) string { return "/cases/" + id.String() }
	}
	return matching.Pages(matching.RoomConfig{Desk: n.matching(), Record: record,
		Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) },
		Next:  afterHit(o)}), o.Kind != access.Programme, nil
}

// matchingPanel says on a person's page whether other offices may find her, and lets her worker ask.
func (n *Node) matchingPanel(_ context.Context, r *page.Request, p casework.Person, o *store.Opened) ([]casework.Panel, error) {
	l, found := r.L, p.Consent.Compares(true)
	x := casework.Panel{ID: "matching", Title: l.T("matching.panel"), Place: casework.InSharing, Lead: l.T("matching.panel.not_found"), Hint: l.T("matching.panel.text")}
	if r.Now.Before(found) {
		x.Lead = l.T("matching.panel.found", "Day", l.Date(found))
	}
	for _, rel := range o.Relations {
		if rel == access.AsManager && r.Actor.Has(access.CaseManager) && r.Now.Before(p.Consent.Compares(false)) { // without her agreement there is nothing to press
			x.Actions = []page.Action{{Text: l.T("matching.new"), Href: matching.Path + "/new?of=" + p.ID.String(), Icon: "zoom-question"}}
		}
	}
	return []casework.Panel{x}, nil
}

// compareNightly does the night's comparing of every office once a day, until the context ends.
func (n *Node) compareNightly(ctx context.Context) {
	t := time.NewTicker(compareEvery)
	defer t.Stop()
	done := map[journal.ID]string{} // the day, by office
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		for _, id := range n.signing() {
			o, err := n.settingsOf(id)
			now := n.Clock.Now().In(o.zone())
			day := now.Format(time.DateOnly)
			if err != nil || now.Hour() < compareAt || done[id] == day {
				continue
			}
			if _, err := n.CompareOnce(ctx, id); err != nil && ctx.Err() == nil {
				n.trouble("compare with partners")(err)
			}
			done[id] = day
		}
	}
}

// CompareOnce does the night's comparing of one office now.
func (n *Node) CompareOnce(ctx context.Context, owner journal.ID) (matching.Report, error) {
	if err := n.waits(); err != nil {
		return matching.Report{}, err
	}
	return n.matching().Night(ctx, owner)
}

// opCompare does the night's comparing when somebody asks for it.
func opCompare(ctx context.Context, n *Node, in Of) (matching.Report, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return matching.Report{}, err
	}
	return n.CompareOnce(ctx, o.ID)
}
