// SPDX-License-Identifier: EUPL-1.2

package limit

import (
	"strconv"
	"testing"
	"time"
)

var now = time.Date(2026, 9, 14, 9, 0, 0, 0, time.UTC)

func TestAKeyHasItsBurstAndThenItsRate(t *testing.T) {
	var k Keys
	for i := range 3 {
		if !k.Allow("a", now, 2, 3) {
			t.Fatalf("%d of 3 at once refused", i+1)
		}
	}
	if k.Allow("a", now, 2, 3) {
		t.Error("a fourth at once")
	}
	if !k.Allow("b", now, 2, 3) {
		t.Error("another key pays for the first")
	}
	if !k.Allow("a", now.Add(500*time.Millisecond), 2, 3) {
		t.Error("after its time, refused")
	}
}

func TestWhatIsReturnedWasNotTaken(t *testing.T) {
	var k Keys
	for i := range 10 {
		if !k.Allow("a", now, 2, 3) {
			t.Fatalf("the turn %d refused although each was given back", i+1)
		}
		k.Return("a", now)
	}
	k.Return("a", now) // nothing was taken
	k.Return("nobody", now)
	for range 3 {
		k.Allow("a", now, 2, 3)
	}
	if k.Allow("a", now, 2, 3) {
		t.Error("more than the burst was given back")
	}
}

func TestWhoIsAtRestIsForgotten(t *testing.T) {
	var k Keys
	for i := range held {
		k.Allow(strconv.Itoa(i), now, 1, 1)
	}
	k.Allow("one more", now, 1, 1)
	if n := len(k.by); n != 1 {
		t.Errorf("all are busy, and %d are remembered", n)
	}
	k.Allow("later", now.Add(time.Second), 1, 1)
	if n := len(k.by); n != 2 {
		t.Errorf("%d are remembered", n)
	}
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{"192.0.2.7:443": "192.0.2.7", "[::ffff:192.0.2.7]:1": "192.0.2.7", "[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64", "[fe80::1%eth0]:1": "fe80::/64", "elsewhere": "elsewhere"} {
		if got := Network(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
