// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

func guardStay(s State, c Context, e journal.Entry) error {
	v, err := journal.In[Stay](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "rights.need.payload")
	}
	if !slices.Contains(NextStay(s.Stay.Step), v.Step) {
		return fault.New(fault.Guarded, "rights.guard.step")
	}
	var fs fault.Fields
	switch v.Step {
	case "applied":
		need(&fs, slices.Contains(StayGrounds(), v.Ground), "ground")
	case "granted", "renewed":
		need(&fs, v.ValidTo.After(c.Now), "valid_to")
	case refused:
		c.refusal(&fs, v.Reason, v.Remedy, v.Until, v.Language)
	}
	return fs.Err()
}

func guardJustice(s State, c Context, e journal.Entry) error {
	v, err := journal.In[Justice](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "rights.need.payload")
	}
	if !slices.Contains(JusticeThreads(), v.Thread) {
		return fault.Bad("thread", "rights.need.thread")
	}
	if !slices.Contains(NextJustice(v.Thread, s.Justice.Threads[v.Thread].Step), v.Step) {
		return fault.New(fault.Guarded, "rights.guard.step")
	}
	var fs fault.Fields
	need(&fs, !v.Act.After(c.Now), "act")
	switch v.Step {
	case "informed":
		need(&fs, v.Language != "", "language")
	case refused:
		c.refusal(&fs, v.Reason, v.Remedy, v.Until, v.Language)
	}
	return fs.Err()
}

func guardReturn(s State, c Context, e journal.Entry) error {
	v, err := journal.In[Return](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "rights.need.payload")
	}
	if !slices.Contains(NextReturn(s.Return.Step), v.Step) {
		return fault.New(fault.Guarded, "rights.guard.step")
	}
	var fs fault.Fields
	switch v.Step {
	case "wish", "consented", "stopped":
		c.wished(v, &fs)
	case "risk_assessed":
		need(&fs, slices.Contains(Sides(), v.Side), "side")
		need(&fs, slices.Contains(Risks(), v.Risk), "risk")
	case "accepted":
		return guardSafe(s.Return)
	case "travelling":
		need(&fs, v.Expected.After(c.Now), "expected")
		if s.Reflection.Runs(c.Now) { // G2: her own decision ends the period first
			return fault.New(fault.Guarded, "rights.guard.decision_first")
		}
	case "follow_up":
		need(&fs, v.Number >= 1 && v.Number <= len(FollowUps()) && !s.Return.Followed[v.Number], "number")
		if v.Waived {
			c.wished(v, &fs)
		}
	case refused:
		c.refusal(&fs, v.Reason, v.Remedy, v.Until, v.Language)
	}
	return fs.Err()
}

// wished asks who said so: the person, or for a child the guardian.
func (c Context) wished(v Return, fs *fault.Fields) {
	want(fs, slices.Contains(givers, v.By), "by", "giver")
	if c.Child && v.By == "person" {
		fs.Add("by", "rights.need.guardian")
	}
}

// guardSafe lets the receiving side accept only what both sides have looked at and neither finds high.
func guardSafe(r ReturnState) error {
	for _, side := range Sides() {
		switch r.Risks[side] {
		case "low", "medium":
		case "high":
			return fault.New(fault.Guarded, "rights.guard.risk_high")
		default:
			return fault.New(fault.Guarded, "rights.guard.risk_both")
		}
	}
	return nil
}

// Closing is this room's part of guard G9: a file is closed when no clock runs, and follow-ups are done or
// waived by the person.
func Closing(s State, now time.Time) error {
	switch {
	case s.Reflection.Runs(now):
		return fault.New(fault.Guarded, "rights.guard.open_reflection")
	case s.Return.Step == "travelling" || s.Return.Step == "alarm":
		return fault.New(fault.Guarded, "rights.guard.open_journey")
	case len(openFollowUps(s.Return)) > 0:
		return fault.New(fault.Guarded, "rights.guard.open_follow_up")
	}
	for _, t := range s.refusals() {
		if t.until.After(now) {
			return fault.New(fault.Guarded, "rights.guard.open_remedy")
		}
	}
	return nil
}

// openFollowUps lists the numbers of follow-ups that are neither done nor waived.
func openFollowUps(r ReturnState) []int {
	var out []int
	if r.Arrived.IsZero() {
		return nil
	}
	for n := range FollowUps() {
		if !r.Followed[n+1] {
			out = append(out, n+1)
		}
	}
	return out
}

// standing is a refusal against which something can still be done.
type standing struct {
	of    string // reflection, stay, return, or a thread of justice
	until time.Time
}

// refusals lists the refusals that stand, in the order of the tracks.
func (s State) refusals() []standing {
	var out []standing
	if s.Reflection.Status == Terminated {
		out = append(out, standing{"reflection", s.Reflection.Cut.Until})
	}
	if s.Stay.Step == refused {
		out = append(out, standing{"stay", s.Stay.Until})
	}
	for _, name := range JusticeThreads() {
		if t := s.Justice.Threads[name]; t.Step == refused {
			out = append(out, standing{name, t.Until})
		}
	}
	if s.Return.Step == refused {
		out = append(out, standing{"return", s.Return.Refusal.Until})
	}
	return out
}
