// SPDX-License-Identifier: EUPL-1.2

package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryWordOfTheOperatorIsThere checks the faults of the command line's own work and of what it stands on.
func TestEveryWordOfTheOperatorIsThere(t *testing.T) {
	w := langtest.Of(t)
	const faults = `fault\.(?:New|Wrap|Bad)\([^"]*(?:"[a-z_]+", )?"([a-z_]+\.[a-z_.]+)"`
	found := w.Named("", `"(operate\.[a-z_]+(?:\.[a-z_]+)*)"`)
	found += w.Named("", faults)
	named := regexp.MustCompile(faults)
	for _, room := range []string{"../platform/archive", "../platform/vault", "../platform/db", "../exchange/restoration", "../../cmd/entraide"} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(room, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllStringSubmatch(string(src), -1) {
				w.Keys = append(w.Keys, m[1])
				found++
			}
		}
	}
	w.List("operate.progress", []string{"archive.data", "archive.keys", "archive.load", "archive.move", "iati.import", "key.rotate"})
	if found < 80 {
		t.Fatalf("only %d keys found in the sources", found)
	}
	w.Check(found)
}
