// SPDX-License-Identifier: EUPL-1.2

package assets_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/page/assets"
)

// TestAFirstVisitIsLight: what a first visit loads beside the page itself leaves room for it under 200 KB, compressed.
func TestAFirstVisitIsLight(t *testing.T) {
	s, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range []string{"app.ltr.css", "app.rtl.css"} {
		total := 0
		for _, name := range []string{sheet, "app.js", "icons.svg", "mark.svg"} {
			n := s.Size(name)
			if n == 0 {
				t.Errorf("%s is not there", name)
			}
			total += n
		}
		if total > 180<<10 {
			t.Errorf("with %s a first visit loads %d bytes", sheet, total)
		}
	}
}
