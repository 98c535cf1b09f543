// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Empty is for operations without input.
type Empty struct{}

// Of names an owner; zero means the node's only one.
type Of struct {
	Owner journal.ID `json:"owner,omitzero"`
}

func (n *Node) of(id journal.ID) (Owner, error) {
	if id.IsZero() {
		if len(n.Settings.Owners) > 1 {
			return Owner{}, fault.Bad("owner", "app.need.owner")
		}
		id = n.Settings.Owners[0].ID
	}
	return n.settingsOf(id)
}

// CardOut is an office's card with what people compare.
type CardOut struct {
	Card        json.RawMessage `json:"card"`
	Fingerprint string          `json:"fingerprint"`
	Words       string          `json:"words"`
}

func opCard(_ context.Context, n *Node, in Of) (CardOut, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return CardOut{}, err
	}
	s, _ := n.directory.own(o.ID)
	f := s.card.Fingerprint()
	return CardOut{s.bytes, card.Hex(f), card.Words(f)}, nil
}

// RenewCardIn makes new keys. Stolen says that the ones until now may be in other hands: then nothing that they sign counts, so
// partners are not told by it either.
type RenewCardIn struct {
	Of
	Stolen bool `json:"stolen,omitempty"`
}

// opRenewCard makes new keys for an owner's card and gives the card. Partners with terms learn of it from the key that they have
// pinned, unless it was stolen; all others compare and pin again.
func opRenewCard(ctx context.Context, n *Node, in RenewCardIn) (CardOut, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return CardOut{}, err
	}
	if err := n.waits(); err != nil {
		return CardOut{}, err
	}
	if err := n.directory.renew(ctx, o.ID, in.Stolen); err != nil {
		return CardOut{}, err
	}
	return opCard(ctx, n, in.Of)
}

// PinIn pins another office's card: someone compared its fingerprint, and says how.
type PinIn struct {
	Of
	Card json.RawMessage `json:"card"`
	How  string          `json:"how"`
	// Renewed says that the partner made its new keys itself and none was stolen.
	Renewed bool `json:"renewed,omitempty"`
}

// PinOut names the partner.
type PinOut struct {
	Partner     journal.ID `json:"partner"`
	Name        string     `json:"name"`
	Fingerprint string     `json:"fingerprint"`
	Words       string     `json:"words"`
}

// operatorOf is the named principal of the command line.
func (n *Node) operatorOf(id journal.ID) (store.Who, Owner, error) {
	o, err := n.of(id)
	if err != nil {
		return store.Who{}, o, err
	}
	w, err := n.Job(o.ID, "operator", access.ForExchange)
	return w, o, err
}

func opPin(ctx context.Context, n *Node, in PinIn) (PinOut, error) {
	w, _, err := n.operatorOf(in.Owner)
	if err != nil {
		return PinOut{}, err
	}
	c, err := card.Parse(in.Card)
	if err != nil {
		return PinOut{}, err
	}
	_, err = n.Store.Append(ctx, w, store.Ref{Kind: access.KindPartner, ID: c.Office}, store.Draft{Type: "partner.pinned", Payload: terms.Pinned{Card: in.Card, How: in.How, Renewed: in.Renewed}})
	f := c.Fingerprint()
	return PinOut{c.Office, c.Name, card.Hex(f), card.Words(f)}, err
}

// DraftIn drafts sharing terms with a pinned partner. Grants name the parties by id.
type DraftIn struct {
	Of
	ID        journal.ID    `json:"id,omitzero"` // zero makes one
	Partner   journal.ID    `json:"partner"`
	Title     string        `json:"title"`
	Grants    []terms.Grant `json:"grants"`
	Handling  string        `json:"handling"`
	Basis     string        `json:"basis"`
	TextName  string        `json:"text_name"`
	Text      []byte        `json:"text"` // the legally signed text
	From      time.Time     `json:"from"`
	Until     time.Time     `json:"until"`
	Retention int           `json:"retention_days"`
	Replaces  journal.ID    `json:"replaces,omitzero"` // terms that end when these begin
}

// TermsOut is what travels between the two offices while they sign: the document, its text, signatures.
type TermsOut struct {
	Document   terms.Document                 `json:"document"`
	Text       []byte                         `json:"text"`
	Signatures map[journal.ID]string          `json:"signatures"`
	Cards      map[journal.ID]json.RawMessage `json:"cards,omitempty"` // of those who signed, as they were then
	Status     string                         `json:"status"`
	Hash       string                         `json:"hash"`
}

func termsOut(s terms.State, now time.Time) TermsOut {
	return TermsOut{s.Document, s.Text, s.Signatures, s.Cards, s.Status(now), s.Document.Hex()}
}

func opDraftTerms(ctx context.Context, n *Node, in DraftIn) (TermsOut, error) {
	w, o, err := n.operatorOf(in.Owner)
	if err != nil {
		return TermsOut{}, err
	}
	own, _, err := n.directory.Self(ctx, o.ID)
	if err != nil {
		return TermsOut{}, err
	}
	partner, err := n.directory.Partner(ctx, o.ID, in.Partner)
	if err != nil {
		return TermsOut{}, err
	}
	if in.ID.IsZero() {
		in.ID = n.newID()
	}
	text := sha256.Sum256(in.Text)
	d := terms.Document{Version: 1, ID: in.ID, Title: in.Title, Parties: [2]terms.Party{terms.PartyOf(own), terms.PartyOf(partner)}, Grants: in.Grants, Handling: in.Handling,
		Replaces: in.Replaces, Basis: in.Basis, TextName: in.TextName, TextHash: hex.EncodeToString(text[:]), From: in.From.UTC(), Until: in.Until.UTC(), Retention: in.Retention}
	r, err := n.Store.Append(ctx, w, store.Ref{Kind: access.KindTerms, ID: d.ID}, store.Draft{Type: "terms.drafted", Payload: terms.Drafted{Document: d, Text: in.Text}})
	if err != nil {
		return TermsOut{}, err
	}
	return termsOut(r.State.(terms.State), n.Clock.Now()), nil
}

// SignIn signs terms for an owner. Terms that the other side drafted come with their document and signatures.
type SignIn struct {
	Of
	ID    journal.ID `json:"id"`
	Terms *TermsOut  `json:"terms,omitempty"`
}

func opSignTerms(ctx context.Context, n *Node, in SignIn) (TermsOut, error) {
	w, _, err := n.operatorOf(in.Owner)
	if err != nil {
		return TermsOut{}, err
	}
	return n.signTerms(ctx, w, in)
}

// signTerms signs terms in the name of an actor's office; the door asks whether the actor may.
func (n *Node) signTerms(ctx context.Context, w store.Who, in SignIn) (TermsOut, error) {
	owner := w.Actor.Owner
	_, secrets, err := n.directory.Self(ctx, owner)
	if err != nil {
		return TermsOut{}, err
	}
	own, _ := n.directory.own(owner)
	if in.Terms != nil {
		in.ID = in.Terms.Document.ID
	}
	r, err := n.Store.Update(ctx, w, store.Ref{Kind: access.KindTerms, ID: in.ID}, func(state any) ([]store.Draft, error) {
		s := state.(terms.State)
		var ds []store.Draft
		if in.Terms != nil {
			if ds, err = taken(s, *in.Terms, owner); err != nil {
				return nil, err
			}
			s.Document = in.Terms.Document
		}
		if s.Document.ID.IsZero() {
			return nil, fault.New(fault.NotFound, "store.not_found")
		}
		if s.Signatures[owner] == "" {
			ds = append(ds, store.Draft{Type: "terms.signed", Payload: terms.Signed{Office: owner, Signature: terms.Sign(s.Document, secrets.Sign), Hash: s.Document.Hex(), Card: own.bytes}})
		}
		return ds, nil
	})
	if err != nil {
		return TermsOut{}, err
	}
	return termsOut(r.State.(terms.State), n.Clock.Now()), nil
}

// taken gives the entries that take over what the other side sent: the same document, and signatures that
// are not here yet.
func taken(s terms.State, t TermsOut, owner journal.ID) ([]store.Draft, error) {
	var ds []store.Draft
	switch {
	case s.Document.ID.IsZero():
		ds = append(ds, store.Draft{Type: "terms.drafted", Payload: terms.Drafted{Document: t.Document, Text: t.Text, By: t.Document.Other(owner).Office}})
	case s.Document.Hash() != t.Document.Hash():
		return nil, fault.New(fault.Conflict, "exchange.terms.other_document")
	}
	for office, sig := range t.Signatures {
		if s.Signatures[office] == "" {
			ds = append(ds, store.Draft{Type: "terms.signed", Payload: terms.Signed{Office: office, Signature: sig, Card: t.Cards[office]}})
		}
	}
	return ds, nil
}

// ExportIn names the terms to give out.
type ExportIn struct {
	Of
	ID journal.ID `json:"id"`
}

func opExportTerms(ctx context.Context, n *Node, in ExportIn) (TermsOut, error) {
	w, _, err := n.operatorOf(in.Owner)
	if err != nil {
		return TermsOut{}, err
	}
	o, err := n.Store.Open(ctx, w, store.Ref{Kind: access.KindTerms, ID: in.ID})
	if err != nil {
		return TermsOut{}, err
	}
	return termsOut(o.State.(terms.State), n.Clock.Now()), nil
}

// FoundersIn are the first two people of an office.
type FoundersIn struct {
	Of
	Founders [2]identity.Founder `json:"founders"`
}

func opFounders(ctx context.Context, n *Node, in FoundersIn) ([2]identity.Link, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return [2]identity.Link{}, err
	}
	return n.Identity.Found(ctx, o.ID, in.Founders)
}

// Verified is the verdict on the logs of one owner, or of every owner.
type Verified struct {
	OK      bool            `json:"ok"`
	Reports []ledger.Report `json:"reports"`
	Forks   []OpenFork      `json:"forks"` // open contradictions; one of an own log makes the verdict false
}

func opVerify(ctx context.Context, n *Node, in Of) (Verified, error) {
	if _, err := n.sequencer.Once(ctx); err != nil {
		return Verified{}, err
	}
	v := Verified{OK: true, Forks: []OpenFork{}}
	for _, o := range n.Settings.Owners {
		if !in.Owner.IsZero() && o.ID != in.Owner {
			continue
		}
		r, err := n.verify(ctx, o.ID)
		if err != nil {
			return v, err
		}
		v.Reports = append(v.Reports, r)
		v.OK = v.OK && r.OK
		forks, err := n.forks(ctx, o.ID)
		if err != nil {
			return v, err
		}
		for _, f := range forks {
			v.OK = v.OK && !f.Ours
		}
		v.Forks = append(v.Forks, forks...)
	}
	return v, nil
}

// verify checks one owner's whole log.
func (n *Node) verify(ctx context.Context, owner journal.ID) (r ledger.Report, err error) {
	signer, err := n.signer(owner)
	if err != nil {
		return r, err
	}
	err = n.DB.Read(ctx, func(tx dbTx) error {
		r, err = ledger.Verify(ctx, tx, owner, signer.Verifier(), canonical, store.CountEntries, ledger.RowsOf("identity_event"), post.CountLeaves)
		return err
	})
	return r, err
}

// canonical gives the leaf of any stored entry: a dossier's, a read, an account's event, or a receipt that was given.
func canonical(ctx context.Context, tx dbTx, owner, id journal.ID) ([]byte, error) {
	b, err := store.Canonical(ctx, tx, owner, id)
	if errors.Is(err, store.ErrNoEntry) {
		event, eerr := identity.Canonical(ctx, tx, owner, id)
		if eerr == nil {
			return event, nil
		}
		if receipt, perr := post.Canonical(ctx, tx, owner, id); perr == nil {
			return receipt, nil
		}
	}
	return b, err
}

// Delivered counts the receipts that came back.
type Delivered struct {
	Receipts int   `json:"receipts"`
	Queued   int64 `json:"queued"`
}

// opDeliver tries the outbox now. What could not be delivered stays queued, which is not an error.
func opDeliver(ctx context.Context, n *Node, _ Empty) (Delivered, error) {
	got, _ := n.courier.Once(ctx)
	if n.running.Load() { // else nobody is at home for what comes back through a relay
		_ = n.relayed.Once(ctx) // like what the courier could not deliver, it waits, and the status says so
	}
	s, err := opStatus(ctx, n, Empty{})
	return Delivered{got, s.Queued}, err
}

// PassIn lets hours pass in a demo.
type PassIn struct {
	Hours int `json:"hours"`
}

func opPass(ctx context.Context, n *Node, in PassIn) (Status, error) {
	now, err := n.pass(time.Duration(in.Hours) * time.Hour)
	if err == nil {
		_, err = n.MarkOnce(ctx) // as the clock would have done meanwhile
	}
	return Status{Now: now, Demo: true}, err
}

// SeedIn makes a demo's people.
type SeedIn struct {
	Of
	People []identity.Seeded `json:"people"`
}

func opSeed(ctx context.Context, n *Node, in SeedIn) ([]journal.ID, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return nil, err
	}
	return n.Identity.Seed(ctx, o.ID, in.People)
}
