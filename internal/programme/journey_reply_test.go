// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/result"
)

// owning are four ministries and two associations of the pack's programme.
var owning = []string{"Ministry of Justice", "Ministry of the Interior", "Ministry of Europe and Foreign Affairs", "MIPROF - Inter-ministerial Mission on combating violence against women and human trafficking", "ATINA", "ROSA"}

// followed is J10's file: 26 graded paragraphs, each with an owner in turn, an article and measure 44, and nine of a meeting.
func followed() string {
	b := strings.Builder{}
	b.WriteString("source,document,paragraph,country,strength,language,text,articles,measures,made_on,owners,due\n")
	for i := range 26 {
		fmt.Fprintf(&b, "GRETA,\"Second report, 2017\",%d,FR,%s,en,Ask number %d,10|12(1),44,2017,%s,2026-1%d\n", 75+i, recommendation.Strengths()[i%3], i+1, owning[i%len(owning)], i%3)
	}
	for i := range 9 {
		fmt.Fprintf(&b, "Coordinators' meeting,January 2021,%d,,,en,Recommendation %d,,,2021-01,,\n", i+1, i+1)
	}
	return b.String()
}

// TestACoordinatorFollowsRecommendationsAndThePlan is journey J10.
func TestACoordinatorFollowsRecommendationsAndThePlan(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	s.Saved(measure.Path+"/new", url.Values{"plan": {"Second national action plan"}, "code": {"44"}, "language": {"fr"}, "text": {"Former les praticiens"}, "countries": {"FR"}, "due": {"2026-12"}})
	if w := s.Upload(recommendation.Path+"/import", followed()); !strings.Contains(w.Body.String(), "35 created") {
		t.Fatalf("the import: %s", w.Body)
	}
	if w := s.Upload(recommendation.Path+"/import", followed()); !strings.Contains(w.Body.String(), "35 unchanged") {
		t.Fatalf("the import again: %s", w.Body)
	}
	says(t, "the register", read(s, recommendation.Path, "en"), "35 recommendations")
	rows, err := recommendation.List(s.Ctx, s.Store, s.Reader, nil)
	s.Must(err)
	owners, at := map[string]int{}, map[string]string{}
	for _, r := range rows {
		if r.V.Source == "GRETA" {
			at[r.V.Paragraph] = recommendation.Path + "/" + r.ID.String()
			owners[r.V.Owned.Owners[0].String()]++
		}
	}
	if len(owners) != 6 || len(at) != 26 {
		t.Fatalf("%d owners of %d paragraphs", len(owners), len(at))
	}
	says(t, "a paragraph", s.Page(at["80"], "en"), measure.At("44"), "12(1)", "ROSA")
	says(t, "the measure", read(s, measure.At("44"), "en"), "Measure 44", "Former les praticiens")
	says(t, "the deadlines", read(s, "/programme/deadlines", "en"), "36 records wait", "GRETA · Paragraph 75", "Coordinators' meeting · Paragraph 9")

	// Owners report with evidence, somebody judges, and an association says otherwise.
	justice := actors.OrganisationRef(s.Owner, "fr-moj").ID.String()
	s.Saved(at["75"]+"/act/report", url.Values{"owner": {justice}, "on": {"2026-09-01"}, "language": {"en"}, "text": {"Three sessions were held"}, "evidence": {"Attendance lists of the school"}})
	s.Saved(at["75"]+"/act/answer", url.Values{"by": {"Government"}, "language": {"en"}, "text": {"Every school now teaches it"}})
	s.Saved(at["75"]+"/act/dissent", url.Values{"by": {"ROSA"}, "language": {"en"}, "text": {"Two schools do not"}})
	for paragraph, state := range map[string]recommendation.State{"75": recommendation.Implemented, "76": recommendation.Partly, "77": recommendation.Not, "78": recommendation.Past} {
		s.Saved(at[paragraph]+"/act/judge", url.Values{"state": {string(state)}, "by": {"The coordination"}, "on": {"2026-09-10"}, "why": {"Read with its evidence"}})
	}
	says(t, "a paragraph", read(s, at["75"], "en"), "Judged by The coordination", "Every school now teaches it", "Two schools do not", "Attendance lists of the school")
	says(t, "the register", read(s, recommendation.Path+"?state="+string(recommendation.Past), "en"), "One recommendation", "No longer relevant")
	says(t, "what it comes to", read(s, result.Path+"/C4", "en"), "1 of 3 (33.3%)", "31 judged by nobody; 1 no longer relevant", "Implemented 1 of 3 (33.3%) Partly implemented 1 of 3 (33.3%) Not implemented 1 of 3 (33.3%)")
	says(t, "what others measure", read(s, result.Path+"/I1", "en"), "not measured yet")
	reply(t, s)
	says(t, "year on year", read(s, recommendation.Path+"/years?then=2025", "en"), "Then and now: 2025 and today", "At the end of 2025")
}

// reply: every paragraph of the body in its order, what the government says beside what others say against it, and the evidence,
// as a page and as a document to hand over in either language.
func reply(t *testing.T, s *programmetest.Site) {
	t.Helper()
	path := recommendation.Path + "/reply?source=" + recommendation.SourceCode("GRETA")
	got := read(s, path, "en")
	last := -1
	for n := 75; n <= 100; n++ {
		i := strings.Index(got, fmt.Sprintf("Paragraph %d ", n))
		if i <= last {
			t.Fatalf("paragraph %d is not there, or not in its order", n)
		}
		last = i
	}
	inOrder(t, got, "Every school now teaches it", "Three sessions were held", "Two schools do not", "Paragraph 76", "Annex: evidence", "Attendance lists of the school")
	if strings.Contains(got, "Recommendation 1") {
		t.Error("the reply answers another body too")
	}
	for tag, words := range map[string][]string{"en": {"Every school now teaches it", "Two schools do not", "Paragraph 100", "Annex: evidence"}, "fr": {"Every school now teaches it", "Paragraphe 100", "Annexe"}} {
		files := regexp.MustCompile(`href="([^"]*reply/file[^"]*lang=` + tag + `[^"]*)"`).FindStringSubmatch(s.Page(path, "en"))
		if files == nil {
			t.Fatalf("no file in %s is offered", tag)
		}
		w := s.Ask("GET", strings.ReplaceAll(files[1], "&amp;", "&"), "en", nil)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), "reply-"+tag+".pdf") {
			t.Fatalf("%s: %d", tag, w.Code)
		}
		if _, err := exec.LookPath("pdfinfo"); err != nil {
			t.Skip("no pdfinfo: install the package poppler-utils")
		}
		file := filepath.Join(t.TempDir(), "reply.pdf")
		s.Must(os.WriteFile(file, w.Body.Bytes(), 0o600))
		info, err := exec.Command("pdfinfo", file).Output()
		s.Must(err)
		text, err := exec.Command("pdftotext", file, "-").Output()
		s.Must(err)
		if !regexp.MustCompile(`Tagged:\s+yes`).Match(info) {
			t.Errorf("%s", info)
		}
		inOrder(t, strings.Join(strings.Fields(string(text)), " "), words...)
	}
}

func inOrder(t *testing.T, got string, wants ...string) {
	t.Helper()
	for i, w := range wants {
		if !strings.Contains(got, w) || i > 0 && strings.Index(got, w) < strings.Index(got, wants[i-1]) {
			t.Errorf("%q is not there, or before what comes before it", w)
		}
	}
}
