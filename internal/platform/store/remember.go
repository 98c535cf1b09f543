// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"sync"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// memory keeps what was counted of the dossiers of a kind until one of them changes, so that a page that is looked at often
// counts once. It holds for those who may know of all dossiers of a kind: what others count depends on who they are. One
// process at a time writes an office's data, and every write to dossiers goes through this store.
type memory struct {
	mu    sync.Mutex
	kinds map[ofOwner]*known
}

type ofOwner struct {
	owner journal.ID
	kind  string
}

// known is what was counted of one kind since its turn began.
type known struct {
	turn   uint64
	counts map[string]any
	size   int // numbers kept
}

// mostKnown is how many numbers are kept of one kind; what would be more is counted each time.
const mostKnown = 1 << 15

func newMemory() *memory { return &memory{kinds: map[ofOwner]*known{}} }

func (m *memory) of(x ofOwner) *known {
	k := m.kinds[x]
	if k == nil {
		k = &known{counts: map[string]any{}}
		m.kinds[x] = k
	}
	return k
}

// recall gives what was counted, and in which turn whoever counts now does so.
func (m *memory) recall(x ofOwner, what string) (v any, ok bool, turn uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.of(x)
	v, ok = k.counts[what]
	return v, ok, k.turn
}

// keep keeps what was counted, unless something has changed since its turn.
func (m *memory) keep(x ofOwner, what string, turn uint64, v any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, n := m.of(x), 1
	if of, several := v.(map[string]int); several {
		n += len(of)
	}
	if k.turn == turn && k.size+n <= mostKnown {
		k.counts[what], k.size = v, k.size+n
	}
}

// changed begins a new turn of a kind.
func (m *memory) changed(x ofOwner) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.of(x)
	k.turn, k.size = k.turn+1, 0
	clear(k.counts)
}

// remembered counts, unless it is known since the last change. What it gives is not to be changed.
func remembered[T any](s *Store, o Owner, w Who, k *Kind, what string, count func() (T, error)) (T, error) {
	if !s.everywhere(o, w, k) {
		return count()
	}
	x := ofOwner{o.ID, k.Name}
	v, ok, turn := s.memory.recall(x, what)
	if ok {
		return v.(T), nil
	}
	n, err := count()
	if err == nil {
		s.memory.keep(x, what, turn, n)
	}
	return n, err
}
