// SPDX-License-Identifier: EUPL-1.2

package pdf

import (
	"math"
	"strings"
)

const (
	padX, padY = 4.0, 3.2
	minColumn  = 30.0
)

// sheet is a table being drawn.
type sheet struct {
	w      *writer
	t      Table
	widths []float64
	body   *element
}

func (w *writer) table(b block) {
	e := w.root.add("Table", "")
	start := w.begin(b.table)
	s := &start.sheet
	w.room(start.height())
	w.here(b.anchor)
	if s.t.Caption != "" {
		w.lines(e.add("Caption", ""), start.caption, cells, left)
		w.y += 3
	}
	s.head(e.add("THead", ""), start.head)
	s.body = e.add("TBody", "")
	for i, r := range s.t.Rows {
		name := ""
		if i < len(s.t.Anchors) {
			name = s.t.Anchors[i]
		}
		drawn := s.row(r)
		if last := len(s.t.Rows) - 1; i > 0 && i == last-1 {
			s.keep(drawn, s.row(s.t.Rows[last]), start.head)
		}
		s.draw(drawn, start.head, name)
	}
	w.unmark()
	w.y += 12
}

// start is what a table begins with, measured.
type start struct {
	sheet   sheet
	caption [][]piece
	head    set
	first   set
}

func (w *writer) begin(t Table) start {
	s := start{sheet: sheet{w: w, t: t, widths: w.columns(t)}, caption: w.broken([]Span{Strong(t.Caption)}, cells, bodyWidth)}
	s.head, s.first = s.sheet.row(headCells(t)), s.sheet.row(t.Rows[0])
	return s
}

// height is that of the caption, the head and the first row, which stand together.
func (s start) height() float64 {
	return cells.lead*float64(len(s.caption)) + 3 + s.head.height + min(s.first.height, 120)
}

// keep takes the last row but one to the next page with the last: no row stands there alone.
func (s *sheet) keep(r, last, head set) {
	both := r.height + last.height
	if both < (floor-top)/3 && s.w.y+both > floor && s.w.y+r.height <= floor {
		s.w.newPage()
		s.head(nil, head)
	}
}

func headCells(t Table) []Cell {
	var out []Cell
	for _, c := range t.Columns {
		out = append(out, Cell{Strong(c.Text)})
	}
	return out
}

// columns are the widths of a table's columns. Tables of a document that have the same heads have the same widths, so that
// the eye finds a column again.
func (w *writer) columns(t Table) []float64 {
	heads := headsOf(t)
	if w.shared[heads] == nil {
		var rows [][]Cell
		for _, b := range w.d.blocks {
			if b.tag == "Table" && headsOf(b.table) == heads {
				rows = append(rows, b.table.Rows...)
			}
		}
		w.shared[heads] = w.share(headCells(t), rows)
	}
	return w.shared[heads]
}

func headsOf(t Table) string {
	var b strings.Builder
	for _, c := range t.Columns {
		b.WriteString(c.Text + "\x00")
	}
	return b.String()
}

// narrow is the width up to which a column is never broken, where there is room: a date and three short words stay on a line.
const narrow = 100.0

// share shares the width out. Every column gets its longest word, a narrow one its longest line; what is left goes, a little
// at a time, to the column that makes the table shorter by it.
func (w *writer) share(head []Cell, rows [][]Cell) []float64 {
	n := len(head)
	least, most, sum := make([]float64, n), make([]float64, n), 0.0
	var long [][]float64
	for _, r := range append([][]Cell{head}, rows...) {
		of := make([]float64, n)
		for i, c := range r {
			line, word := w.extent(c)
			of[i] = line
			least[i], most[i] = max(least[i], word), max(most[i], line)
		}
		if len(long) < maxWeighed {
			long = append(long, of)
		}
	}
	for i := range n {
		least[i] = min(max(least[i], minColumn), bodyWidth/float64(n)*1.5)
		most[i] = max(least[i], most[i])
		sum += least[i]
	}
	for range n { // those that need least first: a date before a name
		best := -1
		for i := range n {
			if more := most[i] - least[i]; more > 0 && most[i] <= narrow && sum+more <= bodyWidth*0.8 && (best < 0 || more < most[best]-least[best]) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		sum += most[best] - least[best]
		least[best] = most[best]
	}
	return filled(least, most, long, sum)
}

// maxWeighed is how many rows are weighed against one another; a longer table is like its beginning.
const maxWeighed = 400

// extent is how wide a cell's longest line would be, and its longest word.
func (w *writer) extent(c Cell) (long, word float64) {
	const pads = 2*padX + 1
	line := pads
	for _, s := range c {
		for k, part := range strings.Split(w.shape(s.Text), "\n") {
			if k > 0 {
				line = pads
			}
			line += w.width(part, cells, s.Bold)
			long = max(long, line)
			for _, one := range strings.Fields(part) {
				word = max(word, w.width(one, cells, s.Bold)+pads)
			}
		}
	}
	return long, word
}

// filled widens the columns from least until they fill the page together, none beyond most while another can use it. long are
// the widths that the cells of each row would take on one line.
func filled(least, most []float64, long [][]float64, sum float64) []float64 {
	if sum >= bodyWidth {
		for i := range least {
			least[i] *= bodyWidth / sum
		}
		return least
	}
	const step = 6.0
	for ; bodyWidth-sum > step; sum += step {
		best, lowest := -1, 0.0
		for i := range least {
			if least[i] >= most[i] {
				continue
			}
			least[i] += step
			if h := tall(least, long); best < 0 || h < lowest {
				best, lowest = i, h
			}
			least[i] -= step
		}
		if best < 0 { // every column has its longest line: what is left is air
			break
		}
		least[best] += step
	}
	for i := range least {
		least[i] += (bodyWidth - sum) / float64(len(least))
	}
	return least
}

// tall is about how many lines a table takes with these widths: each row as many as its longest cell, the others weighing a little.
func tall(widths []float64, long [][]float64) (lines float64) {
	const pads = 2 * padX
	for _, r := range long {
		longest := 1.0
		for i, wide := range r {
			n := max(1, (wide-pads)/(widths[i]-pads))
			longest = max(longest, n)
			lines += n / 20
		}
		lines += longest
	}
	return lines
}

// set is a row broken into lines.
type set struct {
	cells  [][][]piece
	lines  int
	height float64
}

func (s *sheet) row(r []Cell) set {
	var out set
	for i, c := range r {
		ls := s.w.broken(c, cells, s.widths[i]-2*padX)
		out.cells = append(out.cells, ls)
		out.lines = max(out.lines, len(ls))
	}
	out.height = float64(out.lines)*cells.lead + 2*padY
	return out
}

// head draws the heads: read out once, drawn again as an artifact on every further page.
func (s *sheet) head(e *element, r set) {
	var cells []*element
	if e != nil {
		tr := e.add("TR", "")
		for range r.cells {
			cells = append(cells, tr.add("TH", "/A <</O /Table /Scope /Column>>"))
		}
	}
	s.w.mark(nil)
	s.w.f.SetFillColor(238, 241, 245)
	s.w.f.Rect(left, s.w.y, bodyWidth, r.height, "F")
	s.slice(cells, nil, r, 0, r.lines)
}

// draw puts a row on this page or the next, and cuts a row that no page can hold.
func (s *sheet) draw(r, head set, name string) {
	tr := s.body.add("TR", "")
	var es []*element
	inside := make([]map[int]*element, len(r.cells))
	for i := range r.cells {
		if i == 0 {
			es = append(es, tr.add("TH", "/A <</O /Table /Scope /Row>>"))
		} else {
			es = append(es, tr.add("TD", ""))
		}
		inside[i] = map[int]*element{}
	}
	for from := 0; from < r.lines; {
		fits := int(math.Floor((floor - s.w.y - 2*padY) / cells.lead))
		whole := r.height <= floor-top-head.height
		if fits < 1 || whole && fits < r.lines-from {
			s.w.newPage()
			s.head(nil, head)
			continue
		}
		to := min(r.lines, from+fits)
		if from == 0 {
			s.w.here(name)
		}
		s.slice(es, inside, r, from, to)
		from = to
	}
}

// slice draws some lines of a row, with a rule below.
func (s *sheet) slice(es []*element, inside []map[int]*element, r set, from, to int) {
	w, y := s.w, s.w.y
	x := left
	for i, c := range r.cells {
		var e *element
		in := map[int]*element{}
		if es != nil {
			e = es[i]
		}
		if inside != nil {
			in = inside[i]
		}
		for n := from; n < min(to, len(c)); n++ {
			w.y = y + padY + float64(n-from)*cells.lead
			at := x + padX
			if s.t.Columns[i].Num {
				at = x + s.widths[i] - padX - lineWidth(c[n])
			}
			if e == nil {
				w.bare(c[n], at)
			} else {
				w.line(e, in, c[n], cells, at)
			}
		}
		x += s.widths[i]
	}
	w.y = y + float64(to-from)*cells.lead + 2*padY
	w.mark(nil)
	w.f.SetDrawColor(196, 202, 210)
	w.f.SetLineWidth(0.5)
	w.f.Line(left, w.y, left+bodyWidth, w.y)
}

// bare draws a line that is not read out.
func (w *writer) bare(line []piece, x float64) {
	w.mark(nil)
	for _, p := range line {
		w.draw(p.text, cells, p.of.Bold, x, ink)
		x += p.width
	}
}

func lineWidth(line []piece) (sum float64) {
	for _, p := range line {
		sum += p.width
	}
	return sum
}
