// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/clock"
)

// refused is the step of every track that guard G10 asks a reason, a remedy and a deadline of.
const refused = "refused"

// machine says which steps may follow a step; "" is where a track begins.
type machine map[string][]string

func (m machine) next(from string) []string { return slices.Clone(m[from]) }

// steps lists all steps, sorted.
func (m machine) steps() []string {
	var out []string
	for _, to := range m {
		for _, s := range to {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Track 4. A stay that was refused can be applied for again.
var stay = machine{
	"":            {"applied"},
	"applied":     {"granted", "refused"},
	"granted":     {"renewal_due", "renewed", "refused"},
	"renewal_due": {"renewed", "refused"},
	"renewed":     {"renewal_due", "renewed", "refused"},
	"refused":     {"appeal", "applied"},
	"appeal":      {"granted", "refused"},
}

// StayGrounds lists the grounds of a stay; documents print a neutral word for both.
func StayGrounds() []string { return []string{"personal_situation", "cooperation"} }

// StaySteps lists the steps of track 4; NextStay those that may follow one ("" at the start).
func StaySteps() []string           { return stay.steps() }
func NextStay(step string) []string { return stay.next(step) }

// Track 6 is several threads side by side.
var justice = map[string]machine{
	"complaint": {
		"":                 {"informed"},
		"informed":         {"no_complaint_now", "complaint"},
		"no_complaint_now": {"informed", "complaint"},
		"complaint":        {"refused"},
		"refused":          {"appeal", "complaint"},
		"appeal":           {"complaint", "refused"},
	},
	"lawyer": {
		"":          {"requested"},
		"requested": {"appointed", "refused"},
		"appointed": {"requested"},
		"refused":   {"appeal", "requested"},
		"appeal":    {"appointed", "refused"},
	},
	"protection": {
		"":          {"requested"},
		"requested": {"granted", "refused"},
		"granted":   {"ended", "requested"},
		"ended":     {"requested"},
		"refused":   {"appeal", "requested"},
		"appeal":    {"granted", "refused"},
	},
	"claim": {
		"":         {"prepared"},
		"prepared": {"filed"},
		"filed":    {"awarded", "refused"},
		"awarded":  {"paid", "appeal"},
		"refused":  {"appeal", "prepared"},
		"appeal":   {"awarded", "refused"},
	},
	"non_punishment": {
		"":        {"flagged"},
		"flagged": {"raised"},
		"raised":  {"decided", "refused"},
		"refused": {"appeal"},
		"appeal":  {"decided", "refused"},
	},
}

// JusticeThreads lists the threads of track 6 in the order of the screen.
func JusticeThreads() []string {
	return []string{"complaint", "lawyer", "protection", "claim", "non_punishment"}
}

// JusticeSteps lists a thread's steps; NextJustice those that may follow one ("" at the start).
func JusticeSteps(thread string) []string      { return justice[thread].steps() }
func NextJustice(thread, step string) []string { return justice[thread].next(step) }

// Track 7. The person can stop at any step before the journey, and wish again.
var journey = machine{
	"":                  {"wish"},
	"wish":              {"risk_assessed", "stopped"},
	"risk_assessed":     {"risk_assessed", "accepted", "refused", "stopped"},
	"accepted":          {"risk_assessed", "consented", "stopped"},
	"consented":         {"risk_assessed", "travelling", "stopped"},
	"travelling":        {"arrived_confirmed", "alarm"},
	"alarm":             {"arrived_confirmed"},
	"arrived_confirmed": {"follow_up", "alarm", "wish"},
	"refused":           {"risk_assessed", "stopped", "wish"},
	"stopped":           {"wish"},
}

// ReturnSteps lists the steps of track 7; NextReturn those that may follow one ("" at the start).
func ReturnSteps() []string           { return journey.steps() }
func NextReturn(step string) []string { return journey.next(step) }

// Sides and Risks are the closed lists of a risk assessment before a journey.
func Sides() []string { return []string{"ours", "theirs"} }
func Risks() []string { return []string{"low", "medium", "high"} }

// FollowUps gives when one asks how the person is after her arrival.
func FollowUps() []clock.Length {
	return []clock.Length{clock.MustLength("7d"), clock.MustLength("1M"), clock.MustLength("3M"), clock.MustLength("6M"), clock.MustLength("12M")}
}

// StayWarnings gives how long before its end a stay warns.
func StayWarnings() []clock.Length {
	return []clock.Length{clock.MustLength("60d"), clock.MustLength("30d"), clock.MustLength("14d"), clock.MustLength("3d")}
}
