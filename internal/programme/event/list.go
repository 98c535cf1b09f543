// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// List gives all events that somebody may see, the latest first; those without a date come last.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	rows, err := register.All[Summary](ctx, s, w, store.Query{Kind: access.KindEvent, Codes: codes})
	inorder.By(rows, func(a, b Row) int {
		if x, y := a.V.Start, b.V.Start; x.Known() != y.Known() {
			if x.Known() {
				return -1
			}
			return 1
		}
		if c := b.V.Start.First().Compare(a.V.Start.First()); c != 0 {
			return c
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	return rows, err
}
