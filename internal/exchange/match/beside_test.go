// SPDX-License-Identifier: EUPL-1.2

package match

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/names"
)

// known is what test/peer/names says of words.
type known map[string][3]string // in the letters of English, and its two codes

// ask lets the peer, a module of its own, say what words are called by well-known methods.
func (k known) ask(t *testing.T, words []string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", "run", ".")
	c.Dir = "../../../test/peer/names"
	c.Stdin = strings.NewReader(strings.Join(words, "\n") + "\n")
	var complaints strings.Builder
	c.Stderr = &complaints
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(bufio.NewReader(out))
	for _, w := range words {
		var a [3]string
		if err := answers.Decode(&a); err != nil {
			_, _ = io.Copy(io.Discard, out) // the process ends
			t.Fatal(errors.Join(err, c.Wait()), complaints.String())
		}
		k[w] = a
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err, complaints.String())
	}
}

// metaphone gives a word's codes.
func (k known) metaphone(word string) []string {
	a := k[word]
	return slices.DeleteFunc(slices.Compact([]string{a[1], a[2]}), func(s string) bool { return s == "" })
}

// winkler compares two words in the letters of English.
func (k known) winkler(least float64) func(a, b string) bool {
	return func(a, b string) bool { return jaroWinkler(fold(k[a][0]), fold(k[b][0])) >= least }
}

func fold(s string) string { return strings.ToLower(s) }

// jaroWinkler is Winkler's string comparator of 1990: Jaro's, with up to four letters of a common beginning counted for more.
func jaroWinkler(a, b string) float64 {
	if a == b {
		return 1
	}
	if a == "" || b == "" {
		return 0
	}
	reach := max(max(len(a), len(b))/2-1, 0)
	var bufA, bufB [64]bool
	takenA, takenB := bufA[:min(len(a), 64)], bufB[:min(len(b), 64)]
	same := 0
	for i := range takenA {
		for j := max(0, i-reach); j < min(len(takenB), i+reach+1); j++ {
			if !takenB[j] && a[i] == b[j] {
				takenA[i], takenB[j] = true, true
				same++
				break
			}
		}
	}
	if same == 0 {
		return 0
	}
	turned, j := 0, 0
	for i := range takenA {
		if !takenA[i] {
			continue
		}
		for !takenB[j] {
			j++
		}
		if a[i] != b[j] {
			turned++
		}
		j++
	}
	m := float64(same)
	jaro := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(turned/2))/m) / 3
	begin := 0
	for begin < min(4, len(a), len(b)) && a[begin] == b[begin] {
		begin++
	}
	return jaro + float64(begin)*0.1*(1-jaro)
}

// Winkler's own examples.
func TestJaroWinkler(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"martha", "marhta", 0.961}, {"dixon", "dicksonx", 0.813}, {"dwayne", "duane", 0.840}, {"jones", "johnson", 0.832}, {"abroms", "abrams", 0.922}, {"a", "b", 0}, {"", "b", 0}, {"same", "same", 1}} {
		if got := jaroWinkler(c.a, c.b); got < c.want-0.0006 || got > c.want+0.0006 {
			t.Errorf("%s %s: %.4f, want %.3f", c.a, c.b, got, c.want)
		}
	}
}

// keysBy is Keys with another way to code the words of names.
func keysBy(s Subject, codes func(word string) []string) []Key {
	bare := s
	bare.Names = nil
	out := Keys(bare)
	add := func(k Key) {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	for _, name := range s.Names {
		var words [][]string
		for w := range strings.FieldsSeq(name) {
			if of := codes(w); len(of) > 0 {
				words = append(words, of)
			}
		}
		for _, born := range s.Born {
			day, exact := names.Birth(born)
			if day == "" {
				continue
			}
			if exact {
				wordsBorn(words, day, func(value string, w int) { add(Key{WordBorn, value, w}) })
			}
			namesYear(words, day[:len("1999")], func(value string) { add(Key{Kind: NameYear, Value: value}) })
		}
	}
	return out
}

// pairwise judges all pairs of records that share a document, a birth or its year, by how alike the words of their names are:
// the same rule as Judge's, with words that are alike instead of words that share a code.
func pairwise(records []febrlRecord, same func(a, b string) bool, strong bool) quality {
	people, pairs := map[string]int{}, 0
	blocks := map[string][]int{}
	for i, r := range records {
		pairs += people[r.person]
		people[r.person]++
		for _, d := range r.Documents {
			blocks["document "+d.Number] = append(blocks["document "+d.Number], i)
		}
		for _, b := range r.Born {
			if day, _ := names.Birth(b); day != "" {
				blocks[day[:4]] = append(blocks[day[:4]], i)
			}
		}
	}
	judged, found, right := map[[2]int]bool{}, 0, 0
	for _, block := range blocks {
		for n, i := range block {
			for _, j := range block[:n] {
				pair := [2]int{min(i, j), max(i, j)}
				if judged[pair] {
					continue
				}
				judged[pair] = true
				if one(records[i], records[j], same, strong) {
					found++
					if records[i].person == records[j].person {
						right++
					}
				}
			}
		}
	}
	return quality{float64(right) / float64(max(found, 1)), float64(right) / float64(pairs)}
}

// one judges two records.
func one(a, b febrlRecord, same func(a, b string) bool, strong bool) bool {
	if len(a.Documents) > 0 && slices.Equal(a.Documents, b.Documents) {
		return true
	}
	if len(a.Born) == 0 || len(b.Born) == 0 {
		return false
	}
	dayA, exactA := names.Birth(a.Born[0])
	dayB, exactB := names.Birth(b.Born[0])
	if dayA == "" || dayB == "" {
		return false
	}
	alike := 0
	for w := range strings.FieldsSeq(a.Names[0]) {
		if slices.ContainsFunc(strings.Fields(b.Names[0]), func(v string) bool { return same(w, v) }) {
			alike++
		}
	}
	born, year := exactA && exactB && dayA == dayB, dayA[:4] == dayB[:4]
	if strong {
		return born && alike > 1
	}
	return born && alike > 0 || year && alike > 1
}

// words lists the words of clusters and records, each once.
func words(all []cluster, sets map[string][]febrlRecord) []string {
	seen := map[string]bool{}
	for _, c := range all {
		for _, of := range c {
			for _, w := range of {
				seen[w] = true
			}
		}
	}
	for _, records := range sets {
		for _, r := range records {
			for w := range strings.FieldsSeq(r.Names[0]) {
				seen[w] = true
			}
		}
	}
	var out []string
	for w := range seen {
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(a, b) })
	return out
}
