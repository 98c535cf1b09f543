// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language,
// and each fault key its sentence.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("casework.safe", langtest.Strings([]casework.Safe{casework.SafeYes, casework.SafeAsk, casework.SafeNo}))
	w.List("casework.channel", casework.Channels())
	w.List("casework.relation", langtest.Strings(access.Relations()))
	w.List("casework.purpose", langtest.Strings(access.Purposes()))
	w.List("casework.step", langtest.Strings(allSteps()))
	w.List("casework.guardian", []string{"needed", "requested", "appointed"})
	w.List("casework.age_result", []string{"child", "adult"})
	w.List("casework.note.sort", casework.Sorts())
	w.List("casework.task", casework.Errands())
	w.List("casework.due", []string{"task", "offer", "hand_over", "need_open", "recall", "review", "goal", "goal_step"})
	w.List("casework.track", casework.Tracks())
	w.List("casework.close_reason", casework.CloseReasons())
	w.List("casework.reopen_reason", casework.ReopenReasons())
	w.List("casework.document", casework.DocumentSorts())
	w.List("casework.form", casework.Forms())
	w.List("casework.mean", casework.Means())
	w.List("casework.entry", entryTypes(t))
	found := w.Named("", `"(casework\.(?:need|guard|message)\.[a-z_]+|casework\.preview_changed)"`)
	found += w.Named("casework.need.", `wrong\(bad, .*"([a-z_]+)"\)`)
	if found < 5 {
		t.Fatalf("only %d keys found in the code", found)
	}
	w.Check(found + 1)
}

// allSteps walks track 1 from its start.
func allSteps() []casework.Step {
	out := casework.NextSteps("")
	for i := 0; i < len(out); i++ {
		for _, n := range casework.NextSteps(out[i]) {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// entryTypes lists what can be in a person's timeline.
func entryTypes(t *testing.T) []string {
	t.Helper()
	r, err := store.NewRegistry(casework.Kind(func(*store.Guarding, journal.ID, []journal.Category) (journal.ID, error) { return journal.ID{}, nil }, nil))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range r.Types() {
		out = append(out, x.Name)
	}
	return append(out, "other")
}
