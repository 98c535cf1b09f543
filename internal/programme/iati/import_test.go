// SPDX-License-Identifier: EUPL-1.2

package iati_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// official is where the standard's own files lie beside a checkout; tests that need them are skipped without.
const official = "../../../../shared/data/iati"

func needOfficial(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(official); err != nil {
		t.Skip("the standard's files are not beside this checkout")
	}
}

// opening gives a file that lies in memory.
func opening(src []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(src)), nil }
}

func take(o *programmetest.Office, src []byte, opt iati.Options) (iati.Report, error) {
	o.T.Helper()
	o.Clock.Advance(time.Second)
	return iati.Import(o.Ctx, o.Store, o.Importer, opening(src), opt)
}

func imported(o *programmetest.Office, src []byte) iati.Report {
	o.T.Helper()
	r, err := take(o, src, iati.Options{})
	o.Must(err)
	return r
}

// opened reads a reported activity.
func opened(o *programmetest.Office, identifier string) activity.Activity {
	o.T.Helper()
	got, err := o.Store.Open(o.Ctx, o.Reader, activity.ReportedRef(o.Owner, identifier))
	o.Must(err)
	return got.State.(activity.Activity)
}

func count(list []iati.Counted) map[string]int {
	out := map[string]int{}
	for _, c := range list {
		out[c.Code] = c.Count
	}
	return out
}

func TestTheRealFilesComeInWithTheirCountsAndSums(t *testing.T) {
	needOfficial(t)
	raw, err := os.ReadFile(filepath.Join(official, "real", "expected-import.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		Activities, Budgets, Transactions, Results, Indicators, Periods int
		BadValues                                                       int               `json:"bad_values"`
		Duplicates                                                      int               `json:"duplicate_ids"`
		Countries                                                       []string          `json:"recipient_countries"`
		Status                                                          map[string]int    `json:"status"`
		ByType                                                          map[string]int    `json:"tx_by_type"`
		Sums                                                            map[string]string `json:"value_by_type_currency"`
		Version                                                         string
	}
	if err := json.Unmarshal(raw, &want); err != nil || len(want) != 2 {
		t.Fatal(err)
	}
	o := programmetest.New(t, access.Programme)
	for name, w := range want {
		src, err := os.ReadFile(filepath.Join(official, "real", name))
		o.Must(err)
		r := imported(o, src)
		if !r.OK || r.Activities != (iati.Tally{Created: w.Activities}) || r.Version != w.Version || r.BadValues != w.BadValues || r.Duplicates != w.Duplicates || !slices.Equal(r.Countries, w.Countries) {
			t.Errorf("%s: %+v", name, r)
		}
		for element, n := range map[string]int{"activity": w.Activities, "budget": w.Budgets, "transaction": w.Transactions, "result": w.Results, "indicator": w.Indicators, "period": w.Periods} {
			if r.Elements[element] != n {
				t.Errorf("%s: %d of %s, not %d", name, r.Elements[element], element, n)
			}
		}
		if got := count(r.Status); fmt.Sprint(got) != fmt.Sprint(w.Status) {
			t.Errorf("%s: status %v, not %v", name, got, w.Status)
		}
		if got := count(r.Transactions); fmt.Sprint(got) != fmt.Sprint(w.ByType) {
			t.Errorf("%s: types %v, not %v", name, got, w.ByType)
		}
		sums := map[string]string{}
		for _, x := range r.Totals {
			sums[x.Type+"|"+x.Currency] = x.Sum
		}
		if fmt.Sprint(sums) != fmt.Sprint(w.Sums) {
			t.Errorf("%s: sums %v, not %v", name, sums, w.Sums)
		}
		if again := imported(o, src); again.Activities != (iati.Tally{Unchanged: w.Activities}) {
			t.Errorf("%s again: %+v", name, again.Activities)
		}
	}
	if n, err := o.Store.Count(o.Ctx, o.Reader, store.Query{Kind: access.KindActivity, Codes: map[string]string{"recipient": "AM"}}); err != nil || n != 43 {
		t.Errorf("%d activities in Armenia: %v", n, err)
	}
}

// small is a file of activities with something to get wrong: a foreign element, an amount that is none, an activity twice.
func small(title string) []byte {
	one := func(id, title string) string {
		return `<iati-activity xml:lang="fr" default-currency="EUR"><iati-identifier>` + id + `</iati-identifier><reporting-org ref="XX-1" type="10"><narrative>E</narrative></reporting-org>
		<title><narrative>` + title + `</narrative><narrative xml:lang="en">Title</narrative></title><description><narrative>D</narrative></description><participating-org role="1" ref="XX-1"/>
		<activity-status code="2"/><activity-date type="1" iso-date="2020-01-01"/><activity-date type="2" iso-date="2020-02-01"/><recipient-country code="AL"/><sector code="15160"/>
		<transaction><transaction-type code="3"/><transaction-date iso-date="2020-02-02"/><value value-date="2020-02-02">0.10</value></transaction>
		<transaction><transaction-type code="3"/><transaction-date iso-date="2020-02-02"/><value value-date="2020-02-02">0.2</value></transaction></iati-activity>`
	}
	return []byte(`<iati-activities version="2.03" xmlns:x="urn:x">` + one("XX-1-A", title) + one("XX-1-B", "B") + one("XX-1-A", "twice") + `<x:note/></iati-activities>`)
}

func TestASecondImportChangesNothingAndAChangedFileOneActivity(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	r := imported(o, small("A"))
	if r.Activities != (iati.Tally{Created: 2}) || r.Duplicates != 1 || len(r.Dropped) != 1 || r.Dropped[0].Path != "iati-activities/{urn:x}note" || r.Totals[0] != (iati.Total{Type: "3", Currency: "EUR", Sum: "0.60"}) {
		t.Errorf("first: %+v", r)
	}
	if r := imported(o, small("A")); r.Activities != (iati.Tally{Unchanged: 2}) {
		t.Errorf("again: %+v", r.Activities)
	}
	if r := imported(o, small("Aa")); r.Activities != (iati.Tally{Updated: 1, Unchanged: 1}) {
		t.Errorf("changed: %+v", r.Activities)
	}
	a := opened(o, "XX-1-A")
	if title := a.Reported.Record.Title(); title.In("en").Text != "Title" || title.In("fr").Text != "Aa" || a.Reported.Start().String() != "2020-02-01" {
		t.Errorf("kept: %+v", title)
	}
	if r := o.Load(); r.Added+r.Changed+len(r.Dropped) != 0 {
		t.Errorf("the programme is touched: %+v", r)
	}
}

func TestAStrictImportWritesNothingOfAFileThatTheStandardRefuses(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	r, err := take(o, small("A"), iati.Options{Strict: true})
	if fault.Of(err) != fault.Invalid || r.Duplicates != 1 {
		t.Fatalf("%+v: %v", r, err)
	}
	if n, err := o.Store.Count(o.Ctx, o.Reader, store.Query{Kind: access.KindActivity}); err != nil || n != 0 {
		t.Errorf("%d written: %v", n, err)
	}
	good := bytes.Replace(small("A"), []byte("XX-1-A</iati-identifier>"), []byte("XX-1-C</iati-identifier>"), 1)
	if r, err := take(o, good, iati.Options{Strict: true}); err != nil || r.Activities.Created != 3 {
		t.Errorf("%+v: %v", r, err)
	}
}

func TestAFileThatBreaksOffSaysWhatCameIn(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	src := small("A")
	r, err := take(o, src[:bytes.Index(src, []byte("twice"))], iati.Options{})
	if fault.Of(err) != fault.Invalid || r.OK || r.Activities.Created != 2 {
		t.Errorf("%+v: %v", r, err)
	}
	if _, err := take(o, []byte("<html/>"), iati.Options{}); fault.Of(err) != fault.Invalid {
		t.Errorf("no file of activities: %v", err)
	}
}

func TestOnlyTheImportWritesWhatOthersReport(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	imported(o, small("A"))
	a := opened(o, "XX-1-A")
	ref := activity.ReportedRef(o.Owner, "XX-1-A")
	if _, err := o.Store.Append(o.Ctx, o.Officer, ref, store.Draft{Type: activity.ReportedType, Payload: a.Reported}); fault.Of(err) != fault.Guarded {
		t.Errorf("an officer writes it: %v", err)
	}
	words := "ours"
	if _, err := o.Store.Append(o.Ctx, o.Officer, ref, store.Draft{Type: activity.DescribedType, Payload: activity.Described{Description: &words}}); fault.Of(err) != fault.NotFound {
		t.Errorf("an officer describes it: %v", err)
	}
	other := a.Reported
	other.Identifier = "XX-1-Z"
	if _, err := o.Store.Append(o.Ctx, o.Importer, ref, store.Draft{Type: activity.ReportedType, Payload: other}); fault.Of(err) != fault.Invalid {
		t.Errorf("another identifier: %v", err)
	}
}

// generated streams a file of n activities, each with per results and transactions, without holding it.
func generated(n, per int) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() {
			random := rand.New(rand.NewPCG(1, 2))
			_, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><iati-activities version="2.03">`)
			for i := 0; i < n && err == nil; i++ {
				var b strings.Builder
				id := "XX-TEST-" + strconv.Itoa(i)
				fmt.Fprintf(&b, `<iati-activity xml:lang="en" default-currency="EUR"><iati-identifier>%s</iati-identifier><reporting-org ref="XX-TEST" type="10"><narrative>Fictitious</narrative></reporting-org>`, id)
				fmt.Fprintf(&b, `<title><narrative>Activity %d</narrative><narrative xml:lang="fr">Activité %d</narrative></title><description><narrative>Nothing real.</narrative></description>`, i, i)
				b.WriteString(`<participating-org role="1" ref="XX-TEST"/><activity-status code="2"/><activity-date type="2" iso-date="2020-01-01"/><recipient-country code="AL"/><sector code="15160"/>`)
				for range per / 2 {
					fmt.Fprintf(&b, `<transaction><transaction-type code="3"/><transaction-date iso-date="2020-02-02"/><value value-date="2020-02-02">%d.%02d</value></transaction>`, random.IntN(1e6), random.IntN(100))
				}
				for k := range per - per/2 {
					fmt.Fprintf(&b, `<result type="1"><title><narrative>Result %d</narrative></title><indicator measure="1"><title><narrative>People</narrative></title><period><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/><target value="100"/><actual value="%d"/></period></indicator></result>`, k, random.IntN(100))
				}
				b.WriteString(`</iati-activity>`)
				_, err = io.WriteString(w, b.String())
			}
			if err == nil {
				_, err = io.WriteString(w, `</iati-activities>`)
			}
			w.CloseWithError(err)
		}()
		return r, nil
	}
}

// BenchmarkImport brings in a file of twenty thousand activities with two hundred thousand results and transactions into
// an empty office, and says the most memory that was in use.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		o := programmetest.New(b, access.Programme)
		var most uint64
		var ms runtime.MemStats
		seen := 0
		r, err := iati.Import(o.Ctx, o.Store, o.Importer, generated(20000, 10), iati.Options{Tell: func(int64) {
			if seen++; seen%500 == 0 {
				runtime.ReadMemStats(&ms)
				most = max(most, ms.HeapInuse)
			}
		}})
		if err != nil || r.Activities.Created != 20000 || r.Elements["transaction"]+r.Elements["result"] != 200000 {
			b.Fatalf("%+v: %v", r.Activities, err)
		}
		b.ReportMetric(float64(most)/(1<<20), "MB-heap")
	}
}

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	o := programmetest.New(t, access.Programme)
	var at []uint64
	seen := 0
	r, err := iati.Import(o.Ctx, o.Store, o.Importer, generated(1200, 10), iati.Options{Tell: func(int64) {
		if seen++; seen == 200 || seen == 1200 {
			var ms runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&ms)
			at = append(at, ms.HeapAlloc)
		}
	}})
	if err != nil || r.Activities.Created != 1200 || len(at) != 2 {
		t.Fatalf("%+v: %v", r, err)
	}
	if grown := int64(at[1]) - int64(at[0]); grown > 8<<20 {
		t.Errorf("a thousand more activities hold %d bytes more", grown)
	}
}

func TestAJobOfAnotherNameMayNotImport(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	_, err := iati.Import(o.Ctx, o.Store, o.Officer, opening(small("A")), iati.Options{})
	if fault.Of(err) != fault.Guarded {
		t.Errorf("an officer imports: %v", err)
	}
	broken := func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	if _, err := iati.Import(o.Ctx, o.Store, o.Importer, broken, iati.Options{}); fault.Of(err) != fault.Unavailable {
		t.Errorf("no file: %v", err)
	}
}
