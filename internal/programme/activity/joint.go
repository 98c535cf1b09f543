// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of an activity that two organisations own.
const (
	OwnedType    = "activity.owned"
	ApprovedType = "activity.approved"
	SharedType   = "activity.shared" // in the second owner's office
)

// Owner is one of two organisations to which an activity belongs. Office is its own office, where it has one that is not this.
type Owner struct {
	Organisation journal.ID `json:"organisation"`
	Office       journal.ID `json:"office,omitzero"`
}

// Owned is the payload of activity.owned: the two owners, or none. Naming others begins the approval anew.
type Owned struct {
	Owners []Owner `json:"owners,omitempty" part:"PP"`
}

// Approved is the payload of activity.approved: what an owner says to the activity in its exact words.
type Approved struct {
	Organisation journal.ID `json:"organisation,omitzero" part:"PP"` // none in the second owner's office, whose word it is
	Mark         string     `json:"mark" part:"PP"`
	Yes          bool       `json:"yes" part:"PP"`
	Reason       string     `json:"reason,omitempty" part:"PP"` // of a no
	From         journal.ID `json:"from,omitzero" part:"PP"`    // the owner's office, where it has one
}

// Approval is who said it, and when.
type Approval struct {
	Approved
	By journal.ID
	At time.Time
}

// Joint is how an activity of two owners stands with them.
type Joint struct {
	Owners    []Owner
	Approvals []Approval
}

// Standing is where the approval of two owners stands.
type Standing string

// The closed list. Alone is an activity of one owner.
const (
	Alone    Standing = ""
	Awaiting Standing = "awaiting"
	Agreed   Standing = "agreed"
	Refused  Standing = "refused"
)

// Standings lists those of an activity with two owners.
func Standings() []Standing { return []Standing{Awaiting, Agreed, Refused} }

// Mark gives a short name of the exact words that owners approve: what the activity is, with whom, where, when and for how much.
// How it goes on and what comes of it need no approval.
func (a Activity) Mark() string {
	f := a.Facts()
	var words []string
	for _, name := range []string{"title", "what", "kind", "priorities", "pillars", "countries", "region", "scope", "start", "end", "phases", "funder", "amount", "partners", "part_of", "depends_on"} {
		words = append(words, name, bytesOf(f.field(name)))
	}
	h := sha256.Sum256([]byte(strings.Join(words, "\n")))
	return hex.EncodeToString(h[:8])
}

// Approval gives what an owner has said to the activity as it stands; ok is false where that was about other words or nothing.
func (a Activity) Approval(organisation journal.ID) (Approval, bool) {
	mark := a.Mark()
	for _, x := range slices.Backward(a.Joint.Approvals) {
		if x.Organisation == organisation {
			return x, x.Mark == mark
		}
	}
	return Approval{}, false
}

// Standing gives where the approval of its owners stands.
func (a Activity) Standing() Standing {
	if len(a.Joint.Owners) == 0 {
		return Alone
	}
	out := Agreed
	for _, o := range a.Joint.Owners {
		switch x, ok := a.Approval(o.Organisation); {
		case ok && !x.Yes:
			return Refused
		case !ok:
			out = Awaiting
		}
	}
	return out
}

// goesAhead says whether a status means that an activity is no longer only planned.
func goesAhead(s Status) bool {
	return !slices.Contains([]Status{"", "planned", "postponed", "cancelled"}, s)
}

// mayGoAhead: an activity of two owners goes ahead once both have approved it as it stands.
func mayGoAhead(a Activity, s Status) error {
	if st := a.Standing(); goesAhead(s) && s != a.Status() && st != Alone && st != Agreed {
		return fault.New(fault.Guarded, "programme.guard.joint."+string(st))
	}
	return nil
}

func (v Owned) check(fs *fault.Fields, g *store.Guarding, a Activity) error {
	if a.Code() == "" {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if len(v.Owners) != 0 && (len(v.Owners) != 2 || v.Owners[0].Organisation == v.Owners[1].Organisation || !v.Owners[0].Office.IsZero() || v.Owners[1].Office == g.Owner) {
		fs.Add("second", "programme.need.owners")
		return nil
	}
	for _, o := range v.Owners {
		if _, err := g.Other(access.KindOrganisation, o.Organisation); fault.Is(err, fault.NotFound) {
			fs.Add("second", "programme.need.owners")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// check: an owner with an office of its own says it there, and only that office is heard; in one office two people say it for two
// organisations.
func (v Approved) check(fs *fault.Fields, g *store.Guarding, a Activity) error {
	if !v.Yes && strings.TrimSpace(v.Reason) == "" || wording.Longer(v.Reason, maxReason) {
		fs.Add("reason", "programme.need.reason", "Max", maxReason)
	}
	if a.Shared.Code != "" {
		if g.Actor.Job != "" || !v.From.IsZero() || v.Mark != a.Shared.Mark {
			return fault.New(fault.Guarded, "programme.guard.moved")
		}
		return nil
	}
	at := slices.IndexFunc(a.Joint.Owners, func(o Owner) bool { return o.Organisation == v.Organisation })
	if at < 0 {
		return fault.New(fault.Guarded, "programme.guard.no_owner")
	}
	if office := a.Joint.Owners[at].Office; !office.IsZero() || g.Actor.Job != "" {
		if g.Actor.Job != "post" || office.IsZero() || v.From != office {
			return fault.New(fault.Denied, "programme.guard.other_office")
		}
		return nil // what is about earlier words is kept, and counts for nothing
	}
	if v.Mark != a.Mark() || !v.From.IsZero() {
		return fault.New(fault.Guarded, "programme.guard.moved")
	}
	for _, o := range a.Joint.Owners {
		if x, ok := a.Approval(o.Organisation); ok && o.Organisation != v.Organisation && x.By == g.Actor.ID {
			return fault.New(fault.Guarded, "programme.guard.two_people")
		}
	}
	return nil
}

// SharedRef names the dossier of an activity that another office shares. That office is in it, so that nobody can write into
// another's.
func SharedRef(owner, from journal.ID, code string) store.Ref {
	return store.Ref{Kind: access.KindActivity, ID: provenance.ID("activity.shared", owner.String(), from.String(), code)}
}
