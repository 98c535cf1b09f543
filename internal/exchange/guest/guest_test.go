// SPDX-License-Identifier: EUPL-1.2

package guest_test

import (
	"bytes"
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/guest"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// site is an office with its web door. A guest's browser is played by the functions below, from what the package says.
type site struct {
	*testing.T
	clock *clock.Manual
	store *store.Store
	who   access.Actor
	h     http.Handler
	file  string

	office []age.Identity // what opens answers, the newest first
}

// renew gives the office a new sealing key; what was sealed to the ones before it still opens.
func (s *site) renew() {
	s.Helper()
	k, err := age.GenerateHybridIdentity()
	s.must(err)
	s.office = append([]age.Identity{k}, s.office...)
}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, clock: clock.NewManual(start), file: filepath.Join(t.TempDir(), "office.db")}
	d, err := db.Open(t.Context(), db.Config{DSN: s.file})
	s.must(err)
	t.Cleanup(func() { _ = d.Close() })
	keys, err := vault.Create()
	s.must(err)
	owner := store.Owner{ID: journal.MustID("01900000-0000-7000-8000-000000000001"), Office: access.Police, Keys: keys}
	policies, err := access.Base()
	s.must(err)
	registry, err := store.NewRegistry(guest.Kind())
	s.must(err)
	s.store, err = store.New(store.Config{DB: d, Clock: s.clock, Policies: policies, Registry: registry, Owner: func(journal.ID) (store.Owner, error) { return owner, nil }})
	s.must(err)
	s.who = s.person(1, access.PoliceOfficer)
	s.renew()
	b, err := lang.Load()
	s.must(err)
	s.h, err = page.New(page.Config{Bundle: b, Clock: s.clock, Office: page.Office{Name: "Office", Kind: access.Police, ID: owner.ID}, Begin: store.WithReads, BeforeWrite: s.store.CommitReads, Rate: 1e6, Burst: 1e6,
		SignIn: func(*http.Request) (access.Actor, bool, error) { return s.who, true, nil },
		Rooms: []page.Room{guest.Room(guest.Config{Store: s.store, Random: rand.Reader, At: "https://info.test", Languages: b.Persons(),
			Job: func() (store.Who, error) { return store.Job(owner, "post", access.ForDelivery), nil },
			Self: func(context.Context) (string, []age.Identity, error) {
				return s.office[0].(*age.HybridIdentity).Recipient().String(), s.office, nil
			},
			Names: func(context.Context, ...journal.ID) map[journal.ID]string {
				return map[journal.ID]string{s.who.ID: "Officer"}
			}})}})
	s.must(err)
	return s
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) person(n byte, r access.Role) access.Actor {
	id := journal.MustID("01900000-0000-7000-8000-0000000000aa")
	id[15] = n
	return access.Actor{ID: id, Owner: journal.MustID("01900000-0000-7000-8000-000000000001"), Office: access.Police, Roles: []access.Role{r}}
}

// ask sends a request of the same site, a second later, and wants a status and texts.
func (s *site) ask(method, path, mediaType string, body io.Reader, code int, texts ...string) string {
	s.Helper()
	s.clock.Advance(time.Second)
	q := httptest.NewRequest(method, path, body)
	q.Header.Set("Content-Type", mediaType)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Accept-Language", "en")
	if strings.HasPrefix(path, "/enter/") && method == "POST" {
		q.Header.Set("Accept", "application/json") // as the script does
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, q)
	got := html.UnescapeString(w.Body.String())
	if w.Code != code {
		s.Fatalf("%s %s: %d, want %d\n%s", method, path, w.Code, code, got)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		s.Errorf("%s may be kept", path)
	}
	for _, t := range texts {
		if !strings.Contains(got, t) {
			s.Fatalf("%s %s lacks %q\n%s", method, path, t, got)
		}
	}
	return got
}

func (s *site) get(path string, code int, texts ...string) string {
	s.Helper()
	return s.ask("GET", path, "", nil, code, texts...)
}

func (s *site) post(path string, v url.Values, code int, texts ...string) string {
	s.Helper()
	return s.ask("POST", path, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()), code, texts...)
}

func wanted(more ...string) url.Values {
	v := url.Values{"for": {"Maria Planted, lawyer"}, "basis": {"mandate"}, "reason": {"The hearing"}, "text": {"The hearing planted on 4 May"}, "days": {"14"}, "openings": {"3"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// link is what a guest was given.
type link struct{ token, code, door string }

var (
	linked = regexp.MustCompile(`https://info\.test/enter/([a-z2-7]{32})`)
	coded  = regexp.MustCompile(`\b(\d{4}(?: \d{4}){4})\b`)
	doored = regexp.MustCompile(`href="(/guests/[0-9a-f-]{36})"`)
)

func (s *site) make(more ...string) link {
	s.Helper()
	b := s.post("/guests/new", wanted(more...), 200, "Both are shown this once")
	t, c, d := linked.FindStringSubmatch(b), coded.FindStringSubmatch(b), doored.FindStringSubmatch(b)
	if t == nil || c == nil || d == nil {
		s.Fatal(b)
	}
	return link{t[1], strings.ReplaceAll(c[1], " ", ""), d[1]}
}

// proof is what a browser derives from a code.
func (l link) proof(code string) string {
	if p := proofs[l.token+code]; p != "" {
		return p
	}
	b, err := pbkdf2.Key(sha256.New, code, []byte("entraide guest proof v1\n"+l.token), 200_000, 32)
	if err != nil {
		panic(err)
	}
	proofs[l.token+code] = hex.EncodeToString(b)
	return proofs[l.token+code]
}

// proofs are those already derived: that takes long by design. No test here runs beside another.
var proofs = map[string]string{}

type reply struct {
	State string
	Key   []byte
	Texts []struct{ Sealed []byte }
	To    string
}

func (s *site) try(l link, code string, status int) reply {
	s.Helper()
	var r reply
	s.must(json.Unmarshal([]byte(s.post("/enter/"+l.token+"/open", url.Values{"proof": {l.proof(code)}}, status)), &r))
	return r
}

func unseal(t *testing.T, sealed []byte, with age.Identity) string {
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

// read opens what came with a code, as the browser does.
func (s *site) read(r reply, code string) (out []string) {
	s.Helper()
	pass, err := age.NewScryptIdentity(code)
	s.must(err)
	id, err := age.ParseHybridIdentity(unseal(s.T, r.Key, pass))
	s.must(err)
	for _, t := range r.Texts {
		out = append(out, unseal(s.T, t.Sealed, id))
	}
	return out
}

type sent struct {
	Text  string     `json:"text"`
	Files []sentFile `json:"files"`
}

type sentFile struct {
	Name  string `json:"name"`
	Bytes []byte `json:"bytes"`
}

// answer seals and sends an answer.
func (s *site) answer(l link, to, code, id string, v any, status int) string {
	s.Helper()
	plain, err := json.Marshal(v)
	s.must(err)
	r, err := age.ParseHybridRecipient(to)
	s.must(err)
	var b, body bytes.Buffer
	w, err := age.Encrypt(&b, r)
	s.must(err)
	_, err = w.Write(plain)
	s.must(err)
	s.must(w.Close())
	f := multipart.NewWriter(&body)
	s.must(f.WriteField("proof", l.proof(code)))
	s.must(f.WriteField("id", id))
	p, err := f.CreateFormFile("sealed", "blob")
	s.must(err)
	_, err = p.Write(b.Bytes())
	s.must(err)
	s.must(f.Close())
	var out reply
	s.must(json.Unmarshal([]byte(s.ask("POST", "/enter/"+l.token+"/answer", f.FormDataContentType(), &body, status)), &out))
	return out.State
}

const oneID = "01900000-0000-7000-8000-00000000c0de"

// TestALetterGoesOutAndAnAnswerComesBack: neither the link nor the code alone gives anything, what comes back arrives once, every try is
// seen in the office, and nothing of the letter, the link or the code lies in the file.
func TestALetterGoesOutAndAnAnswerComesBack(t *testing.T) {
	s := newSite(t)
	s.get("/guests", 200, "No letter by link")
	l := s.make()
	if b := s.get("/enter/"+l.token, 200, "The code that you were told", "JavaScript"); strings.Contains(b, "Planted") || strings.Contains(b, "Office") {
		t.Fatalf("the page before the code says too much:\n%s", b)
	}
	s.get("/enter/"+l.token+"?lang=sq", 200, "Kodi që ju është thënë")
	wrong := "1" + l.code[1:]
	if wrong == l.code {
		wrong = "2" + l.code[1:]
	}
	if r := s.try(l, wrong, 403); r.State != "wrong" || r.Key != nil || r.Texts != nil {
		t.Fatalf("%+v", r)
	}
	r := s.try(l, l.code, 200)
	if got := s.read(r, l.code); len(got) != 1 || got[0] != "The hearing planted on 4 May" {
		t.Fatal(got)
	}
	pdf := []byte("%PDF-1.4\nplanted file\n%%EOF\n")
	in := sent{"I shall come, planted answer", []sentFile{{"Planted mandate.pdf", pdf}}}
	if st := s.answer(l, r.To, wrong, oneID, in, 403); st != "wrong" {
		t.Fatal(st)
	}
	for range 2 { // the line was cut, and it is sent again
		if st := s.answer(l, r.To, l.code, oneID, in, 200); st != "sent" {
			t.Fatal(st)
		}
	}
	b := s.get(l.door, 200, "Maria Planted, lawyer", "The hearing planted on 4 May", "I shall come, planted answer", "Planted mandate.pdf", "Opened with the code", "Wrong code", "1 of 3", "2 wrong codes")
	if strings.Count(b, "I shall come, planted answer") != 1 {
		t.Fatal("the answer came twice")
	}
	file := regexp.MustCompile(l.door + `/files/[0-9a-f-]{36}`).FindString(b)
	if got := s.get(file, 200); got != string(pdf) {
		t.Fatal(got)
	}
	s.post(l.door+"/write", url.Values{"entry": {s.store.NewID().String()}, "text": {"Bring the papers"}}, 303)
	if got := s.read(s.try(l, l.code, 200), l.code); len(got) != 2 || got[1] != "Bring the papers" {
		t.Fatal(got)
	}
	s.get("/guests", 200, "Maria Planted, lawyer", "2 times")
	for _, f := range []string{s.file, s.file + "-wal"} {
		b, err := os.ReadFile(f)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, secret := range []string{"lanted", "Bring the", l.token, l.code, l.proof(l.code)} {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%q lies in %s", secret, filepath.Base(f))
			}
		}
	}
}

// TestAnAnswerToAnEarlierKeyIsTaken: the office made new keys while the guest was writing, on a page that was open.
func TestAnAnswerToAnEarlierKeyIsTaken(t *testing.T) {
	s := newSite(t)
	l := s.make()
	before := s.try(l, l.code, 200)
	s.renew()
	if st := s.answer(l, before.To, l.code, oneID, sent{Text: "begun before"}, 200); st != "sent" {
		t.Fatal(st)
	}
	after := s.try(l, l.code, 200)
	if st := s.answer(l, after.To, l.code, s.store.NewID().String(), sent{Text: "begun after"}, 200); st != "sent" || after.To == before.To {
		t.Fatal(st)
	}
	s.get(l.door, 200, "begun before", "begun after")
}

// TestALinkEnds by its openings, its days, wrong codes, and its maker; the guest's page does not say which.
func TestALinkEnds(t *testing.T) {
	s := newSite(t)
	gone := func(l link) {
		t.Helper()
		s.get("/enter/"+l.token, 404, "This link is not in use")
		if r := s.try(l, l.code, 404); r.State != "gone" || r.Key != nil {
			t.Fatalf("%+v", r)
		}
	}
	spent := s.make("openings", "1")
	r := s.try(spent, spent.code, 200)
	gone(spent)
	if st := s.answer(spent, r.To, spent.code, oneID, sent{Text: "still here"}, 200); st != "sent" {
		t.Fatal(st)
	}
	s.get(spent.door, 200, "opened as often as it may be", "still here")

	locked := s.make()
	for range guest.MostWrong {
		s.try(locked, locked.code[1:]+"0", 403)
	}
	gone(locked)
	s.get(locked.door, 200, "shut after wrong codes")
	s.get("/guests", 200, "shut after wrong codes")

	shut := s.make()
	s.post(shut.door+"/close", url.Values{"entry": {s.store.NewID().String()}}, 422, "Choose one from the list")
	s.post(shut.door+"/close", url.Values{"entry": {s.store.NewID().String()}, "reason": {"wrong_hands"}}, 303)
	gone(shut)
	if st := s.answer(shut, r.To, shut.code, oneID, sent{Text: "too late"}, 404); st != "gone" {
		t.Fatal(st)
	}
	s.post(shut.door+"/write", url.Values{"text": {"too late"}}, 409)

	old := s.make("days", "60")
	s.clock.Advance(61 * 24 * time.Hour)
	gone(old)
	s.get(old.door, 200, "run out")
	gone(link{token: strings.Repeat("a", 32), code: old.code})
	s.get("/enter/nonsense", 404, "This link is not in use")
}

// TestWhatIsNoAnswerIsNotTaken, whatever it claims to be.
func TestWhatIsNoAnswerIsNotTaken(t *testing.T) {
	s := newSite(t)
	l := s.make()
	r := s.try(l, l.code, 200)
	many := make([]sentFile, 4)
	for i := range many {
		many[i] = sentFile{"a.txt", []byte("text")}
	}
	for name, in := range map[string]any{
		"a program": sent{"", []sentFile{{"picture.png", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff")}}}, "a page": sent{"", []sentFile{{"a.txt", []byte("<html><script>x</script>")}}},
		"nothing": sent{}, "too long": sent{Text: strings.Repeat("ж", 4*guest.Letters)}, "too many": sent{"x", many}, "an empty file": sent{"x", []sentFile{{"a.txt", nil}}},
		"too large": sent{"x", []sentFile{{"a.txt", bytes.Repeat([]byte("a"), guest.MaxFiles+1)}}}, "another field": map[string]any{"text": "x", "from": "somebody else"},
	} {
		if st := s.answer(l, r.To, l.code, s.store.NewID().String(), in, 422); st != "files" {
			t.Errorf("%s is taken: %s", name, st)
		}
	}
	stranger, err := age.GenerateHybridIdentity()
	s.must(err)
	if st := s.answer(l, stranger.Recipient().String(), l.code, oneID, sent{Text: "x"}, 422); st != "files" {
		t.Error("what is sealed to somebody else is taken")
	}
	s.get(l.door, 200, "1 of 3")
}

// TestOnlyWhoMadeItReadsIt: the liaison sees that a link is there and by whom, another officer nothing.
func TestOnlyWhoMadeItReadsIt(t *testing.T) {
	s := newSite(t)
	l := s.make()
	s.who = s.person(2, access.Liaison)
	for _, path := range []string{"/guests", l.door} {
		if b := s.get(path, 200, "read by whoever made it"); strings.Contains(b, "lanted") {
			t.Fatalf("the liaison reads the letter at %s", path)
		}
	}
	s.post(l.door+"/close", url.Values{"reason": {"done"}}, 403)
	s.who = s.person(3, access.PoliceOfficer)
	s.get(l.door, 404)
	s.get("/guests", 200, "No letter by link")
	s.who = s.person(4, access.Administrator)
	s.get("/guests/new", 403)
	s.post("/guests/new", wanted(), 403)
	s.who = s.person(1, access.PoliceOfficer)
	for field, v := range map[string]string{"for": "", "basis": "gossip", "reason": "", "text": " ", "days": "61", "openings": "51"} {
		s.post("/guests/new", wanted(field, v), 422, "is-wrong")
	}
}
