// SPDX-License-Identifier: EUPL-1.2

// Package langtest helps a room's test to show that every code of its closed lists, and every key that its sources
// name, has a text in every language.
package langtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Words gathers the keys that a room needs.
type Words struct {
	T      testing.TB
	Bundle *lang.Bundle
	Keys   []string
}

// Of begins for a room; the test runs in the room's folder.
func Of(t testing.TB) *Words {
	t.Helper()
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &Words{T: t, Bundle: b}
}

// List adds the words of a closed list: "<list>.<code>". An empty list fails.
func (w *Words) List(list string, codes []string) {
	w.T.Helper()
	if len(codes) == 0 {
		w.T.Errorf("list %s is empty", list)
	}
	for _, c := range codes {
		w.Keys = append(w.Keys, list+"."+c)
	}
}

// Named adds prefix and what the pattern's first group finds in the room's sources and templates, tests left out, and
// gives how many it found.
func (w *Words) Named(prefix, pattern string) int {
	w.T.Helper()
	re := regexp.MustCompile(pattern)
	n := 0
	for _, glob := range []string{"*.go", "templates/*.html"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			w.T.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				w.T.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(src), -1) {
				w.Keys = append(w.Keys, prefix+m[1])
				n++
			}
		}
	}
	return n
}

// Check fails for every key that a language has no text for, and when fewer keys than least were gathered: then the
// patterns have stopped to fit the sources.
func (w *Words) Check(least int) {
	w.T.Helper()
	if len(w.Keys) < least {
		w.T.Fatalf("only %d keys found", len(w.Keys))
	}
	for _, l := range []string{"en", "fr"} {
		for _, k := range w.Keys {
			if _, text := w.Bundle.Text(l, k); strings.TrimSpace(text) == "" {
				w.T.Errorf("%s lacks %s", l, k)
			}
		}
	}
}

// Strings gives a list's codes as plain strings.
func Strings[T ~string](xs []T) []string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return out
}
