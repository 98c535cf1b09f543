// SPDX-License-Identifier: EUPL-1.2

package action_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
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

func agreed(due string) action.Agreed {
	return action.Agreed{Text: wording.New("en", "send the list of contacts"), Due: date(due), On: date("2026-06-01"), Activity: "P4-W1", Item: "2"}
}

func write(o *programmetest.Office, id journal.ID, typ string, payload any) error {
	o.T.Helper()
	o.Clock.Advance(time.Second)
	_, err := o.Store.Append(o.Ctx, o.Officer, store.Ref{Kind: access.KindAction, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

// TestDoneByTheirDate is J5's C3 on seven actions: done by date / due, refused and undated ones beside it.
func TestDoneByTheirDate(t *testing.T) {
	o := programmetest.New(t, access.Programme) // its clock stands at 14 September 2026
	for _, c := range []struct {
		due  string
		then []any
	}{
		{"2026-07-01", []any{action.DoneBy{On: date("2026-06-20"), Evidence: "sent"}}}, // in time
		{"2026-07", []any{action.DoneBy{On: date("2026-07-31"), Evidence: "sent"}}},    // in time: the last day counts
		{"2026-07-01", []any{action.DoneBy{On: date("2026-07-02"), Evidence: "sent"}}}, // late
		{"2026-08-01", nil}, // late and open
		{"2026-12-01", nil}, // not due yet
		{"2026-08-01", []any{action.Ended{On: date("2026-06-05"), Reason: "no mandate"}}}, // refused
		{"", nil}, // undated
	} {
		id := o.Store.NewID()
		o.Must(write(o, id, action.AgreedType, agreed(c.due)))
		for _, p := range c.then {
			typ := action.DoneType
			if _, refused := p.(action.Ended); refused {
				typ = action.RefusedType
			}
			o.Must(write(o, id, typ, p))
		}
	}
	rows, err := action.List(o.Ctx, o.Store, o.Reader, nil)
	o.Must(err)
	done, due := 0, 0
	for _, r := range rows {
		if r.V.Counts(o.Clock.Now()) {
			due++
		}
		if r.V.InTime() {
			done++
		}
	}
	if done != 2 || due != 4 {
		t.Fatalf("%d of %d", done, due)
	}
	if rows[len(rows)-1].V.Due.Known() || rows[0].V.Due != date("2026-07-01") {
		t.Fatal("not in the order of their dates")
	}
}

func TestLateFollowsFromTheDate(t *testing.T) {
	l := action.Line{Agreed: agreed("2026-07"), State: action.Open}
	for at, want := range map[time.Time]bool{
		time.Date(2026, 7, 31, 23, 59, 0, 0, time.UTC): false,
		time.Date(2026, 8, 1, 0, 0, 1, 0, time.UTC):    true,
	} {
		if l.Late(at) != want {
			t.Errorf("at %s: %v", at, !want)
		}
	}
	if l.State = action.Done; l.Late(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("what is done is late")
	}
}

func TestOwnersAreAskedThreeTimes(t *testing.T) {
	l := action.Line{Agreed: agreed("2026-12"), State: action.Open}
	after := func(days int) time.Time { return time.Date(2026, 6, 1+days, 12, 0, 0, 0, time.UTC) }
	for _, c := range []struct{ day, followed, want int }{{29, 0, 0}, {30, 0, 30}, {59, 30, 0}, {60, 30, 60}, {95, 0, 90}, {95, 60, 90}, {200, 90, 0}} {
		if l.FollowedTo = c.followed; l.Asking(after(c.day)) != c.want {
			t.Errorf("on day %d, followed to %d: %d, want %d", c.day, c.followed, l.Asking(after(c.day)), c.want)
		}
	}
}

func TestWhatMayFollowWhat(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	id := o.Store.NewID()
	done := action.DoneBy{On: date("2026-07-01"), Evidence: "sent"}
	if err := write(o, id, action.DoneType, done); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing is done: %v", err)
	}
	o.Must(write(o, id, action.AgreedType, agreed("2026-07")))
	if err := write(o, id, action.ReopenedType, action.Ended{On: date("2026-07"), Reason: "r"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("open is opened again: %v", err)
	}
	for name, p := range map[string]action.DoneBy{"on": {On: date("2026-05-01"), Evidence: "e"}, "evidence": {On: date("2026-07-01")}} {
		if err := write(o, id, action.DoneType, p); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.Must(write(o, id, action.FollowedType, action.Followed{Days: 30, On: date("2026-07-01"), Answer: "half of it"}))
	o.Must(write(o, id, action.DoneType, done))
	if err := write(o, id, action.RefusedType, action.Ended{On: date("2026-07"), Reason: "r"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("done is refused: %v", err)
	}
	v := agreed("2026-07")
	v.Owner = o.Store.NewID()
	if err := write(o, o.Store.NewID(), action.AgreedType, v); !fault.Is(err, fault.Invalid) {
		t.Errorf("an owner that nobody knows: %v", err)
	}
}

func TestAnActionByItsPages(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(action.Path); !strings.Contains(b, "No action has been agreed yet") {
		t.Fatal(b)
	}
	s.Load()
	at := s.Saved(action.Path+"/new", url.Values{"language": {"fr"}, "text": {"Envoyer la liste des points de contact"}, "due": {"2026-08"}, "activity": {"P4-W1"}, "item": {"2"}, "on": {"2026-06-01"}})
	if b := both(at); !strings.Contains(b, "Late") || !strings.Contains(b, "90 days have passed") {
		t.Fatal(b)
	}
	if b := both(action.Path + "?due=late"); !strings.Contains(b, "0 of 1") || !strings.Contains(b, "Envoyer la liste") {
		t.Fatal(b)
	}
	both(at + "/act/follow")
	s.Saved(at+"/act/follow", url.Values{"on": {"2026-09-10"}, "days": {"90"}, "answer": {"Next week"}})
	if b := both(at); strings.Contains(b, "Ask the owner") || !strings.Contains(b, "Followed up after 90 days") {
		t.Fatal(b)
	}
	if w := s.Fill(at+"/act/refuse", url.Values{"on": {"2026-09-10"}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("refused without a reason: %d", w.Code)
	}
	s.Saved(at+"/act/refuse", url.Values{"on": {"2026-09-10"}, "reason": {"No mandate"}})
	s.Saved(at+"/act/reopen", url.Values{"on": {"2026-09-11"}, "reason": {"The ministry gave one"}})
	s.Saved(at+"/act/done", url.Values{"on": {"2026-09-12"}, "evidence": {"Sent to the twelve"}})
	if w := s.Ask("GET", action.Path+"?as=csv", "en", nil); !strings.Contains(w.Body.String(), "Envoyer la liste des points de contact,fr,") {
		t.Fatal(w.Body)
	}
	s.Saved(at+"/edit", url.Values{"language": {"en"}, "text": {"Send the list of contacts"}, "due": {"2026-08"}, "on": {"2026-06-01"}})
	both(at)
	s.Who = s.Reader
	if w := s.Ask("POST", at+"/act/reopen", "en", url.Values{"on": {"2026"}, "reason": {"x"}}); w.Code != http.StatusForbidden {
		t.Fatalf("a reader opens it again: %d", w.Code)
	}
}
