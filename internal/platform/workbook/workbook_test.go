// SPDX-License-Identifier: EUPL-1.2

package workbook_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/workbook"
)

var limits = workbook.Limits{File: 1 << 20, Unpacked: 1 << 20, Rows: 50, Cells: 5, Cell: 8}

func read(src string) (rows [][]string, numbers []int, err error) {
	err = workbook.Each(strings.NewReader(src), int64(len(src)), limits, func(n int, cells []string) error {
		rows, numbers = append(rows, cells), append(numbers, n)
		return nil
	})
	return rows, numbers, err
}

func TestRowsOfText(t *testing.T) {
	rows, numbers, err := read("\ufeffa;b\n\n1;\"two\nlines\"\n 3 ;a long text here\n")
	if err != nil || !slices.Equal(numbers, []int{1, 3, 5}) || rows[2][0] != "3" || rows[2][1] != "a long t" {
		t.Errorf("%q %v %v", rows, numbers, err)
	}
	if rows, _, err := read("a\tb,c\td\n1\t2"); err != nil || len(rows) != 2 || rows[0][1] != "b,c" {
		t.Errorf("%q %v", rows, err)
	}
}

// TestALongCellIsCutNotLost: a workbook keeps as much of a long cell as text does.
func TestALongCellIsCutNotLost(t *testing.T) {
	rows, _, err := read(book(`<sheetData><row r="1"><c t="inlineStr"><is><t>a long text here</t></is></c><c t="inlineStr"><is><r><t>1234</t></r><r><t>567ένα</t></r></is></c></row></sheetData>`))
	if err != nil || len(rows) != 1 || !slices.Equal(rows[0], []string{"a long t", "1234567"}) {
		t.Errorf("%q %v", rows, err)
	}
}

// TestWhatPartsCells: a title decides nothing, nor commas within what tabs or semicolons part.
func TestWhatPartsCells(t *testing.T) {
	for src, want := range map[string][]string{"Our table, of 2023\na;b\n1,5;2,5\n": {"1,5", "2,5"}, "a,b,c,d\tx\ny,z\t1\n": {"y,z", "1"}, "a,b\nx;y;z,1\n": {"x;y;z", "1"}, "alone\n": {"alone"}} {
		rows, _, err := read(src)
		if err != nil || len(rows) == 0 || !slices.Equal(rows[len(rows)-1], want) {
			t.Errorf("%q: %q %v", src, rows, err)
		}
	}
}

func TestWhatIsTooLargeOrNoTable(t *testing.T) {
	for name, x := range map[string]struct {
		src  string
		want error
	}{
		"rows":     {strings.Repeat("a,b\n", 51), workbook.ErrLarge},
		"cells":    {"1,2,3,4,5,6", workbook.ErrLarge},
		"bytes":    {strings.Repeat("a", 1<<20+1), workbook.ErrLarge},
		"letters":  {"a,b\n\xff,1", workbook.ErrForm},
		"archive":  {"PK\x03\x04 no archive", workbook.ErrForm},
		"unsorted": {book(`<row r="2"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>`), workbook.ErrForm},
		"far down": {book(`<row r="51"/>`), workbook.ErrLarge},
	} {
		if _, _, err := read(x.src); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhoIsGivenRowsCanStop: the error comes back as it was, of both forms.
func TestWhoIsGivenRowsCanStop(t *testing.T) {
	stop := errors.New("stop")
	for _, src := range []string{"a,b\n1,2\n", book(`<row r="1"><c r="B1"><v>7</v></c></row>`)} {
		err := workbook.Each(strings.NewReader(src), int64(len(src)), limits, func(int, []string) error { return stop })
		if !errors.Is(err, stop) || err.Error() != "stop" {
			t.Errorf("%v", err)
		}
	}
	rows, _, err := read(book(`<row r="1"><c r="B1"><v>7</v></c></row>`))
	if err != nil || len(rows) != 1 || !slices.Equal(rows[0], []string{"", "7"}) {
		t.Errorf("%q %v", rows, err)
	}
}

func book(rows string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{{"xl/workbook.xml", `<workbook xmlns:r="r"><sheet r:id="a"/></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<R><Relationship Id="a" Target="s.xml"/></R>`}, {"xl/s.xml", "<worksheet>" + rows + "</worksheet>"}} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}
