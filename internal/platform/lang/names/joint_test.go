// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"slices"
	"testing"
)

func TestBirthAsCompared(t *testing.T) {
	for born, want := range map[string]struct {
		key   string
		exact bool
	}{
		"1999-04-23": {"1999 04 23", true}, "1999-04-03": {"1999 03 04", true}, "1999-03-04": {"1999 03 04", true},
		"1999-01-01": {"1999", false}, "1999": {"1999", false}, "1999-04": {"1999", false}, "23.4.1999": {"", false}, "": {"", false},
	} {
		if key, exact := Birth(born); key != want.key || exact != want.exact {
			t.Errorf("%q: %q, %v", born, key, exact)
		}
	}
}

func TestNumbersAsCompared(t *testing.T) {
	for text, want := range map[string]string{
		"GR16 0110 1250 0000 0001 2300 695": "GR1601101250000000012300695", "iban: x": "", "IBAN GR16 0110 1250 0000 0001 2300 695": "GR1601101250000000012300695",
		"al47 2121 1009 0000 0002 3569 8741": "AL47212110090000000235698741", "GR16 0110 1250 0000 0001 2300 696": "", "IBANIBANIBAN": "", "": "", "FR76": "",
	} {
		if got := IBAN(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	if a, b := Plate("СВ-1234 АВ"), Plate("cb1234ab"); a != b || a != "CB1234AB" {
		t.Errorf("%q, %q", a, b)
	}
	if Plate("AB1") != "" || Email("nobody") != "" || Email(" A@B.org ") != "a@b.org" {
		t.Error("what is too short, or no address, is compared")
	}
	if got := Issued(Document{"AL", "ab 123"}); !slices.Equal(got, []string{"AL AB123", "any AB123"}) {
		t.Errorf("%q", got)
	}
}

func TestSoundsOfAName(t *testing.T) {
	latin, cyrillic := Sounds("Đerđi Marku", 3), Sounds("Ђерђи Марку", 3)
	if len(latin) != 2 || len(cyrillic) != 2 || latin[0][0] != cyrillic[0][0] || latin[1][0] != cyrillic[1][0] {
		t.Errorf("%q and %q", latin, cyrillic)
	}
	for _, w := range Sounds("Christina Tsitsipa", 3) {
		if len(w) > 3 || len(w) == 0 {
			t.Errorf("%q", w)
		}
	}
}
