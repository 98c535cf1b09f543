// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/joint/shares"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

var day = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language, and each key that
// its sources name.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("joint.reason", Reasons())
	w.List("joint.status", Statuses())
	for _, m := range MessageTypes() {
		w.Keys = append(w.Keys, m+".title")
	}
	for _, typ := range []string{DraftedType, ProposedType, AgreedType, AcceptedType, DeclinedType, StoppedType, DealtType, SummedType, OpenedType, InvitedType, AnsweredType, DealtThereType, SummedThereType, OpenedThereType, StoppedThereType} {
		w.Keys = append(w.Keys, "joint.entry."+typ)
	}
	for _, s := range Statuses() {
		w.Keys = append(w.Keys, "joint.note."+s, "joint.note."+s+".text")
	}
	for a := range icons {
		w.Keys = append(w.Keys, "joint.act."+a)
	}
	w.Keys = append(w.Keys, "joint.act.agree.lead", "joint.act.decline.lead", "joint.act.stop.lead", "joint.second.hint", "joint.deadline.hint", "joint.against.hint")
	w.Check(w.Named("", `(?:T\(|N\(|New\(fault\.[A-Za-z]+, |[bB]ad\("[a-z]+", |Add\("[a-z]+", |t |n |", )"(joint\.[a-z_.0-9]*[a-z0-9])"`))
}

// office is one party with what it keeps to itself.
type office struct {
	id      journal.ID
	entries []journal.Entry
	records *table.Records
	own     shares.Share
	seeds   map[journal.ID]shares.Seed
}

func (o *office) add(t testing.TB, typ string, payload any) {
	t.Helper()
	parts, err := journal.Split(payload)
	if err != nil {
		t.Fatal(err)
	}
	o.entries = append(o.entries, journal.Entry{Header: journal.Header{ID: journal.NewID(day, nil), Owner: o.id, Dossier: proposalID, Type: typ, OccurredAt: day}, Parts: parts})
}

func (o *office) state(t testing.TB) State {
	t.Helper()
	s, err := Fold(o.entries)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var proposalID = journal.MustID("01900000-0000-7000-8000-0000000000aa")

// three gives three offices that have all accepted, and the records of all together.
func three(t testing.TB) ([]*office, Proposal, *table.Records) {
	t.Helper()
	cols := []table.Column{{Name: "sex", Values: []string{"f", "m", "unknown"}}, {Name: "age", Values: []string{"child", "adult", "unknown"}}}
	p := Proposal{Title: map[string]string{"en": "Together"}, Source: "persons", Version: "1", Most: 1, From: "2025-01-01", Until: "2025-12-31", Columns: cols,
		Tables: [][]string{{"sex", "age"}}, Epsilon: 1, Delta: 1e-6, Against: 1, Deadline: "2026-12-24", At: "2026-11-26T09:00:00Z"}
	random := rand.New(rand.NewPCG(1, 2))
	all, err := table.NewRecords(table.Domain{Columns: cols}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var os []*office
	for i := range 3 {
		o := &office{id: journal.MustID(fmt.Sprintf("01900000-0000-7000-8000-00000000000%d", i+1)), seeds: map[journal.ID]shares.Seed{}}
		if o.records, err = table.NewRecords(all.Domain, 0); err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			row := []uint16{uint16(random.IntN(3)), uint16(random.IntN(3))}
			if err := o.records.Add(row...); err != nil {
				t.Fatal(err)
			}
			if err := all.Add(row...); err != nil {
				t.Fatal(err)
			}
		}
		os, p.Parties = append(os, o), append(p.Parties, Party{Office: o.id, Name: "Office", Fingerprint: strings.Repeat("0f", 32)})
	}
	for i, o := range os {
		if i == 0 {
			o.add(t, DraftedType, Draft{Proposal: p})
			o.add(t, ProposedType, Of{p.Hash()})
		} else {
			o.add(t, InvitedType, Invited{os[0].id, p})
			o.add(t, AcceptedType, Of{p.Hash()})
		}
		for _, x := range os {
			if x != o {
				o.add(t, AnsweredType, Answered{Office: x.id, Yes: true})
			}
		}
	}
	return os, p, all
}

// deal lets every office deal, as Desk does; twist may change what one office sends another.
func deal(t testing.TB, os []*office, p Proposal, twist func(from, to int, commitments []string) []string) {
	t.Helper()
	a, err := p.Plan()
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range os {
		row, err := a.Contribute(context.Background(), o.records, func(part int) io.Reader { return rand.NewChaCha8([32]byte{byte(i), byte(part), 9}) })
		if err != nil {
			t.Fatal(err)
		}
		d, err := shares.Deal(row, len(os), i, rand.NewChaCha8([32]byte{byte(i), 7}))
		if err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(d.Commitments))
		for k, c := range d.Commitments {
			texts[k] = hex.EncodeToString(c[:])
		}
		o.own = d.Own
		o.add(t, DealtType, Dealt{Commitments: texts})
		for j, x := range os {
			if j == i {
				continue
			}
			sent := texts
			if twist != nil {
				sent = twist(i, j, slices.Clone(texts))
			}
			x.seeds[o.id] = d.Seeds[j]
			if x.state(t).fits(dealBody{Commitments: sent, Seed: d.Seeds[j]}) {
				x.add(t, DealtThereType, Dealt{o.id, sent})
			} else {
				x.add(t, StoppedThereType, Why{Reason: "false_share", Office: x.id, About: []journal.ID{o.id}})
			}
		}
	}
}

// sum lets every office show the sum of what was dealt to it; twist may change one.
func sum(t testing.TB, os []*office, p Proposal, twist func(office int, b []byte) []byte) {
	t.Helper()
	a, err := p.Plan()
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range os {
		all := []shares.Share{o.own}
		for _, seed := range o.seeds {
			all = append(all, seed.Share(a.Numbers()))
		}
		b := shares.Add(all...).Bytes()
		if twist != nil {
			b = twist(i, b)
		}
		transcript := o.state(t).Transcript()
		for j, x := range os {
			typ, v := SummedThereType, Summed{o.id, transcript, base64.StdEncoding.EncodeToString(b)}
			if i == j {
				typ, v.Office = SummedType, journal.ID{}
			}
			x.add(t, typ, v)
		}
	}
}

// TestAllOfficesHaveTheSameRelease compares the release with the tables of all records, and between offices.
func TestAllOfficesHaveTheSameRelease(t *testing.T) {
	os, p, all := three(t)
	deal(t, os, p, nil)
	sum(t, os, p, nil)
	truth, err := all.Count(table.SetOf(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for _, o := range os {
		r, liars, err := o.state(t).Result()
		if err != nil || len(liars) > 0 {
			t.Fatalf("%v %v", liars, err)
		}
		e, err := r.Table(table.SetOf(0, 1))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range e.Values {
			if math.Abs(v-float64(truth[i])) > 6*e.Deviation {
				t.Errorf("cell %d: %.1f, counted %d, deviation %.1f", i, v, truth[i], e.Deviation)
			}
		}
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b
		}
		if string(b) != string(first) {
			t.Error("another release in another office")
		}
	}
}

// TestWhoShowsAFalseSumIsNamed lets one office change one number of its sum.
func TestWhoShowsAFalseSumIsNamed(t *testing.T) {
	os, p, _ := three(t)
	deal(t, os, p, nil)
	sum(t, os, p, func(office int, b []byte) []byte {
		if office == 1 {
			b[0] ^= 1
		}
		return b
	})
	for _, o := range os {
		if _, liars, err := o.state(t).Result(); err != nil || !slices.Equal(liars, []journal.ID{os[1].id}) {
			t.Errorf("named %v: %v", liars, err)
		}
	}
}

// TestWhoDealsOtherwiseIsSeen lets one office send a share that opens nothing, and, to one office, another commitment to the
// third's share.
func TestWhoDealsOtherwiseIsSeen(t *testing.T) {
	os, p, _ := three(t)
	deal(t, os, p, func(from, to int, c []string) []string {
		if from == 2 && to == 0 {
			c[0] = c[1]
		}
		return c
	})
	if s := os[0].state(t); s.Status() != "stopped" || s.Stopped[0].About[0] != os[2].id {
		t.Errorf("%s %v", s.Status(), s.Stopped)
	}

	os, p, _ = three(t)
	deal(t, os, p, func(from, to int, c []string) []string {
		if from == 2 && to == 0 {
			c[1] = c[2] // what the office is told that another was dealt
		}
		return c
	})
	sum(t, os, p, nil)
	for i, o := range os {
		if _, liars, err := o.state(t).Result(); err != nil || len(liars) == 0 {
			t.Errorf("office %d has seen nothing: %v", i, err)
		}
	}
}

// TestWhatCannotBeFoundOut: numbers of an office that counts people who do not exist, or whose noise is other than it should be,
// add up as well as any: the release opens, and nobody is named. docs/threats.md says so, and what the noise of the rest promises.
func TestWhatCannotBeFoundOut(t *testing.T) {
	os, p, all := three(t)
	for range 900 {
		if err := os[1].records.Add(0, 0); err != nil {
			t.Fatal(err)
		}
	}
	deal(t, os, p, nil)
	a, err := p.Plan()
	if err != nil {
		t.Fatal(err)
	}
	sum(t, os, p, nil)
	r, liars, err := os[0].state(t).Result()
	if err != nil || len(liars) > 0 {
		t.Fatalf("%v %v", liars, err)
	}
	e, err := r.Table(table.SetOf(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	truth, err := all.Count(table.SetOf(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if more := e.Values[0] - float64(truth[0]); math.Abs(more-900) > 6*e.Deviation {
		t.Errorf("%.1f invented people in the release, deviation %.1f", more, e.Deviation)
	}
	if with, without := a.Cost(0), a.Cost(1); with >= without || without > 2*with { // two of three still add theirs
		t.Errorf("rho %v with everybody's noise, %v without one office's", with, without)
	}
}

// TestTheFirstThatAnOfficeSendsCounts: whoever has seen others' sums cannot send another one of its own.
func TestTheFirstThatAnOfficeSendsCounts(t *testing.T) {
	os, p, _ := three(t)
	deal(t, os, p, nil)
	sum(t, os, p, nil)
	s := os[0].state(t)
	os[0].add(t, SummedThereType, Summed{os[1].id, "other", "AAAA"})
	os[0].add(t, AnsweredType, Answered{Office: os[1].id, Reason: "later"})
	if again := os[0].state(t); again.Summed[os[1].id] != s.Summed[os[1].id] || !again.Ready() {
		t.Error("a second word replaced the first")
	}
}

func TestStatusesInOrder(t *testing.T) {
	os, p, _ := three(t)
	for i, want := range []string{"waiting", "waiting", "waiting"} {
		if s := os[i].state(t); s.Status() != want || !s.Ready() || len(s.Missing()) != 3 {
			t.Errorf("%s, ready %v, missing %d", s.Status(), s.Ready(), len(s.Missing()))
		}
	}
	deal(t, os, p, nil)
	if s := os[0].state(t); s.Status() != "running" || len(s.Missing()) != 3 { // three sums
		t.Errorf("%s, missing %d", s.Status(), len(s.Missing()))
	}
	sum(t, os, p, nil)
	os[0].add(t, OpenedType, Opened{Hash: "aa"})
	os[0].add(t, OpenedThereType, Opened{Office: os[1].id, Hash: "aa"})
	if s := os[0].state(t); s.Status() != "opened" {
		t.Error(s.Status())
	}
	os[0].add(t, OpenedThereType, Opened{Office: os[2].id, Hash: "bb"})
	if s := os[0].state(t); s.Status() != "disputed" {
		t.Error(s.Status())
	}
}
