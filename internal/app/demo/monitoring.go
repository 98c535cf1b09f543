// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// body is the invented treaty body whose recommendations the office has (asked).
const body = "Groupe d’experts (fictif)"

// monitoring is two rounds of an invented body on France: the third went all its way to the report whose recommendations are in
// the register; the questionnaire of the fourth has come, and its questions stand in every way in which a question can. Two of them
// are asked of another office, which has answered one.
func (s *Stage) monitoring(ctx context.Context) error {
	if err := s.thirdRound(ctx); err != nil {
		return err
	}
	return s.fourthRound(ctx)
}

const questionsText = `Protocol on questionnaires and meetings (fictitious, for demonstration)

The programme's office may ask the other one for its part of the answers to a monitoring body, and invite it to meetings. Questions and answers are about institutions and their work, never about a person. Who is accepted at a meeting is named to the host.
`

// asksAbroad lets the programme's office ask an association's about two questions, under terms of their own, and the other one answer
// the first.
func (s *Stage) asksAbroad(ctx context.Context, m *monitored) error {
	fr, gr := s.Offices[French].ID, s.Offices[Greek].ID
	about := []journal.Category{journal.PP, journal.PI}
	if err := s.sign(ctx, French, Greek, "Protocol on questionnaires and meetings (fictitious)", "questionnaires-protocol.txt", questionsText,
		[]terms.Grant{{From: fr, To: gr, Purpose: between.Purpose, Categories: about}, {From: gr, To: fr, Purpose: between.Purpose, Categories: append(slices.Clone(about), journal.PC)}}); err != nil {
		return err
	}
	m.list = nil
	m.ask(6, "6", onAbroad, invented("Comment les associations des pays de transit sont-elles associées aux orientations vers un autre pays ?", "How do associations in countries of transit take part in referrals to another country?"), round.Earlier{})(
		round.AssignedType, round.AssignedTo{Office: gr, Due: s.fromToday(15), Note: "Décrire votre pratique, sans situation particulière (fictif)"})
	m.ask(7, "7", onAbroad, invented("De quelle formation vos intervenants ont-ils besoin ?", "Which training do your outreach workers need?"), round.Earlier{})(
		round.AssignedType, round.AssignedTo{Office: gr, Due: s.fromToday(25)})
	if err := s.write(ctx, m.list...); err != nil {
		return err
	}
	if err := s.Deliver(ctx); err != nil {
		return err
	}
	asked := round.QuestionRef(m.id, "6").ID
	answer := round.Drafted{Text: in("Nous proposons l’orientation, la personne décide ; le bureau qui la reçoit répond avant que son nom ne lui parvienne. (Réponse fictive.)",
		"We propose the referral and the person decides; the office that receives her answers before her name reaches it. (Fictitious answer.)"), Final: true, Sources: "Protocole d’orientation (fictif)"}
	if err := s.entry(ctx, s.at(Greek, "nikos"), access.ForProgramme, access.KindQuestion, round.ReceivedRef(gr, fr, asked).ID, round.DraftedType, answer); err != nil {
		return err
	}
	if err := s.Deliver(ctx); err != nil {
		return err
	}
	back, err := s.page(ctx, "claire", round.QuestionPath+"/"+asked.String())
	if err == nil && !strings.Contains(back, "Réponse fictive") {
		err = errors.New("demo: the answer of the other office did not come back")
	}
	return err
}

// monitored is a round that is being written down.
type monitored struct {
	id   journal.ID
	of   round.Of
	list []written
}

func (s *Stage) monitored(v round.Opened) *monitored {
	m := &monitored{id: round.Ref(s.Offices[French].ID, v.Of).ID, of: v.Of}
	m.add(round.OpenedType, v)
	return m
}

func (m *monitored) add(typ string, what any) {
	m.list = append(m.list, written{"", access.KindRound, m.id, typ, what})
}

// ask puts a question, and gives what writes to it.
func (m *monitored) ask(place int, number string, section, text wording.Text, earlier round.Earlier) func(typ string, what any) {
	id := round.QuestionRef(m.id, number).ID
	then := func(typ string, what any) {
		m.list = append(m.list, written{"", access.KindQuestion, id, typ, what})
	}
	then(round.AskedType, round.Asked{Round: m.id, Of: m.of, Place: place, Number: number, Section: section, Text: text, Earlier: earlier})
	return then
}

// settled writes an answer, and accepts it.
func settled(then func(string, any), v round.Drafted) {
	then(round.DraftedType, v)
	then(round.AcceptedType, round.AcceptedAs{Mark: round.Question{Answer: v}.Mark()})
}

var (
	onRights   = invented("Droit à l’information", "Right to information")
	onRedress  = invented("Réparation", "Redress")
	onChildren = invented("Enfants", "Children")
	onAbroad   = invented("Coopération avec d’autres pays", "Cooperation with other countries")
	onDay      = func(y int, m time.Month, d int) party.PartialDate {
		return party.OnDay(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
	}
	howInformed = invented("Comment les personnes sont-elles informées de leurs droits ?", "How are people informed of their rights?")
	saidBefore  = invented("Un dépliant existe en dix langues ; les associations l’expliquent.", "There is a leaflet in ten languages; associations explain it.")
)

func (s *Stage) thirdRound(ctx context.Context) error {
	m := s.monitored(round.Opened{Of: round.Of{Body: body, Number: 3, Country: "FR"}, Theme: invented("L’accès à la justice et à des recours effectifs", "Access to justice and effective remedies"),
		From: party.InYear(2019), Until: party.InYear(2023), Received: onDay(2023, 3, 1), Due: onDay(2023, 7, 1)})
	settled(m.ask(1, "1", onRights, howInformed, round.Earlier{}), round.Drafted{Text: saidBefore, Final: true, Sources: "Dépliant, édition 2022 (fictif)"})
	settled(m.ask(2, "2", onRedress, invented("Combien de personnes ont reçu une indemnisation ?", "How many people received compensation?"), round.Earlier{}),
		round.Drafted{Text: invented("Aucun chiffre national n’est tenu.", "No national figure is kept."), Final: true})
	m.add(round.SteppedType, round.Stepped{Stage: round.Sent, On: onDay(2023, 6, 28), Document: "Réponse au questionnaire (fictive)"})
	for i, x := range []round.Met{
		{Hour: "09:30", With: []journal.ID{s.org("miprof")}, Place: "Paris", About: invented("Coordination nationale", "National coordination"), Standing: "held", Who: "Secrétariat (fictif)"},
		{Hour: "14:00", With: []journal.ID{s.org("fr-moj")}, Place: "Paris", About: invented("Voies d’indemnisation", "Ways to compensation"), Standing: "held"},
		{With: []journal.ID{s.org("fr-emb")}, About: invented("Coopération avec les pays d’origine", "Cooperation with countries of origin"), Standing: "cancelled"},
	} {
		x.Key, x.On = []string{"M1", "M2", "M3"}[i], onDay(2023, 10, 16+i/2)
		m.add(round.MetType, x)
	}
	m.add(round.SteppedType, round.Stepped{Stage: round.Visited, On: onDay(2023, 10, 16), Until: onDay(2023, 10, 20), Note: "Deux régions visitées (fictif)"})
	m.add(round.SteppedType, round.Stepped{Stage: round.Reported, On: onDay(2024, 6, 12), Document: "Troisième rapport (fictif)"})
	m.add(round.SteppedType, round.Stepped{Stage: round.Replied, On: onDay(2024, 9, 2), Document: "Observations du gouvernement (fictives)"})
	m.add(round.AssessedType, round.Assessed{Text: invented("Des progrès sur l’information des personnes ; l’indemnisation reste rare.", "Progress on informing people; compensation remains rare."), Page: "7"})
	return s.write(ctx, m.list...)
}

// fromToday gives the date so many days after the day on which the demonstration is looked at.
func (s *Stage) fromToday(days int) party.PartialDate {
	return party.OnDay(s.began.AddDate(0, 0, days))
}

func (s *Stage) fourthRound(ctx context.Context) error {
	m := s.monitored(round.Opened{Of: round.Of{Body: body, Number: 4, Country: "FR"}, Theme: invented("Les personnes rendues vulnérables", "People made vulnerable"), From: party.InYear(2024), Until: party.InYear(s.began.Year()), Received: s.fromToday(-40), Due: s.fromToday(50)})
	earlier := round.Earlier{Round: 3, Number: "1", Question: howInformed, Text: saidBefore}
	given := m.ask(1, "1", onRights, invented("Comment les personnes sont-elles informées de leurs droits, et dans quelles langues ?", "How are people informed of their rights, and in which languages?"), earlier)
	given(round.AssignedType, round.AssignedTo{Owner: s.org("miprof"), Due: s.fromToday(-5)})
	settled(given, round.Drafted{Text: saidBefore, Final: true, Taken: round.Taken{Round: 3, Number: "1"}, Sources: "Dépliant, édition 2025 (fictif)"})
	judged := m.ask(2, "2", onRights, invented("Qui paie les interprètes ?", "Who pays for interpreters?"), round.Earlier{})
	judged(round.AssignedType, round.AssignedTo{Owner: s.org("fr-moj"), Due: s.fromToday(-2), Note: "Distinguer l’enquête et le procès (fictif)"})
	judged(round.DraftedType, round.Drafted{Text: invented("L’État, dès la première audition.", "The state, from the first hearing."), Final: true})
	begun := m.ask(3, "3", onRedress, invented("Quels fonds indemnisent, et sous quelles conditions ?", "Which funds compensate, and under which conditions?"), round.Earlier{})
	begun(round.AssignedType, round.AssignedTo{Owner: s.org("fr-moj"), Due: s.fromToday(20)})
	begun(round.DraftedType, round.Drafted{Text: invented("Deux fonds ; les conditions sont à vérifier.", "Two funds; the conditions are to be checked.")})
	late := m.ask(4, "4", onChildren, invented("Comment l’âge est-il établi lorsqu’il est incertain ?", "How is age established where it is uncertain?"), round.Earlier{})
	late(round.AssignedType, round.AssignedTo{Owner: s.org("fr-emb"), Due: s.fromToday(-3)})
	m.ask(5, "5", onChildren, invented("Quelles mesures protègent les enfants qui voyagent seuls ?", "Which measures protect children who travel alone?"), round.Earlier{})
	if err := s.write(ctx, m.list...); err != nil {
		return err
	}
	return s.asksAbroad(ctx, m)
}
