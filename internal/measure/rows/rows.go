// SPDX-License-Identifier: EUPL-1.2

package rows

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Options of reading.
type Options struct {
	// Person names the column that says whose line it is: only a person's first line is counted, which is what a promise to the
	// person rests on. Empty: every line is a person.
	Person string
	// Progress, which may be nil, is told how many lines were read.
	Progress func(lines int)
}

// Report says what was read and what was not taken as it stood.
type Report struct {
	Lines    int            `json:"lines"`
	People   int            `json:"people"`             // records that are counted
	Repeated int            `json:"repeated,omitempty"` // lines of somebody who was there before
	Unlisted map[string]int `json:"unlisted,omitempty"` // by column: answers that are in no list, counted as unknown
	Blank    map[string]int `json:"blank,omitempty"`    // by column: unknown as it stands
	Ignored  []string       `json:"ignored,omitempty"`  // columns of the file that no list speaks of
}

// Read reads a file as codes of the lists' Domain. Errors: Invalid for a file that is no table or lacks a column, with the line;
// TooMuch for lines or files that are too long; the context's.
func Read(ctx context.Context, r io.Reader, l Lists, o Options) (*table.Records, Report, error) {
	report := Report{Unlisted: map[string]int{}, Blank: map[string]int{}}
	in := reader(r)
	head, err := in.head()
	if err != nil {
		return nil, report, err
	}
	c, err := newCoder(l, head, o.Person, &report)
	if err != nil {
		return nil, report, err
	}
	out, err := table.NewRecords(l.Domain(), 0)
	if err != nil {
		return nil, report, err
	}
	for {
		line, err := in.read()
		if errors.Is(err, io.EOF) {
			report.People = out.Len()
			return out, report, nil
		}
		if err != nil {
			return nil, report, err
		}
		if report.Lines%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, report, err
			}
			if o.Progress != nil {
				o.Progress(report.Lines)
			}
		}
		report.Lines++
		if len(line) != len(head) {
			return nil, report, in.bad("rows.want.as_many")
		}
		if c.again(line) {
			report.Repeated++
			continue
		}
		if out.Len() == table.MostRecords {
			return nil, report, fault.New(fault.TooMuch, "rows.want.fewer_lines", "Max", table.MostRecords)
		}
		if err := out.Add(c.codes(line)...); err != nil {
			return nil, report, err
		}
	}
}

// coder turns lines into codes.
type coder struct {
	lists  Lists
	at     []int // of each list: its column in the file
	values []map[string]uint16
	person int
	seed   maphash.Seed
	seen   map[uint64]bool
	record []uint16
	report *Report
}

func newCoder(l Lists, head []string, person string, report *Report) (*coder, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	c := &coder{lists: l, person: -1, seed: maphash.MakeSeed(), seen: map[uint64]bool{}, report: report}
	for _, list := range l {
		i := slices.Index(head, list.Name)
		if i < 0 {
			return nil, fault.Bad(list.Name, "rows.want.column")
		}
		codes := make(map[string]uint16, len(list.Values))
		for v, name := range list.Values {
			codes[name] = uint16(v)
		}
		c.at, c.values = append(c.at, i), append(c.values, codes)
	}
	for i, name := range head {
		if name == person && person != "" {
			c.person = i
		} else if !slices.Contains(c.at, i) {
			report.Ignored = append(report.Ignored, name)
		}
	}
	if person != "" && c.person < 0 {
		return nil, fault.Bad(person, "rows.want.column")
	}
	return c, nil
}

// again says whether a line is of somebody who was there before. A blank is nobody in particular. Names are not
// kept, only hashes of them: should two fall together, one person counts less, never more.
func (c *coder) again(line []string) bool {
	if c.person < 0 || strings.TrimSpace(line[c.person]) == "" {
		return false
	}
	h := maphash.String(c.seed, strings.TrimSpace(line[c.person]))
	if c.seen[h] {
		return true
	}
	c.seen[h] = true
	return false
}

// codes gives a line's codes, good until the next.
func (c *coder) codes(line []string) []uint16 {
	c.record = c.record[:0]
	for i, l := range c.lists {
		said := answers(line[c.at[i]], l.Several)
		listed := said[:0]
		for _, v := range said {
			if _, ok := c.values[i][v]; ok {
				listed = append(listed, v)
			} else if v != Unknown {
				c.report.Unlisted[l.Name]++
			}
		}
		if len(said) == 0 {
			c.report.Blank[l.Name]++
		}
		if !l.Several {
			code := uint16(len(l.Values))
			if len(listed) == 1 {
				code = c.values[i][listed[0]]
			}
			c.record = append(c.record, code)
			continue
		}
		for _, v := range l.Values {
			switch {
			case slices.Contains(listed, v):
				c.record = append(c.record, 0)
			case len(listed) > 0:
				c.record = append(c.record, 1)
			default:
				c.record = append(c.record, 2)
			}
		}
	}
	return c.record
}
