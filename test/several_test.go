// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// agreeAll lets the second office propose terms of several offices to the two others, who sign them over the network. The first two
// have no other terms with each other: every letter of theirs is covered by these.
func (w *trio) agreeAll() {
	w.t.Helper()
	by, day := w.nodes[1], time.Now().UTC()
	form := url.Values{"title": {"Protocol of several (fictitious)"}, "basis": {"Fictitious"}, "handling": {"H2"}, "from": {day.AddDate(0, 0, -1).Format(time.DateOnly)},
		"until": {day.AddDate(1, 0, 0).Format(time.DateOnly)}, "retention": {"30"}, "g[0].purpose": {letter.Purpose}, "g[0].categories": {"D0", "D3"}}
	for _, n := range w.others(by) {
		form.Add("members", n.id.String())
	}
	_, w.several = w.fill(by.client, "/groups", form, "The legal text of all (fictitious).")
	w.change(by, w.others(by)...)
	for range 40 {
		if w.paired() {
			return
		}
		for _, n := range w.nodes {
			w.pass(n, 1)
		}
		w.travel(w.nodes[:]...)
	}
	w.t.Fatal("not every two offices have terms in force that came from those of all")
}

// paired says whether every office has the terms of its two pairs in force, signed by both: what is written under them before that
// comes back from who has not got the other's signature yet.
func (w *trio) paired() bool {
	w.t.Helper()
	for _, n := range w.nodes {
		var list struct {
			Rows []struct {
				State   string
				Summary map[journal.Category]terms.Summary
			}
		}
		w.must(n.read(w.ctx, "/dossiers/terms?purpose=exchange&limit=50", &list))
		of := 0
		for _, x := range list.Rows {
			if x.State == "in_force" && !x.Summary[journal.OF].Group.IsZero() {
				of++
			}
		}
		if of < len(w.nodes)-1 {
			return false
		}
	}
	return true
}

// change lets the second person of who proposed a change send it, and those sign whom it takes.
func (w *trio) change(by *node, signers ...*node) {
	w.t.Helper()
	w.fill(by.second, w.several+"/send", w.consent(by), "")
	w.travel(w.nodes[:]...)
	for _, n := range signers {
		w.fill(n.client, w.several+"/sign", w.consent(n), "")
	}
	w.travel(w.nodes[:]...)
}

// expelOfSeveral lets two of three offices expel the first. It is told, and its own program sends nothing more; one that is set back
// to the day before, and goes on as though nothing had happened, is refused and told why.
func (w *trio) expelOfSeveral() {
	w.t.Helper()
	out, by := w.nodes[0], w.nodes[1]
	w.rogue = w.copyOf(out, "set back")
	w.fill(by.client, w.several+"/expel", url.Values{"office": {out.id.String()}}, "")
	w.change(by, w.nodes[2])
	to := func(n *node, text string) (entry, string) {
		id := newID()
		return entry{id, letter.WrittenType, letter.Letter{To: by.id, Thread: id, Words: letter.Words{Subject: "Letter", Text: text}}}, "/dossiers/letter/" + id.String()
	}
	in, path := to(out, "PLANTED by who knows that it was expelled")
	if a, err := out.call(w.ctx, http.MethodPost, path+"/entries?purpose=exchange", in); err != nil || a.code != http.StatusForbidden || !bytes.Contains(a.body, []byte(`"uncovered"`)) {
		w.t.Errorf("an office that knows that it was expelled writes: %d %s %v", a.code, a.body, err)
	}
	w.wake(w.rogue)
	defer w.rogue.end(os.Interrupt)
	if in, path = to(w.rogue, "PLANTED by who was expelled and goes on"); !w.enters(w.rogue, in.ID, in) {
		return
	}
	var d app.Delivered
	w.must(w.rogue.ask(w.ctx, "deliver", app.Empty{}, &d))
	if a, err := by.call(w.ctx, http.MethodGet, path+"?purpose=exchange", nil); err != nil || a.code != http.StatusNotFound {
		w.t.Errorf("a letter of an expelled office: %d %v", a.code, err)
	}
	if o, err := w.rogue.open(w.ctx, "exchange", "letter", in.ID); err != nil || !bytes.Contains(o.State, []byte("exchange.terms.ended")) {
		w.t.Errorf("who was expelled and goes on is not told why: %s %v", o.State, err)
	}
}

// others lists the other offices.
func (w *trio) others(than *node) []*node {
	return slices.DeleteFunc(slices.Clone(w.nodes[:]), func(n *node) bool { return n == than })
}

var hashShape = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

// consent is what a member sends to sign the change that waits: its hash, and terms with all others.
func (w *trio) consent(n *node) url.Values {
	w.t.Helper()
	page, _ := w.fill(n.client, w.several, nil, "")
	found := hashShape.FindStringSubmatch(page)
	if found == nil {
		w.t.Fatalf("nothing waits for %s: %s", n.name, page)
	}
	form := url.Values{"hash": {found[1]}}
	for _, o := range w.others(n) {
		form.Add("pairs", o.id.String())
	}
	return form
}

// fill asks for a page, or posts a form with a text as a file where there is one, and gives the page that follows and where it is.
func (w *trio) fill(c *client, path string, form url.Values, text string) (page, at string) {
	w.t.Helper()
	w.must(c.signIn(w.ctx))
	method, media, body := http.MethodGet, "application/x-www-form-urlencoded", bytes.NewBufferString(form.Encode())
	if form != nil {
		method = http.MethodPost
	}
	if text != "" {
		body.Reset()
		m := multipart.NewWriter(body)
		media = m.FormDataContentType()
		for k, xs := range form {
			for _, x := range xs {
				w.must(m.WriteField(k, x))
			}
		}
		f, err := m.CreateFormFile("text", "protocol.txt")
		w.must(err)
		_, err = f.Write([]byte(text))
		w.must(errors.Join(err, m.Close()))
	}
	q, err := http.NewRequestWithContext(w.ctx, method, c.office.URL+path, body)
	w.must(err)
	q.Header.Set("Content-Type", media)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := c.http.Do(q)
	w.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	w.must(err)
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("%s at %s: %d %s", c.login, path, resp.StatusCode, b)
	}
	return html.UnescapeString(string(b)), resp.Request.URL.Path
}
