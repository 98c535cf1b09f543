// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/knowledge"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// activityDone says whether an activity is done, so that an event that depends on it may be held.
func activityDone(g *store.Guarding, code string) (bool, error) { return activity.Ready(g, code) }

// filing connects what is noted at events with the registers.
func filing(s *store.Store) event.Registers {
	return event.Registers{
		Themes: codes(need.Themes()), ThemeWords: "need.theme.", Groups: codes(need.Groups()), GroupWords: "need.group.", Urgencies: codes(need.Urgencies()), UrgencyWords: "need.urgency.",
		Paths: map[event.Take]string{event.TakeNeed: need.Path, event.TakeAction: action.Path, event.TakePractice: knowledge.Path},
		Need: func(ctx context.Context, w store.Who, f event.Filing) (journal.ID, error) {
			v := need.Noted{Text: f.Note.Text, Theme: need.Theme(f.Note.Theme), Countries: f.Note.Countries, Urgency: need.Urgency(f.Note.Urgency), Activity: f.Activity, Item: f.Item, On: f.On}
			for _, g := range f.Note.Groups {
				v.Groups = append(v.Groups, need.Group(g))
			}
			return filed(ctx, s, w, access.KindNeed, need.NotedType, f, v)
		},
		Practice: func(ctx context.Context, w store.Who, f event.Filing) (journal.ID, error) {
			told := party.Source{Document: f.Activity, Note: f.Item}
			if told.Document == "" {
				told.Document = f.Event.String()
			}
			return filed(ctx, s, w, access.KindKnowledge, knowledge.WrittenType, f,
				knowledge.FromEvent(f.Note.Text, knowledge.Written{Countries: f.Note.Countries, Activity: f.Activity, Item: f.Item, On: f.On, Source: told}))
		},
		Action: func(ctx context.Context, w store.Who, f event.Filing) (journal.ID, error) {
			return filed(ctx, s, w, access.KindAction, action.AgreedType, f, action.Agreed{Text: f.Note.Text, Owner: f.Note.Owner, Office: f.Note.OwnerOffice, Due: f.Note.Due, Activity: f.Activity, Item: f.Item, On: f.On})
		},
	}
}

// filed writes a note's record once: its ids follow from the note's.
func filed(ctx context.Context, s *store.Store, w store.Who, kind, typ string, f event.Filing, payload any) (journal.ID, error) {
	id := provenance.ID("noted", kind, f.Event.String(), f.Note.ID.String())
	_, err := s.Append(ctx, w, store.Ref{Kind: kind, ID: id}, store.Draft{ID: provenance.ID("noted first", id.String()), Type: typ, Payload: payload})
	return id, err
}

func codes[T ~string](xs []T) []string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return out
}
