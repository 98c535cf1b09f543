// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/screening"
	"github.com/entraide-thb/entraide/packs/indicators"
)

func entry(t testing.TB, typ string, payload any) journal.Entry {
	t.Helper()
	parts, err := journal.Split(payload)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Entry{Header: journal.Header{Type: typ, OccurredAt: begin}, Parts: parts}
}

// A screening is refused unless its list is one that the office knows and that is for such a person, its answers are of
// that list, and what everybody may read of it are codes.
func TestWhatIsNotOfTheListIsRefused(t *testing.T) {
	sets := lists(t)
	ok := screening.Context{Now: begin}
	if err := sets.Guard(screening.State{}, ok, entry(t, "screening.recorded", recorded())); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*screening.Recorded)
		in     screening.Context
		key    string
	}{
		"unknown list":          {func(r *screening.Recorded) { r.Set = "made_up" }, ok, "screening.need.set"},
		"unknown version":       {func(r *screening.Recorded) { r.Version = "2009-9" }, ok, "screening.need.set"},
		"adults' list, child":   {func(r *screening.Recorded) { r.Who = "child" }, ok, "screening.need.set_adult"},
		"adults' list, doubt":   {func(r *screening.Recorded) { r.Who = "not_sure" }, ok, "screening.need.set_adult"},
		"children's list":       {func(r *screening.Recorded) { r.Set = "delphi_labour_child" }, ok, "screening.need.set_child"},
		"adult, child's file":   {func(*screening.Recorded) {}, screening.Context{Now: begin, Child: true}, "screening.need.child_path"},
		"answer of another":     {func(r *screening.Recorded) { r.Answers["GEN-01"] = "yes" }, ok, "screening.need.answers"},
		"a text as answer":      {func(r *screening.Recorded) { r.Answers["DR-02"] = "her uncle" }, ok, "screening.need.answers"},
		"nothing answered":      {func(r *screening.Recorded) { r.Answers = map[string]screening.Answer{"DR-01": ""} }, ok, "screening.need.some"},
		"a text as place":       {func(r *screening.Recorded) { r.Place = "the laundry in Piraeus" }, ok, "screening.need.place"},
		"a text as role":        {func(r *screening.Recorded) { r.Role = "her friend" }, ok, "screening.need.role"},
		"a text as language":    {func(r *screening.Recorded) { r.Language = "Albanian, from Shkodra" }, ok, "screening.need.language"},
		"a text as interpreter": {func(r *screening.Recorded) { r.Interpreted = "her brother" }, ok, "screening.need.interpreted"},
		"a text as age":         {func(r *screening.Recorded) { r.Who = "born 1999" }, ok, "screening.need.who"},
		"a text as ground":      {func(r *screening.Recorded) { r.Appearance = "she looks it" }, ok, "screening.need.appearance_off"},
		"endless remarks":       {func(r *screening.Recorded) { r.Remarks = strings.Repeat("x", screening.MaxRemarks+1) }, ok, "screening.need.remarks"},
	} {
		r := recorded()
		c.change(&r)
		err := sets.Guard(screening.State{}, c.in, entry(t, "screening.recorded", r))
		t.Run(name, func(t *testing.T) { refused(t, err, fault.Invalid, c.key) })
	}
}

// appearance finds a list that asks after appearance, and what it asks.
func appearance(t testing.TB, sets screening.Sets) (indicators.Set, string) {
	t.Helper()
	for _, s := range sets.Lists() {
		for _, d := range s.Dimensions {
			for _, i := range d.Indicators {
				if i.Appearance && s.For != "child" {
					return s, i.ID
				}
			}
		}
	}
	t.Fatal("no list asks after appearance")
	return indicators.Set{}, ""
}

// What rests on appearance or origin is off unless the office recorded its ground, and that ground stands in the entry.
func TestAppearanceIsOffWithoutAGround(t *testing.T) {
	sets := lists(t)
	set, id := appearance(t, sets)
	r := recorded()
	r.Set, r.Version, r.Answers = set.Code, set.Version, map[string]screening.Answer{id: "yes"}
	err := sets.Guard(screening.State{}, screening.Context{Now: begin, Appearance: ground}, entry(t, "screening.recorded", r))
	refused(t, err, fault.Invalid, "screening.need.appearance")
	r.Appearance = ground
	refused(t, sets.Guard(screening.State{}, screening.Context{Now: begin}, entry(t, "screening.recorded", r)), fault.Invalid, "screening.need.appearance_off")
	if err := sets.Guard(screening.State{}, screening.Context{Now: begin, Appearance: ground}, entry(t, "screening.recorded", r)); err != nil {
		t.Fatal(err)
	}
}

// Whoever may be a child is offered the children's list and never the adults'; the checklist for an intercepted
// smuggling is for the border and for mobile teams.
func TestListsThatAreOffered(t *testing.T) {
	sets := lists(t)
	codes := func(who, role string) []string {
		var out []string
		for _, s := range sets.Offered(who, role) {
			out = append(out, s.Code)
		}
		return out
	}
	for _, who := range []string{"child", "not_sure"} {
		if got := codes(who, "outreach"); !slices.Contains(got, "delphi_labour_child") || slices.Contains(got, "delphi_labour_adult") || slices.Contains(got, screening.Smuggling) {
			t.Errorf("%s is offered %v", who, got)
		}
	}
	if got := codes("adult", "border"); !slices.Contains(got, screening.Smuggling) || !slices.Contains(got, "delphi_labour_adult") || slices.Contains(got, "delphi_labour_child") {
		t.Errorf("at the border %v", got)
	}
	if got := codes("adult", "mobile_team"); !slices.Contains(got, screening.Smuggling) {
		t.Errorf("a mobile team is offered %v", got)
	}
}

// byWeight gives ids of one dimension of a list by their weight.
func byWeight(s indicators.Set, dim int, w indicators.Weight) []string {
	var out []string
	for _, i := range s.Dimensions[dim].Indicators {
		if i.Weight == w && !i.Appearance {
			out = append(out, i.ID)
		}
	}
	return out
}

// The result is computed from the answers whenever it is read; two medium and one weak meet a dimension.
func TestTheResultIsComputedOnFold(t *testing.T) {
	sets := lists(t)
	set, _ := sets.Newest("delphi_labour_adult")
	for dim := range set.Dimensions {
		medium, weak := byWeight(set, dim, indicators.Medium), byWeight(set, dim, indicators.Weak)
		if len(medium) < 2 || len(weak) < 1 {
			continue
		}
		r := recorded()
		r.Answers = map[string]screening.Answer{medium[0]: "yes", medium[1]: "yes"}
		s, err := sets.Fold([]journal.Entry{entry(t, "screening.recorded", r)})
		if err != nil || s.Screenings[0].Result.Outcome != screening.NotExcluded {
			t.Fatalf("two medium: %+v, %v", s.Screenings, err)
		}
		r.Answers[weak[0]] = "yes"
		s, err = sets.Fold([]journal.Entry{entry(t, "screening.recorded", r)})
		if d := s.Screenings[0].Result.Dimensions[dim]; err != nil || !d.Met || d.By != screening.TwoMediumWeak {
			t.Fatalf("two medium and one weak: %+v, %v", d, err)
		}
		return
	}
	t.Fatal("no dimension has two medium and one weak")
}

// Without the category of her account there is neither a list nor a result; what is left are codes.
func TestWithoutTheAccountThereIsNoResult(t *testing.T) {
	e := entry(t, "screening.recorded", recorded())
	for c, raw := range e.Parts {
		if c != journal.D0 && c != journal.D3 {
			t.Errorf("category %s holds %s", c, raw)
		}
	}
	for _, word := range []string{"delphi", "DR-02", "planted", "2009"} {
		if strings.Contains(string(e.Parts[journal.D0]), word) {
			t.Errorf("whoever knows that the file exists reads %q", word)
		}
	}
	delete(e.Parts, journal.D3)
	e.Miss(journal.D3, journal.Hidden)
	s, err := lists(t).Fold([]journal.Entry{e})
	if x := s.Screenings[0]; err != nil || !x.Hidden || x.Result.Outcome != "" || x.Who != "adult" || !slices.Equal(s.Counts(), []screening.Counted{{On: "2026-03-02", Who: "adult", Role: x.Role, Place: x.Place}}) {
		t.Fatalf("%+v, %v", x, err)
	}
}

func TestAnOutcomeNamesWhoDecidedAndWhen(t *testing.T) {
	sets := lists(t)
	e := entry(t, "screening.recorded", recorded())
	e.ID = journal.NewID(begin, nil)
	s, err := sets.Fold([]journal.Entry{e})
	if err != nil {
		t.Fatal(err)
	}
	now := screening.Context{Now: begin.Add(48 * time.Hour)}
	good := screening.Decided{Screening: e.ID, Outcome: screening.Confirmed, By: "panel", On: begin.Add(24 * time.Hour)}
	if err := sets.Guard(s, now, entry(t, "screening.outcome", good)); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*screening.Decided){
		"screening.need.screening": func(d *screening.Decided) { d.Screening = journal.NewID(begin, nil) },
		"screening.need.outcome":   func(d *screening.Decided) { d.Outcome = "a victim" },
		"screening.need.by":        func(d *screening.Decided) { d.By = "officer K." },
		"screening.need.on":        func(d *screening.Decided) { d.On = now.Now.Add(time.Hour) },
	} {
		d := good
		change(&d)
		refused(t, sets.Guard(s, now, entry(t, "screening.outcome", d)), fault.Invalid, key)
	}
	o := entry(t, "screening.outcome", good)
	if s, err = sets.Fold([]journal.Entry{e, o}); err != nil || !slices.Equal(s.Counts(), []screening.Counted{{Set: "delphi_labour_adult", Version: "2009-1", Outcome: screening.NotExcluded, Later: screening.Confirmed,
		On: s.Screenings[0].At.Format(time.DateOnly), Who: s.Screenings[0].Who, Role: s.Screenings[0].Role, Place: s.Screenings[0].Place}}) {
		t.Fatalf("%+v, %v", s.Counts(), err)
	}
}

// A screening that doubts her age turns the file to the child path (G4), whatever the file said before: no consent of
// her own lets anything leave, and she is not screened as an adult any more.
func TestADoubtTurnsTheFileToTheChildPath(t *testing.T) {
	w := newWorld(t)
	id := w.file(w.besa(), "adult")
	r := recorded()
	w.must(w.write(w.besa(), id, "screening.recorded", r))
	if w.person(w.besa(), id).Child() {
		t.Fatal("an adult screened as an adult is a child")
	}
	child, _ := w.sets.Newest("delphi_labour_child")
	r.Who, r.Set, r.Version = "not_sure", child.Code, child.Version
	r.Answers = map[string]screening.Answer{child.Dimensions[0].Indicators[0].ID: "yes"}
	w.must(w.write(w.besa(), id, "screening.recorded", r))
	if p := w.person(w.besa(), id); !p.Child() || p.Track != casework.Screened {
		t.Fatalf("a doubt leaves an adult: %+v", p)
	}
	w.refuses(w.write(w.besa(), id, "screening.recorded", recorded()), fault.Invalid, "screening.need.child_path")
	w.clock.Advance(consent.Rest)
	w.refuses(w.write(w.besa(), id, "consent.given", given(w, journal.D0)), fault.Guarded, "consent.guard.guardian")
	w.must(w.write(w.besa(), id, "track.child", casework.ChildStep{Age: "adult"}))
	if w.person(w.besa(), id).Child() {
		t.Fatal("assessed as an adult, and still on the child path")
	}
}

func given(w *world, cats ...journal.Category) consent.Given {
	return consent.Given{Receipt: w.store.NewID(), Purpose: consent.Identification, Recipient: tirana, Categories: cats, Language: "sq", Interpreting: consent.Interpreter, By: consent.ByPerson,
		Expires: w.clock.Now().Add(30 * 24 * time.Hour)}
}

// file opens a person's file.
func (w *world) file(who store.Who, age string) journal.ID {
	w.t.Helper()
	id := w.store.NewID()
	_, err := w.store.Update(w.ctx, who, casework.Ref(id), func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: "person.registered", Payload: casework.Registered{Code: "Larch", Territory: "AL", Age: age, Sex: "f", Languages: []string{"sq"}, Fictitious: true}},
			{Type: "person.assigned", Payload: casework.Assigned{Worker: who.Actor.ID, Relation: access.AsManager}}}, nil
	})
	w.must(err)
	return id
}

func (w *world) write(who store.Who, person journal.ID, typ string, payload any) error {
	w.clock.Advance(time.Second)
	_, err := w.store.Append(w.ctx, who, casework.Ref(person), store.Draft{Type: typ, Payload: payload})
	return err
}

func (w *world) person(who store.Who, id journal.ID) casework.Person {
	w.t.Helper()
	o, err := w.store.Open(w.ctx, who, casework.Ref(id))
	w.must(err)
	return o.State.(casework.Person)
}

// Counts reach the statistics job alone, as codes.
func TestOnlyTheStatisticsJobReadsCounts(t *testing.T) {
	w := newWorld(t)
	id := w.file(w.besa(), "adult")
	w.must(w.write(w.besa(), id, "screening.recorded", recorded()))
	for who, want := range map[string]struct {
		who store.Who
		has bool
	}{"manager": {w.besa(), false}, "statistics": {store.Job(w.owners[tirana], "statistics", access.ForStatistics), true}, "clock": {store.Job(w.owners[tirana], "clock", access.ForDeadlines), false}} {
		page, err := w.store.List(w.ctx, want.who, store.Query{Kind: access.KindPerson})
		w.must(err)
		if len(page.Rows) != 1 {
			t.Fatalf("%s lists %d files", who, len(page.Rows))
		}
		raw, has := page.Rows[0].Parts[journal.D9]
		if has != want.has || slices.ContainsFunc(slices.Collect(maps.Keys(page.Rows[0].Parts)), func(c journal.Category) bool { return want.has && c != journal.D0 && c != journal.D9 }) {
			t.Errorf("%s reads counts: %v, of %v", who, has, page.Rows[0].Parts)
		}
		if has && (!strings.Contains(string(raw), "not_excluded") || strings.Contains(string(raw), "DR-")) {
			t.Errorf("counts are %s", raw)
		}
	}
}

// A screening from an earlier day that is written later, as when a signal comes into the file, does not shorten the rest
// after the latest one.
func TestAnEarlierScreeningWrittenLaterDoesNotShortenRest(t *testing.T) {
	w := newWorld(t)
	w.clock.Advance(48 * time.Hour)
	id := w.file(w.besa(), "adult")
	w.must(w.write(w.besa(), id, "screening.recorded", recorded()))
	_, err := w.store.Append(w.ctx, w.besa(), casework.Ref(id), store.Draft{Type: "screening.recorded", Payload: recorded(), At: w.clock.Now().Add(-24 * time.Hour)})
	w.must(err)
	g := given(w, journal.D0)
	g.Recipient = border
	w.refuses(w.write(w.besa(), id, "consent.given", g), fault.Guarded, "consent.guard.rest")
	w.clock.Advance(consent.Rest)
	w.must(w.write(w.besa(), id, "consent.given", g))
}
