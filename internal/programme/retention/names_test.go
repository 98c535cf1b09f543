// SPDX-License-Identifier: EUPL-1.2

package retention_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// planted stands nowhere in the clear in a database's files, whatever record it was written in, and nowhere at all once erased.
const planted = "Planted Person of Nowhere"

// erases lets a dossier's period pass and erases what it holds in two steps; what was sealed must be gone from the files.
func (o *office) erases(ref store.Ref, after time.Time) {
	o.T.Helper()
	o.Must(o.DB.Scrub(o.Ctx))
	before := o.sealed(ref, journal.PC)
	if len(before) < 2 || o.holds([]byte(planted)) {
		o.T.Fatalf("%s: %d sealed parts and keys; in the clear: %v", ref.Kind, len(before), o.holds([]byte(planted)))
	}
	at := retention.Path + "/" + ref.Kind + "/" + ref.ID.String()
	o.post(at+"/propose", nil, http.StatusConflict) // too early
	o.Clock.Set(after)
	o.both(retention.Path, "to be erased")
	o.post(at+"/propose", nil, http.StatusSeeOther)
	first := o.Who
	o.Who = o.second
	o.post(at+"/erase", nil, http.StatusSeeOther)
	o.Who = first
	o.Must(o.DB.Scrub(o.Ctx))
	for _, b := range before {
		if o.holds(b) {
			o.T.Errorf("%s: sealed bytes or their key are still in the file", ref.Kind)
		}
	}
	o.both(at, "Nothing about people is held here")
}

// TestTheWordsOfMinutesGoWithTheNames: whoever does not run the programme never reads them, and says of the minutes what can be said.
func TestTheWordsOfMinutesGoWithTheNames(t *testing.T) {
	o := newOffice(t)
	ref := o.meeting()
	at := event.Path + "/" + ref.ID.String() + "/minutes"
	o.write(ref, store.Draft{Type: event.MinutedType, Payload: event.Minuted{Text: wording.New("en", planted+" opened the day")}})
	o.write(ref, store.Draft{Type: event.ApprovedType, Payload: event.Approved{Mark: o.state(ref).(event.Event).Mark()}})
	o.both(at, planted, "Approved")
	officer := o.Who
	o.Who = o.Person(8, access.CommitteeMember)
	if body := o.both(at, "The introduction is not shown to you", "Approved"); strings.Contains(body, planted) || strings.Contains(body, "Changed since") {
		t.Error("a member of the committee reads names, or is told of a change that there was not")
	}
	o.Who = officer
	o.erases(ref, programmetest.Start.AddDate(1, 0, 2))
	if body := o.both(at, "The introduction was erased", "Approved"); strings.Contains(body, planted) || strings.Contains(body, "Changed since") {
		t.Error("the minutes say more than what was left of them")
	}
	if w := o.Ask("GET", at+"/file?lang=en", "en", nil); w.Code != http.StatusOK {
		t.Errorf("the file: %d", w.Code)
	}
}

// TestWhoDrewUpAnAgreementIsErased ten years after the last step of one that was never signed; its text stays, and still holds.
func TestWhoDrewUpAnAgreementIsErased(t *testing.T) {
	o := newOffice(t)
	ref := store.Ref{Kind: access.KindAgreement, ID: o.Store.NewID()}
	o.write(ref, store.Draft{Type: agreement.OpenedType, Payload: agreement.Opened{Code: "FR-RO-9", Title: wording.New("en", "A draft"), Sort: "liaison", Countries: []string{"FR", "RO"}}})
	text := []agreement.Paragraph{{ID: "1", Text: wording.New("en", "The two sides name a liaison.")}}
	o.write(ref, store.Draft{Type: agreement.DraftedType, Payload: agreement.NewVersion(o.Owner, "", planted, "", text)})
	hash := agreement.Hash(text)
	o.write(ref, store.Draft{Type: agreement.AgreedType, Payload: agreement.Consent{Hash: hash, Office: o.Owner, By: planted, On: party.OnDay(programmetest.Start)}})
	o.both(agreement.Path+"/"+ref.ID.String(), planted)
	o.erases(ref, programmetest.Start.AddDate(10, 0, 2))
	a := o.state(ref).(agreement.Agreement)
	if a.Last().By != "" || a.Last().Hash != hash || !a.Agrees(o.Owner, hash) || a.State() != agreement.Drafted {
		t.Errorf("what remains: %+v", a)
	}
	if body := o.both(agreement.Path+"/"+ref.ID.String(), "FR-RO-9"); strings.Contains(body, planted) {
		t.Error("the page still names somebody")
	}
}

// TestContactsGoWithWhatTheyWereFor: a function that was given up, an organisation that is no more, a service that was withdrawn.
func TestContactsGoWithWhatTheyWereFor(t *testing.T) {
	today := party.OnDay(programmetest.Start)
	source := []party.Source{{Document: "Invented"}}
	for kind, x := range map[string][]store.Draft{
		access.KindFunction: {{Type: party.FunctionHeld, Payload: party.Held{Titles: party.Names{"en": "Head of a unit"}, Name: planted, Email: "planted@example.org"}},
			{Type: party.FunctionEnded, Payload: party.HeldUntil{Until: today, Sources: source}}},
		access.KindOrganisation: {{Type: party.OrganisationDescribed, Payload: party.Described{Names: party.Names{"en": "An old unit"}, Type: "ministry", Sources: source}},
			{Type: party.OrganisationContacted, Payload: party.Contact{Name: planted}},
			{Type: party.OrganisationContacted, Payload: party.Contact{Name: "Another " + planted}}, // the first one is still there
			{Type: party.OrganisationDescribed, Payload: party.Described{Until: today}}},
		access.KindListing: {{Type: directory.DescribedType, Payload: directory.Described{Content: directory.Content{Name: "A helpline", Sort: directory.Sorts()[0], Country: "AL", Phone: "116 006", Source: source[0]}, Contact: planted}},
			{Type: directory.WithdrawnType, Payload: directory.Withdrawn{On: today, Reason: "It closed."}}},
	} {
		t.Run(kind, func(t *testing.T) {
			o := newOffice(t)
			ref := store.Ref{Kind: kind, ID: o.Store.NewID()}
			o.write(ref, x...)
			o.erases(ref, programmetest.Start.AddDate(2, 0, 2))
			switch s := o.state(ref).(type) {
			case actors.Function:
				if s.Holder() != "" || s.Email != "" || !s.Ended {
					t.Errorf("what remains: %+v", s)
				}
			case actors.Organisation:
				if s.Contact != (party.Contact{}) || len(s.Names) == 0 {
					t.Errorf("what remains: %+v", s)
				}
			case directory.Listing:
				if s.Contact != "" || s.Content.Name == "" {
					t.Errorf("what remains: %+v", s)
				}
			}
		})
	}
}

// TestOlderEntriesForgetNamesToo: before names were sealed they stood among what is internal, where no key can be destroyed; once
// they are erased no state has them any more.
func TestOlderEntriesForgetNamesToo(t *testing.T) {
	var id byte
	old := func(kind, typ, public, internal string) journal.Entry {
		id++
		e := journal.Entry{Header: journal.Header{ID: journal.ID{id}, Dossier: journal.ID{1}, Kind: kind, Type: kind + "." + typ, OccurredAt: programmetest.Start}, Parts: map[journal.Category]json.RawMessage{}}
		for c, s := range map[journal.Category]string{journal.PP: public, journal.PI: internal} {
			if s != "" {
				e.Parts[c] = json.RawMessage(s)
			}
		}
		return e
	}
	of := []journal.Entry{
		old("agreement", "opened", `{"code":"FR-RO-9"}`, ""),
		old("agreement", "drafted", `{"hash":"ab"}`, `{"by":"`+planted+`","paragraphs":[]}`),
		old("agreement", "agreed", `{"hash":"ab"}`, `{"by":"`+planted+`"}`),
		old("agreement", "initialled", `{"hash":"ab"}`, `{"by":"`+planted+`"}`),
		old("agreement", "signed", `{"hash":"ab","file":"cd"}`, `{"by":"`+planted+`"}`),
		old("agreement", "signed_there", `{"hash":"ab","file":"cd"}`, `{"by":"`+planted+`"}`),
		old("agreement", "ended", `{"on":"2026-09-14","reason":"over"}`, ""),
	}
	minutes := []journal.Entry{old("event", "described", `{"sort":"workshop"}`, ""), old("event", "minuted", "", `{"text":{"original":"en","by":{"en":{"text":"`+planted+`"}}}}`)}
	whole := func(erased bool) string {
		a, err := agreement.Fold(append(of[:len(of):len(of)], last(erased, old("agreement", "erased", "", `{"rule":"signers"}`))...))
		if err != nil {
			t.Fatal(err)
		}
		e, err := event.Fold(append(minutes[:2:2], last(erased, old("event", "erased", "", `{"rule":"participants"}`))...))
		if err != nil {
			t.Fatal(err)
		}
		if a.Keeping().Holds == erased || e.Keeping().Holds == erased || erased && (e.Notes.Missing != journal.Erased || a.Signature.File == "") {
			t.Errorf("erased %v: %+v %+v", erased, a.Keeping(), e.Keeping())
		}
		b, err := json.Marshal([]any{a, e.Notes})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if n := strings.Count(whole(false), planted); n < 11 { // with the history
		t.Errorf("older entries are not read: %d", n)
	}
	if strings.Contains(whole(true), planted) {
		t.Error("names that were erased are still told: " + whole(true))
	}
}

func last(is bool, e journal.Entry) []journal.Entry {
	if !is {
		return nil
	}
	return []journal.Entry{e}
}
