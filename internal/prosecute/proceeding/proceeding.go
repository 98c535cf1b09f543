// SPDX-License-Identifier: EUPL-1.2

// Package proceeding holds the criminal proceedings of a prosecutor's office or a court: under which articles, before which court,
// against how many, what was decided of each of them at each stage, how many victims there are, what they were awarded and paid,
// what is used of what other offices sent (evidence.go), and what comes next.
//
// Whoever works on a proceeding reads and writes it, whoever supervises it reads it and gives it to others; the rest of the office
// sees that it exists and how far it is. Names of defendants are a category of their own (D8), optional, and in no figure. A line
// or step that was wrong is corrected by another entry that takes its place; the history keeps both. When the period of the pack
// (packs/offences) is over, what is sealed of it is erased and codes and days stay.
//
// What figures know of a proceeding stands beside it as codes, read by the job that counts and by nobody else (count.go).
package proceeding

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/packs/offences"
)

// Entry types of the dossier kind "proceeding". The clock writes the last.
const (
	OpenedType    = "proceeding.opened"
	ChangedType   = "proceeding.changed"
	DefendantType = "proceeding.defendant"
	DecidedType   = "proceeding.decided"
	VictimsType   = "proceeding.injured"
	RedressType   = "proceeding.redress"
	DatedType     = "proceeding.dated"
	AssignedType  = "proceeding.assigned"
	EndedType     = "proceeding.ended"
	ExpiredType   = "proceeding.expired"
)

// Types lists them.
func Types() []string {
	return []string{OpenedType, ChangedType, DefendantType, DecidedType, VictimsType, RedressType, EvidenceType, DatedType, AssignedType, EndedType, ExpiredType}
}

// Stages lists how far a proceeding can be. It is that of the defendant who is furthest, but "final" only when all who were
// charged have a decision that is.
func Stages() []string { return []string{"investigated", "charged", "judged", "final"} }

// Instances lists by whom something is decided, in their order.
func Instances() []string { return []string{"first", "appeal", "highest"} }

// Outcomes lists what can be decided of a defendant.
func Outcomes() []string { return []string{"convicted", "acquitted", "discontinued"} }

// Forms lists the forms of exploitation that can be charged; their words are count.form.
func Forms() []string {
	return []string{"sexual", "labour", "slavery", "servitude", "crime", "organs", "surrogacy", "marriage", "adoption"}
}

// Sexes and Ages list what is noted of a defendant, Ages on the day of the charge.
func Sexes() []string { return []string{"f", "m", "x"} }

// Ages lists the age bands that bodies ask for.
func Ages() []string { return []string{"child", "adult"} }

// Unpunished lists whether victims were left unpunished for what they were made to do.
func Unpunished() []string { return []string{"applied", "refused", "not_raised"} }

// Dates lists what can come next.
func Dates() []string { return []string{"hearing", "judgment", "appeal_ends", "measure", "other"} }

// Standings lists how somebody can be given a proceeding.
func Standings() []string {
	return []string{string(access.AsWorker), string(access.AsSuper)}
}

// Ends lists why a proceeding is ended here.
func Ends() []string { return []string{"mistake", "handed_over", "joined"} }

// Expired is why the clock ends one.
const Expired = "expired"

// Charge is proceeding.opened and proceeding.changed: what a proceeding is about, in place of what was.
type Charge struct {
	Country   string   `json:"country" part:"D0"`
	Articles  []string `json:"articles" part:"D0"` // codes of packs/offences, or "other"
	Opened    string   `json:"opened" part:"D0"`   // the day
	Court     string   `json:"court" part:"D6"`
	Reference string   `json:"reference" part:"D6"` // by which the office knows it
	Forms     []string `json:"forms,omitempty" part:"D6"`
}

// Defendant is proceeding.defendant: one line, in place of what it said before.
type Defendant struct {
	N       int    `json:"n" part:"D0"`                 // the role number: 1, 2, 3 ...
	Charged string `json:"charged,omitempty" part:"D0"` // the day; "" for a suspect who is not
	Gone    bool   `json:"gone,omitempty" part:"D0"`    // the line was a mistake, or goes on elsewhere
	Sex     string `json:"sex,omitempty" part:"D6"`
	Age     string `json:"age,omitempty" part:"D6"`
	Citizen string `json:"citizen,omitempty" part:"D6"`
	Name    string `json:"name,omitempty" part:"D8"`
}

// Decision is proceeding.decided: what was decided of one defendant; another of the same instance takes its place.
type Decision struct {
	N         int    `json:"n" part:"D0"`
	Instance  string `json:"instance" part:"D0"`
	On        string `json:"on" part:"D0"`
	Outcome   string `json:"outcome" part:"D0"`
	Final     bool   `json:"final,omitempty" part:"D0"`  // no remedy is left
	Months    int    `json:"months,omitempty" part:"D6"` // of imprisonment
	Suspended bool   `json:"suspended,omitempty" part:"D6"`
}

// Victims is proceeding.injured: how many are in the proceeding, as far as it is known.
type Victims struct {
	Count      party.Uncertain `json:"count,omitzero" part:"D6"`
	Minors     party.Uncertain `json:"minors,omitzero" part:"D6"`
	Unpunished string          `json:"unpunished,omitempty" part:"D6"`
}

// Redress is proceeding.redress: what victims were awarded and paid, and what was looked for and seized. Amounts are whole units.
type Redress struct {
	Currency string `json:"currency,omitempty" part:"D6"`
	Ordered  int64  `json:"ordered,omitempty" part:"D6"`
	Paid     int64  `json:"paid,omitempty" part:"D6"`
	Finances string `json:"finances,omitempty" part:"D6"` // a financial investigation was begun: yes, no, "" for unknown
	Seized   string `json:"seized,omitempty" part:"D6"`   // likewise
	Worth    int64  `json:"worth,omitempty" part:"D6"`    // of what was seized
}

// Payloads of the other entries.
type (
	// Dated is proceeding.dated: what comes next, and when; nothing when both are empty.
	Dated struct {
		On   string `json:"on,omitempty" part:"D0"`
		What string `json:"what,omitempty" part:"D0"`
	}
	// Assigned is proceeding.assigned: who works on it or supervises it besides those who did.
	Assigned struct {
		Worker journal.ID `json:"worker" part:"D0"`
		As     string     `json:"as" part:"D0"`
	}
	// Ended is proceeding.ended and proceeding.expired.
	Ended struct {
		Reason string `json:"reason" part:"D0"`
	}
)

// Line is one defendant with what was decided.
type Line struct {
	Defendant
	Decisions []Decision // by instance, at most one of each
}

// Last gives the decision that stands; false when there is none.
func (l Line) Last() (Decision, bool) {
	if len(l.Decisions) == 0 {
		return Decision{}, false
	}
	return l.Decisions[len(l.Decisions)-1], true
}

// State is one proceeding.
type State struct {
	ID          journal.ID
	Charge      Charge
	Lines       []Line // by role number
	Victims     Victims
	Redress     Redress
	Evidence    []Evidence // that came from other offices and is used, oldest first
	Next        Dated
	Workers     []journal.ID
	Supervisors []journal.ID
	Ended       string // why
	EndedAt     time.Time
	Missing     map[journal.Category]journal.Absence
}

// Exists says whether anything was opened.
func (s State) Exists() bool { return s.Charge.Opened != "" }

// Open says that it is still kept.
func (s State) Open() bool { return s.Exists() && s.Ended == "" }

// Code is how people of the office call a proceeding without saying whom it is about.
func Code(id journal.ID) string { return "P-" + strings.ToUpper(hex.EncodeToString(id[12:])) }

// Live gives the defendants whose lines stand.
func (s State) Live() []Line {
	return slices.DeleteFunc(slices.Clone(s.Lines), func(l Line) bool { return l.Gone })
}

// line gives the line of a role number; nil for none.
func (s *State) line(n int) *Line {
	if i := slices.IndexFunc(s.Lines, func(l Line) bool { return l.N == n }); i >= 0 {
		return &s.Lines[i]
	}
	return nil
}

// Stage says how far it is.
func (s State) Stage() string {
	charged, judged, final := 0, 0, 0
	for _, l := range s.Live() {
		if l.Charged == "" {
			continue
		}
		charged++
		if d, ok := l.Last(); ok {
			if judged++; d.Final {
				final++
			}
		}
	}
	switch {
	case charged > 0 && final == charged:
		return "final"
	case judged > 0:
		return "judged"
	case charged > 0:
		return "charged"
	}
	return "investigated"
}

// Came gives the day of what happened: when the first was charged, the first judged, the last appeal decided and, once all
// decisions are final, of the last of them; "" for what did not happen.
func (s State) Came() (charged, judged, appealed, final string) {
	for _, l := range s.Live() {
		charged = earlier(charged, l.Charged)
		for _, d := range l.Decisions {
			if judged = earlier(judged, d.On); d.Instance != Instances()[0] {
				appealed = max(appealed, d.On)
			}
			final = max(final, d.On)
		}
	}
	if s.Stage() != "final" {
		final = ""
	}
	return charged, judged, appealed, final
}

func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// day reads one; zero for none.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Until gives when what is sealed of it is erased, by the pack's period.
func (s State) Until(p offences.Pack) time.Time {
	_, _, _, final := s.Came()
	if final != "" {
		return p.Kept(true).Length.End(day(final), time.UTC)
	}
	return p.Kept(false).Length.End(day(s.Charge.Opened), time.UTC)
}

// Fold gives the state of entries in rising revision; of what a reader may not see, the words are empty.
func Fold(es []journal.Entry) (State, error) {
	s := State{Missing: journal.Missing(es)}
	for _, e := range es {
		s.ID = e.Dossier
		if err := s.apply(e); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func (s *State) apply(e journal.Entry) error {
	var err error
	switch e.Type {
	case OpenedType:
		s.Charge, err = journal.In[Charge](e)
		s.Workers = []journal.ID{e.Actor}
	case ChangedType:
		s.Charge, err = journal.In[Charge](e)
	case DefendantType:
		var v Defendant
		if v, err = journal.In[Defendant](e); err == nil {
			s.put(v)
		}
	case DecidedType:
		var v Decision
		if v, err = journal.In[Decision](e); err == nil {
			s.decide(v)
		}
	case VictimsType:
		s.Victims, err = journal.In[Victims](e)
	case RedressType:
		s.Redress, err = journal.In[Redress](e)
	case EvidenceType:
		var v Evidence
		if v, err = journal.In[Evidence](e); err == nil {
			s.use(v)
		}
	case DatedType:
		s.Next, err = journal.In[Dated](e)
	case AssignedType:
		var v Assigned
		if v, err = journal.In[Assigned](e); err == nil {
			s.assign(v)
		}
	case EndedType, ExpiredType:
		var v Ended
		v, err = journal.In[Ended](e)
		s.Ended, s.EndedAt, s.Next = v.Reason, e.OccurredAt, Dated{}
	}
	return err
}

// put writes a line, in place of what it said before; what was decided stands.
func (s *State) put(v Defendant) {
	if l := s.line(v.N); l != nil {
		l.Defendant = v
		return
	}
	s.Lines = append(s.Lines, Line{Defendant: v})
	inorder.By(s.Lines, func(a, b Line) int { return a.N - b.N })
}

func (s *State) decide(v Decision) {
	l := s.line(v.N)
	if l == nil { // of a line that this reader cannot see
		return
	}
	l.Decisions = append(slices.DeleteFunc(slices.Clone(l.Decisions), func(d Decision) bool { return d.Instance == v.Instance }), v)
	inorder.By(l.Decisions, func(a, b Decision) int {
		return slices.Index(Instances(), a.Instance) - slices.Index(Instances(), b.Instance)
	})
}

func (s *State) assign(v Assigned) {
	list := &s.Workers
	if v.As == string(access.AsSuper) {
		list = &s.Supervisors
	}
	if !slices.Contains(*list, v.Worker) {
		*list = append(slices.Clone(*list), v.Worker)
	}
}
