// SPDX-License-Identifier: EUPL-1.2

package match

import (
	"cmp"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Match is one record of the owner's that shares keys with the asker's subject. It names no record: people talk about it.
type Match struct {
	Handle Handle
	Kinds  []Kind // that agree, each once
	Words  int    // different words of the name that agree beside the whole birth
	Strong bool
}

// Judge gathers the hits of one subject by record, strong ones first. A match is strong when a number agrees that belongs to
// one person or thing, or two words of the name beside the whole birth, or two words and the year together with anything
// else; it is weak otherwise, and then most likely somebody else.
func Judge(hits []Hit) []Match {
	by := map[Handle][]Key{}
	for _, h := range hits {
		if !slices.Contains(by[h.Handle], h.Key) {
			by[h.Handle] = append(by[h.Handle], h.Key)
		}
	}
	var out []Match
	for h, keys := range by {
		out = append(out, judge(h, keys))
	}
	inorder.By(out, func(a, b Match) int {
		return cmp.Or(-cmp.Compare(strength(a), strength(b)), slices.Compare(a.Handle[:], b.Handle[:]))
	})
	return out
}

func judge(h Handle, keys []Key) Match {
	m := Match{Handle: h}
	words := map[int]bool{}
	for _, k := range keys {
		if !slices.Contains(m.Kinds, k.Kind) {
			m.Kinds = append(m.Kinds, k.Kind)
		}
		if k.Kind == WordBorn {
			words[k.word] = true
		}
	}
	slices.Sort(m.Kinds)
	m.Words = len(words)
	has := func(k Kind) bool { return slices.Contains(m.Kinds, k) }
	m.Strong = has(Phone) || has(Document) || has(Account) || has(Plate) || has(Email) || m.Words > 1 || has(NameYear) && len(m.Kinds) > 1
	return m
}

func strength(m Match) int {
	n := len(m.Kinds) + m.Words
	if m.Strong {
		n += 100
	}
	return n
}
