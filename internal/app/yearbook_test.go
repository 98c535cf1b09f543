// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// TestATableThatWasBroughtInIsReleased: an office that counts nobody brings in a table, counts it by a query, and lets two people
// release it; one without a year is kept and not counted.
func TestATableThatWasBroughtInIsReleased(t *testing.T) {
	w := newWorld(t, "paris")
	o := w.offices["paris"]
	bring := func(name, file string) {
		t.Helper()
		_, err := opImportFigures(t.Context(), w.n, ImportFiguresIn{Of: Of{Owner: o.ID}, Name: name, As: intake.Table, File: []byte(file)})
		w.must(err)
	}
	bring("Helpline, yearly table", "year,sex,nationality,count\n2023,F,Romania,31\n2023,M,Albania,12\n2024,F,Romania,47\n2024,M,Romania,22\n2024,F,XK,13\n")
	bring("No year", "sex,count\nF,31\nM,12\n")
	if own := w.n.counted(o.ID); len(own) != 0 {
		t.Errorf("a programme office counts %d sources of its own", len(own))
	}
	all := w.n.countable(t.Context(), o.ID)
	if len(all) != 1 || all[0].Title != "Helpline, yearly table" || len(all[0].Years) != 2 {
		t.Fatalf("%+v", all)
	}
	src := all[0]
	f, err := query.Run(t.Context(), all, store.Who{}, query.Query{Source: src.Code, Version: src.Version, From: "2024-01-01", Until: "2024-12-31", By: []string{"sex"}})
	w.must(err)
	if f.Total != 82 {
		t.Errorf("%+v", f)
	}
	who := func(n byte, r access.Role) store.Who {
		id := w.n.Store.NewID()
		id[15] = n
		return release.As(access.Actor{ID: id, Owner: o.ID, Office: access.Programme, Roles: []access.Role{r}})
	}
	first, second, id, d := who(1, access.Rapporteur), who(2, access.Liaison), w.n.Store.NewID(), w.n.releasing
	asks := release.Asks{Source: src.Code, Version: src.Version, From: "2024-01-01", Until: "2024-12-31", Route: bundle.Exact, Columns: []string{"sex", "nationality"}, Ways: 2, K: 10, Method: "rounded"}
	w.must(d.Draft(t.Context(), first, id, w.n.Store.NewID(), asks))
	w.must(d.Ask(t.Context(), first, id))
	w.must(d.Approve(t.Context(), second, id, release.Approval{Content: true, Safety: true}))
	_, err = w.n.DrawOnce(t.Context())
	w.must(err)
	_, s, err := d.Open(t.Context(), first, id)
	w.must(err)
	w.must(d.Sign(t.Context(), first, id, s.Made.Hash))
	w.must(d.Sign(t.Context(), second, id, s.Made.Hash))
	_, files, err := d.PublicFiles(t.Context(), o.ID, id)
	w.must(err)
	x, _, err := release.Read(files)
	w.must(err)
	if r := x.Release; !strings.Contains(r.Title["fr"], "Helpline, yearly table") || !strings.Contains(r.Population["en"], "“Helpline, yearly table”") || r.Unit != "record" || r.Columns[1].Title["en"] != "Citizenship" || r.Columns[1].Words["fr"]["RO"] != "Roumanie" {
		t.Errorf("%+v", r)
	}
	asks.Called = "Persons under protection"
	if _, err := d.Plan(t.Context(), o.ID, asks); !fault.Is(err, fault.Invalid) {
		t.Errorf("a plan under the name of another table: %v", err)
	}
	asks.Called = src.Title
	bring("Helpline, yearly table", "year,sex,nationality,count\n2024,F,Romania,48\n")
	if _, err := d.Plan(t.Context(), o.ID, asks); !fault.Is(err, fault.Invalid) {
		t.Errorf("a plan of a table that was replaced since: %v", err)
	}
	if got := w.n.countable(t.Context(), o.ID); len(got) != 1 || got[0].Version == src.Version || len(got[0].Years) != 1 {
		t.Errorf("the table at hand is another one: %+v", got)
	}
	if left := w.n.countable(t.Context(), journal.ID{}); len(left) != 0 {
		t.Errorf("an office that is not here counts %d", len(left))
	}
}
