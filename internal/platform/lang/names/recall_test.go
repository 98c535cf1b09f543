// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// clusters reads spellings of one name each, from Wikidata by way of nomenklatura (CC0, MIT).
func clusters(t *testing.T) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "..", "shared", "data", "matching", "wikidata_names_dev.txt.gz"))
	if err != nil {
		t.Skip("the spellings from Wikidata are not here")
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		spellings, _, _ := strings.Cut(lines.Text(), " =>")
		out = append(out, strings.Split(spellings, ", "))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// script gives the one script of a word among those of the region; "" for another or a mixture.
func script(word string) string {
	found := ""
	for _, r := range word {
		s := ""
		switch {
		case !unicode.IsLetter(r):
			continue
		case unicode.Is(unicode.Latin, r):
			s = "Latn"
		case unicode.Is(unicode.Cyrillic, r):
			s = "Cyrl"
		case unicode.Is(unicode.Greek, r):
			s = "Grek"
		}
		if s == "" || found != "" && s != found {
			return ""
		}
		found = s
	}
	return found
}

func values(ts []Token, kind Kind) []string {
	var out []string
	for _, t := range ts {
		if t.Kind == kind {
			out = append(out, t.Value)
		}
	}
	return out
}

func share(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// spelt gives a cluster's single words by script.
func spelt(cluster []string) map[string][]string {
	out := map[string][]string{}
	for _, w := range cluster {
		if s := script(w); s != "" && !strings.ContainsAny(w, " -") {
			out[s] = append(out[s], w)
		}
	}
	return out
}

// found gives what a single word is found by as a whole.
func found(word string) []string {
	var out []string
	for _, w := range wordsOf(word) {
		out = append(out, skeletons(w)...)
	}
	return out
}

// TestRecall asserts how many spellings in one script are found by at least one spelling of the same name in
// another, over clusters that hold names of the whole world, and that a search does not find too much.
func TestRecall(t *testing.T) {
	type count struct{ pairs, found int }
	counts := map[[2]string]*count{{"Latn", "Cyrl"}: {}, {"Latn", "Grek"}: {}, {"Cyrl", "Grek"}: {}}
	holders := map[string]int{} // by token: names that have it
	var asked []string
	all := clusters(t)
	for i, c := range all {
		by := spelt(c)
		if latin := by["Latn"]; len(latin) > 0 {
			for _, v := range found(latin[0]) {
				holders[v]++
			}
			if i%40 == 0 {
				asked = append(asked, latin[0])
			}
		}
		for pair, n := range counts {
			var known []string
			for _, w := range by[pair[0]] {
				known = append(known, found(w)...)
			}
			if len(known) == 0 {
				continue
			}
			for _, w := range by[pair[1]] {
				n.pairs++
				if share(known, found(w)) {
					n.found++
				}
			}
		}
	}
	floors := map[[2]string]float64{{"Latn", "Cyrl"}: 0.84, {"Latn", "Grek"}: 0.87, {"Cyrl", "Grek"}: 0.87}
	for pair, n := range counts {
		recall := float64(n.found) / float64(max(n.pairs, 1))
		t.Logf("%s to %s: %.3f of %d", pair[1], pair[0], recall, n.pairs)
		if recall < floors[pair] || n.pairs < 1000 {
			t.Errorf("%s to %s: recall %.3f of %d pairs, expected %.2f", pair[1], pair[0], recall, n.pairs, floors[pair])
		}
	}
	hits := 0
	for _, w := range asked {
		for _, v := range found(w) {
			hits += holders[v]
		}
	}
	mean := float64(hits) / float64(max(len(asked), 1))
	t.Logf("one word finds %.1f of %d names", mean, len(all))
	if share := mean / float64(len(all)); share > 0.0003 {
		t.Errorf("one word finds %.5f of all names, expected at most 0.0003", share)
	}
}
