// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"slices"
	"strings"
	"testing"
)

const questionnaire = `Questionnaire for the evaluation
Adopted on 16 November 2018

# Access to justice

**I. Right to information**

1. How are people informed of their rights?
Please describe
a) by whom,
b) in which languages.

Please give figures for 2019.

2) Who pays for interpreters?
    2019 and 2020 apart.

II. LEGAL ASSISTANCE

Question 3: Is a lawyer appointed free of charge?
3.1 From which moment?
3. This number is there twice.

| No | Question |
|----|----------|
| 4 | Which bodies pay compensation? |
| – | Nothing numbered here |
`

func TestAQuestionnaireIsReadAsItIsPasted(t *testing.T) {
	p := ReadText(questionnaire)
	type short struct{ number, section, begins string }
	var got []short
	for _, x := range p.Items {
		got = append(got, short{x.Number, x.Section, strings.SplitN(x.Text, " ", 2)[0]})
	}
	want := []short{{"1", "I. Right to information", "How"}, {"2", "I. Right to information", "Who"}, {"3", "II. LEGAL ASSISTANCE", "Is"}, {"3.1", "II. LEGAL ASSISTANCE", "From"}, {"4", "II. LEGAL ASSISTANCE", "Which"}}
	if !slices.Equal(got, want) {
		t.Fatalf("%+v", got)
	}
	if x := p.Items[0].Text; x != "How are people informed of their rights?\nPlease describe\na) by whom,\nb) in which languages.\n\nPlease give figures for 2019." {
		t.Errorf("%q", x)
	}
	if x := p.Items[1].Text; x != "Who pays for interpreters?\n2019 and 2020 apart." {
		t.Errorf("%q", x)
	}
	var why []string
	for _, d := range p.Dropped {
		why = append(why, d.Why)
	}
	if !slices.Equal(why, []string{"round.read.before", "round.read.before", "round.read.twice", "round.read.row", "round.read.row"}) {
		t.Errorf("%+v", p.Dropped)
	}
	if again := ReadText(p.Write()); !sameItems(again, p) || len(again.Dropped) > 0 {
		t.Errorf("written and read again: %+v", again)
	}
}

func sameItems(a, b Paper) bool {
	return slices.EqualFunc(a.Items, b.Items, func(x, y Item) bool { return x.Number == y.Number && x.Section == y.Section && x.Text == y.Text })
}

// TestSectionsThatCountFromOneAgain: a number is told apart by its section's, and nothing is lost.
func TestSectionsThatCountFromOneAgain(t *testing.T) {
	p := ReadText("# One\n1. a\n2. b\n# Two\n1. c\n2. d\n")
	var got []string
	for _, x := range p.Items {
		got = append(got, x.Number+" "+x.Text)
	}
	if !slices.Equal(got, []string{"1 a", "2 b", "2-1 c", "2-2 d"}) || len(p.Dropped) > 0 {
		t.Fatalf("%v %+v", got, p.Dropped)
	}
	if !sameItems(ReadText(p.Write()), p) {
		t.Fatal("written and read again it is another paper")
	}
}

func TestTablesAreReadByTheirHead(t *testing.T) {
	for name, src := range map[string]string{
		"comma":     "Section,No,Question\nJustice,1,How?\n,2,Who?\n,,lost\n",
		"semicolon": "N°;Chapitre;Texte\n1.;Justice;How?\n2;;Who?\n;;lost\n",
		"no heads":  "Nr,Whatever,Questions\n1,,How?\n2,,Who?\n",
	} {
		p, err := ReadFile([]byte(src))
		if err != nil || len(p.Items) != 2 || p.Items[0].Text != "How?" || p.Items[1].Number != "2" {
			t.Errorf("%s: %v %+v", name, err, p)
		}
		if name != "no heads" && (len(p.Dropped) != 1 || p.Items[1].Section != "Justice") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p, err := ReadFile([]byte("1. How?\n2. Who, and when?\n")); err != nil || len(p.Items) != 2 {
		t.Errorf("text in a file: %v %+v", err, p)
	}
	if _, err := ReadFile([]byte("PK\x03\x04 no workbook")); err == nil {
		t.Error("what is no workbook was read")
	}
}

// FuzzReadText: whatever is pasted, what was read can be written and read again as the same; numbers are unique; nothing is too
// long for a record.
func FuzzReadText(f *testing.F) {
	f.Add(questionnaire)
	f.Add("1.\n\n    2. x\n\t3\n**4.** y\n#\n# #\n| 1 | a |\n1-1. z\n\x00 5. \ufeff")
	f.Add("**12)** a\nA B C D\n13– b\n__x__\n14\\. c\n")
	f.Fuzz(func(t *testing.T, src string) {
		p := ReadText(src)
		seen := map[string]bool{}
		for _, x := range p.Items {
			if seen[x.Number] || !numberForm.MatchString(x.Number) || x.Text == "" || len(x.Text) > maxText || len(x.Section) > maxLine {
				t.Fatalf("%+v", x)
			}
			seen[x.Number] = true
		}
		if again := ReadText(p.Write()); !sameItems(again, p) {
			t.Fatalf("from %q:\n%+v\nand again from %q:\n%+v", src, p.Items, p.Write(), again.Items)
		}
	})
}

func FuzzReadFile(f *testing.F) {
	f.Add([]byte("Section,No,Question\nJustice,1,How?\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := ReadFile(src)
		if err == nil && len(p.Items) > mostItems {
			t.Fatal("too many")
		}
	})
}
