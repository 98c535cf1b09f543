// SPDX-License-Identifier: EUPL-1.2

package study

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// MsgSet is the type of the message that carries a list.
const MsgSet = "study.list"

type setBody struct {
	Study journal.ID   `json:"study"`
	Title wording.Text `json:"title"`
	Set   Set          `json:"set"`
}

func effects(_ *store.Guarding, _, after Study, e journal.Entry) (store.Effects, error) {
	var fx store.Effects
	if e.Type != SentType {
		return fx, nil
	}
	v, err := journal.In[Sent](e)
	if err != nil {
		return fx, err
	}
	i := slices.IndexFunc(after.Issues, func(i Issue) bool { return i.Set.Version == v.Version })
	raw, err := json.Marshal(setBody{after.ID, after.Title(), after.Issues[i].Set})
	for _, to := range v.To {
		fx.Messages = append(fx.Messages, post.Outgoing{ID: provenance.ID("study message", e.ID.String(), to.String()), To: to, Type: MsgSet, Conversation: after.ID, Purpose: between.Purpose, Basis: "law", Categories: []journal.Category{journal.PP}, Body: raw})
	}
	return fx, err
}

// Mail connects studies with the post.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner, for exchange.
	Job  func(owner journal.ID) (store.Who, error)
	Post *post.Post
}

// Register registers the message type.
func (m Mail) Register() { m.Post.Register(MsgSet, m.came, nil) }

// came keeps a list that another office sends, as a draft of this one: somebody here tries and publishes it, or nobody does.
func (m Mail) came(ctx context.Context, in post.Incoming) error {
	var b setBody
	if err := in.Decode(&b); err != nil {
		return err
	}
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, who, store.Ref{Kind: access.KindStudy, ID: b.Study}, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: provenance.ID("study came", in.Owner.String(), in.ID.String()), Type: CameType, At: in.Sent.UTC().Truncate(time.Microsecond), Payload: Came{in.From, b.Title, b.Set}}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}
