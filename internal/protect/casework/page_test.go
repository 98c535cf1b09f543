// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// site is the office in Athens with its web door.
type site struct {
	*casetest.World
	h      http.Handler
	who    store.Who
	bundle *lang.Bundle
	alike  []journal.ID
	// reviewed says who answers for a language; nil is nobody
	reviewed func(*lang.Locale) (*lang.Locale, error)
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{World: casetest.New(t)}
	s.who = s.Ana()
	var err error
	if s.bundle, err = lang.Load(); err != nil {
		t.Fatal(err)
	}
	names := map[journal.ID]string{s.Ana().Actor.ID: "Ana Worker", s.Vera().Actor.ID: "Vera Supervisor", casetest.Tirana: "Tirana office"}
	zone, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	s.Work.Alike = func(_ context.Context, _ store.Who, made journal.ID, _ store.Near) error {
		s.alike = append(s.alike, made)
		return nil
	}
	room := casework.Room(casework.Config{Work: s.Work, Bundle: s.bundle,
		Reviewed: func(_ context.Context, _ *page.Request, l *lang.Locale) (*lang.Locale, error) {
			if s.reviewed == nil {
				return l, nil
			}
			return s.reviewed(l)
		},
		Partners: func(context.Context, *page.Request) ([]casework.PartnerChoice, error) {
			return []casework.PartnerChoice{{ID: casetest.Tirana, Name: "Tirana office", Country: "AL"}}, nil
		},
		Names: func(context.Context, ...journal.ID) map[journal.ID]string { return names },
		People: func(context.Context, *page.Request) ([]casework.PersonChoice, error) {
			return []casework.PersonChoice{{ID: s.Ana().Actor.ID, Name: "Ana Worker"}, {ID: s.Vera().Actor.ID, Name: "Vera Supervisor"}}, nil
		},
		Extra: []casework.Panels{func(context.Context, *page.Request, casework.Person, *store.Opened) ([]casework.Panel, error) {
			return []casework.Panel{{ID: "beside", Title: "A room beside", Notes: []field.Note{{Tone: page.Info, Text: "its note"}}, Track: "stay", Mark: page.Mark{Tone: page.Good, Text: "granted"}}}, nil
		}},
	})
	s.h, err = page.New(page.Config{Bundle: s.bundle, Clock: s.Clock, Zone: zone, Office: page.Office{Name: "Office of tests", Kind: access.Assistance, ID: casetest.Athens},
		Rooms: []page.Room{room}, SignIn: func(*http.Request) (access.Actor, bool, error) { return s.who.Actor, true, nil },
		Begin: store.WithReads, BeforeWrite: s.Store.CommitReads})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) ask(method, path, language string, v url.Values) *httptest.ResponseRecorder {
	q := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	if method == "POST" {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	q.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, q)
	return w
}

// page gets a page and wants all of the texts in it.
func (s *site) page(path, language string, texts ...string) string {
	s.T.Helper()
	return s.wants(s.ask("GET", path, language, nil), 200, path, texts...)
}

// wants wants a status, every text, and no text that a catalogue lacks.
func (s *site) wants(w *httptest.ResponseRecorder, code int, path string, texts ...string) string {
	s.T.Helper()
	body := w.Body.String()
	if w.Code != code {
		s.T.Fatalf("%s: status %d, want %d: %s", path, w.Code, code, main(body))
	}
	for _, x := range texts {
		if !strings.Contains(unescape(body), x) {
			s.T.Errorf("%s lacks %q in: %s", path, x, main(body))
		}
	}
	if k := s.bundle.Missing(); len(k) > 0 {
		s.T.Errorf("%s: no text for %v", path, k)
	}
	if strings.Contains(body, "no value") || strings.Contains(body, "ZgotmplZ") {
		s.T.Errorf("%s: a value is missing", path)
	}
	return body
}

// main is the page without its frame, for messages.
func main(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	body = regexp.MustCompile(`(?s)<svg.*?</svg>`).ReplaceAllString(body, "")
	if len(body) > 3000 {
		body = body[:3000]
	}
	return body
}

// post sends a form and wants to be led on; it gives where.
func (s *site) post(path string, v url.Values) string {
	s.T.Helper()
	s.Clock.Advance(time.Second)
	w := s.ask("POST", path, "en", v)
	if w.Code != 303 {
		s.T.Fatalf("%s: status %d: %s", path, w.Code, main(w.Body.String()))
	}
	return w.Header().Get("Location")
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// full makes a file with something of everything in it.
func (s *site) full() (id, receipt, ref journal.ID) {
	s.T.Helper()
	id, receipt, ref = s.Accepted(journal.D0, journal.D1, journal.D2)
	for _, n := range []casework.Noted{{Sort: "health", Health: "planted health"}, {Sort: "stay", Stay: "a permit until June"}} {
		s.Do(s.Ana(), id, draft("note.added", n))
	}
	s.Do(s.Ana(), id, draft("task.added", casework.Tasked{Task: s.Store.NewID(), What: "call", For: s.Ana().Actor.ID, Due: day(s.World, 2), Detail: "about the bus"}),
		draft("person.assigned", casework.Assigned{Worker: s.Vera().Actor.ID, Relation: access.AsSuper}),
		draft("consent.ground_proposed", consent.Ground{Ground: s.Store.NewID(), Kind: consent.DangerToLife, Article: "Art. 14", Recipient: casetest.Tirana, Categories: []journal.Category{journal.D3}, Why: "a threat", Told: true, Until: day(s.World, 5)}))
	return id, receipt, ref
}

// There is one search, in the head of every page; the list has its filters beside it, what was found has none.
func TestTheListHasFiltersAndNoSecondSearch(t *testing.T) {
	s := newSite(t)
	s.full()
	if body := s.page("/cases", "en", "Larch", `id="filters"`, `name="territory"`); strings.Contains(body, `name="q"`) {
		t.Error("the list has a search of its own")
	}
	if body := s.wants(s.ask("POST", "/cases/search", "en", form("q", "lindita")), 200, "a search", "Larch"); strings.Contains(body, `id="filters"`) || strings.Contains(body, `name="q"`) {
		t.Error("what was found has filters or a search of its own")
	}
}

// Every page, in English and French, with real content in it.
func TestEveryPageInEveryLanguage(t *testing.T) {
	s := newSite(t)
	id, receipt, ref := s.full()
	p := s.Person(s.Ana(), id)
	file := "/cases/" + id.String()
	need, ground := p.Services.Needs[0].Need.String(), p.Consent.Grounds[0].Ground.Ground.String()
	out := file + "/referrals/" + ref.String()
	for path, texts := range map[string][2][]string{
		"/cases":                       {{"Larch", "Greece", "1 file"}, {"Larch", "Grèce", "1 dossier"}},
		"/cases?whose=all&names=shown": {{"Lindita Prova"}, {"Lindita Prova", "Masquer les noms"}},
		"/cases?territory=AL&need=legal&due=over": {{"No files here"}, {"Aucun dossier ici"}},
		"/cases/new":                           {{"Search first"}, {"Cherchez d’abord"}},
		file:                                   {{"only at the agreed hours", "the dentist", "lemon", "A room beside", "granted", "about the bus", "planted account", "a permit until June", "1 note that you do not see", "Vera Supervisor", "Ana Worker"}, {"seulement aux heures convenues", "psychologique", "Tirana office"}},
		file + "/number":                       {{"+30 000 000 0001", "lemon"}, {"Mot de code"}},
		file + "/identity":                     {{"Lindita Prova", "23 April 1999"}, {"Nationalité", "Albanie"}},
		file + "/contact":                      {{"the dentist", "10 to 12"}, {"Heures sûres"}},
		file + "/identity/edit":                {{"Lindita Prova"}, {"Noms"}},
		file + "/notes/new?sort=legal":         {{`value="legal" checked`}, {"Ajouter une note"}},
		file + "/tasks/new":                    {{"Ana Worker"}, {"Ajouter une tâche"}},
		file + "/needs/new":                    {{"safe accommodation"}, {"hébergement sûr"}},
		file + "/needs/" + need:                {{"psychological help, now: noted"}, {"aide psychologique"}},
		file + "/people/new":                   {{"Vera Supervisor"}, {"Ajouter quelqu’un"}},
		file + "/people/end":                   {{"Vera Supervisor"}, {"Mettre fin"}},
		file + "/identification":               {{"presumed"}, {"présumée"}},
		file + "/child":                        {{"guardian appointed"}, {"tuteur désigné"}},
		file + "/emergency":                    {{"24 hours"}, {"24 heures"}},
		file + "/close":                        {{"Nothing may be open"}, {"Clore le dossier"}},
		file + "/reopen":                       {{"goes on where it stood"}, {"Rouvrir"}},
		file + "/consents/new":                 {{"Help here never depends", "Tirana office (Albania)", "No name."}, {"L’aide ici ne dépend jamais", "Aucun nom."}},
		file + "/consents/" + receipt.String(): {{"help from another office", "Albanian", "given"}, {"aide d’un autre bureau", "albanais"}},
		file + "/consents/" + receipt.String() + "/print":  {{"What you agreed to", receipt.String()}, {"You can end this at any time"}},
		file + "/consents/" + receipt.String() + "/change": {{"A withdrawal needs no reason"}, {"Un retrait"}},
		file + "/grounds/new":                              {{"danger to life"}, {"danger pour la vie"}},
		file + "/grounds/" + ground:                        {{"Art. 14", "waits for a second person"}, {"attend une seconde personne"}},
		file + "/view":                                     {{"Lindita Prova", "Read with the person"}, {"Lire avec la personne"}},
		file + "/referrals/new":                            {{"psychological help"}, {"Préparer une orientation"}},
		out:                                                {{"accepted", "after Tuesday", "The coded offer"}, {"acceptée", "L’offre codée"}},
		out + "/risk":                                      {{"arrival confirmed"}, {"Examiner le risque"}},
		out + "/offer":                                     {{"Codes only leave now"}, {"Seuls des codes partent"}},
		out + "/preview":                                   {{"Exactly what is sent", "never shared", "no live consent or ground covers it", "you do not see it"}, {"Exactement ce qui est envoyé", "jamais partagé"}},
		out + "/withdraw":                                  {{"must be erased"}, {"doit être effacé"}},
	} {
		if strings.HasSuffix(path, "/print") {
			texts[1] = []string{"What you agreed to"} // read in Albanian, which has no catalogue: the reader's language
		}
		for i, l := range []string{"en", "fr"} {
			if strings.HasSuffix(path, "/print") && l == "fr" {
				s.page(path, l, "Ce que vous avez accepté")
				continue
			}
			body := s.page(path, l, texts[i]...)
			title := regexp.MustCompile(`<title>(.*?)</title>`).FindStringSubmatch(body)[1]
			for _, word := range []string{"Larch", "Lindita", "traffick", "victim", "traite", "victime"} {
				if strings.Contains(title, word) {
					t.Errorf("%s: the title says %q", path, title)
				}
			}
		}
	}
}

func TestTheNumberComesAfterWhatKeepsHerSafe(t *testing.T) {
	s := newSite(t)
	id := s.Register(casetest.Lindita())
	body := s.page("/cases/"+id.String(), "en", "Safe contact", "lemon")
	if strings.Contains(body, "000 0001") {
		t.Error("the file's page shows the number unasked")
	}
	if strings.Contains(body, "Lindita") {
		t.Error("the file's page shows the name unasked")
	}
	if strings.Index(body, "Safe contact") > strings.Index(body, `id="due"`) {
		t.Error("how to reach her does not stand first")
	}
	number := unescape(s.page("/cases/"+id.String()+"/number", "en"))
	if strings.Index(number, "lemon") > strings.Index(number, "000 0001") || strings.Index(number, "her brother") > strings.Index(number, "000 0001") {
		t.Error("the number stands before what must be known first")
	}
	s.Do(s.Ana(), id, draft("person.contact", casework.Contact{SafeToCall: casework.SafeNo, Number: "+30 000 000 0001"}))
	body = s.page("/cases/"+id.String(), "en", "shown after its warning")
	if strings.Contains(body, "hx-get=\"/cases/"+id.String()+"/number\"") {
		t.Error("the number can be had without its warning")
	}
	s.page("/cases/"+id.String()+"/number", "en", "No call, no message")
}

func TestOpeningAFileSearchesFirst(t *testing.T) {
	s := newSite(t)
	s.Register(casetest.Lindita())
	other := s.Register(casework.Registration{Registered: casework.Registered{Code: "Ash", Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}}, Identity: casework.Identity{Names: []string{"Besa Tjeter"}}})
	s.Do(s.Ana(), other, draft("person.assigned", casework.Assigned{Worker: s.Vera().Actor.ID, Relation: access.AsManager}), draft("person.assigned", casework.Assigned{Worker: s.Ana().Actor.ID, Relation: access.AsManager, Ended: true}))
	whole := form("searched", "true", "code", "Oak", "territory", "GR", "age", "adult", "sex", "f", "languages", "sq", "languages", "el", "safe_to_call", "no", "names", "Lindita Prova", "born", "1999")

	s.wants(s.ask("POST", "/cases/new", "en", form("name", "")), 422, "an empty search", "Search first")
	s.wants(s.ask("POST", "/cases/new", "en", form("name", "lindita")), 200, "a search", "Larch", "None of these files is hers", "lindita")
	body := s.wants(s.ask("POST", "/cases/new", "en", form("name", "tjeter")), 200, "a search elsewhere", "No file that you may see")
	if strings.Contains(body, "Ash") {
		t.Error("a search shows a file outside one's standing")
	}

	skipped := form("code", "Oak")
	s.wants(s.ask("POST", "/cases", "en", skipped), 422, "creating without a search", "Search first")
	s.wants(s.ask("POST", "/cases", "en", whole), 422, "creating one that resembles", "say that none of them is hers", "Larch", `value="Oak"`, "Lindita Prova", `value="el" checked`)
	whole.Set("none", "true")
	path := s.post("/cases", whole)
	s.page(path, "en", "Oak", "do not call")
	bad := form("searched", "true", "code", "", "names", "Nobody Known", "born", "last year", "safe_to_call", "ask", "number", "+30 1")
	s.wants(s.ask("POST", "/cases", "fr", bad), 422, "a form with faults", "nom de code", "Choisissez le pays", "Nobody Known", "last year", `href="#f-territory"`, `href="#f-born"`, `href="#f-hours"`)

	whole.Set("names", "Besa Tjeter")
	whole.Set("code", "Elm")
	s.post("/cases", whole)
	if len(s.alike) != 1 {
		t.Errorf("the duplicate desk was told %d times", len(s.alike))
	}
}

func TestFormsShowWhatIsWrongAndKeepWhatWasTyped(t *testing.T) {
	s := newSite(t)
	id, receipt, _ := s.Accepted(journal.D0, journal.D1, journal.D2)
	file := "/cases/" + id.String()
	need := s.Person(s.Ana(), id).Services.Needs[0].Need.String()
	for _, c := range []struct {
		path  string
		v     url.Values
		field string // the form's field that is named
		kept  string
	}{
		{"/contact", form("safe_to_call", "ask", "number", "+355 7", "hours", "", "safe_name", "kept words"), "hours", "kept words"},
		{"/contact", form("safe_to_call", "perhaps", "code_word", "kept words"), "safe_to_call", "kept words"},
		{"/identity/edit", form("names", "kept words", "born", "12/3/99"), "born", "kept words"},
		{"/notes/new", form("text", "kept words"), "sort", "kept words"},
		{"/notes/new", form("sort", "legal", "text", " "), "text", `value="legal" checked`},
		{"/tasks/new", form("what", "anything", "detail", "kept words"), "what", "kept words"},
		{"/needs/new", form("code", "a car", "urgency", "week", "detail", "kept words"), "code", "kept words"},
		{"/needs/" + need, form("detail", "kept words"), "step", "kept words"},
		{"/needs/" + need, form("step", "unmet", "detail", "kept words"), "reason", "kept words"},
		{"/people/new", form("relation", "lawyer"), "worker", `value="lawyer" selected`},
		{"/people/end", form("which", "77"), "which", "Ana Worker"},
		{"/identification", form("step", "recognised", "remedy", "kept words"), "step", "kept words"},
		{"/child", form(), "guardian", "guardian appointed"},
		{"/close", form("reason", "tired of it"), "reason", "contact lost"},
		{"/emergency", form("reason", "", "hours", "8"), "reason", `value="8" checked`},
		{"/consents/new", form("for", "referral", "wish", "kept words"), "recipient", "kept words"},
		{"/consents/new", form("for", "referral", "recipient", casetest.Tirana.String(), "categories", "D2", "wish", "kept words"), "interpreting", `value="D2" checked`},
		{"/consents/" + receipt.String() + "/change", form("words", "kept words"), "what", "kept words"},
		{"/grounds/new", form("kind", "legal_duty", "why", "kept words"), "article", "kept words"},
		{"/referrals/new", form("wish", "kept words"), "need", "kept words"},
		{"/referrals/new", form("need", need, "recipient", casetest.Tirana.String(), "wish", "kept words"), "urgency", "kept words"},
	} {
		before := len(s.Person(s.Ana(), id).Notes)
		w := s.ask("POST", file+c.path, "en", c.v)
		s.wants(w, 422, c.path, `href="#f-`+c.field+`"`, c.kept)
		if len(s.Person(s.Ana(), id).Notes) != before {
			t.Errorf("%s: something was saved", c.path)
		}
	}
	s.wants(s.ask("POST", file+"/close", "en", form("reason", "goals_met")), 409, "closing", "A need is still open")
	s.wants(s.ask("POST", file+"/tasks/"+need+"/done", "en", nil), 404, "another's task")
}

func TestAStrangersAddressesLeadNowhere(t *testing.T) {
	s := newSite(t)
	id, receipt, ref := s.full()
	second := s.Register(casework.Registration{Registered: casework.Registered{Code: "Ash", Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}}})
	for _, path := range []string{"/consents/" + receipt.String(), "/consents/" + receipt.String() + "/print", "/referrals/" + ref.String(), "/referrals/" + ref.String() + "/preview", "/needs/" + s.Person(s.Ana(), id).Services.Needs[0].Need.String(),
		"/grounds/" + s.Person(s.Ana(), id).Consent.Grounds[0].Ground.Ground.String()} {
		if w := s.ask("GET", "/cases/"+second.String()+path, "en", nil); w.Code != 404 {
			t.Errorf("%s under another file: %d", path, w.Code)
		}
	}
	s.who = s.Who(casetest.Athens, 9, access.CaseManager)
	for _, path := range []string{"", "/number", "/identity", "/view", "/contact", "/consents/" + receipt.String(), "/referrals/" + ref.String() + "/preview"} {
		if w := s.ask("GET", "/cases/"+id.String()+path, "en", nil); w.Code != 404 {
			t.Errorf("%s for a stranger: %d", path, w.Code)
		}
	}
	if body := s.page("/cases?whose=all&names=shown", "en", "No files here"); strings.Contains(body, "Larch") {
		t.Error("a stranger's list shows a file")
	}
	to := s.post("/cases/"+id.String()+"/emergency", form("reason", "she called in danger", "hours", "2"))
	s.page(to, "en", "Larch", "she called in danger")
}

// The story by its pages: from a need to the hand-over of exactly what the preview showed.
func TestTheStoryByItsPages(t *testing.T) {
	s := newSite(t)
	id := s.Register(casetest.Lindita())
	file := "/cases/" + id.String()
	entry := s.Store.NewID().String()
	twice := form("entry", entry, "sort", "account", "text", "told once")
	s.post(file+"/notes/new", twice)
	s.post(file+"/notes/new", twice)
	if n := len(s.Person(s.Ana(), id).Notes); n != 1 {
		t.Errorf("sent twice, kept %d times", n)
	}
	s.post(file+"/contact", form("safe_to_call", "yes", "number", "+30 000 000 0002"))
	s.post(file+"/tasks/new", form("what", "call", "for", s.Ana().Actor.ID.String(), "due", "2026-03-05"))
	s.post(file+"/tasks/"+s.Person(s.Ana(), id).Tasks[0].Task.String()+"/done", nil)
	s.post(file+"/needs/new", form("code", "psychological", "urgency", "week"))
	need := s.Person(s.Ana(), id).Services.Needs[0].Need.String()
	s.post(file+"/needs/"+need, form("step", "offered"))
	s.post(file+"/identification", form("step", "presumed"))
	s.post(file+"/people/new", form("worker", s.Vera().Actor.ID.String(), "relation", "supervisor"))
	receipt := s.post(file+"/consents/new", form("for", "referral", "recipient", casetest.Tirana.String(), "categories", "D0", "categories", "D1", "language", "sq", "interpreting", "interpreter", "by", "person", "expires", "2026-08-01"))
	s.page(receipt, "en", "safe contact", "1 August 2026")
	out := s.post(file+"/referrals/new", form("need", need, "recipient", casetest.Tirana.String(), "urgency", "week", "languages", "sq"))
	s.page(out, "en", "Look at the risk")
	s.post(out+"/risk", form("level", "low", "measures", "daylight"))
	s.wants(s.ask("POST", out+"/offer", "en", form("expires", "2027-01-01")), 422, "a far day", `href="#f-expires"`)
	s.post(out+"/offer", form("expires", "2026-03-09"))
	s.Deliver()
	p := s.Person(s.Ana(), id)
	ref := p.Referral.Out[0].Referral
	s.Accept(ref)

	preview := s.page(out+"/preview", "en", "+30 000 000 0002", "Hand over exactly this")
	hash := regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`).FindStringSubmatch(preview)
	if hash == nil {
		t.Fatal("no hash to send back")
	}
	s.post(file+"/contact", form("safe_to_call", "no"))
	s.wants(s.ask("POST", out+"/hand-over", "en", form("hash", hash[1])), 409, "a changed file", "The file has changed since you looked")
	hash = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`).FindStringSubmatch(s.page(out+"/preview", "en"))
	s.post(out+"/hand-over", form("hash", hash[1]))
	s.Deliver()
	in, _ := s.In(ref)
	if !strings.Contains(string(in.Package.D1), `"safe_to_call":"no"`) || len(in.Package.Categories()) != 1 {
		t.Errorf("handed over %s %v", in.Package.D1, in.Package.Categories())
	}
	s.post(receipt+"/change", form("what", "withdrawn", "by", "person"))
	s.page(out, "en", "not yet confirmed")
	s.Deliver()
	s.page(out, "en", "confirmed")
	if in, _ = s.In(ref); len(in.Package.Categories()) != 0 {
		t.Errorf("still held: %v", in.Package.Categories())
	}
	s.post(out+"/withdraw", form("reason", "solved_otherwise"))
	s.post(file+"/needs/"+need, form("step", "planned"))
	s.post(file+"/needs/"+need, form("step", "in_delivery"))
	s.post(file+"/needs/"+need, form("step", "met"))
	s.Deliver()
	s.post(file+"/close", form("reason", "goals_met"))
	s.post(file+"/reopen", form("reason", "new_fact"))
}

// Previewed is sent: the page's bytes are the message's bytes.
func TestThePreviewIsWhatIsSent(t *testing.T) {
	s := newSite(t)
	id, _, ref := s.Accepted(journal.D0, journal.D1, journal.D2, journal.D3)
	out := "/cases/" + id.String() + "/referrals/" + ref.String()
	body := s.page(out+"/preview", "en")
	shown := regexp.MustCompile(`(?s)<pre[^>]*>(.*?)</pre>`).FindStringSubmatch(body)
	hash := regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`).FindStringSubmatch(body)
	if shown == nil || hash == nil {
		t.Fatal("no preview")
	}
	s.post(out+"/hand-over", form("hash", hash[1]))
	ms := s.Sent(casetest.Athens)
	last := ms[len(ms)-1]
	if last.Type != referral.MsgPackage || unescape(shown[1]) != string(last.Body) {
		t.Errorf("shown:\n%s\nsent:\n%s", unescape(shown[1]), last.Body)
	}
}

func unescape(s string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

func TestTheExportHoldsCodesAndNoFormula(t *testing.T) {
	s := newSite(t)
	r := casetest.Lindita()
	for _, code := range []string{"=1+1", "\ufeff=cmd", "\u0000@x", " \t+x", "Larch"} {
		r.Code = code
		s.Register(r)
	}
	w := s.ask("GET", "/cases/export.csv", "en", nil)
	body := s.wants(w, 200, "the export", "'=1+1", "'=cmd", "'@x", "Larch,GR,adult")
	for _, line := range strings.Split(body, "\n") {
		if strings.ContainsAny(strings.TrimLeft(line, " \"")[:min(1, len(strings.TrimLeft(line, " \"")))], "=+-@\ufeff\x00") {
			t.Errorf("a formula: %q", line)
		}
	}
	for _, planted := range []string{"Lindita", "dentist", "+30 ", "1999-04-23", "23 April 1999"} {
		if strings.Contains(body, planted) {
			t.Errorf("the export holds %q", planted)
		}
	}
}

// A receipt read in a language that the house speaks is printed in it, whoever prints it.
func TestTheReceiptIsPrintedInThePersonsLanguage(t *testing.T) {
	s := newSite(t)
	id := s.Register(casetest.Lindita())
	g := s.Giving(journal.D0, journal.D2)
	g.Language = "fr"
	s.Do(s.Ana(), id, draft("consent.given", g))
	body := s.page("/cases/"+id.String()+"/consents/"+g.Receipt.String()+"/print", "en", `lang="fr"`, "Ce que vous avez accepté", "Vos nom, date de naissance")
	for _, word := range []string{"traffick", "traite des", "victim", "exploit"} {
		if strings.Contains(strings.ToLower(body), word) {
			t.Errorf("the receipt says %q", word)
		}
	}
}

func TestReadingWithThePersonIsNotedAsSuch(t *testing.T) {
	s := newSite(t)
	id := s.Register(casetest.Lindita())
	s.page("/cases/"+id.String()+"/view", "en")
	s.page("/cases/"+id.String(), "en", "read with the person", "Ana Worker")
}

func TestNeedsOfTheFormAreTheCataloguesNeeds(t *testing.T) {
	s := newSite(t)
	id := s.Register(casetest.Lindita())
	body := s.page("/cases/"+id.String()+"/needs/new", "en")
	for _, c := range services.Catalogue() {
		if !strings.Contains(body, `value="`+c+`"`) {
			t.Errorf("the form lacks %s", c)
		}
	}
}

func TestOnlyWhatMayStayEmptySaysSo(t *testing.T) {
	s := newSite(t)
	id := s.Register(casetest.Lindita())
	file := "/cases/" + id.String()
	if body := s.page(file+"/notes/new", "en"); strings.Contains(body, `class="opt"`) {
		t.Error("a note's sort and text are said to be optional")
	}
	if n := strings.Count(s.page(file+"/tasks/new", "en"), `class="opt"`); n != 1 {
		t.Errorf("%d fields of a task are said to be optional, want the details only", n)
	}
}
