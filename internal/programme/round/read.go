// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/programme/sheet"
)

// Limits of what is brought in at once.
const (
	MaxFile     = 4 << 20
	mostItems   = 500
	mostDropped = 200
)

// Item is a numbered question of a questionnaire, or a numbered paragraph of a report.
type Item struct {
	Number, Section, Text string
	Line                  int // in what was read
}

// Dropped is what was read and is in no item, with the key that says why.
type Dropped struct {
	Line int
	Why  string
	Text string // its beginning
}

// Paper is a questionnaire or a report as it was read: nothing of it is kept yet.
type Paper struct {
	Items   []Item
	Dropped []Dropped
}

var (
	numbered = regexp.MustCompile(`^(?:\*\*|__)?\s*(?:(?i:question|paragraphe|paragraph|para|§|q)\s*\.?\s*)?([0-9]{1,3}(?:[.-][0-9]{1,3}){0,3}[a-z]?)\s*(?:\*\*|__)?\s*\\?[.):–—](?:[*_]*\s+(.*)|([^0-9\s].*)|)$`)
	partial  = regexp.MustCompile(`^([0-9]{1,3}(?:\.[0-9]{1,3}){1,3}[a-z]?)\s+(.*)$`) // "1.2 Text"
	heading  = regexp.MustCompile(`^#{1,6}\s+(.*)$`)
	bold     = regexp.MustCompile(`^(?:\*\*|__)(.+?)(?:\*\*|__)\s*:?$`)
	roman    = regexp.MustCompile(`^[IVXLC]{1,6}\s*[.):–—-]\s+\S`)
	rule     = regexp.MustCompile(`^[-*_=|:\s]{3,}$`)
)

// ReadText reads what somebody pastes: numbered questions under headings, as a body writes them or as Markdown has them. A
// line that begins with a number begins a question; what follows belongs to it until the next; a heading begins a section.
// What stands before the first question, and a number that is there twice in one section, is dropped, and told.
func ReadText(src string) Paper {
	p := reading{used: map[string]int{}}
	src = strings.ToValidUTF8(strings.TrimPrefix(src, "\ufeff"), "")
	n := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(src, "\r\n", "\n"), "\n") {
		n++
		p.line(n, line)
	}
	return p.end()
}

// reading is a paper in the making.
type reading struct {
	Paper
	section  string
	sections int
	now      *Item
	gap      bool // an empty line was read inside the item
	used     map[string]int
}

func (p *reading) line(n int, line string) {
	indented := strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t")
	line = strings.TrimSpace(strings.Map(printable, line))
	switch {
	case line == "":
		p.gap = true
		return
	case indented && p.now != nil:
		p.more(line)
		return
	case strings.HasPrefix(line, "|"):
		p.row(n, line)
		return
	case rule.MatchString(line):
		return
	}
	if s, ok := sectionOf(line); ok {
		p.close()
		p.begin(s)
		return
	}
	if number, text, ok := numberOf(line); ok {
		p.close()
		p.now = &Item{Number: number, Section: p.section, Text: text, Line: n}
		p.gap = false
		return
	}
	if p.now == nil {
		p.drop(n, "round.read.before", line)
		return
	}
	p.more(line)
}

// printable leaves out what no text has: control characters, and marks of order.
func printable(r rune) rune {
	if r != '\t' && (unicode.IsControl(r) || r == '\ufeff' || r == utf8.RuneError) {
		return -1
	}
	return r
}

// sectionOf says whether a line heads a section: it is marked as a heading, all bold, all capitals, or numbered in Roman.
func sectionOf(line string) (string, bool) {
	if m := heading.FindStringSubmatch(line); m != nil {
		return plainly(m[1]), plainly(m[1]) != ""
	}
	if _, _, is := numberOf(line); is {
		return "", false
	}
	if m := bold.FindStringSubmatch(line); m != nil {
		return plainly(m[1]), plainly(m[1]) != ""
	}
	letters := strings.IndexFunc(line, unicode.IsLetter) >= 0 && len([]rune(line)) > 3
	if letters && len(line) <= maxLine && (strings.ToUpper(line) == line && strings.ToLower(line) != line || roman.MatchString(line)) {
		return plainly(line), true
	}
	return "", false
}

// plainly takes the marks of emphasis and heading off a line.
func plainly(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r == '#' || mark(r) })
}

// mark says whether a letter is blank or a mark of emphasis.
func mark(r rune) bool { return unicode.IsSpace(r) || r == '*' || r == '_' }

func numberOf(line string) (number, text string, ok bool) {
	m := partial.FindStringSubmatch(line)
	if m == nil {
		m = numbered.FindStringSubmatch(line)
	}
	if m == nil {
		return "", "", false
	}
	return strings.ToLower(m[1]), strings.TrimSpace(strings.TrimLeftFunc(strings.Join(m[2:], ""), mark)), true
}

func (p *reading) begin(section string) {
	if section != p.section {
		p.section = section
		p.sections++
	}
}

// more adds a line to the item that is being read; an empty line before it parts paragraphs.
func (p *reading) more(line string) {
	sep := "\n"
	if p.gap && p.now.Text != "" {
		sep = "\n\n"
	}
	if p.now.Text == "" {
		sep, line = "", strings.TrimLeftFunc(line, mark)
	}
	p.now.Text, p.gap = p.now.Text+sep+line, false
}

// row reads a line of a table: its first cell that is a number, and its longest as the text.
func (p *reading) row(n int, line string) {
	p.close()
	if rule.MatchString(line) {
		return
	}
	number, text := "", ""
	for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
		cell = strings.TrimSpace(cell)
		if x := strings.ToLower(strings.TrimRight(cell, ".):")); number == "" && numberForm.MatchString(x) {
			number = x
		} else if len(cell) > len(text) {
			text = cell
		}
	}
	if number == "" || text == "" {
		p.drop(n, "round.read.row", line)
		return
	}
	p.add(Item{number, p.section, plainly(text), n})
}

func (p *reading) close() {
	if p.now != nil {
		p.add(*p.now)
	}
	p.now, p.gap = nil, false
}

// add keeps an item. Where each section counts from 1 again, its number is told apart by the section's.
func (p *reading) add(x Item) {
	x.Text, x.Section = strings.TrimSpace(x.Text), strings.TrimSpace(x.Section)
	for len(x.Section) > maxLine {
		x.Section = strings.TrimSpace(strings.ToValidUTF8(x.Section[:maxLine], ""))
	}
	if in, twice := p.used[x.Number]; twice && in != p.sections && p.sections > 0 {
		x.Number = strconv.Itoa(p.sections) + "-" + x.Number
	}
	_, twice := p.used[x.Number]
	switch {
	case x.Text == "":
		p.drop(x.Line, "round.read.empty", x.Number)
	case !numberForm.MatchString(x.Number):
		p.drop(x.Line, "round.read.number", x.Number+" "+x.Text)
	case twice:
		p.drop(x.Line, "round.read.twice", x.Number+" "+x.Text)
	case len(x.Text) > maxText:
		p.drop(x.Line, "round.read.long", x.Number+" "+x.Text)
	case len(p.Items) >= mostItems:
		p.drop(x.Line, "round.read.many", x.Number+" "+x.Text)
	default:
		p.used[x.Number] = p.sections
		p.Items = append(p.Items, x)
	}
}

func (p *reading) drop(line int, why, text string) {
	if rs := []rune(text); len(rs) > 80 {
		text = string(rs[:80]) + "…"
	}
	if len(p.Dropped) < mostDropped {
		p.Dropped = append(p.Dropped, Dropped{line, why, text})
	}
}

func (p *reading) end() Paper {
	p.close()
	return p.Paper
}

// heads are the words of a table's head for each of its columns.
var heads = map[string][]string{
	"number":  {"number", "n°", "no", "nr", "numero", "numéro", "question n°", "paragraph", "paragraphe", "ref", "id"},
	"section": {"section", "chapter", "chapitre", "part", "partie", "theme", "thème", "heading", "titre", "article"},
	"text":    {"text", "texte", "question", "questions", "wording", "libellé", "libelle", "recommendation", "recommandation"},
}

// ReadFile reads a file: a table in CSV or XLSX, else text. The error is an Invalid fault; what cannot be read of a table that
// can is dropped, and told.
func ReadFile(src []byte) (Paper, error) {
	if !isTable(src) {
		return ReadText(string(src)), nil
	}
	t, err := sheet.Read(src)
	if err != nil {
		return Paper{}, err
	}
	p := reading{used: map[string]int{}}
	at := columnsOf(t)
	cell := func(row []string, name string) string {
		if i, ok := at[name]; ok && i < len(row) {
			return strings.TrimSpace(strings.Map(printable, strings.ReplaceAll(row[i], "\n", "\t")))
		}
		return ""
	}
	for _, r := range t.Rows {
		if s := plainly(cell(r.Cells, "section")); s != "" {
			p.begin(s)
		}
		number := strings.ToLower(strings.TrimRight(cell(r.Cells, "number"), ".):"))
		text := strings.ReplaceAll(cell(r.Cells, "text"), "\t", "\n")
		switch {
		case number == "" && text != "" && len(text) <= maxLine && at["section"] == 0 && !hasSection(at): // a line of its own heads a section
			p.begin(plainly(text))
		case number == "":
			p.drop(r.N, "round.read.row", strings.Join(r.Cells, " "))
		default:
			p.add(Item{number, p.section, text, r.N})
		}
	}
	return p.end(), nil
}

func hasSection(at map[string]int) bool {
	_, ok := at["section"]
	return ok
}

// isTable says whether a file is a workbook, or CSV: its first line has a head that is known.
func isTable(src []byte) bool {
	if bytes.HasPrefix(src, []byte("PK\x03\x04")) {
		return true
	}
	first, _, _ := bytes.Cut(bytes.TrimPrefix(src, []byte("\ufeff")), []byte("\n"))
	for _, sep := range []string{",", ";", "\t"} {
		n := 0
		for h := range strings.SplitSeq(string(first), sep) {
			if headOf(h) != "" {
				n++
			}
		}
		if n >= 2 {
			return true
		}
	}
	return false
}

func headOf(h string) string {
	h = strings.ToLower(strings.Trim(strings.TrimSpace(h), `"* :`))
	for _, name := range []string{"number", "section", "text"} {
		for _, w := range heads[name] {
			if h == w {
				return name
			}
		}
	}
	return ""
}

// columnsOf says where number, section and text stand: by the head; else the column with most numbers, and the one with most
// words.
func columnsOf(t sheet.Table) map[string]int {
	out := map[string]int{}
	for i, h := range t.Head {
		if name := headOf(h); name != "" {
			if _, ok := out[name]; !ok {
				out[name] = i
			}
		}
	}
	numbers, words := map[int]int{}, map[int]int{}
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			words[i] += len(c)
			if numberForm.MatchString(strings.ToLower(strings.TrimRight(c, ".):"))) {
				numbers[i]++
			}
		}
	}
	for name, of := range map[string]map[int]int{"number": numbers, "text": words} {
		if _, ok := out[name]; ok {
			continue
		}
		best, most := -1, 0
		for i := range t.Head {
			if of[i] > most {
				best, most = i, of[i]
			}
		}
		if best >= 0 {
			out[name] = best
		}
	}
	return out
}

// Write gives a paper as text that ReadText reads as the same paper, so that somebody can mend it by hand.
func (p Paper) Write() string {
	var b strings.Builder
	section := ""
	for _, x := range p.Items {
		if x.Section != section {
			b.WriteString("# " + x.Section + "\n\n")
			section = x.Section
		}
		b.WriteString(x.Number + ". " + strings.ReplaceAll(strings.ReplaceAll(x.Text, "\n\n", "\n\x00"), "\n", "\n    ") + "\n\n")
	}
	return strings.ReplaceAll(b.String(), "    \x00", "\n    ")
}
