// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// quoted are the words that a guide says are on the screen.
var quoted = regexp.MustCompile(`\*\*([^*]+)\*\*`)

// TestGuidesUseTheWordsOnTheScreen fails for words that a guide gives as the screen's and that no catalogue has, in the
// guide's language.
func TestGuidesUseTheWordsOnTheScreen(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]map[string]bool{"en": {}, "fr": {}}
	for l, known := range texts {
		for _, k := range b.Keys(l) {
			_, text := b.Text(l, k)
			known[strings.Join(strings.Fields(text), " ")] = true // a French text keeps its signs together
		}
	}
	guides, err := filepath.Glob("../docs/guides/*.md")
	if err != nil || len(guides) < 3 {
		t.Fatalf("%d guides, %v", len(guides), err)
	}
	for _, g := range guides {
		if strings.HasPrefix(filepath.Base(g), "administrator") {
			continue // its screen is a terminal; what is bold there is not quoted
		}
		src, err := os.ReadFile(g)
		if err != nil {
			t.Fatal(err)
		}
		l := "en"
		if strings.HasSuffix(g, ".fr.md") {
			l = "fr"
		}
		for _, m := range quoted.FindAllStringSubmatch(string(src), -1) {
			if word := strings.Join(strings.Fields(m[1]), " "); word != "bold" && word != "gras" && !texts[l][word] {
				t.Errorf("%s: no screen says %q", filepath.Base(g), word)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// TestDocumentsLeadSomewhere fails for links to files that are not there.
func TestDocumentsLeadSomewhere(t *testing.T) {
	docs, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range []string{"../docs/*/*.md", "../*.md"} {
		found, err := filepath.Glob(more)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, found...)
	}
	seen := 0
	for _, d := range docs {
		src, err := os.ReadFile(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(src), -1) {
			seen++
			if _, err := os.Stat(filepath.Join(filepath.Dir(d), m[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", d, m[1])
			}
		}
	}
	if seen < 20 {
		t.Fatalf("only %d links found", seen)
	}
}
