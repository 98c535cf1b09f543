// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// TestListsAndSearchesNeitherScanNorSort asks SQLite how it answers: by keys and indexes in their order, so that what a
// page costs does not grow with the office.
func TestListsAndSearchesNeitherScanNorSort(t *testing.T) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	policies, err := access.Base()
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{c: Config{Policies: policies, Clock: clock.NewManual(time.Unix(0, 0))}}
	owner := journal.MustID("01900000-0000-7000-8000-000000000001")
	o, k := Owner{ID: owner, Office: access.Assistance}, &Kind{Name: access.KindPerson, Base: journal.D0}
	who := Who{Actor: access.Actor{ID: owner, Owner: owner, Office: access.Assistance, Roles: []access.Role{access.CaseManager}}, Purpose: access.ForAssistance}
	asks := map[string]string{}
	args := map[string][]any{}
	for name, q := range map[string]Query{
		"list": {Limit: PageSize}, "the page after": {Limit: PageSize, After: cursor(1, owner)}, "by due": {Limit: PageSize, ByDue: true},
		"of a state": {Limit: PageSize, State: "open"}, "of a common code": {Limit: PageSize, Codes: map[string]string{"territory": "AL"}},
	} {
		if asks[name], args[name], err = s.listSQL(o, who, k, q, nil, false); err != nil {
			t.Fatal(err)
		}
	}
	albania := map[string]string{"territory": "AL"}
	for name, q := range map[string]Query{"by a code": {Limit: PageSize, By: "code"}, "the page after, by a code": {Limit: PageSize, By: "code", After: "AZAAAAAAcACAAAAAAAAAAVA0", Codes: albania}} {
		if asks[name], args[name], err = s.orderedSQL(o, who, k, q, atOrder); err != nil {
			t.Fatal(err)
		}
	}
	rare, of, err := s.orderedSQL(o, who, k, Query{Limit: PageSize, By: "code", Codes: albania, Spans: []Span{{"due", "20260101", "20261231"}}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if steps := strings.Join(planOf(t, d, rare, of), "\n"); !strings.HasPrefix(steps, "SEARCH f USING COVERING INDEX code_value (owner=? AND kind=? AND name=? AND value=?)") || strings.Contains(steps, "SCAN") {
		t.Errorf("a list from a rare code begins elsewhere: %s", steps)
	}
	same, of, err := s.orderedSQL(o, who, k, Query{Limit: PageSize, By: "territory", Codes: albania, After: "AZAAAAAAcACAAAAAAAAAAVA0"}, atOrder)
	if err != nil {
		t.Fatal(err)
	}
	if steps := planOf(t, d, same, of); steps[0] != "SEARCH o USING COVERING INDEX code_value (owner=? AND kind=? AND name=? AND value=? AND dossier>?)" || strings.Contains(strings.Join(steps, " "), "ORDER BY") {
		t.Errorf("a page of those that have one value does not begin where the last ended: %v", steps)
	}
	pairs := s.pairsSQL(o, who, k, "territory", "code", []Span{Is("state", "open")})
	if steps := planOf(t, d, pairs.String(), pairs.args); !strings.HasPrefix(steps[0], "SEARCH o USING COVERING INDEX code_value (owner=? AND kind=? AND name=?)") || steps[len(steps)-1] != "SEARCH x USING PRIMARY KEY (owner=? AND dossier=? AND name=?)" {
		t.Errorf("pairs are not walked in the order of the first code: %v", steps)
	}
	few, of, err := s.listSQL(o, who, k, Query{Limit: PageSize}, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	if steps := strings.Join(planOf(t, d, few, of), "\n"); !strings.Contains(steps, "(owner=? AND id=?)") || !strings.Contains(steps, "(owner=? AND actor=?)") || strings.Contains(steps, "SCAN") {
		t.Errorf("a list of few files walks others: %s", steps)
	}
	words := [][]blind{{"one", "two"}, {"three"}}
	asks["a search"], args["a search"] = among{owner: owner, actor: owner, limit: PageSize + 1, walk: walkSearch}.candidatesSQL(words, 0)
	asks["a likeness"], args["a likeness"] = among{owner: owner, limit: nearCap, walk: walkNear}.candidatesSQL(words, 1)
	for name, text := range asks {
		for _, step := range planOf(t, d, text, args[name]) {
			if strings.Contains(step, "ORDER BY") || strings.HasPrefix(step, "SCAN") && step != "SCAN t" { // t holds what was walked
				t.Errorf("%s: %s", name, step)
			}
			if strings.HasPrefix(step, "SEARCH token") && !strings.Contains(step, "hmac=?") || strings.HasPrefix(step, "SEARCH u") && !strings.Contains(step, "dossier=?") {
				t.Errorf("%s walks more than its words: %s", name, step)
			}
		}
	}
}

// planOf gives the steps of a query plan.
func planOf(t *testing.T, d *db.DB, text string, args []any) (out []string) {
	t.Helper()
	ctx := context.Background()
	if err := d.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `EXPLAIN QUERY PLAN `+text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			out = append(out, step)
		}
		return rows.Err()
	}); err != nil || len(out) == 0 {
		t.Fatalf("no plan: %v", err)
	}
	return out
}
