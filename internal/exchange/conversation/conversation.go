// SPDX-License-Identifier: EUPL-1.2

// Package conversation is how a room writes to another office: a message that an entry brings about, and an entry that a
// message brings. What it says, and who may say it, is the rooms' own; the post carries it.
package conversation

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// ID gives the id that follows from words: the same deed is one message and one entry, however often it is made.
func ID(words ...string) journal.ID {
	return journal.IDOfWords(append([]string{"entraide conversation v1"}, words...)...)
}

// Line is what all messages of one matter between two offices share.
type Line struct {
	With         journal.ID // the other office
	Conversation journal.ID // the same in both
	Purpose      string     // what sharing terms must grant
}

// MessageID gives the id of the message of a type that an entry brings about for an office.
func MessageID(entry journal.ID, typ string, to journal.ID) journal.ID {
	return ID("message", entry.String(), typ, to.String())
}

// Message makes one that an entry brings about. Its id follows from the entry, its type and whom it goes to. voids are
// types of earlier messages that must no longer leave when they still wait.
func (l Line) Message(entry journal.ID, typ string, cats []journal.Category, body any, voids ...string) (post.Outgoing, error) {
	raw, err := json.Marshal(body)
	return post.Outgoing{ID: MessageID(entry, typ, l.With), To: l.With, Conversation: l.Conversation, Type: typ, Purpose: l.Purpose, Basis: "law", Categories: cats, Body: raw, Voids: voids}, err
}

// Effect is the effects of an entry that brings about one message.
func (l Line) Effect(entry journal.ID, typ string, cats []journal.Category, body any, voids ...string) (store.Effects, error) {
	m, err := l.Message(entry, typ, cats, body, voids...)
	return store.Effects{Messages: []any{m}}, err
}

// Due says by when what the messages of effects ask for should be done; zero says nothing of it.
func Due(fx store.Effects, at time.Time) store.Effects {
	for i, m := range fx.Messages {
		if o, ok := m.(post.Outgoing); ok {
			o.Due = at
			fx.Messages[i] = o
		}
	}
	return fx
}

// Deeds adds to effects what became, by the entry, of messages that came from the other office. Both offices know then, each for
// itself, what is overdue and what is not any more.
func (l Line) Deeds(fx store.Effects, messages []journal.ID, status, reason string) store.Effects {
	for _, m := range messages {
		if !m.IsZero() {
			fx.Messages = append(fx.Messages, post.Deed{Partner: l.With, Message: m, Status: status, Reason: reason})
		}
	}
	return fx
}

// Why a message of the other office asks for nothing any more although nobody answered it: reasons of Deeds.
const (
	TakenBack = "exchange.mark.taken_back"
	Corrected = "exchange.mark.corrected" // a later message stands in its place
	MoreTime  = "exchange.mark.more_time" // likewise
)

// TakeBack tells every office of went that may hold something, but for one, that it is taken back: also one from which it
// came back as not delivered, since a try before may have arrived. Messages of the types that voids lists no longer leave.
func TakeBack(l Line, went []journal.ID, but, entry journal.ID, typ string, body any, voids ...string) (store.Effects, error) {
	var out store.Effects
	for _, to := range went {
		if to == but {
			continue
		}
		l.With = to
		m, err := l.Message(entry, typ, []journal.Category{journal.D0}, body, voids...)
		if err != nil {
			return out, err
		}
		out.Messages = append(out.Messages, m)
	}
	return out, nil
}

// Mail is what a room takes messages in with.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner.
	Job func(owner journal.ID) (store.Who, error)
}

// Nothing is the draft of a message that brings nothing new; it is noted as handled all the same.
var Nothing = store.Draft{}

// Take writes a message as an entry of a dossier of state S, in one transaction with the note that it was handled. The entry
// has the message's id and time, so that it folds to the same whenever it comes. draft gives its type and payload from the
// dossier as it stands, Nothing, or why the other office may not say so.
func Take[S any](ctx context.Context, m Mail, in post.Incoming, ref store.Ref, draft func(S) (store.Draft, error)) error {
	if ref.ID.IsZero() {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	w, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		d, err := draft(state.(S))
		if err != nil || d.Type == "" {
			return nil, err
		}
		d.ID, d.At = in.ID, in.Sent
		return []store.Draft{d}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// Note writes what became of a message that this office sent: draft gives its type and payload, or Nothing.
func Note[S any](ctx context.Context, m Mail, owner journal.ID, out post.Sent, ref store.Ref, draft func(S) store.Draft) error {
	w, err := m.Job(owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		d := draft(state.(S))
		if d.Type == "" {
			return nil, nil
		}
		d.ID = ID("ended", out.ID.String())
		return []store.Draft{d}, nil
	})
	return err
}

// Lost says whether a receipt says that a message did not arrive, other than because it was withdrawn before.
func Lost(r post.Receipt) bool { return r.Status != post.Accepted && r.Status != post.Voided }

// Holds says whether a message holds exactly the categories that its header, and so the terms, were asked about; an Uncovered
// fault when not.
func Holds(in post.Incoming, want []journal.Category) error {
	a, b := slices.Clone(in.Categories), slices.Clone(want)
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		return fault.New(fault.Uncovered, "exchange.post.categories")
	}
	return nil
}

// RemindEvery is how often at most one office asks another about the same matter again.
const RemindEvery = 24 * time.Hour

// MayRemind says whether a matter of which the other office was reminded last may be spoken of again now.
func MayRemind(last, now time.Time) bool { return last.IsZero() || !now.Before(last.Add(RemindEvery)) }
