// SPDX-License-Identifier: EUPL-1.2

package access_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

var (
	own   = journal.MustID("01890000-0000-7000-8000-000000000001")
	other = journal.MustID("01890000-0000-7000-8000-000000000002")
)

func policies(t testing.TB) *access.Policies {
	p, err := access.Base()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// personReads is the table "who may see what" of a person's file, restated here from the specification and
// not from the policies: role with its relation -> categories that may be read. Where the table says
// "summary" or "by consent" the category is not readable as such.
var personReads = map[access.Role]struct {
	as   access.Relation
	cats string
}{
	access.CaseManager: {access.AsManager, "D0 D1 D2 D3 D5 D6 D7"},
	access.Supervisor:  {access.AsSuper, "D0 D1 D2 D3 D6 D7"},
	access.Responder:   {access.AsSignaller, "D0 D1 D2"}, // until the signal is passed on
	access.Panel:       {access.AsPanel, "D0 D1 D2 D3 D7"},
	access.Health:      {access.AsHealth, "D0 D1 D2 D4"},
	access.Shelter:     {access.AsShelter, "D0 D1 D5"},
	access.Lawyer:      {access.AsLawyer, "D0 D1 D2 D3 D6 D7 D8"},
	access.Guardian:    {access.AsGuardian, "D0 D1 D2 D6 D7"},
}

func personRequest(office access.OfficeKind, role access.Role, rel access.Relation, a access.Action, c journal.Category) access.Request {
	r := access.Request{Actor: access.Actor{ID: own, Owner: own, Office: office, Roles: []access.Role{role}}, Action: a, Category: c, Purpose: access.ForAssistance,
		Row: access.Row{Owner: own, Kind: access.KindPerson, Dossier: own}}
	if rel != "" {
		r.Row.Relations = []access.Relation{rel}
	}
	return r
}

func TestPersonReadsAreTheTable(t *testing.T) {
	p := policies(t)
	for _, role := range access.Roles() {
		for _, rel := range append(access.Relations(), "") {
			for _, c := range journal.Categories() {
				want := false
				if row, ok := personReads[role]; ok && row.as == rel {
					want = slices.Contains(strings.Fields(row.cats), string(c))
				}
				if rel == access.AsEmergency {
					want = slices.Contains(strings.Fields("D0 D1 D2 D3 D4"), string(c))
				}
				if role == access.Administrator && c != journal.OF && c != journal.PP {
					want = false // wall.administrator, whatever the relation
				}
				if c == journal.PP {
					want = true // public programme content is in no person's file; reading nothing of it is harmless
				}
				got := p.Authorize(personRequest(access.Assistance, role, rel, access.Read, c)).Allow
				if got != want {
					t.Errorf("%s as %q reads %s of a person: %v, the table says %v", role, rel, c, got, want)
				}
			}
		}
	}
}

func TestARoleWithoutStandingOpensNoFile(t *testing.T) {
	p := policies(t)
	for _, role := range access.Roles() {
		for _, c := range []journal.Category{journal.D0, journal.D1, journal.D2, journal.D3, journal.D4, journal.D5, journal.D6, journal.D7, journal.D8} {
			for _, a := range []access.Action{access.Read, access.Write} {
				if d := p.Authorize(personRequest(access.Assistance, role, "", a, c)); d.Allow {
					t.Errorf("%s %ss %s of a person without standing, by %v", role, a, c, d.Rules)
				}
			}
		}
	}
}

func TestTheDuplicateDeskComparesIdentitiesOnly(t *testing.T) {
	p := policies(t)
	for _, c := range journal.Categories() {
		r := personRequest(access.Assistance, access.DuplicateDesk, "", access.Read, c)
		r.Purpose = access.ForIdentification
		want := c == journal.D0 || c == journal.D2 || c == journal.PP
		if got := p.Authorize(r).Allow; got != want {
			t.Errorf("duplicate desk reads %s: %v", c, got)
		}
	}
}

func TestAReferralDeskNeedsTheLaw(t *testing.T) {
	p := policies(t)
	r := personRequest(access.Assistance, access.ReferralDesk, "", access.Read, journal.D0)
	if p.Authorize(r).Allow {
		t.Error("a referral desk sees files without a law that says so")
	}
	r.Row.Facts = []string{"referral_desk_law"}
	if !p.Authorize(r).Allow {
		t.Error("a referral desk with its law sees no code")
	}
	for _, c := range []journal.Category{journal.D1, journal.D2, journal.D3, journal.D4, journal.D5, journal.D6, journal.D7, journal.D8} {
		if r.Category = c; p.Authorize(r).Allow {
			t.Errorf("a referral desk reads %s", c)
		}
	}
}

// request draws any request of known words.
func request(t *rapid.T) access.Request {
	roles := append(access.Roles(), access.Job)
	r := access.Request{
		Actor: access.Actor{ID: own, Owner: own, Office: rapid.SampledFrom(access.OfficeKinds()).Draw(t, "office"),
			Roles: rapid.SliceOfNDistinct(rapid.SampledFrom(roles), 0, 3, rapid.ID[access.Role]).Draw(t, "roles")},
		Action: rapid.SampledFrom([]access.Action{access.Read, access.Write}).Draw(t, "action"),
		Type: rapid.SampledFrom([]string{"", "person.registered", "person.assigned", "screening.recorded", "signal.noted", "signal.taken", "signal.received", "note.added", "consent.given", "referral.offered",
			"incoming.answered", "incoming.feedback", "service.step", "place.moved", "track.identification", "access.emergency", "partner.pinned", "terms.signed", "figure.received"}).Draw(t, "type"),
		Category: rapid.SampledFrom(journal.Categories()).Draw(t, "category"),
		Purpose:  rapid.SampledFrom(access.Purposes()).Draw(t, "purpose"),
		Row:      access.Row{Owner: own, Dossier: own, Kind: rapid.SampledFrom(access.Kinds()).Draw(t, "kind"), Relations: rapid.SliceOfNDistinct(rapid.SampledFrom(access.Relations()), 0, 2, rapid.ID[access.Relation]).Draw(t, "relations")},
	}
	if slices.Contains(r.Actor.Roles, access.Job) {
		r.Actor.Job = rapid.SampledFrom([]string{"post", "clock", "importer", "duplicates", "statistics", "operator", "sequencer", "erasure"}).Draw(t, "job")
	}
	return r
}

func TestNobodyReachesAnotherOfficesRecords(t *testing.T) {
	p := policies(t)
	rapid.Check(t, func(t *rapid.T) {
		r := request(t)
		r.Row.Owner = other
		if d := p.Authorize(r); d.Allow {
			t.Fatalf("%+v is allowed by %v", r, d.Rules)
		}
	})
}

func TestWallsHoldWhateverIsAsked(t *testing.T) {
	p := policies(t)
	rapid.Check(t, func(t *rapid.T) {
		r := request(t)
		d := p.Authorize(r)
		if !d.Allow {
			return
		}
		care := slices.Contains([]string{access.KindPerson, access.KindReferralIn, access.KindResemblance}, r.Row.Kind)
		if care && r.Actor.Office != access.Assistance {
			t.Fatalf("an office of kind %s holds care files: %+v by %v", r.Actor.Office, r, d.Rules)
		}
		if r.Category == journal.D5 {
			near := slices.Contains(r.Row.Relations, access.AsManager) || slices.Contains(r.Row.Relations, access.AsShelter)
			if !near || r.Purpose == access.ForPerson || r.Purpose == access.ForEmergency {
				t.Fatalf("where a shelter is: %+v by %v", r, d.Rules)
			}
		}
		if r.Row.Kind == access.KindSignal && r.Actor.Office != access.Assistance && r.Category.Personal() && r.Action == access.Read && !slices.Contains(r.Row.Relations, access.AsSignaller) {
			t.Fatalf("a signal outside an assistance office is read by somebody who did not write it: %+v by %v", r, d.Rules)
		}
		if r.Actor.Job != "" && r.Category.Personal() && !care && (r.Row.Kind != access.KindSignal || r.Actor.Office != access.Assistance) {
			t.Fatalf("a job reads personal data outside a care file: %+v by %v", r, d.Rules)
		}
		if len(r.Actor.Roles) == 0 && r.Category.Personal() && !slices.Contains(r.Row.Relations, access.AsEmergency) {
			t.Fatalf("somebody without a role: %+v by %v", r, d.Rules)
		}
	})
}

func TestUnknownWordsAreRefused(t *testing.T) {
	p := policies(t)
	good := personRequest(access.Assistance, access.CaseManager, access.AsManager, access.Read, journal.D0)
	if !p.Authorize(good).Allow {
		t.Fatal("the good request is refused")
	}
	for name, spoil := range map[string]func(*access.Request){
		"office":     func(r *access.Request) { r.Actor.Office = "ministry" },
		"role":       func(r *access.Request) { r.Actor.Roles = append(r.Actor.Roles, "root") },
		"action":     func(r *access.Request) { r.Action = "delete" },
		"kind":       func(r *access.Request) { r.Row.Kind = "people" },
		"relation":   func(r *access.Request) { r.Row.Relations = append(r.Row.Relations, "friend") },
		"category":   func(r *access.Request) { r.Category = "D99" },
		"purpose":    func(r *access.Request) { r.Purpose = "curiosity" },
		"no owner":   func(r *access.Request) { r.Row.Owner, r.Actor.Owner = journal.ID{}, journal.ID{} },
		"job's role": func(r *access.Request) { r.Actor.Roles = append(r.Actor.Roles, access.Job) },
	} {
		r := good
		r.Actor.Roles, r.Row.Relations = slices.Clone(good.Actor.Roles), slices.Clone(good.Row.Relations)
		spoil(&r)
		if p.Authorize(r).Allow {
			t.Errorf("an unknown %s is let through", name)
		}
	}
}

func TestPoliciesAreFewNamedAndExplained(t *testing.T) {
	rules := policies(t).Rules()
	if len(rules) >= 40 {
		t.Errorf("%d rules; fewer than forty can be read by a lawyer", len(rules))
	}
	for _, r := range rules {
		if r.ID == "" || len(r.Why) < 20 || r.Effect != "permit" && r.Effect != "forbid" {
			t.Errorf("rule %+v is not named and explained", r)
		}
	}
}

func TestAPackCanOnlyForbid(t *testing.T) {
	p := policies(t)
	if _, err := p.With("pack", []byte(`@id("x") @why("A pack that opens a door must not be taken.") permit (principal, action, resource);`)); err == nil {
		t.Error("a pack with a permit is taken")
	}
	q, err := p.With("pack", []byte(`@id("x.no_accounts") @why("Here nobody reads accounts of exploitation on a screen.") forbid (principal, action == Action::"read", resource) when { context.category == "D3" };`))
	if err != nil {
		t.Fatal(err)
	}
	r := personRequest(access.Assistance, access.CaseManager, access.AsManager, access.Read, journal.D3)
	if !p.Authorize(r).Allow || q.Authorize(r).Allow {
		t.Error("the pack's forbid does not bite, or bites in the base")
	}
	rapid.Check(t, func(t *rapid.T) {
		if r := request(t); q.Authorize(r).Allow && !p.Authorize(r).Allow {
			t.Fatalf("a pack opened a door: %+v", r)
		}
	})
}

func ExamplePolicies_Authorize() {
	p, err := access.Base()
	if err != nil {
		panic(err)
	}
	r := personRequest(access.Assistance, access.CaseManager, access.AsManager, access.Read, journal.D4)
	fmt.Println("health notes:", p.Authorize(r).Allow)
	r.Category = journal.D1
	fmt.Println("how to reach her:", p.Authorize(r).Allow)
	// Output:
	// health notes: false
	// how to reach her: true
}

func TestTheMatrixOnPaperIsTheOneInForce(t *testing.T) {
	b, err := os.ReadFile("../../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != policies(t).Matrix() {
		t.Error("docs/access.md is not what the policies say; run go generate ./internal/platform/access")
	}
}

// TestOnlyWhoWorksOnAComparisonKnowsOfIt: another case manager of the office does not see that a file was found elsewhere; a focal
// point sees it by codes and may take on what comes, and no more.
func TestOnlyWhoWorksOnAComparisonKnowsOfIt(t *testing.T) {
	p := policies(t)
	for _, typ := range []string{"", "comparison.judged", "comparison.told", "comparison.taken"} {
		for _, role := range []access.Role{access.CaseManager, access.FocalPoint} {
			for _, rel := range []access.Relation{"", access.AsWorker} {
				r := access.Request{Actor: access.Actor{ID: own, Owner: own, Office: access.Assistance, Roles: []access.Role{role}}, Action: access.Write, Type: typ, Category: journal.D0,
					Purpose: access.ForIdentification, Row: access.Row{Owner: own, Kind: access.KindComparison, Dossier: own}}
				if typ == "" {
					r.Action = access.Read
				}
				if rel != "" {
					r.Row.Relations = []access.Relation{rel}
				}
				if want := rel != "" || role == access.FocalPoint && (typ == "" || typ == "comparison.taken"); p.Authorize(r).Allow != want {
					t.Errorf("%q by %s as %q: %v, want %v", typ, role, rel, !want, want)
				}
			}
		}
	}
}
