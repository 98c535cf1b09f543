// SPDX-License-Identifier: EUPL-1.2

package rows_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/rows"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

const lists = `column,value,several
sex,female,
sex,male,
form,labour,yes
form,other,
form,begging,
`

func parsed(t testing.TB) rows.Lists {
	t.Helper()
	l, err := rows.ReadLists(strings.NewReader(lists))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestFilesBecomeCodes: blanks are unknown, several answers are columns of their own, what is in no list is counted and told by
// column, and a person counts once.
func TestFilesBecomeCodes(t *testing.T) {
	text := "\ufeffid;sex;form;note\n" +
		"1;female;\"labour; begging\";x\n" +
		"2;male;other;\n" +
		"1;male;other;\n" +
		"3; ;;\n" +
		";alien;labour;\n"
	r, report, err := rows.Read(t.Context(), strings.NewReader(text), parsed(t), rows.Options{Person: "id"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Lines != 5 || report.People != 4 || report.Repeated != 1 || report.Unlisted["sex"] != 1 || report.Blank["form"] != 1 || !slices.Equal(report.Ignored, []string{"note"}) {
		t.Errorf("%+v", report)
	}
	var names []string
	for _, c := range r.Domain.Columns {
		names = append(names, c.Name+"/"+strings.Join(c.Values, ","))
	}
	if want := []string{"sex/female,male,unknown", "form.labour/yes,no,unknown", "form.other/yes,no,unknown", "form.begging/yes,no,unknown"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	for c, want := range [][]uint16{{0, 1, 2, 2}, {0, 1, 2, 0}, {1, 0, 2, 1}, {0, 1, 2, 1}} {
		if got := r.Column(c); !slices.Equal(got, want) {
			t.Errorf("column %d: %v, want %v", c, got, want)
		}
	}
}

func TestListsOfAPublicFile(t *testing.T) {
	l, err := rows.Observed(strings.NewReader("a,b\nx,1;2\n,2\ny,\n"), []string{"b"})
	if err != nil {
		t.Fatal(err)
	}
	if len(l) != 2 || !slices.Equal(l[0].Values, []string{"x", "y"}) || !slices.Equal(l[1].Values, []string{"1", "2"}) || !l[1].Several {
		t.Errorf("%+v", l)
	}
	if _, err := rows.Observed(strings.NewReader("a\nx\n"), []string{"b"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a column that is not there: %v", err)
	}
}

// million writes a code list with a million values, or a file with a line that never ends.
type million struct {
	n    int
	line func(i int) string
	rest string
}

func (m *million) Read(p []byte) (int, error) {
	for m.rest == "" {
		if m.n == 1_000_000 {
			return 0, io.EOF
		}
		m.rest = m.line(m.n)
		m.n++
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

func TestBadFilesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":        "",
		"no column":      "id,form\n1,other\n",
		"a name twice":   "sex,sex,form\n",
		"a short line":   "sex,form\nmale\n",
		"an open quote":  "sex,form\n\"male,other\n",
		"no person":      "sex,form\n",
		"no name at all": "sex,,form\n",
	} {
		o := rows.Options{}
		if name == "no person" {
			o.Person = "id"
		}
		if _, _, err := rows.Read(t.Context(), strings.NewReader(text), parsed(t), o); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{"no head": "a,b\n", "no value": "column,value\nsex,\n", "twice": "column,value\nsex,a\nsex,a\n", "none": "column,value\n"} {
		if _, err := rows.ReadLists(strings.NewReader(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("lists, %s: %v", name, err)
		}
	}
	if _, err := rows.ReadLists(io.MultiReader(strings.NewReader("column,value\n"), &million{line: func(i int) string { return fmt.Sprintf("a,v%d\n", i) }})); !fault.Is(err, fault.Invalid) {
		t.Errorf("a million values: %v", err)
	}
	if _, err := rows.Observed(io.MultiReader(strings.NewReader("a\n"), &million{line: func(i int) string { return fmt.Sprintf("v%d\n", i) }}), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("a million values that occur: %v", err)
	}
	endless := io.MultiReader(strings.NewReader("sex,form\n\""), &million{line: func(int) string { return "no end\n" }})
	if _, _, err := rows.Read(t.Context(), endless, parsed(t), rows.Options{}); !fault.Is(err, fault.TooMuch) {
		t.Errorf("a line without end: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := rows.Read(ctx, strings.NewReader("sex,form\nmale,other\n"), parsed(t), rows.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// FuzzRead: any file is refused or gives records whose codes are in their lists.
func FuzzRead(f *testing.F) {
	f.Add([]byte(lists), []byte("sex,form\nmale,labour;other\n"))
	f.Add([]byte("column,value\na,1\n"), []byte("\ufeffa\tb\n1\t2\n"))
	f.Fuzz(func(t *testing.T, lists, data []byte) {
		l, err := rows.ReadLists(strings.NewReader(string(lists)))
		if err != nil {
			if l, err = rows.Observed(strings.NewReader(string(data)), nil); err != nil {
				return
			}
		}
		r, report, err := rows.Read(t.Context(), strings.NewReader(string(data)), l, rows.Options{})
		if err != nil {
			return
		}
		if r.Len() != report.People || report.People > report.Lines {
			t.Fatalf("%d records, %+v", r.Len(), report)
		}
		for i := range l.Domain().Columns {
			if _, err := r.Count(table.SetOf(i)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
