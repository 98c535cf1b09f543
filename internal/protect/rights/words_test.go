// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/packs/countries"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists, and each key that its code and
// its templates name, has a text in every language.
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
			keys = append(keys, "rights."+list+"."+c)
		}
	}
	add("reflection", plain(rights.Statuses()))
	add("status", plain(rights.TextStatuses()))
	add("measure", rights.Measures())
	add("measure_step", []string{"prepared", "executed", "cancelled"})
	add("explainer", rights.Explainers())
	add("way", rights.Ways())
	add("exemption", rights.Exemptions())
	add("ending", rights.Endings())
	add("extension", rights.Extensions())
	add("reopening", rights.Reopenings())
	add("giver", rights.Givers())
	add("stay", rights.StaySteps())
	add("ground", rights.StayGrounds())
	add("thread", rights.JusticeThreads())
	add("return", rights.ReturnSteps())
	add("side", rights.Sides())
	add("risk", rights.Risks())
	add("due", rights.DueCodes())
	add("consequence", rights.DueCodes())
	add("withdrawal", rights.Withdrawals())
	add("length", []string{"h", "d", "w", "M", "y"})
	add("source", []string{countries.GeneralKnowledge, countries.ConventionText})
	add("text.event", []string{"drafted", "signed", "withdrawn"})
	add("form", rights.Forms())
	for _, th := range rights.JusticeThreads() {
		add("justice", rights.JusticeSteps(th))
	}
	for _, x := range rights.Types() {
		keys = append(keys, "rights.entry."+x.Name)
	}
	packs, err := countries.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range packs.Codes() {
		for _, f := range packs.For(c).Facts {
			keys = append(keys, "rights.fact."+f.Code)
		}
	}
	keys = append(keys, named(t)...)
	for _, l := range []string{"en", "fr"} {
		for _, k := range keys {
			if _, text := b.Text(l, k); strings.TrimSpace(text) == "" {
				t.Errorf("%s lacks %s", l, k)
			}
		}
	}
	unused(t, b, keys)
}

// unused finds texts of this room that nothing names.
func unused(t *testing.T, b *lang.Bundle, keys []string) {
	t.Helper()
	kept := []string{"rights.ground.printed", "rights.stay.none", "rights.justice.none", "rights.return.none"} // for rooms that show the tracks
	for _, k := range b.Keys("en") {
		if base := strings.TrimSuffix(strings.TrimSuffix(k, ".hint"), ".lead"); base != k && slices.Contains(keys, base) {
			continue // shown with its label or title where there is one
		}
		if strings.HasPrefix(k, "rights.") && !slices.Contains(keys, k) && !slices.Contains(kept, k) {
			t.Errorf("nothing uses %s", k)
		}
	}
}

// named finds the keys that this package's code and templates name.
func named(t *testing.T) []string {
	t.Helper()
	var out []string
	key := regexp.MustCompile(`"(rights\.[a-z_]+(?:\.[a-z_]+)*)"`)
	field := regexp.MustCompile(`(?:need|want)\(&?fs, .*"([a-z_]+)"\)`)
	label := regexp.MustCompile(`s\.(?:list\(|choose\(|day\(|add\("(?:text|textarea|check)", )"([a-z_]+)"`)
	for _, glob := range []string{"*.go", "templates/*.html"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range key.FindAllStringSubmatch(string(src), -1) {
				out = append(out, m[1])
			}
			for _, m := range field.FindAllStringSubmatch(string(src), -1) {
				out = append(out, "rights.need."+m[1])
			}
			for _, m := range label.FindAllStringSubmatch(string(src), -1) {
				out = append(out, "rights.field."+m[1])
			}
		}
	}
	if len(out) < 50 {
		t.Fatalf("only %d keys found", len(out))
	}
	return out
}

// plain gives a list's codes as strings.
func plain[T ~string](xs []T) []string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return out
}
