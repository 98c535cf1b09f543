// SPDX-License-Identifier: EUPL-1.2

package inquiry

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

// from lists the statuses in which an entry of a type may be written, and there those that only the post writes.
var (
	from = map[string][]Status{
		SentType: {Drafted, Returned}, WithdrawnType: {Drafted, Sent, Returned, Accepted}, TakenType: {Received, Accepted}, AcceptedType: {Received}, RefusedType: {Received, Accepted}, AnsweredType: {Accepted}, RemindedType: {Sent, Accepted},
	}
	byPost = []string{ReceivedType, RecalledType, AskedAgainType, HeardType, ReturnedType, ErasedThereType}
)

// Categories lists what a request holds.
func (a Asked) Categories() []journal.Category {
	out := []journal.Category{journal.D0}
	if a.Child != nil {
		out = append(out, journal.D2)
	}
	if a.Facts != "" {
		out = append(out, journal.D3)
	}
	if a.Legal != nil {
		out = append(out, journal.D6)
	}
	return out
}

// Categories lists what an answer holds.
func (v Said) Categories() []journal.Category {
	if v.Report == "" {
		return []journal.Category{journal.D0}
	}
	return []journal.Category{journal.D0, journal.D3}
}

func guard(g *store.Guarding, i Inquiry, e journal.Entry, covers func(*store.Guarding, journal.ID, []journal.Category) error) error {
	first := e.Type == DraftedType || e.Type == ReceivedType
	switch {
	case !i.Exists() && !first:
		return fault.New(fault.NotFound, "store.not_found")
	case slices.Contains(byPost, e.Type) != (g.Actor.Job == "post"):
		return fault.New(fault.Guarded, "inquiry.guard.part")
	}
	if ss, bound := from[e.Type]; bound && !slices.Contains(ss, i.Status()) {
		return fault.New(fault.Guarded, "inquiry.guard.status")
	}
	here := slices.Contains([]string{DraftedType, SentType, WithdrawnType, RemindedType, HeardType, ReturnedType, ErasedThereType}, e.Type)
	if i.Exists() && here != i.Here() {
		return fault.New(fault.Guarded, "inquiry.guard.part")
	}
	var fs fault.Fields
	if err := check(&fs, g, i, e, covers); err != nil {
		return err
	}
	return fs.Err()
}

// check reads one entry; what is wrong with its fields goes to fs.
func check(fs *fault.Fields, g *store.Guarding, i Inquiry, e journal.Entry, covers func(*store.Guarding, journal.ID, []journal.Category) error) error {
	switch e.Type {
	case DraftedType:
		return read(e, func(v Draft) error {
			if i.Exists() && i.Status() != Drafted && i.Status() != Returned {
				return fault.New(fault.Guarded, "inquiry.guard.status")
			}
			v.check(fs, g)
			v.Asked.check(fs, g.Now)
			return nil
		})
	case SentType: // what one person has drafted, another one sends
		if g.Actor.ID == i.By || g.Actor.ID != i.Draft.Second {
			return fault.New(fault.Guarded, "inquiry.guard.second")
		}
		return read(e, func(v Sending) error {
			if v.To != i.Draft.To {
				fs.Add("to", "inquiry.want.office")
			}
			return covers(g, i.Draft.To, i.Draft.Categories())
		})
	case ReceivedType:
		return read(e, func(v Came) error {
			if g.Office != access.Assistance {
				return fault.New(fault.Denied, "inquiry.guard.not_unit")
			}
			if i.Exists() { // a request comes once
				return fault.New(fault.Denied, "inquiry.guard.part")
			}
			v.Asked.check(fs, time.Time{})
			return nil
		})
	case TakenType:
		return read(e, func(v Taken) error {
			if v.Worker != g.Actor.ID {
				fs.Add("worker", "inquiry.want.worker")
			}
			return nil
		})
	case AcceptedType, RefusedType, AnsweredType, HeardType:
		return read(e, func(v Said) error { return v.check(fs, g, i, e.Type) })
	case RemindedType:
		if !conversation.MayRemind(i.Reminded, g.Now) {
			return fault.New(fault.Guarded, "inquiry.guard.reminded")
		}
	case WithdrawnType, RecalledType:
		return read(e, func(v Ended) error { among(fs, "reason", Withdrawals(), v.Reason); return nil })
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
		fs.Add(field, "inquiry.want.choice")
	}
}

func (v Draft) check(fs *fault.Fields, g *store.Guarding) {
	if p, err := g.Other(access.KindPartner, v.To); v.To.IsZero() || v.To == g.Owner || err != nil || p.(terms.Partner).Card.Kind != access.Assistance {
		fs.Add("to", "inquiry.want.office") // only an office that assists people is asked
	}
	if v.Second.IsZero() || v.Second == g.Actor.ID {
		fs.Add("second", "inquiry.want.second")
	}
}

// check says what is wrong with a request. A day that has passed is told at a time; the zero time asks for none.
func (v Asked) check(fs *fault.Fields, now time.Time) {
	among(fs, "basis", Bases(), v.Basis)
	among(fs, "told", Tellings(), v.Told)
	if len(v.Questions) == 0 || slices.ContainsFunc(v.Questions, func(q string) bool { return !slices.Contains(Questions(), q) }) {
		fs.Add("questions", "inquiry.want.questions")
	}
	if v.Children < 1 || v.Children > most {
		fs.Add("children", "inquiry.want.children", "Max", most)
	}
	if at := v.DueAt(); at.IsZero() || !now.IsZero() && !at.After(now) {
		fs.Add("due", "inquiry.want.due")
	}
	if v.Child == nil || len(v.Child.Names) == 0 || slices.ContainsFunc(v.Child.Names, func(n string) bool { return blank(n, maxLine) }) {
		fs.Add("names", "inquiry.want.names")
	} else if len(v.Child.Born) > maxLine || len(v.Child.Parents) > maxLine || len(v.Child.Reach) > maxLine || len(v.Child.Names) > most {
		fs.Add("names", "inquiry.want.shorter")
	}
	if blank(v.Facts, maxWords) {
		fs.Add("facts", "inquiry.want.facts")
	}
	if v.Legal == nil || blank(v.Legal.Article, maxLine) || len(v.Legal.Decision) > maxLine {
		fs.Add("article", "inquiry.want.article")
	}
}

func blank(s string, most int) bool { return strings.TrimSpace(s) == "" || len(s) > most }

// check: whoever works on a request speaks for the unit, and what the post brings is what such a unit can say.
func (v Said) check(fs *fault.Fields, g *store.Guarding, i Inquiry, typ string) error {
	want := map[string]Status{AcceptedType: Accepted, RefusedType: Refused, AnsweredType: Answered}
	if w, ours := want[typ]; ours {
		if v.Outcome != w {
			fs.Add("outcome", "inquiry.want.choice")
		}
		if i.Worker != g.Actor.ID {
			return fault.New(fault.Guarded, "inquiry.guard.worker")
		}
	} else if !slices.Contains([]Status{Accepted, Refused, Answered}, v.Outcome) {
		fs.Add("outcome", "inquiry.want.choice")
	}
	switch v.Outcome {
	case Refused:
		among(fs, "reason", Refusals(), v.Reason)
	case Answered:
		among(fs, "found", Outcomes(), v.Found)
		if blank(v.Report, maxWords) {
			fs.Add("report", "inquiry.want.report")
		}
	}
	if v.Outcome != Answered && v.Report != "" {
		fs.Add("report", "inquiry.want.choice")
	}
	// Both are codes where they say something; elsewhere they would be words in a part that more people read.
	if v.Outcome != Refused && v.Reason != "" {
		fs.Add("reason", "inquiry.want.choice")
	}
	if v.Outcome != Answered && v.Found != "" {
		fs.Add("found", "inquiry.want.choice")
	}
	return nil
}
