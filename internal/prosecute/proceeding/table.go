// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/prosecute/brought"
	"github.com/entraide-thb/entraide/packs/offences"
)

// Columns lists the columns of a table of proceedings, as its first line names them, in any order. A line is one defendant, or one
// decision on a defendant; lines of one reference are one proceeding. An empty cell says nothing: what is here stays.
func Columns() []string {
	return []string{"reference", "country", "court", "articles", "forms", "opened", "defendant", "name", "sex", "age", "citizen", "charged", "instance", "decided", "outcome", "months", "suspended", "final",
		"injured", "minors", "unpunished", "currency", "ordered", "paid", "finances", "seized", "worth"}
}

// cell is one cell of a line.
type cell struct {
	n    int // of the line
	text string
}

// Old is one proceeding of a table: its lines, and what they say. Lists are in the order of lines.
type Old struct {
	Reference string
	Lines     []int
	charge    map[string]cell // also of victims and redress
	rows      []map[string]cell
	said      map[string]string // of whom, by which instance and in which column
}

// ReadTable reads a table, as package brought does. What it says is looked at when it is brought. Lines without a reference, those that
// contradict an earlier one of their proceeding, and those that say something under no column, are wrong, and nothing of their proceeding is
// given. Errors: Invalid for what is no such table, TooMuch for its size.
func ReadTable(raw []byte) ([]Old, []brought.Wrong, error) {
	var out []Old
	var wrong []brought.Wrong
	at := map[string]int{}
	err := brought.Read(raw, Columns(), func(line brought.Line) error {
		ref := line.Cells["reference"]
		if plain(ref) == "" {
			wrong = append(wrong, brought.Wrong{N: line.N, Column: "reference", Err: fault.Bad("reference", "proceeding.want.text")})
			return nil
		}
		i, known := at[plain(ref)]
		if !known {
			i = len(out)
			at[plain(ref)], out = i, append(out, Old{Reference: ref, charge: map[string]cell{}, said: map[string]string{}})
		}
		if column := out[i].add(line); column != "" {
			wrong = append(wrong, brought.Wrong{N: line.N, Column: column, Err: fault.Bad(column, "proceeding.want.agree")})
		} else if line.Stray > 0 {
			wrong = append(wrong, brought.Wrong{N: line.N, Column: strconv.Itoa(line.Stray), Err: brought.Head()})
		}
		return nil
	})
	bad := func(o Old) bool {
		return slices.ContainsFunc(wrong, func(w brought.Wrong) bool { return slices.Contains(o.Lines, w.N) })
	}
	return slices.DeleteFunc(out, bad), wrong, err
}

// ofDefendant and ofDecision are the columns that speak of one defendant or decision; the others are the proceeding's. Whatever
// they speak of, lines say the same of it wherever they say something.
var (
	ofDefendant = []string{"name", "sex", "age", "citizen", "charged"}
	ofDecision  = []string{"decided", "outcome", "months", "suspended", "final"}
)

// add takes a line in; it gives the column in which it contradicts an earlier one.
func (o *Old) add(line brought.Line) string {
	o.Lines = append(o.Lines, line.N)
	row := map[string]cell{}
	for _, column := range Columns() {
		text, has := line.Cells[column]
		c := cell{line.N, text}
		switch {
		case !has:
		case column == "defendant" || column == "instance" || slices.Contains(ofDefendant, column) || slices.Contains(ofDecision, column):
			row[column] = c
		case o.charge[column].text != "" && o.charge[column].text != c.text && column != "reference":
			return column
		default:
			o.charge[column] = c
		}
	}
	if len(row) == 0 {
		return ""
	}
	o.rows = append(o.rows, row)
	who, _ := role(row)
	for i, columns := range [][]string{ofDefendant, ofDecision} {
		of := strconv.Itoa(who)
		if i > 0 {
			of += instance(row)
		}
		for _, column := range columns {
			c, has := row[column]
			if before, said := o.said[of+column]; has && said && before != c.text {
				return column
			} else if has {
				o.said[of+column] = c.text
			}
		}
	}
	return ""
}

// role gives the number of the defendant of whom a line speaks, the first where it gives none; false for what is no number.
func role(row map[string]cell) (int, bool) {
	text := row["defendant"].text
	if text == "" {
		return 1, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// instance gives the one that a line speaks of, the first where it names none.
func instance(row map[string]cell) string {
	if text := row["instance"].text; text != "" {
		return lower(text)
	}
	return Instances()[0]
}

// reading reads cells; the first that cannot be read is kept.
type reading struct{ wrong *brought.Wrong }

func (r *reading) fail(c cell, column, key string) {
	if r.wrong == nil {
		r.wrong = &brought.Wrong{N: c.n, Column: column, Err: fault.Bad(column, key)}
	}
}

// set puts a cell's text in place of what is there.
func set(to *string, c cell, change func(string) string) {
	if c.text == "" {
		return
	}
	if *to = c.text; change != nil {
		*to = change(c.text)
	}
}

func (r *reading) number(to *int64, c cell, column string) {
	if c.text == "" {
		return
	}
	n, err := strconv.ParseInt(strings.NewReplacer(" ", "", "\u00a0", "", ",", "").Replace(c.text), 10, 64)
	if err != nil || n < 0 {
		r.fail(c, column, "proceeding.want.count")
	}
	*to = n
}

// uncertain reads "12", "≥12" or ">=12" for at least twelve, and "~12" for about twelve.
func (r *reading) uncertain(to *party.Uncertain, c cell, column string) {
	if c.text == "" {
		return
	}
	text, of := c.text, party.Exactly
	for mark, f := range map[string]func(int64) party.Uncertain{">=": party.Least, "≥": party.Least, "~": party.Around} {
		if rest, is := strings.CutPrefix(c.text, mark); is {
			text, of = rest, f
		}
	}
	var n int64
	r.number(&n, cell{c.n, strings.TrimSpace(text)}, column)
	*to = of(max(n, 0))
}

func (r *reading) yes(to *bool, c cell, column string) {
	switch strings.ToLower(c.text) {
	case "":
	case "yes", "true", "1", "oui":
		*to = true
	case "no", "false", "0", "non":
		*to = false
	default:
		r.fail(c, column, "proceeding.want.yes")
	}
}

// answer reads a yes or no that may be unknown.
func (r *reading) answer(to *string, c cell, column string) {
	if c.text == "" {
		return
	}
	var is bool
	r.yes(&is, c, column)
	*to = map[bool]string{true: "yes", false: "no"}[is]
}

func lower(s string) string { return strings.ToLower(s) }

func list(text string) []string {
	var out []string
	for _, x := range strings.Split(text, "|") {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// article finds an article as a table writes it: by its code here, or as the law calls it.
func (law Law) article(country, text string) string {
	if l, ok := law.Pack.Of(country); ok {
		for _, a := range l.Articles {
			if strings.EqualFold(a.Article, text) || strings.EqualFold(a.Code, text) {
				return a.Code
			}
		}
	}
	if strings.EqualFold(text, offences.Other) {
		return offences.Other
	}
	return text // which the check refuses
}

// chargeOf gives what a proceeding is about after the table.
func (law Law) chargeOf(o Old, c Charge) Charge {
	set(&c.Country, o.charge["country"], strings.ToUpper)
	set(&c.Opened, o.charge["opened"], nil)
	set(&c.Court, o.charge["court"], nil)
	if c.Reference == "" {
		c.Reference = o.Reference
	}
	if x := o.charge["articles"].text; x != "" {
		c.Articles = nil
		for _, text := range list(x) {
			c.Articles = append(c.Articles, law.article(c.Country, text))
		}
	}
	if x := o.charge["forms"].text; x != "" {
		c.Forms = list(lower(x))
	}
	return c
}

func (r *reading) victims(o Old, v Victims) Victims {
	r.uncertain(&v.Count, o.charge["injured"], "injured")
	r.uncertain(&v.Minors, o.charge["minors"], "minors")
	set(&v.Unpunished, o.charge["unpunished"], lower)
	return v
}

func (r *reading) redress(o Old, v Redress) Redress {
	set(&v.Currency, o.charge["currency"], strings.ToUpper)
	r.number(&v.Ordered, o.charge["ordered"], "ordered")
	r.number(&v.Paid, o.charge["paid"], "paid")
	r.number(&v.Worth, o.charge["worth"], "worth")
	r.answer(&v.Finances, o.charge["finances"], "finances")
	r.answer(&v.Seized, o.charge["seized"], "seized")
	return v
}

// defendantOf gives what a line says of a defendant, on top of what is known.
func defendantOf(row map[string]cell, v Defendant) Defendant {
	set(&v.Charged, row["charged"], nil)
	set(&v.Sex, row["sex"], lower)
	set(&v.Age, row["age"], lower)
	set(&v.Citizen, row["citizen"], strings.ToUpper)
	set(&v.Name, row["name"], nil)
	return v
}

// decisionOf gives what a line says was decided, on top of what is known of that instance; false where it says nothing.
func (r *reading) decisionOf(row map[string]cell, l Line) (Decision, bool) {
	v, known := Decision{N: l.N, Instance: instance(row)}, false
	for _, d := range l.Decisions {
		if d.Instance == v.Instance {
			v, known = d, true
		}
	}
	nothing := v
	set(&v.On, row["decided"], nil)
	set(&v.Outcome, row["outcome"], lower)
	months := int64(v.Months)
	r.number(&months, row["months"], "months")
	v.Months = int(min(months, maxMonths+1))
	r.yes(&v.Suspended, row["suspended"], "suspended")
	r.yes(&v.Final, row["final"], "final")
	return v, known || v != nothing || row["instance"].text != ""
}

// byNumber gives the lines that speak of defendants, by their number.
func (r *reading) byNumber(o Old) []map[string]cell {
	rows := slices.Clone(o.rows)
	for _, row := range rows {
		if _, ok := role(row); !ok {
			r.fail(row["defendant"], "defendant", "proceeding.want.number")
		}
	}
	inorder.Stably(rows, func(a, b map[string]cell) int {
		x, _ := role(a)
		y, _ := role(b)
		return cmp.Compare(x, y)
	})
	return rows
}
