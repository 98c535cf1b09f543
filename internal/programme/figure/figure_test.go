// SPDX-License-Identifier: EUPL-1.2

package figure_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

var athens = journal.MustID("01900000-0000-7000-8000-00000000beef")

func body(count string) figure.Body {
	return figure.Body{Corridor: activity.Corridor{From: "GR", To: "AL"}, Quarter: "2026-Q3", Count: count, K: 5, Activity: "P4-G1"}
}

func receive(o *programmetest.Office, b figure.Body) (store.Result, error) {
	return figure.Receive(o.Ctx, o.Store, o.Post, athens, o.Clock.Now(), b)
}

func list(o *programmetest.Office) []figure.Figure {
	o.T.Helper()
	fs, err := figure.List(o.Ctx, o.Store, o.Reader, "P4-G1")
	o.Must(err)
	return fs
}

// Whatever a sender says, no number below its threshold comes in and none comes back out as 0.
func TestOnlyProtectedCounts(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := b.Locale("en", nil)
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(0, 40).Draw(t, "n"), rapid.IntRange(figure.MinK, 20).Draw(t, "k")
		code := figure.Protect(n, k)
		c, err := figure.ParseCount(code, k)
		if err != nil || c.Code() != code || !c.Measured() {
			t.Fatalf("%d under %d: %q, %v", n, k, code, err)
		}
		if (n < k) != (c.Below() == k) || c.Print(l) == "0" {
			t.Fatalf("%d under %d prints %q", n, k, c.Print(l))
		}
		raw := rapid.SampledFrom([]string{"", "+"}).Draw(t, "sign") + l.Number(n)
		if c, err := figure.ParseCount(raw, k); n < k && err == nil {
			t.Fatalf("%q under %d came in as %v", raw, k, c)
		}
	})
	for code, k := range map[string]int{"0": 5, "4": 5, "<4": 5, "<6": 5, "05": 5, "5.0": 5, "-7": 5, "": 5, "5 ": 5, "<": 5, "=5": 5, "99999999999999": 5, "7": 2, "<2": 2, "1": 0, "<5000": 5000} {
		if c, err := figure.ParseCount(code, k); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q under %d: %v, %v", code, k, c, err)
		}
	}
	if got := (figure.Count{}).Print(l); got != "not measured yet" {
		t.Errorf("the zero count prints %q", got)
	}
	if c, err := figure.ParseCount("not_measured", 0); err != nil || c.Measured() || c.Code() != "not_measured" {
		t.Errorf("%v, %v", c, err)
	}
}

func TestAFigureArrivesOnceAndIsReadByEverybody(t *testing.T) {
	for _, kind := range access.OfficeKinds() {
		o := programmetest.New(t, kind)
		r, err := receive(o, body("<5"))
		o.Must(err)
		if len(r.Appended) != 1 || r.Ref != figure.Ref(o.Owner, athens, body("<5")) {
			t.Fatalf("%+v", r)
		}
		again, err := receive(o, body("<5"))
		o.Must(err)
		if len(again.Appended) != 0 {
			t.Error("the same figure was stored twice")
		}
		fs := list(o)
		if len(fs) != 1 || fs[0].Count.Code() != "<5" || fs[0].K != 5 || fs[0].Office != athens || fs[0].Quarter != (figure.Quarter{Year: 2026, N: 3}) || !fs[0].Running() || fs[0].Times != 1 {
			t.Fatalf("%s: %+v", kind, fs)
		}
	}
}

func TestACorrectionIsKeptAndAnOldMessageDoesNotUndoIt(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	first := o.Clock.Now()
	_, err := receive(o, body("<5"))
	o.Must(err)
	o.Clock.Advance(40 * 24 * time.Hour)
	second := o.Clock.Now()
	_, err = receive(o, body("12"))
	o.Must(err)
	if f := list(o)[0]; f.Count.Code() != "12" || f.Times != 2 || f.Running() {
		t.Fatalf("%+v", f)
	}
	for range 2 { // the first message, delivered again late
		r, err := figure.Receive(o.Ctx, o.Store, o.Post, athens, first, body("<5"))
		o.Must(err)
		if f := list(o)[0]; f.Count.Code() != "12" || !f.At.Equal(second) || len(r.Appended) != 0 {
			t.Fatalf("%+v", f)
		}
	}
	o.Clock.Advance(time.Hour)
	_, err = receive(o, body("<5"))
	o.Must(err)
	if f := list(o)[0]; f.Count.Code() != "<5" || f.Times != 3 {
		t.Fatalf("back to the first: %+v", f)
	}
}

func TestWhatIsNoFigureIsRefused(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	for field, change := range map[string]func(*figure.Body){
		"count":    func(b *figure.Body) { b.Count = "4" },
		"k":        func(b *figure.Body) { b.K = 1 },
		"quarter":  func(b *figure.Body) { b.Quarter = "2026-Q4" },
		"activity": func(b *figure.Body) { b.Activity = "=1+1" },
		"corridor": func(b *figure.Body) { b.Corridor.To = "GR" },
	} {
		b := body("<5")
		change(&b)
		if _, err := receive(o, b); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, q := range []string{"2026", "2026-Q0", "2026-Q5", "1999-Q1", "2026-q3", "2026-Q33"} {
		if _, err := figure.ParseQuarter(q); err == nil {
			t.Errorf("%q is a quarter", q)
		}
	}
	if len(list(o)) != 0 {
		t.Error("something came in")
	}
}

func TestOnlyThePostBringsFigures(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	for _, w := range []store.Who{o.Officer, o.Reader, o.Importer} {
		if _, err := figure.Receive(o.Ctx, o.Store, w, athens, o.Clock.Now(), body("12")); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%v: %v", w.Actor.Roles, err)
		}
	}
}

func TestQuarters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := figure.Quarter{Year: rapid.IntRange(2001, 2098).Draw(t, "year"), N: rapid.IntRange(1, 4).Draw(t, "n")}
		if q.Next().Before() != q || !q.Next().After(q) || q.After(q) || figure.QuarterOf(q.End().Add(-time.Nanosecond)) != q || figure.QuarterOf(q.End()) != q.Next() {
			t.Fatalf("%v", q)
		}
		if x, err := figure.ParseQuarter(q.String()); err != nil || x != q {
			t.Fatalf("%v: %v, %v", q, x, err)
		}
	})
}
