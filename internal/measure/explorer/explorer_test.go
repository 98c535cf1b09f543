// SPDX-License-Identifier: EUPL-1.2

package explorer_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/measure/explorer/explorertest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// every is one release on each route.
func every(t *testing.T) map[string]explorer.Book {
	t.Helper()
	out := map[string]explorer.Book{}
	w, err := explorertest.Pooled(t.Context(), 1500, 1)
	if err != nil {
		t.Fatal(err)
	}
	out["pooled"] = explorer.Book{Whole: w}
	if w, err = explorertest.Suppressed(t.Context(), 900, 1); err != nil {
		t.Fatal(err)
	}
	out["suppressed"] = explorer.Book{Whole: w}
	if w, err = explorertest.Rounded(t.Context(), 900, 1); err != nil {
		t.Fatal(err)
	}
	out["rounded"] = explorer.Book{Whole: w}
	return out
}

func locale(t *testing.T, tag string) *lang.Locale {
	t.Helper()
	b, err := lang.Load(lang.WithTestLocales())
	if err != nil {
		t.Fatal(err)
	}
	return b.Locale(tag, nil)
}

func pageOf(t *testing.T, b explorer.Book, tag string, o explorer.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := explorer.Write(&out, b, locale(t, tag), o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// inside gives what stands between the last opening and the closing mark after it.
func inside(t *testing.T, s, from, to string) string {
	t.Helper()
	_, s, ok := strings.Cut(s, from)
	s, _, also := strings.Cut(s, to)
	if !ok || !also {
		t.Fatalf("no %s", from)
	}
	return s
}

// data is the page's block of data as the script reads it.
type data struct {
	Columns []struct {
		Code  string
		Codes []string
	}
	Tables []struct {
		C       []int
		V, L, H []*float64
		F       string
	}
	Records *struct {
		N int
		C []string
	}
}

func dataOf(t *testing.T, s string) (d data) {
	t.Helper()
	if err := json.Unmarshal([]byte(inside(t, s, `<script type="application/json" id="data">`, `</script>`)), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestEveryCellIsInThePage: each table of the release, each number to a tenth, each flag; and a number that is not told has none.
func TestEveryCellIsInThePage(t *testing.T) {
	near := func(a, b *float64) bool {
		return (a == nil) == (b == nil) && (a == nil || math.Abs(*a-*b) <= 0.0501)
	}
	letter := map[string]byte{"": 'c', bundle.Estimated: 'e', bundle.Noise: 'n', bundle.Below: 'b', bundle.Hidden: 'w', bundle.Rounded: 'r'}
	for name, b := range every(t) {
		d := dataOf(t, pageOf(t, b, "en", explorer.Options{}))
		if len(d.Tables) != len(b.Tables.Tables) {
			t.Fatalf("%s: %d tables of %d", name, len(d.Tables), len(b.Tables.Tables))
		}
		hidden := 0
		for i, want := range b.Tables.Tables {
			got := d.Tables[i]
			var codes []string
			for _, c := range got.C {
				codes = append(codes, d.Columns[c].Code)
			}
			if !slices.Equal(codes, want.Columns) || len(got.V) != len(want.Cells) || len(got.F) != len(want.Cells) {
				t.Fatalf("%s, %v: another table, %v", name, want.Columns, codes)
			}
			for j, c := range want.Cells {
				if !near(got.V[j], c.Value) || !near(got.L[j], c.Low) || !near(got.H[j], c.High) || got.F[j] != letter[c.Flag] {
					t.Fatalf("%s, %v, cell %d differs", name, want.Columns, j)
				}
				if c.Flag == bundle.Hidden || c.Flag == bundle.Below {
					if hidden++; got.V[j] != nil {
						t.Fatalf("%s: a number that is not told is in the page", name)
					}
				}
			}
		}
		if (name == "suppressed") != (hidden > 0) {
			t.Errorf("%s: %d hidden cells", name, hidden)
		}
		if (d.Records != nil) != (b.Records != nil) || d.Records != nil && (d.Records.N != b.Records.Len() || len(d.Records.C[0]) != b.Records.Len()) {
			t.Errorf("%s: other records", name)
		}
	}
}

var rowOf = regexp.MustCompile(`<tr id="r(\d+)-(\d+)" data-c="\d+" data-v="\d+" class="k-([a-z]+)"[^>]*>.*?<span class="main">([^<]*)</span><span class="range">([^<]*)</span>`)

// TestRowsReadWithoutTheScript: each value of a column that was measured alone has its row with number and interval, or the
// words why there is none.
func TestRowsReadWithoutTheScript(t *testing.T) {
	for name, b := range every(t) {
		s := pageOf(t, b, "en", explorer.Options{})
		rows, at := map[string][]string{}, map[string]bundle.Cell{}
		for _, m := range rowOf.FindAllStringSubmatch(s, -1) {
			rows[m[1]+"-"+m[2]] = m[3:]
		}
		for _, x := range b.Tables.Tables {
			if len(x.Columns) != 1 {
				continue
			}
			c := slices.IndexFunc(b.Release.Columns, func(c bundle.Column) bool { return c.Code == x.Columns[0] })
			for v, cell := range x.Cells {
				at[fmt.Sprintf("%d-%d", c, v)] = cell
			}
		}
		if len(rows) < 15 {
			t.Fatalf("%s: only %d rows", name, len(rows))
		}
		for key, row := range rows {
			cell, main := at[key], html.UnescapeString(row[1])
			switch {
			case cell.Flag == bundle.Below && (row[0] != "below" || main != "fewer than 10" || row[2] != ""):
				t.Errorf("%s %s: %q", name, key, row)
			case cell.Flag == bundle.Hidden && (row[0] != "withheld" || main != "withheld to protect a small number"):
				t.Errorf("%s %s: %q", name, key, row)
			case cell.Flag == bundle.Noise && (main != "lost in the noise" || !strings.HasPrefix(row[2], "0–")):
				t.Errorf("%s %s: %q", name, key, row)
			case cell.Flag == bundle.Rounded && *cell.Value == 0: // which is not nobody
				if main != "fewer than 5" || row[2] != "" {
					t.Errorf("%s %s: %q", name, key, row)
				}
			case cell.Flag == bundle.Estimated || cell.Flag == bundle.Rounded:
				if want := locale(t, "en").Number(int(math.Round(*cell.Value))); main != want || !strings.Contains(row[2], "–") {
					t.Errorf("%s %s: %q instead of %s with an interval", name, key, row, want)
				}
			}
		}
		for _, c := range b.Release.Columns {
			alone := slices.ContainsFunc(b.Tables.Tables, func(t bundle.Table) bool { return slices.Equal(t.Columns, []string{c.Code}) })
			i := slices.IndexFunc(b.Release.Columns, func(x bundle.Column) bool { return x.Code == c.Code })
			_, there := rows[fmt.Sprintf("%d-0", i)]
			if alone != there {
				t.Errorf("%s: %s was measured alone: %v; shown: %v", name, c.Code, alone, there)
			}
		}
	}
}

// TestThePageLoadsNothing: no address of anybody, no way round the policy, and the policy's hashes are those of what is there.
func TestThePageLoadsNothing(t *testing.T) {
	for name, b := range every(t) {
		for _, tag := range []string{"en", "fr", lang.Mirrored} {
			s := pageOf(t, b, tag, explorer.Options{Files: []string{"tables.json"}, Earlier: []explorer.Book{}})
			if m := regexp.MustCompile(`(?:src|href|action|url)\s*[=(]\s*["']?(?:[a-z]+:)?//[^"')]*|\son[a-z]+=|<(?:iframe|object|embed|form|link|base|img)\b|@import|\sstyle=|javascript:|fetch\(|XMLHttp|WebSocket|sendBeacon|\beval\(|innerHTML`).FindString(s); m != "" {
				t.Errorf("%s, %s: %s", name, tag, m)
			}
			for _, m := range regexp.MustCompile(`https?://[^"'\s<)]*`).FindAllString(s, -1) {
				if m != "http://www.w3.org/2000/svg" {
					t.Errorf("%s, %s: %s", name, tag, m)
				}
			}
			policy := html.UnescapeString(inside(t, s, `http-equiv="Content-Security-Policy" content="`, `"`))
			for _, part := range []string{inside(t, s, "<style>", "</style>"), inside(t, s, "<script>", "</script>")} {
				sum := sha256.Sum256([]byte(part))
				if !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
					t.Errorf("%s, %s: the policy does not name what is there: %.60s", name, tag, part)
				}
			}
			if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
				t.Errorf("%s, %s: %s", name, tag, policy)
			}
			if strings.Contains(s, "[explorer.") {
				t.Errorf("%s, %s shows a key", name, tag)
			}
		}
	}
}

// TestWhatAStrangerWroteIsText: titles and words of a release cannot become markup, nor end the data.
func TestWhatAStrangerWroteIsText(t *testing.T) {
	b := every(t)["rounded"]
	evil := `</script><script>alert(1)</script><img src=x onerror=alert(1)>`
	b.Release.Title, b.Release.Notes = map[string]string{"en": evil}, map[string]string{"en": evil}
	b.Release.Columns = slices.Clone(b.Release.Columns)
	b.Release.Columns[0].Title, b.Release.Columns[0].Words = map[string]string{"en": evil}, map[string]map[string]string{"en": {"female": evil}}
	b.Release.Offices = []bundle.Office{{Name: evil, Fingerprint: evil}}
	b.Release.Checks = []bundle.Check{{Code: evil, Note: evil}}
	s := pageOf(t, b, "en", explorer.Options{Back: "javascript:alert(1)"})
	if strings.Contains(s, "<img") || strings.Contains(s, "<script>alert") || strings.Contains(s, `href="javascript`) || strings.Count(s, "</script>") != 2 {
		t.Error("what was written became markup")
	}
	dataOf(t, s)
}

// TestReleasesThatCannotBeShown: each is refused with its reason, none is shown in part.
func TestReleasesThatCannotBeShown(t *testing.T) {
	five := 5.0
	inf := math.Inf(1)
	for name, change := range map[string]func(*explorer.Book){
		"a table twice":               func(b *explorer.Book) { b.Tables.Tables = append(b.Tables.Tables, b.Tables.Tables[0]) },
		"a column of another release": func(b *explorer.Book) { b.Tables.Tables[1].Columns = []string{"shoes"} },
		"too few cells":               func(b *explorer.Book) { b.Tables.Tables[1].Cells = b.Tables.Tables[1].Cells[1:] },
		"a flag of nobody's":          func(b *explorer.Book) { b.Tables.Tables[0].Cells[0].Flag = "roughly" },
		"a number that is not told": func(b *explorer.Book) {
			b.Tables.Tables[0].Cells[0] = bundle.Cell{Flag: bundle.Hidden, Value: &five}
		},
		"no number that is told": func(b *explorer.Book) { b.Tables.Tables[0].Cells[0] = bundle.Cell{} },
		"no number":              func(b *explorer.Book) { b.Tables.Tables[0].Cells[0].Value = &inf },
	} {
		b := every(t)["rounded"]
		change(&b)
		err := explorer.Write(&bytes.Buffer{}, b, locale(t, "en"), explorer.Options{})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAFolderIsTheSameBytes: pages in both languages that lead to each other, certificates, and the release's own files as they
// were; and the folder opens again as what it shows.
func TestAFolderIsTheSameBytes(t *testing.T) {
	texts, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range every(t) {
		var first map[string]string
		for range 2 {
			dir := filepath.Join(t.TempDir(), "out")
			names, err := explorer.Folder(dir, texts, b)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, n := range names {
				raw, err := os.ReadFile(filepath.Join(dir, n))
				if err != nil {
					t.Fatal(err)
				}
				files[n] = string(raw)
			}
			if first != nil && !maps.Equal(first, files) {
				t.Errorf("%s: other bytes", name)
			}
			first = files
			back, err := explorer.Open(dir)
			if err != nil || len(back.Seal) != 64 || !strings.Contains(files["index.html"], back.Seal) {
				t.Errorf("%s: %v, or a page without the release's seal", name, err)
			}
			if _, err := explorer.Folder(dir, texts, b); err == nil {
				t.Errorf("%s: written over another", name)
			}
		}
		cells := 0
		for _, x := range b.Tables.Tables {
			cells += len(x.Cells)
		}
		if lines := strings.Count(first["figures.csv"], "\r\n"); lines != cells+1 || !strings.Contains(first["index.html"], `href="figures.csv"`) || first["dictionary.csv"] == "" {
			t.Errorf("%s: %d lines of CSV for %d figures", name, lines, cells)
		}
		if !strings.Contains(first["index.html"], `href="index.fr.html"`) || !strings.Contains(first["index.fr.html"], `href="index.html"`) || !strings.HasPrefix(first["certificate.fr.pdf"], "%PDF") {
			t.Errorf("%s: %v", name, slices.Sorted(maps.Keys(first)))
		}
	}
}
