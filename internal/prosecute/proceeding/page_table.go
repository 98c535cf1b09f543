// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/brought"
)

// tables is the page on which tables come in.
func (rm room) tables() brought.Page {
	return brought.Page{Room: "proceeding", Path: Path, Columns: Columns(), May: works,
		Sample: [][]string{
			{"TH-12/2024", "GR", "Court of Thessaloniki (invented)", "323A", "labour", "2024-02-05", "1", "", "m", "adult", "GR", "2024-06-10", "first", "2025-03-18", "convicted", "84", "no", "no", "≥3", "0", "applied", "EUR", "12000", "4000", "yes", "yes", "30000"},
			{"TH-12/2024", "", "", "", "", "", "2", "", "f", "adult", "AL", "2024-06-10", "first", "2025-03-18", "acquitted", "", "", "no", "", "", "", "", "", "", "", "", ""}},
		Bring: func(ctx context.Context, r *page.Request, raw []byte, try bool) (brought.Report, error) {
			olds, wrong, err := ReadTable(raw)
			if err != nil {
				return brought.Report{}, err
			}
			return Bringing{rm.Store, rm.Law, r.Now}.Bring(ctx, as(r), olds, wrong, try)
		}}
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
		return rm.Store.Each(ctx, as(r), store.Query{Kind: access.KindProceeding, Codes: map[string]string{"worker": r.Actor.ID.String()}}, func(x store.Row) error {
			return rm.exported(ctx, r, x.Ref, put)
		})
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
