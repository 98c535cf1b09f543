// SPDX-License-Identifier: EUPL-1.2

// Package negotiation carries sharing terms between the two offices that come to them: proposals and counter-proposals, each
// side's signature, and that one of them suspended, resumed or ended what both have signed.
//
// Both offices keep their own dossier of the terms, under the same id. What the other one says stands in it under its name;
// nothing of it holds here by arriving, but for its signature over a version that this office knows, and for what it takes back.
// No terms cover these messages: the post lets them pass between offices that have pinned each other (post.Opens).
package negotiation

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Types of the messages; their conversation is the terms, which have the same id in both offices.
const (
	MsgProposed = "terms.proposed"
	MsgSigned   = "terms.signed"
	MsgMarked   = "terms.marked" // suspended, resumed or ended: it always travels
)

// MessageTypes lists them.
func MessageTypes() []string { return []string{MsgProposed, MsgSigned, MsgMarked} }

// Bodies of the messages.
type (
	// Proposed is a version, and the legal text that its hash names.
	Proposed struct {
		Document terms.Document `json:"document"`
		Text     []byte         `json:"text"`
	}
	// Signature is the sender's over the version of a hash, with its card as it is.
	Signature struct {
		Terms     journal.ID      `json:"terms"`
		Hash      string          `json:"hash"`
		Signature string          `json:"signature"`
		Card      json.RawMessage `json:"card,omitempty"`
	}
	// Mark says what the sender has decided: "suspended", "resumed" or "ended", and why, as a code.
	Mark struct {
		Terms  journal.ID `json:"terms"`
		Deed   string     `json:"deed"`
		Reason string     `json:"reason"`
	}
)

// deeds are what a Mark says, by the type of the entry.
var deeds = map[string]string{terms.SuspendedType: "suspended", terms.ResumedType: "resumed", terms.EndedType: "ended"}

// derived gives an id that follows from another one and a word, so that the same deed is one message and one entry.
func derived(id journal.ID, word string) journal.ID {
	return journal.IDOf("entraide negotiation v1\n" + word + "\n" + id.String())
}

// Tell gives the message that an entry on terms brings about: a proposal when somebody sends it, the office's own signature when
// the other office has the version from the post, and whatever takes terms back. What the other office did goes nowhere.
func Tell(g *store.Guarding, _, after terms.State, e journal.Entry) (store.Effects, error) {
	if g.Actor.Job == "post" {
		return store.Effects{}, nil
	}
	doc := after.Document
	switch e.Type {
	case terms.SentType:
		v, _ := after.Version("")
		if s, err := journal.In[terms.Sent](e); err == nil {
			v, _ = after.Version(s.Hash)
		}
		return message(g, v.Document, e, MsgProposed, Proposed{v.Document, after.TextOf(v)})
	case terms.SignedType:
		s, err := journal.In[terms.Signed](e)
		v, ok := after.Version(s.Hash)
		if err != nil || s.Office != g.Owner || !ok || !v.Known() { // of a pair of many the group's members tell each other
			return store.Effects{}, err
		}
		return message(g, doc, e, MsgSigned, Signature{e.Dossier, v.Hash, s.Signature, s.Card})
	case terms.SuspendedType, terms.ResumedType, terms.EndedType:
		m, err := journal.In[terms.Marked](e)
		v, ok := after.Version("")
		if err != nil || !m.By.IsZero() || len(after.Signatures) < 2 && !(ok && known(v)) { // a draft that never left is nobody else's
			return store.Effects{}, err
		}
		if m.Reason == "" {
			m.Reason = terms.Reasons()[0]
		}
		return message(g, doc, e, MsgMarked, Mark{e.Dossier, deeds[e.Type], m.Reason})
	}
	return store.Effects{}, nil
}

// known says whether the other office has a version, or makes it of what the members of a group signed.
func known(v terms.Version) bool { return v.Known() || !v.Document.Group.IsZero() }

func message(g *store.Guarding, doc terms.Document, e journal.Entry, typ string, body any) (store.Effects, error) {
	raw, err := json.Marshal(body)
	return store.Effects{Messages: []any{post.Outgoing{ID: derived(e.ID, typ), To: doc.Other(g.Owner).Office, Conversation: e.Dossier, Type: typ, Purpose: post.Opening, Basis: "law",
		Categories: []journal.Category{journal.OF}, Body: raw, About: post.Spoken{Hash: doc.Hex(), Handling: doc.Handling}, WhenCovered: typ == MsgMarked}}}, err
}

// Mail connects terms with the post.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner, for exchange.
	Job func(owner journal.ID) (store.Who, error)
	// Paired is told that terms which belong to a group of many parties moved. Nil tells nobody.
	Paired func(ctx context.Context, owner, group journal.ID) error
}

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Opens(MessageTypes()...)
	p.Returns(MsgMarked)
	p.Register(MsgProposed, m.proposed, m.receipted)
	p.Register(MsgSigned, m.signed, m.receipted)
	p.Register(MsgMarked, m.marked, nil)
}

// take writes what a message says, in one transaction with the note that it was handled. Only the office that the terms are
// with may speak of them, and of none but those that its header names.
func (m Mail) take(ctx context.Context, in post.Incoming, id journal.ID, drafts func(terms.State) ([]store.Draft, error)) error {
	if id.IsZero() || id != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	r, err := m.Store.Update(ctx, who, store.Ref{Kind: access.KindTerms, ID: id}, func(state any) ([]store.Draft, error) {
		s := state.(terms.State)
		if len(s.Versions) > 0 && s.Document.Other(in.Owner).Office != in.From {
			return nil, fault.New(fault.Denied, "exchange.terms.not_a_party")
		}
		return drafts(s)
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	if s, ok := r.State.(terms.State); err == nil && ok && m.Paired != nil && !s.Document.Group.IsZero() {
		_ = m.Paired(ctx, in.Owner, s.Document.Group) // what was taken in is taken in; the group is brought up to date later again
	}
	return err
}

func (m Mail) proposed(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[Proposed](in)
	if err != nil {
		return err
	}
	if b.Document.Hex() != in.Terms || b.Document.Handling != in.Handling || b.Document.Other(in.Owner).Office != in.From {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return m.take(ctx, in, b.Document.ID, func(s terms.State) ([]store.Draft, error) {
		if v, known := s.Version(in.Terms); known && (v.Came || len(s.Signatures) > 0) {
			return nil, nil // nothing is new
		}
		return []store.Draft{{ID: in.ID, Type: terms.DraftedType, Payload: terms.Drafted{Document: b.Document, Text: b.Text, By: in.From}}}, nil
	})
}

func (m Mail) signed(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[Signature](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Terms, func(s terms.State) ([]store.Draft, error) {
		if s.Signatures[in.From] == b.Signature {
			return nil, nil
		}
		if _, known := s.Version(b.Hash); !known { // its proposal may be on the way
			return nil, fault.New(fault.Unavailable, "exchange.terms.later")
		}
		return []store.Draft{{ID: in.ID, Type: terms.SignedType, Payload: terms.Signed{Office: in.From, Signature: b.Signature, Hash: b.Hash, Card: b.Card}}}, nil
	})
}

// marked takes what the other office decided. What is not known here, or has ended, is left as it is.
func (m Mail) marked(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[Mark](in)
	if err != nil {
		return err
	}
	typ := ""
	for t, d := range deeds {
		if d == b.Deed {
			typ = t
		}
	}
	if typ == "" || !slices.Contains(terms.Reasons(), b.Reason) {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return m.take(ctx, in, b.Terms, func(s terms.State) ([]store.Draft, error) {
		if len(s.Versions) == 0 || s.Ended {
			return nil, nil
		}
		return []store.Draft{{ID: in.ID, Type: typ, Payload: terms.Marked{Reason: b.Reason, By: in.From}}}, nil
	})
}

// receipted notes that a message was refused, or never left.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	if r.Status == "accepted" {
		return nil
	}
	who, err := m.Job(owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Append(ctx, who, store.Ref{Kind: access.KindTerms, ID: out.Conversation},
		store.Draft{ID: derived(out.ID, "returned"), Type: terms.ReturnedType, Payload: terms.Returned{Message: out.Type, Reason: r.Reason}})
	return err
}
