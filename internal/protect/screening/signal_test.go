// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

func forward(named bool) screening.Forwarded {
	return screening.Forwarded{To: tirana, For: "screening", Named: named}
}

// A police office writes, passes on and reads nothing back: not while it waits, not afterwards, not by a colleague, and
// after the receipt there is nothing left to read.
func TestThePoliceReadNothingBack(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	s, o, err := w.signal(w.agim(), id)
	w.must(err)
	if !slices.Equal(o.Shown, []journal.Category{journal.D0}) || !s.Screenings[0].Hidden {
		t.Fatalf("the writer reads %v", o.Shown)
	}
	_, _, err = w.signal(w.liri(), id)
	w.refuses(err, fault.NotFound, "store.not_found")
	w.refuses(w.try(w.liri(), id, "signal.forwarded", forward(false)), fault.NotFound, "store.not_found")

	w.do(w.agim(), id, "signal.forwarded", forward(false))
	if _, _, err = w.signal(w.agim(), id); !fault.Is(err, fault.NotFound) {
		t.Fatalf("after passing it on the writer reads: %v", err)
	}
	if err := w.try(w.agim(), id, "signal.noted", screening.Noted{Words: "more"}); !fault.Is(err, fault.NotFound) {
		t.Fatalf("after passing it on the writer writes: %v", err)
	}
	page, err := w.store.List(w.ctx, w.agim(), store.Query{Kind: access.KindSignal})
	w.must(err)
	if len(page.Rows) != 0 {
		t.Fatalf("%d signals are listed", len(page.Rows))
	}
	w.deliver()
	if n := w.held(border, journal.D3); n != 0 {
		t.Fatalf("the police office still holds %d parts of answers", n)
	}
	if w.held(tirana, journal.D3) == 0 {
		t.Fatal("and nobody else holds them")
	}
}

// held counts the parts of a category whose bytes an office holds.
func (w *world) held(office journal.ID, c journal.Category) int {
	w.t.Helper()
	n := 0
	w.must(w.db.Read(w.ctx, func(tx db.Tx) error {
		return tx.Row(w.ctx, `SELECT COUNT(*) FROM part WHERE owner = $1 AND category = $2 AND body IS NOT NULL`, office, string(c)).Scan(&n)
	}))
	return n
}

// What nobody passed on within 72 hours can be neither read nor passed on.
func TestAfter72HoursTheWritersStandingEnds(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.clock.Advance(screening.PassOn - 2*time.Second)
	if _, _, err := w.signal(w.agim(), id); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(2 * time.Second)
	if _, _, err := w.signal(w.agim(), id); !fault.Is(err, fault.NotFound) {
		t.Fatalf("after 72 hours: %v", err)
	}
	if err := w.try(w.agim(), id, "signal.forwarded", forward(false)); !fault.Is(err, fault.NotFound) {
		t.Fatalf("after 72 hours it is passed on: %v", err)
	}
}

// What was written down without a connection keeps its hours; what is passed on now is covered now, whenever its writer
// says that it happened.
func TestTheClockOfTheOfficeCounts(t *testing.T) {
	w := newWorld(t)
	w.clock.Advance(30 * 24 * time.Hour)
	id := w.store.NewID()
	_, err := w.store.Append(w.ctx, w.agim(), store.Ref{Kind: access.KindSignal, ID: id}, store.Draft{Type: "screening.recorded", Payload: recorded(), At: w.clock.Now().Add(-20 * 24 * time.Hour)})
	w.must(err)
	w.do(w.agim(), id, "signal.noted", screening.Noted{Identity: &screening.Named{Names: []string{"Lindita Prova"}}})
	g := given(w, journal.D2)
	g.Expires = w.clock.Now().Add(time.Hour)
	w.do(w.agim(), id, "signal.consented", g)
	w.clock.Advance(2 * time.Hour)
	_, err = w.store.Append(w.ctx, w.agim(), store.Ref{Kind: access.KindSignal, ID: id}, store.Draft{Type: "signal.forwarded", Payload: forward(true), At: w.clock.Now().Add(-90 * time.Minute)})
	w.refuses(err, fault.Uncovered, "screening.guard.no_consent")
	_, err = w.store.Append(w.ctx, w.agim(), store.Ref{Kind: access.KindSignal, ID: id}, store.Draft{Type: "signal.forwarded", Payload: forward(false), At: w.clock.Now().Add(5 * time.Minute)})
	w.must(err)
	if _, _, err := w.signal(w.agim(), id); !fault.Is(err, fault.NotFound) {
		t.Fatalf("passed on five minutes from now, and still read: %v", err)
	}
}

// An anonymous signal carries codes only: no remark, no name. Until somebody takes it on, the assistance office sees
// that it is there; afterwards whoever took it on reads the answers, and nobody else.
func TestAnAnonymousSignalArrivesAsCodes(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.noted", screening.Noted{Contact: &screening.Reach{Safe: "no"}, Identity: &screening.Named{Names: []string{"Lindita Prova"}}, Words: "planted words", Suspects: "planted suspect"})
	w.do(w.agim(), id, "signal.forwarded", forward(false))
	m := w.sent[0]
	for _, word := range []string{"planted", "Lindita", "safe_to_call"} {
		if strings.Contains(string(m.Body), word) {
			t.Errorf("the message holds %q", word)
		}
	}
	if !slices.Equal(m.Categories, []journal.Category{journal.D0, journal.D3}) || m.Basis != "law" {
		t.Errorf("it travels as %v on %s", m.Categories, m.Basis)
	}
	w.deliver()

	s, o, err := w.signal(w.besa(), id)
	w.must(err)
	if !slices.Equal(o.Shown, []journal.Category{journal.D0}) || s.Status() != screening.StatusReceived || s.From != border || s.Who != "adult" || len(s.Screenings) != 0 {
		t.Fatalf("before taking it on: %v, %+v", o.Shown, s)
	}
	if _, _, err := w.signal(w.ora(), id); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a first responder reads what another office sent: %v", err)
	}
	w.refuses(w.try(w.besa(), id, "signal.taken", screening.Taken{Worker: w.dea().Actor.ID}), fault.Invalid, "screening.need.worker")
	w.do(w.besa(), id, "signal.taken", screening.Taken{Worker: w.besa().Actor.ID})
	s, _, err = w.signal(w.besa(), id)
	w.must(err)
	if len(s.Screenings) != 1 || s.Screenings[0].Result.Outcome != screening.NotExcluded || !slices.Equal(s.Screenings[0].Result.Observed, []string{"DR-02"}) {
		t.Fatalf("taken on: %+v", s.Screenings)
	}
	if _, o, err = w.signal(w.dea(), id); err != nil || !slices.Equal(o.Shown, []journal.Category{journal.D0}) {
		t.Fatalf("a colleague reads %v, %v", o.Shown, err)
	}
	w.refuses(w.try(w.dea(), id, "signal.taken", screening.Taken{Worker: w.dea().Actor.ID}), fault.Guarded, "screening.guard.status_taken")
}

// G6: who somebody is leaves with her consent, after rest, and then exactly what it covers.
func TestANameLeavesWithConsentOnly(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.noted", screening.Noted{Contact: &screening.Reach{Safe: "ask", Number: "+30 000 000 0001", Hours: "10 to 12"}, Identity: &screening.Named{Names: []string{"Lindita Prova"}}, Words: "planted words"})
	w.refuses(w.try(w.agim(), id, "signal.forwarded", forward(true)), fault.Uncovered, "screening.guard.no_consent")
	w.refuses(w.try(w.agim(), id, "signal.consented", given(w, journal.D1, journal.D2)), fault.Guarded, "consent.guard.rest")
	w.clock.Advance(consent.Rest)
	w.do(w.agim(), id, "signal.consented", given(w, journal.D1, journal.D2))
	w.do(w.agim(), id, "signal.forwarded", forward(true))
	if m := w.sent[0]; strings.Contains(string(m.Body), "planted") || m.Basis != "consent" || len(m.Consents) != 1 || !slices.Equal(m.Categories, []journal.Category{journal.D0, journal.D1, journal.D2, journal.D3}) {
		t.Fatalf("it travels as %+v", m)
	}
	w.deliver()
	w.do(w.besa(), id, "signal.taken", screening.Taken{Worker: w.besa().Actor.ID})
	s, _, err := w.signal(w.besa(), id)
	w.must(err)
	if s.Identity == nil || s.Identity.Names[0] != "Lindita Prova" || s.Contact == nil || s.Words != "" || len(s.Slips) != 1 {
		t.Fatalf("arrived %+v", s)
	}
}

// A ground other than consent needs two people; a colleague stands in only when the writer asked for that.
func TestAGroundNeedsTwoPeople(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.noted", screening.Noted{Identity: &screening.Named{Names: []string{"Lindita Prova"}}, Suspects: "planted suspect"})
	g := consent.Ground{Ground: w.store.NewID(), Kind: consent.DangerToLife, Article: "Article 9", Recipient: tirana, Categories: []journal.Category{journal.D2}, Why: "planted why", Told: true, Until: w.clock.Now().Add(24 * time.Hour)}
	w.do(w.agim(), id, "signal.ground_proposed", g)
	w.refuses(w.try(w.agim(), id, "signal.ground_confirmed", consent.GroundConfirmed{Ground: g.Ground}), fault.Guarded, "consent.guard.second_person")
	w.refuses(w.try(w.liri(), id, "signal.ground_confirmed", consent.GroundConfirmed{Ground: g.Ground}), fault.NotFound, "store.not_found")
	w.do(w.agim(), id, "signal.joined", screening.Joined{Worker: w.liri().Actor.ID})
	w.do(w.liri(), id, "signal.ground_confirmed", consent.GroundConfirmed{Ground: g.Ground})
	w.do(w.agim(), id, "signal.forwarded", forward(true))
	if m := w.sent[0]; m.Basis != "ground" || strings.Contains(string(m.Body), "planted") || !strings.Contains(string(m.Body), "Lindita Prova") {
		t.Fatalf("it travels as %s", m.Body)
	}
	if _, _, err := w.signal(w.liri(), id); !fault.Is(err, fault.NotFound) {
		t.Fatalf("the colleague reads it back: %v", err)
	}
	w.deliver()
}

// A child's word is never the ground: without a guardian no consent lets her name leave.
func TestAChildsNameStays(t *testing.T) {
	w := newWorld(t)
	set, _ := w.sets.Newest("delphi_labour_child")
	r := recorded()
	r.Who, r.Set, r.Version, r.Answers = "not_sure", set.Code, set.Version, map[string]screening.Answer{set.Dimensions[0].Indicators[0].ID: "yes"}
	id := w.screen(w.agim(), r)
	w.clock.Advance(consent.Rest)
	w.refuses(w.try(w.agim(), id, "signal.consented", given(w, journal.D2)), fault.Guarded, "consent.guard.guardian")
}

// What an adult agreed to lets no name leave once her age is in doubt, nor does a law's duty: danger alone does.
func TestANameStaysOnceAgeIsInDoubt(t *testing.T) {
	w := newWorld(t)
	set, _ := w.sets.Newest("delphi_labour_child")
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.noted", screening.Noted{Identity: &screening.Named{Names: []string{"Lindita Prova"}}})
	w.clock.Advance(consent.Rest)
	w.do(w.agim(), id, "signal.consented", given(w, journal.D2))
	again := recorded()
	again.Who, again.Set, again.Version, again.Answers = "not_sure", set.Code, set.Version, map[string]screening.Answer{set.Dimensions[0].Indicators[0].ID: "yes"}
	w.do(w.agim(), id, "screening.recorded", again)
	w.refuses(w.try(w.agim(), id, "signal.forwarded", forward(true)), fault.Uncovered, "screening.guard.no_consent")

	w = newWorld(t)
	id = w.screen(w.agim(), again)
	w.do(w.agim(), id, "signal.noted", screening.Noted{Identity: &screening.Named{Names: []string{"Lindita Prova"}}})
	w.do(w.agim(), id, "signal.joined", screening.Joined{Worker: w.liri().Actor.ID})
	on := func(k consent.GroundKind) {
		g := consent.Ground{Ground: w.store.NewID(), Kind: k, Article: "Article 9", Recipient: tirana, Categories: []journal.Category{journal.D2}, Why: "why", Told: true, Until: w.clock.Now().Add(24 * time.Hour)}
		w.do(w.agim(), id, "signal.ground_proposed", g)
		w.do(w.liri(), id, "signal.ground_confirmed", consent.GroundConfirmed{Ground: g.Ground})
	}
	on(consent.LegalDuty)
	w.refuses(w.try(w.agim(), id, "signal.forwarded", forward(true)), fault.Uncovered, "screening.guard.no_consent")
	on(consent.DangerToChild)
	w.do(w.agim(), id, "signal.forwarded", forward(true))
	if !strings.Contains(string(w.sent[0].Body), "Lindita Prova") {
		t.Fatalf("it travels as %s", w.sent[0].Body)
	}
}

// Terms must cover the purpose and categories, and only an assistance office is told.
func TestNothingIsPassedOnWithoutTerms(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.refuses(w.try(w.agim(), id, "signal.forwarded", screening.Forwarded{To: w.store.NewID(), For: "screening"}), fault.Uncovered, "fault.uncovered")
	w.refuses(w.try(w.agim(), id, "signal.forwarded", screening.Forwarded{To: border, For: "screening"}), fault.Invalid, "screening.need.to")
	w.refuses(w.try(w.agim(), id, "signal.forwarded", screening.Forwarded{To: tirana, For: "investigation"}), fault.Invalid, "screening.need.for")
	w.allowed = []journal.Category{journal.D0}
	w.refuses(w.try(w.agim(), id, "signal.forwarded", forward(false)), fault.Uncovered, "fault.uncovered")
}

// The recipient's software refuses what terms, receipts or grounds do not cover, whatever the sender's let through.
func TestTheRecipientRefusesUncoveredSignals(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.forwarded", forward(false))
	m := w.sent[0]
	slip := referral.Slip{Receipt: w.store.NewID(), Purpose: consent.Identification, Recipient: tirana, Categories: []journal.Category{journal.D2}, Expires: w.clock.Now().Add(time.Hour)}
	for name, c := range map[string]struct {
		change func(*screening.Came)
		kind   fault.Kind
	}{
		"a name without consent":    {func(v *screening.Came) { v.Identity = &screening.Named{Names: []string{"Lindita"}} }, fault.Uncovered},
		"words without consent":     {func(v *screening.Came) { v.Words = "she said" }, fault.Uncovered},
		"a remark without consent":  {func(v *screening.Came) { v.Screenings[0].Remarks = "she said" }, fault.Uncovered},
		"suspects without a ground": {func(v *screening.Came) { v.Suspects = "him" }, fault.Uncovered},
		"a consent for another category": {func(v *screening.Came) {
			v.Contact, v.Slips = &screening.Reach{Safe: "yes"}, []referral.Slip{slip}
		}, fault.Uncovered},
		"a consent for another office": {func(v *screening.Came) {
			s := slip
			s.Recipient = border
			v.Identity, v.Slips = &screening.Named{}, []referral.Slip{s}
		}, fault.Uncovered},
		"a consent run out": {func(v *screening.Came) {
			s := slip
			s.Expires = begin
			v.Identity, v.Slips = &screening.Named{}, []referral.Slip{s}
		}, fault.Uncovered},
		"a child's name by the child's word": {func(v *screening.Came) {
			s := slip
			s.By = consent.ByPerson
			v.Who, v.Identity, v.Slips = "not_sure", &screening.Named{Names: []string{"Lindita"}}, []referral.Slip{s}
		}, fault.Uncovered},
		"a child's name by a duty": {func(v *screening.Came) {
			v.Who, v.Identity, v.Grounds = "child", &screening.Named{Names: []string{"Lindita"}}, []referral.GroundSlip{{Ground: border, Kind: consent.LegalDuty, Article: "art. 1", Categories: []journal.Category{journal.D2}}}
		}, fault.Uncovered},
		"a ground without article": {func(v *screening.Came) {
			v.Identity, v.Grounds = &screening.Named{}, []referral.GroundSlip{{Categories: []journal.Category{journal.D2}}}
		}, fault.Uncovered},
		"a list that it does not know": {func(v *screening.Came) { v.Screenings[0].Version = "2099-1" }, fault.Invalid},
		"a text as code":               {func(v *screening.Came) { v.Screenings[0].Place = "the laundry" }, fault.Invalid},
		"a text as age":                {func(v *screening.Came) { v.Who = "seventeen" }, fault.Invalid},
	} {
		came, err := w.incoming(m)
		w.must(err)
		c.change(&came)
		if err := w.arrive(m, came); !fault.Is(err, c.kind) {
			t.Errorf("%s: want %s, got %v", name, c.kind, err)
		}
	}
	came, err := w.incoming(m)
	w.must(err)
	came.Identity, came.Slips = &screening.Named{Names: []string{"Lindita"}}, []referral.Slip{slip}
	w.must(w.arrive(m, came))
	w.refuses(w.arrive(screening.Message{ID: w.store.NewID(), To: tirana, Signal: id}, came), fault.Guarded, "screening.guard.status_received")
	if err := w.try(w.dea(), w.store.NewID(), "signal.received", came); !fault.Is(err, fault.Denied) {
		t.Errorf("a worker writes what only the post may: %v", err)
	}
}

// A message is read strictly, and speaks of its own conversation and categories only.
func TestAMessageIsReadStrictly(t *testing.T) {
	w := newWorld(t)
	w.do(w.agim(), w.screen(w.agim(), recorded()), "signal.forwarded", forward(false))
	m := w.sent[0]
	unknown := m
	unknown.Body = []byte(strings.Replace(string(m.Body), `{`, `{"extra":1,`, 1))
	_, err := w.incoming(unknown)
	w.refuses(err, fault.Invalid, "screening.message.unreadable")
	elsewhere := m
	elsewhere.Signal = w.store.NewID()
	_, err = w.incoming(elsewhere)
	w.refuses(err, fault.Invalid, "screening.message.other_conversation")
	more := m
	more.Categories = append([]journal.Category{}, journal.D0, journal.D2, journal.D3)
	_, err = w.incoming(more)
	w.refuses(err, fault.Uncovered, "screening.message.other_categories")
}

// When the other office's software does not take it, its writer sees why and may try again.
func TestARefusedSignalComesBack(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.forwarded", forward(false))
	w.must(w.receipt(w.sent[0], "signal.refused", screening.Refused{Reason: "screening.need.set"}))
	s, _, err := w.signal(w.agim(), id)
	w.must(err)
	if s.Status() != screening.StatusOpen || s.Refused != "screening.need.set" {
		t.Fatalf("%s, %s", s.Status(), s.Refused)
	}
	w.sent = nil
	w.do(w.agim(), id, "signal.forwarded", forward(false))
	w.deliver()
}

// In an assistance office an outreach worker screens without a name; a case manager takes it into a file, twice is once.
func TestASignalIsTakenIntoAFile(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.ora(), recorded())
	person := w.file(w.besa(), "adult")
	w.refuses(screening.IntoFile(w.ctx, w.store, w.besa(), id, person), fault.Guarded, "screening.guard.status_open")
	w.do(w.besa(), id, "signal.taken", screening.Taken{Worker: w.besa().Actor.ID})
	if _, _, err := w.signal(w.ora(), id); !fault.Is(err, fault.NotFound) {
		t.Fatalf("its writer reads it after it was taken on: %v", err)
	}
	for range 2 {
		w.clock.Advance(time.Second)
		w.must(screening.IntoFile(w.ctx, w.store, w.besa(), id, person))
	}
	p := w.person(w.besa(), person)
	got := p.Beside["screening"].(screening.State).Screenings
	if len(got) != 1 || got[0].Result.Outcome != screening.NotExcluded || got[0].Remarks != "planted remark" || len(p.Screened) != 1 {
		t.Fatalf("in the file: %s", asJSON(t, got))
	}
	s, _, err := w.signal(w.besa(), id)
	w.must(err)
	if s.Status() != screening.StatusInFile || s.Person != person {
		t.Fatalf("%s in %s", s.Status(), s.Person)
	}
	others := w.file(w.dea(), "adult")
	if err := screening.IntoFile(w.ctx, w.store, w.besa(), id, others); !fault.Is(err, fault.NotFound) {
		t.Fatalf("into a file that is not hers: %v", err)
	}
}

// When she does not wish it, everything that a signal says of her is erased; that it was there stays known.
func TestASignalThatIsNotWishedForIsErased(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.forwarded", forward(false))
	w.deliver()
	w.do(w.besa(), id, "signal.taken", screening.Taken{Worker: w.besa().Actor.ID})
	w.do(w.besa(), id, "signal.noted", screening.Noted{Identity: &screening.Named{Names: []string{"Lindita Prova"}}, Words: "planted words"})
	w.do(w.besa(), id, "signal.closed", screening.Ended{Reason: screening.ByWish})
	s, _, err := w.signal(w.besa(), id)
	w.must(err)
	if s.Status() != screening.StatusClosed || s.Identity != nil || s.Words != "" || len(s.Screenings) != 0 {
		t.Fatalf("still there: %s", asJSON(t, s))
	}
	for _, c := range []journal.Category{journal.D2, journal.D3} {
		if n := w.held(tirana, c); n != 0 {
			t.Errorf("%d parts of %s are still held", n, c)
		}
	}
}
