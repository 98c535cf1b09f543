// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
)

// policy lets a page use what its own office serves and nothing else. Images may also be "data:", as the style
// sheet draws ticks and arrows so. There is no exception for inline script or style and none may be added.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp-report"

// alone is the policy of a document that stands alone: one script and one style by their hashes, and nothing that is loaded.
const alone = "default-src 'none'; script-src %s; style-src %s; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp-report"

// hashed is how a policy names a script or a style by what it is.
var hashed = regexp.MustCompile(`^'sha256-[A-Za-z0-9+/]{43}='$`)

// harden sets the headers that every answer carries.
func harden(h http.Header, tls bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", permissions(""))
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if tls {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// permissions is what a page may ask of the device: nothing, or its camera.
func permissions(camera string) string {
	return "camera=(" + camera + "), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
}

// report counts a breach of the policy. Of a report only the directive is kept: its addresses may hold ids.
func (s *site) report(w http.ResponseWriter, q *http.Request) {
	if !s.limit.address(q, s.c.Clock.Now()) {
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	var in struct {
		Report struct {
			Directive string `json:"effective-directive"`
			Violated  string `json:"violated-directive"`
		} `json:"csp-report"`
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, q.Body, 16<<10))
	if err != nil || json.Unmarshal(b, &in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	d := in.Report.Directive
	if d == "" {
		d = in.Report.Violated
	}
	d = directiveWord(d)
	s.meter.report(d)
	if s.c.OnReport != nil {
		s.c.OnReport(d)
	}
	w.WriteHeader(http.StatusNoContent)
}

// directiveWord keeps a reporter from making up words for our metrics.
func directiveWord(s string) string {
	switch s {
	case "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr", "img-src", "font-src",
		"connect-src", "form-action", "base-uri", "frame-ancestors", "default-src", "frame-src", "object-src", "worker-src", "media-src", "manifest-src":
		return s
	}
	return "other"
}
