// SPDX-License-Identifier: EUPL-1.2

package retention_test

import (
	"bytes"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/subscriber"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	pack "github.com/entraide-thb/entraide/packs/retention"
)

// office is a programme's office with two officers.
type office struct {
	*programmetest.Site
	second store.Who
}

func newOffice(t *testing.T) *office {
	s := programmetest.NewSite(t, access.Programme)
	return &office{s, s.Person(9, access.ProgrammeOfficer)}
}

// write appends to a dossier as an officer.
func (o *office) write(ref store.Ref, ds ...store.Draft) {
	o.T.Helper()
	for _, d := range ds {
		o.Must(o.try(o.Officer, ref, d))
	}
}

func (o *office) try(w store.Who, ref store.Ref, d store.Draft) error {
	o.Clock.Advance(time.Second)
	_, err := o.Store.Append(o.Ctx, w, ref, d)
	return err
}

func (o *office) state(ref store.Ref) any {
	o.T.Helper()
	x, err := o.Store.Open(o.Ctx, o.Officer, ref)
	o.Must(err)
	return x.State
}

// meeting is one that was held on the day on which the test begins, with somebody who came by letter.
func (o *office) meeting() store.Ref {
	o.T.Helper()
	ref := event.Ref(o.Store.NewID())
	today := party.OnDay(programmetest.Start)
	person, session := o.Store.NewID(), o.Store.NewID()
	o.write(ref, store.Draft{Type: event.DescribedType, Payload: event.Described{Title: wording.New("en", "A workshop"), Sort: "workshop", Start: today, End: today, Zone: "Europe/Paris", Mode: event.InPerson,
		Place: party.Place{Country: "FR", Town: "Paris"}, Languages: []string{"en"}}},
		store.Draft{Type: event.SessionType, Payload: event.SessionSet{Session: session, Item: "1", Title: wording.New("en", "Opening")}},
		store.Draft{Type: event.QuotaType, Payload: event.QuotaSet{Country: "AL", Seats: 2}},
		store.Draft{Type: event.NominatedType, Payload: event.Nominated{Person: person, Country: "AL", Function: "head of a unit", Profession: "police", Language: "sq", Mode: event.InPerson, Name: "Planted Participant", Email: "planted@example.org"}},
		store.Draft{Type: event.DecidedType, Payload: event.Decided{Person: person, Accepted: true}},
		store.Draft{Type: event.AttendedType, Payload: event.Attended{Session: session, Person: person, How: event.InPerson}},
		store.Draft{Type: event.HeldType, Payload: event.Held{On: today}})
	return ref
}

// sealed gives what the database keeps of a dossier's category: the sealed parts, and the wrapped key.
func (o *office) sealed(ref store.Ref, c journal.Category) (out [][]byte) {
	o.T.Helper()
	o.Must(o.DB.Read(o.Ctx, func(tx db.Tx) error {
		for _, q := range []string{`SELECT p.body FROM part p JOIN entry e ON e.owner = p.owner AND e.id = p.entry WHERE e.dossier = $1 AND p.category = $2 AND p.body IS NOT NULL`,
			`SELECT wrapped FROM vault_key WHERE dossier = $1 AND category = $2 AND wrapped IS NOT NULL`} {
			rows, err := tx.Query(o.Ctx, q, ref.ID, string(c))
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var b []byte
				if err := rows.Scan(&b); err != nil {
					return err
				}
				out = append(out, b)
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	}))
	return out
}

// holds says whether the database's files hold some bytes.
func (o *office) holds(needle []byte) bool {
	o.T.Helper()
	files, err := filepath.Glob(o.File + "*")
	o.Must(err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		o.Must(err)
		if bytes.Contains(b, needle) {
			return true
		}
	}
	return false
}

func (o *office) both(path string, wants ...string) string {
	o.T.Helper()
	o.Page(path, "fr")
	body := html.UnescapeString(o.Page(path, "en"))
	for _, w := range wants {
		if !strings.Contains(body, w) {
			o.T.Errorf("%s lacks %q", path, w)
		}
	}
	return body
}

func (o *office) post(path string, v url.Values, code int) string {
	o.T.Helper()
	o.Clock.Advance(time.Second)
	w := o.Ask(http.MethodPost, path, "en", v)
	if w.Code != code {
		o.T.Fatalf("POST %s: %d, want %d: %s", path, w.Code, code, w.Body)
	}
	return html.UnescapeString(w.Body.String())
}

// A year after a meeting its participants' names are to be erased: one officer proposes it, another does it, and what
// remains is how many of which country came. The bytes are gone from the file.
func TestNamesOfAMeetingAreErasedInTwoSteps(t *testing.T) {
	o := newOffice(t)
	ref := o.meeting()
	at := retention.Path + "/" + ref.Kind + "/" + ref.ID.String()
	o.both(retention.Path, "A workshop", "period running", "12 months", "14 September 2027", "our choice, no law compared", "unverified")
	o.post(at+"/propose", nil, http.StatusConflict)

	o.Clock.Set(programmetest.Start.AddDate(1, 0, 2))
	o.both(retention.Path, "to be erased")
	o.both(at, "names, addresses and functions", "how many of each country took part", "First step: propose to erase", "Or keep it longer")
	o.post(at+"/erase", nil, http.StatusConflict)
	o.post(at+"/propose", nil, http.StatusSeeOther)
	o.both(at, "Somebody else can erase it now; you can from")
	o.post(at+"/erase", nil, http.StatusConflict) // the same person, at once

	before := o.sealed(ref, journal.PC)
	if len(before) < 2 {
		t.Fatalf("only %d sealed parts and keys found", len(before))
	}
	o.Must(o.DB.Scrub(o.Ctx))
	for _, b := range before {
		if !o.holds(b) {
			t.Fatal("the search does not find bytes that are there")
		}
	}
	o.Who = o.second
	o.both(at, "Second step: erase")
	o.post(at+"/erase", nil, http.StatusSeeOther)
	o.Must(o.DB.Scrub(o.Ctx))
	for _, b := range before {
		if o.holds(b) {
			t.Error("sealed bytes or their key are still in the file")
		}
	}
	e := o.state(ref).(event.Event)
	p := e.People[0]
	if p.Name != "" || p.Email != "" || p.Function != "" || p.Country != "AL" || p.Profession != "police" {
		t.Errorf("what remains of somebody: %+v", p)
	}
	if s := e.Summary(); s.InPerson != 1 || s.Took[0].Came != 1 {
		t.Errorf("what remains of the meeting: %+v", s)
	}
	o.both(at, "Nothing about people is held here", "Erased", "Proposed to erase")
	if strings.Contains(o.both(retention.Path), "A workshop") {
		t.Error("what is erased is still on the list")
	}
	for _, path := range []string{"", "/people"} { // the meeting's own pages bear it
		if w := o.Ask("GET", event.Path+"/"+ref.ID.String()+path, "en", nil); w.Code >= 500 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// Alone, one waits a week; a reason to keep it takes the proposal away, to a day.
func TestKeptLongerAndAlone(t *testing.T) {
	o := newOffice(t)
	ref := o.meeting()
	at := retention.Path + "/" + ref.Kind + "/" + ref.ID.String()
	o.Clock.Set(programmetest.Start.AddDate(1, 0, 2))
	o.post(at+"/propose", nil, http.StatusSeeOther)
	o.post(at+"/propose", nil, http.StatusConflict)
	body := o.post(at+"/keep", url.Values{"reason": {"short"}, "until": {"2020-01-01"}}, http.StatusUnprocessableEntity)
	for _, w := range []string{"Write why", "a day that lies ahead"} {
		if !strings.Contains(body, w) {
			t.Errorf("lacks %q", w)
		}
	}
	o.post(at+"/keep", url.Values{"reason": {"The court of auditors has announced a visit."}, "until": {"2027-12-31"}}, http.StatusSeeOther)
	o.both(at, "kept longer", "31 December 2027", "court of auditors")
	o.post(at+"/erase", nil, http.StatusConflict)
	o.Clock.Set(time.Date(2028, 1, 2, 9, 0, 0, 0, time.UTC))
	o.post(at+"/propose", nil, http.StatusSeeOther)
	o.post(at+"/erase", nil, http.StatusConflict)
	o.Clock.Advance(retention.Alone)
	o.post(at+"/erase", nil, http.StatusSeeOther)
}

// Whoever does not run the programme reads the rules, and neither the list nor a record.
func TestOthersReadTheRulesOnly(t *testing.T) {
	o := newOffice(t)
	ref := o.meeting()
	o.Who = o.Reader
	if strings.Contains(o.both(retention.Path, "What is kept, and for how long", "contact people and bank account"), "A workshop") {
		t.Error("a reader sees what is held about people")
	}
	at := retention.Path + "/" + ref.Kind + "/" + ref.ID.String()
	if w := o.Ask("GET", at, "en", nil); w.Code != http.StatusForbidden {
		t.Errorf("a reader opens a record: %d", w.Code)
	}
	o.post(at+"/propose", nil, http.StatusForbidden)
}

// The door takes no entry of a job, of another rule or for another day than the rule's.
func TestTheDoorHoldsTheOrder(t *testing.T) {
	o := newOffice(t)
	ref := o.meeting()
	o.Clock.Set(programmetest.Start.AddDate(1, 0, 2))
	due := clock.EndOfDay(programmetest.Start.AddDate(1, 0, 0), time.UTC)
	for name, x := range map[string]struct {
		who  store.Who
		d    store.Draft
		want fault.Kind
	}{
		"a job":             {o.Office.Post, store.Draft{Type: "event.erasure_proposed", Payload: retention.Proposed{Rule: retention.Participants, Due: due}}, fault.Denied},
		"another rule":      {o.Officer, store.Draft{Type: "event.erasure_proposed", Payload: retention.Proposed{Rule: retention.Trainees, Due: due}}, fault.Conflict},
		"another day":       {o.Officer, store.Draft{Type: "event.erasure_proposed", Payload: retention.Proposed{Rule: retention.Participants, Due: due.AddDate(0, 0, 1)}}, fault.Conflict},
		"without a first":   {o.Officer, store.Draft{Type: "event.erased", Payload: retention.Erased{Rule: retention.Participants}}, fault.Guarded},
		"kept for ever":     {o.Officer, store.Draft{Type: "event.erasure_kept", Payload: retention.Kept{Until: due.AddDate(100, 0, 0), Reason: "because we like to keep it here"}}, fault.Invalid},
		"kept without why":  {o.Officer, store.Draft{Type: "event.erasure_kept", Payload: retention.Kept{Until: due.AddDate(1, 0, 0)}}, fault.Invalid},
		"another's dossier": {o.Officer, store.Draft{Type: "training.erased", Payload: retention.Erased{Rule: retention.Trainees}}, fault.Invalid},
	} {
		if err := o.try(x.who, ref, x.d); !fault.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
}

// Each kind tells since when its period runs, and what erasing leaves.
func TestEveryKindSaysWhatItHolds(t *testing.T) {
	at := programmetest.Start
	step := func(typ string) []grant.Event { return []grant.Event{{Type: typ, At: at}} }
	contact := grant.Filed{Contact: grant.Contact{Name: "Somebody"}}
	trained := training.Training{State: training.Delivered, Done: training.Done{On: party.OnDay(at)}, Trainees: []training.Trainee{{Code: "T01"}}}
	signed := agreement.Signature{By: "Somebody", File: "00"}
	for name, x := range map[string]struct {
		l    retention.Line
		rule string
		end  time.Time // zero: no period runs
	}{
		"refused":          {grant.Application{Filed: contact, Stage: grant.Refused, History: step(grant.ExaminedType)}.Keeping(), retention.Applicants, at.AddDate(2, 0, 0)},
		"funded":           {grant.Application{Filed: contact, Stage: grant.Awarded, History: step(grant.DecidedType)}.Keeping(), retention.Grantees, at.AddDate(10, 0, 0)},
		"under way":        {grant.Application{Filed: contact, Stage: grant.Received, History: step(grant.FiledType)}.Keeping(), retention.Applicants, time.Time{}},
		"account only":     {grant.Application{Account: grant.AccountTold{IBAN: "x"}, Stage: grant.Declined, History: step(grant.DecidedType)}.Keeping(), retention.Applicants, at.AddDate(2, 0, 0)},
		"without contacts": {grant.Application{Stage: grant.Declined, History: step(grant.DecidedType)}.Keeping(), retention.Applicants, time.Time{}},
		"trained":          {trained.Keeping(), retention.Trainees, at.AddDate(2, 0, 0)},
		"to be trained":    {training.Training{State: training.Planned, Trainees: trained.Trainees}.Keeping(), retention.Trainees, time.Time{}},
		"bounced":          {subscriber.Subscriber{Standing: subscriber.Bounced, Refused: at, AskedFor: subscriber.AskedFor{Address: "a@example.org"}}.Keeping(), retention.Readers, at.AddDate(0, 3, 0)},
		"a reader":         {subscriber.Subscriber{Standing: subscriber.Confirmed, AskedFor: subscriber.AskedFor{Address: "a@example.org"}}.Keeping(), retention.Readers, time.Time{}},
		"invited, held":    {event.Event{Standing: event.WasHeld, HeldOn: party.OnDay(at), People: []event.Person{{Nominated: event.Nominated{Name: "Somebody"}}}}.Keeping(), retention.Participants, at.AddDate(1, 0, 0)},
		"minutes alone":    {event.Event{Standing: event.WasHeld, HeldOn: party.OnDay(at), Notes: event.Notes{Text: wording.New("en", "Somebody opened it")}}.Keeping(), retention.Participants, at.AddDate(1, 0, 0)},
		"in force, ending": {agreement.Agreement{Signature: signed, Force: agreement.Force{On: party.OnDay(at), Until: party.OnDay(at)}}.Keeping(), retention.Signers, at.AddDate(10, 0, 0)},
		"in force":         {agreement.Agreement{Signature: signed, Force: agreement.Force{On: party.OnDay(at)}}.Keeping(), retention.Signers, time.Time{}},
		"called off":       {agreement.Agreement{Signature: signed, Ended: agreement.Ended{On: party.OnDay(at)}}.Keeping(), retention.Signers, at.AddDate(10, 0, 0)},
		"never signed":     {agreement.Agreement{Versions: []agreement.Kept{{Version: agreement.Version{By: "Somebody"}}}, History: []agreement.Event{{At: at}}}.Keeping(), retention.Signers, at.AddDate(10, 0, 0)},
		"nobody named":     {agreement.Agreement{Ended: agreement.Ended{On: party.OnDay(at)}}.Keeping(), retention.Signers, time.Time{}},
		"not held yet":     {event.Event{Standing: event.Planned, People: []event.Person{{Nominated: event.Nominated{Name: "Somebody"}}}}.Keeping(), retention.Participants, time.Time{}},
	} {
		status, due := x.l.At(at)
		switch {
		case x.l.Rule != x.rule:
			t.Errorf("%s: rule %s", name, x.l.Rule)
		case x.end.IsZero() != (status == retention.Nothing):
			t.Errorf("%s: %s", name, status)
		case !x.end.IsZero() && (status != retention.Running || clock.DayOf(due, time.UTC) != clock.DayOf(x.end, time.UTC)):
			t.Errorf("%s: %s until %s", name, status, due)
		}
	}
}

// An address that takes no letters is erased as if its reader had left, and nobody finds it again.
func TestAnAddressThatTakesNoLetters(t *testing.T) {
	o := newOffice(t)
	ref := store.Ref{Kind: access.KindSubscriber, ID: o.Store.NewID()}
	confirm, leave := strings.Repeat("c", 24), strings.Repeat("l", 24)
	o.write(ref, store.Draft{Type: subscriber.AskedType, Payload: subscriber.AskedFor{Language: "en", Address: "planted@example.org", Confirm: confirm, Leave: leave, ConfirmMark: subscriber.Mark(confirm), LeaveMark: subscriber.Mark(leave)}},
		store.Draft{Type: subscriber.BouncedType, Payload: subscriber.Returned{Final: true}})
	o.Clock.Set(programmetest.Start.AddDate(0, 3, 2))
	at := retention.Path + "/" + ref.Kind + "/" + ref.ID.String()
	if strings.Contains(o.both(retention.Path, "Reader since 14 September 2026", "address of a reader"), "planted") {
		t.Error("the list shows the address")
	}
	o.post(at+"/propose", nil, http.StatusSeeOther)
	o.Who = o.second
	o.post(at+"/erase", nil, http.StatusSeeOther)
	if s := o.state(ref).(subscriber.Subscriber); s.Standing != subscriber.Left || s.AskedFor.Address != "" {
		t.Errorf("what remains: %+v", s)
	}
}

// The pack is whole; what is not is refused with its reason.
func TestReadingRules(t *testing.T) {
	rs, err := retention.Read(pack.File())
	if err != nil || len(rs) != len(retention.Codes()) {
		t.Fatalf("%d rules, %v", len(rs), err)
	}
	src := string(pack.File())
	for name, bad := range map[string]string{
		"no source":       strings.Replace(src, "source: own_choice", "source: \"\"", 1),
		"a rule less":     src[:strings.LastIndex(src, "  - code")],
		"an unknown code": strings.Replace(src, "code: readers", "code: others", 1),
		"a field more":    strings.Replace(src, "length: 3M", "length: 3M\n    forever: yes", 1),
		"no length":       strings.Replace(src, "length: 3M", "length: soon", 1),
	} {
		if _, err := retention.Read([]byte(bad)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("retention.goes", retention.Codes())
	w.List("retention.stays", retention.Codes())
	w.List("retention.status", langtest.Strings(retention.Statuses()))
	w.List("retention.step", []string{"proposed", "kept", "erased"})
	w.List("retention.done", []string{"propose", "keep", "erase"})
	w.Keys = append(w.Keys, "retention.source."+retention.OwnChoice, "retention.reader")
	for _, r := range retention.Rules() {
		w.Keys = append(w.Keys, "retention.starts."+r.Starts)
	}
	found := w.Named("", `"(retention\.[a-z_]+(?:\.[a-z_]+)*)"`)
	w.Check(found + 20)
}
