// SPDX-License-Identifier: EUPL-1.2

package resemblance_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/resemblance"
)

// world is the office in Athens with its duplicate desk: Ana and Maria open files, Dafni compares.
type world struct {
	*casetest.World
	desk  resemblance.Desk
	h     http.Handler
	actor access.Actor
}

func (w *world) maria() store.Who { return w.Who(casetest.Athens, 7, access.CaseManager) }

func (w *world) dafni() store.Who {
	who := w.Who(casetest.Athens, 8, access.DuplicateDesk)
	who.Purpose = access.ForIdentification
	return who
}

// engines runs a test on both databases.
func engines(t *testing.T, f func(t *testing.T, w *world)) {
	dbtest.Engines(t, func(t *testing.T, dsn string) { f(t, worldOn(t, dsn)) })
}

func worldOn(t *testing.T, dsn string) *world {
	t.Helper()
	w := &world{World: casetest.On(t, dsn)}
	w.desk = resemblance.Desk{Store: w.Store, Job: func(owner journal.ID) (store.Who, error) {
		who := w.Job(owner, "duplicates")
		who.Purpose = access.ForIdentification
		return who, nil
	}}
	w.Work.Alike = w.desk.Note
	bundle, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	room := resemblance.Room(resemblance.Config{Desk: w.desk, Names: func(context.Context, ...journal.ID) map[journal.ID]string {
		return map[journal.ID]string{w.dafni().Actor.ID: "Dafni Desk"}
	}})
	w.h, err = page.New(page.Config{Bundle: bundle, Clock: w.Clock, Zone: time.UTC, Office: page.Office{Name: "Office of tests", Kind: access.Assistance, ID: casetest.Athens},
		Rooms: []page.Room{room}, SignIn: func(*http.Request) (access.Actor, bool, error) { return w.actor, true, nil }, Begin: store.WithReads, BeforeWrite: w.Store.CommitReads})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// twice opens a file by Ana and one of the same name by Maria, who sees nothing of Ana's.
func (w *world) twice() (ana, maria journal.ID) {
	w.T.Helper()
	ana = w.Register(casetest.Lindita())
	w.Do(w.Ana(), ana, store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "account", Account: "planted account"}})
	second := casetest.Lindita()
	second.Code, second.Age, second.Identity.Born, second.Contact.Number = "Rowan", "not_sure", "1999", "+30 000 000 0002"
	w.Clock.Advance(time.Second)
	maria, err := w.Work.Register(w.Ctx, w.maria(), second)
	if err != nil {
		w.T.Fatalf("the maker is held up by a file that she may not know of: %v", err)
	}
	return ana, maria
}

func (w *world) pairs(who store.Who, state resemblance.Verdict) []store.Row {
	w.T.Helper()
	p, err := w.Store.List(w.Ctx, who, store.Query{Kind: access.KindResemblance, State: string(state)})
	if err != nil {
		w.T.Fatal(err)
	}
	return p.Rows
}

func (w *world) ask(who store.Who, method, path, language string, v url.Values) (int, string) {
	w.T.Helper()
	w.actor = who.Actor
	q := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	if method == "POST" {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	q.Header.Set("Accept-Language", language)
	r := httptest.NewRecorder()
	w.h.ServeHTTP(r, q)
	return r.Code, r.Body.String()
}

func TestTheDeskLearnsWhatTheMakerDoesNot(t *testing.T) {
	engines(t, theDeskLearnsWhatTheMakerDoesNot)
}

func theDeskLearnsWhatTheMakerDoesNot(t *testing.T, w *world) {
	ana, maria := w.twice()
	rows := w.pairs(w.dafni(), resemblance.Open)
	if len(rows) != 1 {
		t.Fatalf("the desk has %d pairs", len(rows))
	}
	s, err := store.Summary[resemblance.Summary](rows[0])
	if err != nil || s.Made != maria || s.Other != ana {
		t.Fatalf("%+v %v", s, err)
	}
	if err := w.desk.Note(w.Ctx, w.maria(), maria, store.Near{Found: []store.Likeness{{ID: ana}}}); err != nil {
		t.Fatal(err)
	}
	if n := len(w.pairs(w.dafni(), resemblance.Open)); n != 1 {
		t.Fatalf("noted twice, the pair stands %d times", n)
	}
	for _, who := range []store.Who{w.maria(), w.Ana(), w.Vera()} {
		if n := len(w.pairs(who, "")); n != 0 {
			t.Errorf("%v sees %d pairs", who.Actor.Roles, n)
		}
		if _, err := w.Store.Open(w.Ctx, who, rows[0].Ref); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v opens a pair: %v", who.Actor.Roles, err)
		}
		if code, _ := w.ask(who, "GET", "/resemblances", "en", nil); code != 403 {
			t.Errorf("%v has the desk's page: %d", who.Actor.Roles, code)
		}
	}
	if p := w.Person(w.maria(), maria); len(p.Same) != 0 {
		t.Error("the maker's file says that there is another before anybody judged")
	}
}

func TestTheDeskComparesIdentitiesOnly(t *testing.T) {
	engines(t, theDeskComparesIdentitiesOnly)
}

func theDeskComparesIdentitiesOnly(t *testing.T, w *world) {
	w.twice()
	path := "/resemblances/" + w.pairs(w.dafni(), resemblance.Open)[0].Ref.ID.String()
	for language, words := range map[string][]string{"en": {"Larch", "Rowan", "Lindita Prova", "23 April 1999", "equal", "alike", "differs", "a name that hardly anybody else has", "No third file here shares this"}, "fr": {"Deux dossiers côte à côte", "identique", "proche", "différent", "Votre avis", "un nom que presque personne", "Aucun troisième dossier"}} {
		code, body := w.ask(w.dafni(), "GET", path, language, nil)
		if code != 200 {
			t.Fatal(code)
		}
		for _, word := range words {
			if !strings.Contains(body, word) {
				t.Errorf("%s: no %q", language, word)
			}
		}
		for _, never := range []string{"planted account", "000 0001", "000 0002", "the dentist", "lemon"} {
			if strings.Contains(body, never) {
				t.Errorf("%s: the desk sees %q", language, never)
			}
		}
	}
}

func TestSameIsWrittenInBothFilesAndTakenBack(t *testing.T) {
	engines(t, sameIsWrittenInBothFilesAndTakenBack)
}

func sameIsWrittenInBothFilesAndTakenBack(t *testing.T, w *world) {
	ana, maria := w.twice()
	path := "/resemblances/" + w.pairs(w.dafni(), resemblance.Open)[0].Ref.ID.String()
	judge := func(code int, verdict string, grounds ...string) {
		t.Helper()
		w.Clock.Advance(time.Second)
		if got, body := w.ask(w.dafni(), "POST", path, "en", url.Values{"verdict": {verdict}, "grounds": grounds}); got != code {
			t.Fatalf("%s: %d %s", verdict, got, body)
		}
	}
	said := func(want bool) {
		t.Helper()
		if a, m := w.Person(w.Ana(), ana).Same, w.Person(w.maria(), maria).Same; slices.Contains(a, maria) != want || slices.Contains(m, ana) != want {
			t.Fatalf("the files say %v and %v, want %v", a, m, want)
		}
	}
	judge(422, "same")
	judge(422, "perhaps", "names")
	judge(422, "same", "because I know her")
	said(false)
	judge(303, "unsure")
	if n := len(w.pairs(w.dafni(), resemblance.Open)); n != 1 {
		t.Fatal("an unsure pair leaves the list")
	}
	notes := len(w.Person(w.Ana(), ana).Notes)
	judge(303, "same", "document", "birth")
	said(true)
	if len(w.Person(w.Ana(), ana).Notes) != notes || len(w.Person(w.maria(), maria).Notes) != 0 {
		t.Error("merging moved something")
	}
	if _, err := w.Store.Open(w.Ctx, w.maria(), casework.Ref(ana)); !fault.Is(err, fault.NotFound) {
		t.Errorf("the judgement opened Ana's file to Maria: %v", err)
	}
	judge(303, "not_same", "workers_say")
	said(false)
	if err := w.Try(w.Ana(), ana, store.Draft{Type: "person.same_as", Payload: casework.SameAs{Other: maria}}); !fault.Is(err, fault.Denied) {
		t.Errorf("a case manager judges: %v", err)
	}
}

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("resemblance.verdict", append(langtest.Strings(resemblance.Verdicts()), "open"))
	w.List("resemblance.ground", resemblance.Grounds())
	w.List("resemblance.as", resemblance.Ways())
	found := w.Named("", `"(resemblance\.(?:need|guard)\.[a-z_]+)"`)
	w.Check(found + 1)
}
