// SPDX-License-Identifier: EUPL-1.2

package yearbook_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/yearbook"
)

func read(t *testing.T, as intake.Shape, src string) *intake.Figures {
	t.Helper()
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	f, err := intake.Read(bytes.NewReader([]byte(src)), int64(len(src)), as, intake.Options{Names: territory.Load(b)})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const table = "year,citizenship,count\n2024,Romania,3\n2024,unknown,2\n2025,XK,4\n"

// TestBroughtInOnce: the same file changes nothing, another one of the name replaces it, and both are counted as they say.
func TestBroughtInOnce(t *testing.T) {
	var shelf yearbook.Shelf
	o := programmetest.New(t, access.Assistance)
	bring := func(name, src string) yearbook.Done {
		t.Helper()
		d, err := yearbook.Bring(o.Ctx, o.Store, o.Importer, name, []byte(src), read(t, intake.Table, src))
		o.Must(err)
		return d
	}
	if d := bring("Own  table", table); !d.Changed {
		t.Error("nothing was kept")
	}
	if d := bring("Own table", table); d.Changed {
		t.Error("the same file was kept again")
	}
	counted := func() []int64 {
		t.Helper()
		all, err := shelf.Sources(o.Ctx, o.Store, o.Importer)
		o.Must(err)
		if len(all) != 1 {
			t.Fatalf("%d sources", len(all))
		}
		r, err := all[0].Coded(o.Ctx, o.Importer, source.Year(2024))
		o.Must(err)
		n, err := r.Count([]int{1})
		o.Must(err)
		return n
	}
	if n := counted(); !slices.Equal(n, []int64{3, 0, 2}) {
		t.Errorf("%v", n)
	}
	d := bring("Own table", strings.Replace(table, "Romania,3", "Romania,7", 1))
	if n := counted(); !d.Changed || !slices.Equal(n, []int64{7, 0, 2}) {
		t.Errorf("%v", n)
	}
	ref := yearbook.Ref(o.Owner, "Own table")
	_, err := o.Store.Append(o.Ctx, o.Officer, ref, store.Draft{Type: yearbook.WithdrawnType, Payload: yearbook.Ended{On: party.InYear(2026), Reason: "Wrong year"}})
	o.Must(err)
	if all, err := shelf.Sources(o.Ctx, o.Store, o.Importer); err != nil || len(all) != 0 {
		t.Errorf("a withdrawn table is counted: %v", err)
	}
	if n := o.Revisions(access.KindYearbook); n != 3 {
		t.Errorf("%d entries", n)
	}
}

// TestWhatCannotBeCountedIsKeptToBeLookedAt: and records come back as they were.
func TestWhatCannotBeCountedIsKeptToBeLookedAt(t *testing.T) {
	var shelf yearbook.Shelf
	o := programmetest.New(t, access.Programme)
	src := "Citizenship;F;M\nRO;<5;3\n"
	_, err := yearbook.Bring(o.Ctx, o.Store, o.Officer, "Bounds", []byte(src), read(t, intake.Table, src))
	o.Must(err)
	if all, err := shelf.Sources(o.Ctx, o.Store, o.Importer); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
	records := "yearOfRegistration,gender,citizenship,means\n2020,Female,RO,a;b\n2020,Female,RO,a;b\n,Male,,\n"
	f := read(t, intake.CTDC, records)
	_, err = yearbook.Bring(o.Ctx, o.Store, o.Officer, "Records", []byte(records), f)
	o.Must(err)
	opened, err := o.Store.Open(o.Ctx, o.Reader, yearbook.Ref(o.Owner, "Records"))
	o.Must(err)
	back, err := opened.State.(yearbook.Book).Figures()
	o.Must(err)
	if len(back.Rows) != 3 || !slices.EqualFunc(back.Counts(), f.Counts(), func(a, b intake.Counted) bool {
		return slices.Equal(a.N, b.N) && a.Known == b.Known && a.Blank == b.Blank
	}) {
		t.Errorf("%+v, want %+v", back.Counts(), f.Counts())
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	good := read(t, intake.Table, table)
	if _, err := yearbook.Bring(o.Ctx, o.Store, o.Officer, " ", []byte(table), good); !fault.Is(err, fault.Invalid) {
		t.Errorf("no name: %v", err)
	}
	if _, err := yearbook.Bring(o.Ctx, o.Store, o.Reader, "Own", []byte(table), good); !fault.Is(err, fault.Denied) {
		t.Errorf("a reader keeps a table: %v", err)
	}
	for name, v := range map[string]yearbook.Brought{"no data": {Name: "x", Shape: intake.Table, Hash: strings.Repeat("0", 64)}, "noise": {Name: "x", Shape: intake.Table, Hash: strings.Repeat("0", 64), Data: "bm8="}} {
		if _, err := o.Store.Append(o.Ctx, o.Officer, yearbook.Ref(o.Owner, "x"), store.Draft{Type: yearbook.BroughtType, Payload: v}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestATableComesInByItsPage: what was looked at is what is kept, and its faults are named with their lines.
func TestATableComesInByItsPage(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	at := yearbook.Path + "/bring"
	for _, l := range []string{"en", "fr"} {
		s.Page(at, l)
		s.Page(yearbook.Path, l)
	}
	file := s.Page(at+"/sample", "en")
	v := url.Values{"name": {"A yearbook’s table"}, "as": {"table"}}
	looked := s.Post(at, v, file).Body.String()
	for _, want := range []string{"two numbers for the same thing: neither is taken", "two numbers: none taken", "&lt;5", "Kosovo", "line 3", "Some numbers of this table are not told"} {
		if !strings.Contains(looked, want) {
			t.Errorf("the preview does not say %q", want)
		}
	}
	if s.Revisions(access.KindYearbook) != 0 {
		t.Fatal("looking kept something")
	}
	_, rest, _ := strings.Cut(looked, `name="seen" value="`)
	seen, _, _ := strings.Cut(rest, `"`)
	v.Set("keep", "yes")
	v.Set("seen", "something else")
	if again := s.Post(at, v, file).Body.String(); !strings.Contains(again, "has changed since you looked") || s.Revisions(access.KindYearbook) != 0 {
		t.Error("what nobody looked at was kept")
	}
	v.Set("seen", seen)
	if done := s.Post(at, v, file).Body.String(); !strings.Contains(done, "Kept.") {
		t.Fatal(done)
	}
	page := yearbook.Path + "/" + yearbook.Ref(s.Owner, "A yearbook’s table").ID.String()
	if got := s.Page(page, "fr"); !strings.Contains(got, "aucun retenu") || !strings.Contains(got, "préjuge") {
		t.Error("the page does not show the table")
	}
	if got := s.Page(page+"/table", "en"); !strings.Contains(got, "XK,female,<5,,4") {
		t.Errorf("%s", got)
	}
	for name, x := range map[string]url.Values{"no name": {"as": {"table"}}, "no shape": {"name": {"x"}}, "another shape": {"name": {"x"}, "as": {"unodc"}}} {
		if w := s.Post(at, x, file); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}
