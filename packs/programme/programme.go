// SPDX-License-Identifier: EUPL-1.2

// Package programme holds the first content of an office: the 2021 French cooperation programme in South-East
// Europe, as its public newsletter tells it. Every record names the lines of that text; what the text does not
// say is null. It is data: the programme wing's import reads it, and reads any other file of the same form.
package programme

import (
	"bytes"
	"embed"
	"encoding/csv"

	"go.yaml.in/yaml/v3"
)

//go:embed programme.yaml
var file []byte

// File gives the pack's file, YAML in UTF-8. The caller may change the copy.
func File() []byte { return bytes.Clone(file) }

//go:embed iati.yaml
var reading []byte

// Reading is how the programme is published to others: codes that we read into it.
type Reading struct {
	Sectors map[int]string `yaml:"sectors"` // purpose codes by priority
	Several string         `yaml:"several"` // of activities whose priorities have different ones
	Region  string         `yaml:"region"`  // of what reaches several countries or territories
}

// ReadAs gives the pack's reading; the error is one of ours, in the file.
func ReadAs() (Reading, error) {
	var r Reading
	d := yaml.NewDecoder(bytes.NewReader(reading))
	d.KnownFields(true)
	return r, d.Decode(&r)
}

//go:embed *.csv
var registers embed.FS

// Languages lists the languages of the registers' files, the source's first.
func Languages() []string { return []string{"en", "fr"} }

// Register gives the file of a register ("knowledge", "materials", "partnerships", "policies") in a language of Languages: what
// the newsletter tells, in our words, with its lines. "organisations" is in French only: what they are called there. The error is one of ours.
func Register(name, language string) ([]byte, error) {
	return registers.ReadFile(name + "." + language + ".csv")
}

// Word is a text of the pack's source in a further language, our translation. Key is an activity's code, of its title, or the key
// of a text of the programme itself; Original is what it translates, so that it is used of no other words.
type Word struct{ Key, Original, Text string }

// Words gives the pack's texts in a language: French. The error is one of ours, in the file.
func Words(language string) ([]Word, error) {
	src, err := registers.ReadFile("words." + language + ".csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(src)).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []Word
	for _, r := range rows[1:] {
		out = append(out, Word{r[0], r[1], r[2]})
	}
	return out, nil
}
