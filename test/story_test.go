// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
)

// TestTheStoryHolds plays the whole story between five processes, with the forty earlier referrals, as `make play` does:
// every piece of evidence must be there, the exit code must say so, and the end must be one object. Where there is PostgreSQL, the
// office that receives the referral and one of the two that compare keep their data in it.
func TestTheStoryHolds(t *testing.T) {
	args := []string{"--json", "demo", "--play"}
	if os.Getenv(dbtest.Env) != "" {
		for _, p := range []demo.Place{demo.Albanian, demo.Justice} {
			args = append(args, "--db", string(p)+"="+dbtest.Schema(t))
		}
	}
	c := exec.CommandContext(t.Context(), program, args...)
	out, err := c.Output()
	if bad := (*exec.ExitError)(nil); errors.As(err, &bad) {
		t.Errorf("%v\n%s", err, bad.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	var played demo.Played
	d := json.NewDecoder(strings.NewReader(string(out)))
	if err := d.Decode(&played); err != nil || d.More() {
		t.Fatalf("not one object at the end: %v\n%s", err, out)
	}
	for _, step := range played.Steps {
		if !step.OK || len(step.Shows) == 0 {
			t.Errorf("%s: %q", step.Step, step.Shows)
		}
	}
	if !played.OK || len(played.Steps) < 14 {
		t.Fatalf("the story does not hold: %d steps", len(played.Steps))
	}
}

// TestAStoryThatCannotBePlayedFails: what cannot be shown is a failure for whoever calls the program, too.
func TestAStoryThatCannotBePlayedFails(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), program, "--json", "demo", "--play", "--dir", "testdata").Output()
	if bad := (*exec.ExitError)(nil); !errors.As(err, &bad) || bad.ExitCode() != 1 {
		t.Errorf("a folder that is not empty: %v", err)
	}
	var failed struct{ Error, Kind string }
	if err := json.Unmarshal(out, &failed); err != nil || failed.Kind != "conflict" {
		t.Errorf("%v %s", err, out)
	}
}
