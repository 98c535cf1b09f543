// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"cmp"
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Row is a grant or a flow of money in a list.
type Row = register.Found[AwardLine]

// Grants lists the grants that somebody may see, those that began last first. What is internal is empty for those who see
// what is public only.
func Grants(ctx context.Context, s *store.Store, w store.Who) ([]Row, error) {
	rows, err := register.All[AwardLine](ctx, s, w, store.Query{Kind: access.KindAward, Codes: map[string]string{"what": string(Grant)}})
	inorder.By(rows, order)
	return rows, err
}

func order(a, b Row) int {
	return cmp.Or(strings.Compare(register.LatestFirst(a.V.Start), register.LatestFirst(b.V.Start)), strings.Compare(a.ID.String(), b.ID.String()))
}

// Funds lists what is known of money to and from funds: contributions, proceeds, then what funds give on.
func Funds(ctx context.Context, s *store.Store, w store.Who) ([]Row, error) {
	var out []Row
	for _, what := range Flows() {
		rows, err := register.All[AwardLine](ctx, s, w, store.Query{Kind: access.KindAward, Codes: map[string]string{"what": string(what)}})
		if err != nil {
			return nil, err
		}
		inorder.By(rows, func(a, b Row) int {
			return strings.Compare(a.V.Flow.Fund+a.V.Flow.From+a.V.Flow.To+a.ID.String(), b.V.Flow.Fund+b.V.Flow.From+b.V.Flow.To+b.ID.String())
		})
		out = append(out, rows...)
	}
	return out, nil
}

// Withhold keeps the partner or the place of a grant out of what is published, or lets them be named, with the reason. The
// activity that the grant belongs to does the same where it names the organisation; it is written first, so that what is to be
// kept out is out of both or the grant's page still says that it is not.
func Withhold(ctx context.Context, s *store.Store, w store.Who, a Award, entry journal.ID, v Shown) error {
	if err := a.Made.keepOut(ctx, s, w, v); err != nil {
		return err
	}
	_, err := s.Update(ctx, w, store.Ref{Kind: access.KindAward, ID: a.ID}, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: entry, Type: ShownType, Payload: v}}, nil
	})
	return err
}

// keepOut does in the activity what is decided on a grant.
func (m Made) keepOut(ctx context.Context, s *store.Store, w store.Who, v Shown) error {
	if m.Activity == "" || m.Organisation.IsZero() {
		return nil
	}
	if v.Reason == "" { // nothing is withheld any more
		v.Reason = m.Reason
	}
	if v.Reason == "" {
		return nil // and nothing was
	}
	return activity.Withhold(ctx, s, w, m.Activity, activity.Withheld{Organisation: m.Organisation, Partner: v.Withheld, Place: v.PlaceWithheld, Reason: v.Reason})
}
