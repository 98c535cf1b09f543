// SPDX-License-Identifier: EUPL-1.2

// Package change keeps what changed: a practice, a law or a procedure that somebody does otherwise than before, as a
// coordinator reports it. This is outcome harvesting: the change is told first, with who changed what, when, and what shows
// it; then what the programme's activities contributed to it. Nothing is added up, and no change is claimed for an activity
// that its report does not name.
//
// A report is one person's word until another one has confirmed or contested it. Where a coordinator has an office of its
// own, the report goes from there to the programme's as a message, somebody there judges it, and the judgement comes back
// (mail.go). A report that is changed after that is to be judged anew. All of it is public programme content; nothing may be
// about a person helped.
package change

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "change".
const (
	ReportedType = "change.reported"
	ReceivedType = "change.received" // another office reports it to this one
	JudgedType   = "change.judged"
	AnsweredType = "change.answered" // the office to which it was reported has judged it
)

// Sort is what changed.
type Sort string

// Sorts lists the closed list.
func Sorts() []Sort { return []Sort{"practice", "procedure", "law"} }

// State is where a report stands.
type State string

// The closed list of states.
const (
	Waiting   State = "reported"
	Confirmed State = "confirmed"
	Contested State = "contested"
)

// States lists the closed list.
func States() []State { return []State{Waiting, Confirmed, Contested} }

// Limits of what people write, in characters and in numbers.
const (
	maxText = 4000
	maxNote = 2000
	maxLine = 300
	maxMany = 30
)

// Reported is the payload of change.reported: the whole of what is told. Each replaces the one before.
type Reported struct {
	Text         wording.Text      `json:"text" part:"PP"` // what is done otherwise than before
	Sort         Sort              `json:"sort" part:"PP"`
	Who          wording.Text      `json:"who" part:"PP"`         // who changed it: an institution, never a person
	On           party.PartialDate `json:"on,omitzero" part:"PP"` // since when
	Evidence     string            `json:"evidence" part:"PP"`    // what shows it
	Link         string            `json:"link,omitempty" part:"PP"`
	Contribution wording.Text      `json:"contribution,omitzero" part:"PP"` // what the activities had to do with it
	Activities   []string          `json:"activities,omitempty" part:"PP"`  // codes
	Countries    []string          `json:"countries,omitempty" part:"PP"`
	Reporter     string            `json:"reporter" part:"PP"`        // in what function somebody reports it
	Office       journal.ID        `json:"office,omitzero" part:"PP"` // to which it is reported, that judges it
}

// asks is what somebody reports, in the order of the form. offices offers whom it can be reported to; nil where the form does
// not ask.
func (x *Reported) asks(offices func(v *see) ([]page.Option, error)) *ask.List {
	return ask.Of("change", x, ask.Language(&x.Text), ask.Passage("text", &x.Text, maxText), ask.Code("sort", &x.Sort, Sorts()), ask.Title("who", &x.Who, maxLine), ask.Countries(&x.Countries), ask.Date("on", &x.On).Maybe(),
		ask.Lines("evidence", &x.Evidence, maxNote), ask.Link(&x.Link), ask.Activities("activities", &x.Activities), ask.Remark("contribution", &x.Contribution, maxText).Maybe(),
		ask.Words("reporter", &x.Reporter, maxLine), ask.Record("office", &x.Office, offices).Maybe().Blank("change.office.here").IfAny().FormAlone()).
		And(func(fs *fault.Fields) {
			if len(x.Activities) > maxMany {
				fs.Add("activities", "programme.need.code")
			}
			if len(x.Countries) > maxMany {
				fs.Add("countries", "programme.need.country")
			}
			if len(x.Activities) > 0 && x.Contribution.IsZero() {
				fs.Add("contribution", "change.want.contribution")
			}
		})
}

// Received is the payload of change.received.
type Received struct {
	From     journal.ID `json:"from,omitzero" part:"PP"`
	Change   journal.ID `json:"change" part:"PP"` // its id there
	Reported Reported   `json:"reported" part:"PP"`
}

// Judged is the payload of change.judged and change.answered.
type Judged struct {
	State State             `json:"state" part:"PP"` // confirmed or contested
	By    string            `json:"by" part:"PP"`    // in what function somebody judges
	On    party.PartialDate `json:"on" part:"PP"`
	Why   string            `json:"why" part:"PP"`          // on what grounds
	Of    string            `json:"of,omitempty" part:"PP"` // the mark of the report that was judged
}

func (x *Judged) asks() *ask.List {
	return ask.Of("change", x, ask.Hidden("of", &x.Of), ask.Code("state", &x.State, States()[1:]).Called("change.verdict").WordsUnder("change.verdict."), ask.Words("by", &x.By, maxLine), ask.On(&x.On),
		ask.Lines("why", &x.Why, maxNote))
}

// Change is the state of a dossier.
type Change struct {
	ID       journal.ID
	Reported Reported
	Author   journal.ID // who wrote the report here
	Judged   Judged     // of the report as it reads now; zero when nobody has judged that
	From     journal.ID // another office, that reports it to this one
	There    journal.ID // its id there
	History  []register.Event
}

// Exists says whether anything was reported.
func (c Change) Exists() bool { return !c.Reported.Text.IsZero() }

// State says where the report stands.
func (c Change) State() State {
	if c.Judged.State == "" {
		return Waiting
	}
	return c.Judged.State
}

// Line is what a list shows.
type Line struct {
	Reported
	State State      `json:"state" part:"PP"`
	Judge string     `json:"judge,omitempty" part:"PP"`
	From  journal.ID `json:"from,omitzero" part:"PP"`
}

// Row is a change in a list.
type Row = register.Found[Line]

// Summary gives what a list shows.
func (c Change) Summary() Line { return Line{c.Reported, c.State(), c.Judged.By, c.From} }

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Change, error) {
	var c Change
	for _, e := range es {
		if err := c.apply(e); err != nil {
			return Change{}, err
		}
	}
	return c, nil
}

func (c *Change) apply(e journal.Entry) error {
	c.ID = e.Dossier
	h := register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	switch e.Type {
	case ReportedType:
		v, err := journal.In[Reported](e)
		if err != nil {
			return err
		}
		c.Reported, c.Author, c.Judged = v, e.Actor, Judged{}
	case ReceivedType:
		v, err := journal.In[Received](e)
		if err != nil {
			return err
		}
		c.Reported, c.From, c.There, c.Judged = v.Reported, v.From, v.Change, Judged{}
	case JudgedType, AnsweredType:
		v, err := journal.In[Judged](e)
		if err != nil {
			return err
		}
		if h.Text = v.By + " · " + v.Why; v.Of == "" || v.Of == c.Reported.mark() { // a judgement of earlier words stays in the history
			c.Judged = v
		}
	default:
		return nil
	}
	c.History = append(c.History, h)
	return nil
}

// StoreKind gives the dossier kind "change".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Change]{
		Name: access.KindChange, Base: journal.PP, Codes: []string{"state", "sort", "country", "activity", register.OrderCode}, Derives: 1,
		Types: []store.Type{
			{Name: ReportedType, Payload: Reported{}, Overlap: new(Reported).asks(nil).Names()},
			{Name: ReceivedType, Payload: Received{}},
			{Name: JudgedType, Payload: Judged{}},
			{Name: AnsweredType, Payload: Judged{}},
		},
		Fold: Fold, Guard: guard, Derive: derive, Effects: effects,
	})
}

func derive(c Change) store.Derived {
	if !c.Exists() {
		return store.Derived{}
	}
	return store.Derived{State: string(c.State()), Summary: c.Summary(),
		Codes: map[string][]string{"state": {string(c.State())}, "country": c.Reported.Countries, "activity": c.Reported.Activities,
			"sort": {string(c.Reported.Sort)}, register.OrderCode: register.InOrder(register.LatestFirst(c.Reported.On))}}
}

func guard(g *store.Guarding, c Change, e journal.Entry) error {
	byPost := g.Actor.Job == "post"
	if (e.Type == ReceivedType || e.Type == AnsweredType) != byPost {
		return fault.New(fault.Guarded, "change.guard.other_office")
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case ReportedType:
		if !c.From.IsZero() {
			return fault.New(fault.Guarded, "change.guard.other_office")
		}
		var v Reported
		v, err = journal.In[Reported](e)
		v.asks(nil).Check(&fs, g)
	case ReceivedType:
		var v Received
		v, err = journal.In[Received](e)
		if v.From.IsZero() || v.Change.IsZero() || c.Exists() && (c.From != v.From || c.There != v.Change) {
			return fault.New(fault.Guarded, "change.guard.other_office")
		}
		v.Reported.asks(nil).Check(&fs, nil)
	case JudgedType, AnsweredType:
		var v Judged
		v, err = journal.In[Judged](e)
		if err == nil {
			err = guardJudged(g, c, v)
		}
		v.asks().Check(&fs, g)
	}
	if fault.Is(err, fault.Guarded) || fault.Is(err, fault.NotFound) {
		return err
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

// guardJudged: nobody confirms what they have reported, and where a report went to another office, that office judges.
func guardJudged(g *store.Guarding, c Change, v Judged) error {
	switch {
	case !c.Exists():
		return fault.New(fault.NotFound, "store.not_found")
	case g.Actor.Job == "post":
		return nil
	case !c.Reported.Office.IsZero() && c.From.IsZero():
		return fault.New(fault.Guarded, "change.guard.there")
	case c.Author == g.Actor.ID:
		return fault.New(fault.Guarded, "change.guard.same")
	case v.Of != "" && v.Of != c.Reported.mark():
		return fault.New(fault.Guarded, "change.guard.changed")
	}
	return nil
}
