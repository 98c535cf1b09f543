// SPDX-License-Identifier: EUPL-1.2

package workbook_test

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/workbook"
)

func TestNoCellIsAFormula(t *testing.T) {
	for _, s := range []string{"=1+1", "+1", "-1", "@x", " =1", "\ufeff=1", "\x00=1", "\u200b\u202e=1", "\t=1", "\r\n=1", "|cmd", "%x", "＝1"} {
		if got := workbook.Harmless(s); !strings.HasPrefix(got, "'") {
			t.Errorf("%q becomes %q", s, got)
		}
	}
	for s, want := range map[string]string{"": "", "Olive 41": "Olive 41", " a\nb ": "a b", "1=1": "1=1"} {
		if got := workbook.Harmless(s); got != want {
			t.Errorf("%q becomes %q", s, got)
		}
	}
}
