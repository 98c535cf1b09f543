// SPDX-License-Identifier: EUPL-1.2

package agreement_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

func date(s string) party.PartialDate {
	d, err := party.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// desk is an office that negotiates.
type desk struct{ *programmetest.Site }

func (d desk) both(path string) string {
	d.T.Helper()
	d.Page(path, "fr")
	return d.Page(path, "en")
}

func (d desk) says(where, body string, wants ...string) {
	d.T.Helper()
	for _, w := range wants {
		if !strings.Contains(body, w) {
			d.T.Errorf("%s does not say %q", where, w)
		}
	}
}

// lines are the paragraphs of a form.
var lines = regexp.MustCompile(`(?s)<textarea[^>]* name="(p\[\d+\]\.(?:fr|en))"[^>]*>\n?(.*?)</textarea>|type="hidden" name="((?:p\[\d+\]\.id|from|entry))" value="([^"]*)"|<option value="([^"]*)" selected`)

// write sends the form of a version as a browser would, with words put in place of others.
func (d desk) write(at, by string, change ...string) *httptest.ResponseRecorder {
	d.T.Helper()
	d.Clock.Advance(time.Minute)
	v := url.Values{"by": {by}}
	swap := strings.NewReplacer(change...)
	for _, m := range lines.FindAllStringSubmatch(d.both(at+"/text"), -1) {
		switch {
		case m[1] != "":
			v.Set(m[1], swap.Replace(html.UnescapeString(m[2])))
		case m[3] != "":
			v.Set(m[3], m[4])
		}
	}
	return d.Ask(http.MethodPost, at+"/text", "en", v)
}

func (d desk) written(at, by string, change ...string) string {
	d.T.Helper()
	w := d.write(at, by, change...)
	if w.Code != http.StatusSeeOther {
		d.T.Fatalf("writing: %d %s", w.Code, w.Body)
	}
	to, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return to
}

func (d desk) upload(path string, pdf string, v url.Values) *httptest.ResponseRecorder {
	d.T.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k := range v {
		d.Must(m.WriteField(k, v.Get(k)))
	}
	f, err := m.CreateFormFile("file", "signed.pdf")
	d.Must(err)
	_, err = f.Write([]byte(pdf))
	d.Must(err)
	d.Must(m.Close())
	return d.Send(http.MethodPost, path, "en", m.FormDataContentType(), &b)
}

// choices settles what the model leaves open.
var choices = []string{"[l’État A]", "la France", "[l’État B]", "la Roumanie", "[State A]", "France", "[State B]", "Romania", "[L’autorité désignée de l’État A]", "Le ministère A", "[l’autorité désignée de l’État B]", "le ministère B",
	"[The designated authority of State A]", "Ministry A", "[the designated authority of State B]", "Ministry B", "[dix]", "dix", "[ten]", "ten", "[trois]", "trois", "[three]", "three", "[trente]", "trente", "[thirty]", "thirty",
	"[le premier jour du mois qui suit sa signature]", "le premier jour du mois qui suit sa signature", "[on the first day of the month after its signature]", "on the first day of the month after its signature",
	"[lieu]", "Bucarest", "[place]", "Bucharest", "[date]", "4 mai 2027"}

// TestRoundsAreCountedWithoutNames: whoever does not read who wrote sees the same state.
func TestRoundsAreCountedWithoutNames(t *testing.T) {
	ps := []agreement.Paragraph{{ID: "1", Text: wording.New("fr", "Une")}}
	office := journal.ID{1}
	state := func(by ...string) agreement.State {
		a := agreement.Agreement{Opened: agreement.Opened{Code: "FR-RO-1"}}
		for _, x := range by {
			v := agreement.NewVersion(office, "", x, "", ps)
			v.By = ""
			a.Versions = append(a.Versions, agreement.Kept{Version: v})
		}
		return a.State()
	}
	if one, two := state("Embassy", "embassy "), state("Embassy", "Ministry"); one != agreement.Drafted || two != agreement.Negotiated {
		t.Errorf("%s, %s", one, two)
	}
}

// TestTwoStatesDrawUpAnAgreement is journey J7 in one office, to the end: three rounds by three services, compared and side
// by side, and each state by its own guard. The same between two offices is in internal/app.
func TestTwoStatesDrawUpAnAgreement(t *testing.T) {
	d := desk{programmetest.NewSite(t, access.Programme)}
	d.says("the empty register", d.both(agreement.Path), "No agreement has been opened yet")
	d.Load()
	does := d.Store.NewID()
	_, err := d.Store.Append(d.Ctx, d.Officer, store.Ref{Kind: access.KindAction, ID: does}, store.Draft{Type: action.AgreedType, Payload: action.Agreed{Text: wording.New("en", "draw up an agreement FR-RO"), On: date("2026-06"), Activity: "P1-W2"}})
	d.Must(err)
	at := d.Saved(agreement.Path+"/new?action="+does.String()+"&activity=P1-W2", url.Values{"language": {"fr"}, "text": {"Échange d’informations de liaison"}, "code": {"FR-RO-1"}, "sort": {"liaison"}, "countries": {"FR", "RO"}, "activity": {"P1-W2"}})
	count := func(state agreement.State, drafts int) {
		t.Helper()
		rows, err := agreement.List(d.Ctx, d.Store, d.Officer)
		d.Must(err)
		if n := len(agreement.CountDrafts(rows).Behind); n != drafts || len(agreement.CountInForce(rows, nil, d.Clock.Now()).Behind) != 0 || rows[0].V.StateAt(d.Clock.Now()) != state {
			t.Errorf("%s: %d drafts, state %s", state, n, rows[0].V.State)
		}
	}
	count(agreement.Begun, 0)
	d.says("the record", d.both(at), "No text yet", "P1-W2", "/programme/actions/"+does.String())

	// Three rounds: the liaison magistrate's office, the Romanian ministry, the embassy.
	d.says("the first form", d.both(at+"/text"), "This is a model to adapt", "[l’État A]", "Article 3 – Information exchanged")
	one := d.written(at, "Liaison magistrate’s office")
	count(agreement.Drafted, 1)
	d.says("version 1", d.both(one), "a choice in square brackets is open", "Sont convenues de ce qui suit", "Have agreed as follows", `lang="fr"`)
	initialled := func(address, why string) {
		t.Helper()
		typed := url.Values{"entry": {d.Store.NewID().String()}, "hash": {address[strings.LastIndex(address, "/")+1:]}, "by": {"both"}, "on": {"2026-09-14"}}
		if w := d.Ask("POST", at+"/act/initial", "en", typed); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), why) {
			t.Errorf("it is initialled though %q: %d", why, w.Code)
		}
		if s := d.both(at); strings.Contains(s, "/act/initial") || strings.Contains(s, "/act/send") {
			t.Errorf("the record offers what cannot be done, %q, or to send where there is nobody to send to", why)
		}
	}
	initialled(one, "not translated, outdated or open")
	d.says("what is not ready leads to its paragraph", d.both(one), `href="#p-`, `id="p-`, "French and English: a choice in square brackets is open")
	if w := d.write(at, "Liaison magistrate’s office"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a version without a change: %d", w.Code)
	}
	two := d.written(at, "Ministry in Bucharest", append(slices.Clone(choices), "L’accord entre en vigueur", "Le présent accord entre en vigueur")...)
	count(agreement.Negotiated, 1)
	d.says("version 2", d.both(two), "Drafted by", "Le présent accord entre en vigueur") // the French of 9.1 was changed, and so was its English
	three := d.written(at, "Embassy in Bucharest", "magistrats", "magistrats", "sous dix jours", "sous quinze jours")
	body := d.both(three)
	d.says("version 3", body, "Paragraph 9, English: the original has changed since")
	d.says("the comparison", d.both(at+"/compare"), "<del>dix</del>", "<ins>quinze</ins>", "Paragraph 9 · changed")
	if s := d.both(at + "/compare"); strings.Count(s, "<ins>") != 1 {
		t.Error("the comparison tells of more than was changed")
	}
	d.says("the record", d.both(at), "Embassy in Bucharest", "Ministry in Bucharest", "Liaison magistrate’s office", "one paragraph not ready")
	four := d.written(at, "Embassy in Bucharest", "within ten days", "within fifteen days")
	if s := d.both(four); strings.Contains(s, "Not ready") {
		t.Error("a whole text is not ready")
	}

	// Initialled, signed, in force, ended: each by its own guard.
	hash := four[strings.LastIndex(four, "/")+1:]
	initialled(four, "must agree to the exact words")
	d.Saved(at+"/act/agree", url.Values{"hash": {hash}, "by": {"Ministry A"}, "on": {"2026-09-14"}})
	d.Saved(at+"/act/initial", url.Values{"hash": {hash}, "by": {"The two heads of delegation"}, "on": {"2026-09-14"}})
	count(agreement.Initialled, 1)
	if w := d.Ask("GET", at+"/text", "en", nil); w.Code != http.StatusConflict {
		t.Errorf("what is initialled is written again: %d", w.Code)
	}
	d.Saved(at+"/act/reopen", url.Values{"on": {"2026-09-15"}, "reason": {"A typing error"}})
	count(agreement.Negotiated, 1)
	d.Saved(at+"/act/initial", url.Values{"hash": {hash}, "by": {"The two heads of delegation"}, "on": {"2026-09-16"}})
	if w := d.Ask("GET", at+"/act/force", "en", nil); w.Code != http.StatusConflict {
		t.Errorf("in force without a signature: %d", w.Code)
	}
	entry := d.Store.NewID().String()
	d.both(at + "/signature")
	for _, other := range []string{"no PDF", "%PDF-1.7 cut off"} {
		if w := d.upload(at+"/signature", other, url.Values{"entry": {entry}, "on": {"2026-10-01"}, "by": {"The two ministers"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("something else than a PDF: %d", w.Code)
		}
	}
	if w := d.upload(at+"/signature", "%PDF-1.7 signed %%EOF", url.Values{"entry": {entry}, "on": {"2026-10-01"}, "by": {"The two ministers"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("signing: %d %s", w.Code, w.Body)
	}
	count(agreement.Signed, 1)
	d.both(at + "/verify")
	d.keeps(at, "%PDF-1.7 signed %%EOF")
	d.says("the right file", d.upload(at+"/verify", "%PDF-1.7 signed %%EOF", nil).Body.String(), "This is the signed file")
	d.says("another file", d.upload(at+"/verify", "%PDF-1.7 forged %%EOF", nil).Body.String(), "This is another file")
	d.Saved(at+"/act/force", url.Values{"on": {"2026-11-01"}, "until": {"2027-03-31"}, "basis": {"Exchange of notes"}})
	count(agreement.InForce, 1)
	d.says("the register", d.both(agreement.Path), "Signed and in force", "Drafts opened")
	if s := d.both("/programme"); strings.Contains(s, "FR-RO-1") {
		t.Error("an alert more than ninety days before the end")
	}
	d.Clock.Set(time.Date(2027, 1, 2, 9, 0, 0, 0, time.UTC))
	d.says("the programme's home", d.both("/programme"), "FR-RO-1", "Ends on")
	d.says("the register", d.both(agreement.Path+"?due=ends"), "FR-RO-1")
	if s := d.both(agreement.Path + "?due=urgent"); strings.Contains(s, at+`"`) {
		t.Error("urgent more than thirty days before the end")
	}
	d.Clock.Set(time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC))
	d.says("the urgent ones", d.both(agreement.Path+"?due=urgent"), "FR-RO-1")
	d.says("the deadlines", d.both("/programme/deadlines?when=month"), "FR-RO-1")
	d.Clock.Set(time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC))
	count(agreement.Expired, 1)
	d.says("the register", d.both(agreement.Path+"?state=expired"), "FR-RO-1", "expired")
}

// TestAnAgreementHasAnOwnerAndADate: who sees to it and by when it is to be signed are found, filtered and told as late, until it is
// signed; what was opened before anybody could own it waits for both.
func TestAnAgreementHasAnOwnerAndADate(t *testing.T) {
	d := desk{programmetest.NewSite(t, access.Programme)}
	d.Load()
	orgs, err := d.Store.List(d.Ctx, d.Officer, store.Query{Kind: access.KindOrganisation, Limit: 1})
	d.Must(err)
	owner := orgs.Rows[0].Ref.ID.String()
	typed := url.Values{"language": {"en"}, "text": {"Exchange of liaison information"}, "code": {"FR-RO-1"}, "sort": {"liaison"}, "countries": {"FR", "RO"}}
	at := d.Saved(agreement.Path+"/new", typed)
	d.says("the record", d.both(at), "Nobody yet", "no date set")
	d.says("the deadlines", d.both("/programme/deadlines?when=undated"), "FR-RO-1", "To be signed")
	typed["owner"], typed["due"] = []string{d.Store.NewID().String()}, []string{"2026-10-01"}
	if w := d.Fill(at+"/edit", typed); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an owner that nobody knows: %d", w.Code)
	}
	typed["owner"] = []string{owner}
	d.Saved(at+"/edit", typed)
	d.says("the record", d.both(at), "/programme/organisations/"+owner)
	d.says("the organisation", d.both("/programme/organisations/"+owner), "Exchange of liaison information")
	for query, there := range map[string]bool{"owner=" + owner: true, "owner=" + orgs.Rows[0].Ref.ID.String() + "&due=late": false, "due=undated": false} {
		if strings.Contains(d.both(agreement.Path+"?"+query), at+`"`) != there {
			t.Errorf("%s: the agreement is there: %v", query, !there)
		}
	}
	if strings.Contains(d.both("/programme"), "FR-RO-1") {
		t.Error("late before its date")
	}
	d.Clock.Set(time.Date(2026, 10, 2, 9, 0, 0, 0, time.UTC))
	d.says("the late ones", d.both(agreement.Path+"?due=late"), at+`"`, "Signature overdue")
	d.says("the late deadlines", d.both("/programme/deadlines?when=late"), "FR-RO-1")
	d.says("the programme's home", d.both("/programme"), "FR-RO-1", "Signature overdue")
	d.says("the file", d.Ask("GET", agreement.Path+"?as=csv", "en", nil).Body.String(), "2026-10-01")
}

// link is where a record leads to its signed file.
var link = regexp.MustCompile(`/programme/agreements/[0-9a-f-]{36}/signed/[0-9a-f]{64}`)

// keeps: the signed file lies here, sealed, and comes out as it went in, for those who run the programme and nobody else.
func (d desk) keeps(at, pdf string) {
	d.T.Helper()
	to := link.FindString(d.both(at))
	if w := d.Ask("GET", to, "en", nil); w.Code != 200 || w.Body.String() != pdf || !strings.Contains(w.Header().Get("Content-Disposition"), "agreement-signed.pdf") {
		d.T.Errorf("the signed file: %d %q", w.Code, w.Body)
	}
	if w := d.Ask("GET", at+"/signed/"+strings.Repeat("0", 64), "en", nil); w.Code != http.StatusNotFound {
		d.T.Errorf("a file that is not there: %d", w.Code)
	}
	d.Who = d.Reader
	if w := d.Ask("GET", to, "en", nil); w.Code != http.StatusForbidden || link.MatchString(d.Page(at, "en")) {
		d.T.Errorf("somebody else takes the signed file: %d", w.Code)
	}
	for _, path := range []string{at, agreement.Path} { // names stand with what is internal; what state it is in, everybody reads
		body := d.Page(path, "en")
		for _, name := range []string{"The two ministers", "The two heads of delegation", "Ministry A", "Embassy in Bucharest", "Ministry in Bucharest"} {
			if strings.Contains(body, name) {
				d.T.Errorf("%s names %q to everybody", path, name)
			}
		}
		d.says(path, body, "Signed")
	}
	d.Who = d.Officer
}

// TestAVersionOnPaper: a version as a tagged PDF with both languages, the same bytes each time.
func TestAVersionOnPaper(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	ps := []agreement.Paragraph{{ID: "a", Heading: true, Text: wording.New("fr", "Article premier").With("en", "Article one")}, {ID: "b", Text: wording.New("fr", strings.Repeat("Les parties échangent. ", 240))}}
	v := agreement.Kept{Version: agreement.Version{Hash: agreement.Hash(ps), By: "Embassy", Paragraphs: ps}, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	a := agreement.Agreement{Opened: agreement.Opened{Code: "FR-RO-1", Title: wording.New("fr", "Échange d’informations"), Countries: []string{"FR", "RO"}}, Versions: []agreement.Kept{v}}
	a.Signature = agreement.Signature{Hash: "of a later version", File: "00"} // an earlier version stays a draft once another is signed
	for tag, wants := range map[string][]string{"en": {"Not ready", "Paragraph 2, English", "binds nobody", "Article one", "Article premier"}, "fr": {"Ce qui n’est pas prêt", "n’engage personne", "Article one"}} {
		one, err := agreement.Paper(b.Locale(tag, nil), a, v, 0, "Office")
		if err != nil {
			t.Fatal(err)
		}
		two, err := agreement.Paper(b.Locale(tag, nil), a, v, 0, "Office")
		if err != nil || !bytes.Equal(one, two) {
			t.Errorf("%s: not the same bytes twice: %v", tag, err)
		}
		if _, err := exec.LookPath("pdfinfo"); err != nil {
			t.Skip("no pdfinfo")
		}
		file := filepath.Join(t.TempDir(), "v.pdf")
		if err := os.WriteFile(file, one, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := exec.Command("pdfinfo", file).Output()
		if err != nil || !regexp.MustCompile(`Tagged:\s+yes`).Match(info) {
			t.Errorf("%v\n%s", err, info)
		}
		text, err := exec.Command("pdftotext", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range append(wants, v.Hash) {
			if !strings.Contains(string(text), w) {
				t.Errorf("%s: no %q in\n%s", tag, w, text)
			}
		}
		tree, err := exec.Command("pdfinfo", "-struct", file).Output()
		if err != nil || strings.Count(string(tree), "TH:") < 5 { // three heads of columns, two of rows
			t.Errorf("%v\n%s", err, tree)
		}
	}
}

// TestARecordIsCheckedWithoutAnOffice: whoever has the card of the office and the file needs nothing else.
func TestARecordIsCheckedWithoutAnOffice(t *testing.T) {
	secrets := func(seed string) (card.Secrets, card.Card) {
		s, err := card.NewSecrets(sha256.Sum256([]byte(seed)))
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := s.Issue(card.Card{Office: journal.MustID("01900000-0000-7000-8000-0000000000" + seed), Name: seed, Kind: access.Programme, Country: "FR"})
		if err != nil {
			t.Fatal(err)
		}
		return s, c
	}
	one, card1 := secrets("a1")
	_, card2 := secrets("a2")
	pdf := []byte("%PDF-1.7 signed %%EOF")
	sum := sha256.Sum256(pdf)
	ps := []agreement.Paragraph{{ID: "a", Text: wording.New("fr", "un").With("en", "one")}}
	a := agreement.Agreement{Opened: agreement.Opened{Code: "FR-RO-1"}, Versions: []agreement.Kept{{Version: agreement.Version{Hash: agreement.Hash(ps), Paragraphs: ps}}}}
	a.Signature = agreement.Signature{Hash: agreement.Hash(ps), Office: card1.Office, By: "Both", File: hex.EncodeToString(sum[:]), Size: len(pdf)}
	b, err := a.Record(card1.Office, time.Now()).Sign(one.Sign)
	if err != nil {
		t.Fatal(err)
	}
	r, err := agreement.ReadRecord(b, card1)
	if err != nil || !r.Holds() || !r.Same() || !slices.Equal(r.Of(pdf), []journal.ID{card1.Office}) || len(r.Of(pdf[1:])) != 0 {
		t.Fatalf("%v %+v", err, r)
	}
	changed := bytes.Replace(b, []byte("FR-RO-1"), []byte("FR-RO-2"), 1)
	for name, x := range map[string]struct {
		b []byte
		c card.Card
	}{"another office's card": {b, card2}, "a record that was changed": {changed, card1}, "something after it": {append(bytes.Clone(b), '{'), card1}, "nothing": {nil, card1}} {
		if _, err := agreement.ReadRecord(x.b, x.c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err = agreement.Record{Version: agreement.RecordVersion, Office: card2.Office}.Sign(one.Sign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := agreement.ReadRecord(b, card1); !fault.Is(err, fault.Invalid) {
		t.Errorf("a record in another office's name: %v", err)
	}
}

// TestNobodyWritesTheOtherSidesPart: what another office has done comes by post only, and the post does nothing else.
func TestNobodyWritesTheOtherSidesPart(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	ref := store.Ref{Kind: access.KindAgreement, ID: o.Store.NewID()}
	there := journal.MustID("01900000-0000-7000-8000-00000000beef")
	opened := agreement.Opened{Code: "FR-RO-1", Title: wording.New("en", "x"), Sort: "other", Countries: []string{"FR", "RO"}, Office: there}
	ps := []agreement.Paragraph{{ID: "a", Text: wording.New("fr", "un").With("en", "one")}}
	theirs := agreement.NewVersion(there, "", "Ministry", "", ps)
	write := func(w store.Who, typ string, p any) error {
		_, err := o.Store.Append(o.Ctx, w, ref, store.Draft{Type: typ, Payload: p})
		return err
	}
	o.Must(write(o.Officer, agreement.OpenedType, opened))
	if err := write(o.Officer, agreement.DraftedThere, theirs); !fault.Is(err, fault.Guarded) {
		t.Errorf("an officer writes the other side's version: %v", err)
	}
	mine := theirs
	mine.Office = there
	if err := write(o.Officer, agreement.DraftedType, mine); !fault.Is(err, fault.Invalid) {
		t.Errorf("an officer writes in the other side's name: %v", err)
	}
	if err := write(o.Post, agreement.DraftedType, theirs); !fault.Is(err, fault.Guarded) {
		t.Errorf("the post writes a version of this office: %v", err)
	}
	if err := write(o.Post, agreement.OpenedType, opened); !fault.Is(err, fault.Guarded) {
		t.Errorf("a message changes what is known: %v", err)
	}
	wrong := theirs
	wrong.Hash = strings.Repeat("0", 64)
	if err := write(o.Post, agreement.DraftedThere, wrong); !fault.Is(err, fault.Invalid) {
		t.Errorf("a version under another's hash: %v", err)
	}
	o.Must(write(o.Post, agreement.DraftedThere, theirs))
	rows, err := agreement.List(o.Ctx, o.Store, o.Officer)
	o.Must(err)
	if len(rows) != 1 || !rows[0].V.Waits {
		t.Errorf("a proposal that nobody has answered does not wait: %+v", rows)
	}
	if got, err := o.Store.Open(o.Ctx, o.Reader, ref); err != nil || len(got.State.(agreement.Agreement).Last().Paragraphs) != 0 {
		t.Errorf("somebody else reads a draft's text: %v", err)
	}
}

// TestWhatCameAndWentIsAllThatDiffers: without what came, a comparison gives the earlier words; without what went, the later.
func TestWhatCameAndWentIsAllThatDiffers(t *testing.T) {
	word := rapid.SampledFrom([]string{"the", "parties", "exchange", "information", "within", "days"})
	rapid.Check(t, func(t *rapid.T) {
		a := strings.Join(rapid.SliceOfN(word, 0, 12).Draw(t, "a"), " ")
		b := strings.Join(rapid.SliceOfN(word, 0, 12).Draw(t, "b"), " ")
		var was, is []string
		for _, p := range agreement.Words(a, b) {
			if p.Op != '+' {
				was = append(was, p.Text)
			}
			if p.Op != '-' {
				is = append(is, p.Text)
			}
			if p.Op != ' ' && a == b {
				t.Fatalf("the same words differ: %q", p.Text)
			}
		}
		if strings.Join(was, " ") != a || strings.Join(is, " ") != b {
			t.Fatalf("%q to %q: %q, %q", a, b, was, is)
		}
	})
}

func TestParagraphsThatCameWentAndChanged(t *testing.T) {
	p := func(id, fr string) agreement.Paragraph {
		return agreement.Paragraph{ID: id, Text: wording.New("fr", fr)}
	}
	got := agreement.Compare([]agreement.Paragraph{p("a", "un"), p("b", "deux"), p("c", "trois")}, []agreement.Paragraph{p("a", "un"), p("n", "neuf"), p("c", "trois fois")})
	var said []string
	for _, d := range got {
		said = append(said, string(d.Op)+d.ID)
	}
	if strings.Join(said, " ") != "+n -b  c" {
		t.Errorf("%q", said)
	}
}

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `"(agreement\.[a-z_]+(?:\.[a-z_]+)*)"`) + w.Named("agreement.", `v\.T\("([a-z_]+(?:\.[a-z_]+)*)"`)
	w.Keys = slices.DeleteFunc(w.Keys, func(k string) bool { // names of entries, messages and templates, which have their words below
		return slices.Contains([]string{agreement.OpenedType, agreement.DraftedType, agreement.SentType, agreement.DraftedThere, agreement.AgreedThere, agreement.InitialledType, agreement.ReopenedType, agreement.SignedType, agreement.SignedThereType, agreement.PartThereType,
			agreement.InForceType, agreement.ReturnedType, agreement.MsgVersion, agreement.MsgConsent, agreement.MsgSignature, agreement.MsgPart}, k)
	})
	w.List("agreement.state", langtest.Strings(agreement.States()))
	w.List("agreement.guard", langtest.Strings(agreement.States()))
	w.List("agreement.sort", langtest.Strings(agreement.Sorts()))
	w.List("agreement.entry", []string{agreement.OpenedType, agreement.DraftedType, agreement.SentType, agreement.DraftedThere, agreement.AgreedType, agreement.AgreedThere, agreement.InitialledType, agreement.ReopenedType, agreement.SignedType,
		agreement.SignedThereType, agreement.PartThereType, agreement.InForceType, agreement.EndedType, agreement.ReturnedType})
	for _, m := range agreement.MessageTypes() {
		w.Keys = append(w.Keys, m+".title")
	}
	w.Check(100)
	if found < 80 {
		t.Fatalf("only %d keys found", found)
	}
}
