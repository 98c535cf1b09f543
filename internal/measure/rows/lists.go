// SPDX-License-Identifier: EUPL-1.2

// Package rows reads files of records, one person a line, into codes by closed lists that were there before: for whoever
// publishes from files without an office. It reads as a stream, keeps codes only, and says what it did not take as it stood,
// as numbers by column and never as what a line said.
package rows

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Unknown is the answer of a blank.
const Unknown = "unknown"

// Separator stands between the answers of a column that takes several.
const Separator = ";"

// Column is one column of a file that is counted.
type Column struct {
	Name   string
	Values []string // without Unknown, which Domain adds
	// Several says that a line may give several answers: each value is then counted as a column of its own, which says yes, no,
	// or that nothing is known.
	Several bool
}

// Lists are the columns of a file that are counted, with what each may say.
type Lists []Column

// Domain gives the columns as they are counted.
func (l Lists) Domain() table.Domain {
	var d table.Domain
	for _, c := range l {
		if !c.Several {
			d.Columns = append(d.Columns, table.Column{Name: c.Name, Values: append(slices.Clone(c.Values), Unknown)})
			continue
		}
		for _, v := range c.Values {
			d.Columns = append(d.Columns, table.Column{Name: c.Name + "." + v, Values: []string{"yes", "no", Unknown}})
		}
	}
	return d
}

// Validate says what is wrong with lists.
func (l Lists) Validate() error { return l.Domain().Validate() }

// ReadLists reads closed lists: a table with the columns "column" and "value", one line a value, and perhaps a third, "several",
// that says yes where a line of the data may give several. Errors: Invalid, with the line.
func ReadLists(r io.Reader) (Lists, error) {
	in := reader(r)
	head, err := in.read()
	if err != nil || len(head) < 2 || fold(head[0]) != "column" || fold(head[1]) != "value" || len(head) > 2 && fold(head[2]) != "several" {
		return nil, fault.Bad("lists", "rows.want.lists")
	}
	var out Lists
	at := map[string]int{}
	for n := 0; ; n++ {
		line, err := in.read()
		if errors.Is(err, io.EOF) {
			return out, out.Validate()
		}
		if err != nil {
			return nil, err
		}
		if n == table.MostColumns*1000 || len(line) < 2 || strings.TrimSpace(line[0]) == "" || strings.TrimSpace(line[1]) == "" {
			return nil, in.bad("rows.want.list_line")
		}
		name, value := strings.TrimSpace(line[0]), strings.TrimSpace(line[1])
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, Column{Name: name})
		}
		out[i].Several = out[i].Several || len(line) > 2 && fold(line[2]) == "yes"
		if value == Unknown {
			continue
		}
		if out[i].Values = append(out[i].Values, value); len(out[i].Values) > table.MostValues {
			return nil, in.bad("statistics.want.values", "Max", table.MostValues)
		}
	}
}

// Observed takes lists from what occurs in a file: for data that everybody has already, such as a public test file. What is to
// be protected needs lists that were there before, because a value that occurs tells that somebody has it.
func Observed(r io.Reader, several []string) (Lists, error) {
	in := reader(r)
	head, err := in.head()
	if err != nil {
		return nil, err
	}
	out := make(Lists, len(head))
	seen := make([]map[string]bool, len(head))
	for i, name := range head {
		out[i] = Column{Name: name, Several: slices.Contains(several, name)}
		seen[i] = map[string]bool{}
	}
	for _, name := range several {
		if !slices.Contains(head, name) {
			return nil, fault.Bad(name, "rows.want.column")
		}
	}
	for {
		line, err := in.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(line) != len(head) {
			return nil, in.bad("rows.want.as_many")
		}
		for i, cell := range line {
			for _, v := range answers(cell, out[i].Several) {
				if v != Unknown && !seen[i][v] {
					seen[i][v] = true
					out[i].Values = append(out[i].Values, strings.Clone(v))
				}
			}
			if len(out[i].Values) > table.MostValues {
				return nil, fault.Bad(head[i], "statistics.want.values", "Max", table.MostValues)
			}
		}
	}
	for i := range out {
		slices.Sort(out[i].Values)
		if len(out[i].Values) == 0 && out[i].Several {
			out[i].Several = false
		}
	}
	return out, out.Validate()
}

// answers gives what a cell says, without blanks; of a column that takes one answer, the cell.
func answers(cell string, several bool) []string {
	if !several {
		if cell = strings.TrimSpace(cell); cell == "" {
			return nil
		}
		return []string{cell}
	}
	var out []string
	for _, v := range strings.Split(cell, Separator) {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// mostLine bounds one line of a file, in bytes.
const mostLine = 1 << 20

// lines reads a file line by line.
type lines struct {
	csv  *csv.Reader
	left *bounded
}

// bounded ends a file whose line does not end.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fault.New(fault.TooMuch, "rows.want.shorter_lines", "Max", mostLine>>10)
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

// reader finds out what stands between the columns: a comma, a semicolon or a tab, whichever the first line has most of.
func reader(r io.Reader) *lines {
	b := &bounded{r, 2 * mostLine}
	buffered := bufio.NewReaderSize(b, 1<<16)
	first, _ := buffered.Peek(1 << 12) // an error comes again when it is read
	if len(first) >= 3 && string(first[:3]) == "\ufeff" {
		_, _ = buffered.Discard(3) // was peeked at
		first = first[3:]
	}
	line, _, _ := strings.Cut(string(first), "\n")
	comma, most := ',', strings.Count(line, ",")
	for _, c := range ";\t" {
		if n := strings.Count(line, string(c)); n > most {
			comma, most = c, n
		}
	}
	in := csv.NewReader(buffered)
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = comma, -1, true
	return &lines{in, b}
}

// read gives one line; what it gives is good until the next. Errors: io.EOF at the end; Invalid for a line that is no CSV.
func (l *lines) read() ([]string, error) {
	l.left.left = mostLine
	line, err := l.csv.Read()
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return nil, fault.New(fault.Invalid, "rows.want.csv", "Line", wrong.Line)
	}
	return line, err
}

// head reads the first line: names of columns, each once.
func (l *lines) head() ([]string, error) {
	line, err := l.read()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "rows.want.head")
	}
	out := make([]string, len(line))
	for i, name := range line {
		if out[i] = strings.Clone(strings.TrimSpace(name)); out[i] == "" || slices.Contains(out[:i], out[i]) || len(out) > 10*table.MostColumns {
			return nil, fault.New(fault.Invalid, "rows.want.head")
		}
	}
	return out, nil
}

// bad says in which line something is wrong.
func (l *lines) bad(key string, args ...any) error {
	line, _ := l.csv.FieldPos(0)
	f := fault.New(fault.Invalid, "rows.want.line", "Line", line)
	f.Fields = []fault.Field{{Name: "line", Key: key, Args: map[string]any{}}}
	for i := 0; i+1 < len(args); i += 2 {
		f.Fields[0].Args[args[i].(string)] = args[i+1]
	}
	return f
}
