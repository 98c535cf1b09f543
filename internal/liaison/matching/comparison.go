// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "comparison": in the office that asks, in the one that is asked, and, marked so, those that
// only the job writes, which compares and takes in what comes.
const (
	AskedType      = "comparison.asked"
	ReturnedType   = "comparison.returned"   // the job's: it was not answered, and why
	AnsweredType   = "comparison.answered"   // the job's: what was found
	JudgedType     = "comparison.judged"     // what a person thinks of a hit
	ToldType       = "comparison.told"       // a person lets the other office's worker know
	ChallengedType = "comparison.challenged" // the job's: their oversight asks on what the question rested
	OpenedType     = "comparison.opened"     // our oversight opens it

	QuestionedType = "comparison.questioned" // the job's: a partner asked
	HeardType      = "comparison.heard"      // the job's: the partner's worker wants to talk about one of ours
	TakenType      = "comparison.taken"      // who works on that
	DoubtedType    = "comparison.doubted"    // our oversight asks on what the question rested
	ShownType      = "comparison.shown"      // the job's: what they opened
)

// Modes in which is asked.
const (
	One   = "one"   // one record, by a person
	Night = "night" // what is new, by the job
	Count = "count" // how many records are shared, and nothing else
)

// Modes lists them.
func Modes() []string { return []string{One, Night, Count} }

// Verdicts lists what a person can think of a hit.
func Verdicts() []string { return []string{"same", "not_same", "unsure"} }

// Doubts lists why oversight asks to open a commitment.
func Doubts() []string { return []string{"routine", "many_questions", "complaint", "court"} }

// Of is a record that a question is about, and who works on it.
type Of struct {
	Record journal.ID `json:"record"`
	Worker journal.ID `json:"worker,omitzero"`
}

// Hit is a record of ours that shares keys with one of theirs, which the handle stands for.
type Hit struct {
	Record journal.ID `json:"record"`
	Handle string     `json:"handle"` // hexadecimal
	Kinds  []string   `json:"kinds"`  // of match.Kinds
	Words  int        `json:"words,omitempty"`
	Strong bool       `json:"strong,omitempty"`
}

// Payloads of the entries.
type (
	// Asked is comparison.asked.
	Asked struct {
		To         journal.ID `json:"to" part:"D0"`
		Epoch      journal.ID `json:"epoch" part:"D0"`
		Mode       string     `json:"mode" part:"D0"`
		Elements   int        `json:"elements" part:"D0"` // with what fills it up
		Commitment string     `json:"commitment" part:"D0"`
		About      []Of       `json:"about,omitempty" part:"D0"`
		For        journal.ID `json:"for,omitzero" part:"D0"` // who wanted to know, where the job asked
	}
	// Returned is comparison.returned; Reason is a key of the catalogue.
	Returned struct {
		Reason string `json:"reason" part:"D0"`
	}
	// Answered is comparison.answered. It comes again when a later table of the epoch has more.
	Answered struct {
		Found   []Hit   `json:"found,omitempty" part:"D0"`
		Overlap int     `json:"overlap,omitempty" part:"D0"` // of a count: with noise, so that it may be below zero
		Epsilon float64 `json:"epsilon,omitempty" part:"D0"` // of that noise
		Of      int     `json:"of,omitempty" part:"D0"`      // of a count: how many records were asked about
	}
	// Judged is comparison.judged; Hit counts from 0.
	Judged struct {
		Hit     int    `json:"hit" part:"D0"`
		Verdict string `json:"verdict" part:"D0"`
	}
	// Told is comparison.told.
	Told struct {
		Hit    int    `json:"hit" part:"D0"`
		Handle string `json:"handle" part:"D0"`
	}
	// Questioned is comparison.questioned.
	Questioned struct {
		From       journal.ID `json:"from" part:"D0"`
		Epoch      journal.ID `json:"epoch" part:"D0"`
		Elements   int        `json:"elements" part:"D0"`
		Commitment string     `json:"commitment" part:"D0"`
	}
	// Heard is comparison.heard. Record is zero when it is not in the tables any more.
	Heard struct {
		Handle string     `json:"handle" part:"D0"`
		Record journal.ID `json:"record,omitzero" part:"D0"`
		Worker journal.ID `json:"worker,omitzero" part:"D0"`
	}
	// Taken is comparison.taken.
	Taken struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// Doubted is comparison.doubted and comparison.challenged.
	Doubted struct {
		Reason string `json:"reason" part:"D0"`
	}
	// Opened is comparison.opened.
	Opened struct {
		Salt    string  `json:"salt" part:"D0"` // hexadecimal
		Opening Opening `json:"opening" part:"D0"`
	}
	// Shown is comparison.shown: what they opened, and whether it is what the commitment is to.
	Shown struct {
		Opening Opening `json:"opening" part:"D0"`
		Fits    bool    `json:"fits" part:"D0"`
	}
)

// Comparison is the state of one question, in either office.
type Comparison struct {
	ID         journal.ID
	Asked      Asked // of the office that asks
	By         journal.ID
	AskedAt    time.Time
	Back       string // why it was not answered
	AnsweredAt time.Time
	Answered   Answered // without what was found
	Found      []Hit
	Verdicts   map[int]string
	Told       map[int]time.Time
	Doubt      string // why it is to be opened
	DoubtAt    time.Time
	Opened     *Opened
	OpenedAt   time.Time

	Questioned Questioned // of the office that is asked
	At         time.Time
	Heard      []Heard
	Worker     journal.ID // of the record that was found, or who has taken it on since
	Taken      bool       // a person has said that she talks with them
	Shown      *Shown
}

// Exists says whether anything was recorded.
func (c Comparison) Exists() bool { return c.Here() || !c.Questioned.From.IsZero() }

// Here says that this office asked.
func (c Comparison) Here() bool { return c.Asked.Mode != "" }

// Partner gives the other office.
func (c Comparison) Partner() journal.ID {
	if c.Here() {
		return c.Asked.To
	}
	return c.Questioned.From
}

// Status says where it stands; a code.
func (c Comparison) Status() string {
	switch {
	case !c.Here() && len(c.Heard) > 0:
		return "heard"
	case !c.Here():
		return "questioned"
	case c.Back != "":
		return "returned"
	case c.AnsweredAt.IsZero():
		return "waiting"
	case c.Asked.Mode == Count:
		return "counted"
	case len(c.Found) == 0:
		return "nothing"
	case c.Open():
		return "found"
	}
	return "settled"
}

// Statuses lists them.
func Statuses() []string {
	return []string{"waiting", "returned", "nothing", "found", "settled", "counted", "questioned", "heard"}
}

// Open says that a hit waits for somebody's judgement.
func (c Comparison) Open() bool {
	for i := range c.Found {
		if v := c.Verdicts[i]; v == "" || v == "unsure" {
			return true
		}
	}
	return false
}

// Fold gives the state of entries in rising revision.
func Fold(es []journal.Entry) (Comparison, error) {
	c := Comparison{Verdicts: map[int]string{}, Told: map[int]time.Time{}}
	for _, e := range es {
		c.ID = e.Dossier
		if err := c.apply(e); err != nil {
			return Comparison{}, err
		}
	}
	return c, nil
}

func (c *Comparison) apply(e journal.Entry) error {
	var err error
	switch e.Type {
	case AskedType:
		c.Asked, err = journal.In[Asked](e)
		c.By, c.AskedAt = e.Actor, e.OccurredAt
	case ReturnedType:
		var v Returned
		v, err = journal.In[Returned](e)
		c.Back = v.Reason
	case AnsweredType:
		var v Answered
		v, err = journal.In[Answered](e)
		if c.AnsweredAt.IsZero() {
			c.AnsweredAt = e.OccurredAt
			c.Answered = Answered{Overlap: v.Overlap, Epsilon: v.Epsilon, Of: v.Of}
		}
		c.Found = append(slices.Clone(c.Found), v.Found...)
	case JudgedType:
		var v Judged
		v, err = journal.In[Judged](e)
		c.Verdicts[v.Hit] = v.Verdict
	case ToldType:
		var v Told
		v, err = journal.In[Told](e)
		c.Told[v.Hit] = e.OccurredAt
	default:
		return c.applyOther(e)
	}
	return err
}

func (c *Comparison) applyOther(e journal.Entry) error {
	var err error
	switch e.Type {
	case QuestionedType:
		c.Questioned, err = journal.In[Questioned](e)
		c.At = e.OccurredAt
	case HeardType:
		var v Heard
		v, err = journal.In[Heard](e)
		c.Heard = append(slices.Clone(c.Heard), v)
		if c.Worker.IsZero() {
			c.Worker = v.Worker
		}
	case TakenType:
		var v Taken
		v, err = journal.In[Taken](e)
		c.Worker, c.Taken = v.Worker, true
	case DoubtedType, ChallengedType:
		var v Doubted
		v, err = journal.In[Doubted](e)
		c.Doubt, c.DoubtAt = v.Reason, e.OccurredAt
	case OpenedType:
		var v Opened
		v, err = journal.In[Opened](e)
		c.Opened, c.OpenedAt = &v, e.OccurredAt
	case ShownType:
		var v Shown
		v, err = journal.In[Shown](e)
		c.Shown, c.OpenedAt = &v, e.OccurredAt
	}
	return err
}

// Summary is what a list shows of a comparison.
type Summary struct {
	Here     bool       `json:"here" part:"D0"`
	Partner  journal.ID `json:"partner" part:"D0"`
	Mode     string     `json:"mode,omitempty" part:"D0"`
	At       time.Time  `json:"at" part:"D0"`
	Elements int        `json:"elements" part:"D0"`
	Found    int        `json:"found,omitempty" part:"D0"`
	Strong   int        `json:"strong,omitempty" part:"D0"`
	Overlap  int        `json:"overlap,omitempty" part:"D0"`
	Taken    bool       `json:"taken,omitempty" part:"D0"`  // somebody talks with those who want to
	Doubt    string     `json:"doubt,omitempty" part:"D0"`  // open | shown | wrong
	Commit   string     `json:"commit,omitempty" part:"D0"` // the commitment
}

// doubt says where the opening of the commitment stands: "" when nobody asked.
func (c Comparison) doubt() string {
	switch {
	case c.Doubt == "":
		return ""
	case c.Opened == nil && c.Shown == nil:
		return "open"
	case c.Shown != nil && !c.Shown.Fits:
		return "wrong"
	}
	return "shown"
}

func derive(c Comparison) store.Derived {
	if !c.Exists() {
		return store.Derived{}
	}
	s := Summary{Here: c.Here(), Partner: c.Partner(), Mode: c.Asked.Mode, At: c.AskedAt, Elements: c.Asked.Elements, Found: len(c.Found), Overlap: c.Answered.Overlap, Doubt: c.doubt(), Commit: c.Asked.Commitment, Taken: c.Taken}
	side := "asked"
	if !c.Here() {
		side, s.At, s.Elements, s.Found, s.Commit = "questioned", c.At, c.Questioned.Elements, len(c.Heard), c.Questioned.Commitment
	}
	d := store.Derived{State: c.Status(), Assignee: c.Worker, Codes: map[string][]string{"side": {side}, "partner": {c.Partner().String()}}}
	if s.Doubt != "" {
		d.Codes["doubt"] = []string{s.Doubt}
	}
	for _, h := range c.Found {
		if h.Strong {
			s.Strong++
		}
	}
	workers := []journal.ID{c.By, c.Worker, c.Asked.For}
	for _, h := range c.Heard {
		workers = append(workers, h.Worker)
	}
	for _, of := range c.Asked.About {
		workers = append(workers, of.Worker)
		if len(c.Found) > 0 && slices.ContainsFunc(c.Found, func(h Hit) bool { return h.Record == of.Record }) {
			d.Codes["record"] = append(d.Codes["record"], of.Record.String())
		}
	}
	for i, w := range workers {
		if !w.IsZero() && !job(w) && !slices.Contains(workers[:i], w) {
			d.Standing = append(d.Standing, store.Standing{Actor: w, Relation: access.AsWorker})
		}
	}
	d.Summary = s
	return d
}

// job says whether an actor is a background principal.
func job(actor journal.ID) bool { return strings.HasPrefix(string(actor[:]), "job:") }

// Kind gives the dossier kind "comparison".
func Kind() store.Kind {
	return store.Of(store.KindOf[Comparison]{
		Name: access.KindComparison, Base: journal.D0, Codes: []string{"side", "partner", "doubt", "record"}, Derives: 1,
		Types: []store.Type{
			{Name: AskedType, Payload: Asked{}, Room: Room}, {Name: ReturnedType, Payload: Returned{}, Room: Room}, {Name: AnsweredType, Payload: Answered{}, Room: Room},
			{Name: JudgedType, Payload: Judged{}}, {Name: ToldType, Payload: Told{}}, {Name: ChallengedType, Payload: Doubted{}, Room: Room}, {Name: OpenedType, Payload: Opened{}, Room: Room},
			{Name: QuestionedType, Payload: Questioned{}, Room: Room}, {Name: HeardType, Payload: Heard{}, Room: Room}, {Name: TakenType, Payload: Taken{}}, {Name: DoubtedType, Payload: Doubted{}}, {Name: ShownType, Payload: Shown{}, Room: Room},
		},
		Fold: Fold, Guard: guard, Derive: derive, Effects: effects,
	})
}

// Room is the room that writes what only a question, an answer or a message brings about.
const Room = "matching"
