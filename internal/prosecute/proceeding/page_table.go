// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"context"
	"encoding/base64"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// tableData is the page of a table: what it would do, then what it did.
type tableData struct {
	Crumbs []page.Crumb
	Report string // its title
	Facts  []page.Fact
	Wrong  page.Table
	Data   string // the table that was looked at, carried along until it is written
	Errors page.FieldErrors
	Names  []page.Fact // the columns, and what they hold
}

// mostWrong is how many lines that are wrong a page shows.
const mostWrong = 200

func (rm room) tableData(r *page.Request) tableData {
	d := tableData{Crumbs: crumbs(r.L, r.L.T("proceeding.import"))}
	for _, c := range Columns() {
		d.Names = append(d.Names, page.Fact{Term: c, Text: r.L.T("proceeding.column." + c)})
	}
	return d
}

func (rm room) table(_ context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	return page.View("proceeding/import", r.L.T("proceeding.import"), rm.tableData(r)), nil
}

// sent reads the table of a form: one that was chosen, to be looked at, or one that was looked at, to be written.
func sent(r *page.Request) (raw []byte, dry bool, err error) {
	v, err := r.Typed()
	if err != nil {
		return nil, true, err
	}
	if data := v.Get("data"); data != "" {
		raw, err = base64.StdEncoding.DecodeString(data)
		if err != nil {
			err = fault.New(fault.Invalid, "page.fault.form")
		}
		return raw, false, err
	}
	u, ok, err := r.Upload("file")
	if err == nil && !ok {
		err = fault.Bad("file", "proceeding.table.none")
	}
	return u.Bytes, true, err
}

// bring looks at a table, or writes the one that was looked at.
func (rm room) bring(ctx context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	raw, dry, err := sent(r)
	d, l := rm.tableData(r), r.L
	var olds []Old
	var wrong []Wrong
	if err == nil {
		olds, wrong, err = ReadTable(raw)
	}
	if k := fault.Of(err); err != nil && (k == fault.Invalid || k == fault.TooMuch) {
		if d.Errors = r.Errors(err); len(d.Errors) == 0 {
			d.Errors = r.Errors(fault.Bad("file", "proceeding.table.large"))
		}
		return page.Status(422, page.View("proceeding/import", l.T("proceeding.import"), d)), nil
	}
	if err != nil {
		return nil, err
	}
	rep, err := Bringing{rm.Store, rm.Law, r.Now}.Bring(ctx, as(r), olds, wrong, dry)
	if err != nil {
		return nil, err
	}
	d.report(r, rep, dry)
	if dry && rep.Added+rep.Changed > 0 {
		d.Data = base64.StdEncoding.EncodeToString(raw)
	}
	return page.View("proceeding/import", l.T("proceeding.import"), d), nil
}

func (d *tableData) report(r *page.Request, rep Report, dry bool) {
	l := r.L
	d.Report = l.T(map[bool]string{true: "proceeding.table.would", false: "proceeding.table.did"}[dry])
	for _, x := range []struct {
		term string
		n    int
	}{{"added", rep.Added}, {"changed", rep.Changed}, {"same", rep.Same}, {"wrong", len(rep.Wrong)}} {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("proceeding.table." + x.term), Text: l.Number(x.n)})
	}
	inorder.Stably(rep.Wrong, func(a, b Wrong) int { return a.N - b.N })
	d.Wrong = page.Table{Caption: l.T("proceeding.table.wrong"), Columns: []page.Column{{Text: l.T("proceeding.table.line"), Num: true}, {Text: l.T("proceeding.table.column")}, {Text: l.T("proceeding.table.why")}}}
	for _, w := range rep.Wrong[:min(len(rep.Wrong), mostWrong)] {
		why := l.Fault(w.Err)
		if es := r.Errors(w.Err); len(es) > 0 {
			why = es[0].Text
		}
		d.Wrong.Rows = append(d.Wrong.Rows, page.Row{Cells: []page.Cell{{Text: l.Number(w.N)}, {Text: w.Column}, {Text: why}}})
	}
}

// sample gives a table with invented lines.
func (rm room) sample(context.Context, *page.Request) (page.Response, error) {
	return page.Sheet("table.csv", [][]string{Columns(),
		{"TH-12/2024", "GR", "Court of Thessaloniki (invented)", "323A", "labour", "2024-02-05", "1", "", "m", "adult", "GR", "2024-06-10", "first", "2025-03-18", "convicted", "84", "no", "no", "≥3", "0", "applied", "EUR", "12000", "4000", "yes", "yes", "30000"},
		{"TH-12/2024", "", "", "", "", "", "2", "", "f", "adult", "AL", "2024-06-10", "first", "2025-03-18", "acquitted", "", "", "no", "", "", "", "", "", "", "", "", ""}})
}

// export writes the proceedings on which the reader works, without names, in the columns that can be brought in again.
func (rm room) export(ctx context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	return page.Rows("table.csv", func(put func([]string) error) error {
		if err := put(Columns()); err != nil {
			return err
		}
		for q := (store.Query{Kind: access.KindProceeding, Codes: map[string]string{"worker": r.Actor.ID.String()}}); ; {
			rows, err := rm.Store.List(ctx, as(r), q)
			if err != nil {
				return err
			}
			for _, x := range rows.Rows {
				if err := rm.exported(ctx, r, x.Ref, put); err != nil {
					return err
				}
			}
			if q.After = rows.Next; q.After == "" {
				return nil
			}
		}
	}), nil
}

func (rm room) exported(ctx context.Context, r *page.Request, ref store.Ref, put func([]string) error) error {
	o, err := rm.Store.Open(ctx, as(r), ref)
	if err != nil {
		return err
	}
	for _, line := range Rows(o.State.(State)) {
		if err := put(line); err != nil {
			return err
		}
	}
	return nil
}
