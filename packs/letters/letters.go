// SPDX-License-Identifier: EUPL-1.2

// Package letters holds an issue of the newsletter for the demonstration: what the public newsletter of early 2021 tells, in our
// own words, in French and in English, with the lines of its source. It names nobody.
package letters

import (
	"bytes"
	_ "embed"

	"go.yaml.in/yaml/v3"
)

// Issue is an issue to be typed in. From and To are days, as "2021-03-31".
type Issue struct {
	From     string    `yaml:"from"`
	To       string    `yaml:"to"`
	Title    Words     `yaml:"title"`
	Sections []Section `yaml:"sections"`
}

// Words are the same in both languages; the French is the original.
type Words struct {
	FR string `yaml:"fr"`
	EN string `yaml:"en"`
}

// Section is a section with its text as Markdown, the records that it is about, and the lines of the source that it retells.
type Section struct {
	Key      string   `yaml:"key"`
	Sort     string   `yaml:"sort"`
	Priority int      `yaml:"priority"`
	Place    int      `yaml:"place"`
	Lines    string   `yaml:"lines"`
	Records  []string `yaml:"records"`
	Title    Words    `yaml:"title"`
	Words    `yaml:",inline"`
}

//go:embed 2021-1.yaml
var first []byte

// First reads the issue on the first quarter of 2021; the error is one of ours, in the file.
func First() (Issue, error) {
	var i Issue
	d := yaml.NewDecoder(bytes.NewReader(first))
	d.KnownFields(true)
	return i, d.Decode(&i)
}

//go:embed partners.png
var partners []byte

// Pictures gives the pictures that the issue shows, PNG by key. The caller may change the copy.
func Pictures() map[string][]byte { return map[string][]byte{"partners": bytes.Clone(partners)} }
