// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// appearance gives an owner's ground for asking what rests on appearance or origin; "" is off.
func (n *Node) appearance(owner journal.ID) string {
	o, _ := n.settingsOf(owner)
	return o.Appearance
}

// besideScreening lets the screening room live in a person's file: its entries, guards, what is due and what counts.
func besideScreening(sets screening.Sets, appearance func(journal.ID) string) casework.Beside {
	return casework.Beside{Name: "screening", Types: screening.Types(),
		Fold: func(es []journal.Entry) (any, error) { return sets.Fold(es) },
		Guard: func(g *store.Guarding, p casework.Person, state any, e journal.Entry) error {
			return sets.Of(g.Owner).Guard(screeningsOf(state), screening.Context{Now: g.Now, Child: p.Child(), Appearance: appearance(g.Owner)}, e)
		},
		Dues: func(p casework.Person, state any, _ time.Time) []casework.Due {
			if at := screeningsOf(state).Doubt(); !at.IsZero() && p.Child() && p.Guardian != "appointed" {
				return []casework.Due{{What: "guardian", At: at}}
			}
			return nil
		},
		Counts: func(state any) any { return screeningsOf(state).Counts() }}
}

func screeningsOf(state any) screening.State {
	s, _ := state.(screening.State)
	return s
}

// signalKind gives the kind of signals; they go to assistance offices that terms in force reach.
func (n *Node) signalKind() screening.KindConfig {
	return screening.KindConfig{Sets: n.lists, Appearance: n.appearance,
		Terms: func(g *store.Guarding, from, to journal.ID, purpose string, cats []journal.Category) error {
			if to == g.Owner {
				if g.Office != access.Assistance {
					return fault.New(fault.Denied, "screening.guard.not_assistance")
				}
			} else if p, err := g.Other(access.KindPartner, to); err != nil || p.(terms.Partner).Card.Kind != access.Assistance {
				return fault.New(fault.Uncovered, "screening.guard.not_assistance")
			}
			_, err := terms.Find(g, from, to, purpose, cats)
			return err
		}}
}

// screeningRoom mounts the pages of screening where people screen.
func (n *Node) screeningRoom(o Owner) (page.Room, bool, error) {
	c := screening.RoomConfig{Store: n.Store, Sets: n.lists.Of(o.ID), Appearance: o.Appearance, Threshold: o.Threshold,
		Names:    func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) },
		Partners: n.signalPartners, Purpose: n.signalPurpose, Look: func(ctx context.Context) error { return n.publishedBy(ctx, o.ID) }}
	if o.Kind == access.Assistance {
		c.Case, c.Files = n.screenedCase, n.ownFiles
		c.Counts = func(ctx context.Context, _ *page.Request) ([]screening.Counted, error) {
			return n.screeningCounts(ctx, o.ID)
		}
	}
	return screening.Room(c), o.Kind == access.Assistance || o.Kind == access.Police, nil
}

func (n *Node) screenedCase(ctx context.Context, r *page.Request, id journal.ID) (screening.Case, error) {
	p, _, err := n.Work.Open(ctx, store.Who{Actor: r.Actor, Purpose: access.ForScreening}, id)
	return screening.Case{State: screeningsOf(p.Beside["screening"]), Code: p.Registered.Code, Child: p.Child()}, err
}

// ownFiles lists the files that somebody works on, latest first.
func (n *Node) ownFiles(ctx context.Context, r *page.Request) ([]page.Option, error) {
	rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForScreening}, store.Query{Kind: access.KindPerson, State: "open", Assignee: r.Actor.ID})
	if err != nil {
		return nil, err
	}
	var out []page.Option
	for _, row := range rows.Rows {
		s, err := store.Summary[casework.Summary](row)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Option{Value: row.Ref.ID.String(), Text: s.Code})
	}
	return out, nil
}

// signalPurpose finds a purpose for which terms in force let a signal's categories go to an office.
func (n *Node) signalPurpose(ctx context.Context, r *page.Request, to journal.ID, cats []journal.Category) (string, error) {
	var why error
	for _, p := range screening.Purposes() {
		if _, why = n.directory.covering(ctx, r.Actor.Owner, to, p, cats); why == nil {
			return p, nil
		}
	}
	return "", why
}

// signalPartners lists the assistance offices that a signal may go to.
func (n *Node) signalPartners(ctx context.Context, r *page.Request) ([]page.Option, error) {
	known, ids, err := n.partners(ctx, r, access.Assistance)
	var out []page.Option
	for _, id := range ids {
		if _, err := n.signalPurpose(ctx, r, id, []journal.Category{journal.D0, journal.D3}); err == nil { // terms cover a signal there
			out = append(out, page.Option{Value: id.String(), Text: known[id].Name + " (" + r.L.Country(known[id].Country) + ")"})
		}
	}
	return out, err
}

// screeningCounts gathers, as the statistics job, what figures know of each screening: codes, nobody's file.
func (n *Node) screeningCounts(ctx context.Context, owner journal.ID) ([]screening.Counted, error) {
	who, err := n.Job(owner, "statistics", access.ForStatistics)
	if err != nil {
		return nil, err
	}
	var out []screening.Counted
	err = n.Store.Each(ctx, who, store.Query{Kind: access.KindPerson}, func(row store.Row) error {
		s, err := store.Summary[casework.Summary](row)
		if err != nil || len(s.Counts["screening"]) == 0 {
			return err
		}
		var some []screening.Counted
		err = json.Unmarshal(s.Counts["screening"], &some)
		out = append(out, some...)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = n.Store.Each(ctx, who, store.Query{Kind: access.KindSignal}, func(row store.Row) error {
		s, err := store.Summary[screening.Summary](row)
		if s.Status != screening.StatusInFile { // else it counts there
			out = append(out, s.Counts...)
		}
		return err
	})
	return out, err
}

// screeningPanels shows a person's screenings on her page.
func (n *Node) screeningPanels(_ context.Context, r *page.Request, p casework.Person, o *store.Opened) ([]casework.Panel, error) {
	x := screening.PanelOf(r.L, n.lists, screeningsOf(p.Beside["screening"]), "/cases/"+p.ID.String()+"/screening")
	out := casework.Panel{ID: "screenings", Title: x.Title, Table: x.Table, Empty: x.Empty, Place: casework.InRights}
	for _, rel := range o.Relations {
		if rel == access.AsManager || rel == access.AsSignaller {
			out.Actions = x.Actions
		}
	}
	return []casework.Panel{out}, nil
}

// signalBlock lists, for "Today", the signals that wait for somebody, those that run out first at the top.
func (n *Node) signalBlock(ctx context.Context, r *page.Request) (block, error) {
	b := block{ID: "signals", Title: r.L.T("screening.signals.title"), Tone: page.Warn}
	var rows []store.Row
	who := store.Who{Actor: r.Actor, Purpose: access.ForScreening}
	for _, st := range []screening.Status{screening.StatusReceived, screening.StatusOpen, screening.StatusUnread, screening.StatusLapsed} {
		if st == screening.StatusLapsed && r.Office.Kind == access.Assistance {
			continue // its sender was told
		}
		q := store.Query{Kind: access.KindSignal, State: string(st), ByDue: true, Limit: todayLines}
		count, err := n.Store.Count(ctx, who, q)
		if err != nil {
			return b, err
		}
		some, err := n.Store.List(ctx, who, q)
		if err != nil {
			return b, err
		}
		b.N += count
		rows = append(rows, some.Rows...)
	}
	if rows = rows[:min(len(rows), todayLines)]; b.N > len(rows) {
		b.More = &page.Action{Text: r.L.N("app.today.more", b.N-len(rows)), Href: "/screening/signals"}
	}
	t, err := screening.Table(ctx, r, rows, func(ctx context.Context, ids ...journal.ID) map[journal.ID]string {
		return n.names(ctx, r.Office.ID, ids...)
	})
	if err == nil {
		b.Table, b.Empty = t, t.Empty
	}
	return b, err
}
