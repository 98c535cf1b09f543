// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

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

// reach says whether two offices learn of each other: they have pinned each other, or there is a member whom both have pinned.
func (r *ring) reach(i, j int, v, w View) bool {
	if !r.apart[[2]int{i, j}] {
		return true
	}
	return slices.ContainsFunc(r.all, func(p *party) bool {
		return r.index(p.id) != i && r.index(p.id) != j && v.Holds(p.id) && w.Holds(p.id)
	})
}

// same checks that all members see the same.
func (r *ring) same() {
	for i, p := range r.all {
		v := p.state.View()
		for j, q := range r.all {
			w := q.state.View()
			if !r.reach(i, j, v, w) {
				continue
			}
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
