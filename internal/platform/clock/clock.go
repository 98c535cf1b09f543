// SPDX-License-Identifier: EUPL-1.2

// Package clock gives the time, injected, and reckons legal deadlines from rules that are data.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time. Nothing in an office asks the system directly.
type Clock interface{ Now() time.Time }

// System is the machine's clock.
type System struct{}

// Now gives the machine's time.
func (System) Now() time.Time { return time.Now() }

// Manual is a clock that stands still until it is moved. It is safe for concurrent use.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual gives a clock that shows t.
func NewManual(t time.Time) *Manual { return &Manual{now: t} }

// Now gives the time that it shows.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Set moves it to t.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t
}

// Advance moves it by d and gives the new time.
func (m *Manual) Advance(d time.Duration) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	return m.now
}

// Shifted is a clock that runs with another one, some way ahead of it or behind.
type Shifted struct {
	Base Clock
	mu   sync.Mutex
	by   time.Duration
}

// Now gives the base clock's time plus the shift.
func (s *Shifted) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Base.Now().Add(s.by)
}

// Advance adds to the shift and gives the new time: a demonstration lets days pass with it.
func (s *Shifted) Advance(d time.Duration) time.Time {
	s.mu.Lock()
	s.by += d
	s.mu.Unlock()
	return s.Now()
}
