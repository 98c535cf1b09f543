// SPDX-License-Identifier: EUPL-1.2

package lang

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// What a person reads herself, in languages that the workers' screens need not have: person/<language>.json holds a
// text for every key that person/keys.txt names.

// Translation says where the texts of a language come from and who answers for them.
type Translation struct {
	Tag        string
	Source     string // the language that it was translated from
	Translator string
	Reviewer   string // who answers for it at this office (Locale.Reviewed); empty: nobody, and whoever reads it is told so
}

// Draft says whether nobody has reviewed it.
func (t Translation) Draft() bool { return t.Reviewer == "" }

// tongue is one language for persons.
type tongue struct {
	Translation
	name  string                       // what it calls itself, where CLDR does not say
	texts map[string]map[string]string // key -> plural form -> text
	chain []string                     // the language itself, then those whose texts it takes; CLDR's data and plurals come from the last
	loc   func() *i18n.Localizer
}

// personFile is a file of the folder person.
type personFile struct {
	Name       string                     `json:"name"` // what the language calls itself, where CLDR does not say
	Source     string                     `json:"source"`
	Translator string                     `json:"translator"`
	Fallback   string                     `json:"fallback"` // whose texts it takes where it has none of its own
	Letters    string                     `json:"letters"`  // "Latn": those texts are put from Cyrillic into Latin letters
	Also       []string                   `json:"also"`     // other tags of the same language
	Texts      map[string]json.RawMessage `json:"texts"`
}

// readPersons fills in the languages for persons; the catalogues of the screens must stand already.
func (b *Bundle) readPersons(all map[string]string) (err error) {
	if b.personKeys, err = expand(all["person/keys.txt"], b.Keys("en")); err != nil {
		return fmt.Errorf("person/keys.txt: %w", err)
	}
	files := map[string]personFile{}
	for _, n := range filesOf(all, "person", ".json") {
		var f personFile
		if err := json.Unmarshal([]byte(all[n]), &f); err != nil {
			return fmt.Errorf("%s: %w", n, err)
		}
		files[strings.TrimSuffix(path.Base(n), ".json")] = f
	}
	for tag, f := range files {
		t, err := newTongue(tag, files)
		if err != nil {
			return fmt.Errorf("person/%s.json: %w", tag, err)
		}
		b.persons[tag] = t
		for _, other := range f.Also {
			b.persons[other] = t
		}
	}
	return nil
}

// expand gives the keys that a list of patterns names. A pattern that names no key is an error: it is misspelt or out
// of date.
func expand(list string, all []string) ([]string, error) {
	keep := map[string]bool{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, out := strings.CutPrefix(line, "!")
		found := false
		start := pattern
		if i := strings.IndexAny(pattern, `*?[\`); i >= 0 {
			start = pattern[:i]
		}
		first, _ := slices.BinarySearch(all, start)
		for _, k := range all[first:] {
			if !strings.HasPrefix(k, start) {
				break
			}
			if ok, err := path.Match(pattern, k); err != nil {
				return nil, err
			} else if ok {
				keep[k], found = !out, true
			}
		}
		if !found {
			return nil, fmt.Errorf("no key is named by %q", pattern)
		}
	}
	maps.DeleteFunc(keep, func(_ string, in bool) bool { return !in })
	return slices.Sorted(maps.Keys(keep)), nil
}

func newTongue(tag string, files map[string]personFile) (*tongue, error) {
	f := files[tag]
	t := &tongue{name: f.Name, Translation: Translation{Tag: tag, Source: f.Source, Translator: f.Translator}, texts: map[string]map[string]string{}, chain: []string{tag}}
	if f.Fallback != "" {
		base, ok := files[f.Fallback]
		if !ok || base.Fallback != "" {
			return nil, fmt.Errorf("it falls back to %q, which has no texts of its own", f.Fallback)
		}
		t.chain = append(t.chain, f.Fallback)
		if err := t.take(base.Texts, f.Letters == "Latn"); err != nil {
			return nil, err
		}
	}
	if err := t.take(f.Texts, false); err != nil {
		return nil, err
	}
	return t, t.prepare()
}

// take adds texts, over those that are there.
func (t *tongue) take(texts map[string]json.RawMessage, latin bool) error {
	for k, raw := range texts {
		forms := map[string]string{}
		var one string
		if json.Unmarshal(raw, &one) == nil {
			forms["other"] = one
		} else if err := json.Unmarshal(raw, &forms); err != nil || forms["other"] == "" {
			return fmt.Errorf("key %s is neither a text nor plural forms with \"other\"", k)
		}
		for form, text := range forms {
			if latin {
				forms[form] = outside(text, serbianLatin.Replace)
			}
		}
		t.texts[k] = forms
	}
	return nil
}

// prepare readies the localizer, which is made when it is first asked for. Its plurals are those of the last of the chain: CLDR has no rules for Montenegrin.
func (t *tongue) prepare() error {
	tag, err := language.Parse(t.chain[len(t.chain)-1])
	if err != nil {
		return err
	}
	t.loc = sync.OnceValue(func() *i18n.Localizer { // an office shows few of these languages
		own := i18n.NewBundle(tag)
		_ = own.AddMessages(tag, t.messages()...) // without plurals of the language no text is found, which is counted
		return i18n.NewLocalizer(own, tag.String())
	})
	return nil
}

// messages gives the texts as the library wants them.
func (t *tongue) messages() []*i18n.Message {
	var all []*i18n.Message
	for k, f := range t.texts {
		m := &i18n.Message{ID: k, Zero: f["zero"], One: f["one"], Two: f["two"], Few: f["few"], Many: f["many"], Other: f["other"]}
		for _, form := range []*string{&m.Zero, &m.One, &m.Two, &m.Few, &m.Many} {
			if *form == "" {
				*form = m.Other
			}
		}
		all = append(all, m)
	}
	return all
}

// serbianLatin puts Serbian from Cyrillic into Latin letters; the two alphabets match letter by letter.
var serbianLatin = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "ђ", "đ", "е", "e", "ж", "ž", "з", "z", "и", "i", "ј", "j", "к", "k", "л", "l", "љ", "lj",
	"м", "m", "н", "n", "њ", "nj", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "ћ", "ć", "у", "u", "ф", "f", "х", "h", "ц", "c", "ч", "č", "џ", "dž", "ш", "š",
	"А", "A", "Б", "B", "В", "V", "Г", "G", "Д", "D", "Ђ", "Đ", "Е", "E", "Ж", "Ž", "З", "Z", "И", "I", "Ј", "J", "К", "K", "Л", "L", "Љ", "Lj",
	"М", "M", "Н", "N", "Њ", "Nj", "О", "O", "П", "P", "Р", "R", "С", "S", "Т", "T", "Ћ", "Ć", "У", "U", "Ф", "F", "Х", "H", "Ц", "C", "Ч", "Č", "Џ", "Dž", "Ш", "Š")

// PersonKeys lists the keys of what a person reads herself.
func (b *Bundle) PersonKeys() []string { return slices.Clone(b.personKeys) }

// Persons lists the languages in which a person can read what is hers, those of the screens among them.
func (b *Bundle) Persons() []string {
	out := slices.Clone(b.tags)
	for tag, t := range b.persons {
		if tag == t.Tag && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	return out
}

// Translations lists the languages for persons that the screens do not have.
func (b *Bundle) Translations() []string {
	return slices.DeleteFunc(b.Persons(), func(tag string) bool { return slices.Contains(b.tags, tag) })
}

// Translation says where a language for persons comes from; false for one of the screens and for another tag of the same.
func (b *Bundle) Translation(tag string) (Translation, bool) {
	if t := b.persons[tag]; t != nil && t.Tag == tag {
		return t.Translation, true
	}
	return Translation{}, false
}

// PersonText gives the plural forms of a key in a language for persons.
func (b *Bundle) PersonText(tag, key string) map[string]string {
	if t := b.persons[tag]; t != nil {
		return maps.Clone(t.texts[key])
	}
	return nil
}

// Untranslated lists what was asked for in a language for persons and had to be given in the worker's: "sq some.key".
func (b *Bundle) Untranslated() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.untold))
}

// Person gives the texts that a person reads: in the first of her languages that she can read here, else in ours. Tags
// are tried whole, then shortened from the end ("sr-Latn-RS", "sr-Latn", "sr"). A text that her language lacks is taken
// from the language that it falls back to, then from ours.
func (b *Bundle) Person(hers []string, ours *Locale) *Locale {
	for _, tag := range hers {
		for tag != "" {
			if slices.Contains(b.tags, tag) {
				return b.Locale(tag, ours.zone)
			}
			if t := b.persons[tag]; t != nil {
				return &Locale{b: b, tag: t.Tag, zone: ours.zone, loc: t.loc(), c: b.data(t.chain), person: t, ours: ours}
			}
			cut := strings.LastIndex(tag, "-")
			tag = tag[:max(cut, 0)]
		}
	}
	return ours
}

// data gives CLDR's data of the first language of a chain that has some.
func (b *Bundle) data(chain []string) *cldr {
	for _, tag := range chain {
		if c := b.cldr[tag]; c != nil {
			return c
		}
	}
	return b.cldr["en"]
}

// Translation says where a language for persons comes from; false for one of the screens.
func (l *Locale) Translation() (Translation, bool) {
	if l.person == nil {
		return Translation{}, false
	}
	return l.person.Translation, true
}

// Reviewed gives the same texts with the name of who answers for them here. One of the screens' languages stays as it is.
func (l *Locale) Reviewed(by string) *Locale {
	if l.person == nil {
		return l
	}
	out, t := *l, *l.person
	t.Reviewer = by
	out.person = &t
	return &out
}

// Draft says whether the language is one that nobody has reviewed.
func (l *Locale) Draft() bool { return l.person != nil && l.person.Draft() }

// Ours gives the language of the screens that a language for persons falls back to; itself for one of the screens.
func (l *Locale) Ours() *Locale {
	if l.person == nil {
		return l
	}
	return l.ours
}

// personText gives a text of the person's language; false when it has none, which is counted.
func (l *Locale) personText(key string, count any, data map[string]any) (string, bool) {
	if _, ok := l.person.texts[key]; ok {
		s, err := l.loc.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count})
		if err == nil && s != "" {
			return s, true
		}
	}
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	l.b.untold[l.tag+" "+key]++
	return "", false
}
