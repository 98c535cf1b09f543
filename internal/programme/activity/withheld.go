// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// WithheldType is the entry type of a decision on what is published of a partner.
const WithheldType = "activity.withheld"

// maxReason is the longest reason, in characters.
const maxReason = 2000

// Withheld is the payload of activity.withheld: whether a partner's name, and where the activity is, are kept out of what is
// published of it, because naming them endangers people. It replaces what was decided on the same partner before. What the source
// printed stays on record: this is about what leaves the office from now on.
type Withheld struct {
	Organisation journal.ID `json:"organisation" part:"PP"`
	Partner      bool       `json:"partner" part:"PP"`
	Place        bool       `json:"place" part:"PP"`
	Reason       string     `json:"reason" part:"PI"`
}

// Withholds says whether a partner's name is kept out of what is published.
func (a Activity) Withholds(organisation journal.ID) bool {
	return slices.ContainsFunc(a.Withheld, func(w Withheld) bool { return w.Organisation == organisation && w.Partner })
}

// PlaceWithheld says whether where the activity is is kept out of what is published.
func (a Activity) PlaceWithheld() bool {
	return slices.ContainsFunc(a.Withheld, func(w Withheld) bool { return w.Place })
}

// Withholds is Activity.Withholds for a list's row.
func (l Line) Withholds(organisation journal.ID) bool {
	return slices.Contains(l.Withheld, organisation)
}

func (a *Activity) withhold(v Withheld) {
	a.Withheld = slices.DeleteFunc(slices.Clone(a.Withheld), func(w Withheld) bool { return w.Organisation == v.Organisation })
	a.Withheld = append(a.Withheld, v)
}

func (a Activity) withheld() []journal.ID {
	var out []journal.ID
	for _, w := range a.Withheld {
		if w.Partner {
			out = append(out, w.Organisation)
		}
	}
	return out
}

func (v Withheld) check(fs *fault.Fields, a Activity) {
	f := a.Facts()
	named := f.Funder == v.Organisation || slices.ContainsFunc(f.Partners, func(p Partner) bool { return p.Organisation == v.Organisation })
	if v.Organisation.IsZero() || !named {
		fs.Add("organisation", "programme.need.partner")
	}
	if v.Reason == "" || wording.Longer(v.Reason, maxReason) {
		fs.Add("reason", "programme.need.reason", "Max", maxReason)
	}
}

// Withhold writes what was decided on a partner of an activity. An activity that does not name the organisation has nothing to
// keep out, and one that says so already is left as it is. Errors: what the store gives.
func Withhold(ctx context.Context, s *store.Store, w store.Who, code string, v Withheld) error {
	_, err := s.Update(ctx, w, Ref(w.Actor.Owner, code), func(state any) ([]store.Draft, error) {
		a := state.(Activity)
		var fs fault.Fields
		if v.check(&fs, a); len(fs) > 0 && fs[0].Name == "organisation" || a.Withholds(v.Organisation) == v.Partner && a.PlaceWithheld() == v.Place {
			return nil, nil
		}
		return []store.Draft{{Type: WithheldType, Payload: v}}, nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil // there is no such activity here
	}
	return err
}
