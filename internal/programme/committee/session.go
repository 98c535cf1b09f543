// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"regexp"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "session".
const (
	CalledType  = "session.called"
	TabledType  = "session.tabled"
	VoteType    = "vote.cast"
	DecidedType = "session.decided"
)

// Rule is how votes carry a motion.
type Rule string

// Majority: more say yes than no. Consensus: somebody says yes, and nobody no. An abstention counts for the quorum only.
const (
	Majority  Rule = "majority"
	Consensus Rule = "consensus"
)

// Rules lists the closed list.
func Rules() []Rule { return []Rule{Majority, Consensus} }

// Value is what a member votes.
type Value string

// Values lists the closed list.
func Values() []Value { return []Value{"yes", "no", "abstain"} }

// How is how a member votes.
type How string

// Hows lists the closed list.
func Hows() []How { return []How{"room", "remote"} }

// Result is what was decided.
type Result string

// The closed list of results. Later puts a motion off: it closes here and can be tabled again.
const (
	Yes   Result = "approved"
	No    Result = "rejected"
	Later Result = "adjourned"
)

// Results lists the closed list.
func Results() []Result { return []Result{Yes, No, Later} }

// Item is a point of the agenda. Key is its number: "2", "2.1".
type Item struct {
	Key  string       `json:"key"`
	Text wording.Text `json:"text"`
}

// Called is the payload of session.called. Each replaces the one before.
type Called struct {
	On     party.PartialDate `json:"on" part:"PP"`
	Title  wording.Text      `json:"title" part:"PP"`
	Agenda []Item            `json:"agenda,omitempty" part:"PP"`
	Place  string            `json:"place,omitempty" part:"PI"`
	Seats  int               `json:"seats" part:"PI"`  // how many vote
	Quorum int               `json:"quorum" part:"PI"` // how many must have voted for a decision to hold
	Rule   Rule              `json:"rule" part:"PI"`
}

// Tabled is the payload of session.tabled: a motion on a plan's proposal as it reads (Mark), or one in words of its own.
// Tabling the same proposal again before it is decided puts the new words in the old ones' place, and its votes are void.
type Tabled struct {
	Motion   journal.ID   `json:"motion" part:"PI"`
	Item     string       `json:"item,omitempty" part:"PI"` // of the agenda
	Text     wording.Text `json:"text,omitzero" part:"PI"`  // of a motion on no plan
	Plan     journal.ID   `json:"plan,omitzero" part:"PI"`
	Proposal journal.ID   `json:"proposal,omitzero" part:"PI"`
	Mark     string       `json:"mark,omitempty" part:"PI"`
	Waiting  []Waiting    `json:"waiting,omitempty" part:"PI"` // what it depended on then
}

// Cast is the payload of vote.cast. A member's later vote on a motion takes the earlier one's place.
type Cast struct {
	Motion journal.ID `json:"motion" part:"PI"`
	Value  Value      `json:"value" part:"PI"`
	How    How        `json:"how" part:"PI"`
	Reason string     `json:"reason,omitempty" part:"PI"`
}

// Made is the payload of session.decided. The numbers are those of the votes, counted again when it is written.
type Made struct {
	Motion journal.ID `json:"motion" part:"PI"`
	Result Result     `json:"result" part:"PI"`
	Reason string     `json:"reason" part:"PI"`
	By     string     `json:"by" part:"PI"` // who presided
	Tally  Tally      `json:"tally" part:"PI"`
}

// Tally is a count of votes, and how many were needed.
type Tally struct {
	Yes     int `json:"yes"`
	No      int `json:"no"`
	Abstain int `json:"abstain"`
	Quorum  int `json:"quorum"`
}

// Voted says how many have voted.
func (t Tally) Voted() int { return t.Yes + t.No + t.Abstain }

// Reached says whether enough have voted.
func (t Tally) Reached() bool { return t.Voted() >= t.Quorum }

// Vote is a member's vote as it stands. Changed is how often it was changed.
type Vote struct {
	Cast
	Entry   journal.ID
	At      time.Time
	By      journal.ID
	Changed int
}

// Decision is what was decided, by whom it was recorded and when.
type Decision struct {
	Made
	Entry journal.ID
	At    time.Time
	Actor journal.ID
}

// Motion is what is to be decided.
type Motion struct {
	Tabled
	At       time.Time
	Votes    []Vote // one of each member, in the order in which they first voted
	Decision *Decision
}

// Tally counts the votes.
func (m Motion) Tally(quorum int) Tally {
	t := Tally{Quorum: quorum}
	for _, v := range m.Votes {
		switch v.Value {
		case "yes":
			t.Yes++
		case "no":
			t.No++
		default:
			t.Abstain++
		}
	}
	return t
}

// Carried says whether votes carry a motion under a rule.
func (t Tally) Carried(r Rule) bool {
	return t.Reached() && t.Yes > 0 && (t.Yes > t.No && r == Majority || t.No == 0 && r == Consensus)
}

// Vote gives a member's vote.
func (m Motion) Vote(by journal.ID) (Vote, bool) {
	at := slices.IndexFunc(m.Votes, func(v Vote) bool { return v.By == by })
	if at < 0 {
		return Vote{}, false
	}
	return m.Votes[at], true
}

// Session is the state of a session's dossier.
type Session struct {
	ID      journal.ID
	Called  Called
	Motions []Motion
	Hidden  bool // this reader sees the agenda only
	History []Event
}

// Exists says whether anything was recorded.
func (s Session) Exists() bool { return s.Called.On.Known() }

// Motion gives a motion.
func (s Session) Motion(id journal.ID) (Motion, bool) {
	at := s.at(id)
	if at < 0 {
		return Motion{}, false
	}
	return s.Motions[at], true
}

func (s Session) at(id journal.ID) int {
	return slices.IndexFunc(s.Motions, func(m Motion) bool { return m.Motion == id })
}

// Open counts motions that nobody has decided.
func (s Session) Open() int {
	n := 0
	for _, m := range s.Motions {
		if m.Decision == nil {
			n++
		}
	}
	return n
}

// SessionLine is what a list shows of a session.
type SessionLine struct {
	On      party.PartialDate `json:"on" part:"PP"`
	Title   wording.Text      `json:"title" part:"PP"`
	Motions int               `json:"motions,omitempty" part:"PI"`
	Open    int               `json:"open,omitempty" part:"PI"`
}

func sessionKind() store.Kind {
	return store.Of(store.KindOf[Session]{
		Name: access.KindSession, Base: journal.PP, Codes: []string{"plan", "state", activity.SpanCode, activity.BeginsCode, activity.EndsCode}, Derives: 1,
		Types: []store.Type{{Name: CalledType, Payload: Called{}, Overlap: []string{"on", "title", "agenda", "place", "seats", "quorum", "rule"}}, {Name: TabledType, Payload: Tabled{}},
			{Name: VoteType, Payload: Cast{}}, {Name: DecidedType, Payload: Made{}}},
		Fold: FoldSession, Guard: guardSession, Derive: deriveSession,
	})
}

func deriveSession(s Session) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	d := store.Derived{State: "called", Codes: map[string][]string{}, Summary: SessionLine{s.Called.On, s.Called.Title, len(s.Motions), s.Open()}}
	activity.Line{Start: s.Called.On}.Dated(d.Codes)
	switch {
	case s.Open() > 0:
		d.State = "open"
	case len(s.Motions) > 0:
		d.State = "decided"
	}
	d.Codes["state"] = []string{d.State}
	for _, m := range s.Motions {
		if id := m.Plan.String(); !m.Plan.IsZero() && !slices.Contains(d.Codes["plan"], id) {
			d.Codes["plan"] = append(d.Codes["plan"], id)
		}
	}
	return d
}

// FoldSession gives the state of entries in rising revision. What a reader may not see (motions, votes, decisions) is left
// out.
func FoldSession(es []journal.Entry) (Session, error) {
	var s Session
	for _, e := range es {
		s.ID = e.Dossier
		if err := s.apply(e); err != nil {
			return Session{}, err
		}
	}
	return s, nil
}

func (s *Session) apply(e journal.Entry) error {
	if !e.Has(journal.PI) {
		s.Hidden = true
		if e.Type != CalledType {
			return nil
		}
	}
	var err error
	text := ""
	switch e.Type {
	case CalledType:
		s.Called, err = journal.In[Called](e)
	case TabledType:
		var v Tabled
		v, err = journal.In[Tabled](e)
		s.table(Motion{Tabled: v, At: e.OccurredAt})
	case VoteType:
		var v Cast
		v, err = journal.In[Cast](e)
		s.vote(Vote{Cast: v, Entry: e.ID, At: e.OccurredAt, By: e.Actor})
		text = string(v.Value)
	case DecidedType:
		var v Made
		v, err = journal.In[Made](e)
		if at := s.at(v.Motion); at >= 0 {
			s.Motions = slices.Clone(s.Motions)
			s.Motions[at].Decision = &Decision{v, e.ID, e.OccurredAt, e.Actor}
		}
		text = string(v.Result)
	default:
		return nil
	}
	s.History = append(s.History, Event{e.Type, text, e.OccurredAt, e.Actor})
	return err
}

func (s *Session) table(m Motion) {
	s.Motions = slices.Clone(s.Motions)
	if at := s.undecided(m.Plan, m.Proposal); at >= 0 {
		m.Motion = s.Motions[at].Motion // one motion, new words: its votes were on the old ones
		s.Motions[at] = m
		return
	}
	s.Motions = append(s.Motions, m)
}

// undecided finds the open motion on a proposal.
func (s Session) undecided(plan, proposal journal.ID) int {
	return slices.IndexFunc(s.Motions, func(m Motion) bool {
		return m.Decision == nil && !plan.IsZero() && m.Plan == plan && m.Proposal == proposal
	})
}

func (s *Session) vote(v Vote) {
	at := s.at(v.Motion)
	if at < 0 {
		return
	}
	s.Motions = slices.Clone(s.Motions)
	m := &s.Motions[at]
	m.Votes = slices.Clone(m.Votes)
	mine := slices.IndexFunc(m.Votes, func(x Vote) bool { return x.By == v.By })
	if mine < 0 {
		m.Votes = append(m.Votes, v)
		return
	}
	v.Changed = m.Votes[mine].Changed + 1
	m.Votes[mine] = v
}

func guardSession(g *store.Guarding, s Session, e journal.Entry) error {
	if e.Type == VoteType && !g.Actor.Has(access.CommitteeMember) {
		return fault.New(fault.Denied, "committee.guard.member")
	}
	if e.Type != CalledType && !s.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	var err error
	var fs fault.Fields
	switch e.Type {
	case CalledType:
		var v Called
		if v, err = journal.In[Called](e); err == nil {
			v.check(&fs)
		}
	case TabledType:
		var v Tabled
		if v, err = journal.In[Tabled](e); err == nil {
			return s.checkTabled(g, v)
		}
	case VoteType:
		var v Cast
		if v, err = journal.In[Cast](e); err == nil {
			return s.checkVote(g, v)
		}
	case DecidedType:
		var v Made
		if v, err = journal.In[Made](e); err == nil {
			return s.checkDecision(g, v)
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

var itemForm = regexp.MustCompile(`^[0-9]{1,2}(\.[0-9]{1,2}){0,2}$`)

func (v Called) check(fs *fault.Fields) {
	if !v.On.Known() {
		fs.Add("on", "committee.want.date")
	}
	v.Title.Check(fs, "title", true, MaxTitle)
	if len(v.Agenda) > maxItems {
		fs.Add("agenda", "committee.want.fewer", "Max", maxItems)
	}
	for i, x := range v.Agenda {
		if !itemForm.MatchString(x.Key) || slices.ContainsFunc(v.Agenda[:i], func(y Item) bool { return y.Key == x.Key }) {
			fs.Add("agenda", "committee.want.agenda")
			break
		}
		var one fault.Fields
		if x.Text.Check(&one, "agenda", true, MaxTitle); len(one) > 0 {
			fs.Add("agenda", "committee.want.agenda")
			break
		}
	}
	if wording.Longer(v.Place, maxName) {
		fs.Add("place", "wording.need.shorter", "Max", maxName)
	}
	seats := v.Seats >= 1 && v.Seats <= maxSeats
	if !seats {
		fs.Add("seats", "committee.want.seats", "Max", maxSeats)
	}
	if v.Quorum < 1 || seats && v.Quorum > v.Seats { // of how many, nobody has said
		fs.Add("quorum", "committee.want.quorum")
	}
	if !slices.Contains(Rules(), v.Rule) {
		fs.Add("rule", "programme.need.choice")
	}
}

func (s Session) checkTabled(g *store.Guarding, v Tabled) error {
	var fs fault.Fields
	if v.Motion.IsZero() || s.at(v.Motion) >= 0 {
		fs.Add("motion", "fault.invalid")
	}
	if v.Item != "" && !slices.ContainsFunc(s.Called.Agenda, func(x Item) bool { return x.Key == v.Item }) {
		fs.Add("item", "committee.want.item")
	}
	if v.Plan.IsZero() {
		v.Text.Check(&fs, "text", true, MaxText)
		return fs.Err()
	}
	p, err := plan(g, v.Plan)
	if err != nil {
		return fault.Bad("plan", "committee.want.plan")
	}
	if at := s.undecided(v.Plan, v.Proposal); at >= 0 && s.Motions[at].Mark == v.Mark {
		return fault.New(fault.Guarded, "committee.guard.tabled")
	}
	if v.Mark == "" || v.Mark != p.Mark(v.Proposal) {
		return fault.New(fault.Guarded, "committee.guard.changed")
	}
	if !p.Differs(v.Proposal) {
		return fault.New(fault.Guarded, "committee.guard.same")
	}
	x, ok := p.Proposal(v.Proposal)
	if !ok { // it is about taking it out
		return fs.Err()
	}
	around, err := guarded(g, p)
	if err != nil {
		return err
	}
	around.tabled(&fs, x)
	if !slices.Equal(around.Waiting(x), v.Waiting) && len(fs) == 0 {
		return fault.New(fault.Guarded, "committee.guard.waiting")
	}
	return fs.Err()
}

// live gives a motion on which one can still vote or decide: open, and its words are those that were tabled.
func (s Session) live(g *store.Guarding, id journal.ID) (Motion, error) {
	m, ok := s.Motion(id)
	if !ok {
		return m, fault.Bad("motion", "committee.want.motion")
	}
	if m.Decision != nil {
		return m, fault.New(fault.Guarded, "committee.guard.decided")
	}
	if m.Plan.IsZero() {
		return m, nil
	}
	p, err := plan(g, m.Plan)
	if err != nil {
		return m, err
	}
	if p.Mark(m.Proposal) != m.Mark {
		return m, fault.New(fault.Guarded, "committee.guard.changed")
	}
	return m, nil
}

func (s Session) checkVote(g *store.Guarding, v Cast) error {
	m, err := s.live(g, v.Motion)
	if err != nil {
		return err
	}
	var fs fault.Fields
	if !slices.Contains(Values(), v.Value) {
		fs.Add("value", "programme.need.choice")
	}
	if !slices.Contains(Hows(), v.How) {
		fs.Add("how", "programme.need.choice")
	}
	if wording.Longer(v.Reason, maxReason) {
		fs.Add("reason", "committee.want.reason", "Max", maxReason)
	}
	if _, again := m.Vote(g.Actor.ID); !again && len(m.Votes) >= s.Called.Seats {
		return fault.New(fault.Guarded, "committee.guard.seats", "N", s.Called.Seats)
	}
	return fs.Err()
}

func (s Session) checkDecision(g *store.Guarding, v Made) error {
	m, err := s.live(g, v.Motion)
	if fault.Is(err, fault.Guarded) && v.Result == Later && m.Decision == nil {
		err = nil // what has changed meanwhile can still be put off
	}
	if err != nil {
		return err
	}
	t := m.Tally(s.Called.Quorum)
	var fs fault.Fields
	reason(&fs, v.Reason)
	if v.By == "" || wording.Longer(v.By, maxName) {
		fs.Add("by", "committee.want.by", "Max", maxName)
	}
	switch {
	case !slices.Contains(Results(), v.Result):
		fs.Add("result", "programme.need.choice")
	case v.Result == Later:
	case !t.Reached():
		fs.Add("result", "committee.want.reached", "Voted", t.Voted(), "Quorum", t.Quorum)
	case (v.Result == Yes) != t.Carried(s.Called.Rule):
		fs.Add("result", "committee.want.result", "Yes", t.Yes, "No", t.No)
	}
	if len(fs) == 0 && v.Tally != t {
		return fault.New(fault.Guarded, "committee.guard.votes")
	}
	return fs.Err()
}
