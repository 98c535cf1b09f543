// SPDX-License-Identifier: EUPL-1.2

package results

import (
	"bytes"
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Population is how many people live in a country or territory, by whom and when it was counted. Nobody compared the numbers
// that the program carries with their source: they are unverified.
type Population struct {
	People int64 `yaml:"people"`
	Year   int   `yaml:"year"`
	Source Text  `yaml:"source"`
}

//go:embed population.yaml
var population []byte

// Populations gives those that the program carries, by code; the error is one of ours, in the file.
func Populations() (map[string]Population, error) { return ReadPopulations(population) }

// ReadPopulations reads a file of populations, strictly.
func ReadPopulations(src []byte) (map[string]Population, error) {
	out := map[string]Population{}
	d := yaml.NewDecoder(bytes.NewReader(src))
	d.KnownFields(true)
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("results: populations: %w", err)
	}
	for code, p := range out {
		if len(code) != 2 || p.People <= 0 || p.Year < 1990 || p.Year > 2100 || p.Source.EN == "" || p.Source.FR == "" {
			return nil, fmt.Errorf("results: population of %s: a number, a year and a source are needed", code)
		}
	}
	return out, nil
}
