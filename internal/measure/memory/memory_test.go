// SPDX-License-Identifier: EUPL-1.2

package memory

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	if err := fits(100<<20, 1<<30); err != nil {
		t.Errorf("100 MB of 1 GB: %v", err)
	}
	if err := fits(1<<30, 1<<30); !fault.Is(err, fault.TooMuch) {
		t.Errorf("all of it: %v", err)
	}
	if err := Fits(1 << 62); !fault.Is(err, fault.TooMuch) {
		if _, ok := Free(); ok {
			t.Errorf("more than any machine has: %v", err)
		}
	}
}

func TestTheSystemSaysWhatIsFree(t *testing.T) {
	if n, ok := parse("MemTotal: 9 kB\nMemAvailable:    2048 kB\n"); !ok || n != 2<<20 {
		t.Errorf("%d, %v", n, ok)
	}
	for _, text := range []string{"", "MemAvailable: x kB\n"} {
		if _, ok := parse(text); ok {
			t.Errorf("%q says something", text)
		}
	}
}
