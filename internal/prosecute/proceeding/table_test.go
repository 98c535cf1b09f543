// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"archive/zip"
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/brought"
	"github.com/entraide-thb/entraide/packs/offences"
)

var (
	today  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	worker = journal.ID{7}
)

func bringing(t testing.TB) Bringing {
	t.Helper()
	p, err := offences.Default()
	if err != nil {
		t.Fatal(err)
	}
	return Bringing{Law: Law{Pack: p, Countries: []string{"AL", "BG", "GR"}}, Now: today}
}

const heads = "reference;country;court;articles;forms;opened;defendant;name;sex;citizen;charged;instance;decided;outcome;months;final;injured;ordered;paid;currency\n"

// state gives what the first proceeding of a table comes to on top of another state; the table must be right.
func state(t *testing.T, s State, text string) (State, int) {
	t.Helper()
	olds, wrong, err := ReadTable([]byte(text))
	if err != nil || len(wrong) > 0 || len(olds) == 0 {
		t.Fatalf("%v %v", wrong, err)
	}
	drafts, bad := bringing(t).drafts(olds[0], s, worker)
	if bad != nil {
		t.Fatalf("line %d, %s: %v", bad.N, bad.Column, bad.Err)
	}
	for _, d := range drafts {
		parts, err := journal.Split(d.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.apply(journal.Entry{Header: journal.Header{Type: d.Type, Actor: worker}, Parts: parts}); err != nil {
			t.Fatal(err)
		}
	}
	return s, len(drafts)
}

const two = heads + `TH-12/2024;gr;Court (invented);323A|other;labour;2024-02-05;1;;m;GR;2024-06-10;first;2025-03-18;convicted;84;no;≥3;12000;4000;eur
TH 12.2024;;;;;;1;;;;;appeal;2025-11-02;convicted;60;yes;;;;
TH-12/2024;;;;;;2;'=Planted;f;al;2024-06-10;first;2025-03-18;acquitted;;yes;;;;
`

// An old proceeding is read from its lines, whatever part of it each says; brought again it adds nothing, and its export says the
// same again, but for names.
func TestAnOldProceedingIsRead(t *testing.T) {
	s, n := state(t, State{}, two)
	if n != 8 || s.Stage() != "final" || len(s.Lines) != 2 || s.Charge.Articles[0] != "GR-323A" || s.Charge.Country != "GR" || s.Redress.Currency != "EUR" {
		t.Fatalf("%d entries: %+v", n, s)
	}
	if last, _ := s.Lines[0].Last(); last.Months != 60 || len(s.Lines[0].Decisions) != 2 || s.Lines[1].Name != "=Planted" || marked(s.Victims.Count) != "≥3" {
		t.Errorf("%+v %+v", s.Lines, s.Victims)
	}
	if charged, judged, appealed, final := s.Came(); charged != "2024-06-10" || judged != "2025-03-18" || appealed != "2025-11-02" || final != "2025-11-02" {
		t.Error(charged, judged, appealed, final)
	}
	if _, n := state(t, s, two); n != 0 {
		t.Errorf("brought again it writes %d entries", n)
	}
	if more, n := state(t, s, "reference,paid\nTH-12/2024,9000\n"); n != 1 || more.Redress.Paid != 9000 || more.Redress.Ordered != 12000 || more.Charge.Court == "" {
		t.Errorf("what is new: %d, %+v", n, more.Redress)
	}
	out := strings.Join(Columns(), ";") + "\n"
	for _, row := range Rows(s) {
		out += strings.Join(row, ";") + "\n"
	}
	if _, n := state(t, s, out); n != 0 || strings.Contains(out, "Planted") || strings.Count(out, "\n") != 4 {
		t.Errorf("its export writes %d entries:\n%s", n, out)
	}
}

// What is wrong is refused with its line and column, and nothing of that proceeding is taken in.
func TestWhatIsWrongIsNamed(t *testing.T) {
	line := func(change ...string) string {
		return heads + strings.NewReplacer(change...).Replace("A1;GR;Court;323A;labour;2024-02-05;1;;m;GR;2024-06-10;first;2025-03-18;convicted;84;no;3;12000;4000;EUR\n")
	}
	for column, text := range map[string]string{
		"articles": line("323A", "110/a"), "forms": line("labour", "salt"), "opened": line("2024-02-05", "2027-01-01"), "country": line(";GR;Court", ";ZZ;Court"), "citizen": line("m;GR", "m;ZZ"),
		"charged": line("2024-06-10", "2023-01-01"), "decided": line("2025-03-18", "2024-01-01"), "outcome": line("convicted", "lost"), "months": line("convicted", "acquitted"), "final": line("no", "perhaps"),
		"injured": line(";3;", ";many;"), "paid": line("4000", "14000"), "currency": line("EUR", "Euros"), "instance": line("first", "last"), "defendant": line(";1;;", ";2;;"), "court": line("Court", "."),
	} {
		olds, wrong, err := ReadTable([]byte(text))
		if err != nil || len(wrong) > 0 {
			t.Fatalf("%s: %v %v", column, wrong, err)
		}
		drafts, bad := bringing(t).drafts(olds[0], State{}, worker)
		if bad == nil || bad.Column != column || bad.N != 2 {
			t.Errorf("%s: %d drafts, %+v", column, len(drafts), bad)
		}
	}
	olds, wrong, err := ReadTable([]byte(line() + "A1;AL;;;;;;;;;;;;;;;;;;\nB2;GR;;;;;;;;;;;;;;;;;;\n;GR;;;;;;;;;;;;;;;;;;\n"))
	if err != nil || len(olds) != 1 || olds[0].Reference != "B2" || len(wrong) != 2 || wrong[0].N != 3 || wrong[0].Column != "country" || wrong[1].Column != "reference" {
		t.Errorf("%+v %+v %v", olds, wrong, err)
	}
	for name, bad := range map[string]string{"an unknown column": "reference,weapon\n1,2\n", "a column twice": "reference,court,court\n1,2,3\n", "no reference": "court\nx\n", "no text": "reference\n\xff\xfe\n", "nothing": ""} {
		if _, _, err := ReadTable([]byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := ReadTable([]byte("reference\n" + strings.Repeat("x\n", brought.MaxLines+1))); !fault.Is(err, fault.TooMuch) {
		t.Errorf("too many lines: %v", err)
	}
}

// A workbook says what a table of text says, with days as days, numbers as numbers and ticks as ticks.
func TestAWorkbookIsRead(t *testing.T) {
	text := func(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }
	row := func(n string, cells ...string) string {
		return `<row r="` + n + `">` + strings.Join(cells, "") + `</row>`
	}
	var head []string
	for _, c := range strings.Split("reference;country;court;articles;opened;defendant;charged;instance;decided;outcome;months;final;ordered;currency", ";") {
		head = append(head, text(c))
	}
	day := func(n string) string { return `<c s="1"><v>` + n + `</v></c>` } // 45327 is 5 February 2024
	number := func(n string) string { return `<c><v>` + n + `</v></c>` }
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, part := range map[string]string{"xl/workbook.xml": `<workbook xmlns:r="r"><sheet r:id="a"/></workbook>`, "xl/_rels/workbook.xml.rels": `<R><Relationship Id="a" Target="s.xml"/></R>`,
		"xl/styles.xml": `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/s.xml":      `<worksheet>` + row("1", head...) + row("3", text("TH-12/2024"), text("GR"), text("Court"), text("323A"), day("45327"), number("1"), day("45453"), text("first"), day("45734"), text("convicted"), number("84"), `<c t="b"><v>1</v></c>`, number("12000"), text("EUR")) + `</worksheet>`} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(part))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	of, n := state(t, State{}, b.String())
	as, _ := state(t, State{}, "reference;country;court;articles;opened;defendant;charged;instance;decided;outcome;months;final;ordered;currency\nTH-12/2024;GR;Court;323A;2024-02-05;1;2024-06-10;first;2025-03-18;convicted;84;yes;12000;EUR\n")
	if n != 4 || !reflect.DeepEqual(of, as) || of.Stage() != "final" {
		t.Errorf("%d entries: %+v, not %+v", n, of, as)
	}
}

// Nothing that a table says is left out without a word: a sentence without a decision, a cell under no column, a number that is
// none, and two lines that say different things of one defendant or decision, which would take turns each time it is brought.
func TestNothingIsLeftOutWithoutAWord(t *testing.T) {
	const first = "A1;GR;Court;323A;;2024-02-05;1;;m;GR;2024-06-10;first;2025-03-18;convicted;84;no;;;;\n"
	for name, x := range map[string]struct {
		text, column string
		line         int
	}{
		"months alone":      {"A1;GR;Court;323A;;2024-02-05;1;;m;GR;2024-06-10;;;;84;;;;;\n", "outcome", 2},
		"final alone":       {"A1;GR;Court;323A;;2024-02-05;1;;m;GR;2024-06-10;;;;;yes;;;;\n", "outcome", 2},
		"a large number":    {"A1;GR;Court;323A;;2024-02-05;99999999999999999999;;m;GR;;;;;;;;;;\n", "defendant", 2},
		"under no column":   {first + "A1;;;;;;;;;;;;;;;;;;;;more\n", "21", 3},
		"and nothing else":  {first + ";;;;;;;;;;;;;;;;;;;;more\n", "reference", 3},
		"another sex":       {first + "A1;;;;;;;;f;;;;;;;;;;;\n", "sex", 3},
		"another sentence":  {first + "A1;;;;;;1;;;;;first;;;60;;;;;\n", "months", 3},
		"its period over":   {"A1;GR;Court;323A;;2006-02-05;;;;;;;;;;;;;;\n", "opened", 2},
		"final and too old": {"A1;GR;Court;323A;;2010-02-05;1;;m;GR;2011-06-10;first;2013-03-18;convicted;84;yes;;;;\n", "decided", 2},
	} {
		olds, wrong, err := ReadTable([]byte(heads + x.text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(wrong) == 0 {
			if _, bad := bringing(t).drafts(olds[0], State{}, worker); bad != nil {
				wrong = append(wrong, *bad)
			}
		}
		if len(wrong) != 1 || wrong[0].Column != x.column || wrong[0].N != x.line {
			t.Errorf("%s: %+v", name, wrong)
		}
	}
	s, n := state(t, State{}, heads+"A1;GR;Court;323A;;2010-02-05;1;;m;GR;2011-06-10;first;2013-03-18;convicted;84;yes;;;;\nA1;;;;;;2;;f;GR;2011-06-10;first;2020-03-18;acquitted;;yes;;;;\n")
	if n != 5 || s.Stage() != "final" || !s.Until(bringing(t).Law.Pack).After(today) {
		t.Errorf("one whose last decision is younger: %d entries, until %s", n, s.Until(bringing(t).Law.Pack))
	}
}

// What forms and tables cannot say of a number is refused at the door, as the next form would change it; and what a year typed wrong
// would let be erased at once.
func TestTheDoorRefusesWhatNoFormSays(t *testing.T) {
	s, _ := state(t, State{}, two)
	law := bringing(t).Law
	old := s.Charge
	old.Opened = "2005-02-05"
	s.Lines[0].Decisions[1].Final = false
	for name, x := range map[string]struct {
		typ  string
		says any
		ok   bool
	}{
		"more than":   {VictimsType, Victims{Count: party.Over(3)}, false},
		"disputed":    {VictimsType, Victims{Count: party.Least(3), Minors: party.Disputed(1, 2)}, false},
		"about":       {VictimsType, Victims{Count: party.Around(3)}, true},
		"a long past": {ChangedType, old, false},
		"as it is":    {ChangedType, s.Charge, true},
	} {
		parts, err := journal.Split(x.says)
		if err != nil {
			t.Fatal(err)
		}
		err = law.guard(&store.Guarding{Now: today}, s, journal.Entry{Header: journal.Header{Type: x.typ, Actor: worker}, Parts: parts})
		if x.ok != (err == nil) || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzReadTable: whatever the bytes, a table is refused by a fault or gives proceedings, each of which is refused by its line or
// comes to a state that passes every check of the door and that brought again adds nothing.
func FuzzReadTable(f *testing.F) {
	f.Add([]byte(two))
	f.Add([]byte("reference,defendant,charged\nA,2,2024-01-01\nA,1,\n"))
	f.Add([]byte("reference\tcountry\tcourt\tarticles\topened\nA\tAL\tx\t110/a\t2020-02-30\n"))
	b := bringing(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		olds, wrong, err := ReadTable(raw)
		if err != nil {
			if k := fault.Of(err); k != fault.Invalid && k != fault.TooMuch {
				t.Fatal(err)
			}
			return
		}
		for _, o := range olds {
			if slices.ContainsFunc(wrong, func(w brought.Wrong) bool { return slices.Contains(o.Lines, w.N) }) {
				t.Fatalf("a line that is wrong is taken in: %+v", o)
			}
			drafts, bad := b.drafts(o, State{}, worker)
			if bad != nil {
				if !slices.Contains(o.Lines, bad.N) || !slices.Contains(Columns(), bad.Column) {
					t.Fatalf("%+v of lines %v", bad, o.Lines)
				}
				continue
			}
			var s State
			for _, d := range drafts {
				parts, err := journal.Split(d.Payload)
				if err != nil {
					t.Fatal(err)
				}
				if err := s.apply(journal.Entry{Header: journal.Header{Type: d.Type, Actor: worker}, Parts: parts}); err != nil {
					t.Fatal(err)
				}
			}
			if again, bad := b.drafts(o, s, worker); len(again) > 0 || bad != nil {
				t.Fatalf("brought again: %+v, %+v", again, bad)
			}
		}
	})
}
