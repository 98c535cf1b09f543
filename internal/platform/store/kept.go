// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"container/list"
	"slices"
	"sync"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// What is kept of dossiers at hand: some five thousand usual ones, none that is very long.
const (
	keptBytes = 32 << 20
	keptMost  = 256 << 10
)

// kept holds the entries and keys of dossiers that were read or written lately, as they lie in the database: sealed. Every
// reading still asks the database, on its own snapshot, for the dossier's revision and the number of its erasures, and how
// the actor stands to it; only when both are those of what is kept, the entries are not read again. An entry never changes
// at one revision, so what is kept is never older than the snapshot. What may be seen is decided for each reading.
//
// A category's key stays unwrapped once it was used. Erasing takes a dossier out of here before its caller has an answer.
type kept struct {
	mu     sync.Mutex
	of     map[place]*list.Element // of file
	recent list.List               // the one used last in front
	bytes  int
	erased map[place]int64 // of dossiers that were taken out for good: with how many erasures, or fewer, they must not come back
}

// place is where a dossier lies.
type place struct{ owner, dossier journal.ID }

// file is one dossier's entries at one revision. Nothing in it changes.
type file struct {
	at       place
	ring     *vault.Keyring // that opens the keys
	revision int64
	erasures int64
	entries  []journal.Entry // headers
	sealed   []map[journal.Category][]byte
	keys     vault.Keys
}

// size is about how much memory a file takes.
func (f *file) size() int {
	n := 1000
	for _, m := range f.sealed {
		n += 600
		for _, body := range m {
			n += len(body) + 50
		}
	}
	return n
}

// get gives a dossier's file as of a revision and number of erasures; nil where that is not at hand.
func (k *kept) get(at place, ring *vault.Keyring, revision, erasures int64) *file {
	k.mu.Lock()
	defer k.mu.Unlock()
	e, ok := k.of[at]
	if !ok {
		return nil
	}
	f := e.Value.(*file)
	if f.ring != ring || f.revision != revision || f.erasures != erasures {
		return nil
	}
	k.recent.MoveToFront(e)
	return f
}

// put keeps a file in place of an older one, unless it holds what was erased: whoever read it may have done so on a snapshot of
// before.
func (k *kept) put(f *file) {
	size := f.size()
	k.mu.Lock()
	defer k.mu.Unlock()
	if most, ok := k.erased[f.at]; ok && f.erasures <= most || size > keptMost {
		return
	}
	if e, ok := k.of[f.at]; ok {
		if e.Value.(*file).revision > f.revision {
			return
		}
		k.remove(e)
	}
	if k.of == nil {
		k.of = map[place]*list.Element{}
	}
	k.of[f.at] = k.recent.PushFront(f)
	for k.bytes += size; k.bytes > keptBytes; {
		k.remove(k.recent.Back())
	}
}

// drop takes a dossier out for good, which had so many erasures before this one; whoever read it then does not bring it back.
func (k *kept) drop(at place, erasures int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.erased == nil {
		k.erased = map[place]int64{}
	}
	k.erased[at] = max(k.erased[at], erasures)
	if e, ok := k.of[at]; ok {
		k.remove(e)
	}
}

func (k *kept) remove(e *list.Element) {
	f := k.recent.Remove(e).(*file)
	delete(k.of, f.at)
	k.bytes -= f.size()
}

// grown is the file after an attempt was committed.
func (a *attempt) grown() *file {
	f := &file{at: place{a.o.ID, a.l.ref.ID}, ring: a.o.Keys, erasures: a.l.erasures, keys: a.l.keys.And(a.plan.keys...)}
	fresh, sealed := make([]journal.Entry, len(a.fresh)), make([]map[journal.Category][]byte, len(a.fresh))
	for i, n := range a.fresh {
		fresh[i], sealed[i] = journal.Entry{Header: n.Header}, n.bodies
	}
	f.entries, f.sealed = slices.Concat(a.l.entries, fresh), slices.Concat(a.l.sealed, sealed)
	f.revision = f.entries[len(f.entries)-1].Revision
	return f
}
