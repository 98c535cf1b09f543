// SPDX-License-Identifier: EUPL-1.2

// Package inquiry keeps requests for a social inquiry across a border: a judge's or a child-protection office asks the
// competent unit of another country how a child's family lives there, on a legal basis and by a day; the unit takes it on
// or refuses with a reason, and answers.
//
// The request lies sealed by category in both offices, and each holds its own part. It leaves only when a second person of
// the office sends what the first has drafted, names its ground and article, and goes under sharing terms that cover every
// category in it. Who the child is, why it is asked and the answer are read by those who handle it and by nobody else; a
// request that is taken back is erased where it came to. Messages follow in mail.go.
package inquiry

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "inquiry": in the office that asks, in the unit that is asked, and what only the post writes.
const (
	DraftedType   = "inquiry.drafted"
	SentType      = "inquiry.sent"
	WithdrawnType = "inquiry.withdrawn"
	RemindedType  = "inquiry.reminded"

	TakenType    = "inquiry.taken"
	AcceptedType = "inquiry.accepted"
	RefusedType  = "inquiry.refused"
	AnsweredType = "inquiry.answered"

	ReceivedType    = "inquiry.received"     // in the unit
	RecalledType    = "inquiry.recalled"     // in the unit
	AskedAgainType  = "inquiry.asked_again"  // in the unit
	HeardType       = "inquiry.heard"        // in the office that asks: what became of it
	ReturnedType    = "inquiry.returned"     // in the office that asks: it did not arrive
	ErasedThereType = "inquiry.erased_there" // in the office that asks: what was taken back is gone
)

// Status is where a request stands.
type Status string

// The closed list.
const (
	Drafted   Status = "drafted"
	Sent      Status = "sent"
	Returned  Status = "returned" // it did not arrive
	Received  Status = "received"
	Accepted  Status = "accepted"
	Refused   Status = "refused"
	Answered  Status = "answered"
	Withdrawn Status = "withdrawn"
)

// Statuses lists the closed list.
func Statuses() []Status {
	return []Status{Drafted, Sent, Returned, Received, Accepted, Refused, Answered, Withdrawn}
}

// Bases lists the grounds on which somebody may be spoken of without consent: what leaves here rests on one of them.
func Bases() []string { return []string{"court_order", "convention", "law", "danger"} }

// Questions lists what can be asked.
func Questions() []string {
	return []string{"living_conditions", "parents", "relatives", "school", "care", "risks", "return"}
}

// Tellings lists whether those concerned know of the request.
func Tellings() []string { return []string{"told", "later", "danger"} }

// Refusals lists why a unit does not take a request on.
func Refusals() []string {
	return []string{"not_competent", "not_found", "no_ground", "capacity", "other"}
}

// Outcomes lists what an inquiry came to.
func Outcomes() []string { return []string{"done", "partly", "not_found"} }

// Withdrawals lists why a request is taken back.
func Withdrawals() []string { return []string{"no_longer_needed", "mistake", "wish", "other"} }

// Limits of what people write, in bytes.
const (
	maxLine  = 300
	maxWords = 8000
	most     = 20 // children of one request
)

// Child is who the request is about, and where the family lives.
type Child struct {
	Names   []string `json:"names"`             // first the one that is in the papers
	Born    string   `json:"born,omitempty"`    // as far as it is known
	Parents string   `json:"parents,omitempty"` // or who has the care
	Reach   string   `json:"reach,omitempty"`   // where the family lives
}

// Legal is on what it rests.
type Legal struct {
	Article  string `json:"article"`            // of the law or convention
	Decision string `json:"decision,omitempty"` // court, number, day
}

// Asked is what a request says, as it is drafted, sent and received.
type Asked struct {
	Basis     string   `json:"basis" part:"D0"`     // on what it rests
	Questions []string `json:"questions" part:"D0"` // what is to be looked at
	Children  int      `json:"children" part:"D0"`  // how many it is about
	Due       string   `json:"due" part:"D0"`       // a day
	Told      string   `json:"told" part:"D0"`      // whether the family was told
	Child     *Child   `json:"child,omitempty" part:"D2"`
	Facts     string   `json:"facts,omitempty" part:"D3"` // what is known, in words
	Legal     *Legal   `json:"legal,omitempty" part:"D6"`
}

// Payloads of the entries.
type (
	// Draft is inquiry.drafted. Each replaces the one before, until it is sent.
	Draft struct {
		To     journal.ID `json:"to" part:"D0"`
		Second journal.ID `json:"second" part:"D0"` // who reads it and sends it
		Asked
	}
	// Sending is inquiry.sent.
	Sending struct {
		To journal.ID `json:"to" part:"D0"`
	}
	// Came is inquiry.received.
	Came struct {
		From journal.ID `json:"from" part:"D0"`
		Asked
	}
	// Taken is inquiry.taken: who works on it.
	Taken struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// Said is inquiry.accepted, inquiry.refused, inquiry.answered and inquiry.heard: what the unit says. Report is given with
	// an answer only, Reason with a refusal.
	Said struct {
		Outcome Status `json:"outcome" part:"D0"`          // accepted: taken on
		Reason  string `json:"reason,omitempty" part:"D0"` // of a refusal
		Found   string `json:"found,omitempty" part:"D0"`  // whether it could be looked at
		Report  string `json:"report,omitempty" part:"D3"` // the assessment, in words
	}
	// Ended is inquiry.withdrawn and inquiry.recalled.
	Ended struct {
		Reason string `json:"reason" part:"D0"`
	}
	// Back is inquiry.returned.
	Back struct {
		Reason string `json:"reason" part:"D0"`
	}
	// Told is inquiry.reminded and inquiry.asked_again: all that is known is that it happened, and when.
	Told struct {
		Is bool `json:"is" part:"D0"`
	}
	// Erased is inquiry.erased_there.
	Erased struct {
		By journal.ID `json:"by" part:"D0"`
	}
)

// Inquiry is the state of a request's dossier, in either office.
type Inquiry struct {
	ID         journal.ID
	Draft      Draft // what is asked; in the unit what came
	By         journal.ID
	DraftedAt  time.Time
	SentAt     time.Time
	Went       []journal.ID // units that may hold it: that it did not arrive is known only of those that said so
	From       journal.ID   // the office that asks, in the unit
	ReceivedAt time.Time
	Message    journal.ID // by which it came or went
	Worker     journal.ID
	Said       Said
	SaidAt     time.Time
	SaidBy     journal.ID // the message that brings it
	Ended      Ended
	EndedAt    time.Time
	Recalled   []journal.ID // units that were told to erase it
	Erased     []journal.ID // of these, those that said so
	Reminded   time.Time    // the last time
	Reminders  int
	Back       string
	Missing    map[journal.Category]journal.Absence
}

// Exists says whether anything was recorded.
func (i Inquiry) Exists() bool { return i.Draft.Basis != "" }

// Here says that this office asks.
func (i Inquiry) Here() bool { return i.From.IsZero() }

// Other gives the other office.
func (i Inquiry) Other() journal.ID {
	if i.Here() {
		return i.Draft.To
	}
	return i.From
}

// Unerased says that a unit has not confirmed yet that it erased what was taken back.
func (i Inquiry) Unerased() bool { return len(i.Recalled) > len(i.Erased) }

// Waits says where it waits for somebody: here, in the other office, or nowhere ("").
func (i Inquiry) Waits() string {
	switch s := i.Status(); {
	case i.Here() && (s == Drafted || s == Returned), !i.Here() && i.Open():
		return conversation.Here
	case i.Here() && (i.Open() || i.Unerased()):
		return conversation.There
	}
	return ""
}

// Status gives where it stands.
func (i Inquiry) Status() Status {
	switch {
	case i.Ended.Reason != "":
		return Withdrawn
	case i.Said.Outcome != "":
		return i.Said.Outcome
	case i.Back != "":
		return Returned
	case !i.Here():
		return Received
	case !i.SentAt.IsZero():
		return Sent
	}
	return Drafted
}

// Open says that somebody waits for an answer.
func (i Inquiry) Open() bool {
	return slices.Contains([]Status{Sent, Received, Accepted}, i.Status())
}

// DueAt gives the end of the day by which an answer is asked for.
func (a Asked) DueAt() time.Time { return conversation.EndOf(a.Due) }

// InTime says whether it was answered by its day; known is false until it was answered.
func (i Inquiry) InTime() (in, known bool) {
	if i.Said.Outcome != Answered {
		return false, false
	}
	return i.SaidAt.Before(i.Draft.DueAt()), true
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out; of what a reader may
// not see, the words are empty. What the other office has sent is ordered by when it was sent.
func Fold(es []journal.Entry) (Inquiry, error) {
	i := Inquiry{Missing: journal.Missing(es)}
	for _, e := range es {
		i.ID = e.Dossier
		if err := i.apply(e); err != nil {
			return Inquiry{}, err
		}
	}
	return i, nil
}

func (i *Inquiry) apply(e journal.Entry) error {
	var err error
	switch e.Type {
	case DraftedType:
		i.Draft, err = journal.In[Draft](e)
		i.By, i.DraftedAt = e.Actor, e.OccurredAt
		i.recall(i.Draft.To)
		i.Went = slices.DeleteFunc(slices.Clone(i.Went), func(to journal.ID) bool { return to != i.Draft.To }) // told by the draft's effects
	case SentType:
		i.SentAt, i.Back, i.Message = e.OccurredAt, "", conversation.MessageID(e.ID, MsgRequest, i.Draft.To)
		if !slices.Contains(i.Went, i.Draft.To) {
			i.Went = append(slices.Clone(i.Went), i.Draft.To)
		}
	case ReturnedType:
		var v Back
		v, err = journal.In[Back](e)
		i.Back, i.SentAt = v.Reason, time.Time{}
	case ReceivedType:
		var v Came
		v, err = journal.In[Came](e)
		i.Draft, i.From, i.ReceivedAt, i.Message = Draft{Asked: v.Asked}, v.From, e.OccurredAt, e.ID
	case TakenType:
		var v Taken
		v, err = journal.In[Taken](e)
		i.Worker = v.Worker
	case AcceptedType, RefusedType, AnsweredType, HeardType:
		var v Said
		if v, err = journal.In[Said](e); !e.OccurredAt.Before(i.SaidAt) {
			i.Said, i.SaidAt, i.SaidBy = v, e.OccurredAt, e.ID
			if e.Type != HeardType {
				i.SaidBy = conversation.MessageID(e.ID, MsgSaid, i.From)
			}
		}
	case WithdrawnType, RecalledType:
		i.Ended, err = journal.In[Ended](e)
		i.EndedAt = e.OccurredAt
		i.recall(journal.ID{})
	case RemindedType, AskedAgainType:
		i.Reminded, i.Reminders = e.OccurredAt, i.Reminders+1
	case ErasedThereType:
		var v Erased
		v, err = journal.In[Erased](e)
		i.Erased = append(slices.Clone(i.Erased), v.By)
	}
	return err
}

// recall notes that every unit that may hold a request, but for one, is told to erase it.
func (i *Inquiry) recall(but journal.ID) {
	for _, to := range i.Went {
		if to != but && !slices.Contains(i.Recalled, to) {
			i.Recalled = append(slices.Clone(i.Recalled), to)
		}
	}
}

// Summary is what a list shows of a request.
type Summary struct {
	Status Status     `json:"status" part:"D0"`
	Here   bool       `json:"here" part:"D0"`   // this office asks
	Office journal.ID `json:"office" part:"D0"` // the other one
	Basis  string     `json:"basis" part:"D0"`
	Asked  []string   `json:"asked" part:"D0"`
	Due    string     `json:"due" part:"D0"`
	Late   bool       `json:"late,omitempty" part:"D0"` // answered after its day
	Waits  string     `json:"waits,omitempty" part:"D0"`
	Again  int        `json:"again,omitempty" part:"D0"` // how often it was asked for again
}

// Kind gives the dossier kind "inquiry". covers says whether sharing terms in force let this office send another one
// categories for an inquiry: nil, or an Uncovered fault.
func Kind(covers func(g *store.Guarding, to journal.ID, cats []journal.Category) error) store.Kind {
	return store.Of(store.KindOf[Inquiry]{
		Name: access.KindInquiry, Base: journal.D0, Codes: []string{conversation.SideCode, conversation.WaitsCode}, Derives: 1,
		Types: []store.Type{
			{Name: DraftedType, Payload: Draft{}}, {Name: SentType, Payload: Sending{}}, {Name: WithdrawnType, Payload: Ended{}}, {Name: RemindedType, Payload: Told{}},
			{Name: ReceivedType, Payload: Came{}}, {Name: TakenType, Payload: Taken{}}, {Name: AcceptedType, Payload: Said{}}, {Name: RefusedType, Payload: Said{}}, {Name: AnsweredType, Payload: Said{}},
			{Name: RecalledType, Payload: Ended{}}, {Name: HeardType, Payload: Said{}}, {Name: ReturnedType, Payload: Back{}}, {Name: AskedAgainType, Payload: Told{}}, {Name: ErasedThereType, Payload: Erased{}},
		},
		Fold:    Fold,
		Guard:   func(g *store.Guarding, i Inquiry, e journal.Entry) error { return guard(g, i, e, covers) },
		Derive:  derive,
		Effects: effects,
	})
}

func derive(i Inquiry) store.Derived {
	if !i.Exists() {
		return store.Derived{}
	}
	s := Summary{Status: i.Status(), Here: i.Here(), Office: i.Draft.To, Basis: i.Draft.Basis, Asked: i.Draft.Questions, Due: i.Draft.Due, Waits: i.Waits(), Again: i.Reminders}
	d := store.Derived{State: string(s.Status), Assignee: i.Worker, Codes: map[string][]string{conversation.SideCode: {conversation.Side(i.Here())}}, Standing: conversation.Handled(i.By, i.Draft.Second)}
	if !i.Here() {
		s.Office, d.Standing = i.From, conversation.Handled(i.Worker)
	}
	if i.Open() {
		d.Due = i.Draft.DueAt()
	}
	if s.Waits != "" {
		d.Codes[conversation.WaitsCode] = []string{s.Waits}
	}
	in, known := i.InTime()
	s.Late = known && !in
	d.Summary = s
	return d
}
