// SPDX-License-Identifier: EUPL-1.2

package pdf

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// element is a node of the structure tree: what a screen reader walks through.
type element struct {
	tag    string
	attrs  string // further keys of its dictionary, already written
	parent *element
	kids   []kid
	object int // number of its object, given at the end
}

// kid is one of: an element, a piece of a page's content, a link's rectangle.
type kid struct {
	element *element
	page    int // of the content, from 1
	mark    int // of the content on its page
	link    int // index in links, plus 1
}

func (e *element) add(tag, attrs string) *element {
	c := &element{tag: tag, attrs: attrs, parent: e}
	e.kids = append(e.kids, kid{element: c})
	return c
}

// link is an active rectangle on a page, in points from the lower left.
type link struct {
	page           int
	x0, y0, x1, y1 float64
	href, text     string
	element        *element
}

// target is where an anchor or a bookmark leads.
type target struct {
	page int
	y    float64 // from the top, in points
}

type bookmark struct {
	level int
	text  string
	target
}

// mark says that what is drawn from here on belongs to an element; nil is an artifact. Pieces that follow each other on a
// page are one.
func (w *writer) mark(e *element) {
	if w.marked && w.element == e {
		return
	}
	w.unmark()
	w.marked, w.element = true, e
	if e == nil {
		w.f.RawWriteStr("/Artifact BMC")
		return
	}
	page := w.f.PageNo()
	n := len(w.marks[page])
	w.marks[page] = append(w.marks[page], e)
	e.kids = append(e.kids, kid{page: page, mark: n})
	w.f.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.tag, n))
}

// unmark ends the running piece: before another one, and before a page ends.
func (w *writer) unmark() {
	if w.marked {
		w.f.RawWriteStr("EMC")
	}
	w.marked, w.element = false, nil
}

// textString writes a text as PDF holds it: as it is when it is ASCII, else UTF-16 in hexadecimal.
func textString(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return literal(s)
	}
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

func langAttr(tag string) string {
	if tag == "" {
		return ""
	}
	return "/Lang " + textString(tag)
}
