// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// hows lists how a number that somebody types can be meant.
func hows() []string { return []string{"exactly", "at_least", "more_than", "about"} }

// typed gives what was typed for a number, and how it was meant.
func typed(u party.Uncertain) (number, how string) {
	if !u.Known() {
		return "", "exactly"
	}
	for _, how := range hows() {
		if meant(u.Low(), how).Equal(u) {
			return strconv.FormatInt(u.Low(), 10), how
		}
	}
	return strconv.FormatInt(u.Low(), 10), "at_least"
}

func meant(n int64, how string) party.Uncertain {
	switch how {
	case "at_least":
		return party.Least(n)
	case "more_than":
		return party.Over(n)
	case "about":
		return party.Around(n)
	}
	return party.Exactly(n)
}

// number reads a number of a form; nil when it is what the office has said before. Empty is unknown: as the source says.
func number(fs *fault.Fields, field, typed, how string, now party.Uncertain) *party.Uncertain {
	var v party.Uncertain
	if typed = strings.Join(strings.Fields(typed), ""); typed != "" {
		n, err := strconv.ParseInt(typed, 10, 64)
		if v = meant(n, how); err != nil || !v.Known() {
			fs.Add(field, "programme.need.number")
			return nil
		}
	}
	if v.Equal(now) {
		return nil
	}
	return &v
}
