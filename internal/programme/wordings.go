// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// ImportWords puts the programme's texts into French where its source words them as the pack does and nobody has translated them
// yet. What an office has written stays; a second time changes nothing.
func ImportWords(ctx context.Context, s *store.Store, w store.Who) error {
	const language = "fr"
	words, err := pack.Words(language)
	if err != nil {
		return err
	}
	of := map[string]pack.Word{}
	for _, x := range words {
		if of[x.Key] = x; !activity.IsCode(x.Key) {
			continue
		}
		_, err := s.Update(ctx, w, activity.Ref(w.Actor.Owner, x.Key), func(state any) ([]store.Draft, error) {
			a := state.(activity.Activity)
			if a.Source.Title != x.Original || a.Title().State(language) != wording.Missing {
				return nil, nil
			}
			return a.Translated(journal.ID{}, language, x.Text, a.About().By[language].Text), nil
		})
		if err != nil {
			return err
		}
	}
	now, err := room{Config{Store: s}}.current(ctx, w)
	if err != nil || !now.Exists() {
		return err
	}
	_, err = s.Update(ctx, w, ref(now), func(state any) ([]store.Draft, error) {
		s := state.(scheme.Scheme)
		return s.Translated(journal.ID{}, language, func(o scheme.Original) (string, bool) {
			x, known := of[o.Key]
			return x.Text, known && x.Original == o.Text && s.Text(o.Key, o.Text).State(language) == wording.Missing
		}), nil
	})
	return err
}
