// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Entry types of the dossier kind "award" for grants.
const (
	MadeType       = "award.made"
	ShownType      = "award.shown"
	ContractedType = "award.contracted"
	PaidType       = "award.paid"
	ReportedType   = "award.reported"
	ReportSentType = "award.sent"
	JudgedType     = "award.judged"
	EndedType      = "award.ended"
	ToldType       = "award.received"
)

// Status is where a grant stands.
type Status string

// The closed list of states of a grant.
const (
	Decision Status = "decided" // no contract yet
	Running  Status = "running"
	Over     Status = "over"
)

// Instalment is a part of a grant.
type Instalment struct {
	Amount int64             `json:"amount"`
	Due    party.PartialDate `json:"due,omitzero"`
	Paid   party.PartialDate `json:"paid,omitzero"`
}

// Shown is the payload of award.shown: what is public of who gets a grant and where. Where a name is withheld it is in no
// public part, here or elsewhere. What was public before stays so in the log.
type Shown struct {
	Withheld      bool   `json:"withheld" part:"PP"`       // the partner's name
	PlaceWithheld bool   `json:"place_withheld" part:"PP"` // the country or territory
	Name          string `json:"name,omitempty" part:"PP"`
	Country       string `json:"country,omitempty" part:"PP"`
	Reason        string `json:"reason,omitempty" part:"PI"` // why something is withheld
}

// Made is the payload of award.made.
type Made struct {
	Shown
	Call         journal.ID        `json:"call" part:"PI"`
	Application  journal.ID        `json:"application" part:"PI"`
	Grantee      string            `json:"grantee" part:"PI"`
	Seat         string            `json:"seat,omitempty" part:"PI"` // country or territory of the grantee
	Organisation journal.ID        `json:"organisation,omitzero" part:"PI"`
	Office       journal.ID        `json:"office,omitzero" part:"PI"`
	Project      string            `json:"project" part:"PI"`            // its title
	Activity     string            `json:"activity,omitempty" part:"PP"` // of the programme
	Amount       int64             `json:"amount" part:"PP"`
	Currency     string            `json:"currency" part:"PP"`
	Start        party.PartialDate `json:"start,omitzero" part:"PP"`
	End          party.PartialDate `json:"end,omitzero" part:"PP"`
	Decided      party.PartialDate `json:"decided" part:"PP"`
	Decision     string            `json:"decision" part:"PI"` // who decided, and why
	Instalments  []Instalment      `json:"instalments" part:"PI"`
}

// Contracted is the payload of award.contracted.
type Contracted struct {
	Number string            `json:"number" part:"PI"`
	On     party.PartialDate `json:"on" part:"PI"`
}

// Paid is the payload of award.paid: an instalment, counted from 1.
type Paid struct {
	Instalment int               `json:"instalment" part:"PI"`
	On         party.PartialDate `json:"on" part:"PI"`
}

// Reported is the payload of award.reported: a quarter's report as the grantee's office wrote it. The exact numbers of people
// are in no record: they are protected before anything is written.
type Reported struct {
	Office     journal.ID `json:"office,omitzero" part:"PI"` // that it came from; zero when it was typed here
	Quarter    string     `json:"quarter" part:"PI"`
	Instalment int        `json:"instalment" part:"PI"` // on the use of which it reports
	Language   string     `json:"language" part:"PI"`
	Text       string     `json:"text" part:"PI"`
	Spent      int64      `json:"spent" part:"PI"`
	Helped     Helped     `json:"helped,omitzero" part:"PI"`
}

// ReportSent is the payload of award.sent: a report that was kept when no sharing terms covered its way, and leaves now.
type ReportSent struct {
	Report journal.ID `json:"report" part:"PI"`
}

// Judgement is what the funder says of a report.
type Judgement string

// The closed list of judgements.
const (
	Waiting  Judgement = ""
	Accepted Judgement = "accepted"
	Returned Judgement = "returned" // with a reason; another report takes its place
)

// Judged is the payload of award.judged.
type Judged struct {
	Report    journal.ID `json:"report" part:"PI"` // entry
	Judgement Judgement  `json:"judgement" part:"PI"`
	Reason    string     `json:"reason,omitempty" part:"PI"`
}

// EndedFor is the payload of award.ended.
type EndedFor struct {
	On     party.PartialDate `json:"on" part:"PI"`
	Reason string            `json:"reason" part:"PI"`
}

// Told is the payload of award.received: a grant as its funder's office knows it, in the grantee's. All but that there is one is
// internal there: what the funder withholds, the grantee's office shows nobody either.
type Told struct {
	Office      journal.ID        `json:"office" part:"PI"` // the funder's
	Application journal.ID        `json:"application" part:"PI"`
	Grantee     string            `json:"grantee" part:"PI"`
	Project     string            `json:"project" part:"PI"`
	Amount      int64             `json:"amount" part:"PI"`
	Currency    string            `json:"currency" part:"PI"`
	Start       party.PartialDate `json:"start,omitzero" part:"PI"`
	End         party.PartialDate `json:"end,omitzero" part:"PI"`
	Decided     party.PartialDate `json:"decided" part:"PI"`
	Contract    Contracted        `json:"contract,omitzero" part:"PI"`
	Instalments []Instalment      `json:"instalments" part:"PI"`
	Judged      []Judged          `json:"judged,omitempty" part:"PI"`
	Status      Status            `json:"status" part:"PP"`
}

// Report is a report with what was said of it.
type Report struct {
	ID journal.ID
	Reported
	At        string // day on which it was written
	Judgement Judgement
	Reason    string
}

// Award is the state of a dossier of the kind "award": a grant, or a flow of money to or from a fund.
type Award struct {
	ID       journal.ID
	Made     Made
	Funder   journal.ID // office; zero when it is this one
	Status   Status
	Contract Contracted
	Reports  []Report
	Flow     Flow // of a fund; then all else is empty
	History  []Event

	early  []Judged  // judgements that came before their report
	flowAt time.Time // when the other office sent what stands here of a flow
}

// Exists says whether anything was recorded.
func (a Award) Exists() bool { return a.Status != "" || a.Flow.What != "" }

// Report gives a report by its id.
func (a Award) Report(id journal.ID) (Report, bool) {
	i := slices.IndexFunc(a.Reports, func(r Report) bool { return r.ID == id })
	if i < 0 {
		return Report{}, false
	}
	return a.Reports[i], true
}

// Next gives the number of the next instalment, counted from 1, 0 for none, and the catalogue key of what it waits for, ""
// when it can be paid: the contract, or the report on the instalment before, which must have come and be accepted, with none
// that waits for a judgement or for one in its place.
func (a Award) Next() (n int, waits string) {
	n = slices.IndexFunc(a.Made.Instalments, func(i Instalment) bool { return !i.Paid.Known() }) + 1
	switch {
	case n == 0 || a.Status == Over:
		return 0, ""
	case a.Status == Decision:
		return n, "grant.guard.contract"
	case n == 1:
		return n, ""
	}
	accepted := false
	for _, r := range a.Reports {
		switch {
		case r.Instalment != n-1:
		case r.Judgement == Accepted:
			accepted = true
		case r.Judgement == Waiting || !a.replaced(r):
			return n, "grant.guard.judgement"
		}
	}
	if !accepted {
		return n, "grant.guard.report"
	}
	return n, ""
}

// replaced says that another report on the same quarter was accepted.
func (a Award) replaced(r Report) bool {
	return slices.ContainsFunc(a.Reports, func(x Report) bool { return x.Quarter == r.Quarter && x.Judgement == Accepted })
}

// AwardRef names the dossier of the grant for an application: the same in the funder's and in the grantee's office.
func AwardRef(application journal.ID) store.Ref {
	return store.Ref{Kind: access.KindAward, ID: provenance.ID("award", application.String())}
}

func foldAward(es []journal.Entry) (Award, error) {
	var a Award
	for _, e := range es {
		if err := a.apply(e); err != nil {
			return Award{}, err
		}
	}
	return a, nil
}

func (a *Award) apply(e journal.Entry) error {
	a.ID = e.Dossier
	h := Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	var err error
	switch e.Type {
	case MadeType:
		a.Made, err = journal.In[Made](e)
		a.Status = Decision
	case ShownType:
		a.Made.Shown, err = journal.In[Shown](e)
		h.Text = a.Made.Reason
	case ContractedType:
		a.Contract, err = journal.In[Contracted](e)
		a.Status = Running
	case PaidType:
		var v Paid
		if v, err = journal.In[Paid](e); v.Instalment > 0 && v.Instalment <= len(a.Made.Instalments) {
			a.Made.Instalments = slices.Clone(a.Made.Instalments)
			a.Made.Instalments[v.Instalment-1].Paid = v.On
		}
	case ReportedType:
		var v Reported
		v, err = journal.In[Reported](e)
		a.report(Report{ID: e.ID, Reported: v, At: party.OnDay(e.OccurredAt).String()})
	case JudgedType:
		var v Judged
		v, err = journal.In[Judged](e)
		a.judge(v)
		h.Text = v.Reason
	case EndedType:
		var v EndedFor
		v, err = journal.In[EndedFor](e)
		a.Status, h.Text = Over, v.Reason
	case ToldType:
		var v Told
		v, err = journal.In[Told](e)
		a.tell(v)
	case FlowType:
		a.Flow, err = journal.In[Flow](e)
	case FlowToldType:
	case FlowCameType:
		var v FlowCame
		if v, err = journal.In[FlowCame](e); !e.OccurredAt.Before(a.flowAt) {
			a.Flow, a.Funder, a.flowAt = v.Flow, v.From, e.OccurredAt
		}
	default:
		return nil
	}
	a.History = append(a.History, h)
	return err
}

func (a *Award) report(r Report) {
	if r.Quarter == "" { // not for this reader
		return
	}
	a.Reports = append(slices.Clone(a.Reports), r)
	for _, j := range a.early {
		a.judge(j)
	}
}

func (a *Award) judge(v Judged) {
	i := slices.IndexFunc(a.Reports, func(r Report) bool { return r.ID == v.Report })
	if i < 0 {
		a.early = append(slices.Clone(a.early), v)
		return
	}
	a.Reports = slices.Clone(a.Reports)
	a.Reports[i].Judgement, a.Reports[i].Reason = v.Judgement, v.Reason
}

func (a *Award) tell(v Told) {
	a.Funder, a.Status, a.Contract = v.Office, v.Status, v.Contract
	a.Made = Made{Application: v.Application, Grantee: v.Grantee, Project: v.Project, Amount: v.Amount, Currency: v.Currency, Start: v.Start, End: v.End, Decided: v.Decided, Instalments: v.Instalments, Shown: Shown{Withheld: true, PlaceWithheld: true}}
	for _, j := range v.Judged {
		a.judge(j)
	}
}

// told gives a grant as its grantee's office is told of it.
func (a Award) told(owner journal.ID) Told {
	m := a.Made
	v := Told{Office: owner, Application: m.Application, Grantee: m.Grantee, Project: m.Project, Amount: m.Amount, Currency: m.Currency, Start: m.Start, End: m.End, Decided: m.Decided, Contract: a.Contract, Instalments: m.Instalments, Status: a.Status}
	for _, r := range a.Reports {
		if r.Judgement != Waiting {
			v.Judged = append(v.Judged, Judged{r.ID, r.Judgement, r.Reason})
		}
	}
	return v
}
