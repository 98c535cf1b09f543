// SPDX-License-Identifier: EUPL-1.2

package page

import "testing"

func TestNoCellIsAFormula(t *testing.T) {
	r, err := Sheet("list.csv", [][]string{{"a", "=b"}, {"c\nd", "e,f"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(r.(file).body); got != "\ufeffa,'=b\r\nc d,\"e,f\"\r\n" {
		t.Errorf("%q", got)
	}
}
