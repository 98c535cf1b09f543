// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
)

// Codes by which activities are found that carry something out: a strategy, a numbered measure. Their values are Links.
const (
	SchemeCode  = "scheme"
	MeasureCode = "measure"
)

var plainCode = regexp.MustCompile(`^[A-Za-z0-9_.:\-]{1,64}$`)

// Link gives the code of what an activity carries out: the code that it names, or one made of what is none.
func Link(name string) string {
	if plainCode.MatchString(name) {
		return name
	}
	h := sha256.Sum256([]byte(name))
	return hex.EncodeToString(h[:8])
}

// links gives those of several, each once.
func links(names []string) []string {
	var out []string
	for _, x := range names {
		if c := Link(x); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}
