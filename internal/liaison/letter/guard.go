// SPDX-License-Identifier: EUPL-1.2

package letter

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// byPost are the types that only the post writes, and here those of the office that wrote the letter.
var (
	byPost = []string{ReceivedType, RecalledType, AskedAgainType, DeliveredType, ReturnedType, SeenThereType, RepliedType, ErasedThereType}
	here   = []string{WrittenType, RemindedType, WithdrawnType, DeliveredType, ReturnedType, SeenThereType, RepliedType, ErasedThereType}
)

// from lists the statuses in which people may write an entry of a type.
var from = map[string][]Status{
	RemindedType: {Sent, Delivered, Seen}, WithdrawnType: {Sent, Delivered, Seen, Returned, Answered}, AssignedType: {Received, Seen, Answered, Closed, Sent, Delivered, Returned},
	SeenType: {Received}, AnsweredType: {Received, Seen, Answered}, ClosedType: {Received, Seen},
}

// categories are those of a letter with words.
func categories() []journal.Category { return []journal.Category{journal.D0, journal.D3} }

func guard(g *store.Guarding, s State, e journal.Entry, covers Covers, onward Onward) error {
	first := e.Type == WrittenType || e.Type == ReceivedType || e.Type == RecalledType // a recall can be here before its letter
	switch {
	case e.Type == EnclosedType:
		return s.guardEnclosed(g, e)
	case slices.Contains(byPost, e.Type) != (g.Actor.Job == "post"):
		return fault.New(fault.Denied, "letter.guard.part")
	case !s.Exists() && !first:
		return fault.New(fault.NotFound, "store.not_found")
	case s.Exists() && (e.Type == WrittenType || e.Type == ReceivedType): // a letter is written once
		return fault.New(fault.Guarded, "letter.guard.status")
	case s.Exists() && e.Type != AssignedType && slices.Contains(here, e.Type) != s.Here:
		return fault.New(fault.Guarded, "letter.guard.part")
	}
	if ss, bound := from[e.Type]; bound && !slices.Contains(ss, s.Status()) {
		return fault.New(fault.Guarded, "letter.guard.status")
	}
	var fs fault.Fields
	if err := check(&fs, g, s, e, covers, onward); err != nil {
		return err
	}
	return fs.Err()
}

// guardEnclosed lets a file in with the letter that the post brings, or that somebody here writes with it; never later.
func (s State) guardEnclosed(g *store.Guarding, e journal.Entry) error {
	mine := s.Here && s.By == g.Actor.ID && len(s.Files) < s.Enclosing && s.Delivered.IsZero()
	if came := !s.Here && s.Exists() && g.Actor.Job == "post"; !mine && !came {
		return fault.New(fault.Denied, "letter.guard.part")
	}
	v, err := journal.In[Enclosed](e)
	if err != nil || len(v.Name) > MaxName || v.Size != len(g.Bytes()) || len(s.Files) >= MaxFiles {
		return fault.New(fault.Invalid, "letter.want.files")
	}
	return nil
}

// check reads one entry; what is wrong with its fields goes to fs.
func check(fs *fault.Fields, g *store.Guarding, s State, e journal.Entry, covers Covers, onward Onward) error {
	switch e.Type {
	case WrittenType:
		v, err := journal.In[Letter](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if err := v.passes(g, onward); err != nil {
			return err
		}
		return v.check(fs, g, e.Dossier, covers)
	case ReceivedType:
		v, err := journal.In[Came](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		v.Words.check(fs)
		if v.From.IsZero() || v.Thread.IsZero() {
			return fault.New(fault.Invalid, "fault.invalid")
		}
	case RemindedType:
		if s.Words.AnswerBy == "" || !conversation.MayRemind(s.Reminded, g.Now) {
			return fault.New(fault.Guarded, "letter.guard.reminded")
		}
	case AssignedType:
		if v, err := journal.In[Assigned](e); err != nil || v.Worker.IsZero() {
			fs.Add("worker", "letter.want.worker")
		}
	case WithdrawnType, RecalledType:
		if v, err := journal.In[Ended](e); err != nil || !slices.Contains(Withdrawals(), v.Reason) {
			fs.Add("reason", "letter.want.choice")
		}
	}
	return nil
}

// check says what is wrong with a letter that somebody writes, and whether it may leave.
func (v Letter) check(fs *fault.Fields, g *store.Guarding, id journal.ID, covers Covers) error {
	v.Words.check(fs)
	if due := v.Due(); !due.IsZero() && !due.After(g.Now) {
		fs.Add("answer_by", "letter.want.day")
	}
	p, err := g.Other(access.KindPartner, v.To)
	if v.To.IsZero() || err != nil || p.(terms.Partner).Blocked {
		fs.Add("to", "letter.want.office")
		return nil
	}
	if v.Files != len(v.Sealed) || v.Files > MaxFiles {
		fs.Add("file", "letter.want.files")
	}
	if v.Answers.IsZero() {
		if v.Thread != id {
			fs.Add("to", "letter.want.office")
		}
		return covers(g, v.To, categories())
	}
	o, err := g.Other(access.KindLetter, v.Answers)
	if err != nil {
		return err
	}
	if of := o.(State); of.Here || of.Other != v.To || of.Thread != v.Thread || of.Worker != g.Actor.ID {
		return fault.New(fault.Guarded, "letter.guard.answer")
	}
	return covers(g, v.To, categories())
}

// passes says what forbids passing on the letter that this one names; nothing where it names none.
func (v Letter) passes(g *store.Guarding, onward Onward) error {
	if v.Passes.IsZero() {
		return nil
	}
	o, err := g.Other(access.KindLetter, v.Passes)
	if err != nil {
		return err
	}
	if of := o.(State); of.Here || of.Worker != g.Actor.ID || of.Ended.Reason != "" {
		return fault.New(fault.Guarded, "letter.guard.pass")
	}
	return onward(g, v.Passes, o.(State).Message, v.To, v.Permit)
}

// check says what is wrong with the words of a letter.
func (w Words) check(fs *fault.Fields) {
	if strings.TrimSpace(w.Subject) == "" || len(w.Subject) > MaxSubject {
		fs.Add("subject", "letter.want.subject")
	}
	if strings.TrimSpace(w.Text) == "" {
		fs.Add("text", "letter.want.text")
	} else if len(w.Text) > MaxText {
		fs.Add("text", "letter.want.shorter")
	}
	if w.AnswerBy != "" && w.Due().IsZero() {
		fs.Add("answer_by", "letter.want.day")
	}
}
