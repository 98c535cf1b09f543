// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// request is one call, ready to be written.
type request struct {
	method, path string
	header       string // further header lines, each with its CRLF
	body         []byte
}

// conn is one client's keep-alive connection. It does little, so that the machine's time goes to what is measured:
// a request is a few writes into a buffer, an answer is read whole.
type conn struct {
	address string
	c       net.Conn
	r       *bufio.Reader
	w       *bufio.Writer
	body    bytes.Buffer
}

// dial opens a connection; answers take a minute at most.
func dial(address string) (*conn, error) {
	c, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	return &conn{address: address, c: c, r: bufio.NewReaderSize(c, 64<<10), w: bufio.NewWriterSize(c, 16<<10)}, nil
}

func (c *conn) close() { _ = c.c.Close() }

// do sends a request and gives the answer's body, which holds until the next call. An answer that is no success is
// an error with its beginning.
func (c *conn) do(q request) ([]byte, http.Header, error) {
	if err := c.c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, nil, err
	}
	w := c.w
	for _, s := range []string{q.method, " ", q.path, " HTTP/1.1\r\nHost: ", c.address, "\r\n", q.header} {
		_, _ = w.WriteString(s) // the buffer keeps the first error for Flush
	}
	if q.body != nil {
		_, _ = w.WriteString("Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(q.body)) + "\r\n")
	}
	_, _ = w.WriteString("\r\n")
	_, _ = w.Write(q.body)
	if err := w.Flush(); err != nil {
		return nil, nil, err
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	c.body.Reset()
	if _, err := c.body.ReadFrom(resp.Body); err != nil {
		return nil, nil, err
	}
	if resp.StatusCode >= 300 {
		return nil, nil, fmt.Errorf("%s %s: %s: %s", q.method, q.path, resp.Status, head(c.body.Bytes()))
	}
	return c.body.Bytes(), resp.Header, nil
}

func head(b []byte) []byte { return b[:min(len(b), 300)] }

// once dials, sends and closes.
func once(address string, q request) ([]byte, http.Header, error) {
	c, err := dial(address)
	if err != nil {
		return nil, nil, err
	}
	defer c.close()
	return c.do(q)
}
