// SPDX-License-Identifier: EUPL-1.2

// Package measure keeps strategies and national action plans as far as their numbered measures: what each asks for, who owns
// it and by when, and how far it is. Recommendations and plans' proposals name measures by their codes.
//
// A measure is planned until somebody reports it under way, done (with evidence) or dropped (with a reason). All of it is
// public programme content.
package measure

import (
	"regexp"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "measure".
const (
	NotedType    = "measure.noted"
	ReportedType = "measure.reported"
)

// State is how far a measure is, as somebody reports it.
type State string

// The closed list of states.
const (
	Planned  State = "planned"
	UnderWay State = "under_way"
	Done     State = "done"
	Dropped  State = "dropped"
)

// States lists the closed list.
func States() []State { return []State{Planned, UnderWay, Done, Dropped} }

// Limits of what people write, in characters and numbers.
const (
	MaxText   = 2000
	maxNote   = 2000
	maxName   = 200
	maxOwners = 20
)

// Noted is the payload of measure.noted: what the plan says. Each replaces the one before.
type Noted struct {
	Plan      string            `json:"plan" part:"PP"` // the strategy or action plan: "Second national action plan"
	Code      string            `json:"code" part:"PP"` // its number there: "44"
	Text      wording.Text      `json:"text" part:"PP"`
	Indicator wording.Text      `json:"indicator,omitzero" part:"PP"`  // what shows that it was carried out, as the plan says
	Owners    []journal.ID      `json:"owners,omitempty" part:"PP"`    // organisations
	Countries []string          `json:"countries,omitempty" part:"PP"` // whose plan it is: several for a joint strategy
	Due       party.PartialDate `json:"due,omitzero" part:"PP"`
	Source    string            `json:"source,omitempty" part:"PP"` // where it stands
}

// asks is what the plan says, in the order of the form.
func (x *Noted) asks() *ask.List {
	return ask.Of("measure", x, ask.Words("plan", &x.Plan, maxName), ask.Words("code", &x.Code, maxName), ask.Language(&x.Text), ask.Passage("text", &x.Text, MaxText), ask.Remark("indicator", &x.Indicator, MaxText).Maybe().Rows(2),
		ask.Organisations("owners", &x.Owners).Maybe(), ask.Countries(&x.Countries, "FR", "SE"), ask.Date("due", &x.Due).Maybe(), ask.Words("source", &x.Source, maxName).Maybe().Wants("wording.need.shorter")).
		And(func(fs *fault.Fields) {
			if x.Code != "" && !codeForm.MatchString(x.Code) {
				fs.Add("code", "measure.want.code")
			}
			if len(x.Owners) > maxOwners {
				fs.Add("owners", "measure.want.owners")
			}
		})
}

// Reported is the payload of measure.reported. A table that is brought in may say no day.
type Reported struct {
	State State             `json:"state" part:"PP"`
	Owner journal.ID        `json:"owner,omitzero" part:"PP"` // whose share it is about; none: the whole measure
	On    party.PartialDate `json:"on" part:"PP"`
	By    string            `json:"by" part:"PP"`  // who reports
	Why   string            `json:"why" part:"PP"` // the evidence, or the reason
}

// asks is what an owner says of a measure. dated says that a report has a day.
func (x *Reported) asks(m Measure, dated bool) *ask.List {
	on := ask.On(&x.On)
	if !dated {
		on = on.Maybe()
	}
	shares := func(v *see) ([]page.Option, error) {
		var out []page.Option
		for _, o := range m.Noted.Owners {
			out = append(out, page.Option{Value: o.String(), Text: v.Names[o]})
		}
		return out, nil
	}
	return ask.Of("measure", x, on, ask.Record("owner", &x.Owner, shares).Maybe().Called("measure.share").Blank("measure.whole").Wants("owners"), ask.Code("state", &x.State, States()[1:]).Wants("programme.need.choice"),
		ask.Words("by", &x.By, maxName), ask.Lines("why", &x.Why, maxNote)).
		And(func(fs *fault.Fields) {
			if !x.Owner.IsZero() && !slices.Contains(m.Noted.Owners, x.Owner) {
				fs.Add("owner", "measure.want.owners")
			}
		})
}

// Measure is the state of a measure's dossier.
type Measure struct {
	ID      journal.ID
	Noted   Noted
	Reports []Reported // the last one holds
	History []register.Event
}

// Exists says whether anything was recorded.
func (m Measure) Exists() bool { return m.Noted.Code != "" }

// State gives how far it is: as the last report on the whole says, or where owners have reported on their shares since, under
// way until each of them is done or has dropped out.
func (m Measure) State() State {
	whole, since := Planned, false
	for _, r := range m.Reports {
		if r.Owner.IsZero() {
			whole, since = r.State, false
		} else {
			since = true
		}
	}
	if !since {
		return whole
	}
	done, dropped := 0, 0
	for _, o := range m.Noted.Owners {
		switch r, ok := m.Share(o); {
		case !ok || r.State == UnderWay:
			return UnderWay
		case r.State == Done:
			done++
		default:
			dropped++
		}
	}
	switch {
	case done > 0:
		return Done
	case dropped > 0:
		return Dropped
	}
	return UnderWay // whoever reported is an owner no longer
}

// Share gives the last report on an owner's share.
func (m Measure) Share(owner journal.ID) (Reported, bool) {
	for _, r := range slices.Backward(m.Reports) {
		if r.Owner == owner {
			return r, true
		}
	}
	return Reported{}, false
}

// Line is what a list shows of a measure.
type Line struct {
	Noted
	State  State             `json:"state" part:"PP"`
	On     party.PartialDate `json:"on,omitzero" part:"PP"`      // of the last report
	Shares []Share           `json:"shares,omitempty" part:"PP"` // of owners who have reported on theirs
}

// Share is how far an owner is.
type Share struct {
	Owner journal.ID `json:"owner"`
	State State      `json:"state"`
}

// Row is a measure in a list.
type Row = register.Found[Line]

// Summary gives what a list shows of a measure.
func (m Measure) Summary() Line {
	l := Line{Noted: m.Noted, State: m.State()}
	if n := len(m.Reports); n > 0 {
		l.On = m.Reports[n-1].On
	}
	for _, o := range m.Noted.Owners {
		if r, ok := m.Share(o); ok {
			l.Shares = append(l.Shares, Share{o, r.State})
		}
	}
	return l
}

// StoreKind gives the dossier kind "measure".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Measure]{
		Name: access.KindMeasure, Base: journal.PP, Codes: []string{"code", planCode, "state", "country", "owner", "late", "lacks", "undated", register.OrderCode}, Derives: 2,
		Types: []store.Type{{Name: NotedType, Payload: Noted{}, Overlap: new(Noted).asks().Names()}, {Name: ReportedType, Payload: Reported{}}},
		Fold:  Fold, Guard: guard,
		Derive: func(m Measure) store.Derived {
			if !m.Exists() {
				return store.Derived{}
			}
			d := store.Derived{State: string(m.State()), Summary: m.Summary(), Codes: map[string][]string{"code": {m.Noted.Code}, planCode: {register.Same(m.Noted.Plan)}, "state": {string(m.State())}, "country": m.Noted.Countries,
				register.OrderCode: register.InOrder(register.Same(m.Noted.Plan), register.NumberedCode(m.Noted.Code))}}
			waits := m.State() != Done && m.State() != Dropped
			if !m.Noted.Due.Known() {
				d.Codes["lacks"] = append(d.Codes["lacks"], "undated")
				if waits {
					d.Codes["undated"] = []string{"open"}
				}
			} else if waits {
				d.Codes["late"], d.Due = []string{register.DayAfter(m.Noted.Due)}, m.Noted.Due.Last().AddDate(0, 0, 1)
			}
			if len(m.Noted.Owners) == 0 {
				d.Codes["lacks"] = append(d.Codes["lacks"], "unowned")
			}
			for _, o := range m.Noted.Owners {
				d.Codes["owner"] = append(d.Codes["owner"], o.String())
			}
			return d
		},
	})
}

// Fold gives the state of entries in rising revision.
func Fold(es []journal.Entry) (Measure, error) {
	var m Measure
	for _, e := range es {
		m.ID = e.Dossier
		h := register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
		var err error
		switch e.Type {
		case NotedType:
			m.Noted, err = journal.In[Noted](e)
		case ReportedType:
			var v Reported
			v, err = journal.In[Reported](e)
			m.Reports = append(m.Reports, v)
			h.Text = v.Why
		}
		if err != nil {
			return Measure{}, err
		}
		m.History = append(m.History, h)
	}
	return m, nil
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,19}$`)

func guard(g *store.Guarding, m Measure, e journal.Entry) error {
	if e.Type != NotedType && !m.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case NotedType:
		var v Noted
		v, err = journal.In[Noted](e)
		v.asks().Check(&fs, g)
	case ReportedType:
		var v Reported
		v, err = journal.In[Reported](e)
		v.asks(m, g.Actor.Job != provenance.Job).Check(&fs, g) // a table that is brought in may say no day
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}
