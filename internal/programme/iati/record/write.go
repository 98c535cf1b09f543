// SPDX-License-Identifier: EUPL-1.2

package record

import (
	"bufio"
	"encoding/xml"
	"io"
	"strings"
	"time"
)

// Version is the version of the standard that a Writer writes.
const Version = "2.03"

// Writer writes a file of activities. Make one with NewWriter and end it with Close.
type Writer struct {
	w   *bufio.Writer
	err error
}

// NewWriter begins a file that says when it was made; the zero time says nothing.
func NewWriter(w io.Writer, at time.Time) *Writer {
	x := &Writer{w: bufio.NewWriter(w)}
	x.put(xml.Header + `<iati-activities version="` + Version + `"`)
	if !at.IsZero() {
		x.put(` generated-datetime="` + at.UTC().Format("2006-01-02T15:04:05Z") + `"`)
	}
	x.put(">\n")
	return x
}

// Put writes an activity.
func (x *Writer) Put(e Element) error {
	x.element(e, 1)
	return x.err
}

// Close ends the file. It closes nothing beneath.
func (x *Writer) Close() error {
	x.put("</iati-activities>\n")
	if x.err != nil {
		return x.err
	}
	return x.w.Flush()
}

func (x *Writer) put(s string) {
	if x.err == nil {
		_, x.err = x.w.WriteString(s)
	}
}

func (x *Writer) escaped(s string) {
	if x.err == nil {
		x.err = xml.EscapeText(x.w, []byte(s))
	}
}

func (x *Writer) element(e Element, depth int) {
	indent := strings.Repeat("  ", depth)
	x.put(indent + "<" + e.Name)
	for _, name := range e.Attributes() {
		x.put(" " + name + `="`)
		x.escaped(e.Attr[name])
		x.put(`"`)
	}
	switch {
	case len(e.Kids) > 0:
		x.put(">\n")
		for _, k := range e.Kids {
			x.element(k, depth+1)
		}
		x.put(indent + "</" + e.Name + ">\n")
	case e.Text != "":
		x.put(">")
		x.escaped(e.Text)
		x.put("</" + e.Name + ">\n")
	default:
		x.put("/>\n")
	}
}
