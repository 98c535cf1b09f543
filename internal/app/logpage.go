// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/witness"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// logRoom shows the signed log: to everyone that it is there and what its last checkpoint says, to
// oversight who did and opened what.
func (n *Node) logRoom(o Owner) page.Room {
	return page.Room{Name: "log",
		Menu: []page.MenuItem{{Key: "app.log.menu", Path: "/log", Icon: "history", Order: 90, Show: readsLog}},
		Routes: []page.Route{
			{Pattern: "GET /log", Handle: func(ctx context.Context, r *page.Request) (page.Response, error) {
				d, err := n.logData(ctx, r, o, nil)
				return page.View("app/log", r.L.T("app.log.title"), d), err
			}},
			{Pattern: "POST /log/verify", Handle: func(ctx context.Context, r *page.Request) (page.Response, error) {
				if !readsLog(r.Actor) {
					return nil, fault.New(fault.Denied, "fault.denied")
				}
				v, err := opVerify(ctx, n, Of{Owner: o.ID})
				if err != nil {
					return nil, err
				}
				d, err := n.logData(ctx, r, o, &v)
				return page.View("app/log", r.L.T("app.log.title"), d), err
			}},
		}}
}

func readsLog(a access.Actor) bool { return a.Has(access.Oversight) || a.Has(access.Administrator) }

type logData struct {
	Size       int64
	Checkpoint string
	Key        string
	Verified   *Verified
	Entries    *page.Table // nil for those who do not oversee
	Held       bool        // restored, and waits
	Forks      []OpenFork
	Witnesses  *page.Table // nil without any
}

func (n *Node) logData(ctx context.Context, r *page.Request, o Owner, v *Verified) (logData, error) {
	d := logData{Verified: v, Held: n.held.Load() != nil}
	if !readsLog(r.Actor) {
		return d, fault.New(fault.Denied, "fault.denied")
	}
	signer, err := n.signer(o.ID)
	if err != nil {
		return d, err
	}
	d.Key = signer.Verifier()
	if err := n.witnessData(ctx, r, o, &d); err != nil {
		return d, err
	}
	oversees := n.oversees(r.Actor)
	var entries []logged
	err = n.DB.Read(ctx, func(tx dbTx) (err error) {
		if d.Size, err = ledger.Size(ctx, tx, o.ID); err != nil {
			return err
		}
		if d.Checkpoint, err = ledger.Latest(ctx, tx, o.ID); err != nil || !oversees {
			return err
		}
		entries, err = latest(ctx, tx, o.ID)
		return err
	})
	if err != nil || !oversees {
		return d, err
	}
	d.Entries = n.entriesTable(ctx, r, entries)
	return d, nil
}

// witnessData adds who witnesses the log, how far each is, and what contradicts itself.
func (n *Node) witnessData(ctx context.Context, r *page.Request, o Owner, d *logData) error {
	var err error
	if d.Forks, err = n.forks(ctx, o.ID); err != nil {
		return err
	}
	partners, err := n.witnessing().Partners(ctx, o.ID)
	if err != nil {
		return err
	}
	var cosigned []witness.Cosignature
	if err := n.DB.Read(ctx, func(tx dbTx) (err error) { cosigned, err = witness.Cosignatures(ctx, tx, o.ID); return err }); err != nil {
		return err
	}
	t := page.Table{Caption: r.L.T("app.log.witnesses"), Columns: []page.Column{{Text: r.L.T("app.log.witness")}, {Text: r.L.T("app.log.cosigned")}, {Text: r.L.T("app.log.size")}}}
	for _, p := range partners {
		if !p.Witness {
			continue
		}
		row := page.Row{Cells: []page.Cell{{Text: p.Card.Name, Href: "/partners/" + p.Card.Office.String()}, {Text: r.L.T("app.log.never"), Tone: page.Warn}, {}}}
		for _, c := range cosigned {
			if c.Witness == p.Card.Office {
				row.Cells[1], row.Cells[2] = page.Cell{Text: r.L.DateTime(c.At), Tone: page.Good}, page.Cell{Text: r.L.Number(c.Size)}
			}
		}
		if p.Ours != nil {
			row.Cells[1] = page.Cell{Text: r.L.T("app.log.fork"), Tone: page.Bad}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		d.Witnesses = &t
	}
	return nil
}

// logged is one line of what oversight looks through.
type logged struct {
	actor   journal.ID
	typ     string
	purpose string
	at      time.Time
}

// latest lists the last hundred entries and reads, newest first: who, what kind of thing, when and for
// which purpose; nothing of what was written or read.
func latest(ctx context.Context, tx dbTx, owner journal.ID) ([]logged, error) {
	rows, err := tx.Query(ctx, `SELECT actor, type, purpose, recorded FROM entry WHERE owner = $1
		UNION ALL SELECT actor, 'read', purpose, at FROM read_entry WHERE owner = $1 ORDER BY 4 DESC LIMIT 100`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []logged
	for rows.Next() {
		var x logged
		var at int64
		if err := rows.Scan(&x.actor, &x.typ, &x.purpose, &at); err != nil {
			return nil, err
		}
		x.at = db.Time(at)
		out = append(out, x)
	}
	return out, rows.Err()
}

func (n *Node) entriesTable(ctx context.Context, r *page.Request, entries []logged) *page.Table {
	t := &page.Table{Caption: r.L.T("app.log.entries"), Columns: []page.Column{{Text: r.L.T("app.log.when")}, {Text: r.L.T("app.log.who")}, {Text: r.L.T("app.log.what")}, {Text: r.L.T("app.log.purpose")}}}
	var ids []journal.ID
	for _, e := range entries {
		ids = append(ids, e.actor)
	}
	names, words := n.names(ctx, r.Actor.Owner, ids...), n.entryWords()
	for _, e := range entries {
		who := names[e.actor]
		if who == "" {
			who = r.L.T("app.log.job")
			if e.actor == store.JobID("operator") {
				who = r.L.T("app.log.operator")
			}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.L.DateTime(e.at)}, {Text: who}, {Text: entryWord(r.L, words, e.typ), Sub: e.typ}, {Text: r.L.T("app.log.for." + e.purpose)}}})
	}
	return t
}

// entryWords gives the words of entry types: those of the rooms' own histories ("<room>.entry.<type>"), by type.
func (n *Node) entryWords() map[string]string {
	out := map[string]string{}
	for _, key := range n.Bundle.Keys("en") {
		if _, typ, ok := strings.Cut(key, ".entry."); ok && out[typ] == "" {
			out[typ] = key
		}
	}
	return out
}

// entryWord says what an entry of a type is: as its room's history does, or, for rooms without one, in the log's own words.
func entryWord(l *lang.Locale, words map[string]string, typ string) string {
	if key := words[typ]; key != "" {
		return l.T(key)
	}
	return l.T("app.log.type." + typ)
}
