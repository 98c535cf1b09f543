// SPDX-License-Identifier: EUPL-1.2

package relay

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/limit"
)

// How much one network address may ask, how many may ask at a time, and how long one may wait for something to come.
const (
	steady   = 20
	burst    = 400
	atOnce   = 256
	longest  = 25 * time.Second
	tidyEach = time.Hour
)

// Server is a relay. It writes no log of who asks for what.
type Server struct {
	shelves *shelves
	word    string
	clock   clock.Clock
	came    limit.Keys
	slots   chan struct{}

	mu  sync.Mutex    // guards the following
	put chan struct{} // closed when something is put, and made anew
}

// Open opens a relay on a file, which it makes. word is what an office must know to have boxes here. Close it.
func Open(ctx context.Context, path, word string, c clock.Clock) (*Server, error) {
	if len(word) < leastWord {
		return nil, fault.New(fault.Invalid, "relay.word")
	}
	s, err := openShelves(ctx, path, c)
	if err != nil {
		return nil, err
	}
	return &Server{shelves: s, word: word, clock: c, slots: make(chan struct{}, atOnce), put: make(chan struct{})}, s.tidy(ctx)
}

// leastWord is how long a relay's word must be: it is made by a machine, not remembered.
const leastWord = 16

// Close ends it.
func (s *Server) Close() error { return s.shelves.db.Close() }

// Run forgets what is over, every hour until the context ends.
func (s *Server) Run(ctx context.Context, trouble func(error)) {
	t := time.NewTicker(tidyEach)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := s.shelves.tidy(ctx); err != nil && ctx.Err() == nil {
				trouble(err)
			}
		}
	}
}

// Handler serves boxes.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, f := range map[string]func(http.ResponseWriter, *http.Request, Key) error{"PUT /box": s.opens, "POST /box/{shelf}": s.puts, "GET /box/{shelf}": s.gives, "DELETE /box/{shelf}/{number}": s.drops} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, f) })
	}
	return mux
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, f func(http.ResponseWriter, *http.Request, Key) error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	k, ok := parseKey(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	shelf := r.PathValue("shelf")
	var err error
	switch {
	case !s.came.Allow(limit.Network(r.RemoteAddr), s.clock.Now(), steady, burst):
		err = fault.New(fault.TooMuch, "relay.full")
	case !ok:
		err = fault.New(fault.Unsigned, "fault.unsigned")
	case shelf != "" && shelf != There && shelf != Back:
		err = fault.New(fault.NotFound, "fault.not_found")
	default:
		err = f(w, r, k)
	}
	if err != nil {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(statusOf(err))
	}
}

func statusOf(err error) int {
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	switch fault.Of(err) {
	case fault.Unsigned:
		return http.StatusUnauthorized
	case fault.Denied:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.TooMuch:
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}

// wordHeader brings the relay's word.
const wordHeader = "Relay-Word"

func (s *Server) opens(w http.ResponseWriter, r *http.Request, k Key) error {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(wordHeader)), []byte(s.word)) != 1 {
		return fault.New(fault.Denied, "relay.word_wrong")
	}
	if err := s.shelves.open(r.Context(), k.Address()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) puts(w http.ResponseWriter, r *http.Request, k Key) error {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	if err != nil {
		return err
	}
	if err := s.shelves.put(r.Context(), k.Address(), r.PathValue("shelf"), b); err != nil {
		return err
	}
	s.mu.Lock()
	close(s.put)
	s.put = make(chan struct{})
	s.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	return nil
}

// numberHeader says which thing of a shelf an answer holds.
const numberHeader = "Item"

// gives answers with the oldest thing behind the one that "after" names; when there is none, "wait" says for how many seconds
// one may come.
func (s *Server) gives(w http.ResponseWriter, r *http.Request, k Key) error {
	after, _ := strconv.ParseInt(r.FormValue("after"), 10, 64)
	seconds, _ := strconv.Atoi(r.FormValue("wait"))
	wait, cancel := context.WithTimeout(r.Context(), min(time.Duration(max(seconds, 0))*time.Second, longest))
	defer cancel()
	for {
		s.mu.Lock()
		put := s.put
		s.mu.Unlock()
		number, b, err := s.shelves.next(r.Context(), k.Address(), r.PathValue("shelf"), after)
		switch {
		case err != nil:
			return err
		case number > 0:
			w.Header().Set(numberHeader, strconv.FormatInt(number, 10))
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(b) // whoever left asks again
			return nil
		}
		select {
		case <-put:
		case <-wait.Done():
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
	}
}

func (s *Server) drops(w http.ResponseWriter, r *http.Request, k Key) error {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if err := s.shelves.drop(r.Context(), k.Address(), r.PathValue("shelf"), number); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
