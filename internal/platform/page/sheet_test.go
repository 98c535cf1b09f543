// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"strings"
	"testing"
)

func TestNoCellIsAFormula(t *testing.T) {
	for _, s := range []string{"=1+1", "+1", "-1", "@x", " =1", "\ufeff=1", "\x00=1", "\u200b\u202e=1", "\t=1", "\r\n=1", "|cmd", "%x", "＝1"} {
		if got := harmless(s); !strings.HasPrefix(got, "'") {
			t.Errorf("%q becomes %q", s, got)
		}
	}
	for s, want := range map[string]string{"": "", "Olive 41": "Olive 41", " a\nb ": "a b", "1=1": "1=1"} {
		if got := harmless(s); got != want {
			t.Errorf("%q becomes %q", s, got)
		}
	}
	r, err := Sheet("list.csv", [][]string{{"a", "=b"}, {"c\nd", "e,f"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(r.(file).body); got != "\ufeffa,'=b\r\nc d,\"e,f\"\r\n" {
		t.Errorf("%q", got)
	}
}
