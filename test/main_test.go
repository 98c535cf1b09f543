// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/entraide-thb/entraide/internal/app/demo"
)

// program is the built command.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "entraide-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "entraide")
	build := exec.Command("go", "build", "-o", program, "../cmd/entraide")
	build.Stderr = os.Stderr
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// stage sets the four offices, each a process of the built program.
func stage(t *testing.T) *demo.Stage {
	t.Helper()
	s, err := demo.Set(t.Context(), demo.Config{Dir: t.TempDir(), Command: func(ctx context.Context, folder string) *exec.Cmd {
		return exec.CommandContext(ctx, program, "serve", folder)
	}})
	if s != nil {
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}
