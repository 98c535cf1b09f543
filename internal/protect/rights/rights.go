// SPDX-License-Identifier: EUPL-1.2

// Package rights holds what a person has a right to and when: being informed, the recovery and reflection
// period, and the steps of the tracks of stay, of justice and redress, and of a return that she wishes.
//
// Its entries stand in the person's dossier and are folded beside those of the other rooms. The legal
// clocks come from country packs (packs/countries) and keep the rule of the day they started, which the
// entry carries with it. Guards of this room:
//
//	G1   presumed: reflection is offered and rights are explained the same day (Dues)
//	G2   while reflection runs no authority removes, transfers or returns the person (Blocks, Guard)
//	G10  a refusal carries a reason, a remedy, a deadline, and the language it was given in (Guard)
//
// A rule that nobody has compared with the law may protect and never end a protection: a reflection period
// that rests on one does not run out by the clock. It ends when a person records that it has, naming the
// article and who checked it.
//
// The room also holds the public texts on rights, one dossier for each country and language: drafts are
// hidden until a named reviewer has signed exactly these words (kind rights_text, Room, Import).
package rights

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Status is where the recovery and reflection period stands.
type Status string

const (
	NotOffered    Status = "not_offered"
	NotApplicable Status = "not_applicable"
	Offered       Status = "offered"
	Running       Status = "running"
	Extended      Status = "extended"
	Ended         Status = "ended"
	Terminated    Status = "terminated"
)

// Statuses lists them.
func Statuses() []Status {
	return []Status{NotOffered, NotApplicable, Offered, Running, Extended, Ended, Terminated}
}

// Measures lists what no authority may carry out while reflection runs.
func Measures() []string { return []string{"removal", "transfer", "return"} }

// Closed lists of this room; their words are "rights.<list>.<code>".
var (
	explainers = []string{"worker", "interpreter", "mediator", "lawyer", "guardian"}
	ways       = []string{"read_aloud", "explained", "signed_text"}
	exemptions = []string{"own_national", "lawful_stay"}
	endings    = []string{"lapsed", "journey", "person_wish"}
	extensions = []string{"needs_time", "decision_open", "authority"}
	reopenings = []string{"person_back", "appeal", "mistake"}
	givers     = []string{"person", "guardian"}
)

// Explainers lists who can explain rights; Ways how that is done.
func Explainers() []string { return slices.Clone(explainers) }
func Ways() []string       { return slices.Clone(ways) }

// Exemptions lists why reflection or stay does not apply.
func Exemptions() []string { return slices.Clone(exemptions) }

// Endings, Extensions and Reopenings list why a reflection period ends, gets longer and opens again.
func Endings() []string    { return slices.Clone(endings) }
func Extensions() []string { return slices.Clone(extensions) }
func Reopenings() []string { return slices.Clone(reopenings) }

// Givers lists who can say what the person wishes.
func Givers() []string { return slices.Clone(givers) }

// Payloads of this room in a person's dossier.
type (
	// Informed is right.informed: the person was told her rights.
	Informed struct {
		Language string `json:"language" part:"D0"` // BCP 47
		By       string `json:"by" part:"D0"`       // of Explainers
		How      string `json:"how" part:"D0"`      // of Ways; a text is handed over only when it is signed
	}
	// Offer is right.reflection_offered.
	Offer struct {
		Language string `json:"language" part:"D0"`
		By       string `json:"by" part:"D0"`
	}
	// Started is right.reflection_started. Rule is the wording that held on the day of Start; make one with
	// Start.
	Started struct {
		Start time.Time  `json:"start" part:"D0"`
		End   time.Time  `json:"end" part:"D0"`
		Rule  clock.Rule `json:"rule" part:"D0"`
	}
	// Longer is right.reflection_extended.
	Longer struct {
		End    time.Time `json:"end" part:"D0"`
		Reason string    `json:"reason" part:"D0"` // of Extensions
	}
	// Over is right.reflection_ended. A period that has lapsed by an unverified rule needs the article and
	// who compared it with the law.
	Over struct {
		Reason    string    `json:"reason" part:"D0"` // of Endings
		Article   string    `json:"article,omitempty" part:"D6"`
		CheckedBy string    `json:"checked_by,omitempty" part:"D6"`
		CheckedAt clock.Day `json:"checked_at,omitempty" part:"D6"`
	}
	// CutShort is right.reflection_terminated: an authority ends the period early (G10).
	CutShort struct {
		Reason    string    `json:"reason" part:"D6"`
		Authority string    `json:"authority" part:"D6"`
		Remedy    string    `json:"remedy" part:"D6"`
		Until     time.Time `json:"until" part:"D0"`    // of the remedy
		Language  string    `json:"language" part:"D0"` // in which the person was told
	}
	// Reopened is right.reflection_reopened.
	Reopened struct {
		Reason string `json:"reason" part:"D0"` // of Reopenings
	}
	// Exempt is right.not_applicable.
	Exempt struct {
		Track  string `json:"track" part:"D0"`  // reflection | stay
		Reason string `json:"reason" part:"D0"` // of Exemptions
	}
	// Measure is right.measure: what an authority prepares or does. It is recorded even where it is only
	// prepared, so that somebody can act.
	Measure struct {
		Measure   string `json:"measure" part:"D0"` // of Measures
		Step      string `json:"step" part:"D0"`    // prepared | executed | cancelled
		Authority string `json:"authority,omitempty" part:"D6"`
	}
	// Stay is right.stay, a step of track 4.
	Stay struct {
		Step     string    `json:"step" part:"D7"`
		Ground   string    `json:"ground,omitempty" part:"D7"` // personal_situation | cooperation; printed as neither
		ValidTo  time.Time `json:"valid_to,omitzero" part:"D7"`
		Reason   string    `json:"reason,omitempty" part:"D7"`
		Remedy   string    `json:"remedy,omitempty" part:"D7"`
		Until    time.Time `json:"until,omitzero" part:"D7"`
		Language string    `json:"language,omitempty" part:"D7"`
	}
	// Justice is right.justice, a step of one thread of track 6.
	Justice struct {
		Thread   string    `json:"thread" part:"D6"`
		Step     string    `json:"step" part:"D6"`
		Act      time.Time `json:"act,omitzero" part:"D6"` // when the act ended, where a claim's clock starts with it
		Reason   string    `json:"reason,omitempty" part:"D6"`
		Remedy   string    `json:"remedy,omitempty" part:"D6"`
		Until    time.Time `json:"until,omitzero" part:"D6"`
		Language string    `json:"language,omitempty" part:"D6"`
	}
	// Return is right.return, a step of track 7.
	Return struct {
		Step     string    `json:"step" part:"D0"`
		By       string    `json:"by,omitempty" part:"D0"`            // of Givers, for a wish, a consent and a waiver
		Side     string    `json:"side,omitempty" part:"D0"`          // ours | theirs, of a risk assessment
		Risk     string    `json:"risk,omitempty" part:"D0"`          // low | medium | high
		Number   int       `json:"number,omitempty" part:"D0"`        // of a follow-up, from 1
		Waived   bool      `json:"waived,omitempty" part:"D0"`        // the person does not want this follow-up
		To       string    `json:"to,omitempty" part:"D7"`            // alpha-2
		Expected time.Time `json:"expected,omitzero" part:"D7"`       // when the arrival should be confirmed
		Reason   string    `json:"reason,omitempty" part:"D6"`        // of a refusal by the receiving side
		Remedy   string    `json:"remedy,omitempty" part:"D6"`        //
		Until    time.Time `json:"until,omitzero" part:"D0"`          //
		Language string    `json:"told_language,omitempty" part:"D0"` //
	}
)

// Types lists the entry types of this room in a person's dossier, for the room that holds it.
func Types() []store.Type {
	return []store.Type{
		{Name: "right.informed", Payload: Informed{}},
		{Name: "right.reflection_offered", Payload: Offer{}},
		{Name: "right.reflection_started", Payload: Started{}},
		{Name: "right.reflection_extended", Payload: Longer{}},
		{Name: "right.reflection_ended", Payload: Over{}},
		{Name: "right.reflection_terminated", Payload: CutShort{}},
		{Name: "right.reflection_reopened", Payload: Reopened{}},
		{Name: "right.not_applicable", Payload: Exempt{}},
		{Name: "right.measure", Payload: Measure{}},
		{Name: "right.stay", Payload: Stay{}},
		{Name: "right.justice", Payload: Justice{}},
		{Name: "right.return", Payload: Return{}},
	}
}
