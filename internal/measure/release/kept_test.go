// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"errors"
	"strconv"
	"testing"
)

// TestWhatIsAskedForByTurnsIsMadeOnce, as long as it is of few things; what could not be made is tried again.
func TestWhatIsAskedForByTurnsIsMadeOnce(t *testing.T) {
	var k Kept[int]
	times := map[string]int{}
	ask := func(name string) {
		t.Helper()
		got, err := k.Of(t.Context(), name, func() (int, error) { times[name]++; return strconv.Atoi(name) })
		if want, bad := strconv.Atoi(name); got != want || (err == nil) != (bad == nil) {
			t.Fatalf("%s: %d, %v", name, got, err)
		}
	}
	for range 3 {
		for i := range mostKept {
			ask(strconv.Itoa(i))
		}
		ask("none")
	}
	for i := range mostKept {
		if n := times[strconv.Itoa(i)]; n != 1 {
			t.Errorf("%d was made %d times", i, n)
		}
	}
	if times["none"] != 3 {
		t.Errorf("tried %d times", times["none"])
	}
	ask("100") // in place of the one made first
	ask("0")
	if times["0"] != 2 || times["100"] != 1 || len(k.last) != mostKept {
		t.Errorf("%v, %d kept", times, len(k.last))
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := k.Of(gone, "7", func() (int, error) { times["7"]++; return 7, nil }); !errors.Is(err, context.Canceled) || times["7"] != 0 {
		t.Errorf("made for somebody who has left: %v", err)
	}
}
