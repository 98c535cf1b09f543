// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// visitor is a partner without an office: a link, a code, and a browser that is played from what the page's script does.
type visitor struct {
	w                  *trio
	token, code, proof string
	door               string // the office's page on it
	answers            []string
}

var (
	linkShape = regexp.MustCompile(`/enter/([a-z2-7]{32})`)
	codeShape = regexp.MustCompile(`\b(\d{4}(?: \d{4}){4})\b`)
	doorShape = regexp.MustCompile(`href="(/guests/[0-9a-f-]{36})"`)
)

// invite lets the first office open a link for somebody.
func (w *trio) invite() *visitor {
	w.t.Helper()
	page := w.pages(http.MethodPost, "/guests/new", url.Values{"for": {"A lawyer"}, "basis": {"mandate"}, "reason": {"A hearing"}, "text": {"PLANTED opening"}, "days": {"60"}, "openings": {"50"}})
	token, code, door := linkShape.FindStringSubmatch(page), codeShape.FindStringSubmatch(page), doorShape.FindStringSubmatch(page)
	if token == nil || code == nil || door == nil {
		w.t.Fatalf("no link: %s", page)
	}
	v := &visitor{w: w, token: token[1], code: strings.ReplaceAll(code[1], " ", ""), door: door[1]}
	proof, err := pbkdf2.Key(sha256.New, v.code, []byte("entraide guest proof v1\n"+v.token), 200_000, 32)
	w.must(err)
	v.proof = hex.EncodeToString(proof)
	return v
}

// pages asks for a page of the first office, as its worker.
func (w *trio) pages(method, path string, form url.Values) string {
	w.t.Helper()
	n := w.nodes[0]
	w.must(n.client.signIn(w.ctx))
	q, err := http.NewRequestWithContext(w.ctx, method, n.office.URL+path, strings.NewReader(form.Encode()))
	w.must(err)
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := n.http.Do(q)
	w.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	w.must(err)
	return html.UnescapeString(string(b))
}

// knock sends something to the door, through the network before it. An error means that no answer came.
func (v *visitor) knock(path, media string, body []byte) ([]byte, error) {
	q, err := http.NewRequestWithContext(v.w.ctx, http.MethodPost, v.w.nodes[0].wire.url+"/enter/"+v.token+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Content-Type", media)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Accept", "application/json")
	resp, err := (&http.Client{Timeout: 30 * time.Second}).Do(q)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		err = errors.New(resp.Status) // something else answered
	}
	return b, err
}

// entered is what the page's script is answered.
type entered struct {
	State string
	Key   []byte
	To    string
	Texts []struct{ Sealed []byte }
}

// enters opens the link with the code, until it is open.
func (v *visitor) enters() (e entered) {
	for v.w.ctx.Err() == nil {
		b, err := v.knock("/open", "application/x-www-form-urlencoded", []byte(url.Values{"proof": {v.proof}}.Encode()))
		if err = errors.Join(err, json.Unmarshal(b, &e)); err != nil {
			v.w.again()
			continue
		}
		if e.State != "right" {
			v.w.t.Errorf("the right code is %s", e.State)
		}
		return e
	}
	return e
}

// writes seals an answer in the browser, and sends it until it is told to have arrived; the same id, so that it is one answer.
func (v *visitor) writes(text string) {
	t, e := v.w.t, v.enters()
	to, err := age.ParseHybridRecipient(e.To)
	if err != nil {
		t.Errorf("whom to seal to: %v", err)
		return
	}
	plain, err := json.Marshal(map[string]any{"text": text, "files": []any{}})
	if err != nil {
		t.Error(err)
		return
	}
	var sealed bytes.Buffer
	a, err := age.Encrypt(&sealed, to)
	if err == nil {
		_, err = a.Write(plain)
		err = errors.Join(err, a.Close())
	}
	media, body, ferr := v.form(newID(), sealed.Bytes())
	if err = errors.Join(err, ferr); err != nil {
		t.Error(err)
		return
	}
	for v.w.ctx.Err() == nil {
		b, err := v.knock("/answer", media, body)
		var e entered
		if err = errors.Join(err, json.Unmarshal(b, &e)); err != nil {
			v.w.again()
			continue
		}
		if e.State != "sent" {
			t.Errorf("an answer by link is %s", e.State)
		}
		v.answers = append(v.answers, text)
		return
	}
}

func (v *visitor) form(id journal.ID, sealed []byte) (media string, body []byte, err error) {
	var b bytes.Buffer
	f := multipart.NewWriter(&b)
	err = errors.Join(f.WriteField("proof", v.proof), f.WriteField("id", id.String()))
	p, perr := f.CreateFormFile("sealed", "blob")
	if err = errors.Join(err, perr); err != nil {
		return "", nil, err
	}
	_, err = p.Write(sealed)
	err = errors.Join(err, f.Close()) // which writes the end
	return f.FormDataContentType(), b.Bytes(), err
}

// check wants every answer at the door once, and the office's letter to be read there with the code.
func (v *visitor) check() {
	t := v.w.t
	t.Helper()
	page := v.w.pages(http.MethodGet, v.door, nil)
	for _, text := range v.answers {
		if n := strings.Count(page, text); n != 1 {
			t.Errorf("an answer by link is there %d times", n)
		}
	}
	if len(v.answers) != faultRounds {
		t.Errorf("%d answers by link", len(v.answers))
	}
	e := v.enters()
	code, err := age.NewScryptIdentity(v.code)
	v.w.must(err)
	key, err := age.ParseHybridIdentity(unsealed(t, e.Key, code))
	v.w.must(err)
	if len(e.Texts) != 1 || unsealed(t, e.Texts[0].Sealed, key) != "PLANTED opening" {
		t.Errorf("%d letters for the guest", len(e.Texts))
	}
}

// unsealed opens what was sealed.
func unsealed(t *testing.T, sealed []byte, with age.Identity) string {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(sealed), with)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
