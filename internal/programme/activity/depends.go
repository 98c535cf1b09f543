// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Report is what the record of a study says: whether its report is there.
type Report interface{ IsDelivered() bool }

// Ready says whether what another activity needs of this one is there: of a study, its report, where the office keeps a record of
// the study; else that the activity is done. Errors: NotFound for an activity that the office does not have, and what the store
// gives.
func Ready(g *store.Guarding, code string) (bool, error) {
	ids, err := g.Find(access.KindStudy, "activity", code)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		o, err := g.Other(access.KindStudy, id)
		if err != nil {
			return false, err
		}
		if r, ok := o.(Report); ok && r.IsDelivered() {
			return true, nil
		}
	}
	if len(ids) > 0 {
		return false, nil
	}
	o, err := g.Other(access.KindActivity, Ref(g.Owner, code).ID)
	if err != nil {
		return false, err
	}
	a, _ := o.(Activity)
	return a.Status().Done(), nil
}

// readyToHold: an event on a study may be held once the study is delivered. What the source itself says was held stays so.
func readyToHold(g *store.Guarding, a Activity) error {
	for _, code := range a.Facts().DependsOn {
		o, err := g.Other(access.KindActivity, Ref(g.Owner, code).ID)
		if fault.Is(err, fault.NotFound) {
			continue // the source names it, and nothing more is known of it
		}
		if err != nil {
			return err
		}
		if x, ok := o.(Activity); !ok || x.Facts().Kind != "study" {
			continue
		}
		if ready, err := Ready(g, code); err != nil || !ready {
			if err == nil {
				err = fault.New(fault.Guarded, "programme.guard.study", "Code", code)
			}
			return err
		}
	}
	return nil
}
