// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// Counted is what figures know of a file: codes and days, no name, no date of birth, no text. It is sealed as a part of its
// own (D9), written with each entry, and read by the job that counts and by nobody else. What was erased is not in it.
type Counted struct {
	On        string            `json:"on"` // the day on which the file was opened: 2026-03-02
	Age       string            `json:"age,omitempty"`
	Sex       string            `json:"sex,omitempty"`
	Citizen   string            `json:"citizen,omitempty"`
	Where     string            `json:"where,omitempty"`
	Forms     []string          `json:"forms,omitempty"`
	Means     []string          `json:"means,omitempty"`
	State     string            `json:"state,omitempty"`    // of Standings
	Presumed  string            `json:"presumed,omitempty"` // the day
	Languages []string          `json:"languages,omitempty"`
	Episodes  []CountedEpisode  `json:"episodes,omitempty"`
	Decisions []CountedDecision `json:"decisions,omitempty"`
	Needs     []CountedNeed     `json:"needs,omitempty"`
	Referrals []CountedReferral `json:"referrals,omitempty"`

	Same       []journal.ID `json:"same,omitempty"`  // other files of hers: she is counted once
	Apart      bool         `json:"apart,omitempty"` // not to be counted
	Fictitious bool         `json:"fictitious,omitempty"`
}

// Parts of Counted. Days are empty where it did not happen.
type (
	// CountedEpisode is a time during which the file was open.
	CountedEpisode struct {
		From  string `json:"from"`
		Until string `json:"until,omitempty"`
		Why   string `json:"why,omitempty"` // it was closed: of CloseReasons
	}
	// CountedDecision is one decision on identification.
	CountedDecision struct {
		On       string `json:"on"`
		Outcome  string `json:"outcome"`            // of Decisions
		Reviewed bool   `json:"reviewed,omitempty"` // she used the remedy
	}
	// CountedNeed is one need.
	CountedNeed struct {
		On      string `json:"on"`
		Code    string `json:"code"`
		Offered string `json:"offered,omitempty"` // the day on which help was first offered, planned or given
		State   string `json:"state"`             // of services.Step
		Reason  string `json:"reason,omitempty"`
	}
	// CountedReferral is one referral to another office.
	CountedReferral struct {
		On       string     `json:"on"` // the day on which it was offered
		To       journal.ID `json:"to"`
		Need     string     `json:"need"`
		State    string     `json:"state"` // of Ways
		Answered string     `json:"answered,omitempty"`
		Reached  string     `json:"reached,omitempty"` // help, as the other office reported first
	}
)

// Closed lists of figures: what identification has come to, what a decision was, what became of a referral.
var (
	standingsCounted = []string{"signalled", "presumed", "recognised", "not_recognised", "declined"}
	decisionsCounted = []string{string(Recognised), string(NotRecognised), string(Declined)}
	waysCounted      = []string{"waiting", "accepted", "declined", "expired", "withdrawn"}
)

// Standings lists what identification has come to; Decisions what a decision was; Ways what became of a referral.
func Standings() []string { return slices.Clone(standingsCounted) }
func Decisions() []string { return slices.Clone(decisionsCounted) }
func Ways() []string      { return slices.Clone(waysCounted) }

// dayOf gives a moment's day in UTC: figures of offices in several zones are of the same days.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// counted makes what figures know of a file; nil where nobody may be counted: the file is empty, or what it says that
// somebody exists was erased.
func (p Person) counted() *Counted {
	if p.Registered.Code == "" {
		return nil
	}
	c := &Counted{On: dayOf(p.At), Age: p.ageCounted(), Sex: p.Registered.Sex, Citizen: p.Identity.Nationality, Where: p.Coded.Where, Forms: p.Coded.Forms, Means: p.Coded.Means,
		State: p.standingCounted(), Presumed: dayOf(p.PresumedAt), Languages: p.Registered.Languages, Episodes: p.episodes, Decisions: p.decisions,
		Same: p.Same, Apart: p.Coded.Apart || p.refusesFigures(), Fictitious: p.Registered.Fictitious}
	if c.Sex == "unknown" {
		c.Sex = ""
	}
	for _, n := range p.Services.Needs {
		c.Needs = append(c.Needs, countedNeed(n))
	}
	for _, o := range p.Referral.Out {
		if !o.OfferedAt.IsZero() {
			c.Referrals = append(c.Referrals, countedReferral(o))
		}
	}
	return c
}

// ageCounted is child or adult; "" while it is in doubt: the rules for children hold then, but nobody knows.
func (p Person) ageCounted() string {
	age := p.AgeResult
	if age == "" && !p.InDoubt {
		age = p.Registered.Age
	}
	if age == "not_sure" {
		return ""
	}
	return age
}

func (p Person) standingCounted() string {
	switch p.Track {
	case Recognised, NotRecognised:
		return string(p.Track)
	case Declined:
		return "declined"
	case Presumed, UnderDecision, UnderReview:
		return "presumed"
	case Reopened:
		if !p.PresumedAt.IsZero() {
			return "presumed"
		}
	case "":
		return ""
	}
	return "signalled"
}

// refusesFigures says whether she took back, or suspended, that she is counted, and has not agreed again.
func (p Person) refusesFigures() bool {
	refused := false
	for _, r := range p.Consent.Receipts {
		if r.Purpose != consent.Statistics {
			continue
		}
		if refused = r.Suspended || !r.EndedAt.IsZero(); !refused {
			return false
		}
	}
	return refused
}

func countedNeed(n services.Need) CountedNeed {
	c := CountedNeed{Code: n.Code, State: string(n.Step)}
	for i, m := range n.History {
		if i == 0 {
			c.On = dayOf(m.At)
		}
		if c.Offered == "" && slices.Contains([]services.Step{services.Offered, services.Planned, services.InDelivery, services.Met}, m.Step) {
			c.Offered = dayOf(m.At)
		}
		c.Reason = m.Reason
	}
	return c
}

func countedReferral(o referral.Out) CountedReferral {
	c := CountedReferral{On: dayOf(o.OfferedAt), To: o.Recipient, Need: o.Offer.Need, Reached: dayOf(reached(o)), State: "waiting"}
	if o.Answer != nil {
		c.Answered, c.State = dayOf(o.Answer.At), "declined"
		if o.Answer.Accepted {
			c.State = "accepted"
		}
	}
	switch {
	case c.State == "accepted":
	case o.Status == referral.Expired:
		c.State = "expired"
	case o.Status == referral.Declined:
		c.State = "declined"
	case strings.HasPrefix(string(o.Status), "withdrawn"):
		c.State = "withdrawn"
	}
	return c
}

// begin and end keep when the file was opened and closed, noteDecision what was decided and whether she used the remedy.
func (p *Person) begin(e journal.Entry) {
	p.episodes = append(p.episodes, CountedEpisode{From: dayOf(e.OccurredAt)})
}

func (p *Person) end(e journal.Entry, v Closed) {
	if n := len(p.episodes); n > 0 {
		p.episodes[n-1].Until, p.episodes[n-1].Why = dayOf(e.OccurredAt), v.Reason
	}
}

func (p *Person) noteDecision(v Identified, at time.Time) {
	switch n := len(p.decisions); {
	case slices.Contains(decisionsCounted, string(v.Step)):
		p.decisions = append(p.decisions, CountedDecision{On: dayOf(at), Outcome: string(v.Step)})
	case v.Step == UnderReview && n > 0:
		p.decisions[n-1].Reviewed = true
	}
}
