// SPDX-License-Identifier: EUPL-1.2

package conversation

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Handling is what may be done with something that an office sent for a purpose, to be shown beside it: the handling code of the
// sharing terms and what it means. None where no terms of the two say any.
func Handling(ctx context.Context, s *store.Store, r *page.Request, from journal.ID, purpose string) []page.Fact {
	code, err := terms.Handled(ctx, s, r.Actor, r.Now, from, purpose)
	if err != nil || code == "" {
		return nil
	}
	return []page.Fact{{Term: r.L.T("exchange.handling"), Text: code + " · " + r.L.T("exchange.handling."+code), Sub: r.L.T("terms.handling." + code)}}
}
