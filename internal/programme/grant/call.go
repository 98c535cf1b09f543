// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "call".
const (
	AnnouncedType = "call.announced"
	OpenedType    = "call.opened"
	PanelledType  = "call.panelled"
	ClosedType    = "call.closed"
	RankedType    = "call.ranked"
	CallSentType  = "call.sent"
	CameType      = "call.received"
)

// CallState is where a call stands.
type CallState string

// The closed list of states of a call.
const (
	Draft  CallState = "draft"
	Open   CallState = "open"   // applications are taken
	Closed CallState = "closed" // applications are assessed
	Final  CallState = "ranked" // the ranking is closed
)

// Criterion is what assessors score from 0 to MostScore, and how much it weighs.
type Criterion struct {
	Code   string       `json:"code"`
	Name   wording.Text `json:"name"`
	Weight int          `json:"weight"` // 1 to 100
}

// MostScore is the best score for a criterion.
const MostScore = 10

// Notice is the payload of call.announced: the whole of a call. Each replaces the one before, until the call opens.
type Notice struct {
	Code     string            `json:"code" part:"PP"`
	Title    wording.Text      `json:"title" part:"PP"`
	Text     wording.Text      `json:"text,omitzero" part:"PP"`
	Activity string            `json:"activity,omitempty" part:"PP"` // of the programme that pays for it
	Closes   party.PartialDate `json:"closes" part:"PP"`             // last day for applications
	Ceiling  int64             `json:"ceiling,omitempty" part:"PP"`  // most that a project can ask for
	Currency string            `json:"currency" part:"PP"`
	Rules    []Rule            `json:"rules" part:"PP"`
	Criteria []Criterion       `json:"criteria" part:"PP"`
}

// Came is the payload of call.received: another office's call, as it sent it.
type Came struct {
	Notice
	Office journal.ID `json:"office" part:"PP"`
}

// Opened is the payload of call.opened.
type Opened struct {
	On party.PartialDate `json:"on" part:"PP"`
}

// CallSent is the payload of call.sent: which offices are told of a call.
type CallSent struct {
	To []journal.ID `json:"to" part:"PI"`
}

// Member is somebody who assesses, and the organisations that they have declared to be bound to.
type Member struct {
	Assessor journal.ID `json:"assessor"`
	Bound    []string   `json:"bound,omitempty"` // names
}

// Panelled is the payload of call.panelled. It replaces the panel before.
type Panelled struct {
	Members []Member `json:"members" part:"PI"`
}

// ClosedFor is the payload of call.closed.
type ClosedFor struct {
	On party.PartialDate `json:"on" part:"PP"`
}

// Ranked is the payload of call.ranked: the ranking as it follows from the assessments, which the guard computes again.
type Ranked struct {
	Places []Place `json:"places" part:"PI"`
}

// Call is the state of a call's dossier.
type Call struct {
	ID      journal.ID
	Notice  Notice
	Office  journal.ID // whose call it is; zero for this office's own
	State   CallState
	Panel   []Member
	Ranking []Place
	Sent    []journal.ID // offices that were told of it
	History []Event
}

// Exists says whether anything was recorded.
func (c Call) Exists() bool { return c.Notice.Code != "" }

// CallLine is what a list shows of a call.
type CallLine struct {
	Notice
	State  CallState  `json:"state" part:"PP"`
	Office journal.ID `json:"office,omitzero" part:"PP"`
}

func callKind() store.Kind {
	return store.Of(store.KindOf[Call]{
		Name: access.KindCall, Base: journal.PP, Codes: []string{"state", "activity", "whose", register.OrderCode}, Derives: 1,
		Types: []store.Type{
			{Name: AnnouncedType, Payload: Notice{}, Overlap: []string{"title", "text", "closes", "rules", "criteria"}},
			{Name: OpenedType, Payload: Opened{}},
			{Name: CallSentType, Payload: CallSent{}},
			{Name: PanelledType, Payload: Panelled{}, Overlap: []string{"members"}},
			{Name: ClosedType, Payload: ClosedFor{}},
			{Name: RankedType, Payload: Ranked{}},
			{Name: CameType, Payload: Came{}},
		},
		Fold: foldCall, Guard: guardCall, Derive: deriveCall, Effects: callEffects,
	})
}

// callOrder puts the calls that close last first.
func callOrder(n Notice) []string {
	return register.InOrder(register.LatestFirst(n.Closes), register.NumberedCode(n.Code))
}

func deriveCall(c Call) store.Derived {
	if !c.Exists() {
		return store.Derived{}
	}
	d := store.Derived{State: string(c.State), Codes: map[string][]string{"state": {string(c.State)}, "whose": {"own"}, register.OrderCode: callOrder(c.Notice)}, Summary: CallLine{c.Notice, c.State, c.Office}}
	if !c.Office.IsZero() {
		d.Codes["whose"] = []string{"other"}
	}
	if c.Notice.Activity != "" {
		d.Codes["activity"] = []string{c.Notice.Activity}
	}
	if c.State == Open {
		d.Due = c.Notice.Closes.Last().AddDate(0, 0, 1)
	}
	return d
}

func foldCall(es []journal.Entry) (Call, error) {
	var c Call
	for _, e := range es {
		if err := c.apply(e); err != nil {
			return Call{}, err
		}
	}
	return c, nil
}

func (c *Call) apply(e journal.Entry) error {
	c.ID = e.Dossier
	var err error
	switch e.Type {
	case AnnouncedType:
		if c.Notice, err = journal.In[Notice](e); c.State == "" {
			c.State = Draft
		}
	case CameType:
		var v Came
		v, err = journal.In[Came](e)
		c.Notice, c.Office, c.State = v.Notice, v.Office, Open
	case OpenedType:
		c.State = Open
	case CallSentType:
		var v CallSent
		v, err = journal.In[CallSent](e)
		c.Sent = append(slices.Clone(c.Sent), v.To...)
	case PanelledType:
		var v Panelled
		v, err = journal.In[Panelled](e)
		c.Panel = v.Members
	case ClosedType:
		c.State = Closed
	case RankedType:
		var v Ranked
		v, err = journal.In[Ranked](e)
		c.Ranking, c.State = v.Places, Final
	default:
		return nil
	}
	c.History = append(c.History, Event{Type: e.Type, At: e.OccurredAt, By: e.Actor})
	return err
}

// callFrom lists the states of a call in which an entry of a type may be written.
var callFrom = map[string][]CallState{AnnouncedType: {"", Draft}, OpenedType: {Draft}, CallSentType: {Open}, PanelledType: {Draft, Open, Closed}, ClosedType: {Open}, RankedType: {Closed}, CameType: {"", Open}}

func guardCall(g *store.Guarding, c Call, e journal.Entry) error {
	if !slices.Contains(callFrom[e.Type], c.State) {
		return fault.New(fault.Guarded, "grant.guard.call")
	}
	if (e.Type == CameType) != (g.Actor.Job == "post") || e.Type != CameType && !c.Office.IsZero() {
		return fault.New(fault.Guarded, "grant.guard.whose")
	}
	var fs fault.Fields
	switch e.Type {
	case AnnouncedType:
		v, err := read[Notice](e)
		if err != nil {
			return err
		}
		v.check(&fs)
	case CameType:
		v, err := read[Came](e)
		if err != nil {
			return err
		}
		if v.check(&fs); v.Office.IsZero() || c.Exists() && c.Office != v.Office {
			fs.Add("office", "fault.invalid")
		}
	case CallSentType:
		v, err := read[CallSent](e)
		if err != nil {
			return err
		}
		if len(v.To) == 0 || len(v.To) > maxMany {
			fs.Add("to", "grant.want.offices")
		}
		for _, to := range v.To {
			if err := covered(g, to, []journal.Category{journal.PP}); err != nil {
				return err
			}
		}
	case PanelledType:
		v, err := read[Panelled](e)
		if err != nil {
			return err
		}
		v.check(&fs)
	case RankedType:
		v, err := read[Ranked](e)
		if err != nil {
			return err
		}
		return guardRanked(g, c, v)
	}
	return fs.Err()
}

func (v Notice) check(fs *fault.Fields) {
	if !activity.IsCode(v.Code) {
		fs.Add("code", "grant.want.code")
	}
	v.Title.Check(fs, "title", true, maxLine)
	v.Text.Check(fs, "text", false, maxText)
	if v.Activity != "" && !activity.IsCode(v.Activity) {
		fs.Add("activity", "programme.need.code")
	}
	onDay(fs, "closes", v.Closes)
	if !slices.Contains(Currencies(), v.Currency) {
		fs.Add("currency", "grant.want.currency")
	}
	if v.Ceiling < 0 || v.Ceiling > maxAmount {
		fs.Add("ceiling", "grant.want.amount")
	}
	seen := map[RuleCode]bool{}
	for _, r := range v.Rules {
		if !slices.Contains(RuleCodes(), r.Rule) || seen[r.Rule] || r.Least < 0 || r.Least > 50 || slices.ContainsFunc(r.Countries, func(c string) bool { return !activity.IsCountry(c) }) {
			fs.Add("rules", "grant.want.rules")
			break
		}
		seen[r.Rule] = true
	}
	codes := map[string]bool{}
	for _, c := range v.Criteria {
		c.Name.Check(fs, "criteria", true, maxLine)
		if !codeForm.MatchString(c.Code) || codes[c.Code] || c.Weight < 1 || c.Weight > 100 {
			fs.Add("criteria", "grant.want.criteria")
			break
		}
		codes[c.Code] = true
	}
	if len(v.Criteria) == 0 || len(v.Criteria) > maxMany {
		fs.Add("criteria", "grant.want.criteria")
	}
}

func (v Panelled) check(fs *fault.Fields) {
	seen := map[journal.ID]bool{}
	for _, m := range v.Members {
		if m.Assessor.IsZero() || seen[m.Assessor] || len(m.Bound) > maxMany {
			fs.Add("members", "grant.want.panel")
			return
		}
		seen[m.Assessor] = true
	}
	if len(v.Members) > maxMany {
		fs.Add("members", "grant.want.panel")
	}
}
