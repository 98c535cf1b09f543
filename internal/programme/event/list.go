// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"cmp"
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// List gives all events that somebody may see, in the order of lists.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	rows, err := register.All[Summary](ctx, s, w, store.Query{Kind: access.KindEvent, Codes: codes})
	inorder.By(rows, order)
	return rows, err
}

// inOrder and order put the latest first; those without a date come last.
func inOrder(s Summary) []string { return register.InOrder(register.LatestFirst(s.Start)) }

func order(a, b Row) int {
	return cmp.Or(strings.Compare(register.LatestFirst(a.V.Start), register.LatestFirst(b.V.Start)), strings.Compare(a.ID.String(), b.ID.String()))
}
