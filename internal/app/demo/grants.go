// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/grant"
)

// applicants are invented; two fail a rule of the call.
var applicants = []struct {
	grant.Filed
	scores [][2]int // of the assessors, by criterion; fewer than three: the last one has a conflict of interest
}{
	{grant.Filed{Applicant: "Maison des Rives (fictive)", Country: "AL", Title: "Un lieu d’accueil et un suivi de six mois", Shelter: grant.Yes, Amount: 60000,
		Text: "Accueillir, conseiller et accompagner vers un logement et un travail. Une psychologue et une juriste sont présentes chaque semaine. (Projet fictif.)"}, [][2]int{{9, 8}, {7, 8}, {10, 9}}},
	{grant.Filed{Applicant: "Le Pont (fictif)", Country: "GR", Title: "Équipes mobiles dans les exploitations agricoles", Amount: 45000,
		Text: "Aller à la rencontre des travailleurs saisonniers, dans leur langue, avec un médecin et un juriste. (Projet fictif.)"}, [][2]int{{5, 5}, {9, 9}, {7, 6}}},
	{grant.Filed{Applicant: "Horizon commun (fictif)", Country: "AL", Title: "Former les enseignants des zones frontalières", Amount: 30000,
		Text: "Deux journées de formation dans vingt écoles, et un guide. (Projet fictif.)"}, [][2]int{{6, 6}, {6, 7}}},
	{grant.Filed{Applicant: "Nouvelle Aube (fictive)", Country: "GR", Title: "Une ligne d’écoute", Amount: 25000, Text: "Une ligne d’écoute de nuit. (Projet fictif.)"}, nil},
	{grant.Filed{Applicant: "Compte d’autrui (fictif)", Country: "AL", Title: "Atelier de couture", Account: grant.No, Amount: 20000, Text: "Un atelier de couture. (Projet fictif.)"}, nil},
}

// young is the applicant that was registered too lately.
const young = 3

// grants runs an invented call from its opening to the first report, and states what the newsletter says of the fund.
func (s *Stage) grants(ctx context.Context) error {
	call, year := s.newID(), s.now.Year()
	panel := []string{"jeanne", "karim", "luc"}
	var members []grant.Member
	for _, login := range panel {
		members = append(members, grant.Member{Assessor: s.Offices[French].Workers[login]})
	}
	of := func(typ string, what any) written { return written{"", access.KindCall, call, typ, what} }
	err := s.write(ctx, of(grant.AnnouncedType, grant.Notice{Code: fmt.Sprintf("AAP-%d", year), Title: invented("Appel à projets : agir sur le terrain", "Call for projects: help on the ground"), Activity: "P4-G1", Closes: s.day(30), Ceiling: 80000, Currency: "EUR",
		Text:     in("Des projets d’associations qui aident directement, en Albanie et en Grèce. Six mois à un an.", "Projects of associations that help directly, in Albania and Greece. Six months to a year."),
		Rules:    []grant.Rule{{Rule: grant.Registered, Least: 1}, {Rule: grant.OwnAccount}, {Rule: grant.OwnWork}, {Rule: grant.Within}},
		Criteria: []grant.Criterion{{Code: "c1", Name: in("Le besoin est démontré", "The need is shown"), Weight: 60}, {Code: "c2", Name: in("Les personnes y sont en sécurité", "People are safe in it"), Weight: 40}}}),
		of(grant.OpenedType, grant.Opened{On: s.day(-20)}), of(grant.PanelledType, grant.Panelled{Members: members}))
	if err != nil {
		return err
	}
	ids := make([]journal.ID, len(applicants))
	for i, a := range applicants {
		ids[i] = s.newID()
		f := a.Filed
		f.Call, f.Form, f.Registered, f.OwnWork, f.Language = call, "association", party.InYear(2015), grant.Yes, "fr"
		if f.Account == "" {
			f.Account = grant.Yes
		}
		if i == young {
			f.Registered = s.day(-60)
		}
		if err := s.write(ctx, written{"", access.KindApplication, ids[i], grant.FiledType, f}); err != nil {
			return err
		}
		if err := s.act(ctx, grant.ApplicationPath, ids[i], "examine", nil); err != nil {
			return err
		}
	}
	if err := s.write(ctx, of(grant.ClosedType, grant.ClosedFor{On: s.day(0)})); err != nil {
		return err
	}
	if err := s.assessed(ctx, panel, ids); err != nil {
		return err
	}
	if err := s.act(ctx, grant.CallPath, call, "rank", nil); err != nil {
		return err
	}
	if err := s.write(ctx, written{"", access.KindApplication, ids[2], grant.DecidedType, grant.Decided{Reason: "Troisième du classement ; crédits épuisés."}}); err != nil {
		return err
	}
	if err := s.award(ctx, ids[0]); err != nil {
		return err
	}
	return s.fund(ctx)
}

// act does one of the steps that a page of the grants offers.
func (s *Stage) act(ctx context.Context, path string, id journal.ID, step string, typed url.Values) error {
	at := path + "/" + id.String() + "/act/" + step
	return s.press(ctx, "claire", at, at, typed)
}

// assessed lets each assessor score alone what was given to them.
func (s *Stage) assessed(ctx context.Context, panel []string, ids []journal.ID) error {
	for i, a := range applicants {
		if a.scores == nil {
			continue
		}
		var everybody []string
		for _, login := range panel {
			everybody = append(everybody, s.Offices[French].Workers[login].String())
		}
		if err := s.act(ctx, grant.ApplicationPath, ids[i], "assign", url.Values{"assessors": everybody}); err != nil {
			return err
		}
		for n, login := range panel {
			to := grant.AssessmentRef(ids[i], s.Offices[French].Workers[login]).ID
			of := func(typ string, what any) written { return written{login, access.KindAssessment, to, typ, what} }
			if n >= len(a.scores) {
				if err := s.write(ctx, of(grant.DeclaredType, grant.Declared{Conflict: true, Reason: "A siégé au conseil de l’association (fictif)"})); err != nil {
					return err
				}
				continue
			}
			x := a.scores[n]
			err := s.write(ctx, of(grant.DeclaredType, grant.Declared{}), of(grant.ScoredType, grant.Scores{Scores: map[string]int{"c1": x[0], "c2": x[1]}, Remark: "Note donnée sans connaître celle des autres (fictif)."}))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// award gives two instalments; the second waits for the report on the first to be accepted. Who shelters people is not named.
func (s *Stage) award(ctx context.Context, application journal.ID) error {
	half := strconv.Itoa(int(applicants[0].Amount) / 2)
	err := s.act(ctx, grant.ApplicationPath, application, "award", url.Values{"decision": {"Comité de pilotage (fictif) : premier du classement"}, "decided": {s.day(0).String()}, "amount": {strconv.FormatInt(applicants[0].Amount, 10)},
		"instalments": {half + " " + s.day(30).String() + "\n" + half + " " + s.day(200).String()}, "activity": {"P4-G1"}, "withhold": {"partner", "place"}, "withheld_reason": {"Lieu d’accueil : le nommer mettrait des personnes en danger."}})
	if err != nil {
		return err
	}
	id := grant.AwardRef(application).ID
	err = s.write(ctx, written{"", access.KindAward, id, grant.ContractedType, grant.Contracted{Number: fmt.Sprintf("CONV-%d-01", s.now.Year()), On: s.day(0)}},
		written{"", access.KindAward, id, grant.PaidType, grant.Paid{Instalment: 1, On: s.day(0)}})
	if err != nil {
		return err
	}
	return s.act(ctx, grant.Path, id, "report", url.Values{"quarter": {figure.QuarterOf(s.now).String()}, "instalment": {"1"}, "language": {"fr"}, "spent": {"12000"},
		"text":      {"Le lieu est ouvert. Des personnes ont été hébergées, soignées et conseillées ; deux permanences juridiques ont lieu chaque semaine. (Rapport fictif.)"},
		"women_new": {"12"}, "women_before": {"14"}, "men_new": {"3"}, "men_before": {"11"}, "girls_new": {"2"}, "girls_before": {"0"}, "boys_new": {"0"}, "boys_before": {"0"}, "not_known_new": {"0"}, "not_known_before": {"0"}})
}

// fund states what the newsletter says of the United Nations' voluntary fund: no amount.
func (s *Stage) fund(ctx context.Context) error {
	const fund = "United Nations Voluntary Trust Fund for Victims of Trafficking in Persons (UNVTF)"
	for _, f := range []grant.Flow{
		{What: grant.Contribution, Fund: fund, From: "France", Since: party.InYear(2010), Rank: 5, RankOn: party.InYear(2021), Activity: "P4-F1", Source: party.Source{Document: source, Lines: "8-11, 391"}},
		{What: grant.Proceeds, Fund: fund, Campaign: "Blue Heart", Activity: "P4-C1", Source: party.Source{Document: source, Lines: "259-260"}},
	} {
		if err := s.write(ctx, written{"", access.KindAward, s.newID(), grant.FlowType, f}); err != nil {
			return err
		}
	}
	return nil
}
