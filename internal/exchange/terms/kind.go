// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Kinds gives the dossier kinds "partner" and "terms". self gives an owner's own card.
func Kinds(self func(owner journal.ID) (card.Card, error)) []store.Kind {
	return []store.Kind{partnerKind(), termsKind(self)}
}

// Summary is what a row of a list of partners or terms shows.
type Summary struct {
	Name    string            `json:"name" part:"OF"`
	Kind    access.OfficeKind `json:"kind,omitempty" part:"OF"`
	Country string            `json:"country,omitempty" part:"OF"`
	Title   string            `json:"title,omitempty" part:"OF"`
	Until   time.Time         `json:"until,omitzero" part:"OF"`
	Status  string            `json:"status,omitempty" part:"OF"`
}

func partnerKind() store.Kind {
	return store.Of(store.KindOf[Partner]{
		Name: access.KindPartner, Base: journal.OF, Codes: []string{"country", "kind"},
		Types: []store.Type{{Name: "partner.pinned", Payload: Pinned{}}, {Name: "partner.blocked", Payload: Blocked{}}, {Name: "partner.unblocked", Payload: Blocked{}},
			{Name: WitnessChosen, Payload: Witnessing{}}, {Name: WitnessReleased, Payload: Witnessing{}}, {Name: LogForked, Payload: Forked{}, Room: WitnessRoom},
			{Name: LogSettled, Payload: Settled{}, Room: WitnessRoom}, {Name: LogAccepted, Payload: Accepted{}, Room: WitnessRoom}},
		Fold: FoldPartner,
		Guard: func(g *store.Guarding, p Partner, e journal.Entry) error {
			if e.Type != "partner.pinned" {
				if p.PinnedAt.IsZero() {
					return fault.New(fault.NotFound, "store.not_found")
				}
				return guardLog(g, p, e)
			}
			v, err := journal.In[Pinned](e)
			if err != nil {
				return err
			}
			c, err := card.Parse(v.Card)
			if err != nil {
				return err
			}
			if c.Office != e.Dossier || c.Office == g.Owner {
				return fault.Bad("card", "exchange.card.other_office")
			}
			if !slices.Contains([]string{"phone", "in_person", "paper", "demo"}, v.How) {
				return fault.Bad("how", "exchange.card.how")
			}
			return nil
		},
		Derive: func(p Partner) store.Derived {
			d := store.Derived{State: "pinned", Codes: map[string][]string{}}
			if p.Blocked {
				d.State = "blocked"
			}
			if p.Card.Country != "" {
				d.Codes["country"] = []string{p.Card.Country}
				d.Codes["kind"] = []string{string(p.Card.Kind)}
			}
			d.Summary = Summary{Name: p.Card.Name, Kind: p.Card.Kind, Country: p.Card.Country, Status: d.State}
			return d
		},
	})
}

// guardLog keeps police from witnessing an assistance office's log, whose rhythm and length say something of the people
// helped, and asks for a reason where people go on with a log that contradicts itself.
func guardLog(g *store.Guarding, p Partner, e journal.Entry) error {
	switch e.Type {
	case WitnessChosen:
		if !MayWitness(p.Card.Kind, g.Office) {
			return fault.New(fault.Guarded, "exchange.witness.police")
		}
	case LogAccepted:
		v, err := journal.In[Accepted](e)
		if err != nil {
			return err
		}
		if p.Theirs == nil {
			return fault.New(fault.Guarded, "exchange.witness.no_fork")
		}
		if utf8.RuneCountInString(strings.TrimSpace(v.Reason)) < leastReason {
			return fault.Bad("reason", "exchange.witness.reason", "Min", leastReason)
		}
	}
	return nil
}

// MayWitness says whether an office of a kind may keep checkpoints of the log of one of another.
func MayWitness(witness, owner access.OfficeKind) bool {
	return !(owner == access.Assistance && witness == access.Police)
}

func termsKind(self func(journal.ID) (card.Card, error)) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindTerms, Base: journal.OF, Codes: []string{"party"},
		Types: []store.Type{{Name: "terms.drafted", Payload: Drafted{}}, {Name: "terms.signed", Payload: Signed{}}, {Name: "terms.suspended", Payload: Marked{}},
			{Name: "terms.resumed", Payload: Marked{}}, {Name: "terms.ended", Payload: Marked{}}},
		Fold:  Fold,
		Guard: func(g *store.Guarding, s State, e journal.Entry) error { return guardTerms(g, s, e, self) },
		Derive: func(s State) store.Derived {
			d := store.Derived{State: s.Status(s.Document.From), Codes: map[string][]string{}, Due: s.Document.Until}
			for _, p := range s.Document.Parties {
				if !p.Office.IsZero() {
					d.Codes["party"] = append(d.Codes["party"], p.Office.String())
				}
			}
			d.Summary = Summary{Name: s.Document.Parties[0].Name + " – " + s.Document.Parties[1].Name, Title: s.Document.Title, Until: s.Document.Until, Status: d.State}
			return d
		},
	})
}

func guardTerms(g *store.Guarding, s State, e journal.Entry, self func(journal.ID) (card.Card, error)) error {
	switch e.Type {
	case "terms.drafted":
		p, err := journal.In[Drafted](e)
		if err != nil {
			return err
		}
		return guardDrafted(g, s, e, p)
	case "terms.signed":
		p, err := journal.In[Signed](e)
		if err != nil {
			return err
		}
		c, err := cardOf(g, p.Office, self)
		if err != nil {
			return err
		}
		return Check(s.Document, p.Signature, c)
	}
	if s.Document.ID.IsZero() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if s.Ended {
		return fault.New(fault.Guarded, "exchange.terms.ended")
	}
	return nil
}

func guardDrafted(g *store.Guarding, s State, e journal.Entry, p Drafted) error {
	if len(s.Signatures) > 0 {
		return fault.New(fault.Guarded, "exchange.terms.signed_already")
	}
	if err := p.Document.Validate(); err != nil {
		return err
	}
	if p.Document.ID != e.Dossier || !slices.ContainsFunc(p.Document.Parties[:], func(x Party) bool { return x.Office == g.Owner }) {
		return fault.Bad("parties", "exchange.terms.need.parties")
	}
	if h := sha256.Sum256(p.Text); len(p.Text) == 0 || len(p.Text) > MaxText || hex.EncodeToString(h[:]) != p.Document.TextHash {
		return fault.Bad("text", "exchange.terms.need.text")
	}
	return nil
}

// cardOf gives the card of either party: one's own, or a pinned partner's.
func cardOf(g *store.Guarding, office journal.ID, self func(journal.ID) (card.Card, error)) (card.Card, error) {
	if office == g.Owner {
		return self(g.Owner)
	}
	s, err := g.Other(access.KindPartner, office)
	if err != nil {
		return card.Card{}, fault.New(fault.Guarded, "exchange.terms.pin_first")
	}
	p := s.(Partner)
	if p.Blocked {
		return card.Card{}, fault.New(fault.Guarded, "exchange.partner.blocked")
	}
	return p.Card, nil
}

// Find gives, for a guard, the terms in force under which one office may send another categories for a
// purpose: their id, or an Uncovered fault of the best candidate.
func Find(g *store.Guarding, from, to journal.ID, purpose string, cats []journal.Category) (journal.ID, error) {
	other := to
	if other == g.Owner {
		other = from
	}
	if p, err := g.Other(access.KindPartner, other); err != nil || p.(Partner).Blocked {
		return journal.ID{}, fault.New(fault.Uncovered, "exchange.partner.unknown")
	}
	ids, err := g.Find(access.KindTerms, "party", other.String())
	if err != nil {
		return journal.ID{}, err
	}
	var why error = fault.New(fault.Uncovered, "exchange.terms.none")
	for _, id := range ids {
		s, err := g.Other(access.KindTerms, id)
		if err != nil {
			return journal.ID{}, err
		}
		if why = s.(State).Covers(g.Now, from, to, purpose, cats); why == nil {
			return id, nil
		}
	}
	return journal.ID{}, why
}
