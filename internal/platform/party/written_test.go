// SPDX-License-Identifier: EUPL-1.2

package party

import "testing"

func TestDatesAsPeopleWriteThem(t *testing.T) {
	for s, want := range map[string]string{
		"13-14 avril 2021": "2021-04-13 2021-04-14", "13–14 avril 2021": "2021-04-13 2021-04-14", "13 et 14 avril 2021": "2021-04-13 2021-04-14", "avril 2021": "2021-04 2021-04", "Avr. 2021": "2021-04 2021-04",
		"1er trimestre 2021": "2021-01 2021-03", "4e trimestre 2022": "2022-10 2022-12", "T2 2021": "2021-04 2021-06", "2ème semestre 2021": "2021-07 2021-12", "du 3 au 4 mars 2021": "2021-03-03 2021-03-04",
		"du 28 février au 2 mars 2021": "2021-02-28 2021-03-02", "mars à juin 2021": "2021-03 2021-06", "13/04/2021": "2021-04-13 2021-04-13", "04/2021": "2021-04 2021-04", "2021-04-13": "2021-04-13 2021-04-13",
		"1er août 2021": "2021-08-01 2021-08-01", "printemps 2021": "2021-21 2021-21", "2021": "2021 2021", "le 8 mars 2021": "2021-03-08 2021-03-08", "13 April 2021": "2021-04-13 2021-04-13",
		"déc. 2020 - janv. 2021": "2020-12 2021-01", "d'avril à mai 2021": "2021-04 2021-05", "avril": "2019-04 2019-04", "1er trimestre": "2019-01 2019-03", "13-14 avril": "2019-04-13 2019-04-14",
	} {
		start, end, ok := WrittenDates(s, 2019)
		if got := start.String() + " " + end.String(); !ok || got != want {
			t.Errorf("%q: %s %v, want %s", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "à définir", "30 février 2021", "5e trimestre 2021", "14-13 avril 2021", "13/14/2021", "bientôt", "32 mars 2021", "trimestre 2021"} {
		if start, end, ok := WrittenDates(s, 0); ok {
			t.Errorf("%q is read as %s to %s", s, start, end)
		}
	}
}

// TestADateOfAForm: one day, month, season or year, and nothing that is a span or no date.
func TestADateOfAForm(t *testing.T) {
	for s, want := range map[string]string{"": "", " ": "", "2021": "2021", "2021-04": "2021-04", "13/04/2021": "2021-04-13", "13.4.2021": "2021-04-13", "20.12.2026": "2026-12-20", "13 avril 2021": "2021-04-13", "1er août 2021": "2021-08-01", "Avril 2021": "2021-04", "04/2021": "2021-04", "printemps 2021": "2021-21", " 2021-04-13 ": "2021-04-13"} {
		if d, err := WrittenDate(s); err != nil || d.String() != want {
			t.Errorf("%q: %s, %v", s, d, err)
		}
	}
	for _, s := range []string{"13-14 avril 2021", "1er trimestre 2021", "avril", "13/14/2021", "04-13-2021", "soon"} {
		if d, err := WrittenDate(s); err == nil {
			t.Errorf("%q is read as %s", s, d)
		}
	}
}

func FuzzWrittenDates(f *testing.F) {
	for _, s := range []string{"13-14 avril 2021", "1er trimestre", "du 3 au 4 mars 2021", "2021-04-13", "- - -"} {
		f.Add(s, 2021)
	}
	f.Fuzz(func(t *testing.T, s string, year int) {
		if start, end, ok := WrittenDates(s, year); ok && (!start.Known() || !end.Known() || end.Before(start)) {
			t.Fatalf("%q: %s to %s", s, start, end)
		}
	})
}
