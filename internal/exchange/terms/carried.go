// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Carried gives the hashes of the legal texts that an office's terms in force carry out at a time, as somebody may see these.
func Carried(ctx context.Context, s *store.Store, w store.Who, now time.Time) (map[string]bool, error) {
	with := map[journal.ID][]State{}
	q := store.Query{Kind: access.KindTerms}
	err := s.Each(ctx, w, q, func(row store.Row) error {
		o, err := s.Open(ctx, w, row.Ref)
		if err != nil {
			return err
		}
		x := o.State.(State)
		other := x.Document.Other(w.Actor.Owner).Office
		with[other] = append(with[other], x)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, all := range with {
		Settle(all)
		for _, x := range all {
			if x.Status(now) == "in_force" {
				out[x.Document.TextHash] = true
			}
		}
	}
	return out, nil
}
