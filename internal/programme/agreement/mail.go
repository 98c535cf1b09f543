// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// Message types between two offices; their conversation is the agreement, which has the same id in both.
const (
	MsgVersion   = "agreement.version"
	MsgConsent   = "agreement.consent"
	MsgSignature = "agreement.signature"
	MsgPart      = "agreement.part" // of the signed file; each is a conversation of its own, since nothing follows from their order
)

// Categories is what such a message carries, but for a piece of the signed file: names and signatures stand on that one.
func Categories() []journal.Category { return []journal.Category{journal.PP, journal.PI} }

// FileCategories is what a piece of the signed file carries.
func FileCategories() []journal.Category { return []journal.Category{journal.PC} }

// Bodies of the messages. Opened travels with each version, so that the first one opens the agreement there; of it the
// receiving office takes what is about both, never the sender's own records.
type (
	VersionBody struct {
		Agreement  journal.ID  `json:"agreement"`
		Opened     Opened      `json:"opened"`
		From       string      `json:"from,omitempty"`
		By         string      `json:"by"`
		Note       string      `json:"note,omitempty"`
		Paragraphs []Paragraph `json:"paragraphs"`
	}
	ConsentBody struct {
		Agreement journal.ID `json:"agreement"`
		Consent   Consent    `json:"consent"`
	}
	SignatureBody struct {
		Agreement journal.ID `json:"agreement"`
		Signature Signature  `json:"signature"`
	}
	PartBody struct {
		Agreement journal.ID `json:"agreement"`
		Part      Part       `json:"part"`
		Bytes     []byte     `json:"bytes"`
	}
)

// effects sends what an entry tells the other office: a version when somebody sends it, an agreement to its words and the
// hash of the signed file when the other office knows the version.
func effects(g *store.Guarding, _, after Agreement, e journal.Entry) (store.Effects, error) {
	if retention.Is(e.Type) {
		return retention.Effects(e, journal.PC), nil
	}
	var typ string
	var body any
	switch e.Type {
	case SentType:
		v, err := journal.In[Sent](e)
		if err != nil {
			return store.Effects{}, err
		}
		x, _ := after.Version(v.Hash)
		o := after.Opened
		o.Office, o.Need, o.Action, o.Activity, o.Model = g.Owner, journal.ID{}, journal.ID{}, "", "" // ours, and none of theirs
		o.Owner, o.Due = journal.ID{}, party.PartialDate{}                                            // each side follows up its own
		typ, body = MsgVersion, VersionBody{e.Dossier, o, x.From, x.By, x.Note, x.Paragraphs}
	case AgreedType:
		v, err := journal.In[Consent](e)
		if err != nil || !after.Shared(v.Hash) {
			return store.Effects{}, err
		}
		typ, body = MsgConsent, ConsentBody{e.Dossier, v}
	case SignedType:
		v, err := journal.In[Signature](e)
		if err != nil || !after.Shared(v.Hash) {
			return store.Effects{}, err
		}
		v.Copy = false // the file follows, where it may
		typ, body = MsgSignature, SignatureBody{e.Dossier, v}
	default:
		return store.Effects{}, nil
	}
	if after.Opened.Office.IsZero() {
		return store.Effects{}, nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return store.Effects{}, err
	}
	fx := store.Effects{Messages: []any{post.Outgoing{ID: provenance.ID("agreement message", e.ID.String()), To: after.Opened.Office, Type: typ, Conversation: e.Dossier, Purpose: between.Purpose, Basis: "law", Categories: Categories(), Body: raw}}}
	if e.Type == SignedType {
		err = after.sendFile(g, e, &fx)
	}
	return fx, err
}

// sendFile sends the signed file after its hash, in pieces, where terms let it go there. Where they do not, each office
// keeps the copy that it has recorded itself.
func (a Agreement) sendFile(g *store.Guarding, e journal.Entry, fx *store.Effects) error {
	if _, err := terms.Find(g, g.Owner, a.Opened.Office, between.Purpose, FileCategories()); err != nil {
		return nil
	}
	of := (len(g.Bytes()) + partSize - 1) / partSize
	n := 0
	for b := range slices.Chunk(g.Bytes(), partSize) {
		n++
		raw, err := json.Marshal(PartBody{a.ID, Part{a.Signature.File, n, of}, b})
		if err != nil {
			return err
		}
		id := provenance.ID("agreement file", e.ID.String(), strconv.Itoa(n))
		fx.Messages = append(fx.Messages, post.Outgoing{ID: id, To: a.Opened.Office, Type: MsgPart, Conversation: id, Purpose: between.Purpose, Basis: "law", Categories: FileCategories(), Body: raw})
	}
	return nil
}

// Mail connects agreements with the post.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner, for exchange.
	Job  func(owner journal.ID) (store.Who, error)
	Post *post.Post
}

// Register registers the message types.
func (m Mail) Register() {
	m.Post.Register(MsgVersion, m.version, m.receipted)
	m.Post.Register(MsgConsent, m.consent, m.receipted)
	m.Post.Register(MsgSignature, m.signature, m.receipted)
	m.Post.Register(MsgPart, m.part, nil)
}

// read decodes a message strictly and checks that it speaks of its conversation's agreement.
func read[T any](in post.Incoming, agreement func(T) journal.ID) (T, error) {
	v, err := post.Read[T](in)
	if err != nil {
		return v, err
	}
	if in.Conversation.IsZero() || agreement(v) != in.Conversation {
		return v, fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return v, nil
}

// write appends what arrived, with the message's id as the entry's, in one transaction with the post's note that it was
// handled. Only the office that the agreement is with may speak of it.
func (m Mail) write(ctx context.Context, in post.Incoming, agreement journal.ID, drafts func(a Agreement) ([]store.Draft, error)) error {
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, who, store.Ref{Kind: access.KindAgreement, ID: agreement}, func(state any) ([]store.Draft, error) {
		a := state.(Agreement)
		if a.Exists() && a.Opened.Office != in.From {
			return nil, fault.New(fault.Denied, "agreement.guard.other_office")
		}
		return drafts(a)
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

func (m Mail) version(ctx context.Context, in post.Incoming) error {
	b, err := read(in, func(b VersionBody) journal.ID { return b.Agreement })
	if err != nil {
		return err
	}
	return m.write(ctx, in, in.Conversation, func(a Agreement) ([]store.Draft, error) {
		var out []store.Draft
		if !a.Exists() {
			o := b.Opened
			o.Office, o.Need, o.Action, o.Activity, o.Model = in.From, journal.ID{}, journal.ID{}, "", ""
			out = append(out, store.Draft{ID: provenance.ID("agreement opened", in.ID.String()), Type: OpenedType, Payload: o})
		}
		v := NewVersion(in.From, b.From, b.By, b.Note, b.Paragraphs)
		if _, known := a.Version(v.Hash); known >= 0 {
			return nil, nil // the same words came before: nothing is new
		}
		return append(out, store.Draft{ID: in.ID, Type: DraftedThere, Payload: v}), nil
	})
}

func (m Mail) consent(ctx context.Context, in post.Incoming) error {
	b, err := read(in, func(b ConsentBody) journal.ID { return b.Agreement })
	if err != nil {
		return err
	}
	b.Consent.Office = in.From
	return m.write(ctx, in, in.Conversation, func(a Agreement) ([]store.Draft, error) {
		return about(a, b.Consent.Hash, in.ID, AgreedThere, b.Consent)
	})
}

func (m Mail) signature(ctx context.Context, in post.Incoming) error {
	b, err := read(in, func(b SignatureBody) journal.ID { return b.Agreement })
	if err != nil {
		return err
	}
	b.Signature.Office = in.From
	return m.write(ctx, in, in.Conversation, func(a Agreement) ([]store.Draft, error) {
		return about(a, b.Signature.Hash, in.ID, SignedThereType, b.Signature)
	})
}

func (m Mail) part(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[PartBody](in)
	if err != nil {
		return err
	}
	return m.write(ctx, in, b.Agreement, func(a Agreement) ([]store.Draft, error) {
		if !a.Exists() { // its first version is on the way
			return nil, fault.New(fault.Unavailable, "agreement.guard.later")
		}
		if slices.ContainsFunc(a.Held, func(h Held) bool { return h.Part == b.Part && h.Of > 1 }) || len(a.parts(b.Part.File)) > 0 {
			return nil, nil // it lies here already
		}
		return []store.Draft{{ID: in.ID, Type: PartThereType, Payload: b.Part, Blob: &store.Blob{Category: journal.PC, Bytes: b.Bytes}}}, nil
	})
}

// about gives the entry of a message on a version. One that has not arrived yet may be on its way: the sender asks again.
func about(a Agreement, hash string, id journal.ID, typ string, payload any) ([]store.Draft, error) {
	if _, at := a.Version(hash); at < 0 {
		return nil, fault.New(fault.Unavailable, "agreement.guard.later")
	}
	return []store.Draft{{ID: id, Type: typ, Payload: payload}}, nil
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
	_, err = m.Store.Append(ctx, who, store.Ref{Kind: access.KindAgreement, ID: out.Conversation},
		store.Draft{ID: provenance.ID("agreement returned", out.ID.String()), Type: ReturnedType, Payload: Returned{out.Type, r.Reason}})
	return err
}
