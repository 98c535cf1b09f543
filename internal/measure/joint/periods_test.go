// SPDX-License-Identifier: EUPL-1.2

package joint

import "testing"

func TestDaysOfYearsAndQuarters(t *testing.T) {
	for name, want := range map[string][2]string{"2025": {"2025-01-01", "2025-12-31"}, "2026-Q1": {"2026-01-01", "2026-03-31"}, "2024-Q4": {"2024-10-01", "2024-12-31"}, "2026-Q5": {}, "2026-Q": {}, "": {}, "never": {}, "-3": {}} {
		if got := daysOf(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
