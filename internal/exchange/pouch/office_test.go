// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/posttest"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// office is one without any line.
type office struct{ *posttest.Office }

var day, greek, albanian = posttest.Day, posttest.Greek, posttest.Albanian

// two gives two offices that may write to each other, and a stranger.
func two(t testing.TB) (from, to, other *office) {
	t.Helper()
	a, b, c := posttest.Two(t)
	return &office{a}, &office{b}, &office{c}
}

// fill packs what waits for the other office.
func (o *office) fill(t testing.TB, to journal.ID, room int) Filled {
	t.Helper()
	f, err := Fill(t.Context(), o.Post, o.ID, to, room, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// bring brings files, and counts what became of their lines.
func (o *office) bring(t testing.TB, files ...[]byte) (Report, map[string]int) {
	t.Helper()
	var in []File
	for _, b := range files {
		in = append(in, File{"brought", b})
	}
	r, err := Bring(t.Context(), o.Post, o.ID, in...)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, l := range r.Lines {
		n[l.What]++
	}
	return r, n
}

// advance lets time pass at the office.
func (o *office) advance(d time.Duration) { o.Clock.(*clock.Manual).Advance(d) }
