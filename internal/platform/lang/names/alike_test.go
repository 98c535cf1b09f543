// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// alikeAs gives in which ways somebody new is found to be somebody stored; a rare name counts as rare.
func alikeAs(stored, made Person) []string {
	has := Tokens(stored)
	var out []string
	ways := Likenesses(made)
	for _, a := range ways {
		if a.Or != nil {
			ways = append(ways, *a.Or)
		}
	}
	for _, a := range ways {
		all := !slices.ContainsFunc(a.Words, func(word []Token) bool {
			return !slices.ContainsFunc(word, func(t Token) bool { return slices.Contains(has, t) })
		})
		if all && !slices.Contains(out, a.As) {
			out = append(out, a.As)
		}
	}
	return out
}

func named(name, born string) Person {
	p := Person{Names: []string{name}}
	if born != "" {
		p.Born = []string{born}
	}
	return p
}

// TestWhoIsOnePerson is the rule as a table: what is found, how, and what no longer is. For a common name strike "rare".
func TestWhoIsOnePerson(t *testing.T) {
	phone := func(p Person, number string) Person { p.Phones = []Phone{{number, "RO"}}; return p }
	paper := func(p Person, country, number string) Person { p.Documents = []Document{{country, number}}; return p }
	maria := named("Maria Popescu", "1999-04-23")
	for name, c := range map[string]struct {
		stored, made Person
		want         []string
	}{
		"the same":                              {maria, maria, []string{AsBorn, AsRare, AsYear}},
		"names the other way round":             {maria, named("Popescu Maria", "1999-04-23"), []string{AsBorn, AsRare, AsYear}},
		"another alphabet":                      {named("Мария Попеску", "1999-04-23"), maria, []string{AsBorn, AsRare, AsYear}},
		"day and month exchanged":               {named("Maria Popescu", "1999-03-04"), named("Maria Popescu", "1999-04-03"), []string{AsBorn, AsRare, AsYear}},
		"only the year was told before":         {named("Maria Popescu", "1999"), maria, []string{AsRare, AsYear}},
		"the first of January":                  {named("Maria Popescu", "1999-01-01"), maria, []string{AsRare, AsYear}},
		"only the year is told now":             {maria, named("Maria Popescu", "1999"), []string{AsRare, AsYear}},
		"two years off":                         {maria, named("Maria Popescu", "2001-11-02"), []string{AsRare, AsYear}},
		"three years off":                       {maria, named("Maria Popescu", "2002-11-02"), []string{AsRare}},
		"a child said to be grown up":           {maria, named("Maria Popescu", "1985"), []string{AsRare}},
		"born unknown before":                   {named("Maria Popescu", ""), maria, []string{AsRare}},
		"born unknown now":                      {maria, named("Maria Popescu", ""), []string{AsRare}},
		"a short form, the same day":            {named("Alexandra Popescu", "1999-04-23"), named("Alex Popescu", "1999-04-23"), []string{AsBorn}},
		"a second name that was not told":       {maria, named("Maria Elena Popescu", "1999-04-23"), []string{AsBorn}},
		"a second name told before":             {named("Maria Elena Popescu", "1999-04-23"), maria, []string{AsBorn, AsRare, AsYear}},
		"an alias":                              {Person{Names: []string{"Mimi Stan", "Maria Popescu"}, Born: []string{"1999"}}, maria, []string{AsRare, AsYear}},
		"another family name, the same day":     {maria, named("Maria Ionescu", "1999-04-23"), nil},
		"a given name alone, of a near year":    {named("Maria", "1999"), named("Maria", "1998"), nil},
		"a given name alone, the same day":      {named("Maria", "1999-04-23"), named("Maria", "1999-04-23"), []string{AsBorn}},
		"a given name alone, of unknown birth":  {named("Maria", "1999"), named("Maria", ""), nil},
		"a number as dialled at home":           {phone(maria, "+40 720 000 111"), phone(named("Zoe Dobre", "1970"), "0720 000 111"), []string{AsPhone}},
		"a passport said to be of another land": {paper(maria, "RO", "AB 123456"), paper(named("Zoe Dobre", ""), "MD", "АВ-123456"), []string{AsDocument}},
		"another number":                        {paper(maria, "RO", "AB 123456"), paper(named("Zoe Dobre", ""), "RO", "AB 123457"), nil},
		"nothing known":                         {Person{}, Person{}, nil},
	} {
		if got := alikeAs(c.stored, c.made); !slices.Equal(got, c.want) {
			t.Errorf("%s: found as %v, want %v", name, got, c.want)
		}
	}
}

// Whoever is registered twice as the same is found, and every likeness has something to be found by.
func TestWhoeverIsRegisteredTwiceIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[A-ZÇȘЂА-ЯΑ-Ω][a-zëçșђа-яα-ω]{1,9}`)
		p := Person{Names: []string{word.Draw(t, "given") + " " + word.Draw(t, "family")}}
		if rapid.Bool().Draw(t, "known") {
			p.Born = []string{date{rapid.IntRange(1930, 2020).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day")}.String()}
		}
		if len(alikeAs(p, p)) == 0 {
			t.Fatalf("%v is not found", p)
		}
		for _, a := range Likenesses(p) {
			if len(a.Words) == 0 || slices.ContainsFunc(a.Words, func(w []Token) bool { return len(w) == 0 }) || !slices.Contains(Ways(), a.As) {
				t.Fatalf("a likeness of nothing: %+v", a)
			}
		}
	})
}

func TestComparingNamesAndBirths(t *testing.T) {
	for _, c := range []struct {
		one, two string
		want     bool
	}{{"Maria Popescu", "Popescu Maria", true}, {"Мария Попеску", "Maria Popescu", true}, {"Maria Elena Popescu", "Maria Popescu", true}, {"Maria Popescu", "Maria Ionescu", false}, {"", "Maria", false}} {
		if got := SameName(c.one, c.two); got != c.want || SameName(c.two, c.one) != c.want {
			t.Errorf("%q and %q: %v", c.one, c.two, got)
		}
	}
	for _, c := range []struct {
		one, two string
		want     bool
	}{{"1999-04-23", "1999", true}, {"1999", "2001-01-01", true}, {"1999", "2002", false}, {"", "1999", false}, {"", "", false}} {
		if got := SameBirth(c.one, c.two); got != c.want || SameBirth(c.two, c.one) != c.want {
			t.Errorf("%q and %q: %v", c.one, c.two, got)
		}
	}
}
