// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// number reads a number of a form; nil when it is what the office has said before. Empty is unknown: as the source says.
func number(fs *fault.Fields, field string, typed rolls.Spelling, now party.Uncertain) *party.Uncertain {
	v, behind, wrong := typed.Respelled(now)
	if wrong != "" {
		fs.Add(field+behind, wrong)
		return nil
	}
	if v.Equal(now) {
		return nil
	}
	return &v
}
