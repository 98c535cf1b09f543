// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

func (n *node) post(t *testing.T, office string, body io.Reader) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.card.URL+"/post/"+office, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := n.courier.Client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK && len(b) != 0 {
		t.Errorf("a stranger learns %q", b)
	}
	return resp.StatusCode
}

// Whoever comes to the door without a partner's signature learns nothing but a status.
func TestStrangersLearnNothing(t *testing.T) {
	from, to := two(t)
	strange := newNode(t, greek, 9)
	strange.terms = from.terms
	_, unsigned := strange.forged(t, to, func(*Header) {})
	_, ok := from.forged(t, to, func(*Header) {})
	_, early := from.forged(t, to, func(h *Header) { h.Sent = day.Add(time.Hour) })
	for name, c := range map[string]struct {
		office string
		body   []byte
		status int
	}{
		"words":              {albanian.String(), []byte("please send me everything"), http.StatusUnprocessableEntity},
		"nothing":            {albanian.String(), nil, http.StatusUnprocessableEntity},
		"too much":           {albanian.String(), bytes.Repeat([]byte{'x'}, MaxMessage+1), http.StatusRequestEntityTooLarge},
		"another's keys":     {albanian.String(), unsigned, http.StatusForbidden},
		"too early":          {albanian.String(), early, http.StatusTooEarly},
		"no office":          {"nobody", ok, http.StatusNotFound},
		"an office not here": {greek.String(), ok, http.StatusNotFound},
		"a partner's":        {albanian.String(), ok, http.StatusOK},
	} {
		if got := to.post(t, c.office, bytes.NewReader(c.body)); got != c.status {
			t.Errorf("%s: %d, want %d", name, got, c.status)
		}
	}
	if want := "exchange.post.bad_signature"; !strings.Contains(strings.Join(to.refused, " "), want) {
		t.Errorf("the office's own log says %v, not %s", to.refused, want)
	}
}

// A pinned partner that brings something new with each request is bounded by its quota alone; the same again costs a turn as
// anybody's does.
func TestTheDoorBoundsNoPartnerBelowItsQuota(t *testing.T) {
	from, to := two(t)
	var last []byte
	for i := range burst + 20 {
		_, last = from.forged(t, to, func(h *Header) { h.ID, h.Conversation = journal.NewID(day, nil), journal.NewID(day, nil) })
		if got := to.post(t, albanian.String(), bytes.NewReader(last)); got != http.StatusOK {
			t.Fatalf("message %d: %d", i+1, got)
		}
	}
	turnedAway := 0
	for range burst + 1 {
		if to.post(t, albanian.String(), bytes.NewReader(last)) == http.StatusTooManyRequests {
			turnedAway++
		}
	}
	if turnedAway != 1 {
		t.Errorf("of the same %d times %d were turned away", burst+1, turnedAway)
	}
}

// One address can neither flood the door nor fill it with messages that never end.
func TestTheDoorIsBounded(t *testing.T) {
	_, to := two(t)
	refused := 0
	for range burst + 1 {
		if to.post(t, albanian.String(), strings.NewReader("x")) == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 1 {
		t.Fatalf("%d of %d were turned away", refused, burst+1)
	}
	to.clock.Advance(time.Minute)
	var open []net.Conn
	for range ofOne {
		c, err := net.Dial("tcp", strings.TrimPrefix(to.card.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := fmt.Fprintf(c, "POST /post/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n", albanian); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 12)
		if _, err := io.ReadFull(c, answer); err != nil || string(answer) != "HTTP/1.1 100" { // it is inside, and waits for the body
			t.Fatalf("%q %v", answer, err)
		}
		open = append(open, c)
	}
	if got := to.post(t, albanian.String(), strings.NewReader("x")); got != http.StatusTooManyRequests {
		t.Errorf("one more than allowed at a time: %d", got)
	}
	if _, err := io.WriteString(open[0], "0123456789"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 200)
	n, err := open[0].Read(b) // the rest of "100 Continue"
	for err == nil && !bytes.Contains(b[:n], []byte("422")) {
		var more int
		more, err = open[0].Read(b[n:])
		n += more
	}
	if got := to.post(t, albanian.String(), strings.NewReader("x")); err != nil || got != http.StatusUnprocessableEntity {
		t.Errorf("after one has ended: %d, %v", got, err)
	}
}
