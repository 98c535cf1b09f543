// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// socketSchedules are played over real sockets.
const socketSchedules = 50

// socketSeed is the first of them; none is played in memory unless somebody asks for a million.
const socketSeed = 1_000_000

// TestSchedulesOverSockets plays schedules as TestSchedules does, between offices that listen on real sockets and write to
// real files, with a proxy before each that does what networks do.
func TestSchedulesOverSockets(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	dir, began := t.TempDir(), time.Now()
	var mu sync.Mutex // guards the following
	sum, reasons := tally{}, map[string]bool{}
	t.Run("each", func(t *testing.T) {
		for seed := range uint64(socketSchedules) {
			t.Run(strconv.FormatUint(socketSeed+seed, 10), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, dir, socketSeed+seed)
				defer w.close()
				w.listen()
				w.play()
				w.heal()
				mu.Lock()
				defer mu.Unlock()
				w.settled(&sum)
				for r := range w.reasons {
					reasons[r] = true
				}
			})
		}
	})
	explained(t, reasons)
	t.Logf("%d schedules over sockets in %s: %s", socketSchedules, time.Since(began).Round(time.Millisecond), sum)
}

// atTheLatest ends a connection that hangs: the test fails plainly then.
const atTheLatest = 20 * time.Second

// fromHeader names the sender to the proxy, which takes it off.
const fromHeader = "Test-From"

// listen lets the world's offices listen on sockets, each behind a proxy.
func (w *world) listen() {
	w.transport = &http.Transport{DisableKeepAlives: true}
	for _, o := range w.everybody() {
		if o == w.thief {
			continue
		}
		door := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { o.door.ServeHTTP(rw, r) }))
		front := httptest.NewServer(proxy{w, o})
		o.address, o.front = door.Listener.Addr().String(), front.Listener.Addr().String()
		w.t.Cleanup(door.Close)
		w.t.Cleanup(front.Close)
	}
}

// proxy stands before an office.
type proxy struct {
	w  *world
	to *office
}

// ServeHTTP takes a request on, or does to it what networks do.
func (p proxy) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	from := p.w.named(r.Header.Get(fromHeader))
	r.Header.Del(fromHeader)
	p.w.net.Lock()
	defer p.w.net.Unlock()
	resp, err := p.w.carry(line{p.w, from}.dice(p.to), p.to, request{method: r.Method, path: r.URL.RequestURI(), header: r.Header, body: body, private: p.w.guest != nil && from == p.w.guest.office})
	if errors.Is(err, errOpen) {
		p.w.tired()
		<-r.Context().Done() // it stands until whoever waits for an answer gives up
	}
	if err != nil {
		panic(http.ErrAbortHandler) // the connection ends
	}
	answer, err := io.ReadAll(resp.Body)
	for name, values := range resp.Header {
		if name != "Content-Length" && name != "Connection" {
			rw.Header()[name] = values
		}
	}
	if err != nil { // cut: it was to be longer
		rw.Header().Set("Content-Length", strconv.Itoa(len(answer)+1))
	}
	rw.WriteHeader(resp.StatusCode)
	_, _ = rw.Write(answer) // or whoever asked has gone
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// named finds an office, or the thief.
func (w *world) named(name string) *office {
	for _, o := range w.offices {
		if o.name == name {
			return o
		}
	}
	if w.guest != nil && w.guest.name == name {
		return w.guest.office
	}
	return w.thief
}

// overSocket sends a request to the proxy before an office.
func (l line) overSocket(to *office, r *http.Request, q request) (*http.Response, error) {
	ctx, tired := context.WithCancel(r.Context())
	ahead := r.Clone(ctx)
	l.w.tired = tired
	ahead.URL.Scheme, ahead.URL.Host = "http", to.front
	ahead.Header.Set(fromHeader, l.from.name)
	ahead.Body, ahead.ContentLength, ahead.GetBody = io.NopCloser(bytes.NewReader(q.body)), int64(len(q.body)), nil
	if len(q.body) == 0 {
		ahead.Body = http.NoBody
	}
	resp, err := l.w.transport.RoundTrip(ahead)
	if err != nil {
		tired()
		return nil, err
	}
	defer tired()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(b))
	if err != nil { // cut: whoever reads it finds out
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(b), broken{}))
	}
	return resp, nil
}

// mostOpen is how many half-open connections an office is left with; it gives up the oldest, as it does with each after a time.
const mostOpen = 8

// halfOpen brings a part of a request to an office's own socket, and leaves the connection standing.
func (o *office) halfOpen(q request) error {
	c, err := net.Dial("tcp", o.address)
	if err != nil {
		return err
	}
	o.open = append(o.open, c)
	if len(o.open) > mostOpen {
		_ = o.open[0].Close()
		o.open = o.open[1:]
	}
	_, err = c.Write(q.bytes(len(q.body) + 1))
	return errors.Join(errAway, err)
}

// bytes is how a request goes over a socket, which says how long its body is.
func (q request) bytes(length int) []byte {
	head := q.header.Clone()
	head.Set("Content-Length", strconv.Itoa(length))
	head.Set("Connection", "close")
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: office.example\r\n", q.method, q.path)
	_ = head.Write(&b) // into memory
	b.WriteString("\r\n")
	b.Write(q.body)
	return b.Bytes()
}

// knock brings a request to an office's own socket; cut says that the connection ends before the whole body came.
func (to *office) knock(q request, cut bool) (code int, header http.Header, body []byte, err error) {
	c, err := net.Dial("tcp", to.address)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(atTheLatest)); err != nil {
		return 0, nil, nil, err
	}
	length := len(q.body)
	if cut {
		length++
	}
	if _, err := c.Write(q.bytes(length)); err != nil {
		return 0, nil, nil, err
	}
	if cut {
		_ = c.(*net.TCPConn).CloseWrite() // the answer is read all the same
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, body, err
}
