// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
)

// owning are four ministries or missions of the state and two associations, of the pack's organisations.
var owning = []string{"Ministry of Justice", "Ministry of the Interior", "Ministry of Europe and Foreign Affairs", "MIPROF - Inter-ministerial Mission on combating violence against women and human trafficking", "ATINA", "ROSA"}

// paragraphs is the file of J10: 26 graded paragraphs, each with an owner, an article and measure 44, and nine of a meeting.
func paragraphs() string {
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

// following is a coordinator's office, and the node of an owner.
type following struct {
	*year
	owner *visitor
	at    map[string]string // pages by paragraph of the monitoring body
}

// TestACoordinatorFollowsWhatIsRecommended walks journey J10. The table of SDG 16.2.2 is shown in internal/programme/result and
// internal/measure/outlet.
func TestACoordinatorFollowsWhatIsRecommended(t *testing.T) {
	f := &following{year: &year{walk: &walk{newWorld(t, "paris", "athens")}}, at: map[string]string{}}
	f.officer, f.owner = f.hire("paris", "officer", access.ProgrammeOfficer), f.hire("athens", "owner", access.ProgrammeOfficer)
	paris, athens := f.offices["paris"].ID, f.offices["athens"].ID
	cats := []journal.Category{journal.PP, journal.PI, journal.PC}
	f.agree("paris", "athens", terms.Grant{From: paris, To: athens, Purpose: between.Purpose, Categories: cats}, terms.Grant{From: athens, To: paris, Purpose: between.Purpose, Categories: cats})
	f.imports()

	// "In: 26 GRETA paragraphs (urge / consider / invite) as CSV, 9 recommendations of the coordinators' meeting, NAP measures with codes
	// (Measure 44), owners in 4 ministries and 2 NGOs."
	f.saves(f.officer, measure.Path+"/new", url.Values{"plan": {"Second national action plan"}, "code": {"44"}, "language": {"fr"}, "text": {"Former les praticiens"}, "countries": {"FR"}, "due": {"2026-12"}})
	for _, want := range []int{35, 0} {
		if r, err := opImportRecommendations(t.Context(), f.n, ImportRecommendationsIn{Of: Of{paris}, File: []byte(paragraphs())}); err != nil || !r.OK || r.Created != want {
			t.Fatalf("%+v %v", r, err)
		}
	}

	// "one register, each linked to articles and to measures;"
	f.holds("the register", f.told(f.officer, recommendation.Path, "en"), "35 recommendations")
	rows, err := recommendation.List(t.Context(), f.n.Store, f.officer.who(access.ForProgramme), nil)
	f.must(err)
	owners := map[journal.ID]bool{}
	for _, r := range rows {
		if r.V.Source == "GRETA" {
			f.at[r.V.Paragraph] = recommendation.Path + "/" + r.ID.String()
			owners[r.V.Owned.Owners[0]] = true
		}
	}
	if len(owners) != 6 || len(f.at) != 26 {
		t.Fatalf("%d owners of %d paragraphs", len(owners), len(f.at))
	}
	for _, x := range []string{measure.At("44"), "12(1)", "ROSA"} {
		f.holds("a paragraph", f.shown(f.officer, f.at["80"], "en"), x)
	}
	f.report()
	f.judge()
	f.reply()
}

// report: "owners report progress with evidence;" from the owner's own node, and here for one who has none.
func (f *following) report() {
	f.Helper()
	justice := actors.OrganisationRef(f.offices["paris"].ID, "fr-moj").ID.String()
	f.saves(f.officer, f.at["75"]+"/act/assign", url.Values{"owner": {justice}, "office": {f.offices["athens"].ID.String()}})
	f.deliver()
	there := recommendation.Path + "/" + recommendation.AssignedRef(f.offices["athens"].ID, f.offices["paris"].ID, journal.MustID(f.at["75"][strings.LastIndex(f.at["75"], "/")+1:])).ID.String()
	f.saves(f.owner, there+"/act/report", url.Values{"on": {"2026-03-02"}, "language": {"en"}, "text": {"Three sessions were held"}, "evidence": {"Attendance lists of the school"}})
	f.deliver()
	f.holds("a paragraph", f.told(f.officer, f.at["75"], "en"), "Three sessions were held")
	f.holds("a paragraph", f.told(f.officer, f.at["75"], "en"), "Attendance lists of the school")
}

// judge: "state implemented / partly / not / no longer relevant, and who judged it; deadline page;" and "NGOs' dissent is kept beside the
// government's text; year-on-year comparison."
func (f *following) judge() {
	f.Helper()
	f.saves(f.officer, f.at["75"]+"/act/answer", url.Values{"by": {"Government"}, "language": {"en"}, "text": {"Every school now teaches it"}})
	f.saves(f.officer, f.at["75"]+"/act/dissent", url.Values{"by": {"ROSA"}, "language": {"en"}, "text": {"Two schools do not"}})
	for paragraph, state := range map[string]recommendation.State{"75": recommendation.Implemented, "76": recommendation.Partly, "77": recommendation.Not, "78": recommendation.Past} {
		f.saves(f.officer, f.at[paragraph]+"/act/judge", url.Values{"state": {string(state)}, "by": {"The coordination"}, "on": {"2026-03-02"}, "why": {"Read with its evidence"}})
	}
	for paragraph, word := range map[string]string{"75": "Implemented", "76": "Partly implemented", "77": "Not implemented", "78": "No longer relevant"} {
		body := f.told(f.officer, f.at[paragraph], "en")
		f.holds("a paragraph", body, "Judged by The coordination")
		f.holds("a paragraph", body, word)
	}
	deadlines := f.told(f.officer, "/programme/deadlines", "en")
	for _, x := range []string{"GRETA · Paragraph 79", "Coordinators' meeting · Paragraph 9", "44"} {
		f.holds("the deadlines", deadlines, x)
	}
	f.clock.Set(time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC))
	f.officer.signIn()
	f.saves(f.officer, f.at["77"]+"/act/judge", url.Values{"state": {string(recommendation.Partly)}, "by": {"The coordination"}, "on": {"2027-01-20"}, "why": {"Begun since"}})
	years := f.told(f.officer, recommendation.Path+"/years?then=2026", "en")
	f.holds("year on year", years, "Then and now: 2026 and today", "Paragraph 77", "Not implemented", "Partly implemented")
}

// reply: "reply document to the monitoring body generated in order of paragraphs with evidence annex; NGOs' dissent is kept beside the
// government's text;"
func (f *following) reply() {
	f.Helper()
	path := recommendation.Path + "/reply?source=" + recommendation.SourceCode("GRETA")
	var order []string
	for n := 75; n <= 100; n++ {
		order = append(order, fmt.Sprintf("Paragraph %d ", n))
	}
	body := f.told(f.officer, path, "en")
	f.holds("the reply", body, order...)
	f.holds("the reply", body, "Every school now teaches it", "Two schools do not", "Paragraph 76 ", "Annex: evidence", "Attendance lists of the school")
	f.lacks("the reply", body, "Recommendation 1")
	for tag, wants := range map[string][]string{"en": {"Every school now teaches it", "Two schools do not", "Paragraph 100", "Annex: evidence"}, "fr": {"Every school now teaches it", "Two schools do not", "Paragraphe 100", "Annexe"}} {
		link := regexp.MustCompile(`href="([^"]*reply/file[^"]*lang=` + tag + `[^"]*)"`).FindStringSubmatch(f.shown(f.officer, path, "en"))
		if link == nil {
			f.Fatalf("no file in %s is offered", tag)
		}
		a := f.get(f.officer, strings.ReplaceAll(link[1], "&amp;", "&"))
		if a.code != http.StatusOK {
			f.Fatalf("the file in %s: %d", tag, a.code)
		}
		f.holds("the file in "+tag, plainly(f.tool([]byte(a.body), "pdftotext", "@", "-")), wants...)
		if !regexp.MustCompile(`Tagged:\s+yes`).MatchString(f.tool([]byte(a.body), "pdfinfo", "@")) {
			f.Error("the file is not tagged")
		}
	}
}
