// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// TestDeadlinesOfAllRegisters: what waits, the earliest first, over all registers; what is done waits no more, and what nobody
// has set a date for is told as such.
func TestDeadlinesOfAllRegisters(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both("/programme/deadlines"); !strings.Contains(b, "Nothing waits") {
		t.Fatal(b)
	}
	write := func(kind string, drafts ...store.Draft) {
		t.Helper()
		id := s.Store.NewID()
		for _, d := range drafts {
			s.Clock.Advance(time.Second)
			_, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: kind, ID: id}, d)
			s.Must(err)
		}
	}
	on := func(text string) party.PartialDate {
		d, err := party.ParseDate(text)
		s.Must(err)
		return d
	}
	agreed := func(text, due string) store.Draft {
		return store.Draft{Type: action.AgreedType, Payload: action.Agreed{Text: wording.New("en", text), On: on("2026-01-01"), Due: on(due)}}
	}
	write(access.KindAction, agreed("Send the forms", "2026-09-01"))
	write(access.KindAction, agreed("Name a contact", "2026-10-01"))
	write(access.KindAction, agreed("Write to all", "2026-08-01"), store.Draft{Type: action.DoneType, Payload: action.DoneBy{On: on("2026-07-01"), Evidence: "Letter"}})
	write(access.KindNeed, store.Draft{Type: need.NotedType, Payload: need.Noted{Text: wording.New("fr", "Des formulaires"), Theme: "data", On: on("2026-03-01")}})
	_, err := recommendation.Import(s.Ctx, s.Store, s.Officer, []byte("source,document,paragraph,country,strength,language,text\nBody,Report,84,AL,urge,en,Text\n"))
	s.Must(err)

	b := both("/programme/deadlines")
	order := []string{"4 records wait", "Send the forms", "Name a contact", "Des formulaires", "Body · Paragraph 84"}
	for i, words := range order {
		if !strings.Contains(b, words) || i > 0 && strings.Index(b, words) < strings.Index(b, order[i-1]) {
			t.Errorf("%q is not there, or before %q", words, order[max(i-1, 0)])
		}
	}
	if strings.Contains(b, "Write to all") || !strings.Contains(b, "Twelve months after it was identified") {
		t.Error(b)
	}
	for when, words := range map[string]string{"late": "Send the forms", "month": "Name a contact", "later": "Des formulaires", "undated": "Paragraph 84"} {
		if b := both("/programme/deadlines?when=" + when); !strings.Contains(b, "One record waits") || !strings.Contains(b, words) {
			t.Errorf("%s: lacks %q", when, words)
		}
	}
	s.Load()
	home := both("/programme")
	if !strings.Contains(home, "Deadlines passed") || !strings.Contains(home, "Send the forms") || strings.Contains(home, "Name a contact") {
		t.Error("the programme's home does not tell of what is late, and of nothing else")
	}
}
