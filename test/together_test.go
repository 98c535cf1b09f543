// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/measure/release"
)

// TestThreeOfficesPublishByClicks: two people in each of three offices publish one table together, on their pages alone, and look at
// what came out.
func TestThreeOfficesPublishByClicks(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	s := stage(t)
	at := hands(t, s)
	if err := s.Screens(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Pass(t.Context(), 95*24); err != nil { // the quarter is over then
		t.Fatal(err)
	}
	sofia, nikos := at(demo.Greek, "sofia", "en"), at(demo.Greek, "nikos", "en")
	wear(t, sofia.tab, sofia.base, "en", "light", 1280)
	one := proposes(sofia)
	if sofia.offers(sofia.l.T("joint.act.propose")) {
		t.Error("whoever drafted it is offered to send it")
	}
	comes(nikos, one)
	nikos.press(nikos.l.T("joint.act.propose"))
	nikos.says(nikos.l.T("joint.note.waiting"))
	last := at(demo.Police, "valbona", "en")
	for _, x := range []struct {
		p                   demo.Place
		agrees, accepts, by string
	}{{demo.Albanian, "drita", "besnik", "Besnik Fictitious"}, {demo.Police, "valbona", "agim", "Agim Fictitious"}} {
		if err := s.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		agrees, accepts := at(x.p, x.agrees, "en"), at(x.p, x.accepts, "en")
		comes(agrees, one)
		agrees.press(agrees.l.T("joint.act.agree"))
		agrees.pick("second", x.by)
		agrees.press(agrees.l.T("joint.act.agree"), "main form")
		agrees.says(agrees.l.T("joint.note.agreed"))
		if agrees.offers(agrees.l.T("joint.act.accept")) {
			t.Error("whoever agreed is offered to accept")
		}
		comes(accepts, one)
		accepts.press(accepts.l.T("joint.act.accept"))
	}
	comes(last, one)
	for range 60 {
		if err := s.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		if last.goes(one); strings.Contains(last.reads(), last.l.T("joint.note.opened")) {
			break
		}
	}
	last.says(last.l.T("joint.note.opened"), "Shelter Network Tirana", last.l.T("release.total"), last.l.T("release.checks"))
	hash := eval[string](t, last.tab, `(document.querySelector('main').innerText.match(/\b[0-9a-f]{64}\b/) ?? [''])[0]`)
	last.press(last.l.T("release.explore"))
	last.says("Outreach Piraeus", "Border Police Unit")
	comes(sofia, one)
	if sofia.says(sofia.l.T("joint.note.opened"), hash); hash == "" {
		t.Error("no hash on the page")
	}
}

// comes signs a worker in, and opens a page by its address.
func comes(h *hand, path string) {
	h.t.Helper()
	h.leaves()
	h.signIn()
	h.goes(path)
}

// proposes drafts a joint release of the screenings of the quarter in which the demonstration begins, and gives its address.
func proposes(h *hand) string {
	h.t.Helper()
	T := h.l.T
	began := time.Now().UTC().AddDate(0, 0, -150)
	first := time.Date(began.Year(), (began.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	comes(h, release.Path)
	h.press(T("joint.title"))
	h.says(T("joint.none"))
	h.press(T("joint.new"))
	h.pick("source", T("measure.source.screenings"))
	h.press(T("joint.save")) // shows the columns of that source
	h.pick("period", release.Period(h.l, first.Format(time.DateOnly), first.AddDate(0, 3, -1).Format(time.DateOnly)))
	h.pick("columns", T("measure.column.age"), T("measure.column.role"))
	h.pick("ways", T("release.ways.1"))
	h.pick("epsilon", h.l.Decimal("0.75"))
	eval[bool](h.t, h.tab, `(document.querySelector('#f-offices').scrollIntoView({block: 'center'}), true)`)
	h.pick("offices", "Border Police Unit (fictitious)", "Shelter Network Tirana (fictitious)")
	h.pick("second", "Nikos Fictitious")
	h.press(T("joint.save"))
	h.says(T("joint.note.drafted"), T("joint.promise.everybody"))
	if at := h.where(); strings.HasPrefix(at, joint.Path+"/0") {
		return at
	}
	h.t.Fatalf("the draft stands at %s:\n%s", h.where(), h.reads())
	return ""
}
