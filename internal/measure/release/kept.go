// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"slices"
	"sync"
)

// mostKept is how many results are at hand.
const mostKept = 4

// Kept has at hand what was made last: making one takes a while, and everybody may ask. One is made at a time, so that whoever
// asks for many by turns keeps one processor busy at most; what is at hand waits for none. Its zero value has none.
type Kept[T any] struct {
	making sync.Mutex // held by whoever makes one
	mu     sync.Mutex
	last   []made[T] // guarded by mu; latest first
}

type made[T any] struct {
	of   string
	what T
}

// Of gives what is made of a name, from what is at hand or by making it. Errors: of create; the context's, where it ended while
// another one was made.
func (k *Kept[T]) Of(ctx context.Context, name string, create func() (T, error)) (T, error) {
	if x, ok := k.find(name); ok {
		return x, nil
	}
	k.making.Lock()
	defer k.making.Unlock()
	if x, ok := k.find(name); ok { // made while this one waited
		return x, nil
	}
	if err := ctx.Err(); err != nil {
		var none T
		return none, err
	}
	x, err := create()
	if err == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.last = slices.Insert(k.last[:min(len(k.last), mostKept-1)], 0, made[T]{name, x})
	}
	return x, err
}

func (k *Kept[T]) find(name string) (x T, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.last {
		if m.of == name {
			return m.what, true
		}
	}
	return x, false
}
