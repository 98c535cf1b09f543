// SPDX-License-Identifier: EUPL-1.2

package result_test

import (
	"context"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// TestWhatTheJobReckonedNobodyReadsAgain: the records are read once, for whoever reads the programme and whatever they choose,
// until one of them changes.
func TestWhatTheJobReckonedNobodyReadsAgain(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	l, now, read := locale(t, "en"), s.Clock.Now(), 0
	needs := func(ctx context.Context, w store.Who, _ *lang.Locale, _ time.Time) (result.Counted, error) {
		read++
		rows, err := need.List(ctx, s.Store, w, nil)
		var out result.Counted
		for _, r := range rows {
			out.Items = append(out.Items, result.Item{Title: "Need", On: r.V.On, Countries: r.V.Countries, Activity: r.V.Activity, In: true})
		}
		return out, err
	}
	of := []string{access.KindNeed}
	c := result.Config{Store: s.Store, Sources: result.Sources{"O4": {Of: of, List: needs}, "C1": {Of: of, List: needs, Like: "O4"}}}
	note := func(on party.PartialDate) {
		write(s, access.KindNeed, store.Draft{Type: need.NotedType, Payload: need.Noted{Text: wording.New("en", "Forms"), Theme: "data", Countries: []string{"AL"}, Activity: "P4-G1", On: on}})
	}
	says := func(w store.Who, chosen result.Chosen, o4, c1 string) {
		t.Helper()
		_, all, err := c.Measure(s.Ctx, w, l, now, chosen)
		s.Must(err)
		for _, x := range all {
			if want := map[string]string{"O4": o4, "C1": c1}[x.ID]; want != "" && result.Print(l, x.Indicator, x.Sums) != want {
				t.Errorf("%s of %+v: %s, not %s", x.ID, chosen, result.Print(l, x.Indicator, x.Sums), want)
			}
		}
	}
	note(date("2025-03-01"))
	note(date("2026-01-01"))
	s.Must(c.Reckon(s.Ctx, s.Importer, l, now))
	for _, w := range []store.Who{s.Officer, s.Reader} {
		says(w, result.Chosen{}, "2", "2 of 2 (100%)")
		says(w, result.Chosen{Year: 2025}, "1", "1 of 1 (100%)")
		says(w, result.Chosen{Country: "GR"}, "none recorded", "none recorded")
		says(w, result.Chosen{Priority: 4}, "2", "2 of 2 (100%)")
		says(w, result.Chosen{Priority: 4, Year: 2026}, "1", "1 of 1 (100%)")
	}
	if read != 1 {
		t.Errorf("the records were read %d times", read)
	}
	note(date("2025-04-01"))
	says(s.Reader, result.Chosen{Year: 2025}, "2", "2 of 2 (100%)")
	says(s.Reader, result.Chosen{}, "3", "3 of 3 (100%)")
	if read != 2 {
		t.Errorf("after a change the records were read %d times", read)
	}
}
