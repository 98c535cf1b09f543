// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// brought posts a file, and codes, to the page on which things are brought in.
func (h *hosted) brought(v *visitor, path string, file []byte, codes string) reply {
	h.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	h.must(m.WriteField("codes", codes))
	if file != nil {
		w, err := m.CreateFormFile("file", "from a stick")
		h.must(err)
		_, err = w.Write(file)
		h.must(err)
	}
	h.must(m.Close())
	return h.ask(v, "POST", path, &b, func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
}

// A referral travels between two offices on a stick, and its answer on paper: people take along and bring in on the pages.
func TestPostByHandOnThePages(t *testing.T) {
	h := newHosted(t)
	there, back := "/partners/"+h.offices["tirana"].ID.String()+"/by-hand", "/partners/"+h.offices["athens"].ID.String()+"/by-hand"
	if a := h.get(h.ana, there); a.code != 200 || !strings.Contains(a.body, "Nothing waits for this office.") || strings.Contains(a.body, "/take/file") {
		t.Errorf("nothing waits: %d", a.code)
	}
	if a := h.post(h.ana, there+"/take/file", nil); a.code != 303 || a.header.Get("Location") != there {
		t.Errorf("nothing to take: %d", a.code)
	}
	f := h.open(h.ana, "First", "tirana")
	h.must(h.n.Work.Offer(t.Context(), h.ana.who(access.ForReferral), f.id, f.referral, h.clock.Now().Add(5*24*time.Hour)))
	if a := h.get(h.ana, there); !strings.Contains(a.body, "Waiting for this office: 1 message.") {
		t.Errorf("an offer waits: %s", a.body)
	}
	file, mail := h.post(h.ana, there+"/take/file", nil), h.post(h.ana, there+"/take/mail", nil)
	if file.code != 200 || !pouch.Is([]byte(file.body)) || !strings.Contains(file.header.Get("Content-Disposition"), ".post") || mail.code != 200 || !strings.Contains(mail.body, "X-Unsent: 1") {
		t.Fatalf("%d %v, %d", file.code, file.header, mail.code)
	}
	if a := h.brought(h.ana, there, []byte(file.body), ""); a.code != 200 || !strings.Contains(a.body, "This file is for another office") {
		t.Errorf("brought to the wrong office: %d", a.code)
	}
	if a := h.brought(h.besa, back, nil, ""); a.code != 422 || !strings.Contains(a.body, "Choose a file") {
		t.Errorf("nothing brought: %d", a.code)
	}
	a := h.brought(h.besa, back, []byte(file.body), "")
	if a.code != 200 || !strings.Contains(a.body, "Everything is taken in.") || !strings.Contains(a.body, "1 receipt waits to be taken back.") || h.in(f).Status != referral.Offered {
		t.Fatalf("%d %s", a.code, a.body)
	}
	if a := h.brought(h.besa, back, []byte(mail.body), ""); a.code != 200 || !strings.Contains(a.body, "Message that was here already.") {
		t.Errorf("the e-mail with the same: %d", a.code)
	}
	page := h.post(h.besa, back+"/take/codes", nil)
	typed := linesOf(page.body)
	if page.code != 200 || len(typed) < 5 || strings.Count(page.body, `class="qr"`) < 1 {
		t.Fatalf("%d, %d lines", page.code, len(typed))
	}
	if a := h.brought(h.ana, there, nil, strings.Join(append(typed[:3:3], typed[4:]...), "\n")); a.code != 422 || !strings.Contains(a.body, "Lines 3 are missing.") {
		t.Errorf("a line left out: %d", a.code)
	}
	if a := h.brought(h.ana, there, nil, strings.ToLower(strings.Join(typed, "\n"))); a.code != 200 || !strings.Contains(a.body, "one of our messages has arrived") {
		t.Errorf("typed: %d %s", a.code, a.body)
	}
	if n := h.rows(`SELECT COUNT(*) FROM post_out WHERE state = 'accepted'`); n != 1 {
		t.Errorf("%d messages have arrived", n)
	}
	if n := h.rows(`SELECT COUNT(*) FROM entry WHERE type = 'partner.taken_along'`); n != 3 {
		t.Errorf("the log says %d times that post was taken along, not as file, e-mail and codes", n)
	}
	if a := h.get(h.hire("athens", "watch", access.Oversight), "/log"); !strings.Contains(a.body, "Post taken along by hand") {
		t.Errorf("the log's page: %d", a.code)
	}
	manager := h.hire("athens", "manager", access.CaseManager)
	for _, path := range []string{there, there + "/take/file"} {
		if a := h.post(manager, path, nil); a.code != 403 && a.code != 404 {
			t.Errorf("somebody who does not manage partners, at %s: %d", path, a.code)
		}
	}
	if a := h.post(h.ana, there+"/take/dove", nil); a.code != 404 {
		t.Errorf("in no known form: %d", a.code)
	}
}

// rows counts by a query.
func (h *hosted) rows(query string) (n int) {
	h.Helper()
	h.must(h.n.DB.Read(h.Context(), func(tx dbTx) error { return tx.Row(h.Context(), query).Scan(&n) }))
	return n
}

// linesOf reads the head and the lines off the page, as somebody would type them.
func linesOf(body string) []string {
	var out []string
	for _, pre := range strings.Split(body, `<pre class="exact">`)[1:] {
		text, _, _ := strings.Cut(pre, "</pre>")
		for line := range strings.Lines(strings.ReplaceAll(text, "&#43;", "+")) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}
