// SPDX-License-Identifier: EUPL-1.2

package load

import (
	"errors"
	"testing"
)

// FuzzImport: whatever the bytes, the answer is a list of what is wrong or an import; never a panic, and an error never
// quotes more of the file than a field's name.
func FuzzImport(f *testing.F) {
	f.Add([]byte("schema_version: 1\nsource: {masthead: M}\nprogramme: {id: A, title: T}\nactivities:\n  - {id: A-1, kind: event, title: T, lines: \"1\"}\n"))
	f.Add([]byte("a: &x [*x]\n"))
	f.Add([]byte("{? [a] : b}"))
	f.Add([]byte("schema_version: !!binary 1\nactivities: [{priorities: [1, 1]}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		_, err := parse(src)
		var e Error
		if err != nil && (!errors.As(err, &e) || len(e) == 0) {
			t.Fatalf("%T: %v", err, err)
		}
		for _, w := range e {
			if w.Line < 0 || len(w.Field) > 200 {
				t.Fatalf("%+v", w)
			}
		}
	})
}
