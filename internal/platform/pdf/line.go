// SPDX-License-Identifier: EUPL-1.2

package pdf

import (
	"strings"
	"unicode/utf8"
)

// piece is a stretch of one line that belongs to one span.
type piece struct {
	span  int // index in the block's spans
	of    Span
	text  string
	width float64
}

// shape gives text as it can be drawn, and notes what the fonts have no shape for.
func (w *writer) shape(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || w.has.has(r) {
			return r
		}
		w.d.missing[r] = true
		return replacement
	}, clean(s))
}

// broken breaks spans into lines. A word longer than a line is cut where it must be.
func (w *writer) broken(spans []Span, f face, width float64) [][]piece {
	b := breaker{w: w, f: f, width: width, lines: [][]piece{nil}}
	for i, s := range spans {
		b.span, b.of = i, s
		for n, line := range strings.Split(w.shape(s.Text), "\n") {
			if n > 0 {
				b.next()
			}
			b.text(line)
		}
	}
	return b.lines
}

type breaker struct {
	w     *writer
	f     face
	width float64
	lines [][]piece
	x     float64
	span  int
	of    Span
	blank bool // a blank stands before the next word
}

func (b *breaker) next() { b.lines, b.x, b.blank = append(b.lines, nil), 0, false }

func (b *breaker) text(s string) {
	for s != "" {
		word, rest, found := strings.Cut(s, " ")
		if word != "" {
			b.word(word)
		}
		b.blank = b.blank || found
		s = rest
	}
}

// word sets a word on this line, or on the next when it does not fit. The blank before it stays at the end of a line: it
// is not seen, and words do not run together for who reads the text out.
func (b *breaker) word(s string) {
	before := ""
	if b.blank && b.x > 0 {
		before = " "
	}
	b.blank = false
	full := b.x > 0 && b.x+b.wide(before+s) > b.width
	b.append(before)
	switch {
	case full && before != "":
		b.next()
	case full:
		b.carry()
	}
	for b.x+b.wide(s) > b.width && utf8.RuneCountInString(s) > 1 {
		n := b.fits(s)
		b.put(s[:n])
		s = s[n:]
		b.next()
	}
	b.put(s)
}

// carry takes what stands behind the line's last blank to the next line: what comes now belongs to it, as a comma to the
// link before it. A line without a blank stays, and the word is cut.
func (b *breaker) carry() {
	line := b.lines[len(b.lines)-1]
	for i := len(line) - 1; i >= 0; i-- {
		at := strings.LastIndexByte(line[i].text, ' ') + 1
		if at == 0 {
			continue
		}
		var taken []piece
		if p := line[i]; at < len(p.text) {
			taken = append(taken, b.cut(p, p.text[at:]))
			line[i] = b.cut(p, p.text[:at])
		}
		taken = append(taken, line[i+1:]...)
		b.lines[len(b.lines)-1] = line[:i+1]
		b.lines = append(b.lines, taken)
		b.x = lineWidth(taken)
		return
	}
}

// cut is a piece with some of its text.
func (b *breaker) cut(p piece, text string) piece {
	return piece{p.span, p.of, text, b.w.width(text, b.f, p.of.Bold)}
}

// append sets a blank behind the last piece of the line, whose span it belongs to: a link begins at its first letter.
func (b *breaker) append(blank string) {
	line := b.lines[len(b.lines)-1]
	if blank == "" || len(line) == 0 {
		return
	}
	p := &line[len(line)-1]
	wide := b.w.width(blank, b.f, p.of.Bold)
	p.text += blank
	p.width += wide
	b.x += wide
}

// fits is how many bytes of a long word fit on the line: one letter at least.
func (b *breaker) fits(s string) int {
	last := 0
	for i, r := range s {
		end := i + utf8.RuneLen(r)
		if last > 0 && b.x+b.wide(s[:end]) > b.width {
			break
		}
		last = end
	}
	return last
}

func (b *breaker) wide(s string) float64 { return b.w.width(s, b.f, b.of.Bold) }

func (b *breaker) put(s string) {
	line := &b.lines[len(b.lines)-1]
	if n := len(*line); n > 0 && (*line)[n-1].span == b.span {
		(*line)[n-1].text += s
		(*line)[n-1].width = b.wide((*line)[n-1].text)
	} else {
		*line = append(*line, piece{b.span, b.of, s, b.wide(s)})
	}
	b.x = lineWidth(*line)
}

// lines draws lines one below the other as an element's content, over as many pages as it takes.
func (w *writer) lines(e *element, lines [][]piece, f face, x float64) {
	inside := map[int]*element{}
	for i, line := range lines {
		w.room(f.lead * float64(together(i, len(lines))))
		w.line(e, inside, line, f, x)
		w.y += f.lead
	}
}

// together is how many lines of n, from line i on, stay on one page: no text leaves its first line alone at the end of a
// page, nor its last at the beginning of the next.
func together(i, n int) int {
	switch {
	case n == 3 && i == 0:
		return 3
	case n > 1 && (i == 0 || i == n-2):
		return 2
	}
	return 1
}

// line draws one line. inside keeps what each span is in the structure, over the lines that it runs through.
func (w *writer) line(e *element, inside map[int]*element, line []piece, f face, x float64) {
	for _, p := range line {
		at, c := e, ink
		switch {
		case p.of.Href != "":
			if inside[p.span] == nil {
				inside[p.span] = e.add("Link", langAttr(p.of.Lang))
			}
			at, c = inside[p.span], blue
		case p.of.Lang != "" && p.of.Lang != w.d.info.Language:
			if inside[p.span] == nil {
				inside[p.span] = e.add("Span", langAttr(p.of.Lang))
			}
			at = inside[p.span]
		}
		w.mark(at)
		w.draw(p.text, f, p.of.Bold, x, c)
		if p.of.Href != "" {
			w.leads(at, p, f, x)
		}
		x += p.width
	}
}

// leads makes a piece an active rectangle, with a line below it: colour alone says nothing to some.
func (w *writer) leads(e *element, p piece, f face, x float64) {
	wide := w.width(strings.TrimRight(p.text, " "), f, p.of.Bold)
	base := w.y + (f.lead+f.size*0.72)/2
	w.f.SetDrawColor(blue[0], blue[1], blue[2])
	w.f.SetLineWidth(0.4)
	w.f.Line(x, base+1.4, x+wide, base+1.4)
	w.links = append(w.links, link{w.f.PageNo(), x, pageHeight - w.y - f.lead, x + wide, pageHeight - w.y, p.of.Href, plain([]Span{p.of}), e})
	e.kids = append(e.kids, kid{link: len(w.links)})
}
