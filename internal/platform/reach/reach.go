// SPDX-License-Identifier: EUPL-1.2

// Package reach asks addresses of other sites whether they answer, and does so only when somebody presses for it: a page
// that is shown asks nobody.
//
// Whoever can write a link could otherwise make this machine knock on doors that only it can reach. So it asks https on the
// usual port only, and looks at the very address that is dialled, after the name was resolved: nothing private, nothing of this
// machine or its network, on redirects too. It keeps no cookie, says not where the link stood, reads no body, uses no proxy
// (which would resolve names out of sight), and gives up soon.
package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// State is what became of asking an address.
type State string

// The closed list of states.
const (
	Answers  State = "answers"  // it is there
	Moved    State = "moved"    // it is there, and says that it has another address for good
	Gone     State = "gone"     // the site answers that there is no such page
	Closed   State = "closed"   // the site answers, and does not let a machine in: nobody can tell
	Silent   State = "silent"   // nobody answers in time, or only with an error
	Insecure State = "insecure" // it leads to what is not https, or to no good certificate
	Private  State = "private"  // it leads into a network that is not public; it was not asked
)

// States lists them.
func States() []State { return []State{Answers, Moved, Gone, Closed, Silent, Insecure, Private} }

// Dead says whether a reader who follows the link gets nowhere, or should not go there.
func (s State) Dead() bool { return slices.Contains([]State{Gone, Silent, Insecure, Private}, s) }

// Answer is what asking an address came to. Status is 0 when nobody answered.
type Answer struct {
	Address string `json:"address"`
	State   State  `json:"state"`
	Status  int    `json:"status,omitempty"`
}

// Limits of asking.
const (
	mostRedirects = 5
	atOnce        = 4
	mostHeader    = 64 << 10
)

// Prober asks. The zero value asks as it should; the seams are for tests.
type Prober struct {
	Timeout time.Duration // for one address; 0 is 8 seconds
	// Allow says which addresses may be dialled; nil is Public. Port says which port; "" is 443.
	Allow func(netip.Addr) bool
	Port  string
	// Roots are the certificates that are trusted; nil is the machine's. Dial replaces how a name is resolved.
	Roots *x509.CertPool
	Dial  func(d *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error)
}

var (
	errPrivate  = errors.New("reach: not a public address")
	errInsecure = errors.New("reach: not https on the usual port")
	errCircle   = errors.New("reach: too many redirects")
)

// special are networks that are reached from outside by nobody, or lead somewhere else than they say.
var special = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// Public says whether an address is one of the public network.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsValid() && a.IsGlobalUnicast() && !a.IsPrivate() && a.Zone() == "" && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// All asks addresses, a few at a time, until the context ends, and gives an answer to each in their order.
func (p Prober) All(ctx context.Context, addresses []string) []Answer {
	out := make([]Answer, len(addresses))
	turn := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, a := range addresses {
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			out[i] = p.Ask(ctx, a)
		})
	}
	wait.Wait()
	return out
}

// Ask asks one address: for its head only, and where a site does not know that, for the page without reading it.
func (p Prober) Ask(ctx context.Context, address string) Answer {
	timeout := p.Timeout
	if timeout == 0 {
		timeout = 8 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out := Answer{Address: address, State: Silent}
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		status, moved, err := p.once(ctx, method, address)
		if out.State, out.Status = stateOf(status, moved, err), status; err != nil || status != http.StatusMethodNotAllowed && status != http.StatusNotImplemented && status != http.StatusForbidden && status != http.StatusNotFound {
			return out
		}
	}
	return out
}

func stateOf(status int, moved bool, err error) State {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.Is(err, errPrivate):
		return Private
	case errors.Is(err, errInsecure), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return Insecure
	case err != nil || status >= 500 && status != http.StatusNotImplemented:
		return Silent
	case status == http.StatusNotFound || status == http.StatusGone:
		return Gone
	case status >= 300:
		return Closed
	case moved:
		return Moved
	}
	return Answers
}

// once sends one request and follows where it leads; moved says that the first step was for good.
func (p Prober) once(ctx context.Context, method, address string) (status int, moved bool, err error) {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, false, errInsecure
	}
	if err := p.proper(req.URL); err != nil {
		return 0, false, err
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (compatible; link check)")
	client := &http.Client{Transport: p.transport(), CheckRedirect: func(next *http.Request, via []*http.Request) error {
		next.Header.Del("Referer")
		if r := next.Response; len(via) == 1 && r != nil && (r.StatusCode == http.StatusMovedPermanently || r.StatusCode == http.StatusPermanentRedirect) {
			moved = true
		}
		if len(via) > mostRedirects {
			return errCircle
		}
		return p.proper(next.URL)
	}}
	resp, err := client.Do(req)
	if err != nil {
		return 0, moved, err
	}
	return resp.StatusCode, moved, resp.Body.Close()
}

func (p Prober) port() string {
	if p.Port == "" {
		return "443"
	}
	return p.Port
}

// proper says whether an address may be asked at all: https, a name with a dot, the usual port, nobody's password.
func (p Prober) proper(u *url.URL) error {
	port := u.Port()
	if port == "" {
		port = "443"
	}
	if u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") || port != p.port() {
		return errInsecure
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return errPrivate // a site has a name
	}
	return nil
}

// transport looks at each address as it is dialled, so that a name which resolves to something else a moment later is no way in.
func (p Prober) transport() *http.Transport {
	allow := p.Allow
	if allow == nil {
		allow = Public
	}
	d := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !allow(a.Addr()) {
			return errPrivate
		}
		return nil
	}}
	dial := d.DialContext
	if p.Dial != nil {
		dial = p.Dial(d)
	}
	return &http.Transport{DialContext: dial, DisableKeepAlives: true, MaxResponseHeaderBytes: mostHeader, TLSClientConfig: &tls.Config{RootCAs: p.Roots, MinVersion: tls.VersionTLS12}}
}
