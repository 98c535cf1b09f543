// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/action"
	activities "github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/change"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// source is what the records retell.
const source = "Newsletter of the Ambassador-at-large for the fight against transnational criminal threats, 2021"

// invented is a text in French, with its English, that says of itself that it is invented.
func invented(fr, en string) wording.Text { return in(fr+" (fictif)", en+" (fictitious)") }

// day gives the date so many days after the demonstration's first day.
func (s *Stage) day(after int) party.PartialDate { return party.OnDay(s.now.AddDate(0, 0, after)) }

// org gives an organisation of the programme by its code.
func (s *Stage) org(code string) journal.ID {
	return actors.OrganisationRef(s.Offices[French].ID, code).ID
}

// named gives the programme's organisations the names that they have in French, beside those of the source.
func (s *Stage) named(ctx context.Context) error {
	b, err := pack.Register("organisations", "fr")
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		return err
	}
	for _, r := range rows[1:] { // code, name in the source, name in French
		if err := s.write(ctx, written{kind: access.KindOrganisation, id: s.org(r[0]), typ: party.OrganisationDescribed, what: party.Described{Names: party.Names{"en": r[1], "fr": r[2]}}}); err != nil {
			return err
		}
	}
	return nil
}

// followed notes what became of the meeting of April 2021 afterwards, so that the newsletter's page shows what it could not know.
func (s *Stage) followed(ctx context.Context) error {
	held, people, from := activities.Status("held"), party.Over(150), party.Exactly(12)
	return s.write(ctx, written{kind: access.KindActivity, id: activities.Ref(s.Offices[French].ID, "P3-W1").ID, typ: activities.DescribedType,
		what: activities.Described{Status: &held, Participants: &people, FromCountries: &from, Told: &party.Source{Document: "Public account of the workshop of 13 and 14 April 2021"}}})
}

// measures are what the newsletter says of strategies and action plans. Only measure 44 has its plan's own number.
func (s *Stage) measures(ctx context.Context) error {
	const nap, joint, balkans = "Deuxième plan d’action national contre la traite des êtres humains", "Stratégie commune franco-suédoise contre la traite des êtres humains à des fins d’exploitation sexuelle", "Stratégie française pour les Balkans occidentaux"
	list := []measure.Noted{
		{Plan: nap, Code: "44", Owners: []journal.ID{s.org("meae"), s.org("osce-cthb")}, Countries: []string{"FR"}, Source: source + ", l. 194-199",
			Text: in("Former sur le terrain les praticiens, le long des routes migratoires de la Méditerranée.", "Train practitioners on the spot, along the Mediterranean migration routes.")},
		{Plan: nap, Code: "INT-1", Owners: []journal.ID{s.org("meae")}, Countries: []string{"FR"}, Source: source + ", l. 94 (our number)",
			Text: in("Prendre part aux campagnes internationales et aux actions de mobilisation.", "Take part in international campaigns and mobilisation.")},
		{Plan: nap, Code: "INT-2", Owners: []journal.ID{s.org("meae")}, Countries: []string{"FR"}, Source: source + ", l. 95 (our number)",
			Text: in("Promouvoir le modèle abolitionniste par la diplomatie française.", "Promote the abolitionist model through French diplomacy.")},
		{Plan: nap, Code: "INT-3", Owners: []journal.ID{s.org("fr-moj"), s.org("fr-schools")}, Countries: []string{"FR"}, Source: source + ", l. 96-97 (our number)",
			Text: in("Renforcer la formation des praticiens dans les écoles de la magistrature et de la justice.", "Strengthen the training of practitioners in the judicial training schools.")},
		{Plan: joint, Code: "FR-SE-1", Owners: []journal.ID{s.org("meae"), s.org("se-gov")}, Countries: []string{"FR", "SE"}, Source: source + ", l. 158-186 (our number)",
			Text: in("Réduire la demande et mieux protéger les personnes, en Europe et dans le monde.", "Reduce demand and protect people better, in Europe and globally.")},
		{Plan: balkans, Code: "WB-J1", Owners: []journal.ID{s.org("fr-moj")}, Countries: []string{"FR"}, Source: source + ", l. 102-105 (our number)",
			Text: in("Mettre en place des équipes communes d’enquête avec tous les pays de la région.", "Set up joint investigation teams with all the countries of the region.")},
	}
	for i, v := range list {
		id := s.newID()
		entries := []written{{kind: access.KindMeasure, id: id, typ: measure.NotedType, what: v}}
		if i == 0 {
			entries = append(entries, written{kind: access.KindMeasure, id: id, typ: measure.ReportedType, what: measure.Reported{State: measure.UnderWay, On: party.InYear(2019), By: "Lettre d’information, 2021", Why: "La dernière phase a commencé en 2019 (l. 199)."}})
		}
		if err := s.write(ctx, entries...); err != nil {
			return err
		}
	}
	return nil
}

// lacked is a need with what is planned for it.
type lacked struct {
	need.Noted
	plan need.PlannedFor
}

// needs are what the newsletter's activities are to answer; one becomes a training, one a draft agreement.
func (s *Stage) needs(ctx context.Context) error {
	border := s.newID()
	on := s.day(-2)
	list := []lacked{
		{need.Noted{Text: in("Police aux frontières : des indicateurs pour repérer les mineurs non accompagnés qui pourraient être victimes.", "Border police: indicators to spot unaccompanied minors who may be victims."), Theme: "children", Groups: []need.Group{"border"}, Countries: []string{"AL", "GR"}, Urgency: "year", Activity: "P4-G1"}, need.PlannedFor{Answer: "training", Code: "P4-G1"}},
		{need.Noted{Text: in("Un cadre pour échanger des informations de liaison entre la France et la Roumanie.", "A framework to exchange liaison information between France and Romania."), Theme: "exchange", Groups: []need.Group{"prosecutors", "police"}, Countries: []string{"FR", "RO"}, Urgency: "year", Activity: "P1-W2", Owner: s.org("meae"), Due: s.day(120)}, need.PlannedFor{Answer: "agreement", Code: "FR-RO-1"}},
		{need.Noted{Text: in("Mieux identifier les victimes : sans identification, il n’y a pas de recours.", "Better identification of victims: without it there is no remedy."), Theme: "identification", Groups: []need.Group{"prosecutors", "judges", "associations"}, Activity: "P4-W1"}, need.PlannedFor{}},
		{need.Noted{Text: in("Des mesures d’indemnisation qui aboutissent.", "Measures of compensation that lead to something."), Theme: "rights", Groups: []need.Group{"prosecutors", "judges"}, Activity: "P4-W1"}, need.PlannedFor{}},
		{need.Noted{Text: in("Des indicateurs pour distinguer, parmi les délits et la mendicité, ce qui relève de la contrainte.", "Indicators to tell, among offences and begging, what stems from coercion."), Theme: "children", Groups: []need.Group{"judges", "child_protection"}, Countries: []string{"AL", "FR"}, Urgency: "now", Activity: "P5-S1", Owner: s.org("fr-moj")}, need.PlannedFor{}},
		{need.Noted{Text: in("Des données fiables sur les personnes venues de Moldavie et exploitées en France.", "Reliable data on people from Moldova who are exploited in France."), Theme: "data", Groups: []need.Group{"labour_inspectors", "associations"}, Countries: []string{"FR", "MD"}, Activity: "P3-S1"}, need.PlannedFor{}},
		{need.Noted{Text: in("Détecter les victimes aux frontières.", "Detect victims at borders."), Theme: "identification", Groups: []need.Group{"border"}, Urgency: "year", Activity: "P2-W1"}, need.PlannedFor{}},
	}
	for i, v := range list {
		id := s.newID()
		if i == 0 {
			id = border
		}
		v.On = on
		entries := []written{{kind: access.KindNeed, id: id, typ: need.NotedType, what: v.Noted}}
		if v.plan.Code != "" {
			v.plan.On = s.day(-1)
			entries = append(entries, written{kind: access.KindNeed, id: id, typ: need.PlannedType, what: v.plan})
		}
		if err := s.write(ctx, entries...); err != nil {
			return err
		}
	}
	return s.training(ctx, border)
}

// training is given to 24 invented people: tests before and after, which three have missed.
func (s *Stage) training(ctx context.Context, answers journal.ID) error {
	id := s.newID()
	var seats []training.Trainee
	before, after := []training.Sheet{}, []training.Sheet{}
	for i := range 24 {
		x := training.Trainee{Code: fmt.Sprintf("T%02d", i+1), Country: []string{"AL", "GR"}[i%2], Group: "border"}
		seats = append(seats, x)
		before = append(before, training.Sheet{Code: x.Code, Answer: answered(3 + i%5)})
		if i%8 == 3 {
			after = append(after, training.Sheet{Code: x.Code})
			continue
		}
		after = append(after, training.Sheet{Code: x.Code, Answer: answered(5 + i%5)})
	}
	plan := training.Plan{Title: invented("Repérer les mineurs non accompagnés : indicateurs pour la police aux frontières", "Spotting unaccompanied minors: indicators for border police"), Activity: "P4-G1", Countries: []string{"AL", "GR"}, Groups: []string{"border"},
		Languages: []string{"sq", "el"}, On: s.day(-1), Sessions: 3, Items: 10, Mark: 7, Trainer: s.Offices[French].Workers["luc"]}
	entry := func(by, typ string, what any) written { return written{by, access.KindTraining, id, typ, what} }
	list := []written{entry("", training.PlannedType, plan), entry("", training.AnswersType, training.Answers{Needs: []journal.ID{answers}}),
		entry("luc", training.SeatedType, training.Seated{Trainees: seats}),
		entry("luc", training.TestedType, training.Tested{When: training.Before, Sheets: before}), entry("luc", training.TestedType, training.Tested{When: training.After, Sheets: after})}
	if err := s.write(ctx, list...); err != nil {
		return err
	}
	given := training.Path + "/" + id.String() + "/act/deliver" // the page also says at the need that it is met
	if err := s.press(ctx, "claire", given, given, url.Values{"on": {s.day(0).String()}, "sessions": {"3"}, "evidence": {"Listes d’émargement (fictives)"}}); err != nil {
		return err
	}
	of := training.Training{Plan: plan, Trainees: seats, Tests: map[training.When]map[string]string{training.Before: byCode(before), training.After: byCode(after)}}
	return s.write(ctx, entry("luc", training.ConcludedType, of.Aggregate()))
}

// answered is a sheet of ten answers of which so many are right.
func answered(right int) string { return strings.Repeat("1", right) + strings.Repeat("0", 10-right) }

func byCode(sheets []training.Sheet) map[string]string {
	out := map[string]string{}
	for _, x := range sheets {
		out[x.Code] = x.Answer
	}
	return out
}

// actions are invented: who said that they would do what.
func (s *Stage) actions(ctx context.Context) error {
	list := []struct {
		action.Agreed
		typ  string
		what any
	}{
		{action.Agreed{Text: invented("Envoyer le projet d’ordre du jour à la coordination nationale", "Send the draft agenda to the national coordinator"), Owner: s.org("unodc-field"), Due: s.day(20), Activity: "P3-W1"}, action.DoneType, action.DoneBy{On: s.day(-1), Evidence: "Ordre du jour diffusé (fictif)"}},
		{action.Agreed{Text: invented("Rédiger le projet d’accord sur l’échange d’informations de liaison", "Draft the agreement on the exchange of liaison information"), Owner: s.org("fr-emb"), Due: s.day(170), Activity: "P1-W2"}, "", nil},
		{action.Agreed{Text: invented("Réunir les exemples d’indemnisation présentés pendant la réunion", "Collect the examples of compensation presented at the meeting"), Owner: s.org("fr-moj"), Due: s.day(60), Activity: "P4-W1"}, "", nil},
		{action.Agreed{Text: invented("Diffuser les indicateurs de l’étude aux éducateurs", "Pass the study’s indicators on to educators"), Owner: s.org("miprof"), Due: s.day(90), Activity: "P5-S1"}, action.RefusedType, action.Ended{On: s.day(-1), Reason: "L’étude n’est pas encore remise (fictif)"}},
		{action.Agreed{Text: invented("Proposer une date pour la rencontre en Albanie", "Propose a date for the event in Albania"), Activity: "P5-E1"}, "", nil},
	}
	for _, x := range list {
		id := s.newID()
		x.On = s.day(-3)
		entries := []written{{kind: access.KindAction, id: id, typ: action.AgreedType, what: x.Agreed}}
		if x.typ != "" {
			entries = append(entries, written{kind: access.KindAction, id: id, typ: x.typ, what: x.what})
		}
		if err := s.write(ctx, entries...); err != nil {
			return err
		}
	}
	return nil
}

// asked is a file of recommendations as somebody would bring it in: of an invented body, on the subjects of the newsletter.
const asked = `source,document,paragraph,country,strength,language,text,articles,measures,made_on,owners,due
Groupe d’experts (fictif),"Troisième rapport (fictif)",84,FR,urge,fr,"Les autorités devraient faire en sorte que les victimes soient informées de leurs droits dans une langue qu’elles comprennent.",12|15,44,2024-06-12,MIPROF - Inter-ministerial Mission on combating violence against women and human trafficking,%[1]d-12-31
Groupe d’experts (fictif),"Troisième rapport (fictif)",97,FR,urge,fr,"Les autorités devraient former les magistrats aux voies d’indemnisation.",15,INT-3,2024-06-12,Ministry of Justice,%[1]d-06-30
Groupe d’experts (fictif),"Troisième rapport (fictif)",103,FR,consider,fr,"Les autorités sont invitées à envisager des indicateurs communs pour les mineurs contraints à commettre des délits.",10,,2024-06-12,Ministry of the Interior,
Groupe d’experts (fictif),"Troisième rapport (fictif)",118,FR,invite,fr,"Les autorités sont invitées à publier chaque année des chiffres sur les réparations accordées.",15,,2024-06-12,,
Réunion des coordonnateurs (fictive),"Conclusions (fictives)",1,,,fr,"Chaque coordination tient à jour la liste de ses points de contact.",,,2021-01-28,,
Réunion des coordonnateurs (fictive),"Conclusions (fictives)",2,,,fr,"Les parquets s’informent mutuellement des enquêtes ouvertes dans plusieurs pays.",,,2021-01-28,,
`

// recommendations come in as a file, as they would.
func (s *Stage) recommendations(ctx context.Context) error {
	var out app.ImportedRecommendations
	if err := s.Offices[French].ask(ctx, "recommendations.import", app.ImportRecommendationsIn{File: fmt.Appendf(nil, asked, s.began.Year())}, &out); err != nil {
		return err
	}
	if !out.OK {
		return fmt.Errorf("demo: recommendations: %+v", out.Wrong)
	}
	return nil
}

// changes are invented: one that somebody else has confirmed, one that waits.
func (s *Stage) changes(ctx context.Context) error {
	first, second := s.newID(), s.newID()
	reported := change.Reported{Sort: "practice", On: s.day(-20), Evidence: "Instruction de service (fictive)", Activities: []string{"P4-G1"}, Countries: []string{"AL"}, Reporter: "Coordination nationale (fictive)",
		Text:         invented("Aux postes frontières, un agent formé parle seul à seul avec chaque mineur qui voyage sans parents", "At border posts, a trained officer speaks alone with each minor who travels without parents"),
		Who:          invented("Police aux frontières", "Border police"),
		Contribution: invented("La formation a donné les indicateurs ; la décision est celle du service", "The training gave the indicators; the decision is the service’s own")}
	of := change.Reported{Sort: "procedure", On: s.day(-10), Evidence: "Circulaire (fictive)", Activities: []string{"P4-W1"}, Countries: []string{"MK"}, Reporter: "Commission nationale (fictive)",
		Text: invented("Le parquet demande la saisie des avoirs dès l’ouverture de l’enquête", "Prosecutors ask for assets to be frozen as soon as an investigation opens"), Who: invented("Parquet", "Prosecution service"),
		Contribution: invented("Le point a été soulevé pendant la réunion de mars", "The point was raised at the meeting in March")}
	if err := s.write(ctx, written{"", access.KindChange, first, change.ReportedType, reported}, written{"", access.KindChange, second, change.ReportedType, of}); err != nil {
		return err
	}
	judge := change.Path + "/" + first.String() + "/act/judge" // by somebody who did not report it
	return s.press(ctx, "paul", judge, judge, url.Values{"state": {string(change.Confirmed)}, "by": {"Bureau du programme (fictif)"}, "on": {s.day(0).String()}, "why": {"L’instruction a été lue (fictif)"}})
}

// studies are the newsletter's two, and an invented one that is delivered.
func (s *Stage) studies(ctx context.Context) error {
	moldova, minors, made := s.newID(), s.newID(), s.newID()
	of := func(id journal.ID, typ string, what any) written { return written{"", access.KindStudy, id, typ, what} }
	list := []written{
		of(moldova, study.CommissionedType, study.Commission{Activity: "P3-S1", Author: "Un sociologue", Title: in("Personnes venues de Moldavie et exploitées par le travail en France", "People from Moldova exploited for their labour in France"),
			Question: in("Comprendre un phénomène nouveau, donner des données fiables pour protéger et pour coopérer.", "Understand an emerging phenomenon; provide reliable data for protection and cooperation.")}),
		of(minors, study.CommissionedType, study.Commission{Activity: "P5-S1", Author: "Un sociologue", Title: in("Mineurs albanais contraints à des délits ou à la mendicité en France", "Albanian minors forced into offences or begging in France"),
			Question: in("Donner aux magistrats et aux éducateurs les indicateurs qui permettent de distinguer les situations de contrainte.", "Give magistrates and educators the indicators to tell situations of coercion.")}),
		of(minors, study.FieldworkType, study.Fieldwork{Countries: []string{"AL", "FR"}}),
		of(made, study.CommissionedType, study.Commission{Author: "Bureau d’études (fictif)", Title: invented("Travail saisonnier : ce que voient les inspecteurs", "Seasonal work: what inspectors see"), On: s.day(-30), Due: s.day(-5),
			Question: invented("Quels signes une visite de quelques minutes laisse-t-elle voir ?", "Which signs can be seen in a visit of a few minutes?")}),
		of(made, study.FieldworkType, study.Fieldwork{From: s.day(-28), Until: s.day(-10), Countries: []string{"FR", "RO"}, Method: "Entretiens et observation (fictif)", People: party.Over(40)}),
		of(made, study.DeliveredType, study.Delivery{On: s.day(-5), Document: "Rapport final (fictif)", Pages: 64}),
	}
	for i, f := range []study.Finding{
		{Text: invented("Le logement fourni par l’employeur est presque toujours le premier signe.", "Housing provided by the employer is nearly always the first sign."), Page: "12-15"},
		{Text: invented("Les personnes parlent plus volontiers en l’absence de l’intermédiaire.", "People speak more freely when the intermediary is not there."), Page: "27", Asks: "Prévoir un interprète indépendant"},
		{Text: invented("Les papiers sont souvent « gardés en lieu sûr ».", "Papers are often “kept in a safe place”."), Page: "31"}} {
		f.Key = fmt.Sprintf("F%d", i+1)
		list = append(list, of(made, study.FoundType, f))
	}
	for i, x := range []study.Indicator{
		{Text: invented("Loge sur le lieu de travail, sans pouvoir choisir.", "Lives at the workplace without a choice."), Weight: "M", Page: "13"},
		{Text: invented("Ne détient pas ses papiers.", "Does not hold own papers."), Weight: "S", Page: "31"},
		{Text: invented("Ne connaît ni son salaire ni sa dette.", "Knows neither wage nor debt."), Weight: "S", Page: "40"},
		{Text: invented("Se tait quand l’intermédiaire est là.", "Falls silent when the intermediary is there."), Weight: "W", Page: "27"}} {
		x.ID, x.Theme = fmt.Sprintf("SAI-%02d", i+1), "SAI"
		list = append(list, of(made, study.IndicatorType, x))
	}
	return s.write(ctx, list...)
}
