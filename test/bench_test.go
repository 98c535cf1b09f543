// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/app/bench"
)

// TestBenchMeasures runs every part of the measurement small. It asserts no time: only that everything that is to be
// measured was, and stands in the page.
func TestBenchMeasures(t *testing.T) {
	page := filepath.Join(t.TempDir(), "performance.md")
	before, err := os.ReadFile("../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, before, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "bench", "--rounds", "1", "--phase", "100ms", "--clients", "2", "--before", "16", "--people", "20,40", "--starts", "1", "--activities", "8", "--asks", "2", "--records", "20", "--shapes", "200x5,400x6",
		"--dir", t.TempDir(), "--docs", page, "--json")
	var words strings.Builder
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, words.String())
	}
	var r bench.Report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	if r.Rounds == nil || len(r.Rounds.Figures) != 5 || len(r.Growth) != 2 || r.Start == nil || r.Start.Binary == 0 {
		t.Fatalf("measured %s", out)
	}
	for _, f := range r.Rounds.Figures {
		if f.Rate <= 0 || f.P99 < f.P50 || f.Got == 0 {
			t.Errorf("%+v", f)
		}
	}
	for i, g := range r.Growth {
		if g.Leaves < 4*g.People || len(g.Figures) != 12 || i > 0 && g.Bytes < r.Growth[i-1].Bytes {
			t.Errorf("%+v", g)
		}
	}
	if len(r.Programme) != 1 || len(r.Programme[0].Pages) < 20 || r.Programme[0].Import <= 0 {
		t.Errorf("of a programme: %+v", r.Programme)
	}
	if len(r.Compared) != 1 || r.Compared[0].Found != 2 || r.Compared[0].Wrong != 0 || r.Compared[0].Questions == 0 {
		t.Errorf("of comparing: %+v", r.Compared)
	}
	if r.Figures == nil || len(r.Figures.Sets) != 2 || r.Figures.Sets[1].Tables != 20 || r.Figures.Suppressed.AtRisk != 0 || r.Figures.Suppressed.Threshold == 0 {
		t.Errorf("of statistics: %+v", r.Figures)
	}
	after, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"| create | 2 | entraide |", "| search by a whole name | 8 | 40 |", "| the program |", "| generated | 400 x 6 |", "| /programme/matrix | 8 |", "| two offices that compare all they have | 20 with 20 |"} {
		if !strings.Contains(string(after), line) {
			t.Errorf("the page lacks %q", line)
		}
	}
}
