// SPDX-License-Identifier: EUPL-1.2

// Package between is how the rooms of the programme write to other offices: a message that an entry brings about, and an
// entry that a message brings. What it says, and who may say it, is the rooms' own.
package between

import (
	"context"
	"encoding/json"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Purpose is what sharing terms must grant for the programme's messages.
const Purpose = string(access.ForProgramme)

// Message makes one of the programme's public content, and of what else its categories name. Its id follows from its type, the
// entry that brings it about and the office that it goes to, so that it is the same however often it is made.
func Message(typ string, to, conversation, entry journal.ID, body any, categories ...journal.Category) (post.Outgoing, error) {
	if len(categories) == 0 {
		categories = []journal.Category{journal.PP}
	}
	b, err := json.Marshal(body)
	return post.Outgoing{ID: provenance.ID("message", typ, entry.String(), to.String()), To: to, Conversation: conversation, Type: typ, Purpose: Purpose, Basis: "law", Categories: categories, Body: b}, err
}

// Effect is the effects of an entry that brings about one message.
func Effect(typ string, to, conversation, entry journal.ID, body any) (store.Effects, error) {
	m, err := Message(typ, to, conversation, entry, body)
	return store.Effects{Messages: []any{m}}, err
}

// Mail is what a room takes messages in with.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner, for exchange.
	Job func(owner journal.ID) (store.Who, error)
}

// Take writes a message as an entry of a dossier of state S, in one transaction with the note that it was handled. The entry has
// the message's id and time, so that it folds to the same whenever it comes. draft gives its type and payload from the dossier as
// it stands, or why the other office may not say so.
func Take[S any](ctx context.Context, m Mail, in post.Incoming, ref store.Ref, draft func(S) (store.Draft, error)) error {
	w, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		d, err := draft(state.(S))
		d.ID, d.At = in.ID, in.Sent
		return []store.Draft{d}, err
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}
