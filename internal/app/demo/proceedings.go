// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
)

const prosecutionText = `Protocol on figures of prosecutions (fictitious, for demonstration)

The prosecutor's office tells the programme's office, each year, how many were prosecuted and how many convicted, as protected counts.
`

// proceedings fills the prosecutor's office with proceedings of some years, all invented, by a table as an office would bring in its
// old ones; two of them have a date that comes, and a supervisor. What the office counts of the last whole year it tells the programme.
func (s *Stage) proceedings(ctx context.Context) error {
	table, err := oldProceedings(s.now)
	if err != nil {
		return err
	}
	c := s.at(Justice, "dimitra")
	said, err := c.browse(ctx, http.MethodPost, proceeding.Path+"/import", url.Values{"data": {base64.StdEncoding.EncodeToString(table)}})
	if err != nil {
		return err
	}
	if !strings.Contains(said, strconv.Itoa(demoProceedings)) {
		return fmt.Errorf("demo: the table of proceedings was not taken in")
	}
	var list struct{ Rows []struct{ ID journal.ID } }
	q := purpose(string(access.ForIdentification))
	q.Set("state", "charged")
	if err := c.do(ctx, http.MethodGet, "/dossiers/"+access.KindProceeding, q, nil, &list); err != nil {
		return err
	}
	for i, row := range list.Rows[:min(2, len(list.Rows))] {
		next := proceeding.Dated{On: s.now.AddDate(0, 0, earlierDays+2+3*i).Format(time.DateOnly), What: proceeding.Dates()[i]}
		if err := s.entry(ctx, c, access.ForIdentification, access.KindProceeding, row.ID, proceeding.DatedType, next); err != nil {
			return err
		}
		chief := proceeding.Assigned{Worker: s.Offices[Justice].Workers["stavros"], As: string(access.AsSuper)}
		if err := s.entry(ctx, c, access.ForIdentification, access.KindProceeding, row.ID, proceeding.AssignedType, chief); err != nil {
			return err
		}
	}
	return s.prosecutionsTold(ctx)
}

// prosecutionsTold lets the prosecutor's office and the programme's sign terms on figures, and tells those of the last whole year.
func (s *Stage) prosecutionsTold(ctx context.Context) error {
	for _, pair := range [][2]Place{{Justice, French}, {French, Justice}} {
		if err := s.pin(ctx, pair[0], pair[1]); err != nil {
			return err
		}
	}
	fr := s.Offices[French].ID
	if err := s.sign(ctx, Justice, French, "Protocol on figures of prosecutions (fictitious)", "prosecutions-protocol.txt", prosecutionText, []terms.Grant{{From: s.Offices[Justice].ID, To: fr, Purpose: "statistics", Categories: []journal.Category{journal.D9}}}); err != nil {
		return err
	}
	if err := s.Ask(ctx, Justice, "figure.tell", app.TellIn{Measure: "prosecutions", Period: strconv.Itoa(s.now.Year() - 1), To: fr}, &app.ToldOut{}); err != nil {
		return fmt.Errorf("telling prosecutions: %w", err)
	}
	return s.Deliver(ctx)
}

// demoProceedings is how many there are.
const demoProceedings = 42

// oldProceedings makes the table: the same for the same day.
func oldProceedings(now time.Time) ([]byte, error) {
	x := rand.New(rand.NewPCG(42, 1)) // #nosec G404 -- invented cases, the same every time
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write([]string{"reference", "country", "court", "articles", "forms", "opened", "injured", "minors", "currency", "ordered", "paid", "finances", "seized", "worth", "defendant", "sex", "age", "citizen", "charged", "instance", "decided", "outcome", "months", "suspended", "final"}); err != nil {
		return nil, err
	}
	pick := func(list ...string) string { return list[x.IntN(len(list))] }
	for i := range demoProceedings {
		opened := now.AddDate(0, -34+i*32/demoProceedings, -x.IntN(20))
		about := []string{fmt.Sprintf("TH-%d/%d", 100+i, opened.Year()), "GR", pick("Court of Thessaloniki (fictitious)", "Court of Kavala (fictitious)"), pick("323A", "323A", "323A", "323A|349"), pick("sexual", "sexual", "labour", "labour", "crime"), opened.Format(time.DateOnly),
			pick("1", "2", "3", "≥4"), pick("0", "0", "1"), "", "", "", pick("yes", "no"), "no", ""}
		if x.IntN(3) == 0 {
			about[8], about[9], about[10], about[12], about[13] = "EUR", strconv.Itoa(1000*(3+x.IntN(20))), pick("", "1500"), "yes", strconv.Itoa(1000*(5+x.IntN(60)))
		}
		for n := range 1 + x.IntN(3) {
			for _, line := range decisions(x, now, opened) {
				if err := w.Write(append(append(about[:len(about):len(about)], strconv.Itoa(n+1), pick("m", "m", "f"), "adult", pick("GR", "AL", "BG", "RO")), line...)); err != nil {
					return nil, err
				}
			}
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// decisions gives what happened to one defendant since a proceeding was opened, as lines of the table: charged some months later,
// judged about a year after that, and some of them again on appeal.
func decisions(x *rand.Rand, now, opened time.Time) [][]string {
	charged := opened.AddDate(0, 1+x.IntN(4), x.IntN(20))
	if charged.After(now) {
		return [][]string{{"", "", "", "", "", "", ""}}
	}
	day := charged.Format(time.DateOnly)
	judged := charged.AddDate(0, 6+x.IntN(7), x.IntN(20))
	if judged.After(now) {
		return [][]string{{day, "", "", "", "", "", ""}}
	}
	outcome, months := []string{"convicted", "convicted", "convicted", "acquitted", "discontinued"}[x.IntN(5)], ""
	if outcome == "convicted" {
		months = strconv.Itoa(12 * (1 + x.IntN(10)))
	}
	appeal := judged.AddDate(0, 5+x.IntN(6), 0)
	if x.IntN(3) > 0 || appeal.After(now) {
		return [][]string{{day, "first", judged.Format(time.DateOnly), outcome, months, "no", []string{"yes", "no"}[x.IntN(2)]}}
	}
	return [][]string{{day, "first", judged.Format(time.DateOnly), outcome, months, "no", "no"}, {day, "appeal", appeal.Format(time.DateOnly), outcome, months, "no", "yes"}}
}
