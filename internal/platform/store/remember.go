// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"fmt"
	"slices"
	"sync"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// memory keeps what was counted of the dossiers of a kind until one of them changes, so that a page that is looked at often
// counts once. It holds for those who may know of all dossiers of a kind: what others count depends on who they are. One
// process at a time writes an office's data, and every write to dossiers goes through this store.
type memory struct {
	mu    sync.Mutex
	kinds map[ofOwner]*known
	made  map[string]made // of several kinds (Remembered), by what they are
	held  int             // how much of it there is
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

// made is what was made of the dossiers of several kinds, with the turn of each.
type made struct {
	turns []uint64
	v     any
}

// mostMade is how much of this is kept; with more, it begins anew.
const mostMade = 512 * smallest

// smallest is what anything that is kept weighs at least.
const smallest = 256

// Weighed is for what Remembered keeps of each of many dossiers: of how many it does.
type Weighed interface{ Weight() int }

func (m made) weight() int {
	if w, ok := m.v.(Weighed); ok {
		return smallest + w.Weight()
	}
	return smallest
}

func newMemory() *memory { return &memory{kinds: map[ofOwner]*known{}, made: map[string]made{}} }

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

// Remembered gives what sum makes of the dossiers of some kinds, and keeps it until a dossier of any of them changes: for
// small sums of many dossiers, which are made by reading all of them. what names it, with all that it depends on besides; sum
// reads nothing but dossiers of these kinds, and nothing personal of them. It is kept for those whose roles reach all dossiers of the kinds and the same
// of the categories that these can have; for others, and with a kind that is not there, it is made each time. What it gives is not to be changed.
func Remembered[T any](s *Store, w Who, kinds []string, what string, sum func() (T, error)) (T, error) {
	o, err := s.owner(w)
	if err != nil {
		var none T
		return none, err
	}
	if len(kinds) == 0 {
		return sum()
	}
	name := fmt.Sprintf("%s %s %T", o.ID, what, *new(T))
	for _, kind := range kinds {
		k, err := s.c.Registry.kind(kind)
		if err != nil || !s.everywhere(o, w, k) {
			return sum()
		}
		name += " " + kind
		for _, c := range k.holds {
			if !c.Personal() && s.allowed(w, access.Read, "", access.Row{Owner: o.ID, Kind: kind, Facts: s.facts(o.ID)}, c) {
				name += "," + string(c)
			}
		}
	}
	was := s.memory.turns(o.ID, kinds)
	if v, ok := s.memory.recallMade(name, was); ok {
		return v.(T), nil
	}
	v, err := sum()
	if err == nil {
		s.memory.keepMade(name, made{was, v}, o.ID, kinds)
	}
	return v, err
}

// turns gives those of some kinds.
func (m *memory) turns(owner journal.ID, kinds []string) []uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.turnsNow(owner, kinds)
}

func (m *memory) turnsNow(owner journal.ID, kinds []string) []uint64 {
	var out []uint64
	for _, kind := range kinds {
		out = append(out, m.of(ofOwner{owner, kind}).turn)
	}
	return out
}

func (m *memory) recallMade(name string, turns []uint64) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x, ok := m.made[name]
	return x.v, ok && slices.Equal(x.turns, turns)
}

// keepMade keeps what was made, unless something has changed since it was begun.
func (m *memory) keepMade(name string, x made, owner journal.ID, kinds []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !slices.Equal(m.turnsNow(owner, kinds), x.turns) {
		return
	}
	if was, kept := m.made[name]; kept {
		m.held -= was.weight()
	}
	if m.held+x.weight() > mostMade {
		clear(m.made)
		m.held = 0
	}
	m.made[name], m.held = x, m.held+x.weight()
}
