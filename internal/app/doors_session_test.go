// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// small is a world with one assistance office and a case manager with a file.
func small(t *testing.T) (*world, *visitor, file) {
	t.Helper()
	w := newWorld(t, "athens", "tirana")
	ana := w.hire("athens", "ana", access.CaseManager)
	return w, ana, w.open(ana, "Own", "tirana")
}

// session gives the session that a visitor's cookie stands for.
func (v *visitor) session() identity.Session {
	v.w.Helper()
	r, err := http.NewRequestWithContext(v.w.Context(), "GET", "/", nil)
	v.w.must(err)
	r.AddCookie(v.cookie)
	_, x, err := v.w.n.Identity.Authenticate(r)
	v.w.must(err)
	return x
}

// issue gives a visitor who acts by an API token.
func (v *visitor) issue(roles []access.Role, life time.Duration, scopes ...identity.Scope) *visitor {
	v.w.Helper()
	secret, err := v.w.n.Identity.NewToken(v.w.Context(), v.session(), "a program", roles, scopes, life)
	v.w.must(err)
	return &visitor{w: v.w, login: v.login + "'s program", office: v.office, id: v.id, roles: roles, token: secret}
}

// TestASessionThatIsNoMoreOpensNothing takes a file's page and its API call through every way in which a session ends.
func TestASessionThatIsNoMoreOpensNothing(t *testing.T) {
	for name, end := range map[string]func(*world, *visitor){
		"none": func(_ *world, v *visitor) { v.cookie = nil },
		"forged": func(_ *world, v *visitor) {
			v.cookie.Value = v.cookie.Value[:40] + strings.Repeat("A", len(v.cookie.Value)-40)
		},
		"nonsense": func(_ *world, v *visitor) { v.cookie.Value = "x" },
		"idle":     func(w *world, _ *visitor) { w.clock.Advance(31 * time.Minute) },
		"old": func(w *world, v *visitor) {
			for range 73 {
				w.clock.Advance(10 * time.Minute)
				w.get(v, "/account")
			}
		},
		"revoked": func(w *world, v *visitor) {
			w.must(w.n.Identity.RevokeAll(w.Context(), v.who(access.ForAssistance).Actor))
		},
		"signed out": func(w *world, v *visitor) { w.post(v, "/signout", nil) },
		"left":       func(w *world, v *visitor) { w.post(v, "/exit", nil) },
		"suspended": func(w *world, v *visitor) {
			boss := w.hire("athens", "boss", access.Administrator)
			w.must(w.n.Identity.Suspend(w.Context(), boss.who(access.ForAdministration).Actor, v.id))
		},
		"role given": func(w *world, v *visitor) {
			boss := w.hire("athens", "boss", access.Administrator)
			_, err := w.n.Identity.Propose(w.Context(), boss.who(access.ForAdministration).Actor, v.id, access.Lawyer)
			w.must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, ana, f := small(t)
			page, call := "/cases/"+f.id.String(), "/dossiers/person/"+f.id.String()+"?purpose=assistance"
			if a := w.get(ana, page); a.code != http.StatusOK {
				t.Fatalf("before: %d", a.code)
			}
			end(w, ana)
			if a := w.get(ana, page); !a.refused() || strings.Contains(a.body, "CodeOwn") || a.header.Get("Location") != "/signin?back="+url.QueryEscape(page) {
				t.Errorf("the page answers %d %s", a.code, a.header.Get("Location"))
			}
			if a := w.api(ana, "GET", call, nil); a.code != http.StatusUnauthorized || strings.Contains(a.body, "CodeOwn") {
				t.Errorf("the API answers %d %s", a.code, a.body)
			}
		})
	}
}

// TestATokenNeverDoesMoreThanItsScopeAndItsPerson narrows tokens by scope and role, and ends them in every way.
func TestATokenNeverDoesMoreThanItsScopeAndItsPerson(t *testing.T) {
	w, ana, f := small(t)
	both := w.hire("athens", "both", access.CaseManager, access.Liaison)
	mine := w.open(both, "Mine", "tirana")
	month := 30 * 24 * time.Hour
	reads := ana.issue([]access.Role{access.CaseManager}, month, identity.ScopeRead)
	writes := ana.issue([]access.Role{access.CaseManager}, month, identity.ScopeWrite)
	liaison := both.issue([]access.Role{access.Liaison}, month, identity.ScopeRead, identity.ScopeWrite)
	open := func(id journal.ID) string { return "/dossiers/person/" + id.String() + "?purpose=assistance" }
	note := func(v *visitor, id journal.ID) int {
		return w.api(v, "POST", "/dossiers/person/"+id.String()+"/entries?purpose=assistance", map[string]any{"id": w.n.newID(), "type": "note.added", "payload": map[string]string{"sort": "account", "account": "x"}}).code
	}
	for name, got := range map[string][2]int{
		"reading reads":                    {w.api(reads, "GET", open(f.id), nil).code, 200},
		"reading writes nothing":           {note(reads, f.id), 403},
		"writing writes":                   {note(writes, f.id), 200},
		"writing reads nothing":            {w.api(writes, "GET", open(f.id), nil).code, 403},
		"no more than its person":          {w.api(reads, "GET", open(mine.id), nil).code, 404},
		"only with its roles, reading":     {w.api(liaison, "GET", open(mine.id), nil).code, 404},
		"only with its roles, writing":     {note(liaison, mine.id), 404},
		"its person has all the roles":     {w.api(both, "GET", open(mine.id), nil).code, 200},
		"no page takes a token":            {w.get(reads, "/cases/"+f.id.String()).code, 303},
		"nor a form":                       {w.post(writes, "/account/preferences", url.Values{"language": {"fr"}}).code, 303},
		"nor does leaving end the session": {w.get(ana, "/account").code, 200},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %d, not %d", name, got[0], got[1])
		}
	}
	if _, err := w.n.Identity.NewToken(t.Context(), ana.session(), "more", []access.Role{access.Administrator}, []identity.Scope{identity.ScopeRead}, month); err == nil {
		t.Error("a token was issued with a role that its person does not hold")
	}
	all, err := w.n.Identity.Tokens(t.Context(), ana.who(access.ForAdministration).Actor)
	w.must(err)
	for _, x := range all {
		if x.Scopes[0] == identity.ScopeRead {
			w.must(w.n.Identity.RevokeToken(t.Context(), ana.who(access.ForAdministration).Actor, x.ID))
		}
	}
	if a := w.api(reads, "GET", open(f.id), nil); a.code != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", a.code)
	}
	w.clock.Advance(month)
	if code := note(writes, f.id); code != http.StatusUnauthorized {
		t.Errorf("a token past its time: %d", code)
	}
}

// TestAnotherSiteCannotAct sends every form and call that changes something as a page of another site would.
func TestAnotherSiteCannotAct(t *testing.T) {
	w, ana, f := small(t)
	tried := 0
	for _, rt := range w.routesOf("athens") {
		path, ok := strings.CutPrefix(rt.Pattern, "POST ")
		if !ok {
			continue
		}
		tried++
		path = strings.NewReplacer("{id}", f.id.String(), "{", "", "}", "").Replace(path)
		for name, foreign := range map[string]func(*http.Request){
			"by what the browser says": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
			"by its own site's word":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
			"by the origin of old ones": func(r *http.Request) {
				r.Header.Del("Sec-Fetch-Site")
				r.Header.Set("Origin", "https://elsewhere.example")
			},
		} {
			before := w.entries()
			if a := w.ask(ana, "POST", path, strings.NewReader("x=y"), foreign); a.code != http.StatusForbidden || w.entries() != before {
				t.Errorf("POST %s, %s: %d", rt.Pattern, name, a.code)
			}
		}
	}
	if a := w.ask(ana, "POST", "/api/v1/people?purpose=assistance", strings.NewReader("{}"), func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); a.code != http.StatusForbidden {
		t.Errorf("the API: %d", a.code)
	}
	if tried < 40 || w.get(ana, "/account").code != http.StatusOK {
		t.Errorf("%d forms tried", tried)
	}
}

// TestNobodySetsWhatTheFormDoesNotAsk adds fields to forms and calls that would change more than they are for.
func TestNobodySetsWhatTheFormDoesNotAsk(t *testing.T) {
	w, ana, f := small(t)
	actor := ana.who(access.ForAdministration).Actor
	before, err := w.n.Identity.Mine(t.Context(), actor)
	w.must(err)
	more := url.Values{"zone": {"Europe/Paris"}, "language": {"fr"}, "roles": {string(access.Administrator)}, "Roles": {string(access.Administrator)}, "role": {string(access.Administrator)}, "state": {"closed"},
		"name": {"Other"}, "Name": {"Other"}, "login": {"other"}, "owner": {w.offices["tirana"].ID.String()}, "id": {w.n.newID().String()}, "founder": {"1"}, "password": {"x"}}
	if a := w.post(ana, "/account/preferences", more); a.code != http.StatusSeeOther {
		t.Fatalf("%d", a.code)
	}
	after, err := w.n.Identity.Mine(t.Context(), actor)
	w.must(err)
	if after.Zone != "Europe/Paris" || after.Language != "fr" {
		t.Errorf("what was asked for was not set: %+v", after)
	}
	if after.Name != before.Name || after.Login != before.Login || after.State != before.State || len(after.Roles) != 1 || after.Owner != before.Owner || after.ID != before.ID {
		t.Errorf("more was set than the form asks: %+v", after)
	}
	for _, field := range []string{"actor", "owner", "recorded_at", "revision", "kind", "dossier"} {
		in := map[string]any{"id": w.n.newID(), "type": "note.added", "payload": map[string]string{"sort": "account", "account": "x"}, field: w.n.newID()}
		if a := w.api(ana, "POST", "/dossiers/person/"+f.id.String()+"/entries?purpose=assistance", in); a.code != http.StatusUnprocessableEntity {
			t.Errorf("an entry that says its own %s: %d %s", field, a.code, a.body)
		}
	}
	in := map[string]any{"id": w.n.newID(), "type": "note.added", "payload": map[string]string{"sort": "account", "account": "x", "by": "somebody"}}
	if a := w.api(ana, "POST", "/dossiers/person/"+f.id.String()+"/entries?purpose=assistance", in); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "payload.by") {
		t.Errorf("a payload with a field of its own: %d %s", a.code, a.body)
	}
}

// TestEmergencyAccessIsToldAtOnceAndShort opens a file without standing, as the pages do.
func TestEmergencyAccessIsToldAtOnceAndShort(t *testing.T) {
	d := newDoors(t)
	rescuer, file := d.people["far-health"], "/cases/"+d.own.id.String()
	if a := d.post(rescuer, file+"/emergency", url.Values{"reason": {""}, "hours": {"2"}}); a.code != http.StatusUnprocessableEntity || !d.get(rescuer, file).refused() {
		t.Errorf("without a reason: %d", a.code)
	}
	if a := d.post(rescuer, file+"/emergency", url.Values{"reason": {"she called in danger"}, "hours": {"48"}}); a.code != http.StatusUnprocessableEntity || !d.get(rescuer, file).refused() {
		t.Errorf("for two days: %d", a.code)
	}
	if a := d.post(rescuer, file+"/emergency", url.Values{"reason": {"she called in danger"}, "hours": {"2"}}); a.code != http.StatusSeeOther {
		t.Fatalf("opening: %d %s", a.code, a.body)
	}
	if a := d.get(rescuer, file); a.code != http.StatusOK || !strings.Contains(a.body, "CodeOwn") {
		t.Errorf("while it lasts: %d", a.code)
	}
	for _, v := range d.everybody() {
		if v == rescuer { // whose own name stands in their own menu
			continue
		}
		told := v.login == "near-case_manager" || v.login == "near-supervisor"
		if a := d.get(v, "/"); strings.Contains(a.body, "Worker far-health") != told || a.code != http.StatusOK {
			t.Errorf("%s is told: %v (%d)", v, !told, a.code)
		}
	}
	if a := d.get(d.people["near-case_manager"], file); !strings.Contains(a.body, "she called in danger") {
		t.Error("the reason does not stand in the file")
	}
	d.clock.Advance(2 * time.Hour)
	rescuer.signIn()
	if a := d.get(rescuer, file); !a.refused() {
		t.Errorf("after two hours: %d", a.code)
	}
}
