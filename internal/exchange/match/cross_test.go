// SPDX-License-Identifier: EUPL-1.2

package match

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/entraide-thb/entraide/internal/platform/lang/names"
)

// cluster is one name as it is spelt: single words by their script.
type cluster map[string][]string

// clusters reads the development half of the names from Wikidata, by way of nomenklatura (CC0, MIT).
func clusters(t testing.TB) []cluster {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "data", "matching", "wikidata_names_dev.txt.gz"))
	if err != nil {
		t.Skip("the spellings from Wikidata are not here")
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []cluster
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		spellings, _, _ := strings.Cut(lines.Text(), " =>")
		c := cluster{}
		for w := range strings.SplitSeq(spellings, ", ") {
			if s := script(w); s != "" && !strings.ContainsAny(w, " -") {
				c[s] = append(c[s], w)
			}
		}
		if len(c) > 0 {
			out = append(out, c)
		}
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

// marks are letters that tell of what language a spelling is, where one of them is enough to tell.
var marks = []struct{ language, letters string }{
	{"Serbian", "ђљњћџј"}, {"Macedonian", "ѓќѕ"}, {"Ukrainian", "іїєґ"}, {"Belarusian", "ў"}, {"Russian", "ыэё"}, {"Bulgarian", "ъ"},
	{"Romanian", "ăâîșțşţ"}, {"Bosnian, Croatian, Montenegrin, Serbian", "đćčžš"}, {"Albanian", "ë"}, {"Turkish", "ığş"}, {"French", "éèêçïœ"}, {"Polish", "łąęśńźż"},
}

// language tells of what language a spelling is by its letters; "" when they do not tell, or two languages have them.
func language(word string) string {
	found := ""
	for _, m := range marks {
		if strings.ContainsAny(word, m.letters) {
			if found != "" {
				return ""
			}
			found = m.language
		}
	}
	return found
}

// way takes two spellings for the same name: when they share a code or, where it has none, when same says so.
type way struct {
	name  string
	codes func(word string) []string
	same  func(a, b string) bool
	every int // of how many names one is asked for collisions
}

// ours is what this package compares names by.
func ours(every int) way {
	return way{name: "this program", every: every, codes: func(word string) []string { return slices.Concat(names.Sounds(word, mostReadings)...) }}
}

// alike says whether the way takes two spellings for the same.
func (w way) alike(a, b string) bool {
	if w.codes == nil {
		return w.same(a, b)
	}
	x, y := w.codes(a), w.codes(b)
	return slices.ContainsFunc(x, func(code string) bool { return slices.Contains(y, code) })
}

// rate is how many of something.
type rate struct{ n, of float64 }

func (r rate) share() float64 { return r.n / max(r.of, 1) }

// recall measures how many of the spellings of one name in two scripts are taken for the same, each against each; a name
// counts once, however often it is spelt. Only those of the second script that only lets through are looked at.
func (w way) recall(all []cluster, from, to string, only func(word string) bool) rate {
	var out rate
	for _, c := range all {
		var one rate
		for _, b := range c[to] {
			if !only(b) {
				continue
			}
			for _, a := range c[from] {
				one.of++
				if w.alike(a, b) {
					one.n++
				}
			}
		}
		if one.of > 0 {
			out.n, out.of = out.n+one.share(), out.of+1
		}
	}
	return out
}

// collisions measures how many pairs of different names, the second as it is first spelt in its script, are taken for one.
func (w way) collisions(all []cluster, from, to string) rate {
	var out rate
	holders, spelt := map[string][]int{}, 0.0
	for i, c := range all {
		if len(c[from]) == 0 {
			continue
		}
		spelt++
		if w.codes != nil {
			for code := range codes(c[from][:1], w.codes) {
				holders[code] = append(holders[code], i)
			}
		}
	}
	for i, c := range all {
		if len(c[to]) == 0 || i%w.every != 0 {
			continue
		}
		hit := map[int]bool{}
		if w.codes == nil {
			for j, d := range all {
				if len(d[from]) > 0 && w.same(d[from][0], c[to][0]) {
					hit[j] = true
				}
			}
		} else {
			for _, code := range w.codes(c[to][0]) {
				for _, j := range holders[code] {
					hit[j] = true
				}
			}
		}
		delete(hit, i)
		out.n, out.of = out.n+float64(len(hit)), out.of+spelt-1
	}
	return out
}

func codes(words []string, of func(string) []string) map[string]bool {
	out := map[string]bool{}
	for _, w := range words {
		for _, x := range of(w) {
			out[x] = true
		}
	}
	return out
}

func everything(string) bool { return true }

// crossings are the pairs of scripts.
var crossings = [][2]string{{"Latn", "Cyrl"}, {"Latn", "Grek"}, {"Cyrl", "Grek"}}

// TestNamesAreKnownAcrossScripts: three quarters of what is spelt in one alphabet are known in another, and of ten thousand
// pairs of different names fewer than three are taken for one. Looked at here are the names that are spelt in Greek too, and a
// tenth of the others.
func TestNamesAreKnownAcrossScripts(t *testing.T) {
	var some []cluster
	for i, c := range clusters(t) {
		if i%10 == 0 || len(c["Grek"]) > 0 {
			some = append(some, c)
		}
	}
	w := ours(5)
	for _, pair := range crossings {
		recall, collisions := w.recall(some, pair[0], pair[1], everything), w.collisions(some, pair[0], pair[1])
		t.Logf("%s and %s: %.3f of %.0f; collisions %.2e", pair[0], pair[1], recall.share(), recall.of, collisions.share())
		if recall.share() <= 0.75 || collisions.share() >= 3e-4 || recall.of < 200 {
			t.Error("worse than it was")
		}
	}
}
