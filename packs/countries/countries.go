// SPDX-License-Identifier: EUPL-1.2

// Package countries holds one pack of facts per country or territory: how long the clocks of its law run,
// who identifies, what its authorities call people on the tracks, which number to call.
//
// Every fact names its source and, once somebody has compared it with the law, that person and the day.
// Until then it is unverified, and whoever uses it must hold to the rule of the house: an unverified rule
// may protect but never end a protection. The loader is strict: a field that it does not know, a clock
// without a source or two wordings on one day stop the office from starting.
package countries

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/entraide-thb/entraide/internal/platform/clock"
)

//go:embed *.yaml
var embedded embed.FS

// Codes of clocks.
const (
	Reflection      = "reflection"         // the recovery and reflection period of an adult
	ReflectionChild = "reflection_child"   // of a child, where the law has its own
	Compensation    = "compensation_claim" // from the act to the claim
)

// Codes of sources; any other text is a source in its own words.
const (
	GeneralKnowledge = "general_knowledge" // nobody compared it with the law
	ConventionText   = "convention_text"   // read in the Convention itself
)

// Article13 is where the Council of Europe Convention sets the least length of reflection.
const Article13 = "CETS 197, Art. 13"

// Least is the Convention's least length of reflection (Art. 13).
var Least = clock.Length{N: 30, Unit: clock.Days}

// Checked says who stands for a fact. Without a name it is unverified.
type Checked struct {
	Source    string    `yaml:"source"`
	CheckedAt clock.Day `yaml:"checked_at"`
	CheckedBy string    `yaml:"checked_by"`
}

// Verified says whether somebody answers for it by name.
func (c Checked) Verified() bool { return c.CheckedBy != "" && c.CheckedAt != "" }

// Text is a text in the languages of the house.
type Text struct {
	EN string `yaml:"en"`
	FR string `yaml:"fr"`
}

// In gives the text in a language, English when there is no other.
func (t Text) In(language string) string {
	if strings.HasPrefix(language, "fr") && t.FR != "" {
		return t.FR
	}
	return t.EN
}

// Number is a telephone number; an empty one is not known.
type Number struct {
	Number  string `yaml:"number"`
	Checked `yaml:",inline"`
}

// Word is what the authorities of a territory call a step of a track.
type Word struct {
	Text    `yaml:",inline"`
	Checked `yaml:",inline"`
}

// Fact is something that a worker should know and that no clock reckons.
type Fact struct {
	Code    string `yaml:"code"`
	Text    `yaml:",inline"`
	Article string `yaml:"article"`
	Checked `yaml:",inline"`
}

// Pack is what is known of one country or territory.
type Pack struct {
	Territory  string          `yaml:"territory"` // alpha-2; XK for Kosovo
	Zone       string          `yaml:"zone"`
	Convention bool            `yaml:"convention"` // bound by the Council of Europe Convention
	Emergency  Number          `yaml:"emergency"`
	Helpline   Number          `yaml:"helpline"`
	Words      map[string]Word `yaml:"words"` // by code of a step: presumed, recognised
	Clocks     clock.Rules     `yaml:"clocks"`
	Facts      []Fact          `yaml:"facts"`

	zone *time.Location
}

// Location gives the territory's time zone.
func (p Pack) Location() *time.Location {
	if p.zone == nil {
		return time.UTC
	}
	return p.zone
}

// Reflection gives the rule of the reflection period for a clock that starts at a moment: the child's own
// where there is one, and where nothing is known the Convention's minimum, marked so.
func (p Pack) Reflection(child bool, start time.Time) clock.Rule {
	if child {
		if r, ok := p.Clocks.At(ReflectionChild, start, p.Location()); ok {
			return r
		}
	}
	if r, ok := p.Clocks.At(Reflection, start, p.Location()); ok {
		return r
	}
	return least()
}

// Clock gives a rule's wording for a clock that starts at a moment.
func (p Pack) Clock(code string, start time.Time) (clock.Rule, bool) {
	return p.Clocks.At(code, start, p.Location())
}

// least is the rule where nothing national is known.
func least() clock.Rule {
	return clock.Rule{Code: Reflection, Length: Least, Starts: "reflection_started", Article: Article13, Source: ConventionText, Minimum: true,
		Blocks: []string{"removal", "transfer", "return"}, Tells: []string{"case_manager", "supervisor"},
		Warn: []clock.Length{clock.MustLength("14d"), clock.MustLength("7d"), clock.MustLength("3d")}}
}

// Set is all packs.
type Set struct{ packs map[string]Pack }

// Load reads the packs that the program carries.
func Load() (Set, error) { return Read(embedded) }

// Read reads every *.yaml of a folder, strictly.
func Read(from fs.FS) (Set, error) {
	files, err := fs.Glob(from, "*.yaml")
	if err != nil {
		return Set{}, err
	}
	s := Set{packs: map[string]Pack{}}
	for _, f := range files {
		b, err := fs.ReadFile(from, f)
		if err != nil {
			return Set{}, err
		}
		p, err := parse(b)
		if err == nil && p.Territory+".yaml" != path.Base(f) {
			err = fmt.Errorf("the file of a territory bears its code")
		}
		if err != nil {
			return Set{}, fmt.Errorf("countries: %s: %w", f, err)
		}
		s.packs[p.Territory] = p
	}
	return s, nil
}

func parse(b []byte) (Pack, error) {
	var p Pack
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&p); err != nil {
		return p, err
	}
	return p, p.check()
}

var (
	territory = regexp.MustCompile(`^[A-Z]{2}$`)
	number    = regexp.MustCompile(`^(\+?[0-9][0-9 ]{1,17})?$`)
)

// check says what is wrong with the pack, and finds its zone.
func (p *Pack) check() (err error) {
	if !territory.MatchString(p.Territory) {
		return fmt.Errorf("a territory is two capital letters")
	}
	if p.zone, err = clock.Zone(p.Zone); err != nil {
		return fmt.Errorf("no time zone %q", p.Zone)
	}
	if err := p.Clocks.Check(); err != nil {
		return err
	}
	for _, n := range []Number{p.Emergency, p.Helpline} {
		if !number.MatchString(n.Number) || n.Number != "" && n.Source == "" {
			return fmt.Errorf("a number has digits and a source")
		}
	}
	for k, w := range p.Words {
		if w.EN == "" || w.FR == "" || w.Source == "" {
			return fmt.Errorf("word %s lacks a language or a source", k)
		}
	}
	for _, f := range p.Facts {
		if f.Code == "" || f.EN == "" || f.FR == "" || f.Source == "" {
			return fmt.Errorf("fact %q lacks a language or a source", f.Code)
		}
	}
	return nil
}

// Codes lists the territories that have a pack, sorted.
func (s Set) Codes() []string {
	out := make([]string, 0, len(s.packs))
	for c := range s.packs {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// Has says whether a territory has a pack.
func (s Set) Has(territory string) bool { _, ok := s.packs[territory]; return ok }

// For gives a territory's pack. One that nobody has written yet is empty: its reflection period is the
// Convention's minimum, marked so, and its days end in UTC.
func (s Set) For(territory string) Pack {
	if p, ok := s.packs[territory]; ok {
		return p
	}
	return Pack{Territory: territory}
}
