// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/access"
)

// TestALetterByLinkComesBackToItsWriter through the office's own door: sealed to its card, told on the writer's first page and on nobody
// else's, and in the log without a word of it.
func TestALetterByLinkComesBackToItsWriter(t *testing.T) {
	w := newWorld(t, "court")
	writer, other, overseer := w.hire("court", "odile", access.Prosecutor), w.hire("court", "paul", access.Prosecutor), w.hire("court", "rosa", access.Oversight)
	made := w.post(writer, "/guests/new", url.Values{"for": {"Planted lawyer"}, "basis": {"mandate"}, "reason": {"planted"}, "text": {"planted letter"}, "days": {"14"}, "openings": {"3"}})
	text := html.UnescapeString(made.body)
	link, code := regexp.MustCompile(`http://127\.0\.0\.1:7301(/enter/([a-z2-7]{32}))`).FindStringSubmatch(text), regexp.MustCompile(`\d{4}( \d{4}){4}`).FindString(text)
	if made.code != http.StatusOK || link == nil || code == "" {
		t.Fatal(made.code, text)
	}
	raw, err := pbkdf2.Key(sha256.New, strings.ReplaceAll(code, " ", ""), []byte("entraide guest proof v1\n"+link[2]), 200_000, 32)
	w.must(err)
	proof := hex.EncodeToString(raw)
	if a := w.get(nil, link[1]); a.code != http.StatusOK || strings.Contains(a.body, "lanted") || a.header.Get("Cache-Control") != "no-store" || a.header.Get("Set-Cookie") != "" {
		t.Fatal(a.code, a.header, a.body)
	}
	var reply struct{ To string }
	w.post(nil, link[1]+"/open", url.Values{"proof": {proof}}).json(t, &reply)
	c, err := opCard(w.Context(), w.n, Of{w.offices["court"].ID})
	w.must(err)
	if !strings.Contains(string(c.Card), reply.To) || reply.To == "" {
		t.Fatal("the answer is sealed to somebody else than the office")
	}
	to, err := age.ParseHybridRecipient(reply.To)
	w.must(err)
	var sealed, body bytes.Buffer
	z, err := age.Encrypt(&sealed, to)
	w.must(err)
	w.must(json.NewEncoder(z).Encode(map[string]any{"text": "planted answer", "files": []any{}}))
	w.must(z.Close())
	f := multipart.NewWriter(&body)
	w.must(f.WriteField("proof", proof))
	w.must(f.WriteField("id", w.n.newID().String()))
	part, err := f.CreateFormFile("sealed", "blob")
	w.must(err)
	_, err = part.Write(sealed.Bytes())
	w.must(err)
	w.must(f.Close())
	if a := w.ask(nil, "POST", link[1]+"/answer", &body, func(r *http.Request) { r.Header.Set("Content-Type", f.FormDataContentType()) }); a.code != http.StatusOK {
		t.Fatal(a.code, a.body)
	}
	if a := w.get(writer, "/"); !strings.Contains(a.body, "Answers by link") || strings.Contains(a.body, "lanted") {
		t.Error("the writer's first page does not tell of the answer, or tells too much")
	}
	at := regexp.MustCompile(`/guests/[0-9a-f-]{36}`).FindString(made.body)
	if a := w.get(writer, at); !strings.Contains(a.body, "planted answer") {
		t.Error(a.code, a.body)
	}
	if a := w.get(other, "/"); strings.Contains(a.body, "Answers by link") {
		t.Error("another one's first page tells of it")
	}
	if a := w.get(other, at); a.code != http.StatusNotFound {
		t.Errorf("another one opens it: %d", a.code)
	}
	if a := w.get(overseer, "/log"); !strings.Contains(a.body, "Code tried at a link") || strings.Contains(a.body, "lanted") {
		t.Error("the log does not tell that the link was opened, or tells too much")
	}
}
