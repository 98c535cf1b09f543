// SPDX-License-Identifier: EUPL-1.2

// Package joint publishes figures of several offices together so that nobody sees what any one of them counted: tables of
// all their records with noise, and nothing of the parts.
//
// One office proposes: which source and period, which tables, what it costs, who takes part. In every office two people
// decide. When all have agreed, each counts its own records, adds noise of its own, splits what comes out into shares for all
// (package shares), and sends each office its share with commitments to all of them. When an office has everybody's shares it
// sends the sum of those dealt to it. The sums of all are the release, the same in every office; a sum that was not made of
// what was dealt names the office that sent it, and commitments that differ between offices are seen by all.
//
// What an office counts false from the start, or noise that it leaves out, cannot be found out: docs/threats.md.
package joint

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/joint/shares"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Entry types of the dossier kind "joint": what people do here, what the job does, and what comes from other offices.
const (
	DraftedType  = "joint.drafted"
	ProposedType = "joint.proposed" // by a second person: every office is asked
	AgreedType   = "joint.agreed"   // to a proposal of another office; a second person is still to accept
	AcceptedType = "joint.accepted"
	DeclinedType = "joint.declined"
	StoppedType  = "joint.stopped" // by a person or the job

	DealtType  = "joint.dealt"
	SummedType = "joint.summed"
	OpenedType = "joint.opened"

	InvitedType      = "joint.invited"
	AnsweredType     = "joint.answered"
	DealtThereType   = "joint.dealt_there"
	SummedThereType  = "joint.summed_there"
	OpenedThereType  = "joint.opened_there"
	StoppedThereType = "joint.stopped_there"
)

// Reasons why an office does not take part, or stops.
func Reasons() []string {
	return []string{"not_agreed", "no_records", "too_few", "law", "later", "card", "other", "domain", "budget", "missing", "false_share"}
}

// declining are those that a person chooses; the others are the job's, which also finds that a card is another one.
const declining = 7

// Party is one office that takes part.
type Party struct {
	Office      journal.ID `json:"office"`
	Name        string     `json:"name"`
	Country     string     `json:"country"`
	Fingerprint string     `json:"fingerprint"` // of its card, as whoever proposes has pinned it; hexadecimal
}

// Is says whether an office is another, by its card; names may have changed.
func (p Party) Is(other Party) bool {
	return p.Office == other.Office && p.Country == other.Country && p.Fingerprint == other.Fingerprint
}

// Proposal is what all agree to, word for word: its hash is in every message.
type Proposal struct {
	Title    map[string]string `json:"title"` // by language
	Source   string            `json:"source"`
	Version  string            `json:"version"`
	Most     int               `json:"most"`  // how many records of one person are counted
	From     string            `json:"from"`  // a day
	Until    string            `json:"until"` // the last day, inclusive
	Columns  []table.Column    `json:"columns"`
	Tables   [][]string        `json:"tables"` // by the names of columns
	Epsilon  float64           `json:"epsilon"`
	Delta    float64           `json:"delta"`
	Against  int               `json:"against"` // of how many offices together the promise is kept
	Parties  []Party           `json:"parties"` // in the order of their ids
	Deadline string            `json:"deadline"`
	At       string            `json:"at"` // when it was drafted: the release's date in every office
}

// Hash names a proposal: SHA-256 of its canonical JSON.
func (p Proposal) Hash() string {
	b, err := json.Marshal(p)
	if err != nil {
		panic("joint: " + err.Error()) // texts and numbers always encode
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Place gives the number of an office among the parties, or -1.
func (p Proposal) Place(office journal.ID) int {
	return slices.IndexFunc(p.Parties, func(x Party) bool { return x.Office == office })
}

// loud is how much more a release costs because more than one record of a person is counted: what is said of one is said of
// them all at once, and rho grows with the square.
func (p Proposal) loud() noise.Rho { m := noise.Rho(max(p.Most, 1)); return m * m }

// Cost is what the release costs one person, as it looks to so many of the offices together.
func (p Proposal) Cost(together int) (noise.Rho, error) {
	a, err := p.Plan()
	if err != nil {
		return 0, err
	}
	return a.Cost(together) * p.loud(), nil
}

// set gives the columns of a table by their numbers; a column that is not there is -1, which no plan takes.
func (p Proposal) set(names []string) table.Set {
	var set []int
	for _, name := range names {
		set = append(set, slices.IndexFunc(p.Columns, func(c table.Column) bool { return c.Name == name }))
	}
	return table.SetOf(set...)
}

// Plan gives what is measured, and how it is spread over the offices. Errors: Invalid, as of pooled.New and Among.
func (p Proposal) Plan() (*pooled.Among, error) {
	d := table.Domain{Columns: p.Columns}
	var asked []pooled.Asked
	for _, names := range p.Tables {
		asked = append(asked, pooled.Asked{Set: p.set(names)})
	}
	rho, err := noise.Promise{Epsilon: p.Epsilon, Delta: p.Delta}.Budget()
	if err != nil {
		return nil, bad("epsilon", "joint.want.promise")
	}
	plan, err := pooled.New(d, asked, rho/p.loud())
	if err != nil {
		return nil, err
	}
	a, err := plan.Among(len(p.Parties), p.Against)
	if err != nil {
		return nil, err
	}
	if a.Numbers() > shares.MostNumbers {
		return nil, bad("tables", "joint.want.fewer_numbers", "Max", shares.MostNumbers)
	}
	return a, nil
}

// Payloads of the entries. All are of the category D9: nothing in them tells what one office counted.
type (
	// Draft is joint.drafted; Second is who reads it and proposes it.
	Draft struct {
		Proposal Proposal   `json:"proposal" part:"D9"`
		Second   journal.ID `json:"second" part:"D9"`
	}
	// Invited is joint.invited.
	Invited struct {
		From     journal.ID `json:"from" part:"D9"`
		Proposal Proposal   `json:"proposal" part:"D9"`
	}
	// Of is joint.proposed and joint.accepted: to the proposal of a hash.
	Of struct {
		Hash string `json:"hash" part:"D9"`
	}
	// Agreed is joint.agreed; Second is who accepts.
	Agreed struct {
		Second journal.ID `json:"second" part:"D9"`
	}
	// Why is joint.declined, joint.stopped and joint.stopped_there. About names offices that the reason is about.
	Why struct {
		Reason string       `json:"reason" part:"D9"`
		Office journal.ID   `json:"office,omitzero" part:"D9"` // that says so; zero is this one
		About  []journal.ID `json:"about,omitempty" part:"D9"`
	}
	// Answered is joint.answered.
	Answered struct {
		Office journal.ID `json:"office" part:"D9"`
		Yes    bool       `json:"yes" part:"D9"`
		Reason string     `json:"reason,omitempty" part:"D9"`
	}
	// Dealt is joint.dealt and joint.dealt_there: commitments to the shares of all parties, in their order, hexadecimal.
	Dealt struct {
		Office      journal.ID `json:"office,omitzero" part:"D9"`
		Commitments []string   `json:"commitments" part:"D9"`
	}
	// Summed is joint.summed and joint.summed_there: what was dealt to an office, added up. Transcript is a hash of all
	// commitments as that office has them.
	Summed struct {
		Office     journal.ID `json:"office,omitzero" part:"D9"`
		Transcript string     `json:"transcript" part:"D9"`
		Sum        string     `json:"sum" part:"D9"` // base64 of shares.Share's bytes
	}
	// Opened is joint.opened and joint.opened_there: the hash of the release, or the offices whose sums are false.
	Opened struct {
		Office journal.ID   `json:"office,omitzero" part:"D9"`
		Hash   string       `json:"hash,omitempty" part:"D9"`
		False  []journal.ID `json:"false,omitempty" part:"D9"`
	}
)

// State is a joint release, as one of its offices has it.
type State struct {
	ID       journal.ID
	Owner    journal.ID // this office
	From     journal.ID // that proposed it; zero where this office did
	Proposal Proposal
	Hash     string
	By       journal.ID // who drafted it here, or agreed
	Second   journal.ID
	Proposed bool
	Accepted bool
	At       time.Time // of the first entry here
	Answers  map[journal.ID]Answered
	Dealt    map[journal.ID]Dealt
	Summed   map[journal.ID]Summed
	Opened   map[journal.ID]Opened
	Stopped  []Why
}

// Exists says whether anything was recorded.
func (s State) Exists() bool { return s.Hash != "" }

// Status is where it stands here; a code.
func (s State) Status() string {
	switch o, opened := s.Opened[s.Owner]; {
	case opened && len(o.False) > 0:
		return "false"
	case opened && !s.Agree():
		return "disputed"
	case opened:
		return "opened"
	case len(s.Stopped) > 0:
		return "stopped"
	case s.refused():
		return "declined"
	case s.dealt(s.Owner):
		return "running"
	case s.Accepted:
		return "waiting"
	case s.From.IsZero() && !s.Proposed:
		return "drafted"
	case !s.Second.IsZero() && !s.From.IsZero():
		return "agreed"
	}
	return "invited"
}

// Statuses lists them.
func Statuses() []string {
	return []string{"drafted", "invited", "agreed", "waiting", "running", "opened", "disputed", "false", "declined", "stopped"}
}

// Over says that nothing more happens, but for what other offices say of their result.
func (s State) Over() bool {
	return slices.Contains([]string{"opened", "disputed", "false", "declined", "stopped"}, s.Status())
}

// refused says that an office does not take part, so that it comes to nothing.
func (s State) refused() bool {
	for _, a := range s.Answers {
		if !a.Yes {
			return true
		}
	}
	return false
}

func (s State) said(office journal.ID, yes bool) bool {
	a, ok := s.Answers[office]
	return ok && a.Yes == yes
}

func (s State) dealt(office journal.ID) bool { _, ok := s.Dealt[office]; return ok }

// Ready says that all have accepted.
func (s State) Ready() bool {
	return s.Accepted && !slices.ContainsFunc(s.Proposal.Parties, func(p Party) bool { return !s.said(p.Office, true) })
}

// Missing lists the offices that the next step waits for.
func (s State) Missing() []journal.ID {
	var out []journal.ID
	for _, p := range s.Proposal.Parties {
		_, summed := s.Summed[p.Office]
		switch {
		case !s.Ready() && !s.said(p.Office, true), s.Ready() && !s.dealt(p.Office), s.Ready() && s.allDealt() && !summed:
			out = append(out, p.Office)
		}
	}
	return out
}

func (s State) allDealt() bool { return len(s.Dealt) == len(s.Proposal.Parties) }

func (s State) allSummed() bool { return len(s.Summed) == len(s.Proposal.Parties) }

// Agree says that no office has another result than this one.
func (s State) Agree() bool {
	mine := s.Opened[s.Owner]
	for _, o := range s.Opened {
		if o.Hash != mine.Hash || len(o.False) > 0 {
			return false
		}
	}
	return true
}

// Transcript is a hash of all commitments, in the order of parties.
func (s State) Transcript() string {
	h := sha256.New()
	h.Write([]byte("entraide joint transcript v1\n" + s.Hash + "\n"))
	for _, p := range s.Proposal.Parties {
		for _, c := range s.Dealt[p.Office].Commitments {
			h.Write([]byte(c + "\n"))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Result gives the release once all sums are there, or the offices whose sums are false: not of what was dealt, or dealt
// otherwise to others. Errors: of a proposal that gives no plan, or sums that add up to nothing although each is true.
func (s State) Result() (*pooled.Release, []journal.ID, error) {
	a, err := s.Proposal.Plan()
	if err != nil {
		return nil, nil, err
	}
	var liars []journal.ID
	var sums []shares.Share
	for j, p := range s.Proposal.Parties {
		sum, ok := s.trueSum(j, p.Office, a.Numbers())
		if !ok {
			liars = append(liars, p.Office)
			continue
		}
		sums = append(sums, sum)
	}
	if len(liars) > 0 {
		return nil, liars, nil
	}
	numbers, err := shares.Open(sums)
	if err != nil {
		return nil, nil, err
	}
	out, err := a.Release(numbers)
	return out, nil, err
}

func (s State) trueSum(place int, office journal.ID, numbers int) (shares.Share, bool) {
	v := s.Summed[office]
	raw, err := base64.StdEncoding.DecodeString(v.Sum)
	if err != nil || v.Transcript != s.Transcript() {
		return shares.Share{}, false
	}
	sum, err := shares.Parse(raw, numbers)
	if err != nil {
		return shares.Share{}, false
	}
	var dealt []shares.Commitment
	for _, p := range s.Proposal.Parties {
		c, err := commitments(s.Dealt[p.Office].Commitments)
		if err != nil || place >= len(c) {
			return shares.Share{}, false
		}
		dealt = append(dealt, c[place])
	}
	return sum, sum.Matches(dealt)
}

func commitments(texts []string) ([]shares.Commitment, error) {
	var out []shares.Commitment
	for _, t := range texts {
		b, err := hex.DecodeString(t)
		if err != nil || len(b) != 32 {
			return nil, shares.ErrForm
		}
		out = append(out, shares.Commitment(b))
	}
	return out, nil
}

// Fold gives the state of entries in rising revision.
func Fold(es []journal.Entry) (State, error) {
	s := State{Answers: map[journal.ID]Answered{}, Dealt: map[journal.ID]Dealt{}, Summed: map[journal.ID]Summed{}, Opened: map[journal.ID]Opened{}}
	for _, e := range es {
		s.ID, s.Owner = e.Dossier, e.Owner
		if s.At.IsZero() {
			s.At = e.OccurredAt
		}
		if err := s.apply(e); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func (s *State) apply(e journal.Entry) error {
	switch e.Type {
	case DraftedType:
		v, err := journal.In[Draft](e)
		s.Proposal, s.Second, s.By, s.Hash = v.Proposal, v.Second, e.Actor, v.Proposal.Hash()
		return err
	case InvitedType:
		v, err := journal.In[Invited](e)
		s.Proposal, s.From, s.Hash = v.Proposal, v.From, v.Proposal.Hash()
		s.Answers[v.From] = Answered{Office: v.From, Yes: true} // who proposes agrees
		return err
	case ProposedType, AcceptedType:
		s.Proposed, s.Accepted = e.Type == ProposedType, true
		s.Answers[s.Owner] = Answered{Office: s.Owner, Yes: true}
	case AgreedType:
		v, err := journal.In[Agreed](e)
		s.By, s.Second = e.Actor, v.Second
		return err
	case DeclinedType:
		v, err := journal.In[Why](e)
		s.Answers[s.Owner] = Answered{Office: s.Owner, Reason: v.Reason}
		return err
	case StoppedType, StoppedThereType:
		v, err := journal.In[Why](e)
		s.Stopped = append(slices.Clone(s.Stopped), v)
		return err
	default:
		return s.applyRun(e)
	}
	return nil
}

// applyRun takes what the offices compute together. The first that an office sends is what counts: it cannot send another.
func (s *State) applyRun(e journal.Entry) error {
	var err error
	switch e.Type {
	case AnsweredType:
		var v Answered
		v, err = journal.In[Answered](e)
		keep(s.Answers, v.Office, v)
	case DealtType, DealtThereType:
		var v Dealt
		v, err = journal.In[Dealt](e)
		keep(s.Dealt, s.orHere(v.Office), v)
	case SummedType, SummedThereType:
		var v Summed
		v, err = journal.In[Summed](e)
		keep(s.Summed, s.orHere(v.Office), v)
	case OpenedType, OpenedThereType:
		var v Opened
		v, err = journal.In[Opened](e)
		keep(s.Opened, s.orHere(v.Office), v)
	}
	return err
}

func (s *State) orHere(office journal.ID) journal.ID {
	if office.IsZero() {
		return s.Owner
	}
	return office
}

func keep[V any](m map[journal.ID]V, office journal.ID, v V) {
	if _, there := m[office]; !there {
		m[office] = v
	}
}
