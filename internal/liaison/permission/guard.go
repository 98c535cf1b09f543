// SPDX-License-Identifier: EUPL-1.2

package permission

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Which types only the post writes, and which belong to the office that asks. Both take back what is theirs.
var (
	byPost = []string{ReceivedType, AskedAgainType, HeardType, WithdrawnThereType, ReturnedType}
	asking = []string{AskedType, RemindedType, UsedType, HeardType, ReturnedType}
	either = []string{WithdrawnType, WithdrawnThereType}
)

func (r Rules) guard(g *store.Guarding, s State, e journal.Entry) error {
	first := e.Type == AskedType || e.Type == ReceivedType
	switch {
	case slices.Contains(byPost, e.Type) != (g.Actor.Job == "post"):
		return fault.New(fault.Denied, "permission.guard.part")
	case !s.Exists() && !first && e.Type != WithdrawnThereType: // taken back before it came
		return fault.New(fault.NotFound, "store.not_found")
	case s.Exists() && first:
		return fault.New(fault.Guarded, "permission.guard.status")
	case s.Exists() && !slices.Contains(either, e.Type) && slices.Contains(asking, e.Type) != s.Here():
		return fault.New(fault.Guarded, "permission.guard.part")
	}
	var fs fault.Fields
	if err := r.check(&fs, g, s, e); err != nil {
		return err
	}
	return fs.Err()
}

// check reads one entry; what is wrong with its fields goes to fs.
func (r Rules) check(fs *fault.Fields, g *store.Guarding, s State, e journal.Entry) error {
	switch e.Type {
	case AskedType:
		return read(e, func(v Ask) error { return r.checkAsk(fs, g, v) })
	case ReceivedType:
		return read(e, func(v Came) error {
			if v.From.IsZero() || v.Of.IsZero() || v.Thing.IsZero() {
				return fault.New(fault.Invalid, "fault.invalid")
			}
			v.Question.check(fs)
			room, _ := r.room(v.Kind)
			return room.fits(v.Said)
		})
	case RemindedType:
		if !s.Open() {
			return fault.New(fault.Guarded, "permission.guard.status")
		}
		if !conversation.MayRemind(s.Reminded, g.Now) {
			return fault.New(fault.Guarded, "permission.guard.reminded")
		}
	case UsedType:
		return read(e, func(v Used) error {
			if !s.Holds(g.Now, s.Question.Of, v.For, v.Office) {
				return fault.New(fault.Guarded, "permission.need."+s.Question.For)
			}
			return nil
		})
	case AssignedType:
		return read(e, func(v Assigned) error {
			if v.Worker.IsZero() {
				fs.Add("worker", "permission.want.worker")
			}
			return open(s)
		})
	case ProposedType:
		return read(e, func(v Proposal) error {
			if v.Second.IsZero() || v.Second == g.Actor.ID {
				fs.Add("second", "permission.want.second")
			}
			if v.Answer.check(fs); fs.Err() != nil {
				return nil
			}
			return r.mayAnswer(g, s, v.Answer)
		})
	case AnsweredType:
		return read(e, func(v Answer) error { return r.checkAnswer(fs, g, s, v) })
	case HeardType:
		return read(e, func(v Answer) error {
			v.check(fs)
			room, _ := r.room(s.Kind)
			return room.fits(v.Said)
		})
	case WithdrawnType, WithdrawnThereType:
		return read(e, func(v Ended) error { return s.checkEnded(fs, g, e.Type, v) })
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

func open(s State) error {
	if !s.Open() {
		return fault.New(fault.Guarded, "permission.guard.status")
	}
	return nil
}

// checkAsk: who works on something that came asks about it, where its code asks for permission.
func (r Rules) checkAsk(fs *fault.Fields, g *store.Guarding, v Ask) error {
	v.Question.check(fs)
	if at := conversation.EndOf(v.Due); at.IsZero() || !at.After(g.Now) {
		fs.Add("due", "permission.want.due")
	}
	room, ok := r.room(v.Kind)
	if !ok {
		return fault.New(fault.Guarded, "permission.guard.thing")
	}
	state, err := g.Other(v.Kind, v.Thing)
	if err != nil {
		return err
	}
	t := room.Read(state)
	x, ok := t.item(v.Of, true)
	if !ok || t.Other != v.To || !slices.Equal(x.Hands, v.Hands) {
		return fault.New(fault.Guarded, "permission.guard.thing")
	}
	if !slices.Contains(x.Hands, g.Actor.ID) {
		return fault.New(fault.Guarded, "permission.guard.worker")
	}
	codes, err := r.codes(g, room, t.Other, x)
	if err != nil {
		return err
	}
	if !slices.Contains(codes, needs(v.For)) {
		fs.Add("for", "permission.want.needed")
	}
	if v.For == Onward && v.Office.IsZero() && v.Words().Whom == "" || v.Office == v.To {
		fs.Add("office", "permission.want.office")
	}
	return r.covered(g, room, v.To, v.Said)
}

// covered says whether terms let words of a question or an answer leave.
func (r Rules) covered(g *store.Guarding, room Room, to journal.ID, s Said) error {
	if err := room.fits(s); err != nil {
		return err
	}
	return r.Covers(room.Purpose)(g, to, s.Categories())
}

// fits refuses words that lie with another category than what they speak of.
func (x Room) fits(s Said) error {
	if cats := s.Categories(); len(cats) > 2 || len(cats) == 2 && cats[1] != x.Category {
		return fault.New(fault.Invalid, "exchange.post.categories")
	}
	return nil
}

// mayAnswer: those who sent the thing answer, or to whom the question was given, once.
func (r Rules) mayAnswer(g *store.Guarding, s State, v Answer) error {
	if err := open(s); err != nil {
		return err
	}
	if !s.Answers(g.Actor.ID) {
		return fault.New(fault.Guarded, "permission.guard.answers")
	}
	room, ok := r.room(s.Kind)
	if !ok {
		return fault.New(fault.Guarded, "permission.guard.thing")
	}
	return r.covered(g, room, s.From, v.Said)
}

// checkAnswer: where the thing left by two people, the second sends what the first has proposed, word for word.
func (r Rules) checkAnswer(fs *fault.Fields, g *store.Guarding, s State, v Answer) error {
	v.check(fs)
	if at := conversation.EndOf(v.Until); v.Until != "" && !at.After(g.Now) {
		fs.Add("until", "permission.want.until")
	}
	if fs.Err() != nil {
		return nil
	}
	if !s.Two {
		return r.mayAnswer(g, s, v)
	}
	if err := open(s); err != nil {
		return err
	}
	if s.ProposedBy.IsZero() || g.Actor.ID != s.Proposal.Second || g.Actor.ID == s.ProposedBy || !v.same(s.Proposal.Answer) {
		return fault.New(fault.Guarded, "permission.guard.second")
	}
	return nil
}

// checkEnded: each office takes back its own, the question while it is open, the permission that it gave.
func (s State) checkEnded(fs *fault.Fields, g *store.Guarding, typ string, v Ended) error {
	among(fs, "reason", Withdrawals(), v.Reason)
	if typ == WithdrawnThereType {
		if s.Exists() != v.From.IsZero() { // whose it is stands in a question that is here
			return fault.New(fault.Denied, "permission.guard.part")
		}
		return nil
	}
	granted := s.Answer != nil && s.Answer.Granted
	switch {
	case s.Ended != "" || s.Here() && s.Answer != nil && !granted || !s.Here() && !granted:
		return fault.New(fault.Guarded, "permission.guard.status")
	case s.Here() && !slices.Contains(s.Hands, g.Actor.ID) && s.By != g.Actor.ID, !s.Here() && !s.Answers(g.Actor.ID) && s.Proposal.Second != g.Actor.ID:
		return fault.New(fault.Guarded, "permission.guard.worker")
	}
	return nil
}

func among(fs *fault.Fields, field string, list []string, x string) {
	if !slices.Contains(list, x) {
		fs.Add(field, "permission.want.choice")
	}
}

// check says what is wrong with a question, wherever it was asked.
func (q Question) check(fs *fault.Fields) {
	among(fs, "for", Uses(), q.For)
	among(fs, "reason", Reasons(), q.Reason)
	if q.For == Court && !q.Office.IsZero() {
		fs.Add("office", "permission.want.choice")
	}
	if conversation.EndOf(q.Due).IsZero() {
		fs.Add("due", "permission.want.due")
	}
	q.Said.check(fs, q.Reason == "other")
}

// check says what is wrong with an answer, wherever it was given.
func (v Answer) check(fs *fault.Fields) {
	for i, c := range v.Conditions {
		if !v.Granted || !slices.Contains(Conditions(), c) || slices.Contains(v.Conditions[:i], c) {
			fs.Add("conditions", "permission.want.choice")
		}
	}
	if v.Granted && v.Reason != "" || !v.Granted && !slices.Contains(Refusals(), v.Reason) {
		fs.Add("refusal", "permission.want.choice")
	}
	if v.Until != "" && (!v.Granted || conversation.EndOf(v.Until).IsZero()) {
		fs.Add("until", "permission.want.until")
	}
	v.Said.check(fs, slices.Contains(v.Conditions, "other") || v.Reason == "other")
}

// check bounds what was written; what a code leaves open is said in words.
func (s Said) check(fs *fault.Fields, wanted bool) {
	w := s.Words()
	switch {
	case s.Account != nil && s.Suspect != nil:
		fs.Add("text", "permission.want.choice")
	case len(w.Text) > maxWords || len(w.Whom) > maxWords/10:
		fs.Add("text", "permission.want.shorter")
	case wanted && strings.TrimSpace(w.Text) == "":
		fs.Add("text", "permission.want.text")
	}
}

// same says whether two answers say the same.
func (v Answer) same(o Answer) bool {
	return v.Granted == o.Granted && v.Until == o.Until && v.Reason == o.Reason && slices.Equal(v.Conditions, o.Conditions) && v.Words() == o.Words()
}
