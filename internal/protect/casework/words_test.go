// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language,
// and each fault key its sentence.
func TestEveryCodeHasItsWord(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	add := func(list string, codes []string) {
		if len(codes) == 0 {
			t.Errorf("list %s is empty", list)
		}
		for _, c := range codes {
			keys = append(keys, list+"."+c)
		}
	}
	add("casework.safe", words([]casework.Safe{casework.SafeYes, casework.SafeAsk, casework.SafeNo}))
	add("casework.channel", casework.Channels())
	add("casework.relation", words(access.Relations()))
	add("casework.purpose", words(access.Purposes()))
	add("casework.step", words(allSteps()))
	add("casework.guardian", []string{"needed", "requested", "appointed"})
	add("casework.age_result", []string{"child", "adult"})
	add("casework.note.sort", casework.Sorts())
	add("casework.task", casework.Errands())
	add("casework.due", []string{"task", "offer", "hand_over", "need_open", "recall", "review"})
	add("casework.track", casework.Tracks())
	add("casework.close_reason", casework.CloseReasons())
	add("casework.reopen_reason", casework.ReopenReasons())
	add("casework.document", casework.DocumentSorts())
	add("casework.entry", entryTypes(t))
	keys = append(keys, faultKeys(t)...)
	for _, l := range []string{"en", "fr"} {
		for _, k := range keys {
			if _, text := b.Text(l, k); strings.TrimSpace(text) == "" {
				t.Errorf("%s lacks %s", l, k)
			}
		}
	}
}

// faultKeys finds the keys that this package's code gives to faults.
func faultKeys(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"(casework\.(?:need|guard|message)\.[a-z_]+|casework\.preview_changed)"`)
	field := regexp.MustCompile(`wrong\(bad, .*"([a-z_]+)"\)`)
	var out []string
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(src), -1) {
			out = append(out, m[1])
		}
		for _, m := range field.FindAllStringSubmatch(string(src), -1) {
			out = append(out, "casework.need."+m[1])
		}
	}
	if len(out) < 5 {
		t.Fatalf("only %d keys found in the code", len(out))
	}
	return out
}

// words gives a list's codes as plain strings.
func words[T ~string](xs []T) []string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return out
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
