// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "question".
const (
	AskedType    = "question.asked"
	AssignedType = "question.assigned"
	DraftedType  = "question.drafted"
	RepliedType  = "question.replied"  // an institution's office has answered
	ReturnedType = "question.returned" // the answer goes back to whoever wrote it
	AcceptedType = "question.accepted"
	ReceivedType = "question.received" // in the institution's office
	ReleasedType = "question.released" // there: it is no longer asked
)

// Standing is how far a question is.
type Standing string

// The closed list.
const (
	Unassigned Standing = "unassigned"
	Waiting    Standing = "waiting"  // assigned, nothing written yet
	Begun      Standing = "begun"    // a draft
	Answered   Standing = "answered" // whoever wrote it says that it is final
	Accepted   Standing = "accepted"
	Released   Standing = "released" // no longer asked of this office
)

// StandingsOf lists the closed list.
func StandingsOf() []Standing {
	return []Standing{Unassigned, Waiting, Begun, Answered, Accepted, Released}
}

// Earlier is the answer to the like question of the round before.
type Earlier struct {
	Round    int          `json:"round"` // its number
	Number   string       `json:"number"`
	Question wording.Text `json:"question"`
	Text     wording.Text `json:"text"`
}

// Asked is the payload of question.asked. Each replaces the one before.
type Asked struct {
	Round   journal.ID   `json:"round" part:"PP"`
	Of      Of           `json:"of" part:"PP"`
	Place   int          `json:"place" part:"PP"`  // in the questionnaire, from 1
	Number  string       `json:"number" part:"PP"` // "12", "12.1a"
	Section wording.Text `json:"section,omitzero" part:"PP"`
	Text    wording.Text `json:"text" part:"PP"`
	Earlier Earlier      `json:"earlier,omitzero" part:"PP"`
}

// AssignedTo is the payload of question.assigned. Each replaces the one before.
type AssignedTo struct {
	Owner  journal.ID        `json:"owner,omitzero" part:"PP"`  // organisation
	Office journal.ID        `json:"office,omitzero" part:"PP"` // that gets it as a message and answers
	Due    party.PartialDate `json:"due,omitzero" part:"PP"`
	Note   string            `json:"note,omitempty" part:"PP"` // what the institution should know
}

// Taken says from where in an earlier round an answer was taken.
type Taken struct {
	Round  int    `json:"round"`
	Number string `json:"number"`
}

// Drafted is the payload of question.drafted. Each replaces the one before, which stays in the history.
type Drafted struct {
	Text    wording.Text `json:"text" part:"PP"`
	Final   bool         `json:"final,omitempty" part:"PP"`
	Taken   Taken        `json:"taken,omitzero" part:"PP"`
	Sources string       `json:"sources,omitempty" part:"PP"` // documents and figures that it rests on
}

// RepliedBy is the payload of question.replied.
type RepliedBy struct {
	Office  journal.ID `json:"office" part:"PP"`
	Drafted Drafted    `json:"drafted" part:"PP"`
}

// Returned is the payload of question.returned.
type Returned struct {
	Reason string     `json:"reason" part:"PP"`
	From   journal.ID `json:"from,omitzero" part:"PP"` // in the institution's office: who returns it
}

// AcceptedAs is the payload of question.accepted: the answer as it read under this mark.
type AcceptedAs struct {
	Mark string `json:"mark" part:"PP"`
}

// ReceivedFrom is the payload of question.received. Each replaces the one before, and asks again what had been released.
type ReceivedFrom struct {
	From     journal.ID        `json:"from,omitzero" part:"PP"`
	Question journal.ID        `json:"question" part:"PP"` // its id there
	Asked    Asked             `json:"asked" part:"PP"`
	Due      party.PartialDate `json:"due,omitzero" part:"PP"`
	Note     string            `json:"note,omitempty" part:"PP"`
}

// ReleasedBy is the payload of question.released.
type ReleasedBy struct {
	From journal.ID `json:"from" part:"PP"`
}

// Question is the state of a question's dossier.
type Question struct {
	ID       journal.ID
	Asked    Asked
	Assigned AssignedTo
	Answer   Drafted    // the one written last, here or by the institution's office
	Beside   Drafted    // the one before it that was written by the other side, where its words differ
	Whose    journal.ID // office that wrote the answer; zero for this one
	Returned string     // why; "" since something was written again
	mark     string     // under which the answer was accepted
	Released bool
	From     journal.ID // another office, that asks this one
	There    journal.ID // its id there
	Written  time.Time  // when the answer was written
	History  []register.Event
}

// Exists says whether anything was recorded.
func (q Question) Exists() bool { return q.Asked.Number != "" }

// Mark names the answer as it reads now.
func (q Question) Mark() string {
	b, err := json.Marshal(q.Answer)
	if err != nil {
		panic("round: an answer always marshals: " + err.Error())
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:12])
}

// Standing says how far it is. An answer that was changed after it was accepted is to be accepted again.
func (q Question) Standing() Standing {
	switch {
	case q.Released:
		return Released
	case q.mark != "" && q.mark == q.Mark():
		return Accepted
	case !q.Answer.Text.IsZero() && q.Answer.Final && q.Returned == "":
		return Answered
	case !q.Answer.Text.IsZero():
		return Begun
	case !q.From.IsZero() || !q.Assigned.Owner.IsZero() || !q.Assigned.Office.IsZero():
		return Waiting
	}
	return Unassigned
}

// QuestionLine is what a list and the answer document show of a question.
type QuestionLine struct {
	Asked
	AssignedTo
	Standing Standing   `json:"standing" part:"PP"`
	Answer   Drafted    `json:"answer,omitzero" part:"PP"`
	From     journal.ID `json:"from,omitzero" part:"PP"`
}

// QuestionRow is a question in a list.
type QuestionRow = register.Found[QuestionLine]

// Summary gives what a list shows.
func (q Question) Summary() QuestionLine {
	return QuestionLine{q.Asked, q.Assigned, q.Standing(), q.Answer, q.From}
}

// Open says that an answer is still to be written, or to be finished.
func (l QuestionLine) Open() bool {
	return l.Standing == Unassigned || l.Standing == Waiting || l.Standing == Begun
}

// Late says that an open question's date is over at a time. Of a date known in part the last day counts.
func (l QuestionLine) Late(now time.Time) bool {
	return l.Open() && l.Due.Known() && now.After(l.Due.Last().AddDate(0, 0, 1))
}

// Count counts questions by how far they are.
func Count(rows []QuestionRow) Counts {
	var c Counts
	for _, r := range rows {
		c.add(r.V.Standing, 1)
	}
	return c
}

func (c *Counts) add(s Standing, n int) {
	c.Questions += n
	if s != Unassigned {
		c.Assigned += n
	}
	switch s {
	case Begun:
		c.Begun += n
	case Answered:
		c.Begun, c.Answered = c.Begun+n, c.Answered+n
	case Accepted:
		c.Begun, c.Answered, c.Accepted = c.Begun+n, c.Answered+n, c.Accepted+n
	}
}

// QuestionRef names the dossier of a question: by its round and its number, so that a questionnaire imported again finds it.
func QuestionRef(round journal.ID, number string) store.Ref {
	return store.Ref{Kind: access.KindQuestion, ID: provenance.ID("question", round.String(), number)}
}

// FoldQuestion gives the state of entries in rising revision. Entry types that it does not know are left out.
func FoldQuestion(es []journal.Entry) (Question, error) {
	var q Question
	for _, e := range es {
		if err := q.apply(e); err != nil {
			return Question{}, err
		}
	}
	return q, nil
}

func (q *Question) apply(e journal.Entry) error {
	q.ID = e.Dossier
	h := register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	var err error
	switch e.Type {
	case AskedType:
		q.Asked, err = journal.In[Asked](e)
	case AssignedType:
		q.Assigned, err = journal.In[AssignedTo](e)
		h.Text = q.Assigned.Note
	case DraftedType:
		var v Drafted
		v, err = journal.In[Drafted](e)
		q.write(e, v, journal.ID{})
		h.Text = v.Sources
	case RepliedType:
		var v RepliedBy
		v, err = journal.In[RepliedBy](e)
		q.write(e, v.Drafted, v.Office)
		h.Text = v.Drafted.Sources
	case ReturnedType:
		var v Returned
		v, err = journal.In[Returned](e)
		q.Returned, q.mark, h.Text = v.Reason, "", v.Reason
	case AcceptedType:
		var v AcceptedAs
		v, err = journal.In[AcceptedAs](e)
		q.mark = v.Mark
	case ReceivedType:
		var v ReceivedFrom
		v, err = journal.In[ReceivedFrom](e)
		q.Asked, q.From, q.There, q.Released = v.Asked, v.From, v.Question, false
		q.Assigned = AssignedTo{Due: v.Due, Note: v.Note}
		h.Text = v.Note
	case ReleasedType:
		q.Released = true
	default:
		return nil
	}
	q.History = append(q.History, h)
	return err
}

// write takes an answer. Words of the other side are never lost behind it: they stay beside, until they are the same.
func (q *Question) write(e journal.Entry, v Drafted, office journal.ID) {
	if q.Whose != office && !q.Answer.Text.IsZero() {
		q.Beside = q.Answer
	}
	if same(q.Beside.Text, v.Text) {
		q.Beside = Drafted{}
	}
	q.Answer, q.Whose, q.Returned, q.Written = v, office, "", e.OccurredAt
}

func same(a, b wording.Text) bool {
	x, err := json.Marshal(a)
	y, again := json.Marshal(b)
	return err == nil && again == nil && string(x) == string(y)
}
