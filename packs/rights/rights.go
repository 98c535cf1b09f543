// SPDX-License-Identifier: EUPL-1.2

// Package rights holds the drafts of the public texts on rights, in plain words, for each country or
// territory that has a pack, in English and in French.
//
// They were written by the project from the Council of Europe Convention (Articles 10 to 16) and the facts
// of the country packs. Nobody has compared them with any national law: they are drafts, and stay hidden
// from the public until a named reviewer signs the very words. One frame per language is filled with the
// sentences of a country and the lengths of its clocks, so that a fact that changes changes the text, and
// the signature under the old one no longer counts.
package rights

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/packs/countries"
)

//go:embed base.*.md sentences.yaml
var embedded embed.FS

// Languages lists the languages of the drafts.
func Languages() []string { return []string{"en", "fr"} }

// Draft is one text, in plain Markdown: paragraphs and second-level headings, nothing else.
type Draft struct {
	Country  string
	Language string
	Body     string
}

// sentences are the parts of one language.
type sentences struct {
	Identify          map[string]string `yaml:"identify"`
	Compensation      map[string]string `yaml:"compensation"`
	OwnLaw            string            `yaml:"own_law"`
	Reflection        string            `yaml:"reflection"`
	ReflectionChild   string            `yaml:"reflection_child"`
	Helpline          string            `yaml:"helpline"`
	HelplineUnchecked string            `yaml:"helpline_unchecked"`
	HelplineUnknown   string            `yaml:"helpline_unknown"`
}

// frame is what a base text is filled with.
type frame struct {
	OwnLaw, Identify, Reflection, ReflectionChild, Compensation, Helpline string
}

// Drafts makes all texts from the packs, by country and then language. at decides which wording of a rule
// the texts tell.
func Drafts(packs countries.Set, at time.Time) ([]Draft, error) {
	all := map[string]sentences{}
	raw, err := embedded.ReadFile("sentences.yaml")
	if err != nil {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("rights: sentences: %w", err)
	}
	var out []Draft
	for _, code := range packs.Codes() {
		for _, l := range Languages() {
			s, ok := all[l]
			if !ok {
				return nil, fmt.Errorf("rights: no sentences in %s", l)
			}
			body, err := s.fill(l, packs.For(code), at)
			if err != nil {
				return nil, fmt.Errorf("rights: %s in %s: %w", code, l, err)
			}
			out = append(out, Draft{code, l, body})
		}
	}
	return out, nil
}

func (s sentences) fill(language string, p countries.Pack, at time.Time) (string, error) {
	base, err := template.New("base."+language+".md").Option("missingkey=error").ParseFS(embedded, "base."+language+".md")
	if err != nil {
		return "", err
	}
	adult, child := p.Reflection(false, at), p.Reflection(true, at)
	f := frame{Identify: either(s.Identify, p.Territory), Compensation: either(s.Compensation, p.Territory),
		Reflection: fmt.Sprintf(s.Reflection, Words(language, adult.Length)), Helpline: s.HelplineUnknown}
	if child.Length != adult.Length {
		f.ReflectionChild = fmt.Sprintf(s.ReflectionChild, Words(language, child.Length))
	}
	if !p.Convention {
		f.OwnLaw = s.OwnLaw
	}
	switch {
	case p.Helpline.Number != "" && p.Helpline.Verified():
		f.Helpline = fmt.Sprintf(s.Helpline, p.Helpline.Number)
	case p.Helpline.Number != "":
		f.Helpline = fmt.Sprintf(s.HelplineUnchecked, p.Helpline.Number)
	}
	var b strings.Builder
	if err := base.Execute(&b, f); err != nil {
		return "", err
	}
	return strings.TrimSpace(strings.ReplaceAll(b.String(), "\n\n\n", "\n\n")) + "\n", nil
}

func either(by map[string]string, territory string) string {
	if s := by[territory]; s != "" {
		return s
	}
	return by["any"]
}

// units are the words for lengths, one and many, by language.
var units = map[string]map[clock.Unit][2]string{
	"en": {clock.Hours: {"hour", "hours"}, clock.Days: {"day", "days"}, clock.Weeks: {"week", "weeks"}, clock.Months: {"month", "months"}, clock.Years: {"year", "years"}},
	"fr": {clock.Hours: {"heure", "heures"}, clock.Days: {"jour", "jours"}, clock.Weeks: {"semaine", "semaines"}, clock.Months: {"mois", "mois"}, clock.Years: {"an", "ans"}},
}

// Words gives a length in a language of the drafts: "30 days".
func Words(language string, l clock.Length) string {
	forms := units[language][l.Unit]
	if l.N == 1 {
		return "1 " + forms[0]
	}
	return fmt.Sprintf("%d %s", l.N, forms[1])
}
