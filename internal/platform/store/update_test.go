// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// What could not be read and what the guard finds besides are told together, to whoever may write.
func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		try := func(who store.Who, text string, fields ...string) error {
			_, err := w.s.Update(w.ctx, who, ref, func(any) ([]store.Draft, error) {
				var fs fault.Fields
				for _, f := range fields {
					fs.Add(f, "test.unreadable")
				}
				return []store.Draft{{Type: "note.added", Payload: noted{text}}}, fs.Err()
			})
			return err
		}
		for _, c := range []struct {
			text   string
			fields []string
			wants  string
		}{
			{"", []string{"on"}, "invalid: fault.invalid [on: test.unreadable, text: test.text]"},
			{"", []string{"on", "text"}, "invalid: fault.invalid [on: test.unreadable, text: test.unreadable]"},
			{"well", []string{"on"}, "invalid: fault.invalid [on: test.unreadable]"},
		} {
			if err := try(w.ana, c.text, c.fields...); err == nil || err.Error() != c.wants {
				t.Errorf("%q: %v", c.text, err)
			}
		}
		want(t, try(w.boris, "", "on"), fault.NotFound)
		if o, err := w.s.Open(w.ctx, w.ana, ref); err != nil || o.Revision != 1 {
			t.Errorf("something was written: %v", err)
		}
	})
}
