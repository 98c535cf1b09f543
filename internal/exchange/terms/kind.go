// SPDX-License-Identifier: EUPL-1.2

package terms

import (
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

// Config is what the kinds need. Self gives an owner's own card; Tell gives the messages by which the other office learns of
// an entry on terms, nil tells nobody.
type Config struct {
	Self func(owner journal.ID) (card.Card, error)
	Tell func(g *store.Guarding, before, after State, e journal.Entry) (store.Effects, error)
}

// Kinds gives the dossier kinds "partner" and "terms".
func Kinds(c Config) []store.Kind { return []store.Kind{partnerKind(), c.termsKind()} }

// Summary is what a row of a list of partners or terms shows.
type Summary struct {
	Name    string            `json:"name" part:"OF"`
	Kind    access.OfficeKind `json:"kind,omitempty" part:"OF"`
	Country string            `json:"country,omitempty" part:"OF"`
	Title   string            `json:"title,omitempty" part:"OF"`
	Until   time.Time         `json:"until,omitzero" part:"OF"`
	Status  string            `json:"status,omitempty" part:"OF"`
	Text    string            `json:"text,omitempty" part:"OF"`   // hash of the legal text
	Instead journal.ID        `json:"instead,omitzero" part:"OF"` // the terms that these replace
	From    time.Time         `json:"from,omitzero" part:"OF"`
	Group   journal.ID        `json:"group,omitzero" part:"OF"` // the terms of several offices that these are a pair of
	Misused time.Time         `json:"misused,omitzero" part:"OF"`
}

func partnerKind() store.Kind {
	return store.Of(store.KindOf[Partner]{
		Name: access.KindPartner, Base: journal.OF, Codes: []string{"country", "kind"},
		Types: []store.Type{{Name: "partner.pinned", Payload: Pinned{}}, {Name: "partner.blocked", Payload: Blocked{}}, {Name: "partner.unblocked", Payload: Blocked{}},
			{Name: WitnessChosen, Payload: Witnessing{}}, {Name: WitnessReleased, Payload: Witnessing{}}, {Name: LogForked, Payload: Forked{}, Room: WitnessRoom},
			{Name: LogSettled, Payload: Settled{}, Room: WitnessRoom}, {Name: LogAccepted, Payload: Accepted{}, Room: WitnessRoom}, {Name: TakenAlong, Payload: Along{}}, {Name: KeyMisused, Payload: Misused{}, Room: PostRoom}},
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
			if !p.PinnedAt.IsZero() && c.Kind != p.Card.Kind { // what an office is for never changes: walls rest on it
				return fault.Bad("card", "exchange.card.kind")
			}
			// What the post pins nobody compared, and what people pin they did.
			if byPost := g.Actor.Job == post; byPost != (v.How == ByRenewal) || !byPost && !slices.Contains([]string{"phone", "in_person", "paper", "demo"}, v.How) {
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
			d.Summary = Summary{Name: p.Card.Name, Kind: p.Card.Kind, Country: p.Card.Country, Status: d.State, Misused: p.Misused}
			return d
		},
	})
}

// guardLog holds a note of what was taken along against its form, keeps police from witnessing an assistance office's log, whose rhythm and length say something of the people
// helped, and asks for a reason where people go on with a log that contradicts itself.
func guardLog(g *store.Guarding, p Partner, e journal.Entry) error {
	switch e.Type {
	case WitnessChosen:
		if !MayWitness(p.Card.Kind, g.Office) {
			return fault.New(fault.Guarded, "exchange.witness.police")
		}
	case TakenAlong:
		if v, err := journal.In[Along](e); err != nil || !slices.Contains([]string{"file", "mail", "codes"}, v.As) || v.Messages < 0 || v.Receipts < 0 || v.Pieces < 0 || v.Messages+v.Receipts+v.Pieces == 0 || len(v.File) > 60 {
			return fault.New(fault.Invalid, "fault.invalid")
		}
	case KeyMisused:
		if v, err := journal.In[Misused](e); err != nil || !p.MayNoteMisuse(v.Fingerprint, g.Now) {
			return fault.New(fault.Guarded, "exchange.card.not_disowned")
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

// cardOf gives the card of either party: one's own, or a pinned partner's.
func (c Config) cardOf(g *store.Guarding, office journal.ID) (card.Card, error) {
	if office == g.Owner {
		return c.Self(g.Owner)
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
