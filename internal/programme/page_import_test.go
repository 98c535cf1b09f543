// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// TestATableOfActivitiesComesInByItsPage: the sample that the page hands out comes in as it says, and again changes nothing.
func TestATableOfActivitiesComesInByItsPage(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	const at = "/programme/activities/import"
	for _, l := range []string{"en", "fr"} {
		s.Page(at, l)
		s.Page("/programme/activities", l)
	}
	table := s.Page(at+"/sample", "en")
	v := url.Values{"document": {"A plan that somebody keeps"}, "language": {"fr"}}
	looked := s.Post(at, v, table).Body.String()
	if n := strings.Count(looked, "</span>new<"); n != 3 || !strings.Contains(looked, "Bring it in") {
		t.Fatalf("%d new ones\n%s", n, looked)
	}
	if w := s.Ask(http.MethodGet, "/programme/activities/EX-1", "en", nil); w.Code != http.StatusNotFound {
		t.Fatalf("looking wrote: %d", w.Code)
	}
	_, rest, _ := strings.Cut(looked, `name="seen" value="`)
	seen, _, _ := strings.Cut(rest, `"`)
	v.Set("seen", seen)
	v.Set("write", "yes")
	if done := s.Post(at, v, table).Body.String(); !strings.Contains(done, "Brought in.") {
		t.Fatal(done)
	}
	o, err := s.Store.Open(s.Ctx, s.Officer, activity.Ref(s.Owner, "EX-1"))
	s.Must(err)
	if h := o.State.(activity.Activity).History; len(h) != 1 || h[0].By != s.Who.Actor.ID {
		t.Errorf("the history does not name who brought the table in: %v", h)
	}
	if got := s.Page("/programme/activities/EX-1", "fr"); !strings.Contains(got, "13 – 14 avril 2031") || !strings.Contains(got, "atelier") {
		t.Error("the activity does not stand as the table says")
	} else if !strings.Contains(got, "A plan that somebody keeps, ligne 2") || strings.Contains(got, "lettre d’information, ligne") {
		t.Error("the activity does not say which document it came from")
	}
	v.Del("write")
	if again := s.Post(at, v, table).Body.String(); strings.Count(again, "</span>unchanged<") < 3 || strings.Contains(again, "Bring it in") {
		t.Error("a second import would change something")
	}
	v.Set("year", "soon")
	if w := s.Post(at, v, table); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a year that is none: %d", w.Code)
	}
}
