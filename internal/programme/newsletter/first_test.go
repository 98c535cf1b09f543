// SPDX-License-Identifier: EUPL-1.2

package newsletter_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	"github.com/entraide-thb/entraide/packs/letters"
)

// TestTheFirstIssueStandsUp: the issue that the demonstration publishes passes every check against the programme's records, rests
// on records that are there, and fits an e-mail.
func TestTheFirstIssueStandsUp(t *testing.T) {
	d := newDesk(t)
	first, err := letters.First()
	d.Must(err)
	both := func(w letters.Words) wording.Text { return wording.New("fr", w.FR).With("en", w.EN) }
	i := newsletter.Issue{Begun: newsletter.Begun{Title: both(first.Title), From: first.From, To: first.To}, Pictures: letters.Pictures()}
	rec, err := newsletter.Read(d.Ctx, d.Store, d.Officer, nil)
	d.Must(err)
	for _, s := range first.Sections {
		if s.Lines == "" {
			t.Errorf("%s does not say which lines it retells", s.Key)
		}
		i.Sections = append(i.Sections, newsletter.Section{Key: s.Key, Sort: newsletter.Sort(s.Sort), Priority: s.Priority, Place: s.Place, Records: s.Records, Title: both(s.Title), Text: both(s.Words)})
	}
	for _, p := range rec.Propose(i.Begun) {
		if !i.Speaks(p.Line) {
			t.Errorf("it leaves out %s, which belongs to its period", p.Code)
		}
	}
	editions := newsletter.Build(i, rec, "The office", d.config.Locale)
	for _, x := range newsletter.Check(i, editions, rec, d.config.Locale) {
		t.Errorf("%+v", x)
	}
	for _, e := range editions {
		if len(e.Facts) < 12 || len(e.Records) < 28 {
			t.Errorf("%s: %d facts, %d records", e.Language, len(e.Facts), len(e.Records))
		}
	}
}
