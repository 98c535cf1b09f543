// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"context"
	"encoding/json"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// MessageType is the type of the message that carries a figure, and Purpose what sharing terms must grant for it.
const (
	MessageType = "figure.count"
	TableType   = "figure.table"
	Purpose     = "statistics"
)

// Mail connects figures with the post.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner, for exchange.
	Job  func(owner journal.ID) (store.Who, error)
	Post *post.Post
}

// Register registers the message type.
func (m Mail) Register() {
	m.Post.Register(MessageType, m.arrived, nil)
	m.Post.Register(TableType, m.arrivedTable, nil)
}

func (m Mail) arrivedTable(ctx context.Context, in post.Incoming) error {
	var t Table
	if err := in.Decode(&t); err != nil {
		return err
	}
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = Tell(ctx, m.Store, who, in.From, in.Sent, t, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// Last gives what this office told of the same before; the zero Telling where it has not.
func (m Mail) Last(ctx context.Context, w store.Who, t Table) (Telling, error) {
	o, err := m.Store.Open(ctx, w, TableRef(w.Actor.Owner, w.Actor.Owner, t))
	if fault.Is(err, fault.NotFound) {
		return Telling{}, nil
	}
	if err != nil {
		return Telling{}, err
	}
	return o.State.(Figure).Told, nil
}

// SendTable keeps a table of w's office and queues it for another one, in one transaction, as Send does. A table that has not
// changed is not sent again, nor is one that differs from the last by less than the threshold somewhere: it says whether one
// was sent.
func (m Mail) SendTable(ctx context.Context, w store.Who, to journal.ID, t Table) (bool, error) {
	last, err := m.Last(ctx, w, t)
	if err != nil {
		return false, err
	}
	if last.Measure != "" && t.Near(last.Table) {
		return false, fault.New(fault.Guarded, "programme.guard.near")
	}
	body, err := json.Marshal(t)
	if err != nil {
		return false, err
	}
	owner, at := w.Actor.Owner, m.Post.Clock.Now().UTC().Truncate(time.Microsecond)
	dossier := TableRef(owner, owner, t).ID
	sealed, err := m.Post.Prepare(ctx, owner, post.Outgoing{ID: provenance.ID("table message", dossier.String(), to.String(), cellsText(t), at.Format(time.RFC3339Nano)), To: to, Type: TableType,
		Conversation: dossier, Purpose: Purpose, Basis: "law", Categories: []journal.Category{journal.D9}, Body: body})
	if err != nil {
		return false, err
	}
	r, err := Tell(ctx, m.Store, w, owner, at, t, func(ctx context.Context, tx db.Tx, appended []journal.Entry) error {
		if len(appended) == 0 {
			return nil
		}
		return m.Post.Enqueue(ctx, tx, sealed)
	})
	return len(r.Appended) > 0, err
}

func (m Mail) arrived(ctx context.Context, in post.Incoming) error {
	var b Body
	if err := in.Decode(&b); err != nil {
		return err
	}
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = Receive(ctx, m.Store, who, in.From, in.Sent, b, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// Send keeps a figure of w's office and queues it for another one, in one transaction, as w: the job "post", or a person
// who may. A figure that has not changed is
// not sent again; it says whether one was sent. Errors: Invalid (what Check says), Denied (the door), Uncovered when no sharing terms let
// figures go there.
func (m Mail) Send(ctx context.Context, w store.Who, to journal.ID, b Body) (bool, error) {
	owner := w.Actor.Owner
	body, err := json.Marshal(b)
	if err != nil {
		return false, err
	}
	at := m.Post.Clock.Now().UTC().Truncate(time.Microsecond)
	figure := Ref(owner, owner, b).ID
	sealed, err := m.Post.Prepare(ctx, owner, post.Outgoing{ID: provenance.ID("figure message", figure.String(), to.String(), b.Count, at.Format(time.RFC3339Nano)), To: to, Type: MessageType,
		Conversation: figure, Purpose: Purpose, Basis: "law", Categories: []journal.Category{journal.D9}, Body: body})
	if err != nil {
		return false, err
	}
	r, err := Receive(ctx, m.Store, w, owner, at, b, func(ctx context.Context, tx db.Tx, appended []journal.Entry) error {
		if len(appended) == 0 {
			return nil
		}
		return m.Post.Enqueue(ctx, tx, sealed)
	})
	return len(r.Appended) > 0, err
}
