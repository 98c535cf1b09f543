// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// counts gives the framework's O5 and C2 as an office measures them now.
func (v negotiator) counts() [2]int {
	v.w.Helper()
	_, ms, err := programme.Results(v.w.n.programme()).Measure(v.w.Context(), v.who(access.ForProgramme), v.w.n.inLanguage("en"), v.w.clock.Now(), result.Chosen{})
	v.w.must(err)
	var out [2]int
	for _, m := range ms {
		switch m.ID {
		case "O5":
			out[0] = m.Sums.N
		case "C2":
			if !m.Sums.Measured {
				v.w.Fatal("C2 is not measured")
			}
			out[1] = m.Sums.N
		}
	}
	return out
}

// TestTwoStatesFromADraftToItsEnd is journey J7 whole, between two offices that begin with nothing but each other's cards.
func TestTwoStatesFromADraftToItsEnd(t *testing.T) {
	b := newTable(t, "paris", "court")
	paris, court := negotiator{b.ana, b.offices["court"].ID}, negotiator{b.besa, b.offices["paris"].ID}
	b.programmeTerms()

	// An action of an activity asks for the agreement; its model is in French and in English.
	does, id := b.n.newID(), b.n.newID()
	_, err := b.n.Store.Append(t.Context(), paris.who(access.ForProgramme), store.Ref{Kind: access.KindAction, ID: does},
		store.Draft{Type: action.AgreedType, Payload: action.Agreed{Text: wording.New("en", "draw up an agreement on exchange of liaison information"), On: party.OnDay(start), Activity: "P1-W2"}})
	b.must(err)
	at := agreement.Path + "/" + id.String()
	paris.sends(agreement.Path+"/new", url.Values{"dossier": {id.String()}, "language": {"fr"}, "text": {"Échange d’informations de liaison"}, "code": {"FR-GR-1"}, "sort": {"liaison"}, "countries": {"FR", "GR"}, "activity": {"P1-W2"}, "action": {does.String()}, "office": {paris.other.String()}})
	counted := func(where string, o5, c2 int) {
		t.Helper()
		for _, v := range []negotiator{paris, court} {
			if got := v.counts(); got != [2]int{o5, c2} {
				t.Errorf("%s, %s: O5 and C2 are %v", where, v.login, got)
			}
		}
	}
	counted("opened", 0, 0)

	// Three rounds by three services.
	send := func(v negotiator) {
		t.Helper()
		v.sends(at+"/act/send", url.Values{"hash": {v.at(id).Last().Hash}})
		b.deliver()
	}
	paris.writes(at, "Liaison magistrate", "[", "", "]", "")
	send(paris)
	counted("drafted", 1, 0)
	first := html.UnescapeString(b.get(court.visitor, at+"/versions/"+court.at(id).Last().Hash).body)
	if !strings.Contains(first, `lang="fr"`) || !strings.Contains(first, "Sont convenues de ce qui suit") || !strings.Contains(first, "Have agreed as follows") {
		t.Error("the two languages do not stand side by side")
	}
	court.writes(at, "Ministry", "sous dix jours", "sous quinze jours")
	send(court)
	if body := b.get(paris.visitor, "/").body; !strings.Contains(body, "FR-GR-1") {
		t.Error("Today does not say that the other side wrote last")
	}
	if body := html.UnescapeString(b.get(paris.visitor, at+"/versions/"+paris.at(id).Last().Hash).body); len(agreement.Gaps(paris.at(id).Last().Paragraphs)) != 1 || !strings.Contains(body, "Paragraphe 9") {
		t.Errorf("what is not translated any more is not listed: %v", agreement.Gaps(paris.at(id).Last().Paragraphs))
	}
	paris.writes(at, "Embassy", "within ten days", "within fifteen days")
	send(paris)
	for _, v := range []negotiator{paris, court} {
		if a := v.at(id); len(a.Versions) != 3 || a.State() != agreement.Negotiated || a.Last().Hash != paris.at(id).Last().Hash || !strings.Contains(b.get(v.visitor, at+"/compare").body, "<ins>fifteen</ins>") {
			t.Fatalf("%s: %d versions, %s", v.login, len(a.Versions), a.State())
		}
	}
	counted("negotiated", 1, 0)
	hash := paris.at(id).Last().Hash
	for _, v := range []negotiator{paris, court} {
		v.sends(at+"/act/agree", url.Values{"hash": {hash}, "by": {"For this side"}, "on": {"2026-03-10"}})
	}
	b.deliver()
	for _, v := range []negotiator{paris, court} {
		v.sends(at+"/act/initial", url.Values{"hash": {hash}, "by": {"Both"}, "on": {"2026-03-11"}})
	}
	counted("initialled", 1, 0)

	// Signed: the file and its hash lie in both offices.
	pdf := "%PDF-1.7 " + strings.Repeat("signed. ", 10_000) + "%%EOF"
	for _, v := range []negotiator{paris, court} {
		v.signs(at, pdf)
	}
	b.deliver()
	file := paris.at(id).Signature.File
	for _, v := range []negotiator{paris, court} {
		if a := b.get(v.visitor, at+"/signed/"+file); a.code != http.StatusOK || a.body != pdf || v.at(id).State() != agreement.Signed {
			t.Errorf("%s: the signed file %d, %s", v.login, a.code, v.at(id).State())
		}
	}
	counted("signed", 1, 0)
	for _, v := range []negotiator{paris, court} {
		v.sends(at+"/act/force", url.Values{"on": {"2026-04-01"}, "until": {"2026-12-31"}, "basis": {"Exchange of notes"}})
	}
	counted("said to be in force, carried out by nothing", 1, 0)
	b.carriesOut(file, at, counted)
	b.runsOut(at, paris, court, counted)
}

// programmeTerms lets the two come to terms for the programme's messages, over the post.
func (b *table) programmeTerms() {
	b.Helper()
	form := b.form(b.other)
	form.Set("g[0].purpose", between.Purpose)
	form["g[0].categories"], form["g[0].accept"] = []string{"PP", "PI", "PC"}, nil
	at, _ := b.drafted(b.ana, form)
	b.both(at)
}

// both lets both sides sign what was drafted here.
func (b *table) both(at string) {
	b.Helper()
	for _, step := range []struct {
		who *visitor
		act string
	}{{b.ana, "/send"}, {b.leo, "/sign"}, {b.besa, "/sign"}} {
		step.who.signIn()
		if n := b.does(step.who, at+step.act, nil); n != http.StatusSeeOther {
			b.Fatalf("%s%s: %d", at, step.act, n)
		}
	}
}

// carriesOut lets terms carry the agreement out: from then on, and in both offices, it is in force and counted. The signed terms
// and their paper are the same bytes in both, and verify without either.
func (b *table) carriesOut(file, agreed string, counted func(string, int, int)) {
	t := b.T
	form := b.form(b.other)
	form.Set("agreement", file)
	form.Set("title", "Terms of FR-GR-1")
	form.Set("from", "2026-03-02")
	form.Set("until", "2027-01-01")
	if a := b.get(b.ana, "/terms/new?with="+b.other.String()+"&template=membership"); !strings.Contains(a.body, `value="`+file+`"`) {
		t.Error("the form does not offer the signed agreement")
	}
	a := b.types(b.ana, "/terms", form, "")
	if a.code != http.StatusSeeOther {
		t.Fatalf("terms that carry it out: %d %s", a.code, a.body)
	}
	at := a.header.Get("Location")
	counted("drafted terms carry it out", 1, 0)
	b.both(at)
	counted("in force", 1, 1)
	if body := b.get(b.besa, at).body; !strings.Contains(body, agreed+"/versions/") || !strings.Contains(body, "FR-GR-1") {
		t.Error("the terms do not lead to the agreement's languages")
	}
	one, two := b.get(b.ana, at+"/bundle"), b.get(b.besa, at+"/bundle")
	x, err := terms.ReadBundle([]byte(one.body))
	if one.body != two.body || err != nil || x.Terms.TextHash != file {
		t.Errorf("the bundle: the same %v, %v", one.body == two.body, err)
	}
	for _, change := range [][2]string{{"Terms of FR-GR-1", "Terms of FR-GR-2"}, {`"retention_days":365`, `"retention_days":366`}, {`"version":1`, `"version": 1`}, {file, strings.Repeat("0", 64)}} {
		if _, err := terms.ReadBundle([]byte(strings.Replace(one.body, change[0], change[1], 1))); err == nil {
			t.Errorf("a bundle with %q is whole", change[1])
		}
	}
	for _, tag := range []string{"en", "fr"} {
		one, two := b.get(b.ana, at+"/file?language="+tag), b.get(b.besa, at+"/file?language="+tag)
		if one.code != 200 || one.body != two.body || !strings.HasPrefix(one.body, "%PDF-") {
			t.Errorf("the paper in %s: %d, %d bytes here, %d there", tag, one.code, len(one.body), len(two.body))
		}
	}
}

// runsOut lets the time come: told 90 days before the end, and neither in force nor counted after it.
func (b *table) runsOut(at string, paris, court negotiator, counted func(string, int, int)) {
	t := b.T
	for _, x := range []struct {
		on   time.Time
		told bool
	}{{time.Date(2026, 9, 20, 9, 0, 0, 0, time.UTC), false}, {time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC), true}} {
		b.clock.Set(x.on)
		for _, v := range []negotiator{paris, court} {
			v.signIn()
			home := html.UnescapeString(b.get(v.visitor, agreement.Path+"?due=ends").body)
			today := html.UnescapeString(b.get(v.visitor, "/").body)
			if strings.Contains(home, at+`"`) != x.told || strings.Contains(today, "Terms of FR-GR-1") != x.told || strings.Contains(today, `href="`+at+`"`) != x.told {
				t.Errorf("%s on %s: the agreement told %v, on Today %v, its terms told %v", v.login, x.on.Format(time.DateOnly), strings.Contains(home, at+`"`), strings.Contains(today, `href="`+at+`"`), strings.Contains(today, "Terms of FR-GR-1"))
			}
		}
	}
	counted("before the end", 1, 1)
	b.clock.Set(time.Date(2027, 1, 2, 9, 0, 0, 0, time.UTC))
	for _, v := range []negotiator{paris, court} {
		v.signIn()
		rows, err := agreement.List(t.Context(), b.n.Store, v.who(access.ForProgramme))
		b.must(err)
		if got := rows[0].V.StateAt(b.clock.Now()); got != agreement.Expired {
			t.Errorf("%s: %s", v.login, got)
		}
	}
	counted("expired", 1, 0)
}
