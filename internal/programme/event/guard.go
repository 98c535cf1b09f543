// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// job is the background principal that brings what other offices send.
const job = "post"

// brought lists the entry types that other offices' messages bring: at the host, and in an office that is invited.
var (
	broughtToHost = []string{NominatedType, DetailedType, WithdrawnType, RegrettedType, ArrivedType, CapturedType}
	broughtHere   = []string{InvitationType, ReminderType, DecidedType}
)

// written lists those that people write in an office that is invited; at the host they write all but what arrives.
var written = []string{NominatedType, WithdrawnType, RegrettedType, CapturedType}

func guard(g *store.Guarding, e Event, x journal.Entry, done Done) error {
	if retention.Is(x.Type) {
		return retention.Guard(g, e.Keeping(), x)
	}
	post := g.Actor.Job == job
	first := x.Type == DescribedType && !post || x.Type == InvitationType && post
	switch {
	case !e.Exists() && !first:
		return fault.New(fault.NotFound, "store.not_found")
	case e.Hosted() && x.Type == InvitationType, e.Invited() && x.Type == DescribedType:
		return fault.New(fault.Invalid, "fault.invalid")
	case x.Type == InvitationType || x.Type == ReminderType || e.Invited():
		return guardInvited(g, e, x, post)
	case post && !slices.Contains(broughtToHost, x.Type), !post && (x.Type == ArrivedType || x.Type == DetailedType):
		return fault.New(fault.Guarded, "event.guard.post")
	case e.Standing == Cancelled && slices.Contains([]string{RemindedType, AttendedType, HeldType, CapturedType}, x.Type):
		return fault.New(fault.Guarded, "event.guard.cancelled")
	}
	var fs fault.Fields
	if err := checkHosted(&fs, g, e, x, done); err != nil {
		return err
	}
	return fs.Err()
}

// checkHosted reads one entry of the host; what is wrong with its fields goes to fs.
func checkHosted(fs *fault.Fields, g *store.Guarding, e Event, x journal.Entry, done Done) error {
	switch x.Type {
	case DescribedType:
		return read(x, func(v Described) error { v.check(fs); return organisers(fs, g, v) })
	case SessionType:
		return read(x, func(v SessionSet) error { v.check(fs, e); return nil })
	case DroppedType:
		return read(x, func(v SessionDropped) error { return dropped(e, v) })
	case GroupType:
		return read(x, func(v GroupSet) error { v.check(fs, e); return nil })
	case QuotaType:
		return read(x, func(v QuotaSet) error { v.check(fs); return quota(g, e, v) })
	case InvitedType:
		return read(x, func(v Invited) error { return invited(e, v) })
	case RemindedType:
		return read(x, func(v Reminded) error { return reminded(e, v) })
	case NominatedType, DetailedType, WithdrawnType, RegrettedType, DecidedType:
		return people(fs, g, e, x)
	case AttendedType:
		return read(x, func(v Attended) error { attended(fs, e, v); return nil })
	case HeldType:
		return read(x, func(v Held) error { return held(fs, g, e, v, done) })
	case CancelledType, ReopenedType:
		return read(x, func(v Ended) error { reason(fs, v.Reason); return ended(e, x.Type) })
	}
	return noted(fs, g, e, x)
}

// read decodes an entry's payload for a check.
func read[T any](x journal.Entry, check func(T) error) error {
	v, err := journal.In[T](x)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return check(v)
}

// organisers: those that an event names are records of this office.
func organisers(fs *fault.Fields, g *store.Guarding, v Described) error {
	for _, id := range v.CoOrganisers {
		if _, err := g.Other(access.KindOrganisation, id); fault.Is(err, fault.NotFound) {
			fs.Add("co_organisers", "event.want.organisation")
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// dropped: what somebody has attended, or noted something under, stays.
func dropped(e Event, v SessionDropped) error {
	if _, is := e.Session(v.Session); !is {
		return fault.Bad("session", "event.want.session")
	}
	if len(e.Presence[v.Session]) > 0 || slices.ContainsFunc(e.Notes.List, func(n Note) bool { return n.Session == v.Session }) {
		return fault.New(fault.Guarded, "event.guard.used")
	}
	return nil
}

// quota: no seat is taken from somebody who has it, and whom a country has named stays its office's.
func quota(g *store.Guarding, e Event, v QuotaSet) error {
	if v.Seats < len(e.Of(v.Country, Accepted)) {
		return fault.New(fault.Guarded, "event.guard.seats")
	}
	if v.Office == g.Owner {
		return fault.Bad("office", "event.want.office")
	}
	if q, is := e.Quota(v.Country); is && q.Office != v.Office && len(e.Of(v.Country, Proposed, Accepted)) > 0 {
		return fault.New(fault.Guarded, "event.guard.office")
	}
	return nil
}

func invited(e Event, v Invited) error {
	if q, is := e.Quota(v.Country); !is || v.Sequence != e.Sequence || q.Seats == 0 {
		return fault.New(fault.Conflict, "event.guard.changed")
	}
	return nil
}

func reminded(e Event, v Reminded) error {
	switch q, is := e.Quota(v.Country); {
	case !is || q.Sequence == 0:
		return fault.New(fault.Guarded, "event.guard.not_asked")
	case e.Answered(v.Country):
		return fault.New(fault.Guarded, "event.guard.answered")
	}
	return nil
}

// people: a country's own office speaks of its people, or a letter of a country without one.
func people(fs *fault.Fields, g *store.Guarding, e Event, x journal.Entry) error {
	post := g.Actor.Job == job
	switch x.Type {
	case NominatedType:
		return read(x, func(v Nominated) error {
			v.check(fs, !post)
			if _, is := e.Group(v.Group); !v.Group.IsZero() && !is {
				fs.Add("group", "event.want.group")
			}
			if p, is := e.Find(v.Person); is && p.Known && (p.Country != v.Country || p.Office != v.Office) {
				return fault.New(fault.Denied, "event.guard.other_office")
			}
			return speaks(e, v.Country, v.Office, post)
		})
	case DetailedType:
		return read(x, func(v Detailed) error { naming(fs, v.Name, v.Email); return ofOffice(e, v.Person, v.Office) })
	case WithdrawnType:
		return read(x, func(v Withdrawn) error {
			if !short(v.Reason, maxNote) {
				fs.Add("reason", "event.want.reason", "Max", maxNote)
			}
			if !post { // by letter or telephone, for a country without an office
				return byLetter(e, v.Person)
			}
			return ofOffice(e, v.Person, v.Office)
		})
	case RegrettedType:
		return read(x, func(v Regretted) error { reason(fs, v.Reason); return speaks(e, v.Country, v.Office, post) })
	}
	return read(x, func(v Decided) error { return decided(fs, e, v) })
}

// speaks: an office that is asked speaks for its country only; a person here types in what a country without one writes.
func speaks(e Event, country string, office journal.ID, post bool) error {
	q, is := e.Quota(country)
	switch {
	case !is:
		return fault.New(fault.Guarded, "event.guard.not_asked")
	case post && (office.IsZero() || q.Office != office):
		return fault.New(fault.Denied, "event.guard.other_office")
	case !post && (!q.Office.IsZero() || !office.IsZero()):
		return fault.New(fault.Guarded, "event.guard.has_office")
	}
	return nil
}

// ofOffice: what comes of a person comes from the office that sent them. A name may come before its nomination.
func ofOffice(e Event, person, office journal.ID) error {
	p, is := e.Find(person)
	if is && p.Known && p.Office == office {
		return nil
	}
	asked := slices.ContainsFunc(e.Quotas, func(q Quota) bool { return q.Office == office })
	if office.IsZero() || !asked || is && p.Known {
		return fault.New(fault.Denied, "event.guard.other_office")
	}
	return nil
}

func byLetter(e Event, person journal.ID) error {
	p, is := e.Find(person)
	if !is || !p.Known {
		return fault.Bad("person", "event.want.person")
	}
	if !p.Office.IsZero() {
		return fault.New(fault.Guarded, "event.guard.has_office")
	}
	return nil
}

func decided(fs *fault.Fields, e Event, v Decided) error {
	p, is := e.Find(v.Person)
	switch {
	case !is || !p.Known:
		return fault.Bad("person", "event.want.person")
	case p.State == Gone:
		return fault.New(fault.Guarded, "event.guard.gone")
	case !v.Accepted && e.AttendedBy(v.Person) > 0:
		return fault.New(fault.Guarded, "event.guard.came")
	}
	if !v.Accepted {
		reason(fs, v.Reason)
		return nil
	}
	if q, _ := e.Quota(p.Country); p.State != Accepted && len(e.Of(p.Country, Accepted)) >= q.Seats {
		return fault.New(fault.Guarded, "event.guard.full")
	}
	return nil
}

func attended(fs *fault.Fields, e Event, v Attended) {
	if _, is := e.Session(v.Session); !is {
		fs.Add("session", "event.want.session")
	}
	if p, is := e.Find(v.Person); !is || p.State != Accepted {
		fs.Add("person", "event.want.accepted")
	}
	if !slices.Contains([]Mode{InPerson, Online, Absent}, v.How) {
		fs.Add("how", "event.want.mode")
	}
}

// held: an event has been held when its last day has come and what its activity depends on is done.
func held(fs *fault.Fields, g *store.Guarding, e Event, v Held, done Done) error {
	if !v.On.Known() || v.On.First().After(g.Now) {
		fs.Add("on", "event.want.held")
	}
	if e.Standing != Planned {
		return fault.New(fault.Guarded, "event.guard."+string(e.Standing))
	}
	if e.Described.Activity == "" {
		return nil
	}
	of, err := g.Other(access.KindActivity, activity.Ref(g.Owner, e.Described.Activity).ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, code := range of.(activity.Activity).Facts().DependsOn {
		switch is, err := done(g, code); {
		case err != nil && !fault.Is(err, fault.NotFound):
			return err
		case !is:
			return fault.New(fault.Guarded, "event.guard.depends", "Code", code)
		}
	}
	return nil
}

func ended(e Event, typ string) error {
	if typ == ReopenedType && e.Standing == Planned || typ == CancelledType && e.Standing != Planned {
		return fault.New(fault.Guarded, "event.guard."+string(e.Standing))
	}
	return nil
}

// noted guards what is written down during an event and after it.
func noted(fs *fault.Fields, g *store.Guarding, e Event, x journal.Entry) error {
	missing := fault.Bad("note", "event.want.note")
	switch x.Type {
	case CapturedType:
		return read(x, func(v Captured) error { v.check(fs, e); return noter(g, e, v) })
	case JoinedType:
		return read(x, func(v Joined) error {
			a, one := e.Notes.Find(v.Note)
			b, two := e.Notes.Find(v.Into)
			switch {
			case !one || !two:
				return missing
			case v.Note == v.Into || a.Take != b.Take || !a.Into.IsZero() || !b.Into.IsZero() || len(a.With) > 0 || !a.Record.IsZero(): // no ring, and nothing that has a record
				return fault.New(fault.Guarded, "event.guard.join")
			}
			return nil
		})
	case ApartType:
		return read(x, func(v Apart) error {
			_, one := e.Notes.Find(v.Note)
			if _, two := e.Notes.Find(v.Other); !one || !two || v.Note == v.Other {
				return missing
			}
			return nil
		})
	case FiledType:
		return read(x, func(v Filed) error {
			n, is := e.Notes.Find(v.Note)
			if !is || v.Record.IsZero() || !n.Into.IsZero() {
				return missing
			}
			return nil
		})
	case MinutedType:
		return read(x, func(v Minuted) error { v.Text.Check(fs, "text", true, MaxText); return nil })
	case ApprovedType:
		return read(x, func(v Approved) error {
			switch {
			case v.Mark != e.Mark():
				return fault.New(fault.Conflict, "event.guard.minutes")
			case len(e.Notes.Alike()) > 0:
				return fault.New(fault.Guarded, "event.guard.alike")
			}
			return nil
		})
	}
	return nil
}

// noter: people here note for this office; what comes from another one is of an office that sends somebody, under a
// session to which it is admitted, and gives an action to nobody but itself.
func noter(g *store.Guarding, e Event, v Captured) error {
	other := fault.New(fault.Denied, "event.guard.other_office")
	if g.Actor.Job != job {
		if !v.Office.IsZero() {
			return other
		}
		return nil
	}
	if v.Office.IsZero() || !v.OwnerOffice.IsZero() && v.OwnerOffice != v.Office {
		return other
	}
	s, _ := e.Session(v.Session)
	mayNote := func(q Quota) bool { // an office may speak for several countries
		return q.Office == v.Office && len(e.Of(q.Country, Accepted)) > 0 && (!s.Closed || e.Admits(s, q.Country))
	}
	if !slices.ContainsFunc(e.Quotas, mayNote) {
		return other
	}
	theirs := 0
	for _, n := range e.Notes.List {
		if n.Office == v.Office {
			theirs++
		}
	}
	if theirs >= mostNotes {
		return fault.New(fault.TooMuch, "event.guard.many_notes", "Max", mostNotes)
	}
	return nil
}

// mostNotes is how many notes the host takes of one invited office: a meeting's, and not what fills its file.
const mostNotes = 300

// guardInvited guards the dossier of an invitation: the host alone changes it, and this office's own people are its own.
func guardInvited(g *store.Guarding, e Event, x journal.Entry, post bool) error {
	if post && !slices.Contains(broughtHere, x.Type) || !post && !slices.Contains(written, x.Type) {
		return fault.New(fault.Guarded, "event.guard.post")
	}
	var fs fault.Fields
	err := checkInvited(&fs, g, e, x)
	if err != nil {
		return err
	}
	return fs.Err()
}

func checkInvited(fs *fault.Fields, g *store.Guarding, e Event, x journal.Entry) error {
	host := e.Invitation.From
	other := fault.New(fault.Denied, "event.guard.other_office")
	switch x.Type {
	case InvitationType:
		return read(x, func(v Invitation) error {
			v.check(fs)
			if e.Invited() && (v.From != host || v.Event != e.Invitation.Event) {
				return other
			}
			return nil
		})
	case ReminderType:
		return read(x, func(v Reminder) error {
			if !e.Invited() || v.From != host {
				return other
			}
			return nil
		})
	case DecidedType:
		return read(x, func(v Decided) error {
			if _, is := e.Find(v.Person); !is || v.Office != host {
				return other
			}
			return nil
		})
	case NominatedType:
		return read(x, func(v Nominated) error {
			v.check(fs, true)
			if _, is := e.Group(v.Group); !v.Group.IsZero() && !is {
				fs.Add("group", "event.want.group")
			}
			if v.Country != e.Invitation.Country || v.Office != g.Owner {
				return other
			}
			return open(e, len(e.Of(v.Country, Proposed, Accepted)) >= e.Invitation.Seats)
		})
	case WithdrawnType:
		return read(x, func(v Withdrawn) error {
			p, is := e.Find(v.Person)
			switch {
			case !is || v.Office != g.Owner:
				return other
			case p.State == Gone || p.State == Declined:
				return fault.New(fault.Guarded, "event.guard.gone")
			}
			return nil
		})
	}
	if x.Type == CapturedType {
		return read(x, func(v Captured) error { return notedHere(fs, g, e, v) })
	}
	return read(x, func(v Regretted) error {
		reason(fs, v.Reason)
		if v.Country != e.Invitation.Country || v.Office != g.Owner {
			return other
		}
		if len(e.Of(v.Country, Proposed, Accepted)) > 0 {
			return fault.New(fault.Guarded, "event.guard.answered")
		}
		return open(e, false)
	})
}

// notedHere: whoever takes part may note, under a session whose name this office knows; an action is nobody's yet, or its own.
func notedHere(fs *fault.Fields, g *store.Guarding, e Event, v Captured) error {
	v.check(fs, e)
	if s, is := e.Session(v.Session); is && s.Title.IsZero() {
		fs.Add("session", "event.want.session")
	}
	if !v.Owner.IsZero() || !v.Office.IsZero() || !v.OwnerOffice.IsZero() && v.OwnerOffice != g.Owner {
		fs.Add("owner", "event.want.own_office")
	}
	switch {
	case e.Standing == Cancelled:
		return fault.New(fault.Guarded, "event.guard.cancelled")
	case !e.TakesPart():
		return fault.New(fault.Guarded, "event.guard.nobody_accepted")
	}
	return nil
}

// open: an invitation stands, and has a seat.
func open(e Event, full bool) error {
	switch {
	case e.Standing != Planned:
		return fault.New(fault.Guarded, "event.guard."+string(e.Standing))
	case full:
		return fault.New(fault.Guarded, "event.guard.full")
	}
	return nil
}
