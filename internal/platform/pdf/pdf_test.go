// SPDX-License-Identifier: EUPL-1.2

package pdf_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/pdf"
)

var day = time.Date(2026, 9, 14, 9, 0, 0, 0, time.UTC)

// letters are those that the programme's languages need beyond ASCII.
const letters = "Ëë Çç Ăă Ââ Îî Șș Țț Čč Ćć Đđ Šš Žž Œœ Éé Àà Ùù Ïï « » ’ – — … • € § Άά Έέ Ήή Ίί Ϊϊ ΐ Όό Ύύ Ώώ ς Жж Љљ Њњ Џџ Ђђ Ћћ Ќќ Ѓѓ Ѕѕ Јј Щщ Ъъ Ыы Ээ Юю Яя Її Ґґ"

func sample(t *testing.T, language string) *pdf.Doc {
	t.Helper()
	d := pdf.New(pdf.Info{Title: "Rapport annuel – Έκθεση – Извештај", Language: language, Author: "Office", Date: day, Page: func(n, of int) string { return fmt.Sprintf("Page %d sur %d", n, of) }})
	d.Heading(1, pdf.Plain("Rapport annuel"))
	d.Paragraph(pdf.Plain("Plus de 250 participants dans 2 des 6 ateliers. "), pdf.Link("Voir la liste des activités", "#activities"), pdf.Plain("; le titre reste "), pdf.In("en", "in the words of its source"), pdf.Plain("."))
	d.Heading(2, pdf.Plain("Lettres"))
	d.Paragraph(pdf.Plain(letters))
	d.Paragraph(pdf.In("el", "Η συνεργασία συνεχίζεται σε όλες τις χώρες και ο κατάλογος παραμένει ανοικτός."), pdf.Plain(" "), pdf.In("sr-Cyrl", "Сарадња се наставља."))
	d.List([]pdf.Span{pdf.Plain("Premier point, qui est assez long pour tenir sur plus d’une ligne, afin que l’on voie comment la deuxième se place sous la première.")}, []pdf.Span{pdf.Strong("Deuxième"), pdf.Plain(" point")},
		[]pdf.Span{pdf.Link("le site de l’office", "https://example.org/a(b)")})
	var img bytes.Buffer
	i := image.NewNRGBA(image.Rect(0, 0, 120, 40))
	for x := range 120 {
		for y := range 40 {
			i.Set(x, y, color.NRGBA{22, 78, 150, 255})
		}
	}
	if err := png.Encode(&img, i); err != nil {
		t.Fatal(err)
	}
	d.Figure(img.Bytes(), "Un rectangle bleu")
	d.Heading(2, pdf.Plain("Activités"))
	table := pdf.Table{Caption: "Les activités", Columns: []pdf.Column{{Text: "Activité"}, {Text: "Pays ou territoire"}, {Text: "Participants", Num: true}}}
	for n := range 90 {
		table.Rows = append(table.Rows, []pdf.Cell{{pdf.Plain(fmt.Sprintf("A-%02d", n+1))}, {pdf.In("en", strings.Repeat("a regional workshop ", 1+n%5))}, {pdf.Plain("plus de 100")}})
	}
	table.Rows = append(table.Rows, []pdf.Cell{{pdf.Plain("LONG")}, {pdf.Plain(strings.Repeat("une très longue cellule ", 420) + "fin")}, {pdf.Plain("inconnu")}})
	d.Anchor("activities")
	d.Table(table)
	d.Paragraph(pdf.Plain("Dernière phrase."))
	return d
}

func written(t *testing.T, d *pdf.Doc) string {
	t.Helper()
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "document.pdf")
	if dir := os.Getenv("ENTRAIDE_SHOTS"); dir != "" {
		name = filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".pdf")
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// tool runs a program of another house over a file, and skips where the machine has none.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("no %s: install the packages poppler-utils and qpdf", name)
	}
	var errs bytes.Buffer
	c := exec.Command(name, args...)
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("%s: %v\n%s%s", name, err, errs.String(), out)
	}
	return string(out)
}

func has(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if t.Failed() {
		t.Logf("%.6000s", got)
	}
}

func TestAReaderOfAnotherHouseFindsItTaggedAndSound(t *testing.T) {
	name := written(t, sample(t, "fr"))
	has(t, tool(t, "qpdf", "--check", name), "No syntax or stream encoding errors found")
	has(t, tool(t, "pdfinfo", name), "Tagged:          yes", "Title:           Rapport annuel – Έκθεση – Извештај", "Author:          Office", "PDF version:     1.7", "Metadata Stream: yes")
	has(t, tool(t, "pdfinfo", "-meta", name), `xml:lang="x-default">Rapport annuel`, "<rdf:li>fr</rdf:li>")
	fonts := tool(t, "pdffonts", name)
	if strings.Count(fonts, " yes ") < 4 || strings.Contains(fonts, "Type 3") {
		t.Errorf("fonts are not inside:\n%s", fonts)
	}
}

func TestTheStructureIsThatOfTheDocument(t *testing.T) {
	got := tool(t, "pdfinfo", "-struct-text", written(t, sample(t, "fr")))
	has(t, got, "H1 (block)", "H2 (block)", "L (block)", "LI (block)", "Lbl (block)", "LBody (block)", "Figure", "Table", "THead", "TBody", "Caption", "Link", "Object ",
		`"Rapport annuel"`, `"Dernière phrase."`, "/ListNumbering /Disc", "/Scope /Column", "/Scope /Row")
	for what, n := range map[string]int{"/Scope /Column": 3, "/Scope /Row": 91, " TR\n": 92, " TD\n": 182} {
		if c := strings.Count(got, what); c != n {
			t.Errorf("%s: %d, not %d", what, c, n)
		}
	}
	if strings.Contains(got, "Page 2 sur") || strings.Count(got, `"Pays ou territoire"`) != 1 {
		t.Error("page numbers or repeated heads are read out")
	}
	raw := tool(t, "qpdf", "--qdf", "--object-streams=disable", written(t, sample(t, "fr")), "-")
	has(t, raw, "/Lang (el)", "/Lang (sr-Cyrl)", "/Lang (en)", "/Alt (Un rectangle bleu)", "/DisplayDocTitle true", "/Tabs /S", `/URI (https://example.org/a\(b\))`, "/Outlines", "/Lang (fr)")
}

func TestTextComesOutInTheOrderOfReading(t *testing.T) {
	name := written(t, sample(t, "fr"))
	got := strings.Join(strings.Fields(tool(t, "pdftotext", "-raw", name, "-")), " ")
	at := 0
	for _, want := range []string{"Rapport annuel", "Plus de 250 participants dans 2 des 6 ateliers. Voir la liste des activités; le titre reste in the words of its source.", letters,
		"Η συνεργασία συνεχίζεται", "Сарадња се наставља.", "se place sous la première.", "Deuxième point", "Les activités", "A-01", "A-90", "LONG", "cellule fin", "Dernière phrase."} {
		i := strings.Index(got[at:], want)
		if i < 0 {
			t.Fatalf("%q is not behind the words before it:\n%.3000s", want, got)
		}
		at += i
	}
	if strings.Count(got, "Pays ou territoire") < 5 {
		t.Error("the heads are not drawn again on every page of the table")
	}
}

func TestTheSameDocumentIsTheSameBytes(t *testing.T) {
	first, err := sample(t, "fr").Bytes()
	if err != nil {
		t.Fatal(err)
	}
	d := sample(t, "fr")
	for range 4 {
		b, err := d.Bytes()
		if err != nil || !bytes.Equal(first, b) {
			t.Fatalf("other bytes, %v", err)
		}
	}
	other, err := sample(t, "en").Bytes()
	if err != nil || bytes.Equal(first, other) {
		t.Error("another language, the same bytes")
	}
}

func TestWhatHasNoShapeIsNamed(t *testing.T) {
	d := pdf.New(pdf.Info{Title: "T", Language: "en", Date: day})
	d.Heading(1, pdf.Plain(letters))
	if _, err := d.Bytes(); err != nil || len(d.Missing()) != 0 {
		t.Fatalf("the fonts lack %q of the programme's languages (%v)", string(d.Missing()), err)
	}
	d.Paragraph(pdf.Plain("سلام 😀"))
	name := written(t, d)
	if got := string(d.Missing()); got != "اسلم😀" {
		t.Errorf("missing %q", got)
	}
	has(t, tool(t, "qpdf", "--check", name), "No syntax")
}

func TestADocumentThatCannotBeReadIsRefused(t *testing.T) {
	good := pdf.Info{Title: "T", Language: "en", Date: day}
	for what, d := range map[string]func() *pdf.Doc{
		"no title":             func() *pdf.Doc { return pdf.New(pdf.Info{Language: "en", Date: day}) },
		"no language":          func() *pdf.Doc { return pdf.New(pdf.Info{Title: "T", Date: day}) },
		"no date":              func() *pdf.Doc { return pdf.New(pdf.Info{Title: "T", Language: "en"}) },
		"figure without words": func() *pdf.Doc { d := pdf.New(good); d.Figure(nil, " "); return d },
		"not a picture":        func() *pdf.Doc { d := pdf.New(good); d.Figure([]byte("x"), "words"); return d },
		"level skipped":        func() *pdf.Doc { d := pdf.New(good); d.Heading(1); d.Heading(3); return d },
		"short row": func() *pdf.Doc {
			d := pdf.New(good)
			d.Table(pdf.Table{Columns: []pdf.Column{{Text: "a"}, {Text: "b"}}, Rows: [][]pdf.Cell{{{}}}})
			return d
		},
	} {
		if _, err := d().Bytes(); err == nil {
			t.Errorf("%s: written", what)
		}
	}
}
