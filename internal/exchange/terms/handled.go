// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Handled gives the handling code under which a partner sends the reader's office something for a purpose: that of the terms in force,
// else of the last that both have signed, which still bind what came under them; "" where there are none.
func Handled(ctx context.Context, s *store.Store, a access.Actor, now time.Time, partner journal.ID, purpose string) (string, error) {
	w := store.Who{Actor: a, Purpose: access.ForExchange}
	var all []State
	err := s.Each(ctx, w, store.Query{Kind: access.KindTerms, Codes: map[string]string{"party": partner.String()}}, func(row store.Row) error {
		o, err := s.Open(ctx, w, row.Ref)
		if err != nil {
			return err
		}
		all = append(all, o.State.(State))
		return nil
	})
	if err != nil {
		return "", err
	}
	Settle(all)
	return handled(all, a.Owner, now, partner, purpose), nil
}

// HandledThen is Handled for a guard.
func HandledThen(g *store.Guarding, partner journal.ID, purpose string) (string, error) {
	all, err := between(g, partner)
	return handled(all, g.Owner, g.Now, partner, purpose), err
}

func handled(all []State, self journal.ID, now time.Time, partner journal.ID, purpose string) string {
	code, last := "", time.Time{}
	for _, t := range all {
		grants := slices.ContainsFunc(t.Document.Grants, func(g Grant) bool { return g.From == partner && g.To == self && g.Purpose == purpose })
		if !grants || len(t.Signatures) < 2 {
			continue
		}
		if t.Status(now) == "in_force" {
			return t.Document.Handling
		}
		if code == "" || t.Document.From.After(last) {
			code, last = t.Document.Handling, t.Document.From
		}
	}
	return code
}
