// SPDX-License-Identifier: EUPL-1.2

package record

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed grammar.txt
var grammarText string

// sort is one sort of element: what may stand in it.
type sort struct {
	attrs    []attribute
	text     string // type of its text; "" when it has children
	children []child
	closed   bool // no attributes of other vocabularies
}

type attribute struct {
	name, typ string
	required  bool
}

type child struct {
	name       string
	sort       *sort
	required   bool
	repeatable bool
}

// attr finds an attribute's place in a sort, -1 when it has none.
func (s *sort) attr(name string) int {
	for i, a := range s.attrs {
		if a.name == name {
			return i
		}
	}
	return -1
}

// child finds a child's place in a sort, -1 when it has none.
func (s *sort) child(name string) int {
	for i, c := range s.children {
		if c.name == name {
			return i
		}
	}
	return -1
}

// grammar gives the sort of an activity. The text is part of the program: a mistake in it is one of ours, and the tests
// hold it against the official examples.
var grammar = sync.OnceValue(func() *sort {
	all := map[string]*sort{}
	for line := range strings.Lines(grammarText) {
		name, body, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok && !strings.HasPrefix(name, "#") {
			all[name] = newSort(body, all)
		}
	}
	return all["iati-activity"]
})

// newSort reads a line; the sorts of its children stand before it.
func newSort(body string, known map[string]*sort) *sort {
	s := &sort{}
	attrs, children, parent := strings.Cut(body, "|")
	if a, text, ok := strings.Cut(attrs, "="); ok && !parent {
		attrs, s.text = a, strings.TrimSpace(text)
	}
	for word := range strings.FieldsSeq(attrs) {
		if word == "-" {
			s.closed = true
			continue
		}
		name, required := strings.CutSuffix(word, "!")
		a := attribute{name: name, typ: "string", required: required}
		// ref!:type and xml:lang:type: the type is behind the last colon, and a required mark before it.
		if i := strings.LastIndex(word, ":"); i > 0 && word != Language {
			a.name, a.required = strings.CutSuffix(word[:i], "!")
			a.typ = word[i+1:]
		}
		s.attrs = append(s.attrs, a)
	}
	for word := range strings.FieldsSeq(children) {
		name := strings.TrimRight(word, "?*+")
		mark := word[len(name):]
		name, of, ok := strings.Cut(name, "=")
		if !ok {
			of = name
		}
		s.children = append(s.children, child{name: name, sort: known[of], required: mark == "" || mark == "+", repeatable: mark == "*" || mark == "+"})
	}
	return s
}
