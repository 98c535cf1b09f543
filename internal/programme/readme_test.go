// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/packs/results"
)

// TestTheReadmeCountsTheIndicatorsRight: how many of the framework's indicators are measured, and how many say that they are
// not where any are not, is what the README says.
func TestTheReadmeCountsTheIndicatorsRight(t *testing.T) {
	src, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := strings.Join(strings.Fields(string(src)), " ")
	f, err := results.Default()
	if err != nil {
		t.Fatal(err)
	}
	all, measured := len(f.Indicators), len(programme.Results(programme.Config{}).Sources)
	words := []string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "twenty-one", "twenty-two", "all"}
	says := []string{fmt.Sprintf("%s of the results framework's %d indicators", words[measured], all)}
	if measured < all {
		says = append(says, fmt.Sprintf("%s of the %d indicators say", words[all-measured], all))
	}
	for _, text := range says {
		if !strings.Contains(readme, text) {
			t.Errorf("the README does not say %q", text)
		}
	}
}
