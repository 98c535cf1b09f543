// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/measure/joint/shares"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// together is three offices with terms between each pair, two rapporteurs each, and made-up records.
type together struct {
	*world
	desk  joint.Desk
	names []string
	first map[string]*visitor
	next  map[string]*visitor
	spent []journal.ID
	short string // the office whose budget is used up
}

func newTogether(t *testing.T) *together {
	w := &together{world: newWorld(t, "athens", "tirana", "paris"), names: []string{"athens", "tirana", "paris"}, first: map[string]*visitor{}, next: map[string]*visitor{}}
	for i, a := range w.names {
		w.first[a], w.next[a] = w.hire(a, "one-"+a, access.Rapporteur), w.hire(a, "two-"+a, access.Rapporteur)
		for _, b := range w.names[:i] {
			w.agree(a, b, terms.Grant{From: w.offices[a].ID, To: w.offices[b].ID, Purpose: joint.Purpose, Categories: []journal.Category{journal.D9}},
				terms.Grant{From: w.offices[b].ID, To: w.offices[a].ID, Purpose: joint.Purpose, Categories: []journal.Category{journal.D9}})
		}
	}
	w.desk = w.n.joint()
	w.desk.Sources = func(owner journal.ID) source.Sources { return source.Sources{made(owner)} }
	w.desk.Spend = func(_ context.Context, owner, _ journal.ID, _ joint.Proposal) error {
		if owner == w.offices[w.short].ID {
			return fault.New(fault.Guarded, "joint.guard.status")
		}
		w.spent = append(w.spent, owner)
		return nil
	}
	return w
}

// made is a source of 400 people who do not exist, another set for each office.
func made(owner journal.ID) source.Source {
	return source.Source{Code: "made", Version: "1", Most: 1, Columns: []source.Column{{Code: "sex", Values: []string{"f", "m"}}, {Code: "age", Values: []string{"child", "adult"}}},
		Read: func(_ context.Context, w store.Who, p source.Period, add func(source.Record) error) error {
			for i := range 400 {
				id := owner
				id[15], id[14] = byte(i), byte(i>>8)
				r := source.Record{Person: id, On: p.From, Says: map[string][]string{"sex": {[]string{"f", "m"}[i%2]}, "age": {[]string{"child", "adult"}[i/2%2]}}}
				if err := add(r); err != nil {
					return err
				}
			}
			return nil
		}}
}

func (w *together) proposal() joint.Proposal {
	p := joint.Proposal{Title: map[string]string{"en": "People assisted in three countries"}, Source: "made", Version: "1", Most: 1, From: "2025-01-01", Until: "2025-12-31",
		Columns: made(journal.ID{}).Domain().Columns, Tables: [][]string{{"sex", "age"}}, Epsilon: 1, Delta: 1e-6, Against: 1, Deadline: "2026-03-20", At: "2026-03-02T09:00:00Z"}
	for _, n := range w.names {
		p.Parties = append(p.Parties, w.party(n))
	}
	slices.SortFunc(p.Parties, func(a, b joint.Party) int { return slices.Compare(a.Office[:], b.Office[:]) })
	return p
}

func (w *together) party(office string) joint.Party {
	w.Helper()
	p, err := w.n.countingOffice(w.Context(), w.offices[office].ID, w.offices[office].ID)
	w.must(err)
	return p
}

func (w *together) append(v *visitor, id journal.ID, typ string, payload any) error {
	_, err := w.n.Store.Append(w.Context(), v.who(access.ForStatistics), store.Ref{Kind: access.KindJoint, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

// propose drafts in the first office and lets its second person propose.
func (w *together) propose() journal.ID {
	w.Helper()
	id, p := w.n.newID(), w.proposal()
	w.must(w.append(w.first["athens"], id, joint.DraftedType, joint.Draft{Proposal: p, Second: w.next["athens"].id}))
	if err := w.append(w.first["athens"], id, joint.ProposedType, joint.Of{Hash: p.Hash()}); !fault.Is(err, fault.Guarded) {
		w.Fatalf("one person alone proposes: %v", err)
	}
	w.must(w.append(w.next["athens"], id, joint.ProposedType, joint.Of{Hash: p.Hash()}))
	w.deliver()
	return id
}

func (w *together) accept(office string, id journal.ID) {
	w.Helper()
	w.must(w.append(w.first[office], id, joint.AgreedType, joint.Agreed{Second: w.next[office].id}))
	w.must(w.append(w.next[office], id, joint.AcceptedType, joint.Of{Hash: w.state(office, id).Hash}))
	w.deliver()
}

func (w *together) state(office string, id journal.ID) joint.State {
	w.Helper()
	o, err := w.n.Store.Open(w.Context(), w.first[office].who(access.ForStatistics), store.Ref{Kind: access.KindJoint, ID: id})
	w.must(err)
	return o.State.(joint.State)
}

// work lets offices do what they can, and the post carry it, a few times over.
func (w *together) work(offices ...string) {
	w.Helper()
	for range 4 {
		for _, o := range offices {
			w.must(w.desk.Work(w.Context(), w.offices[o].ID))
		}
		w.deliver()
	}
}

func (w *together) secrets() (n int) {
	w.Helper()
	w.must(w.n.DB.Read(w.Context(), func(tx db.Tx) error {
		return tx.Row(w.Context(), `SELECT COUNT(*) FROM joint_secret`).Scan(&n)
	}))
	return n
}

// TestThreeOfficesPublishTogether goes from a proposal to one release that all have, and checks that each spent its budget
// once, before it dealt, and that nothing secret is left.
func TestThreeOfficesPublishTogether(t *testing.T) {
	w := newTogether(t)
	id := w.propose()
	w.work("athens", "tirana", "paris")
	if s := w.state("tirana", id); s.Status() != "invited" || len(w.spent) != 0 {
		t.Fatalf("%s before anybody agreed", s.Status())
	}
	w.accept("tirana", id)
	w.accept("paris", id)
	w.must(w.desk.Work(w.Context(), w.offices["athens"].ID)) // it deals
	w.deliver()
	if w.secrets() != 3 { // its own share, and a seed in each other office
		t.Errorf("%d secrets kept", w.secrets())
	}
	if n, err := w.desk.Reseal(w.Context(), w.offices["athens"].ID); err != nil || n != 1 {
		t.Errorf("%d secrets sealed again: %v", n, err)
	}
	w.work("athens", "tirana", "paris")
	for _, o := range w.names {
		s := w.state(o, id)
		if s.Status() != "opened" || len(s.Opened) != 3 {
			t.Errorf("%s: %s, %d opened, missing %v, stopped %v", o, s.Status(), len(s.Opened), s.Missing(), s.Stopped)
		}
		r, liars, err := s.Result()
		if err != nil || len(liars) > 0 {
			t.Fatal(liars, err)
		}
		e, err := r.Table([]int{})
		w.must(err)
		if e.Values[0] < 1200-8*e.Deviation || e.Values[0] > 1200+8*e.Deviation {
			t.Errorf("%.1f people of 1200, deviation %.1f", e.Values[0], e.Deviation)
		}
	}
	if w.secrets() != 0 || len(w.spent) != 3 {
		t.Errorf("%d secrets left, %d budgets charged", w.secrets(), len(w.spent))
	}
}

// TestAnOfficeThatIsMissingEndsIt: nobody deals before all have agreed, and after the deadline all know who was missing.
func TestAnOfficeThatIsMissingEndsIt(t *testing.T) {
	w := newTogether(t)
	id := w.propose()
	w.accept("tirana", id)
	w.work("athens", "tirana", "paris")
	if s := w.state("athens", id); s.Status() != "waiting" || !slices.Equal(s.Missing(), []journal.ID{w.offices["paris"].ID}) || w.secrets() != 0 {
		t.Fatalf("%s, missing %v", s.Status(), s.Missing())
	}
	w.clock.Advance(20 * 24 * time.Hour)
	w.work("athens", "tirana")
	for _, o := range []string{"athens", "tirana"} {
		if s := w.state(o, id); s.Status() != "stopped" || s.Stopped[0].Reason != "missing" || len(w.spent) != 0 {
			t.Errorf("%s: %s %v", o, s.Status(), s.Stopped)
		}
	}
}

// TestAnOfficeThatAgreedAndSendsNothingIsNamed: after the day, those who dealt stop, and say who did not.
func TestAnOfficeThatAgreedAndSendsNothingIsNamed(t *testing.T) {
	w := newTogether(t)
	id := w.propose()
	w.accept("tirana", id)
	w.accept("paris", id)
	w.work("athens", "tirana")
	w.clock.Advance(20 * 24 * time.Hour)
	w.work("athens", "tirana")
	for _, o := range []string{"athens", "tirana"} {
		if s := w.state(o, id); s.Status() != "stopped" || s.Stopped[0].Reason != "missing" || !slices.Equal(s.Stopped[0].About, []journal.ID{w.offices["paris"].ID}) {
			t.Errorf("%s: %s %v", o, s.Status(), s.Stopped)
		}
	}
	if w.secrets() != 0 { // paris heard of it, and has destroyed what it was dealt
		t.Errorf("%d secrets left", w.secrets())
	}
}

// TestAnOfficeThatHoldsItsSumBackIsNamed: the others have no result, and their page says whose sum is missing.
func TestAnOfficeThatHoldsItsSumBackIsNamed(t *testing.T) {
	w := newTogether(t)
	id := w.propose()
	w.accept("tirana", id)
	w.accept("paris", id)
	w.must(w.desk.Work(w.Context(), w.offices["paris"].ID)) // it deals, and never adds up
	w.work("athens", "tirana")
	one := joint.Path + "/" + id.String()
	if a := w.get(w.first["athens"], one); strings.Contains(a.body, "a sum is missing") {
		t.Error("named before the day is over")
	}
	w.clock.Advance(20 * 24 * time.Hour)
	w.work("athens", "tirana")
	if s := w.state("athens", id); s.Status() != "running" || !slices.Equal(s.Missing(), []journal.ID{w.offices["paris"].ID}) {
		t.Errorf("%s, missing %v", s.Status(), s.Missing())
	}
	w.says(w.get(w.hire("athens", "later", access.Rapporteur), one), 200, "a sum is missing: Office in paris")
}

// TestWhoeverSendsAFalseShareIsNamedToAll: the office that finds it tells the others, who would else wait for it and blame it.
func TestWhoeverSendsAFalseShareIsNamedToAll(t *testing.T) {
	w := newTogether(t)
	id := w.propose()
	w.accept("tirana", id)
	w.accept("paris", id)
	body, err := json.Marshal(map[string]any{"joint": id, "hash": w.state("tirana", id).Hash, "commitments": slices.Repeat([]string{strings.Repeat("00", 32)}, 3), "seed": shares.Seed{1}})
	w.must(err)
	w.forges("tirana", "athens", id, joint.MsgDeal, body)
	w.deliver()
	w.work("athens", "tirana", "paris")
	for _, o := range w.names {
		s := w.state(o, id)
		if s.Status() != "stopped" || !slices.ContainsFunc(s.Stopped, func(x joint.Why) bool {
			return x.Reason == "false_share" && slices.Equal(x.About, []journal.ID{w.offices["tirana"].ID})
		}) {
			t.Errorf("%s: %s %v", o, s.Status(), s.Stopped)
		}
	}
	if w.secrets() != 0 {
		t.Errorf("%d secrets left", w.secrets())
	}
}

// forges sends a message that the office's own program would not send.
func (w *together) forges(from, to string, conversation journal.ID, typ string, body []byte) {
	w.Helper()
	sealed, err := w.n.Post.Prepare(w.Context(), w.offices[from].ID, post.Outgoing{ID: w.n.newID(), To: w.offices[to].ID, Conversation: conversation, Type: typ, Purpose: joint.Purpose, Basis: "law", Categories: []journal.Category{journal.D9}, Body: body})
	w.must(err)
	w.must(w.n.DB.Write(w.Context(), func(tx dbTx) error { return w.n.Post.Enqueue(w.Context(), tx, sealed) }))
}

// TestAnOfficeWithoutBudgetEndsIt: what others have spent stays spent, and no share is left.
func TestAnOfficeWithoutBudgetEndsIt(t *testing.T) {
	w := newTogether(t)
	w.short = "paris"
	id := w.propose()
	w.accept("tirana", id)
	w.accept("paris", id)
	w.work("athens", "tirana", "paris")
	for _, o := range w.names {
		if s := w.state(o, id); s.Status() != "stopped" || !slices.ContainsFunc(s.Stopped, func(x joint.Why) bool { return x.Reason == "budget" }) {
			t.Errorf("%s: %s %v", o, s.Status(), s.Stopped)
		}
	}
	if w.secrets() != 0 {
		t.Errorf("%d secrets left", w.secrets())
	}
}

// TestAFalseCardIsRefused: an office that has changed its program proposes with a card of its own making for another one. Who
// has pinned the true card reads so, cannot agree, and declines; who proposes by this program cannot send it.
func TestAFalseCardIsRefused(t *testing.T) {
	w := newTogether(t)
	id, p := w.n.newID(), w.proposal()
	i := p.Place(w.offices["paris"].ID)
	p.Parties[i].Fingerprint = strings.Repeat("0f", 32)
	w.must(w.append(w.first["athens"], id, joint.DraftedType, joint.Draft{Proposal: p, Second: w.next["athens"].id}))
	if err := w.append(w.next["athens"], id, joint.ProposedType, joint.Of{Hash: p.Hash()}); !fault.Is(err, fault.Guarded) || !strings.Contains(err.Error(), "joint.guard.card") {
		t.Fatalf("sent with a card that is not pinned: %v", err)
	}
	id = w.n.newID()
	body, err := json.Marshal(map[string]any{"joint": id, "proposal": p})
	w.must(err)
	w.forges("athens", "tirana", id, joint.MsgInvite, body)
	w.forges("athens", "paris", id, joint.MsgInvite, body)
	w.deliver()
	one := joint.Path + "/" + id.String()
	for o, words := range map[string][2]string{"tirana": {"Another card than yours: Office in paris", "is not the one that is known here"}, "paris": {"Une autre carte que la vôtre", "n’est pas celle qui est connue ici"}} { // paris knows its own card
		w.says(w.get(w.first[o], one), 200, words[0])
		w.says(w.post(w.first[o], one+"/agree", url.Values{"second": {w.next[o].id.String()}}), 409, words[1])
	}
	if a := w.get(w.first["tirana"], one); strings.Contains(a.body, one+"/agree") || !strings.Contains(a.body, one+"/decline") {
		t.Error("agreeing is offered all the same, or declining is not")
	}
	w.says(w.post(w.first["tirana"], one+"/decline", url.Values{"reason": {"card"}}), 303, "")
	if s := w.state("tirana", id); s.Status() != "declined" {
		t.Error(s.Status())
	}
}

// TestANewCardEndsIt: keys that an office made anew after all had accepted are nobody's whom the proposal names. Nothing is spent.
func TestANewCardEndsIt(t *testing.T) {
	w := newTogether(t)
	id := w.propose()
	w.accept("tirana", id)
	w.must(w.append(w.first["paris"], id, joint.AgreedType, joint.Agreed{Second: w.next["paris"].id}))
	w.must(w.append(w.next["paris"], id, joint.AcceptedType, joint.Of{Hash: w.state("paris", id).Hash}))
	_, err := opRenewCard(t.Context(), w.n, RenewCardIn{Of: Of{Owner: w.offices["tirana"].ID}})
	w.must(err)
	w.deliver()
	w.work("athens", "tirana", "paris")
	for _, o := range w.names {
		s := w.state(o, id)
		if s.Status() != "stopped" || s.Stopped[0].Reason != "card" || !slices.Equal(s.Stopped[0].About, []journal.ID{w.offices["tirana"].ID}) {
			t.Errorf("%s: %s %v", o, s.Status(), s.Stopped)
		}
	}
	if w.secrets() != 0 || len(w.spent) != 0 {
		t.Errorf("%d secrets, %d budgets", w.secrets(), len(w.spent))
	}
}

// TestWhoDeclinesIsHeard: the others see it and nothing is dealt.
func TestWhoDeclinesIsHeard(t *testing.T) {
	w := newTogether(t)
	id := w.propose()
	w.must(w.append(w.first["paris"], id, joint.DeclinedType, joint.Why{Reason: "too_few"}))
	w.accept("tirana", id)
	w.work("athens", "tirana", "paris")
	if s := w.state("athens", id); s.Answers[w.offices["paris"].ID].Reason != "too_few" || len(s.Dealt) != 0 || s.Status() != "declined" {
		t.Errorf("%s %v", s.Status(), s.Answers)
	}
}

// TestPagesOfAJointRelease drafts, sends, agrees, accepts and downloads by the pages alone, and reads the files of two offices:
// the same numbers.
func TestPagesOfAJointRelease(t *testing.T) {
	w := newTogether(t)
	w.desk = w.n.joint() // with what the offices really count
	first, next := w.first["athens"], w.next["athens"]
	if a := w.get(first, joint.Path+"/new"); a.code != 200 || !strings.Contains(a.body, "Office in tirana") || strings.Contains(a.body, ">joint.") {
		t.Fatalf("%d %s", a.code, a.body)
	}
	id := w.n.newID()
	v := url.Values{"dossier": {id.String()}, "source": {"persons"}, "shown": {"persons"}, "period": {"2025"}, "columns": {"sex", "age"}, "ways": {"2"}, "epsilon": {"1"}, "against": {"1"},
		"offices": {w.offices["tirana"].ID.String()}, "deadline": {"2026-03-20"}, "second": {next.id.String()}}
	bad := maps.Clone(v)
	if a := w.get(first, joint.Path+"/new"); !strings.Contains(a.body, `value="2025-Q4"`) || strings.Contains(a.body, `value="2026-Q1"`) {
		t.Error("not the quarters that are over")
	}
	bad["deadline"], bad["offices"] = []string{"2025-01-01"}, nil
	if a := w.post(first, joint.Path+"/new", bad); a.code != 422 || !strings.Contains(a.body, "Give a day that is still to come") {
		t.Fatalf("%d %s", a.code, a.body)
	}
	none := maps.Clone(v)
	none["epsilon"] = []string{"NaN"}
	w.says(w.post(first, joint.Path+"/new", none), 422, "")
	w.says(w.post(first, joint.Path+"/new", v), 303, "")
	one := joint.Path + "/" + id.String()
	w.says(w.post(first, one+"/propose", nil), 409, "the second person named in it decides")
	w.says(w.post(next, one+"/propose", nil), 303, "")
	w.deliver()
	for _, o := range []string{"tirana"} {
		w.says(w.get(w.first[o], joint.Path), 200, one)
		w.says(w.post(w.first[o], one+"/agree", url.Values{"second": {w.next[o].id.String()}}), 303, "")
		w.says(w.post(w.next[o], one+"/accept", nil), 303, "")
	}
	w.deliver()
	w.work("athens", "tirana")
	var seen []bundle.Tables
	for _, o := range []string{"athens", "tirana"} {
		page := w.get(w.first[o], one)
		if page.code != 200 || strings.Contains(page.body, ">joint.") || !strings.Contains(page.body, w.offices["tirana"].Name) {
			t.Errorf("%d %s", page.code, page.body)
		}
		w.says(w.get(w.first[o], one+"/explore"), 200, w.offices["tirana"].Name)
		a := w.get(w.first[o], one+"/files")
		whole, _, err := release.Read([]byte(a.body))
		if err != nil {
			t.Fatal(err)
		}
		if len(whole.Release.Offices) != 2 || whole.Release.Promise == nil || len(whole.Release.Columns) != 2 {
			t.Errorf("%+v", whole.Release)
		}
		if !strings.Contains(a.body, "index.html") {
			t.Error("no page that opens without a server")
		}
		seen = append(seen, whole.Tables)
	}
	if !reflect.DeepEqual(seen[0], seen[1]) {
		t.Error("two offices have other numbers")
	}
	b, err := w.n.releasing.Budget(w.Context(), release.As(first.who(access.ForStatistics).Actor), "persons")
	w.must(err)
	if len(b.Charges) != 1 || b.Charges[0].Release != id || b.Charges[0].Spent == nil || b.Charges[0].Years[0] != 2025 {
		t.Errorf("%+v", b.Charges)
	}
	w.inRegisters(id, seen[0], b.Charges[0].Cost.String())
}

// inRegisters reads a joint release where everybody does, in each of two offices: the same name, the same numbers, what each was charged.
func (w *together) inRegisters(id journal.ID, numbers bundle.Tables, cost string) {
	w.Helper()
	var hashes []string
	for _, o := range []string{"athens", "tirana"} {
		all, err := w.n.joint().Published(w.Context(), w.offices[o].ID)
		w.must(err)
		if len(all) != 1 || all[0].Cost.String() != cost || !all[0].Same {
			w.Fatalf("%s lists %+v", o, all)
		}
		hashes = append(hashes, all[0].Hash)
		one := release.RegisterPath + "/" + id.String()
		w.says(w.get(w.first[o], release.RegisterPath), 200, "2 offices together")
		before := w.leaves()
		w.says(w.get(w.first[o], release.RegisterPath), 200, "2 offices together")
		if after := w.leaves(); after != before {
			w.Errorf("the register was read anew for somebody who asked again: %d entries of the log", after-before)
		}
		w.says(w.get(w.first[o], one+"/explore"), 200, w.offices["tirana"].Name)
		w.says(w.get(w.first[o], one), 200, hashes[0])
		whole, _, err := release.Read([]byte(w.get(w.first[o], one+"/files").body))
		w.must(err)
		if !reflect.DeepEqual(whole.Tables, numbers) {
			w.Errorf("%s publishes other numbers", o)
		}
		w.says(w.get(w.first[o], release.RegisterPath+"/"+w.n.newID().String()+"/files"), 404, "")
	}
}

// leaves counts what the logs of the node hold.
func (w *world) leaves() (n int) {
	w.Helper()
	w.must(w.n.DB.Read(w.Context(), func(tx dbTx) error {
		return tx.Row(w.Context(), `SELECT count(*) FROM ledger_leaf`).Scan(&n)
	}))
	return n
}

// TestExactCountsBesideAreNamed: the page of a joint release names exact counts of the same people that the office published.
func TestExactCountsBesideAreNamed(t *testing.T) {
	w := newTogether(t)
	id := w.propose()
	one := joint.Path + "/" + id.String()
	if a := w.get(w.first["athens"], one); a.code != 200 || strings.Contains(a.body, "/statistics/register/") {
		t.Fatalf("%d, or exact counts where there are none", a.code)
	}
	exact := w.published("athens", release.Asks{Source: "made", Version: "1", From: "2025-01-01", Until: "2025-12-31", Route: bundle.Exact, Columns: []string{"sex"}, Ways: 1, K: 10, Method: "rounded"})
	w.says(w.get(w.first["athens"], one), 200, "/statistics/register/"+exact.String())
	if a := w.get(w.first["tirana"], one); strings.Contains(a.body, "/statistics/register/") {
		t.Error("named in an office that published none")
	}
}

// published lets both people of an office publish figures.
func (w *together) published(office string, a release.Asks) journal.ID {
	w.Helper()
	id, d := w.n.newID(), w.n.releasing
	d.Sources = func(_ context.Context, owner journal.ID) source.Sources { return w.desk.Sources(owner) }
	first, second := w.first[office].who(access.ForStatistics), w.next[office].who(access.ForStatistics)
	w.must(w.appendTo(first, id, release.DraftedType, release.Draft{Asks: a}))
	w.must(d.Ask(w.Context(), first, id))
	w.must(d.Approve(w.Context(), second, id, release.Approval{Content: true, Safety: true}))
	_, err := d.Work(w.Context(), w.offices[office].ID)
	w.must(err)
	_, s, err := d.Open(w.Context(), first, id)
	w.must(err)
	w.must(d.Sign(w.Context(), first, id, s.Made.Hash))
	w.must(d.Sign(w.Context(), second, id, s.Made.Hash))
	return id
}

func (w *together) appendTo(who store.Who, id journal.ID, typ string, payload any) error {
	_, err := w.n.Store.Append(w.Context(), who, release.Ref(id), store.Draft{Type: typ, Payload: payload})
	return err
}

// says holds an answer against its code and some of its words.
func (w *world) says(a reply, code int, words string) {
	w.Helper()
	if a.code != code || !strings.Contains(a.body, words) {
		w.Fatalf("%d, not %d with %q: %s", a.code, code, words, a.body)
	}
}
