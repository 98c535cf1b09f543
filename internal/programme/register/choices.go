// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// languages are those that the wing's texts are written in: of the programme's countries, of its source, and of the bodies
// that watch over it.
var languages = []string{"fr", "en", "bg", "bs", "el", "hr", "mk", "ro", "sq", "sr", "sr-Latn", "ru", "de"}

// Languages offers the languages to write in.
func Languages(l *lang.Locale) []page.Option {
	var out []page.Option
	for _, tag := range languages {
		o := page.Option{Value: tag, Text: l.Language(tag)}
		if base, script, _ := strings.Cut(tag, "-"); script == "Latn" { // beside the same language in its other script
			o.Text = l.T("register.latin", "Language", l.Language(base))
		}
		out = append(out, o)
	}
	return out
}

// Writes says whether texts of the wing are written in a language.
func Writes(tag string) bool { return slices.Contains(languages, tag) }

// Language gives the language to offer first to somebody who writes: the reader's, where it is one of those.
func Language(l *lang.Locale) string {
	base, _, _ := strings.Cut(l.Tag(), "-")
	if slices.Contains(languages, base) {
		return base
	}
	return "en"
}

// Codes offers a closed list, each word from the catalogue under a prefix.
func Codes[T ~string](l *lang.Locale, prefix string, codes []T) []page.Option {
	var out []page.Option
	for _, c := range codes {
		out = append(out, page.Option{Value: string(c), Text: l.T(prefix + string(c))})
	}
	return out
}

// Word gives a code's word, "" for none.
func Word[T ~string](l *lang.Locale, prefix string, code T) string {
	if code == "" {
		return ""
	}
	return l.T(prefix + string(code))
}

// Countries names countries or territories in a row.
func Countries(l *lang.Locale, codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, l.Country(c))
	}
	return l.List(out)
}

// ActivityPath is where an activity is shown.
func ActivityPath(code string) string { return "/programme/activities/" + code }

// mostOffered is how many choices a form offers in one list; where there are more, one is typed.
const mostOffered = 200

// Around is what the programme already knows of, for choices: activities (none where there are more than a form offers), and
// who takes part.
type Around struct {
	Names     map[journal.ID]string
	language  string // of whoever looks
	countries []string
	offered   []activity.Line
	many      bool
}

// Look reads it.
func Look(ctx context.Context, s *store.Store, w store.Who, l *lang.Locale) (Around, error) {
	a := Around{language: l.Tag()}
	if err := a.ofActivities(ctx, s, w); err != nil {
		return a, err
	}
	if err := a.ofScheme(ctx, s, w); err != nil {
		return a, err
	}
	var err error
	a.Names, _, err = takingPart(ctx, s, w, l.Tag())
	return a, err
}

// ofActivities reads where the programme's activities are from the index of their codes, and them themselves where they are few.
func (a *Around) ofActivities(ctx context.Context, s *store.Store, w store.Who) error {
	own := store.Is("origin", activity.OfProgramme)
	countries, err := s.Tally(ctx, w, access.KindActivity, "country")
	if err != nil {
		return err
	}
	delete(countries, activity.None)
	a.countries = slices.Sorted(maps.Keys(countries))
	n, err := s.Count(ctx, w, store.Query{Kind: access.KindActivity, Spans: []store.Span{own}})
	if a.many = n > mostOffered; err != nil || a.many {
		return err
	}
	rows, err := All[activity.Line](ctx, s, w, store.Query{Kind: access.KindActivity, Spans: []store.Span{own}, By: "code"})
	for _, r := range rows {
		a.offered = append(a.offered, r.V)
	}
	return err
}

// takingPart gives the organisations: their names in a language, and all their names in small letters.
func takingPart(ctx context.Context, s *store.Store, w store.Who, tag string) (names map[journal.ID]string, named map[string]journal.ID, err error) {
	names, named = map[journal.ID]string{}, map[string]journal.ID{}
	orgs, err := All[actors.OrganisationLine](ctx, s, w, store.Query{Kind: access.KindOrganisation})
	for _, o := range orgs {
		names[o.ID] = o.V.Names.In(tag)
		for _, name := range o.V.Names {
			named[strings.ToLower(name)] = o.ID
		}
	}
	return names, named, err
}

// ofScheme adds the countries or territories that the programme names as its partners, whether or not an activity does.
func (a *Around) ofScheme(ctx context.Context, s *store.Store, w store.Who) error {
	rows, err := All[scheme.Line](ctx, s, w, store.Query{Kind: access.KindProgramme})
	for _, r := range rows {
		o, err := s.Open(ctx, w, store.Ref{Kind: access.KindProgramme, ID: r.ID})
		if err != nil {
			return err
		}
		for _, c := range o.State.(scheme.Scheme).Countries {
			if !slices.Contains(a.countries, c.Code) {
				a.countries = append(a.countries, c.Code)
			}
		}
	}
	return err
}

// ActivityOptions offers the activities by code and title; nil where there are too many.
func (a Around) ActivityOptions() []page.Option {
	if a.many {
		return nil
	}
	out := []page.Option{}
	for _, x := range a.offered {
		title, _ := x.In(a.language)
		out = append(out, page.Option{Value: x.Code, Text: x.Code + " · " + cut(title)})
	}
	return out
}

// ActivityChoice makes a field in which an activity is chosen: from a list, or where there are too many by its code.
func (a Around) ActivityChoice(f Field) Field {
	if f.Kind, f.Options = "select", a.ActivityOptions(); f.Options == nil {
		f.Kind = "text"
	}
	return f
}

func cut(s string) string {
	if rs := []rune(s); len(rs) > 70 {
		return strings.TrimSpace(string(rs[:70])) + "…"
	}
	return s
}

// CountryOptions offers the countries or territories that the programme's activities name, and those given.
func (a Around) CountryOptions(l *lang.Locale, more ...string) []page.Option {
	codes := slices.Clone(a.countries)
	for _, c := range more {
		if !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	var out []page.Option
	for _, c := range codes {
		out = append(out, page.Option{Value: c, Text: l.Country(c)})
	}
	return sorted(out)
}

// OrganisationOptions offers who takes part.
func (a Around) OrganisationOptions() []page.Option {
	var out []page.Option
	for id, name := range a.Names {
		out = append(out, page.Option{Value: id.String(), Text: name})
	}
	return sorted(out)
}

func sorted(out []page.Option) []page.Option {
	inorder.By(out, func(x, y page.Option) int {
		return strings.Compare(strings.ToLower(x.Text)+x.Value, strings.ToLower(y.Text)+y.Value)
	})
	return out
}

// NamesOf names organisations in a row.
func (a Around) NamesOf(l *lang.Locale, ids []journal.ID) string {
	var out []string
	for _, id := range ids {
		out = append(out, a.Names[id])
	}
	return l.List(out)
}

// WriteFields are the fields in which somebody writes a text in one language.
func WriteFields(l *lang.Locale, label, hint, language, text string) []Field {
	return []Field{{Kind: "select", Name: "language", Label: l.T("register.language"), Options: Languages(l), Value: language},
		{Kind: "textarea", Name: "text", Label: label, Hint: hint, Value: text, Rows: 5}, ShownField(language)}
}

// Write are those of a register, whose label is "<room>.<key>". Of a text that is there already they say that other
// languages stay.
func (v *See) Write(key string, there bool) []Field {
	hint := v.T(key + ".hint")
	if there {
		hint = v.L.T("register.text.hint")
	}
	return WriteFields(v.L, v.T(key), hint, "", "")
}

// Written gives what stands in those fields: a text in the reader's language, where there is one.
func (v *See) Written(t wording.Text) Values {
	if t.IsZero() {
		return Put(Values{}, "language", Language(v.L))
	}
	shown := t.In(v.L.Tag())
	return Put(Values{}, "language", shown.Language, "text", shown.Text)
}

// Today is the day where the office is, as a form shows it.
func (v *See) Today() string { return party.OnDay(v.Now.In(v.Zone)).String() }

// Wanting says in which of the programme's two languages a text is missing or outdated; nil when in neither.
func Wanting(l *lang.Locale, t wording.Text) []Note {
	var names []string
	for _, tag := range t.Wanting("fr", "en") {
		names = append(names, l.Language(tag))
	}
	if len(names) == 0 {
		return nil
	}
	return []Note{{Tone: page.Warn, Text: l.T("register.wanting", "Languages", l.List(names))}}
}
