// SPDX-License-Identifier: EUPL-1.2

package match

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
)

func record(n int) journal.ID {
	id := journal.MustID("01890000-0000-7000-8000-000000000000")
	id[14], id[15] = byte(n>>8), byte(n)
	return id
}

func epoch(t testing.TB) *Epoch {
	t.Helper()
	e, err := NewEpoch(record(999), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func build(t testing.TB, e *Epoch, rows []Row) (*Table, Report) {
	t.Helper()
	table, report, err := e.Build(t.Context(), rows, crand.Reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := split(table.Bytes())
	if err != nil || !bytes.Equal(again, table.Bytes()) {
		t.Fatalf("a table is read as another one: %v", err)
	}
	return table, report
}

// split reads a table in blocks, and puts them together again.
func split(b []byte) (out []byte, err error) {
	take := func(part []byte) error { out = append(out, part...); return nil }
	return out, Split(bytes.NewReader(b), take, take)
}

// look looks into a table as if it were one block.
func (t *Table) look(tag []byte) ([]byte, error) { return InBlock(t.sorted, tag), nil }

// ask is both sides of a question about one subject.
func ask(t testing.TB, e *Epoch, table *Table, keys []Key) []Match {
	t.Helper()
	var inputs [][]byte
	for _, k := range keys {
		inputs = append(inputs, k.Input())
	}
	q, err := oprf.Ask(table.Public, inputs, 0, crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	answer, proof, err := e.Key.Answer(q.Blinded(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	outs, err := q.Finish(answer, proof)
	if err != nil {
		t.Fatal(err)
	}
	var hits []Hit
	for i, out := range outs {
		found, err := Find(keys[i], out, table.look)
		if err != nil {
			t.Fatal(err)
		}
		hits = append(hits, found...)
	}
	return Judge(hits)
}

func person(name, born string) Subject {
	return Subject{Person: names.Person{Names: []string{name}, Born: []string{born}}}
}

// One case of each way in which two offices may know the same.
func TestTwoOfficesKnowTheSame(t *testing.T) {
	phone := func(number, region string) Subject {
		return Subject{Person: names.Person{Phones: []names.Phone{{Number: number, Region: region}}}}
	}
	document := func(country, number string) Subject {
		return Subject{Person: names.Person{Documents: []names.Document{{Country: country, Number: number}}}}
	}
	for name, c := range map[string]struct {
		owner, asker Subject
		kinds        []Kind
		strong       bool
	}{
		"a phone, dialled at home and from abroad":       {phone("069 123 4567", "AL"), phone("+355 69 123 45 67", ""), []Kind{Phone}, true},
		"a document, its country known to one":           {document("AL", "AB 123 456"), document("", "ab-123456"), []Kind{Document}, true},
		"a document of another country":                  {document("AL", "AB123456"), document("AL", "AB123457"), nil, false},
		"an account":                                     {Subject{Accounts: []string{"GR16 0110 1250 0000 0001 2300 695"}}, Subject{Accounts: []string{"GR1601101250000000012300695"}}, []Kind{Account}, true},
		"an account with a slip":                         {Subject{Accounts: []string{"GR16 0110 1250 0000 0001 2300 696"}}, Subject{Accounts: []string{"GR16 0110 1250 0000 0001 2300 696"}}, nil, false},
		"a plate in two alphabets":                       {Subject{Plates: []string{"СВ 1234 АВ"}}, Subject{Plates: []string{"CB1234AB"}}, []Kind{Plate}, true},
		"an address of e-mail":                           {Subject{Person: names.Person{Emails: []string{"A@Example.org"}}}, Subject{Person: names.Person{Emails: []string{"a@example.org "}}}, []Kind{Email}, true},
		"a name in two alphabets, day and month swapped": {person("Đerđi Marku", "1999-04-03"), person("Ђерђи Марку", "1999-03-04"), []Kind{WordBorn, NameYear}, true},
		"a name in Greek":                                {person("Arben Hoxha", "1985-11-23"), person("Αρμπέν Χότζα", "1985-11-23"), []Kind{WordBorn, NameYear}, true},
		"one word of the name":                           {person("Mirela Hoxha", "1999-04-23"), person("Mirela Papadopoulou", "1999-04-23"), []Kind{WordBorn}, false},
		"a name and the year alone":                      {person("Mirela Hoxha", "1999"), person("Hoxha, Mirela", "1999-01-01"), []Kind{NameYear}, false},
		"the same name of another birth":                 {person("Mirela Hoxha", "1999-04-23"), person("Mirela Hoxha", "1998-04-22"), nil, false},
		"the same name and year":                         {person("Mirela Hoxha", "1999-04-23"), person("Mirela Hoxha", "1999-08-02"), []Kind{NameYear}, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := epoch(t)
			table, _ := build(t, e, []Row{{record(1), Keys(c.owner)}, {record(2), Keys(person("Somebody Else", "1970-05-06"))}})
			got := ask(t, e, table, append(Keys(c.asker), Key{Kind: Email, Value: "nobody@example.org"}))
			if len(c.kinds) == 0 {
				if len(got) != 0 {
					t.Errorf("%+v", got)
				}
				return
			}
			if len(got) != 1 || !slices.Equal(got[0].Kinds, c.kinds) || got[0].Strong != c.strong || got[0].Handle != e.Handle(record(1)) {
				t.Errorf("%+v, want %v, strong %v", got, c.kinds, c.strong)
			}
		})
	}
}

// Records that share a key are all found; a key that too many share is not in the table, and said so.
func TestSharedAndCommonKeys(t *testing.T) {
	e := epoch(t)
	number, helpline := Key{Kind: Phone, Value: "+355690000001"}, Key{Kind: Phone, Value: "+35580000000"}
	var rows []Row
	for i := range MostSharing + 1 {
		r := Row{record(i), []Key{helpline}}
		if i < MostSharing {
			r.Keys = append(r.Keys, number, number)
		}
		rows = append(rows, r)
	}
	table, report := build(t, e, rows)
	if report.Common != 1 || report.Entries != MostSharing || report.Records != MostSharing {
		t.Errorf("%+v", report)
	}
	if got := ask(t, e, table, []Key{number, helpline}); len(got) != MostSharing {
		t.Errorf("%d of %d records found", len(got), MostSharing)
	}
}

// What is added later counts with what was there before: a key that so many share then is sent no more, and takes the tables with it
// that still have it.
func TestAKeyBecomesCommon(t *testing.T) {
	number, own := Key{Kind: Phone, Value: "+355690000001"}, Key{Kind: Email, Value: "own@example.org"}
	rows := func(from, to int) (out []Row) {
		for i := from; i < to; i++ {
			out = append(out, Row{record(i), []Key{number, number, own}[:2+i%2]})
		}
		return out
	}
	for _, c := range []struct {
		before, added, keys int
		whole               bool
	}{{MostSharing - 1, 1, 1, false}, {MostSharing, 1, 0, true}, {1, MostSharing, 0, true}, {MostSharing + 1, 1, 0, false}, {0, MostSharing + 1, 0, false}} {
		all := rows(0, c.before+c.added)
		added, whole := Added(all, all[c.before:])
		keys := 0
		for _, r := range added {
			for _, k := range r.Keys {
				if k == number {
					keys++
				}
			}
		}
		if len(added) != c.added || keys != c.keys || whole != c.whole {
			t.Errorf("%d added to %d: %d of %d rows have the number, all again %v", c.added, c.before, keys, len(added), whole)
		}
	}
}

// A table says how many entries it has to the next 4096 only, and is the same for the same rows but for what fills it.
func TestATableTellsLittle(t *testing.T) {
	e := epoch(t)
	one, _ := build(t, e, []Row{{record(1), Keys(person("Mirela Hoxha", "1999-04-23"))}})
	none, _ := build(t, e, nil)
	if len(one.Bytes()) != len(none.Bytes()) || one.Entries() != padTo {
		t.Errorf("%d and %d bytes", len(one.Bytes()), len(none.Bytes()))
	}
	other := epoch(t)
	if other.Handle(record(1)) == e.Handle(record(1)) {
		t.Error("a handle holds beyond its epoch")
	}
	again, err := ParseEpoch(e.ID, e.Bytes())
	if err != nil || again.Handle(record(1)) != e.Handle(record(1)) || again.Key.Public() != e.Key.Public() {
		t.Errorf("an epoch read again: %v", err)
	}
}

// Whatever the rows, every key of a record is found under its handle, unless too many share it, and no other key is.
func TestEveryKeyIsFound(t *testing.T) {
	e := epoch(t)
	rapid.Check(t, func(rt *rapid.T) {
		value := rapid.StringMatching(`[a-c]{1,2}`)
		var rows []Row
		for i := range rapid.IntRange(1, 12).Draw(rt, "rows") {
			r := Row{Record: record(i)}
			for range rapid.IntRange(0, 3).Draw(rt, "keys") {
				r.Keys = append(r.Keys, Key{Kind: rapid.SampledFrom(Kinds()).Draw(rt, "kind"), Value: value.Draw(rt, "value")})
			}
			rows = append(rows, r)
		}
		keys, _, err := shared(rows)
		if err != nil {
			rt.Fatal(err)
		}
		raw, err := e.entries(context.Background(), keys, nil)
		if err != nil {
			rt.Fatal(err)
		}
		sortEntries(raw)
		table := &Table{e.ID, e.Key.Public(), raw}
		asked := Key{Kind: rapid.SampledFrom(Kinds()).Draw(rt, "asked kind"), Value: value.Draw(rt, "asked")}
		out, err := e.Key.Hash(asked.Input())
		if err != nil {
			rt.Fatal(err)
		}
		want := map[Handle]bool{}
		for _, r := range rows {
			if slices.Contains(r.Keys, asked) {
				want[e.Handle(r.Record)] = true
			}
		}
		if len(want) > MostSharing {
			want = nil
		}
		hits, err := Find(asked, out, table.look)
		if err != nil {
			rt.Fatal(err)
		}
		for _, h := range hits {
			if !want[h.Handle] {
				rt.Fatal("a record that does not have the key")
			}
		}
		if len(hits) != len(want) {
			rt.Fatalf("%d of %d found", len(hits), len(want))
		}
	})
}

func TestTablesAreReadStrictly(t *testing.T) {
	e := epoch(t)
	table, _, err := e.Build(t.Context(), []Row{{record(1), Keys(person("Mirela Hoxha", "1999-04-23"))}}, crand.Reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := table.Bytes()
	swapped := bytes.Clone(good)
	byTag(swapped[HeadSize:]).Swap(0, 1)
	for name, bad := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-1], "grown": append(bytes.Clone(good), 0), "without its head": good[1:], "unsorted": swapped, "head only": good[:HeadSize],
	} {
		if _, err := split(bad); !errors.Is(err, ErrTable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseEpoch(e.ID, good[:63]); !errors.Is(err, oprf.ErrKey) {
		t.Errorf("an epoch of 63 bytes: %v", err)
	}
	if _, _, err := e.Build(t.Context(), []Row{{record(1), []Key{{Kind: 99, Value: "x"}}}}, crand.Reader, nil); err == nil {
		t.Error("a key of an unknown kind was taken")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := e.Build(ended, []Row{{record(1), Keys(person("Mirela Hoxha", "1999-04-23"))}}, crand.Reader, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context ended: %v", err)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte(magic))
	table, _ := build(f, epoch(f), []Row{{record(1), []Key{{Kind: Phone, Value: "+355690000001"}}}})
	f.Add(table.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if again, err := split(b); err == nil && !bytes.Equal(again, b) || err != nil && !errors.Is(err, ErrTable) {
			t.Errorf("a table that is taken has another form, or one that is not is refused otherwise: %v", err)
		}
	})
}

func FuzzKeys(f *testing.F) {
	f.Add("Đerđi Marku", "1999-04-03", "+355 69 123 4567", "AB123456", "GR16 0110 1250 0000 0001 2300 695")
	f.Fuzz(func(t *testing.T, name, born, phone, document, account string) {
		keys := Keys(Subject{Person: names.Person{Names: []string{name}, Born: []string{born}, Phones: []names.Phone{{Number: phone, Region: "GR"}},
			Documents: []names.Document{{Country: "GR", Number: document}}}, Accounts: []string{account}, Plates: []string{document}})
		if len(keys) > MostKeys {
			t.Fatalf("%d keys", len(keys))
		}
		for i, k := range keys {
			if !k.Kind.valid() || k.Value == "" || len(k.Input()) > oprf.MaxInput || slices.Contains(keys[:i], k) {
				t.Fatalf("key %d of kind %d", i, k.Kind)
			}
		}
	})
}

// TestQuality measures how well keys tell records of one person from records of two, on the FEBRL sets: synthetic people with
// slips of every kind, no telephones.
func TestQuality(t *testing.T) {
	for _, c := range []struct {
		set              string
		strong, all, few float64 // least F1: strong matches, all of them, all of them without documents
	}{{"dataset1", 0.97, 0.97, 0.87}, {"dataset2", 0.95, 0.95, 0.82}, {"dataset3", 0.95, 0.96, 0.82}} {
		records := febrl(t, c.set)
		strong := score(records, func(m Match) bool { return m.Strong })
		all := score(records, func(Match) bool { return true })
		for i := range records {
			records[i].Documents = nil
		}
		few := score(records, func(Match) bool { return true })
		t.Logf("%s: strong matches %s; all %s; all without documents %s", c.set, strong, all, few)
		if strong.f1() < c.strong || strong.precision < 0.995 || all.f1() < c.all || few.f1() < c.few {
			t.Error("worse than it was")
		}
	}
}

type febrlRecord struct {
	person string
	Subject
}

func febrl(t *testing.T, set string) []febrlRecord {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "data", "matching", set+".csv"))
	if err != nil {
		t.Skip("the FEBRL sets are not here")
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []febrlRecord
	for _, row := range rows[1:] {
		cell := func(i int) string { return strings.TrimSpace(row[i]) }
		rec := febrlRecord{person: strings.Split(row[0], "-")[1]}
		rec.Names = []string{cell(1) + " " + cell(2)}
		if d := cell(9); len(d) == 8 {
			rec.Born = []string{d[:4] + "-" + d[4:6] + "-" + d[6:]}
		}
		if n := cell(10); n != "" {
			rec.Documents = []names.Document{{Country: "AU", Number: n}}
		}
		out = append(out, rec)
	}
	return out
}

type quality struct{ precision, recall float64 }

func (q quality) f1() float64 { return 2 * q.precision * q.recall / (q.precision + q.recall) }

func (q quality) String() string {
	return fmt.Sprintf("precision %.4f recall %.4f F1 %.4f", q.precision, q.recall, q.f1())
}

// score judges all pairs of records that share a key, in the clear: hashing changes nothing about which do.
func score(records []febrlRecord, counts func(Match) bool) quality {
	return scoreBy(records, Keys, counts)
}

// scoreBy is score with other keys.
func scoreBy(records []febrlRecord, of func(Subject) []Key, counts func(Match) bool) quality {
	people := map[string]int{}
	by := map[Key][]int{}
	pairs, right, found := 0, 0, 0
	for i, r := range records {
		pairs += people[r.person]
		people[r.person]++
		var hits []Hit
		for _, k := range of(r.Subject) {
			plain := Key{Kind: k.Kind, Value: k.Value}
			for _, j := range by[plain] {
				hits = append(hits, Hit{Handle{byte(j >> 8), byte(j)}, k})
			}
			by[plain] = append(by[plain], i)
		}
		for _, m := range Judge(hits) {
			if counts(m) {
				found++
				if records[int(m.Handle[0])<<8|int(m.Handle[1])].person == r.person {
					right++
				}
			}
		}
	}
	return quality{float64(right) / float64(max(found, 1)), float64(right) / float64(pairs)}
}

// BenchmarkOneCase is both sides of a question about one new case of twelve keys, against a table of ten thousand entries.
func BenchmarkOneCase(b *testing.B) {
	e := epoch(b)
	var rows []Row
	for i := range 10_000 {
		rows = append(rows, Row{record(i), []Key{{Kind: Phone, Value: fmt.Sprintf("+35569%07d", i)}}})
	}
	table, _ := build(b, e, rows)
	var keys []Key
	for i := range 12 {
		keys = append(keys, Key{Kind: Phone, Value: fmt.Sprintf("+35569%07d", i*1000)})
	}
	for b.Loop() {
		if got := ask(b, e, table, keys); len(got) != 10 {
			b.Fatalf("%d found", len(got))
		}
	}
}

// BenchmarkBuild makes a table of a thousand keys.
func BenchmarkBuild(b *testing.B) {
	e := epoch(b)
	var rows []Row
	for i := range 1000 {
		rows = append(rows, Row{record(i), []Key{{Kind: Phone, Value: fmt.Sprintf("+35569%07d", i)}}})
	}
	for b.Loop() {
		build(b, e, rows)
	}
}
