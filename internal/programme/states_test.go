// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/change"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/knowledge"
	"github.com/entraide-thb/entraide/internal/programme/material"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/partnership"
	"github.com/entraide-thb/entraide/internal/programme/policy"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// record is what somebody wrote first, and what followed.
type record struct {
	kind, typ string
	payload   any
	id        journal.ID // zero for any
	more      []store.Draft
	forms     []string // in which its texts are written, below its path; nil for "/edit"
}

// inEveryRoom gives one record of each room that keeps a text in several languages, by the path of its room.
func inEveryRoom(s *programmetest.Site, text wording.Text) map[string]record {
	year, today := party.InYear(2026), party.OnDay(s.Clock.Now())
	source := party.Source{Document: "Journal", Lines: "3"}
	session, group, proposal := s.Store.NewID(), s.Store.NewID(), s.Store.NewID()
	of := round.Of{Body: "GRETA", Number: 3, Country: "FR"}
	asking := round.Ref(s.Owner, of)
	_, err := s.Store.Append(s.Ctx, s.Officer, asking, store.Draft{Type: round.OpenedType, Payload: round.Opened{Of: of}})
	s.Must(err)
	return map[string]record{
		need.Path:        {kind: access.KindNeed, typ: need.NotedType, payload: need.Noted{Text: text, Theme: need.Themes()[0], On: year}},
		action.Path:      {kind: access.KindAction, typ: action.AgreedType, payload: action.Agreed{Text: text, On: year}},
		measure.Path:     {kind: access.KindMeasure, typ: measure.NotedType, payload: measure.Noted{Plan: "Plan", Code: "44", Text: text, Indicator: text}},
		training.Path:    {kind: access.KindTraining, typ: training.PlannedType, payload: training.Plan{Title: text}},
		study.Path:       {kind: access.KindStudy, typ: study.CommissionedType, payload: study.Commission{Title: text}, forms: []string{}}, // it asks for each language in a field of its own
		knowledge.Path:   {kind: access.KindKnowledge, typ: knowledge.WrittenType, payload: knowledge.Written{Name: text, Text: text, Sort: "framework", Source: source}},
		policy.Path:      {kind: access.KindPolicy, typ: policy.StatedType, payload: policy.Stated{Text: text, Subject: "training", Source: source}},
		partnership.Path: {kind: access.KindPartnership, typ: partnership.DescribedType, payload: partnership.Described{Name: text, Text: text, Sort: "network", Source: source}},
		material.Path:    {kind: access.KindMaterial, typ: material.DescribedType, payload: material.Described{Text: text, Sort: material.Sorts()[1], Source: source}},
		change.Path:      {kind: access.KindChange, typ: change.ReportedType, payload: change.Reported{Text: text, Who: text, Contribution: text, Sort: change.Sorts()[0], Evidence: "Circular", Reporter: "Trainer"}},
		directory.Path:   {kind: access.KindListing, typ: directory.DescribedType, payload: directory.Described{Content: directory.Content{Name: "Line", Text: text, Sort: directory.Sorts()[0], Country: "RO", Phone: "112", Source: source}}},
		agreement.Path:   {kind: access.KindAgreement, typ: agreement.OpenedType, payload: agreement.Opened{Code: "FR-RO-1", Title: text, Sort: "other", Countries: []string{"FR", "RO"}}},
		round.QuestionPath: {kind: access.KindQuestion, typ: round.AskedType, payload: round.Asked{Round: asking.ID, Of: of, Place: 1, Number: "1", Text: text}, id: round.QuestionRef(asking.ID, "1").ID,
			more: []store.Draft{{Type: round.DraftedType, Payload: round.Drafted{Text: text}}}, forms: []string{"/act/write"}},
		event.Path: {kind: access.KindEvent, typ: event.DescribedType, payload: event.Described{Title: text, Sort: "workshop", Mode: event.Online, Start: today, Zone: "Europe/Paris", Languages: []string{"fr"}},
			more: []store.Draft{{Type: event.SessionType, Payload: event.SessionSet{Session: session, Item: "1", Title: text}}, {Type: event.GroupType, Payload: event.GroupSet{Group: group, Name: text}},
				{Type: event.MinutedType, Payload: event.Minuted{Text: text}}}, forms: []string{"/edit", "/sessions/" + session.String(), "/groups/" + group.String(), "/minutes/edit"}},
		grant.CallPath:               {kind: access.KindCall, typ: grant.AnnouncedType, payload: grant.Notice{Code: "CALL-1", Title: text, Text: text, Closes: party.OnDay(s.Clock.Now().AddDate(0, 1, 0)), Currency: "EUR", Ceiling: 1000, Criteria: []grant.Criterion{{Code: "c1", Name: text, Weight: 1}}}, forms: []string{"/act/edit"}},
		committee.Path + "/sessions": {kind: access.KindSession, typ: committee.CalledType, payload: committee.Called{On: year, Title: text, Seats: 3, Quorum: 2, Rule: committee.Majority, Agenda: []committee.Item{{Key: "1", Text: text}}}},
		committee.Path + "/plans": {kind: access.KindPlan, typ: committee.OpenedType, payload: committee.Opened{Year: 2027, Title: text},
			more: []store.Draft{{Type: committee.ProposedType, Payload: committee.Proposed{Proposal: committee.Proposal{ID: proposal, Code: "P9-W1", Kind: "workshop", Title: text, What: text}}}}, forms: []string{"/proposals/" + proposal.String()}},
	}
}

// write writes a record and gives the path of its page.
func write(s *programmetest.Site, room string, x record) string {
	s.T.Helper()
	id := x.id
	if id.IsZero() {
		id = s.Store.NewID()
	}
	for _, d := range append([]store.Draft{{Type: x.typ, Payload: x.payload}}, x.more...) {
		if _, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: x.kind, ID: id}, d); err != nil {
			s.T.Fatalf("%s: %v", room, err)
		}
	}
	return room + "/" + id.String()
}

// TestEveryRoomSaysHowItsTextsStand: of a text whose original was changed after it was translated, the page of its record says in
// every room which is the original and which no longer follows it.
func TestEveryRoomSaysHowItsTextsStand(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	text := wording.New("fr", "Le texte d’avant").With("en", "The text before").With("sq", "Teksti").With("fr", "Le texte d’après")
	text = text.With("sq", "Teksti i ri") // translated again
	for path, x := range inEveryRoom(s, text) {
		if x.kind == access.KindPlan {
			continue // its page is a table
		}
		says(t, path, read(s, write(s, path, x), "en"), "French: original", "English: translation of an earlier original", "Albanian: translation")
	}
}

// TestNoRoomTakesWordsOfOneLanguageForAnothers: in every form that asks in which language it is written, who chooses another than
// the texts stand in gets the texts of that one, and nothing is written before they have seen it. What they type is kept.
func TestNoRoomTakesWordsOfOneLanguageForAnothers(t *testing.T) {
	const english, albanian, greek = "The English of it", "Teksti shqip", "Το κείμενο"
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	for room, x := range inEveryRoom(s, wording.New("fr", "Le texte français").With("en", english).With("sq", albanian)) {
		at := write(s, room, x)
		if x.forms == nil {
			x.forms = []string{"/edit"}
		}
		for _, form := range x.forms {
			path := at + form
			shown := s.Standing(path)
			var texts []string // the fields that hold one
			for name := range shown {
				if strings.Contains(shown.Get(name), english) {
					texts = append(texts, name)
				}
			}
			if len(texts) == 0 || shown.Get("language") != "en" {
				t.Errorf("%s: %v", path, shown)
				continue
			}
			before := s.Revisions(x.kind)
			w := s.Change(path, url.Values{"language": {"sq"}})
			other := programmetest.Standing(w.Body.String())
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Now it has the words in Albanian") || s.Revisions(x.kind) != before {
				t.Errorf("%s in Albanian: %d, %d entries", path, w.Code, s.Revisions(x.kind)-before)
				continue
			}
			for _, name := range texts {
				if want := strings.Replace(shown.Get(name), english, albanian, 1); other.Get(name) != want {
					t.Errorf("%s: %s is %q, want %q", path, name, other.Get(name), want)
				}
				other.Set(name, strings.Replace(other.Get(name), albanian, greek, 1))
			}
			other.Set("language", "el") // and once more: with words in the third language
			if w = s.Ask(http.MethodPost, path, "en", other); w.Code != http.StatusSeeOther {
				t.Errorf("%s in Greek: %d\n%s", path, w.Code, w.Body)
				continue
			}
			if again := s.Standing(path); !slices.Equal(again[texts[0]], shown[texts[0]]) {
				t.Errorf("%s: the English became %q", path, again.Get(texts[0]))
			}
			w = s.Change(path, url.Values{"language": {"el"}})
			for _, name := range texts {
				if now := programmetest.Standing(w.Body.String()).Get(name); !strings.Contains(now, greek) {
					t.Errorf("%s: the Greek of %s is %q", path, name, now)
				}
			}
		}
	}
}

// TestWhatAFormOffersIsInTheLanguageThatIsChosen: a new form's title and lines stand in the reader's language until somebody chooses
// another one; an activity that a proposal points to brings its words in each of its languages.
func TestWhatAFormOffersIsInTheLanguageThatIsChosen(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	s.Must(programme.ImportWords(s.Ctx, s.Store, s.Importer))
	plans := committee.Path + "/plans"
	for path, want := range map[string]url.Values{
		committee.Path + "/sessions/new": {"title": {"Séance du comité de pilotage"}, "agenda": {"1 Bilan de l’année\n2 Programmation de l’année à venir\n3 Questions diverses"}},
		plans + "/new":                   {"title": {"Programmation des actions 2027"}},
		grant.CallPath + "/new/act/edit": {"criteria": {"25 Le besoin est démontré\n25 L’action répond au besoin\n25 La sécurité des personnes est assurée\n25 Le coût est raisonnable"}},
	} {
		w := s.Change(path, url.Values{"language": {"fr"}})
		now := programmetest.Standing(w.Body.String())
		for name := range want {
			if w.Code != http.StatusUnprocessableEntity || now.Get(name) != want.Get(name) {
				t.Errorf("%s: %d, %s is %q", path, w.Code, name, now.Get(name))
			}
		}
	}
	plan := write(s, plans, record{kind: access.KindPlan, typ: committee.OpenedType, payload: committee.Opened{Year: 2027, Title: wording.New("fr", "Programmation")}})
	proposal := plan + "/proposals/" + s.Store.NewID().String()
	from := proposal + "?activity=P4-G1"
	english := s.Standing(from)
	french := programmetest.Standing(s.Page(from, "fr"))
	if w := s.Change(from, url.Values{"language": {"fr"}}); w.Code != http.StatusUnprocessableEntity || programmetest.Standing(w.Body.String()).Get("title") != french.Get("title") || french.Get("title") == english.Get("title") {
		t.Errorf("from an activity, in French: %d, %q", w.Code, programmetest.Standing(w.Body.String()).Get("title"))
	}
	s.Changed(from, nil)
	for tag, want := range map[string]url.Values{"en": english, "fr": french} {
		if got := programmetest.Standing(s.Page(proposal, tag)); got.Get("title") != want.Get("title") || got.Get("language") != tag {
			t.Errorf("the proposal in %s: %q in %s", tag, got.Get("title"), got.Get("language"))
		}
	}
}

// TestALineOfAnAgendaStaysInItsLanguage: of an agenda whose points are written in different languages, saving the form as it stands
// makes none of them a text of another language.
func TestALineOfAnAgendaStaysInItsLanguage(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	at := write(s, committee.Path+"/sessions", record{kind: access.KindSession, typ: committee.CalledType, payload: committee.Called{On: party.InYear(2026), Title: wording.New("fr", "Séance"), Seats: 3, Quorum: 2, Rule: committee.Majority,
		Agenda: []committee.Item{{Key: "1", Text: wording.New("en", "Report on the year")}, {Key: "2", Text: wording.New("fr", "Divers")}}}})
	s.Changed(at+"/edit", nil)
	if body := s.Page(at, "fr"); !strings.Contains(body, `lang="en">Report on the year`) || strings.Contains(body, `lang="en">Divers`) {
		t.Error(body)
	}
}

var errorTo = regexp.MustCompile(`<li><a href="#([^"]+)">([^<]*)</a></li>`)

// TestEveryErrorNamesItsFieldAndLeadsThere: of a form that was sent without what it needs, with a date that is none and a text that is
// too long, the list above it says of each field what it is called, and its link leads to that field.
func TestEveryErrorNamesItsFieldAndLeadsThere(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	dates := []string{"on", "due", "since", "until", "start", "end", "closes", "from", "received", "answer_by"}
	for _, path := range []string{need.Path + "/new", action.Path + "/new", measure.Path + "/new", training.Path + "/new", study.Path + "/new/act/commission", knowledge.Path + "/new", policy.Path + "/new", partnership.Path + "/new",
		material.Path + "/new", change.Path + "/new", directory.Path + "/new", agreement.Path + "/new", round.Path + "/new/act/open", event.Path + "/new", grant.CallPath + "/new/act/edit", grant.FundPath + "/new/act/edit",
		committee.Path + "/sessions/new", committee.Path + "/plans/new"} {
		blank := s.Page(path, "fr")
		shown := programmetest.Standing(blank)
		for name, typed := range map[string]url.Values{"empty": {}, "wrong": {}, "long": {}} {
			for field := range shown {
				switch date := slices.Contains(dates, field); {
				case field == "language" || strings.Contains(blank, `type="hidden" name="`+field+`"`):
					typed[field] = shown[field]
				case name == "wrong" && date:
					typed.Set(field, "31/13/2026")
				case name == "long" && !date && shown.Get(field) == "":
					typed.Set(field, strings.Repeat("Τέλος. ", 1500))
				}
			}
			w := s.Ask(http.MethodPost, path, "fr", typed)
			body, again := w.Body.String(), programmetest.Standing(w.Body.String())
			said := errorTo.FindAllStringSubmatch(body, -1)
			if w.Code != http.StatusUnprocessableEntity || len(said) == 0 {
				t.Errorf("%s, %s: %d", path, name, w.Code)
			}
			for _, m := range said {
				if !strings.Contains(body, `id="`+m[1]+`"`) || !strings.Contains(m[2], "\u00a0: ") {
					t.Errorf("%s, %s: #%s says %q", path, name, m[1], m[2])
				}
			}
			for field := range typed {
				if _, choice := shown[field]; choice && name == "wrong" && again.Get(field) != typed.Get(field) {
					t.Errorf("%s, %s: %s was %q and is %q", path, name, field, typed.Get(field), again.Get(field))
				}
			}
		}
	}
}
