// SPDX-License-Identifier: EUPL-1.2

package release_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/release"
)

// cells gives the published cells of a table.
func cells(t testing.TB, tables bundle.Tables, name string) []bundle.Cell {
	t.Helper()
	for _, x := range tables.Tables {
		if release.TableName(x.Columns) == name {
			return x.Cells
		}
	}
	t.Fatalf("no table %q", name)
	return nil
}

func TestExactCountsAreProtected(t *testing.T) {
	for _, method := range release.Methods() {
		w := newWorld(t)
		s, r, tables := w.published(counted("2025-01-01", "2025-12-31", method))
		if r.Guard == nil || r.Guard.K != 10 || r.Guard.Method != method || r.Promise != nil {
			t.Errorf("%+v", r.Guard)
		}
		if c, there := w.budget().Charge(s.ID); !there || c.Cost != 0 || c.Spent == nil {
			t.Errorf("the register does not say that exact counts were told: %+v", c)
		}
		for _, x := range tables.Tables {
			for i, c := range x.Cells {
				switch {
				case method == "rounded" && (c.Flag != "rounded" || int64(*c.Value)%10 != 0):
					t.Errorf("%v %d: %+v", x.Columns, i, c)
				case method == "suppressed" && c.Value != nil && *c.Value < 10:
					t.Errorf("%v %d: %v is told", x.Columns, i, *c.Value)
				case method == "suppressed" && c.Value == nil && c.Flag != "below" && c.Flag != "withheld":
					t.Errorf("%v %d: %+v", x.Columns, i, c)
				}
			}
		}
		for _, c := range r.Checks {
			if c.Code != "group" && c.Found > 0 {
				t.Errorf("%+v", c)
			}
		}
	}
}

// TestThreeQuartersDoNotTellTheFourth: a year is published, then three of its quarters. What is left is as safe as if it were
// published, and the numbers that would tell it are withheld.
func TestThreeQuartersDoNotTellTheFourth(t *testing.T) {
	w := newWorld(t)
	w.records = nil
	w.people(2025, 700)
	left := 0
	for i := range w.records { // few people in the last quarter
		if r := &w.records[i]; r.On.Month() > 9 {
			if left++; left > 5 {
				r.On = r.On.AddDate(0, -3, 0)
			}
		}
	}
	ask := func(from, until string) release.Asks {
		a := counted(from, until, "suppressed")
		a.K = 15
		return a
	}
	_, _, year := w.published(ask("2025-01-01", "2025-12-31"))
	var quarters []bundle.Tables
	for _, q := range [][2]string{{"2025-01-01", "2025-03-31"}, {"2025-04-01", "2025-06-30"}, {"2025-07-01", "2025-09-30"}} {
		s := w.drawn(ask(q[0], q[1]))
		if s.Status() == release.Broken && s.End.Reason == "told_before" {
			t.Logf("%s: refused", q[0])
			continue
		}
		if s.Status() != release.Drawn {
			t.Fatalf("%s: %s %+v", q[0], s.Status(), s.End)
		}
		if len(s.Made.Earlier) != 1+len(quarters) {
			t.Errorf("%s was held against %v", q[0], s.Made.Earlier)
		}
		b, err := w.desk.Files(t.Context(), w.person(1, "rapporteur"), s)
		w.must(err)
		x, _, err := release.Read(b)
		w.must(err)
		quarters = append(quarters, x.Tables)
	}
	// Whoever adds up what is told of three quarters and takes it from the year learns no small number.
	truth := map[string][]int64{}
	for _, name := range []string{"", "sex", "age", "sex+age"} {
		whole := cells(t, year, name)
		for c, y := range whole {
			left, known := 0.0, y.Value != nil && len(quarters) == 3
			if known {
				left = *y.Value
			}
			for _, q := range quarters {
				x := cells(t, q, name)[c]
				if known = known && x.Value != nil; known {
					left -= *x.Value
				}
			}
			if known && left < 15 {
				t.Errorf("%s %d of the last quarter is %v", name, c, left)
			}
			truth[name] = append(truth[name], int64(left))
		}
	}
}

// TestRoundingAgainIsNoSecondLook: the same numbers published beside others are rounded as before.
func TestRoundingAgainIsNoSecondLook(t *testing.T) {
	w := newWorld(t)
	_, _, first := w.published(counted("2025-01-01", "2025-12-31", "rounded"))
	more := counted("2025-01-01", "2025-12-31", "rounded")
	more.Columns = []string{"sex", "age", "forms.labour"}
	s := w.drawn(more)
	if s.Status() == release.Broken {
		t.Fatalf("%+v", s.End)
	}
	b, err := w.desk.Files(t.Context(), w.person(1, "rapporteur"), s)
	w.must(err)
	second, _, err := release.Read(b)
	w.must(err)
	same, all := 0, 0
	for _, x := range first.Tables {
		for i, c := range cells(t, second.Tables, release.TableName(x.Columns)) {
			all++
			if *c.Value == *x.Cells[i].Value {
				same++
			}
		}
	}
	if same != all {
		t.Errorf("%d of %d numbers are rounded as before", same, all)
	}
}
