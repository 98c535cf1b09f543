// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/attachment"
)

// scan is what these tests attach: a PDF that says in clear what it is.
func scan(text string) []byte { return []byte("%PDF-1.7\n% " + text + "\n%%EOF\n") }

// send sends the form by which a file is attached, as a browser does. claims is what the sender says that it is.
func (w *world) send(v *visitor, person journal.ID, claims string, b []byte, fields ...string) reply {
	w.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		w.must(m.WriteField(fields[i], fields[i+1]))
	}
	p, err := m.CreatePart(map[string][]string{"Content-Disposition": {`form-data; name="file"; filename="Named passport.pdf"`}, "Content-Type": {claims}})
	w.must(err)
	_, err = p.Write(b)
	w.must(err)
	w.must(m.Close())
	return w.ask(v, "POST", "/cases/"+person.String()+"/files", &body, func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
}

// attach attaches one through the room, for tests of what comes after.
func (w *world) attach(by *visitor, person journal.ID, c journal.Category, text string) journal.ID {
	w.Helper()
	id, err := attachment.Add(w.Context(), w.n.Store, by.who(access.ForAssistance), person, attachment.New{Category: c, Sort: "other", Title: "Titled " + text, Bytes: scan(text)})
	w.must(err)
	return id
}

func (d *doors) attachments(person journal.ID) (out []attachment.File) {
	d.Helper()
	_, o, err := d.n.Work.Open(store.WithReads(d.Context()), d.people["near-case_manager"].who(access.ForAssistance), person)
	d.must(err)
	s, err := attachment.Fold(o.Entries)
	d.must(err)
	return s.Files
}

func TestAFileIsAttachedListedAndSaved(t *testing.T) {
	d := newDoors(t)
	v, at := d.people["near-case_manager"], "/cases/"+d.own.id.String()
	if f := d.get(v, at+"/files/new"); f.code != 200 || !strings.Contains(f.body, `enctype="multipart/form-data"`) {
		t.Fatalf("the form: %d %s", f.code, f.body)
	}
	sent := scan("planted words")
	a := d.send(v, d.own.id, "application/pdf", sent, "entry", d.n.newID().String(), "category", "D3", "sort", "statement", "title", "Statement of Monday")
	if a.code != http.StatusSeeOther || a.header.Get("Location") != at+"#files" {
		t.Fatalf("sent: %d %s", a.code, a.body)
	}
	if a := d.get(v, at); !strings.Contains(a.body, "Statement of Monday") || strings.Contains(a.body, "Named passport") {
		t.Error("the page of the file does not list it, or lists it under the sender's name")
	}
	files := d.attachments(d.own.id)
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	for _, path := range []string{at + "/files/" + files[0].ID.String(), "/api/v1/people/" + d.own.id.String() + "/files/" + files[0].ID.String() + "?purpose=assistance"} {
		a = d.get(v, path)
		if a.code != 200 || a.body != string(sent) {
			t.Fatalf("%s: %d, %d bytes", path, a.code, len(a.body))
		}
		name := "file-" + files[0].ID.String()[30:] + ".pdf"
		for header, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"Content-Security-Policy": "sandbox; default-src 'none'"} {
			if got := a.header.Get(header); got != want {
				t.Errorf("%s: %s is %q", path, header, got)
			}
		}
		if got := strings.ReplaceAll(a.header.Get("Content-Disposition"), `"`, ""); got != "attachment; filename="+name {
			t.Errorf("%s: it is saved as %q", path, got)
		}
	}
}

// TestWhoOpensAFile asks for a file of every category as everybody, at the right person's file and at every other one.
func TestWhoOpensAFile(t *testing.T) {
	d := newDoors(t)
	files := map[journal.Category]journal.ID{}
	for _, c := range attachment.Categories() {
		files[c] = d.attach(d.people["near-case_manager"], d.own.id, c, "planted-"+string(c))
	}
	opened := 0
	for _, v := range d.everybody() {
		for c, file := range files {
			may := v.near() && slices.Contains(strings.Fields(reads[v.roles[0]]), string(c))
			for _, person := range []journal.ID{d.own.id, d.others.id, d.abroad.id, d.n.newID()} {
				for _, a := range []reply{d.get(v, "/cases/"+person.String()+"/files/"+file.String()), d.get(v, "/api/v1/people/"+person.String()+"/files/"+file.String()+"?purpose=assistance")} {
					want := may && person == d.own.id
					if got := a.code == http.StatusOK; got != want || strings.Contains(a.body, "planted-"+string(c)) != want {
						t.Errorf("%s opens a file of %s at %s (own: %v): %d", v, c, person, person == d.own.id, a.code)
					} else if got {
						opened++
					}
					if person != d.own.id && a.code != http.StatusNotFound {
						t.Errorf("%s asks for it at another file: %d", v, a.code)
					}
				}
			}
		}
	}
	if opened == 0 {
		t.Error("nobody opens anything: this compares nothing")
	}
	for _, path := range []string{"/cases/" + d.own.id.String() + "/files/" + files[journal.D3].String(), "/api/v1/people/" + d.own.id.String() + "/files/" + files[journal.D3].String() + "?purpose=assistance"} {
		if a := d.get(nil, path); a.code == http.StatusOK || strings.Contains(a.body, "planted-") {
			t.Errorf("a stranger opens %s: %d", path, a.code)
		}
	}
}

// TestWhoAttaches tries every category as everybody, at one's own, a colleague's and another office's file.
func TestWhoAttaches(t *testing.T) {
	d := newDoors(t)
	writes := map[access.Role]string{access.CaseManager: "D2 D3 D4 D6 D7", access.Health: "D4", access.Lawyer: "D6 D7"}
	for _, v := range d.everybody() {
		for _, c := range append(attachment.Categories(), journal.D0, journal.D5, journal.D8, "") {
			for _, person := range []journal.ID{d.own.id, d.others.id, d.abroad.id} {
				want := slices.Contains(strings.Fields(writes[v.roles[0]]), string(c)) && (v.near() && person == d.own.id || v.login == "far-case_manager" && person == d.others.id)
				before := d.entries()
				a := d.send(v, person, "application/pdf", scan("x"), "category", string(c), "sort", "other", "title", "x")
				b := d.api(v, "POST", "/people/"+person.String()+"/files?purpose=assistance", map[string]any{"category": c, "sort": "other", "title": "x", "bytes": scan("y")})
				if got := a.code == http.StatusSeeOther; got != want || (b.code == http.StatusOK) != want {
					t.Errorf("%s attaches %q: by form %d, by API %d %s", v, c, a.code, b.code, b.body)
				}
				if n := d.entries() - before; want && n != 2 || !want && n != 0 {
					t.Errorf("%s attaches %q: %d entries", v, c, n)
				}
			}
		}
	}
	if a := d.send(nil, d.own.id, "application/pdf", scan("x"), "category", "D3", "sort", "other", "title", "x"); a.code == http.StatusSeeOther && a.header.Get("Location")[:7] != "/signin" {
		t.Errorf("a stranger attaches: %d %s", a.code, a.header.Get("Location"))
	}
}

// TestNobodysWordForWhatAFileIs: neither the sender's name nor type counts, and what is refused leaves nothing.
func TestNobodysWordForWhatAFileIs(t *testing.T) {
	d := newDoors(t)
	v := d.people["near-case_manager"]
	before := d.entries()
	for what, b := range map[string]string{"a page": "<!DOCTYPE html><script>alert(1)</script>", "a program": "MZ\x90\x00\x03", "an archive": "PK\x03\x04", "nothing": ""} {
		if a := d.send(v, d.own.id, "application/pdf", []byte(b), "category", "D3", "sort", "other", "title", "Kept title"); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Kept title") {
			t.Errorf("%s called a PDF: %d", what, a.code)
		}
		if a := d.api(v, "POST", "/people/"+d.own.id.String()+"/files?purpose=assistance", map[string]any{"category": "D3", "sort": "other", "title": "x", "bytes": []byte(b)}); a.code != http.StatusUnprocessableEntity {
			t.Errorf("%s by API: %d %s", what, a.code, a.body)
		}
	}
	if d.entries() != before {
		t.Error("something was stored")
	}
	if a := d.send(v, d.own.id, "text/html", scan("x"), "category", "D3", "sort", "other", "title", "x"); a.code != http.StatusSeeOther {
		t.Errorf("a PDF called a page: %d", a.code)
	}
}

// TestAPictureKeepsItsPlaceOnlyWhenAsked: by form and by API.
func TestAPictureKeepsItsPlaceOnlyWhenAsked(t *testing.T) {
	d := newDoors(t)
	v := d.people["near-case_manager"]
	var plain bytes.Buffer
	d.must(png.Encode(&plain, image.NewGray(image.Rect(0, 0, 4, 4))))
	note := []byte("\x00\x00\x00\x0dtEXtplanted place\x00\x00\x00\x00")
	told := slices.Concat(plain.Bytes()[:33], note, plain.Bytes()[33:])
	for want, send := range map[bool]func() reply{
		true: func() reply {
			return d.send(v, d.own.id, "image/png", told, "category", "D6", "sort", "photo", "title", "x", "whole", "true")
		},
		false: func() reply {
			return d.api(v, "POST", "/people/"+d.own.id.String()+"/files?purpose=assistance", map[string]any{"category": "D6", "sort": "photo", "title": "x", "bytes": told})
		},
	} {
		if a := send(); a.code >= 400 {
			t.Fatalf("%d %s", a.code, a.body)
		}
		files := d.attachments(d.own.id)
		f := files[len(files)-1]
		a := d.get(v, "/cases/"+d.own.id.String()+"/files/"+f.ID.String())
		if has := strings.Contains(a.body, "planted place"); has != want || f.About.Whole != want || f.About.Size != len(a.body) {
			t.Errorf("asked to keep: %v; kept: %v, %+v", want, has, f.About)
		}
	}
}

// TestLargeFiles: what just fits is taken without touching a temporary folder, where it would lie in clear; what does
// not is refused with words; and whoever is not signed in may not even send it.
func TestLargeFiles(t *testing.T) {
	d := newDoors(t)
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
	v := d.people["near-case_manager"]
	large := func(n int) []byte {
		return append(append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), n-9-6)...), "\n%%EOF"...)
	}
	if a := d.send(v, d.own.id, "application/pdf", large(attachment.MaxSize), "category", "D3", "sort", "other", "title", "x"); a.code != http.StatusSeeOther {
		t.Errorf("what just fits: %d %s", a.code, a.body)
	}
	for _, n := range []int{attachment.MaxSize + 1, attachment.MaxBody + 1} {
		if a := d.send(v, d.own.id, "application/pdf", large(n), "category", "D3", "sort", "other", "title", "x"); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "larger than 10") {
			t.Errorf("%d bytes: %d", n, a.code)
		}
	}
	path := "/people/" + d.own.id.String() + "/files?purpose=assistance"
	if a := d.api(v, "POST", path, map[string]any{"category": "D3", "sort": "other", "title": "x", "bytes": large(attachment.MaxSize)}); a.code != http.StatusOK {
		t.Errorf("what just fits, by API: %d %s", a.code, a.body)
	}
	if a := d.api(v, "POST", path, map[string]any{"category": "D3", "sort": "other", "title": "x", "bytes": large(attachment.MaxSize + 1)}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a byte too many, by API: %d", a.code)
	}
	read := &counting{Reader: bytes.NewReader(make([]byte, 8<<20))}
	a := d.ask(nil, "POST", "/api/v1"+path, read, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
	if a.code < 400 || read.n > apiBody+64<<10 {
		t.Errorf("a stranger sends %d bytes: %d", read.n, a.code)
	}
	if files := d.attachments(d.own.id); len(files) != 2 {
		t.Errorf("%d files", len(files))
	}
}

// counting counts what was read of a body.
type counting struct {
	io.Reader
	n int
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += n
	return n, err
}

// TestOpeningAFileIsNoted: the log says who opened something of which category, and the person's page says so.
func TestOpeningAFileIsNoted(t *testing.T) {
	d := newDoors(t)
	v := d.people["near-lawyer"]
	file := d.attach(d.people["near-case_manager"], d.own.id, journal.D7, "x")
	seen := func() (n int) {
		rs, err := d.n.Store.ReadsOf(store.WithReads(t.Context()), v.who(access.ForAssistance), store.Ref{Kind: access.KindPerson, ID: d.own.id}, 100)
		d.must(err)
		for _, r := range rs {
			if r.Actor == v.id && len(r.Of) == 1 && slices.Equal(r.Of[0].Categories, []journal.Category{journal.D7}) {
				n++
			}
		}
		return n
	}
	before := seen()
	for range 2 {
		if a := d.get(v, "/cases/"+d.own.id.String()+"/files/"+file.String()); a.code != http.StatusOK {
			t.Fatal(a.code)
		}
	}
	if n := seen() - before; n != 2 {
		t.Errorf("two openings are noted %d times", n)
	}
	if a := d.get(d.people["near-panel_member"], "/cases/"+d.own.id.String()); a.code != http.StatusOK || strings.Contains(a.body, "Attach a file") {
		t.Errorf("who may attach nothing is offered to: %d", a.code)
	}
}

// TestPagesOfFilesInBothLanguages: every word is there, for whoever reads all, some or nothing of the files.
func TestPagesOfFilesInBothLanguages(t *testing.T) {
	d := newDoors(t)
	for _, c := range attachment.Categories() {
		d.attach(d.people["near-case_manager"], d.own.id, c, string(c))
	}
	at := "/cases/" + d.own.id.String()
	for language, words := range map[string][]string{"en": {"Files attached", "Titled D3", "One more file belongs to a part"}, "fr": {"Pièces jointes", "Titled D3", "Une autre pièce relève"}} {
		change := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "lang", Value: language}) }
		a := d.ask(d.people["near-case_manager"], "GET", at, nil, change)
		for _, w := range words {
			if !strings.Contains(a.body, w) {
				t.Errorf("%s: the page lacks %q", language, w)
			}
		}
		if a := d.ask(d.people["near-shelter"], "GET", at, nil, change); strings.Contains(a.body, "Titled") {
			t.Error("a shelter reads titles")
		}
		if a := d.ask(d.people["near-lawyer"], "GET", at+"/files/new", nil, change); a.code != 200 || strings.Contains(a.body, `value="D3"`) || !strings.Contains(a.body, `value="D6"`) {
			t.Errorf("%s: a lawyer is offered: %d", language, a.code)
		}
	}
	// What the person reads beside her worker names them too, each once, and only what the worker reads.
	a := d.get(d.people["near-case_manager"], at+"/view?in=ours")
	if a.code != 200 || strings.Count(a.body, "Titled D3") != 1 || strings.Contains(a.body, "Titled D4") || !strings.Contains(a.body, "Files attached") {
		t.Errorf("beside her worker: %d", a.code)
	}
	if k := d.n.Bundle.Missing(); len(k) > 0 {
		t.Errorf("no text for %v", k)
	}
}
