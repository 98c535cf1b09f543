// SPDX-License-Identifier: EUPL-1.2

package event_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// device is a laptop that keeps notes until the office has taken them in.
type device struct {
	s     *programmetest.Site
	at    string
	who   store.Who
	notes []map[string]any
}

func (d *device) note(take, session, theme, text string, more ...any) {
	n := map[string]any{"id": d.s.Store.NewID(), "at": d.s.Clock.Now(), "take": take, "session": session, "theme": theme, "language": "en", "text": text, "countries": []string{"MK"}}
	for i := 0; i+1 < len(more); i += 2 {
		n[more[i].(string)] = more[i+1]
	}
	d.notes = append(d.notes, n)
	d.s.Clock.Advance(time.Minute)
}

// send sends all that lies on the device, and keeps what was not confirmed; it gives what is wrong.
func (d *device) send() map[string]string {
	d.s.T.Helper()
	d.s.Who = d.who
	b, err := json.Marshal(d.notes)
	d.s.Must(err)
	w := d.s.Ask("POST", d.at+"/capture", "en", url.Values{"notes": {string(b)}})
	var out struct {
		Kept  []string
		Wrong map[string]string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 {
		d.s.T.Fatalf("%d %v", w.Code, err)
	}
	return out.Wrong
}

// Two consultants note offline: nine needs, seven actions, three good practices, each under an item of the agenda. They send
// late, in another order, and twice.
func TestTalkBecomesNeedsAndActions(t *testing.T) {
	s, at := staged(t)
	session := regexp.MustCompile(`<option value="([0-9a-f-]{36})">([12]) · `).FindAllStringSubmatch(s.Page(at+"/capture", "en"), -1)
	if len(session) != 2 {
		t.Fatalf("%d sessions to note under", len(session))
	}
	s.Page(at+"/capture", "fr")
	first, second := session[0][1], session[1][1]
	one, two := &device{s: s, at: at, who: s.Officer}, &device{s: s, at: at, who: s.Person(7, access.ProgrammeOfficer)}
	organisation := regexp.MustCompile(`value="(organisation:[0-9a-f-]{36})"`).FindStringSubmatch(s.Page(at+"/capture", "en"))[1]
	for i := range 5 {
		one.note("need", second, "data", fmt.Sprintf("Need number%d alpha%d beta%d", i, i, i), "urgency", "year", "groups", []string{"border"})
	}
	for i := range 4 {
		two.note("need", first, "children", fmt.Sprintf("Children need%d gamma%d delta%d", i, i, i))
	}
	two.note("need", second, "data", "Need number0 alpha0 beta0 too") // the same as the other consultant's
	for i := range 4 {
		one.note("action", first, "exchange", fmt.Sprintf("Action one%d send%d list%d", i, i, i), "owner", organisation, "due", "2026-12-01")
	}
	for i := range 3 {
		two.note("action", second, "exchange", fmt.Sprintf("Action two%d meet%d write%d", i, i, i))
	}
	for i := range 3 {
		two.note("practice", first, "rights", fmt.Sprintf("Practice leaflet%d poster%d radio%d", i, i, i))
	}
	two.note("need", first, "nonsense", "A theme that there is not")
	two.notes[0], two.notes[5] = two.notes[5], two.notes[0]
	s.Clock.Advance(5 * 24 * time.Hour)
	for range 2 {
		if wrong := two.send(); len(wrong) != 1 {
			t.Fatalf("wrong: %v", wrong)
		}
		if wrong := one.send(); len(wrong) != 0 {
			t.Fatalf("wrong: %v", wrong)
		}
	}
	s.Who = s.Officer
	s.Page(at+"/notes", "fr")
	b := s.Page(at+"/notes", "en")
	if n := strings.Count(b, "Need number0"); n != 4 || !strings.Contains(b, "These read alike") { // twice in the pair, twice in the list: nothing is joined by itself
		t.Errorf("the two notes that read alike are shown %d times", n)
	}
	order := []int{strings.Index(b, "1 · Opening"), strings.LastIndex(b, "Children need0"), strings.LastIndex(b, "Practice leaflet0"), strings.LastIndex(b, "Action one0"), strings.Index(b, "2 · A matter"), strings.LastIndex(b, "Action two0"), strings.LastIndex(b, "Need number4")}
	for i := 1; i < len(order); i++ {
		if order[i-1] < 0 || order[i] < order[i-1] {
			t.Fatalf("not in the order of the agenda and its themes: %v", order)
		}
	}
	if w := s.Ask("POST", at+"/notes/file", "en", nil); w.Code != http.StatusConflict {
		t.Errorf("entered although two notes read alike: %d", w.Code)
	}
	m := regexp.MustCompile(`/notes/([0-9a-f-]{36})/join" novalidate><input type="hidden" name="other" value="([0-9a-f-]{36})"`).FindStringSubmatch(b)
	if w := s.Ask("POST", at+"/notes/"+m[1]+"/join", "en", url.Values{"other": {m[2]}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	b = s.Page(at+"/notes", "en")
	for _, want := range []string{`<p class="figure-value">9</p>`, `<p class="figure-value">7</p>`, `<p class="figure-value">3</p>`, "one more note says the same", "Enter 19 notes"} {
		if !strings.Contains(b, want) {
			t.Errorf("no %q", want)
		}
	}
	for range 2 {
		s.Ask("POST", at+"/notes/file", "en", nil)
	}
	needs, err := need.List(s.Ctx, s.Store, s.Officer, nil)
	s.Must(err)
	actions, err := action.List(s.Ctx, s.Store, s.Officer, nil)
	s.Must(err)
	if len(needs) != 9 || len(actions) != 7 {
		t.Errorf("%d needs, %d actions in the registers", len(needs), len(actions))
	}
	if a := actions[0].V; a.Activity != "P3-W1" || a.Item != "1" || a.Due.String() != "2026-12-01" || a.Owner.IsZero() {
		t.Errorf("%+v", a)
	}

	// Minutes: approved as they read; a later note takes the approval back.
	s.Saved(at+"/minutes/edit", url.Values{"language": {"en"}, "text": {"The meeting opened at nine."}})
	minutes := s.Page(at+"/minutes", "en")
	if strings.Contains(minutes, "A matter under way") || strings.Contains(minutes, "Action two0") || !strings.Contains(minutes, "Practice leaflet0") || !strings.Contains(minutes, "Draft, not approved") {
		t.Error("the minutes do not leave out the closed session, or leave out more")
	}
	mark := regexp.MustCompile(`name="mark" value="([0-9a-f]+)"`).FindStringSubmatch(minutes)[1]
	if w := s.Ask("POST", at+"/minutes/approve", "en", url.Values{"mark": {"0" + mark}}); w.Code != http.StatusConflict {
		t.Errorf("approved unread: %d", w.Code)
	}
	s.Ask("POST", at+"/minutes/approve", "en", url.Values{"mark": {mark}})
	if b := s.Page(at+"/minutes", "fr"); !strings.Contains(b, "Approuvé") {
		t.Error("not approved")
	}
	papers(t, s, at)
	one.notes = nil
	one.note("practice", first, "rights", "One more, remembered on the train")
	one.send()
	if b := s.Page(at+"/minutes", "en"); !strings.Contains(b, "Changed since they were approved") {
		t.Error("a note after the approval goes unseen")
	}
}

// papers looks at the minutes as files.
func papers(t *testing.T, s *programmetest.Site, at string) {
	t.Helper()
	for tag, title := range map[string]string{"en": "Minutes", "fr": "Compte rendu"} {
		w := s.Ask("GET", at+"/minutes/file?lang="+tag, "en", nil)
		if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "minutes-"+tag+".pdf") {
			t.Fatalf("%d", w.Code)
		}
		if _, err := exec.LookPath("pdfinfo"); err != nil {
			t.Skip("no pdfinfo")
		}
		file := filepath.Join(t.TempDir(), "m.pdf")
		s.Must(os.WriteFile(file, w.Body.Bytes(), 0o600))
		info, err := exec.Command("pdfinfo", file).Output()
		s.Must(err)
		text, err := exec.Command("pdftotext", file, "-").Output()
		s.Must(err)
		if !regexp.MustCompile(`Tagged:\s+yes`).Match(info) || !strings.Contains(string(info), title) || !strings.Contains(string(text), "The meeting opened at nine.") || strings.Contains(string(text), "A matter under way") {
			t.Errorf("%s\n%s", info, text)
		}
	}
}

// An owner's office gets its action, answers from its own register, is asked after 30, 60 and 90 days, and may refuse.
func TestEachOwnersOfficeGetsItsActions(t *testing.T) {
	r := programmetest.NewRing(t, func(m *programmetest.Member) {
		action.Mail{Mail: between.Mail{Store: m.Store, Job: m.Job}}.Register(m.Mail)
	}, "BA", "MK", "AL")
	host, mk, al := r.Members[0], r.Members[1], r.Members[2]
	agree := func(to *programmetest.Member, text string, due party.PartialDate) journal.ID {
		id := host.Store.NewID()
		_, err := host.Store.Append(host.Ctx, host.Officer, store.Ref{Kind: access.KindAction, ID: id}, store.Draft{Type: action.AgreedType, Payload: action.Agreed{Text: wording.New("en", text), Office: to.Owner, On: party.OnDay(r.Clock.Now()), Due: due, Item: "2.1"}})
		host.Must(err)
		return id
	}
	due := party.OnDay(r.Clock.Now().AddDate(0, 0, 40))
	done, refused, open := agree(mk, "Send the list", due), agree(al, "Lend the interpreter", due), agree(mk, "Write the note", due)
	al.Away = true
	r.Deliver()
	write := func(m *programmetest.Member, id journal.ID, typ string, payload any) error {
		r.Clock.Advance(time.Second)
		_, err := m.Store.Append(m.Ctx, m.Officer, action.AssignedRef(m.Owner, host.Owner, id), store.Draft{Type: typ, Payload: payload})
		return err
	}
	mk.Must(write(mk, done, action.DoneType, action.DoneBy{On: party.OnDay(r.Clock.Now()), Evidence: "Sent by letter"}))
	r.Clock.Advance(5 * 24 * time.Hour)
	al.Away = false
	r.Deliver()
	al.Must(write(al, refused, action.RefusedType, action.Ended{On: party.OnDay(r.Clock.Now()), Reason: "No interpreter this year"}))
	if err := write(al, refused, action.ReopenedType, action.Ended{On: party.OnDay(r.Clock.Now()), Reason: "x"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("the owner opens it again: %v", err)
	}
	r.Deliver()
	state := func(m *programmetest.Member, ref store.Ref) action.Action {
		o, err := m.Store.Open(m.Ctx, m.Officer, ref)
		m.Must(err)
		return o.State.(action.Action)
	}
	at := func(id journal.ID) action.Action { return state(host, store.Ref{Kind: access.KindAction, ID: id}) }
	if a := at(done); a.State != action.Done || a.Done.Evidence != "Sent by letter" {
		t.Errorf("%+v", a)
	}
	if a := at(refused); a.State != action.Refused || a.Refused.Reason != "No interpreter this year" {
		t.Errorf("%+v", a)
	}
	mail := action.Mail{Mail: between.Mail{Store: host.Store, Job: host.Job}}
	for i, days := range action.FollowUps() {
		r.Clock.Advance(30 * 24 * time.Hour)
		for again := range 2 {
			n, err := mail.AskDue(host.Ctx, host.Owner, r.Clock.Now())
			host.Must(err)
			if n != 1-again {
				t.Fatalf("after %d days %d are asked", days, n)
			}
		}
		r.Deliver()
		if there := state(mk, action.AssignedRef(mk.Owner, host.Owner, open)); there.AskedTo != days {
			t.Errorf("there: asked after %d days, not %d", there.AskedTo, days)
		}
		mk.Must(write(mk, open, action.FollowedType, action.Followed{Days: days, On: party.OnDay(r.Clock.Now()), Answer: fmt.Sprintf("Answer %d", i)}))
		r.Deliver()
	}
	if a := at(open); len(a.Followed) != 3 || a.Followed[2].Answer != "Answer 2" {
		t.Errorf("%+v", a.Followed)
	}
	for id, in := range map[journal.ID][2]bool{done: {true, true}, open: {true, false}, refused: {false, false}} {
		if l := at(id).Summary(); l.Counts(r.Clock.Now()) != in[0] || l.InTime() != in[1] {
			t.Errorf("of those due, and done in time: %+v", l)
		}
	}
	_, err := host.Store.Append(host.Ctx, host.Officer, store.Ref{Kind: access.KindAction, ID: done}, store.Draft{Type: action.ReopenedType, Payload: action.Ended{On: party.OnDay(r.Clock.Now()), Reason: "The list was not whole"}})
	host.Must(err)
	r.Deliver()
	if there := state(mk, action.AssignedRef(mk.Owner, host.Owner, done)); there.State != action.Open {
		t.Errorf("opened again here, there it is %s", there.State)
	}
}

// Notes hold to the agenda, and a note that stands for another is not joined away.
func TestWhatNotesHoldTo(t *testing.T) {
	w := newWorld(t)
	id := func(theme, text string) journal.ID {
		n := w.host.Store.NewID()
		w.write(w.host, store.Draft{ID: n, Type: event.CapturedType, Payload: event.Captured{Take: event.TakeNeed, Session: w.session["1"], Theme: theme, Text: wording.New("en", text)}})
		return n
	}
	a, b, c := id("data", "one two three"), id("data", "one two three four"), id("data", "quite another matter")
	if pairs := w.at(w.host).Notes.Alike(); len(pairs) != 1 {
		t.Fatalf("%d pairs read alike", len(pairs))
	}
	w.write(w.host, store.Draft{Type: event.ApartType, Payload: event.Apart{Note: a, Other: b}})
	if pairs := w.at(w.host).Notes.Alike(); len(pairs) != 0 {
		t.Error("proposed again although a person said that they are two")
	}
	w.write(w.host, store.Draft{Type: event.JoinedType, Payload: event.Joined{Note: b, Into: a}})
	for name, x := range map[string]event.Joined{"a ring": {Note: a, Into: b}, "itself": {Note: c, Into: c}, "what stands for another": {Note: a, Into: c}} {
		if err := w.try(w.host, store.Draft{Type: event.JoinedType, Payload: x}); !fault.Is(err, fault.Guarded) {
			t.Errorf("%s is joined: %v", name, err)
		}
	}
	if err := w.try(w.host, store.Draft{Type: event.CapturedType, Payload: event.Captured{Take: event.TakeNeed, Session: w.host.Store.NewID(), Theme: "data", Text: wording.New("en", "x")}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("noted under no session: %v", err)
	}
	if got := w.at(w.host).Notes.Standing(); len(got) != 2 {
		t.Errorf("%d notes stand for themselves", len(got))
	}
}
