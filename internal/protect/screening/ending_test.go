// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// clockwork lets the clock note what has run out of a signal in an office, and says what it noted.
func (w *world) clockwork(office journal.ID, id journal.ID) string {
	w.t.Helper()
	o := w.owners[office]
	r, err := w.store.Update(w.ctx, store.Job(o, "clock", access.ForDeadlines), store.Ref{Kind: access.KindSignal, ID: id}, func(state any) ([]store.Draft, error) {
		return screening.Lapses(state.(screening.Signal), o.Office, w.clock.Now()), nil
	})
	w.must(err)
	if len(r.Appended) == 0 {
		return ""
	}
	return r.Appended[0].Type
}

// post writes what a message of another office brings about.
func (w *world) post(office, id journal.ID, typ string, payload any) error {
	_, err := w.store.Append(w.ctx, store.Job(w.owners[office], "post", access.ForDelivery), store.Ref{Kind: access.KindSignal, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

// What a police office did not pass on within 72 hours is erased, byte by byte; its writer sees that, and nothing else.
func TestWhatIsNotPassedOnIsErased(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.noted", screening.Noted{Identity: &screening.Named{Names: []string{"Lindita Prova"}}, Words: "planted words", Suspects: "planted suspect"})
	w.clock.Advance(screening.PassOn - time.Minute)
	if typ := w.clockwork(border, id); typ != "" {
		t.Fatalf("before its time: %s", typ)
	}
	w.clock.Advance(time.Minute)
	if w.held(border, journal.D2) == 0 {
		t.Fatal("nothing is held that could be erased")
	}
	if typ := w.clockwork(border, id); typ != "signal.lapsed" {
		t.Fatalf("after its time: %q", typ)
	}
	for _, c := range []journal.Category{journal.D1, journal.D2, journal.D3, journal.D8} {
		if n := w.held(border, c); n != 0 {
			t.Errorf("%d parts of %s are still held", n, c)
		}
	}
	s, _, err := w.signal(w.agim(), id)
	w.must(err)
	if s.Status() != screening.StatusLapsed || s.Identity != nil || s.Words != "" {
		t.Fatalf("its writer sees %s", asJSON(t, s))
	}
	w.refuses(w.try(w.agim(), id, "signal.forwarded", forward(false)), fault.Guarded, "screening.guard.status_lapsed")
	if _, _, err := w.signal(w.liri(), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("a colleague sees it: %v", err)
	}
	if typ := w.clockwork(border, id); typ != "" || len(w.notes) != 0 {
		t.Errorf("again: %s, told %d offices", typ, len(w.notes))
	}
	w.clock.Advance(screening.ShowLapsed)
	if _, _, err := w.signal(w.agim(), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("two weeks later: %v", err)
	}
}

// Nobody lapses a signal but the clock, and it none before its time.
func TestOnlyTheClockLapses(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.refuses(w.try(w.agim(), id, "signal.lapsed", screening.Lapsed{}), fault.Denied, "fault.denied")
	_, err := w.store.Append(w.ctx, store.Job(w.owners[border], "clock", access.ForDeadlines), store.Ref{Kind: access.KindSignal, ID: id}, store.Draft{Type: "signal.lapsed", Payload: screening.Lapsed{}})
	w.refuses(err, fault.Guarded, "screening.guard.not_run_out")
}

// A signal that nobody takes on in the other office is not lost without a word: its sender is told after 72 hours, and
// again when it is erased.
func TestTheSenderLearnsThatNobodyTookItOn(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.forwarded", forward(false))
	w.deliver()
	w.clock.Advance(screening.PassOn)
	if typ := w.clockwork(tirana, id); typ != "signal.reminded" {
		t.Fatalf("after 72 hours: %q", typ)
	}
	if w.held(tirana, journal.D3) == 0 {
		t.Fatal("and it was erased")
	}
	tell := func(lapsed bool) {
		t.Helper()
		n := w.notes[len(w.notes)-1]
		var b screening.UnreadBody
		w.must(json.Unmarshal(n.Body, &b))
		if n.Type != screening.MsgUnread || n.To != border || b.Lapsed != lapsed || b.Signal != id {
			t.Fatalf("told %s: %s", n.Type, n.Body)
		}
		w.must(w.post(border, id, "signal.unread", screening.Unread{At: b.At, Lapsed: b.Lapsed}))
		s, o, err := w.signal(w.agim(), id)
		w.must(err)
		if s.Status() != screening.StatusUnread || len(o.Shown) != 1 || o.Shown[0] != journal.D0 {
			t.Fatalf("its writer sees %s, %v", s.Status(), o.Shown)
		}
	}
	tell(false)
	if typ := w.clockwork(tirana, id); typ != "" {
		t.Fatalf("told twice: %s", typ)
	}
	w.clock.Advance(screening.KeepUnread)
	if typ := w.clockwork(tirana, id); typ != "signal.lapsed" || w.held(tirana, journal.D3) != 0 {
		t.Fatalf("after a month: %q", typ)
	}
	tell(true)
	w.refuses(w.try(w.besa(), id, "signal.taken", screening.Taken{Worker: w.besa().Actor.ID}), fault.Guarded, "screening.guard.status_lapsed")
}

// named is a signal that was passed on with a name, and taken on.
func (w *world) named() journal.ID {
	w.t.Helper()
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.noted", screening.Noted{Identity: &screening.Named{Names: []string{"Lindita Prova"}}})
	w.clock.Advance(consent.Rest)
	w.do(w.agim(), id, "signal.consented", given(w, journal.D2))
	w.do(w.agim(), id, "signal.forwarded", forward(true))
	w.deliver()
	w.do(w.besa(), id, "signal.taken", screening.Taken{Worker: w.besa().Actor.ID})
	return id
}

// A person who was named takes that back where she was screened: the office that holds it erases and confirms.
func TestANameIsTakenBackFromWhereItCame(t *testing.T) {
	w := newWorld(t)
	id := w.named()
	s, o, err := w.signal(w.agim(), id)
	w.must(err)
	if s.Identity != nil || len(o.Shown) != 1 || o.Shown[0] != journal.D0 {
		t.Fatalf("its writer reads %v back", o.Shown)
	}
	w.refuses(w.try(w.agim(), id, "signal.noted", screening.Noted{Words: "more"}), fault.Guarded, "screening.guard.status_delivered")
	w.do(w.agim(), id, "signal.withdrawn", screening.TakenBack{By: "person"})
	n := w.notes[0]
	if n.Type != screening.MsgWithdraw || n.To != tirana || n.Voids[0] != screening.MsgSignal {
		t.Fatalf("told %+v", n)
	}
	for range 2 {
		w.must(w.post(tirana, id, "signal.taken_back", screening.CameBack{At: w.clock.Now()}))
	}
	for _, c := range []journal.Category{journal.D2, journal.D3} {
		if w.held(tirana, c)+w.held(border, c) != 0 {
			t.Errorf("%s is still held", c)
		}
	}
	there, _, err := w.signal(w.besa(), id)
	w.must(err)
	if there.Status() != screening.StatusWithdrawn || there.Identity != nil {
		t.Fatalf("there: %s", asJSON(t, there))
	}
	if n = w.notes[1]; n.Type != screening.MsgErased || n.To != border {
		t.Fatalf("confirmed by %+v", n)
	}
	if s, _, err = w.signal(w.agim(), id); err != nil || !s.ErasedAt.IsZero() {
		t.Fatalf("confirmed before the word came: %v, %v", s.ErasedAt, err)
	}
	w.must(w.post(border, id, "signal.erased", screening.Erased{At: w.clock.Now()}))
	if s, _, err = w.signal(w.agim(), id); err != nil || s.Status() != screening.StatusWithdrawn || !s.ErasedAt.Equal(w.clock.Now()) {
		t.Fatalf("its writer sees %s, erased %v, %v", s.Status(), s.ErasedAt, err)
	}
	w.refuses(w.try(w.agim(), id, "signal.withdrawn", screening.TakenBack{By: "person"}), fault.Guarded, "screening.guard.status_withdrawn")
}

// She tells the office that she was passed on to: it erases, and the one that wrote it down learns of it.
func TestANameIsTakenBackWhereItLies(t *testing.T) {
	w := newWorld(t)
	id := w.named()
	w.refuses(w.try(w.besa(), id, "signal.withdrawn", screening.TakenBack{By: "person"}), fault.Guarded, "screening.guard.close_there")
	w.do(w.besa(), id, "signal.closed", screening.Ended{Reason: screening.ByWish})
	n := w.notes[0]
	var b screening.ErasedBody
	w.must(json.Unmarshal(n.Body, &b))
	if n.Type != screening.MsgErased || n.To != border || !b.Wish || w.held(tirana, journal.D2) != 0 {
		t.Fatalf("told %+v %s", n, n.Body)
	}
	w.must(w.post(border, id, "signal.erased", screening.Erased{At: b.At, Wish: b.Wish}))
	s, _, err := w.signal(w.agim(), id)
	w.must(err)
	if s.Status() != screening.StatusWithdrawn || s.ErasedAt.IsZero() {
		t.Fatalf("its writer sees %s", s.Status())
	}
}

// Before it was passed on it is taken back at once, and nobody is told.
func TestASignalIsTakenBackBeforeItLeaves(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.withdrawn", screening.TakenBack{By: "person"})
	if w.held(border, journal.D3) != 0 || len(w.notes) != 0 {
		t.Fatal("it is still held, or somebody was told")
	}
	if err := w.try(w.agim(), id, "signal.forwarded", forward(false)); err == nil {
		t.Error("and passed on all the same")
	}
	anonymous := w.screen(w.agim(), recorded())
	w.do(w.agim(), anonymous, "signal.forwarded", forward(false))
	if err := w.try(w.agim(), anonymous, "signal.withdrawn", screening.TakenBack{By: "person"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("codes that name nobody are taken back: %v", err)
	}
}
