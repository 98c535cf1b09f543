// SPDX-License-Identifier: EUPL-1.2

package services_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/protect/services"
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
	add("service.catalogue", services.Catalogue())
	add("service.urgency", services.Urgencies())
	add("service.reason", services.Reasons())
	add("service.step", words(allSteps()))
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
	key := regexp.MustCompile(`"(service\.(?:need|guard|message)\.[a-z_]+|service\.preview_changed)"`)
	var out []string
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(src), -1) {
			out = append(out, m[1])
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

// allSteps walks the steps from the first one.
func allSteps() []services.Step {
	out := []services.Step{services.Identified}
	for i := 0; i < len(out); i++ {
		for _, n := range services.Next(out[i]) {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}
