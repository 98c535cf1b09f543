// SPDX-License-Identifier: EUPL-1.2

package material

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Line is what a list shows of a material.
type Line struct {
	Described
	State State     `json:"state" part:"PP"`
	In    []In      `json:"in,omitempty" part:"PP"`
	Last  []Counted `json:"last,omitempty" part:"PP"` // of each measure, what was counted last
}

// Row is a material in a list.
type Row = register.Found[Line]

// StoreKind gives the dossier kind "material".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Material]{
		Name: access.KindMaterial, Base: journal.PP, Codes: []string{"sort", "country", "state", "language", "activity", "campaign", "published", register.OrderCode}, Derives: 1,
		Types: []store.Type{
			{Name: DescribedType, Payload: Described{}, Overlap: new(Described).asks(nil).Names()},
			{Name: PublishedType, Payload: PublishedIn{}},
			{Name: CountedType, Payload: Counted{}},
			{Name: WithdrawnType, Payload: Ended{}},
		},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

// Summary gives what a list shows of a material.
func (m Material) Summary() Line {
	l := Line{Described: m.Described, State: m.State(), In: m.Languages()}
	for _, c := range slices.Backward(m.Counted) {
		if !slices.ContainsFunc(l.Last, func(x Counted) bool { return x.Measure == c.Measure }) {
			l.Last = append(l.Last, c)
		}
	}
	inorder.By(l.Last, func(a, b Counted) int { return strings.Compare(string(a.Measure), string(b.Measure)) })
	return l
}

func derive(m Material) store.Derived {
	if !m.Exists() {
		return store.Derived{}
	}
	v := m.Described
	d := store.Derived{State: string(m.State()), Summary: m.Summary(), Codes: map[string][]string{"sort": {string(v.Sort)}, "country": v.Countries, "state": {string(m.State())},
		register.OrderCode: register.InOrder(register.Rank(v.Sort, []Sort{Campaign}), register.Rank(v.Sort, Sorts()), register.LatestFirst(v.Since))}}
	if len(m.Languages()) > 0 {
		d.Codes["published"] = []string{"yes"}
	}
	for _, in := range m.Languages() {
		d.Codes["language"] = append(d.Codes["language"], in.Language)
	}
	if v.Activity != "" {
		d.Codes["activity"] = []string{v.Activity}
	}
	if !v.Campaign.IsZero() {
		d.Codes["campaign"] = []string{v.Campaign.String()}
	}
	return d
}

func guard(g *store.Guarding, m Material, e journal.Entry) error {
	if e.Type != DescribedType && !m.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if err := may(e.Type)(m); err != nil {
		return err
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case DescribedType:
		var v Described
		v, err = journal.In[Described](e)
		v.asks(nil).Check(&fs, g)
		if err == nil {
			err = known(&fs, g, m, v)
		}
	case PublishedType:
		var v PublishedIn
		v, err = journal.In[PublishedIn](e)
		v.asks().Check(&fs, g)
		past(&fs, v.On, e.OccurredAt)
	case CountedType:
		var v Counted
		v, err = journal.In[Counted](e)
		v.asks().Check(&fs, g)
		past(&fs, v.On, e.OccurredAt)
	case WithdrawnType:
		var v Ended
		v, err = journal.In[Ended](e)
		v.Asks("material").Check(&fs, g)
		past(&fs, v.On, e.OccurredAt)
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

// may says what can follow: a campaign is not published, and what is withdrawn is not withdrawn again.
func may(typ string) func(Material) error {
	return func(m Material) error {
		switch {
		case typ == PublishedType && m.Described.Sort == Campaign:
			return fault.New(fault.Guarded, "material.guard.campaign")
		case typ == WithdrawnType && m.State() == Withdrawn:
			return fault.New(fault.Guarded, "material.guard.withdrawn")
		}
		return nil
	}
}

// known: the campaign is another record that is one, and what was published does
// not become a campaign.
func known(fs *fault.Fields, g *store.Guarding, m Material, v Described) error {
	if v.Sort == Campaign && len(m.Published) > 0 {
		fs.Add("sort", "material.guard.campaign")
	}
	if v.Campaign.IsZero() {
		return nil
	}
	other, err := g.Other(access.KindMaterial, v.Campaign)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if c, ok := other.(Material); !ok || c.Described.Sort != Campaign || v.Campaign == m.ID {
		fs.Add("campaign", "material.want.campaign")
	}
	return nil
}

// InLanguage is how many materials were published in a language.
type InLanguage struct {
	Language string
	N        int
}

// inLanguages lists languages, those of most materials first.
func inLanguages(n map[string]int) []InLanguage {
	var by []InLanguage
	for tag, n := range n {
		by = append(by, InLanguage{Language: tag, N: n})
	}
	inorder.By(by, func(a, b InLanguage) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Language, b.Language)
	})
	return by
}
