// SPDX-License-Identifier: EUPL-1.2

package pooled

import (
	"context"

	"github.com/entraide-thb/entraide/internal/measure/table"
)

// Quiet measures without noise: the plan's arithmetic alone.
func (p *Plan) Quiet(ctx context.Context, r *table.Records) (*Release, error) {
	return p.measure(ctx, r, func(int) draw { return draw{func(uint64) int64 { return 0 }, func() error { return nil }} })
}

// With measures with other noise than the plan's: a fraction of its variance, as a broken build would.
func (p *Plan) With(ctx context.Context, r *table.Records, of func(part int) func(variance uint64) int64) (*Release, error) {
	return p.measure(ctx, r, func(i int) draw { return draw{of(i), func() error { return nil }} })
}
