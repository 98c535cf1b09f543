// SPDX-License-Identifier: EUPL-1.2

package clock_test

import (
	"sync"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestManualStandsStillUntilMoved(t *testing.T) {
	m := clock.NewManual(noon)
	for range 2 {
		if !m.Now().Equal(noon) {
			t.Error("it moves by itself")
		}
	}
	if got := m.Advance(36 * time.Hour); !got.Equal(noon.Add(36*time.Hour)) || !m.Now().Equal(got) {
		t.Errorf("advanced to %s", got)
	}
	if m.Set(noon); !m.Now().Equal(noon) {
		t.Error("it cannot be set back")
	}
}

func TestManualIsForManyGoroutines(t *testing.T) {
	m := clock.NewManual(noon)
	var wg sync.WaitGroup
	for range 50 {
		wg.Add(1)
		go func() { defer wg.Done(); m.Advance(time.Second); _ = m.Now() }()
	}
	wg.Wait()
	if got := m.Now().Sub(noon); got != 50*time.Second {
		t.Errorf("fifty seconds came to %s", got)
	}
}

func TestShiftedRunsWithItsBase(t *testing.T) {
	base := clock.NewManual(noon)
	s := &clock.Shifted{Base: base}
	if !s.Now().Equal(noon) {
		t.Error("unshifted, it differs from its base")
	}
	if got := s.Advance(48 * time.Hour); !got.Equal(noon.Add(48 * time.Hour)) {
		t.Errorf("shifted to %s", got)
	}
	base.Advance(time.Minute)
	s.Advance(-24 * time.Hour)
	if got := s.Now(); !got.Equal(noon.Add(24*time.Hour + time.Minute)) {
		t.Errorf("its base moved on and it shows %s", got)
	}
	if !base.Now().Equal(noon.Add(time.Minute)) {
		t.Error("shifting moved the base")
	}
}

func TestSystemGoesForward(t *testing.T) {
	before := time.Now()
	got := clock.System{}.Now()
	if got.Before(before) || got.After(time.Now()) {
		t.Errorf("the system shows %s", got)
	}
}
