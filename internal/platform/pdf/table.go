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
	t := b.table
	s := sheet{w: w, t: t, widths: w.columns(t)}
	e := w.root.add("Table", "")
	caption := w.broken([]Span{Strong(t.Caption)}, cells, bodyWidth)
	head := s.row(headCells(t))
	first := s.row(t.Rows[0])
	w.room(cells.lead*float64(len(caption)) + 3 + head.height + min(first.height, 120))
	w.here(b.anchor)
	if t.Caption != "" {
		w.lines(e.add("Caption", ""), caption, cells, left)
		w.y += 3
	}
	s.head(e.add("THead", ""), head)
	s.body = e.add("TBody", "")
	for i, r := range t.Rows {
		name := ""
		if i < len(t.Anchors) {
			name = t.Anchors[i]
		}
		s.draw(s.row(r), head, name)
	}
	w.unmark()
	w.y += 12
}

func headCells(t Table) []Cell {
	var out []Cell
	for _, c := range t.Columns {
		out = append(out, Cell{Strong(c.Text)})
	}
	return out
}

// columns shares the width out: every column gets its longest word, and what is left goes to those that want more.
func (w *writer) columns(t Table) []float64 {
	n := len(t.Columns)
	least, want := make([]float64, n), make([]float64, n)
	for _, r := range append([][]Cell{headCells(t)}, t.Rows...) {
		for i, c := range r {
			for _, s := range c {
				for _, line := range strings.Split(w.shape(s.Text), "\n") {
					want[i] = max(want[i], w.width(line, cells, s.Bold)+2*padX+1)
					for _, word := range strings.Fields(line) {
						least[i] = max(least[i], w.width(word, cells, s.Bold)+2*padX+1)
					}
				}
			}
		}
	}
	sum, more := 0.0, 0.0
	for i := range n {
		least[i] = min(max(least[i], minColumn), bodyWidth/float64(n)*1.5)
		want[i] = max(least[i], min(want[i], bodyWidth*0.6))
		sum += least[i]
		more += want[i] - least[i]
	}
	out := make([]float64, n)
	for i := range n {
		switch spare := bodyWidth - sum; {
		case spare < 0:
			out[i] = least[i] * bodyWidth / sum
		case more > 0:
			out[i] = least[i] + spare*(want[i]-least[i])/more
		default:
			out[i] = least[i] + spare/float64(n)
		}
	}
	return out
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
