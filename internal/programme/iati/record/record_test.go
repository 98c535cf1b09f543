// SPDX-License-Identifier: EUPL-1.2

package record

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// official is where the standard's own files lie beside a checkout; tests that need them are skipped without.
const official = "../../../../../shared/data/iati"

func needOfficial(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(official); err != nil {
		t.Skip("the standard's files are not beside this checkout")
	}
}

// read reads a whole file.
func read(src io.Reader) ([]Element, *Reader, error) {
	r := NewReader(src)
	var out []Element
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, r, nil
		}
		if err != nil {
			return out, r, err
		}
		out = append(out, e)
	}
}

// strict says what a strict reader refuses in a file.
func strict(src []byte) []string {
	list, r, err := read(bytes.NewReader(src))
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, f := range r.Found() {
		if f.Flaw != Foreign {
			out = append(out, f.Path+": "+string(f.Flaw))
		}
	}
	if len(list) == 0 {
		out = append(out, "no activity")
	}
	return out
}

func TestTheSchemasExamplesBehaveAsTheirPathsSay(t *testing.T) {
	needOfficial(t)
	judged, others := 0, 0
	err := filepath.WalkDir(filepath.Join(official, "schema-tests"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".xml" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains(path, "organisation-tests") || strings.Contains(path, "iati-organisations") || strings.Contains(path, "registry-tests") {
			if _, _, err := read(bytes.NewReader(src)); !errors.Is(err, ErrNotActivities) {
				t.Errorf("%s: %v", path, err)
			}
			others++
			return nil
		}
		judged++
		if wrong := strict(src); (len(wrong) > 0) != strings.Contains(path, "should-fail") {
			t.Errorf("%s: %v", path, wrong)
		}
		return nil
	})
	if err != nil || judged < 200 || others < 50 {
		t.Errorf("%d files of activities, %d others: %v", judged, others, err)
	}
}

// narratives counts the texts of an element by language.
func narratives(e Element, inherited string, into map[string]int) {
	if l := e.Attr[Language]; l != "" {
		inherited = l
	}
	if e.Name == "narrative" { // an empty one is one, too
		into[strings.ToLower(inherited)+" "+e.Text]++
	}
	for _, k := range e.Kids {
		narratives(k, inherited, into)
	}
}

func lint(t *testing.T, file []byte) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: package libxml2-utils")
	}
	c := exec.Command("xmllint", "--noout", "--nonet", "--schema", filepath.Join(official, "iati-activities-schema.xsd"), "-")
	c.Stdin = bytes.NewReader(file)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("xmllint: %s", out)
	}
}

func written(t testing.TB, list []Element) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))
	for _, e := range list {
		if err := w.Put(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// expected is what the publisher's figures say of a file.
type expected struct {
	Activities, Budgets, Transactions, Results, Indicators, Periods int
	Countries                                                       []string             `json:"recipient_countries"`
	Status                                                          map[string]int       `json:"status"`
	ByType                                                          map[string]int       `json:"tx_by_type"`
	Sums                                                            map[string]string    `json:"value_by_type_currency"`
	Validator                                                       struct{ Valid bool } `json:"official_validator"`
}

func measured(list []Element) expected {
	x := expected{Activities: len(list), Status: map[string]int{}, ByType: map[string]int{}, Sums: map[string]string{}}
	sums := map[string]*Sum{}
	for _, e := range list {
		x.Budgets += len(e.All("budget"))
		x.Results += len(e.All("result"))
		x.Indicators += len(e.All("result", "indicator"))
		x.Periods += len(e.All("result", "indicator", "period"))
		x.Countries = append(x.Countries, e.Countries()...)
		x.Status[e.First("activity-status").Attr["code"]]++
		for _, m := range e.Transactions() {
			x.Transactions++
			x.ByType[m.Type]++
			key := m.Type + "|" + m.Currency
			if sums[key] == nil {
				sums[key] = &Sum{}
			}
			sums[key].Add(m.Value)
		}
	}
	slices.Sort(x.Countries)
	x.Countries = slices.Compact(x.Countries)
	for k, s := range sums {
		x.Sums[k] = s.String()
	}
	return x
}

func TestRealFilesAreReadToTheCentAndWrittenWithoutLosingANarrative(t *testing.T) {
	needOfficial(t)
	raw, err := os.ReadFile(filepath.Join(official, "real", "expected-import.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]expected
	if err := json.Unmarshal(raw, &want); err != nil || len(want) != 2 {
		t.Fatal(err, len(want))
	}
	for name, w := range want {
		src, err := os.ReadFile(filepath.Join(official, "real", name))
		if err != nil {
			t.Fatal(err)
		}
		list, r, err := read(bytes.NewReader(src))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := measured(list)
		got.Validator = w.Validator
		if a, b := asJSON(t, got), asJSON(t, w); a != b {
			t.Errorf("%s:\n got %s\nwant %s", name, a, b)
		}
		for _, f := range r.Found() {
			if f.Flaw != Foreign && f != (Found{"iati-activity/location/point/pos", Missing, 7}) { // the official validator's critical finding, too
				t.Errorf("%s: %+v", name, f)
			}
		}
		before, after := map[string]int{}, map[string]int{}
		for _, e := range list {
			narratives(e, "", before)
		}
		file := written(t, list)
		again, _, err := read(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range again {
			narratives(e, "", after)
		}
		if !maps.Equal(before, after) || len(again) != w.Activities {
			t.Errorf("%s: %d narratives before, %d after", name, len(before), len(after))
		}
		if open, closing := strings.Count(string(src), "<narrative"), strings.Count(string(file), "<narrative"); open != closing || open == 0 {
			t.Errorf("%s: %d narratives in the source, %d written", name, open, closing)
		}
		if w.Validator.Valid {
			lint(t, file)
		}
	}
}

func TestTheCanadianActivityKeepsBothLanguages(t *testing.T) {
	needOfficial(t)
	src, err := os.ReadFile(filepath.Join(official, "real", "flattener-canada-activity.xml"))
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := read(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := read(bytes.NewReader(written(t, list)))
	if err != nil {
		t.Fatal(err)
	}
	count, by := map[string]int{}, map[string]int{}
	narratives(again[0], "", count)
	for k, n := range count {
		by[k[:2]] += n
	}
	if by["fr"] != 20 || by["en"] != 18 { // and the activity itself is marked as English
		t.Errorf("narratives by language: %v", by)
	}
	if title := again[0].Title(); !slices.Equal(title.Languages(), []string{"en", "fr"}) {
		t.Errorf("title in %v", title.Languages())
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAnOldFileIsKeptAsFarAsItGoes(t *testing.T) {
	src := `<?xml version="1.0" encoding="ISO-8859-1"?><iati-activities version="1.05" xmlns:x="http://example.org/x"><iati-activity xml:lang="fr">
		<title>` + "Pr\xe9vention" + `</title><title xml:lang="en">Prevention</title><iati-identifier> A-1 </iati-identifier><x:own><x:deep/></x:own><bogus><a/></bogus>stray
		<transaction><value>1,000</value><value value-date="2020-01-01">5</value></transaction></iati-activity></iati-activities>`
	list, r, err := read(strings.NewReader(src))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	e := list[0]
	if title := e.Title(); title.By["fr"].Text != "Prévention" || title.By["en"].Text != "Prevention" || title.Original != "fr" || e.Identifier() != "A-1" {
		t.Errorf("title %+v of %q", title, e.Identifier())
	}
	if e.Kids[0].Name != "iati-identifier" || e.Transactions()[0].Value != "1,000" {
		t.Errorf("kept as %+v", e)
	}
	got := map[string]Flaw{}
	for _, f := range r.Found() {
		got[f.Path] = f.Flaw
	}
	if !slices.Contains(r.Found(), Found{"iati-activity/transaction/value", Again, 1}) || !slices.Contains(r.Found(), Found{"iati-activity/transaction/value", Value, 1}) {
		t.Errorf("found %+v", r.Found())
	}
	for path, want := range map[string]Flaw{"iati-activity/{http://example.org/x}own": Foreign, "iati-activity/bogus": Unknown, "iati-activity/text()": Unknown, "iati-activity/title/text()": Bare,
		"iati-activity/title": Again, "iati-activity/reporting-org": Missing} {
		if got[path] != want {
			t.Errorf("%s: %q, not %q, in %v", path, got[path], want, got)
		}
	}
}

func TestWhatIsNoFileOfActivitiesIsRefused(t *testing.T) {
	for src, want := range map[string]error{"": ErrEmpty, "\xff\xfe<\x00": nil, `<?xml version="1.0" encoding="EBCDIC-X"?><iati-activities/>`: ErrCharset, "<iati-organisations/>": ErrNotActivities, `<iati-activities version="2.03"><iati-activity>`: nil, "<iati-activities/><again/>": nil,
		`<!DOCTYPE x [<!ENTITY a "aaaa">]><iati-activities version="2.03"><iati-activity>&a;</iati-activity></iati-activities>`: nil} {
		_, _, err := read(strings.NewReader(src))
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%q: %v", src, err)
		}
	}
}

// A file in UTF-16 is read in either order of bytes, whatever it says of itself.
func TestAFileInUTF16IsRead(t *testing.T) {
	for _, head := range []string{"", `<?xml version="1.0" encoding="UTF-16"?>`, `<?xml version="1.0" encoding="UTF-8"?>`} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			var b []byte
			for _, u := range utf16.Encode([]rune("\ufeff" + head + `<iati-activities version="2.03"><iati-activity xml:lang="fr"><iati-identifier>A-1</iati-identifier><title><narrative>Prévention Σ</narrative></title></iati-activity></iati-activities>`)) {
				b = order.AppendUint16(b, u)
			}
			list, _, err := read(bytes.NewReader(b))
			if err != nil || len(list) != 1 || list[0].Title().By["fr"].Text != "Prévention Σ" {
				t.Errorf("%q, %v: %v, %v", head, order, list, err)
			}
		}
	}
}

func TestAnActivityThatIsTooLargeIsLeftOut(t *testing.T) {
	one := `<iati-activity><iati-identifier>A-` + "%" + `</iati-identifier>`
	var b strings.Builder
	b.WriteString(`<iati-activities version="2.03">`)
	b.WriteString(strings.Replace(one, "%", "1", 1))
	for b.Len() < MaxActivity+1000 {
		b.WriteString(`<related-activity ref="` + strings.Repeat("x", 1000) + `" type="1"/>`)
	}
	b.WriteString(`</iati-activity>` + strings.Replace(one, "%", "2", 1) + `</iati-activity></iati-activities>`)
	list, r, err := read(strings.NewReader(b.String()))
	if err != nil || len(list) != 1 || list[0].Identifier() != "A-2" {
		t.Fatalf("%d activities: %v", len(list), err)
	}
	if !slices.Contains(r.Found(), Found{"iati-activity", TooLarge, 1}) {
		t.Errorf("found %+v", r.Found())
	}
}

func TestSumsAreExact(t *testing.T) {
	for _, x := range []struct {
		add  string
		want string
	}{{"", "0"}, {"1 2 3", "6"}, {"0.1 0.2", "0.3"}, {"-0.05 0.04", "-0.01"}, {"+5 .5 1.", "6.5"}, {"99999999999999999999.99 0.01", "100000000000000000000.00"}, {"1000.00 -1000", "0.00"}} {
		var s Sum
		for _, n := range strings.Fields(x.add) {
			if !s.Add(n) {
				t.Errorf("%q was refused", n)
			}
		}
		if s.String() != x.want {
			t.Errorf("%q: %s", x.add, s.String())
		}
	}
	var s Sum
	for _, bad := range []string{"", "1,000", "1e3", "NaN", "--1", "1.2.3", strings.Repeat("9", 100), "٣"} {
		if s.Add(bad) || s.String() != "0" {
			t.Errorf("%q was added: %s", bad, s.String())
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(`<iati-activities version="2.03"><iati-activity xml:lang="fr"><iati-identifier>A</iati-identifier><title><narrative>x</narrative></title></iati-activity></iati-activities>`))
	f.Add([]byte(`<iati-activities version="1.05"><iati-activity><title xml:lang="e">x<a>y</a></title><budget><value>1</value></budget></iati-activity>`))
	f.Fuzz(func(t *testing.T, src []byte) {
		list, _, err := read(bytes.NewReader(src))
		if err != nil {
			return
		}
		for i := range list {
			list[i].Title()
			list[i].Date(ActualStart, PlannedStart)
		}
		again, _, err := read(bytes.NewReader(written(t, list)))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if a, b := asJSON(t, list), asJSON(t, again); a != b {
			t.Fatalf("read again it is another:\n%s\n%s", a, b)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	var file bytes.Buffer
	w := NewWriter(&file, time.Time{})
	for i := range 200 {
		e := Element{Name: "iati-activity", Kids: []Element{{Name: "iati-identifier", Text: "A-" + strconv.Itoa(i)}}}
		for range 10 {
			e.Kids = append(e.Kids, Element{Name: "transaction", Kids: []Element{{Name: "value", Text: "12.50"}}})
		}
		if err := w.Put(e); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := read(bytes.NewReader(file.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}
