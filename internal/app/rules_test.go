// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

const ofTheHouse = `@id("no.files")
@why("In this house case managers read no file while it moves.")
forbid (principal, action == Action::"read", resource) when { context.kind == "person" && context.roles.contains("case_manager") };`

const noOffers = `@id("no.offers")
@why("This office takes no offers from abroad this month.")
forbid (principal, action == Action::"write", resource) when { context.kind == "referral_in" && context.type == "incoming.offered" };`

// A pack of rules refuses the page, the API and the post at once and after a start, in the office that added it and in no
// other of the host; taken away, the doors are open again.
func TestAPacksForbidHoldsAtEveryDoor(t *testing.T) {
	h := newHosted(t)
	f := h.handed("First")
	athens, tirana := h.offices["athens"], h.offices["tirana"]
	paths := func() (page, api reply) {
		h.ana.signIn()
		return h.get(h.ana, "/cases/"+f.id.String()), h.api(h.ana, "GET", "/dossiers/person/"+f.id.String()+"?purpose=assistance", nil)
	}
	if p, a := paths(); p.code != http.StatusOK || a.code != http.StatusOK {
		t.Fatalf("before: page %d, API %d", p.code, a.code)
	}
	out, err := opAddRules(t.Context(), h.n, AddRulesIn{Of: Of{athens.ID}, Name: "house", Source: ofTheHouse})
	h.must(err)
	if len(out.Packs) != 1 || out.Packs[0].Name != "house" || len(out.Packs[0].SHA256) != 64 || out.Packs[0].By != "command line" {
		t.Fatalf("packs: %+v", out.Packs)
	}
	refused := func(when string) {
		t.Helper()
		if p, a := paths(); p.code == http.StatusOK || a.code == http.StatusOK || strings.Contains(p.body+a.body, "NamedFirst") {
			t.Errorf("%s: page %d, API %d", when, p.code, a.code)
		}
		if in := h.in(f); !strings.Contains(string(in.Package.D2), "NamedFirst") { // Tirana's own file
			t.Errorf("%s: the pack of one office holds in another", when)
		}
	}
	refused("at once")
	h.reopen()
	refused("after a start")
	q := access.Request{Actor: access.Actor{ID: h.ana.id, Owner: athens.ID, Office: athens.Kind, Roles: []access.Role{access.CaseManager}}, Action: access.Read, Category: journal.D0, Purpose: access.ForAssistance,
		Row: access.Row{Owner: athens.ID, Kind: access.KindPerson, Dossier: f.id, Relations: []access.Relation{access.AsManager}}}
	e, err := opExplain(t.Context(), h.n, ExplainIn{Of{athens.ID}, q})
	h.must(err)
	if e.Allow || len(e.Rules) != 1 || e.Rules[0].ID != "house.no.files" {
		t.Errorf("explained: %+v", e)
	}
	boss := h.hire("athens", "boss", access.Administrator)
	if p := h.get(boss, "/settings"); !strings.Contains(p.body, "In this house case managers read no file") || !strings.Contains(p.body, out.Packs[0].SHA256) {
		t.Error("the settings page does not show the pack")
	}
	if _, err := opRemoveRules(t.Context(), h.n, RemoveRulesIn{Of{athens.ID}, "house", "over"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	_, err = opRemoveRules(t.Context(), h.n, RemoveRulesIn{Of{athens.ID}, "house", "The house has moved; files are read again."})
	h.must(err)
	if p, a := paths(); p.code != http.StatusOK || a.code != http.StatusOK {
		t.Errorf("afterwards: page %d, API %d", p.code, a.code)
	}
	if p := h.get(boss, "/settings"); !strings.Contains(p.body, "The house has moved") {
		t.Error("the settings page forgot the pack")
	}

	_, err = opAddRules(t.Context(), h.n, AddRulesIn{Of: Of{tirana.ID}, Name: "month", Source: noOffers})
	h.must(err)
	g := h.offered("Second")
	if o := h.out(g); len(o.Refusals) != 1 {
		t.Errorf("the post took an offer that a pack forbids: %+v", o)
	}
	if v, err := opVerify(t.Context(), h.n, Of{}); err != nil || !v.OK {
		t.Errorf("the logs: %+v %v", v, err)
	}
}

// What a pack may not do is refused with what is wrong, and leaves nothing.
func TestAPackMayOnlyForbid(t *testing.T) {
	w := newWorld(t, "athens")
	for name, c := range map[string]struct{ name, source, key string }{
		"permits":   {"open", `@id("all") @why("Everybody may do everything here.") permit (principal, action, resource);`, "access.pack.permits"},
		"bad name":  {"../open", ofTheHouse, "access.pack.name"},
		"locks out": {"shut", `@id("all") @why("Nobody may do anything here.") forbid (principal, action, resource);`, "access.pack.locks_out"},
	} {
		_, err := opAddRules(t.Context(), w.n, AddRulesIn{Name: c.name, Source: c.source})
		var f *fault.Fault
		if !errors.As(err, &f) || f.Key != c.key && (len(f.Fields) == 0 || f.Fields[0].Key != c.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := opAddRules(t.Context(), w.n, AddRulesIn{Name: "house", Source: ofTheHouse})
	w.must(err)
	if _, err := opAddRules(t.Context(), w.n, AddRulesIn{Name: "house", Source: noOffers}); !fault.Is(err, fault.Guarded) {
		t.Errorf("a name that is taken: %v", err)
	}
	r, err := opRules(t.Context(), w.n, Of{})
	w.must(err)
	if len(r.Packs) != 1 || w.n.offices.now(w.offices["athens"]).Name != "Office in athens" {
		t.Errorf("left behind: %+v", r.Packs)
	}
}
