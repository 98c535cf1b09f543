// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	build := exec.Command("../build.sh", program)
	build.Stderr = os.Stderr
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// tell shows the last words of every office's own log.
func tell(t *testing.T, s *demo.Stage) {
	for p, o := range s.Offices {
		b, err := os.ReadFile(filepath.Join(string(o.Folder), "log.jsonl"))
		if err != nil {
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(b)), "\n")
		for _, l := range lines[max(0, len(lines)-20):] {
			if strings.Contains(l, "WARN") || strings.Contains(l, "ERROR") || !strings.HasPrefix(l, "{") {
				t.Logf("%s: %s", p, l)
			}
		}
	}
}

// stage sets the five offices, each a process of the built program.
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
			if t.Failed() {
				tell(t, s)
			}
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// furnished gives a stage on which the story was played, with the programme's records.
func furnished(t *testing.T) *demo.Stage {
	t.Helper()
	s := stage(t)
	if _, err := s.Play(t.Context(), true, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// mostBytes is how large the program may be: it is fetched over bad connections.
const mostBytes = 45_000_000

func TestTheProgramStaysSmall(t *testing.T) {
	f, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	if f.Size() >= mostBytes {
		t.Errorf("the program has %d bytes: find out what came in (go tool nm -size -sort size)", f.Size())
	}
}
