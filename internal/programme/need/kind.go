// SPDX-License-Identifier: EUPL-1.2

package need

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Line is what a list shows of a need.
type Line struct {
	Noted
	State  State             `json:"state" part:"PP"`
	Since  party.PartialDate `json:"since" part:"PP"`
	Answer Answer            `json:"answer,omitempty" part:"PP"`
	Code   string            `json:"code,omitempty" part:"PP"`
	MetOn  party.PartialDate `json:"met_on,omitzero" part:"PP"`
}

// StoreKind gives the dossier kind "need".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Need]{
		Name: access.KindNeed, Base: journal.PP, Codes: []string{"theme", "group", "country", "urgency", "state", "activity", "counts", "answer", "owner", register.OrderCode}, Derives: 2,
		Types: []store.Type{
			{Name: NotedType, Payload: Noted{}, Overlap: new(Noted).asks().Names()},
			{Name: PlannedType, Payload: PlannedFor{}},
			{Name: MetType, Payload: MetBy{}},
			{Name: DroppedType, Payload: Ended{}},
			{Name: JoinedType, Payload: JoinedTo{}},
			{Name: ReopenedType, Payload: Ended{}},
		},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

// Summary gives what a list shows of a need.
func (n Need) Summary() Line {
	return Line{Noted: n.Noted, State: n.State, Since: n.Since, Answer: n.Answer.Answer, Code: n.Answer.Code, MetOn: n.Met.On}
}

func derive(n Need) store.Derived {
	if !n.Exists() {
		return store.Derived{}
	}
	v := n.Noted
	d := store.Derived{State: string(n.State), Codes: map[string][]string{"theme": {string(v.Theme)}, "state": {string(n.State)}, "country": v.Countries, register.OrderCode: inOrder(v)},
		Summary: n.Summary()}
	switch l := n.Summary(); {
	case l.MetInTime():
		d.Codes["counts"] = []string{"met"}
	case l.Counts():
		d.Codes["counts"] = []string{"unmet"}
	}
	if activity.IsCode(n.Answer.Code) {
		d.Codes["answer"] = []string{n.Answer.Code}
	}
	if n.State == Identified || n.State == Planned {
		d.Due = v.ByWhen().Last().AddDate(0, 0, 1)
	}
	for _, g := range v.Groups {
		d.Codes["group"] = append(d.Codes["group"], string(g))
	}
	if !v.Owner.IsZero() {
		d.Codes["owner"] = []string{v.Owner.String()}
	}
	if v.Urgency != "" {
		d.Codes["urgency"] = []string{string(v.Urgency)}
	}
	if v.Activity != "" {
		d.Codes["activity"] = []string{v.Activity}
	}
	return d
}

// from lists the states in which an entry of a type may be written.
var from = map[string][]State{PlannedType: {Identified, Planned}, MetType: {Planned}, DroppedType: {Identified, Planned}, JoinedType: {Identified, Planned}, ReopenedType: {Met, Dropped, Joined}}

func guard(g *store.Guarding, n Need, e journal.Entry) error {
	if e.Type != NotedType && !n.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if states, bound := from[e.Type]; bound && !slices.Contains(states, n.State) {
		return fault.New(fault.Guarded, "need.guard."+string(n.State))
	}
	var fs fault.Fields
	if err := check(&fs, g, n, e); err != nil {
		return err
	}
	return fs.Err()
}

// check reads one entry; what is wrong with its fields goes to fs.
func check(fs *fault.Fields, g *store.Guarding, n Need, e journal.Entry) error {
	var err error
	switch e.Type {
	case NotedType:
		var v Noted
		v, err = journal.In[Noted](e)
		v.asks().Check(fs, g)
	case PlannedType:
		var v PlannedFor
		v, err = journal.In[PlannedFor](e)
		v.asks().Check(fs, g)
		notBefore(fs, n, v.On)
	case MetType:
		var v MetBy
		v, err = journal.In[MetBy](e)
		v.asks().Check(fs, g)
		notBefore(fs, n, v.On)
	case DroppedType, ReopenedType:
		var v Ended
		v, err = journal.In[Ended](e)
		v.Asks("need").Check(fs, g)
	case JoinedType:
		return checkJoined(fs, g, n, e)
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return nil
}

// notBefore: nothing is planned or met before it was identified.
func notBefore(fs *fault.Fields, n Need, on party.PartialDate) {
	if on.Known() && n.Noted.On.Known() && on.Before(n.Noted.On) {
		fs.Add("on", "need.want.order")
	}
}

// checkJoined: a need is joined to another one of this office that counts by itself, so no ring arises.
func checkJoined(fs *fault.Fields, g *store.Guarding, n Need, e journal.Entry) error {
	v, err := journal.In[JoinedTo](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	other, err := g.Other(access.KindNeed, v.Other)
	if fault.Is(err, fault.NotFound) {
		fs.Add("other", "need.want.other")
		return nil
	}
	if err != nil {
		return err
	}
	if o, ok := other.(Need); !ok || v.Other == n.ID || !o.Exists() || o.State == Joined || o.State == Dropped {
		fs.Add("other", "need.want.other")
	}
	return nil
}
