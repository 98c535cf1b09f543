// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"os/exec"
	"testing"

	"github.com/entraide-thb/entraide/internal/app/demo"
)

// TestADemonstrationGoesOn stops the five offices and opens them again in the same folder: everybody signs in as before, at the same address.
func TestADemonstrationGoesOn(t *testing.T) {
	c := demo.Config{Dir: t.TempDir(), Command: func(ctx context.Context, folder string) *exec.Cmd {
		return exec.CommandContext(ctx, program, "serve", folder)
	}}
	first, err := demo.Set(t.Context(), c)
	if first != nil {
		t.Cleanup(func() { _ = first.Close() })
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Leave(true); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, fresh, err := demo.Open(t.Context(), c)
	if again != nil {
		t.Cleanup(func() {
			if err := again.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	for p, o := range again.Offices {
		if was := first.Offices[p]; o.URL != was.URL || o.ID != was.ID {
			t.Errorf("%s is %s at %s and was %s at %s", p, o.ID, o.URL, was.ID, was.URL)
		}
	}
	if err := at(again, demo.Greek, "eleni").signIn(t.Context()); err != nil {
		t.Error("nobody signs in as before:", err)
	}
}
