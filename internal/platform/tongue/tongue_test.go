// SPDX-License-Identifier: EUPL-1.2

package tongue_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/pagetest"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/tongue"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// site is an office with its web door, and a page for the public beside.
type site struct {
	*testing.T
	*pagetest.Door
	clock   *clock.Manual
	store   *store.Store
	reviews tongue.Reviews
	owner   store.Owner
	who     access.Actor
}

func newSite(t *testing.T, demo bool) *site {
	t.Helper()
	s := &site{T: t, clock: clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
	d, err := db.Open(t.Context(), db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	s.must(err)
	t.Cleanup(func() { _ = d.Close() })
	keys, err := vault.Create()
	s.must(err)
	s.owner = store.Owner{ID: journal.MustID("01900000-0000-7000-8000-000000000001"), Office: access.Assistance, Keys: keys}
	policies, err := access.Base()
	s.must(err)
	b, err := lang.Load()
	s.must(err)
	registry, err := store.NewRegistry(tongue.Kind(b, demo))
	s.must(err)
	s.store, err = store.New(store.Config{DB: d, Clock: s.clock, Policies: policies, Registry: registry, Owner: func(journal.ID) (store.Owner, error) { return s.owner, nil }})
	s.must(err)
	s.reviews = tongue.Reviews{Store: s.store, Bundle: b, Demo: demo}
	s.who = s.person(access.CaseManager).Actor
	public := page.Room{Name: "public", Templates: fstest.MapFS{"p.html": {Data: []byte(`{{define "public/p"}}<h1>{{.Title}}</h1>{{end}}`)}},
		Routes: []page.Route{{Pattern: "GET /open", Public: true, Handle: func(_ context.Context, r *page.Request) (page.Response, error) {
			return page.View("public/p", r.L.T("tongue.language"), nil), nil
		}}}}
	s.Door = pagetest.New(t, page.Config{Bundle: b, Clock: s.clock, Office: page.Office{Name: "Office of tests", Kind: access.Assistance, ID: s.owner.ID, Demo: demo},
		Rooms: []page.Room{public, tongue.Room(tongue.Config{Reviews: s.reviews, Besides: func(_ context.Context, r *page.Request) ([]page.Fact, error) {
			return []page.Fact{{Term: r.L.T("tongue.besides.texts"), Text: r.L.Language("fr")}}, nil
		}})},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return s.who, true, nil },
		Reviewed: func(ctx context.Context, l *lang.Locale) (*lang.Locale, error) {
			return s.reviews.Marked(ctx, store.Job(s.owner, "importer", access.ForProgramme), l)
		}})
	s.Before = func() { s.clock.Advance(time.Second) }
	return s
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) person(r access.Role) store.Who {
	return store.Who{Actor: access.Actor{ID: journal.MustID("01900000-0000-7000-8000-0000000000aa"), Owner: s.owner.ID, Office: access.Assistance, Roles: []access.Role{r}}, Purpose: access.ForProgramme}
}

// append writes an entry on a language.
func (s *site) append(w store.Who, tag string, d store.Draft) error {
	s.clock.Advance(time.Second)
	_, err := s.store.Append(s.Context(), w, tongue.RefOf(s.owner.ID, tag), d)
	return err
}

var hidden = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

// hash gives what the page of a language would sign.
func (s *site) hash(tag string) string {
	s.Helper()
	m := hidden.FindStringSubmatch(s.Ask("GET", "/languages/"+tag, "en", nil, 200))
	if m == nil {
		s.Fatal("the page offers no signature")
	}
	return m[1]
}

func form(hash string, more ...string) url.Values {
	v := url.Values{"hash": {hash}, "reviewer": {"Dita Example"}, "function": {"sworn translator"}, "read": {"on"}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

const draftMark = "Ky përkthim është provizor"

// A reviewer reads a language beside the English and signs; what the public reads in it, at this office, loses the mark
// of a draft, and gets it back when the signature is taken back.
func TestAReviewerAnswersForALanguage(t *testing.T) {
	s := newSite(t, false)
	s.Ask("GET", "/open?lang=sq", "en", nil, 200, draftMark)
	s.Ask("GET", "/languages", "en", nil, 200, "0 of 14 are signed", "Albanian", "Serbian", "Information pages on rights", "French")
	body := s.Ask("GET", "/languages/sq", "en", nil, 200, "Nobody answers for this translation yet", "Help does not depend on this", "Ndihma nuk varet nga kjo", `lang="sq"`, "[Count]")
	if strings.Contains(body, "{{") {
		t.Error("a blank is shown as the catalogue writes it")
	}
	s.Ask("GET", "/languages/ar", "fr", nil, 200, `lang="ar" dir="rtl"`, "Personne ne répond encore de cette traduction")
	s.Ask("GET", "/languages/fr", "en", nil, 404)
	s.Ask("GET", "/languages/sr-ME", "en", nil, 404)

	s.Ask("POST", "/languages/sq/sign", "en", form(s.hash("sq")), 303)
	s.Ask("GET", "/languages/sq", "en", nil, 200, "Dita Example, sworn translator, signed these words on 2 March 2026", "Take it back now")
	s.Ask("GET", "/languages", "fr", nil, 200, "1 langue sur 14 est signée", "Dita Example")
	if strings.Contains(s.Ask("GET", "/open?lang=sq", "en", nil, 200), draftMark) {
		t.Error("what is signed is still marked as a draft")
	}
	s.Ask("GET", "/open?lang=el", "en", nil, 200, "Αυτή η μετάφραση είναι πρόχειρη")

	s.Ask("POST", "/languages/sq/withdraw", "en", url.Values{"reason": {"nonsense"}}, 422, "Choose why it is taken back")
	s.Ask("POST", "/languages/sq/withdraw", "en", url.Values{"reason": {"unclear"}}, 303)
	s.Ask("GET", "/languages/sq", "en", nil, 200, "Signature of Dita Example taken back", "Nobody answers")
	s.Ask("GET", "/open?lang=sq", "en", nil, 200, draftMark)
}

// Signing wants a name, a function, that everything was read, and the texts that were on the screen.
func TestWhatSigningWants(t *testing.T) {
	s := newSite(t, false)
	hash := s.hash("el")
	for wrong, says := range map[string]string{"reviewer": "full name", "function": "function", "read": "Confirm that the reviewer has read all of it"} {
		v := form(hash)
		v.Del(wrong)
		s.Ask("POST", "/languages/el/sign", "en", v, 422, says)
	}
	s.Ask("POST", "/languages/el/sign", "en", form(s.hash("sq")), 422, "The texts have changed since you opened them")
	s.Ask("POST", "/languages/el/sign", "en", form(hash, "fictitious", "on"), 409)
	s.who = s.person(access.Oversight).Actor
	s.Ask("POST", "/languages/el/sign", "en", form(hash), 403)
	if strings.Contains(s.Ask("GET", "/languages/el", "en", nil, 200, "βοήθεια"), `/sign"`) {
		t.Error("whoever may not sign is offered to")
	}
	s.Ask("GET", "/open?lang=el", "en", nil, 200, "Αυτή η μετάφραση είναι πρόχειρη")
}

// signed is a signature under a language as the program brings it now.
func (s *site) signed(tag string, change func(*tongue.Signed)) store.Draft {
	v := tongue.Signed{Language: tag, Hash: tongue.HashOf(tag, tongue.Texts(s.reviews.Bundle, tag)), Reviewer: "Dita Example", Function: "translator", Lines: tongue.LinesOf(s.reviews.Bundle, tag)}
	if change != nil {
		change(&v)
	}
	return store.Draft{Type: "language.signed", Payload: v}
}

// The door takes nothing that the page would not send: other words, another language's dossier, a job's own word.
func TestTheDoorTakesNoOtherSignature(t *testing.T) {
	s := newSite(t, false)
	ana := s.person(access.CaseManager)
	for name, d := range map[string]store.Draft{
		"other words":          s.signed("sq", func(v *tongue.Signed) { v.Hash = strings.Repeat("0", 64) }),
		"a line less":          s.signed("sq", func(v *tongue.Signed) { delete(v.Lines, "person.draft") }),
		"another language":     s.signed("el", nil),
		"no language":          s.signed("sq", func(v *tongue.Signed) { v.Language = "xx" }),
		"a name of many lines": s.signed("sq", func(v *tongue.Signed) { v.Reviewer = "A\nB" }),
	} {
		if err := s.append(ana, "sq", d); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.append(ana, "sq", store.Draft{Type: "language.withdrawn", Payload: tongue.Withdrawn{Reason: "other"}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("nothing was signed and it was taken back: %v", err)
	}
	if err := s.append(store.Job(s.owner, "importer", access.ForProgramme), "sq", s.signed("sq", nil)); !fault.Is(err, fault.Guarded) {
		t.Errorf("a job signs: %v", err)
	}
	s.must(s.append(ana, "sq", s.signed("sq", nil)))
}

// A later program with other words, or other English beside them, loses the signature, and says which texts to read again.
func TestAnotherWordLosesTheSignature(t *testing.T) {
	s := newSite(t, false)
	old := s.signed("sq", func(v *tongue.Signed) { v.Lines["person.draft"] = "0000000000000000"; v.Hash = strings.Repeat("1", 64) })
	before := tongue.State{Signed: old.Payload.(tongue.Signed)}
	now := tongue.HashOf("sq", tongue.Texts(s.reviews.Bundle, "sq"))
	if got := before.Status(now, false); got != tongue.Changed {
		t.Errorf("other words are %s", got)
	}
	before.Hash = now
	if got := before.Status(now, false); got != tongue.Answers {
		t.Errorf("the same words are %s", got)
	}
	before.Fictitious = true
	if real, demo := before.Status(now, false), before.Status(now, true); real != tongue.Draft || demo != tongue.Answers {
		t.Errorf("a fictitious reviewer: %s, in a demonstration %s", real, demo)
	}
	texts := tongue.Texts(s.reviews.Bundle, "sq")
	for what, change := range map[string]func(){"the order of texts": func() { texts[0], texts[1] = texts[1], texts[0] }, "a text less": func() { texts = texts[1:] }} {
		change()
		if tongue.HashOf("sq", texts) == now {
			t.Errorf("%s leaves the hash", what)
		}
	}
	if tongue.HashOf("sr", tongue.Texts(s.reviews.Bundle, "sr")) == tongue.HashOf("sr-Latn", tongue.Texts(s.reviews.Bundle, "sr-Latn")) {
		t.Error("two alphabets have one hash")
	}
}

// In a demonstration a fictitious reviewer can sign, and the page says so.
func TestADemonstrationsReviewer(t *testing.T) {
	s := newSite(t, true)
	s.Ask("POST", "/languages/ar/sign", "en", form(s.hash("ar"), "fictitious", "on"), 303)
	s.Ask("GET", "/languages/ar", "en", nil, 200, "counts in a demonstration only")
	if strings.Contains(s.Ask("GET", "/open?lang=ar", "en", nil, 200), "هذه الترجمة مسودة") {
		t.Error("still marked")
	}
}

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("tongue.status", langtest.Strings(tongue.Statuses()))
	w.List("tongue.withdrawal", tongue.Withdrawals())
	w.List("tongue.event", []string{"signed", "withdrawn"})
	w.List("tongue.part", []string{"receipt", "file", "help", "public", "frame"})
	found := w.Named("", `"(tongue\.[a-z_]+(?:\.[a-z_]+)*)"`)
	w.Check(found + 10)
}
