// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func (c Config) termsKind() store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindTerms, Base: journal.OF, Codes: []string{"party"}, Derives: 1,
		Types: []store.Type{{Name: DraftedType, Payload: Drafted{}}, {Name: SentType, Payload: Sent{}}, {Name: SignedType, Payload: Signed{}}, {Name: SuspendedType, Payload: Marked{}},
			{Name: ResumedType, Payload: Marked{}}, {Name: EndedType, Payload: Marked{}}, {Name: ReturnedType, Payload: Returned{}}},
		Fold: Fold, Guard: c.guard, Derive: derive, Effects: c.Tell,
	})
}

func derive(s State) store.Derived {
	doc := s.Document
	d := store.Derived{State: s.Status(doc.From), Codes: map[string][]string{}, Due: doc.Until}
	for _, p := range doc.Parties {
		if !p.Office.IsZero() {
			d.Codes["party"] = append(d.Codes["party"], p.Office.String())
		}
	}
	d.Summary = Summary{Name: doc.Parties[0].Name + " – " + doc.Parties[1].Name, Title: doc.Title, Until: doc.Until, Status: d.State, Text: doc.TextHash, Instead: doc.Replaces, From: doc.From, Group: doc.Group}
	return d
}

func (c Config) guard(g *store.Guarding, s State, e journal.Entry) error {
	if s.Document.ID.IsZero() && e.Type != DraftedType {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if (e.Type == ReturnedType) != (g.Actor.Job == post) && (e.Type == ReturnedType || e.Type == SentType) {
		return fault.New(fault.Guarded, "exchange.terms.part")
	}
	switch e.Type {
	case DraftedType:
		return read(e, func(p Drafted) error { return c.guardDrafted(g, s, e, p) })
	case SentType:
		return read(e, func(p Sent) error { return s.guardSent(p) })
	case SignedType:
		return read(e, func(p Signed) error { return c.guardSigned(g, s, p) })
	case SuspendedType, ResumedType, EndedType:
		return read(e, func(p Marked) error { return s.guardMarked(g, p) })
	}
	return nil
}

// post is the job under which what the other office says is taken in; GroupsJob makes the terms of every two members of a group
// out of what the group's members have signed.
const (
	post      = "post"
	GroupsJob = "groups"
)

func read[T any](e journal.Entry, check func(T) error) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return check(v)
}

// theirs says whether a deed of an office may be written now: the post writes the other office's only, people their own.
func (s State) theirs(g *store.Guarding, doc Document, by journal.ID) error {
	if by.IsZero() && g.Actor.Job != post || by == doc.Other(g.Owner).Office && (g.Actor.Job == post || g.Actor.Job == "operator") {
		return nil
	}
	return fault.New(fault.Guarded, "exchange.terms.part")
}

func (c Config) guardDrafted(g *store.Guarding, s State, e journal.Entry, p Drafted) error {
	doc := p.Document
	switch {
	case s.Ended:
		return fault.New(fault.Guarded, "exchange.terms.ended")
	case len(s.Signatures) > 0:
		return fault.New(fault.Guarded, "exchange.terms.signed_already")
	case len(s.Versions) >= MostVersions:
		return fault.New(fault.Guarded, "exchange.terms.too_many")
	}
	if err := doc.Validate(); err != nil {
		return err
	}
	if err := s.theirs(g, doc, p.By); err != nil {
		return err
	}
	if (g.Actor.Job == GroupsJob) == doc.Group.IsZero() {
		return fault.New(fault.Guarded, "exchange.terms.of_group")
	}
	if doc.ID != e.Dossier || !slices.ContainsFunc(doc.Parties[:], func(x Party) bool { return x.Office == g.Owner }) ||
		len(s.Versions) > 0 && (s.Document.Other(g.Owner).Office != doc.Other(g.Owner).Office) {
		return fault.Bad("parties", "exchange.terms.need.parties")
	}
	if err := c.guardParties(g, s, doc); err != nil {
		return err
	}
	if v, same := s.Version(doc.Hex()); same && (g.Actor.Job != post || v.Came) {
		return fault.New(fault.Guarded, "exchange.terms.same")
	}
	if len(p.Text) == 0 && s.texts[doc.TextHash] != nil {
		return nil
	}
	if h := sha256.Sum256(p.Text); len(p.Text) == 0 || len(p.Text) > MaxText || hex.EncodeToString(h[:]) != doc.TextHash {
		return fault.Bad("text", "exchange.terms.need.text")
	}
	return nil
}

// guardParties: the parties are those whose cards are pinned, of the kind and with the keys that stand on these; what is
// replaced is there, between the same two; and nobody fills an office with drafts.
func (c Config) guardParties(g *store.Guarding, s State, doc Document) error {
	for _, p := range doc.Parties {
		k, err := c.cardOf(g, p.Office)
		if err != nil {
			return err
		}
		if is := PartyOf(k); p.Kind != is.Kind || p.Country != is.Country || p.Fingerprint != is.Fingerprint {
			return fault.Bad("parties", "exchange.terms.need.cards")
		}
	}
	other := doc.Other(g.Owner).Office
	if !doc.Replaces.IsZero() {
		x, err := g.Other(access.KindTerms, doc.Replaces)
		if err != nil || x.(State).Document.Other(g.Owner).Office != other {
			return fault.Bad("replaces", "exchange.terms.need.replaces")
		}
	}
	if len(s.Versions) == 0 {
		ids, err := g.Find(access.KindTerms, "party", other.String())
		if err != nil || len(ids) >= mostOpen {
			return fault.New(fault.TooMuch, "exchange.terms.too_many")
		}
	}
	return nil
}

func (s State) guardSent(p Sent) error {
	v, ok := s.Version(p.Hash)
	switch {
	case s.Ended:
		return fault.New(fault.Guarded, "exchange.terms.ended")
	case !ok || !v.By.IsZero() || len(s.Signatures) > 0:
		return fault.New(fault.Guarded, "exchange.terms.part")
	case len(s.texts[v.Document.TextHash]) > MaxTravel:
		return fault.Bad("text", "exchange.terms.need.text_small", "Max", MaxTravel>>10)
	}
	return nil
}

// MaxTravel bounds a legal text that goes to the other office with a proposal.
const MaxTravel = 350 << 10

// guardSigned: a signature fits the version that it names, which is the one that the other has signed, and the signer's card.
// What one person of the office has drafted, another one signs.
func (c Config) guardSigned(g *store.Guarding, s State, p Signed) error {
	if s.Ended {
		return fault.New(fault.Guarded, "exchange.terms.ended")
	}
	by := p.Office
	if by == g.Owner {
		by = journal.ID{}
	}
	if err := s.theirs(g, s.Document, by); err != nil {
		return err
	}
	v, ok := s.Version(p.Hash)
	if !ok || len(s.Signatures) > 0 && v.Hash != s.Document.Hex() {
		return fault.New(fault.Conflict, "exchange.terms.other_document")
	}
	if g.Actor.Job == "" && v.By.IsZero() && v.Actor == g.Actor.ID { // as in State.WrittenBy
		return fault.New(fault.Guarded, "exchange.terms.second")
	}
	if err := v.Document.Validate(); err != nil {
		return err
	}
	k, err := c.cardOf(g, p.Office)
	if err != nil {
		return err
	}
	if len(p.Card) > 0 {
		if x, err := card.Parse(p.Card); err != nil || x.Fingerprint() != k.Fingerprint() {
			return fault.New(fault.Invalid, "exchange.terms.no_card")
		}
	}
	return Check(v.Document, p.Signature, k)
}

func (s State) guardMarked(g *store.Guarding, p Marked) error {
	if err := s.theirs(g, s.Document, p.By); err != nil {
		return err
	}
	if s.Ended {
		return fault.New(fault.Guarded, "exchange.terms.ended")
	}
	if p.Reason != "" && !slices.Contains(Reasons(), p.Reason) {
		return fault.Bad("reason", "exchange.terms.need.reason")
	}
	return nil
}

// Find gives, for a guard, the terms in force under which one office may send another categories for a
// purpose: their id, or an Uncovered fault of the best candidate.
func Find(g *store.Guarding, from, to journal.ID, purpose string, cats []journal.Category) (journal.ID, error) {
	all, err := with(g, from, to)
	if err != nil {
		return journal.ID{}, err
	}
	var why error = fault.New(fault.Uncovered, "exchange.terms.none")
	for _, s := range all {
		if why = s.Covers(g.Now, from, to, purpose, cats); why == nil {
			return s.Document.ID, nil
		}
	}
	return journal.ID{}, why
}

// Accepts says whether the terms in force let whoever acts take on what another office sent for a purpose: nil, Uncovered
// where none are in force, Denied where all that are name other roles.
func Accepts(g *store.Guarding, from journal.ID, purpose string, cats []journal.Category) error {
	all, err := with(g, from, g.Owner)
	if err != nil {
		return err
	}
	var why error = fault.New(fault.Uncovered, "exchange.terms.none")
	for _, s := range all {
		if err := s.Covers(g.Now, from, g.Owner, purpose, cats); err != nil {
			continue
		}
		if why = s.MayAccept(from, g.Owner, purpose, g.Actor.Roles); why == nil {
			return nil
		}
	}
	return why
}

// with gives the terms between this office and the other of two, as they stand beside each other.
func with(g *store.Guarding, from, to journal.ID) ([]State, error) {
	other := to
	if other == g.Owner {
		other = from
	}
	if p, err := g.Other(access.KindPartner, other); err != nil || p.(Partner).Blocked {
		return nil, fault.New(fault.Uncovered, "exchange.partner.unknown")
	}
	return between(g, other)
}

// between gives the terms between this office and another, as they stand beside each other, whatever is of the other by now.
func between(g *store.Guarding, other journal.ID) ([]State, error) {
	ids, err := g.Find(access.KindTerms, "party", other.String())
	if err != nil {
		return nil, err
	}
	var all []State
	for _, id := range ids {
		s, err := g.Other(access.KindTerms, id)
		if err != nil {
			return nil, err
		}
		all = append(all, s.(State))
	}
	Settle(all)
	return all, nil
}
