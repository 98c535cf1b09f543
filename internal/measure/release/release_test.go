// SPDX-License-Identifier: EUPL-1.2

package release_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func TestTwoPeopleReleaseAndEverybodySeesIt(t *testing.T) {
	w := newWorld(t)
	a := noisy("2025", 0.5)
	a.Records, a.Notes = true, map[string]string{"en": "People who were detected, not all there are."}
	id := w.asked(a)
	if err := w.desk.Approve(t.Context(), w.person(1, access.Rapporteur), id, release.Approval{Content: true, Safety: true}); !fault.Is(err, fault.Guarded) {
		t.Errorf("whoever drafted it approved it: %v", err)
	}
	if err := w.desk.Approve(t.Context(), w.person(2, access.Rapporteur), id, release.Approval{Content: true}); !fault.Is(err, fault.Invalid) {
		t.Errorf("approved without looking at what it could tell: %v", err)
	}
	for _, r := range []access.Role{access.ProgrammeOfficer, access.Administrator, access.Oversight} {
		if err := w.desk.Approve(t.Context(), w.person(3, r), id, release.Approval{Content: true, Safety: true}); err == nil {
			t.Errorf("%s approved it", r)
		}
	}
	w.must(w.approve(id))
	if rep, err := w.desk.Work(t.Context(), w.owner); err != nil || rep.Drawn != 1 {
		t.Fatalf("%+v, %v", rep, err)
	}
	s := w.state(id)
	if _, _, err := w.desk.PublicFiles(t.Context(), w.owner, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("published before anybody signed: %v", err)
	}
	sign := func(who byte, hash string) error {
		_, err := w.desk.Store.Append(t.Context(), w.person(who, access.Rapporteur), release.Ref(id), store.Draft{Type: release.SignedType, Payload: release.Signing{Hash: hash}})
		return err
	}
	if err := sign(1, strings.Repeat("0", 64)); !fault.Is(err, fault.Guarded) {
		t.Errorf("signed what was not drawn: %v", err)
	}
	w.must(sign(1, s.Made.Hash))
	if err := sign(1, s.Made.Hash); !fault.Is(err, fault.Guarded) {
		t.Errorf("one person signed twice: %v", err)
	}
	w.must(sign(2, s.Made.Hash))
	_, archive, err := w.desk.PublicFiles(t.Context(), w.owner, id)
	w.must(err)
	x, hash, err := release.Read(archive)
	w.must(err)
	if hash != s.Made.Hash {
		t.Errorf("%s, %s was signed", hash, s.Made.Hash)
	}
	r, tables := x.Release, x.Tables
	if r.Promise == nil || r.Promise.Epsilon > 0.5 || r.Guard != nil || len(r.Columns) != 3 || len(r.Released) != 2 || len(tables.Tables) != 7 || r.Columns[2].Code != "forms.labour" {
		t.Errorf("%+v, %d tables", r, len(tables.Tables))
	}
	codes := map[string]bool{}
	for _, c := range r.Checks {
		if codes[c.Code] = true; c.Found != 0 || c.Of == 0 {
			t.Errorf("%+v", c)
		}
	}
	if !codes["consistency"] || !codes["membership"] || !codes["differencing"] {
		t.Errorf("the certificate has %v", r.Checks)
	}
	if n := x.Records.Len(); n < 100 || n > 240 {
		t.Errorf("%d records of 160 people", n)
	}
	c, there := w.budget().Charge(id)
	if !there || c.Spent == nil || c.Spent.Hash != s.Made.Hash || c.Spent.Commitment == "" || c.Cost != s.Begun.Cost || c.Cost == 0 || !slices.Equal(c.Years, []int{2025}) || c.Spent.Signed != [2]journal.ID{s.By, s.Approver} {
		t.Errorf("the register says %+v", c)
	}
	if all, err := w.desk.Published(t.Context(), w.owner); err != nil || len(all) != 1 || all[0].ID != id {
		t.Errorf("%v, %v", all, err)
	}
	w.says(1, id, release.WithdrawnType, release.Reasoned{Reason: "mistake"})
	if _, _, err := w.desk.PublicFiles(t.Context(), w.owner, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("taken down and still there: %v", err)
	}
	if all, _ := w.desk.Published(t.Context(), w.owner); len(all) != 1 || all[0].Status() != release.Withdrawn {
		t.Error("the register forgot what it published")
	}
	if _, there := w.budget().Charge(id); !there {
		t.Error("taking it down gave back what it cost")
	}
}

// stopping is a source of noise that fails.
type stopping struct{}

func (stopping) Read([]byte) (int, error) { return 0, errors.New("the power went") }

func TestWhatWasDrawnIsNeverGivenBack(t *testing.T) {
	w := newWorld(t)
	id := w.asked(noisy("2025", 0.5))
	w.must(w.approve(id))
	reserved, _ := w.budget().Charge(id)
	// The program ends after the entry that says that noise is drawn, and before what was drawn is kept.
	ctx, kill := context.WithCancel(t.Context())
	w.desk.Random = func(part int) io.Reader { kill(); return chance(part) }
	if _, err := w.desk.Work(ctx, w.owner); err == nil {
		t.Fatal("nothing stopped it")
	}
	if got := w.state(id).Status(); got != release.Drawing {
		t.Fatalf("%s", got)
	}
	if err := w.desk.Hold(t.Context(), w.person(1, access.Rapporteur), id, release.Reasoned{Reason: "mistake"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("held back while it was drawn: %v", err)
	}
	w.desk.Random = chance
	if rep, err := w.desk.Work(t.Context(), w.owner); err != nil || rep.Broken != 1 || rep.Drawn != 0 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if s := w.state(id); s.Status() != release.Broken || s.End.Reason != "interrupted" {
		t.Errorf("%s: %+v", s.Status(), s.End)
	}
	if c, there := w.budget().Charge(id); !there || c.Cost != reserved.Cost {
		t.Errorf("what it cost was given back: %+v", c)
	}
	// The same where the source of noise fails.
	w.desk.Random = func(int) io.Reader { return stopping{} }
	if s := w.drawn(noisy("2024", 0.5)); s.Status() != release.Broken {
		t.Errorf("%s", s.Status())
	}
	if n := len(w.budget().Charges); n != 2 {
		t.Errorf("%d charges", n)
	}
	// What was approved and not begun is given back.
	id = w.asked(noisy("2023", 0.5))
	w.must(w.approve(id))
	w.must(w.desk.Hold(t.Context(), w.person(1, access.Rapporteur), id, release.Reasoned{Reason: "mistake"}))
	if _, there := w.budget().Charge(id); there {
		t.Error("what was never drawn is still paid for")
	}
	if rep, _ := w.desk.Work(t.Context(), w.owner); rep != (release.Report{}) {
		t.Errorf("%+v", rep)
	}
}

// TestOfTwoThatDoNotFitTogetherOneWins: whatever they ask for and however they meet, what is approved stays within the policy.
func TestOfTwoThatDoNotFitTogetherOneWins(t *testing.T) {
	w := newWorld(t)
	ids := []journal.ID{w.asked(noisy("2025", 0.8)), w.asked(noisy("2025", 0.8)), w.asked(noisy("2025", 0.8))}
	errs := make([]error, len(ids))
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() { errs[i] = w.approve(id) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !fault.Is(err, fault.Guarded) {
			t.Errorf("%v", err)
		}
	}
	if won != 1 || len(w.budget().Charges) != 1 {
		t.Errorf("%d approved, %d reserved: %v", won, len(w.budget().Charges), errs)
	}
	w.must(w.approve(w.asked(noisy("2024", 0.8)))) // another closed year: other people
	half := noisy("2025", 0.8)
	half.From = "2025-07-01"
	if err := w.approve(w.asked(half)); !fault.Is(err, fault.Guarded) {
		t.Errorf("a part of a year that is used up: %v", err)
	}
}

// TestNothingIsSpentBeyondThePolicy holds what is left against a plain sum over people: each is of one year, and pays for every
// release that counts that year or any.
func TestNothingIsSpentBeyondThePolicy(t *testing.T) {
	years := []int{2022, 2023, 2024}
	usual, err := release.Usual().Limits()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := release.Budget{Policy: release.Usual()}
		for range rapid.IntRange(0, 30).Draw(t, "releases") {
			of := rapid.SliceOfNDistinct(rapid.SampledFrom(years), 0, 3, rapid.ID[int]).Draw(t, "years")
			at := time.Date(2025+rapid.IntRange(0, 3).Draw(t, "at"), 6, 1, 0, 0, 0, 0, time.UTC)
			cost := release.Cost(rapid.Int64Range(1, int64(usual.Year)).Draw(t, "cost"))
			left := b.Under(usual, of, at)
			fits := true
			for _, y := range append(years, 1999) {
				if len(of) > 0 && !slices.Contains(of, y) {
					continue
				}
				year, life := cost, cost
				for _, c := range b.Charges {
					if len(c.Years) == 0 || slices.Contains(c.Years, y) {
						life += c.Cost
						if c.At.Year() == at.Year() {
							year += c.Cost
						}
					}
				}
				fits = fits && year <= usual.Year && life <= usual.Life
			}
			if fits != (cost <= left.Least()) {
				t.Fatalf("%v at %v for %v: fits %v, left %+v", cost, at, of, fits, left)
			}
			if fits {
				b.Charges = append(b.Charges, release.Charge{Reservation: release.Reservation{Years: of, Cost: cost, Route: bundle.Pooled}, At: at})
			}
		}
	})
}

func TestCostsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := release.Cost(rapid.Int64Range(0, 900_000_000_000_000).Draw(t, "cost"))
		var back release.Cost
		if err := back.UnmarshalText([]byte(c.String())); err != nil || back != c {
			t.Fatalf("%d reads %q, back %d: %v", c, c, back, err)
		}
	})
	for _, bad := range []string{"", "-1", "1.0000000000001", "x", "1e3", "0.-1", "5000"} {
		if c := new(release.Cost); c.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is %v", bad, *c)
		}
	}
}

func TestMoreThanUsualNeedsAReasonAndASecondPerson(t *testing.T) {
	w := newWorld(t)
	budget := release.BudgetRef(w.owner, "persons")
	propose := func(p release.Policy) error {
		_, err := w.desk.Store.Append(t.Context(), w.person(1, access.Rapporteur), budget, store.Draft{Type: release.ProposedType, Payload: release.Proposal{Source: "persons", Policy: p}})
		return err
	}
	confirm := func(who byte) error {
		_, err := w.desk.Store.Append(t.Context(), w.person(who, access.Rapporteur), budget, store.Draft{Type: release.ConfirmedType, Payload: release.Confirmation{Is: true}})
		return err
	}
	loose := release.Policy{Year: 3, Life: 6, Delta: 1e-6}
	if err := propose(loose); !fault.Is(err, fault.Invalid) {
		t.Errorf("more without a reason: %v", err)
	}
	loose.Reason = "Only this office counts, and its ministry has agreed."
	w.must(propose(loose))
	if got := w.budget().Policy; got != release.Usual() {
		t.Errorf("one person alone changed it: %+v", got)
	}
	if err := confirm(1); !fault.Is(err, fault.Guarded) {
		t.Errorf("confirmed by whoever proposed it: %v", err)
	}
	w.must(confirm(2))
	if got := w.budget().Policy; got != loose {
		t.Errorf("%+v", got)
	}
	w.must(w.approve(w.asked(noisy("2025", 2))))
}

func TestWhatCannotBeReleasedIsRefused(t *testing.T) {
	w := newWorld(t)
	for field, change := range map[string]func(*release.Asks){
		"version": func(a *release.Asks) { a.Version = "2" },
		"until":   func(a *release.Asks) { a.Until = "2026-12-31" },
		"from":    func(a *release.Asks) { a.From = "1066-10-14" },
		"columns": func(a *release.Asks) { a.Columns = []string{"sex", "shoe"} },
		"ways":    func(a *release.Asks) { a.Ways = 9 },
		"epsilon": func(a *release.Asks) { a.Epsilon = -1 },
		"delta":   func(a *release.Asks) { a.Delta = 0.5 },
		"extra":   func(a *release.Asks) { a.Extra = [][]string{{"sex", "sex"}} },
		"route":   func(a *release.Asks) { a.Route = "shortcut" },
	} {
		a := noisy("2025", 0.5)
		change(&a)
		if err := w.desk.Draft(t.Context(), w.person(1, access.Rapporteur), w.desk.Store.NewID(), w.desk.Store.NewID(), a); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	a := noisy("2025", 0.5)
	a.Source = "shoes"
	if _, err := w.desk.Plan(t.Context(), w.owner, a); !fault.Is(err, fault.NotFound) {
		t.Errorf("a source that is not there: %v", err)
	}
}

// TestThePlanKnowsItsErrorBeforehand: the numbers of a release lie as near to the truth as the plan said.
func TestThePlanKnowsItsErrorBeforehand(t *testing.T) {
	w := newWorld(t)
	a := noisy("2025", 1)
	a.Columns = []string{"sex", "age", "forms.labour", "forms.sexual", "forms.other"}
	p, err := w.desk.Plan(t.Context(), w.owner, a)
	w.must(err)
	_, _, tables := w.published(a)
	near, all := 0, 0
	truth, err := w.persons().Coded(t.Context(), store.Who{}, p.Period)
	w.must(err)
	for i, s := range p.All {
		counts, err := truth.Count(s) // the plan has all columns of the source
		w.must(err)
		for c, v := range counts {
			all++
			if d := *tables.Tables[i].Cells[c].Value - float64(v); d*d <= p.PlusMinus(s)*p.PlusMinus(s)+0.1 {
				near++
			}
		}
	}
	if float64(near) < 0.85*float64(all) { // numbers of one release share their noise
		t.Errorf("%d of %d", near, all)
	}
}

// TestTablesAreChosenAtAPrice: of the tables of several columns as many are measured as were asked for; the ledger, the budget and the
// release say the same cost, of which the choice is a part.
func TestTablesAreChosenAtAPrice(t *testing.T) {
	w := newWorld(t)
	a := noisy("2025", 0.9)
	a.Columns, a.Choose = []string{"sex", "age", "forms.labour", "forms.sexual"}, 2
	p, err := w.desk.Plan(t.Context(), w.owner, a)
	w.must(err)
	for _, s := range p.All {
		if len(s) > 1 && !(p.PlusMinus(s) > 0) {
			t.Errorf("nobody knows beforehand how exact %v would be", p.Names(s))
		}
	}
	if x, err := p.Promise(); err != nil || x.Epsilon > 0.9 || x.Epsilon < 0.89 {
		t.Errorf("asked for epsilon 0.9, promised %+v: %v", x, err)
	}
	s, r, tables := w.published(a)
	pairs := 0
	for _, x := range tables.Tables {
		if len(x.Columns) > 1 {
			pairs++
		}
	}
	c := w.budget().Charges[0]
	if pairs != 2 || len(tables.Tables) != 1+4+2 || len(c.Spent.Workload) != 4+2 || len(s.Made.Sigmas) != len(tables.Tables) || s.Made.Cells != c.Spent.Cells {
		t.Errorf("%d pairs of %d tables: %+v", pairs, len(tables.Tables), c.Spent)
	}
	if got := r.Promise; got.Choice == nil || got.Choice.Of != 6 || got.Choice.Taken != 2 || got.Rho != p.Cost.String() || c.Cost != p.Cost || c.Spent.Rho != p.Cost {
		t.Errorf("promised %+v, planned %v, charged %v, spent %v", got, p.Cost, c.Cost, c.Spent.Rho)
	}
	for choose, route := range map[int]bundle.Route{6: bundle.Pooled, -1: bundle.Pooled, 1: bundle.Exact} {
		b := noisy("2024", 0.1)
		b.Columns, b.Choose, b.Route, b.K, b.Method = a.Columns, choose, route, 10, "rounded"
		if _, err := w.desk.Plan(t.Context(), w.owner, b); !fault.Is(err, fault.Invalid) {
			t.Errorf("to choose %d on %s: %v", choose, route, err)
		}
	}
}
