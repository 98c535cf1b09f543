// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// Delivered counts this office's referrals to another one that reached help in [from, until): each once, when the
// other office first reported it. w is the job "statistics": it sees codes, never a name. The number is exact and
// stays in the office; what leaves is a protected count.
func (k Work) Delivered(ctx context.Context, w store.Who, recipient journal.ID, from, until time.Time) (int, error) {
	q := store.Query{Kind: access.KindPerson, Codes: map[string]string{"recipient": recipient.String()}}
	n := 0
	err := k.Store.Each(ctx, w, q, func(r store.Row) error {
		p, _, err := k.Open(ctx, w, r.Ref.ID)
		if err != nil {
			return err
		}
		for _, o := range p.Referral.Out {
			if at := reached(o); o.Recipient == recipient && !at.Before(from) && at.Before(until) {
				n++
			}
		}
		return nil
	})
	return n, err
}

// reached gives when a referral reached help; zero when it has not.
func reached(o referral.Out) time.Time {
	for _, r := range o.Reports {
		if r.Status == referral.Delivered {
			return r.At
		}
	}
	return time.Time{}
}
