// SPDX-License-Identifier: EUPL-1.2

package round_test

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// three are a coordinator's office and two institutions' offices.
type three struct {
	*programmetest.Ring
	here, border, court *programmetest.Member
	round               round.Round
}

func newThree(t *testing.T) *three {
	r := programmetest.NewRing(t, func(m *programmetest.Member) {
		round.Mail{Mail: between.Mail{Store: m.Store, Job: m.Job}}.Register(m.Mail)
	}, "FR", "AL", "RO")
	x := &three{Ring: r, here: r.Members[0], border: r.Members[1], court: r.Members[2]}
	o := round.Opened{Of: round.Of{Body: "GRETA", Number: 3, Country: "FR"}, Received: party.InYear(2026)}
	ref := round.Ref(x.here.Owner, o.Of)
	x.here.Must(x.put(x.here, ref, round.OpenedType, o))
	opened, err := x.here.Store.Open(x.here.Ctx, x.here.Reader, ref)
	x.here.Must(err)
	x.round = opened.State.(round.Round)
	_, err = round.Config{Store: x.here.Store}.BringQuestions(x.here.Ctx, x.here.Officer, x.round, "fr", round.ReadText("1. Qui informe ?\n2. Qui paie ?\n"))
	x.here.Must(err)
	return x
}

func (x *three) put(m *programmetest.Member, ref store.Ref, typ string, payload any) error {
	x.Clock.Advance(time.Second)
	_, err := m.Store.Append(m.Ctx, m.Officer, ref, store.Draft{Type: typ, Payload: payload})
	return err
}

func (x *three) question(number string) store.Ref { return round.QuestionRef(x.round.ID, number) }

func (x *three) there(m *programmetest.Member, number string) store.Ref {
	return round.ReceivedRef(m.Owner, x.here.Owner, x.question(number).ID)
}

func rows(m *programmetest.Member) []round.QuestionRow {
	m.T.Helper()
	out, err := round.Questions(m.Ctx, m.Store, m.Reader, nil)
	m.Must(err)
	return out
}

func opened(m *programmetest.Member, ref store.Ref) round.Question {
	m.T.Helper()
	o, err := m.Store.Open(m.Ctx, m.Reader, ref)
	m.Must(err)
	return o.State.(round.Question)
}

func answer(text string, final bool) round.Drafted {
	return round.Drafted{Text: wording.New("fr", text), Final: final}
}

// TestAnInstitutionAnswersFromItsOwnPart: the question reaches its office once though it was away for days; drafts stay there; a
// final answer comes back once; what the coordinator wrote meanwhile stays beside it; returned, it is finished there.
func TestAnInstitutionAnswersFromItsOwnPart(t *testing.T) {
	x := newThree(t)
	to := round.AssignedTo{Office: x.border.Owner, Due: party.OnDay(x.Clock.Now().AddDate(0, 1, 0)), Note: "Avec les chiffres"}
	x.border.Away = true
	x.here.Must(x.put(x.here, x.question("1"), round.AssignedType, to))
	to.Note = "Avec les chiffres de 2025"
	x.here.Must(x.put(x.here, x.question("1"), round.AssignedType, to))
	x.Clock.Advance(5 * 24 * time.Hour)
	x.Deliver()
	if len(rows(x.border)) != 0 {
		t.Fatal("it reached an office that is away")
	}
	x.border.Away = false
	x.Deliver()
	x.Deliver()
	if got := rows(x.border); len(got) != 1 || got[0].V.From != x.here.Owner || got[0].V.Note != to.Note || got[0].V.Standing != round.Waiting || got[0].V.Of.Body != "GRETA" {
		t.Fatalf("%+v", got)
	}
	if len(rows(x.court)) != 0 {
		t.Fatal("another office was asked")
	}
	there := x.there(x.border, "1")
	if err := x.put(x.border, there, round.AcceptedType, round.AcceptedAs{Mark: "x"}); !fault.Is(err, fault.Guarded) {
		t.Fatalf("the institution accepts its own answer: %v", err)
	}
	x.border.Must(x.put(x.border, there, round.DraftedType, answer("Un projet", false)))
	x.Deliver()
	if q := opened(x.here, x.question("1")); !q.Answer.Text.IsZero() {
		t.Fatal("a draft has left the institution's office")
	}
	x.here.Away = true
	x.border.Must(x.put(x.border, there, round.DraftedType, answer("La police informe", true)))
	x.Deliver()
	x.here.Must(x.put(x.here, x.question("1"), round.DraftedType, answer("La coordination croit savoir", false)))
	x.here.Away = false
	x.Deliver()
	x.Deliver()
	q := opened(x.here, x.question("1"))
	if q.Standing() != round.Answered || q.Whose != x.border.Owner || q.Answer.Text.In("fr").Text != "La police informe" || q.Beside.Text.In("fr").Text != "La coordination croit savoir" {
		t.Fatalf("%s: %+v beside %+v", q.Standing(), q.Answer, q.Beside)
	}
	if n := replies(q); n != 1 {
		t.Fatalf("%d replies", n)
	}
	x.here.Must(x.put(x.here, x.question("1"), round.ReturnedType, round.Returned{Reason: "Depuis quand ?"}))
	x.Deliver()
	if got := opened(x.border, there); got.Returned != "Depuis quand ?" || got.Standing() != round.Begun {
		t.Fatalf("%+v", got)
	}
	x.border.Must(x.put(x.border, there, round.DraftedType, answer("La police informe depuis 2019", true)))
	x.Deliver()
	q = opened(x.here, x.question("1"))
	x.here.Must(x.put(x.here, x.question("1"), round.AcceptedType, round.AcceptedAs{Mark: q.Mark()}))
	if q = opened(x.here, x.question("1")); q.Standing() != round.Accepted || replies(q) != 2 {
		t.Fatalf("%s after %d replies", q.Standing(), replies(q))
	}
}

func replies(q round.Question) (n int) {
	for _, e := range q.History {
		if e.Type == round.RepliedType {
			n++
		}
	}
	return n
}

// TestAQuestionGoesToAnotherOffice: the first is told that it is no longer asked, and an answer that it still sends is not heard.
func TestAQuestionGoesToAnotherOffice(t *testing.T) {
	x := newThree(t)
	x.here.Must(x.put(x.here, x.question("2"), round.AssignedType, round.AssignedTo{Office: x.border.Owner}))
	x.Deliver()
	there := x.there(x.border, "2")
	x.border.Must(x.put(x.border, there, round.DraftedType, answer("Nous payons", true)))
	x.here.Must(x.put(x.here, x.question("2"), round.AssignedType, round.AssignedTo{Office: x.court.Owner}))
	x.Deliver()
	if q := opened(x.here, x.question("2")); !q.Answer.Text.IsZero() {
		t.Fatal("an office is heard that is no longer asked")
	}
	if got := opened(x.border, there); got.Standing() != round.Released {
		t.Fatalf("it is still %s there", got.Standing())
	}
	if err := x.put(x.border, there, round.DraftedType, answer("Encore", true)); !fault.Is(err, fault.Guarded) {
		t.Fatalf("it still writes: %v", err)
	}
	if got := rows(x.court); len(got) != 1 || got[0].V.Number != "2" {
		t.Fatalf("%+v", got)
	}
	stranger := journal.MustID("01900000-0000-7000-8000-0000000001ff")
	if err := x.put(x.here, x.question("1"), round.AssignedType, round.AssignedTo{Office: stranger}); err == nil {
		t.Fatal("a question leaves without sharing terms")
	}
	x.here.Must(x.put(x.here, store.Ref{Kind: "round", ID: x.round.ID}, round.SteppedType, round.Stepped{Stage: round.Sent}))
	x.court.Must(x.put(x.court, x.there(x.court, "2"), round.DraftedType, answer("Le ministère paie", true)))
	x.Deliver()
	if q := opened(x.here, x.question("2")); q.Answer.Text.In("fr").Text != "Le ministère paie" {
		t.Fatal("what comes after the sending is lost")
	}
	if err := x.put(x.here, x.question("2"), round.DraftedType, answer("Autre chose", true)); !fault.Is(err, fault.Guarded) {
		t.Fatalf("what was sent is changed: %v", err)
	}
}

// TestWhereARoundIsFollowsFromItsQuestions: until the answers are sent.
func TestWhereARoundIsFollowsFromItsQuestions(t *testing.T) {
	for _, c := range []struct {
		noted round.Stage
		n     round.Counts
		want  round.Stage
	}{
		{round.Received, round.Counts{}, round.Received},
		{round.Received, round.Counts{Questions: 2, Assigned: 1}, round.Received},
		{round.Received, round.Counts{Questions: 2, Assigned: 2}, round.Assigned},
		{round.Received, round.Counts{Questions: 2, Assigned: 1, Begun: 1}, round.Drafting},
		{round.Sent, round.Counts{Questions: 2}, round.Sent},
		{round.Closed, round.Counts{Questions: 2, Begun: 1}, round.Closed},
	} {
		if got := round.At(c.noted, c.n); got != c.want {
			t.Errorf("%s with %+v: %s", c.noted, c.n, got)
		}
	}
}
