// SPDX-License-Identifier: EUPL-1.2

// Package lang gives every text, name, date and number that a person sees, in that person's language.
//
// Texts are catalogue keys with named arguments; catalogues are flat JSON files, one per room and language,
// in the folder catalogue. Names of countries or territories and languages, dates and numbers come from
// CLDR 48 (folder cldr). English is what a key falls back to; a key that no catalogue has is shown in
// brackets and counted, and a test finds it.
//
// What a person reads herself is held in more languages than the screens, in the folder person: see Bundle.Person.
//
// Two more locales exist for tests: en-XA (accented, longer, in brackets) and ar-XB (right to left).
package lang

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

//go:generate go run ./cldr/generate -cldr ../../../node_modules -out cldr/cldr.json

// The locales for tests.
const (
	Pseudo   = "en-XA"
	Mirrored = "ar-XB"
)

// Bundle holds all catalogues. It is safe for concurrent use.
type Bundle struct {
	cldr  map[string]*cldr
	tags  []string
	keys  map[string]map[string]message // language -> key -> text
	tests bool

	giving sync.RWMutex
	bundle *i18n.Bundle
	given  map[given]bool // what was handed to bundle: a text with a place for a value, when it is first asked for

	persons    map[string]*tongue // by tag: languages that persons can read and the screens do not have
	personKeys []string

	mu      sync.Mutex
	missing map[string]int
	untold  map[string]int
}

type message struct{ one, other string }

// given names a message of one language.
type given struct{ tag, key string }

// Option changes what Load makes.
type Option func(*Bundle)

// WithTestLocales adds en-XA and ar-XB to what Tags lists.
func WithTestLocales() Option { return func(b *Bundle) { b.tests = true } }

// Load reads the embedded catalogues. It errs on a file that does not parse and on a key that two files
// of one language hold.
func Load(options ...Option) (*Bundle, error) {
	b := &Bundle{bundle: i18n.NewBundle(language.English), given: map[given]bool{}, keys: map[string]map[string]message{}, missing: map[string]int{}, persons: map[string]*tongue{}, untold: map[string]int{}}
	for _, o := range options {
		o(b)
	}
	all, err := texts()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(all["cldr/cldr.json"]), &b.cldr); err != nil {
		return nil, fmt.Errorf("lang: cldr: %w", err)
	}
	for _, f := range filesOf(all, "catalogue", ".json") {
		if err := b.read(f, all[f]); err != nil {
			return nil, fmt.Errorf("lang: %s: %w", f, err)
		}
	}
	for l := range b.keys {
		b.tags = append(b.tags, l)
	}
	slices.Sort(b.tags)
	for _, tag := range append(slices.Clone(b.tags), Pseudo, Mirrored) {
		t, err := language.Parse(tag)
		if err != nil {
			return nil, err
		}
		if err := b.bundle.AddMessages(t); err != nil { // so that the language is known: its texts follow
			return nil, err
		}
	}
	if err := b.readPersons(all); err != nil {
		return nil, fmt.Errorf("lang: %w", err)
	}
	return b, nil
}

func (b *Bundle) read(file, raw string) error {
	name := strings.TrimSuffix(path.Base(file), ".json")
	_, l, ok := strings.Cut(name, ".")
	if !ok {
		return errors.New("a catalogue is named <room>.<language>.json")
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return err
	}
	if b.keys[l] == nil {
		b.keys[l] = map[string]message{}
	}
	for k, v := range m {
		if _, twice := b.keys[l][k]; twice {
			return fmt.Errorf("key %s is in another file too", k)
		}
		one, other, ok := forms(v)
		if !ok {
			return fmt.Errorf("key %s is neither a text nor plural forms with \"other\"", k)
		}
		b.keys[l][k] = message{one: spaced(l, one), other: spaced(l, other)}
	}
	return nil
}

// forms reads a text, or an object of plural forms.
func forms(v any) (one, other string, ok bool) {
	switch v := v.(type) {
	case string:
		return "", v, true
	case map[string]any:
		for form, text := range v {
			text, is := text.(string)
			if !is {
				return "", "", false
			}
			switch form {
			case "one":
				one = text
			case "other":
				other = text
			}
		}
		return one, other, other != ""
	}
	return "", "", false
}

// frenchSpaces keeps French signs on the line of their word. Catalogues are written with plain spaces.
var frenchSpaces = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", "« ", "«\u00a0", " »", "\u00a0»", " %", "\u00a0%")

func spaced(language, text string) string {
	if language != "fr" {
		return text
	}
	return frenchSpaces.Replace(text)
}

// look finds a key's message in a language of the screens, else in English: the language that has it, and how its texts are
// changed for the test languages.
func (b *Bundle) look(tag, key string) (m message, in string, change func(string) string, ok bool) {
	change = func(s string) string { return s }
	switch tag {
	case Pseudo:
		m, ok = b.keys["en"][key]
		return m, tag, pseudo, ok
	case Mirrored:
		m, ok = b.keys["en"][key]
		return m, tag, mirror, ok
	}
	if m, ok = b.keys[tag][key]; ok {
		return m, tag, change, true
	}
	m, ok = b.keys["en"][key]
	return m, "en", change, ok
}

// give hands a message to the library, once.
func (b *Bundle) give(m message, tag, key string, change func(string) string) {
	g := given{tag, key}
	b.giving.RLock()
	done := b.given[g]
	b.giving.RUnlock()
	if done {
		return
	}
	x := &i18n.Message{ID: key, Other: change(m.other)}
	x.Many, x.Few, x.Two, x.Zero, x.One = x.Other, x.Other, x.Other, x.Other, x.Other
	if m.one != "" {
		x.One = change(m.one)
	}
	b.giving.Lock()
	defer b.giving.Unlock()
	if b.given[g] {
		return
	}
	if err := b.bundle.AddMessages(language.Make(tag), x); err != nil {
		panic("lang: " + err.Error()) // Load added this language
	}
	b.given[g] = true
}

// Tags lists the languages on offer, and the test locales when Load was asked for them.
func (b *Bundle) Tags() []string {
	if b.tests {
		return append(slices.Clone(b.tags), Pseudo, Mirrored)
	}
	return slices.Clone(b.tags)
}

// Missing gives the keys that were asked for and that no catalogue has.
func (b *Bundle) Missing() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for k := range b.missing {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Keys gives a language's keys, sorted; for tests.
func (b *Bundle) Keys(l string) []string {
	var out []string
	for k := range b.keys[l] {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Text gives a key's raw text in a language.
func (b *Bundle) Text(l, key string) (one, other string) {
	m := b.keys[l][key]
	return m.one, m.other
}

// Locale gives the texts of a language, with times in a zone (nil is UTC). An unknown language gives the
// nearest known one, else English.
func (b *Bundle) Locale(tag string, zone *time.Location) *Locale {
	if zone == nil {
		zone = time.UTC
	}
	known := tag
	if tag != Pseudo && tag != Mirrored && !slices.Contains(b.tags, tag) {
		known, _, _ = strings.Cut(tag, "-")
		if !slices.Contains(b.tags, known) {
			known = "en"
		}
	}
	data := known
	if tag == Pseudo || tag == Mirrored {
		data = "en"
	}
	return &Locale{b: b, tag: known, zone: zone, loc: i18n.NewLocalizer(b.bundle, known), c: b.cldr[data]}
}

// Locale is one language in one zone.
type Locale struct {
	b    *Bundle
	tag  string
	zone *time.Location
	loc  *i18n.Localizer
	c    *cldr

	person *tongue // of a language for persons; nil for one of the screens
	ours   *Locale // what such a language falls back to
}

// Tag gives the BCP 47 tag for the lang attribute.
func (l *Locale) Tag() string { return l.tag }

// In gives the texts of another language of the screens; false where they are not in it.
func (l *Locale) In(tag string) (*Locale, bool) {
	return l.b.Locale(tag, l.zone), slices.Contains(l.b.tags, tag)
}

// Zone gives the zone that times are shown in.
func (l *Locale) Zone() *time.Location { return l.zone }

// Dir gives "rtl" or "ltr".
func (l *Locale) Dir() string {
	if base, _, _ := strings.Cut(l.tag, "-"); slices.Contains([]string{"ar", "fa", "ur", "ps", "he"}, base) {
		return "rtl"
	}
	return "ltr"
}

// T gives the text of a key; args are pairs of name and value.
func (l *Locale) T(key string, args ...any) string { return l.text(key, nil, args) }

// Takes says whether the text of a key has places for arguments, without which it would say too little.
func (l *Locale) Takes(key string) bool {
	if l.person != nil {
		return l.ours.Takes(key)
	}
	m, _, _, ok := l.b.look(l.tag, key)
	return ok && strings.Contains(m.other, "{{")
}

// N gives the text of a key for a count, which the text shows as {{.Count}}.
func (l *Locale) N(key string, n int, args ...any) string {
	return l.text(key, n, append([]any{"Count", l.Number(n)}, args...))
}

func (l *Locale) text(key string, count any, args []any) string {
	if l.person != nil {
		if s, ok := l.personText(key, count, l.values(args)); ok {
			return s
		}
		return l.ours.text(key, count, args)
	}
	m, tag, change, ok := l.b.look(l.tag, key)
	if !ok {
		l.b.mu.Lock()
		l.b.missing[key]++
		l.b.mu.Unlock()
		return "[" + key + "]"
	}
	if count == nil && !strings.Contains(m.other, "{{") {
		return change(m.other)
	}
	l.b.give(m, tag, key, change)
	l.b.giving.RLock()
	defer l.b.giving.RUnlock()
	s, _ := l.loc.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: l.values(args), PluralCount: count}) // of English instead, it gives an error with the text
	return s
}

// values gives the arguments of a text by name.
func (l *Locale) values(args []any) map[string]any {
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		v := args[i+1]
		if t, ok := v.(time.Time); ok {
			v = l.DateTime(t)
		}
		data[fmt.Sprint(args[i])] = v
	}
	return data
}

// Has says whether a catalogue has the key, in this language or in English.
func (l *Locale) Has(key string) bool {
	if l.person != nil {
		return l.person.texts[key] != nil || l.ours.Has(key)
	}
	_, _, _, ok := l.b.look(l.tag, key)
	return ok
}

// Fault gives the text of an error: what went wrong and what to do, never its cause.
func (l *Locale) Fault(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return l.T("fault.internal")
	}
	if f.Key != "" && l.Has(f.Key) {
		return l.T(f.Key, pairs(f.Args)...)
	}
	return l.T("fault." + f.Kind.String())
}

func pairs(m map[string]any) []any {
	out := make([]any, 0, 2*len(m))
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}

type contextKey struct{}

// With gives a context that carries a locale.
func With(ctx context.Context, l *Locale) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// From gives the context's locale; nil when it carries none.
func From(ctx context.Context) *Locale {
	l, _ := ctx.Value(contextKey{}).(*Locale)
	return l
}
