// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// number reads a number of a form; nil when it is what the office has said before. Empty is unknown: as the source says.
func number(fs *fault.Fields, field, typed, how string, now party.Uncertain) *party.Uncertain {
	var v party.Uncertain
	if typed = strings.Join(strings.Fields(typed), ""); typed != "" {
		n, err := strconv.ParseInt(typed, 10, 64)
		if v = rolls.Meant(n, how); err != nil || !v.Known() {
			fs.Add(field, "programme.need.number")
			return nil
		}
	}
	if v.Equal(now) {
		return nil
	}
	return &v
}
