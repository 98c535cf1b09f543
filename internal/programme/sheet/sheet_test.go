// SPDX-License-Identifier: EUPL-1.2

package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/sheet"
)

func TestStatusWords(t *testing.T) {
	for s, want := range map[string]activity.Status{"Réalisé": "held", "réalisée ": "held", "PRÉVU": "planned", "Reporté": "postponed", "annulée": "cancelled", "en cours": "ongoing", "à venir": "planned"} {
		if got, ok := sheet.StatusOf(s); !ok || got != want || !slices.Contains(activity.Statuses(), got) {
			t.Errorf("%q: %s", s, got)
		}
	}
	if _, ok := sheet.StatusOf("peut-être"); ok {
		t.Error("a word that is no status is read as one")
	}
}

const table = "Programme 2021;;;;;\n" +
	"Code;Intitulé;Type;Statut;Période;Pays;Partenaires\n" +
	"N-1;Atelier régional;Atelier;réalisé;13-14 avril 2021;Bosnie-Herzégovine, Albanie;UNODC\n" +
	";Étude sur les ports;Étude;en cours;1er trimestre;Albanie, Atlantide;ROSA; \n" +
	"N-3;;Atelier;prévu;mai 2021;;\n" +
	"N-1;Encore une fois;Atelier;prévu;mai 2021;;\n" +
	"N-4;Réunion;Goûter;peut-être;à définir;;Personne\n"

func asked(o *programmetest.Office) sheet.Asked {
	return sheet.Asked{Document: "plan-2021.csv", Language: "fr", Countries: map[string]string{"albanie": "AL", "bosnie-herzegovine": "BA"},
		Partners: map[string]journal.ID{"unodc": actors.OrganisationRef(o.Owner, "unodc").ID, "rosa": actors.OrganisationRef(o.Owner, "ngo-rosa").ID}}
}

// TestATableComesInOnceAndSaysWhatItLeftOut reads a French table, dry and then for good, and again.
func TestATableComesInOnceAndSaysWhatItLeftOut(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	tab, err := sheet.Read([]byte(table))
	o.Must(err)
	p, err := sheet.Plan(tab, sheet.Guess(tab.Head), asked(o))
	o.Must(err)
	var dropped []string
	for _, d := range p.Dropped {
		dropped = append(dropped, fmt.Sprint(d.Row, d.Field, strings.TrimPrefix(d.Why, "sheet.why.")))
	}
	if want := []string{"4countriescountry", "5title", "6codetwice", "7kindkind", "7statusstatus", "7datesdate", "7partnerspartner"}; fmt.Sprint(dropped) != fmt.Sprint(want) {
		t.Fatalf("%v, want %v", dropped, want)
	}
	for i, want := range []sheet.Report{{Rows: 3, Created: 3}, {Rows: 3, Created: 3}, {Rows: 3, Unchanged: 3}} {
		r, err := sheet.Import(o.Ctx, o.Store, o.Importer, p, asked(o), i == 0)
		o.Must(err)
		if r.Created != want.Created || r.Unchanged != want.Unchanged || r.Rows != want.Rows || len(r.Dropped) != 7 {
			t.Fatalf("%d: %+v", i, r)
		}
	}
	opened, err := o.Store.Open(o.Ctx, o.Reader, activity.Ref(o.Owner, "N-1"))
	o.Must(err)
	v := opened.State.(activity.Activity).Source
	if v.Title != "Atelier régional" || v.Kind != "workshop" || v.Status != "held" || v.Start.String() != "2021-04-13" || v.End.String() != "2021-04-14" || v.DateNote != "13-14 avril 2021" ||
		!slices.Equal(v.Countries, []string{"BA", "AL"}) || len(v.Partners) != 1 || v.Sources[0].Lines != "3" {
		t.Fatalf("%+v", v)
	}
}

// A span among the beginnings is not read as an end, and that is said.
func TestASpanAmongTheBeginningsIsNamed(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	tab, err := sheet.Read([]byte("Code,Intitulé,Début,Fin\nN-1,Un,du 3 au 4 mai 2031,\nN-2,Deux,3 mai 2031,4 mai 2031\nN-3,Trois,printemps 2031,\n"))
	o.Must(err)
	p, err := sheet.Plan(tab, sheet.Guess(tab.Head), asked(o))
	o.Must(err)
	if len(p.Dropped) != 1 || p.Dropped[0].Row != 2 || p.Dropped[0].Why != "sheet.why.span" {
		t.Fatalf("%+v", p.Dropped)
	}
}

// TestWhatATableDoesNotSayStays imports a table that has a new status for an activity of the pack, and nothing else of it.
func TestWhatATableDoesNotSayStays(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	before, err := o.Store.Open(o.Ctx, o.Reader, activity.Ref(o.Owner, "P3-W1"))
	o.Must(err)
	was := before.State.(activity.Activity).Source
	tab, err := sheet.Read([]byte("code;title;statut\nP3-W1;" + was.Title + ";reporté\n"))
	o.Must(err)
	a := asked(o)
	p, err := sheet.Plan(tab, sheet.Guess(tab.Head), a)
	o.Must(err)
	r, err := sheet.Import(o.Ctx, o.Store, o.Importer, p, a, false)
	o.Must(err)
	after, err := o.Store.Open(o.Ctx, o.Reader, activity.Ref(o.Owner, "P3-W1"))
	o.Must(err)
	now := after.State.(activity.Activity).Source
	if r.Updated != 1 || now.Status != "postponed" || now.Kind != was.Kind || now.Start != was.Start || len(now.Partners) != len(was.Partners) || len(now.Sources) != len(was.Sources)+1 {
		t.Fatalf("%+v %+v", r, now)
	}
}

func TestAMappingIsGuessedAndCorrected(t *testing.T) {
	head := []string{"Réf", "Libellé", "Quoi", "Avancement :"}
	m := sheet.Guess(head)
	if m["code"] != 0 || m["title"] != 1 || m["status"] != 3 || len(m) != 3 {
		t.Fatal(m)
	}
	m, err := m.With(head, map[string]string{"kind": "quoi", "code": ""})
	if _, has := m["code"]; err != nil || m["kind"] != 2 || has {
		t.Fatal(m, err)
	}
	if _, err := m.With(head, map[string]string{"kind": "nowhere"}); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	if _, err := sheet.Plan(sheet.Table{}, sheet.Mapping{}, sheet.Asked{}); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}

// workbook makes an XLSX file of parts.
func workbook(parts map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	all := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\ mmmm\ yyyy"/><numFmt numFmtId="165" formatCode="0.00&quot;days&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":       `<sst><si><t>Intitulé</t></si><si><r><t>Ate</t></r><r><t>lier</t></r><rPh><t>no</t></rPh></si></sst>`,
	}
	for name, text := range parts {
		all[name] = text
	}
	for name, text := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const cells = `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>Date</t></is></c></row>` +
	`<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="2"><v>2.5</v></c><c r="C3" s="1"><v>44299</v></c><c r="D3" s="3"><v>44300.75</v></c><c r="E3" t="e"><v>#REF!</v></c></row></sheetData></worksheet>`

func TestAWorkbookIsReadAsItShows(t *testing.T) {
	tab, err := sheet.Read(workbook(map[string]string{"xl/worksheets/sheet1.xml": cells}))
	if err != nil {
		t.Fatal(err)
	}
	if len(tab.Rows) != 1 || tab.Rows[0].N != 3 || !slices.Equal(tab.Rows[0].Cells, []string{"Atelier", "2.5", "2021-04-13", "2021-04-14", ""}) || tab.Head[0] != "Intitulé" || tab.Head[2] != "Date" {
		t.Fatalf("%+v", tab)
	}
}

// TestABombDoesNotGoOff gives an archive whose sheet unpacks to far more than is read, others with too many rows and columns,
// and files that are none.
func TestABombDoesNotGoOff(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for name, text := range map[string]string{"xl/workbook.xml": `<workbook xmlns:r="r"><sheet r:id="a"/></workbook>`, "xl/_rels/workbook.xml.rels": `<R><Relationship Id="a" Target="s.xml"/></R>`} {
		w, _ := z.Create(name)
		_, _ = io.WriteString(w, text)
	}
	w, _ := z.Create("xl/s.xml")
	_, _ = io.WriteString(w, "<worksheet>")
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range 100 {
		_, _ = w.Write(blank)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string][]byte{
		"a bomb":     b.Bytes(),
		"far down":   workbook(map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><row r="999999999"/></worksheet>`}),
		"far right":  workbook(map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><row r="1"><c r="ZZZZ1"><v>1</v></c></row></worksheet>`}),
		"no sheet":   workbook(nil),
		"cut":        workbook(map[string]string{"xl/worksheets/sheet1.xml": cells})[:200],
		"entities":   workbook(map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet><row r="1"><c r="A1"><v>&a;</v></c></row></worksheet>`}),
		"not UTF-8":  []byte("title,kind\n\xff\xfe,x\n"),
		"no head":    []byte("\n\n"),
		"over large": make([]byte, sheet.MaxFile+1),
	} {
		if _, err := sheet.Read(src); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(table))
	f.Add(workbook(map[string]string{"xl/worksheets/sheet1.xml": cells}))
	f.Add([]byte("title,date\n=1+1,\"a\nb\"\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		tab, err := sheet.Read(src)
		if err != nil {
			return
		}
		m := sheet.Guess(tab.Head)
		m["title"] = 0
		p, err := sheet.Plan(tab, m, sheet.Asked{Document: "d"})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range p.Items {
			if !activity.IsCode(i.Code) || i.Row < 2 {
				t.Fatalf("%+v", i)
			}
		}
	})
}

// TestARefusalNamesItsRow: what a record refuses is told by its row, and nothing of the table is written.
func TestARefusalNamesItsRow(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	var changes []sheet.Change
	for i, code := range []string{"EX-1", "EX-2", "EX-3"} {
		title := "A title"
		if i == 1 {
			title = ""
		}
		v := activity.Imported{Code: code, Kind: "workshop", Title: title, Language: "en", Sources: []party.Source{{Document: "A plan"}}}
		changes = append(changes, sheet.Change{Outcome: sheet.Outcome{Row: 7 + i, Code: code}, Ref: activity.Ref(o.Owner, code), Absent: activity.Activity{}, Decide: func(any) ([]store.Draft, bool, []string, error) {
			return []store.Draft{{Type: activity.ImportedType, Payload: v}}, false, nil, nil
		}})
	}
	_, err := sheet.Write(o.Ctx, o.Store, o.Importer, changes, nil, false)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Key != "sheet.refused" || f.Args["Row"] != 8 || f.Args["Written"] != 0 || len(f.Fields) == 0 {
		t.Fatalf("%v", err)
	}
	if n, err := o.Store.Count(o.Ctx, o.Reader, store.Query{Kind: access.KindActivity}); err != nil || n != 0 {
		t.Errorf("%d are written, %v", n, err)
	}
}
