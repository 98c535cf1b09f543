// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// programmeCode names the programme that every office of the demonstration has.
const programmeCode = "FR-SEE-THB-2021"

// invented proposals of next year's draft: what the committee can decide, what it decides with a warning, and what cannot be
// tabled yet.
var proposals = []struct {
	committee.Proposal
	tabled bool
}{
	{committee.Proposal{Code: "P4-G1", Kind: "grant", Priority: 4, Pillars: []string{"P2", "P4"}, Countries: []string{"AL", "GR"}, Title: in("Coordination entre la Grèce et l’Albanie, troisième année", "Coordination between Greece and Albania, third year"),
		What: in("Poursuivre l’orientation des personnes entre les deux pays et former les équipes de première ligne.", "Go on with referrals between the two countries and train front-line teams.")}, true},
	{committee.Proposal{Code: "P5-E1", Kind: "event", Priority: 5, Pillars: []string{"P2"}, Countries: []string{"AL"}, Title: in("Restitution de l’étude sur les mineurs", "Event on the findings of the study on minors")}, true},
	{committee.Proposal{Code: "P1-W3", Kind: "workshop", Priority: 1, Pillars: []string{"P1", "P4"}, Countries: []string{"RO", "SE"}, Outside: "La Suède coorganise l’atelier.", Title: in("Atelier sur la demande, avec la Suède", "Workshop on demand, with Sweden")}, true},
	{committee.Proposal{Code: "P2-W2", Kind: "workshop", Priority: 2, Pillars: []string{"P2", "P3"}, Countries: []string{"BA", "ME", "RS"}, Title: in("Atelier sur la détection aux frontières", "Workshop on detection at borders")}, true},
	{committee.Proposal{Code: "P5-T2", Kind: "training", Priority: 5, Pillars: []string{"P3"}, Countries: []string{"AL"}, Title: in("Formation de magistrats", "Training for magistrates")}, true},
	{committee.Proposal{Code: "P3-S2", Kind: "study", Priority: 3, Pillars: []string{"P2"}, Countries: []string{"MD"}, Title: in("Suite de l’étude sur le travail", "Follow-up of the study on labour")}, true},
	{committee.Proposal{Code: "P4-C2", Kind: "campaign", Priority: 4, Pillars: []string{"P1"}, Countries: []string{"BG", "RO"}, Title: in("Campagne d’information sur les droits", "Information campaign on rights")}, true},
	{committee.Proposal{Code: "P3-T1", Kind: "training", Countries: []string{"MD"}, Title: in("Formation des inspecteurs du travail", "Training of labour inspectors")}, false},
}

// in is a text in French, with its English.
func in(fr, en string) wording.Text { return wording.New("fr", fr).With("en", en) }

// council opens next year's plan and a session of the steering committee, and a draft agreement, so that their rooms are not
// empty: all invented.
func (s *Stage) council(ctx context.Context) error {
	c, owner := s.at(French, "claire"), s.Offices[French].ID
	plan, session := s.newID(), s.newID()
	s.plan, s.session = plan, session
	year := s.began.Year() + 1
	write := func(kind string, id journal.ID, typ string, payload any) error {
		return s.entry(ctx, c, access.ForProgramme, kind, id, typ, payload)
	}
	err := write(access.KindPlan, plan, committee.OpenedType, committee.Opened{Year: year, Programme: scheme.Ref(owner, programmeCode).ID, Title: in(fmt.Sprintf("Programmation des actions %d", year), fmt.Sprintf("Plan of activities for %d", year))})
	if err != nil {
		return err
	}
	err = write(access.KindSession, session, committee.CalledType, committee.Called{On: party.OnDay(s.began.AddDate(0, 1, 0)), Title: in("Septième comité de pilotage", "Seventh steering committee"), Seats: 5, Quorum: 3, Rule: committee.Majority,
		Agenda: []committee.Item{{Key: "1", Text: in("Bilan de l’année", "Report on the year")}, {Key: "2", Text: in("Programmation de l’année à venir", "Plan for the coming year")}, {Key: "3", Text: in("Questions diverses", "Any other business")}}})
	if err != nil {
		return err
	}
	for _, p := range proposals {
		p.ID = s.newID()
		if err := write(access.KindPlan, plan, committee.ProposedType, committee.Proposed{Proposal: p.Proposal}); err != nil {
			return err
		}
		if !p.tabled {
			continue
		}
		t := committee.Tabled{Motion: s.newID(), Item: "2", Plan: plan, Proposal: p.ID, Mark: p.Mark()}
		if p.Code == "P5-E1" { // as the programme's file says
			t.Waiting = []committee.Waiting{{Code: "P5-S1", Status: "to_be_completed"}}
		}
		if err := write(access.KindSession, session, committee.TabledType, t); err != nil {
			return err
		}
		s.motions = append(s.motions, t.Motion)
	}
	return s.draftAgreement(write, owner)
}

// votes lets three members vote on what is tabled, two of them from afar, and keeps what they decided as the plan's first version.
// Then a motion is put that stays open.
func (s *Stage) votes(ctx context.Context) error {
	for n, login := range []string{"ines", "hugo", "odile"} {
		for i, motion := range s.motions {
			v := committee.Cast{Motion: motion, Value: "yes", How: "remote"}
			switch {
			case n == 1 && i == 2:
				v.Value, v.Reason = "no", "Le calendrier est trop serré (fictif)."
			case n == 2:
				v.Value, v.How, v.Reason = "abstain", "room", "Mon ministère ne s’est pas prononcé (fictif)."
			}
			if n == 2 && i == 0 {
				v.Value, v.Reason = "yes", ""
			}
			if err := s.write(ctx, written{login, access.KindSession, s.session, committee.VoteType, v}); err != nil {
				return err
			}
		}
	}
	at := committee.Path + "/sessions/" + s.session.String()
	for i, motion := range s.motions {
		typed := url.Values{"result": {string(committee.Yes)}, "reason": {"Le projet est prêt et répond aux priorités de l’année (fictif)."}, "by": {"La présidence (fictive)"}}
		if i == 2 { // one yes, one no
			typed = url.Values{"result": {string(committee.Later)}, "reason": {"Les avis sont partagés : le point reviendra (fictif)."}, "by": {"La présidence (fictive)"}}
		}
		step := at + "/decide/" + motion.String()
		if err := s.press(ctx, "claire", step, step, typed); err != nil {
			return err
		}
	}
	freeze := committee.Path + "/plans/" + s.plan.String() + "/freeze"
	if err := s.press(ctx, "claire", freeze, freeze, nil); err != nil {
		return err
	}
	return s.write(ctx, written{"", access.KindSession, s.session, committee.TabledType, committee.Tabled{Motion: s.newID(), Item: "3", Text: invented("Reprendre les indicateurs de l’étude sur le travail saisonnier dans le questionnaire des inspecteurs", "Use the indicators of the study on seasonal work in the inspectors’ list")}})
}

// draftAgreement lets two services write a round each.
func (s *Stage) draftAgreement(write func(kind string, id journal.ID, typ string, payload any) error, owner journal.ID) error {
	id := s.newID()
	err := write(access.KindAgreement, id, agreement.OpenedType, agreement.Opened{Code: "FR-RO-1", Title: in("Échange d’informations de liaison entre la France et la Roumanie", "Exchange of liaison information between France and Romania"), Sort: "liaison", Countries: []string{"FR", "RO"}, Model: "liaison", Activity: "P1-W2", Owner: s.org("fr-moj"), Due: s.fromToday(60)})
	if err != nil {
		return err
	}
	text, err := agreement.FromModel("liaison")
	if err != nil {
		return err
	}
	first := agreement.NewVersion(owner, "", "Magistrat de liaison (fictif)", "", text)
	if err := write(access.KindAgreement, id, agreement.DraftedType, first); err != nil {
		return err
	}
	next := slices.Clone(text)
	for i, p := range next {
		fr := strings.NewReplacer("[dix]", "quinze", "[trois] jours", "cinq jours").Replace(p.Text.By["fr"].Text)
		if fr != p.Text.By["fr"].Text { // the English is not there yet
			next[i].Text = p.Text.With("fr", fr)
		}
	}
	return write(access.KindAgreement, id, agreement.DraftedType, agreement.NewVersion(owner, first.Hash, "Ministère roumain (fictif)", "Délais plus longs.", next))
}
