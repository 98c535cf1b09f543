// SPDX-License-Identifier: EUPL-1.2

package terms

import "time"

// Notice is how long before their end terms are told of, and LastNotice how long before it they are told of as urgent.
const (
	Notice     = 90 * 24 * time.Hour
	LastNotice = 30 * 24 * time.Hour
)

// What Ending gives.
const (
	Soon = "soon" // within Notice
	Now  = "now"  // within LastNotice
)

// EndingOf says of something that holds until a time how near that is: Soon, Now, or "" when it is far or over.
func EndingOf(until, now time.Time) string {
	switch left := until.Sub(now); {
	case left <= 0 || left > Notice:
		return ""
	case left > LastNotice:
		return Soon
	}
	return Now
}

// Ending is EndingOf for terms in force that nothing takes the place of.
func (s State) Ending(now time.Time) string {
	if s.Status(now) != "in_force" || !s.Replaced.IsZero() {
		return ""
	}
	return EndingOf(s.Document.Until, now)
}
