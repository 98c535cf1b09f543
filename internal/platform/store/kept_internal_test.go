// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

func fileOf(at place, ring *vault.Keyring, revision int64, bytes int) *file {
	return &file{at: at, ring: ring, revision: revision, entries: make([]journal.Entry, 1), sealed: []map[journal.Category][]byte{{journal.D3: make([]byte, bytes)}}}
}

func somewhere() place { return place{dossier: journal.NewID(time.Unix(0, 0), nil)} }

// Memory is bounded, and the one that was used longest ago goes first.
func TestOnlySoMuchIsKept(t *testing.T) {
	var k kept
	first := somewhere()
	k.put(fileOf(first, nil, 1, 1000))
	old := somewhere()
	k.put(fileOf(old, nil, 1, 1000))
	for range keptBytes / 200_000 {
		k.put(fileOf(somewhere(), nil, 1, 200_000))
		if k.bytes > keptBytes {
			t.Fatalf("%d bytes are kept", k.bytes)
		}
		if f := k.get(first, nil, 1, 0); f == nil {
			t.Fatal("one that is in use was dropped")
		}
	}
	if f := k.get(old, nil, 1, 0); f != nil {
		t.Error("one that nobody used is still kept")
	}
	if len(k.of) != k.recent.Len() {
		t.Errorf("%d are found, %d are listed", len(k.of), k.recent.Len())
	}
	long := somewhere()
	k.put(fileOf(long, nil, 1, keptMost))
	if f := k.get(long, nil, 1, 0); f != nil {
		t.Error("a very long one is kept")
	}
}

type weighed int

func (w weighed) Weight() int { return int(w) }

// What was made of many dossiers weighs as many; beyond the bound memory begins anew, and what takes another's place weighs once.
func TestOnlySoMuchOfWhatWasMadeIsKept(t *testing.T) {
	m, owner := newMemory(), journal.NewID(time.Unix(0, 0), nil)
	for i := range 1000 {
		m.keepMade("the same", made{v: weighed(mostMade / 4)}, owner, nil)
		m.keepMade(string(rune('a'+i%3)), made{v: weighed(mostMade / 8)}, owner, nil)
	}
	if len(m.made) != 4 || m.held != mostMade/4+3*(mostMade/8)+4*smallest {
		t.Errorf("%d things of weight %d are kept", len(m.made), m.held)
	}
	for i := range 2 * mostMade / smallest {
		m.keepMade(journal.NewID(time.Unix(int64(i), 0), nil).String(), made{v: i}, owner, nil)
		if m.held > mostMade || m.held < len(m.made)*smallest {
			t.Fatalf("%d things of weight %d are kept", len(m.made), m.held)
		}
	}
	m.keepMade("long", made{v: weighed(2 * mostMade)}, owner, nil)
	if _, kept := m.recallMade("long", nil); !kept || len(m.made) != 1 {
		t.Errorf("the last is kept: %v, among %d", kept, len(m.made))
	}
}

// Neither an older nor a newer revision, nor one with other erasures, nor one under another keyring is given; an older one
// does not take the place of a newer.
func TestOnlyTheVeryFileIsGiven(t *testing.T) {
	var k kept
	ring, other := &vault.Keyring{}, &vault.Keyring{}
	at := somewhere()
	k.put(fileOf(at, ring, 2, 10))
	k.put(fileOf(at, ring, 1, 10))
	for name, f := range map[string]func() *file{
		"older":           func() *file { return k.get(at, ring, 1, 0) },
		"newer":           func() *file { return k.get(at, ring, 3, 0) },
		"erased since":    func() *file { return k.get(at, ring, 2, 1) },
		"another keyring": func() *file { return k.get(at, other, 2, 0) },
		"another dossier": func() *file { return k.get(somewhere(), ring, 2, 0) },
	} {
		if f() != nil {
			t.Errorf("%s: given", name)
		}
	}
	if f := k.get(at, ring, 2, 0); f == nil {
		t.Error("not given")
	}
}

// What is erased is out of memory, and somebody who read it before does not bring it back.
func TestWhatIsErasedIsNotKept(t *testing.T) {
	var k kept
	at := somewhere()
	k.put(fileOf(at, nil, 1, 10))
	k.drop(at, 0)
	if f := k.get(at, nil, 1, 0); f != nil || k.bytes != 0 {
		t.Errorf("still there, %d bytes", k.bytes)
	}
	k.put(fileOf(at, nil, 1, 10)) // read on a snapshot of before, and put only now
	if f := k.get(at, nil, 1, 0); f != nil {
		t.Error("brought back")
	}
	after := fileOf(at, nil, 2, 10)
	after.erasures = 1
	k.put(after)
	if f := k.get(at, nil, 2, 1); f != after {
		t.Error("what was read after the erasure is not kept")
	}
	if f := k.get(somewhere(), nil, 1, 0); f != nil {
		t.Error("another dossier")
	}
}
