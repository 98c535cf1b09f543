// SPDX-License-Identifier: EUPL-1.2

package training

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Line is what a list shows of a training: no score.
type Line struct {
	Plan
	Needs       []journal.ID      `json:"needs,omitempty" part:"PP"`
	State       State             `json:"state" part:"PP"`
	DeliveredOn party.PartialDate `json:"delivered_on,omitzero" part:"PP"`
	Evidence    string            `json:"evidence,omitempty" part:"PP"`
	Outcome     Aggregate         `json:"outcome,omitzero" part:"PP"`
	Keep        retention.Line    `json:"keep,omitzero" part:"PI"`
}

// When gives the day on which it was given, else that for which it is planned.
func (l Line) When() party.PartialDate {
	if l.DeliveredOn.Known() {
		return l.DeliveredOn
	}
	return l.On
}

// Row is a training in a list.
type Row = register.Found[Line]

// StoreKind gives the dossier kind "training".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Training]{
		Name: access.KindTraining, Base: journal.PP, Codes: []string{"activity", "country", "group", "state", activity.SpanCode, activity.BeginsCode, activity.EndsCode, retention.Code, register.OrderCode}, Derives: 3,
		Types: append([]store.Type{
			{Name: PlannedType, Payload: Plan{}, Overlap: []string{"title", "activity", "countries", "groups", "languages", "on", "sessions", "items", "mark", "trainer"}},
			{Name: AnswersType, Payload: Answers{}, Overlap: []string{"needs"}},
			{Name: SeatedType, Payload: Seated{}},
			{Name: TestedType, Payload: Tested{}},
			{Name: DeliveredType, Payload: Done{}},
			{Name: ConcludedType, Payload: Aggregate{}},
			{Name: ReopenedType, Payload: Reopened{}},
		}, retention.Types(access.KindTraining)...),
		Fold: Fold, Guard: guard, Derive: derive,
		Effects: func(_ *store.Guarding, _, _ Training, e journal.Entry) (store.Effects, error) {
			return retention.Effects(e, journal.PS), nil
		},
	})
}

// Summary gives what a list shows of a training.
func (t Training) Summary() Line {
	return Line{Plan: t.Plan, Needs: t.Needs, State: t.State, DeliveredOn: t.Done.On, Evidence: t.Done.Evidence, Outcome: t.Outcome}
}

// derive lets the trainer in.
func derive(t Training) store.Derived {
	if !t.Exists() {
		return store.Derived{}
	}
	p, line := t.Plan, t.Summary()
	line.Keep = t.Keeping()
	d := store.Derived{State: string(t.State), Summary: line, Codes: map[string][]string{"state": {string(t.State)}, "country": p.Countries, "group": p.Groups, register.OrderCode: inOrder(p), retention.Code: line.Keep.Codes()}}
	activity.Line{Start: line.When()}.Dated(d.Codes)
	if p.Activity != "" {
		d.Codes["activity"] = []string{p.Activity}
	}
	if !p.Trainer.IsZero() {
		d.Standing = []store.Standing{{Actor: p.Trainer, Relation: access.AsWorker}}
	}
	return d
}

// trainers lists what only the trainer writes.
var trainers = []string{SeatedType, TestedType, ConcludedType, ReopenedType}

// from lists the states in which an entry of a type may be written.
var from = map[string][]State{PlannedType: {"", Planned}, AnswersType: {Planned}, DeliveredType: {Planned}, SeatedType: {Planned, Delivered}, TestedType: {Planned, Delivered}, ConcludedType: {Delivered}, ReopenedType: {Measured}}

func guard(g *store.Guarding, t Training, e journal.Entry) error {
	if e.Type != PlannedType && !t.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if retention.Is(e.Type) {
		return retention.Guard(g, t.Keeping(), e)
	}
	if !slices.Contains(from[e.Type], t.State) {
		return fault.New(fault.Guarded, "training.guard."+string(t.State))
	}
	if own := slices.Contains(trainers, e.Type); own && g.Actor.ID != t.Plan.Trainer || !own && !g.Actor.Has(access.ProgrammeOfficer) {
		return fault.New(fault.Denied, "fault.denied")
	}
	var fs fault.Fields
	if err := t.check(&fs, g, e); err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

// check reads one entry; what is wrong with its fields goes to fs.
func (t Training) check(fs *fault.Fields, g *store.Guarding, e journal.Entry) (err error) {
	switch e.Type {
	case PlannedType:
		var v Plan
		v, err = journal.In[Plan](e)
		v.asks(nil, "", nil).Check(fs, g)
		if len(t.Tests) > 0 && (v.Items != t.Plan.Items || v.Trainer != t.Plan.Trainer) {
			fs.Add("items", "training.want.tested")
		}
	case AnswersType:
		var v Answers
		v, err = journal.In[Answers](e)
		for _, id := range v.Needs {
			if _, gone := g.Other(access.KindNeed, id); gone != nil {
				fs.Add("needs", "training.want.needs")
			}
		}
	case SeatedType:
		var v Seated
		v, err = journal.In[Seated](e)
		v.check(fs)
	case TestedType:
		var v Tested
		v, err = journal.In[Tested](e)
		v.check(fs, t)
	case DeliveredType:
		var v Done
		v, err = journal.In[Done](e)
		told(fs, "evidence", v.Evidence)
		if !v.On.Known() {
			fs.Add("on", "training.want.date")
		}
	case ConcludedType:
		var v Aggregate
		v, err = journal.In[Aggregate](e)
		if a := t.Aggregate(); len(t.Trainees) == 0 || !a.equal(v) {
			fs.Add("after", "training.want.aggregate")
		}
	case ReopenedType:
		var v Reopened
		v, err = journal.In[Reopened](e)
		told(fs, "reason", v.Reason)
	}
	return err
}

func (a Aggregate) equal(b Aggregate) bool {
	return a.Trainees == b.Trainees && a.Withheld == b.Withheld && a.Pairs == b.Pairs && a.Before == b.Before && a.After == b.After && slices.Equal(a.Excluded, b.Excluded)
}

func told(fs *fault.Fields, field, s string) {
	if s == "" || wording.Longer(s, maxNote) {
		fs.Add(field, "training.want."+field, "Max", maxNote)
	}
}
