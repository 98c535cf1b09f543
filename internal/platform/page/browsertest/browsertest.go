// SPDX-License-Identifier: EUPL-1.2

// Package browsertest starts a Chromium for tests that need one.
package browsertest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser gives the allocator of a fresh Chromium that ends with the test, and after a time at the latest: the one that
// ENTRAIDE_TEST_CHROMIUM names, else the machine's. The test is skipped where there is none, and in short runs.
func Browser(t testing.TB, within time.Duration, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("short")
	}
	path := os.Getenv("ENTRAIDE_TEST_CHROMIUM")
	for _, p := range []string{"/usr/bin/chromium", "/usr/bin/google-chrome"} {
		if _, err := os.Stat(p); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		t.Skip("no Chromium: install the package chromium, or set ENTRAIDE_TEST_CHROMIUM")
	}
	ctx, stop := context.WithTimeout(t.Context(), within)
	t.Cleanup(stop)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("force-prefers-reduced-motion", true)) // a page that still scrolls is clicked beside what is meant
	ctx, stop = chromedp.NewExecAllocator(ctx, append(options, more...)...)
	t.Cleanup(stop)
	return ctx
}

// Tab gives a tab of a fresh Chromium.
func Tab(t testing.TB, within time.Duration, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	tab, stop := chromedp.NewContext(Browser(t, within, more...))
	t.Cleanup(stop)
	return tab
}
