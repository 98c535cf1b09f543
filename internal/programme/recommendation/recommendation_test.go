// SPDX-License-Identifier: EUPL-1.2

package recommendation_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

const head = "source,document,paragraph,country,strength,language,text,articles,measures,made_on,owners,due\n"

func imported(o *programmetest.Office, src string) register.Imported {
	o.T.Helper()
	o.Clock.Advance(time.Second)
	r, err := recommendation.Import(o.Ctx, o.Store, o.Officer, []byte(src))
	o.Must(err)
	return r
}

func rows(o *programmetest.Office) []recommendation.Row {
	o.T.Helper()
	rs, err := recommendation.List(o.Ctx, o.Store, o.Reader, nil)
	o.Must(err)
	return rs
}

// paragraphs is J10's file: 26 graded paragraphs of a body and 9 of a meeting, linked to articles and to Measure 44.
func paragraphs() string {
	b := strings.Builder{}
	b.WriteString(head)
	for i := range 26 {
		s := recommendation.Strengths()[i%3]
		fmt.Fprintf(&b, "GRETA,\"Second report, 2017\",%d,RO,%s,en,Ask number %d,10|12(1),44,2017,,2026-0%d\n", 100-i, s, i, 1+i%9)
	}
	for i := range 9 {
		fmt.Fprintf(&b, "Coordinators' meeting,March 2021,%d,,,en,Recommendation %d,,,2021-03,,\n", i+1, i)
	}
	return b.String()
}

// TestOneRegister is J10's first statement: one register, linked to articles and measures, in the order of paragraphs;
// a second import changes nothing.
func TestOneRegister(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	if r := imported(o, paragraphs()); r != (register.Imported{Created: 35}) {
		t.Fatalf("%+v", r)
	}
	if r := imported(o, paragraphs()); r != (register.Imported{Unchanged: 35}) {
		t.Fatalf("again: %+v", r)
	}
	rs := rows(o)
	first := slices.IndexFunc(rs, func(r recommendation.Row) bool { return r.V.Source == "GRETA" })
	if len(rs) != 35 || rs[first].V.Paragraph != "75" || rs[first+25].V.Paragraph != "100" || !slices.Equal(rs[first].V.Articles, []string{"10", "12(1)"}) || !slices.Equal(rs[first].V.Measures, []string{"44"}) {
		t.Fatalf("%+v", rs[first].V)
	}
	french := strings.Replace(head, "\n", "\n", 1) + "GRETA,\"Second report, 2017\",75,RO,invite,fr,Demande,10|12(1),44,2017,,\n"
	before := rs[first].V
	french = strings.Replace(french, "invite", string(before.Strength), 1)
	if r := imported(o, french); r != (register.Imported{Updated: 1}) {
		t.Fatalf("a translation: %+v", r)
	}
	if v := rows(o)[first].V; !slices.Equal(v.Text.Languages(), []string{"en", "fr"}) || v.Due != before.Due {
		t.Fatalf("%+v", v)
	}
}

func TestWhatIsWrongWithAFileIsNamed(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	good := "Body,Report,84,AL,urge,en,Text,10,44,2025,,2026\n"
	for name, c := range map[string]struct {
		src   string
		line  int
		field string
		key   string
	}{
		"strength":       {head + good + "Body,Report,85,AL,beg,en,Text,,,,,\n", 3, "strength", "recommendation.want.strength"},
		"paragraph":      {head + "Body,Report,eighty,AL,urge,en,Text,,,,,\n", 2, "paragraph", "recommendation.want.paragraph"},
		"country":        {head + "Body,Report,84,Albania,urge,en,Text,,,,,\n", 2, "country", "recommendation.want.country"},
		"article":        {head + "Body,Report,84,AL,urge,en,Text,ten,,,,\n", 2, "articles", "recommendation.want.articles"},
		"text":           {head + "Body,Report,84,AL,urge,en,,,,,,\n", 2, "text", "wording.need.text"},
		"date":           {head + "Body,Report,84,AL,urge,en,Text,,,,,soon\n", 2, "due", "programme.need.date"},
		"twice":          {head + good + good, 3, "paragraph", "register.file.twice"},
		"unknown column": {"source,document,paragraph,country,strength,language,text,colour\n", 1, "colour", "register.file.column"},
		"missing column": {"source,document,paragraph,country,strength,language\n", 1, "text", "register.file.missing"},
		"fields":         {head + "Body,Report\n", 2, "", "register.file.csv"},
		"owner":          {head + "Body,Report,84,AL,urge,en,Text,,,,Nobody at all,\n", 2, "owners", "recommendation.file.owner"},
		"encoding":       {head + "Body,Report,84,AL,urge,en,\xff,,,,,\n", 1, "", "register.file.encoding"},
	} {
		_, err := recommendation.Import(o.Ctx, o.Store, o.Officer, []byte(c.src))
		var e register.WrongFile
		if !errors.As(err, &e) || len(e) == 0 || e[0].Line != c.line || e[0].Field != c.field || e[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(rows(o)); n != 0 {
		t.Errorf("%d records of wrong files were kept", n)
	}
}

// TestOwnersReportAndSomebodyJudges is J10: owners report with evidence, a state with who judged it, and dissent beside
// the government's text, all in the reply in the order of paragraphs with its annex.
func TestOwnersReportAndSomebodyJudges(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(recommendation.Path); !strings.Contains(b, "There is no recommendation yet") {
		t.Fatal(b)
	}
	s.Load()
	imported(s.Office, "\ufeff"+string(recommendation.Sample()))
	var at, second string
	for _, r := range rows(s.Office) {
		switch r.V.Paragraph {
		case "84":
			at = recommendation.Path + "/" + r.ID.String()
		case "84a":
			second = recommendation.Path + "/" + r.ID.String()
		}
	}
	orgs, err := register.All[actors.OrganisationLine](s.Ctx, s.Store, s.Officer, store.Query{Kind: access.KindOrganisation})
	s.Must(err)
	owners := []string{orgs[0].ID.String(), orgs[1].ID.String()}
	s.Saved(at+"/act/own", url.Values{"owners": owners, "due": {"2026-08"}})
	both(at + "/act/report")
	s.Saved(at+"/act/report", url.Values{"owner": owners[:1], "on": {"2026-07-01"}, "language": {"en"}, "text": {"Two officers were trained"}, "evidence": {"Register of the academy, 2026"}})
	s.Saved(at+"/act/answer", url.Values{"by": {"Ministry of the Interior"}, "language": {"en"}, "text": {"The measure is carried out"}})
	s.Saved(at+"/act/dissent", url.Values{"by": {"Example Association"}, "language": {"en"}, "text": {"No child has been heard"}})
	if w := s.Fill(at+"/act/judge", url.Values{"state": {"partly"}, "on": {"2026-08-01"}, "why": {"two of eleven posts"}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("judged by nobody: %d", w.Code)
	}
	if b := both(recommendation.Path + "?due=late"); !strings.Contains(b, "One recommendation") {
		t.Fatal(b)
	}
	s.Saved(at+"/act/judge", url.Values{"state": {"partly"}, "by": {"The coordination"}, "on": {"2026-08-01"}, "why": {"two of eleven posts"}})
	if b := both(at); !strings.Contains(b, "Partly implemented") || !strings.Contains(b, "Judged by The coordination") || !strings.Contains(b, "Dissent of Example Association") || !strings.Contains(b, "Answer of Ministry of the Interior") {
		t.Fatal(b)
	}
	b := both(recommendation.Path + "/reply?source=" + recommendation.SourceCode("Example Body"))
	order := []string{"Paragraph 84<", "The measure is carried out", "No child has been heard", ">A1<", "Paragraph 84a<", "No answer has been written yet", "Paragraph 102<", "Annex: evidence", "Register of the academy, 2026"}
	for i, words := range order {
		if !strings.Contains(b, words) || i > 0 && strings.Index(b, words) < strings.Index(b, order[i-1]) {
			t.Fatalf("%q is not there, or before %q", words, order[max(i-1, 0)])
		}
	}
	if strings.Contains(b, "coordination tient") {
		t.Error("the reply answers another body too")
	}
	both(second + "/act/dissent")
	s.Who = s.Reader
	if w := s.Ask("POST", second+"/act/judge", "en", url.Values{"state": {"implemented"}, "by": {"me"}, "on": {"2026"}, "why": {"so"}}); w.Code != http.StatusForbidden {
		t.Fatalf("a reader judges: %d", w.Code)
	}
	if w := s.Ask("GET", recommendation.Path+"?as=csv", "en", nil); strings.Count(w.Body.String(), "\r\n") != 5 || !strings.Contains(w.Body.String(), "partly,The coordination") {
		t.Fatal(w.Body)
	}
	both(recommendation.Path)
}

func TestAnImportByItsPage(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Page(recommendation.Path+"/import", "fr")
	if b := s.Page(recommendation.Path+"/import", "en"); !regexp.MustCompile(`name="file"`).MatchString(b) {
		t.Fatal(b)
	}
	if w := s.Ask("GET", recommendation.Path+"/import/sample", "en", nil); !bytes.Equal(w.Body.Bytes(), recommendation.Sample()) {
		t.Fatal("not the sample")
	}
	if w := s.Ask("POST", recommendation.Path+"/import", "en", nil); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("no file: %d", w.Code)
	}
}

func TestARecordKeepsToItsParagraph(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	imported(o, string(recommendation.Sample()))
	r := rows(o)[0]
	v := r.V.Made
	v.Paragraph = "999"
	if _, err := o.Store.Append(o.Ctx, o.Officer, store.Ref{Kind: access.KindRecommendation, ID: r.ID}, store.Draft{Type: recommendation.MadeType, Payload: v}); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}

func TestParagraphsInTheirOrder(t *testing.T) {
	ps := []string{"102", "84.10", "84a", "9", "84", "84.2", "84b"}
	slices.SortFunc(ps, recommendation.ComparePlaces)
	if got := strings.Join(ps, " "); got != "9 84 84a 84b 84.2 84.10 102" {
		t.Fatal(got)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(recommendation.Sample())
	f.Add([]byte(head + "a;b\"c\n"))
	f.Add([]byte("source;document;paragraph;country;strength;language;text\nB;D;1;;;en;T\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		err := recommendation.Check(src)
		var e register.WrongFile
		if err != nil && (!errors.As(err, &e) || len(e) == 0 || len(e) > 51) {
			t.Fatalf("not a list of what is wrong: %v", err)
		}
	})
}

// TestYearOnYear is J10's comparison: where each stood at the end of a year, and where it stands now. Of a judgement's date
// known in part the last day counts; what had not been made yet is in no count.
func TestYearOnYear(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(recommendation.Path + "/years"); !strings.Contains(b, "There is no recommendation yet") {
		t.Fatal(b)
	}
	imported(s.Office, head+"Body,Report,1,AL,urge,en,First,,,2023-05,,\nBody,Report,2,AL,urge,en,Second,,,2025-02,,\nBody,Report,3,GR,urge,en,Third,,,,,\n")
	judge := func(paragraph string, state recommendation.State, on string) {
		t.Helper()
		for _, r := range rows(s.Office) {
			if r.V.Paragraph == paragraph {
				s.Saved(recommendation.Path+"/"+r.ID.String()+"/act/judge", url.Values{"state": {string(state)}, "by": {"The coordination"}, "on": {on}, "why": {"Seen"}})
			}
		}
	}
	judge("1", recommendation.Not, "2024")
	judge("1", recommendation.Partly, "2025-06-01")
	judge("1", recommendation.Implemented, "2026-02-01")
	judge("2", recommendation.Not, "2026-03-01")
	for year, want := range map[int]map[recommendation.State]int{
		2022: {recommendation.Unjudged: 1}, 2023: {recommendation.Unjudged: 2}, 2024: {recommendation.Not: 1, recommendation.Unjudged: 1},
		2025: {recommendation.Partly: 1, recommendation.Unjudged: 2}, 2026: {recommendation.Implemented: 1, recommendation.Not: 1, recommendation.Unjudged: 1},
	} {
		if got := recommendation.CountAt(rows(s.Office), year); !maps.Equal(got, want) {
			t.Errorf("%d: %v, not %v", year, got, want)
		}
	}
	b := both(recommendation.Path + "/years?then=2024&country=AL")
	for _, words := range []string{"2 recommendations", "Then and now: 2024 and today", "not made yet", "Not implemented", "At the end of 2024"} {
		if !strings.Contains(b, words) {
			t.Errorf("lacks %q", words)
		}
	}
	if strings.Contains(both(recommendation.Path+"/years?then=never"), "Then and now: never") {
		t.Error("an address typed by hand is taken at its word")
	}
}
