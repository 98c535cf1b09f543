// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Quarter is three months of a year: "2026-Q3". It is over at the end of its last day everywhere on earth that
// matters here, which is in UTC: offices of one corridor share it.
type Quarter struct{ Year, N int }

var quarterForm = regexp.MustCompile(`^(20[0-9]{2})-Q([1-4])$`)

// ParseQuarter reads "2026-Q3".
func ParseQuarter(s string) (Quarter, error) {
	m := quarterForm.FindStringSubmatch(s)
	if m == nil {
		return Quarter{}, fault.Bad("quarter", "programme.need.quarter")
	}
	y, _ := strconv.Atoi(m[1]) // four digits
	return Quarter{y, int(m[2][0] - '0')}, nil
}

// QuarterOf gives the quarter that a time is in.
func QuarterOf(t time.Time) Quarter {
	t = t.UTC()
	return Quarter{t.Year(), (int(t.Month())-1)/3 + 1}
}

// String gives "2026-Q3".
func (q Quarter) String() string { return fmt.Sprintf("%04d-Q%d", q.Year, q.N) }

// End gives the first moment after the quarter.
func (q Quarter) End() time.Time {
	return time.Date(q.Year, time.Month(3*q.N+1), 1, 0, 0, 0, 0, time.UTC)
}

// Next gives the quarter after.
func (q Quarter) Next() Quarter { return QuarterOf(q.End()) }

// Before gives the quarter before.
func (q Quarter) Before() Quarter {
	if q.N == 1 {
		return Quarter{q.Year - 1, 4}
	}
	return Quarter{q.Year, q.N - 1}
}

// After says whether q comes after other.
func (q Quarter) After(other Quarter) bool {
	return q.Year > other.Year || q.Year == other.Year && q.N > other.N
}
