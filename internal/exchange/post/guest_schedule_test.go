// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"bytes"
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/guest"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// lawyer is a partner without an office, who writes with the world's first office through a link, in a browser that is played from
// what the page's script does. What is between is a line as between offices, but that TLS protects it: nothing can be changed on
// its way, and an answer is to what was asked.
type lawyer struct {
	*office              // its name, and its lines
	to      string       // the recipient that she was shown last, "" before she has opened the link
	read    []string     // what she read
	words   []*words     // hers, in the order in which she wrote them
	written []kept       // the office's
	right   int          // times that she was let in
	wrong   int          // times that somebody with the link alone was told that the code is wrong
	door    store.Ref    // the dossier
	at      http.Handler // the office's pages
	store   *store.Store
}

// words are one answer of hers: sent again with its id until she is told that it is there.
type words struct {
	id     journal.ID
	text   string
	arrive int // step at which she was told that it arrived, 0 while she was not
}

// kept is a letter of the office's: its page said that it is kept.
type kept struct {
	text string
	step int
}

// hosting is an office's database with an open door, made once: codes are slow by design.
type hosting struct {
	file               []byte
	token, code, proof string
}

var host = journal.ID{0: 1, 6: 0x70, 8: 0x80, 15: 1} // the world's first office

// worker is who opened the door.
var worker = access.Actor{ID: journal.ID{0: 1, 6: 0x70, 8: 0x80, 15: 0xaa}, Owner: host, Office: access.Assistance, Roles: []access.Role{access.CaseManager}}

var (
	guestLink = regexp.MustCompile(`https://info\.test/enter/([a-z2-7]{32})`)
	guestCode = regexp.MustCompile(`\b(\d{4}(?: \d{4}){4})\b`)
)

var bundle = sync.OnceValues(func() (*lang.Bundle, error) { return lang.Load() })

// hosted makes the database of an office that has opened a door.
var hosted = sync.OnceValues(func() (h hosting, err error) {
	m, err := made()
	if err != nil {
		return h, err
	}
	dir, err := os.MkdirTemp("", "hosted")
	if err != nil {
		return h, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "office.db")
	if err := os.WriteFile(file, m.empty, 0o600); err != nil {
		return h, err
	}
	d, err := db.Open(context.Background(), db.Config{DSN: file})
	if err != nil {
		return h, err
	}
	s := m.secrets[0]
	_, site, err := siteOf(d, clock.NewManual(first), func() (string, []age.Identity) { return s.SealKey(), s.Identities() })
	if err != nil {
		return h, errors.Join(err, d.Close())
	}
	q := httptest.NewRequest("POST", guest.Path+"/new", strings.NewReader(url.Values{"for": {"A lawyer"}, "basis": {"mandate"}, "reason": {"A hearing"}, "text": {opening}, "days": {"60"}, "openings": {"50"}}.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := ask(site, q)
	if err := d.Close(); err != nil {
		return h, err
	}
	token, code := guestLink.FindStringSubmatch(rec.Body.String()), guestCode.FindStringSubmatch(rec.Body.String())
	if token == nil || code == nil {
		return h, errors.New("no link: " + rec.Body.String())
	}
	h.token, h.code = token[1], strings.ReplaceAll(code[1], " ", "")
	proof, err := pbkdf2.Key(sha256.New, h.code, []byte("entraide guest proof v1\n"+h.token), 200_000, 32)
	h.proof = hex.EncodeToString(proof)
	if err == nil {
		h.file, err = os.ReadFile(file)
	}
	return h, err
})

// opening is the letter with which the door was opened.
const opening = "plain The hearing is on 4 May"

// siteOf gives an office's store and pages over a database.
func siteOf(d *db.DB, c clock.Clock, self func() (string, []age.Identity)) (*store.Store, http.Handler, error) {
	m, err := made()
	if err != nil {
		return nil, nil, err
	}
	owner := store.Owner{ID: host, Office: access.Assistance, Keys: m.keys}
	policies, err := access.Base()
	if err != nil {
		return nil, nil, err
	}
	registry, err := store.NewRegistry(guest.Kind())
	if err != nil {
		return nil, nil, err
	}
	s, err := store.New(store.Config{DB: d, Clock: c, Policies: policies, Registry: registry, Owner: func(journal.ID) (store.Owner, error) { return owner, nil }})
	if err != nil {
		return nil, nil, err
	}
	b, err := bundle()
	if err != nil {
		return nil, nil, err
	}
	h, err := page.New(page.Config{Bundle: b, Clock: c, Office: page.Office{Name: "Office", Kind: access.Assistance, ID: host}, Begin: store.WithReads, BeforeWrite: s.CommitReads, Rate: 1e6, Burst: 1e6,
		SignIn: func(*http.Request) (access.Actor, bool, error) { return worker, true, nil },
		Rooms: []page.Room{guest.Room(guest.Config{Store: s, Random: rand.Reader, At: "https://info.test", Languages: b.Persons(),
			Job:   func() (store.Who, error) { return store.Job(owner, "post", access.ForDelivery), nil },
			Self:  func(context.Context) (string, []age.Identity, error) { to, with := self(); return to, with, nil },
			Names: func(context.Context, ...journal.ID) map[journal.ID]string { return nil }})}})
	return s, h, err
}

// ask gives a request of the same site to pages.
func ask(h http.Handler, q *http.Request) *httptest.ResponseRecorder {
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, q)
	return rec
}

// welcome lets the first office have opened a door, for a guest.
func (w *world) welcome() {
	h, err := hosted()
	w.must(err)
	o := w.offices[0]
	w.must(o.DB.Close())
	w.must(os.WriteFile(o.file, h.file, 0o600))
	o.DB, err = db.Open(w.t.Context(), db.Config{DSN: o.file, Readers: 2})
	w.must(err)
	w.guest = &lawyer{office: &office{w: w, name: "guest", lines: map[*office]*mathrand.Rand{}}, door: guest.RefOf(h.token), written: []kept{{opening, 0}}}
	w.site(o)
	mux := http.NewServeMux()
	mux.Handle("/post/", o.door)
	mux.HandleFunc("/enter/", func(rw http.ResponseWriter, r *http.Request) { w.guest.at.ServeHTTP(rw, r) })
	o.door = mux
}

// site opens the pages of the office that has a door, on the database that it has now.
func (w *world) site(o *office) {
	if w.guest == nil || o != w.offices[0] {
		return
	}
	var err error
	w.guest.store, w.guest.at, err = siteOf(o.DB, o.clock, func() (string, []age.Identity) { return o.card.Seal, o.secrets.Identities() })
	w.must(err)
}

// browse is the guest's browser.
func (w *world) browse(path, media string, body []byte) (code int, answer []byte, err error) {
	h, err := hosted()
	w.must(err)
	q, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.offices[0].card.URL+"/enter/"+h.token+path, bytes.NewReader(body))
	w.must(err)
	q.Header.Set("Content-Type", media)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Accept", "application/json")
	resp, err := line{w, w.guest.office}.RoundTrip(q)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// told is what the page's script is answered.
type told struct {
	State string
	Key   []byte
	Texts []struct{ Sealed []byte }
	To    string
}

// enter lets the guest open the link, or somebody who has the link alone try a code.
func (w *world) enter(proof string) (told, error) {
	code, b, err := w.browse("/open", "application/x-www-form-urlencoded", []byte(url.Values{"proof": {proof}}.Encode()))
	var t told
	if err == nil && (code == http.StatusOK || code == http.StatusForbidden || code == http.StatusNotFound) {
		err = json.Unmarshal(b, &t)
	}
	w.say("the guest's link is opened: %d %s, %v", code, t.State, err)
	return t, err
}

// visit lets the guest open the link and read.
func (w *world) visit() {
	g := w.guest
	if g == nil {
		return
	}
	h, err := hosted()
	w.must(err)
	t, err := w.enter(h.proof)
	if err != nil || t.State != "right" {
		return
	}
	g.right++
	g.to = t.To
	key, err := h.opens(t.Key)
	w.must(err)
	g.read = nil
	for _, x := range t.Texts {
		w.tap(x.Sealed, g.office)
		r, err := age.Decrypt(bytes.NewReader(x.Sealed), key)
		w.must(err)
		b, err := io.ReadAll(r)
		w.must(err)
		g.read = append(g.read, string(b))
	}
}

var doorKey sync.Map // by the sealed key: opening it is slow by design

// opens opens the door's key with the code.
func (h hosting) opens(sealed []byte) (age.Identity, error) {
	if k, ok := doorKey.Load(string(sealed)); ok {
		return k.(age.Identity), nil
	}
	pass, err := age.NewScryptIdentity(h.code)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), pass)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	k, err := age.ParseHybridIdentity(string(b))
	if err == nil {
		doorKey.Store(string(sealed), k)
	}
	return k, err
}

// guess lets somebody who found the link try a code, a few times in a schedule.
func (w *world) guess() {
	if w.guest == nil || w.guest.wrong > 2 {
		return
	}
	t, err := w.enter(strings.Repeat("0", 64))
	if err != nil || t.State == "" {
		return
	}
	if t.State != "wrong" && t.State != "gone" || t.Key != nil || t.Texts != nil {
		w.wrong("whoever has the link alone is told %+v", t)
	}
	if t.State == "wrong" {
		w.guest.wrong++
	}
}

// answer lets the guest write, and send what she was not told to have arrived.
func (w *world) answer() {
	g := w.guest
	if g == nil || g.to == "" {
		return
	}
	if len(g.words) < 20 && w.dice.IntN(3) > 0 {
		g.words = append(g.words, &words{id: w.id(), text: "plain " + hex.EncodeToString(w.random(16))})
	}
	for _, x := range g.words {
		if x.arrive == 0 {
			w.submit(x)
		}
	}
}

// submit sends one answer, sealed to what the page was shown, as the browser does.
func (w *world) submit(x *words) {
	g := w.guest
	h, err := hosted()
	w.must(err)
	plain, err := json.Marshal(map[string]any{"text": x.text, "files": []any{}})
	w.must(err)
	to, err := age.ParseHybridRecipient(g.to)
	w.must(err)
	var sealed, body bytes.Buffer
	a, err := age.Encrypt(&sealed, to)
	w.must(err)
	_, err = a.Write(plain)
	w.must(errors.Join(err, a.Close()))
	w.tap(sealed.Bytes(), w.offices[0])
	f := multipart.NewWriter(&body)
	w.must(errors.Join(f.WriteField("proof", h.proof), f.WriteField("id", x.id.String())))
	p, err := f.CreateFormFile("sealed", "blob")
	w.must(err)
	_, err = p.Write(sealed.Bytes())
	w.must(errors.Join(err, f.Close()))
	code, b, err := w.browse("/answer", f.FormDataContentType(), body.Bytes())
	var t told
	if err == nil && json.Unmarshal(b, &t) != nil {
		t.State = "" // something between answered
	}
	w.say("the guest sends %s: %d %s, %v", x.id, code, t.State, err)
	switch {
	case err == nil && code == http.StatusOK && t.State == "sent":
		x.arrive = w.step
	case t.State == "wrong", t.State == "files", t.State == "gone" && w.step < 1000 && len(w.offices[0].restored) == 0:
		w.wrong("the guest's answer %s is %s", x.id, t.State)
	}
}

// reply lets the office write to the guest.
func (w *world) reply() {
	g, o := w.guest, w.offices[0]
	if g == nil || o.dead() || len(g.written) > 20 {
		return
	}
	text := "plain " + hex.EncodeToString(w.random(16))
	q := httptest.NewRequestWithContext(w.t.Context(), "POST", guest.Path+"/"+g.door.ID.String()+"/write", strings.NewReader(url.Values{"entry": {w.id().String()}, "text": {text}}.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := ask(g.at, q)
	w.say("%s writes to the guest: %d", o.name, rec.Code)
	if rec.Code == http.StatusSeeOther {
		g.written = append(g.written, kept{text, w.step})
	}
}

// reads lets the guest, when all is well again, send what is left and read.
func (w *world) reads() {
	if w.guest == nil {
		return
	}
	for range 3 {
		w.visit()
		for _, x := range w.guest.words {
			if x.arrive == 0 {
				w.submit(x)
			}
		}
	}
}

// guestSettled checks that what the guest was told to have arrived is there once, as she wrote it, and nothing else; that she reads what
// the office wrote, in its order; that each opening and each wrong code stands in the office's books.
func (w *world) guestSettled(sum *tally) {
	g, o := w.guest, w.offices[0]
	if g == nil {
		return
	}
	x, err := g.store.Open(w.t.Context(), store.Who{Actor: worker, Purpose: access.ForExchange}, g.door)
	w.must(err)
	w.must(o.number()) // that it was read stands in the log too
	d := x.State.(guest.Door)
	came, ours := map[string]int{}, []string{}
	for _, t := range d.Texts {
		if t.By.IsZero() {
			came[t.Text]++
		} else {
			ours = append(ours, t.Text)
		}
	}
	for _, x := range g.words {
		n := came[x.text]
		delete(came, x.text)
		switch {
		case n > 1:
			w.wrong("the guest's %s came %d times", x.id, n)
		case x.arrive == 0:
			w.wrong("the guest's %s never arrived", x.id)
		case n == 0 && !o.back(x.arrive):
			w.wrong("the guest was told that %s arrived, and it is lost", x.id)
		case n == 1:
			sum.answers++
		}
	}
	if len(came) > 0 {
		w.wrong("%d answers came that the guest never wrote", len(came))
	}
	for _, x := range g.written {
		if !slices.Contains(ours, x.text) && !o.back(x.step) {
			w.wrong("a letter to the guest is lost: %s", x.text)
		}
	}
	if !slices.Equal(g.read, ours) {
		w.wrong("the guest reads %q, the office wrote %q", g.read, ours)
	}
	if len(o.restored) == 0 && (d.Used() < g.right || d.Wrong() < g.wrong) {
		w.wrong("the guest was let in %d times and %d codes were wrong; the books say %d and %d", g.right, g.wrong, d.Used(), d.Wrong())
	}
	sum.guesses += g.wrong
}
