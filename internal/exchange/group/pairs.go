// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// pairs brings an office's own terms with each member up to date with a group: it makes and signs those that follow from what the
// office signed, ends those with whoever is no member any more and those that amended ones took the place of, and
// tells the other members how they stand.
func (m Mail) pairs(ctx context.Context, owner, id journal.ID) error {
	w, err := m.Job(owner, terms.GroupsJob)
	if err != nil {
		return err
	}
	o, err := m.Store.Open(ctx, w, ref(id))
	if err != nil {
		return err
	}
	s := o.State.(State)
	v := s.View()
	if _, was := v.Member(owner); !was {
		return nil
	}
	row := Row{}
	for _, x := range v.Members {
		if x.Office == owner {
			continue
		}
		status, err := m.pair(ctx, w, s, v, x)
		if err != nil {
			return err
		}
		row.Pairs = append(row.Pairs, Pair{x.Office, status})
	}
	if slices.Equal(row.Pairs, s.Rows[journal.ID{}].Pairs) {
		return nil
	}
	_, err = m.Store.Append(ctx, w, ref(id), store.Draft{Type: ToldType, Payload: Told{Pairs: row.Pairs}})
	return err
}

// pair brings the terms with one member up to date and says how they stand.
func (m Mail) pair(ctx context.Context, w store.Who, s State, v View, x Member) (string, error) {
	owner := w.Actor.Owner
	now := journal.ID{}
	if v.Holds(owner) && x.Out == "" && !s.Without[x.Office] {
		by, a, b, ok := v.Pair(owner, x.Office, s.Record.Cards)
		if ok {
			doc := Document(by, s.ID, v.Rules, a, b)
			switch err := m.make(ctx, w, doc, s.Text(v.Rules.TextHash)); {
			case err == nil:
				now = doc.ID
				if err := m.exchanged(ctx, w, s, doc, x.Office); err != nil {
					return "", err
				}
			case !fault.Is(err, fault.Guarded) && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooMuch): // else not pinned, blocked, other keys: people see that it is missing
				return "", err
			}
		}
	}
	all, err := Pairs(ctx, m.Store, w, s.ID, x.Office)
	if err != nil {
		return "", err
	}
	return m.end(ctx, w, v, x, all, now)
}

// make drafts and signs the terms of a pair, once.
func (m Mail) make(ctx context.Context, w store.Who, doc terms.Document, text []byte) error {
	_, raw, secrets, err := m.Self(w.Actor.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, w, store.Ref{Kind: access.KindTerms, ID: doc.ID}, func(state any) ([]store.Draft, error) {
		if len(state.(terms.State).Versions) > 0 {
			return nil, nil
		}
		return []store.Draft{{Type: terms.DraftedType, Payload: terms.Drafted{Document: doc, Text: text}},
			{Type: terms.SignedType, Payload: terms.Signed{Office: w.Actor.Owner, Signature: terms.Sign(doc, secrets.Sign), Hash: doc.Hex(), Card: raw}}}, nil
	})
	return err
}

// exchanged gives the other office this one's signature over the terms of a pair, once, and takes over the other's where it is here.
func (m Mail) exchanged(ctx context.Context, w store.Who, s State, doc terms.Document, with journal.ID) error {
	o, err := m.Store.Open(ctx, w, store.Ref{Kind: access.KindTerms, ID: doc.ID})
	if err != nil {
		return err
	}
	t := o.State.(terms.State)
	if _, told := s.vouched(journal.ID{}, doc.ID); !told {
		v := Vouched{Terms: doc.ID, With: with, Hash: doc.Hex(), Signature: t.Signatures[w.Actor.Owner], Card: t.Cards[w.Actor.Owner]}
		if _, err := m.Store.Append(ctx, w, ref(s.ID), store.Draft{Type: VouchedType, Payload: v}); err != nil {
			return err
		}
	}
	theirs, here := s.vouched(with, doc.ID)
	if !here || t.Signatures[with] != "" || t.Ended {
		return nil
	}
	post, err := m.Job(w.Actor.Owner, postJob)
	if err != nil {
		return err
	}
	_, err = m.Store.Append(ctx, post, store.Ref{Kind: access.KindTerms, ID: doc.ID},
		store.Draft{Type: terms.SignedType, Payload: terms.Signed{Office: with, Signature: theirs.Signature, Hash: theirs.Hash, Card: theirs.Card}})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Guarded) || fault.Is(err, fault.Conflict) { // it does not fit: the pair stays half signed
		return nil
	}
	return err
}

// end ends those of the terms of a pair that are not those of now: at once where one of the two is no member, and where the rules were
// amended as soon as the new ones are in force.
func (m Mail) end(ctx context.Context, w store.Who, v View, x Member, all []terms.State, now journal.ID) (string, error) {
	at, out := m.Clock.Now(), Missing
	replaced := slices.ContainsFunc(all, func(t terms.State) bool { return t.Document.ID == now && t.Status(at) == "in_force" })
	me, _ := v.Member(w.Actor.Owner)
	for _, t := range all {
		if t.Document.ID == now {
			out = t.Status(at)
			continue
		}
		reason := map[string]string{HasLeft: "left", Expelled: "expelled"}[x.Out]
		if me.Out != "" {
			reason = map[string]string{HasLeft: "left", Expelled: "expelled"}[me.Out]
		}
		if reason == "" && replaced {
			reason = "new_terms"
		}
		if reason == "" || t.Ended {
			if out == Missing {
				out = t.Status(at)
			}
			continue
		}
		if _, err := m.Store.Append(ctx, w, store.Ref{Kind: access.KindTerms, ID: t.Document.ID}, store.Draft{Type: terms.EndedType, Payload: terms.Marked{Reason: reason}}); err != nil {
			return "", err
		}
		if out == Missing {
			out = "ended"
		}
	}
	return out, nil
}

// Pairs lists an office's terms with a member that come from a group, as somebody may see these.
func Pairs(ctx context.Context, s *store.Store, w store.Who, group, with journal.ID) ([]terms.State, error) {
	var out []terms.State
	q := store.Query{Kind: access.KindTerms, Codes: map[string]string{"party": with.String()}}
	err := s.Each(ctx, w, q, func(r store.Row) error {
		o, err := s.Open(ctx, w, r.Ref)
		if err != nil {
			return err
		}
		if t := o.State.(terms.State); t.Document.Group == group {
			out = append(out, t)
		}
		return nil
	})
	return out, err
}
