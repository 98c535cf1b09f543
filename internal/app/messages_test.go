// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"encoding"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/action"
	listing "github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

//go:generate go test -count=1 -run ^TestMessagesAreWrittenDown$ . -update

var updateMessages = flag.Bool("update", false, "write docs/messages.md anew")

const (
	messagesPage = "../../docs/messages.md"
	ourModule    = "github.com/entraide-thb/entraide/"
)

// TestMessagesAreWrittenDown holds docs/messages.md against the types of messages that an office takes in, the Go types of their bodies
// and the comments beside their fields: whoever changes one of them writes the page anew.
func TestMessagesAreWrittenDown(t *testing.T) {
	w := newWorld(t, "athens")
	page := newLexical(t, w.n.Post.Registered()).page([]lexicon.Room{referral.Lexicon(), inquiry.Lexicon(), request.Lexicon(), letter.Lexicon(), event.Lexicon(), action.Lexicon(), figure.Lexicon(), listing.Lexicon()})
	if *updateMessages {
		if err := os.WriteFile(messagesPage, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	is, err := os.ReadFile(messagesPage)
	if err != nil || string(is) != page {
		t.Errorf("docs/messages.md does not say what messages say: go generate ./internal/app (%v)", err)
	}
}

// lexical writes the page. Go sources are read once, by package.
type lexical struct {
	*testing.T
	types   map[string]bool // that an office takes in, and whether they take back
	told    map[string]bool
	parts   bool                         // the room's fields say their categories
	forms   map[string]string            // of values that are written as text, by what the page calls them
	sources map[string]map[string]string // package -> "Type.Field" or "Type" -> its words
	b       strings.Builder
}

func newLexical(t *testing.T, types map[string]bool) *lexical {
	return &lexical{T: t, types: types, told: map[string]bool{}, forms: map[string]string{}, sources: map[string]map[string]string{}}
}

const messagesHead = `# What messages say

What the bodies of messages between offices say, so that somebody who has written a program after [protocol.md](protocol.md) can also answer
a referral or a request for information. This page is written from the Go types that the offices' programs read and write
(` + "`go generate ./internal/app`" + `), and a test holds it against them. Forms are those of protocol.md, section 1; a day is written 2026-11-23.

A body is one JSON object in UTF-8. A field that is not named here, or anything behind the object, makes it unreadable
(` + "`exchange.post.unreadable`" + `). Fields marked *may be missing* are left out when there is nothing to say; of the others an empty value
is a value. Lists of codes are closed: another code is refused. The header's ` + "`categories`" + ` are those that stand with the message; where none do,
those that stand beside the fields that are there. Every message is answered by a receipt; what else answers it stands with it.
`

func (x *lexical) page(rooms []lexicon.Room) string {
	x.Helper()
	x.b.WriteString(messagesHead)
	for _, r := range rooms {
		x.room(r)
	}
	x.b.WriteString("\n## Forms of text\n\n| form | is |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(x.forms)) {
		fmt.Fprintf(&x.b, "| *%s* | %s |\n", name, x.forms[name])
	}
	var rest []string
	for typ := range x.types {
		if !x.told[typ] {
			rest = append(rest, "`"+typ+"`")
		}
	}
	slices.Sort(rest)
	fmt.Fprintf(&x.b, "\n## Other types\n\nTypes of messages that are not described here; of some protocol.md says what is in them (sections 3, 4, 6, 11 to 13). An office that\ndoes not know a type refuses it, `exchange.post.unknown_type`.\n\n%s\n", strings.Join(rest, ", "))
	return x.b.String()
}

func (x *lexical) room(r lexicon.Room) {
	x.Helper()
	fmt.Fprintf(&x.b, "\n## %s\n\n%s Purpose in the terms: `%s`.\n", r.Title, r.Says, r.Purpose)
	var later []reflect.Type
	used := map[string]bool{}
	x.parts = slices.ContainsFunc(r.Messages, func(m lexicon.Message) bool { return m.Covered == "" })
	for _, m := range r.Messages {
		back, is := x.types[m.Type]
		if !is {
			x.Errorf("%s is described, and no office takes it in", m.Type)
		}
		x.told[m.Type] = true
		fmt.Fprintf(&x.b, "\n### `%s`\n\n%s. %s", m.Type, m.Goes, m.Says)
		if m.Covered != "" {
			fmt.Fprintf(&x.b, " Categories: %s.", m.Covered)
		}
		if back {
			x.b.WriteString(" A type that takes back (protocol.md, section 4).")
		}
		if m.Back != "" {
			fmt.Fprintf(&x.b, " Back comes %s.", m.Back)
		}
		x.b.WriteString("\n\n")
		x.table(r, reflect.TypeOf(m.Body), &later, used)
	}
	for i := 0; i < len(later); i++ { // what it names is behind it
		t := later[i]
		fmt.Fprintf(&x.b, "\n#### %s\n\n", object(t))
		x.table(r, t, &later, used)
	}
	for k := range r.Codes {
		if !used[k] {
			x.Errorf("%s: codes of %s, which no message has", r.Title, k)
		}
	}
	for k := range r.Limits {
		if !used[k] {
			x.Errorf("%s: a limit of %s, which no message has", r.Title, k)
		}
	}
}

// table writes the fields of an object.
func (x *lexical) table(r lexicon.Room, t reflect.Type, later *[]reflect.Type, used map[string]bool) {
	x.Helper()
	x.b.WriteString("| field | form | says |\n|---|---|---|\n")
	x.rows(r, t, later, used)
}

func (x *lexical) rows(r lexicon.Room, t reflect.Type, later *[]reflect.Type, used map[string]bool) {
	x.Helper()
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			x.rows(r, f.Type, later, used)
			continue
		case name == "" || name == "-" || !f.IsExported():
			x.Errorf("%s.%s does not travel by a name of its own", t, f.Name)
			continue
		}
		key := t.Name() + "." + name
		words := x.saidOf(r, t, f, name)
		if words == "" {
			x.Errorf("nothing says what %s.%s is", t, f.Name)
		}
		form := x.form(f.Type, r.Codes[key], later)
		if n, is := r.Limits[key]; is {
			form += ", at most " + strconv.Itoa(n)
			if k := f.Type.Kind(); k == reflect.String {
				form += " bytes"
			}
		}
		if strings.HasPrefix(opts, "omit") || f.Type.Kind() == reflect.Pointer {
			form += "; may be missing"
		}
		used[key] = true
		part := ""
		if x.parts && f.Tag.Get("part") != "" {
			part = "`" + f.Tag.Get("part") + "` "
		}
		fmt.Fprintf(&x.b, "| `%s` | %s | %s%s |\n", name, form, part, strings.ReplaceAll(words, "|", "\\|"))
	}
}

// saidOf gives what stands beside a field, else beside the type that it holds.
func (x *lexical) saidOf(r lexicon.Room, t reflect.Type, f reflect.StructField, name string) string {
	x.Helper()
	if name == r.Thread {
		return "the conversation"
	}
	if words := x.words(t.PkgPath(), t.Name()+"."+f.Name); words != "" {
		return words
	}
	of := f.Type
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || !strings.HasPrefix(of.PkgPath(), ourModule) {
		return ""
	}
	_, words, is := strings.Cut(x.words(of.PkgPath(), of.Name()), " is ")
	if !is {
		return ""
	}
	return strings.TrimSuffix(words, ".")
}

var (
	isMarshaler     = reflect.TypeFor[json.Marshaler]()
	isTextMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// form says how a value is written.
func (x *lexical) form(t reflect.Type, codes []string, later *[]reflect.Type) string {
	x.Helper()
	switch {
	case t.Kind() == reflect.Pointer:
		return x.form(t.Elem(), codes, later)
	case t == reflect.TypeFor[journal.ID]():
		return "id"
	case t == reflect.TypeFor[time.Time]():
		return "time"
	case t == reflect.TypeFor[journal.Category]():
		return "category"
	case t == reflect.TypeFor[json.RawMessage]():
		return "JSON"
	case t.Implements(isMarshaler) || t.Implements(isTextMarshaler):
		words := x.words(t.PkgPath(), t.Name())
		if words == "" {
			x.Errorf("nothing says how %s is written", t)
		}
		x.forms[object(t)] = words
		return "text *" + object(t) + "*"
	case t.Kind() == reflect.Slice:
		return "list of " + x.form(t.Elem(), codes, later)
	case t.Kind() == reflect.Map:
		return "object: " + x.form(t.Elem(), codes, later) + " by " + x.form(t.Key(), nil, later)
	case len(codes) > 0:
		return "`" + strings.Join(codes, "`, `") + "`"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "number"
	case t.Kind() == reflect.Struct:
		if !slices.Contains(*later, t) {
			*later = append(*later, t)
		}
		return "object *" + object(t) + "*"
	}
	x.Errorf("no form for %s", t)
	return ""
}

// object is what the page calls a type.
func object(t reflect.Type) string { return strings.ToLower(t.Name()[:1]) + t.Name()[1:] }

// words gives the comment beside a type or a field, as one line.
func (x *lexical) words(pkg, name string) string {
	x.Helper()
	if x.sources[pkg] == nil {
		x.sources[pkg] = x.read(pkg)
	}
	return x.sources[pkg][name]
}

func (x *lexical) read(pkg string) map[string]string {
	x.Helper()
	dir, is := strings.CutPrefix(pkg, ourModule)
	files, err := filepath.Glob(filepath.Join("../..", dir, "*.go"))
	if err != nil || !is {
		x.Fatalf("%s: %v", pkg, err)
	}
	out := map[string]string{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			x.Fatal(err)
		}
		for _, d := range f.Decls {
			if g, is := d.(*ast.GenDecl); is && g.Tok == token.TYPE {
				commented(g, out)
			}
		}
	}
	return out
}

// commented notes the comments of types and of their fields.
func commented(g *ast.GenDecl, out map[string]string) {
	for _, s := range g.Specs {
		spec := s.(*ast.TypeSpec)
		out[spec.Name.Name] = commentOf(spec.Doc, g.Doc)
		st, is := spec.Type.(*ast.StructType)
		if !is {
			continue
		}
		for _, f := range st.Fields.List {
			for _, n := range f.Names {
				out[spec.Name.Name+"."+n.Name] = commentOf(f.Doc, f.Comment)
			}
		}
	}
}

// commentOf gives the first comment that says something.
func commentOf(cs ...*ast.CommentGroup) string {
	for _, c := range cs {
		if c != nil {
			return strings.Join(strings.Fields(c.Text()), " ")
		}
	}
	return ""
}
