// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// Through the API and the real post: an offer is amended after it was accepted, answered again, handed over as announced,
// then supplemented on a new consent.
func TestAnOfferIsAmendedThroughTheAPI(t *testing.T) {
	w := newWorld(t, "athens", "tirana")
	w.agree("athens", "tirana")
	ana := w.hire("athens", "ana", access.CaseManager)
	besa := w.hire("tirana", "besa", access.FocalPoint, access.CaseManager)
	f := w.open(ana, "one", "tirana")
	at := "/people/" + f.id.String() + "/referrals/" + f.referral.String()
	calls := func(v *visitor, method, path string, in any, code int) reply {
		t.Helper()
		w.clock.Advance(time.Second)
		a := w.api(v, method, path, in)
		if a.code != code {
			t.Fatalf("%s %s: %d %s", method, path, a.code, a.body)
		}
		return a
	}
	answer := func(n int) {
		t.Helper()
		calls(besa, "POST", "/dossiers/referral_in/"+f.referral.String()+"/entries?purpose=referral", map[string]any{"id": w.n.newID(), "type": "incoming.answered",
			"payload": referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}, Amendment: n}}, http.StatusOK)
		w.deliver()
	}
	handOver := func(path, query string) {
		t.Helper()
		var v struct{ Hash string }
		w.must(json.Unmarshal([]byte(calls(ana, "GET", at+path+"?purpose=assistance"+query, nil, http.StatusOK).body), &v))
		to := map[string]string{"/preview": "/hand-over", "/supplement": "/supplement"}[path]
		calls(ana, "POST", at+to+"?purpose=assistance"+query, map[string]any{"hash": v.Hash}, http.StatusNoContent)
		w.deliver()
	}
	calls(ana, "POST", at+"/offer?purpose=assistance", map[string]any{"until": w.clock.Now().Add(5 * 24 * time.Hour)}, http.StatusNoContent)
	w.deliver()
	answer(0)
	change := map[string]any{"reason": "less_shared", "urgency": "week", "languages": []string{"sq", "el"}, "categories": []string{"D1"}, "until": w.clock.Now().Add(6 * 24 * time.Hour)}
	calls(ana, "POST", at+"/amend?purpose=assistance", change, http.StatusNoContent)
	calls(ana, "GET", at+"/preview?purpose=assistance", nil, http.StatusOK)
	w.deliver()
	answer(1)
	handOver("/preview", "")
	w.write(ana, access.KindPerson, f.id, store.Draft{Type: "consent.given", Payload: consent.Given{Receipt: w.n.newID(), Purpose: consent.Referral, Recipient: w.offices["tirana"].ID,
		Categories: []journal.Category{journal.D2}, Language: "sq", Interpreting: consent.Interpreter, By: consent.ByPerson, Expires: w.clock.Now().Add(90 * 24 * time.Hour)}})
	handOver("/supplement", "")
	handOver("/supplement", "&correct=D1")
	o, err := w.n.Store.Open(w.Context(), besa.who(access.ForReferral), store.Ref{Kind: access.KindReferralIn, ID: f.referral})
	w.must(err)
	s := o.State.(referral.In)
	if !slices.Equal(s.Package.Categories(), []journal.Category{journal.D1, journal.D2}) || s.Number != 3 || len(s.Changes) != 1 || len(s.Supplied) != 2 {
		t.Fatalf("there: %v, amendment %d, %d changes, %d supplements", s.Package.Categories(), s.Number, len(s.Changes), len(s.Supplied))
	}
	p, _, err := w.n.Work.Open(w.Context(), ana.who(access.ForAssistance), f.id)
	w.must(err)
	for _, x := range p.Referral.Out[0].Supplements {
		if x.ReceiptedAt.IsZero() {
			t.Errorf("no receipt for supplement %d", x.Number)
		}
	}
}

// Through the real post, under terms that let signals go one way only: what nobody takes on is told back, and a name that is
// taken back is erased there and confirmed here.
func TestASignalIsTakenBackThroughThePost(t *testing.T) {
	w := newWorld(t, "border", "tirana")
	border, tirana := w.offices["border"].ID, w.offices["tirana"].ID
	w.agree("border", "tirana", terms.Grant{From: border, To: tirana, Purpose: "screening", Categories: []journal.Category{journal.D0, journal.D1, journal.D2, journal.D3}})
	agim := w.hire("border", "agim", access.Responder, access.PoliceOfficer)
	write := func(id journal.ID, typ string, payload any) {
		t.Helper()
		w.clock.Advance(time.Second)
		_, err := w.n.Store.Append(w.Context(), agim.who(access.ForScreening), store.Ref{Kind: access.KindSignal, ID: id}, store.Draft{Type: typ, Payload: payload})
		w.must(err)
	}
	id := w.n.newID()
	write(id, "screening.recorded", screening.Recorded{Who: screening.Adult, Role: "border", Place: "border", Language: "sq", Interpreted: consent.Interpreter, Set: "delphi_labour_adult", Version: "2009-1",
		Answers: map[string]screening.Answer{"DR-02": "yes"}})
	write(id, "signal.noted", screening.Noted{Identity: &screening.Named{Names: []string{"Lindita Prova"}}})
	w.clock.Advance(consent.Rest)
	write(id, "signal.consented", consent.Given{Receipt: w.n.newID(), Purpose: consent.Identification, Recipient: tirana, Categories: []journal.Category{journal.D2}, Language: "sq",
		Interpreting: consent.Interpreter, By: consent.ByPerson, Expires: w.clock.Now().Add(30 * 24 * time.Hour)})
	write(id, "signal.forwarded", screening.Forwarded{To: tirana, For: "screening", Named: true})
	w.deliver()
	status := func() screening.Signal {
		t.Helper()
		o, err := w.n.Store.Open(w.Context(), agim.who(access.ForScreening), store.Ref{Kind: access.KindSignal, ID: id})
		w.must(err)
		return o.State.(screening.Signal)
	}
	w.clock.Advance(screening.PassOn)
	if n, err := w.n.MarkOnce(w.Context()); err != nil || n != 1 {
		t.Fatalf("the clock noted %d, %v", n, err)
	}
	w.deliver()
	if s := status(); s.Status() != screening.StatusUnread {
		t.Fatalf("nobody has taken it on, and its writer sees %s", s.Status())
	}
	write(id, "signal.withdrawn", screening.TakenBack{By: "person"})
	w.deliver()
	if s := status(); s.Status() != screening.StatusWithdrawn || s.ErasedAt.IsZero() {
		t.Fatalf("its writer sees %s, confirmed %v", s.Status(), s.ErasedAt)
	}

	// A second one that nobody passes on is erased where it was written.
	late := w.n.newID()
	write(late, "screening.recorded", screening.Recorded{Who: screening.Adult, Role: "border", Place: "border", Language: "sq", Interpreted: consent.Interpreter, Set: "delphi_labour_adult", Version: "2009-1",
		Answers: map[string]screening.Answer{"DR-02": "yes"}})
	w.clock.Advance(screening.PassOn)
	if n, err := w.n.MarkOnce(w.Context()); err != nil || n != 1 {
		t.Fatalf("the clock noted %d, %v", n, err)
	}
	agim.signIn()
	if a := w.get(agim, "/"); a.code != http.StatusOK || !strings.Contains(a.body, "lapsed, erased") {
		t.Errorf("Today does not say that it lapsed: %d", a.code)
	}
}

// Through the real post: an office that suspended the terms after it accepted refuses an amendment, and its old answer ends
// by itself, though nothing else may go there.
func TestARefusedAmendmentLeavesNoOldAnswer(t *testing.T) {
	w := newWorld(t, "athens", "tirana")
	agreed := w.agree("athens", "tirana")
	ana := w.hire("athens", "ana", access.CaseManager)
	besa := w.hire("tirana", "besa", access.FocalPoint, access.CaseManager)
	f := w.open(ana, "one", "tirana")
	w.must(w.n.Work.Offer(w.Context(), ana.who(access.ForAssistance), f.id, f.referral, w.clock.Now().Add(5*24*time.Hour)))
	w.deliver()
	in := store.Ref{Kind: access.KindReferralIn, ID: f.referral}
	w.write(besa, in.Kind, in.ID, store.Draft{Type: "incoming.answered", Payload: referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}}})
	w.deliver()
	operator, _, err := w.n.operatorOf(w.offices["tirana"].ID)
	w.must(err)
	_, err = w.n.Store.Append(w.Context(), operator, store.Ref{Kind: access.KindTerms, ID: agreed}, store.Draft{Type: "terms.suspended", Payload: terms.Marked{}})
	w.must(err)
	w.must(w.n.Work.Amend(w.Context(), ana.who(access.ForAssistance), f.id, f.referral, casework.Amendment{Reason: "less_shared", Urgency: "week", Languages: []string{"sq", "el"},
		Categories: []journal.Category{journal.D1}, Expires: w.clock.Now().Add(6 * 24 * time.Hour)}))
	w.deliver()
	w.deliver() // what the refusal brought about
	p, _, err := w.n.Work.Open(w.Context(), ana.who(access.ForAssistance), f.id)
	w.must(err)
	there, err := w.n.Store.Open(w.Context(), besa.who(access.ForReferral), in)
	w.must(err)
	if here, there := p.Referral.Out[0].Status, there.State.(referral.In).Status; here != referral.Declined || there != referral.WithdrawnSender {
		t.Errorf("here %s, there %s", here, there)
	}
}
