// SPDX-License-Identifier: EUPL-1.2

// Package agreements holds models of cooperation agreements, article by article in French and in English. They are ours, to
// be adapted: no state has adopted one, and nobody has reviewed them.
package agreements

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var files embed.FS

// Languages lists the languages of the models; the first is the original's.
func Languages() []string { return []string{"fr", "en"} }

// Terms lists what of sharing terms a paragraph can be carried out by, as programs enforce it.
func Terms() []string {
	return []string{"parties", "purposes", "categories", "handling", "basis", "retention", "period", "accept"}
}

// Model is a draft to begin with.
type Model struct {
	Code       string            `yaml:"code"`
	Verified   bool              `yaml:"verified"` // by a lawyer; none is
	Sources    []string          `yaml:"sources"`  // what it was written with in mind, by name; nothing is quoted from them
	Title      map[string]string `yaml:"title"`    // by language
	Paragraphs []Paragraph       `yaml:"paragraphs"`
}

// Paragraph is a piece of the text that has the same place in both languages. What stands in square brackets is to be chosen.
type Paragraph struct {
	ID      string `yaml:"id"`
	Heading bool   `yaml:"heading"`
	Term    string `yaml:"term"` // which of Terms carries it out; "" for what only people can
	FR      string `yaml:"fr"`
	EN      string `yaml:"en"`
}

// In gives the paragraph in one of Languages.
func (p Paragraph) In(language string) string {
	if language == "en" {
		return p.EN
	}
	return p.FR
}

// Models reads all, by code; an error is one of ours, in a file.
func Models() (map[string]Model, error) {
	out := map[string]Model{}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		src, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var m Model
		d := yaml.NewDecoder(bytes.NewReader(src))
		d.KnownFields(true)
		if err := d.Decode(&m); err != nil {
			return nil, fmt.Errorf("agreements: %s: %w", name, err)
		}
		out[m.Code] = m
	}
	return out, nil
}
