// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"cmp"
	"encoding/binary"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// dimension is a column in the reading.
type dimension struct {
	code    string
	country bool
	values  []string
	at      map[string]int32
}

func newDimension(code string, country bool) *dimension {
	return &dimension{code: code, country: country, at: map[string]int32{}}
}

// value gives the number of a value. Error: Invalid when there are too many.
func (d *dimension) value(v string) (int32, error) {
	if i, ok := d.at[v]; ok {
		return i, nil
	}
	if len(d.values) == mostValues {
		return 0, fault.New(fault.Invalid, "intake.values", "Max", mostValues)
	}
	v = strings.Clone(v)
	i := int32(len(d.values))
	d.at[v], d.values = i, append(d.values, v)
	return i, nil
}

// collector gathers cells, and tells of those that come twice.
type collector struct {
	names  *territory.Names
	report *Report
	dims   []*dimension
	cells  []Cell
	at     map[string]int32
	read   map[string]meaning // what texts were taken for, by text
	// pieces, where not nil, says which dimensions a total leaves open when it looks for its parts (see check).
	pieces []string
}

type meaning struct {
	code string
	kind Kind
	why  string
}

func newCollector(n *territory.Names, r *Report) collector {
	return collector{names: n, report: r, at: map[string]int32{}, read: map[string]meaning{}}
}

func (c *collector) add(line int, at []int32, n Number) error {
	key := make([]byte, 0, 4*len(at))
	for _, x := range at {
		key = binary.LittleEndian.AppendUint32(key, uint32(x))
	}
	if i, ok := c.at[string(key)]; ok {
		switch was := &c.cells[i]; {
		case was.Number == n:
			c.report.note(Dropped, line, "", "twice", "")
		case was.Number.Flags == Contradicted:
			c.report.note(Contradictory, line, "", "twice_differing", n.Text)
		default:
			c.report.note(Contradictory, was.Line, "", "twice_differing", was.Number.Text)
			c.report.note(Contradictory, line, "", "twice_differing", n.Text)
			was.Number = Number{Flags: Contradicted}
		}
		return nil
	}
	if len(c.cells) == MostCells {
		return fault.New(fault.Invalid, "intake.cells", "Max", MostCells)
	}
	c.at[string(key)] = int32(len(c.cells))
	c.cells = append(c.cells, Cell{at, n, line})
	return nil
}

// number reads a cell's number and says what was done to it.
func (c *collector) number(line int, column, s string, of sort) (n Number, taken bool) {
	n, kind, why := number(s, of)
	if kind != "" {
		c.report.note(kind, line, column, why, s)
	}
	return n, kind == "" || kind == Repaired
}

// totals are the words for all, unknowns those for a value that nobody knows.
var (
	totals   = []string{"total", "totals", "grand total", "all", "ensemble", "overall", "tot", "both sexes", "all ages"}
	unknowns = []string{"unknown", "unk", "not known", "not specified", "unspecified", "inconnu", "inconnue", "non precise", "n a", "na", "not available", "99", ""}
	others   = []string{"other", "others", "autre", "autres", "oth"}
)

// common reads the words that every column may have.
func common(text string) string {
	switch text { // as SDMX has them
	case "_T":
		return Total
	case "_U":
		return Unknown
	}
	p := territory.Plain(text)
	switch {
	case slices.Contains(totals, p):
		return Total
	case slices.Contains(unknowns, p):
		return Unknown
	case slices.Contains(others, p):
		return Other
	}
	return ""
}

var sexes = map[string]string{"m": "male", "male": "male", "males": "male", "men": "male", "man": "male", "homme": "male", "hommes": "male", "masculin": "male",
	"f": "female", "female": "female", "females": "female", "women": "female", "woman": "female", "femme": "female", "femmes": "female", "feminin": "female", "t": Total}

// sex reads a sex; what it does not know stays as it is.
func sex(text string) string {
	if v := common(text); v != "" {
		return v
	}
	if v := sexes[territory.Plain(text)]; v != "" {
		return v
	}
	return text
}

// noted are the marks that tables put behind a name: "Serbia[a]", "Kosovo*", "Cyprus (1)".
var noted = regexp.MustCompile(`(\s*(\*+|\[[^\]]{1,12}\]|\([0-9a-z]{1,2}\)|[0-9]{1,2}|[¹²³⁴⁵⁶⁷⁸⁹]+))+$`)

// country reads a country or territory: the code, total, unknown or other; or the text itself, with a note, where several can be
// meant or nothing is known by it. groups says that a column has codes of groups of countries as well, which stay as they are.
func (c *collector) country(line int, column, text string, groups bool) string {
	key := column + "\x00" + text
	m, ok := c.read[key]
	if !ok {
		m = c.means(text, groups)
		if len(c.read) < mostValues {
			c.read[strings.Clone(key)] = m
		}
	}
	if m.kind != "" {
		c.report.note(m.kind, line, column, m.why, text)
	}
	return m.code
}

var groupForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]{2,30}$`)

func (c *collector) means(text string, groups bool) meaning {
	if v := common(text); v != "" {
		return meaning{code: v}
	}
	code, how := c.names.Read(text)
	switch {
	case how == territory.Code:
		return meaning{code: code}
	case how >= territory.Renamed:
		return meaning{code, Repaired, "country"}
	case how == territory.Ambiguous:
		return meaning{text, Contradictory, "ambiguous"}
	}
	if m := noted.FindString(text); m != "" && m != text {
		if code, how := c.names.Read(strings.TrimSuffix(text, m)); how >= territory.Code {
			return meaning{code, Repaired, "territory_note"}
		}
	}
	if groups && groupForm.MatchString(text) {
		return meaning{code: text}
	}
	return meaning{text, Contradictory, "no_country"}
}

// figures gives what was gathered: values in the order total, by alphabet, other, unknown, and cells in the order of those.
func (c *collector) figures() *Figures {
	f := &Figures{Cells: c.cells}
	place := make([][]int32, len(c.dims))
	for i, d := range c.dims {
		col := Column{Code: d.code}
		if d.country {
			col.List = "country"
		}
		col.Values, place[i] = ordered(d.values)
		f.Columns = append(f.Columns, col)
	}
	for _, x := range f.Cells {
		for i := range x.At {
			x.At[i] = place[i][x.At[i]]
		}
	}
	inorder.By(f.Cells, func(a, b Cell) int { return slices.Compare(a.At, b.At) })
	for _, x := range f.Cells {
		if x.Number.Told() {
			c.report.Taken++
		}
	}
	return f
}

// ordered sorts values and says where each went.
func ordered(values []string) (sorted []string, place []int32) {
	from := make([]int32, len(values))
	for i := range from {
		from[i] = int32(i)
	}
	rank := func(s string) int {
		switch s {
		case Total:
			return 0
		case Other:
			return 2
		case Unknown:
			return 3
		}
		return 1
	}
	inorder.By(from, func(a, b int32) int {
		return cmp.Or(cmp.Compare(rank(values[a]), rank(values[b])), strings.Compare(values[a], values[b]))
	})
	place = make([]int32, len(values))
	for to, i := range from {
		place[i], sorted = int32(to), append(sorted, values[i])
	}
	return sorted, place
}
