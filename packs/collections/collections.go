// SPDX-License-Identifier: EUPL-1.2

// Package collections holds, as data, who asks states for figures, what and when. Nobody has compared it with the bodies' own
// texts yet: whoever shows it says so.
package collections

import (
	"bytes"
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v3"
)

//go:embed collections.yaml
var file []byte

// Collection is one body's asking. Texts are by language.
type Collection struct {
	ID     string              `yaml:"id"`
	By     map[string]string   `yaml:"by"`
	What   map[string]string   `yaml:"what"`
	When   map[string]string   `yaml:"when"`
	Source string              `yaml:"source"` // on what it rests
	Wants  map[string][]string `yaml:"wants"`  // columns by source that answer it
}

// All reads them, in their order; an error is one of ours.
func All() ([]Collection, error) {
	var out []Collection
	d := yaml.NewDecoder(bytes.NewReader(file))
	d.KnownFields(true)
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("collections: %w", err)
	}
	for _, c := range out {
		for _, t := range []map[string]string{c.By, c.What, c.When} {
			if t["en"] == "" || t["fr"] == "" {
				return nil, fmt.Errorf("collections: %s lacks a text", c.ID)
			}
		}
		if c.ID == "" || c.Source == "" || len(c.Wants) == 0 {
			return nil, fmt.Errorf("collections: %q says not what it rests on or what answers it", c.ID)
		}
	}
	return out, nil
}
