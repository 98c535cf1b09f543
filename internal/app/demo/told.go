// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"fmt"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/programme/figure"
)

// told sends the programme's office what the Greek one counts of its work, as protected tables, so that the results that rest on
// it are measured.
func (s *Stage) told(ctx context.Context) error {
	quarter := figure.QuarterOf(s.now).String()
	for _, in := range []app.TellIn{{Measure: "referrals", Period: quarter, Country: "AL"}, {Measure: "screenings", Period: quarter}, {Measure: "rights", Period: quarter}, {Measure: "detected", Period: quarter[:4]}} {
		in.To = s.Offices[French].ID
		if err := s.Ask(ctx, Greek, "figure.tell", in, &app.ToldOut{}); err != nil {
			return fmt.Errorf("telling %s: %w", in.Measure, err)
		}
	}
	return s.Deliver(ctx)
}
