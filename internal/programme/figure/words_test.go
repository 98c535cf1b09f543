// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// Every number that can be told has its word, in every language.
func TestEveryNumberHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	for _, m := range Measures() {
		w.List("figure.measure", []string{m.Code, m.Code + ".hint"})
		for _, tag := range []string{"en", "fr"} {
			l := w.Bundle.Locale(tag, nil)
			for _, code := range m.Cells() {
				if text := word(l, m, code); text == "" || text[0] == '[' {
					t.Errorf("%s: %s of %s is %q", tag, code, m.Code, text)
				}
			}
		}
	}
	w.Named("", `"((?:figure|programme)\.(?:need|guard)\.[a-z_]+)"`)
	w.Named("", `\(t "(figure\.[a-z._]+)"\)`)
	w.Check(15)
}
