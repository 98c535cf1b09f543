// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// several is offices that have pinned each other, with two liaisons each: the second sends what the first wrote.
type several struct {
	*table
	all   []string
	first map[string]*visitor
	next  map[string]*visitor
	group journal.ID
}

func newSeveral(t *testing.T, names ...string) *several {
	t.Helper()
	w := newWorld(t, names...)
	s := &several{table: &table{world: w}, all: names, first: map[string]*visitor{}, next: map[string]*visitor{}}
	for i, n := range names {
		s.first[n], s.next[n] = w.hire(n, "first-"+n, access.Liaison), w.hire(n, "next-"+n, access.Liaison)
		for _, o := range names[:i] {
			w.pins(n, o)
		}
	}
	return s
}

func (s *several) id(office string) journal.ID { return s.offices[office].ID }

// acts posts on the group's page and delivers what comes of it.
func (s *several) acts(v *visitor, act string, form url.Values) int {
	s.Helper()
	s.clock.Advance(time.Minute)
	a := s.post(v, "/groups/"+s.group.String()+"/"+act, form)
	if !strings.HasPrefix(a.header.Get("Location"), "/groups/") && a.code == http.StatusSeeOther {
		v.signIn() // the session has run out meanwhile
		a = s.post(v, "/groups/"+s.group.String()+"/"+act, form)
	}
	s.deliver()
	return a.code
}

func (s *several) see(office string) group.State {
	s.Helper()
	o, err := s.n.Store.Open(s.Context(), s.first[office].who(access.ForExchange), store.Ref{Kind: access.KindGroup, ID: s.group})
	s.must(err)
	return o.State.(group.State)
}

// open finds the one proposal that waits in an office.
func (s *several) open(office string) group.Proposal {
	s.Helper()
	ps := s.see(office).Open()
	if len(ps) != 1 {
		s.Fatalf("%s has %d open proposals", office, len(ps))
	}
	return ps[0]
}

// pairs is how an office's own terms with another one of the group stand, in each of their dossiers.
func (s *several) pairs(office, with string) []string {
	s.Helper()
	all, err := group.Pairs(s.Context(), s.n.Store, s.first[office].who(access.ForExchange), s.group, s.id(with))
	s.must(err)
	var out []string
	for _, t := range all {
		out = append(out, t.Status(s.clock.Now()))
	}
	slices.Sort(out)
	return out
}

// form is the rules as somebody types them.
func (s *several) form(members ...string) url.Values {
	form := url.Values{"title": {"Protocol of several"}, "basis": {"Fictitious protocol"}, "handling": {"H2"}, "from": {"2026-03-01"}, "until": {"2028-03-01"}, "retention": {"365"},
		"g[0].purpose": {"referral"}, "g[0].categories": {"D0", "D1"}, "g[1].purpose": {"letter"}, "g[1].categories": {"D0", "D3"}}
	for _, m := range members {
		form.Add("members", s.id(m).String())
	}
	return form
}

// founded lets the first office propose the group to others, and gives their pairs as chosen.
func (s *several) founded(members ...string) {
	s.Helper()
	by := s.all[0]
	a := s.types(s.first[by], "/groups", s.form(members...), "The legal text of all.")
	if a.code != http.StatusSeeOther {
		s.Fatalf("proposing: %d %s", a.code, a.body)
	}
	s.group = journal.MustID(strings.TrimPrefix(a.header.Get("Location"), "/groups/"))
	hash := s.open(by).Hash
	pairs := url.Values{"hash": {hash}}
	for _, m := range members {
		pairs.Add("pairs", s.id(m).String())
	}
	if n := s.acts(s.first[by], "send", pairs); n != http.StatusConflict {
		s.Errorf("who wrote a proposal sends it: %d", n)
	}
	if n := s.acts(s.next[by], "send", pairs); n != http.StatusSeeOther {
		s.Fatalf("sending: %d", n)
	}
}

// signs lets an office sign what waits, with terms with all, but for some.
func (s *several) signs(office string, but ...string) {
	s.Helper()
	form := url.Values{"hash": {s.open(office).Hash}}
	for _, n := range s.all {
		if n != office && !slices.Contains(but, n) {
			form.Add("pairs", s.id(n).String())
		}
	}
	if n := s.acts(s.first[office], "sign", form); n != http.StatusSeeOther {
		s.Fatalf("%s signs: %d", office, n)
	}
}

func (s *several) expect(office, with string, want ...string) {
	s.Helper()
	if got := s.pairs(office, with); !slices.Equal(got, want) {
		s.Errorf("%s with %s: %v, not %v", office, with, got, want)
	}
}

// TestTermsOfSeveralOfficesAreASetOfPairs: proposed to three, in force for every pair only when each has signed; one pair is left out by
// who does not want it; a fourth joins with everybody's signature; rules are amended; one suspends; one is expelled, and what it sends is refused.
func TestTermsOfSeveralOfficesAreASetOfPairs(t *testing.T) {
	s := newSeveral(t, "athens", "tirana", "court", "paris")
	s.founded("tirana", "court")
	s.signs("tirana")
	s.expect("athens", "tirana") // nothing before everyone has signed
	s.expect("tirana", "athens")
	s.signs("court", "tirana")
	s.expect("athens", "tirana", "in_force")
	s.expect("court", "athens", "in_force")
	s.expect("court", "tirana") // left out, and nobody signs in its place
	s.expect("tirana", "court", "unsigned")
	a := s.get(s.first["tirana"], "/groups/"+s.group.String())
	if body := html.UnescapeString(a.body); a.code != http.StatusOK || !strings.Contains(body, "Office in court") || !strings.Contains(body, ">missing<") && !strings.Contains(body, "proposed") {
		t.Errorf("the page does not show the others and what is missing: %d %s", a.code, a.body)
	}
	if n := s.acts(s.first["court"], "with", url.Values{"office": {s.id("tirana").String()}}); n != http.StatusSeeOther {
		t.Errorf("wanting it after all: %d", n)
	}
	s.expect("tirana", "court", "in_force")
	for _, n := range s.all[:3] { // each knows of the others' pairs what they told
		row := s.see(n).Rows
		if len(row) != 3 {
			t.Errorf("%s was told by %d", n, len(row))
		}
	}
	s.joins()
	s.amended()
	s.expelled()
}

func (s *several) joins() {
	s.Helper()
	if n := s.acts(s.first["tirana"], "join", url.Values{"office": {s.id("paris").String()}}); n != http.StatusSeeOther {
		s.Fatalf("proposing a member: %d", n)
	}
	s.acts(s.next["tirana"], "send", url.Values{"hash": {s.open("tirana").Hash}, "pairs": {s.id("paris").String()}})
	s.signs("athens")
	s.signs("paris")
	s.expect("paris", "athens")
	s.signs("court")
	for _, n := range s.all[:3] {
		s.expect("paris", n, "in_force")
		s.expect(n, "paris", "in_force")
	}
	s.expect("athens", "tirana", "in_force") // theirs stay as they are
}

func (s *several) amended() {
	s.Helper()
	form := s.form()
	form.Set("retention", "180")
	if a := s.types(s.first["paris"], "/groups/"+s.group.String()+"/edit", form, ""); a.code != http.StatusSeeOther {
		s.Fatalf("amending: %d %s", a.code, a.body)
	}
	pairs := url.Values{"hash": {s.open("paris").Hash}}
	for _, n := range s.all[:3] {
		pairs.Add("pairs", s.id(n).String())
	}
	s.acts(s.next["paris"], "send", pairs)
	if body := s.get(s.first["athens"], "/groups/"+s.group.String()).body; !strings.Contains(body, "<ins>180 days</ins>") {
		s.Error("the page does not show what an amendment changes")
	}
	for _, n := range s.all[:3] {
		s.signs(n)
	}
	s.must(s.n.groups().Settle(s.Context(), s.id("athens")))
	s.deliver()
	for _, n := range s.all[1:] {
		s.expect("athens", n, "ended", "in_force")
	}
	if n := s.acts(s.first["athens"], "suspend", url.Values{"reason": {"law_changed"}}); n != http.StatusSeeOther {
		s.Errorf("suspending: %d", n)
	}
	s.expect("paris", "athens", "ended", "suspended")
	s.acts(s.first["athens"], "resume", nil)
	s.expect("paris", "athens", "ended", "in_force")
}

func (s *several) expelled() {
	s.Helper()
	t := s.T
	if n := s.acts(s.first["athens"], "expel", url.Values{"office": {s.id("court").String()}}); n != http.StatusSeeOther {
		t.Fatalf("proposing to expel: %d", n)
	}
	if n := s.acts(s.next["athens"], "send", url.Values{"hash": {s.open("athens").Hash}}); n != http.StatusSeeOther {
		t.Fatalf("sending it: %d", n)
	}
	s.signs("tirana")
	s.expect("tirana", "court", "ended", "in_force") // not before the last has signed
	s.signs("paris")
	for _, n := range []string{"athens", "tirana", "paris"} {
		for _, st := range append(s.pairs(n, "court"), s.pairs("court", n)...) {
			if st != "ended" {
				t.Errorf("terms of %s with who is expelled: %s", n, st)
			}
		}
	}
	if m, _ := s.see("court").View().Member(s.id("court")); m.Out != group.Expelled {
		t.Error("who is expelled does not know it")
	}
	s.keepsSending()
}

// keepsSending lets an expelled office send all the same, as one would whose program does not hold to the terms.
func (s *several) keepsSending() {
	s.Helper()
	t, from, to := s.T, s.id("court"), s.id("athens")
	_, err := terms.Carried(s.Context(), s.n.Store, s.first["court"].who(access.ForExchange), s.clock.Now())
	s.must(err)
	out := post.Outgoing{ID: s.n.newID(), To: to, Conversation: s.n.newID(), Type: "letter.sent", Purpose: "letter", Basis: "law", Categories: []journal.Category{journal.D0}, Body: []byte("{}")}
	if _, err := s.n.Post.Prepare(s.Context(), from, out); !fault.Is(err, fault.Uncovered) {
		t.Errorf("an expelled office can send: %v", err)
	}
	out = post.Outgoing{ID: s.n.newID(), To: to, Conversation: s.group, Type: group.MsgPairs, Purpose: post.Opening, Basis: "law", Categories: []journal.Category{journal.OF},
		Body: []byte(`{"group":"` + s.group.String() + `","pairs":[]}`), About: post.Spoken{Hash: s.see("court").View().Head, Handling: "H2"}}
	sealed, err := s.n.Post.Prepare(s.Context(), from, out)
	s.must(err)
	s.must(s.n.DB.Write(s.Context(), func(tx dbTx) error { return s.n.Post.Enqueue(s.Context(), tx, sealed) }))
	s.deliver()
	var got post.Sent
	s.must(s.n.DB.Read(s.Context(), func(tx dbTx) error {
		all, err := post.Outbox(s.Context(), tx, from, journal.ID{}, 50)
		for _, x := range all {
			if x.ID == out.ID {
				got = x
			}
		}
		return err
	}))
	if got.State != "refused" || got.Reason != "exchange.group.not_a_member" {
		t.Errorf("what an expelled office sends is %s: %s", got.State, got.Reason)
	}
}

// TestAnOfficeLeavesTermsOfSeveral: without anybody's signature; its pairs end, the others' stay.
func TestAnOfficeLeavesTermsOfSeveral(t *testing.T) {
	s := newSeveral(t, "athens", "tirana", "court")
	s.founded("tirana", "court")
	s.signs("tirana")
	s.signs("court")
	if n := s.acts(s.first["tirana"], "leave", nil); n != http.StatusSeeOther {
		t.Fatalf("leaving: %d", n)
	}
	s.expect("athens", "tirana", "ended")
	s.expect("tirana", "court", "ended")
	s.expect("athens", "court", "in_force")
	for _, n := range s.all {
		if m, _ := s.see(n).View().Member(s.id("tirana")); m.Out != group.HasLeft {
			t.Errorf("%s does not know that one has left", n)
		}
	}
}
