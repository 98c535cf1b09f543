// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// How a signal ends that nobody works on, and how a name is taken back.
//
// What nobody passed on in time can be read by nobody in its office: then its bytes are erased too (signal.lapsed). A signal
// that came from another office and that nobody takes on is a person whom nobody helps: after PassOn its sender is told, so
// that somebody can call; only after KeepUnread is it erased, and the sender told again.
//
// A person who was named may take that back at either office. The one that holds it erases and says so to the other.

// KeepUnread is how long a signal of another office waits for somebody before it is erased. The length is our choice,
// unverified.
const KeepUnread = 30 * 24 * time.Hour

// ShowLapsed is how long its writer still sees that a signal lapsed: that it was there, and nothing of it.
const ShowLapsed = 14 * 24 * time.Hour

// Types of the messages that follow a signal; their conversation is the signal's id. They hold codes only.
const (
	MsgUnread   = "screening.unread"    // back: nobody has taken it on
	MsgWithdraw = "screening.withdrawn" // she does not wish it any more
	MsgErased   = "screening.erased"    // back: nothing of it is held any more
)

// MessageTypes lists the types of this room's messages.
func MessageTypes() []string { return []string{MsgSignal, MsgUnread, MsgWithdraw, MsgErased} }

// Payloads of these entries.
type (
	// Lapsed is signal.lapsed: its time ran out and everything that speaks of somebody was erased. Written by the clock.
	Lapsed struct {
		Unread bool `json:"unread,omitempty" part:"D0"` // it came from another office, and nobody took it on
	}
	// Reminded is signal.reminded: its sender is told that nobody has taken it on. Written by the clock.
	Reminded struct {
		Since time.Time `json:"since" part:"D0"`
	}
	// Unread is signal.unread, at the sender. Written by the post.
	Unread struct {
		At     time.Time `json:"at" part:"D0"`
		Lapsed bool      `json:"lapsed,omitempty" part:"D0"` // erased there by now
	}
	// TakenBack is signal.withdrawn, where she said so.
	TakenBack struct {
		By string `json:"by" part:"D0"` // person | guardian
	}
	// CameBack is signal.taken_back, at the office that holds it. Written by the post.
	CameBack struct {
		At time.Time `json:"at" part:"D0"`
	}
	// Erased is signal.erased, at the sender. Written by the post.
	Erased struct {
		At time.Time `json:"at" part:"D0"`
		// Wish says that she told the other office herself; None that nothing had arrived there.
		Wish bool `json:"wish,omitempty" part:"D0"`
		None bool `json:"none,omitempty" part:"D0"`
	}
)

// Ending is what came of a signal without anybody working on it any more.
type Ending struct {
	LapsedAt    time.Time
	RemindedAt  time.Time
	Unread      *Unread   // what the office that it was passed on to says
	WithdrawnAt time.Time // she took it back, here or at the other office
	ErasedAt    time.Time // and the office that held it erased it
	Wish        bool      // she told that office herself
}

// endings gives the types of these entries, and who writes them: the clock, the post, people.
func endings() []store.Type {
	return []store.Type{{Name: "signal.lapsed", Payload: Lapsed{}}, {Name: "signal.reminded", Payload: Reminded{}}, {Name: "signal.unread", Payload: Unread{}},
		{Name: "signal.withdrawn", Payload: TakenBack{}}, {Name: "signal.taken_back", Payload: CameBack{}}, {Name: "signal.erased", Payload: Erased{}}}
}

func (s *Signal) applyEnding(e journal.Entry) error {
	switch e.Type {
	case "signal.lapsed":
		s.LapsedAt = e.RecordedAt
	case "signal.reminded":
		s.RemindedAt = e.RecordedAt
	case "signal.unread":
		return in(e, func(v Unread) { s.Ending.Unread = &v })
	case "signal.withdrawn":
		s.WithdrawnAt = e.RecordedAt
		if s.Forwarded == nil {
			s.ErasedAt = e.RecordedAt
		}
	case "signal.taken_back":
		s.WithdrawnAt, s.ErasedAt = e.RecordedAt, e.RecordedAt
	case "signal.erased":
		return in(e, func(v Erased) { s.ErasedAt, s.Wish = v.At, v.Wish })
	}
	return nil
}

// Lapses says what the clock is to note of a signal in an office at a time; nothing for most.
func Lapses(s Signal, office access.OfficeKind, now time.Time) []store.Draft {
	switch st := s.Status(); {
	case st == StatusOpen && office != access.Assistance && !now.Before(s.Since.Add(PassOn)):
		return []store.Draft{{Type: "signal.lapsed", Payload: Lapsed{}}}
	case st != StatusReceived:
	case !now.Before(s.Since.Add(KeepUnread)):
		return []store.Draft{{Type: "signal.lapsed", Payload: Lapsed{Unread: true}}}
	case s.RemindedAt.IsZero() && !now.Before(s.Since.Add(PassOn)):
		return []store.Draft{{Type: "signal.reminded", Payload: Reminded{Since: s.Since}}}
	}
	return nil
}

// guardEnding says whether one of these entries may be appended now. What takes something back passes wherever the signal
// stands: a withdrawal never comes too late.
func guardEnding(s Signal, c SignalContext, e journal.Entry) error {
	switch e.Type {
	case "signal.lapsed", "signal.reminded":
		due := Lapses(s, c.Office, c.Now)
		if len(due) == 0 || due[0].Type != e.Type {
			return fault.New(fault.Guarded, "screening.guard.not_run_out")
		}
	case "signal.withdrawn":
		if !s.From.IsZero() {
			return fault.New(fault.Guarded, "screening.guard.close_there") // told here: it is closed by her wish
		}
		if s.Status() == StatusOpen || s.Named() && s.WithdrawnAt.IsZero() {
			return with(e, func(v TakenBack, fs *fault.Fields) {
				need(fs, slices.Contains([]string{"person", "guardian"}, v.By), "taken_by")
			})
		}
		return s.is(StatusOpen)
	case "signal.taken_back":
		if s.At.IsZero() || s.From.IsZero() {
			return fault.New(fault.NotFound, "screening.message.no_signal")
		}
	case "signal.unread", "signal.erased":
		if s.Forwarded == nil {
			return fault.New(fault.NotFound, "screening.message.no_signal")
		}
	}
	return nil
}

// Named says whether it was passed on with who somebody is.
func (s Signal) Named() bool { return s.Forwarded != nil && s.Forwarded.Named }

// Told gives until when its writer may know that it exists and what became of it, after nothing of it can be read: as long
// as a consent or ground runs under which a name went, so that it can be taken back; a while after it lapsed or another
// office says that nobody takes it on.
func (s Signal) Told() time.Time {
	var until time.Time
	later := func(t time.Time, d time.Duration) {
		if !t.IsZero() && t.Add(d).After(until) {
			until = t.Add(d)
		}
	}
	later(s.LapsedAt, ShowLapsed)
	later(s.ErasedAt, ShowLapsed)
	if s.Ending.Unread != nil {
		later(s.Ending.Unread.At, ShowLapsed)
	}
	if s.Named() {
		for _, r := range s.Consent.Receipts {
			later(r.Expires, 0)
		}
		for _, g := range s.Consent.Grounds {
			later(g.Until, 0)
		}
	}
	return until
}

// endingEffects says what these entries erase and whom they tell.
func endingEffects(g *store.Guarding, s Signal, e journal.Entry) (store.Effects, error) {
	fx := store.Effects{}
	note := func(to journal.ID, typ string, purpose string, body any, voids ...string) error {
		b, err := json.Marshal(body)
		fx.Messages = append(fx.Messages, Note{ID: derived(e.ID, typ), To: to, Signal: s.ID, Type: typ, For: purpose, Body: b, Voids: voids})
		return err
	}
	var err error
	switch e.Type {
	case "signal.lapsed":
		fx.Erase = told()
		if !s.From.IsZero() {
			err = note(s.From, MsgUnread, s.For, UnreadBody{s.ID, g.Now, true})
		}
	case "signal.reminded":
		err = note(s.From, MsgUnread, s.For, UnreadBody{s.ID, g.Now, false})
	case "signal.withdrawn":
		fx.Erase = told()
		if s.Forwarded != nil {
			err = note(s.Forwarded.To, MsgWithdraw, s.Forwarded.For, WithdrawBody{s.ID, g.Now}, MsgSignal)
		}
	case "signal.taken_back":
		fx.Erase = told()
		err = note(s.From, MsgErased, s.For, ErasedBody{s.ID, g.Now, false})
	case "signal.closed":
		if s.Closed != ByWish {
			return fx, nil
		}
		fx.Erase = told()
		if !s.From.IsZero() {
			err = note(s.From, MsgErased, s.For, ErasedBody{s.ID, g.Now, true})
		}
	case "signal.erased":
		fx.Erase = told() // what she took back there is not kept here
	}
	return fx, err
}

// Bodies of these messages.
type (
	UnreadBody struct {
		Signal journal.ID `json:"signal"`
		At     time.Time  `json:"at"`
		Lapsed bool       `json:"lapsed,omitempty"`
	}
	WithdrawBody struct {
		Signal journal.ID `json:"signal"`
		At     time.Time  `json:"at"`
	}
	ErasedBody struct {
		Signal journal.ID `json:"signal"`
		At     time.Time  `json:"at"`
		Wish   bool       `json:"wish,omitempty"`
	}
)

// Note is a message that follows a signal; it holds codes only.
type Note struct {
	ID, To, Signal journal.ID
	Type, For      string
	Body           []byte
	Voids          []string
}

// Outgoing turns it into one for the post.
func (m Note) Outgoing() post.Outgoing {
	return post.Outgoing{ID: m.ID, To: m.To, Type: m.Type, Conversation: m.Signal, Purpose: m.For, Basis: "law", Categories: []journal.Category{journal.D0}, Body: m.Body, Voids: m.Voids}
}
