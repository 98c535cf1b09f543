// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// maySeeFigures lists who reads the office's own figures: whoever leads its work or accounts for it.
func maySeeFigures(a access.Actor) bool {
	return a.Has(access.Supervisor) || a.Has(access.CaseManager) || a.Has(access.Rapporteur)
}

// figureOf is one list's figures.
type figureOf struct {
	Title, Note string
	Table       *page.Table
	Facts       []page.Fact
}

type figuresData struct {
	Tabs  []page.Tab
	Lists []figureOf
	Empty *page.Empty
}

// figures shows how the office's own screenings agree with what came of them, list by list.
func (rm room) figures(ctx context.Context, r *page.Request) (page.Response, error) {
	if !maySeeFigures(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	all, err := rm.Counts(ctx, r)
	if err != nil {
		return nil, err
	}
	d := figuresData{Tabs: rm.tabs(r, "figures")}
	for _, set := range rm.Sets.Lists() {
		f, any, err := rm.figure(r.L, set, all)
		if err != nil {
			return nil, err
		}
		if any {
			d.Lists = append(d.Lists, f)
		}
	}
	if len(d.Lists) == 0 {
		d.Empty = &page.Empty{Icon: "chart-bar", Title: r.L.T("screening.figures.none"), Text: r.L.T("screening.figures.none.text")}
	}
	return page.View("screening/figures", r.L.T("screening.title"), d), nil
}

// figure counts all versions of a list together. As long as fewer outcomes than the threshold are known, no figure is shown.
func (rm room) figure(l *lang.Locale, set indicators.Set, all []Counted) (figureOf, bool, error) {
	var followed []Followed
	for _, c := range all {
		if c.Set == set.Code {
			followed = append(followed, Followed{c.Outcome, c.Later})
		}
	}
	f := figureOf{Title: set.Title.In(l.Tag())}
	if len(followed) == 0 {
		return f, false, nil
	}
	p, err := Predict(followed)
	if err != nil {
		return f, false, err
	}
	known := p.Sensitivity.N + p.Specificity.N
	f.Facts = []page.Fact{{Term: l.T("screening.figures.all"), Text: rm.number(l, len(followed))}, {Term: l.T("screening.figures.known"), Text: rm.number(l, known), Sub: l.T("screening.figures.known.hint")}}
	switch {
	case set.Rule == indicators.NoRule:
		f.Note = l.T("screening.figures.no_rule")
	case known < rm.Threshold:
		f.Note = l.N("screening.figures.few", rm.Threshold)
	default:
		f.Table = rates(l, p)
	}
	return f, true, nil
}

// number gives a count, or that it is below the threshold.
func (rm room) number(l *lang.Locale, n int) string {
	if n > 0 && n < rm.Threshold {
		return l.T("screening.figures.fewer", "K", l.Number(rm.Threshold))
	}
	return l.Number(n)
}

// rates shows the four figures with their intervals, exactly: they are the office's own, for whoever leads its work, and
// the intervals say how little stands on few. What stands on nothing is unknown.
func rates(l *lang.Locale, p Predictive) *page.Table {
	t := &page.Table{Caption: l.T("screening.figures.title"), Columns: []page.Column{{Text: l.T("screening.figures.figure")}, {Text: l.T("screening.figures.value"), Num: true}, {Text: l.T("screening.figures.interval"), Num: true}, {Text: l.T("screening.figures.of"), Num: true}}}
	for _, x := range []struct {
		key string
		r   Rate
	}{{"sensitivity", p.Sensitivity}, {"specificity", p.Specificity}, {"positive", p.Positive}, {"negative", p.Negative}} {
		row := []page.Cell{{Text: l.T("screening.figures." + x.key), Sub: l.T("screening.figures." + x.key + ".hint")}, {}, {}, {Text: l.Number(x.r.N)}}
		if !x.r.Unknown {
			row[1].Text, row[2].Text = l.Percent(x.r.Value), l.T("screening.figures.from_to", "Low", l.Percent(x.r.Low), "High", l.Percent(x.r.High))
		}
		t.Rows = append(t.Rows, page.Row{Cells: row})
	}
	return t
}

// paperData is a list to be filled in by hand: nothing on it says what it is for.
type paperData struct {
	Code     string
	Sections []section
	Ages     []string
	Back     string
}

// paper gives a list with blanks. Dimensions stand by their codes, as their names would tell whoever finds the sheet.
func (rm room) paper(_ context.Context, r *page.Request) (page.Response, error) {
	set, ok := rm.Sets.Newest(r.PathValue("set"))
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	d := paperData{Code: sheetCode(set), Back: "/screening"}
	for _, a := range ages {
		if Fits(set, a) {
			d.Ages = append(d.Ages, r.L.T("screening.age."+a))
		}
	}
	for _, dim := range asked(set, rm.Appearance).Dimensions {
		x := section{Title: dim.Code}
		for _, i := range dim.Indicators {
			x.Items = append(x.Items, item{Name: i.ID, Text: i.Text.In(r.L.Tag())})
		}
		d.Sections = append(d.Sections, x)
	}
	return page.View("screening/paper", r.L.T("screening.title"), d), nil
}

// sheetCode names a list by its initials and version.
func sheetCode(s indicators.Set) string {
	var b strings.Builder
	for _, w := range slices.DeleteFunc(strings.Split(s.Code, "_"), func(w string) bool { return w == "" }) {
		b.WriteString(strings.ToUpper(w[:1]))
	}
	return b.String() + " " + s.Version
}
