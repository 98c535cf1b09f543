// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// decides says for a study whether the steering committee approved a motion of a session.
func decides(g *store.Guarding, session, motion journal.ID) error {
	o, err := g.Other(access.KindSession, session)
	if err == nil {
		s, _ := o.(committee.Session)
		if m, ok := s.Motion(motion); ok && m.Decision != nil && m.Decision.Result == committee.Yes {
			return nil
		}
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return fault.New(fault.Guarded, "study.guard.decision")
}

// motions lists what the steering committee approved in words of its own, the latest session first, for those who see that.
func (c Config) motions(ctx context.Context, r *page.Request) ([]page.Option, error) {
	rows, err := c.Store.List(ctx, rolls.As(r), store.Query{Kind: access.KindSession})
	if err != nil {
		return nil, err
	}
	var out []page.Option
	for _, row := range rows.Rows {
		o, err := c.Store.Open(ctx, rolls.As(r), row.Ref)
		if err != nil {
			return nil, err
		}
		s := o.State.(committee.Session)
		for _, m := range s.Motions {
			if m.Decision != nil && m.Decision.Result == committee.Yes && !m.Text.IsZero() {
				out = append(out, page.Option{Value: s.ID.String() + "/" + m.Motion.String(), Text: s.Called.On.Print(r.L) + " · " + rolls.Excerpt(r.L, m.Text).Text})
			}
		}
	}
	return out, nil
}
