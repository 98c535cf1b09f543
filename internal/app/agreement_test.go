// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/between"
)

// negotiator is somebody of one of the two offices, with the agreement as it stands there.
type negotiator struct {
	*visitor
	other journal.ID
}

func (v negotiator) at(id journal.ID) agreement.Agreement {
	v.w.Helper()
	o, err := v.w.n.Store.Open(v.w.Context(), v.who(access.ForProgramme), store.Ref{Kind: access.KindAgreement, ID: id})
	v.w.must(err)
	return o.State.(agreement.Agreement)
}

// sends posts a form that must be taken.
func (v negotiator) sends(path string, form url.Values) {
	v.w.Helper()
	v.w.clock.Advance(time.Minute)
	form.Set("entry", v.w.n.newID().String())
	if a := v.w.post(v.visitor, path, form); a.code != http.StatusSeeOther {
		v.w.Fatalf("%s at %s: %d %s", v.login, path, a.code, a.body)
	}
}

var areas = regexp.MustCompile(`(?s)<textarea[^>]* name="(p\[\d+\]\.(?:fr|en))"[^>]*>\n?(.*?)</textarea>|type="hidden" name="(p\[\d+\]\.id|from)" value="([^"]*)"`)

// writes makes a version of what the form shows, with words put in place of others.
func (v negotiator) writes(at, by string, change ...string) {
	v.w.Helper()
	form := url.Values{"by": {by}}
	swap := strings.NewReplacer(change...)
	for _, m := range areas.FindAllStringSubmatch(v.w.get(v.visitor, at+"/text").body, -1) {
		if m[1] != "" {
			form.Set(m[1], swap.Replace(html.UnescapeString(m[2])))
		} else {
			form.Set(m[3], m[4])
		}
	}
	v.sends(at+"/text", form)
}

// signs records a signature with its file.
func (v negotiator) signs(at, pdf string) {
	v.w.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, x := range map[string]string{"entry": v.w.n.newID().String(), "on": "2026-03-20", "by": "The two ministers"} {
		v.w.must(m.WriteField(k, x))
	}
	f, err := m.CreateFormFile("file", "signed.pdf")
	v.w.must(err)
	_, err = f.Write([]byte(pdf))
	v.w.must(err)
	v.w.must(m.Close())
	a := v.w.ask(v.visitor, "POST", at+"/signature", &b, func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
	if a.code != http.StatusSeeOther {
		v.w.Fatalf("%s signs: %d %s", v.login, a.code, a.body)
	}
}

// TestADraftTravelsBetweenTwoOffices is journey J7 between a ministry's and a liaison magistrate's office: rounds as sealed
// messages, each side's version the other's proposal, the same words named by the same hash, the signed file in both.
func TestADraftTravelsBetweenTwoOffices(t *testing.T) {
	w := newWorld(t, "paris", "court")
	paris := negotiator{w.hire("paris", "officer", access.ProgrammeOfficer), w.offices["court"].ID}
	court := negotiator{w.hire("court", "magistrate", access.ProgrammeOfficer), w.offices["paris"].ID}
	id := w.n.newID()
	at := agreement.Path + "/" + id.String()
	open := url.Values{"dossier": {id.String()}, "language": {"fr"}, "text": {"Échange d’informations de liaison"}, "code": {"FR-GR-1"}, "sort": {"liaison"}, "countries": {"FR", "GR"}, "office": {paris.other.String()}}
	paris.sends(agreement.Path+"/new", open)
	paris.writes(at, "Liaison magistrate")
	first := paris.at(id).Last().Hash
	send := func(v negotiator) {
		t.Helper()
		v.sends(at+"/act/send", url.Values{"hash": {v.at(id).Last().Hash}})
		w.deliver()
	}
	if a := w.post(paris.visitor, at+"/act/send", url.Values{"entry": {w.n.newID().String()}, "hash": {first}}); a.code == http.StatusSeeOther || len(paris.at(id).Sent) != 0 {
		t.Fatalf("a draft leaves without terms: %d", a.code)
	}
	grant := func(from, to journal.ID) terms.Grant {
		return terms.Grant{From: from, To: to, Purpose: between.Purpose, Categories: append(agreement.Categories(), agreement.FileCategories()...)}
	}
	w.agree("paris", "court", grant(court.other, paris.other), grant(paris.other, court.other))
	if a := w.get(paris.visitor, at+"/act/send"); !strings.Contains(a.body, ">Envoyer à l’autre bureau</button>") {
		t.Error("what sends says that it saves")
	}
	send(paris)
	got := court.at(id)
	if got.Last().Hash != first || got.Last().Office != court.other || got.Opened.Office != court.other || got.State() != agreement.Drafted {
		t.Fatalf("%+v", got.Opened)
	}
	if a := w.get(court.visitor, at); !strings.Contains(a.body, "Office in paris") || !strings.Contains(a.body, "proposal of the other side") || !strings.Contains(a.body, "waits for an answer") {
		t.Errorf("the proposal does not show as one: %d", a.code)
	}
	if a := w.get(court.visitor, "/"); a.code != http.StatusOK {
		t.Error(a.code)
	}
	again := store.Draft{Type: agreement.SentType, Payload: agreement.Sent{Hash: first, To: paris.other}}
	_, err := w.n.Store.Append(t.Context(), paris.who(access.ForProgramme), store.Ref{Kind: access.KindAgreement, ID: id}, again)
	w.must(err) // the same words again: nothing is new there
	w.deliver()
	for _, v := range []negotiator{paris, court} { // neither has anything of its own that the other does not know
		if a := w.get(v.visitor, at); strings.Contains(a.body, "/act/send") {
			t.Errorf("%s is offered to send nothing", v.login)
		}
	}
	if n := len(court.at(id).Versions); n != 1 {
		t.Errorf("%d versions", n)
	}

	// The second and third rounds; both sides see the same versions under their writers' names.
	court.writes(at, "Ministry in the other capital", "[", "", "]", "")
	send(court)
	paris.writes(at, "Embassy", "les magistrats", "tous les magistrats", "Le présent accord fixe", "Cet accord fixe", "This agreement lays down", "The present agreement lays down")
	send(paris)
	for _, v := range []negotiator{paris, court} {
		a := v.at(id)
		if len(a.Versions) != 3 || a.Versions[1].Office != paris.other || a.Versions[2].By != "Embassy" || a.State() != agreement.Negotiated || a.Last().Hash != paris.at(id).Last().Hash {
			t.Fatalf("%s: %d versions, %s", v.login, len(a.Versions), a.State())
		}
		if body := w.get(v.visitor, at+"/compare").body; !strings.Contains(body, "<ins>Cet</ins>") {
			t.Errorf("%s compares nothing", v.login)
		}
	}

	// Initialled only when both agree to the exact words.
	hash := paris.at(id).Last().Hash
	consent := url.Values{"hash": {hash}, "by": {"For this side"}, "on": {"2026-03-10"}}
	paris.sends(at+"/act/agree", consent)
	if a := w.post(paris.visitor, at+"/act/initial", url.Values{"entry": {w.n.newID().String()}, "hash": {hash}, "by": {"Both"}, "on": {"2026-03-11"}}); a.code != http.StatusConflict {
		t.Errorf("initialled alone: %d", a.code)
	}
	court.sends(at+"/act/agree", consent)
	w.deliver()
	for _, v := range []negotiator{paris, court} {
		v.sends(at+"/act/initial", url.Values{"hash": {hash}, "by": {"Both"}, "on": {"2026-03-11"}})
	}
	// One side records the signature: the file lies in both offices, in pieces of which each came once.
	pdf := "%PDF-1.7 " + strings.Repeat("signed. ", 80_000) + "%%EOF"
	paris.signs(at, pdf)
	w.deliver()
	file := paris.at(id).Signature.File
	if got := court.at(id); got.SignedThere.File != file || len(got.Held) != 3 || got.Held[0].Of != 3 {
		t.Fatalf("the signed file did not come: %+v", got.Held)
	}
	for _, v := range []negotiator{paris, court} {
		if a := w.get(v.visitor, at+"/signed/"+file); a.code != http.StatusOK || a.body != pdf {
			t.Errorf("%s has another file: %d, %d bytes", v.login, a.code, len(a.body))
		}
	}
	for _, where := range []string{"/", at, agreement.Path + "?due=waits"} { // the magistrate is told that it is her turn
		if a := w.get(court.visitor, where); !strings.Contains(a.body, "FR-GR-1") || where != "/" && !strings.Contains(a.body, "The other side has recorded the signature") {
			t.Errorf("%s does not say that the other side has signed: %d", where, a.code)
		}
	}
	court.signs(at, pdf)
	w.deliver()
	if a := w.get(court.visitor, agreement.Path+"?due=waits"); strings.Contains(a.body, at+`"`) {
		t.Error("it waits though both have recorded the signature")
	}
	if n := len(paris.at(id).Held); n != 1 {
		t.Errorf("the same file lies in paris %d times", n)
	}
	// What each office hands out is checked with its card alone.
	for name, v := range map[string]negotiator{"paris": paris, "court": court} {
		self, _ := w.n.directory.own(w.offices[name].ID)
		r, err := agreement.ReadRecord([]byte(w.get(v.visitor, at+"/record").body), self.card)
		if err != nil || !r.Holds() || !r.Same() || len(r.Of([]byte(pdf))) != 2 {
			t.Errorf("%s: %v %+v", name, err, r.Signatures)
		}
	}
	for _, v := range []negotiator{paris, court} {
		a := v.at(id)
		if a.State() != agreement.Signed || a.Signature.File == "" || a.Signature.File != a.SignedThere.File || a.SignedThere.Office != v.other {
			t.Errorf("%s: %s, %+v, %+v", v.login, a.State(), a.Signature, a.SignedThere)
		}
		if body := html.UnescapeString(w.get(v.visitor, at).body); !strings.Contains(body, "Both offices have recorded the same signed file") && !strings.Contains(body, "Les deux bureaux ont consigné le même fichier signé") {
			t.Errorf("%s is not told that the files are the same", v.login)
		}
		rows, err := agreement.List(t.Context(), w.n.Store, v.who(access.ForProgramme))
		w.must(err)
		if c := agreement.CountDrafts(rows); len(c.Behind) != 1 {
			t.Errorf("%s counts %d drafts", v.login, len(c.Behind))
		}
	}
}
