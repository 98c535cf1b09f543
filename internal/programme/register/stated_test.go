// SPDX-License-Identifier: EUPL-1.2

package register_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// typed is a number as somebody types it, of every kind.
func typed() *rapid.Generator[register.Spelling] {
	return rapid.Custom(func(t *rapid.T) register.Spelling {
		digits := rapid.StringMatching(`[1-9][0-9]{0,6}`)
		s := register.Spelling{N: digits.Draw(t, "n"), How: rapid.SampledFrom(register.Hows()).Draw(t, "how")}
		switch s.How {
		case "inferred":
			s.Why = rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "why")
		case "disputed":
			s.To, s.Why, s.ToWhy = digits.Filter(func(x string) bool { return x != s.N }).Draw(t, "to"), "the report", "the letter"
		}
		return s
	})
}

func number(t *rapid.T, s register.Spelling) party.Uncertain {
	u, behind, wrong := s.Number()
	if wrong != "" || !u.Known() {
		t.Fatalf("%+v: %s %s", s, behind, wrong)
	}
	return u
}

// TestEveryKindOfNumberIsTypedAndStaysWhatItIs: what a form shows again is read as the same number; a sum keeps every quality, is
// the same in any order, and says so in both languages; unknown is never 0.
func TestEveryKindOfNumberIsTypedAndStaysWhatItIs(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	en, fr := b.Locale("en", nil), b.Locale("fr", nil)
	rapid.Check(t, func(t *rapid.T) {
		x, y := typed().Draw(t, "x"), typed().Draw(t, "y")
		u, v := number(t, x), number(t, y)
		if again := number(t, register.Spell(u)); !again.Equal(u) {
			t.Fatalf("%+v comes back as %+v", u, again)
		}
		values := register.Spelled("n", u)
		if back := register.SpellingOf(values.Get, "n"); back != register.Spell(u) {
			t.Fatalf("%+v in a form is %+v", register.Spell(u), back)
		}
		sum := u.Plus(v)
		if !sum.Equal(v.Plus(u)) || u.Plus(party.Uncertain{}).Known() {
			t.Fatalf("%+v and %+v", u, v)
		}
		if kept, _, wrong := register.Spell(sum).Respelled(sum); wrong != "" || !kept.Equal(sum) {
			t.Fatalf("a form that nobody changed makes %+v of %+v", kept, sum)
		}
		for how, word := range map[string][2]string{"more_than": {"more than", "plus de"}, "about": {"about", "environ"}, "inferred": {"inferred", "déduit"}, "disputed": {"disagree", "divergent"}} {
			if x.How == how || y.How == how {
				if e, f := sum.Print(en), sum.Print(fr); !strings.Contains(e, word[0]) || !strings.Contains(f, word[1]) {
					t.Fatalf("%s is lost: %q, %q", how, e, f)
				}
			}
		}
		for i, s := range []register.Spelling{x, y} {
			if s.How == "disputed" && strings.Count(sum.Beside(en), "the report") == 0 {
				t.Fatalf("the sources of %d are lost: %q", i, sum.Beside(en))
			}
		}
	})
}

func TestWhatIsNoNumberIsTold(t *testing.T) {
	for want, s := range map[string]register.Spelling{
		" programme.need.number":           {N: "many", How: "exactly"},
		"_why programme.need.why":          {N: "3", How: "inferred"},
		"_to programme.need.other_number":  {N: "3", How: "disputed", To: "3", Why: "a", ToWhy: "b"},
		"_why programme.need.both_sources": {N: "3", How: "disputed", To: "4", Why: "a"},
		"":                                 {How: "more_than"},
	} {
		u, behind, wrong := s.Number()
		if got := strings.TrimRight(behind+" "+wrong, " "); got != strings.TrimRight(want, " ") || u.Known() {
			t.Errorf("%+v: %q, want %q; %+v", s, got, want, u)
		}
	}
}

// TestAListSaysOfATranslationThatItsOriginalHasChanged, however long it is; of the original, and of a translation of it, it says nothing.
func TestAListSaysOfATranslationThatItsOriginalHasChanged(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	said := wording.New("fr", "Une loi de 2016").With("en", strings.Repeat("A law of 2016. ", 20))
	changed := said.With("fr", "Une loi de 2017")
	en, fr := b.Locale("en", nil), b.Locale("fr", nil)
	for _, c := range []struct {
		l       *lang.Locale
		text    wording.Text
		changed bool
	}{{en, said, false}, {en, changed, true}, {fr, said, false}, {fr, changed, false}} {
		if got := register.Excerpt(c.l, c.text).Text; strings.Contains(got, "has changed since") != c.changed || strings.Contains(got, "changé") {
			t.Errorf("%s: %q", c.l.Tag(), got)
		}
	}
}
