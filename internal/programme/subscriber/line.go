// SPDX-License-Identifier: EUPL-1.2

package subscriber

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/smtp"
	"net/textproto"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// patience bounds each exchange with a mail server.
const patience = 30 * time.Second

// line is an open line to a mail server.
type line struct {
	conn net.Conn
	c    *smtp.Client
}

// dial opens a line as the server's settings say: under TLS 1.2 or later with a certificate that roots vouch for (nil: the
// system's), or on this machine. A name and password are sent under TLS only, or on this machine.
func dial(ctx context.Context, s Server, roots *x509.CertPool) (*line, error) {
	d := net.Dialer{Timeout: patience}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, trouble(err)
	}
	t := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: roots}
	if s.Security == ByTLS {
		conn = tls.Client(conn, t)
	}
	l := &line{conn: conn}
	if err := l.greet(s, t); err != nil {
		_ = conn.Close()
		return nil, trouble(err)
	}
	return l, nil
}

func (l *line) greet(s Server, t *tls.Config) error {
	if err := l.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	var err error
	if l.c, err = smtp.NewClient(l.conn, s.Host); err != nil {
		return err
	}
	if err := l.c.Hello("localhost"); err != nil {
		return err
	}
	if s.Security == ByStart {
		if err := l.c.StartTLS(t); err != nil {
			return err
		}
	}
	if s.User != "" {
		return l.c.Auth(smtp.PlainAuth("", s.User, s.Password, s.Host))
	}
	return nil
}

// trouble hides what a server said, which can hold an address; the cause is kept for errors.As.
func trouble(err error) error {
	return fault.Wrap(fault.Unavailable, silent{err}, "subscriber.trouble.server")
}

// silent is an error that does not repeat what was said on the line.
type silent struct{ error }

func (silent) Error() string   { return "subscriber: the mail server does not answer as it should" }
func (s silent) Unwrap() error { return s.error }

// send hands a letter over. Result is Sent, Later or Refused with the server's code; Begun when the line broke after the letter
// had gone and nobody knows whether it was taken. dead says that the line is of no further use.
func (l *line) send(from, to string, letter []byte) (r Result, code int, dead bool) {
	if err := l.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return Later, 0, true
	}
	for _, step := range []func() error{func() error { return l.c.Mail(from) }, func() error { return l.c.Rcpt(to) }} {
		if err := step(); err != nil {
			return l.refused(err)
		}
	}
	w, err := l.c.Data()
	if err != nil {
		return l.refused(err)
	}
	if _, err := w.Write(letter); err != nil {
		return Later, 0, true // without its end nothing was taken
	}
	if err := w.Close(); err != nil {
		var said *textproto.Error
		if errors.As(err, &said) {
			return l.refused(err)
		}
		return Begun, 0, true
	}
	return Sent, 250, false
}

// refused reads what a server said before it took a letter: 4xx for now, 5xx for good.
func (l *line) refused(err error) (Result, int, bool) {
	var said *textproto.Error
	if !errors.As(err, &said) {
		return Later, 0, true
	}
	dead := said.Code == 421 || l.c.Reset() != nil
	if said.Code >= 500 {
		return Refused, said.Code, dead
	}
	return Later, said.Code, dead
}

func (l *line) close() {
	_ = l.conn.SetDeadline(time.Now().Add(5 * time.Second))
	if l.c == nil || l.c.Quit() != nil {
		_ = l.conn.Close()
	}
}
