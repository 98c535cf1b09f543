// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Op is one thing that is measured.
type Op string

const (
	Create Op = "create"
	Get    Op = "get"
	List   Op = "list"
	Named  Op = "list with names" // an office masks names unless asked; a peer has nothing like it
	Update Op = "update"
	Whole  Op = "search by a whole name"
	Typed  Op = "search by the beginning of a name"
	Given  Op = "search by a given name alone"
)

// target is a running program that the load generator drives.
type target interface {
	name() string
	address() string
	// call makes the next request of an operation for one client; clients are numbered, and one is used by one
	// goroutine only.
	call(op Op, client int) (request, error)
	// done is told of the answer.
	done(op Op, client int, answer []byte) error
	spent() time.Duration // processor time that the program has used
	stop() error
}

// Sample is what one phase gave.
type Sample struct {
	Rate     float64 `json:"rate"`    // answers per second
	P50      float64 `json:"p50"`     // milliseconds
	P99      float64 `json:"p99"`     // milliseconds
	Request  int     `json:"request"` // mean bytes of a request's body
	Response int     `json:"response"`
	CPU      float64 `json:"cpu"` // milliseconds of the program\'s processor time for each answer
	took     []time.Duration
}

// phase lets clients do one thing for a time and measures each answer. Any failed answer fails the phase.
func phase(ctx context.Context, t target, op Op, clients int, length time.Duration) (Sample, error) {
	var mu sync.Mutex // guards all, errs, in, out
	var all []time.Duration
	var errs []error
	var in, out int
	var wg sync.WaitGroup
	begun, spent := time.Now(), t.spent()
	for i := range clients {
		wg.Go(func() {
			took, sent, got, err := loop(ctx, t, op, i, begun.Add(length))
			mu.Lock()
			defer mu.Unlock()
			all, in, out = append(all, took...), in+sent, out+got
			if err != nil {
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(begun)
	if len(errs) > 0 || len(all) == 0 {
		return Sample{}, errors.Join(errs...)
	}
	s := Sample{Rate: float64(len(all)) / elapsed.Seconds(), Request: in / len(all), Response: out / len(all), took: all}
	s.CPU = float64((t.spent() - spent).Microseconds()) / 1000 / float64(len(all))
	s.P50, s.P99 = quantiles(all)
	return s, ctx.Err()
}

// loop is one client.
func loop(ctx context.Context, t target, op Op, client int, until time.Time) (took []time.Duration, sent, got int, err error) {
	c, err := dial(t.address())
	if err != nil {
		return nil, 0, 0, err
	}
	defer c.close()
	for time.Now().Before(until) && ctx.Err() == nil {
		q, err := t.call(op, client)
		if err != nil {
			return took, sent, got, err
		}
		begun := time.Now()
		answer, _, err := c.do(q)
		if err != nil {
			return took, sent, got, err
		}
		took = append(took, time.Since(begun))
		sent, got = sent+len(q.body), got+len(answer)
		if err := t.done(op, client, answer); err != nil {
			return took, sent, got, err
		}
	}
	return took, sent, got, nil
}

// quantiles gives the median and the 99th percentile in milliseconds.
func quantiles(all []time.Duration) (p50, p99 float64) {
	if len(all) == 0 {
		return 0, 0
	}
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	at := func(q float64) float64 {
		return float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))].Microseconds()) / 1000
	}
	return at(.5), at(.99)
}

// median of some figures; 0 of none.
func median(xs []float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	s := slices.Clone(xs)
	slices.Sort(s)
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}
