// SPDX-License-Identifier: EUPL-1.2

package reach_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/reach"
)

// site is another site on this machine; its names all lead to it.
func site(t *testing.T, h http.Handler) (reach.Prober, string) {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	p := reach.Prober{Timeout: 5 * time.Second, Port: u.Port(), Roots: roots, Allow: func(netip.Addr) bool { return true },
		Dial: func(d *net.Dialer) func(context.Context, string, string) (net.Conn, error) {
			return func(ctx context.Context, network, _ string) (net.Conn, error) {
				return d.DialContext(ctx, network, u.Host)
			}
		}}
	return p, "https://example.com:" + u.Port() // the name that the test's certificate is for
}

func TestWhatASiteAnswers(t *testing.T) {
	var bodies atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/here", func(w http.ResponseWriter, r *http.Request) {
		if r.Referer() != "" || len(r.Cookies()) > 0 {
			t.Errorf("it tells where the link stands: %v", r.Header)
		}
	})
	mux.HandleFunc("HEAD /get-only", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) })
	mux.HandleFunc("GET /get-only", func(http.ResponseWriter, *http.Request) { bodies.Add(1) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/here", http.StatusMovedPermanently)
	})
	mux.HandleFunc("/for-now", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/here", http.StatusFound) })
	mux.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) })
	mux.HandleFunc("/to-http", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://example.com/", http.StatusFound)
	})
	mux.HandleFunc("/to-inside", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://169.254.169.254:"+strings.Split(r.Host, ":")[1]+"/", http.StatusFound)
	})
	mux.HandleFunc("/members", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("/old", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	p, at := site(t, mux)
	wants := map[string]reach.State{"/here": reach.Answers, "/get-only": reach.Answers, "/moved": reach.Moved, "/for-now": reach.Answers, "/circle": reach.Silent, "/to-http": reach.Insecure, "/to-inside": reach.Private,
		"/members": reach.Closed, "/broken": reach.Silent, "/nowhere": reach.Gone, "/old": reach.Gone}
	var list []string
	for path := range wants {
		list = append(list, at+path)
	}
	for i, got := range p.All(t.Context(), list) {
		if want := wants[strings.TrimPrefix(list[i], at)]; got.State != want || got.Address != list[i] {
			t.Errorf("%s: %+v, want %s", list[i], got, want)
		}
	}
	if bodies.Load() != 1 {
		t.Errorf("%d asked for a page where the head would do", bodies.Load())
	}
}

func TestNothingInsideIsAsked(t *testing.T) {
	var asked atomic.Int64
	p, at := site(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	p.Allow = nil // the site is on this machine
	if got := p.Ask(t.Context(), at); got.State != reach.Private {
		t.Errorf("a name that leads to this machine: %+v", got)
	}
	for address, want := range map[string]reach.State{"http://example.com/": reach.Insecure, "https://localhost/": reach.Insecure, "https://user:pw@example.com/": reach.Insecure, "https://example.com:22/": reach.Insecure,
		"file:///etc/passwd": reach.Insecure, "https://127.0.0.1/": reach.Private, "https://[::1]/": reach.Insecure, "://": reach.Insecure} {
		if got := (reach.Prober{}).Ask(t.Context(), address); got.State != want {
			t.Errorf("%s: %+v, want %s", address, got, want)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("it was asked %d times", asked.Load())
	}
}

func TestPublic(t *testing.T) {
	for _, s := range []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1",
		"::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"} {
		if reach.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is called public", s)
		}
	}
	for _, s := range []string{"1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4007::1"} {
		if !reach.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is not called public", s)
		}
	}
}

func TestWhoeverIsSlowIsNotWaitedFor(t *testing.T) {
	free := make(chan struct{})
	p, at := site(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-free:
		case <-r.Context().Done():
		}
	}))
	defer close(free)
	p.Timeout = 50 * time.Millisecond
	if got := p.Ask(t.Context(), at); got.State != reach.Silent || got.Status != 0 {
		t.Errorf("%+v", got)
	}
}

func TestACertificateOfAnotherNameIsInsecure(t *testing.T) {
	p, at := site(t, http.NotFoundHandler())
	if got := p.Ask(t.Context(), strings.Replace(at, "example.com", "else.where.org", 1)); got.State != reach.Insecure {
		t.Errorf("%+v", got)
	}
	if dead := slices.DeleteFunc(reach.States(), func(s reach.State) bool { return !s.Dead() }); len(dead) != 4 {
		t.Errorf("%v", dead)
	}
}
