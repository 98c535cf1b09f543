// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"regexp"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// Thresholds that a sender may use. Below the smallest a count would protect nobody.
const (
	MinK = 3
	MaxK = 1000
	maxN = 1_000_000_000
)

// NotMeasured is the code of "not measured yet".
const NotMeasured = "not_measured"

// Count is a protected count of people or of what was done for them: a number of at least k, "fewer than k", or not
// measured yet, which is the zero value. It is never 0: nobody at all is told as "fewer than k" too.
type Count struct {
	n     int // 0 when not a number
	below int // k, when it is "fewer than k"
}

var (
	numberForm = regexp.MustCompile(`^[1-9][0-9]{0,9}$`)
	belowForm  = regexp.MustCompile(`^<([1-9][0-9]{0,3})$`)
)

// ParseCount reads a code: "12", "<5" or "not_measured", as a sender with threshold k writes it. What could tell more
// than the threshold allows (a number below k, another threshold than k) is an Invalid fault.
func ParseCount(code string, k int) (Count, error) {
	if code == NotMeasured {
		return Count{}, nil
	}
	if k < MinK || k > MaxK {
		return Count{}, fault.Bad("k", "programme.need.threshold", "Min", MinK, "Max", MaxK)
	}
	if m := belowForm.FindStringSubmatch(code); m != nil {
		if m[1] != strconv.Itoa(k) {
			return Count{}, fault.Bad("count", "programme.need.count_protected")
		}
		return Count{below: k}, nil
	}
	if !numberForm.MatchString(code) {
		return Count{}, fault.Bad("count", "programme.need.count")
	}
	n, err := strconv.Atoi(code)
	switch {
	case err != nil || n > maxN:
		return Count{}, fault.Bad("count", "programme.need.count")
	case n < k:
		return Count{}, fault.Bad("count", "programme.need.count_protected")
	}
	return Count{n: n}, nil
}

// Protect gives the code of a count of n under threshold k, for senders: "<k" when n is below it.
func Protect(n, k int) string {
	if n < k {
		return "<" + strconv.Itoa(k)
	}
	return strconv.Itoa(n)
}

// Code gives the count as it is sent and stored.
func (c Count) Code() string {
	switch {
	case c.below > 0:
		return "<" + strconv.Itoa(c.below)
	case c.n > 0:
		return strconv.Itoa(c.n)
	}
	return NotMeasured
}

// Measured says whether anything was measured.
func (c Count) Measured() bool { return c != Count{} }

// Below gives k when the count is "fewer than k", else 0.
func (c Count) Below() int { return c.below }

// Print says the count in the reader's language: "12", "<5", "not measured yet".
func (c Count) Print(w party.Words) string {
	switch {
	case c.below > 0:
		return "<" + w.Number(c.below)
	case c.n > 0:
		return w.Number(c.n)
	}
	return w.T("programme.figure.not_measured")
}
