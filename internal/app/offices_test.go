// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
)

// TestEachOfficeOfANodeHasItsOwnPages signs somebody in at each office of one node.
func TestEachOfficeOfANodeHasItsOwnPages(t *testing.T) {
	w := newWorld(t)
	for _, c := range cast {
		v := w.hire(c.name, "someone-"+c.name, access.ProgrammeOfficer, access.Liaison)
		a := w.get(v, "/")
		if a.code != http.StatusOK || !strings.Contains(a.body, "Office in "+c.name) || !strings.Contains(a.body, `lang="`+c.lang+`"`) {
			t.Errorf("%s: %d, or without its name or language", c.name, a.code)
		}
		for _, other := range cast {
			if other.name != c.name && strings.Contains(a.body, "Office in "+other.name) {
				t.Errorf("the page of %s names %s", c.name, other.name)
			}
		}
		for path, care := range map[string]bool{"/cases": true, "/referrals": true, "/programme": false, "/settings": false, "/partners": false} {
			want := http.StatusOK
			if care && c.kind != access.Assistance {
				want = http.StatusNotFound
			}
			if a := w.get(v, path); a.code != want {
				t.Errorf("%s of %s: %d, not %d", path, c.name, a.code, want)
			}
		}
		if a := w.get(v, "/office"); !strings.Contains(a.body, "Office in "+c.name) {
			t.Errorf("the card of %s is another's", c.name)
		}
	}
}

// TestSigningInLeadsToOnesOffice signs in by the pages; before, nobody learns which offices are here.
func TestSigningInLeadsToOnesOffice(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/signin", "/cases", "/nowhere", "/rights"} {
		if a := w.get(nil, path); strings.Contains(a.body, "Office in ") || a.code >= 500 {
			t.Errorf("%s names an office to a stranger: %d", path, a.code)
		}
	}
	if a := w.get(nil, "/cases?state=open"); a.code != http.StatusSeeOther || a.header.Get("Location") != "/signin?back="+url.QueryEscape("/cases?state=open") {
		t.Errorf("a stranger at a file's list: %d %s", a.code, a.header.Get("Location"))
	}
	for _, c := range []string{"tirana", "paris"} {
		v := w.hire(c, "by-page-"+c, access.ProgrammeOfficer)
		v.cookie = nil
		a := w.post(v, "/signin", url.Values{"login": {v.login}, "password": {password}, "back": {"/programme"}})
		if a.code != http.StatusSeeOther || a.header.Get("Location") != "/programme" {
			t.Fatalf("signing in: %d %s", a.code, a.body)
		}
		r := http.Response{Header: a.header}
		v.cookie = r.Cookies()[0]
		if a := w.get(v, "/programme"); a.code != http.StatusOK || !strings.Contains(a.body, "Office in "+c) {
			t.Errorf("after signing in at %s: %d", c, a.code)
		}
	}
}

// TestALinkOpensItsOfficesPage invites somebody and opens the link without having signed in.
func TestALinkOpensItsOfficesPage(t *testing.T) {
	w := newWorld(t)
	boss := w.hire("court", "boss", access.Administrator)
	link, err := w.n.Identity.Invite(t.Context(), boss.who(access.ForAdministration).Actor, "New Person", []access.Role{access.Prosecutor})
	w.must(err)
	if a := w.get(nil, link.Path); a.code != http.StatusOK || !strings.Contains(a.body, "Office in court") || !strings.Contains(a.body, "New Person") {
		t.Errorf("%d", a.code)
	}
}

// TestEveryRouteOfEveryKindHasALine goes through the offices that hold no files.
func TestEveryRouteOfEveryKindHasALine(t *testing.T) {
	w := newWorld(t)
	asked := 0
	for _, office := range []string{"paris", "border", "court"} {
		boss := w.hire(office, "boss-"+office, access.Administrator)
		for _, role := range access.RolesOf(w.offices[office].Kind) {
			v := w.hire(office, string(role)+"-"+office, role)
			for _, rt := range w.routesOf(office) {
				l, ok := allLines()[rt.Pattern]
				if !ok {
					l, ok = elsewhere[rt.Pattern]
				}
				if !ok {
					t.Fatalf("route %q has no line in the table: say who may pass", rt.Pattern)
				}
				if strings.Contains(l.path, "@") && !strings.Contains(l.path, "@account") || strings.Contains(rt.Pattern, "/rights") || strings.Contains(l.path, "P4-G1") {
					continue // of something that this office has none of
				}
				method, _, _ := strings.Cut(rt.Pattern, " ")
				path := strings.Replace(l.path, "@account", boss.id.String(), 1)
				a := w.ask(v, method, path, strings.NewReader(l.form.Encode()), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
				if may := l.may(v); a.refused() == may && !(may && (l.open || l.ends)) || a.code >= 500 {
					t.Errorf("%s of %s at %s: %d; the table says %v", role, office, rt.Pattern, a.code, may)
				}
				if asked++; l.ends {
					v.signIn()
				}
			}
		}
	}
	if asked < 500 {
		t.Errorf("only %d asked", asked)
	}
}

// TestAnOfficeChangesItsSettings changes what an office decides, by its page and by the API; its pages and its card
// follow, the fingerprint stays, the log says who, and other offices are as they were.
func TestAnOfficeChangesItsSettings(t *testing.T) {
	w := newWorld(t)
	boss, worker, abroad := w.hire("athens", "boss", access.Administrator), w.hire("athens", "worker", access.CaseManager), w.hire("tirana", "abroad", access.Administrator)
	before, err := opCard(t.Context(), w.n, Of{w.offices["athens"].ID})
	w.must(err)
	to := url.Values{"name": {"Harbour Team"}, "zone": {"Europe/Zagreb"}, "language": {"fr"}, "threshold": {"7"}, "base": {"0"}}
	if a := w.post(worker, "/settings", to); a.code != http.StatusForbidden {
		t.Errorf("a case manager changes the settings: %d", a.code)
	}
	if a := w.post(boss, "/settings", to); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	a := w.get(worker, "/settings")
	for _, text := range []string{"Harbour Team", "Europe/Zagreb", `lang="fr"`, "Worker boss"} {
		if !strings.Contains(a.body, text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	after, err := opCard(t.Context(), w.n, Of{w.offices["athens"].ID})
	w.must(err)
	c, err := card.Parse(after.Card)
	w.must(err)
	if c.Name != "Harbour Team" || after.Fingerprint != before.Fingerprint {
		t.Errorf("the card says %s, fingerprint %s, before %s", c.Name, after.Fingerprint, before.Fingerprint)
	}
	if a := w.get(abroad, "/"); strings.Contains(a.body, "Harbour Team") || !strings.Contains(a.body, "Office in tirana") {
		t.Error("another office's pages changed")
	}
	if o, err := w.n.settingsOf(w.offices["athens"].ID); err != nil || o.Threshold != 7 || o.Kind != access.Assistance {
		t.Errorf("%+v %v", o, err)
	}
	if v, err := opVerify(t.Context(), w.n, Of{}); err != nil || !v.OK {
		t.Errorf("the log does not verify: %+v %v", v, err)
	}
}

// TestSettingsThatCannotStand sends wrong ones, and two that were made without knowledge of each other.
func TestSettingsThatCannotStand(t *testing.T) {
	w := newWorld(t, "athens")
	boss := w.hire("athens", "boss", access.Administrator)
	good := func(field, value string) url.Values {
		v := url.Values{"name": {"Harbour Team"}, "zone": {"Europe/Zagreb"}, "language": {"fr"}, "threshold": {"7"}, "base": {"0"}}
		if field != "" {
			v.Set(field, value)
		}
		return v
	}
	for _, x := range [][2]string{{"name", ""}, {"name", strings.Repeat("x", 121)}, {"zone", ""}, {"zone", "Local"}, {"zone", "Mars/Olympus"}, {"language", "tlh"}, {"language", ""}, {"threshold", "2"}, {"threshold", "1001"}, {"threshold", "many"}} {
		before := w.entries()
		if a := w.post(boss, "/settings", good(x[0], x[1])); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="f-`+x[0]+`-error"`) || w.entries() != before {
			t.Errorf("%s %q: %d", x[0], x[1], a.code)
		}
	}
	if a := w.post(boss, "/settings", good("", "")); a.code != http.StatusSeeOther {
		t.Fatalf("%d", a.code)
	}
	if a := w.post(boss, "/settings", good("base", "1")); a.code != http.StatusSeeOther {
		t.Errorf("the same again: %d", a.code)
	}
	in := map[string]any{"id": w.n.newID(), "type": "office.changed", "base": 1, "payload": map[string]any{"name": "Other", "zone": "Europe/Zagreb", "language": "fr", "threshold": 7}}
	if a := w.api(boss, "POST", "/dossiers/office/"+w.offices["athens"].ID.String()+"/entries?purpose=administration", in); a.code != http.StatusConflict || !strings.Contains(a.body, `"name"`) {
		t.Errorf("a change that had not seen the last one: %d %s", a.code, a.body)
	}
}

// TestSettingsOutliveARestart opens the folder again.
func TestSettingsOutliveARestart(t *testing.T) {
	w := newWorld(t, "court")
	boss := w.hire("court", "boss", access.Administrator)
	if a := w.post(boss, "/settings", url.Values{"name": {"New Name"}, "zone": {"Europe/Athens"}, "language": {"en"}, "threshold": {"9"}}); a.code != http.StatusSeeOther {
		t.Fatalf("%d", a.code)
	}
	w.reopen()
	if a := w.get(boss, "/settings"); a.code != http.StatusOK || !strings.Contains(a.body, "New Name") {
		t.Errorf("%d", a.code)
	}
	if o, err := w.n.settingsOf(w.offices["court"].ID); err != nil || o.Name != "New Name" || o.Threshold != 9 {
		t.Errorf("%+v %v", o, err)
	}
}

// TestThePublicHostOpensAtItsPages types the host alone, as people do with what stands on a card.
func TestThePublicHostOpensAtItsPages(t *testing.T) {
	w := newWorld(t, "athens", "tirana")
	w.n.Settings.PublicHost = "rights.example"
	door, err := w.n.Handler()
	w.must(err)
	w.door = door
	at := func(host string) func(*http.Request) { return func(r *http.Request) { r.Host = host } }
	if r := w.ask(nil, "GET", "/", nil, at("rights.example")); r.code != 303 || r.header.Get("Location") != "/rights" || r.header.Get("Set-Cookie") != "" {
		t.Errorf("the host alone: %d %q", r.code, r.header)
	}
	if r := w.ask(nil, "GET", "/rights", nil, at("rights.example")); r.code != 200 {
		t.Errorf("its pages: %d", r.code)
	}
	if r := w.ask(nil, "GET", release.RegisterPath, nil, at("rights.example")); r.code != 200 || r.header.Get("Set-Cookie") != "" {
		t.Errorf("the register under the public host: %d %q", r.code, r.header)
	}
	if r := w.ask(nil, "GET", release.RegisterPath, nil, at("office.example")); r.code == 200 {
		t.Error("strangers read the register on the office's own host")
	}
	reader := w.hire("athens", "reader", access.CaseManager)
	if r := w.get(reader, release.RegisterPath); r.code != 200 {
		t.Errorf("somebody of the office does not read its register: %d", r.code)
	}
	for _, path := range []string{"/signin", "/cases", release.Path, release.Path + "/returns"} {
		if r := w.ask(nil, "GET", path, nil, at("rights.example")); r.code != 404 {
			t.Errorf("%s under the public host: %d", path, r.code)
		}
	}
	if r := w.ask(nil, "GET", "/", nil, at("office.example")); r.header.Get("Location") == "/rights" {
		t.Error("the office's own host opens at the pages for the public")
	}
}

// TestARunningOfficeSaysInWordsWhichFieldIsWrong asks through the socket, which knows several offices, without naming one.
func TestARunningOfficeSaysInWordsWhichFieldIsWrong(t *testing.T) {
	w := newWorld(t, "athens", "tirana")
	_, stop := w.served()
	err := Ask(t.Context(), w.folder, "card", Of{}, &struct{}{}, func() (*Node, error) { return nil, errNobody })
	if err == nil || !strings.HasSuffix(err.Error(), "owner: This folder serves several offices: say which.") {
		t.Errorf("%v", err)
	}
	w.must(stop())
}
