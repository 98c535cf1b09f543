// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// statistics is the job that counts in Athens.
func statistics(w *casetest.World) store.Who {
	j := w.Job(casetest.Athens, "statistics")
	j.Purpose = access.ForStatistics
	return j
}

// files counts what a demonstration holds: everybody in these tests is made up.
func files(w *casetest.World) casework.Files {
	return casework.Files{Store: w.Store, Countries: []string{"AL", "GR"}, Fictitious: true,
		Country: func(_ context.Context, _, _ journal.ID) (string, error) { return "AL", nil }}
}

// counted counts all of a source in 2026.
func counted(w *casetest.World, fs casework.Files, code string) []source.Record {
	w.T.Helper()
	s, err := source.Sources(fs.Sources()).Find(code)
	if err != nil {
		w.T.Fatal(err)
	}
	var out []source.Record
	if err := s.Read(w.Ctx, statistics(w), source.Year(2026), func(r source.Record) error { out = append(out, r); return nil }); err != nil {
		w.T.Fatal(err)
	}
	return out
}

// answered writes what happened in codes.
func answered(w *casetest.World, id journal.ID, v casework.Coded) {
	w.T.Helper()
	w.Do(w.Ana(), id, draft(casework.CodedType, v))
}

func TestAFileIsCountedByItsCodes(t *testing.T) {
	w := casetest.New(t)
	fs := files(w)
	id, _, _ := w.HandedOver(journal.D0, journal.D1, journal.D2)
	answered(w, id, casework.Coded{Forms: []string{"labour", "crime"}, Means: []string{"deception"}, Where: "GR"})
	w.Do(w.Ana(), id, draft("track.identification", casework.Identified{Step: casework.Presumed}))
	w.Do(w.Ana(), id, draft("track.identification", casework.Identified{Step: casework.UnderDecision}))
	w.Do(w.Ana(), id, draft("track.identification", casework.Identified{Step: casework.NotRecognised, Reason: "few facts", Remedy: "appeal", Until: w.Clock.Now().AddDate(0, 1, 0), Told: "sq"}))
	w.Do(w.Ana(), id, draft("track.identification", casework.Identified{Step: casework.UnderReview}))
	persons := counted(w, fs, "persons")
	if len(persons) != 1 || persons[0].On != casetest.Start.Truncate(24*time.Hour) {
		t.Fatalf("%+v", persons)
	}
	for column, want := range map[string]string{"age": "adult", "sex": "f", "citizenship": "AL", "where": "GR", "forms": "labour crime", "means": "deception", "identification": "presumed"} {
		if got := strings.Join(persons[0].Says[column], " "); got != want {
			t.Errorf("%s: %q, not %q", column, got, want)
		}
	}
	rs := counted(w, fs, "referrals")
	if len(rs) != 1 || rs[0].Says["to"][0] != "AL" || rs[0].Says["answer"][0] != "accepted" || rs[0].Says["days"][0] != "d0" || rs[0].Says["reached"][0] != "no" || rs[0].Says["need"][0] != "psychological" {
		t.Errorf("%+v", rs)
	}
	if ds := counted(w, fs, "decisions"); len(ds) != 1 || ds[0].Says["outcome"][0] != "not_recognised" || ds[0].Says["remedy"][0] != "yes" {
		t.Errorf("%+v", ds)
	}
	if ns := counted(w, fs, "services"); len(ns) != 1 || ns[0].Says["offered"][0] != "no" || ns[0].Says["came"][0] != string(services.Identified) {
		t.Errorf("%+v", ns)
	}
	if cs := counted(w, fs, "cases"); len(cs) != 1 || cs[0].Says["state"][0] != "open" {
		t.Errorf("%+v", cs)
	}
	s := fs.Sources()[0]
	if r, err := s.Coded(w.Ctx, statistics(w), source.Year(2025)); err != nil || r.Len() != 0 {
		t.Errorf("another year counts %d: %v", r.Len(), err)
	}
}

// Nobody but the job that counts reads what is counted, and no name, day of birth or word of hers is in it.
func TestWhatIsCountedNamesNobody(t *testing.T) {
	w := casetest.New(t)
	id, _, _ := w.HandedOver(journal.D0, journal.D1, journal.D2, journal.D3)
	answered(w, id, casework.Coded{Forms: []string{"labour"}})
	read := func(who store.Who) json.RawMessage {
		page, err := w.Store.List(w.Ctx, who, store.Query{Kind: access.KindPerson})
		if err != nil || len(page.Rows) != 1 {
			t.Fatal(len(page.Rows), err)
		}
		return page.Rows[0].Parts[journal.D9]
	}
	extract := string(read(statistics(w)))
	if !strings.Contains(extract, "labour") {
		t.Fatal(extract)
	}
	for _, word := range []string{"Lindita", "Prova", "04-23", "1999", "Larch", "planted", "dentist", "lemon", "0001", "brother"} {
		if strings.Contains(extract, word) {
			t.Errorf("what is counted says %q", word)
		}
	}
	if raw := read(w.Ana()); raw != nil {
		t.Errorf("the case manager reads what is counted: %s", raw)
	}
}

func TestWhoIsNotToBeCountedIsNot(t *testing.T) {
	w := casetest.New(t)
	fs := files(w)
	n := func() int { return len(counted(w, fs, "persons")) }
	var ids []journal.ID
	for _, name := range []string{"One Prova", "Two Prova", "Three Prova"} {
		r := casetest.Lindita()
		r.Identity.Names = []string{name}
		ids = append(ids, w.Register(r))
	}
	if n() != 3 {
		t.Fatal(n())
	}
	answered(w, ids[0], casework.Coded{Apart: true})
	if n() != 2 {
		t.Error("who does not wish it is counted")
	}
	g := w.Giving(journal.D0)
	g.Purpose, g.Recipient = consent.Statistics, journal.ID{}
	w.Do(w.Ana(), ids[1], draft("consent.given", g))
	if n() != 2 {
		t.Error("who agreed is not counted")
	}
	w.Withdraw(ids[1], g.Receipt)
	if n() != 1 {
		t.Error("who took it back is counted")
	}
	fs.Fictitious = false
	if n() != 0 {
		t.Error("people who do not exist are counted")
	}
}

// Files of one person count once, whichever of them says so; and if she does not wish it, not at all.
func TestFilesOfOnePersonCountOnce(t *testing.T) {
	w := casetest.New(t)
	fs := files(w)
	var ids []journal.ID
	for range 4 {
		ids = append(ids, w.Register(casetest.Lindita()))
	}
	desk := w.Who(casetest.Athens, 9, access.DuplicateDesk)
	desk.Purpose = access.ForIdentification
	for i := range 2 { // the first is the second, and the second is the third
		w.Do(desk, ids[i], draft("person.same_as", casework.SameAs{Other: ids[i+1]}))
		w.Do(desk, ids[i+1], draft("person.same_as", casework.SameAs{Other: ids[i]}))
	}
	s := fs.Sources()[0]
	people := func() int {
		r, err := s.Coded(w.Ctx, statistics(w), source.Year(2026))
		if err != nil {
			t.Fatal(err)
		}
		return r.Len()
	}
	if people() != 2 {
		t.Errorf("%d people in four files of two", people())
	}
	answered(w, ids[2], casework.Coded{Apart: true})
	if people() != 1 {
		t.Errorf("%d people, of whom one does not wish it", people())
	}
}

// What was erased is not counted: without the account the forms are unknown, without anything the person is in no figure.
func TestWhatWasErasedIsNotCounted(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	answered(w, id, casework.Coded{Forms: []string{"labour"}, Where: "GR"})
	_, o, err := w.Work.Open(w.Ctx, w.Ana(), id)
	if err != nil {
		t.Fatal(err)
	}
	without := func(gone ...journal.Category) casework.Summary {
		k := casework.Kind(nil, nil)
		var es []journal.Entry
		for _, e := range o.Entries {
			parts := map[journal.Category]json.RawMessage{}
			for c, raw := range e.Parts {
				if !slices.Contains(gone, c) {
					parts[c] = raw
				}
			}
			e.Parts = parts
			es = append(es, e)
		}
		d, err := k.Derived(es)
		if err != nil {
			t.Fatal(err)
		}
		return d.Summary.(casework.Summary)
	}
	if c := without().Counted; c == nil || c.Where != "GR" || c.Citizen != "AL" {
		t.Fatalf("%+v", c)
	}
	if c := without(journal.D3, journal.D2).Counted; c == nil || c.Where != "" || len(c.Forms) != 0 || c.Citizen != "" || c.Sex != "f" {
		t.Errorf("%+v", c)
	}
	if c := without(journal.D0).Counted; c != nil {
		t.Errorf("%+v", c)
	}
}

func TestCodedAnswersAreOfTheirLists(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	for field, v := range map[string]casework.Coded{"forms": {Forms: []string{"other"}}, "means": {Means: []string{"force", "force"}}, "where": {Where: "Greece"}} {
		if err := w.Try(w.Ana(), id, draft(casework.CodedType, v)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestTheAnswersPage(t *testing.T) {
	s := newSite(t)
	id := s.Register(casetest.Lindita())
	path := "/cases/" + id.String()
	s.page(path+"/answers", "fr", "Les faits, en codes", "mendicité comprise")
	s.post(path+"/answers", form("forms", "labour", "forms", "crime", "where", "GR"))
	body := s.page(path, "en", "What happened, in codes", "Work or services, begging included", "Greece", "What happened written in codes")
	if strings.Contains(body, "does not wish to be counted") {
		t.Error("she is said not to wish it")
	}
	s.page(path+"/view", "en", "Criminal activities")
	s.post(path+"/answers", form("apart", "true"))
	if body := s.page(path, "en", "She does not wish to be counted"); strings.Contains(body, "Work or services, begging included") {
		t.Error("a box without a tick stays ticked")
	}
}
