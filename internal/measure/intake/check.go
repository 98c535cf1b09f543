// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/territory"
)

// parts is what a total is held against.
type parts struct {
	low, high float64
	n         int
}

// check holds every total against its parts, along each dimension, and names those that do not add up with their line. Parts of
// which no number is told can be anything from zero; groups of countries are no parts. Rates do not add up and
// are left out (adds says which cells do), as are estimates, whose publisher says how far they are off.
func (c *collector) check(adds func(at []int32) bool) {
	for d, dim := range c.dims {
		total, ok := dim.at[Total]
		if !ok {
			continue
		}
		sums := map[string]parts{}
		var whole []int
		for i, x := range c.cells {
			switch {
			case adds != nil && !adds(x.At) || x.Number.IsEstimate():
			case x.At[d] == total:
				whole = append(whole, i)
			case dim.country && c.group(dim.values[x.At[d]]):
			default:
				k := c.without(x.At, d)
				p := sums[k]
				low, high := x.Number.Range()
				sums[k] = parts{p.low + low, p.high + high, p.n + 1}
			}
		}
		for _, i := range whole {
			c.hold(c.cells[i], d, sums)
		}
	}
}

// group says whether a value is a group of countries, as Eurostat has them.
func (c *collector) group(v string) bool {
	_, how := c.names.Read(v)
	return how != territory.Code && groupForm.MatchString(v)
}

func (c *collector) hold(x Cell, d int, sums map[string]parts) {
	low, high := x.Number.Range()
	if !x.Number.Told() {
		return
	}
	keys := []string{c.without(x.At, d)}
	if len(c.pieces) == 2 && c.dims[d].code == c.pieces[1] {
		keys = c.along(x.At, d)
	}
	for _, k := range keys {
		switch p := sums[k]; {
		case p.n == 0:
		case p.low > high+slack(high):
			c.report.note(Contradictory, x.Line, c.dims[d].code, "more", x.Number.Text)
		case p.high < low-slack(low):
			c.report.note(Contradictory, x.Line, c.dims[d].code, "less", x.Number.Text)
		}
	}
}

// slack is what adding decimals may be off by.
func slack(x float64) float64 { return 1e-9 * math.Abs(x) }

// without names where a cell stands but for one dimension.
func (c *collector) without(at []int32, d int) string {
	key := make([]byte, 0, 4*len(at))
	for i, x := range at {
		if i == d {
			x = -1
		}
		key = binary.LittleEndian.AppendUint32(key, uint32(x))
	}
	return string(key)
}

// along names where the parts of a total stand that another dimension says the sort of: UNODC puts "by citizenship" into one
// column and the citizenship into the next, and the total of all into a row with total in both.
func (c *collector) along(at []int32, d int) (keys []string) {
	of := slices.IndexFunc(c.dims, func(x *dimension) bool { return x.code == c.pieces[0] })
	for v := range c.dims[of].values {
		x := slices.Clone(at)
		x[of] = int32(v)
		keys = append(keys, c.without(x, d))
	}
	return keys
}
