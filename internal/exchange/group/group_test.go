// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var text = []byte("The legal text of all.")

func rules() Rules {
	h := sha256.Sum256(text)
	return Rules{Title: "Protocol of several", Grants: []Rule{{Purpose: "referral", Categories: []journal.Category{journal.D0, journal.D1}}}, Handling: "H2", Basis: "Fictitious protocol", TextName: "protocol.txt",
		TextHash: hex.EncodeToString(h[:]), From: day, Until: day.AddDate(2, 0, 0), Retention: 365}
}

// party is an office of the tests, whose dossier of the group is a list of entries.
type party struct {
	id      journal.ID
	card    card.Card
	raw     []byte
	secrets card.Secrets
	entries []journal.Entry
	state   State
	seen    map[journal.ID]bool // messages that were handled
}

// ring is offices and what is on the way between them, in order from each to each.
type ring struct {
	t       interface{ Fatalf(string, ...any) }
	all     []*party
	lines   map[[2]int][]post.Outgoing
	apart   map[[2]int]bool // who has not pinned whom
	group   journal.ID
	agreed  map[string]bool // office and hash: somebody there signed or sent it
	numbers map[int]Change  // what held somewhere as this number
	leaves  bool
	n       int
	forks   int
}

var keys []*party // made once: sealing keys are slow

func newRing(t interface{ Fatalf(string, ...any) }, n int) *ring {
	for i := len(keys); i < n; i++ {
		s, err := card.NewSecrets([32]byte{byte(i + 1)})
		if err != nil {
			t.Fatalf("%v", err)
		}
		id := journal.MustID(fmt.Sprintf("01890000-0000-7000-8000-%012d", i+1))
		c, raw, err := s.Issue(card.Card{Office: id, Name: fmt.Sprintf("Office %d", i+1), Kind: access.Assistance, Country: "GR", Made: day})
		if err != nil {
			t.Fatalf("%v", err)
		}
		keys = append(keys, &party{id: id, card: c, raw: raw, secrets: s})
	}
	r := &ring{t: t, lines: map[[2]int][]post.Outgoing{}, apart: map[[2]int]bool{}, agreed: map[string]bool{}, numbers: map[int]Change{}}
	for _, k := range keys[:n] {
		p := *k
		p.state, _ = Fold(nil)
		p.seen = map[journal.ID]bool{}
		r.all = append(r.all, &p)
	}
	return r
}

func (r *ring) index(id journal.ID) int {
	return slices.IndexFunc(r.all, func(p *party) bool { return p.id == id })
}

func (r *ring) look(i int, job string) look {
	return look{r.all[i].id, access.Actor{ID: conversation.ID("actor", fmt.Sprint(r.n)), Job: job}, func(o journal.ID) (card.Card, []byte, error) {
		at := r.index(o)
		if at < 0 || r.apart[[2]int{i, at}] {
			return card.Card{}, nil, fault.New(fault.Guarded, "exchange.terms.pin_first")
		}
		return r.all[at].card, r.all[at].raw, nil
	}}
}

// append does what the store does: guard, fold, effects.
func (r *ring) append(i int, job string, ds ...draft) error {
	p := r.all[i]
	entries, state := slices.Clone(p.entries), p.state
	var out []post.Outgoing
	for _, d := range ds {
		parts, err := journal.Split(d.payload)
		if err != nil {
			r.t.Fatalf("%v", err)
		}
		r.n++
		at := day.Add(time.Duration(r.n) * time.Minute)
		e := journal.Entry{Header: journal.Header{ID: conversation.ID("entry", fmt.Sprint(r.n)), Owner: p.id, Dossier: r.group, Type: d.typ, Actor: conversation.ID("actor", fmt.Sprint(r.n)), OccurredAt: at, RecordedAt: at}, Parts: parts}
		l := r.look(i, job)
		if job == "" {
			e.Actor = l.actor.ID
		}
		if err := state.guard(e, l); err != nil {
			return err
		}
		entries = append(entries, e)
		next, err := Fold(entries)
		if err != nil {
			r.t.Fatalf("%v", err)
		}
		ms, err := Tell(p.id, job == postJob, state, next, e)
		if err != nil {
			r.t.Fatalf("%v", err)
		}
		for _, m := range ms {
			out = append(out, m.(post.Outgoing))
		}
		state = next
	}
	for _, m := range out {
		to := r.index(m.To)
		if r.apart[[2]int{i, to}] || r.apart[[2]int{to, i}] {
			if !m.WhenCovered {
				return fault.New(fault.NotFound, "store.not_found")
			}
			continue
		}
		r.lines[[2]int{i, to}] = append(r.lines[[2]int{i, to}], m)
	}
	p.entries, p.state = entries, state
	r.holds(i)
	return nil
}

// holds checks what must be true of every office at every moment: nothing holds that not everyone concerned signed.
func (r *ring) holds(i int) {
	v := r.all[i].state.View()
	if v.Forked {
		r.forks++
	}
	for _, h := range v.Changes {
		if !h.whole(r.all[i].state.Record.Cards) {
			r.t.Fatalf("office %d: change %d holds without its signatures", i, h.Change.Number)
		}
		for _, s := range h.Change.Signers {
			if !r.agreed[s.Office.String()+h.Change.Hex()] {
				r.t.Fatalf("office %d: change %d holds, and nobody of %s agreed to it", i, h.Change.Number, s.Office)
			}
		}
		was, ok := r.numbers[h.Change.Number]
		if ok && was.Hex() != h.Change.Hex() && !r.leaves && !overtakes(h.Change, was) && !overtakes(was, h.Change) && r.forks == 0 {
			r.t.Fatalf("two changes held as number %d", h.Change.Number)
		}
		r.numbers[h.Change.Number] = h.Change
	}
}

// overtakes says whether a change expels whoever proposed another one: the one case in which both may be signed whole.
func overtakes(c, o Change) bool { return c.Deed == Expel && c.Office == o.By }

func (r *ring) settle(i int) {
	for range 50 {
		p := r.all[i]
		ds := p.state.consequences(p.id, func(c Change) string { return SignChange(c, p.secrets.Sign) })
		if len(ds) == 0 {
			return
		}
		if err := r.append(i, postJob, ds...); err != nil {
			r.t.Fatalf("what follows is refused at office %d: %v", i, err)
		}
	}
	r.t.Fatalf("office %d never settles", i)
}

// deliver brings the first message of a line; twice says that it comes once more.
func (r *ring) deliver(line [2]int, twice bool) (moved bool) {
	m := r.lines[line][0]
	p := r.all[line[1]]
	if !p.seen[m.ID] {
		s := p.state
		s.ID = r.group
		ds, err := takers[m.Type](s, said{r.all[line[0]].id, p.id, m.About.Hash, func(v any) error { return json.Unmarshal(m.Body, v) }})
		if err == nil {
			err = r.append(line[1], postJob, ds...)
		}
		if fault.Is(err, fault.Unavailable) {
			return false
		}
		p.seen[m.ID] = !twice // a handler is harmless when it is called again too
		r.settle(line[1])
	}
	if !twice {
		r.lines[line] = r.lines[line][1:]
	}
	return true
}

func (r *ring) waiting() [][2]int {
	var out [][2]int
	for i := range r.all {
		for j := range r.all {
			if len(r.lines[[2]int{i, j}]) > 0 {
				out = append(out, [2]int{i, j})
			}
		}
	}
	return out
}

// drain delivers everything.
func (r *ring) drain() {
	for range 20000 {
		w := r.waiting()
		moved := false
		for _, line := range w {
			moved = r.deliver(line, false) || moved
		}
		if !moved {
			if len(w) > 0 {
				r.t.Fatalf("messages never arrive: %v %s", w, r.lines[w[0]][0].Type)
			}
			return
		}
	}
	r.t.Fatalf("messages without end")
}

// change makes one as an office would propose it.
func (r *ring) change(i int, deed string, office journal.ID, founders ...int) (Change, []json.RawMessage) {
	v := r.all[i].state.View()
	c := Change{Version: 1, Group: r.group, Number: v.Number + 1, Before: v.Head, Deed: deed, Office: office, By: r.all[i].id, Rules: v.Rules, At: day.Add(time.Duration(r.n) * time.Second)}
	var cards []json.RawMessage
	sit := func(p *party) { c.Signers, cards = append(c.Signers, SeatOf(p.card, p.raw)), append(cards, p.raw) }
	switch deed {
	case Found:
		c.Rules = rules()
		for _, f := range founders {
			sit(r.all[f])
		}
	case Amend:
		c.Rules.Retention++
	}
	for _, p := range r.all {
		if deed != Found && (v.Holds(p.id) && !(deed == Expel && p.id == office) || deed == Join && p.id == office) {
			sit(p)
		}
	}
	slices.SortFunc(c.Signers, func(a, b Seat) int { return bytes.Compare(a.Office[:], b.Office[:]) })
	if deed == Found {
		c.Group = GroupID(c)
		r.group = c.Group
	}
	return c, cards
}

func (r *ring) propose(i int, deed string, office journal.ID, founders ...int) error {
	c, cards := r.change(i, deed, office, founders...)
	r.n++ // the next change is written at another time
	if err := r.append(i, "", draft{ProposedType, Proposed{Change: c, Cards: cards, Text: text}}); err != nil {
		return err
	}
	if err := r.append(i, "", draft{SentType, Sent{Hash: c.Hex()}}); err != nil {
		return err
	}
	r.agreed[r.all[i].id.String()+c.Hex()] = true
	r.settle(i)
	return nil
}

func (r *ring) sign(i int, p Proposal) error {
	me := r.all[i]
	err := r.append(i, "", draft{SignedType, Signed{Hash: p.Hash, Signature: SignChange(p.Change, me.secrets.Sign)}})
	if err == nil {
		r.agreed[me.id.String()+p.Hash] = true
	}
	return err
}

func (r *ring) leave(i int) error {
	me := r.all[i]
	m, _ := me.state.View().Member(me.id)
	l := Leaving{r.group, me.id, m.Since}
	r.leaves = true
	err := r.append(i, "", draft{LeftType, Gone{Left{l, SignLeaving(l, me.secrets.Sign)}}})
	r.settle(i)
	return err
}

// everyone signs whatever waits for them and they may, until nothing moves.
func (r *ring) everyoneSigns() {
	for range 60 {
		r.drain()
		moved := false
		for i, p := range r.all {
			for _, x := range p.state.Open() {
				if r.sign(i, x) == nil {
					moved = true
				}
			}
		}
		if !moved {
			return
		}
	}
	r.t.Fatalf("signing without end")
}

// same checks that all members see the same.
func (r *ring) same() {
	for i, p := range r.all {
		v := p.state.View()
		for j, q := range r.all {
			w := q.state.View()
			if v.Holds(p.id) && w.Holds(q.id) && !v.Same(w) {
				r.t.Fatalf("offices %d and %d see different groups:\n%s\n%s", i, j, v.words(), w.words())
			}
			if v.Holds(p.id) && v.Holds(q.id) && !w.Holds(q.id) {
				r.t.Fatalf("office %d takes %d for a member, which it is not for itself", i, j)
			}
		}
	}
}

func (r *ring) must(err error) {
	if err != nil {
		r.t.Fatalf("%v", err)
	}
}

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
