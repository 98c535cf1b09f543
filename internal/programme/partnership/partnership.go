// SPDX-License-Identifier: EUPL-1.2

// Package partnership keeps networks and partnerships of associations: what for, who is in them, since when, and which
// activities of the programme they carry.
//
// Members are organisations of the programme; a member that left stays in the history. All of it is public programme content.
package partnership

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "partnership".
const (
	DescribedType = "partnership.described"
	EndedType     = "partnership.ended"
)

// Sort is what sort of union it is.
type Sort string

// Sorts lists the closed list.
func Sorts() []Sort { return []Sort{"network", "partnership", "coalition", "strategy"} }

// Limits of what people write, in characters.
const (
	MaxName     = 400
	MaxText     = 4000
	mostMembers = 200
)

// Described is the payload of partnership.described: the whole of what is known. Each replaces the one before.
type Described struct {
	Name      wording.Text      `json:"name" part:"PP"`
	Text      wording.Text      `json:"text,omitzero" part:"PP"` // what for; empty when no source says
	Sort      Sort              `json:"sort" part:"PP"`
	Members   []journal.ID      `json:"members,omitempty" part:"PP"` // organisations; none when nobody has named them
	Countries []string          `json:"countries,omitempty" part:"PP"`
	Since     party.PartialDate `json:"since,omitzero" part:"PP"`
	Until     party.PartialDate `json:"until,omitzero" part:"PP"` // as agreed
	Activity  string            `json:"activity,omitempty" part:"PP"`
	Source    party.Source      `json:"source" part:"PP"`
	Link      string            `json:"link,omitempty" part:"PP"`
}

// asks is what of it somebody says, in the order of the form.
func (x *Described) asks() *ask.List {
	return ask.Of("partnership", x, ask.Language(&x.Name), ask.Title("name", &x.Name, MaxName), ask.Passage("text", &x.Text, MaxText).Maybe(), ask.Code("sort", &x.Sort, Sorts()),
		ask.Organisations("members", &x.Members).Maybe(), ask.Countries(&x.Countries), ask.Date("since", &x.Since).Maybe(), ask.Date("until", &x.Until).Maybe().Since(&x.Since),
		ask.Activity(&x.Activity), ask.Source(&x.Source), ask.Link(&x.Link)).
		And(func(fs *fault.Fields) {
			if len(x.Members) > mostMembers {
				fs.Add("members", "partnership.want.fewer", "Max", mostMembers)
			}
		})
}

// Ended is the payload of partnership.ended.
type Ended = ask.Ended

// Partnership is the state of a dossier.
type Partnership struct {
	ID        journal.ID
	Described Described
	Ended     Ended
	Left      []journal.ID // were members once, and are not
	History   []register.Event
}

// Line is what a list shows.
type Line struct {
	Described
	Ended party.PartialDate `json:"ended,omitzero" part:"PP"`
}

// Row is a record in a list.
type Row = register.Found[Line]

// Exists says whether anything was recorded.
func (p Partnership) Exists() bool { return !p.Described.Name.IsZero() }

// Summary gives what a list shows.
func (p Partnership) Summary() Line { return Line{p.Described, p.Ended.On} }

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Partnership, error) {
	var p Partnership
	for _, e := range es {
		h := register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
		p.ID = e.Dossier
		switch e.Type {
		case DescribedType:
			v, err := journal.In[Described](e)
			if err != nil {
				return Partnership{}, err
			}
			p.Left = left(append(p.Left, p.Described.Members...), v.Members)
			p.Described, p.Ended = v, Ended{}
		case EndedType:
			v, err := journal.In[Ended](e)
			if err != nil {
				return Partnership{}, err
			}
			p.Ended, h.Text = v, v.Reason
		default:
			continue
		}
		p.History = append(p.History, h)
	}
	return p, nil
}

// left gives those of the earlier members who are not among the present ones, each once.
func left(earlier, now []journal.ID) []journal.ID {
	var out []journal.ID
	for _, id := range earlier {
		if !slices.Contains(now, id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// StoreKind gives the dossier kind "partnership".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Partnership]{
		Name: access.KindPartnership, Base: journal.PP, Codes: []string{"sort", "country", "member", "activity", register.OrderCode}, Derives: 1,
		Types: []store.Type{
			{Name: DescribedType, Payload: Described{}, Overlap: new(Described).asks().Names()},
			{Name: EndedType, Payload: Ended{}},
		},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

func derive(p Partnership) store.Derived {
	if !p.Exists() {
		return store.Derived{}
	}
	v := p.Described
	d := store.Derived{State: "running", Summary: p.Summary(), Codes: map[string][]string{"sort": {string(v.Sort)}, "country": v.Countries,
		register.OrderCode: register.InOrder(register.Rank(v.Sort, Sorts()), register.LatestFirst(v.Since))}}
	if p.Ended.On.Known() {
		d.State = "ended"
	}
	for _, m := range v.Members {
		d.Codes["member"] = append(d.Codes["member"], m.String())
	}
	if v.Activity != "" {
		d.Codes["activity"] = []string{v.Activity}
	}
	return d
}

func guard(g *store.Guarding, p Partnership, e journal.Entry) error {
	var fs fault.Fields
	var err error
	switch e.Type {
	case DescribedType:
		var v Described
		v, err = journal.In[Described](e)
		v.asks().Check(&fs, g)
	case EndedType:
		if !p.Exists() {
			return fault.New(fault.NotFound, "store.not_found")
		}
		var v Ended
		v, err = journal.In[Ended](e)
		if v.Asks("partnership").Check(&fs, g); v.On.Known() && v.On.Before(p.Described.Since) {
			fs.Add("on", "partnership.want.date")
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}
