// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"maps"
	"slices"
	"strings"

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
	of := map[string]pack.Word{} // of the programme itself
	activities := map[string][]pack.Word{}
	for _, x := range words {
		if code, _, _ := strings.Cut(x.Key, "/"); activity.IsCode(code) {
			activities[code] = append(activities[code], x)
		} else {
			of[x.Key] = x
		}
	}
	for _, code := range slices.Sorted(maps.Keys(activities)) {
		_, err := s.Update(ctx, w, activity.Ref(w.Actor.Owner, code), func(state any) ([]store.Draft, error) {
			a := state.(activity.Activity)
			return a.Translated(journal.ID{}, language, wanted(a, activities[code], language)), nil
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

// wanted gives those of the pack's texts whose original is the source's and which nobody has translated.
func wanted(a activity.Activity, words []pack.Word, language string) map[string]string {
	out, said := map[string]string{}, a.Statements()
	for _, x := range words {
		_, key, stated := strings.Cut(x.Key, "/")
		if !stated {
			if a.Source.Title == x.Original && a.Title().State(language) == wording.Missing {
				out["title"] = x.Text
			}
			continue
		}
		i := slices.IndexFunc(said, func(y activity.Statement) bool { return y.Key == key && y.Text == x.Original })
		if i >= 0 && a.Said(said[i]).State(language) == wording.Missing {
			out[key] = x.Text
		}
	}
	return out
}
