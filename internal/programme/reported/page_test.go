// SPDX-License-Identifier: EUPL-1.2

package reported_test

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/reported"
)

// imported is an office with a file brought in.
func imported(t *testing.T, src string) *programmetest.Site {
	s := programmetest.NewSite(t, access.Programme)
	s.Who = s.Reader
	_, err := iati.Import(s.Ctx, s.Store, s.Importer, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(src))), nil }, iati.Options{})
	s.Must(err)
	return s
}

func one(id, title, country, more string) string {
	return `<iati-activity xml:lang="en" default-currency="EUR"><iati-identifier>` + id + `</iati-identifier><reporting-org ref="XX-1" type="10"><narrative>Invented Fund</narrative></reporting-org><title>` + title +
		`</title><description><narrative>Nothing real.</narrative></description><participating-org role="1" ref="XX-1"><narrative>Invented Fund</narrative></participating-org><activity-status code="2"/><activity-date type="1" iso-date="2020-01-01"/><activity-date type="2" iso-date="2020-02-03"/>` +
		`<contact-info><person-name><narrative>Somebody Invented</narrative></person-name></contact-info><recipient-country code="` + country + `" percentage="62.5"/>` + more + `</iati-activity>`
}

func file(activities ...string) string {
	return `<iati-activities version="2.03">` + strings.Join(activities, "") + `</iati-activities>`
}

const money = `<transaction><transaction-type code="3"/><transaction-date iso-date="2020-05-06"/><value value-date="2020-05-06">0.10</value></transaction>` +
	`<transaction><transaction-type code="3"/><transaction-date iso-date="2021-05-06"/><value value-date="2020-05-06">12345678901234567890.205</value></transaction>` +
	`<transaction><transaction-type code="3"/><transaction-date iso-date="2020-05-06"/><value currency="CHF" value-date="2020-05-06">7</value></transaction>` +
	`<transaction><transaction-type code="99"/><transaction-date iso-date="2020-05-06"/><value value-date="2020-05-06">many</value></transaction>`

const results = `<result type="2"><title><narrative>People reached</narrative></title><indicator measure="1"><title><narrative>Persons</narrative></title><period><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/><target value="100"/><actual value="1250.5"/></period></indicator></result>`

func TestOneShowsAllLanguagesExactSumsAndResults(t *testing.T) {
	s := imported(t, file(one("XX-1-A", `<narrative>Safe water</narrative><narrative xml:lang="fr">De l’eau sûre</narrative>`, "AL", money+results)))
	path := reported.Path + "/" + activity.ReportedRef(s.Owner, "XX-1-A").ID.String()
	for l, wants := range map[string][]string{
		"en": {"Safe water", "De l’eau sûre", "XX-1-A", "under way", "Planned beginning", "1 January 2020", "Albania (62.5%)", "12,345,678,901,234,567,890.305 EUR", "7 CHF", "1 amount is no number", "People reached", "outcome", "1250.5", "pays for it"},
		"fr": {"De l’eau sûre", "Safe water", "en cours", "Début effectif", "3 février 2020", "890,305 EUR", "1 montant n’est pas un nombre", "effet", "1250,5"},
	} {
		got := s.Page(path, l)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q", l, want)
			}
		}
		if strings.Contains(got, "Somebody Invented") {
			t.Error("who is to be reached is shown")
		}
	}
	if w := s.Ask("GET", reported.Path+"/"+s.Store.NewID().String(), "en", nil); w.Code != 404 {
		t.Errorf("one that there is not: %d", w.Code)
	}
	s.Load()
	if w := s.Ask("GET", reported.Path+"/"+activity.Ref(s.Owner, "P4-G1").ID.String(), "en", nil); w.Code != 404 {
		t.Errorf("one of the programme's own: %d", w.Code)
	}
}

func TestTheListIsPagedNarrowedAndSearched(t *testing.T) {
	var all []string
	for i := range 120 {
		country := "AL"
		if i%2 == 0 {
			country = "GR"
		}
		all = append(all, one(fmt.Sprintf("XX-1-%03d", i), fmt.Sprintf(`<narrative>Étude %d</narrative>`, i), country, ""))
	}
	s := imported(t, file(all...))
	s.Load() // the programme's own stay out of the list
	row := regexp.MustCompile(`XX-1-\d{3}`)
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	walk := func(path string) (codes []string, pages int) {
		for pages = 1; pages < 10; pages++ {
			got := s.Page(path, "en")
			codes = append(codes, row.FindAllString(got, -1)...)
			m := next.FindStringSubmatch(got)
			if m == nil {
				return codes, pages
			}
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
		return codes, pages
	}
	if codes, pages := walk(reported.Path); len(codes) != 120 || pages != 3 || !slices.IsSorted(codes) {
		t.Errorf("the list: %d in %d pages", len(codes), pages)
	}
	if codes, pages := walk(reported.Path + "?country=GR"); len(codes) != 60 || pages != 2 || codes[0] != "XX-1-000" {
		t.Errorf("of one country: %d in %d pages", len(codes), pages)
	}
	if got := s.Page(reported.Path+"?country=GR", "en"); !strings.Contains(got, "60 activities") || !strings.Contains(got, "Albania (60)") {
		t.Error("the counts are not those of the country")
	}
	w := s.Ask("POST", reported.Path, "en", url.Values{"q": {"ETUDE 71"}})
	if codes := row.FindAllString(w.Body.String(), -1); w.Code != 200 || !slices.Equal(codes, []string{"XX-1-071"}) {
		t.Errorf("the search: %d, %v", w.Code, codes)
	}
	w = s.Ask("POST", reported.Path, "en", url.Values{"q": {"étude 71"}, "country": {"GR"}})
	if w.Code != 200 || row.FindString(w.Body.String()) != "" {
		t.Error("the search leaves the country out")
	}
	w = s.Ask("POST", reported.Path, "en", url.Values{"q": {"étude"}})
	if n := len(row.FindAllString(w.Body.String(), -1)); n != 50 || !strings.Contains(w.Body.String(), "There may be more") {
		t.Errorf("a word of all: %d", n)
	}
	if w = s.Ask("POST", reported.Path, "en", url.Values{"country": {"AL"}}); w.Code != 303 || w.Header().Get("Location") != reported.Path+"?country=AL" {
		t.Errorf("the filter has no address: %d", w.Code)
	}
	for _, bad := range []string{"?country=x", "?after=%21"} {
		if w := s.Ask("GET", reported.Path+bad, "fr", nil); w.Code != 200 && w.Code != 422 && w.Code != 400 {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestAnIdentifierMayHaveAnyLetters(t *testing.T) {
	s := imported(t, file(one("XX-1/a b é", "<narrative>Slash</narrative>", "AL", ""), one("XX-1/"+strings.Repeat("long", 40), "<narrative>Long</narrative>", "ÉTRANGER", "")))
	if got := s.Page(reported.Path, "en"); !strings.Contains(got, "XX-1/a b é") || !strings.Contains(got, "Long") || !strings.Contains(got, "None named (1)") {
		t.Error("the list lacks an identifier with a slash, or a long one")
	}
}

func TestOneThatSaysNothingButItsIdentifierIsShown(t *testing.T) {
	s := imported(t, file(`<iati-activity><iati-identifier>XX-1-A</iati-identifier></iati-activity>`))
	if got := s.Page(reported.Path+"/"+activity.ReportedRef(s.Owner, "XX-1-A").ID.String(), "en"); !strings.Contains(got, "No amounts are reported") || !strings.Contains(got, "No results are reported") {
		t.Error("what is not reported is not said to be so")
	}
	s.Page(reported.Path, "fr")
}

func TestAnEmptyOfficeSaysHowTheyComeIn(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	if got := s.Page(reported.Path, "fr"); !strings.Contains(got, "Rien n’a encore été importé") {
		t.Error("the empty list says nothing")
	}
}

// TestTheRealFilesShowTheirSums holds the sums of whole files against those that come with them.
func TestTheRealFilesShowTheirSums(t *testing.T) {
	src, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "iati", "real", "flattener-canada-activity.xml"))
	if err != nil {
		t.Skip("the official files are not here")
	}
	s := imported(t, string(src))
	r := record.NewReader(bytes.NewReader(src))
	e, err := r.Next()
	s.Must(err)
	got := s.Page(reported.Path+"/"+activity.ReportedRef(s.Owner, e.Identifier()).ID.String(), "en")
	for _, want := range []string{"19,570,705 CAD", "18,788,937 CAD"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestEveryKeyHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("reported.status", reported.Statuses())
	w.List("reported.role", reported.Roles())
	w.List("reported.type", reported.Types())
	w.List("reported.result", reported.Results())
	w.List("reported.measure", reported.Measures())
	w.List("reported.date", reported.Dates())
	w.List("reported", []string{"activity", "publisher", "country", "dates"})
	found := w.Named("", `(?:T|N)\("(reported\.[a-z_]+(?:\.[a-z_]+)*)"[,)]`)
	found += w.Named("", `[({]\s*[tn] "(reported\.[a-z_.]+)"`)
	for _, k := range []string{"organisation", "role", "period", "amount", "type", "entries", "sum", "day", "what_for", "indicator", "target", "actual"} {
		w.List("reported", []string{k})
	}
	if found < 40 {
		t.Fatalf("only %d keys found", found)
	}
	w.Check(found)
}
