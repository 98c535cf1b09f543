// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/brought"
)

// Bringing takes tables of old proceedings in.
type Bringing struct {
	Store *store.Store
	Law   Law
	Now   time.Time
}

// Bring writes the proceedings of a table as the actor's, or with dry only says what that would do. A proceeding's id follows from
// the office and the reference, so that bringing a table again adds nothing, and a line that says more than before adds what is
// new. A proceeding that is wrong, or that somebody else works on, is reported by its lines and left as it is; the others go on.
// Errors: those of the store that are no line's.
func (b Bringing) Bring(ctx context.Context, w store.Who, olds []Old, wrong []brought.Wrong, dry bool) (brought.Report, error) {
	rep := brought.Report{Wrong: slices.Clone(wrong)}
	for _, o := range olds {
		added, n := false, 0
		bad := brought.Wrong{N: o.Lines[0], Column: "reference"}
		ref, err := b.find(ctx, w, o.Reference)
		if err != nil {
			return rep, err
		}
		_, err = b.Store.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
			s := state.(State)
			if s.Exists() && !slices.Contains(s.Workers, w.Actor.ID) {
				return nil, fault.Bad("reference", "proceeding.table.others")
			}
			drafts, wrong := b.drafts(o, s, w.Actor.ID)
			if wrong != nil {
				bad = *wrong
				return nil, bad.Err
			}
			if added, n = !s.Exists(), len(drafts); dry {
				return nil, nil
			}
			return drafts, nil
		})
		bad.Err = err
		if err := rep.Take(bad, added, n); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

// find gives the proceeding of a reference: the one that has it here, else the one that it is to be.
func (b Bringing) find(ctx context.Context, w store.Who, reference string) (store.Ref, error) {
	hits, err := b.Store.Search(ctx, w, access.KindProceeding, [][][]store.Token{{tokens(reference)}})
	if err != nil || len(hits.Rows) == 0 {
		return refOf(idOf(w.Actor.Owner, reference)), err
	}
	return hits.Rows[0].Ref, nil
}

// drafting collects what is to be written, checked as the door will check it.
type drafting struct {
	b     Bringing
	s     State
	actor journal.ID
	out   []store.Draft
	bad   *brought.Wrong
}

// add writes what differs from before; at is the line that says it.
func (d *drafting) add(at int, typ string, before, after any) {
	if d.bad != nil || same(before, after) {
		return
	}
	e, err := brought.Entry(d.s.ID, typ, d.actor, after)
	if err == nil {
		err = d.b.Law.guard(&store.Guarding{Now: d.b.Now}, d.s, e)
	}
	if err == nil {
		err = d.s.apply(e)
	}
	if err != nil {
		d.bad = &brought.Wrong{N: at, Column: columnOf(err), Err: err}
		return
	}
	d.out = append(d.out, store.Draft{Type: typ, Payload: after})
}

func same(a, b any) bool {
	x, _ := json.Marshal(a) // structs of texts and numbers
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// drafts gives what a table's proceeding adds to what is known, or what is wrong with it.
func (b Bringing) drafts(o Old, s State, actor journal.ID) ([]store.Draft, *brought.Wrong) {
	s.Lines = slices.Clone(s.Lines) // what is tried here changes nothing of what the door looks at
	d, r, first := &drafting{b: b, s: s, actor: actor}, &reading{}, o.Lines[0]
	typ := ChangedType
	if !s.Exists() {
		typ = OpenedType
	}
	d.add(first, typ, s.Charge, b.Law.chargeOf(o, s.Charge))
	rows := r.byNumber(o)
	for _, row := range rows {
		n, _ := role(row)
		var before any
		after := Defendant{N: n}
		if known := d.s.line(n); known != nil {
			before, after = known.Defendant, known.Defendant
		}
		d.add(lineOfRow(row, first), DefendantType, before, defendantOf(row, after))
	}
	for _, row := range rows { // once all are known who are charged: a proceeding is final when all decisions are
		n, _ := role(row)
		l := Line{Defendant: Defendant{N: n}}
		if known := d.s.line(n); known != nil {
			l = *known
		}
		if v, says := r.decisionOf(row, l); says {
			d.add(lineOfRow(row, first), DecidedType, of(l, v.Instance), v)
		}
	}
	d.add(first, VictimsType, s.Victims, r.victims(o, s.Victims))
	d.add(first, RedressType, s.Redress, r.redress(o, s.Redress))
	if r.wrong != nil {
		return nil, r.wrong
	}
	return d.out, d.bad
}

// of gives what an instance has decided of a line; nothing where it has not.
func of(l Line, instance string) any {
	for _, d := range l.Decisions {
		if d.Instance == instance {
			return d
		}
	}
	return nil
}

func lineOfRow(row map[string]cell, otherwise int) int {
	for _, c := range row {
		return c.n
	}
	return otherwise
}

// columnOf names the column that a fault speaks of.
func columnOf(err error) string {
	name := cmp.Or(brought.ColumnOf(err), "reference")
	return cmp.Or(map[string]string{"on": "decided", "count": "injured", "n": "defendant"}[name], name)
}

// idOf gives the id of the proceeding of a reference.
func idOf(owner journal.ID, reference string) journal.ID {
	return journal.IDOf("entraide proceeding v1\n" + owner.String() + "\n" + plain(reference))
}

// Rows gives the lines of a proceeding in a table, without names: one for each decision, one for who has none, one for a
// proceeding without defendants.
func Rows(s State) [][]string {
	var out [][]string
	for _, l := range s.Live() {
		if len(l.Decisions) == 0 {
			out = append(out, row(s, l, Decision{}))
		}
		for _, d := range l.Decisions {
			out = append(out, row(s, l, d))
		}
	}
	if out == nil {
		out = append(out, row(s, Line{}, Decision{}))
	}
	return out
}

// row gives the cells of a line, in the order of Columns.
func row(s State, l Line, d Decision) []string {
	c, v, x := s.Charge, s.Victims, s.Redress
	suspended, final := "", ""
	if d.On != "" {
		suspended, final = source.Yes(d.Suspended), source.Yes(d.Final)
	}
	return []string{c.Reference, c.Country, c.Court, strings.Join(c.Articles, "|"), strings.Join(c.Forms, "|"), c.Opened,
		numeral(int64(l.N)), "", l.Sex, l.Age, l.Citizen, l.Charged, d.Instance, d.On, d.Outcome, numeral(int64(d.Months)), suspended, final,
		marked(v.Count), marked(v.Minors), v.Unpunished, x.Currency, numeral(x.Ordered), numeral(x.Paid), x.Finances, x.Seized, numeral(x.Worth)}
}

// marked writes a number as tables say how sure it is.
func marked(u party.Uncertain) string {
	if !u.Known() {
		return ""
	}
	return map[string]string{"least": "≥", "about": "~"}[how(u)] + strconv.FormatInt(u.Low(), 10)
}
