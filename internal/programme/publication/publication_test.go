// SPDX-License-Identifier: EUPL-1.2

package publication_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/publication"
)

type press struct {
	*programmetest.Office
	docs publication.Config
	h    http.Handler
}

func newPress(t *testing.T) *press {
	o := programmetest.New(t, access.Programme)
	b, err := lang.Load()
	o.Must(err)
	p := &press{Office: o, docs: publication.Config{Store: o.Store, Results: programme.InReport(programme.Config{Store: o.Store}), Locale: func(tag string) *lang.Locale { return b.Locale(tag, nil) },
		Names: func(context.Context, journal.ID, ...journal.ID) map[journal.ID]string {
			return map[journal.ID]string{o.Owner: "The office"}
		}}}
	p.h, err = page.New(page.Config{Bundle: b, Clock: o.Clock, Office: page.Office{Name: "Office", Kind: access.Programme, ID: o.Owner}, Rooms: []page.Room{publication.Room(p.docs)},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return o.Reader.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: o.Store.CommitReads, Rate: 1e6, Burst: 1e6})
	o.Must(err)
	return p
}

// facts are those that the follow-up of journey J3 enters.
func (p *press) facts() {
	p.T.Helper()
	held, over, twelve := activity.Status("held"), party.Over(150), party.Exactly(12)
	_, err := p.Store.Update(p.Ctx, p.Officer, activity.Ref(p.Owner, "P3-W1"), func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: activity.DescribedType, Payload: activity.Described{Status: &held, Participants: &over, FromCountries: &twelve, Told: &party.Source{Document: "The organiser's note of April 2021"}}}}, nil
	})
	p.Must(err)
}

func (p *press) make(k publication.Kind, language string) publication.Document {
	p.T.Helper()
	d, err := p.docs.Make(p.Ctx, p.Reader, p.Owner, publication.Asked{Kind: k, Language: language, Date: publication.Day(p.Clock.Now())})
	p.Must(err)
	return d
}

func (p *press) get(path, language string) *httptest.ResponseRecorder {
	q := httptest.NewRequest("GET", path, nil)
	q.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, q)
	return w
}

var tags = regexp.MustCompile(`<[^>]*>`)

// read is a page as its reader gets it, without marks.
func (p *press) read(path, language string) string {
	p.T.Helper()
	w := p.get(path, language)
	if w.Code != 200 || regexp.MustCompile(`\[[a-z]+\.[a-z_.]+\]`).MatchString(w.Body.String()) {
		p.T.Fatalf("%s: %d", path, w.Code)
	}
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(w.Body.String(), ""))), " ")
}

func has(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if t.Failed() {
		t.Logf("%.9000s", got)
	}
}

// written writes a document and gives what another program reads in it.
func written(t *testing.T, p *press, d publication.Document, tool string, args ...string) string {
	t.Helper()
	b, err := d.PDF(p.docs.Locale(d.Language))
	p.Must(err)
	name := filepath.Join(t.TempDir(), "document.pdf")
	if dir := os.Getenv("ENTRAIDE_SHOTS"); dir != "" {
		name = filepath.Join(dir, string(d.Kind)+"-"+d.Language+".pdf")
	}
	p.Must(os.WriteFile(name, b, 0o600))
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("no %s: install the packages poppler-utils and qpdf", tool)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "@", name)
	}
	var errs bytes.Buffer
	c := exec.Command(tool, args...)
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("%s: %v\n%s%s", tool, err, errs.String(), out)
	}
	return string(out)
}

// The results framework stands in the report, each indicator with the way to the records behind it; a lower bound stays one,
// and what is not measured says what it waits for.
func TestTheReportHoldsTheResults(t *testing.T) {
	p := newPress(t)
	p.Load()
	p.facts()
	for language, wants := range map[string][]string{
		"en": {"Indicators of the results framework", "O1 · Workshops held, of those planned", "2 of 6 (33.3%)", "more than 250", "not measured yet"},
		"fr": {"Indicateurs du cadre de résultats", "O1 · Ateliers tenus, sur ceux prévus", "2 sur 6 (33,3", "plus de 250", "pas encore mesuré"},
	} {
		has(t, p.read("/programme/report?lang="+language, language), wants...)
	}
	if b := p.get("/programme/report?lang=en", "en").Body.String(); !strings.Contains(b, `href="/programme/results/C6"`) {
		t.Error("no way to the records behind an indicator")
	}
}

// Journey J3: the committee's report.
func TestTheReportAddsLowerBoundsAndSaysWhatIsMissing(t *testing.T) {
	p := newPress(t)
	p.Load()
	has(t, p.read("/programme/report", "en"), "more than 100 participants in 1 of the 6 workshops; no figure for the other 5")
	p.facts()
	for l, wants := range map[string][]string{
		"en": {"more than 250 participants in 2 of the 6 workshops; no figure for the other 4", "Total budget: unknown (0 of 30 activities have an amount)", "Without a figure: P1-W1, P1-W2, P2-W1, P5-W1", "no number of distinct people", "2 held", "4 planned", "P3-W1 (more than 150)", "P4-W1 (more than 100)"},
		"fr": {"plus de 250 participants dans 2 des 6 ateliers ; aucun chiffre pour les 4 autres", "Budget total : inconnu (0 activité sur 30 indique un montant)", "ce n’est donc pas un nombre de personnes distinctes", "P3-W1 (plus de 150)"},
	} {
		has(t, strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(p.read("/programme/report?lang="+l, "el")), wants...)
		has(t, strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(strings.Join(strings.Fields(written(t, p, p.make(publication.Report, l), "pdftotext", "-raw", "@", "-")), " ")), wants[:4:4]...)
	}
}

func TestEveryNumberLeadsToItsRecords(t *testing.T) {
	p := newPress(t)
	p.Load()
	p.facts()
	body := p.get("/programme/report?lang=en", "en").Body.String()
	has(t, body, `<a href="/programme/activities?kind=workshop">6 workshops</a>`, `<a href="/programme/activities/P3-W1">P3-W1</a>`, `<a href="/programme/activities">30 activities</a>`, `<a href="#workshops">More than 250`, `id="workshops"`, `id="records"`)
	d := p.make(publication.Report, "en")
	for _, b := range d.Blocks {
		if b.Table == nil {
			continue
		}
		for _, r := range b.Table.Rows {
			for i, c := range r {
				if b.Table.Columns[i].Num && len(b.Table.Columns) == 3 && c[0].Href == "" {
					t.Errorf("%s: %q leads nowhere", b.Table.Caption, c[0].Text)
				}
			}
		}
	}
	raw := written(t, p, d, "qpdf", "--qdf", "--object-streams=disable", "@", "-")
	if n := strings.Count(raw, "/Subtype /Link"); n < 60 || n != strings.Count(raw, "/Dest [")-strings.Count(raw, "/Title ")+1 { // the file's own title is no bookmark
		t.Errorf("%d links, %d destinations, %d bookmarks", n, strings.Count(raw, "/Dest ["), strings.Count(raw, "/Title ")-1)
	}
}

func TestABannerNamesWhatNobodyHasUpdated(t *testing.T) {
	p := newPress(t)
	p.Load()
	if strings.Contains(p.read("/programme/report?lang=en", "en"), "not been updated") {
		t.Error("a banner on the day of the import")
	}
	p.Clock.Advance(91 * 24 * time.Hour)
	p.facts()
	got := p.read("/programme/report?lang=en", "en")
	has(t, got, "Attention: 29 activities have not been updated for 90 days")
	if banner, _, _ := strings.Cut(got[strings.Index(got, "Attention"):], "In short"); strings.Contains(banner, "P3-W1") {
		t.Error("what was updated today is in the banner")
	}
	if strings.Contains(p.read("/programme/report?lang=en&date=2026-10-01", "en"), "not been updated") {
		t.Error("the banner does not go by the date given")
	}
}

func TestThePlanListsActivityByActivity(t *testing.T) {
	p := newPress(t)
	p.Load()
	for l, wants := range map[string][]string{
		"en": {"Annual plan of activities, 2021", "respond to the concerns of institutional actors", "4 · victims’ rights", "P5-E1 waits for P5-S1 (to be completed)", "Without a date", "Total budget: unknown"},
		"fr": {"Plan annuel des actions, 2021", "4 · droits des victimes", "P5-E1 attend P5-S1 (à achever)", "Sans date"},
	} {
		got := p.read("/programme/plan?lang="+l, "en")
		has(t, got, wants...)
		for _, a := range []string{"P1-W1", "P2-W1", "P3-S1", "P4-G1", "P5-S1", "X-01"} {
			if strings.Count(got, a) < 2 {
				t.Errorf("%s is not both in its part and among the records", a)
			}
		}
		has(t, written(t, p, p.make(publication.Plan, l), "pdfinfo", "@"), "Tagged:          yes")
	}
	has(t, p.get("/programme/plan?lang=fr", "fr").Body.String(), `<div lang="fr" dir="ltr">`, `<span lang="en">respond to the concerns`)
}

func TestThePDFIsTaggedSoundAndTheSameAgain(t *testing.T) {
	p := newPress(t)
	p.Load()
	p.facts()
	for _, l := range publication.Languages() {
		d := p.make(publication.Report, l)
		has(t, written(t, p, d, "pdfinfo", "@"), "Tagged:          yes", "Title:           "+d.Title, "Author:          The office")
		has(t, written(t, p, d, "qpdf", "--check", "@"), "No syntax or stream encoding errors")
		structure := written(t, p, d, "pdfinfo", "-struct-text", "@")
		if heads, scopes := strings.Count(structure, " TH:"), strings.Count(structure, "/Scope /"); heads < 50 || heads != scopes {
			t.Errorf("%d heads, %d scopes", heads, scopes)
		}
		one, err := d.PDF(p.docs.Locale(l))
		p.Must(err)
		two, err := p.make(publication.Report, l).PDF(p.docs.Locale(l))
		p.Must(err)
		if !bytes.Equal(one, two) {
			t.Error("other bytes from the same records")
		}
		if text := written(t, p, d, "pdftotext", "@", "-"); strings.ContainsRune(text, '\uFFFD') {
			t.Error("letters without a shape")
		}
		has(t, string(one), "/Lang ("+l+")")
	}
	w := p.get("/programme/report.pdf?lang=fr&date=2021-12-31", "en")
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(w.Header().Get("Content-Disposition"), "report-2021-12-31-fr.pdf") || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-1.7")) {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// A document is one page that opens without a server: the same words, each link to a place in it, nothing to load.
func TestAPageOpensWithoutAServer(t *testing.T) {
	p := newPress(t)
	p.Load()
	p.facts()
	for _, k := range publication.Kinds() {
		d := p.make(k, "en")
		page := string(d.HTML())
		if d.Name() != string(k)+"-2026-09-14-en" || page != string(p.make(k, "en").HTML()) {
			t.Errorf("%s: other bytes from the same records", d.Name())
		}
		for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if !strings.HasPrefix(m[1], "#") || !strings.Contains(page, `id="`+m[1][1:]+`"`) {
				t.Errorf("%s leads nowhere", m[1])
			}
		}
		for _, x := range []string{"src=", "<script", "<link", "url(", "%!"} {
			if strings.Contains(page, x) {
				t.Errorf("%s has %q", d.Name(), x)
			}
		}
		has(t, page, `<html lang="en" dir="ltr">`, "<title>"+d.Title+"</title>", `<tr id="P3-W1">`, `<th scope="col"`)
	}
	has(t, string(p.make(publication.Report, "fr").HTML()), "Plus de 250 participants")
}

func TestWithoutAProgrammeItSaysSo(t *testing.T) {
	p := newPress(t)
	for _, k := range publication.Kinds() {
		has(t, p.read("/programme/"+string(k), "fr"), "Pas encore de programme")
		has(t, written(t, p, p.make(k, "fr"), "qpdf", "--check", "@"), "No syntax")
	}
	for _, a := range []publication.Asked{{Kind: "letter", Language: "fr"}, {Kind: publication.Plan, Language: "el"}} {
		if _, err := p.docs.Make(p.Ctx, p.Reader, p.Owner, a); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if _, err := publication.ParseDay("31.12.2021"); !fault.Is(err, fault.Invalid) {
		t.Error("a day of another form")
	}
}

func TestAnEMailHasTheFirstWords(t *testing.T) {
	p := newPress(t)
	p.Load()
	p.facts()
	got := p.make(publication.Report, "en").Text()
	has(t, got, "Report to the steering committee, 2021\n", "- More than 250 participants in 2 of the 6 workshops; no figure for the other 4\n", "no number of distinct people")
	if len(got) > 10_000 {
		t.Errorf("%d bytes", len(got))
	}
	for l, words := range map[string]string{"en": "More than 250 participants in 2 of the 6 workshops; no figure for the other 4", "fr": "Plus de 250 participants dans 2 des 6 ateliers"} {
		w := p.get("/programme/report.eml?lang="+l+"&date=2021-12-31", "en")
		m, err := mail.ReadMessage(bytes.NewReader(w.Body.Bytes()))
		p.Must(err)
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		p.Must(err)
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		p.Must(err)
		has(t, strings.ReplaceAll(string(body), "\u00a0", " "), words)
		if subject != p.make(publication.Report, l).Title || m.Header.Get("Content-Language") != l || m.Header.Get("To") != "" || w.Header().Get("Content-Type") != "message/rfc822" ||
			!bytes.Equal(w.Body.Bytes(), p.get("/programme/report.eml?lang="+l+"&date=2021-12-31", "fr").Body.Bytes()) {
			t.Errorf("%q %v", subject, m.Header)
		}
		has(t, p.get("/programme/report?lang="+l, "en").Body.String(), "/programme/report.eml?")
	}
}

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	for _, k := range publication.Kinds() {
		w.Keys = append(w.Keys, "publication."+string(k)+".title")
	}
	for _, k := range []string{"undated", "no_priority", "no_partner"} {
		w.Keys = append(w.Keys, "publication.open."+k)
	}
	found := w.Named("", `"((?:publication|programme)\.[a-z_]+(?:\.[a-z_]+)*)"`)
	for _, k := range []string{"activity", "dates", "status", "participants", "from_countries", "kind", "count", "standing", "priority", "code", "title", "source", "updated", "leads", "when", "which", "records", "country", "record", "day", "counts", "countries"} {
		w.Keys = append(w.Keys, "publication.column."+k)
	}
	if found < 50 {
		t.Fatalf("only %d keys found", found)
	}
	w.Check(found)
}
