// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// Keeping says how long the agreement keeps who wrote, initialled and signed it, and the signed file: from its end, which may be
// known while it is still in force, and of one that nobody has signed from the last step. One in force without an end keeps them.
func (a Agreement) Keeping() retention.Line {
	from := time.Time{}
	switch {
	case a.Ended.On.Known():
		from = a.Ended.On.Last()
	case a.Force.Until.Known():
		from = a.Force.Until.Last()
	case a.Signature.File == "" && len(a.History) > 0:
		from = a.History[len(a.History)-1].At
	}
	return a.Retention.Line(retention.Signers, from, a.names())
}

// KeepingPast gives what was decided about that.
func (a Agreement) KeepingPast() []retention.Step { return a.Retention.Steps }

// names says whether somebody is named in it, or its signed file lies here.
func (a Agreement) names() bool {
	return len(a.Held) > 0 || a.Initials.By != "" || a.Signature.By != "" || a.SignedThere.By != "" ||
		slices.ContainsFunc(a.Versions, func(v Kept) bool { return v.By != "" }) || slices.ContainsFunc(a.Consents, func(c Consent) bool { return c.By != "" })
}

// forget leaves no names in the state once they are erased: entries from before hold them among what is internal, which no key of
// its own seals.
func (a *Agreement) forget(e journal.Entry) {
	if !retention.Erases(e.Type) {
		return
	}
	a.Versions, a.Consents, a.History = slices.Clone(a.Versions), slices.Clone(a.Consents), slices.Clone(a.History)
	for i := range a.Versions {
		a.Versions[i].By = ""
	}
	for i := range a.Consents {
		a.Consents[i].By = ""
	}
	for i, x := range a.History {
		if slices.Contains(naming, x.Type) {
			a.History[i].Text = ""
		}
	}
	a.Initials.By, a.Signature.By, a.SignedThere.By = "", "", ""
	a.Held, a.Signature.Copy = nil, false
}

// naming lists the entry types that say who did something.
var naming = []string{DraftedType, DraftedThere, AgreedType, AgreedThere, InitialledType, SignedType, SignedThereType}
