// SPDX-License-Identifier: EUPL-1.2

// Package programme holds the first content of an office: the 2021 French cooperation programme in South-East
// Europe, as its public newsletter tells it. Every record names the lines of that text; what the text does not
// say is null. It is data: the programme wing's import reads it, and reads any other file of the same form.
package programme

import (
	"bytes"
	_ "embed"
)

//go:embed programme.yaml
var file []byte

// File gives the pack's file, YAML in UTF-8. The caller may change the copy.
func File() []byte { return bytes.Clone(file) }
