// SPDX-License-Identifier: EUPL-1.2

package explorer

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// data is what the script reads: the release's tables as they are, to a tenth, with the words that it needs.
type data struct {
	Group   string            `json:"group"`   // between thousands
	Decimal string            `json:"decimal"` // before tenths
	K       int64             `json:"k,omitempty"`
	Exact   bool              `json:"exact,omitempty"`
	AtOnce  int               `json:"atOnce"`
	Flows   int               `json:"flows"`
	Words   map[string]string `json:"words"`
	Columns []dataColumn      `json:"columns"`
	Tables  []dataTable       `json:"tables"`
	Records *dataRecords      `json:"records,omitempty"`
}

type dataColumn struct {
	Code   string   `json:"code"`
	Title  string   `json:"title"`
	Codes  []string `json:"codes"`
	Words  []string `json:"words"`
	Year   bool     `json:"year,omitempty"`
	Nation bool     `json:"nation,omitempty"`
}

// dataTable is a table: for each cell its number and bounds, null where there is none, and the letter of its flag.
type dataTable struct {
	Columns table.Set  `json:"c"`
	Values  []*float64 `json:"v"`
	Lows    []*float64 `json:"l"`
	Highs   []*float64 `json:"h"`
	Flags   string     `json:"f"`
}

// dataRecords are the records, column by column, each answer one or two letters of the alphabet.
type dataRecords struct {
	Len     int      `json:"n"`
	Columns []string `json:"c"`
}

// letters write answers: one where a column has at most as many values, else two.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// scriptWords are the texts that the script shows. {names} in them are filled by it.
var scriptWords = []string{"noise", "withheld", "unmeasured", "synthetic", "remove", "everybody", "only", "all_rows", "fewer_rows", "chosen", "warn", "warn.none", "crosses", "none", "map.unasked", "map.beyond",
	"flows.drawn", "flows.none", "flows.flow", "flows.unmeasured", "change.more", "change.fewer", "change.none", "cross.caption"}

func (b Book) data(l *lang.Locale) (string, error) {
	group, decimal := separators(l)
	d := data{Group: group, Decimal: decimal, K: b.k(), Exact: b.Release.Guard != nil, AtOnce: atOnce, Flows: mostFlows, Words: map[string]string{}}
	for _, w := range scriptWords {
		d.Words[w] = l.T("explorer."+w, "Value", "{value}", "Column", "{column}", "Count", "{count}", "Of", "{of}", "From", "{from}", "To", "{to}", "Low", "{low}", "High", "{high}", "List", "{list}")
	}
	d.Words["percent"] = strings.Replace(l.Percent(0.25), "25", "{n}", 1)
	d.Words["fewer"] = l.T("explorer.below", "K", "{n}")
	d.Words["below"] = l.T("explorer.below", "K", l.Number(b.k()))
	for i, c := range b.Release.Columns {
		x := dataColumn{Code: c.Code, Title: title(l, c).Text, Codes: c.Values, Year: yearly(c), Nation: nations(l, c)}
		for v := range c.Values {
			x.Words = append(x.Words, label(l, b.Release.Columns[i], v).Text)
		}
		d.Columns = append(d.Columns, x)
	}
	for _, t := range b.Tables.Tables {
		set, err := b.Release.Set(t)
		if err != nil {
			return "", err
		}
		x := dataTable{Columns: set}
		flags := make([]byte, 0, len(t.Cells))
		for _, c := range t.Cells {
			x.Values, x.Lows, x.Highs = append(x.Values, tenth(c.Value)), append(x.Lows, tenth(c.Low)), append(x.Highs, tenth(c.High))
			flags = append(flags, kinds[c.Flag].letter...)
		}
		x.Flags = string(flags)
		d.Tables = append(d.Tables, x)
	}
	if b.embeds() {
		d.Records = recordsOf(b.Records)
	}
	out, err := json.Marshal(d)
	return string(out), err
}

func tenth(f *float64) *float64 {
	if f == nil {
		return nil
	}
	t := math.Round(*f*10) / 10
	return &t
}

// embeds says whether records are in the page.
func (b Book) embeds() bool {
	return b.Records != nil && b.Records.Len()*len(b.Release.Columns) <= MostAnswers
}

func recordsOf(r *table.Records) *dataRecords {
	out := &dataRecords{Len: r.Len()}
	for c, column := range r.Domain.Columns {
		s := make([]byte, 0, r.Len())
		for _, a := range r.Column(c) {
			if len(column.Values) > len(letters) {
				s = append(s, letters[a/64])
			}
			s = append(s, letters[a%64])
		}
		out.Columns = append(out.Columns, string(s))
	}
	return out
}
