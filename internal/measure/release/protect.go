// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// roundings is how many ways of rounding are tried until one tells nothing together with what was published before.
const roundings = 12

// protect makes the tables of the route exact.
func (d *Desk) protect(ctx context.Context, w store.Who, f *Files) error {
	p := f.Plan
	before, err := d.before(ctx, w, p)
	if err != nil {
		return err
	}
	if d.Told != nil {
		told, err := d.Told(ctx, w, p.Source)
		if err != nil {
			return err
		}
		for _, t := range told {
			before = append(before, earlier{id: "told " + t.ID, period: t.Period, told: &t})
		}
	}
	full := p.Source.Domain()
	now := piece{period: p.Period}
	for _, s := range p.All {
		now.add(p.full(s))
	}
	l, err := link(ctx, full, p.Source.Most, now, before, func(ctx context.Context, t source.Period) (*table.Records, error) {
		return p.Source.Coded(ctx, w, t)
	})
	if err != nil {
		return err
	}
	for _, e := range touching(p.Period, before, p.Source.Most) {
		if e.told == nil {
			f.earlier = append(f.earlier, e.id)
		}
	}
	if p.Asks.Method == "rounded" {
		err = d.rounded(ctx, w, f, l)
	} else {
		err = suppressed(ctx, f, l)
	}
	if err != nil {
		return err
	}
	f.Release.Checks = append(f.Release.Checks, groups(p, f.Tables))
	return nil
}

// full gives a table's columns in the source's domain.
func (p *Plan) full(s table.Set) table.Set {
	out := make(table.Set, len(s))
	for i, c := range s {
		out[i] = p.columns[c]
	}
	return out
}

// before reads the exact releases of the same source and version that were drawn and not held back, whether they are published
// yet or taken down again.
func (d *Desk) before(ctx context.Context, w store.Who, p *Plan) ([]earlier, error) {
	var out []earlier
	for _, status := range []Status{Drawn, Published, Withdrawn} {
		q := store.Query{Kind: access.KindRelease, State: string(status), Codes: map[string]string{"source": p.Source.Code, "route": string(bundle.Exact)}}
		err := d.each(ctx, w, q, func(s State) error {
			if s.Asks.Version != p.Source.Version {
				return nil
			}
			b, err := d.Files(ctx, w, s)
			if err != nil {
				return err
			}
			x, _, err := Read(b)
			if err != nil {
				return err
			}
			out = append(out, earlier{id: s.ID.String(), period: source.Period{From: day(s.Asks.From), Until: day(s.Asks.Until).AddDate(0, 0, 1)}, tables: x.Tables})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// suppressed withholds numbers until the audit finds that nothing below the threshold can be told.
func suppressed(ctx context.Context, f *Files, l *linked) error {
	k := f.Plan.Asks.K
	open := l.open()
	out, err := exact.Protect(ctx, l.system(), l.values, exact.Rules{K: k, Open: open, Before: l.before, Hidden: l.hidden}, nil)
	if err != nil {
		return err
	}
	audit := bundle.Check{Code: "linked"} // Protect gives nothing that its audit does not pass
	f.fill(l, func(c int) bundle.Cell {
		switch r := out[c]; {
		case r.Width() == 1:
			return number(r.Low)
		case r == exact.Below(k):
			audit.Of++
			f.hidden++
			return bundle.Cell{Low: float(0), High: float(k - 1), Flag: "below"}
		default:
			audit.Of++
			f.hidden++
			return bundle.Cell{Flag: "withheld"}
		}
	})
	f.Release.Checks = append(f.Release.Checks, audit)
	return nil
}

func float(v int64) *float64 {
	x := float64(v)
	return &x
}

func number(v int64) bundle.Cell { return bundle.Cell{Value: float(v)} }

// draws gives Round its draws: of each cell the same as long as its number is the same, so that a table that is published again,
// beside others, is rounded as it was, and nobody learns by averaging. Another try shifts them all.
type draws struct {
	of   []uint64
	next int
}

func (d *draws) Uint64() uint64 {
	if d.next == len(d.of) { // Round begins anew: other draws
		d.next = 0
		for i := range d.of {
			d.of[i] = mix(d.of[i])
		}
	}
	d.next++
	return d.of[d.next-1]
}

// mix makes another number of one (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *Desk) draws(w store.Who, l *linked, keys []string, base int64, try int) *draws {
	secret := d.Secret(w.Actor.Owner)
	m := hmac.New(sha256.New, secret[:])
	out := &draws{}
	for c, v := range l.values[:l.fine] {
		m.Reset()
		fmt.Fprintf(m, "rounding\n%s\n%d\n%d\n%d", keys[c], v, base, try)
		out.of = append(out.of, binary.BigEndian.Uint64(m.Sum(nil)))
	}
	return out
}

// rounded rounds the tables so that they still add up, and tries again until the audit finds that together with what was
// published before no number is told more exactly than as one of base.
func (d *Desk) rounded(ctx context.Context, w store.Who, f *Files, l *linked) error {
	base := f.Plan.Asks.K
	keys := make([]string, l.fine)
	for k, c := range l.at {
		keys[c] = f.Plan.Source.Code + f.Plan.Source.Version + k
	}
	for try := range roundings {
		out, err := exact.RoundLike(ctx, l.tables(), l.values[:l.fine], base, l.rounded[:l.fine], rand.New(d.draws(w, l, keys, base, try)))
		if err != nil {
			return err
		}
		told, of, err := l.told(ctx, out, base)
		if err != nil {
			return err
		}
		if told > 0 {
			continue
		}
		f.Release.Checks = append(f.Release.Checks, bundle.Check{Code: "linked", Of: of})
		known := exact.Rounded(out, base)
		f.fill(l, func(c int) bundle.Cell {
			return bundle.Cell{Value: float(out[c]), Low: float(known[c].Low), High: float(known[c].High), Flag: "rounded"}
		})
		return nil
	}
	return fault.New(fault.Guarded, "statistics.guard.told_before")
}

// told counts the cells that a rounding tells more exactly than as one of base, of all.
func (l *linked) told(ctx context.Context, out []int64, base int64) (found, of int64, err error) {
	known := exact.Rounded(out, base)
	for range len(l.values) - l.fine {
		known = append(known, exact.Withheld())
	}
	for c, b := range l.before {
		if l.hidden[c] {
			known[c] = exact.Withheld()
		}
		if known[c].Low, known[c].High = max(known[c].Low, b.Low), min(known[c].High, b.High); known[c].Low > known[c].High {
			return 1, 1, nil
		}
	}
	fs, err := exact.Audit(ctx, l.system(), known, nil)
	if err != nil {
		return 0, 0, err
	}
	for c, x := range fs {
		least := min(base, l.before[c].Width()) // what was told before more exactly is not told more exactly still
		if least == 1 || l.hidden[c] && l.values[c] >= base {
			continue // it was told before, or may be
		}
		if of++; x.Width() < least {
			found++
		}
	}
	return found, of, nil
}

// fill writes the plan's tables from the system.
func (f *Files) fill(l *linked, cell func(c int) bundle.Cell) {
	for _, s := range f.Plan.All {
		full := f.Plan.full(s)
		t := bundle.Table{Columns: f.Plan.Names(s), Cells: make([]bundle.Cell, f.Plan.Domain.Cells(s))}
		for c := range t.Cells {
			t.Cells[c] = cell(l.at[key(f.Plan.Period, full, c)])
		}
		f.Tables.Tables = append(f.Tables.Tables, t)
	}
}

// groups counts groups of which all that is known is the same, of all groups of two columns or more: their size is safe, and
// yet who knows that somebody is in one knows the answer. It is said on the certificate, for people to judge.
func groups(p *Plan, t bundle.Tables) bundle.Check {
	out := bundle.Check{Code: "group"}
	at := map[string]bundle.Table{}
	for _, x := range t.Tables {
		at[TableName(x.Columns)] = x
	}
	for _, set := range p.All {
		if len(set) < 2 {
			continue
		}
		n := len(p.Domain.Columns[set[len(set)-1]].Values)
		whole, part := at[TableName(p.Names(set[:len(set)-1]))], at[TableName(p.Names(set))]
		for i, c := range whole.Cells {
			if c.Value == nil || *c.Value == 0 {
				continue
			}
			out.Of++
			for v, x := range part.Cells[i*n : (i+1)*n] {
				if x.Value != nil && *x.Value == *c.Value && v != n-1 { // the last is unknown
					out.Found++
				}
			}
		}
	}
	return out
}
