// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

const module = "github.com/entraide-thb/entraide"

// source is one Go file of the repository.
type source struct {
	Path string // from the repository's root, with slashes
	Text []byte
	File *ast.File
}

// sources parses every Go file of the repository, tests and tools included.
func sources(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	set := token.NewFileSet()
	var out []source
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if n := d.Name(); d.IsDir() && (n == ".git" || n == "node_modules" || n == "bin") {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(p) != ".go" {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(set, p, text, parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, source{filepath.ToSlash(strings.TrimPrefix(p, ".."+string(filepath.Separator))), text, f})
		return nil
	})
	if err != nil || len(out) < 300 {
		t.Fatalf("%d Go files, %v", len(out), err)
	}
	return set, out
}

// TestFilesAreOfTheHouse: each file names its licence, fits what one reads in one go, and lies in a package that says what
// it holds.
func TestFilesAreOfTheHouse(t *testing.T) {
	_, files := sources(t)
	documented := map[string]int{}
	for _, s := range files {
		first, _, _ := bytes.Cut(s.Text, []byte("\n"))
		if string(first) != "// SPDX-License-Identifier: EUPL-1.2" {
			t.Errorf("%s does not begin with its licence", s.Path)
		}
		if n := bytes.Count(s.Text, []byte("\n")); n >= 600 {
			t.Errorf("%s has %d lines: part it", s.Path, n)
		}
		if slices.Contains([]string{"util", "utils", "common", "helpers", "manager", "misc", "base"}, s.File.Name.Name) {
			t.Errorf("%s: package %s says nothing of what it holds", s.Path, s.File.Name.Name)
		}
		if strings.HasSuffix(s.Path, "_test.go") {
			continue
		}
		dir := path.Dir(s.Path)
		documented[dir] += 0
		if s.File.Doc != nil && len(strings.Fields(s.File.Doc.Text())) >= 5 {
			documented[dir]++
		}
	}
	for dir, n := range documented {
		if n == 0 {
			t.Errorf("package %s does not say what it holds", dir)
		}
		if n > 1 {
			t.Errorf("package %s says in %d files what it holds", dir, n)
		}
	}
}

// storeys are the house's, from the ground up: a package imports from its own storey and from those below.
var storeys = []string{"packs", "internal/platform", "internal/exchange", "internal/measure", "internal/wing", "internal/app", "cmd"}

// wings are the rooms' houses on one storey; they know nothing of each other.
var wings = []string{"internal/programme", "internal/protect", "internal/prosecute", "internal/liaison"}

// exceptions are imports that the rule forbids and that stand all the same, with the reason.
var exceptions = map[string]string{
	"packs/countries internal/platform/clock": "a country's deadlines are written in the clock's terms",
	"packs/rights internal/platform/clock":    "lengths in the drafts are the clock's",
	"packs/offences internal/platform/clock":  "how long a proceeding is kept is the clock's",
}

// within says whether a package is a folder or lies under it.
func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// storey gives the number of a package's storey and its wing, if it has one.
func storey(pkg string) (int, string) {
	for _, w := range wings {
		if within(pkg, w) {
			return slices.Index(storeys, "internal/wing"), w
		}
	}
	return slices.IndexFunc(storeys, func(s string) bool { return within(pkg, s) }), ""
}

// TestImportsRunDown: nothing below knows what stands on it, and a wing knows nothing of another.
func TestImportsRunDown(t *testing.T) {
	_, files := sources(t)
	used := map[string]bool{}
	for _, s := range files {
		from := path.Dir(s.Path)
		if within(from, "test") {
			continue // the whole from outside
		}
		here, wing := storey(from)
		if here < 0 {
			t.Errorf("%s lies on no storey", s.Path)
			continue
		}
		for _, i := range s.File.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			to, ours := strings.CutPrefix(name, module+"/")
			if !ours {
				continue
			}
			if exceptions[from+" "+to] != "" {
				used[from+" "+to] = true
				continue
			}
			there, other := storey(to)
			switch {
			case there > here || there < 0:
				t.Errorf("%s imports %s, which stands above it", s.Path, to)
			case other != wing && other != "" && wing != "":
				t.Errorf("%s imports %s of another wing", s.Path, to)
			case within(from, "internal/platform") && within(to, "packs") && !strings.HasSuffix(s.Path, "_test.go"):
				t.Errorf("%s imports %s: the ground floor knows nothing of the field", s.Path, to)
			}
		}
	}
	for e := range exceptions {
		if !used[e] {
			t.Errorf("nothing needs the exception %q any more", e)
		}
	}
}

// TestEveryLibraryIsExplained: what go.mod asks for, the decision on libraries names.
func TestEveryLibraryIsExplained(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	decision, err := os.ReadFile("../docs/decisions/libraries.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(mod)) {
		f := strings.Fields(line)
		if len(f) != 2 || !strings.HasPrefix(f[1], "v") {
			continue // no requirement, or an indirect one
		}
		n++
		if name := strings.TrimPrefix(f[0], "github.com/"); !strings.Contains(string(decision), name) {
			t.Errorf("the decision on libraries does not name %s", name)
		}
	}
	if n < 15 {
		t.Fatalf("only %d requirements read", n)
	}
}

// lexicon is what no title, address, menu or file name may say: whoever looks over a shoulder reads these first.
var lexicon = regexp.MustCompile(`(?i)traffick|trafi[ck]\b|trafiqu|\btraite (des|d’)|victim|exploit|prostitu|slave|esclav|smuggl|\bthb\b|organ removal|forced labour|travail forcé`)

// spoken are the texts that name the field all the same: on the programme's own pages, never about anybody.
var spoken = map[string]string{
	"party.type.coordination": "what such an office is called by law",
	"screening.result.ilo":    "the published name of the ILO's list, on a page that its worker alone opens",
	"count.form.sexual":       "what the Directive calls it, in figures, never about anybody",
	"count.form.labour":       "what the Directive calls it, in figures, never about anybody",
	"count.form.slavery":      "what the Directive calls it, in figures, never about anybody",
	"count.form.crime":        "what the Directive calls it, in figures, never about anybody",
	"count.form.surrogacy":    "what the Directive calls it, in figures, never about anybody",
	"count.form.marriage":     "what the Directive calls it, in figures, never about anybody",
	"count.form.adoption":     "what the Directive calls it, in figures, never about anybody",
	"proceeding.column.forms": "the codes that a table's cells hold, never about anybody",
	"programme.priority.1":    "the programme's published priorities",
	"programme.priority.2":    "the programme's published priorities",
	"programme.priority.3":    "the programme's published priorities",
	"programme.priority.4":    "the programme's published priorities",
}

// untitled are the files whose titles are no text of the catalogue where they are given, with what they are instead.
var untitled = map[string]string{
	"internal/platform/identity/page.go":     "again passes its caller's template on, with the caller's title",
	"internal/protect/casework/page_list.go": "one page for the list and for what was found",
}

// TestWordsAreNeutral: no text of the catalogues, in any language, speaks of the field, so that no title, menu, button,
// notice or printed sheet can; every page's title is such a text; and no address is a word of it.
func TestWordsAreNeutral(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{}
	for _, l := range b.Tags() {
		for _, k := range b.Keys(l) {
			one, other := b.Text(l, k)
			word := lexicon.FindString(one + "\n" + other)
			if word == "" {
				continue
			}
			if spoken[k] == "" {
				t.Errorf("%s: %s says %q", l, k, word)
			}
			met[k] = true
		}
	}
	for k := range spoken {
		if !met[k] {
			t.Errorf("the exception for %s is not needed", k)
		}
	}
}

// address is a path as a route or a link is written.
var address = regexp.MustCompile(`^(GET |POST |PUT |DELETE )?/[a-z]`)

// TestTitlesAndAddressesAreNeutral: every page's title is a text of the catalogues (which TestWordsAreNeutral reads), never
// what somebody typed; no route is a word of the field.
func TestTitlesAndAddressesAreNeutral(t *testing.T) {
	set, files := sources(t)
	titles, addresses := 0, 0
	for _, s := range files {
		if strings.HasSuffix(s.Path, "_test.go") {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || f.Sel.Name != "View" || len(n.Args) != 3 {
					return true
				}
				if x, ok := f.X.(*ast.Ident); !ok || x.Name != "page" {
					return true
				}
				titles++
				if text, ok := n.Args[1].(*ast.CallExpr); ok {
					if m, ok := text.Fun.(*ast.SelectorExpr); ok && m.Sel.Name == "T" && len(text.Args) == 1 {
						return true
					}
				}
				if untitled[s.Path] == "" {
					t.Errorf("%s: a title that is no plain text of the catalogues", set.Position(n.Pos()))
				}
			case *ast.BasicLit:
				if n.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(n.Value)
				if err != nil || !address.MatchString(text) {
					return true
				}
				addresses++
				if w := lexicon.FindString(text); w != "" {
					t.Errorf("%s: the address %q says %q", set.Position(n.Pos()), text, w)
				}
			}
			return true
		})
	}
	if titles < 60 || addresses < 60 {
		t.Fatalf("only %d titles and %d addresses found", titles, addresses)
	}
}
