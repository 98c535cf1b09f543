// SPDX-License-Identifier: EUPL-1.2

// Package retention holds how long the programme's records keep what they hold about people, as data.
package retention

import _ "embed"

//go:embed retention.yaml
var file []byte

// File gives the rules in YAML.
func File() []byte { return file }
