// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/db"
)

func TestSingleWordsAreSearchedTogetherAndFirst(t *testing.T) {
	got := together([][][]blind{{{"mira"}, {"hoxha", "huza"}}, {{"phone"}}, {{"document", "any document"}}})
	want := [][][]blind{{{"phone", "document", "any document"}}, {{"mira"}, {"hoxha", "huza"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAlternativesFillFewLengths(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 4, 5: 8, 8: 8, 9: 32, 32: 32, 33: 33} {
		word := make([]blind, n)
		for i := range word {
			word[i] = blind(rune('A' + i))
		}
		got := filled(word)
		if len(got) != want {
			t.Errorf("%d fill %d, expected %d", n, len(got), want)
		}
		for i, x := range got {
			if string(x) != string(word[min(i, n-1)]) {
				t.Errorf("%d: number %d is %q", n, i, x)
			}
		}
	}
}

// TestFoundDossiersAreLookedUp asks SQLite how it finds the dossiers of a search: by their ids, and not by walking those
// of the kind.
func TestFoundDossiersAreLookedUp(t *testing.T) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	list, args := db.In([]any{[]byte("owner"), "person"}, make([][]byte, PageSize))
	err = d.Read(ctx, func(tx db.Tx) error {
		var id, parent, unused int
		var plan string
		if err := tx.Row(ctx, `EXPLAIN QUERY PLAN `+lookUp+`(`+list+`)`, args...).Scan(&id, &parent, &unused, &plan); err != nil {
			return err
		}
		if !strings.Contains(plan, "(owner=? AND id=?)") {
			t.Errorf("the plan is: %s", plan)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
