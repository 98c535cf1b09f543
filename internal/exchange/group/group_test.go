// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

func TestAGroupIsFoundedJoinedAndLeft(t *testing.T) {
	r := newRing(t, 5)
	r.must(r.propose(0, Found, journal.ID{}, 0, 1, 2))
	r.drain()
	if v := r.all[0].state.View(); v.Number != 0 {
		t.Fatal("a group is founded by who proposes it alone")
	}
	p, _ := r.all[1].state.open(r.all[1].state.Open()[0].Hash)
	r.must(r.sign(1, p))
	r.drain()
	if v := r.all[0].state.View(); v.Number != 0 {
		t.Fatal("a group is founded without one of its founders")
	}
	r.everyoneSigns()
	for _, i := range []int{0, 1, 2} {
		if v := r.all[i].state.View(); v.Number != 1 || len(v.In()) != 3 {
			t.Fatalf("office %d: %s", i, v.words())
		}
	}
	r.must(r.propose(1, Join, r.all[3].id))
	r.everyoneSigns()
	if v := r.all[3].state.View(); !v.Holds(r.all[3].id) || len(v.In()) != 4 {
		t.Fatalf("who joins does not know it: %s", v.words())
	}
	r.must(r.propose(2, Expel, r.all[0].id)) // who founded it is as little master of it as anybody
	r.everyoneSigns()
	if v := r.all[3].state.View(); v.Holds(r.all[0].id) || len(v.In()) != 3 {
		t.Fatalf("not expelled: %s", v.words())
	}
	if m, _ := r.all[0].state.View().Member(r.all[0].id); m.Out != Expelled {
		t.Error("who is expelled does not learn it")
	}
	if err := r.propose(0, Amend, journal.ID{}); err == nil {
		t.Error("who is expelled proposes")
	}
	r.must(r.leave(3))
	r.drain()
	r.same()
	if v := r.all[1].state.View(); len(v.In()) != 2 {
		t.Errorf("left: %s", v.words())
	}
	r.must(r.propose(1, Join, r.all[3].id)) // and may come again
	r.everyoneSigns()
	if v := r.all[2].state.View(); !v.Holds(r.all[3].id) {
		t.Errorf("did not come again: %s", v.words())
	}
	if err := r.propose(1, Expel, r.all[2].id); err != nil {
		t.Error(err)
	}
	r.same()
}

// TestWhoIsExpelledIsRefused: whatever it sends then is refused with the reason, and changes nothing.
func TestWhoIsExpelledIsRefused(t *testing.T) {
	r := newRing(t, 3)
	r.must(r.propose(0, Found, journal.ID{}, 0, 1, 2))
	r.everyoneSigns()
	r.must(r.propose(0, Expel, r.all[2].id))
	for range 2 { // the expelled office hears nothing yet
		for _, line := range [][2]int{{0, 1}, {1, 0}} {
			for len(r.lines[line]) > 0 {
				r.deliver(line, false)
			}
		}
		for _, x := range r.all[1].state.Open() {
			_ = r.sign(1, x)
		}
	}
	if r.all[0].state.View().Holds(r.all[2].id) {
		t.Fatal("not expelled")
	}
	r.must(r.append(2, "groups", draft{ToldType, Told{Pairs: []Pair{{r.all[0].id, "in_force"}}}}))
	m := r.lines[[2]int{2, 0}][0]
	_, err := r.all[0].state.takePairs(said{r.all[2].id, r.all[0].id, m.About.Hash, func(v any) error { return json.Unmarshal(m.Body, v) }})
	if !fault.Is(err, fault.Denied) || err.Error() == "" {
		t.Errorf("what an expelled office says: %v", err)
	}
	stranger := Change{}
	_, err = r.all[0].state.takeProposed(said{r.all[2].id, r.all[0].id, stranger.Hex(), func(v any) error {
		c, cards := r.change(2, Amend, journal.ID{})
		b, _ := json.Marshal(proposalBody{Change: c, Cards: cards, Record: r.all[2].state.Record})
		return json.Unmarshal(b, v)
	}})
	if err == nil {
		t.Error("what an expelled office proposes is taken")
	}
}

// TestConflictingProposalsAreResolvedByRule: of two after the same change, the proposer of the one that goes second withdraws it by
// itself; and nobody holds up their own expulsion.
func TestConflictingProposalsAreResolvedByRule(t *testing.T) {
	r := newRing(t, 5)
	r.must(r.propose(0, Found, journal.ID{}, 0, 1, 2))
	r.everyoneSigns()
	r.must(r.propose(0, Join, r.all[3].id))
	r.must(r.propose(1, Join, r.all[4].id))
	first, second := r.all[0].state.Open()[0], r.all[1].state.Open()[0]
	if second.Change.GoesBefore(first.Change) {
		first, second = second, first
	}
	r.everyoneSigns()
	v := r.all[2].state.View()
	if v.Number != 2 || v.Head != first.Hash {
		t.Fatalf("number %d, %s for %s", v.Number, v.Head, first.Hash)
	}
	if p, _ := r.all[r.index(second.Change.By)].state.Find(second.Hash); !p.Withdrawn {
		t.Error("the second was not withdrawn")
	}
	r.same()

	r.must(r.propose(2, Amend, journal.ID{})) // and everybody but its proposer and one signs it
	r.drain()
	x := r.all[0].state.Open()[0]
	r.must(r.sign(0, x))
	r.must(r.propose(0, Expel, r.all[2].id))
	r.everyoneSigns()
	if v := r.all[1].state.View(); v.Holds(r.all[2].id) {
		t.Error("an office holds up its own expulsion by a proposal that others signed")
	}
	r.same()
}

// TestARefusalEndsAProposal: refused by one it cannot come to hold, and binds nobody any more.
func TestARefusalEndsAProposal(t *testing.T) {
	r := newRing(t, 4)
	r.must(r.propose(0, Found, journal.ID{}, 0, 1, 2))
	r.everyoneSigns()
	r.must(r.propose(0, Join, r.all[3].id))
	r.drain()
	x := r.all[1].state.Open()[0]
	r.must(r.sign(1, x))
	if err := r.propose(1, Amend, journal.ID{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("who signed one proposes another: %v", err)
	}
	for _, p := range r.all[1].state.Proposals { // what was written down and not sent goes nowhere
		if p.Change.Deed == Amend {
			r.must(r.append(1, "", draft{WithdrawnType, Withdrawn{Hash: p.Hash}}))
		}
	}
	r.must(r.append(2, "", draft{DeclinedType, Declined{Hash: x.Hash, Reason: "not_agreed"}}))
	r.drain()
	if p, _ := r.all[1].state.Find(x.Hash); !p.Withdrawn {
		t.Fatal("a refused proposal still stands")
	}
	r.must(r.propose(1, Amend, journal.ID{}))
	r.everyoneSigns()
	if v := r.all[0].state.View(); v.Number != 2 || v.Rules.Retention != 366 {
		t.Errorf("not amended: %s", v.words())
	}
}

// TestARecordThatSomebodyMadeUpIsNotBelieved: a founding of one's own has another id; a change signed with keys that nobody
// knows does not follow.
func TestARecordThatSomebodyMadeUpIsNotBelieved(t *testing.T) {
	r := newRing(t, 4)
	r.must(r.propose(0, Found, journal.ID{}, 0, 1, 2))
	r.everyoneSigns()
	s, err := card.NewSecrets([32]byte{99})
	r.must(err)
	false1, raw, err := s.Issue(r.all[1].card)
	r.must(err)
	c, cards := r.change(0, Expel, r.all[2].id)
	for i := range c.Signers {
		if c.Signers[i].Office == false1.Office {
			c.Signers[i] = SeatOf(false1, raw)
		}
	}
	forged := Record{Held: []Held{{c, []string{SignChange(c, r.all[0].secrets.Sign), SignChange(c, s.Sign)}}}, Cards: append(cards, raw)}
	if _, news := r.all[2].state.Record.merge(forged, r.group); !news.Empty() {
		t.Error("a change signed with false keys is believed")
	}
	c, _ = r.change(0, Expel, r.all[2].id)
	half := Record{Held: []Held{{c, []string{SignChange(c, r.all[0].secrets.Sign), SignChange(c, r.all[0].secrets.Sign)}}}, Cards: cards}
	if _, news := r.all[2].state.Record.merge(half, r.group); !news.Empty() {
		t.Error("a change is believed with one signature twice")
	}
	was := r.group
	c, cards = r.change(0, Found, journal.ID{}, 0, 3)
	r.group = was
	c.Group = was
	other := Record{Held: []Held{{c, []string{SignChange(c, r.all[0].secrets.Sign), SignChange(c, r.all[3].secrets.Sign)}}}, Cards: cards}
	if _, news := r.all[2].state.Record.merge(other, r.group); !news.Empty() {
		t.Error("a group is founded again in the place of another")
	}
	l := Leaving{r.group, r.all[1].id, 1}
	if _, news := r.all[2].state.Record.merge(Record{Left: []Left{{l, SignLeaving(l, s.Sign)}}}, r.group); !news.Empty() {
		t.Error("an office leaves by a false key")
	}
}

// TestBothMakeTheSameTermsOfAPair: whoever makes them, and they are those of two offices and no others.
func TestBothMakeTheSameTermsOfAPair(t *testing.T) {
	r := newRing(t, 4)
	r.must(r.propose(0, Found, journal.ID{}, 0, 1, 2))
	r.everyoneSigns()
	r.must(r.propose(0, Join, r.all[3].id))
	r.everyoneSigns()
	for i := range r.all {
		for j := range r.all {
			if i == j {
				continue
			}
			doc := func(self, other int) string {
				s := r.all[self].state
				v := s.View()
				by, a, b, ok := v.Pair(r.all[self].id, r.all[other].id, s.Record.Cards)
				if !ok {
					t.Fatalf("no pair of %d and %d", self, other)
				}
				d := Document(by, r.group, v.Rules, a, b)
				if err := d.Validate(); err != nil {
					t.Fatal(err)
				}
				return d.Hex()
			}
			if doc(i, j) != doc(j, i) {
				t.Errorf("%d and %d make other terms", i, j)
			}
		}
	}
}

// TestRandomSchedules: whatever five offices propose, sign, refuse, withdraw and leave, in whatever order and however often
// messages come, and although two of them have never pinned each other: nothing ever holds that not everyone concerned agreed to, and when all has
// arrived every member sees the same.
func TestRandomSchedules(t *testing.T) {
	reached := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		r := newRing(rt, 5)
		r.must(r.propose(0, Found, journal.ID{}, 0, 1, 2))
		r.everyoneSigns()
		if rapid.Bool().Draw(rt, "two apart") {
			r.apart[[2]int{1, 2}], r.apart[[2]int{2, 1}] = true, true
		}
		leaving := rapid.Bool().Draw(rt, "offices leave")
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			i := rapid.IntRange(0, 4).Draw(rt, "office")
			me := r.all[i]
			v := me.state.View()
			open := me.state.Open()
			switch rapid.SampledFrom([]string{"deliver", "deliver", "deliver", "few", "propose", "sign", "sign", "sign", "all sign", "decline", "withdraw", "leave"}).Draw(rt, "act") {
			case "deliver":
				if w := r.waiting(); len(w) > 0 {
					r.deliver(rapid.SampledFrom(w).Draw(rt, "line"), rapid.IntRange(0, 4).Draw(rt, "twice") == 0)
				}
			case "few": // all that waits on some lines
				for _, line := range r.waiting() {
					for rapid.Bool().Draw(rt, "more") && len(r.lines[line]) > 0 && r.deliver(line, false) {
					}
				}
			case "all sign": // who has something open and may
				for j, p := range r.all {
					for _, x := range p.state.Open() {
						_ = r.sign(j, x)
					}
				}
			case "propose":
				deed := rapid.SampledFrom([]string{Join, Expel, Amend}).Draw(rt, "deed")
				office := journal.ID{}
				if deed != Amend {
					office = rapid.SampledFrom(r.all).Draw(rt, "whom").id
				}
				if v.Holds(me.id) {
					_ = r.propose(i, deed, office)
				}
			case "sign":
				if len(open) > 0 {
					_ = r.sign(i, rapid.SampledFrom(open).Draw(rt, "which"))
				}
			case "decline":
				if len(open) > 0 {
					_ = r.append(i, "", draft{DeclinedType, Declined{Hash: rapid.SampledFrom(open).Draw(rt, "which").Hash, Reason: "not_agreed"}})
				}
			case "withdraw":
				if len(open) > 0 {
					_ = r.append(i, "", draft{WithdrawnType, Withdrawn{Hash: rapid.SampledFrom(open).Draw(rt, "which").Hash}})
				}
			case "leave":
				if leaving && v.Holds(me.id) && len(v.In()) > 2 {
					_ = r.leave(i)
				}
			}
		}
		r.drain()
		r.same()
		r.everyoneSigns()
		r.same()
		v := r.all[0].state.View()
		for _, h := range v.Changes {
			reached[h.Change.Deed]++
		}
		for _, m := range v.Members {
			reached[m.Out]++
		}
	})
	for _, want := range []string{Found, Join, Expel, Amend, HasLeft, Expelled} {
		if reached[want] == 0 {
			t.Errorf("no schedule came to %q: %v", want, reached)
		}
	}
}
