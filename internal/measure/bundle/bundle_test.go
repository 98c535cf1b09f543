// SPDX-License-Identifier: EUPL-1.2

package bundle_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/microdata"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// people draws records of three columns.
func people(t testing.TB, n int) *table.Records {
	t.Helper()
	d := table.Domain{Columns: []table.Column{{Name: "sex", Values: []string{"f", "m", "unknown"}}, {Name: "age", Values: []string{"minor", "adult", "unknown"}}, {Name: "form", Values: []string{"labour", "other"}}}}
	r, err := table.NewRecords(d, n)
	if err != nil {
		t.Fatal(err)
	}
	g := rand.New(rand.NewPCG(1, 1))
	for range n {
		if err := r.Add(uint16(g.IntN(3)*g.IntN(2)), uint16(g.IntN(3)), uint16(g.IntN(2))); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func columns(d table.Domain) (out []bundle.Column) {
	for _, c := range d.Columns {
		out = append(out, bundle.Column{Code: c.Name, Values: c.Values})
	}
	return out
}

// noisy is a release on the route pooled, with records.
func noisy(t testing.TB) bundle.Whole {
	t.Helper()
	r := people(t, 200)
	p, err := pooled.New(r.Domain, []pooled.Asked{{Set: table.SetOf(0, 1)}, {Set: table.SetOf(1, 2)}}, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	rel, err := p.Measure(t.Context(), r, func(part int) io.Reader { return rand.NewChaCha8([32]byte{byte(part)}) })
	if err != nil {
		t.Fatal(err)
	}
	w := bundle.Whole{Release: bundle.Release{ID: "r1", Route: bundle.Pooled, Columns: columns(r.Domain)}}
	if w.Tables, err = bundle.Estimates(rel); err != nil {
		t.Fatal(err)
	}
	if w.Records, err = microdata.Make(t.Context(), rel, microdata.Options{Seed: 1}, nil); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestAReleaseComesBackFromItsFolder: tables, records and hash; estimates agree with each other to what they are written to.
func TestAReleaseComesBackFromItsFolder(t *testing.T) {
	w := noisy(t)
	w.Beside = map[string][]byte{"index.html": []byte("<p>")}
	folder := filepath.Join(t.TempDir(), "r1")
	hash, err := w.Write(folder)
	if err != nil {
		t.Fatal(err)
	}
	back, again, err := bundle.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if again != hash || !reflect.DeepEqual(back.Tables, w.Tables) || !reflect.DeepEqual(back.Release, w.Release) || string(back.Beside["index.html"]) != "<p>" {
		t.Error("another release came back")
	}
	for c := range w.Records.Domain.Columns {
		if !slices.Equal(back.Records.Column(c), w.Records.Column(c)) {
			t.Errorf("column %d of the records differs", c)
		}
	}
	total, sum := *back.Tables.Tables[0].Cells[0].Value, 0.0
	for _, c := range back.Tables.Tables[1].Cells {
		sum += *c.Value
		if (c.Flag == bundle.Noise) != (*c.Low <= 0) {
			t.Errorf("%v is flagged %q", *c.Low, c.Flag)
		}
	}
	if math.Abs(total-sum) > 0.02 {
		t.Errorf("%v beside %v", sum, total)
	}
	w.Beside["../index.html"] = nil
	if _, err := w.Write(folder + "2"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a file elsewhere: %v", err)
	}
	if _, err := w.Write(folder); err == nil {
		t.Error("written over another release")
	}
	if err := os.WriteFile(filepath.Join(folder, bundle.TablesFile), []byte(`{"tables":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := bundle.Read(folder); !fault.Is(err, fault.Invalid) {
		t.Errorf("a changed file: %v", err)
	}
	if _, _, err := bundle.Read(t.TempDir()); err == nil {
		t.Error("an empty folder is a release")
	}
}

// TestWhatIsProtectedReadsAsProtected: what a stranger reads out of a release is what was published, and the calculated ends
// that stand beside a hidden cell are what the audit of what he reads gives.
func TestWhatIsProtectedReadsAsProtected(t *testing.T) {
	const k = 10
	r := people(t, 150)
	l, err := exact.Link([]int{3, 3, 2}, [][]int{{0, 1}, {1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	values, err := l.Fill(func(s []int) ([]int64, error) { return r.Count(s) })
	if err != nil {
		t.Fatal(err)
	}
	published, err := exact.Protect(t.Context(), l.System, values, exact.Rules{K: k}, nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := exact.Audit(t.Context(), l.System, published, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := bundle.Whole{Release: bundle.Release{Route: bundle.Exact, Columns: columns(r.Domain), Guard: &bundle.Guard{K: k, Method: "suppressed"}}, Tables: bundle.Suppressed(r.Domain, l, published, found, k)}
	back := again(t, w)
	l2, known, err := back.Link()
	if err != nil || l2.Cells != l.Cells || !slices.Equal(known, published) {
		t.Fatalf("a stranger reads %v, published %v, %v", known, published, err)
	}
	for _, x := range back.Tables.Tables {
		for _, c := range x.Cells {
			if (c.Value == nil) != (c.Flag != "") {
				t.Errorf("%+v", c)
			}
		}
	}
	rounded, err := exact.Round(t.Context(), l.System, values, 5, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	w.Release.Guard = &bundle.Guard{K: k, Method: "rounded", Base: 5}
	w.Tables = bundle.RoundedTo(r.Domain, l, rounded, 5)
	back = again(t, w)
	if _, known, err = back.Link(); err != nil || !slices.Equal(known, exact.Rounded(rounded, 5)) {
		t.Errorf("rounded reads as %v, %v", known, err)
	}
}

// again writes a release and reads it.
func again(t testing.TB, w bundle.Whole) bundle.Whole {
	t.Helper()
	files, _, err := w.Files()
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := bundle.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// FuzzParse: whatever is given is refused or is a release whose cells fit its columns, and comes back as it was.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"columns":[{"code":"a","values":["x","unknown"]}]}`), []byte(`{"tables":[{"columns":["a"],"cells":[{"value":1},{"flag":"below","low":0}]}]}`), []byte("a\nx\n"))
	f.Fuzz(func(t *testing.T, release, tables, records []byte) {
		var r bundle.Release
		if json.Unmarshal(release, &r) != nil {
			return
		}
		r.Format, r.Files = bundle.Format, map[string]string{bundle.TablesFile: hash(tables), bundle.RecordsFile: hash(records)}
		release, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		w, _, err := bundle.Parse(map[string][]byte{bundle.ReleaseFile: release, bundle.TablesFile: tables, bundle.RecordsFile: records})
		if err != nil {
			return
		}
		back := again(t, w)
		if back.Records.Len() != w.Records.Len() || len(back.Tables.Tables) != len(w.Tables.Tables) {
			t.Fatal("another release came back")
		}
		_, _, _ = w.Link() // refused or not, nothing breaks
	})
}

func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// TestReleasesAreTheSameBytes: so that the hash in a register says which one it was.
func TestReleasesAreTheSameBytes(t *testing.T) {
	w := noisy(t)
	a, _, err := w.Files()
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := w.Files()
	if err != nil || !maps.EqualFunc(a, b, bytes.Equal) {
		t.Errorf("other bytes the second time: %v", err)
	}
}
