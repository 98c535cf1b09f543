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

// AsUTC gives a time as clocks in UTC show it, to be read in a zone: days of terms are those of UTC, so that both offices and the paper
// that both sign count the same, wherever they are read. What is told from now is told so from AsUTC of now.
func AsUTC(t time.Time, zone *time.Location) time.Time {
	u := t.UTC()
	out := time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), 0, zone)
	if out.Day() != u.Day() { // an hour that this zone leaves out
		out = out.Add(time.Hour)
	}
	return out
}

// Ending is EndingOf for terms in force that nothing takes the place of.
func (s State) Ending(now time.Time) string {
	if s.Status(now) != "in_force" || !s.Replaced.IsZero() {
		return ""
	}
	return EndingOf(s.Document.Until, now)
}
