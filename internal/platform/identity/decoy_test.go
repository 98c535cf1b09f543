// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"crypto/rand"
	"testing"
)

// TestTheDecoyIsCheckedAtTodaysCostsAndNeverMatches: where a login does not exist, the same work is done as where it does.
func TestTheDecoyIsCheckedAtTodaysCostsAndNeverMatches(t *testing.T) {
	p := Params{Memory: 64, Time: 2, Threads: 1}
	h, err := newHasher(p, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	costs, salt, key, err := parsePHC(h.decoy)
	if err != nil || costs != p || len(salt) != saltLen || len(key) != keyLen {
		t.Errorf("decoy %q: %v", h.decoy, err)
	}
	other, err := newHasher(p, rand.Reader)
	if err != nil || other.decoy == h.decoy {
		t.Errorf("two hashers share a decoy: %v", err)
	}
	match, stale, err := h.verify(context.Background(), "", "anything")
	if match || stale || err != nil {
		t.Errorf("match %v, stale %v, %v", match, stale, err)
	}
	real, err := h.hash(context.Background(), "a password")
	if err != nil {
		t.Fatal(err)
	}
	if match, _, err := h.verify(context.Background(), real, "a password"); !match || err != nil {
		t.Errorf("the right password: %v, %v", match, err)
	}
}
