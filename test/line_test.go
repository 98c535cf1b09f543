// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// wire is the network before a process: what it does to a request is drawn from a seed.
type wire struct {
	to  string // the process's own address
	url string // where others reach it
	own *http.Client

	mu   sync.Mutex // guards the following
	dice *rand.Rand
	wild bool
	late []func()       // requests that have not arrived yet
	seen [][]byte       // what went by
	told [][]byte       // of that, answers
	fell map[string]int // how often each thing was done
	well chan struct{}  // closed when the network heals
}

// What the network does beside passing a request on.
var fates = []string{"lost", "unanswered", "twice", "late", "cut", "half-open", "changed", "answer changed", "another's answer", "busy"}

// overTLS are those of them that happen to a browser's request too: nothing in it can be changed.
const overTLS = 6

// shortly is how long a connection stands on which nothing comes; the program itself would wait a minute.
const shortly = 400 * time.Millisecond

// span puts a network before an address.
func span(t *testing.T, to string, dice *rand.Rand) *wire {
	t.Helper()
	w := &wire{to: to, dice: dice, fell: map[string]int{}, well: make(chan struct{}), own: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	s := httptest.NewServer(w)
	w.url = s.URL
	t.Cleanup(s.Close)
	return w
}

// heal ends all that, and lets what is late arrive.
func (w *wire) heal() {
	w.mu.Lock()
	late := w.late
	w.late, w.wild = nil, false
	close(w.well)
	w.mu.Unlock()
	for _, arrive := range late {
		arrive()
	}
}

// fate draws what becomes of a request, and gives what was late before it.
func (w *wire) fate(r *http.Request, body []byte) (fate string, at int, late []func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, body)
	if !w.wild || w.dice.IntN(5) > 1 {
		return "", 0, nil
	}
	n := len(fates)
	if strings.HasPrefix(r.URL.Path, "/enter/") {
		n = overTLS
	}
	fate = fates[w.dice.IntN(n)]
	w.fell[fate]++
	late, w.late = w.late, nil
	return fate, w.dice.IntN(len(body) + 1), late
}

// ServeHTTP takes a request on, or does to it what networks do.
func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	fate, at, late := w.fate(r, body)
	for _, arrive := range late { // in another order than they were sent
		arrive()
	}
	switch fate {
	case "lost":
		panic(http.ErrAbortHandler)
	case "unanswered":
		_, _, _, _ = w.forward(r.Context(), r, body)
		panic(http.ErrAbortHandler)
	case "twice":
		_, _, _, _ = w.forward(r.Context(), r, body)
	case "late":
		later := r.Clone(context.WithoutCancel(r.Context()))
		w.mu.Lock()
		w.late = append(w.late, func() { _, _, _, _ = w.forward(later.Context(), later, body) })
		w.mu.Unlock()
		panic(http.ErrAbortHandler)
	case "cut":
		w.cut(r, body[:at], nil)
		panic(http.ErrAbortHandler)
	case "half-open":
		w.cut(r, body[:at], r.Context().Done())
		panic(http.ErrAbortHandler)
	case "changed":
		body = changed(body, at)
	case "busy": // says somebody between
		rw.WriteHeader([]int{http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}[at%5])
		return
	}
	code, header, answer, err := w.forward(r.Context(), r, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	switch fate {
	case "answer changed":
		answer = changed(answer, at)
	case "another's answer":
		answer = w.another(at, answer)
	}
	for name, values := range header {
		if name != "Content-Length" && name != "Connection" {
			rw.Header()[name] = values
		}
	}
	rw.WriteHeader(code)
	_, _ = rw.Write(answer) // or whoever asked has gone
}

// another gives an answer that was given to something else, where there was one.
func (w *wire) another(at int, answer []byte) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.told) == 0 {
		return answer
	}
	return w.told[at%len(w.told)]
}

func changed(b []byte, at int) []byte {
	b = bytes.Clone(b)
	if len(b) > 0 {
		b[at%len(b)] ^= 0x10
	}
	return b
}

// forward brings a request to the process.
func (w *wire) forward(ctx context.Context, r *http.Request, body []byte) (int, http.Header, []byte, error) {
	q, err := http.NewRequestWithContext(ctx, r.Method, "http://"+w.to+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	q.Header, q.Host = r.Header.Clone(), r.Host
	resp, err := w.own.Do(q)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, answer)
	if resp.StatusCode == http.StatusOK {
		w.told = append(w.told, answer)
	}
	return resp.StatusCode, resp.Header, answer, err
}

// cut brings the beginning of a request to the process. Where it stands half-open, both ends wait: until whoever asked has gone, the
// network heals, or shortly.
func (w *wire) cut(r *http.Request, part []byte, gone <-chan struct{}) {
	c, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	head := r.Header.Clone()
	head.Set("Content-Length", strconv.Itoa(len(part)+1))
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), r.Host)
	err = errors.Join(head.Write(&b), c.SetDeadline(time.Now().Add(shortly)))
	b.WriteString("\r\n")
	b.Write(part)
	if _, werr := c.Write(b.Bytes()); errors.Join(err, werr) != nil || gone == nil {
		return
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_, _ = bufio.NewReader(c).ReadByte() // until its deadline
	}()
	select {
	case <-answered:
	case <-gone:
	case <-w.well:
	}
}

// free gives an address of this machine that nobody listens at.
func (w *trio) free() string {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
