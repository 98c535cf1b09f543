// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/tongue"
)

// TestTheLogSpeaksInWords: whoever oversees the log reads words for every entry type and purpose, in each language of the
// screens.
func TestTheLogSpeaksInWords(t *testing.T) {
	w := newWorld(t, "athens")
	n, words := w.n, w.n.entryWords()
	for _, tag := range []string{"en", "fr"} {
		l := n.Bundle.Locale(tag, nil)
		for _, typ := range n.Store.Registry().Types() {
			if s := entryWord(l, words, typ.Name); strings.HasPrefix(s, "[") || s == typ.Name {
				t.Errorf("%s: no word for %s (%s)", tag, typ.Name, typ.Kind)
			}
		}
		for _, p := range access.Purposes() {
			if s := l.T("app.log.for." + string(p)); strings.HasPrefix(s, "[") {
				t.Errorf("%s: no word for the purpose %s", tag, p)
			}
		}
	}
	olga := w.hire("athens", "olga", access.Oversight)
	ana := w.hire("athens", "ana", access.CaseManager)
	texts := tongue.Texts(n.Bundle, "sq")
	w.post(ana, "/languages/sq/sign", url.Values{"hash": {tongue.HashOf("sq", texts)}, "reviewer": {"Dita Example"}, "function": {"translator"}, "read": {"true"}})
	body := w.get(olga, "/log").body
	for _, word := range []string{"Language for persons signed", "language.signed", ">programme<", "Worker ana"} {
		if !strings.Contains(body, word) {
			t.Errorf("the log lacks %q", word)
		}
	}
}
