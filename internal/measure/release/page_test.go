// SPDX-License-Identifier: EUPL-1.2

package release_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/pagetest"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// config is the pages of the office, of whoever who says is signed in.
func (w *world) config(who func() (access.Actor, bool), approved func()) page.Config {
	return page.Config{Bundle: texts, Clock: w.clock, Office: page.Office{Name: "Office of tests", Kind: access.Programme, ID: w.owner},
		SignIn: func(*http.Request) (access.Actor, bool, error) { a, ok := who(); return a, ok, nil },
		Begin:  store.WithReads, BeforeWrite: func(ctx context.Context) error { return w.desk.Store.CommitReads(ctx) }, Rate: 1e6, Burst: 1e6,
		Rooms: []page.Room{release.Room(release.RoomConfig{Desk: w.desk, Texts: texts, Counts: true, Approved: approved,
			Names: func(_ context.Context, ids ...journal.ID) map[journal.ID]string {
				out := map[journal.ID]string{}
				for _, id := range ids {
					out[id] = "Colleague " + id.String()[35:]
				}
				return out
			},
			Collections: func(string) []release.Collected {
				return []release.Collected{{By: "A body", What: "What it asks", When: "Every year", Source: "A rule", Wants: map[string][]string{"persons": {"sex", "shoe"}}}}
			}})}}
}

func TestThePagesLeadFromAPlanToTheRegister(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		t.Run(language, func(t *testing.T) { leads(t, language) })
	}
}

func leads(t *testing.T, language string) {
	w := newWorld(t)
	l := texts.Locale(language, nil)
	who, signed, poked := w.person(1, access.Rapporteur).Actor, true, 0
	d := pagetest.New(t, w.config(func() (access.Actor, bool) { return who, signed }, func() { poked++ }))
	d.Ask("GET", release.Path, language, nil, 200, l.T("release.plan"), l.T("release.none_waits"), "A body")
	d.Ask("GET", release.Path+"/plan", language, nil, 200, l.T("release.small"), l.T("release.route.pooled"))
	id := w.desk.Store.NewID()
	v := url.Values{"dossier": {id.String()}, "entry": {w.desk.Store.NewID().String()}, "source": {"persons"}, "shown": {"persons"}, "period": {"2025-01-01/2025-12-31"}, "route": {"pooled"}, "columns": {"sex", "age"}, "ways": {"2"}, "k": {"10"}, "method": {"rounded"}, "epsilon": {"2"}, "act": {"look"}}
	d.Ask("POST", release.Path+"/plan", language, v, 200, l.T("release.result.text"), l.T("release.caution.budget"), "±")
	v.Set("columns", "")
	d.Ask("POST", release.Path+"/plan", language, v, 422, l.T("release.want.columns"))
	v["columns"], v["route"], v["choose"] = []string{"sex", "age"}, []string{"exact"}, []string{"1"}
	d.Ask("POST", release.Path+"/plan", language, v, 422, l.T("statistics.want.choose_noise"))
	v["route"], v["choose"] = []string{"pooled"}, []string{"0"}
	v["columns"], v["epsilon"], v["act"] = []string{"sex", "age"}, []string{"0.5"}, []string{"draft"}
	at := d.Ask("POST", release.Path+"/plan", language, v, 303)
	if !strings.HasPrefix(at, release.Path+"/releases/"+id.String()) {
		t.Fatalf("a draft leads to %q", at)
	}
	path := release.Path + "/releases/" + id.String()
	d.Ask("GET", path, language, nil, 200, l.T("release.act.request"), l.T("release.result"))
	d.Ask("POST", path+"/request", language, nil, 303)
	d.Ask("GET", path, language, nil, 200, l.T("release.waits_second"))
	d.Ask("GET", path+"/approve", language, nil, 404) // not by the same person
	who = w.person(2, access.Liaison).Actor
	d.Ask("GET", path, language, nil, 200, l.T("release.approve_this"))
	d.Ask("GET", path+"/approve", language, nil, 200, l.T("release.safety"))
	d.Ask("POST", path+"/approve", language, url.Values{"content": {"true"}}, 422, l.T("release.want.look"))
	d.Ask("POST", path+"/approve", language, url.Values{"content": {"true"}, "safety": {"true"}}, 303)
	if poked != 1 {
		t.Errorf("the node was told %d times", poked)
	}
	d.Ask("GET", path, language, nil, 200, l.T("release.drawing"))
	if _, err := w.desk.Work(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	d.Ask("GET", path, language, nil, 200, l.T("release.sign_this"), l.T("release.checks"), l.T("release.total"))
	hash := w.state(id).Made.Hash
	d.Ask("GET", path+"/sign", language, nil, 200, hash)
	d.Ask("POST", path+"/sign", language, url.Values{"hash": {hash}}, 303)
	d.Ask("POST", path+"/sign", language, url.Values{"hash": {hash}}, 409, l.T("release.guard.signed"))
	d.Ask("GET", release.RegisterPath, language, nil, 200, l.T("release.register.none"))
	who = w.person(1, access.Rapporteur).Actor
	d.Ask("POST", path+"/sign", language, url.Values{"hash": {hash}}, 303)
	d.Ask("GET", release.Path+"/budgets/persons", language, nil, 200, "2025", w.state(id).Begun.Cost.String())
	d.Ask("POST", release.Path+"/budgets/persons", language, url.Values{"year": {"3"}, "life": {"9"}}, 422, l.T("release.want.reason"))
	d.Ask("POST", release.Path+"/budgets/persons", language, url.Values{"year": {"3"}, "life": {"9"}, "reason": {"The ministry agreed."}}, 303)
	signed, who = false, access.Actor{} // everybody
	d.Ask("GET", release.Path, language, nil, 303)
	d.Ask("GET", release.RegisterPath, language, nil, 200, hash[:16], l.T("release.status.published"))
	public := release.RegisterPath + "/" + id.String()
	d.Ask("GET", public, language, nil, 200, hash, l.T("release.checks"), "Office of tests")
	d.Ask("GET", public+"/explore", language, nil, 200, hash)
	h, err := page.New(w.config(func() (access.Actor, bool) { return who, signed }, nil))
	w.must(err)
	got := httptest.NewRecorder()
	h.ServeHTTP(got, httptest.NewRequest("GET", public+"/files", nil))
	if _, seal, err := release.Read(got.Body.Bytes()); err != nil || seal != hash || !bytes.Contains(got.Body.Bytes(), []byte("index.fr.html")) {
		t.Errorf("the files that everybody gets: %v, %s for %s", err, seal, hash)
	}
	d.Ask("GET", path, language, nil, 303) // to sign in
}
