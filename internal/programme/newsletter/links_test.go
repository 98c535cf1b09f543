// SPDX-License-Identifier: EUPL-1.2

package newsletter_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/reach"
)

// TestLinksAreAskedOnlyWhenSomebodyPresses: a page asks nobody; what was found is kept with its date, and a link that leads nowhere
// stands in the way until it leads somewhere again.
func TestLinksAreAskedOnlyWhenSomebodyPresses(t *testing.T) {
	var asked, status atomic.Int64
	status.Store(http.StatusNotFound)
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(int(status.Load()))
	}))
	defer site.Close()
	u, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(site.Certificate())
	prober := reach.Prober{Timeout: 5 * time.Second, Port: u.Port(), Roots: roots, Allow: func(netip.Addr) bool { return true },
		Dial: func(d *net.Dialer) func(context.Context, string, string) (net.Conn, error) {
			return func(ctx context.Context, network, _ string) (net.Conn, error) {
				return d.DialContext(ctx, network, u.Host)
			}
		}}
	d := newDesk(t)
	d.config.Ask = prober.All
	d.open()
	at := d.begin()
	link := "https://example.com:" + u.Port() + "/report"
	d.sent(at+"/sections/new", url.Values{"sort": {"editorial"}, "original": {"fr"}, "title_fr": {"Le rapport"}, "title_en": {"The report"}, "text_fr": {"Voyez [le rapport](" + link + ")."}, "text_en": {"See [the report](" + link + ")."}})
	has(t, d.read(at, "en"), "Links to other sites", link, "Nobody has checked these links yet", "not checked yet", "Nothing stands in the way")
	d.read(at+"/preview", "en")
	if asked.Load() != 0 {
		t.Fatalf("showing a page asked another site %d times", asked.Load())
	}

	d.posted(at+"/links", nil)
	has(t, d.read(at, "en"), "no such page", "code 404", "Checked on", "What stands in the way of publication", "leads nowhere", "The report, English, paragraph 1")
	has(t, d.refused(at+"/approve", url.Values{"side": {"content"}, "hash": {"x"}}), "still stand in the way")
	status.Store(http.StatusOK)
	d.posted(at+"/links", nil)
	has(t, d.read(at, "fr"), "répond", "Vérifiés le", "Rien ne s’y oppose")

	d.who = d.Reader
	if w := d.ask(http.MethodPost, at+"/links", "en", nil); w.Code != http.StatusForbidden {
		t.Errorf("a reader makes the machine ask: %d", w.Code)
	}
	n := asked.Load()
	d.who = d.Officer
	d.config.Ask = nil
	d.open()
	if w := d.ask(http.MethodPost, at+"/links", "en", nil); w.Code != http.StatusNotFound || asked.Load() != n {
		t.Errorf("where nobody asks: %d", w.Code)
	}
	hasNot(t, d.read(at, "en"), "Check the links")
}
