// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/event"
)

// meeting is an event that is being written down.
type meeting struct {
	id   journal.ID
	list []written
}

func (s *Stage) meeting(v event.Described) *meeting {
	m := &meeting{id: s.newID()}
	m.add(event.DescribedType, v)
	return m
}

func (m *meeting) add(typ string, what any) {
	m.list = append(m.list, written{"", access.KindEvent, m.id, typ, what})
}

func (m *meeting) at() string { return event.Path + "/" + m.id.String() }

// invited are those whom a regional workshop invites: the partner countries and territories, and France.
var invitedTo = []string{"AL", "BA", "BG", "HR", "GR", "XK", "MK", "MD", "ME", "RO", "RS", "FR"}

// functions of invented people, by what they do.
var functions = [][2]string{{"Coordination nationale", "coordinators"}, {"Parquet", "prosecutors"}, {"Inspection du travail", "labour_inspectors"}, {"Association", "associations"}, {"Police", "police"}, {"Protection de l’enfance", "child_protection"}}

// meetings are the newsletter's two with a date, and the next one, whose answers are still coming in. Dates, hosts and languages are
// the newsletter's; agenda and people are invented.
func (s *Stage) meetings(ctx context.Context) error {
	for _, do := range []func(context.Context) error{s.marchMeeting, s.aprilWorkshop, s.nextWorkshop} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// marchMeeting took place: what was noted there is filed, and its minutes are approved.
func (s *Stage) marchMeeting(ctx context.Context) error {
	first, last := time.Date(2021, 3, 3, 0, 0, 0, 0, time.UTC), time.Date(2021, 3, 4, 0, 0, 0, 0, time.UTC)
	m := s.meeting(event.Described{Title: in("Réunion régionale d’experts : accès à la justice et recours effectifs", "Regional meeting of experts: access to justice and effective remedies"), Sort: "meeting", Activity: "P4-W1",
		CoOrganisers: []journal.ID{s.org("unodc-htmss"), s.org("mk-nc")}, Start: party.OnDay(first), End: party.OnDay(last), Zone: "Europe/Vienna", Mode: event.Online, Languages: []string{"en", "fr"}})
	opening, sharing, closing := s.newID(), s.newID(), s.newID()
	m.add(event.SessionType, event.SessionSet{Session: opening, Item: "1", Day: party.OnDay(first), From: "09:30", To: "11:00", Title: in("Ouverture ; le troisième cycle d’évaluation du GRETA", "Opening; GRETA’s third evaluation cycle")})
	m.add(event.SessionType, event.SessionSet{Session: sharing, Item: "2", Day: party.OnDay(first), From: "11:15", To: "17:00", Title: in("Cas, difficultés et bonnes pratiques", "Cases, difficulties and good practices")})
	m.add(event.SessionType, event.SessionSet{Session: closing, Item: "3", Day: party.OnDay(last), From: "09:30", To: "12:30", Title: in("Conclusions", "Conclusions")})
	for _, c := range []event.Captured{
		{Take: event.TakePractice, Session: sharing, Theme: "rights", Text: in("Une même avocate suit la personne du dépôt de plainte à l’indemnisation. (Note fictive.)", "One lawyer stays with the person from complaint to compensation. (Fictitious note.)"), Countries: []string{"FR"}},
		{Take: event.TakeNeed, Session: sharing, Theme: "finance", Text: in("Savoir saisir tôt l’argent des réseaux, pour indemniser ensuite. (Note fictive.)", "Know how to freeze the money of networks early, to compensate later. (Fictitious note.)"), Countries: []string{"MK", "AL"}, Groups: []string{"prosecutors"}, Urgency: "year"},
		{Take: event.TakeAction, Session: closing, Theme: "rights", Text: in("Envoyer aux participants la liste des fonds d’indemnisation. (Note fictive.)", "Send participants the list of compensation funds. (Fictitious note.)"), Owner: s.org("unodc-htmss"), Due: s.day(45)},
	} {
		m.add(event.CapturedType, c)
	}
	m.add(event.MinutedType, event.Minuted{Text: in("La réunion a porté sur le droit à la justice et à des recours effectifs. L’expert régional l’a conclue par ce qui peut améliorer l’identification, sans laquelle il n’y a pas de recours, et l’indemnisation.",
		"The meeting dealt with the right to justice and effective remedies. The regional expert closed it with what can improve identification, without which there is no remedy, and compensation.")})
	m.add(event.HeldType, event.Held{On: party.OnDay(last)})
	if err := s.write(ctx, m.list...); err != nil {
		return err
	}
	if err := s.press(ctx, "claire", m.at()+"/notes", m.at()+"/notes/file", nil); err != nil {
		return err
	}
	return s.press(ctx, "claire", m.at()+"/minutes", m.at()+"/minutes/approve", nil)
}

// aprilWorkshop took place with invented people; one country sent nobody.
func (s *Stage) aprilWorkshop(ctx context.Context) error {
	first, last := time.Date(2021, 4, 13, 0, 0, 0, 0, time.UTC), time.Date(2021, 4, 14, 0, 0, 0, 0, time.UTC)
	m := s.meeting(event.Described{Title: in("Atelier régional : l’exploitation par le travail, d’abord celle des enfants", "Regional workshop: exploitation of labour, that of children first of all"), Sort: "workshop", Activity: "P3-W1",
		CoOrganisers: []journal.ID{s.org("unodc-htmss"), s.org("ba-sc")}, Start: party.OnDay(first), End: party.OnDay(last), Zone: "Europe/Sarajevo", Mode: event.Hybrid, Languages: []string{"bs", "en", "fr", "sq", "mk", "ro", "el", "bg"}, Channels: []string{"en", "fr", "bs"}})
	labour, children := s.newID(), s.newID()
	m.add(event.GroupType, event.GroupSet{Group: labour, Name: invented("Sous-groupe A : inspection et chaînes d’approvisionnement", "Sub-group A: inspection and supply chains"), Languages: []string{"en"}})
	m.add(event.GroupType, event.GroupSet{Group: children, Name: invented("Sous-groupe B : enfants", "Sub-group B: children"), Languages: []string{"bs", "en"}})
	opening, a, b, closed := s.newID(), s.newID(), s.newID(), s.newID()
	m.add(event.SessionType, event.SessionSet{Session: opening, Item: "1", Day: party.OnDay(first), From: "09:00", To: "10:30", Title: invented("Ouverture et état des lieux", "Opening and state of play")})
	m.add(event.SessionType, event.SessionSet{Session: a, Item: "2.1", Day: party.OnDay(first), From: "11:00", To: "16:00", Group: labour, Title: invented("Inspection du travail et secteur privé", "Labour inspection and the private sector")})
	m.add(event.SessionType, event.SessionSet{Session: b, Item: "2.2", Day: party.OnDay(first), From: "11:00", To: "16:00", Group: children, Title: invented("Repérer et protéger les enfants", "Identify and protect children")})
	m.add(event.SessionType, event.SessionSet{Session: closed, Item: "3", Day: party.OnDay(last), From: "09:00", To: "12:00", Closed: true, Inside: invented("Affaires en cours, séance à huis clos", "Cases under way, closed session"), Admits: []string{"BA", "FR", "RS"}})
	for _, c := range invitedTo {
		m.add(event.QuotaType, event.QuotaSet{Country: c, Seats: 2})
	}
	if err := s.write(ctx, m.list...); err != nil {
		return err
	}
	if err := s.press(ctx, "claire", m.at()+"/countries", m.at()+"/invite", nil); err != nil {
		return err
	}
	m.list = nil
	for i, c := range invitedTo[:8] {
		p, mode := s.newID(), []event.Mode{event.InPerson, event.Online}[i%2]
		f := functions[i%len(functions)]
		m.add(event.NominatedType, event.Nominated{Person: p, Country: c, Function: f[0] + " (fictif)", Profession: f[1], Language: "en", Mode: mode, Group: []journal.ID{labour, children}[i%2], Name: fmt.Sprintf("Personne fictive %d", i+1)})
		m.add(event.DecidedType, event.Decided{Person: p, Accepted: true})
		m.add(event.AttendedType, event.Attended{Session: opening, Person: p, How: mode})
		m.add(event.AttendedType, event.Attended{Session: []journal.ID{a, b}[i%2], Person: p, How: mode})
	}
	m.add(event.RegrettedType, event.Regretted{Country: "MD", Reason: "Aucune personne disponible (fictif)"})
	m.add(event.HeldType, event.Held{On: party.OnDay(last)})
	return s.write(ctx, m.list...)
}

// nextWorkshop is to come; some countries have answered by letter, and the rest were asked.
func (s *Stage) nextWorkshop(ctx context.Context) error {
	start := s.day(210)
	m := s.meeting(event.Described{Title: invented("Atelier régional sur la demande, avec la Suède", "Regional workshop on demand, with Sweden"), Sort: "workshop", Activity: "P1-W1", CoOrganisers: []journal.ID{s.org("unodc-htmss"), s.org("se-gov")},
		Start: start, End: s.day(211), Zone: "Europe/Bucharest", Mode: event.InPerson, Place: party.Place{Country: "RO"}, Languages: []string{"en", "fr", "ro"}, Channels: []string{"fr", "ro"}, AnswerBy: s.day(190)})
	m.add(event.SessionType, event.SessionSet{Session: s.newID(), Item: "1", Day: start, From: "09:00", To: "10:00", Title: invented("Ouverture", "Opening")})
	m.add(event.SessionType, event.SessionSet{Session: s.newID(), Item: "2", Day: start, From: "10:30", To: "17:00", Title: invented("Agir sur la demande : ce que font les États", "Acting on demand: what states do")})
	for _, c := range invitedTo {
		m.add(event.QuotaType, event.QuotaSet{Country: c, Seats: 2})
	}
	if err := s.write(ctx, m.list...); err != nil {
		return err
	}
	if err := s.press(ctx, "claire", m.at()+"/countries", m.at()+"/invite", nil); err != nil {
		return err
	}
	m.list = nil
	for i, c := range []string{"RO", "GR", "BG"} {
		p := s.newID()
		m.add(event.NominatedType, event.Nominated{Person: p, Country: c, Function: functions[i][0] + " (fictif)", Profession: functions[i][1], Language: "en", Mode: event.InPerson, Name: fmt.Sprintf("Personne fictive %d", i+21)})
		if i > 0 {
			m.add(event.DecidedType, event.Decided{Person: p, Accepted: true})
		}
	}
	if err := s.write(ctx, m.list...); err != nil {
		return err
	}
	return s.press(ctx, "claire", m.at()+"/countries", m.at()+"/remind", nil)
}
