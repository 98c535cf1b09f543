// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// activityDone says whether an activity is done, so that an event that depends on it may be held.
func activityDone(g *store.Guarding, code string) (bool, error) {
	o, err := g.Other(access.KindActivity, activity.Ref(g.Owner, code).ID)
	if err != nil {
		return false, err
	}
	return o.(activity.Activity).Status().Done(), nil
}
