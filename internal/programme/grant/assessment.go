// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "assessment".
const (
	AssignedType = "assessment.assigned"
	DeclaredType = "assessment.declared"
	ScoredType   = "assessment.scored"
	SharedType   = "assessment.shared"
)

// Turn is where an assessment stands.
type Turn string

// The closed list of turns.
const (
	Asked    Turn = "asked"    // nobody has said whether there is a conflict of interest
	Ready    Turn = "ready"    // there is none
	Excluded Turn = "excluded" // there is one
	Scored   Turn = "scored"
)

// Assigned is the payload of assessment.assigned: one application as one assessor reads it. The words are copied: an assessor
// opens an assessment and nothing else, and a conflict of interest closes that.
type Assigned struct {
	Call        journal.ID `json:"call" part:"PI"`
	Application journal.ID `json:"application" part:"PI"`
	Assessor    journal.ID `json:"assessor" part:"PI"`
	Applicant   string     `json:"applicant" part:"PI"`
	Partners    []string   `json:"partners,omitempty" part:"PI"`
	Title       string     `json:"title" part:"PI"`
	Language    string     `json:"language" part:"PI"`
	Text        string     `json:"text" part:"PI"`
	Amount      int64      `json:"amount" part:"PI"`
}

// Declared is the payload of assessment.declared: whether the assessor has a conflict of interest.
type Declared struct {
	Conflict bool   `json:"conflict" part:"PI"`
	Reason   string `json:"reason,omitempty" part:"PI"`
}

// Scores is the payload of assessment.scored. It replaces the scores before, until the ranking is closed.
type Scores struct {
	Scores map[string]int `json:"scores" part:"PS"` // by criterion
	Remark string         `json:"remark,omitempty" part:"PS"`
}

// Shared is the payload of assessment.shared: after the ranking, who of the panel may read it, too.
type Shared struct {
	With []journal.ID `json:"with" part:"PI"`
}

// Assessment is the state of an assessment's dossier.
type Assessment struct {
	ID       journal.ID
	Assigned Assigned
	Turn     Turn
	Scores   Scores // zero for those who do not see scores
	With     []journal.ID
	History  []Event

	Retention retention.State
	marked    time.Time // when the scores were last given
}

// Keeping says how long the assessment keeps its scores and the remark: from when they were given.
func (a Assessment) Keeping() retention.Line {
	return a.Retention.Line(retention.Marks, a.marked, len(a.Scores.Scores) > 0)
}

// KeepingPast gives what was decided about that.
func (a Assessment) KeepingPast() []retention.Step { return a.Retention.Steps }

// Exists says whether anything was recorded.
func (a Assessment) Exists() bool { return !a.Assigned.Application.IsZero() }

// AssessmentLine is what a list shows of an assessment: no score.
type AssessmentLine struct {
	Call        journal.ID `json:"call" part:"PI"`
	Application journal.ID `json:"application" part:"PI"`
	Assessor    journal.ID `json:"assessor" part:"PI"`
	Applicant   string     `json:"applicant" part:"PI"`
	Title       string     `json:"title" part:"PI"`
	Language    string     `json:"language,omitempty" part:"PI"`
	Turn        Turn       `json:"turn" part:"PI"`

	Keep retention.Line `json:"keep,omitzero" part:"PI"`
}

func assessmentKind() store.Kind {
	return store.Of(store.KindOf[Assessment]{
		Name: access.KindAssessment, Base: journal.PI, Codes: []string{"call", "application", "state", retention.Code}, Derives: 1,
		Types: append([]store.Type{
			{Name: AssignedType, Payload: Assigned{}},
			{Name: DeclaredType, Payload: Declared{}},
			{Name: ScoredType, Payload: Scores{}},
			{Name: SharedType, Payload: Shared{}},
		}, retention.Types(access.KindAssessment)...),
		Fold: foldAssessment, Guard: guardAssessment, Derive: deriveAssessment,
		Effects: func(_ *store.Guarding, _, _ Assessment, e journal.Entry) (store.Effects, error) {
			return retention.Effects(e, journal.PS), nil
		},
	})
}

// deriveAssessment lets the assessor in, unless there is a conflict of interest, and after the ranking those of the panel
// without one.
func deriveAssessment(a Assessment) store.Derived {
	if !a.Exists() {
		return store.Derived{}
	}
	v := a.Assigned
	d := store.Derived{State: string(a.Turn), Codes: map[string][]string{"call": {v.Call.String()}, "application": {v.Application.String()}, "state": {string(a.Turn)}, retention.Code: a.Keeping().Codes()},
		Summary: AssessmentLine{v.Call, v.Application, v.Assessor, v.Applicant, v.Title, v.Language, a.Turn, a.Keeping()}}
	if a.Turn == Excluded {
		return d
	}
	d.Assignee = v.Assessor
	for _, id := range append([]journal.ID{v.Assessor}, a.With...) {
		d.Standing = append(d.Standing, store.Standing{Actor: id, Relation: access.AsWorker})
	}
	return d
}

func foldAssessment(es []journal.Entry) (Assessment, error) {
	var a Assessment
	for _, e := range es {
		if err := a.apply(e); err != nil {
			return Assessment{}, err
		}
	}
	return a, nil
}

func (a *Assessment) apply(e journal.Entry) error {
	a.ID = e.Dossier
	if is, err := a.Retention.Apply(e); is {
		return err
	}
	h := Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	var err error
	switch e.Type {
	case AssignedType:
		a.Assigned, err = journal.In[Assigned](e)
		a.Turn = Asked
	case DeclaredType:
		var v Declared
		v, err = journal.In[Declared](e)
		h.Text = v.Reason
		if v.Conflict {
			a.Turn = Excluded
		} else if a.Turn == Asked {
			a.Turn = Ready
		}
	case ScoredType:
		a.Scores, err = journal.In[Scores](e)
		a.Turn, a.marked = Scored, e.OccurredAt
	case SharedType:
		var v Shared
		v, err = journal.In[Shared](e)
		a.With = v.With
	default:
		return nil
	}
	a.History = append(a.History, h)
	return err
}

// AssessmentRef names the dossier of one assessor's assessment of an application: there is one.
func AssessmentRef(application, assessor journal.ID) store.Ref {
	return store.Ref{Kind: access.KindAssessment, ID: provenance.ID("assessment", application.String(), assessor.String())}
}

func guardAssessment(g *store.Guarding, a Assessment, e journal.Entry) error {
	if e.Type != AssignedType && (!a.Exists() || a.Turn == Excluded) {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if retention.Is(e.Type) {
		return retention.Guard(g, a.Keeping(), e)
	}
	if e.Type == AssignedType {
		v, err := read[Assigned](e)
		if err != nil {
			return err
		}
		return guardAssigned(g, a, v)
	}
	c, err := callOf(g, a.Assigned.Call)
	if err != nil {
		return err
	}
	if (e.Type == SharedType) != (c.State == Final) {
		return fault.New(fault.Guarded, "grant.guard.ranked")
	}
	if e.Type == SharedType {
		v, err := read[Shared](e)
		if err != nil {
			return err
		}
		return guardShared(g, c, a, v)
	}
	if g.Actor.ID != a.Assigned.Assessor { // what others think is not an assessor's to write
		return fault.New(fault.Denied, "fault.denied")
	}
	var fs fault.Fields
	switch e.Type {
	case DeclaredType:
		v, err := read[Declared](e)
		if err != nil {
			return err
		}
		if v.Conflict {
			words(&fs, "reason", v.Reason, maxReason)
		}
	case ScoredType:
		v, err := read[Scores](e)
		if err != nil {
			return err
		}
		if a.Turn == Asked {
			return fault.New(fault.Guarded, "grant.guard.undeclared")
		}
		v.check(&fs, c.Notice.Criteria)
	}
	return fs.Err()
}

func guardAssigned(g *store.Guarding, a Assessment, v Assigned) error {
	if a.Exists() {
		return fault.New(fault.Guarded, "grant.guard.assigned")
	}
	c, err := callOf(g, v.Call)
	if err != nil {
		return err
	}
	x, err := applicationOf(g, v.Application)
	if err != nil {
		return err
	}
	if c.State == Final || x.Stage != Admitted || x.Filed.Call != v.Call {
		return fault.New(fault.Guarded, "grant.guard.application")
	}
	if v.Applicant != x.Filed.Applicant || v.Title != x.Filed.Title || v.Text != x.Filed.Text || v.Amount != x.Filed.Amount || v.Language != x.Filed.Language || !slices.Equal(v.Partners, x.Filed.Partners) {
		return fault.New(fault.Conflict, "grant.guard.changed")
	}
	i := slices.IndexFunc(c.Panel, func(m Member) bool { return m.Assessor == v.Assessor })
	if i < 0 {
		return fault.Bad("assessor", "grant.want.panel")
	}
	if c.Panel[i].conflict(x.Filed) {
		return fault.New(fault.Guarded, "grant.guard.conflict")
	}
	return nil
}

// guardShared lets those read an assessment who have assessed the same application.
func guardShared(g *store.Guarding, c Call, a Assessment, v Shared) error {
	for _, id := range v.With {
		if id == a.Assigned.Assessor {
			continue
		}
		o, err := g.Other(access.KindAssessment, AssessmentRef(a.Assigned.Application, id).ID)
		if x, ok := o.(Assessment); err != nil || !ok || x.Turn != Scored {
			return fault.Bad("with", "grant.want.panel")
		}
	}
	return nil
}

func applicationOf(g *store.Guarding, id journal.ID) (Application, error) {
	o, err := g.Other(access.KindApplication, id)
	if err != nil {
		return Application{}, fault.Bad("application", "grant.want.application")
	}
	a, ok := o.(Application)
	if !ok || !a.Exists() {
		return Application{}, fault.Bad("application", "grant.want.application")
	}
	return a, nil
}

// conflict says whether an assessor has declared to be bound to whoever applies, or to one of its partners.
func (m Member) conflict(f Filed) bool {
	return slices.ContainsFunc(m.Bound, func(name string) bool {
		return alike(name, f.Applicant) || slices.ContainsFunc(f.Partners, func(p string) bool { return alike(name, p) })
	})
}

func (v Scores) check(fs *fault.Fields, cs []Criterion) {
	known := 0
	for _, c := range cs {
		n, given := v.Scores[c.Code]
		if !given || n < 0 || n > MostScore {
			fs.Add("score_"+c.Code, "grant.want.score", "Max", MostScore)
			continue
		}
		known++
	}
	if known < len(v.Scores) && len(*fs) == 0 {
		fs.Add("scores", "grant.want.score", "Max", MostScore)
	}
	if wording.Longer(v.Remark, maxText) {
		fs.Add("remark", "grant.want.words", "Max", maxText)
	}
}
