// SPDX-License-Identifier: EUPL-1.2

package subscriber_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/subscriber"
)

// mailbox is a real mail server on a socket, under TLS with a certificate of its own, that keeps what it takes.
type mailbox struct {
	mu    sync.Mutex
	got   []letter
	say   map[string]*smtp.SMTPError // to whom it says no, and how
	port  int
	roots *x509.CertPool
}

type letter struct {
	to   string
	body []byte
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{m: m}, nil }

type session struct {
	m  *mailbox
	to string
	in bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "office" || password != "a long password" {
			return errors.New("wrong")
		}
		s.in = true
		return nil
	}), nil
}
func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if no := s.m.say[to]; no != nil {
		return no
	}
	s.to = to
	return nil
}
func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.m.got = append(s.m.got, letter{s.to, b})
	return err
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailbox{say: map[string]*smtp.SMTPError{}, port: l.Addr().(*net.TCPAddr).Port, roots: x509.NewCertPool()}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	m.roots.AddCert(parsed)
	s := smtp.NewServer(m)
	s.Domain, s.TLSConfig = "localhost", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return m
}

func (m *mailbox) to(address string) (out []*mail.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.got {
		if l.to == address {
			if x, err := mail.ReadMessage(bytes.NewReader(l.body)); err == nil {
				out = append(out, x)
			}
		}
	}
	return out
}

// post is an office with its readers' pages and a courier.
type post struct {
	*programmetest.Office
	h       http.Handler
	courier subscriber.Courier
	issue   journal.ID
	since   time.Time // when the issue begins to go out; zero before
}

func newPost(t *testing.T, m *mailbox) *post {
	o := programmetest.New(t, access.Programme)
	b, err := lang.Load()
	o.Must(err)
	p := &post{Office: o, issue: journal.MustID("01900000-0000-7000-8000-0000000000f1")}
	words := func(tag string) *lang.Locale { return b.Locale(tag, nil) }
	p.h, err = page.New(page.Config{Bundle: b, Clock: o.Clock, Office: page.Office{Name: "Office", Kind: access.Programme, ID: o.Owner}, Rooms: []page.Room{register.Room(), subscriber.Room(subscriber.Config{Store: o.Store, Post: o.Post, Locale: words, Random: rand.Reader})},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return o.Officer.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: o.Store.CommitReads, Rate: 1e6, Burst: 1e6})
	o.Must(err)
	p.courier = subscriber.Courier{Store: o.Store, As: o.Post, Now: o.Clock.Now, Locale: words, PublicAt: "https://info.example.org", Roots: m.roots, Issues: func(context.Context) ([]subscriber.Outgoing, error) {
		if p.since.IsZero() {
			return nil, nil
		}
		return []subscriber.Outgoing{{Issue: p.issue, Since: p.since, Write: func(language, leave string) (subscriber.Words, error) {
			return subscriber.Words{Subject: "Numéro 1 (" + language + ")", HTML: "<p>Été " + leave + "</p>", Text: "Été\n" + leave}, nil
		}}}, nil
	}}
	s := subscriber.Server{Host: "127.0.0.1", Port: m.port, Security: subscriber.ByStart, From: "letters@example.org", Name: "Office", User: "office", Password: "a long password"}
	_, err = o.Store.Append(o.Ctx, o.Officer, subscriber.ServerRef(o.Owner), store.Draft{Type: subscriber.ServerSetType, Payload: s})
	o.Must(err)
	return p
}

func (p *post) send(method, path string, v url.Values) string {
	p.T.Helper()
	p.Clock.Advance(time.Second)
	q := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, q)
	if w.Code >= 400 {
		p.T.Fatalf("%s %s: %d", method, path, w.Code)
	}
	return w.Body.String()
}

func (p *post) once() subscriber.Done {
	p.T.Helper()
	p.Clock.Advance(time.Second)
	d, err := p.courier.Once(p.Ctx)
	p.Must(err)
	return d
}

var link = regexp.MustCompile(`https://info\.example\.org(/readers/[a-z]+/[A-Za-z0-9_-]+)`)

// text gives a letter's plain words.
func text(t *testing.T, m *mail.Message) string {
	t.Helper()
	kind, with, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = quotedprintable.NewReader(m.Body)
	if kind == "multipart/alternative" {
		part, err := multipart.NewReader(m.Body, with["boundary"]).NextPart() // undoes the encoding
		if err != nil {
			t.Fatal(err)
		}
		r = part
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// join subscribes an address and confirms it.
func (p *post) join(m *mailbox, address, language string) {
	p.T.Helper()
	p.send("POST", "/readers", url.Values{"address": {address}, "language": {language}})
	p.once()
	got := m.to(address)
	if len(got) != 1 {
		p.T.Fatalf("%d letters to confirm", len(got))
	}
	at := link.FindStringSubmatch(text(p.T.(*testing.T), got[0]))
	if at == nil {
		p.T.Fatal("no link to confirm")
	}
	p.send("GET", at[1], nil) // what follows every link confirms nothing
	p.send("POST", at[1], nil)
}

func TestLettersOverARealMailServer(t *testing.T) {
	m := newMailbox(t)
	p := newPost(t, m)
	p.join(m, "anna@example.org", "fr")
	p.join(m, "ben@example.org", "en")
	p.send("POST", "/readers", url.Values{"address": {"anna@example.org"}, "language": {"en"}}) // known already: the page says the same, nothing is sent
	p.send("POST", "/readers", url.Values{"address": {"late@example.org"}, "language": {"fr"}})
	p.once()
	m.say["ben@example.org"] = &smtp.SMTPError{Code: 451, Message: "later, ben@example.org"}
	p.Clock.Advance(time.Minute)
	p.since = p.Clock.Now()
	if d := p.once(); d.Sent != 1 || d.Later != 1 {
		t.Fatalf("%+v", d)
	}
	if d := p.once(); d != (subscriber.Done{}) {
		t.Fatalf("again at once: %+v", d)
	}
	delete(m.say, "ben@example.org")
	p.Clock.Advance(6 * time.Minute)
	if d := p.once(); d.Sent != 1 {
		t.Fatalf("after five minutes: %+v", d)
	}
	got := m.to("anna@example.org")
	if len(got) != 2 || len(m.to("ben@example.org")) != 2 || len(m.to("late@example.org")) != 1 {
		t.Fatalf("%d letters to Anna", len(got))
	}
	h := got[1].Header
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || subject != "Numéro 1 (fr)" || h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || h.Get("Content-Language") != "fr" {
		t.Errorf("head: %q, %v", subject, h)
	}
	if !strings.Contains(text(t, got[1]), "Été") {
		t.Error("the words are not those that were written")
	}
	at := link.FindStringSubmatch(h.Get("List-Unsubscribe"))
	if at == nil {
		t.Fatal("no address to leave by")
	}
	p.send("POST", at[1], url.Values{"List-Unsubscribe": {"One-Click"}}) // as a mail program does
	p.send("POST", at[1], url.Values{"List-Unsubscribe": {"One-Click"}})
	hits, err := p.Store.Search(p.Ctx, p.Officer, access.KindSubscriber, [][][]store.Token{{{{Kind: "address", Value: "anna@example.org"}}}})
	p.Must(err)
	if len(hits.Rows) != 0 {
		t.Error("she left, and her address finds her")
	}
	p.Clock.Advance(8 * 24 * time.Hour)
	if d := p.once(); d.Expired != 1 || d.Sent != 0 {
		t.Errorf("who never confirmed: %+v", d)
	}
}

// TestNobodyGetsALetterTwice: the program stops while a letter is handed over; afterwards nobody knows, and it is not sent again
// until somebody says so.
func TestNobodyGetsALetterTwice(t *testing.T) {
	m := newMailbox(t)
	p := newPost(t, m)
	p.join(m, "anna@example.org", "fr")
	p.Clock.Advance(time.Minute)
	p.since = p.Clock.Now()
	p.courier.Handing = func() { panic(os.ErrProcessDone) }
	func() {
		defer func() {
			if recover() == nil {
				t.Error("it did not stop")
			}
		}()
		p.once()
	}()
	p.courier.Handing = nil
	p.Clock.Advance(24 * time.Hour)
	if d := p.once(); d.Sent != 0 {
		t.Fatalf("sent again by itself: %+v", d)
	}
	n, err := subscriber.Count(p.Ctx, p.Store, p.Officer, p.issue, p.since)
	p.Must(err)
	if n.Unclear != 1 || n.Readers != 1 {
		t.Fatalf("%+v", n)
	}
	q := httptest.NewRequest("POST", "/programme/readers/again", strings.NewReader(url.Values{"issue": {p.issue.String()}}.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, q)
	if d := p.once(); w.Code != 303 || d.Sent != 1 {
		t.Fatalf("%d, %+v", w.Code, d)
	}
	if len(m.to("anna@example.org")) != 2 {
		t.Error("the letter did not come once")
	}
}
