// SPDX-License-Identifier: EUPL-1.2

package territory_test

import (
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

func names(t *testing.T) (*territory.Names, *lang.Bundle) {
	t.Helper()
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	return territory.Load(b), b
}

func TestOneCountryIsOneHoweverItIsWritten(t *testing.T) {
	n, _ := names(t)
	for want, texts := range map[string][]string{
		"RO": {"RO", "ROU", "Romania", "ROMANIA", "Romanian", "romanians", "Roumanie", "Roumaine", " România ", "ROM", "Румыния"},
		"XK": {"XK", "XKX", "Kosovo*", "Kosovo (UNSCR 1244/99)", "Kosovo under UNSCR 1244", "Kosovan", "Kosovar", "Косово"},
		"MK": {"North Macedonia", "Macedonian", "The former Yugoslav Republic of Macedonia", "Macédoine du Nord", "MKD"},
		"GR": {"EL", "GR", "Greece", "Grèce", "Greek"}, "GB": {"UK", "British", "United Kingdom of Great Britain and Northern Ireland"},
		"BA": {"Bosnia and Herzegovina", "Bosnia & Herzegovina", "BIH", "Bosnie-Herzégovine"},
		"MD": {"Republic of Moldova", "Moldova (Republic of)", "Moldave"}, "NE": {"Niger", "Nigérien"}, "NG": {"Nigeria", "Nigerian", "Nigériane"},
		"VN": {"Viet Nam", "Vietnam", "vietnamiens"}, "CI": {"Côte d’Ivoire", "Cote d'Ivoire", "Ivory Coast"}, "TR": {"Turkey", "Türkiye", "Turquie"},
	} {
		for _, text := range texts {
			if got, how := n.Read(text); got != want || how < territory.Code {
				t.Errorf("%q is %q (%d), want %s", text, got, how, want)
			}
		}
	}
}

func TestWhatSeveralAreMeantByIsNoAnswer(t *testing.T) {
	n, _ := names(t)
	for text, want := range map[string]territory.How{"Congolese": territory.Ambiguous, "Korea": territory.Ambiguous, "Serbia and Montenegro": territory.Ambiguous, "USSR": territory.Ambiguous,
		"no": territory.Unknown, "is": territory.Unknown, "": territory.Unknown, "Total": territory.Unknown, "Atlantis": territory.Unknown, "ZZ": territory.Unknown, "UNK": territory.Unknown, "s": territory.Unknown} {
		if got, how := n.Read(text); got != "" || how != want {
			t.Errorf("%q is %q (%d)", text, got, how)
		}
	}
}

// TestEveryTerritoryIsReadByItsNames: in every language of the screens, and written back.
func TestEveryTerritoryIsReadByItsNames(t *testing.T) {
	n, b := names(t)
	codes := n.Codes()
	if len(codes) != 250 || !slices.Contains(codes, "XK") {
		t.Errorf("%d codes", len(codes))
	}
	for _, c := range codes {
		if got, how := n.Read(n.Alpha3(c)); got != c || how != territory.Code {
			t.Errorf("%s: %s", c, got)
		}
		for _, tag := range []string{"en", "fr"} {
			if name := b.Locale(tag, nil).Country(c); name == c {
				t.Errorf("%s has no name", c)
			} else if got, how := n.Read(name); got != c && how != territory.Ambiguous {
				t.Errorf("%s, %q: %s", c, name, got)
			}
		}
	}
}

// TestTheTerritoriesOfAnAddressAreThoseThatTextsMean: what a form takes as a country or territory is what a table can mean by one.
func TestTheTerritoriesOfAnAddressAreThoseThatTextsMean(t *testing.T) {
	n, _ := names(t)
	taken := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if known := n.Alpha3(code) != ""; known != party.IsCountry(code) {
				t.Errorf("%s: known %v, taken %v", code, known, party.IsCountry(code))
			}
			if party.IsCountry(code) {
				taken++
			}
		}
	}
	if taken != 250 || party.IsCountry("ZZ") || party.IsCountry("EU") || party.IsCountry("UK") || !party.IsCountry("XK") || party.IsCountry("D ") || party.IsCountry("al") || party.IsCountry("") {
		t.Errorf("%d are taken", taken)
	}
}
