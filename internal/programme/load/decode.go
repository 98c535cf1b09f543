// SPDX-License-Identifier: EUPL-1.2

package load

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/entraide-thb/entraide/internal/platform/party"
)

// Limits of a file: an import comes from somebody else.
const (
	MaxFile  = 1 << 20
	maxDepth = 12
	maxItems = 2000
	maxChars = 2000
	maxWrong = 50 // errors that are listed; a file with more is beyond mending one by one
)

// Wrong is one thing that is wrong with a file.
type Wrong struct {
	Line  int    `json:"line"`  // 1 is the first; 0 when it is about the whole
	Field string `json:"field"` // "activities[3].date_start"
	What  string `json:"what"`  // in English, for whoever edits the file; never a quotation of it
}

// Error lists what is wrong with a file. Nothing of it was imported.
type Error []Wrong

// Error gives one line for each.
func (e Error) Error() string {
	var b strings.Builder
	for i, w := range e {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "line %d: %s: %s", w.Line, w.Field, w.What)
	}
	return b.String()
}

// decoder reads a YAML tree into structs: known fields only, each once, no aliases, within the limits. Unlike the
// library's own it says the line and the path of everything that is wrong, not only of the first.
type decoder struct {
	wrong Error
	lines map[string]int // path -> line, for what is found out later
}

func (d *decoder) bad(n *yaml.Node, path, what string) {
	if len(d.wrong) < maxWrong {
		d.wrong = append(d.wrong, Wrong{n.Line, path, what})
	}
}

func (d *decoder) into(n *yaml.Node, v reflect.Value, path string, depth int) {
	d.lines[path] = n.Line
	if depth > maxDepth {
		d.bad(n, path, "nested too deeply")
		return
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.bad(n, path, "anchors and aliases are not read")
		return
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // not known
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if _, date := v.Interface().(party.PartialDate); date {
		d.date(n, v, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.object(n, v, path, depth)
	case reflect.Slice:
		d.list(n, v, path, depth)
	default:
		d.scalar(n, v, path)
	}
}

func (d *decoder) object(n *yaml.Node, v reflect.Value, path string, depth int) {
	if n.Kind != yaml.MappingNode {
		d.bad(n, path, "fields with values are wanted here")
		return
	}
	fields := map[string]int{}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "" {
			fields[name] = i
		}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		at := strings.TrimPrefix(path+"."+plainKey(key), ".")
		field, known := fields[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || !known:
			d.bad(key, at, "no such field")
		case seen[key.Value]:
			d.bad(key, at, "this field is there twice")
		default:
			seen[key.Value] = true
			d.into(n.Content[i+1], v.Field(field), at, depth+1)
		}
	}
}

// plainKey keeps an unknown key from carrying more than a name into messages.
func plainKey(n *yaml.Node) string {
	for _, r := range n.Value {
		if r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return "?"
		}
	}
	if len(n.Value) > 40 || n.Value == "" {
		return "?"
	}
	return n.Value
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path string, depth int) {
	if n.Kind != yaml.SequenceNode {
		d.bad(n, path, "a list is wanted here")
		return
	}
	if len(n.Content) > maxItems {
		d.bad(n, path, fmt.Sprintf("more than %d items", maxItems))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, x := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		if x.Kind == yaml.ScalarNode && x.Tag == "!!null" {
			d.bad(x, at, "an item of a list cannot be null")
			continue
		}
		d.into(x, out.Index(i), at, depth+1)
	}
	v.Set(out)
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		d.bad(n, path, "a single value is wanted here")
		return
	}
	switch v.Kind() {
	case reflect.String:
		s := strings.TrimSpace(n.Value)
		switch {
		case len(s) > maxChars:
			d.bad(n, path, fmt.Sprintf("longer than %d bytes", maxChars))
		case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || r == utf8.RuneError }):
			d.bad(n, path, "control characters are not read")
		default:
			v.SetString(s)
		}
	case reflect.Int, reflect.Int64:
		x, err := strconv.ParseInt(n.Value, 10, 54)
		if n.Tag != "!!int" || err != nil || x < 0 {
			d.bad(n, path, "a whole number of at least 0 is wanted here")
			return
		}
		v.SetInt(x)
	case reflect.Bool:
		if n.Tag != "!!bool" {
			d.bad(n, path, "true or false is wanted here")
			return
		}
		v.SetBool(n.Value == "true" || n.Value == "True" || n.Value == "TRUE")
	}
}

func (d *decoder) date(n *yaml.Node, v reflect.Value, path string) {
	x, err := party.ParseDate(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || !x.Known() {
		d.bad(n, path, "a date is written 2021, 2021-03 or 2021-03-12")
		return
	}
	v.Set(reflect.ValueOf(x))
}
