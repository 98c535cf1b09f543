// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	listing "github.com/entraide-thb/entraide/internal/programme/directory"
)

// TestADirectoryGoesToThoseWhoseTermsLetIt, says there whose it is, is changed in one place only, and what is withdrawn goes everywhere, also when the terms have ended.
func TestADirectoryGoesToThoseWhoseTermsLetIt(t *testing.T) {
	w := newWorld(t, "athens", "tirana", "border")
	athens, tirana, border := w.offices["athens"].ID, w.offices["tirana"].ID, w.offices["border"].ID
	keeper, reader, guard := w.hire("athens", "eleni", access.ProgrammeOfficer), w.hire("tirana", "arta", access.ProgrammeOfficer), w.hire("border", "agim", access.ProgrammeOfficer)
	liaison := w.hire("tirana", "dorian", access.Liaison)
	pact := w.agree("athens", "tirana", terms.Grant{From: athens, To: tirana, Purpose: listing.Purpose, Categories: []journal.Category{journal.PP}})
	w.agree("athens", "border", terms.Grant{From: athens, To: border, Purpose: "programme", Categories: []journal.Category{journal.PP}})
	id := w.n.newID()
	says := func(typ string, payload any) {
		t.Helper()
		w.clock.Advance(time.Minute)
		_, err := w.n.Store.Append(w.Context(), keeper.who(access.ForProgramme), store.Ref{Kind: access.KindListing, ID: id}, store.Draft{Type: typ, Payload: payload})
		w.must(err)
		w.deliver()
	}
	there := func(v *visitor, owner journal.ID) listing.Listing {
		t.Helper()
		o, err := w.n.Store.Open(w.Context(), v.who(access.ForProgramme), listing.ReceivedRef(owner, athens, id))
		if err != nil {
			return listing.Listing{}
		}
		return o.State.(listing.Listing)
	}
	described := listing.Described{Content: listing.Content{Name: "Invented line", Sort: listing.Hotline, Country: "GR", Phone: "0 000", Source: party.Source{Document: "Invented"}}, Contact: "Planted Person"}
	says(listing.DescribedType, described)
	says(listing.CheckedType, listing.Checked{On: party.OnDay(w.clock.Now()), How: "called"})
	got := there(reader, tirana)
	if got.Content.Phone != "0 000" || got.From != athens || !got.Checked.On.Known() || got.Contact != "" {
		t.Fatalf("%+v", got)
	}
	if x := there(guard, border); x.Exists() {
		t.Fatal("it goes where no terms let it")
	}
	at := listing.Path + "/" + got.ID.String()
	if a := w.ask(reader, "GET", at, nil); a.code != http.StatusOK || !strings.Contains(a.body, "Office in athens keeps this listing") || strings.Contains(a.body, "Planted Person") {
		t.Fatal(a.code, a.body)
	}
	if a := w.ask(reader, "GET", at+"/edit", nil); a.code != http.StatusConflict {
		t.Errorf("another office's listing is changed here: %d", a.code)
	}

	for _, v := range []*visitor{keeper, reader} { // what was tried lately stands on the public's page, in each office that has it
		if a := w.ask(v, "GET", "/rights/GR?lang=el", nil); a.code != http.StatusOK || !strings.Contains(a.body, "Invented line") || !strings.Contains(a.body, "Μπορείτε να τηλεφωνήσετε") {
			t.Fatal(a.code, a.body)
		}
	}
	file := w.ask(keeper, "GET", listing.Path+"/file", nil)
	take := func(v *visitor, body string, code int, want string) {
		t.Helper()
		var b bytes.Buffer
		f := multipart.NewWriter(&b)
		p, err := f.CreateFormFile("file", "directory.json")
		w.must(err)
		_, err = p.Write([]byte(body))
		w.must(err)
		w.must(f.Close())
		a := w.ask(v, "POST", listing.Path+"/take", &b, func(r *http.Request) { r.Header.Set("Content-Type", f.FormDataContentType()) })
		if a.code != code || !strings.Contains(a.body, want) {
			t.Fatalf("%d, want %d and %q\n%s", a.code, code, want, a.body)
		}
	}
	w.clock.Advance(time.Minute)
	for _, wrong := range []string{strings.Replace(file.body, "0 000", "0 001", 1), "{}", "[]", strings.Replace(file.body, athens.String(), tirana.String(), 1)} {
		take(guard, wrong, 422, "This is not the directory of an office")
	}
	take(guard, file.body, 200, "1 created")
	take(guard, file.body, 200, "1 unchanged")
	if x := there(guard, border); x.Content.Name != "Invented line" || x.From != athens {
		t.Fatalf("%+v", x)
	}

	_, err := w.n.Store.Append(w.Context(), liaison.who(access.ForExchange), store.Ref{Kind: access.KindTerms, ID: pact}, store.Draft{Type: "terms.ended", Payload: terms.Marked{Reason: "decided_here"}})
	w.must(err)
	says(listing.WithdrawnType, listing.Withdrawn{On: party.OnDay(w.clock.Now()), Reason: "The line was closed"})
	if x := there(reader, tirana); !x.Gone.On.Known() || x.Gone.Reason != "The line was closed" {
		t.Fatalf("a listing that was withdrawn stays: %+v", x)
	}
	w.clock.Advance(time.Minute)
	take(guard, w.ask(keeper, "GET", listing.Path+"/file", nil).body, 200, "1 ")
	if x := there(guard, border); !x.Gone.On.Known() {
		t.Fatalf("what its office no longer lists stays: %+v", x)
	}
	described.Name = "Another line"
	id = w.n.newID()
	says(listing.DescribedType, described)
	if x := there(reader, tirana); x.Exists() {
		t.Fatal("it goes although the terms have ended")
	}
	w.clock.Advance(100 * 24 * time.Hour)
	keeper.signIn()
	if a := w.ask(keeper, "GET", "/rights/GR?lang=en", nil); a.code != http.StatusOK || strings.Contains(a.body, "Another line") {
		t.Error("a number that nobody has tried stands on the public's page")
	}
	if a := w.ask(keeper, "GET", "/", nil); !strings.Contains(a.body, "To be checked in the directory") || !strings.Contains(a.body, "Another line") {
		t.Error("its keeper's first page does not say that nobody has checked it")
	}
}
