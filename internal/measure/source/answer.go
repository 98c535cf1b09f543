// SPDX-License-Identifier: EUPL-1.2

package source

import (
	"slices"
	"time"
)

// Is lists the answers to whether something is so.
func Is() []string { return []string{"yes", "no"} }

// Yes gives the answer.
func Yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// bin is days that are told as one: up to and including the last, without end where that is negative.
type bin struct {
	code string
	last int
}

var bins = []bin{{"d0", 0}, {"d1", 1}, {"d2_3", 3}, {"d4_7", 7}, {"d8_14", 14}, {"d15_30", 30}, {"d31_90", 90}, {"d91", -1}}

// Bins lists the spans of days that a duration is told in, shortest first: a histogram of them adds up over offices, and a
// median comes from it.
func Bins() []string {
	var out []string
	for _, b := range bins {
		out = append(out, b.code)
	}
	return out
}

// Days gives the span that the days from one day to another lie in; "" where either is unknown or the second comes first.
func Days(from, to time.Time) string {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return ""
	}
	n := int(to.Sub(from) / (24 * time.Hour))
	return bins[slices.IndexFunc(bins, func(b bin) bool { return b.last < 0 || n <= b.last })].code
}
