// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"fmt"
	"testing"
)

func TestTheTrailTellsWhatLives(t *testing.T) {
	var tr trail
	for _, piece := range []string{"gc 1 @0.012s 2%: 0.02+1.5+0.01 ms clock, 0.05+0.3/1.2/0+0.02 ms cpu, 11->12->6 MB, 18 MB goal, 0 MB stacks, 0 MB globals, 2 P\nnot", " open\ngc 2 @0.1s 2%: 0+0+0 ms clock, 0+0/0/0+0 ms cpu, 20->21->", "9 MB, 27 MB goal, 2 P\ngc went on\n"} {
		if n, err := tr.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := tr.live.Load(); got != 9<<20 || string(tr.rest) != "not open\ngc went on\n" {
		t.Errorf("%d live, %q left", got, tr.rest)
	}
}

func TestTenthsKeepTheMostOfEach(t *testing.T) {
	var all []Held
	for i := range 25 {
		all = append(all, Held{Resident: int64(100 + i%5), Live: int64(i)})
	}
	if got, want := fmt.Sprint(tenths(all)), "[{102 2} {104 4} {102 7} {104 9} {102 12} {104 14} {102 17} {104 19} {102 22} {104 24}]"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if got := fmt.Sprint(tenths(all[:3]), tenths(nil)); got != "[{100 0} {101 1} {102 2}] []" {
		t.Error(got)
	}
}
