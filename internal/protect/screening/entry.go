// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// Who was screened. Whoever is not surely grown up takes the child path (guard G4).
const (
	Child   = "child"
	Adult   = "adult"
	NotSure = "not_sure"
)

// Closed lists of this room: what forms offer, guards ask for and screens put into words ("screening.<list>.<code>").
var (
	ages     = []string{Child, Adult, NotSure}
	roles    = []string{"border", "mobile_team", "outreach", "labour_inspector", "youth_protection", "other"}
	places   = []string{"border", "transport", "street", "workplace", "home", "reception", "police", "health", "office", "online", "other"}
	helped   = []consent.Interpreting{consent.OwnLanguage, consent.Interpreter, consent.NoOne}
	deciders = []string{"panel", "coordinator", "social_services", "court", "police", "own_office", "other"}
)

// Ages lists who can be screened: child, adult, not sure.
func Ages() []string { return slices.Clone(ages) }

// Roles lists the roles in which people screen.
func Roles() []string { return slices.Clone(roles) }

// Places lists the sorts of places; none names a place.
func Places() []string { return slices.Clone(places) }

// Helped lists how the two understood each other.
func Helped() []consent.Interpreting { return slices.Clone(helped) }

// Deciders lists who can have decided.
func Deciders() []string { return slices.Clone(deciders) }

// Payloads of this room's entries, in a person's file and in a signal.
type (
	// Recorded is screening.recorded. Which list was used and what was answered tell her story, so they are D3; what
	// anybody sees who knows that the file exists are codes that fit everybody.
	Recorded struct {
		Who         string               `json:"who" part:"D0"`
		Role        string               `json:"role" part:"D0"`
		Place       string               `json:"place" part:"D0"`
		Language    string               `json:"language" part:"D0"` // BCP 47: what was spoken
		Interpreted consent.Interpreting `json:"interpreted" part:"D0"`
		// Appearance is the office's ground for asking what rests on appearance, word for word; empty: not asked.
		Appearance string            `json:"appearance,omitempty" part:"D0"`
		Set        string            `json:"set" part:"D3"`
		Version    string            `json:"version" part:"D3"`
		Answers    map[string]Answer `json:"answers" part:"D3"` // what is not in it was not asked
		Remarks    string            `json:"remarks,omitempty" part:"D3"`
	}
	// Decided is screening.outcome: what came of it later, who decided, when.
	Decided struct {
		Screening journal.ID `json:"screening" part:"D0"` // the entry that recorded it
		Outcome   Later      `json:"outcome" part:"D0"`
		By        string     `json:"by,omitempty" part:"D0"`
		On        time.Time  `json:"on,omitzero" part:"D0"`
	}
)

// Types gives the entry types that lie in a person's file and in a signal.
func Types() []store.Type {
	return []store.Type{{Name: "screening.recorded", Payload: Recorded{}}, {Name: "screening.outcome", Payload: Decided{}, Overlap: []string{"outcome", "by", "on"}}}
}

// Screening is one screening as it stands. Result is computed from the answers whenever it is read; nobody writes it.
type Screening struct {
	Recorded
	ID     journal.ID // of its entry
	At     time.Time
	By     journal.ID
	Result Result
	// Hidden says that the answers are not for this reader, or that they were erased: there is no result.
	Hidden  bool
	Decided *Decided
}

// Sure says whether she is surely grown up; else the child path is taken.
func (s Screening) Sure() bool { return s.Who == Adult }

// State is the screenings of a person or a signal, oldest first.
type State struct{ Screenings []Screening }

// Find gives a screening by its id.
func (s State) Find(id journal.ID) (Screening, bool) {
	i := slices.IndexFunc(s.Screenings, func(x Screening) bool { return x.ID == id })
	if i < 0 {
		return Screening{}, false
	}
	return s.Screenings[i], true
}

// Doubt gives when somebody first doubted that she is grown up; zero when nobody did.
func (s State) Doubt() time.Time {
	for _, x := range s.Screenings {
		if !x.Sure() {
			return x.At
		}
	}
	return time.Time{}
}

// Fold gives the screenings of a dossier's entries; those of other rooms are passed over.
func (ss Sets) Fold(entries []journal.Entry) (State, error) {
	var s State
	for _, e := range entries {
		if err := s.apply(e, ss); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func (s *State) apply(e journal.Entry, ss Sets) error {
	switch e.Type {
	case "screening.recorded":
		return in(e, func(v Recorded) {
			s.Screenings = append(s.Screenings, ss.Of(e.Owner).screening(v, e.ID, e.OccurredAt, e.Actor))
		})
	case "screening.outcome":
		return in(e, func(v Decided) { s.decide(v) })
	}
	return nil
}

// screening computes what answers come to. A list that this office does not know any more gives no result.
func (ss Sets) screening(v Recorded, id journal.ID, at time.Time, by journal.ID) Screening {
	x := Screening{Recorded: v, ID: id, At: at, By: by, Hidden: true}
	if set, ok := ss.Get(v.Set, v.Version); ok {
		if r, err := Evaluate(asked(set, v.Appearance), v.Answers); err == nil {
			x.Result, x.Hidden = r, false
		}
	}
	return x
}

func (s *State) decide(v Decided) {
	for i := range s.Screenings {
		if s.Screenings[i].ID == v.Screening {
			s.Screenings[i].Decided = &v
		}
	}
}

// Counted is what figures know of one screening: the list, what came out, what came of it. It names nobody.
type Counted struct {
	Set     string `json:"set"`
	Version string `json:"version"`
	Outcome string `json:"outcome"`
	Later   Later  `json:"later,omitempty"`
	On      string `json:"on,omitempty"` // the day
	Who     string `json:"who,omitempty"`
	Role    string `json:"role,omitempty"`
	Place   string `json:"place,omitempty"`
}

// Counts gives what figures know of these screenings.
func (s State) Counts() []Counted {
	var out []Counted
	for _, x := range s.Screenings {
		c := Counted{Set: x.Set, Version: x.Version, Outcome: x.Result.Outcome, On: x.At.UTC().Format(time.DateOnly), Who: x.Who, Role: x.Role, Place: x.Place}
		if x.Hidden { // that it took place is still known
			c.Set, c.Version, c.Outcome = "", "", ""
		}
		if x.Decided != nil {
			c.Later = x.Decided.Outcome
		}
		out = append(out, c)
	}
	return out
}

// Sets are the lists that an office knows, in every version: those that the program carries, and those that the office has
// published itself from a study.
type Sets struct {
	indicators.Sets
	// Own gives the lists that an office has published, oldest first; those of all offices for the zero id. Nil: none.
	Own func(owner journal.ID) []indicators.Set

	owner journal.ID
}

// Of gives the lists of one office. Without it a list of any office of the node is known, so that a screening is read with the
// list that it was made with.
func (ss Sets) Of(owner journal.ID) Sets {
	ss.owner = owner
	return ss
}

func (ss Sets) own() []indicators.Set {
	if ss.Own == nil {
		return nil
	}
	return ss.Own(ss.owner)
}

// Get gives one version of a list, and whether there is one.
func (ss Sets) Get(code, version string) (indicators.Set, bool) {
	if x, ok := ss.Sets.Get(code, version); ok {
		return x, true
	}
	for _, x := range ss.own() {
		if x.Code == code && x.Version == version {
			return x, true
		}
	}
	return indicators.Set{}, false
}

// Newest gives the version of a list for a screening that begins now, and whether there is such a list.
func (ss Sets) Newest(code string) (indicators.Set, bool) {
	if x, ok := ss.Sets.Newest(code); ok {
		return x, true
	}
	for _, x := range slices.Backward(ss.own()) {
		if x.Code == code {
			return x, true
		}
	}
	return indicators.Set{}, false
}

// Lists gives the newest version of every list: those of the program by code, then the office's own.
func (ss Sets) Lists() []indicators.Set {
	out := ss.Sets.Lists()
	seen := map[string]bool{}
	for _, x := range out {
		seen[x.Code] = true
	}
	for _, x := range slices.Backward(ss.own()) {
		if !seen[x.Code] {
			seen[x.Code] = true
			out = append(out, x)
		}
	}
	return out
}

// Smuggling is the checklist for an intercepted smuggling.
const Smuggling = "smuggling"

// Offered gives the lists for somebody, in a role: the child's list where there is one for whoever may be a child, the
// checklist for an intercepted smuggling at the border and to mobile teams.
func (ss Sets) Offered(who, role string) []indicators.Set {
	return slices.DeleteFunc(ss.Lists(), func(s indicators.Set) bool {
		return !Fits(s, who) || s.Code == Smuggling && role != "border" && role != "mobile_team"
	})
}

// Fits says whether a list is one for a child, for an adult, for somebody of whom one is not sure.
func Fits(s indicators.Set, who string) bool {
	switch s.For {
	case Adult:
		return who == Adult
	case Child:
		return who != Adult
	}
	return true
}

// asked gives a list as it is asked: what rests on appearance only where the office turned that on.
func asked(s indicators.Set, appearance string) indicators.Set {
	if appearance == "" {
		return s.WithoutAppearance()
	}
	return s
}
