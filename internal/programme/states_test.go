// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/knowledge"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/partnership"
	"github.com/entraide-thb/entraide/internal/programme/policy"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// TestEveryRoomSaysHowItsTextsStand: of a text whose original was changed after it was translated, the page of its record says in
// every room which is the original and which no longer follows it.
func TestEveryRoomSaysHowItsTextsStand(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	text := wording.New("fr", "Le texte d’avant").With("en", "The text before").With("sq", "Teksti").With("fr", "Le texte d’après")
	text = text.With("sq", "Teksti i ri") // translated again
	year := party.InYear(2026)
	source := party.Source{Document: "Journal", Lines: "3"}
	for path, d := range map[string]struct {
		kind, typ string
		payload   any
	}{
		need.Path:                    {access.KindNeed, need.NotedType, need.Noted{Text: text, Theme: need.Themes()[0], On: year}},
		action.Path:                  {access.KindAction, action.AgreedType, action.Agreed{Text: text, On: year}},
		measure.Path:                 {access.KindMeasure, measure.NotedType, measure.Noted{Plan: "Plan", Code: "44", Text: text}},
		training.Path:                {access.KindTraining, training.PlannedType, training.Plan{Title: text}},
		study.Path:                   {access.KindStudy, study.CommissionedType, study.Commission{Title: text}},
		knowledge.Path:               {access.KindKnowledge, knowledge.WrittenType, knowledge.Written{Name: text, Text: text, Sort: "framework", Source: source}},
		policy.Path:                  {access.KindPolicy, policy.StatedType, policy.Stated{Text: text, Subject: "training", Source: source}},
		partnership.Path:             {access.KindPartnership, partnership.DescribedType, partnership.Described{Name: text, Text: text, Sort: "network", Source: source}},
		agreement.Path:               {access.KindAgreement, agreement.OpenedType, agreement.Opened{Code: "FR-RO-1", Title: text, Sort: "other", Countries: []string{"FR", "RO"}}},
		event.Path:                   {access.KindEvent, event.DescribedType, event.Described{Title: text, Sort: "workshop", Mode: event.Online, Start: party.OnDay(s.Clock.Now()), Zone: "Europe/Paris", Languages: []string{"fr"}}},
		grant.CallPath:               {access.KindCall, grant.AnnouncedType, grant.Notice{Code: "CALL-1", Title: text, Closes: party.OnDay(s.Clock.Now().AddDate(0, 1, 0)), Currency: "EUR", Ceiling: 1000, Criteria: []grant.Criterion{{Code: "c1", Name: text, Weight: 1}}}},
		committee.Path + "/sessions": {access.KindSession, committee.CalledType, committee.Called{On: year, Title: text, Seats: 3, Quorum: 2, Rule: committee.Majority}},
	} {
		id := s.Store.NewID()
		if _, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: d.kind, ID: id}, store.Draft{Type: d.typ, Payload: d.payload}); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		says(t, path, read(s, path+"/"+id.String(), "en"), "French: original", "English: translation of an earlier original", "Albanian: translation")
	}
}
