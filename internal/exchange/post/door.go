// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/limit"
)

// What the door allows: of one address a burst, as after an office was away, then a steady rate, of requests that bring nothing new
// of a pinned partner (its quota bounds that); and so many senders at a time, each of whom has a minute for the whole message.
const (
	steady     = 40
	burst      = 400
	atOnce     = 64
	ofOne      = 16
	sendWithin = time.Minute
)

// Door is where other offices deliver: POST /post/{office}, sealed messages in, signed receipts out.
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

// ServeHTTP takes one message, or a batch of them.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	office, leave, ok := d.come(w, r)
	if !ok {
		return
	}
	defer leave()
	several := r.Header.Get("Content-Type") == batchMedia
	most := int64(MaxMessage)
	if several {
		most = maxBatchBytes + MaxBatch*4
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		code := http.StatusRequestTimeout
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			code = http.StatusRequestEntityTooLarge
		}
		w.WriteHeader(code)
		return
	}
	if several {
		d.several(w, r, office, body)
		return
	}
	a := d.Post.receive(r.Context(), office, body)
	d.counted(r, a)
	if a.Err == nil {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(a.Receipt)
		return
	}
	d.refused(a.Err)
	if wait := waitOf(a.Err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
	}
	w.WriteHeader(statusOf(a.Err))
}

// Mount puts the door's ways into a mux: for messages, proofs of receipts and parts of parcels.
func (d *Door) Mount(mux *http.ServeMux) {
	mux.Handle("POST /post/{office}", d)
	mux.HandleFunc("POST /post/{office}/proof", d.proof)
	mux.HandleFunc("HEAD /post/{office}/parcel/{hash}", d.parcel)
	mux.HandleFunc("PUT /post/{office}/parcel/{hash}", d.parcel)
}

// come lets a visitor in to an office that is here, for a bounded time, or answers it. leave must be called once.
func (d *Door) come(w http.ResponseWriter, r *http.Request) (office journal.ID, leave func(), ok bool) {
	office, err := journal.ParseID(r.PathValue("office"))
	if err != nil || !d.Serves(office) {
		w.WriteHeader(http.StatusNotFound)
		return office, nil, false
	}
	if leave, ok = d.enter(limit.Network(r.RemoteAddr), d.Post.Clock.Now()); !ok {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusTooManyRequests)
		return office, nil, false
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(sendWithin)) // a socket's time, not the office's; a writer without sockets has none
	return office, leave, true
}

// several takes a batch.
func (d *Door) several(w http.ResponseWriter, r *http.Request, office journal.ID, body []byte) {
	sealed, err := unpackBatch(body)
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	answers := d.Post.ReceiveAll(r.Context(), office, sealed)
	d.counted(r, answers...)
	var replies []reply
	for _, a := range answers {
		if a.Err != nil {
			d.refused(a.Err)
		}
		replies = append(replies, replyOf(a))
	}
	w.Header().Set("Content-Type", batchMedia)
	_, _ = w.Write(packReplies(replies))
}

// counted gives a visitor its turn back who brought something new of a pinned partner: that partner's quota counts it. What came
// before, or cannot be attributed, costs its turn.
func (d *Door) counted(r *http.Request, answers ...Answer) {
	if slices.ContainsFunc(answers, func(a Answer) bool { return a.counted }) {
		d.came.Return(limit.Network(r.RemoteAddr), d.Post.Clock.Now())
	}
}

func (d *Door) refused(err error) {
	if d.Refused != nil {
		d.Refused(err)
	}
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
	case waitOf(err) > 0:
		return http.StatusTooManyRequests
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
