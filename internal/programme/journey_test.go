// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"encoding/csv"
	"html"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// journeys is the text of the acceptance journeys, beside a checkout; "" without.
func journeys(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../../shared/data/programme/journeys.md")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

var marks = regexp.MustCompile(`<[^>]*>`)

// read is a page as its reader gets it: words, without marks.
func read(s *programmetest.Site, path, language string) string {
	s.T.Helper()
	_, body, _ := strings.Cut(s.Page(path, language), "<main")
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(strings.Join(strings.Fields(html.UnescapeString(marks.ReplaceAllString(body, " "))), " "))
}

func says(t *testing.T, where, got string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(got, w) {
			t.Errorf("%s does not say %q", where, w)
		}
	}
	if t.Failed() {
		t.Logf("%s:\n%s", where, got)
	}
}

// TestTheProgrammeIsLoadedAndItsGapsAreFound is journey J1.
func TestTheProgrammeIsLoadedAndItsGapsAreFound(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	if r := s.Load(); r.Activities.Added != 30 || r.Organisations.Added != 39 || r.Roles.Added != 20 || r.Partners != 11 {
		t.Fatalf("first import: %+v", r)
	}
	if r := s.Load(); r.Added != 0 || r.Changed != 0 {
		t.Fatalf("second import: %+v", r)
	}
	says(t, "the home page", read(s, "/programme", "en"), "workshop 6 1 held, 1 scheduled and 4 planned", "grant to 6 associations 5 ", "project of an international organisation 2 ", "study 2 ")
	says(t, "the home page", read(s, "/programme", "fr"), "atelier 6 tenu (1), programmé (1) et prévu (4)", "subvention à 6 associations 5 ")

	gaps := map[string][]string{
		"en": {"2019-2022 newsletter, lines 20, 53 2019-2021 newsletter, line 338", // the plan's period, printed in two ways
			"GOV-01 · 6th Steering Committee The date is not whole in the source. We read 17 December 2020, marked as our reading.",
			"North Macedonia Several names, one country or territory: all are kept under MK. Northern Macedonia North Macedonia North Macedonian",
			"Participants: more than 100. This is no count", "Total budget: unknown (0 of 30 activities have an amount)", "From 12 countries or territories; the programme has 11 partners."},
		"fr": {"2019-2022 lettre d’information, lignes 20, 53 2019-2021 lettre d’information, ligne 338", "Nous lisons : 17 décembre 2020, signalé comme notre lecture.",
			"Macédoine du Nord Plusieurs noms pour un seul pays ou territoire : tous sont rattachés à MK.", "Participants : plus de 100. Ce n’est pas un décompte", "Budget total : inconnu (0 activité sur 30 indique un montant)"},
	}
	for l, wants := range gaps {
		got := read(s, "/programme/gaps", l)
		says(t, "the gaps in "+l, got, wants...)
		if strings.Contains(got, "Participants: 100") {
			t.Error("a lower bound became a number")
		}
		if n := strings.Count(got, "2019-2021"); n != 1 {
			t.Errorf("the plan's period is told %d times in %s", n, l)
		}
	}
	if text := journeys(t); text != "" { // the journey's own words
		for _, words := range []string{"6 workshops = 1 held, 1 scheduled, 4 planned; 5 grants to 6 NGOs; 2 IO projects; 2 studies", "unknown (0 of 30 activities have an amount)", "“more than 100”"} {
			if !strings.Contains(text, strings.NewReplacer("“", `"`, "”", `"`).Replace(words)) {
				t.Errorf("the journey no longer says %q", words)
			}
		}
	}
	undated(t, s)
	matrix(t, s)
}

// undated: activities without a date are listed by their codes.
func undated(t *testing.T, s *programmetest.Site) {
	t.Helper()
	_, list, _ := strings.Cut(read(s, "/programme/gaps", "en"), "when it begins")
	list, _, _ = strings.Cut(list, "when it ends")
	codes := slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`\b(?:GOV|P\d|X)-[A-Z]?\d+ ·`).FindAllString(list, -1))))
	if len(codes) != 16 || !slices.Contains(codes, "P4-G1 ·") || slices.Contains(codes, "P3-W1 ·") || !strings.HasPrefix(strings.TrimSpace(list), "16 of 30") {
		t.Errorf("without a date: %v", codes)
	}
}

// matrix: every place of priority, pillar and country is a line of the file, and says how many activities stand there.
func matrix(t *testing.T, s *programmetest.Site) {
	t.Helper()
	w := s.Ask("GET", "/programme/matrix.csv", "en", nil)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	s.Must(err)
	at := map[[3]string]int{}
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[3])
		s.Must(err)
		at[[3]string(r[:3])] = n
	}
	if len(at) != len(rows)-1 || len(at) != 6*5*13 { // five priorities and none; the Four Ps and none; eleven partners, France and none
		t.Errorf("%d places in %d lines", len(at), len(rows)-1)
	}
	for place, n := range map[[3]string]int{{"4 · victims’ rights", "Protection", "Albania"}: 1, {"5 · children", "Protection", "Albania"}: 3, {"1 · sexual exploitation", "Prevention", "Bulgaria"}: 1, {"2 · smuggling that leads to exploitation", "Prevention", "Kosovo"}: 0} {
		if got, ok := at[place]; !ok || got != n {
			t.Errorf("%v: %d, not %d", place, got, n)
		}
	}
}
