// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/platform/page/browsertest"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// film is what a camera sees that is held over printed codes, one after the other: the drawings of the page, at three pixels a module,
// in the raw form that the browser takes for a camera (YUV4MPEG2).
func film(t *testing.T, page string) []byte {
	t.Helper()
	const width, height, frames = 640, 480, 6
	var b bytes.Buffer
	fmt.Fprintf(&b, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", width, height)
	all := regexp.MustCompile(`viewBox="0 0 (\d+) \d+".*?<path d="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(all) < 2 {
		t.Fatalf("%d codes on the page", len(all))
	}
	for _, code := range all {
		size, _ := strconv.Atoi(code[1])
		const scale = 4
		left, top := (width-size*scale)/2, (height-size*scale)/2
		luma := bytes.Repeat([]byte{235}, width*height)
		for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1`).FindAllStringSubmatch(code[2], -1) {
			x, _ := strconv.Atoi(run[1])
			y, _ := strconv.Atoi(run[2])
			n, _ := strconv.Atoi(run[3])
			for row := range scale {
				at := (top+y*scale+row)*width + left + x*scale
				copy(luma[at:at+n*scale], bytes.Repeat([]byte{16}, n*scale))
			}
		}
		for range frames {
			b.WriteString("FRAME\n")
			b.Write(luma)
			b.Write(bytes.Repeat([]byte{128}, width*height/2))
		}
	}
	return b.Bytes()
}

// lens is a browser with a camera that shows a film, on the pages of a world.
func (w *world) lens(v *visitor, film []byte) (context.Context, string) {
	w.Helper()
	seen := filepath.Join(w.TempDir(), "camera.y4m")
	w.must(os.WriteFile(seen, film, 0o600))
	web := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
		w.clock.Advance(70 * time.Millisecond)
		w.door.ServeHTTP(a, r)
	}))
	w.Cleanup(web.Close)
	ctx := browsertest.Tab(w, 2*time.Minute,
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", seen))
	at, err := url.Parse(web.URL)
	w.must(err)
	if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: v.cookie.Name, Value: v.cookie.Value, Domain: at.Hostname(), Path: "/"}); err != nil {
		w.Fatal(err)
	}
	return ctx, web.URL
}

// A referral's receipt goes back on paper: the office that is to get it reads the printed codes with its camera, in the browser,
// and what they say is brought in.
func TestPrintedCodesReadWithACamera(t *testing.T) {
	h := newHosted(t)
	there, back := "/partners/"+h.offices["tirana"].ID.String()+"/by-hand", "/partners/"+h.offices["athens"].ID.String()+"/by-hand"
	f := h.open(h.ana, "First", "tirana")
	h.must(h.n.Work.Offer(t.Context(), h.ana.who("referral"), f.id, f.referral, h.clock.Now().Add(5*24*time.Hour)))
	if a := h.brought(h.besa, back, []byte(h.post(h.ana, there+"/take/file", nil).body), ""); h.in(f).Status != referral.Offered {
		t.Fatalf("%d", a.code)
	}
	printed := h.post(h.besa, back+"/take/codes", nil).body
	ctx, at := h.lens(h.ana, film(t, printed))
	eval := func(script string) string {
		t.Helper()
		v, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	until := func(what string) string {
		t.Helper()
		return eval(fmt.Sprintf(`new Promise(done => { const end = Date.now() + 60000; (function look() { if (%s || Date.now() > end) done(document.body.innerText); else setTimeout(look, 50) })() })`, what))
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(at+there), chromedp.WaitReady("[data-start]")); err != nil {
		t.Fatal(err)
	}
	eval(`window.broken = []; addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective)); document.querySelector('[data-start]').click(); ''`)
	if dir := os.Getenv("ENTRAIDE_SHOTS"); dir != "" {
		until(`document.querySelector('video').videoWidth > 0`)
		for _, width := range []int64{320, 1280} {
			if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 800, DeviceScaleFactor: 1}); err != nil {
				t.Fatal(err)
			}
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			h.must(err)
			h.must(os.WriteFile(filepath.Join(dir, fmt.Sprintf("camera-%d.png", width)), png, 0o600))
		}
	}
	if text := until(`document.querySelector('[data-codes] video').hidden && document.querySelector('[name=codes]').value`); !strings.Contains(text, "codes are read. Bring them in.") {
		t.Fatalf("not all codes are read: %s", text)
	}
	if broken := eval(`window.broken.join(' ')`); broken != "" {
		t.Errorf("the content policy is broken: %s", broken)
	}
	if err := chromedp.Do(ctx, chromedp.Click("[data-codes] ~ .actions button"), chromedp.WaitVisible("main .note")); err != nil {
		t.Fatal(err)
	}
	if text := eval(`document.body.innerText`); !strings.Contains(text, "one of our messages has arrived") {
		t.Errorf("the receipt is not taken in: %s", text)
	}
	if n := h.rows(`SELECT COUNT(*) FROM post_out WHERE state = 'accepted'`); n != 1 {
		t.Errorf("%d messages have arrived", n)
	}
}
