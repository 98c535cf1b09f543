// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// workshop is the regional workshop of journeys J4 and J5: three offices, and nine countries more that answer by letter.
type workshop struct {
	*world
	host, second, tirana, athens *visitor
	id                           journal.ID // of the event
	at                           string
	session                      map[string]journal.ID
}

// TestARegionalWorkshopFromInvitationToFollowUp walks journeys J4 and J5 through the pages and the post of three offices; each
// part holds what their text says comes out.
func TestARegionalWorkshopFromInvitationToFollowUp(t *testing.T) {
	w := stagedWorkshop(t)
	people := w.invites()
	w.awayForFiveDays(people)
	w.calendarFollows()
	w.held(people)
	actions := w.talk()
	w.ownersAnswer(actions)
}

func stagedWorkshop(t *testing.T) *workshop {
	t.Helper()
	w := &workshop{world: newWorld(t, "paris", "tirana", "athens"), session: map[string]journal.ID{}}
	w.host, w.second = w.hire("paris", "claire", access.ProgrammeOfficer), w.hire("paris", "dana", access.ProgrammeOfficer)
	w.tirana, w.athens = w.hire("tirana", "besa", access.ProgrammeOfficer), w.hire("athens", "nikos", access.ProgrammeOfficer)
	paris := w.offices["paris"].ID
	_, err := opImportProgramme(t.Context(), w.n, ImportProgrammeIn{Of: Of{paris}})
	w.must(err)
	cats := []journal.Category{journal.PP, journal.PI, journal.PC}
	for _, name := range []string{"tirana", "athens"} {
		other := w.offices[name].ID
		w.agree("paris", name, terms.Grant{From: paris, To: other, Purpose: between.Purpose, Categories: cats}, terms.Grant{From: other, To: paris, Purpose: between.Purpose, Categories: cats})
	}
	w.id = w.n.newID()
	w.at = event.Path + "/" + w.id.String()
	w.plan(13)
	for _, s := range []event.SessionSet{{Item: "1", Title: wording.New("en", "Opening and needs")}, {Item: "2", Closed: true, Inside: wording.New("en", "A case under way"), Admits: []string{"AL"}}, {Item: "3", Title: wording.New("en", "Closing")}} {
		s.Session = w.n.newID()
		w.session[s.Item] = s.Session
		w.put(w.host, w.id, event.SessionType, s)
	}
	for _, name := range []string{"Inspections", "Justice"} {
		w.put(w.host, w.id, event.GroupType, event.GroupSet{Group: w.n.newID(), Name: wording.New("en", name), Languages: []string{"en"}})
	}
	for _, c := range []string{"AL", "BG", "FR", "GR", "HR", "MD", "ME", "MK", "RO", "RS", "SE", "XK"} {
		office := map[string]journal.ID{"AL": w.offices["tirana"].ID, "GR": w.offices["athens"].ID}[c]
		w.put(w.host, w.id, event.QuotaType, event.QuotaSet{Country: c, Seats: 2, Office: office})
	}
	return w
}

// plan describes it, from a day in April on.
func (w *workshop) plan(day int) {
	w.Helper()
	on := func(n int) party.PartialDate { return party.OnDay(time.Date(2026, 4, n, 0, 0, 0, 0, time.UTC)) }
	w.put(w.host, w.id, event.DescribedType, event.Described{Title: wording.New("en", "Regional expert workshop"), Sort: "workshop", Activity: "P3-W1", Start: on(day), End: on(day + 1), Zone: "Europe/Sarajevo", Mode: event.Hybrid,
		Place: party.Place{Country: "BA", Town: "Sarajevo"}, Link: "https://conference.example/room", Languages: []string{"en"}, Channels: []string{"bs", "en", "fr", "sq", "mk", "ro", "el", "bg"}})
}

// put appends to an event of an office.
func (w *workshop) put(by *visitor, id journal.ID, typ string, payload any) {
	w.Helper()
	w.clock.Advance(time.Second)
	_, err := w.n.Store.Append(w.Context(), by.who(access.ForProgramme), store.Ref{Kind: access.KindEvent, ID: id}, store.Draft{Type: typ, Payload: payload})
	w.must(err)
}

// there is where a guest's office keeps the invitation.
func (w *workshop) there(guest *visitor) journal.ID {
	return event.InvitationRef(guest.office.ID, w.offices["paris"].ID, w.id).ID
}

func (w *workshop) event(by *visitor, id journal.ID) event.Event {
	w.Helper()
	o, err := w.n.Store.Open(w.Context(), by.who(access.ForProgramme), event.Ref(id))
	w.must(err)
	return o.State.(event.Event)
}

// page reads a page that must be there.
func (w *workshop) page(v *visitor, path string) string {
	w.Helper()
	a := w.get(v, path)
	if a.code != http.StatusOK {
		w.Fatalf("%s: %d", path, a.code)
	}
	return html.UnescapeString(a.body)
}

var hiddenField = regexp.MustCompile(`type="hidden" name="([a-z]+)" value="([^"]*)"`)

// fill sends the form of a page, as a browser does; it must be taken.
func (w *workshop) fill(v *visitor, path string, form url.Values) {
	w.Helper()
	for _, m := range hiddenField.FindAllStringSubmatch(w.page(v, path), -1) {
		if !form.Has(m[1]) {
			form.Set(m[1], m[2])
		}
	}
	w.does(v, path, form)
}

func (w *workshop) does(v *visitor, path string, form url.Values) {
	w.Helper()
	if a := w.post(v, path, form); a.code != http.StatusSeeOther {
		w.Fatalf("%s: %d %s", path, a.code, regexp.MustCompile(`(?s)<(head|script|style).*?</(head|script|style)>|<[^>]*>`).ReplaceAllString(a.body, " "))
	}
}

// later lets days pass, and everybody signs in again.
func (w *workshop) later(days int) {
	w.Helper()
	w.clock.Advance(time.Duration(days) * 24 * time.Hour)
	for _, v := range []*visitor{w.host, w.second, w.tirana, w.athens} {
		v.signIn()
	}
}

func (w *workshop) nominate(v *visitor, country, name string) journal.ID {
	w.Helper()
	id := w.n.newID()
	w.put(v, w.there(v), event.NominatedType, event.Nominated{Person: id, Country: country, Office: v.office.ID, Function: "Inspector", Profession: "labour_inspectors", Language: "sq", Mode: event.InPerson, Name: name, Email: "person@example.org"})
	return id
}

// invites: "invitations travel to 12 nodes; each country's node nominates its own people; the host sees name, role, language of
// accepted people only; reply by letter can be typed in. Closed session: agenda title hidden from people not admitted."
func (w *workshop) invites() map[string]journal.ID {
	w.Helper()
	w.does(w.host, w.at+"/invite", nil)
	w.deliver()
	if e := w.event(w.host, w.id); len(e.Quotas) != 12 || slices.ContainsFunc(e.Quotas, func(q event.Quota) bool { return q.Sequence == 0 }) {
		w.Fatalf("not all twelve are invited: %+v", e.Quotas)
	}
	for v, admitted := range map[*visitor]bool{w.tirana: true, w.athens: false} {
		body := w.page(v, event.Path+"/"+w.there(v).String())
		if !strings.Contains(body, "Regional expert workshop") || strings.Contains(body, "A case under way") != admitted || strings.Contains(body, "conference.example") {
			w.Errorf("the invitation in %s", v.login)
		}
		if !strings.Contains(w.page(v, "/"), "Regional expert workshop") {
			w.Errorf("Today in %s says nothing of the invitation", v.login)
		}
	}
	people := map[string]journal.ID{"in": w.nominate(w.tirana, "AL", "Planted Guest"), "out": w.nominate(w.tirana, "AL", "Planted Other")}
	w.deliver()
	if body := w.page(w.host, w.at+"/people"); strings.Count(body, "Inspector") < 2 || strings.Contains(body, "Planted") {
		w.Error("before they are accepted the host reads names, or no function")
	}
	if !strings.Contains(w.page(w.host, "/"), w.at+"/people") {
		w.Error("Today does not say that people wait to be accepted")
	}
	w.fill(w.host, w.at+"/people/"+people["in"].String(), url.Values{"what": {"accept"}})
	w.fill(w.host, w.at+"/people/"+people["out"].String(), url.Values{"what": {"decline"}, "reason": {"The sub-group is full"}})
	w.deliver()
	if body := w.page(w.host, w.at+"/people"); !strings.Contains(body, "Planted Guest") || strings.Contains(body, "Planted Other") {
		w.Error("the host reads the names of others than those accepted")
	}
	if p, _ := w.event(w.tirana, w.there(w.tirana)).Find(people["out"]); p.State != event.Declined || p.Reason != "The sub-group is full" {
		w.Error("why somebody was declined does not come back")
	}
	w.fill(w.host, w.at+"/people/new", url.Values{"country": {"SE"}, "name": {"By Letter"}, "function": {"Prosecutor"}, "language": {"en"}, "mode": {"online"}})
	if body := w.page(w.host, w.at+"/people"); !strings.Contains(body, "By Letter") {
		w.Error("a reply by letter is not there")
	}
	return people
}

// awayForFiveDays: "sent reminder count and non-answering countries on one screen. Works with one node offline for 5 days: its
// nominations merge, no duplicates."
func (w *workshop) awayForFiveDays(people map[string]journal.ID) {
	w.Helper()
	people["gr1"], people["gr2"] = w.nominate(w.athens, "GR", "Planted Greek"), w.nominate(w.athens, "GR", "Planted Second") // while nothing leaves Athens or reaches it
	for range 2 {
		w.does(w.host, w.at+"/remind", nil)
		w.later(2)
	}
	w.later(1)
	l := w.n.Bundle.Locale("fr", nil)
	screen := w.page(w.host, w.at+"/countries")
	if silent := regexp.MustCompile(`figure-value">([^<]+)<`).FindAllStringSubmatch(screen, -1); len(silent) < 2 || silent[0][1] != "12 sur 12" || silent[1][1] != "10" {
		w.Errorf("asked and not answering: %v", silent)
	}
	if q, _ := w.event(w.host, w.id).Quota("GR"); q.Reminders != 2 || !strings.Contains(screen, l.Country("GR")) || len(w.event(w.host, w.id).Of("GR", event.Proposed)) != 0 {
		w.Errorf("while Athens is away: %+v", q)
	}
	for range 2 {
		w.deliver()
	}
	e := w.event(w.host, w.id)
	if got := e.Of("GR", event.Proposed); len(got) != 2 || !e.Answered("GR") {
		w.Errorf("after five days %d nominations of Athens", len(got))
	}
	if there := w.event(w.athens, w.there(w.athens)); there.Reminders != 2 || len(there.People) != 2 {
		w.Errorf("in Athens: %d reminders, %d people", there.Reminders, len(there.People))
	}
	w.fill(w.host, w.at+"/people/"+people["gr1"].String(), url.Values{"what": {"accept"}})
	w.deliver()
	if body := w.page(w.athens, event.Path+"/"+w.there(w.athens).String()); strings.Contains(body, "A case under way") {
		w.Error("who takes part and is not admitted reads the closed session's title")
	}
}

// calendarFollows: "calendar file (RFC 5545) with stable UID; change of date updates it."
func (w *workshop) calendarFollows() {
	w.Helper()
	uid, sequence := regexp.MustCompile(`(?m)^UID:(\S+)`), regexp.MustCompile(`(?m)^SEQUENCE:(\d+)`)
	of := map[*visitor]string{w.host: w.at, w.athens: event.Path + "/" + w.there(w.athens).String()}
	before := map[*visitor]string{}
	for v, at := range of {
		before[v] = w.page(v, at+"/calendar")
	}
	w.plan(20)
	w.does(w.host, w.at+"/invite", nil)
	w.deliver()
	for v, at := range of {
		now := w.page(v, at+"/calendar")
		if !strings.HasPrefix(now, "BEGIN:VCALENDAR\r\n") || !strings.Contains(before[v], "DTSTART;VALUE=DATE:20260413") || !strings.Contains(now, "DTSTART;VALUE=DATE:20260420") || strings.Contains(now, "A case under way") {
			w.Errorf("the calendar of %s:\n%s", v.login, now)
		}
		if a, b := uid.FindStringSubmatch(before[v])[1], uid.FindStringSubmatch(now)[1]; a != b {
			w.Errorf("%s: another entry %s, %s", v.login, a, b)
		}
		if a, b := sequence.FindStringSubmatch(before[v])[1], sequence.FindStringSubmatch(now)[1]; a >= b && len(a) >= len(b) {
			w.Errorf("%s: sequence %s, then %s", v.login, a, b)
		}
	}
}

// held: "attendance per session (online or in person), certificates as tagged PDF."
func (w *workshop) held(people map[string]journal.ID) {
	w.Helper()
	w.later(int(time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC).Sub(w.clock.Now())/(24*time.Hour)) + 1)
	for item, how := range map[string]string{"1": "in_person", "3": "online"} {
		w.does(w.host, w.at+"/presence", url.Values{"session": {w.session[item].String()}, "p." + people["in"].String(): {how}, "p." + people["gr1"].String(): {"online"}})
	}
	e := w.event(w.host, w.id)
	if e.Presence[w.session["1"]][people["in"]] != event.InPerson || e.Presence[w.session["3"]][people["in"]] != event.Online || e.Presence[w.session["2"]][people["in"]] != "" {
		w.Errorf("attendance: %v", e.Presence)
	}
	a := w.get(w.host, w.at+"/people/"+people["in"].String()+"/certificate?lang=en")
	if a.code != http.StatusOK || !strings.HasPrefix(a.body, "%PDF-") || !strings.Contains(a.body, "/StructTreeRoot") && !strings.Contains(a.body, "/ObjStm") || strings.Contains(a.body, "A case under way") {
		w.Errorf("the certificate: %d", a.code)
	}
	if a := w.get(w.host, w.at+"/people/"+people["out"].String()+"/certificate"); a.code != http.StatusNotFound {
		w.Errorf("a certificate for somebody who was declined: %d", a.code)
	}
}

// notes of one consultant's device, typed without network.
type notebook struct {
	w     *workshop
	who   *visitor
	notes []map[string]any
}

func (b *notebook) note(take, item, theme, text string, more ...any) {
	n := map[string]any{"id": b.w.n.newID(), "at": b.w.clock.Now(), "take": take, "session": b.w.session[item], "theme": theme, "language": "en", "text": text, "countries": []string{"MK"}}
	for i := 0; i+1 < len(more); i += 2 {
		n[more[i].(string)] = more[i+1]
	}
	b.notes = append(b.notes, n)
	b.w.clock.Advance(time.Minute)
}

func (b *notebook) send() {
	b.w.Helper()
	src, err := json.Marshal(b.notes)
	b.w.must(err)
	if a := b.w.post(b.who, b.w.at+"/capture", url.Values{"notes": {string(src)}}); a.code != http.StatusOK || !strings.Contains(a.body, `"wrong":{}`) {
		b.w.Fatalf("notes: %d %s", a.code, a.body)
	}
}

// talk: two consultants note 9 needs, 7 actions and 3 good practices without network, one need both. "After sync the expert's
// closing summary draft lists them by theme in the order of the agenda; duplicates from two consultants are proposed for merging,
// never merged silently." It gives the actions that Tirana owns.
func (w *workshop) talk() []journal.ID {
	w.Helper()
	kept := func(kind string) int {
		n, err := w.n.Store.Count(w.Context(), w.host.who(access.ForProgramme), store.Query{Kind: kind})
		w.must(err)
		return n
	}
	before := map[string]int{access.KindNeed: kept(access.KindNeed), access.KindAction: kept(access.KindAction), access.KindKnowledge: kept(access.KindKnowledge)}
	one, two := &notebook{w: w, who: w.host}, &notebook{w: w, who: w.second}
	due := w.clock.Now().AddDate(0, 0, 10).Format(time.DateOnly)
	for i := range 5 {
		one.note("need", "3", "data", fmt.Sprintf("Need number%d alpha%d beta%d", i, i, i), "urgency", "year", "groups", []string{"border"})
	}
	for i := range 4 {
		two.note("need", "1", "children", fmt.Sprintf("Children need%d gamma%d delta%d", i, i, i))
	}
	two.note("need", "3", "data", "Need number0 alpha0 beta0 too")
	owner := "office:" + w.offices["tirana"].ID.String()
	for i := range 4 {
		one.note("action", "1", "exchange", fmt.Sprintf("Action one%d send%d list%d", i, i, i), "owner", owner, "due", due)
	}
	for i := range 3 {
		two.note("action", "3", "exchange", fmt.Sprintf("Action two%d meet%d write%d", i, i, i))
		two.note("practice", "1", "rights", fmt.Sprintf("Practice leaflet%d poster%d radio%d", i, i, i))
	}
	w.later(2)
	for range 2 { // what is sent twice is there once
		two.send()
		one.send()
	}
	draft := w.page(w.host, w.at+"/notes")
	last := -1
	for _, words := range []string{"Opening and needs", "Children need0", "Practice leaflet0", "Action one0", "Closing", "Action two0", "Need number4"} {
		i := strings.LastIndex(draft, words)
		if i < last {
			w.Errorf("%q is not in the order of the agenda and its themes", words)
		}
		last = i
	}
	pair := regexp.MustCompile(`/notes/([0-9a-f-]{36})/join" novalidate><input type="hidden" name="other" value="([0-9a-f-]{36})"`).FindAllStringSubmatch(draft, -1)
	if len(pair) != 1 || strings.Count(draft, "Need number0") != 4 {
		w.Fatalf("%d pairs are proposed", len(pair))
	}
	if a := w.post(w.host, w.at+"/notes/file", nil); a.code != http.StatusConflict || kept(access.KindNeed) != before[access.KindNeed] {
		w.Errorf("entered although two notes read alike: %d", a.code)
	}
	w.does(w.host, w.at+"/notes/"+pair[0][1]+"/join", url.Values{"other": {pair[0][2]}})
	w.does(w.host, w.at+"/notes/file", nil)
	for kind, n := range map[string]int{access.KindNeed: 9, access.KindAction: 7, access.KindKnowledge: 3} {
		if got := kept(kind) - before[kind]; got != n {
			w.Errorf("%d of %s, not %d", got, kind, n)
		}
	}
	w.deliver()
	var out []journal.ID
	for _, n := range w.event(w.host, w.id).Notes.Standing() {
		if n.Take == event.TakeAction && n.OwnerOffice == w.offices["tirana"].ID {
			out = append(out, n.Record)
		}
	}
	return out
}

// ownersAnswer: "each owner's node gets its actions; an owner may refuse with a reason. 30/60/90-day follow-up messages; C3 on the
// dashboard = done by date / due, with the list behind it."
func (w *workshop) ownersAnswer(actions []journal.ID) {
	w.Helper()
	if len(actions) != 4 {
		w.Fatalf("%d actions for Tirana", len(actions))
	}
	paris, tirana := w.offices["paris"].ID, w.offices["tirana"].ID
	there := func(i int) store.Ref { return action.AssignedRef(tirana, paris, actions[i]) }
	state := func(v *visitor, ref store.Ref) action.Action {
		w.Helper()
		o, err := w.n.Store.Open(w.Context(), v.who(access.ForProgramme), ref)
		w.must(err)
		return o.State.(action.Action)
	}
	here := func(i int) action.Action { return state(w.host, store.Ref{Kind: access.KindAction, ID: actions[i]}) }
	says := func(i int, typ string, payload any) {
		w.Helper()
		_, err := w.n.Store.Append(w.Context(), w.tirana.who(access.ForProgramme), there(i), store.Draft{Type: typ, Payload: payload})
		w.must(err)
	}
	w.page(w.tirana, action.Path+"/"+there(0).ID.String())
	today := party.OnDay(w.clock.Now())
	says(0, action.DoneType, action.DoneBy{On: today, Evidence: "Sent by letter"})
	says(1, action.RefusedType, action.Ended{On: today, Reason: "No interpreter this year"})
	w.deliver()
	if here(0).State != action.Done || here(0).Done.Evidence != "Sent by letter" || here(1).State != action.Refused || !strings.Contains(w.page(w.host, action.Path+"/"+actions[1].String()), "No interpreter this year") {
		w.Errorf("what Tirana answers: %s, %s", here(0).State, here(1).State)
	}
	for i, days := range action.FollowUps() {
		if days != 30*(i+1) {
			w.Fatalf("asked after %d days", days)
		}
		w.later(30)
		w.n.followOnce(w.Context())
		w.n.followOnce(w.Context()) // nobody is asked twice
		w.deliver()
		if got := state(w.tirana, there(2)); got.AskedTo != days {
			w.Errorf("asked after %d days, not %d", got.AskedTo, days)
		}
		says(2, action.FollowedType, action.Followed{Days: days, On: party.OnDay(w.clock.Now()), Answer: fmt.Sprintf("Answer %d", days)})
		w.deliver()
	}
	if f := here(2).Followed; len(f) != 3 || f[2].Answer != "Answer 90" {
		w.Errorf("follow-ups: %+v", f)
	}
	// Four were due in time: one was done by its date, one refused stands beside, two were not.
	l := w.n.Bundle.Locale("fr", nil)
	c3 := w.page(w.host, "/programme/results/C3")
	if want := l.T("result.ratio", "N", "1", "Of", "3", "Percent", l.Percent(1.0/3)); !strings.Contains(c3, want) {
		w.Errorf("C3 is not %q", want)
	}
	for _, words := range []string{"Action one0", "Action one1", "Action one2", "Action one3", action.Path + "/" + actions[0].String()} {
		if !strings.Contains(c3, words) {
			w.Errorf("the list behind C3 lacks %q", words)
		}
	}
	if home := w.page(w.host, "/programme/results"); !strings.Contains(home, l.Percent(1.0/3)) {
		w.Error("C3 is not on the framework's page")
	}
}
