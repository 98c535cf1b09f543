// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/limit"
)

// What the door allows: of one address a burst, as after an office was away, then a steady rate; and so many
// senders at a time, each of whom has a minute for the whole message.
const (
	steady     = 40
	burst      = 400
	atOnce     = 64
	ofOne      = 16
	sendWithin = time.Minute
)

// Door is where other offices deliver: POST /post/{office}, the sealed message in, the signed receipt out.
// Whoever cannot be attributed to a pinned partner learns nothing but a status.
type Door struct {
	Post   *Post
	Serves func(journal.ID) bool
	// Refused is told why something got no receipt. May be nil.
	Refused func(error)

	came limit.Keys

	mu      sync.Mutex     // guards the following
	sending map[string]int // by address, of those who are sending
	total   int
}

// ServeHTTP takes one message.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	office, err := journal.ParseID(r.PathValue("office"))
	if err != nil || !d.Serves(office) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	leave, ok := d.enter(limit.Network(r.RemoteAddr), d.Post.Clock.Now())
	if !ok {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	defer leave()
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(sendWithin)) // a socket's time, not the office's; a writer without sockets has none
	sealed, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxMessage))
	if err != nil {
		code := http.StatusRequestTimeout
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			code = http.StatusRequestEntityTooLarge
		}
		w.WriteHeader(code)
		return
	}
	receipt, err := d.Post.Receive(r.Context(), office, sealed)
	if err == nil {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(receipt)
		return
	}
	if d.Refused != nil {
		d.Refused(err)
	}
	w.WriteHeader(statusOf(err))
}

// statusOf is all that a sender who gets no receipt learns.
func statusOf(err error) int {
	switch {
	case fault.Is(err, fault.Denied):
		return http.StatusForbidden
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.TooMuch):
		return http.StatusUnprocessableEntity
	case reason(err) == "exchange.post.future":
		return http.StatusTooEarly
	}
	return http.StatusServiceUnavailable
}

// enter lets a visitor in, or not. leave must be called once.
func (d *Door) enter(address string, now time.Time) (leave func(), ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.total >= atOnce || d.sending[address] >= ofOne || !d.came.Allow(address, now, steady, burst) {
		return nil, false
	}
	if d.sending == nil {
		d.sending = map[string]int{}
	}
	d.total++
	d.sending[address]++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.total--
		if d.sending[address]--; d.sending[address] == 0 {
			delete(d.sending, address)
		}
	}, true
}
