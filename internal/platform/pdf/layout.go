// SPDX-License-Identifier: EUPL-1.2

package pdf

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// A4 in points, and where text stands on it.
const (
	pageWidth, pageHeight = 595.28, 841.89
	left, right           = 62.0, 62.0
	top, bottom           = 68.0, 64.0
	bodyWidth             = pageWidth - left - right
	floor                 = pageHeight - bottom
)

// face is how letters are set. lead is from one line to the next.
type face struct {
	size, lead float64
	bold       bool
}

var (
	body  = face{size: 10, lead: 14.5}
	small = face{size: 8.5, lead: 12}
	cells = face{size: 8.5, lead: 11.8}
)

// headingFace is the face of a heading by level, and the room above it.
func headingFace(level int) (f face, above float64) {
	switch level {
	case 1:
		return face{20, 26, true}, 0
	case 2:
		return face{14, 19, true}, 16
	case 3:
		return face{11.5, 16, true}, 11
	}
	return face{10, 14.5, true}, 8
}

// writer lays a document out.
type writer struct {
	d       *Doc
	f       *fpdf.Fpdf
	has     covers
	y       float64 // of the next line's top
	root    *element
	marks   map[int][]*element // by page: whose piece each mark is
	marked  bool
	element *element
	links   []link
	anchors map[string]target
	outline []bookmark
	images  int
	shared  map[string][]float64 // widths of columns, by their heads
}

// Bytes lays the document out and gives the file.
func (d *Doc) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	clear(d.missing)
	f := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "pt", SizeStr: "A4"})
	f.SetAutoPageBreak(false, 0)
	f.SetCatalogSort(true)
	f.SetCreationDate(d.info.Date.UTC())
	f.SetModificationDate(d.info.Date.UTC())
	f.SetProducer("Entraide", true)
	f.SetTitle(d.info.Title, true)
	f.SetAuthor(d.info.Author, true)
	f.SetSubject(d.info.Subject, true)
	addFonts(f)
	w := &writer{d: d, f: f, has: coverage(regular()), root: &element{tag: "Document", attrs: langAttr(d.info.Language)}, marks: map[int][]*element{}, anchors: map[string]target{}, shared: map[string][]float64{}}
	w.newPage()
	for i, b := range d.blocks {
		w.block(b, i)
	}
	w.unmark()
	w.furniture()
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return w.finish(out.Bytes())
}

func (w *writer) newPage() {
	w.unmark()
	w.f.AddPage()
	w.y = top
}

// room goes to a new page when less than that is left of this one.
func (w *writer) room(height float64) bool {
	if w.y+height <= floor {
		return false
	}
	w.newPage()
	return true
}

func (w *writer) block(b block, i int) {
	switch b.tag {
	case "H":
		w.heading(b, i)
	case "P":
		f := body
		if b.small {
			f = small
		}
		if b.notice {
			w.notice(b)
			return
		}
		w.here(b.anchor)
		w.lines(w.root.add("P", ""), w.broken(b.items[0], f, bodyWidth), f, left)
		w.y += f.lead * 0.45
	case "L":
		w.list(b)
	case "Table":
		w.table(b)
	case "Figure":
		w.figure(b)
	}
}

// notice draws a paragraph on a ground of its own, with a bar before it, line by line over as many pages as it takes.
func (w *writer) notice(b block) {
	const pad = 10
	e, inside := w.root.add("P", ""), map[int]*element{}
	w.y += 4
	w.room(2 * body.lead)
	w.here(b.anchor)
	for _, line := range w.broken(b.items[0], body, bodyWidth-2*pad) {
		w.room(body.lead)
		w.mark(nil)
		w.f.SetFillColor(253, 236, 234)
		w.f.Rect(left, w.y, bodyWidth, body.lead+0.3, "F")
		w.f.SetFillColor(176, 32, 32)
		w.f.Rect(left, w.y, 2.5, body.lead+0.3, "F")
		w.line(e, inside, line, body, left+pad)
		w.y += body.lead
	}
	w.y += 8
}

// here lets an anchor lead to where the next block begins.
func (w *writer) here(anchor string) {
	if anchor != "" {
		w.anchors[anchor] = target{w.f.PageNo(), w.y}
	}
}

// heading keeps with the beginning of what follows: it never stands alone at the end of a page.
func (w *writer) heading(b block, i int) {
	f, gap := headingFace(b.level)
	ls := w.broken(b.items[0], f, bodyWidth)
	if !w.room(w.opening(i)) && i > 0 {
		w.y += gap
	}
	if b.level == 1 && i == 0 {
		w.band()
	}
	w.here(b.anchor)
	w.outline = append(w.outline, bookmark{b.level, plain(b.items[0]), target{w.f.PageNo(), w.y}})
	w.lines(w.root.add(fmt.Sprintf("H%d", b.level), ""), ls, f, left)
	w.y += f.lead * 0.25
}

// band is the stroke of colour above a document's title.
func (w *writer) band() {
	w.mark(nil)
	w.f.SetFillColor(blue[0], blue[1], blue[2])
	w.f.Rect(left, w.y-14, 48, 3, "F")
	w.unmark()
}

// opening is the height of what must stand together at the beginning of a block: a heading with the opening of what
// follows it, the first lines of a text, a table's head with its first row.
func (w *writer) opening(i int) float64 {
	if i >= len(w.d.blocks) {
		return 0
	}
	switch b := w.d.blocks[i]; b.tag {
	case "H":
		f, gap := headingFace(b.level)
		return gap + f.lead*(float64(len(w.broken(b.items[0], f, bodyWidth)))+0.25) + w.opening(i+1)
	case "Table":
		return w.begin(b.table).height()
	case "Figure":
		return 140
	}
	return 3 * body.lead
}

func plain(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return strings.Join(strings.Fields(clean(b.String())), " ")
}

func (w *writer) list(b block) {
	l := w.root.add("L", "/A <</O /List /ListNumbering /Disc>>")
	w.here(b.anchor)
	for _, spans := range b.items {
		ls := w.broken(spans, body, bodyWidth-14)
		li := l.add("LI", "")
		w.room(body.lead * float64(together(0, len(ls))))
		w.mark(li.add("Lbl", ""))
		w.draw("• ", body, false, left+3, ink)
		w.lines(li.add("LBody", ""), ls, body, left+14)
		w.y += 2.5
	}
	w.y += 4
}

// figureShare is how much of a page's height a figure takes at most: what is said of it should stand beside it.
const figureShare = .32

func (w *writer) figure(b block) {
	w.images++
	name := fmt.Sprintf("figure%d", w.images)
	o := fpdf.ImageOptions{ImageType: "PNG"}
	info := w.f.RegisterImageOptionsReader(name, o, bytes.NewReader(b.image))
	if info == nil || w.f.Err() {
		return // Output gives the error
	}
	wide, high := info.Extent()
	k := min(1, bodyWidth/wide, (floor-top)*figureShare/high)
	wide, high = wide*k, high*k
	w.room(high)
	w.here(b.anchor)
	x := left + (bodyWidth-wide)/2
	e := w.root.add("Figure", fmt.Sprintf("/Alt %s /A <</O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]>>", textString(clean(b.alt)), x, pageHeight-w.y-high, x+wide, pageHeight-w.y))
	w.mark(e)
	w.f.ImageOptions(name, x, w.y, wide, high, false, o, 0, "")
	w.unmark()
	w.y += high + 8
}

// furniture draws running heads and page numbers, when the number of pages is known.
func (w *writer) furniture() {
	total := w.f.PageCount()
	head := w.d.info.Head
	if head == "" {
		head = w.d.info.Title
	}
	number := w.d.info.Page
	if number == nil {
		number = func(n, of int) string { return fmt.Sprintf("%d / %d", n, of) }
	}
	for n := 1; n <= total; n++ {
		w.f.SetPage(n)
		w.mark(nil)
		w.f.SetFont(family, "B", 1) // a page remembers no font of another: have it written again
		if n > 1 {
			w.y = 36
			w.draw(w.shape(head), small, false, left, pale)
		}
		w.y = pageHeight - 44
		text := w.shape(number(n, total))
		w.draw(text, small, false, pageWidth-right-w.width(text, small, false), pale)
		w.unmark()
	}
}

type shade [3]int

var (
	ink  = shade{28, 32, 38}
	pale = shade{98, 104, 112}
	blue = shade{22, 78, 150}
)

func (w *writer) set(f face, strong bool) {
	style := ""
	if f.bold || strong {
		style = "B"
	}
	w.f.SetFont(family, style, f.size)
}

func (w *writer) width(s string, f face, strong bool) float64 {
	w.set(f, strong)
	return w.f.GetStringWidth(s)
}

// draw puts text on the line whose top is at y.
func (w *writer) draw(s string, f face, strong bool, x float64, c shade) {
	w.set(f, strong)
	w.f.SetTextColor(c[0], c[1], c[2])
	w.f.Text(x, math.Round((w.y+(f.lead+f.size*0.72)/2)*100)/100, s)
}
