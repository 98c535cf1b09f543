// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// QuestionKind gives the dossier kind "question".
func QuestionKind() store.Kind {
	return store.Of(store.KindOf[Question]{
		Name: access.KindQuestion, Base: journal.PP, Codes: []string{"round", "standing", "owner", "country", "late", "undated", "asked", register.OrderCode},
		Types: []store.Type{
			{Name: AskedType, Payload: Asked{}, Overlap: []string{"section", "text"}},
			{Name: AssignedType, Payload: AssignedTo{}, Overlap: []string{"owner", "office", "due", "note"}},
			{Name: DraftedType, Payload: Drafted{}, Overlap: []string{"text"}},
			{Name: RepliedType, Payload: RepliedBy{}},
			{Name: ReturnedType, Payload: Returned{}},
			{Name: AcceptedType, Payload: AcceptedAs{}},
			{Name: ReceivedType, Payload: ReceivedFrom{}},
			{Name: ReleasedType, Payload: ReleasedBy{}},
		},
		Fold: FoldQuestion, Guard: guardQuestion, Derive: deriveQuestion, Effects: effects,
	})
}

// Kinds gives the room's dossier kinds.
func Kinds() []store.Kind { return []store.Kind{StoreKind(), QuestionKind()} }

func deriveQuestion(q Question) store.Derived {
	if !q.Exists() {
		return store.Derived{}
	}
	s := q.Standing()
	d := store.Derived{State: string(s), Summary: q.Summary(), Codes: map[string][]string{"standing": {string(s)}, "round": {q.Asked.Round.String()}, "country": {q.Asked.Of.Country}}}
	if !q.Assigned.Owner.IsZero() {
		d.Codes["owner"] = []string{q.Assigned.Owner.String()}
	}
	switch due := q.Assigned.Due; {
	case !q.Summary().Open():
	case due.Known():
		d.Due = due.Last().AddDate(0, 0, 1)
		d.Codes["late"] = []string{register.DayAfter(due)}
	default:
		d.Codes["undated"] = []string{"open"}
	}
	whose := "1"
	if !q.From.IsZero() {
		whose, d.Codes["asked"] = "0", []string{"yes"}
	}
	a := q.Asked
	d.Codes[register.OrderCode] = register.InOrder(whose, register.Same(a.Of.Body), a.Of.Country, fmt.Sprintf("%02d", 99-a.Of.Number), fmt.Sprintf("%05d", a.Place), register.NumberedCode(a.Number))
	return d
}

// byPost are the entries that another office brings about; byAsker those that only the office writes that asks.
var (
	byPost  = []string{ReceivedType, ReleasedType, RepliedType}
	byAsker = []string{AskedType, AssignedType, AcceptedType}
)

func guardQuestion(g *store.Guarding, q Question, e journal.Entry) error {
	post := g.Actor.Job == "post"
	if slices.Contains(byPost, e.Type) != post && e.Type != ReturnedType || slices.Contains(byAsker, e.Type) && !q.From.IsZero() {
		return fault.New(fault.Guarded, "question.guard.other_office")
	}
	if e.Type != AskedType && e.Type != ReceivedType && !q.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if err := guardTime(g, q, e); err != nil {
		return err
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case AskedType:
		var v Asked
		v, err = journal.In[Asked](e)
		v.check(&fs)
		if err == nil && QuestionRef(v.Round, v.Number).ID != e.Dossier {
			fs.Add("number", "question.want.same")
		}
		if _, missing := g.Other(access.KindRound, v.Round); missing != nil {
			fs.Add("round", "question.want.round")
		}
	case AssignedType:
		var v AssignedTo
		v, err = journal.In[AssignedTo](e)
		v.check(&fs, g)
	case DraftedType:
		var v Drafted
		v, err = journal.In[Drafted](e)
		v.check(&fs)
	case RepliedType:
		var v RepliedBy
		v, err = journal.In[RepliedBy](e)
		if v.Office.IsZero() {
			return fault.New(fault.Guarded, "question.guard.other_office")
		}
		v.Drafted.check(&fs)
	case ReceivedType:
		var v ReceivedFrom
		v, err = journal.In[ReceivedFrom](e)
		if v.From.IsZero() || v.Question.IsZero() || q.Exists() && (q.From != v.From || q.There != v.Question) {
			return fault.New(fault.Guarded, "question.guard.other_office")
		}
		v.Asked.check(&fs)
	case ReturnedType:
		err = guardReturned(g, q, e, &fs)
	case AcceptedType:
		var v AcceptedAs
		v, err = journal.In[AcceptedAs](e)
		switch {
		case q.Answer.Text.IsZero() || !q.Answer.Final || q.Returned != "":
			return fault.New(fault.Guarded, "question.guard.not_final")
		case v.Mark != q.Mark():
			return fault.New(fault.Guarded, "question.guard.changed")
		}
	}
	if fault.Is(err, fault.Guarded) {
		return err
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

// guardTime: what was asked and sent to the body stays as it was sent; what an office was released from it no longer answers. An answer
// that comes when none had been accepted is kept though it comes late.
func guardTime(g *store.Guarding, q Question, e journal.Entry) error {
	if q.Released && e.Type == DraftedType {
		return fault.New(fault.Guarded, "question.guard.released")
	}
	late := e.Type == RepliedType && q.Standing() == Accepted
	if !q.From.IsZero() || !q.Exists() || !late && !slices.Contains([]string{AskedType, AssignedType, DraftedType, ReturnedType, AcceptedType}, e.Type) {
		return nil
	}
	r, err := g.Other(access.KindRound, q.Asked.Round)
	if err != nil {
		return err
	}
	if _, sent := r.(Round).Steps[Sent]; sent {
		return fault.New(fault.Guarded, "question.guard.sent")
	}
	return nil
}

func guardReturned(g *store.Guarding, q Question, e journal.Entry, fs *fault.Fields) error {
	v, err := journal.In[Returned](e)
	if err != nil {
		return err
	}
	if v.From != q.From || (g.Actor.Job == "post") == q.From.IsZero() {
		return fault.New(fault.Guarded, "question.guard.other_office")
	}
	if q.Answer.Text.IsZero() {
		return fault.New(fault.Guarded, "question.guard.nothing")
	}
	if v.Reason == "" || wording.Longer(v.Reason, maxNote) {
		fs.Add("reason", "round.want.reason", "Max", maxNote)
	}
	return nil
}

// numberForm is how questions are numbered: "12", "12.1", "2-7", "12a".
var numberForm = regexp.MustCompile(`^[0-9]{1,3}([.-][0-9]{1,3}){0,3}[a-z]?$`)

func (v Asked) check(fs *fault.Fields) {
	if !numberForm.MatchString(v.Number) {
		fs.Add("number", "question.want.number")
	}
	v.Section.Check(fs, "section", false, maxLine)
	v.Text.Check(fs, "text", true, maxText)
	v.Earlier.Text.Check(fs, "earlier", false, maxText)
}

func (v AssignedTo) check(fs *fault.Fields, g *store.Guarding) {
	if v.Owner.IsZero() && v.Office.IsZero() {
		fs.Add("owner", "question.want.owner")
	}
	if !v.Owner.IsZero() {
		if _, err := g.Other(access.KindOrganisation, v.Owner); err != nil {
			fs.Add("owner", "question.want.owner")
		}
	}
	if v.Office == g.Owner {
		fs.Add("office", "question.want.office")
	}
	if wording.Longer(v.Note, maxNote) {
		fs.Add("note", "round.want.shorter", "Max", maxNote)
	}
}

func (v Drafted) check(fs *fault.Fields) {
	v.Text.Check(fs, "text", true, maxText)
	if wording.Longer(v.Sources, maxNote) {
		fs.Add("sources", "round.want.shorter", "Max", maxNote)
	}
}

// List gives all rounds that somebody may see: by country, body, and the latest first.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	rows, err := register.All[Line](ctx, s, w, store.Query{Kind: access.KindRound, Codes: codes})
	inorder.By(rows, orderRounds)
	return rows, err
}

// Questions gives all questions that somebody may see, in the order of their questionnaires.
func Questions(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]QuestionRow, error) {
	return Config{Store: s}.questions().Rows(ctx, w, codes)
}
