// SPDX-License-Identifier: EUPL-1.2

package lang_test

import (
	"maps"
	"os"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// TestThePackedTextsAreThoseOfTheFolders fails when a text was changed and not packed.
func TestThePackedTextsAreThoseOfTheFolders(t *testing.T) {
	packed, err := os.ReadFile("texts.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	got, err := lang.Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	b, err := lang.Pack(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	want, err := lang.Unpack(b)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(got, want) {
		t.Error("texts.json.gz is out of date: go generate ./internal/platform/lang/pack")
	}
	if len(want) < 100 {
		t.Errorf("only %d files are packed", len(want))
	}
}
