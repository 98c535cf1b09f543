// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// Panel is the history of screenings on a person's page.
type Panel struct {
	Title   string
	Table   *page.Table
	Empty   *page.Empty
	Actions []page.Action
}

// PanelOf lists a person's screenings, latest first. path is where the forms of this room lie ("/cases/<id>/screening").
func PanelOf(l *lang.Locale, sets Sets, s State, path string) Panel {
	p := Panel{Title: l.T("screening.panel.title"), Actions: []page.Action{{Text: l.T("screening.panel.begin"), Href: path, Icon: "clipboard-check"}},
		Empty: &page.Empty{Icon: "clipboard-list", Title: l.T("screening.panel.none")},
		Table: &page.Table{Caption: l.T("screening.panel.title"), Columns: []page.Column{{Text: l.T("screening.panel.when")}, {Text: l.T("screening.panel.list")}, {Text: l.T("screening.panel.result")}, {Text: l.T("screening.later")}}}}
	for _, x := range slices.Backward(s.Screenings) {
		row := []page.Cell{{Text: l.DateTime(x.At), Href: path + "/" + x.ID.String(), Sub: l.T("screening.age." + x.Who)}, {Text: l.T("screening.panel.hidden")}, {Text: l.T("screening.panel.hidden")}, {Text: l.T("screening.later.none")}}
		if set, ok := sets.Get(x.Set, x.Version); ok && !x.Hidden {
			row[1].Text = set.Title.In(l.Tag())
			row[2].Text, row[2].Sub = l.T("screening.outcome."+x.Result.Outcome), l.N("screening.result.count", len(x.Result.Observed))
		}
		if x.Decided != nil {
			row[3] = page.Cell{Text: l.T("screening.later." + string(x.Decided.Outcome))}
		}
		p.Table.Rows = append(p.Table.Rows, page.Row{Cells: row})
	}
	return p
}
