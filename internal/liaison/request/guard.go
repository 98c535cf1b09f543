// SPDX-License-Identifier: EUPL-1.2

package request

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Which types only the post writes, and which belong to the office that asks.
var (
	byPost = []string{ReceivedType, CorrectedType, RecalledType, AskedAgainType, TimeSaidType, HeardType, SeenThereType, TimeAskedType, ReturnedType, ErasedThereType}
	asking = []string{DraftedType, SentType, WithdrawnType, RemindedType, DecidedType, HeardType, SeenThereType, TimeAskedType, ReturnedType, ErasedThereType}
)

// from lists the statuses in which people may write an entry of a type.
var from = map[string][]Status{
	DraftedType: {Drafted, Returned, Sent, Accepted, Partly, Answered}, SentType: {Drafted, Returned, Sent, Accepted, Partly, Answered}, WithdrawnType: {Drafted, Sent, Returned, Accepted, Partly, Answered},
	RemindedType: {Sent, Accepted, Partly}, DecidedType: {Sent, Accepted, Partly},
	TakenType: {Received, Accepted, Partly}, AcceptedType: {Received}, RefusedType: {Received, Accepted}, AnsweredType: {Accepted, Partly}, SeenType: {Received, Accepted, Partly, Answered}, ExtendType: {Received, Accepted, Partly},
}

// Categories lists what a request holds.
func (a Asked) Categories() []journal.Category {
	out := []journal.Category{journal.D0}
	if a.Legal != nil {
		out = append(out, journal.D6)
	}
	if a.Subject != nil || a.Facts != "" {
		out = append(out, journal.D8)
	}
	return out
}

// Categories lists what an answer holds.
func (v Said) Categories() []journal.Category {
	if v.Report == "" {
		return []journal.Category{journal.D0}
	}
	return []journal.Category{journal.D0, journal.D8}
}

func guard(g *store.Guarding, s State, e journal.Entry, covers Covers) error {
	first := []string{DraftedType, ReceivedType, RecalledType} // a recall can be here before its request
	switch {
	case slices.Contains(byPost, e.Type) != (g.Actor.Job == "post"):
		return fault.New(fault.Denied, "request.guard.part")
	case !s.Exists() && !slices.Contains(first, e.Type):
		return fault.New(fault.NotFound, "store.not_found")
	case s.Exists() && (slices.Contains(asking, e.Type) != s.Here() || e.Type == ReceivedType):
		return fault.New(fault.Denied, "request.guard.part")
	}
	if ss, bound := from[e.Type]; bound && s.Exists() && !slices.Contains(ss, s.Status()) {
		return fault.New(fault.Guarded, "request.guard.status")
	}
	var fs fault.Fields
	if err := check(&fs, g, s, e, covers); err != nil {
		return err
	}
	return fs.Err()
}

// check reads one entry; what is wrong with its fields goes to fs.
func check(fs *fault.Fields, g *store.Guarding, s State, e journal.Entry, covers Covers) error {
	switch e.Type {
	case DraftedType:
		return read(e, func(v Draft) error { return v.check(fs, g, s) })
	case SentType: // what one person has drafted, another one sends
		if g.Actor.ID == s.By || g.Actor.ID != s.Draft.Second {
			return fault.New(fault.Guarded, "request.guard.second")
		}
		return read(e, func(v Sending) error {
			if !s.Unsent {
				return fault.New(fault.Guarded, "request.guard.status")
			}
			if v.To != s.Draft.To {
				fs.Add("to", "request.want.office")
			}
			return covers(g, s.Draft.To, s.Draft.Categories())
		})
	case ReceivedType, CorrectedType:
		return read(e, func(v Came) error {
			v.Asked.check(fs, time.Time{})
			if v.From.IsZero() || v.Version < 1 || e.Type == CorrectedType && v.Version <= s.Version {
				fs.Add("version", "request.want.choice")
			}
			return nil
		})
	case WithdrawnType, RecalledType:
		return read(e, func(v Ended) error { among(fs, "reason", Withdrawals(), v.Reason); return nil })
	case RemindedType:
		if !conversation.MayRemind(s.Reminded, g.Now) {
			return fault.New(fault.Guarded, "request.guard.reminded")
		}
	case DecidedType:
		return read(e, func(v Decision) error {
			if !s.Wanting() || v.Due != s.Extension.Due {
				return fault.New(fault.Guarded, "request.guard.status")
			}
			return nil
		})
	default:
		return s.checkThere(fs, g, e)
	}
	return nil
}

// checkThere reads an entry of the office that is asked, or what the post brings of it: whoever works on a request speaks
// for that office.
func (s State) checkThere(fs *fault.Fields, g *store.Guarding, e journal.Entry) error {
	if slices.Contains([]string{AcceptedType, RefusedType, AnsweredType, SeenType, ExtendType}, e.Type) && s.Worker != g.Actor.ID {
		return fault.New(fault.Guarded, "request.guard.worker")
	}
	switch e.Type {
	case TakenType:
		return read(e, func(v Taken) error {
			if v.Worker != g.Actor.ID {
				fs.Add("worker", "request.want.worker")
			}
			return nil
		})
	case AcceptedType, RefusedType, AnsweredType, HeardType:
		return read(e, func(v Said) error { return v.check(fs, s, e.Type) })
	case SeenType:
		return read(e, func(v Seen) error {
			if !s.Unseen() || v.Version != s.Version {
				return fault.New(fault.Guarded, "request.guard.status")
			}
			return nil
		})
	case ExtendType, TimeAskedType:
		return read(e, func(v Extension) error {
			if among(fs, "reason", Delays(), v.Reason); !conversation.EndOf(v.Due).After(s.DueAt()) {
				fs.Add("due", "request.want.later")
			}
			return nil
		})
	}
	return nil
}

func read[T any](e journal.Entry, check func(T) error) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return check(v)
}

func among(fs *fault.Fields, field string, list []string, x string) {
	if !slices.Contains(list, x) {
		fs.Add(field, "request.want.choice")
	}
}

// each says whether all of xs stand on a list, each once.
func each(list, xs []string) bool {
	for i, x := range xs {
		if !slices.Contains(list, x) || slices.Contains(xs[:i], x) {
			return false
		}
	}
	return true
}

// check: only police and justice are asked, and what was sent once stays with the office that it went to.
func (v Draft) check(fs *fault.Fields, g *store.Guarding, s State) error {
	p, err := g.Other(access.KindPartner, v.To)
	if v.To.IsZero() || v.To == g.Owner || err != nil || !slices.Contains([]access.OfficeKind{access.Police, access.Justice}, p.(terms.Partner).Card.Kind) {
		fs.Add("to", "request.want.office")
	}
	if s.Version > 0 && s.Back == "" && v.To != s.Draft.To {
		fs.Add("to", "request.want.same_office")
	}
	if v.Second.IsZero() || v.Second == g.Actor.ID {
		fs.Add("second", "request.want.second")
	}
	now := g.Now
	if s.Version > 0 { // a correction may leave the day as it was
		now = time.Time{}
	}
	v.Asked.check(fs, now)
	return nil
}

// check says what is wrong with a request. A day that has passed is told at a time; the zero time asks for none.
func (v Asked) check(fs *fault.Fields, now time.Time) {
	among(fs, "basis", Bases(), v.Basis)
	among(fs, "purpose", Purposes(), v.Purpose)
	among(fs, "urgency", Urgencies(), v.Urgency)
	if len(v.Questions) == 0 || !each(Questions(), v.Questions) {
		fs.Add("questions", "request.want.questions")
	}
	if !each(terms.Handlings(), v.Handling) {
		fs.Add("handling", "request.want.choice")
	}
	if at := conversation.EndOf(v.Due); at.IsZero() || !at.After(now) {
		fs.Add("due", "request.want.due")
	}
	if v.Legal == nil || blank(v.Legal.Article, maxLine) || len(v.Legal.Reference) > maxLine {
		fs.Add("article", "request.want.article")
	}
	v.Subject.check(fs)
	if len(v.Facts) > maxWords {
		fs.Add("facts", "request.want.shorter")
	} else if !v.Subject.Named() && blank(v.Facts, maxWords) {
		fs.Add("names", "request.want.subject")
	}
}

// check says what is wrong with who or what is asked about.
func (s *Subject) check(fs *fault.Fields) {
	if s == nil {
		return
	}
	for field, xs := range map[string][]string{"names": s.Names, "phones": s.Phones, "accounts": s.Accounts, "plates": s.Plates, "born": {s.Born + " "}} {
		if len(xs) > most || slices.ContainsFunc(xs, func(x string) bool { return x == "" || len(x) > maxLine }) {
			fs.Add(field, "request.want.shorter")
		}
	}
}

func blank(s string, most int) bool { return strings.TrimSpace(s) == "" || len(s) > most }

// check reads what an office says of a request; each field only where it says something, so that no words stand beside codes.
func (v Said) check(fs *fault.Fields, s State, typ string) error {
	want := map[string][]Status{AcceptedType: {Accepted}, RefusedType: {Refused}, AnsweredType: {Partly, Answered}, HeardType: {Accepted, Refused, Partly, Answered}}
	if !slices.Contains(want[typ], v.Outcome) {
		fs.Add("outcome", "request.want.choice")
	}
	answer := v.Outcome == Partly || v.Outcome == Answered
	if typ == AnsweredType && s.Unseen() { // an answer to what was corrected since misleads
		return fault.New(fault.Guarded, "request.guard.unseen")
	}
	if v.Outcome == Refused {
		among(fs, "reason", Refusals(), v.Reason)
	} else if v.Reason != "" {
		fs.Add("reason", "request.want.choice")
	}
	could := s.Asked.Questions
	if typ == HeardType { // what was asked may have been corrected while the answer was on its way
		could = Questions()
	}
	if answer && (len(v.Answers) == 0 || !each(could, v.Answers)) {
		fs.Add("answers", "request.want.answers")
	}
	if answer && blank(v.Report, maxWords) {
		fs.Add("report", "request.want.report")
	}
	if answer && (len(v.Handling) == 0 || !each(terms.Handlings(), v.Handling)) {
		fs.Add("handling", "request.want.handling")
	}
	if !answer && (v.Report != "" || len(v.Answers)+len(v.Handling) > 0) {
		fs.Add("report", "request.want.choice")
	}
	return nil
}
