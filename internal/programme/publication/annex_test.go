// SPDX-License-Identifier: EUPL-1.2

package publication_test

import (
	"context"
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/publication"
)

// full fills the office with what a report can tell of: the facts of journey J3, protected figures, an activity whose place is in no
// document, one without a status, an amount.
func (p *press) full() {
	p.T.Helper()
	p.Load()
	p.facts()
	amount, euros := party.Exactly(40_000), "EUR"
	_, err := p.Store.Update(p.Ctx, p.Officer, activity.Ref(p.Owner, "P1-G1"), func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: activity.FramedType, Payload: activity.Framed{Amount: &amount, Currency: &euros}}}, nil
	})
	p.Must(err)
	o, err := p.Store.Open(p.Ctx, p.Officer, activity.Ref(p.Owner, "P5-T1"))
	p.Must(err)
	p.Must(activity.Withhold(p.Ctx, p.Store, p.Officer, "P5-T1", activity.Withheld{Organisation: o.State.(activity.Activity).Source.Partners[0].Organisation, Place: true, Reason: "A safe house"}))
	m, _ := figure.Find("rights")
	cells, err := m.Protect(p.Ctx, map[string]int64{"people": 40, "told": 30, "not_told": 10, "applied": 20, "not_applied": 20, "received": 12, "not_received": 28}, 5, nil)
	p.Must(err)
	_, err = figure.Tell(p.Ctx, p.Store, p.Post, journal.ID{9}, time.Date(2026, 7, 3, 9, 0, 0, 0, time.UTC), figure.Table{Measure: m.Code, From: "GR", Period: "2026-Q2", K: 5, Cells: cells, Queries: []string{strings.Repeat("a", 64)}})
	p.Must(err)
}

func (p *press) saved(k publication.Kind, language string) publication.Document {
	p.T.Helper()
	d, err := p.docs.Make(p.Ctx, p.Reader, p.Owner, publication.Asked{Kind: k, Language: language, Date: publication.Day(p.Clock.Now()), Saved: true})
	p.Must(err)
	return d
}

var (
	cellForm   = regexp.MustCompile(`(?s)<(td|th)( [^>]*)?>(.*?)</(?:td|th)>`)
	proseForm  = regexp.MustCompile(`(?s)<(p|li)( [^>]*)?>(.*?)</(?:p|li)>`)
	hrefForm   = regexp.MustCompile(`href="([^"]*)"`)
	idForm     = regexp.MustCompile(` id="([^"]*)"`)
	digit      = regexp.MustCompile(`[0-9]`)
	resultForm = regexp.MustCompile(`(?s)<tr id="result-([A-Z][0-9]+)">(.*?)</tr>`)
)

// TestEveryNumberOfASavedPageLeadsIntoIt walks over all numbers of a page that opens without a server: each is a link, or stands in a
// sentence with the links to what it counts, and every link has its place in the page.
func TestEveryNumberOfASavedPageLeadsIntoIt(t *testing.T) {
	p := newPress(t)
	p.full()
	p.Clock.Advance(91 * 24 * time.Hour) // a banner of what nobody has updated
	for _, k := range publication.Kinds() {
		for _, language := range publication.Languages() {
			page := string(p.saved(k, language).HTML())
			ids := map[string]int{}
			for _, m := range idForm.FindAllStringSubmatch(page, -1) {
				if ids[m[1]]++; ids[m[1]] > 1 {
					t.Errorf("%s %s: two places are called %s", k, language, m[1])
				}
			}
			for _, m := range hrefForm.FindAllStringSubmatch(page, -1) {
				if to, inside := strings.CutPrefix(html.UnescapeString(m[1]), "#"); !inside || ids[to] != 1 {
					t.Errorf("%s %s: %s leads nowhere", k, language, m[1])
				}
			}
			numbers := p.numbers(page, language)
			if want := map[publication.Kind]int{publication.Report: 30, publication.Plan: 1}[k]; numbers < want {
				t.Errorf("%s %s: only %d numbers", k, language, numbers)
			}
			if k == publication.Report {
				p.indicators(page)
			}
		}
	}
}

// numbers looks at every number before the list of all records and gives how many there are.
func (p *press) numbers(page, language string) int {
	p.T.Helper()
	l := p.docs.Locale(language)
	_, page, _ = strings.Cut(page, "<h2>") // the title and the day
	page, _, _ = strings.Cut(page, "<h2>"+l.T("publication.method")+"</h2>")
	before, goals, _ := strings.Cut(page, "<h3>"+l.T("publication.goals")+"</h3>") // quotations
	_, goals, _ = strings.Cut(goals, "<p>")
	page = strings.Replace(before+"<p>"+goals, l.T("publication.results.method"), "", 1)
	n := 0
	for _, m := range slices.Concat(cellForm.FindAllStringSubmatch(page, -1), proseForm.FindAllStringSubmatch(page, -1)) {
		said := html.UnescapeString(tags.ReplaceAllString(m[3], ""))
		figure := strings.Contains(m[2], `class="num"`) && said != l.T("publication.unknown") && m[1] == "td"
		if m[1] == "th" || m[1] == "td" && !figure || m[1] != "td" && !digit.MatchString(said) {
			continue
		}
		n++
		if !strings.Contains(m[3], "<a href=") {
			p.T.Errorf("%s: %q leads nowhere", language, said)
		}
	}
	return n
}

// indicators looks at each figure of the framework: its list is in the page, says what it counts and leads back.
func (p *press) indicators(page string) {
	p.T.Helper()
	rows := resultForm.FindAllStringSubmatch(page, -1)
	if len(rows) != 23 {
		p.T.Errorf("%d indicators", len(rows))
	}
	for _, r := range rows {
		id, cells := r[1], cellForm.FindAllStringSubmatch(r[2], -1)
		if !strings.Contains(cells[2][3], `href="#indicator-`+id+`"`) || digit.MatchString(cells[3][3]) && !strings.Contains(cells[3][3], `href="#indicator-`+id+`"`) {
			p.T.Errorf("%s: no way to what is behind it: %s", id, r[2])
		}
		behind := behind(page, id)
		if !strings.Contains(behind, `href="#result-`+id+`"`) || strings.Count(behind, "<li>") < 3 {
			p.T.Errorf("%s: it does not say what it counts, or does not lead back: %.400s", id, behind)
		}
	}
}

// behind is what a page says behind an indicator.
func behind(page, id string) string {
	_, s, _ := strings.Cut(page, `<div id="indicator-`+id+`">`)
	_, s, _ = strings.Cut(s, "</h3>")
	s, _, _ = strings.Cut(s, "<h3>")
	return s
}

// TestWhatStandsBehindAFigureIsItsRecords: as many as it says, those left out apart; of protected figures the releases and nobody; what is
// in no document is not in the annex either.
func TestWhatStandsBehindAFigureIsItsRecords(t *testing.T) {
	p := newPress(t)
	p.full()
	d := p.saved(publication.Report, "en")
	page := string(d.HTML())
	if s := behind(page, "O1"); strings.Count(s, "<tr>") != 1+6 || strings.Count(s, ">yes<") != 2 || !strings.Contains(s, `<a href="#P3-W1">P3-W1 · `) {
		t.Errorf("not the six workshops: %s", s)
	}
	has(t, behind(page, "C10"), "Protected: the offices that do the work keep the records", "3 July 2026; only numbers of at least 5", "30 of 40 (75%) informed in a language they speak")
	if s := behind(page, "C10"); strings.Count(s, "<tr>") != 1+1 {
		t.Errorf("not one release: %s", s)
	}
	has(t, page, `<a href="#amounts">1 of 30 activities has an amount</a>`, `With an amount: <a href="#P1-G1">P1-G1</a>`)
	_, albania, _ := strings.Cut(page, `<th scope="row">Albania</th>`)
	if albania, _, _ = strings.Cut(albania, "</tr>"); strings.Contains(albania, "P5-T1") || !strings.Contains(albania, "P4-G1") {
		t.Errorf("the place that is withheld is in the annex: %s", albania)
	}
	has(t, page, `id="kind-workshop"`, `<a href="#kind-workshop">6 workshops</a>`, `<a href="#from-kind-workshop">workshop</a>`)
	by, err := p.docs.Make(p.Ctx, p.Importer, p.Owner, publication.Asked{Kind: publication.Report, Language: "en", Date: d.Date, Saved: true})
	if p.Must(err); string(by.HTML()) != page {
		t.Error("the command writes other figures than the office's page")
	}
	if len(p.make(publication.Report, "en").Annex) >= len(d.Annex) {
		t.Error("the office's page reads the records of every indicator")
	}
}

// TestALongListSaysHowManyItLeavesOut: a document names the first hundred.
func TestALongListSaysHowManyItLeavesOut(t *testing.T) {
	x := publication.Result{ID: "O1", Level: "Output", Title: "O1 · Workshops", Value: "130", Means: "m", Adds: "a", Behind: []publication.Behind{{Caption: "The records behind it", Of: 20_130, Items: []publication.Item{{Title: "One"}}}}}
	p := newPress(t)
	p.Load()
	p.docs.Results = func(context.Context, store.Who, *lang.Locale, time.Time, int) ([]publication.Result, error) {
		return []publication.Result{x}, nil
	}
	has(t, behind(string(p.saved(publication.Report, "en").HTML()), "O1"), "The records behind it – the first 1; 20,129 more are in the office’s own list")
}

// TestEveryLinkOfThePDFIsALinkElementWithItsPlace: what the structure calls a link has a rectangle, the rectangle leads to a page of
// the document and back to its element, and a figure of the framework leads to the page where its records stand.
func TestEveryLinkOfThePDFIsALinkElementWithItsPlace(t *testing.T) {
	p := newPress(t)
	p.full()
	for _, language := range publication.Languages() {
		d := p.saved(publication.Report, language)
		has(t, written(t, p, d, "qpdf", "--check", "@"), "No syntax or stream encoding errors")
		objects := objectsOf(t, written(t, p, d, "qpdf", "--json", "@"))
		links := linksOf(written(t, p, d, "pdfinfo", "-struct-text", "@"))
		if wanted := len(hrefForm.FindAllString(string(d.HTML()), -1)); len(links) != wanted {
			t.Errorf("%s: %d links in the PDF, %d on the page", language, len(links), wanted)
		}
		pages := map[string]int{}
		for _, x := range links {
			if len(x.objects) == 0 {
				t.Errorf("%s: %q has no rectangle", language, x.text)
			}
			for _, o := range x.objects {
				a := objects.dict("obj:" + o + " R")
				to, _ := a["/Dest"].([]any)
				if a["/Subtype"] != "/Link" || len(to) != 5 || objects.dict("obj:" + to[0].(string))["/Type"] != "/Page" || a["/StructParent"] == nil || a["/Contents"] == nil {
					t.Errorf("%s: %q leads nowhere: %v", language, x.text, a)
					continue
				}
				pages[x.text] = objects.number(to[0].(string))
			}
		}
		for _, r := range d.Blocks {
			if r.Table == nil || len(r.Table.Codes) == 0 || !strings.HasPrefix(r.Table.Codes[0], "result-") {
				continue
			}
			for _, row := range r.Table.Rows {
				if value := row[2][0].Text; pages[value] == 0 {
					t.Errorf("%s: %q is no link in the PDF", language, value)
				}
			}
			value := r.Table.Rows[0][2][0].Text // of O1, which no other says
			n := strconv.Itoa(pages[value])
			has(t, strings.Join(strings.Fields(written(t, p, d, "pdftotext", "-f", n, "-l", n, "@", "-")), " "), strings.Join(strings.Fields(row0(r)), " "))
		}
	}
}

func row0(b publication.Block) string { return b.Table.Rows[0][0][0].Text }

type link struct {
	text    string
	objects []string // "158 0"
}

// linksOf reads the links of a structure tree as pdfinfo prints it.
func linksOf(tree string) []link {
	var out []link
	depth := -1
	for _, line := range strings.Split(tree, "\n") {
		text := strings.TrimLeft(line, " ")
		in := len(line) - len(text)
		switch {
		case strings.HasPrefix(text, "Link"):
			depth, out = in, append(out, link{})
		case depth >= 0 && in <= depth:
			depth = -1
		case depth >= 0 && strings.HasPrefix(text, "Object "):
			out[len(out)-1].objects = append(out[len(out)-1].objects, strings.TrimPrefix(text, "Object "))
		case depth >= 0:
			out[len(out)-1].text += strings.Trim(text, `"`)
		}
	}
	return out
}

// objects are a file's, as qpdf writes them.
type objects struct {
	byName map[string]struct{ Value any }
	pages  []string
}

func objectsOf(t *testing.T, b string) objects {
	t.Helper()
	var f struct {
		Pages []struct{ Object string }
		QPDF  []json.RawMessage
	}
	var o objects
	err := json.Unmarshal([]byte(b), &f)
	if err == nil && len(f.QPDF) == 2 {
		err = json.Unmarshal(f.QPDF[1], &o.byName)
	}
	if err != nil || len(o.byName) == 0 {
		t.Fatalf("no objects: %v", err)
	}
	for _, x := range f.Pages {
		o.pages = append(o.pages, x.Object)
	}
	return o
}

func (o objects) dict(name string) map[string]any {
	d, _ := o.byName[name].Value.(map[string]any)
	return d
}

// number is that of a page, from 1.
func (o objects) number(page string) int { return slices.Index(o.pages, page) + 1 }
