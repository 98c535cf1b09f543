// SPDX-License-Identifier: EUPL-1.2

package subject

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/prosecute/brought"
)

// A table is read whole or refused: columns in any order, commas or semicolons, several values in a cell, and nothing that it
// does not know.
func TestATableIsRead(t *testing.T) {
	const text = "\uFEFFsort;reference;names;phones;findable;handling;source\nperson;F-1; Arben Example |Ben Example;'+355690000001;Yes;h2;B\nthing;F-2;;\"+30 210;\";;;\n"
	lines, wrong, err := ReadTable([]byte(text))
	if err != nil || len(lines) != 2 || len(wrong) != 0 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	one := lines[0]
	if one.N != 2 || one.Reference != "F-1" || strings.Join(one.Known.Names, "/") != "Arben Example/Ben Example" || one.Known.Phones[0] != "+355690000001" || !one.Known.Findable || one.Known.Handling != "H2" || one.Known.Source != "b" {
		t.Errorf("%+v", one)
	}
	if two := lines[1]; two.Known.Names != nil || two.Known.Phones[0] != "+30 210;" || two.Known.Findable {
		t.Errorf("%+v", two)
	}
	for name, bad := range map[string]string{
		"an unknown column": "reference,weapon\n1,2\n", "a column twice": "reference,names,names\n1,2,3\n", "no reference": "names\nx\n",
		"a cell too many": "reference,names\n1,2,3\n", "no text": "reference\n\xff\xfe\n", "nothing": "",
	} {
		if _, _, err := ReadTable([]byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := ReadTable([]byte("reference\n" + strings.Repeat("x\n", brought.MaxLines+1))); !fault.Is(err, fault.TooMuch) {
		t.Errorf("too many lines: %v", err)
	}
	if lines, wrong, err := ReadTable([]byte("reference,findable\nF-1,perhaps\nF-2,no\n")); err != nil || len(lines) != 1 || len(wrong) != 1 || wrong[0].N != 2 || wrong[0].Column != "findable" {
		t.Errorf("neither yes nor no: %v %v %v", lines, wrong, err)
	}
}

// Whatever the bytes, a table is refused by a fault or gives lines within its limits.
func FuzzReadTable(f *testing.F) {
	f.Add([]byte("reference,names\nF-1,A|B\n"))
	f.Add([]byte("reference;until\n\"F;1\";2028-01-01\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		lines, _, err := ReadTable(raw)
		if err != nil {
			if k := fault.Of(err); k != fault.Invalid && k != fault.TooMuch {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(lines) > brought.MaxLines {
			t.Fatal("more lines than fit")
		}
		for _, l := range lines {
			for _, x := range l.Known.Names {
				if x == "" || x != strings.TrimSpace(x) || strings.Contains(x, "|") {
					t.Fatalf("%q", x)
				}
			}
		}
	})
}
