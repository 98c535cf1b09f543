// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

var update = flag.Bool("update", false, "write the vectors anew, with new keys")

// vectors are groups as bytes, for whoever implements docs/protocol.md.
type vectors struct {
	About string   `json:"about"`
	Cards [][]byte `json:"cards"` // their bytes, in base64: the hash is over these
	Cases []vector `json:"cases"`
}

// vector is a record that an office has, another that comes, and what it then says. Cards are the file's.
type vector struct {
	Name    string       `json:"name"`
	Group   journal.ID   `json:"group"`
	Has     Record       `json:"has"`
	Comes   Record       `json:"comes"`
	Taken   int          `json:"taken"` // facts that are new and believed
	Head    string       `json:"head"`  // hash of the last change that holds
	Members []journal.ID `json:"members"`
	Forked  bool         `json:"forked,omitempty"`
	Pairs   []journal.ID `json:"pairs"` // ids of the terms of the first member with each other one
}

const vectorFile = "testdata/vectors.json"

// outcome says what comes of a vector's records.
func (x vector) outcome(raw [][]byte) vector {
	var cards []json.RawMessage
	for _, c := range raw {
		cards = append(cards, c)
	}
	x.Has.Cards, x.Comes.Cards = cards, cards
	whole, news := x.Has.merge(x.Comes, x.Group)
	v := whole.View()
	x.Taken, x.Head, x.Forked, x.Members, x.Pairs = len(news.Held)+len(news.Left), v.Head, v.Forked, nil, nil
	for _, m := range v.In() {
		x.Members = append(x.Members, m.Office)
	}
	for _, m := range x.Members[min(1, len(x.Members)):] {
		if by, a, b, ok := v.Pair(x.Members[0], m, cards); ok {
			x.Pairs = append(x.Pairs, Document(by, x.Group, v.Rules, a, b).ID)
		}
	}
	x.Has.Cards, x.Comes.Cards = []json.RawMessage{}, []json.RawMessage{}
	return x
}

// TestVectors: what the page on the protocol says of conflicts, as bytes.
func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var all vectors
	if err := json.Unmarshal(raw, &all); err != nil || len(all.Cases) < 8 {
		t.Fatal(len(all.Cases), err)
	}
	for _, want := range all.Cases {
		got := want.outcome(all.Cards)
		if got.Taken != want.Taken || got.Head != want.Head || got.Forked != want.Forked || !slices.Equal(got.Members, want.Members) || !slices.Equal(got.Pairs, want.Pairs) {
			t.Errorf("%s: %d taken, head %s, members %v", want.Name, got.Taken, got.Head, got.Members)
		}
		turned := want // the other way round: which came first changes nothing but what is new
		turned.Has, turned.Comes = Record{}, Record{slices.Concat(want.Comes.Held, want.Has.Held), slices.Concat(want.Comes.Left, want.Has.Left), nil}
		if got := turned.outcome(all.Cards); got.Head != want.Head || !slices.Equal(got.Members, want.Members) {
			t.Errorf("%s: in another order the head is %s, the members %v", want.Name, got.Head, got.Members)
		}
	}
}

// writeVectors makes them with the keys of the tests' offices, whose sealing keys are new each time.
func writeVectors(t *testing.T) {
	r := newRing(t, 4)
	all := vectors{About: "Terms of several offices, docs/protocol.md section 11. An office has the record has, and comes arrives; the cards of both are cards. taken is how many changes and leavings of it are new and believed; head, members and pairs are what holds then."}
	for _, p := range r.all {
		all.Cards = append(all.Cards, p.raw)
	}
	whole := func(c Change) Held {
		h := Held{Change: c}
		for _, s := range c.Signers {
			h.Signatures = append(h.Signatures, SignChange(c, r.all[r.index(s.Office)].secrets.Sign))
		}
		return h
	}
	r.must(r.propose(0, Found, journal.ID{}, 0, 1, 2))
	r.everyoneSigns()
	founded := r.all[0].state.Record
	founding := founded.Held[0]
	join, _ := r.change(0, Join, r.all[3].id)
	amend, _ := r.change(1, Amend, journal.ID{})
	expel, _ := r.change(0, Expel, r.all[1].id)
	left := Left{Leaving{r.group, r.all[2].id, 1}, ""}
	left.Signature = SignLeaving(left.Leaving, r.all[2].secrets.Sign)
	forged := Left{left.Leaving, SignLeaving(left.Leaving, r.all[0].secrets.Sign)}
	unsigned := whole(join)
	unsigned.Signatures[1] = unsigned.Signatures[0]
	add := func(name string, has, comes Record) {
		all.Cases = append(all.Cases, vector{Name: name, Group: r.group, Has: has, Comes: comes}.outcome(all.Cards))
	}
	has := Record{Held: []Held{founding}}
	add("founded by three", Record{}, has)
	add("a fourth joins", has, Record{Held: []Held{whole(join)}})
	add("a change without one signature", has, Record{Held: []Held{unsigned}})
	add("a change whose predecessor is not here", Record{}, Record{Held: []Held{whole(join)}})
	add("two after the same change, both whole: the lower hash holds", Record{Held: []Held{founding, whole(join)}}, Record{Held: []Held{whole(amend)}})
	add("an expulsion goes before what the expelled office proposed", Record{Held: []Held{founding, whole(amend)}}, Record{Held: []Held{whole(expel)}})
	add("one leaves", has, Record{Left: []Left{left}})
	add("a leaving that another office signed", has, Record{Left: []Left{forged}})
	add("left, and a change that still names it", Record{Held: []Held{founding}, Left: []Left{left}}, Record{Held: []Held{whole(join)}})
	two := whole(expel)
	two.Change.Signers, two.Signatures = two.Change.Signers[:1], two.Signatures[:1]
	add("an expulsion by one alone", has, Record{Held: []Held{two}})
	b, err := json.MarshalIndent(all, "", " ")
	r.must(err)
	r.must(os.MkdirAll("testdata", 0o755))
	r.must(os.WriteFile(vectorFile, append(b, '\n'), 0o644))
}
