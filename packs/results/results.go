// SPDX-License-Identifier: EUPL-1.2

// Package results holds a results framework as data, in English and French: which indicators say whether a programme comes
// nearer to its goals, what each counts, how records add up to it and what must not be claimed. It holds no figure and no
// target: figures are computed from records, and targets are for whoever runs a programme to set.
package results

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

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

// Levels lists how far an indicator reaches, the nearest first.
func Levels() []string { return []string{"output", "outcome", "impact"} }

// Ways of adding up.
const (
	Count    = "count"
	Sum      = "sum"
	Distinct = "distinct"
	Ratio    = "ratio"
	Paired   = "paired"
	List     = "list"
	Rate     = "rate"
	Told     = "told" // protected figures that offices tell
)

// Ways lists them; the file says what each means.
func Ways() []string { return []string{Count, Sum, Distinct, Ratio, Paired, List, Rate, Told} }

// Waits lists what an indicator can wait for.
func Waits() []string { return []string{"exchange"} }

// Indicator is one line of the framework.
type Indicator struct {
	ID         string   `yaml:"id"`
	Level      string   `yaml:"level"`
	Measure    int      `yaml:"measure"` // IATI IndicatorMeasure
	Adds       string   `yaml:"adds"`
	Goals      []string `yaml:"goals"`
	Lines      string   `yaml:"lines"`
	By         []string `yaml:"by"` // what it can be parted by
	Vocabulary string   `yaml:"vocabulary"`
	Code       string   `yaml:"code"` // in that vocabulary
	Waits      string   `yaml:"waits"`
	Figures    string   `yaml:"figures"` // of Told and Rate: which table offices tell
	Tells      []Tell   `yaml:"tells"`   // of Told: what of it is said, in this order
	Title      Text     `yaml:"title"`
	Means      Text     `yaml:"means"`
	Caution    Text     `yaml:"caution"`
}

// Tell is one number of a told table: N alone, N of Of, or the median of the bins that begin with Median.
type Tell struct {
	N      string `yaml:"n"`
	Of     string `yaml:"of"`
	Median string `yaml:"median"`
}

// Source is where the framework comes from.
type Source struct {
	Document Text `yaml:"document"`
}

// Framework is a version of a framework.
type Framework struct {
	Code       string      `yaml:"code"`
	Version    string      `yaml:"version"`
	Source     Source      `yaml:"source"`
	Goals      []string    `yaml:"goals"`
	Indicators []Indicator `yaml:"indicators"`
	NotToClaim []Text      `yaml:"not_to_claim"`
}

// Find gives an indicator by its id.
func (f Framework) Find(id string) (Indicator, bool) {
	i := slices.IndexFunc(f.Indicators, func(x Indicator) bool { return x.ID == id })
	if i < 0 {
		return Indicator{}, false
	}
	return f.Indicators[i], true
}

//go:embed framework.yaml
var file []byte

// Default gives the framework that the program carries; the error is one of ours, in the file.
func Default() (Framework, error) { return Read(file) }

var idForm = regexp.MustCompile(`^[OCI][0-9]{1,2}$`)

// Read reads a framework, strictly: an unknown field, an id twice and a code that is not of the closed lists are errors that
// name the indicator.
func Read(src []byte) (Framework, error) {
	var f Framework
	d := yaml.NewDecoder(bytes.NewReader(src))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return Framework{}, fmt.Errorf("results: %w", err)
	}
	seen := map[string]bool{}
	for _, x := range f.Indicators {
		if err := f.check(x); err != nil {
			return Framework{}, fmt.Errorf("results: %s: %w", x.ID, err)
		}
		if seen[x.ID] {
			return Framework{}, fmt.Errorf("results: %s is there twice", x.ID)
		}
		seen[x.ID] = true
	}
	return f, nil
}

func (f Framework) check(x Indicator) error {
	switch {
	case !idForm.MatchString(x.ID):
		return fmt.Errorf("not an id")
	case !slices.Contains(Levels(), x.Level):
		return fmt.Errorf("level %q", x.Level)
	case !slices.Contains([]int{1, 2, 5}, x.Measure):
		return fmt.Errorf("measure %d", x.Measure)
	case !slices.Contains(Ways(), x.Adds):
		return fmt.Errorf("adds %q", x.Adds)
	case x.Waits != "" && !slices.Contains(Waits(), x.Waits):
		return fmt.Errorf("waits %q", x.Waits)
	case (x.Adds == Told) != (len(x.Tells) > 0) || x.Adds == Told && x.Figures == "":
		return fmt.Errorf("tells %v of %q", x.Tells, x.Figures)
	case x.Title.EN == "" || x.Title.FR == "" || x.Means.EN == "" || x.Means.FR == "":
		return fmt.Errorf("a text is missing")
	case len(x.Goals) == 0 || slices.ContainsFunc(x.Goals, func(g string) bool { return !slices.Contains(f.Goals, g) }):
		return fmt.Errorf("goals %v", x.Goals)
	}
	return nil
}
