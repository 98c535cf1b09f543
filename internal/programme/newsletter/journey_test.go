// SPDX-License-Identifier: EUPL-1.2

package newsletter_test

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// begin begins an issue of the first quarter of 2021.
func (d *desk) begin() string {
	d.T.Helper()
	return d.sent("/programme/letters/new", url.Values{"from": {"2021-01-01"}, "to": {"2021-03-31"}, "title_fr": {"Coopération en Europe du Sud-Est"}, "title_en": {"Cooperation in South-East Europe"}, "original": {"fr"}})
}

// TestJ11 is the journey of the editor: what is proposed, what stands in the way, and all that comes out.
func TestJ11(t *testing.T) {
	d := newDesk(t)
	at := d.begin()
	rec, err := newsletter.Read(d.Ctx, d.Store, d.Officer, nil)
	d.Must(err)
	var came, comes []string
	for _, p := range rec.Propose(newsletter.Begun{From: "2021-01-01", To: "2021-03-31"}) {
		if p.Sort == newsletter.Upcoming {
			comes = append(comes, p.Code)
		} else {
			came = append(came, p.Code)
		}
	}
	slices.Sort(came)
	if !slices.Equal(came, []string{"P1-E1", "P4-W1", "X-02", "X-03", "X-04"}) || !slices.Equal(comes, []string{"P3-W1"}) {
		t.Fatalf("proposed: %v, upcoming %v", came, comes)
	}
	for _, code := range append(came, comes...) {
		d.posted(at+"/propose", url.Values{"code": {code}})
	}
	has(t, d.read(at, "en"), "Meeting of the network of national anti-trafficking coordinators")

	// The four defects of the journey, and where each stands.
	const bad = "The meeting took place in mars, with participants and le trafic des migrants on its agenda.\n\n![](image:bars)\n\nMr Erwann Tor opened the meeting of {P4-W1.participants} participants."
	section := at + "/sections/p4-w1"
	edit := func(en string) {
		d.sent(section, url.Values{"sort": {"closer"}, "place": {"1"}, "records": {"P4-W1"}, "original": {"fr"}, "title_fr": {"L’accès à la justice"}, "title_en": {"Access to justice"},
			"text_fr": {"La réunion s’est tenue en mars, avec {P4-W1.participants} participants."}, "text_en": {en}})
	}
	edit(bad)
	if code := d.upload(at+"/picture", "bars", picture(t)); code != 303 {
		t.Fatalf("picture: %d", code)
	}
	d.posted("/programme/letters/named", url.Values{"record": {"X-04"}, "why": {"The fund asked us to wait"}})
	page := d.read(at, "en")
	has(t, page, "What stands in the way of publication", "“mars” is not English", "Access to justice, English, paragraph 1", "“le trafic des” is not English", "The picture “bars” has no words in its place", "Access to justice, English, paragraph 3",
		"X-04 is kept inside", "Erwann Tor has not agreed to be named", "Nothing is written in French")
	hasNot(t, page, "Approve the content")
	has(t, d.refused(at+"/approve", url.Values{"side": {"content"}, "hash": {"x"}}), "still stand in the way")
	has(t, d.refused(at+"/publish", nil), "still stand in the way")

	// Repaired: titles translated, the paragraph put into English, the name's agreement noted, the record opened again.
	edit("The meeting took place in March, with {P4-W1.participants} participants from {P4-W1.from_countries} countries.\n\n![Three bars, each lower than the one before](image:bars)\n\nMr Erwann Tor opened the meeting.")
	titles := map[string][2]string{"p1-e1": {"Table ronde à Bucarest", "Round table in Bucharest"}, "x-02": {"Les coordonnateurs nationaux", "The national coordinators"}, "x-03": {"Le congrès de Kyoto", "The Kyoto congress"},
		"x-04": {"Dix ans du fonds", "Ten years of the fund"}, "p3-w1": {"L’atelier d’avril", "The workshop in April"}}
	for key, title := range titles {
		o := issue(d, at)
		s, _ := o.Section(key)
		d.sent(at+"/sections/"+key, url.Values{"sort": {string(s.Sort)}, "place": {"2"}, "records": {strings.Join(s.Records, " ")}, "original": {"en"}, "title_fr": {title[0]}, "title_en": {title[1]}, "text_fr": {s.Text.By["fr"].Text}, "text_en": {s.Text.By["en"].Text}})
	}
	d.posted("/programme/letters/named", url.Values{"record": {"X-04"}, "yes": {"yes"}})
	for _, p := range rec.People {
		if p.Name == "Erwann Tor" {
			d.posted("/programme/letters/named", url.Values{"person": {p.ID.String()}, "yes": {"yes"}, "why": {"by e-mail of 3 May"}})
		}
	}
	has(t, d.read(at, "en"), "Nothing stands in the way")

	d.publish(at)
	d.outputs()
}

// issue opens the issue of an address.
func issue(d *desk, at string) newsletter.Issue {
	d.T.Helper()
	id, err := journal.ParseID(strings.TrimPrefix(at, "/programme/letters/"))
	d.Must(err)
	o, err := d.Store.Open(d.Ctx, d.Officer, store.Ref{Kind: access.KindPublication, ID: id})
	d.Must(err)
	return o.State.(newsletter.Issue)
}

// publish lets two officers approve and one publish; one alone cannot.
func (d *desk) publish(at string) {
	d.T.Helper()
	hash := func() string {
		for _, m := range hidden.FindAllStringSubmatch(d.page(at, "en"), -1) {
			if m[1] == "hash" {
				return m[2]
			}
		}
		return ""
	}
	h := hash()
	has(d.T, d.refused(at+"/publish", nil), "Both approvals are needed first")
	d.posted(at+"/approve", url.Values{"side": {"content"}, "hash": {h}})
	has(d.T, d.refused(at+"/approve", url.Values{"side": {"safety"}, "hash": {h}}), "must be somebody else")
	d.who = d.second
	d.posted(at+"/approve", url.Values{"side": {"safety"}, "hash": {h}})
	// A number that changes meanwhile makes both void.
	more := party.Over(120)
	d.describe("P4-W1", activity.Described{Participants: &more, Told: &party.Source{Document: "The organiser's note"}})
	has(d.T, d.read(at, "en"), "changed since: approve again")
	has(d.T, d.refused(at+"/publish", nil), "changed meanwhile")
	h = hash()
	d.posted(at+"/approve", url.Values{"side": {"safety"}, "hash": {h}})
	d.who = d.Officer
	d.posted(at+"/approve", url.Values{"side": {"content"}, "hash": {h}})
	d.posted(at+"/publish", nil)
	has(d.T, d.read(at, "en"), "No. 1")
	has(d.T, d.refused(at+"/sections/x-02/drop", nil), "stays as it is")
}

// outputs looks at everything that a published issue comes out as.
func (d *desk) outputs() {
	t := d.T
	t.Helper()
	archive := d.read("/letters?lang=en", "en")
	has(t, archive, "Cooperation in South-East Europe", "none")
	public := d.read("/letters/1?lang=en", "de")
	has(t, public, "more than 120 participants from 12 countries", "Mr Erwann Tor", "The records behind this issue", "P4-W1", "Fingerprint")
	has(t, d.page("/letters/1?lang=en", "en"), `alt="Three bars, each lower than the one before"`, `lang="en" dir="ltr"`)
	has(t, d.read("/letters/1?lang=fr", "en"), "plus de 120 participants", "L’atelier d’avril")
	if p := d.ask("GET", "/letters/1/pictures/bars", "en", nil); p.Code != 200 || p.Header().Get("Content-Type") != "image/png" {
		t.Errorf("picture: %d %s", p.Code, p.Header().Get("Content-Type"))
	}
	o := issue(d, d.path())
	for _, e := range o.Published.Editions {
		m, err := e.Mail(newsletter.Addresses{Page: "https://info.example.org/letters/1", Leave: "https://info.example.org/readers/leave/TOKEN", Words: d.config.Locale(e.Language)})
		d.Must(err)
		if m.Size() >= newsletter.MaxMail {
			t.Errorf("%s: %d bytes", e.Language, m.Size())
		}
		hasNot(t, m.HTML, "<img", "<script", "<link", "<style", "http://", "url(")
		has(t, m.HTML, `<html lang="`+e.Language+`"`, "120", "https://info.example.org/readers/leave/TOKEN")
		has(t, m.Text, "120 participants", "https://info.example.org/readers/leave/TOKEN")
		for _, p := range e.Parts { // what HTML says, text says
			has(t, m.Text, p.Title)
		}
	}
	one, two := d.ask("GET", "/letters/1/file?lang=fr", "fr", nil), d.ask("GET", "/letters/1/file?lang=fr", "en", nil)
	if one.Code != 200 || !bytes.Equal(one.Body.Bytes(), two.Body.Bytes()) || !bytes.HasPrefix(one.Body.Bytes(), []byte("%PDF-")) {
		t.Errorf("the PDF: %d, %d and %d bytes", one.Code, one.Body.Len(), two.Body.Len())
	}
	// A later correction of the record shows beside the issue, which stays as it was.
	exact := party.Exactly(131)
	d.describe("P4-W1", activity.Described{Participants: &exact, Told: &party.Source{Document: "The list of participants"}})
	has(t, d.read("/letters/1?lang=en", "en"), "Corrections since publication", "P4-W1, participants: published “more than 120”; the record now says “131”.", "more than 120 participants")
	has(t, d.read("/letters?lang=fr", "en"), "rectificatif")
	if again := d.ask("GET", "/letters/1/file?lang=fr", "fr", nil); !bytes.Equal(again.Body.Bytes(), one.Body.Bytes()) {
		t.Error("the published file changed with the record")
	}
	// A record that is kept inside since tells the public nothing new.
	d.keep("P4-W1", true)
	hasNot(t, d.read("/letters/1?lang=en", "en"), "131")
	d.keep("P4-W1", false)
	has(t, d.read("/letters/1?lang=en", "en"), "the record now says “131”.")
	d.sent(d.path()+"/correct", url.Values{"original": {"fr"}, "text_fr": {"La réunion était en ligne."}, "text_en": {"The meeting was held online."}})
	has(t, d.read("/letters/1?lang=en", "en"), "The meeting was held online.")
}

// path gives the address of the only issue.
func (d *desk) path() string {
	d.T.Helper()
	rows, err := register.All[newsletter.Line](d.Ctx, d.Store, d.Officer, store.Query{Kind: access.KindPublication})
	d.Must(err)
	if len(rows) != 1 {
		d.T.Fatalf("%d issues", len(rows))
	}
	return "/programme/letters/" + rows[0].ID.String()
}
