// SPDX-License-Identifier: EUPL-1.2

package workbook

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
	"time"
)

// bounded reads at most max bytes and then errs.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ErrLarge
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// workbook is an XLSX file opened for reading its first sheet.
type workbook struct {
	parts  map[string]*zip.File
	shared []string
	dates  map[int]bool // cell styles that show a date
	from04 bool         // days count from 1904
	left   int64        // bytes that may still be unpacked, all parts together
	limits Limits
}

// eachXLSX gives the rows of the first sheet: texts as they are, days as 2006-01-02, numbers as written.
func eachXLSX(r io.ReaderAt, size int64, l Limits, f func(n int, cells []string) error) error {
	z, err := zip.NewReader(r, size)
	if err != nil || len(z.File) > mostParts {
		return ErrForm
	}
	w := &workbook{parts: map[string]*zip.File{}, dates: map[int]bool{}, left: l.Unpacked, limits: l}
	for _, f := range z.File {
		w.parts[strings.TrimPrefix(path.Clean("/"+f.Name), "/")] = f
	}
	name, err := w.firstSheet()
	if err != nil {
		return err
	}
	if err := w.each("xl/sharedStrings.xml", "si", func(d *xml.Decoder, start xml.StartElement) error {
		s, err := w.text(d, start)
		if w.shared = append(w.shared, s); len(w.shared) > mostShared {
			return ErrLarge
		}
		return err
	}); err != nil {
		return err
	}
	if err := w.styles(); err != nil {
		return err
	}
	return w.rows(name, f)
}

// each calls f at every element of a name in a part; a part that is not there has none.
func (w *workbook) each(part, element string, f func(*xml.Decoder, xml.StartElement) error) error {
	z, ok := w.parts[part]
	if !ok {
		return nil
	}
	r, err := z.Open()
	if err != nil {
		return ErrForm
	}
	defer r.Close()
	b := &bounded{r, w.left}
	defer func() { w.left = b.left }()
	d := xml.NewDecoder(b)
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, ErrLarge):
			return ErrLarge
		case err != nil:
			return ErrForm
		}
		if s, ok := t.(xml.StartElement); ok && s.Name.Local == element {
			if err := f(d, s); err != nil {
				return wrong(err)
			}
		}
	}
}

// stopped is an error of who is given the rows: it is handed back as it is.
type stopped struct{ error }

func wrong(err error) error {
	var s stopped
	switch {
	case errors.As(err, &s):
		return s
	case errors.Is(err, ErrLarge):
		return ErrLarge
	}
	return ErrForm
}

// text joins the texts of an element; how they are spoken (rPh) is not part of them.
func (w *workbook) text(d *xml.Decoder, _ xml.StartElement) (string, error) {
	var b strings.Builder
	in, spoken, depth := false, 0, 1
	for depth > 0 {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch x := t.(type) {
		case xml.StartElement:
			depth++
			in = x.Name.Local == "t"
			if x.Name.Local == "rPh" {
				spoken++
			}
		case xml.EndElement:
			depth--
			in = false
			if x.Name.Local == "rPh" {
				spoken--
			}
		case xml.CharData:
			if in && spoken == 0 {
				b.Write(x[:min(len(x), w.limits.Cell+1-b.Len())]) // one more, so that what is longer shows
			}
		}
	}
	return w.limits.cut(b.String()), nil
}

func attr(s xml.StartElement, name string) string {
	for _, a := range s.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// firstSheet follows the workbook's first sheet to its part.
func (w *workbook) firstSheet() (string, error) {
	id, target := "", ""
	if err := w.each("xl/workbook.xml", "sheet", func(_ *xml.Decoder, s xml.StartElement) error {
		for _, a := range s.Attr {
			if a.Name.Local == "id" && a.Name.Space != "" && id == "" {
				id = a.Value
			}
		}
		return nil
	}); err != nil {
		return "", err
	}
	if err := w.each("xl/workbook.xml", "workbookPr", func(_ *xml.Decoder, s xml.StartElement) error {
		w.from04 = attr(s, "date1904") == "1" || attr(s, "date1904") == "true"
		return nil
	}); err != nil {
		return "", err
	}
	if err := w.each("xl/_rels/workbook.xml.rels", "Relationship", func(_ *xml.Decoder, s xml.StartElement) error {
		if attr(s, "Id") == id {
			target = attr(s, "Target")
		}
		return nil
	}); err != nil {
		return "", err
	}
	if !strings.HasPrefix(target, "/") {
		target = "xl/" + target
	}
	name := strings.TrimPrefix(path.Clean("/"+target), "/")
	if id == "" || w.parts[name] == nil {
		return "", ErrForm
	}
	return name, nil
}

// styles finds which cell styles show dates: those of the standard's own numbers, and those whose format has a day or a year.
func (w *workbook) styles() error {
	custom := map[string]bool{}
	if err := w.each("xl/styles.xml", "numFmt", func(_ *xml.Decoder, s xml.StartElement) error {
		custom[attr(s, "numFmtId")] = strings.ContainsAny(strings.ToLower(unquoted(attr(s, "formatCode"))), "dy")
		return nil
	}); err != nil {
		return err
	}
	n := 0
	return w.each("xl/styles.xml", "cellXfs", func(d *xml.Decoder, _ xml.StartElement) error {
		for depth := 1; depth > 0; {
			t, err := d.Token()
			if err != nil {
				return err
			}
			switch x := t.(type) {
			case xml.StartElement:
				if depth++; x.Name.Local == "xf" && depth == 2 {
					id, _ := strconv.Atoi(attr(x, "numFmtId"))
					w.dates[n] = id >= 14 && id <= 17 || id == 22 || custom[attr(x, "numFmtId")]
					n++
				}
			case xml.EndElement:
				depth--
			}
		}
		return nil
	})
}

// unquoted leaves out of a format what it shows as it is, and its colours.
func unquoted(format string) string {
	var b strings.Builder
	quoted, bracket := false, false
	for _, r := range format {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '[':
			bracket = true
		case r == ']':
			bracket = false
		case !quoted && !bracket:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// rows gives each row that the sheet has, in rising order.
func (w *workbook) rows(name string, f func(n int, cells []string) error) error {
	last := 0
	return w.each(name, "row", func(d *xml.Decoder, s xml.StartElement) error {
		at := last + 1
		if n, err := strconv.Atoi(attr(s, "r")); err == nil {
			at = n
		}
		switch {
		case at <= last:
			return ErrForm
		case at > w.limits.Rows:
			return ErrLarge
		}
		last = at
		var cells []string
		if err := w.row(d, &cells); err != nil {
			return err
		}
		if err := f(at, cells); err != nil {
			return stopped{err}
		}
		return nil
	})
}

func (w *workbook) row(d *xml.Decoder, row *[]string) error {
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch x := t.(type) {
		case xml.EndElement:
			if x.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if x.Name.Local != "c" {
				continue
			}
			at, ok := column(attr(x, "r"), w.limits.Cells)
			if !ok {
				at = len(*row)
			}
			if at >= w.limits.Cells {
				return ErrLarge
			}
			v, err := w.cell(d, x)
			if err != nil {
				return err
			}
			for len(*row) <= at {
				*row = append(*row, "")
			}
			(*row)[at] = v
		}
	}
}

// column reads the letters of a cell's place: "AB12" is 27.
func column(place string, most int) (int, bool) {
	n := 0
	for i, r := range place {
		if r < 'A' || r > 'Z' {
			return n - 1, i > 0
		}
		if n = n*26 + int(r-'A') + 1; n > most {
			return n, true
		}
	}
	return 0, false
}

func (w *workbook) cell(d *xml.Decoder, s xml.StartElement) (string, error) {
	value, inline := "", ""
	for {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch x := t.(type) {
		case xml.EndElement:
			if x.Name.Local == "c" {
				return w.value(attr(s, "t"), attr(s, "s"), value, inline), nil
			}
		case xml.StartElement:
			switch x.Name.Local {
			case "v":
				if err := d.DecodeElement(&value, &x); err != nil {
					return "", err
				}
			case "is":
				if inline, err = w.text(d, x); err != nil {
					return "", err
				}
			}
		}
	}
}

func (w *workbook) value(typ, style, v, inline string) string {
	switch typ {
	case "s":
		if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < len(w.shared) {
			return strings.TrimSpace(w.shared[n])
		}
		return ""
	case "inlineStr":
		return strings.TrimSpace(inline)
	case "e": // an error of a formula is no value
		return ""
	}
	v = strings.TrimSpace(v)
	v = w.limits.cut(v)
	n, _ := strconv.Atoi(style)
	days, err := strconv.ParseFloat(v, 64)
	if typ == "" || typ == "n" {
		if err == nil && style != "" && w.dates[n] && days >= 1 && days < 2_958_466 {
			return w.day(days)
		}
	}
	return v
}

// day gives the day of a number of days. What the format holds for 29 February 1900 is not a day; nobody plans before 1901.
func (w *workbook) day(days float64) string {
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if w.from04 {
		from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return from.AddDate(0, 0, int(math.Floor(days))).Format(time.DateOnly)
}
