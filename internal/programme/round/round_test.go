// SPDX-License-Identifier: EUPL-1.2

package round_test

import (
	"bytes"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/round"
)

const second = "# Droit à l’information\n\n1. Comment les personnes sont-elles informées de leurs droits ?\n2. Qui paie les interprètes ?\n"

const third = "Questionnaire du troisième cycle\n\n# Droit à l’information\n\n1. Quelles juridictions accordent une indemnisation ?\n\n7. Comment les personnes sont-elles informées de leurs droits, et par qui ?\n    a) par écrit ;\n    b) oralement.\n\n# Interprètes\n\n8. Qui paie les interprètes ?\n8. Encore une fois ?\n"

// desk is the pages of a coordinator's office, with a round that is recorded there.
type desk struct{ *programmetest.Site }

func (d desk) both(path string) string {
	d.T.Helper()
	d.Page(path, "fr")
	return d.Page(path, "en")
}

func (d desk) open(number, received, due string) string {
	d.T.Helper()
	return d.Saved(round.Path+"/new/act/open", url.Values{"body": {"GRETA"}, "number": {number}, "country": {"AL"}, "theme_fr": {"L’accès à la justice"}, "received": {received}, "due": {due}, "from": {"2018"}, "until": {"2026"}})
}

// bring pastes a paper, looks at what was read, and brings it in.
func (d desk) bring(at, what, language, paper string) (read, done string) {
	d.T.Helper()
	d.both(at + "/bring/" + what)
	w := d.Fill(at+"/bring/"+what, url.Values{"language": {language}, "text": {paper}})
	if w.Code != http.StatusOK {
		d.T.Fatalf("%d %s", w.Code, w.Body)
	}
	read = w.Body.String()
	if strings.Contains(read, "round.read.") {
		d.T.Fatal("a reason without words")
	}
	as, _, _ := strings.Cut(textArea.FindString(read), "</textarea>") // as it was read: what was left out is no more in it
	_, as, _ = strings.Cut(as, ">")
	as = html.UnescapeString(as)
	if as == "" {
		d.T.Fatal("nothing was read")
	}
	if len(round.ReadText(paper).Dropped) > 0 {
		w = d.Ask("POST", at+"/bring/"+what, "en", url.Values{"language": {language}, "text": {paper}, "do": {"bring"}})
		if w.Code != http.StatusOK || w.Body.String() != read {
			d.T.Errorf("what is left out was not shown before anything was written: %d", w.Code)
		}
	}
	w = d.Ask("POST", at+"/bring/"+what, "en", url.Values{"language": {language}, "text": {as}, "do": {"bring"}})
	if w.Code != http.StatusOK {
		d.T.Fatalf("%d %s", w.Code, w.Body)
	}
	return read, w.Body.String()
}

var textArea = regexp.MustCompile(`(?s)<textarea[^>]*name="text".*?</textarea>`)

var questionLink = regexp.MustCompile(`href="(/programme/questions/[0-9a-f-]{36})">([0-9a-z.-]+)<`)

// questions gives the addresses of a round's questions by number.
func (d desk) questions(at string) map[string]string {
	d.T.Helper()
	out := map[string]string{}
	for _, m := range questionLink.FindAllStringSubmatch(d.Page(at, "en"), -1) {
		out[m[2]] = m[1]
	}
	return out
}

func (d desk) has(page string, words ...string) {
	d.T.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			d.T.Fatalf("no %q in %s", w, regexp.MustCompile(`(?s)<main.*</main>`).FindString(page))
		}
	}
}

// TestARoundByItsPages goes from an empty list to a closed round: the questionnaire is read and brought in twice, the last round's
// answer is offered and taken, answers are accepted and sent, the report's paragraphs come into the register, and the framework
// has the assessment.
func TestARoundByItsPages(t *testing.T) {
	d := desk{programmetest.NewSite(t, access.Programme)}
	d.has(d.both(round.Path), "No round has been recorded yet")
	d.has(d.both(round.QuestionPath), "No question yet")
	d.Load()

	before := d.open("2", "2021", "2021-06")
	d.bring(before, "questions", "fr", second)
	told := d.questions(before)["1"]
	d.Saved(told+"/act/write", url.Values{"language": {"fr"}, "text": {"Par un dépliant en neuf langues."}, "final": {"final"}})
	d.Saved(before+"/act/reported", url.Values{"on": {"2022-05"}, "document": {"Report, second round"}})
	d.bring(before, "paragraphs", "en", "12. GRETA urges the authorities to hand out the leaflet everywhere.\n14. GRETA invites the authorities to count.\n")

	at := d.open("3", "2026-03", "2026-09-01")
	if w := d.Fill(round.Path+"/new/act/open", url.Values{"body": {"GRETA"}, "number": {"3"}, "country": {"AL"}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("the same round twice: %d", w.Code)
	}
	d.has(d.both(at), "Bring in the questionnaire", "the day on which the answers were due has passed"[4:])
	read, done := d.bring(at, "questions", "fr", third)
	d.has(read, "3 numbered items were read", "This number is there already", "It stands before the first number", "par écrit")
	d.has(done, "3 created")
	if _, done = d.bring(at, "questions", "fr", third); !strings.Contains(done, "0 created, 0 changed, 3 unchanged") && !strings.Contains(done, "3 unchanged") {
		t.Fatal("a second import changes something")
	}
	_, done = d.bring(at, "questions", "en", "# Interpreters\n8. Who pays for interpreters?\n")
	d.has(done, "1 updated")
	read, _ = d.bring(at, "questions", "en", "8. Who pays for interpreters?\n")
	d.has(read, "but not in this text: 1 and 7")

	qs := d.questions(at)
	informed, pays := qs["7"], qs["8"]
	d.has(d.both(informed), "Answer in round 2, question 1", "Par un dépliant en neuf langues.", "Not assigned")
	if strings.Contains(d.both(pays), "Answer in round 2") {
		t.Fatal("an answer is offered that nobody gave")
	}
	greece := regexp.MustCompile(`<option value="([0-9a-f-]{36})">[^<]+</option>`).FindStringSubmatch(d.Page(informed+"/act/assign", "en"))[1]
	d.both(informed + "/act/assign")
	d.Saved(informed+"/act/assign", url.Values{"owner": {greece}, "due": {"2026-09-01"}, "note": {"With figures"}})
	d.has(d.both(informed), "Late", "With figures")
	d.has(d.both("/programme/deadlines?when=late"), "GRETA, round 3 · Albania · Question 7", "Answers due at the monitoring body")
	d.both(informed + "/act/adopt")
	d.Changed(informed+"/act/adopt", url.Values{})
	d.has(d.both(informed), "Draft of the answer", "Taken from round 2, question 1")
	if w := d.Ask("GET", informed+"/act/accept", "en", nil); w.Code == http.StatusOK {
		t.Fatal("a draft can be accepted")
	}
	d.Changed(informed+"/act/write", url.Values{"text": {"Par un dépliant en onze langues."}, "final": {"final"}})
	d.has(d.both(at), "Answers being drafted")
	d.both(informed + "/act/accept")
	d.Changed(informed+"/act/accept", url.Values{})
	d.has(d.both(informed), "Accepted", "Taken from round 2, question 1")
	d.Changed(informed+"/act/write", url.Values{"text": {"Par un dépliant en douze langues."}, "final": {"final"}})
	d.has(d.both(informed), "Answered, to be accepted")
	d.both(informed + "/act/return")
	d.Saved(informed+"/act/return", url.Values{"reason": {"Which languages?"}})
	d.has(d.both(informed), "Returned to be finished", "Which languages?")
	d.Changed(informed+"/act/write", url.Values{"text": {"Par un dépliant en douze langues.\nVoir l’annexe."}, "final": {"final"}})
	d.Changed(informed+"/act/accept", url.Values{})
	d.Changed(informed+"/act/write", url.Values{"language": {"en"}, "text": {"By a leaflet in twelve languages."}, "final": {"final"}})
	d.Changed(informed+"/act/accept", url.Values{})

	document(d, at)

	d.both(at + "/act/sent")
	d.has(d.Page(at+"/act/sent", "en"), "2 questions have no accepted answer")
	d.Saved(at+"/act/sent", url.Values{"on": {"2026-09"}})
	if b := d.Page(informed, "en"); strings.Contains(b, "/act/write") || !strings.Contains(b, "they stay as they were sent") {
		d.T.Error("what was sent is offered to be changed")
	}
	if w := d.Ask("GET", informed+"/act/write", "en", nil); w.Code != http.StatusConflict {
		d.T.Errorf("what was sent is asked for anew: %d", w.Code)
	}
	if w := d.Ask("POST", informed+"/act/write", "en", url.Values{"entry": {d.Store.NewID().String()}, "language": {"en"}, "text": {"Otherwise & longer."}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Otherwise &amp; longer.") || !strings.Contains(w.Body.String(), "What you typed is still here") {
		d.T.Errorf("what somebody typed while the answers were sent is lost: %d %s", w.Code, w.Body)
	}
	if w := d.Fill(at+"/act/visited", url.Values{"on": {"2025"}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("a visit before the answers were sent: %d", w.Code)
	}
	d.Saved(at+"/act/visited", url.Values{"on": {"2026-10-05"}, "until": {"2026-10-09"}})
	d.both(at + "/act/meet")
	d.Changed(at+"/act/meet", url.Values{"on": {"2026-10-05"}, "hour": {"09:30"}, "with": {greece}, "meeting_fr": {"Les interprètes"}, "who": {"Chef de bureau"}, "standing": {"planned"}})
	if w := d.Fill(at+"/act/meet", url.Values{"key": {"M1"}, "hour": {"9h30"}, "with": {greece}, "standing": {"held"}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("an hour that is none: %d", w.Code)
	}
	d.has(d.both(at), "09:30", "Chef de bureau", "5 to 9 October 2026")
	if w := d.Ask("GET", at+"/bring/paragraphs", "en", nil); w.Code == http.StatusOK {
		t.Fatal("paragraphs of a report that has not come")
	}
	d.Saved(at+"/act/reported", url.Values{"on": {"2027-02"}, "document": {"Report, third round"}})
	if read, done = d.bring(at, "paragraphs", "en", "30. GRETA urges the authorities to pay interpreters.\n"); !strings.Contains(read, "urge") {
		t.Fatal(read)
	}
	d.has(done, "1 created")
	d.has(d.both(at), "to pay interpreters", "Not judged", "Nobody has noted yet what it says")
	d.has(d.both("/programme/results/I3"), "1 of an earlier round", "none recorded")
	d.both(at + "/act/assess")
	d.Saved(at+"/act/assess", url.Values{"assessment_en": {"More people are told of their rights than before."}, "page": {"§ 20"}})
	d.has(d.both("/programme/results/I3"), "More people are told of their rights", "of the 2 paragraphs of round 2: 0 implemented", round.Path)
	d.both(at + "/act/back")
	d.Saved(at+"/act/back", url.Values{"stage": {"visited"}, "reason": {"It was put off"}})
	d.Saved(at+"/act/closed", url.Values{})
	d.has(d.both(at), "It was put off", "Closed")
	d.has(d.both(round.Path), "GRETA, round 3 · Albania", "1 of 3")
	d.has(d.both(round.Path+"?country=AL"), "2 rounds")
	d.has(d.both(round.QuestionPath+"?standing=accepted"), "Question 7")
	d.has(d.both("/programme/countries/AL"), round.Path+"?country=AL")

	d.Who = d.Reader
	d.both(at)
	for _, path := range []string{at + "/act/sent", at + "/bring/questions", pays + "/act/write"} {
		if w := d.Ask("GET", path, "en", nil); w.Code != http.StatusForbidden {
			t.Errorf("a reader at %s: %d", path, w.Code)
		}
	}
	if strings.Contains(d.Page(at, "en"), "Chef de bureau") {
		t.Error("who takes part in a meeting is shown outside of those who run the programme")
	}
}

// document looks at the answer document in its three forms: every question in its order, in both languages, the unanswered too.
func document(d desk, at string) {
	t := d.T
	t.Helper()
	fr, both := d.Page(at+"/document?in=fr", "en"), d.Page(at+"/document?in=both", "fr")
	d.has(fr, "Sans réponse.", "1 réponses validées sur 3", "Par un dépliant en douze langues.")
	d.has(both, "Par un dépliant en douze langues.", `lang="en">By a leaflet in twelve languages.`)
	order := regexp.MustCompile(`Question [0-9]+`).FindAllString(fr[strings.Index(fr, "<main"):], -1)
	if strings.Join(order, " ") != "Question 1 Question 7 Question 8" {
		t.Errorf("in the order %v", order)
	}
	md := d.Ask("GET", at+"/document?in=en&as=md", "en", nil)
	d.has(md.Body.String(), "### Question 7\n\n> Comment les personnes", "By a leaflet in twelve languages.", "*Not answered.*", "## Interpreters")
	one, two := d.Ask("GET", at+"/document?in=both&as=pdf", "en", nil), d.Ask("GET", at+"/document?in=both&as=pdf", "en", nil)
	if one.Code != http.StatusOK || !bytes.HasPrefix(one.Body.Bytes(), []byte("%PDF")) || !bytes.Equal(one.Body.Bytes(), two.Body.Bytes()) {
		t.Errorf("PDF: %d, %d bytes", one.Code, one.Body.Len())
	}
	info, err := exec.LookPath("pdfinfo")
	if err != nil {
		return // the tags are written by package pdf, which tests them
	}
	file := filepath.Join(t.TempDir(), "answers.pdf")
	d.Must(os.WriteFile(file, one.Body.Bytes(), 0o600))
	out, err := exec.Command(info, file).Output()
	d.Must(err)
	d.has(string(out), "Tagged:          yes")
}
