// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/programme/figure"
)

// told sends the programme's office what the Greek one counts of its work in the last whole quarter, as protected tables, so
// that the results that rest on it are measured.
func (s *Stage) told(ctx context.Context) error {
	from, _ := s.quarter()
	begins, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return err
	}
	quarter := figure.QuarterOf(begins).String()
	for _, in := range []app.TellIn{{Measure: "referrals", Period: quarter, Country: "AL"}, {Measure: "screenings", Period: quarter}, {Measure: "rights", Period: quarter}, {Measure: "detected", Period: quarter[:4]}} {
		in.To = s.Offices[French].ID
		if err := s.Ask(ctx, Greek, "figure.tell", in, &app.ToldOut{}); err != nil {
			return fmt.Errorf("telling %s: %w", in.Measure, err)
		}
	}
	return s.Deliver(ctx)
}
