// SPDX-License-Identifier: EUPL-1.2

package outlet_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// TestBodiesReadProsecutionsAndConvictions: those prosecuted and those convicted stand under their own indicators, never as people
// detected; of those judged only the convicted are asked for; forms that ask of persons detected refuse them.
func TestBodiesReadProsecutionsAndConvictions(t *testing.T) {
	of := func(source, unit string, tables ...bundle.Table) bundle.Whole {
		x := release(bundle.Exact)
		x.Release.Source, x.Release.Unit = source, unit
		x.Release.Columns = append(x.Release.Columns, bundle.Column{Code: "outcome", Values: []string{"convicted", "acquitted", "unknown"}})
		x.Tables.Tables = tables
		return x
	}
	told := func(v float64) bundle.Cell { return bundle.Cell{Value: number(v)} }
	prosecuted := of("prosecutions", "prosecution", bundle.Table{Cells: []bundle.Cell{told(50)}})
	judged := of("judgments", "judgment", bundle.Table{Cells: []bundle.Cell{told(40)}}, bundle.Table{Columns: []string{"outcome"}, Cells: []bundle.Cell{told(28), told(12), told(0)}})
	for text, x := range map[string]bundle.Whole{"Persons prosecuted|Total|Total|Total|Total|2025|Counts|50": prosecuted, "Persons convicted|Total|Total|Total|Total|2025|Counts|28": judged} {
		w := write(t, x, outlet.UNODC)
		all := rows(t, w, 0)
		if len(all) != 2 || !strings.Contains(strings.Join(all[1], "|"), text) {
			t.Errorf("%s: %v", text, all)
		}
		for _, as := range []outlet.Form{outlet.Eurostat, outlet.SDG} {
			if _, err := outlet.Write(x, as, outlet.Asked{Names: names()}); !fault.Is(err, fault.Guarded) {
				t.Errorf("%s is written as %s: %v", x.Release.Source, as, err)
			}
		}
	}
	for item, x := range map[string]bundle.Whole{"prosecutions|50": prosecuted, "convictions|28": judged} {
		code, n, _ := strings.Cut(item, "|")
		counted := slices.DeleteFunc(rows(t, write(t, x, outlet.GRETA), 0), func(r []string) bool { return r[len(r)-1] != "counted" })
		if len(counted) != 1 || counted[0][0] != "outlet.greta."+code || counted[0][8] != n {
			t.Errorf("%s: %v", item, counted)
		}
	}
}
