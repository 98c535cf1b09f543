// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/app/demo"
)

// cooperation is the programme's office before a browser.
type cooperation struct {
	*party
	claire *hand // runs the programme
	folder string
	motion string // the session where the committee decides on the use of a study
}

// TestTheJourneysByHand walks the spine of the programme's journeys by clicking and typing in a browser; their every sentence is held
// in internal/app (TestEverySentenceOfTheJourneysIsShown).
func TestTheJourneysByHand(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	c := &cooperation{party: newParty(t, stage(t), demo.French)}
	c.claire, c.folder = c.at("claire"), string(c.office.Folder)
	for _, x := range []struct {
		name string
		walk func()
	}{{"J1", c.gaps}, {"J2", c.plan}, {"J3", c.report}, {"J6", c.training}, {"J8", c.grant}, {"J9", c.study}, {"J10", c.recommendations}, {"J11", c.letter}, {"J12b", c.outside}} {
		c.part(x.name, x.walk)
	}
}

// command runs the program against the programme's office, while it is open.
func (c *cooperation) command(out any, args ...string) {
	c.t.Helper()
	b, err := exec.CommandContext(c.t.Context(), program, append([]string{"--json"}, args...)...).Output()
	if err != nil {
		c.t.Fatalf("%v: %v %s", args, err, b)
	}
	if err := json.Unmarshal(b, out); err != nil {
		c.t.Fatal(err)
	}
}

// gaps is J1: the file imported again changes nothing; what it comes to, what it leaves open, the matrix to save.
func (c *cooperation) gaps() {
	c.t.Helper()
	var r struct {
		Created, Updated int
		Activities       struct{ Unchanged int }
		Partner          int `json:"partner_countries"`
	}
	c.command(&r, "import", "programme", c.folder, "../packs/programme/programme.yaml")
	if r.Created != 0 || r.Updated != 0 || r.Activities.Unchanged != 30 || r.Partner != 11 {
		c.t.Errorf("imported again: %+v", r)
	}
	h := c.claire
	h.press(h.l.T("programme.menu"), "header nav.main-nav")
	h.says("1 held, 1 scheduled and 4 planned")
	h.press(h.l.T("programme.gaps.title"))
	h.says("Total budget: unknown (0 of 30 activities have an amount)", "2019-2021", "North Macedonia")
	h.goes("/programme")
	h.press(h.l.T("programme.matrix.title"))
	if lines := strings.Count(string(h.saves(`main a[href="/programme/matrix.csv"]`)), "\n"); lines != 1+6*5*13 {
		c.t.Errorf("%d lines in the matrix's file", lines)
	}
}

// card is the card of the session's page that says a text, and what a selector finds in it.
func card(text, selector string) chromedp.JSPath {
	q, _ := json.Marshal(text) // strings always marshal
	return chromedp.JSPath(fmt.Sprintf(`([...document.querySelectorAll('main section.card')].filter(e => e.querySelector('h2')?.textContent.includes(%s)).map(e => e.querySelector(%q)).find(e => e) ?? null)`, q, selector))
}

// plan is J2: proposed, tabled, voted on by three, decided, frozen, changed, and frozen again, with the motion on the study's use, of J9.
func (c *cooperation) plan() {
	c.t.Helper()
	h := c.claire
	h.goes("/programme/committee")
	h.along(`main a[href$="/plans/new"]`)
	h.enters("year", "2022")
	h.sends()
	plan := h.where()
	h.along(`main a[href*="/proposals/"]`)
	h.enters("code", "X-30", "title", "Round table in Tirana", "kind", "event", "countries", "AL") // no priority yet
	h.sends()
	h.along(`main a[href*="/proposals/"]:not(.btn)`)
	proposal := h.where()
	h.goes("/programme/committee")
	h.along(`main a[href$="/sessions/new"]`)
	h.enters("on", "2026-12-17", "seats", "3", "quorum", "3")
	h.sends()
	session := h.where()
	c.motion = session
	h.goes(session + "/table?plan=" + plan[strings.LastIndex(plan, "/")+1:])
	h.says("no priority")
	h.goes(proposal)
	h.enters("priority", "1")
	h.sends()
	table := func() {
		h.goes(session + "/table?plan=" + plan[strings.LastIndex(plan, "/")+1:])
		h.enters("proposals", proposal[strings.LastIndex(proposal, "/")+1:])
		h.sends()
	}
	table()
	h.along(`main a[href$="/motion"]`)
	h.enters("text", "Use the study's findings in screening v2")
	h.sends()
	c.ballots(session, "yes", "yes", "abstain")
	for _, motion := range []string{"Round table in Tirana", "Use the study"} {
		c.decide(session, motion)
	}
	h.goes(plan)
	h.along(`main a[href$="/freeze"]`)
	h.sends()
	h.says("Round table in Tirana")
	h.goes(proposal)
	h.enters("title", "Round table in Durrës")
	h.sends()
	table()
	c.ballots(session, "yes", "yes", "yes")
	c.decide(session, "Round table in Durrës")
	h.goes(plan)
	h.along(`main a[href$="/freeze"]`)
	h.sends()
	h.says("Differences from version 1")
	if got := eval[string](c.t, h.tab, `[...document.querySelectorAll('main del, main ins')].map(e => e.textContent).join('|')`); !strings.Contains(got, "Round table in Tirana|Round table in Durrës") {
		c.t.Errorf("the differences: %q", got)
	}
	h.goes("/programme/committee/decisions")
	h.says("3 decisions", "The committee found it ready", "The chair")
}

// ballots lets the three members vote on every motion that is open.
func (c *cooperation) ballots(session string, values ...string) {
	c.t.Helper()
	for i, login := range []string{"odile", "ines", "hugo"} {
		m := c.at(login)
		m.goes(session + "/ballot")
		m.enters("how", "remote")
		for _, name := range eval[[]string](c.t, m.tab, `[...new Set([...document.querySelectorAll('main input[type=radio]')].map(e => e.name).filter(n => n.endsWith('.value')))]`) {
			m.enters(name, values[i])
		}
		m.sends()
	}
}

func (c *cooperation) decide(session, motion string) {
	c.t.Helper()
	h := c.claire
	h.goes(session)
	to := card(motion, `a[href*="/decide/"]`)
	h.finds(to, "decision on "+motion)
	h.follows(chromedp.Click(to))
	h.enters("result", "approved", "reason", "The committee found it ready", "by", "The chair")
	h.sends()
}

// tagged holds a file against another program, where that is installed.
func tagged(t *testing.T, file []byte) {
	t.Helper()
	if _, err := exec.LookPath("pdfinfo"); err != nil {
		t.Log("no pdfinfo: install the package poppler-utils")
		return
	}
	path := filepath.Join(t.TempDir(), "file.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdfinfo", path).CombinedOutput()
	if err != nil || !regexp.MustCompile(`Tagged:\s+yes`).Match(out) {
		t.Errorf("%v %s", err, out)
	}
}

// report is J3: the facts typed, the report one press away, its file tagged; one command writes all of it, and the page that it writes
// opens without a server.
func (c *cooperation) report() {
	c.t.Helper()
	h := c.claire
	h.goes("/programme/activities/P3-W1")
	h.along(`main a[href$="/edit"]`)
	h.enters("status", "held", "participants", "150", "participants_how", "more_than", "from_countries", "12", "from_countries_how", "exactly", "told", "The organiser's note of April 2021")
	h.sends()
	h.goes("/programme")
	h.press(h.l.T("publication.report.title"))
	h.says("More than 250 participants in 2 of the 6 workshops; no figure for the other 4")
	tagged(c.t, h.saves(`main a[href^="/programme/report.pdf"]`))
	h.along(`main a[href="/programme/activities?kind=workshop&status=held"]`)
	h.says("2 activities", "P3-W1", "P4-W1")
	var r struct{ Files []string }
	c.command(&r, "report", c.folder, "--all", c.t.TempDir())
	if len(r.Files) != 6 {
		c.t.Fatalf("%d files of the report", len(r.Files))
	}
	tab := newTab(c.t, c.first)
	for _, f := range r.Files {
		if strings.HasSuffix(f, ".html") {
			do(c.t, tab, chromedp.Navigate("file://"+f), chromedp.WaitReady("main"))
			lookAtFigures(c.t, tab, filepath.Base(f))
			shoot(c.t, tab, "story-"+filepath.Base(f))
		}
	}
}

// training is J6: a need, the training that answers it, tests before and after, the need met.
func (c *cooperation) training() {
	c.t.Helper()
	h, luc := c.claire, c.at("luc")
	h.goes("/programme/needs")
	h.along(`main a[href$="/needs/new"]`)
	h.enters("text", "border police: indicators for unaccompanied minors", "theme", "children", "groups", "border", "countries", "AL", "countries", "GR")
	h.sends()
	need := h.where()
	h.goes("/programme/trainings")
	h.along(`main a[href$="/trainings/new"]`)
	h.enters("text", "Indicators for unaccompanied minors", "activity", "P4-G1", "items", "10", "mark", "7", "trainer", c.office.Workers["luc"].String())
	h.sends()
	training := h.where()
	h.step("answers", "needs", need[strings.LastIndex(need, "/")+1:])
	trainees, before, after := strings.Builder{}, strings.Builder{}, strings.Builder{}
	for i := 1; i <= 12; i++ {
		fmt.Fprintf(&trainees, "T%02d AL border\n", i)
		fmt.Fprintf(&before, "T%02d 1110000000\n", i)
		fmt.Fprintf(&after, "T%02d %s\n", i, map[bool]string{true: "-", false: "1111111100"}[i == 4])
	}
	luc.goes(training)
	luc.step("tests", "trainees", trainees.String(), "before", before.String(), "after", after.String())
	h.goes(training)
	h.step("deliver", "evidence", "Attendance lists of three days")
	luc.goes(training)
	luc.step("conclude")
	h.goes(training)
	h.says("0 before and 11 after, of 11 who sat both tests", "T04")
	h.goes(need)
	h.says("Met", "Attendance lists of three days")
}

// grant is J8: a call, an application, two assessors who do not see each other, a ranking, a grant, a report, both instalments.
func (c *cooperation) grant() {
	c.t.Helper()
	h := c.claire
	h.goes("/programme/calls")
	h.along(`main a[href$="/calls/new/act/edit"]`)
	h.enters("code", "CALL-2022", "title", "Help on the ground", "closes", time.Now().AddDate(1, 0, 0).Format(time.DateOnly), "criteria", "60 The need is shown\n40 People are safe in it")
	h.sends()
	call := h.where()
	h.step("open")
	h.step("panel", "assessor_0", c.office.Workers["jeanne"].String(), "assessor_1", c.office.Workers["karim"].String())
	h.step("apply", "applicant", "First House", "form", "association", "country", "AL", "registered", "2015", "account_own", "yes", "own_work", "yes", "shelter", "yes", "title", "Rooms", "text", "Rooms for people.", "amount", "60000")
	application := h.where()
	h.step("examine")
	h.goes(call)
	h.step("close")
	h.goes(application)
	h.step("assign", "assessors", c.office.Workers["jeanne"].String(), "assessors", c.office.Workers["karim"].String())
	for login, scores := range map[string][2]string{"jeanne": {"9", "8"}, "karim": {"7", "8"}} {
		a := c.at(login)
		a.goes("/programme/assessments")
		a.along(`main a[href^="/programme/assessments/"]`)
		a.step("declare", "conflict", "no")
		a.step("score", "score_c1", scores[0], "score_c2", scores[1])
	}
	h.goes(call)
	h.step("rank")
	h.says("First House")
	h.goes(application)
	h.step("award", "decision", "Committee of 1 December", "withheld_reason", "It gives people a safe place")
	h.says("Instalment 1 is blocked")
	h.step("contract", "number", "2026-17")
	h.step("pay")
	h.says("Instalment 2 is blocked")
	h.along(`main a[href$="/act/report"]`)
	h.enters("text", "Case no. 4521 was closed", "spent", "12000")
	for i, name := range []string{"women_new", "women_before", "men_new", "men_before", "girls_new", "girls_before", "boys_new", "boys_before", "not_known_new", "not_known_before"} {
		h.enters(name, []string{"12", "14", "3", "11", "2", "0", "0", "0", "0", "0"}[i])
	}
	h.tries()
	h.says("number of a case")
	h.enters("text", "People were housed and advised.")
	h.sends()
	h.says("<5")
	h.step("judge", "judgement", "accepted")
	h.step("pay")
	o := c.at("odile")
	o.goes("/programme/grants")
	o.says("Rooms")
}

// study is J9: from the report to a draft of a list for those who screen, tried and published.
func (c *cooperation) study() {
	c.t.Helper()
	h := c.claire
	h.goes("/programme/studies")
	h.along(`main a[href$="/studies/new/act/commission"]`)
	h.enters("title_fr", "Mineurs contraints à la délinquance", "title_en", "Minors forced into offences", "question_fr", "Comment distinguer la contrainte ?", "activity", "P5-S1", "author", "O. Peyroux")
	h.sends()
	h.step("deliver", "on", "2021-09", "document", "Report, 2021", "pages_n", "120")
	h.step("finding", "key", "F1", "text_fr", "La dette précède le délit.", "text_en", "The debt comes before the offence.", "page", "31-33")
	for n := range 2 {
		h.step("indicator", "id", fmt.Sprintf("MIN-%02d", n+1), "theme", "MIN", "text_fr", fmt.Sprintf("Signe %d", n+1), "text_en", fmt.Sprintf("Sign %d", n+1), "text_sq", fmt.Sprintf("Shenja %d", n+1), "weight", "S", "page", fmt.Sprint(40+n))
	}
	h.along(`main a[href$="/act/decide"]`)
	decision := eval[string](c.t, h.tab, fmt.Sprintf(`[...document.querySelectorAll('main [name=decision] option')].map(e => e.value).find(v => v.startsWith(%q)) ?? ''`, c.motion[strings.LastIndex(c.motion, "/")+1:]))
	h.enters("decision", decision, "for", "screening v2", "on", "2026-06")
	h.sends()
	h.step("draft", "code", "minors_offences", "title_fr", "Mineurs et délits", "title_en", "Minors and offences", "lead_fr", "Pour un entretien au calme.", "lead_en", "For a calm conversation.",
		"theme_min_fr", "Signes", "theme_min_en", "Signs", "theme_min_sq", "Shenja", "whom", "child", "rule", "delphi")
	h.step("try")
	h.says("MIN-01")
	h.step("publish")
	h.says("minors_offences 2021-1")
}

// recommendations is J10: a file brought in, progress, a judgement, dissent, and the reply.
func (c *cooperation) recommendations() {
	c.t.Helper()
	h := c.claire
	h.goes("/programme/recommendations/import")
	h.uploads("paragraphs.csv", `source,document,paragraph,country,strength,language,text,articles,measures,made_on,owners,due
GRETA,"Second report, 2017",75,FR,urge,en,Train those who teach,10|12(1),44,2017,Ministry of Justice,2026-12
GRETA,"Second report, 2017",76,FR,consider,en,Publish yearly figures,10,,2017,,2026-12
`)
	h.says("2 created")
	h.goes("/programme/recommendations")
	h.along(`main td a[href^="/programme/recommendations/"], main th a[href^="/programme/recommendations/"]`)
	h.along(`main a[href$="/act/report"]`)
	h.enters("owner", eval[string](c.t, h.tab, `[...document.querySelectorAll('main [name=owner] option')].map(e => e.value).find(v => v)`), "text", "Three sessions were held", "evidence", "Attendance lists of the school")
	h.sends()
	h.step("answer", "by", "Government", "text", "Every school now teaches it")
	h.step("dissent", "by", "ROSA", "text", "Two schools do not")
	h.step("judge", "state", "partly", "by", "The coordination", "why", "Read with its evidence")
	h.says("Judged by The coordination")
	h.goes("/programme/recommendations")
	h.along(`main a[href^="/programme/recommendations/reply"]`)
	h.says("Every school now teaches it", "Two schools do not", "Annex: evidence", "Attendance lists of the school")
	tagged(c.t, h.saves(`main a[href*="reply/file"]`))
}

// letter is J11: an issue that is blocked, repaired, approved by two, and read by anybody.
func (c *cooperation) letter() {
	c.t.Helper()
	h, paul := c.claire, c.at("paul")
	h.goes("/programme/letters")
	h.along(`main a[href$="/letters/new"]`)
	h.enters("from", "2021-01-01", "to", "2021-03-31", "title_fr", "Coopération en Europe du Sud-Est", "title_en", "Cooperation in South-East Europe")
	h.sends()
	issue := h.where()
	propose := chromedp.JSPath(`([...document.querySelectorAll('main form')].find(f => f.querySelector('input[name=code][value="P4-W1"]'))?.querySelector('button') ?? null)`)
	h.finds(propose, "proposal of P4-W1")
	h.follows(chromedp.Click(propose))
	section := func(en string) {
		h.goes(issue + "/sections/p4-w1")
		h.enters("title_fr", "L’accès à la justice", "title_en", "Access to justice", "text_fr", "La réunion s’est tenue en mars, avec {P4-W1.participants} participants.", "text_en", en)
		h.sends()
	}
	section("The meeting took place in mars, with participants and le trafic des migrants on its agenda.")
	h.goes(issue)
	h.says("“mars” is not English", "“le trafic des” is not English")
	section("The meeting took place in March, with {P4-W1.participants} participants.")
	for who, side := range map[*hand]string{h: "content", paul: "safety"} {
		who.goes(issue)
		approve := chromedp.JSPath(fmt.Sprintf(`([...document.querySelectorAll('main form')].find(f => f.querySelector('input[name=side][value=%q]'))?.querySelector('button') ?? null)`, side))
		who.finds(approve, "approval of "+side)
		who.follows(chromedp.Click(approve))
	}
	paul.goes(issue)
	publish := visible(`main form[action$="/publish"] button`, false)
	paul.finds(publish, "button to publish")
	paul.follows(chromedp.Click(publish))
	paul.says("No. 1")
	public := strings.Replace(h.base, "127.0.0.1", "localhost", 1)
	h.follows(chromedp.Navigate(public + "/letters/1?lang=en"))
	h.says("more than 100 participants")
}

// outside is J12 b: the programme as far as its facts go, and what is left out with the fact that lacks.
func (c *cooperation) outside() {
	c.t.Helper()
	var out struct {
		Activities int
		Excluded   []struct {
			Code    string
			Missing []string
		}
	}
	c.command(&out, "export", "iati", "--publisher", "XX-TEST", "--out", filepath.Join(c.t.TempDir(), "own.xml"), c.folder)
	if out.Activities == 0 || out.Activities+len(out.Excluded) < 30 {
		c.t.Errorf("%+v", out)
	}
	for _, x := range out.Excluded {
		if len(x.Missing) == 0 {
			c.t.Errorf("left out without a reason: %+v", x)
		}
	}
}
