// SPDX-License-Identifier: EUPL-1.2

// Package committee keeps what a programme's steering committee decides: plans of a year with their proposals and
// versions, the sessions at which they are tabled, the members' votes, and the decisions.
//
// A plan is a draft until decisions freeze it. Each proposal in it points to an activity or describes a new one. A session
// tables proposals (what it may not table, and what it tables with a warning, is in obstacle.go); members vote in the room
// or remotely and may change their votes until the decision is recorded, which closes the motion for good. Freezing takes
// what was decided into a version that nobody changes any more, with a hash over its exact bytes; what is edited later
// needs decisions of its own and makes the next version, with its differences in words.
//
// A vote or a decision is about the words that were tabled: whoever edits a proposal afterwards must table it again.
//
// Versions are public programme content. Drafts, votes and decisions are internal: programme officers and the committee's
// members read them. Nothing may be about a person helped.
package committee

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Limits of what people write, in characters and numbers.
const (
	MaxTitle     = 300
	MaxText      = 4000
	maxReason    = 2000
	maxName      = 200
	maxLinks     = 40
	maxProposals = 200
	maxItems     = 60
	maxSeats     = 200
)

// Proposal is what a plan proposes: an activity that is there already, or a new one. The whole of it replaces what was
// proposed before.
type Proposal struct {
	ID        journal.ID        `json:"id"`
	Code      string            `json:"code"` // of the activity: "P4-G1"
	Kind      activity.Kind     `json:"kind"`
	Title     wording.Text      `json:"title"`
	What      wording.Text      `json:"what,omitzero"` // what is to be done, and why
	Priority  int               `json:"priority,omitempty"`
	Pillars   []string          `json:"pillars,omitempty"`
	Countries []string          `json:"countries,omitempty"`
	Outside   string            `json:"outside,omitempty"` // why a country that is no partner is in it
	DependsOn []string          `json:"depends_on,omitempty"`
	Lead      journal.ID        `json:"lead,omitzero"` // organisation
	Start     party.PartialDate `json:"start,omitzero"`
	End       party.PartialDate `json:"end,omitzero"`
	Amount    party.Uncertain   `json:"amount,omitzero"` // in whole units of Currency; not known when nobody has said
	Currency  string            `json:"currency,omitempty"`
	Measures  []string          `json:"measures,omitempty"` // codes of measures that it carries out
}

// Removed is the mark of a proposal that was taken out.
const Removed = "removed"

// Mark gives a short name of a proposal's exact words: what a motion was tabled on.
func (p Proposal) Mark() string {
	h := sha256.Sum256(canonical(p))
	return hex.EncodeToString(h[:8])
}

// canonical gives the bytes that marks and hashes are made of: JSON in the order of the fields, names of languages sorted.
func canonical(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("committee: a proposal always marshals: " + err.Error())
	}
	return b
}

// check says what is wrong with a proposal itself. That it may not be tabled yet is no fault here: drafts are unfinished.
func (p Proposal) check(fs *fault.Fields) {
	if p.ID.IsZero() {
		fs.Add("proposal", "fault.invalid")
	}
	if !activity.IsCode(p.Code) {
		fs.Add("code", "programme.need.code")
	}
	if !slices.Contains(activity.Kinds(), p.Kind) {
		fs.Add("kind", "programme.need.choice")
	}
	p.Title.Check(fs, "title", true, MaxTitle)
	p.What.Check(fs, "what", false, MaxText)
	if p.Priority < 0 || p.Priority > 99 {
		fs.Add("priority", "programme.need.choice")
	}
	if slices.ContainsFunc(p.Pillars, func(x string) bool { return !slices.Contains(activity.Pillars(), x) }) {
		fs.Add("pillars", "programme.need.choice")
	}
	if len(p.Countries) > maxLinks || slices.ContainsFunc(p.Countries, func(c string) bool { return !activity.IsCountry(c) }) {
		fs.Add("countries", "programme.need.country")
	}
	if wording.Longer(p.Outside, maxReason) {
		fs.Add("outside", "committee.want.reason", "Max", maxReason)
	}
	if len(p.DependsOn) > maxLinks || slices.ContainsFunc(p.DependsOn, func(c string) bool { return !activity.IsCode(c) || c == p.Code }) {
		fs.Add("depends_on", "committee.want.depends")
	}
	if p.End.Before(p.Start) {
		fs.Add("end", "party.date.order")
	}
	if p.Amount.Known() && len(p.Currency) != 3 {
		fs.Add("currency", "committee.want.currency")
	}
	if len(p.Measures) > maxLinks || slices.ContainsFunc(p.Measures, func(m string) bool { return strings.TrimSpace(m) == "" || wording.Longer(m, maxName) }) {
		fs.Add("measures", "committee.want.measures")
	}
}

// Kinds gives the dossier kinds "plan" and "session".
func Kinds() []store.Kind { return []store.Kind{planKind(), sessionKind()} }
