// SPDX-License-Identifier: EUPL-1.2

package knowledge_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/knowledge"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

var source = party.Source{Document: "Journal", Lines: "3"}

func write(o *programmetest.Office, id journal.ID, typ string, payload any) error {
	o.T.Helper()
	o.Clock.Advance(time.Second)
	_, err := o.Store.Append(o.Ctx, o.Officer, store.Ref{Kind: access.KindKnowledge, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

func framework(name wording.Text) knowledge.Written {
	return knowledge.Written{Name: name, Sort: "framework", Countries: []string{"AL"}, Source: source}
}

func one(o *programmetest.Office) knowledge.Row {
	o.T.Helper()
	rows, err := register.All[knowledge.Line](o.Ctx, o.Store, o.Reader, store.Query{Kind: access.KindKnowledge})
	o.Must(err)
	if len(rows) != 1 {
		o.T.Fatalf("%d rows", len(rows))
	}
	return rows[0]
}

// TestAReviewHoldsForItsWordsAndItsTime: a change of the words ends a review, and so does the day until which it holds.
func TestAReviewHoldsForItsWordsAndItsTime(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	id := o.Store.NewID()
	review := knowledge.Review{By: "A. Reader, Ministry", On: party.InMonth(2026, 9), Until: party.InYear(2027)}
	if err := write(o, id, knowledge.ReviewedType, review); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing is reviewed: %v", err)
	}
	o.Must(write(o, id, knowledge.WrittenType, framework(wording.New("en", "Act on services"))))
	if r := one(o); r.V.State != knowledge.Unreviewed {
		t.Fatal(r.V.State)
	}
	o.Must(write(o, id, knowledge.ReviewedType, review))
	r := one(o)
	for at, want := range map[time.Time]knowledge.State{time.Date(2027, 12, 31, 12, 0, 0, 0, time.UTC): knowledge.Reviewed, time.Date(2028, 1, 1, 0, 0, 1, 0, time.UTC): knowledge.Unreviewed} {
		if got := r.V.At(at); got != want || r.V.By != review.By {
			t.Errorf("at %s: %s by %q", at, got, r.V.By)
		}
	}
	o.Must(write(o, id, knowledge.WrittenType, framework(wording.New("en", "Act on services, amended"))))
	if r := one(o); r.V.State != knowledge.Unreviewed || r.V.By != "" {
		t.Fatalf("changed and still reviewed: %+v", r.V)
	}
	o.Must(write(o, id, knowledge.OutdatedType, knowledge.Past{On: party.InYear(2026), Reason: "Repealed"}))
	if err := write(o, id, knowledge.OutdatedType, knowledge.Past{On: party.InYear(2026), Reason: "Repealed"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("outdated twice: %v", err)
	}
	for name, p := range map[string]knowledge.Written{"sort": {Name: wording.New("en", "x"), Source: source}, "source": {Name: wording.New("en", "x"), Sort: "framework"},
		"link": {Name: wording.New("en", "x"), Sort: "framework", Source: source, Link: "ftp://example.org"}} {
		if err := write(o, id, knowledge.WrittenType, p); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnyScriptFindsAnyOther writes one name in eleven languages and looks for it in several spellings.
func TestAnyScriptFindsAnyOther(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	name := wording.New("sr", "Закон о заштити сведока")
	for tag, text := range map[string]string{"sr-Latn": "Zakon o zaštiti svedoka", "bs": "Zakon o zaštiti svjedoka", "hr": "Zakon o zaštiti svjedoka", "mk": "Закон за заштита на сведоци", "bg": "Закон за защита на свидетелите",
		"sq": "Ligji për mbrojtjen e dëshmitarëve", "ro": "Legea privind protecția martorilor", "el": "Νόμος για την προστασία μαρτύρων", "fr": "Loi sur la protection des témoins", "en": "Witness protection act of 2016"} {
		name = name.With(tag, text)
	}
	s.Must(write(s.Office, s.Store.NewID(), knowledge.WrittenType, framework(name)))
	s.Must(write(s.Office, s.Store.NewID(), knowledge.WrittenType, framework(wording.New("en", "Something else entirely"))))
	for query, finds := range map[string]bool{"zakon zastiti": true, "закон": true, "ZAŠTITI": true, "mbrojtjen": true, "martorilor": true, "νομος": true, "nomos": true, "μαρτυρων": true, "témoins": true, "temoins": true,
		"witness 2016": true, "свидетелите": true, "protec": true, "ligji per mbrojtjen": true, "la protection": true, "2017": false, "witness entirely": false, "банка": false} {
		b := s.Ask(http.MethodPost, knowledge.Path+"/find", "en", url.Values{"q": {query}}).Body.String()
		if got := strings.Contains(b, "Witness protection act"); got != finds || strings.Contains(b, "Something else") {
			t.Errorf("%q: found %v", query, got)
		}
	}
	if w := s.Ask(http.MethodPost, knowledge.Path+"/find", "en", url.Values{"q": {" "}}); w.Code != http.StatusSeeOther {
		t.Errorf("an empty search: %d", w.Code)
	}
}

// TestALongTextIsFoundByItsLastWords: what a record says is searched to its end, in each of its languages, with what stands behind an
// apostrophe.
func TestALongTextIsFoundByItsLastWords(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	x := framework(wording.New("fr", "Dispositif complet"))
	fr := strings.Repeat("La loi crée un mécanisme national qui réunit police, justice, santé et associations agréées. ", 8) +
		"Chaque personne est orientée vers un référent unique, qui propose un hébergement sûr, une aide juridictionnelle, un interprète et un suivi psychologique. Le préfet délivre un titre de séjour temporaire, renouvelable, lorsque la personne porte plainte ou témoigne. Les mineurs relèvent du juge et de l’aide sociale à l’enfance ; la coopération avec les autorités helléniques est précisée."
	x.Text = wording.New("fr", fr).With("el", "Ο νόμος ορίζει τον εθνικό μηχανισμό αναφοράς και τη συνεργασία με τις ελληνικές αρχές για τους ασυνόδευτους ανηλίκους")
	s.Must(write(s.Office, s.Store.NewID(), knowledge.WrittenType, x))
	for _, query := range append(strings.FieldsFunc(fr, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",.;", r) }), "enfance", "l'aide", "helleniques", "psycho", "asynodeftous", "ανηλικους") {
		if b := s.Ask(http.MethodPost, knowledge.Path+"/find", "fr", url.Values{"q": {query}}).Body.String(); len(query) > 2 && !strings.Contains(b, "Dispositif complet") {
			t.Errorf("%q does not find it", query)
		}
	}
}

func TestKnowledgeByItsPages(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(knowledge.Path); !strings.Contains(b, "Nothing has been written yet") {
		t.Fatal(b)
	}
	s.Load()
	at := s.Saved(knowledge.Path+"/new", url.Values{"language": {"fr"}, "name": {"Le guichet unique"}, "text": {"Une adresse pour tous."}, "sort": {"practice"}, "countries": {"FR"}, "on": {"2020"}, "activity": {"X-02"},
		"source": {"Newsletter"}, "lines": {"341-343"}, "link": {"https://example.org"}})
	if b := both(at); !strings.Contains(b, "Nobody has read this against its source") || !strings.Contains(b, `lang="fr"`) {
		t.Fatal(b)
	}
	s.Saved(at+"/edit", url.Values{"language": {"en"}, "name": {"One desk"}, "text": {"One address for all."}, "sort": {"practice"}, "source": {"Newsletter"}})
	both(at + "/act/review")
	s.Saved(at+"/act/review", url.Values{"by": {"A. Reader"}, "on": {"2026-09-01"}})
	if b := both(at); strings.Contains(b, "Nobody has read this") || !strings.Contains(b, "French: original") {
		t.Fatal(b)
	}
	if b := both(knowledge.Path + "?state=reviewed&language=fr"); !strings.Contains(b, "One record") {
		t.Fatal(b)
	}
	both(at + "/act/outdate")
	s.Saved(at+"/act/outdate", url.Values{"on": {"2026-09-02"}, "reason": {"Closed"}})
	if b := both(at); !strings.Contains(b, "Closed") {
		t.Fatal(b)
	}
	both(knowledge.Path + "/import")
	sample := s.Ask("GET", knowledge.Path+"/import/sample", "en", nil).Body.String()
	if w := s.Upload(knowledge.Path+"/import", sample); !strings.Contains(w.Body.String(), "2 created") {
		t.Fatal(w.Body)
	}
	if w := s.Upload(knowledge.Path+"/import", sample); !strings.Contains(w.Body.String(), "2 unchanged") {
		t.Fatal(w.Body)
	}
	if w := s.Ask("GET", knowledge.Path+"?as=csv", "en", nil); !strings.Contains(w.Body.String(), "One desk,en,Good practice") {
		t.Fatal(w.Body)
	}
}

// TestASearchShowsWhereTheWordStands: in the reader's language where it stands there, marked, in the direction of its own script, with
// nothing in it read as HTML.
func TestASearchShowsWhereTheWordStands(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	x := framework(wording.New("en", "Act on services").With("el", "Νόμος περί υπηρεσιών"))
	x.Text = wording.New("en", strings.Repeat("It says many things first. ", 40)+"A child is <b>heard</b> by a judge & never alone.\nAnd then it goes on. "+strings.Repeat("It says more. ", 40)).
		With("el", "Το παιδί ακούγεται από δικαστή.").With("fr", "L’enfant est entendu par un juge, sans témoin.").With("mk", "Детето го слуша судија.").With("ar", "يُستمع إلى الطفل أمام قاضٍ وحده.")
	s.Must(write(s.Office, s.Store.NewID(), knowledge.WrittenType, x))
	for _, c := range []struct{ query, reader, wants string }{
		{"heard", "en", "A child is &lt;b&gt;<mark>heard</mark>&lt;/b&gt; by a judge &amp; never alone. And then it goes on."},
		{"judge", "en", "<mark>judge</mark> &amp; never"},
		{"enfant", "en", `<span class="sub" dir="auto" lang="fr"><mark>L’enfant</mark> est entendu`},
		{"entendu", "fr", `<span class="sub" dir="auto">L’enfant est <mark>entendu</mark> par`},
		{"dikasti", "en", `lang="el">Το παιδί ακούγεται από <mark>δικαστή</mark>.`},
		{"ΔΙΚΑΣΤΗ", "fr", `lang="el">Το παιδί ακούγεται από <mark>δικαστή</mark>.`},
		{"slusa", "en", `lang="mk">Детето го <mark>слуша</mark> судија.`},
		{"الطفل", "en", `dir="auto" lang="ar">يُستمع إلى <mark>الطفل</mark> أمام`},
		{"ypiresion", "en", `lang="el">Νόμος περί <mark>υπηρεσιών</mark></span>`},
	} {
		b := s.Ask(http.MethodPost, knowledge.Path+"/find", c.reader, url.Values{"q": {c.query}}).Body.String()
		if !strings.Contains(b, c.wants) {
			t.Errorf("%q in %s: %s", c.query, c.reader, regexp.MustCompile(`(?s)<tbody.*</tbody>`).FindString(b))
		}
	}
	if b := s.Ask(http.MethodPost, knowledge.Path+"/find", "en", url.Values{"q": {"services"}}).Body.String(); strings.Contains(b, "<mark>") {
		t.Error("what the list shows anyway is shown twice")
	}
}

// TestASearchHasPages: each record once, the latest first, and no page after the last.
func TestASearchHasPages(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	for i := range 2*store.PageSize + 5 {
		s.Clock.Advance(time.Second)
		s.Must(write(s.Office, s.Store.NewID(), knowledge.WrittenType, framework(wording.New("en", fmt.Sprintf("Act %03d on protection", i)))))
	}
	var seen []string
	for page, wants := range []int{store.PageSize, store.PageSize, 5} {
		b := s.Ask(http.MethodPost, knowledge.Path+"/find", "en", url.Values{"q": {"protection"}, "page": {fmt.Sprint(page + 1)}}).Body.String()
		found := regexp.MustCompile(`>Act [0-9]{3} `).FindAllString(b, -1)
		if len(found) != wants || strings.Contains(b, fmt.Sprintf(`name="page" value="%d"`, page+2)) != (page < 2) {
			t.Errorf("page %d has %d records", page+1, len(found))
		}
		seen = append(seen, found...)
	}
	if seen[0] != ">Act 104 " || !slices.IsSortedFunc(seen, func(a, b string) int { return strings.Compare(b, a) }) || len(slices.Compact(seen)) != 2*store.PageSize+5 {
		t.Errorf("found in the order %v", seen)
	}
	if b := s.Ask(http.MethodPost, knowledge.Path+"/find", "fr", url.Values{"q": {"protection"}, "page": {"3"}}).Body.String(); !strings.Contains(b, "101 à 105 des résultats") {
		t.Error("where the page stands is not said")
	}
}

// BenchmarkFind searches among twenty thousand records of two languages, through the page: a word that one has, and one that all have,
// whose first page is shown with the places.
func BenchmarkFind(b *testing.B) {
	o := programmetest.NewSite(b, access.Programme)
	for i := range 20_000 {
		x := framework(wording.New("en", fmt.Sprintf("Act number %d", i)).With("sr", fmt.Sprintf("Закон број %d", i)))
		x.Text = wording.New("en", strings.Repeat(fmt.Sprintf("Chapter %d of many says what people do and who pays for it. ", i), 20)+"It is on the protection of witnesses.")
		_, err := o.Store.Append(o.Ctx, o.Officer, store.Ref{Kind: access.KindKnowledge, ID: o.Store.NewID()}, store.Draft{Type: knowledge.WrittenType, Payload: x})
		o.Must(err)
	}
	for query, finds := range map[string]string{"zakon 7654": "Act number 7654 ", "witnesses": "<mark>witnesses</mark>"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				if w := o.Ask("POST", knowledge.Path+"/find", "en", url.Values{"q": {query}}); !strings.Contains(w.Body.String()+" ", strings.TrimSpace(finds)) {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
