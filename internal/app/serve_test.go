// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// certified writes a certificate of a name with its key, and gives a pool that trusts it.
func certified(t *testing.T, dir string, serial int64) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return cert, key, pool
}

// served runs a node until the test ends and gives its address.
func (w *world) served() (address string, stop func() error) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- w.n.Serve(ctx, func(a string) { ready <- a }) }()
	stop = func() error { cancel(); return <-done }
	select {
	case address = <-ready:
	case err := <-done:
		w.Fatal(err)
	}
	return address, stop
}

func TestServesItsOwnCertificate(t *testing.T) {
	w := newWorld(t, "athens")
	var pool *x509.CertPool
	w.n.Settings.Cert, w.n.Settings.Key, pool = certified(t, t.TempDir(), 1)
	address, stop := w.served()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	for path, code := range map[string]int{"/signin": 200, "/healthz": 200, "/api/v1/me": 0, "/card/" + w.offices["athens"].ID.String(): 200, "/metrics": 200, "/nothing-here": 0} {
		r, err := client.Get("https://" + address + path)
		w.must(err)
		_, _ = io.Copy(io.Discard, r.Body)
		w.must(r.Body.Close())
		if code != 0 && r.StatusCode != code {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
		if r.Header.Get("Strict-Transport-Security") != "max-age=31536000" {
			t.Errorf("%s lacks HSTS", path)
		}
		if r.ProtoMajor != 2 || r.TLS.Version < tls.VersionTLS12 {
			t.Errorf("%s: %s, TLS %x", path, r.Proto, r.TLS.Version)
		}
	}
	old := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11}}}
	if _, err := old.Get("https://" + address + "/healthz"); err == nil {
		t.Error("TLS 1.1 is taken")
	}
	client.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if _, err := os.Stat(w.n.Folder.Socket()); !os.IsNotExist(err) {
		t.Errorf("the socket is left: %v", err)
	}
}

func TestACertificateIsRenewedWithoutARestart(t *testing.T) {
	dir, c := t.TempDir(), clock.NewManual(start)
	k := &certificate{clock: c}
	k.cert, k.key, _ = certified(t, dir, 1)
	serial := func() int64 {
		x, err := k.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := x509.ParseCertificate(x.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return p.SerialNumber.Int64()
	}
	if serial() != 1 {
		t.Fatal("not the first one")
	}
	later := time.Now().Add(time.Hour)
	certified(t, dir, 2)
	if err := os.Chtimes(k.cert, later, later); err != nil {
		t.Fatal(err)
	}
	if serial() != 1 {
		t.Error("the file is looked at each time")
	}
	c.Advance(lookEvery)
	if serial() != 2 {
		t.Error("the renewed one is not served")
	}
	if err := os.WriteFile(k.cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Advance(lookEvery)
	if serial() != 2 {
		t.Error("half a file stopped the office")
	}
}

func TestWhereItMayNotListen(t *testing.T) {
	w := newWorld(t, "athens")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	defer taken.Close()
	for listen, kind := range map[string]fault.Kind{"0.0.0.0:0": fault.Guarded, ":0": fault.Guarded, "[::]:0": fault.Guarded, "nonsense": fault.Invalid, taken.Addr().String(): fault.Unavailable} {
		w.n.Settings.Listen = listen
		if l, err := w.n.listen(); !fault.Is(err, kind) {
			t.Errorf("%s: %v %v", listen, l, err)
		}
	}
	w.n.Settings.Listen, w.n.Settings.Cert, w.n.Settings.Key = "0.0.0.0:0", "nowhere", "nowhere"
	if _, err := w.n.listen(); !fault.Is(err, fault.Invalid) {
		t.Errorf("without its files: %v", err)
	}
}

// listening serves a handler on loopback with little patience.
func listening(t *testing.T, h http.Handler, p patience) (address string, stop func(), done chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done = make(chan error, 1)
	go func() { done <- serve(ctx, l, h, p) }()
	t.Cleanup(cancel)
	return l.Addr().String(), cancel, done
}

func TestSlowClientsAreLetGo(t *testing.T) {
	p := usual
	p.header, p.read, p.idle = 50*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond
	address, _, _ := listening(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }), p)
	for name, says := range map[string]string{
		"half a header":       "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"nothing":             "",
		"half a body":         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
		"nothing after one":   "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"a header of a novel": "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("a", 200<<10) + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(c, says) // it may hang up in the middle of a novel
			if _, err := io.Copy(io.Discard, c); err != nil && os.IsTimeout(err) {
				t.Error("it is held on to")
			}
		})
	}
}

func TestStoppingLetsRequestsFinish(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	address, stop, done := listening(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
		if r.Context().Err() != nil {
			t.Error("a running request was cut off")
		}
		_, _ = io.WriteString(w, "whole")
	}), usual)
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	<-entered
	stop()
	for { // new ones are refused as soon as it stops
		late, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		_ = late.Close()
	}
	close(release)
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r.Body)
	if err != nil || string(b) != "whole" {
		t.Errorf("%q %v", b, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestMetricsTellNobody(t *testing.T) {
	w := newWorld(t, "athens", "tirana")
	ana := w.hire("athens", "ana.prova", access.CaseManager)
	f := w.open(ana, "Metric", "tirana")
	for _, path := range []string{"/", "/people-in-care/" + f.id.String(), "/cases/" + f.id.String(), "/api/v1/dossiers/person/" + f.id.String() + "?purpose=assistance", "/api/v1/dossiers/person?purpose=assistance&q=Named"} {
		w.get(ana, path)
	}
	here := func(r *http.Request) { r.RemoteAddr = "127.0.0.1:4000" }
	m := w.ask(nil, "GET", "/metrics", nil, here)
	if m.code != 200 || !strings.Contains(m.body, "entraide") && !strings.Contains(m.body, "http") {
		t.Fatalf("%d %s", m.code, m.body)
	}
	secrets := []string{f.id.String(), ana.id.String(), "ana.prova", "Worker", w.offices["athens"].ID.String(), w.offices["athens"].Name, "192.0.2.1", "Metric"}
	for _, p := range planted("Metric") {
		secrets = append(secrets, p)
	}
	for _, s := range secrets {
		if strings.Contains(m.body, s) {
			t.Errorf("metrics tell %q", s)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"from elsewhere":  func(r *http.Request) { r.RemoteAddr = "192.0.2.7:4000" },
		"through a proxy": func(r *http.Request) { here(r); r.Header.Set("X-Forwarded-For", "192.0.2.7") },
	} {
		if a := w.ask(nil, "GET", "/metrics", nil, change); a.code != http.StatusNotFound {
			t.Errorf("%s: %d", name, a.code)
		}
	}
	if a := w.ask(nil, "GET", "/healthz", nil); a.code != 200 || a.body != "ok\n" {
		t.Errorf("health: %d %q", a.code, a.body)
	}
	w.must(w.n.DB.Close())
	if a := w.ask(nil, "GET", "/healthz", nil); a.code != http.StatusServiceUnavailable || a.body != "" {
		t.Errorf("health without its database: %d %q", a.code, a.body)
	}
}

// TestWhatHasExpiredOfAccountsIsDeleted: who signed in when is kept no longer than it serves.
func TestWhatHasExpiredOfAccountsIsDeleted(t *testing.T) {
	w := newWorld(t, "athens")
	count := func() (n int) {
		w.must(w.n.DB.Read(w.Context(), func(tx dbTx) error {
			return tx.Row(w.Context(), `SELECT COUNT(*) FROM identity_session`).Scan(&n)
		}))
		return n
	}
	w.hire("athens", "old", access.CaseManager)
	w.clock.Advance(31 * time.Minute)
	w.hire("athens", "new", access.CaseManager)
	if n := count(); n != 2 {
		t.Fatalf("%d sessions before", n)
	}
	_, stop := w.served()
	w.must(stop())
	if n := count(); n != 1 {
		t.Errorf("%d sessions are kept, of which one can still be used", n)
	}
}
