// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/packs/countries"
)

// file is one person's dossier in miniature: what the guards let in is folded.
type file struct {
	t       *testing.T
	now     time.Time
	pack    countries.Pack
	child   bool
	presume time.Time
	signed  bool
	entries []journal.Entry
	state   rights.State
}

// athens is 2 March 2026, 11:00 in Athens.
var athens = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func newFile(t *testing.T, territory string) *file {
	t.Helper()
	packs, err := countries.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := &file{t: t, now: athens, pack: packs.For(territory)}
	f.fold()
	return f
}

func (f *file) fold() {
	f.t.Helper()
	var err error
	if f.state, err = rights.Fold(f.entries); err != nil {
		f.t.Fatal(err)
	}
}

func (f *file) context() rights.Context {
	return rights.Context{Now: f.now, Pack: f.pack, Child: f.child, PresumedAt: f.presume, Signed: func(string, string) bool { return f.signed }}
}

// try appends an entry where its guard allows, and gives what the guard says.
func (f *file) try(typ string, payload any) error {
	f.t.Helper()
	parts, err := journal.Split(payload)
	if err != nil {
		f.t.Fatal(err)
	}
	h := journal.Header{ID: journal.NewID(f.now, nil), Revision: int64(len(f.entries) + 1), Type: typ, OccurredAt: f.now}
	e := journal.Entry{Header: h, Parts: parts}
	if err := rights.Guard(f.state, f.context(), e); err != nil {
		return err
	}
	f.entries = append(f.entries, e)
	f.fold()
	return nil
}

func (f *file) do(typ string, payload any) {
	f.t.Helper()
	if err := f.try(typ, payload); err != nil {
		f.t.Fatalf("%s: %v", typ, err)
	}
}

// refuse wants a fault of a kind with a key: the fault's own, or a field's.
func (f *file) refuse(typ string, payload any, k fault.Kind, key string) {
	f.t.Helper()
	err := f.try(typ, payload)
	var x *fault.Fault
	if !errors.As(err, &x) || x.Kind != k {
		f.t.Fatalf("%s: want %s, got %v", typ, k, err)
	}
	if x.Key != key && !slices.ContainsFunc(x.Fields, func(y fault.Field) bool { return y.Key == key }) {
		f.t.Fatalf("%s: want %s, got %v", typ, key, err)
	}
}

func (f *file) dues() []rights.Due {
	return rights.Dues(f.state, f.pack, f.presume, f.now)
}

func (f *file) due(what string) (rights.Due, bool) {
	ds := f.dues()
	i := slices.IndexFunc(ds, func(d rights.Due) bool { return d.What == what })
	if i < 0 {
		return rights.Due{}, false
	}
	return ds[i], true
}

func (f *file) days(n int) { f.now = f.now.AddDate(0, 0, n) }

// reflect starts a period now, offered first.
func (f *file) reflect() {
	f.t.Helper()
	f.do("right.reflection_offered", rights.Offer{Language: "sq", By: "interpreter"})
	f.do("right.reflection_started", rights.Start(f.context(), f.now))
}

// verify lets somebody answer for the pack's reflection rule.
func (f *file) verify() {
	f.pack.Clocks = slices.Clone(f.pack.Clocks)
	for i := range f.pack.Clocks {
		f.pack.Clocks[i].CheckedBy, f.pack.Clocks[i].CheckedAt = "A. Lawyer", "2026-03-01"
	}
}

func TestG1PresumedOpensBothDutiesTheSameDay(t *testing.T) {
	f := newFile(t, "GR")
	if ds := f.dues(); len(ds) != 0 {
		t.Fatalf("due before anything happened: %+v", ds)
	}
	f.presume = f.now
	endOfDay := time.Date(2026, 3, 2, 21, 59, 59, 0, time.UTC) // 23:59:59 in Athens
	for _, what := range []string{"inform_rights", "offer_reflection"} {
		d, ok := f.due(what)
		if !ok || !d.At.Equal(endOfDay) || d.Article == "" || !d.Unverified || d.Consequence != "rights.consequence."+what {
			t.Errorf("%s: %+v %v", what, d, ok)
		}
	}
	f.do("right.informed", rights.Informed{Language: "sq", By: "interpreter", How: "read_aloud"})
	if _, ok := f.due("inform_rights"); ok {
		t.Error("informed, and still due")
	}
	f.do("right.reflection_offered", rights.Offer{Language: "sq", By: "interpreter"})
	if ds := f.dues(); len(ds) != 0 {
		t.Errorf("offered, and still due: %+v", ds)
	}
}

func TestG1LateInTheEveningIsStillThatDayThere(t *testing.T) {
	f := newFile(t, "GR")
	f.presume = time.Date(2026, 3, 2, 22, 30, 0, 0, time.UTC) // 00:30 on the 3rd in Athens
	d, _ := f.due("offer_reflection")
	if want := time.Date(2026, 3, 3, 21, 59, 59, 0, time.UTC); !d.At.Equal(want) {
		t.Errorf("due %s", d.At)
	}
}

func TestG1AnOwnNationalIsOfferedNothingThatDoesNotApply(t *testing.T) {
	f := newFile(t, "AL")
	f.presume = f.now
	f.refuse("right.not_applicable", rights.Exempt{Track: "reflection", Reason: "because"}, fault.Invalid, "rights.need.exemption")
	f.do("right.not_applicable", rights.Exempt{Track: "reflection", Reason: "own_national"})
	f.do("right.not_applicable", rights.Exempt{Track: "stay", Reason: "own_national"})
	if _, ok := f.due("offer_reflection"); ok {
		t.Error("reflection does not apply, and is due")
	}
	if _, ok := f.due("inform_rights"); !ok {
		t.Error("the duty to inform is for everybody")
	}
	f.refuse("right.reflection_started", rights.Start(f.context(), f.now), fault.Guarded, "rights.guard.reflection_step")
	f.do("right.reflection_reopened", rights.Reopened{Reason: "mistake"})
	if _, ok := f.due("offer_reflection"); !ok {
		t.Error("it was a mistake, and nothing is due")
	}
}

func TestG1AnUnsignedTextIsReadAloudNeverHanded(t *testing.T) {
	f := newFile(t, "GR")
	f.refuse("right.informed", rights.Informed{Language: "sq", By: "worker", How: "signed_text"}, fault.Invalid, "rights.need.signed_text")
	f.do("right.informed", rights.Informed{Language: "sq", By: "worker", How: "read_aloud"})
	f.signed = true
	f.do("right.informed", rights.Informed{Language: "sq", By: "worker", How: "signed_text"})
	f.refuse("right.informed", rights.Informed{By: "worker", How: "explained"}, fault.Invalid, "rights.need.language")
}

func TestReflectionIsNeverShorterThanItsRule(t *testing.T) {
	f := newFile(t, "GR")
	v := rights.Start(f.context(), f.now)
	if want := time.Date(2026, 6, 2, 20, 59, 59, 0, time.UTC); !v.End.Equal(want) { // summer time by then
		t.Fatalf("ends %s", v.End)
	}
	short := v
	short.End = short.End.AddDate(0, 0, -1)
	f.refuse("right.reflection_started", short, fault.Invalid, "rights.need.end")
	claimed := v
	claimed.Rule.CheckedBy, claimed.Rule.CheckedAt = "Nobody", "2026-03-01"
	f.refuse("right.reflection_started", claimed, fault.Invalid, "rights.need.rule")
	early := v
	early.Start = f.now.AddDate(0, 0, 1)
	f.refuse("right.reflection_started", early, fault.Invalid, "rights.need.start")
	f.child = true
	f.refuse("right.reflection_started", v, fault.Invalid, "rights.need.rule") // a child's is five months
	f.do("right.reflection_started", rights.Start(f.context(), f.now))
	if f.state.Reflection.Rule.Code != countries.ReflectionChild || !f.state.Reflection.End.After(v.End) {
		t.Errorf("a child's period: %+v", f.state.Reflection)
	}
}

func TestAPackShorterThanTheConventionDoesNotShorten(t *testing.T) {
	f := newFile(t, "BG")
	f.pack.Clocks = clock.Rules{{Code: countries.Reflection, Length: clock.MustLength("10d"), Source: "a mistake"}}
	v := rights.Start(f.context(), f.now)
	if least := countries.Least.End(f.now, f.pack.Location()); !v.End.Equal(least) {
		t.Errorf("ends %s", v.End)
	}
	v.End = f.now.AddDate(0, 0, 11)
	f.refuse("right.reflection_started", v, fault.Invalid, "rights.need.end")
}

func TestG2NothingIsExecutedWhileReflectionRuns(t *testing.T) {
	f := newFile(t, "RO")
	f.presume = f.now
	f.refuse("right.measure", rights.Measure{Measure: "removal", Step: "executed"}, fault.Guarded, "rights.guard.offer_first")
	f.reflect()
	for _, m := range rights.Measures() {
		f.do("right.measure", rights.Measure{Measure: m, Step: "prepared", Authority: "an authority"})
		f.refuse("right.measure", rights.Measure{Measure: m, Step: "executed"}, fault.Guarded, "rights.guard.reflection_runs")
	}
	if b := rights.Blocks(f.state, f.now); !slices.Equal(b.Measures, rights.Measures()) || !b.Unverified || !b.Until.Equal(f.state.Reflection.End) {
		t.Errorf("blocks %+v", b)
	}
	f.do("right.reflection_extended", rights.Longer{End: f.state.Reflection.End.AddDate(0, 1, 0), Reason: "needs_time"})
	f.refuse("right.measure", rights.Measure{Measure: "transfer", Step: "executed"}, fault.Guarded, "rights.guard.reflection_runs")
	f.do("right.reflection_ended", rights.Over{Reason: "person_wish"})
	if b := rights.Blocks(f.state, f.now); len(b.Measures) != 0 {
		t.Errorf("ended, and blocks %+v", b)
	}
	f.do("right.measure", rights.Measure{Measure: "transfer", Step: "executed"})
}

func TestG2AJourneyIsHerOwnRecordedDecision(t *testing.T) {
	f := newFile(t, "GR")
	f.reflect()
	f.travelReady()
	going := rights.Return{Step: "travelling", Expected: f.now.AddDate(0, 0, 1)}
	f.refuse("right.return", going, fault.Guarded, "rights.guard.decision_first")
	f.do("right.reflection_ended", rights.Over{Reason: "journey"})
	f.do("right.return", going)
	f.do("right.reflection_reopened", rights.Reopened{Reason: "person_back"})
	if f.state.Reflection.Status != rights.Running || len(rights.Blocks(f.state, f.now).Measures) != 3 {
		t.Errorf("reopened: %+v", f.state.Reflection)
	}
}

func TestAnUnverifiedRuleNeverEndsAProtection(t *testing.T) {
	f := newFile(t, "BA")
	f.reflect()
	d, ok := f.due("check_reflection")
	if !ok || !d.Unverified || len(d.Warn) != 3 {
		t.Errorf("due %+v %v", d, ok)
	}
	f.refuse("right.reflection_ended", rights.Over{Reason: "lapsed"}, fault.Guarded, "rights.guard.still_running")
	f.days(400)
	if !f.state.Reflection.Overdue(f.now) || len(rights.Blocks(f.state, f.now).Measures) != 3 {
		t.Fatal("an unverified rule ended a protection")
	}
	f.refuse("right.measure", rights.Measure{Measure: "removal", Step: "executed"}, fault.Guarded, "rights.guard.reflection_runs")
	f.refuse("right.reflection_ended", rights.Over{Reason: "lapsed"}, fault.Invalid, "rights.need.checked_by")
	f.refuse("right.reflection_ended", rights.Over{Reason: "lapsed", Article: "Art. 1", CheckedBy: "A. Lawyer", CheckedAt: "2030-01-01"}, fault.Invalid, "rights.need.checked_at")
	f.do("right.reflection_ended", rights.Over{Reason: "lapsed", Article: "Art. 1", CheckedBy: "A. Lawyer", CheckedAt: "2026-03-20"})
	if len(rights.Blocks(f.state, f.now).Measures) != 0 {
		t.Error("still blocks")
	}
}

func TestACheckedRuleEndsByTheClock(t *testing.T) {
	f := newFile(t, "BA")
	f.verify()
	f.reflect()
	if d, ok := f.due("reflection_ends"); !ok || d.Unverified {
		t.Errorf("due %+v %v", d, ok)
	}
	f.now = f.state.Reflection.End
	if len(rights.Blocks(f.state, f.now).Measures) != 3 {
		t.Error("does not protect in its last second")
	}
	f.now = f.now.Add(time.Second)
	if len(rights.Blocks(f.state, f.now).Measures) != 0 || len(f.dues()) != 0 {
		t.Error("protects when it is over")
	}
	f.do("right.reflection_ended", rights.Over{Reason: "lapsed"})
}

func TestARuleCheckedLaterLetsThePeriodBeEnded(t *testing.T) {
	f := newFile(t, "BA")
	f.reflect()
	f.days(60)
	f.verify()
	if len(rights.Blocks(f.state, f.now).Measures) != 3 {
		t.Error("ended by itself: the clock keeps the rule of its day")
	}
	f.do("right.reflection_ended", rights.Over{Reason: "lapsed"})
}

func TestAClockKeepsTheRuleOfItsDay(t *testing.T) {
	f := newFile(t, "AL")
	f.pack.Clocks = clock.Rules{
		{Code: countries.Reflection, Length: clock.MustLength("3M"), Source: "old", Until: "2026-03-31"},
		{Code: countries.Reflection, Length: clock.MustLength("30d"), Source: "new", From: "2026-04-01"},
	}
	f.reflect()
	f.days(40)
	if got := rights.Start(f.context(), athens).End; !f.state.Reflection.End.Equal(got) {
		t.Errorf("%s, %s", f.state.Reflection.End, got)
	}
	if got := rights.Start(f.context(), f.now); got.Rule.Source != "new" || !got.End.Before(f.now.AddDate(0, 0, 32)) {
		t.Errorf("a new clock: %+v", got)
	}
}

func TestExplainAgreesWithDues(t *testing.T) {
	f := newFile(t, "XK")
	f.presume = f.now
	f.do("right.informed", rights.Informed{Language: "sq", By: "worker", How: "explained"})
	f.reflect()
	f.do("right.justice", rights.Justice{Thread: "claim", Step: "prepared", Act: f.now.AddDate(0, -1, 0)})
	f.do("right.stay", rights.Stay{Step: "applied", Ground: "cooperation"})
	f.do("right.stay", rights.Stay{Step: "granted", ValidTo: f.now.AddDate(1, 0, 0)})
	seen := 0
	for _, territory := range []string{"XK", "GR"} {
		g := newFile(t, territory)
		g.presume = g.now
		for _, d := range append(rights.Dues(f.state, f.pack, f.presume, f.now), g.dues()...) {
			pack := f.pack
			if slices.Contains([]string{"inform_rights", "offer_reflection"}, d.What) {
				pack = g.pack
			}
			b := rights.Explain(d.What, pack, false, f.now)
			if b.Article != d.Article || b.Consequence != d.Consequence || b.Unverified != d.Unverified {
				t.Errorf("%s in %s: %+v, and due says %+v", d.What, territory, b, d)
			}
			seen++
		}
	}
	if seen < 8 {
		t.Errorf("only %d compared", seen)
	}
}

func TestFoldAcceptsMissingParts(t *testing.T) {
	f := newFile(t, "FR")
	f.reflect()
	f.do("right.reflection_terminated", rights.CutShort{Reason: "r", Authority: "a", Remedy: "m", Until: f.now.AddDate(0, 0, 8), Language: "sq"})
	f.do("right.stay", rights.Stay{Step: "applied", Ground: "personal_situation"})
	f.do("right.justice", rights.Justice{Thread: "lawyer", Step: "requested"})
	blind := slices.Clone(f.entries)
	for i, e := range blind {
		blind[i].Parts = map[journal.Category]json.RawMessage{}
		if d0, ok := e.Parts[journal.D0]; ok {
			blind[i].Parts[journal.D0] = d0
		}
		blind[i].Missing = map[journal.Category]journal.Absence{journal.D6: journal.Hidden, journal.D7: journal.Erased}
	}
	s, err := rights.Fold(blind)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Stay.Hidden || s.Stay.Step != "" || !s.Justice.Hidden || len(s.Justice.Threads) != 0 {
		t.Errorf("stay %+v, justice %+v", s.Stay, s.Justice)
	}
	if s.Reflection.Status != rights.Terminated || s.Reflection.Cut.Authority != "" || s.Reflection.Cut.Until.IsZero() {
		t.Errorf("reflection %+v", s.Reflection)
	}
}
