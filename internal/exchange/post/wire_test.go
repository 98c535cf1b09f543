// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/entraide-thb/entraide/internal/exchange/post"
)

// line is an office's way to all others.
type line struct {
	w    *world
	from *office
}

// request is what was sent to an office.
type request struct {
	method, path string
	header       http.Header
	body         []byte
	private      bool // in TLS, which the post does not rest on and a guest's browser does: nothing is changed on its way
}

// flight is a request that is still under way although whoever sent it has given up.
type flight struct {
	request
	to *office
}

// tapped is what somebody who listens has.
type tapped struct {
	to    *office
	card  string // to which it was sealed
	bytes []byte
	step  int // when it went by first
}

// What the network does with a request.
const (
	lost = iota
	deaf // it arrives, the answer does not
	twice
	late   // it arrives some time, the answer never
	cut    // somewhere
	flip   // a byte of what is sent
	answer // a byte of what comes back is flipped
	short  // the answer is cut
	other  // the answer to something else comes back
	busy   // somebody between says so
	killed // the process there ends while it writes
	gone   // or right behind
	hangs  // the connection stands, it may have arrived, and nothing ever comes back
	half   // a part arrives, the connection stands, and the rest never comes
	fates
)

var (
	errAway = errors.New("no route")
	errLate = errors.New("timeout")
	errOpen = errors.New("timeout on a connection that stands")
)

// RoundTrip takes a request over the network.
func (l line) RoundTrip(r *http.Request) (*http.Response, error) {
	q := request{method: r.Method, path: r.URL.RequestURI(), header: r.Header, private: l.w.guest != nil && l.from == l.w.guest.office}
	if r.Body != nil {
		var err error
		if q.body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	l.w.turn.Lock()
	defer l.w.turn.Unlock()
	to := l.w.at(r.URL)
	if to == nil || l.from.dead() {
		return nil, errAway
	}
	resp, err := l.pass(to, r, q)
	if l.from.dead() { // meanwhile: by what came in at its own door
		return nil, errAway
	}
	if resp != nil {
		resp.Request = r
	}
	return resp, err
}

// pass takes a request on, in memory or over sockets.
func (l line) pass(to *office, r *http.Request, q request) (*http.Response, error) {
	l.w.net.Lock()
	for _, b := range append(post.Batched(r.Header.Get("Content-Type"), q.body), q.body) {
		l.w.tap(b, to)
	}
	l.w.tapPouch(q)
	l.w.tap(fmt.Append(nil, q.method, q.path, q.header), nil)
	if l.w.transport != nil {
		l.w.net.Unlock() // for the proxy
		return l.overSocket(to, r, q)
	}
	defer l.w.net.Unlock()
	return l.w.carry(l.dice(to), to, q)
}

// dice says what becomes of the requests of one office to another, in whatever order those to others are sent.
func (l line) dice(to *office) *rand.Rand {
	d, ok := l.from.lines[to]
	if !ok {
		d = rand.New(rand.NewPCG(l.w.seed, uint64(l.from.name[0])<<8|uint64(to.name[0])))
		l.from.lines[to] = d
	}
	return d
}

func (w *world) at(u *url.URL) *office {
	for _, o := range w.everybody() {
		if o != w.thief && o.card.URL == "https://"+u.Host {
			return o
		}
	}
	return nil
}

// tap keeps what went over the wire.
func (w *world) tap(b []byte, to *office) {
	x := tapped{to: to, bytes: b, step: w.step}
	if to != nil {
		x.card = to.card.Seal
	}
	h := sha256.Sum256(b)
	if _, known := w.wire[h]; !known {
		w.wire[h] = x
	}
}

// carry takes a request to an office, or does to it what networks do.
func (w *world) carry(dice *rand.Rand, to *office, q request) (*http.Response, error) {
	if dice.Float64() >= w.wild {
		return w.arrive(to, q, nil)
	}
	switch fate := q.fate(dice); fate {
	case lost:
		return nil, errAway
	case deaf:
		_, _ = w.arrive(to, q, nil)
		return nil, errLate
	case twice:
		_, _ = w.arrive(to, q, nil)
		return w.arrive(to, q, nil)
	case late:
		w.flights = append(w.flights, flight{q, to})
		return nil, errLate
	case cut:
		q.body = q.body[:dice.IntN(len(q.body)+1)]
		_, _ = w.arrive(to, q, broken{})
		return nil, errAway
	case flip:
		q.body = flipped(dice, q.body)
		return w.arrive(to, q, nil)
	case answer, short, other:
		return w.spoilt(dice, fate, to, q)
	case busy:
		codes := []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusRequestTimeout}
		return &http.Response{StatusCode: codes[dice.IntN(len(codes))], Header: http.Header{}, Body: http.NoBody}, nil
	case killed:
		to.doom(inWrite)
		return w.arrive(to, q, nil)
	case gone:
		to.doom(afterWrite)
		return w.arrive(to, q, nil)
	case hangs:
		if dice.IntN(2) == 0 {
			_, _ = w.arrive(to, q, nil)
		}
	default: // half
		q.body = q.body[:dice.IntN(len(q.body)+1)]
		_, _ = w.arrive(to, q, silent{})
	}
	w.hung++
	return nil, errOpen
}

// fate draws what becomes of a request.
func (q request) fate(dice *rand.Rand) int {
	fate := dice.IntN(fates)
	if q.private {
		switch fate {
		case flip:
			return lost
		case answer, short, other:
			return deaf
		}
	}
	return fate
}

// spoilt carries a request whole and its answer not.
func (w *world) spoilt(dice *rand.Rand, fate int, to *office, q request) (*http.Response, error) {
	resp, err := w.arrive(to, q, nil)
	if err != nil {
		return nil, err
	}
	b, _ := io.ReadAll(resp.Body) // of memory
	switch {
	case fate == answer:
		b = flipped(dice, b)
	case fate == short:
		b = b[:dice.IntN(len(b)+1)]
	case fate == other && len(w.answers) > 0:
		b = w.answers[dice.IntN(len(w.answers))]
	}
	resp.Body = io.NopCloser(bytes.NewReader(b))
	if dice.IntN(2) == 0 {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(b), broken{}))
	}
	return resp, nil
}

func flipped(dice *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	if len(b) > 0 {
		b[dice.IntN(len(b))] ^= byte(1 << dice.IntN(8))
	}
	return b
}

// arrive brings a request to an office's door, with what follows its body.
func (w *world) arrive(to *office, q request, then io.Reader) (*http.Response, error) {
	if to.dead() {
		return nil, errAway
	}
	code, header, b, err := to.reach(w.t.Context(), q, then)
	_ = to.dieIf(afterWrite) // it says that it died
	to.doom("")              // or there was nothing to write
	if to.dead() {
		return nil, errAway
	}
	if err != nil {
		return nil, err
	}
	w.tap(b, nil)
	if code == http.StatusOK {
		w.answers = append(w.answers, b)
		if r, err := post.ReadReceipt(b, to.card); err == nil {
			w.reason(r.Reason)
		}
	}
	return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(bytes.NewReader(b))}, nil
}

// reach brings a request to the office's door itself.
func (o *office) reach(ctx context.Context, q request, then io.Reader) (code int, header http.Header, answer []byte, err error) {
	if _, ok := then.(silent); ok && o.address != "" {
		return 0, nil, nil, o.halfOpen(q)
	}
	if o.address != "" {
		return o.knock(q, then != nil)
	}
	body := io.Reader(bytes.NewReader(q.body))
	if then != nil {
		body = io.MultiReader(body, then)
	}
	r := httptest.NewRequestWithContext(ctx, q.method, q.path, body)
	r.Header = q.header.Clone()
	rec := httptest.NewRecorder()
	o.door.ServeHTTP(rec, r)
	return rec.Code, rec.Header(), rec.Body.Bytes(), nil
}

// land lets one of the late requests arrive.
func (w *world) land() {
	w.net.Lock()
	defer w.net.Unlock()
	if len(w.flights) == 0 {
		return
	}
	i := w.dice.IntN(len(w.flights))
	f := w.flights[i]
	w.flights = append(w.flights[:i:i], w.flights[i+1:]...)
	w.say("something late arrives at %s", f.to.name)
	_, _ = w.arrive(f.to, f.request, nil) // nobody waits for the answer
}

// silent is a connection that stands and brings nothing more: who reads from it gives up some time.
type silent struct{ broken }

// broken is a connection that ends.
type broken struct{}

// Read implements io.Reader.
func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
