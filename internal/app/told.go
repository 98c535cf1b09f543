// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/figure"
)

// toldOutside gives the small tables that an office told others of a source, for its later releases to be held against.
func (n *Node) toldOutside(ctx context.Context, w store.Who, s source.Source) ([]release.Told, error) {
	all, err := figure.Tellings(ctx, n.Store, w, "")
	if err != nil {
		return nil, err
	}
	var out []release.Told
	for _, t := range all {
		if t.Office != w.Actor.Owner {
			continue
		}
		from, until, err := figure.Span(t.Period)
		if err != nil {
			return nil, err
		}
		x := release.Told{ID: t.Measure + " " + t.To + " " + t.Period, Period: source.Period{From: from, Until: until}}
		ranges, err := t.Ranges(ctx)
		if err != nil {
			return nil, err
		}
		for _, code := range inOrderOf(t.Measure) {
			if of, counts := counted(t.Measure, code, t.From, t.To); counts == s.Code {
				r := ranges[code]
				known := exact.Range{Low: r.Low, High: r.High}
				if r.Open {
					known.High = exact.MostValue
				}
				x.Numbers = append(x.Numbers, release.Number{Known: known, Of: of})
			}
		}
		if len(x.Numbers) > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// inOrderOf lists the codes of a measure's numbers.
func inOrderOf(measure string) []string {
	m, _ := figure.Find(measure)
	return m.Cells()
}

// counted says of which source's records a told number is the count: the answers, by columns as they are counted. "" is of more
// than one source. It says of every number what tallies do.
func counted(measure, code, own, country string) (of map[string][]string, src string) {
	of = maps.Clone(where(measure, own, country))
	if of == nil {
		of = map[string][]string{}
	}
	whole, part, _ := strings.Cut(code, ".")
	byAge := func() {
		if slices.Contains(figure.Ages(), part) && whole != "days" { // these have an unknown too
			of["age"] = []string{part}
		}
	}
	not := []string{"no", source.Unknown}
	switch measure {
	case "referrals":
		of[map[string]string{"completed": "reached", "not_completed": "reached", "days": "days"}[whole]] = map[string][]string{"completed": {"yes"}, "not_completed": not, "days": binsOf(part)}[whole]
		byAge()
		src = "referrals"
	case "requests":
		if part == "" {
			return nil, ""
		}
		of["in_time"] = map[string][]string{"due": source.Is(), "in_time": {"yes"}, "late": {"no"}}[whole]
		src = map[string]string{"request": "requests", "inquiry": "inquiries"}[part]
	case "screenings":
		of["led"] = map[string][]string{"screened": source.Is(), "led": {"yes"}, "not_led": {"no"}, "identified": source.Is(), "not_identified": source.Is()}[whole]
		of["identified"] = map[string][]string{"identified": {"yes"}, "not_identified": not}[whole]
		byAge()
		src = "screenings"
	case "rights":
		column, is := whole, []string{"yes"}
		if column == "told" || column == "not_told" {
			is, not = []string{"own_language"}, []string{"other_language", "no", source.Unknown}
		}
		if rest, no := strings.CutPrefix(column, "not_"); no {
			column, is = rest, not
		}
		if whole != "people" {
			of[column] = is
		}
		src = "rights"
	case "detected":
		switch {
		case slices.Contains(figure.Ages(), part):
			of["age"] = []string{part}
		case slices.Contains(figure.Sexes(), part):
			of["sex"] = []string{figure.SexOf(part)}
		default:
			ofForm(of, part, not)
		}
		src = "persons"
	case "prosecutions":
		switch src = "judgments"; whole {
		case "prosecuted":
			src = "prosecutions"
		case "convicted", "acquitted", "discontinued":
			of["outcome"] = []string{whole}
		}
		ofForm(of, part, not)
	}
	maps.DeleteFunc(of, func(_ string, answers []string) bool { return len(answers) == 0 })
	return of, src
}

// ofForm says of which form a told number is, or of which it is not.
func ofForm(of map[string][]string, part string, not []string) {
	form, without := strings.CutPrefix(part, "not_")
	switch {
	case without:
		of["forms."+form] = not
	case part != "":
		of["forms."+form] = []string{"yes"}
	}
}

// binsOf lists the source's spans of days that a told one joins.
func binsOf(span string) (out []string) {
	for _, b := range append(source.Bins(), source.Unknown) {
		if figure.SpanOf(b) == span {
			out = append(out, b)
		}
	}
	return out
}
