// SPDX-License-Identifier: EUPL-1.2

package casework

import "slices"

// Closed lists of this room: what forms offer, guards ask for and screens put into words ("casework.<list>.<code>").
var (
	channels      = []string{"call", "sms", "app", "through", "visit"}
	sorts         = []string{"account", "health", "legal", "stay"}
	errands       = []string{"call", "meet", "interpreter", "document", "appointment", "inform_rights", "screen_again", "follow_up", "other"}
	tracks        = []string{"identification", "reflection", "services", "stay", "child", "justice", "return"}
	closeReasons  = []string{"goals_met", "person_wish", "moved", "contact_lost", "mistake", "other"}
	reopenReasons = []string{"person_back", "new_fact", "mistake"}
	documentSorts = []string{"passport", "identity_card", "residence", "birth", "other"}
)

// Channels lists the ways to reach a person.
func Channels() []string { return slices.Clone(channels) }

// Sorts lists the sorts of notes; each is a data category of its own.
func Sorts() []string { return slices.Clone(sorts) }

// Errands lists what a task can be.
func Errands() []string { return slices.Clone(errands) }

// Tracks lists the seven tracks in the order of the screen.
func Tracks() []string { return slices.Clone(tracks) }

// CloseReasons and ReopenReasons list why a file is closed and reopened.
func CloseReasons() []string  { return slices.Clone(closeReasons) }
func ReopenReasons() []string { return slices.Clone(reopenReasons) }

// DocumentSorts lists the sorts of identity documents.
func DocumentSorts() []string { return slices.Clone(documentSorts) }
