// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// start is when a world begins; a Monday.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const password = "seven quiet herons cross"

// world is one real node with an office of every kind, and two of those that assist: people of one of them must not
// reach what the others hold, though one process serves them all.
type world struct {
	*testing.T
	n       *Node
	folder  Folder
	key     age.Identity
	clock   *clock.Manual
	door    http.Handler
	offices map[string]Owner
	people  map[string]*visitor // by login
}

// visitor is somebody with an account, signed in.
type visitor struct {
	w      *world
	login  string
	office Owner
	id     journal.ID
	roles  []access.Role
	cookie *http.Cookie
	token  string // instead of a session
}

// cast is the offices of a world by a short name.
var cast = []struct {
	name    string
	kind    access.OfficeKind
	country string
	zone    string
	lang    string
}{
	{"athens", access.Assistance, "GR", "Europe/Athens", "en"}, {"tirana", access.Assistance, "AL", "Europe/Tirane", "en"}, {"paris", access.Programme, "FR", "Europe/Paris", "fr"},
	{"border", access.Police, "AL", "Europe/Tirane", "en"}, {"court", access.Justice, "GR", "Europe/Athens", "en"},
}

// newWorld founds a node with the offices named, or with all.
func newWorld(t *testing.T, names ...string) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewManual(start), offices: map[string]Owner{}, people: map[string]*visitor{}}
	key, err := age.GenerateX25519Identity()
	w.must(err)
	s := Settings{Listen: "127.0.0.1:0", URL: "http://127.0.0.1:7301", Unlock: "keyfile", KeyFile: "none", Demo: true}
	for _, c := range cast {
		if len(names) == 0 || slices.Contains(names, c.name) {
			o := NewOwner("Office in "+c.name, c.kind, c.country, c.zone, c.lang, start)
			s.Owners = append(s.Owners, o)
			w.offices[c.name] = o
		}
	}
	w.folder, w.key = Folder(t.TempDir()), key
	w.must(Create(w.folder, s, key.Recipient()))
	w.begin()
	t.Cleanup(func() { _ = w.n.Close() })
	return w
}

// begin opens the folder, as a start of the program does.
func (w *world) begin() {
	w.Helper()
	var err error
	w.n, err = Open(w.Context(), w.folder, Options{With: []age.Identity{w.key}, Clock: w.clock, Hash: identity.Params{Memory: 64, Time: 1, Threads: 1}})
	w.must(err)
	w.door, err = w.n.Handler()
	w.must(err)
}

// reopen ends the node and begins again with the same folder.
func (w *world) reopen() {
	w.Helper()
	w.must(w.n.Close())
	w.begin()
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// hire makes accounts with one set of roles each and signs them in.
func (w *world) hire(office, login string, roles ...access.Role) *visitor {
	w.Helper()
	o := w.offices[office]
	ids, err := w.n.Identity.Seed(w.Context(), o.ID, []identity.Seeded{{Name: "Worker " + login, Login: login, Password: password, Roles: roles}})
	w.must(err)
	v := &visitor{w: w, login: login, office: o, id: ids[0], roles: roles}
	v.signIn()
	w.people[login] = v
	return v
}

func (v *visitor) signIn() {
	v.w.Helper()
	token, whole, err := v.w.n.Identity.SignIn(v.w.Context(), v.login, password, "192.0.2.1", "Firefox, Linux")
	v.w.must(err)
	if !whole {
		v.w.Fatal("a demo's account signs in by password")
	}
	v.cookie = v.w.n.Identity.Cookie(token)
}

func (v *visitor) who(p access.Purpose) store.Who {
	return store.Who{Actor: access.Actor{ID: v.id, Owner: v.office.ID, Office: v.office.Kind, Roles: v.roles}, Purpose: p}
}

// answer is what came back.
type reply struct {
	code   int
	header http.Header
	body   string
}

// ask sends a request as a browser of the visitor's would, from the office's own pages. A nil visitor is a stranger.
func (w *world) ask(v *visitor, method, target string, body io.Reader, change ...func(*http.Request)) reply {
	w.clock.Advance(70 * time.Millisecond) // nobody is quicker than the limit
	r := httptest.NewRequest(method, target, body)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if v != nil && v.cookie != nil {
		r.AddCookie(v.cookie)
	}
	if v != nil && v.token != "" {
		r.Header.Set("Authorization", "Bearer "+v.token)
	}
	for _, f := range change {
		f(r)
	}
	a := httptest.NewRecorder()
	w.door.ServeHTTP(a, r)
	return reply{a.Code, a.Header(), a.Body.String()}
}

func (w *world) get(v *visitor, path string) reply { return w.ask(v, "GET", path, nil) }

func (w *world) post(v *visitor, path string, form url.Values) reply {
	return w.ask(v, "POST", path, strings.NewReader(form.Encode()), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
}

// api calls the JSON API.
func (w *world) api(v *visitor, method, path string, in any) reply {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		w.must(err)
		body = bytes.NewReader(b)
	}
	return w.ask(v, method, "/api/v1"+path, body, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
}

// json reads an answer's body.
func (r reply) json(t *testing.T, out any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), out); err != nil {
		t.Fatalf("%d %s: %v", r.code, r.body, err)
	}
}

// file is what a person's file holds in these tests, with the ids of its children.
type file struct {
	id                                    journal.ID
	receipt, ground, need, task, referral journal.ID
	attached, goal, step, screening       journal.ID // only where more was called
}

// planted are texts that stand in one file only, by category; whoever may not read them never sees them.
func planted(name string) map[journal.Category]string {
	return map[journal.Category]string{journal.D1: "+30 555 " + name, journal.D2: "Named" + name, journal.D3: "account-of-" + name, journal.D4: "health-of-" + name,
		journal.D6: "legal-of-" + name, journal.D7: "stay-of-" + name}
}

// open opens a file in an office by its case manager, with one of every child, the referral going to another office.
func (w *world) open(by *visitor, name string, to string) file {
	w.Helper()
	who, p := by.who(access.ForAssistance), planted(name)
	var f file
	var err error
	f.id, err = w.n.Work.Register(w.Context(), who, casework.Registration{None: true,
		Registered: casework.Registered{Code: "Code" + name, Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}, Fictitious: true},
		Identity:   casework.Identity{Names: []string{p[journal.D2]}, Born: "1999-04-23", Nationality: "AL"},
		Contact:    casework.Contact{SafeToCall: casework.SafeAsk, SafeName: "the dentist", Channel: "call", Hours: "10 to 12", Number: p[journal.D1]}})
	w.must(err)
	f.receipt, f.ground, f.need, f.task, f.referral = w.n.newID(), w.n.newID(), w.n.newID(), w.n.newID(), w.n.newID()
	w.write(by, access.KindPerson, f.id,
		store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "account", Account: p[journal.D3]}},
		store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "health", Health: p[journal.D4]}},
		store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "legal", Legal: p[journal.D6]}},
		store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "stay", Stay: p[journal.D7]}},
		store.Draft{Type: "consent.given", Payload: consent.Given{Receipt: f.receipt, Purpose: consent.Referral, Recipient: w.offices[to].ID, Categories: []journal.Category{journal.D0, journal.D1, journal.D2},
			Language: "sq", Interpreting: consent.Interpreter, By: consent.ByPerson, Expires: w.clock.Now().Add(90 * 24 * time.Hour)}},
		store.Draft{Type: "consent.ground_proposed", Payload: consent.Ground{Ground: f.ground, Kind: consent.CourtOrder, Article: "Art. 1", Recipient: w.offices[to].ID, Categories: []journal.Category{journal.D0},
			Why: "ordered", Told: true, Until: w.clock.Now().Add(24 * time.Hour)}},
		store.Draft{Type: "service.need_identified", Payload: services.Noted{Need: f.need, Code: "psychological", Urgency: "week"}},
		store.Draft{Type: "task.added", Payload: casework.Tasked{Task: f.task, What: "call", For: by.id, Due: w.clock.Now().Add(24 * time.Hour)}},
		store.Draft{Type: "referral.drafted", Payload: referral.Drafted{Referral: f.referral, Recipient: w.offices[to].ID, NeedID: f.need,
			Offer: referral.Offer{Need: "psychological", Age: "adult", Sex: "f", Languages: []string{"sq"}, Urgency: "week"}}},
		store.Draft{Type: "referral.risk_assessed", Payload: referral.Assessed{Referral: f.referral, Risk: referral.Risk{Level: "low", Measures: []string{"arrival_call"}}}})
	return f
}

// write appends entries that must be taken.
func (w *world) write(by *visitor, kind string, id journal.ID, ds ...store.Draft) {
	w.Helper()
	for _, d := range ds {
		w.clock.Advance(time.Second)
		if _, err := w.n.Store.Append(w.Context(), by.who(access.ForAssistance), store.Ref{Kind: kind, ID: id}, d); err != nil {
			w.Fatalf("%s: %v", d.Type, err)
		}
	}
}

// agree lets two offices of the node pin each other and sign terms, for referrals both ways where no grants are named; it
// gives the terms' id.
func (w *world) agree(a, b string, grants ...terms.Grant) journal.ID {
	w.Helper()
	ctx := w.Context()
	one, two := w.offices[a].ID, w.offices[b].ID
	for _, pair := range [][2]journal.ID{{one, two}, {two, one}} {
		c, err := opCard(ctx, w.n, Of{pair[1]})
		w.must(err)
		_, err = opPin(ctx, w.n, PinIn{Of: Of{pair[0]}, Card: c.Card, How: "demo"})
		w.must(err)
	}
	cats := []journal.Category{journal.D0, journal.D1, journal.D2, journal.D3}
	if len(grants) == 0 {
		grants = []terms.Grant{{From: one, To: two, Purpose: referral.Purpose, Categories: cats}, {From: two, To: one, Purpose: referral.Purpose, Categories: cats}}
	}
	return w.signed(a, b, DraftIn{Title: "Protocol", Handling: "H2", Grants: grants})
}

// signed drafts terms between two offices that have pinned each other, and lets both sign them.
func (w *world) signed(a, b string, d DraftIn) journal.ID {
	w.Helper()
	ctx, one, two := w.Context(), w.offices[a].ID, w.offices[b].ID
	d.Of, d.Partner, d.Basis, d.TextName, d.Text, d.Retention = Of{one}, two, "Fictitious", "protocol.txt", []byte("Fictitious."), 365
	d.From, d.Until = w.clock.Now().Add(-time.Hour), w.clock.Now().Add(365*24*time.Hour)
	draft, err := opDraftTerms(ctx, w.n, d)
	w.must(err)
	first, err := opSignTerms(ctx, w.n, SignIn{Of: Of{one}, ID: draft.Document.ID})
	w.must(err)
	second, err := opSignTerms(ctx, w.n, SignIn{Of: Of{two}, Terms: &first})
	w.must(err)
	_, err = opSignTerms(ctx, w.n, SignIn{Of: Of{one}, Terms: &second})
	w.must(err)
	return draft.Document.ID
}

// deliver lets the courier carry what waits, until nothing does.
func (w *world) deliver() {
	w.Helper()
	for range 10 {
		d, err := opDeliver(w.Context(), w.n, Empty{})
		w.must(err)
		if d.Queued == 0 && d.Receipts == 0 {
			return
		}
	}
	w.Fatal("post is stuck")
}

// entries counts what is in the node's logs: entries of dossiers and events of accounts, not reads and sign-ins.
func (w *world) entries() (n int64) {
	w.Helper()
	ctx := context.WithoutCancel(w.Context())
	w.must(w.n.DB.Read(ctx, func(tx dbTx) error {
		return tx.Row(ctx, `SELECT (SELECT COUNT(*) FROM entry) + (SELECT COUNT(*) FROM identity_event)`).Scan(&n)
	}))
	return n
}
