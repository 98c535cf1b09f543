// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/packs/countries"
)

// registered is the first entry of a file in miniature: who works on it.
type registered struct {
	Manager journal.ID `json:"manager" part:"D0"`
	Lawyer  journal.ID `json:"lawyer" part:"D0"`
	Shelter journal.ID `json:"shelter" part:"D0"`
}

// miniature is a person's dossier that composes this room as casework does.
type miniature struct {
	registered
	rights rights.State
}

func personKind(within func(*store.Guarding) rights.Context) store.Kind {
	return store.Of(store.KindOf[miniature]{
		Name: access.KindPerson, Base: journal.D0, Types: append(rights.Types(), store.Type{Name: "person.registered", Payload: registered{}}),
		Fold: func(es []journal.Entry) (m miniature, err error) {
			for _, e := range es {
				if e.Type == "person.registered" {
					if m.registered, err = journal.In[registered](e); err != nil {
						return m, err
					}
				}
			}
			m.rights, err = rights.Fold(es)
			return m, err
		},
		Guard: func(g *store.Guarding, m miniature, e journal.Entry) error {
			return rights.Guard(m.rights, within(g), e)
		},
		Derive: func(m miniature) store.Derived {
			return store.Derived{State: "open", Standing: []store.Standing{{Actor: m.Manager, Relation: access.AsManager}, {Actor: m.Lawyer, Relation: access.AsLawyer}, {Actor: m.Shelter, Relation: access.AsShelter}}}
		},
	})
}

// casePages is an assistance office with one person's file and the forms of this room.
type casePages struct {
	*pages
	id               journal.ID
	presumed         time.Time
	ana, lea, simona store.Who // case manager, lawyer, shelter
}

func newCasePages(t *testing.T) *casePages {
	t.Helper()
	o := &office{t: t, ctx: context.Background(), clock: clock.NewManual(athens)}
	p := &casePages{pages: &pages{office: o}}
	var err error
	o.packs, err = countries.Load()
	o.must(err)
	d, err := db.Open(o.ctx, db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	o.must(err)
	t.Cleanup(func() { _ = d.Close() })
	keys, err := vault.Create()
	o.must(err)
	owner := store.Owner{ID: journal.MustID("01900000-0000-7000-8000-000000000001"), Office: access.Assistance, Keys: keys}
	policies, err := access.Base()
	o.must(err)
	within := func(now time.Time) rights.Context {
		return rights.Context{Now: now, Pack: o.packs.For("GR"), PresumedAt: p.presumed}
	}
	registry, err := store.NewRegistry(personKind(func(g *store.Guarding) rights.Context {
		c := within(g.Now)
		c.Signed = rights.SignedIn(g, false)
		return c
	}), rights.TextKind(false))
	o.must(err)
	o.store, err = store.New(store.Config{DB: d, Clock: o.clock, Policies: policies, Registry: registry, Owner: func(journal.ID) (store.Owner, error) { return owner, nil }})
	o.must(err)
	o.texts, o.importer = rights.Texts{Store: o.store}, store.Job(owner, "importer", access.ForProgramme)
	who := func(n byte, r access.Role) store.Who {
		id := journal.MustID("01900000-0000-7000-8000-0000000000aa")
		id[15] = n
		return store.Who{Actor: access.Actor{ID: id, Owner: owner.ID, Office: access.Assistance, Roles: []access.Role{r}}, Purpose: access.ForAssistance}
	}
	p.ana, p.lea, p.simona = who(1, access.CaseManager), who(2, access.Lawyer), who(3, access.Shelter)
	p.id = o.store.NewID()
	_, err = o.store.Append(o.ctx, p.ana, p.ref(), store.Draft{Type: "person.registered", Payload: registered{p.ana.Actor.ID, p.lea.Actor.ID, p.simona.Actor.ID}})
	o.must(err)
	p.who = p.ana.Actor
	p.bundle, err = lang.Load()
	o.must(err)
	p.h, err = page.New(page.Config{Bundle: p.bundle, Clock: o.clock, Zone: o.packs.For("GR").Location(), Office: page.Office{Kind: access.Assistance, ID: owner.ID},
		Rooms: []page.Room{rights.Room(rights.Config{Store: o.store, Packs: o.packs, Public: o.importer,
			Case: func(ctx context.Context, r *page.Request, id journal.ID) (rights.Case, error) {
				opened, err := o.store.Open(ctx, store.Who{Actor: r.Actor, Purpose: access.ForAssistance}, store.Ref{Kind: access.KindPerson, ID: id})
				if err != nil {
					return rights.Case{}, err
				}
				return rights.Case{State: opened.State.(miniature).rights, Context: within(r.Now)}, nil
			}})},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return p.who, true, nil }})
	o.must(err)
	return p
}

func (p *casePages) ref() store.Ref { return store.Ref{Kind: access.KindPerson, ID: p.id} }

func (p *casePages) path(form string) string { return "/cases/" + p.id.String() + "/rights/" + form }

// state is the file as somebody may see it.
func (p *casePages) state(w store.Who) rights.State {
	p.t.Helper()
	o, err := p.store.Open(p.ctx, w, p.ref())
	p.must(err)
	return o.State.(miniature).rights
}

var entryField = regexp.MustCompile(`name="entry" value="([0-9a-f-]{36})"`)

// send opens a form, fills it in and sends it, twice: the second time changes nothing.
func (p *casePages) send(form string, v url.Values, status int) string {
	p.t.Helper()
	p.clock.Advance(time.Second)
	m := entryField.FindStringSubmatch(p.body(p.get(p.path(form), "en"), 200))
	if m == nil {
		p.t.Fatalf("%s carries no id", form)
	}
	v.Set("entry", m[1])
	w := p.post(p.path(form), v)
	return p.body(w, status)
}

func (p *casePages) section(l string, w store.Who, track string) rights.Section {
	p.t.Helper()
	c := rights.Case{State: p.state(w), Context: rights.Context{Now: p.clock.Now(), Pack: p.packs.For("GR"), PresumedAt: p.presumed}}
	for _, s := range rights.Sections(p.bundle.Locale(l, p.packs.For("GR").Location()), c, "/cases/x", true) {
		if s.Track == track {
			return s
		}
	}
	p.t.Fatalf("no section of %s", track)
	return rights.Section{}
}

func TestTheFormsRecordAReflectionPeriodAndTheStoreHoldsItsBlock(t *testing.T) {
	p := newCasePages(t)
	p.presumed = p.clock.Now()
	p.send("informed", url.Values{"language": {"sq"}, "by": {"interpreter"}, "how": {"read_aloud"}}, 303)
	p.has(p.send("informed", url.Values{"language": {"sq"}, "by": {"worker"}, "how": {"signed_text"}}, 422), true, "Read it aloud and do not hand it over")
	p.load()
	p.must(p.append(p.lea, "GR", "en", "text.signed", rights.TextSigned{Hash: p.text("GR", "en").Hash, Reviewer: "Vera Example", Function: "lawyer"}))
	p.has(p.send("informed", url.Values{"language": {"fr"}, "by": {"worker"}, "how": {"signed_text"}}, 422), true, "do not hand it over")
	p.send("informed", url.Values{"language": {"en"}, "by": {"worker"}, "how": {"signed_text"}}, 303)
	p.has(p.send("offer", url.Values{"by": {"interpreter"}}, 422), true, "Choose the language", `value="interpreter" selected`)
	p.send("offer", url.Values{"language": {"sq"}, "by": {"interpreter"}}, 303)
	p.send("start", url.Values{"start": {"2026-03-02"}}, 303)
	s := p.state(p.ana)
	if s.Reflection.Status != rights.Running || s.Reflection.End.Format(time.DateOnly) != "2026-06-02" {
		t.Fatalf("%+v", s.Reflection)
	}
	p.has(p.send("measure", url.Values{"measure": {"removal"}, "step": {"executed"}}, 409), true, "nobody may carry out a removal")
	_, err := p.store.Append(p.ctx, p.ana, p.ref(), store.Draft{Type: "right.measure", Payload: rights.Measure{Measure: "transfer", Step: "executed"}})
	if !fault.Is(err, fault.Guarded) {
		t.Errorf("past the form: %v", err)
	}
	p.has(p.send("end", url.Values{"reason": {"lapsed"}}, 409), true, "has not run out")
	p.clock.Advance(120 * 24 * time.Hour)
	p.has(p.send("end", url.Values{"reason": {"lapsed"}}, 422), true, "Nobody has checked this rule")
	p.send("end", url.Values{"reason": {"lapsed"}, "article": {"Art. 1"}, "checked_by": {"A. Lawyer"}, "checked_at": {"2026-06-20"}}, 303)
	if w := p.get(p.path("end"), "en"); w.Code != 200 {
		t.Errorf("the form of an ended period: %d", w.Code) // a guard answers it, with a reason
	}
	p.send("reopen", url.Values{"reason": {"appeal"}}, 303)
}

func TestTheFormsOfTheOtherTracks(t *testing.T) {
	p := newCasePages(t)
	p.who = p.lea.Actor
	p.send("stay", url.Values{"step": {"applied"}, "ground": {"cooperation"}}, 303)
	p.has(p.send("stay", url.Values{"step": {"refused"}}, 422), true, "Write the reason", "Write what the person can do against it", "Give the last day to contest it", "Choose the language")
	p.send("stay", url.Values{"step": {"refused"}, "reason": {"planted reason"}, "remedy": {"appeal to the court"}, "until": {"2026-03-20"}, "language": {"sq"}}, 303)
	p.send("justice", url.Values{"step": {"claim:prepared"}, "act": {"2026-02-01"}}, 303)
	s := p.state(p.lea)
	if s.Stay.Step != "refused" || s.Stay.Until.Format("15:04:05") != "21:59:59" || s.Justice.Threads["claim"].Step != "prepared" {
		t.Fatalf("%+v %+v", s.Stay, s.Justice)
	}
	p.who = p.ana.Actor
	p.send("return", url.Values{"step": {"wish"}, "by": {"person"}, "to": {"AL"}}, 303)
	p.send("return", url.Values{"step": {"risk_assessed"}, "side": {"ours"}, "risk": {"high"}}, 303)
	p.send("return", url.Values{"step": {"risk_assessed"}, "side": {"theirs"}, "risk": {"low"}}, 303)
	p.has(p.send("return", url.Values{"step": {"accepted"}}, 409), true, "One side finds the risk high")

	// The shelter reads codes of the person's file, and neither stay nor legal file.
	s = p.state(p.simona)
	if !s.Stay.Hidden || s.Stay.Reason != "" || !s.Justice.Hidden || s.Return.To != "" || s.Return.Step != "risk_assessed" {
		t.Errorf("the shelter sees %+v %+v %+v", s.Stay, s.Justice, s.Return)
	}
	if x := p.section("fr", p.simona, "stay"); x.Mark.Text != "pas pour ce lecteur" || len(x.Facts) != 0 {
		t.Errorf("%+v", x)
	}
	if x := p.section("en", p.lea, "stay"); x.Mark.Tone != page.Bad || len(x.Facts) != 4 || len(x.Actions) != 1 {
		t.Errorf("%+v", x)
	}
}

func TestFormsOfAStrangerAndOfNothing(t *testing.T) {
	p := newCasePages(t)
	if w := p.get(p.path("nothing"), "en"); w.Code != 404 {
		t.Errorf("no such form: %d", w.Code)
	}
	if w := p.get("/cases/nonsense/rights/offer", "en"); w.Code != 404 {
		t.Errorf("no such person: %d", w.Code)
	}
	p.who.ID = p.store.NewID()
	if w := p.get(p.path("offer"), "en"); w.Code != 404 {
		t.Errorf("a stranger: %d", w.Code)
	}
	if w := p.post(p.path("offer"), url.Values{"language": {"sq"}, "by": {"worker"}}); w.Code != 404 {
		t.Errorf("a stranger writes: %d", w.Code)
	}
}

func TestSendingAFormTwiceRecordsOnce(t *testing.T) {
	p := newCasePages(t)
	v := url.Values{"language": {"sq"}, "by": {"worker"}, "how": {"explained"}}
	p.send("informed", v, 303)
	if w := p.post(p.path("informed"), v); w.Code != 303 {
		t.Fatalf("%d", w.Code)
	}
	if n := len(p.state(p.ana).Told); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func TestEveryFormAndSectionSpeaksBothLanguages(t *testing.T) {
	p := newCasePages(t)
	lexicon := regexp.MustCompile(`(?i)<title>[^<]*(traffick|trafic|traite|victim|exploit)`)
	for _, l := range []string{"en", "fr"} {
		for _, f := range rights.Forms() {
			b := p.body(p.get(p.path(f), l), 200)
			p.has(b, true, `lang="`+l+`"`, `method="post"`)
			if lexicon.MatchString(b) {
				t.Errorf("%s has a telling title", f)
			}
		}
		for _, track := range []string{"reflection", "stay", "justice", "return"} {
			s := p.section(l, p.ana, track)
			if s.Mark.Text == "" || s.Title == "" || strings.Contains(s.Mark.Text+s.Title+s.Lead, "[") || len(s.Actions) == 0 {
				t.Errorf("%s in %s: %+v", track, l, s)
			}
		}
	}
}
