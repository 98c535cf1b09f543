// SPDX-License-Identifier: EUPL-1.2

// Package retention says how long the programme's records keep what they hold about people, and has it erased in two
// steps: somebody proposes to erase what is past its period, and somebody else, or the same person a week later, does it.
// Erasing destroys the key of the category and removes its bytes; what stays is counts, codes and dates. Somebody can
// also keep it longer, to a day and with a reason.
//
// How long is data (packs/retention), each period with its source. A room whose dossiers hold people's data adds Types to
// its kind, a State to its fold, Guard and Effects, and tells with a Line where each dossier stands; the list of what is
// due is made of these lines, and opens no dossier.
package retention

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	pack "github.com/entraide-thb/entraide/packs/retention"
)

// Codes of rules.
const (
	Participants = "participants"
	Applicants   = "applicants"
	Grantees     = "grantees"
	Marks        = "marks"
	Trainees     = "trainees"
	Readers      = "readers"
	Signers      = "signers"
	Contacts     = "contacts"
)

// Codes lists them.
func Codes() []string {
	return []string{Participants, Applicants, Grantees, Marks, Trainees, Readers, Signers, Contacts}
}

// OwnChoice is the source of a period that the project chose itself.
const OwnChoice = "own_choice"

// Ends of entry types; before them stands the kind of dossier.
const (
	proposed = ".erasure_proposed"
	kept     = ".erasure_kept"
	erased   = ".erased"
)

// Alone is how long after proposing it the same person can erase.
const Alone = 7 * 24 * time.Hour

// Limits of a reason, in bytes, and of how long something is kept beyond its period at once.
const (
	leastReason = 20
	mostReason  = 600
	mostYears   = 10
)

// Payloads.
type (
	// Proposed says that what a rule speaks of is past its period.
	Proposed struct {
		Rule string    `json:"rule" part:"PI"` // of Codes
		Due  time.Time `json:"due" part:"PI"`  // since when, by the rule as it stood
	}
	// Kept says that it is kept to a day all the same, and why: in somebody's own words, which go with what they are about.
	Kept struct {
		Until  time.Time `json:"until" part:"PI"`
		Reason string    `json:"reason" part:"PC"`
	}
	// Erased says that it is gone.
	Erased struct {
		Rule string `json:"rule" part:"PI"`
	}
)

// Types gives the entry types of a kind of dossier.
func Types(kind string) []store.Type {
	return []store.Type{{Name: kind + proposed, Payload: Proposed{}}, {Name: kind + kept, Payload: Kept{}}, {Name: kind + erased, Payload: Erased{}}}
}

// Is says whether an entry type is one of these.
func Is(typ string) bool {
	return strings.HasSuffix(typ, proposed) || strings.HasSuffix(typ, kept) || strings.HasSuffix(typ, erased)
}

// Erases says whether an entry erases.
func Erases(typ string) bool { return strings.HasSuffix(typ, erased) }

// Step is one entry of these, for a history.
type Step struct {
	What   string // proposed | kept | erased
	By     journal.ID
	At     time.Time
	Until  time.Time
	Reason string
}

// State is what a dossier's entries of these types come to.
type State struct{ Steps []Step }

// Apply folds an entry; it is false for one of another type.
func (s *State) Apply(e journal.Entry) (bool, error) {
	x := Step{By: e.Actor, At: e.OccurredAt}
	switch {
	case strings.HasSuffix(e.Type, proposed):
		x.What = "proposed"
	case strings.HasSuffix(e.Type, kept):
		v, err := journal.In[Kept](e)
		if err != nil {
			return true, err
		}
		x.What, x.Until, x.Reason = "kept", v.Until, v.Reason
	case strings.HasSuffix(e.Type, erased):
		x.What = "erased"
	default:
		return false, nil
	}
	s.Steps = append(s.Steps[:len(s.Steps):len(s.Steps)], x)
	return true, nil
}

// Line says where a dossier stands: part of its kind's summary under the name "keep", of category PI.
type Line struct {
	Rule     string     `json:"rule,omitempty"`
	From     time.Time  `json:"from,omitzero"`     // when its period began; zero while what it waits for goes on
	Holds    bool       `json:"holds,omitempty"`   // there is something to erase
	Proposed time.Time  `json:"proposed,omitzero"` // that it be erased; zero when nobody has, or it was kept since
	By       journal.ID `json:"by,omitzero"`       // who did
	Until    time.Time  `json:"until,omitzero"`    // it is kept to
	Erased   time.Time  `json:"erased,omitzero"`   // last
}

// Line says where a dossier stands under a rule, whose period began at a time, and which holds something or not.
func (s State) Line(rule string, from time.Time, holds bool) Line {
	l := Line{Rule: rule, From: from, Holds: holds}
	for _, x := range s.Steps {
		switch x.What {
		case "proposed":
			l.Proposed, l.By = x.At, x.By
		case "kept":
			l.Proposed, l.By, l.Until = time.Time{}, journal.ID{}, x.Until
		case "erased":
			l.Proposed, l.By, l.Until, l.Erased = time.Time{}, journal.ID{}, time.Time{}, x.At
		}
	}
	return l
}

// Code is the code by which dossiers are found that hold something whose period has begun.
const Code = "keep"

// Codes gives it for a dossier.
func (l Line) Codes() []string {
	if !l.Holds || l.From.IsZero() {
		return nil
	}
	return []string{"yes"}
}

// Rules gives the rules of the pack. It panics on one that a test would have refused: the pack is part of the program.
var Rules = sync.OnceValue(func() clock.Rules {
	rs, err := Read(pack.File())
	if err != nil {
		panic(err)
	}
	return rs
})

// Read reads rules: each of Codes once, with a source; a field that it does not know is an error.
func Read(src []byte) (clock.Rules, error) {
	var f struct {
		Rules clock.Rules `yaml:"rules"`
	}
	d := yaml.NewDecoder(bytes.NewReader(src))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	if err := f.Rules.Check(); err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	var codes []string
	for _, r := range f.Rules {
		codes = append(codes, r.Code)
	}
	if !slices.Equal(codes, Codes()) {
		return nil, fmt.Errorf("retention: the rules are %v, and should be %v", codes, Codes())
	}
	return f.Rules, nil
}

// Status is where what a dossier holds stands at a time.
type Status string

// The closed list.
const (
	Nothing  Status = ""         // there is nothing to erase, or its period has not begun
	Running  Status = "running"  // its period goes on
	Due      Status = "due"      // it is past
	IsKept   Status = "kept"     // past, and kept to a day
	Awaiting Status = "proposed" // past, and somebody proposed to erase it
)

// Statuses lists those that something can have.
func Statuses() []Status { return []Status{Due, Awaiting, IsKept, Running} }

// At says where it stands, and when its period ends.
func (l Line) At(now time.Time) (Status, time.Time) {
	if !l.Holds || l.From.IsZero() {
		return Nothing, time.Time{}
	}
	r, ok := Rules().At(l.Rule, l.From, time.UTC)
	if !ok {
		return Nothing, time.Time{}
	}
	due := clock.Due(r, l.From, time.UTC)
	switch {
	case now.Before(due):
		return Running, due
	case now.Before(l.Until):
		return IsKept, due
	case !l.Proposed.IsZero():
		return Awaiting, due
	}
	return Due, due
}

// Second says whether somebody can take the second step now: who did not take the first, or who waited.
func (l Line) Second(who journal.ID, now time.Time) bool {
	return who != l.By || !now.Before(l.Proposed.Add(Alone))
}

// Guard says whether an entry of these types may follow, where l is how the dossier stands before it. A programme officer writes
// them; neither a job nor whoever may write in the dossier for another reason does.
func Guard(g *store.Guarding, l Line, e journal.Entry) error {
	status, due := l.At(g.Now)
	if g.Actor.Job != "" || !g.Actor.Has(access.ProgrammeOfficer) {
		return fault.New(fault.Denied, "fault.denied")
	}
	switch {
	case strings.HasSuffix(e.Type, proposed):
		v, err := journal.In[Proposed](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if status != Due {
			return fault.New(fault.Guarded, "retention.guard.not_due")
		}
		if v.Rule != l.Rule || !v.Due.Equal(due) {
			return fault.New(fault.Conflict, "retention.guard.changed")
		}
	case strings.HasSuffix(e.Type, kept):
		v, err := journal.In[Kept](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if status == Nothing || status == Running {
			return fault.New(fault.Guarded, "retention.guard.not_due")
		}
		return v.check(g.Now)
	default:
		v, err := journal.In[Erased](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if status != Awaiting || v.Rule != l.Rule {
			return fault.New(fault.Guarded, "retention.guard.not_proposed")
		}
		if !l.Second(g.Actor.ID, g.Now) {
			return fault.New(fault.Guarded, "retention.guard.second")
		}
	}
	return nil
}

func (v Kept) check(now time.Time) error {
	var fs fault.Fields
	if n := len(strings.TrimSpace(v.Reason)); n < leastReason || n > mostReason {
		fs.Add("reason", "retention.need.reason", "Min", leastReason, "Max", mostReason)
	}
	if !v.Until.After(now) || v.Until.After(now.AddDate(mostYears, 0, 0)) {
		fs.Add("until", "retention.need.until", "Max", mostYears)
	}
	return fs.Err()
}

// Effects gives what an entry brings about: that the categories are erased, and with them why they were kept.
func Effects(e journal.Entry, cats ...journal.Category) store.Effects {
	if Erases(e.Type) {
		if !slices.Contains(cats, journal.PC) {
			cats = append(cats, journal.PC)
		}
		return store.Effects{Erase: cats}
	}
	return store.Effects{}
}
