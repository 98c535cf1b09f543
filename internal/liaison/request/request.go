// SPDX-License-Identifier: EUPL-1.2

// Package request keeps requests for information between police and justice offices of two countries: on a legal basis, for
// a purpose and by a day, one office asks another what it knows of somebody or something it suspects.
//
// The request lies sealed by category in both offices, and each holds its own part. It leaves only when a second person has
// read and sent what the first has drafted, under sharing terms that cover every category in it. Over there one person takes
// it on and answers, in part or whole, with codes that say what may be done with the answer, or refuses with a reason. What
// was asked can be corrected: then whoever answers says first that they saw it. It can be taken back: then it is erased
// there, which that office confirms. More time can be asked for. Both offices reckon the same days. Messages follow in
// mail.go.
package request

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "request": in the office that asks, in the one that is asked, and what only the post writes.
const (
	DraftedType   = "request.drafted" // also of a correction
	SentType      = "request.sent"    // likewise
	WithdrawnType = "request.withdrawn"
	RemindedType  = "request.reminded"
	DecidedType   = "request.decided" // on more time

	TakenType    = "request.taken"
	AcceptedType = "request.accepted"
	RefusedType  = "request.refused"
	AnsweredType = "request.answered"
	SeenType     = "request.seen" // the correction
	ExtendType   = "request.more_time_asked"

	ReceivedType   = "request.received"
	CorrectedType  = "request.corrected"
	RecalledType   = "request.recalled"
	AskedAgainType = "request.asked_again"
	TimeSaidType   = "request.more_time_said" // what the office that asks decided

	HeardType       = "request.heard" // taken on, refused, answered
	SeenThereType   = "request.seen_there"
	TimeAskedType   = "request.more_time_wanted"
	ReturnedType    = "request.returned" // it did not arrive
	ErasedThereType = "request.erased_there"
)

// Status is where a request stands.
type Status string

// The closed list.
const (
	Drafted   Status = "drafted"
	Sent      Status = "sent"
	Returned  Status = "returned"
	Received  Status = "received"
	Accepted  Status = "accepted"
	Refused   Status = "refused"
	Partly    Status = "partly"
	Answered  Status = "answered"
	Withdrawn Status = "withdrawn"
)

// Statuses lists the closed list.
func Statuses() []Status {
	return []Status{Drafted, Sent, Returned, Received, Accepted, Refused, Partly, Answered, Withdrawn}
}

// Bases lists on what a request can rest.
func Bases() []string {
	return []string{"police_cooperation", "legal_assistance", "convention", "joint_team", "court_order", "danger"}
}

// Purposes lists what the answer is wanted for.
func Purposes() []string {
	return []string{"prevention", "identification", "investigation", "prosecution", "tracing_funds", "protection"}
}

// Questions lists what can be asked.
func Questions() []string {
	return []string{"known", "identity", "whereabouts", "phone_holder", "account_holder", "vehicle_keeper", "contacts", "travel", "companies", "proceedings", "other"}
}

// Urgencies lists how soon it is needed.
func Urgencies() []string { return []string{"normal", "urgent", "danger"} }

// Refusals lists why an office does not answer.
func Refusals() []string {
	return []string{"not_competent", "no_basis", "not_proportionate", "harms_proceedings", "essential_interests", "nothing_known", "other"}
}

// Withdrawals lists why a request is taken back.
func Withdrawals() []string { return []string{"no_longer_needed", "mistake", "wrong_office", "other"} }

// Delays lists why more time is asked for.
func Delays() []string { return []string{"inquiries_run", "permission_awaited", "capacity", "other"} }

// Limits of what people write, in bytes, and of what is named.
const (
	maxLine  = 300
	maxWords = 8000
	most     = 20
)

// SeeWithin is how long an office has to say that it saw a correction, or erased what was taken back.
const SeeWithin = 72 * time.Hour

// Legal is on what it rests, in words.
type Legal struct {
	Article   string `json:"article"`             // of the law or treaty
	Reference string `json:"reference,omitempty"` // of the case, as the office that asks calls it
}

// Subject is who or what is asked about; at least one of them, or the facts in words.
type Subject struct {
	Names    []string `json:"names,omitempty"`    // several of one person, or of several
	Born     string   `json:"born,omitempty"`     // as far as it is known
	Phones   []string `json:"phones,omitempty"`   // E.164
	Accounts []string `json:"accounts,omitempty"` // IBAN
	Plates   []string `json:"plates,omitempty"`   // with the country
}

// Named says whether it names anybody or anything.
func (s *Subject) Named() bool {
	return s != nil && len(s.Names)+len(s.Phones)+len(s.Accounts)+len(s.Plates) > 0
}

// Asked is what a request says, as it is drafted, sent and received.
type Asked struct {
	Basis     string   `json:"basis" part:"D0"`              // on what it rests
	Purpose   string   `json:"purpose" part:"D0"`            // what the answer is wanted for
	Questions []string `json:"questions" part:"D0"`          // what is asked
	Urgency   string   `json:"urgency" part:"D0"`            // how soon it is needed
	Due       string   `json:"due" part:"D0"`                // a day
	Handling  []string `json:"handling,omitempty" part:"D0"` // handling codes that hold beside that of the header
	Court     bool     `json:"court,omitempty" part:"D0"`    // the answer is wanted as evidence
	Pass      bool     `json:"pass,omitempty" part:"D0"`     // and is to be passed on to others
	Legal     *Legal   `json:"legal,omitempty" part:"D6"`
	Subject   *Subject `json:"subject,omitempty" part:"D8"`
	Facts     string   `json:"facts,omitempty" part:"D8"` // what is known, in words
}

// Payloads of the entries.
type (
	// Draft is request.drafted. Each replaces the one before, until it is sent.
	Draft struct {
		To     journal.ID `json:"to" part:"D0"`
		Second journal.ID `json:"second" part:"D0"`          // who reads it and sends it
		Origin journal.ID `json:"origin,omitzero" part:"D0"` // the comparison that it began from
		More   bool       `json:"more,omitempty" part:"D0"`  // than both were found to know was added from this office's record
		Asked
	}
	// Sending is request.sent.
	Sending struct {
		To journal.ID `json:"to" part:"D0"`
	}
	// Came is request.received and request.corrected.
	Came struct {
		From    journal.ID `json:"from" part:"D0"`
		Version int        `json:"version" part:"D0"`
		Asked
	}
	// Taken is request.taken.
	Taken struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// Said is request.accepted, request.refused, request.answered and request.heard. Answers are the questions that an answer
	// answers, Handling what may be done with it.
	Said struct {
		Outcome  Status   `json:"outcome" part:"D0"`            // accepted: taken on
		Reason   string   `json:"reason,omitempty" part:"D0"`   // of a refusal
		Answers  []string `json:"answers,omitempty" part:"D0"`  // the questions that it answers
		Handling []string `json:"handling,omitempty" part:"D0"` // handling codes that hold for the answer beside that of the header
		Report   string   `json:"report,omitempty" part:"D8"`   // the answer, in words
	}
	// Seen is request.seen and request.seen_there: of which version.
	Seen struct {
		Version int `json:"version" part:"D0"`
	}
	// Extension is request.more_time_asked and request.more_time_wanted.
	Extension struct {
		Due    string `json:"due" part:"D0"`    // the day that is asked for
		Reason string `json:"reason" part:"D0"` // why
	}
	// Decision is request.decided and request.more_time_said.
	Decision struct {
		Granted bool   `json:"granted" part:"D0"` // or not
		Due     string `json:"due" part:"D0"`     // that was asked for
	}
	// Ended is request.withdrawn and request.recalled.
	Ended struct {
		Reason string     `json:"reason" part:"D0"`
		From   journal.ID `json:"from,omitzero" part:"D0"` // in a recall, which can be here before its request
	}
	// Back is request.returned.
	Back struct {
		Reason string `json:"reason" part:"D0"`
	}
	// Told is request.reminded and request.asked_again: all that is known is that it happened, and when.
	Told struct {
		Is bool `json:"is" part:"D0"`
	}
	// Erased is request.erased_there.
	Erased struct {
		By journal.ID `json:"by" part:"D0"`
	}
)

// Reply is what was said, and when.
type Reply struct {
	Said
	At      time.Time
	Message journal.ID // that brings it
}

// State is a request's dossier, in either office.
type State struct {
	ID        journal.ID
	From      journal.ID // the office that asks; zero where that is this one
	Draft     Draft      // as it was drafted last, here
	Asked     Asked      // as it holds: sent or received last
	Version   int        // of Asked; 0 before it was sent
	Unsent    bool       // the draft waits for the second person
	By        journal.ID
	DraftedAt time.Time
	SentAt    time.Time  // of the version that holds
	Message   journal.ID // by which that came or went
	Went      []journal.ID
	Worker    journal.ID
	Asks      []journal.ID // the other office's messages that ask, as they came
	Seen      int          // the version that whoever answers has said to have seen
	Replies   []Reply
	Extension Extension // asked for last
	Decision  Decision  // the last, for Extension
	Due       string    // the day that holds
	Reminded  time.Time
	Reminders int
	Ended     Ended
	EndedAt   time.Time
	Recalled  []journal.ID // offices that were told to erase it
	Erased    []journal.ID // of these, those that said so
	Back      string
	Missing   map[journal.Category]journal.Absence
}

// Exists says whether anything was recorded.
func (s State) Exists() bool {
	return s.Draft.Basis != "" || s.Version > 0 || !s.EndedAt.IsZero()
}

// Here says that this office asks.
func (s State) Here() bool { return s.From.IsZero() }

// Other gives the other office.
func (s State) Other() journal.ID {
	if s.Here() {
		return s.Draft.To
	}
	return s.From
}

// Status gives where it stands.
func (s State) Status() Status {
	switch n := len(s.Replies); {
	case s.Ended.Reason != "":
		return Withdrawn
	case n > 0:
		return s.Replies[n-1].Outcome
	case s.Back != "":
		return Returned
	case !s.Here():
		return Received
	case s.Version > 0:
		return Sent
	}
	return Drafted
}

// asks gives the type of the message in which the draft leaves: the request itself, or a correction of it.
func (s State) asks() string {
	if s.Version == 0 || s.Back != "" {
		return MsgAsk
	}
	return MsgCorrect
}

// Open says that an answer is awaited.
func (s State) Open() bool {
	return slices.Contains([]Status{Sent, Received, Accepted, Partly}, s.Status())
}

// Wanting says that more time was asked for and nobody has decided yet.
func (s State) Wanting() bool { return s.Open() && s.Extension.Due != "" && s.Decision.Due == "" }

// Unseen says that a correction waits to be seen.
func (s State) Unseen() bool {
	return s.Version > 1 && s.Seen < s.Version && s.Ended.Reason == "" && s.Status() != Refused
}

// Unerased says that an office has not confirmed yet that it erased what was taken back.
func (s State) Unerased() bool { return len(s.Recalled) > len(s.Erased) }

// DueAt gives until when the answer is asked for.
func (s State) DueAt() time.Time { return conversation.EndOf(s.Due) }

// Deadline gives the earliest thing due; zero for none.
func (s State) Deadline() time.Time {
	var out time.Time
	earlier := func(t time.Time) {
		if !t.IsZero() && (out.IsZero() || t.Before(out)) {
			out = t
		}
	}
	if s.Open() {
		earlier(s.DueAt())
	}
	if s.Unseen() {
		earlier(s.SentAt.Add(SeeWithin))
	}
	if s.Unerased() && !s.EndedAt.IsZero() {
		earlier(s.EndedAt.Add(SeeWithin))
	}
	return out
}

// InTime says whether it was answered whole by its day; known is false until it was.
func (s State) InTime() (in, known bool) {
	if s.Status() != Answered {
		return false, false
	}
	return s.Replies[len(s.Replies)-1].At.Before(s.DueAt()), true
}

// Waits says where it waits for somebody: here, in the other office, or nowhere ("").
func (s State) Waits() string {
	switch {
	case s.Here() && s.Ended.Reason == "" && (s.Unsent || s.Wanting()):
		return conversation.Here
	case !s.Here() && (s.Open() || s.Unseen()):
		return conversation.Here
	case s.Here() && (s.Open() || s.Unseen() || s.Unerased()):
		return conversation.There
	}
	return ""
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out; of what a reader may
// not see, the words are empty. What the other office has sent is ordered by when it was sent.
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
	switch e.Type {
	case DraftedType:
		return in(e, func(v Draft) { s.draft(e, v) })
	case SentType:
		s.Message = conversation.MessageID(e.ID, s.asks(), s.Draft.To)
		s.Asked, s.Due, s.SentAt, s.Unsent, s.Back = s.Draft.Asked, s.Draft.Due, e.OccurredAt, false, ""
		s.Version++
		s.Went = with(s.Went, s.Draft.To)
	case ReceivedType, CorrectedType:
		return in(e, func(v Came) {
			if v.Version > s.Version {
				s.From, s.Asked, s.Version, s.Due, s.SentAt, s.Message = v.From, v.Asked, v.Version, v.Due, e.OccurredAt, e.ID
			}
			s.Asks = with(s.Asks, e.ID)
		})
	case TakenType:
		return in(e, func(v Taken) { s.Worker = v.Worker })
	case AcceptedType, RefusedType, AnsweredType:
		return in(e, func(v Said) { s.reply(Reply{v, e.OccurredAt, conversation.MessageID(e.ID, MsgAnswer, s.From)}) })
	case HeardType:
		return in(e, func(v Said) { s.reply(Reply{v, e.OccurredAt, e.ID}) })
	case SeenType, SeenThereType:
		return in(e, func(v Seen) { s.Seen = max(s.Seen, v.Version) })
	case ExtendType, TimeAskedType:
		return in(e, func(v Extension) { s.Extension, s.Decision = v, Decision{} })
	case DecidedType, TimeSaidType:
		return in(e, func(v Decision) {
			if s.Decision = v; v.Granted {
				s.Due = v.Due
			}
			if e.Type == TimeSaidType {
				s.Asks = with(s.Asks, e.ID)
			}
		})
	case RemindedType, AskedAgainType:
		s.Reminded, s.Reminders = e.OccurredAt, s.Reminders+1
	case WithdrawnType, RecalledType:
		return in(e, func(v Ended) { s.end(e, v) })
	case ReturnedType:
		return in(e, func(v Back) { s.Back, s.Unsent = v.Reason, true })
	case ErasedThereType:
		return in(e, func(v Erased) { s.Erased = with(s.Erased, v.By) })
	}
	return nil
}

// in reads an entry's payload.
func in[T any](e journal.Entry, use func(T)) error {
	v, err := journal.In[T](e)
	if err == nil {
		use(v)
	}
	return err
}

func with(ids []journal.ID, id journal.ID) []journal.ID {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(slices.Clone(ids), id)
}

// draft notes a draft. Where it is for another office now, those that may hold it are told to erase it.
func (s *State) draft(e journal.Entry, v Draft) {
	s.Draft, s.By, s.DraftedAt, s.Unsent = v, e.Actor, e.OccurredAt, true
	if s.Version == 0 {
		s.Asked, s.Due = v.Asked, v.Asked.Due
	}
	for _, to := range s.Went {
		if to != v.To {
			s.Recalled = with(s.Recalled, to)
			s.EndedAt = e.OccurredAt
		}
	}
	s.Went = slices.DeleteFunc(slices.Clone(s.Went), func(to journal.ID) bool { return to != v.To })
}

// reply puts what was said in the order in which it was said.
func (s *State) reply(r Reply) {
	at := len(s.Replies)
	for at > 0 && r.At.Before(s.Replies[at-1].At) {
		at--
	}
	s.Replies = slices.Insert(slices.Clone(s.Replies), at, r)
}

func (s *State) end(e journal.Entry, v Ended) {
	s.Ended, s.EndedAt, s.Unsent = v, e.OccurredAt, false
	if e.Type == RecalledType {
		s.From = v.From
		return
	}
	for _, to := range s.Went {
		s.Recalled = with(s.Recalled, to)
	}
}

// Summary is what a list shows of a request.
type Summary struct {
	Status    Status     `json:"status" part:"D0"`
	Here      bool       `json:"here" part:"D0"`  // this office asks
	Other     journal.ID `json:"other" part:"D0"` // the other one
	Basis     string     `json:"basis" part:"D0"`
	Asked     []string   `json:"asked" part:"D0"`
	Urgency   string     `json:"urgency" part:"D0"`
	Due       string     `json:"due,omitempty" part:"D0"` // the day that holds
	Waits     string     `json:"waits,omitempty" part:"D0"`
	Reminders int        `json:"reminders,omitempty" part:"D0"`
	Late      bool       `json:"late,omitempty" part:"D0"` // answered after its day
}

// Covers says whether sharing terms in force let this office send another one categories for a request: nil, or an
// Uncovered fault.
type Covers func(g *store.Guarding, to journal.ID, cats []journal.Category) error

// Kind gives the dossier kind "request".
func Kind(covers Covers) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindRequest, Base: journal.D0, Codes: []string{conversation.SideCode, conversation.WaitsCode},
		Types: []store.Type{
			{Name: DraftedType, Payload: Draft{}}, {Name: SentType, Payload: Sending{}}, {Name: WithdrawnType, Payload: Ended{}}, {Name: RemindedType, Payload: Told{}}, {Name: DecidedType, Payload: Decision{}},
			{Name: TakenType, Payload: Taken{}}, {Name: AcceptedType, Payload: Said{}}, {Name: RefusedType, Payload: Said{}}, {Name: AnsweredType, Payload: Said{}}, {Name: SeenType, Payload: Seen{}}, {Name: ExtendType, Payload: Extension{}},
			{Name: ReceivedType, Payload: Came{}}, {Name: CorrectedType, Payload: Came{}}, {Name: RecalledType, Payload: Ended{}}, {Name: AskedAgainType, Payload: Told{}}, {Name: TimeSaidType, Payload: Decision{}},
			{Name: HeardType, Payload: Said{}}, {Name: SeenThereType, Payload: Seen{}}, {Name: TimeAskedType, Payload: Extension{}}, {Name: ReturnedType, Payload: Back{}}, {Name: ErasedThereType, Payload: Erased{}},
		},
		Fold:    Fold,
		Guard:   func(g *store.Guarding, s State, e journal.Entry) error { return guard(g, s, e, covers) },
		Derive:  derive,
		Effects: effects,
	})
}

func derive(s State) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	v := Summary{Status: s.Status(), Here: s.Here(), Other: s.Other(), Basis: s.Asked.Basis, Asked: s.Asked.Questions, Urgency: s.Asked.Urgency, Due: s.Due, Waits: s.Waits(), Reminders: s.Reminders}
	in, known := s.InTime()
	v.Late = known && !in
	d := store.Derived{State: string(v.Status), Assignee: s.Worker, Due: s.Deadline(), Codes: map[string][]string{conversation.SideCode: {conversation.Side(s.Here())}}, Summary: v, Standing: conversation.Handled(s.Worker)}
	if s.Here() {
		d.Standing = conversation.Handled(s.By, s.Draft.Second)
	}
	if v.Waits != "" {
		d.Codes[conversation.WaitsCode] = []string{v.Waits}
	}
	return d
}
