// SPDX-License-Identifier: EUPL-1.2

package app

import "context"

// Progress is a word on long work: what is being done, and how many of how many are. All is 0 while unknown.
type Progress struct {
	What string `json:"what"` // a code: archive.data, log ...
	Done int64  `json:"done"`
	All  int64  `json:"all"`
}

type progressKey struct{}

// WithProgress lets whatever runs under the context tell how far it is. f may be called from one goroutine at a
// time.
func WithProgress(ctx context.Context, f func(Progress)) context.Context {
	return context.WithValue(ctx, progressKey{}, f)
}

// telling gives a function that tells progress of one kind of work, to whoever listens.
func telling(ctx context.Context, what string) func(done, all int64) {
	f, ok := ctx.Value(progressKey{}).(func(Progress))
	if !ok {
		return func(int64, int64) {}
	}
	return func(done, all int64) { f(Progress{what, done, all}) }
}
