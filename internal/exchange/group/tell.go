// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"encoding/json"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Types of the messages; their conversation is the group, which has the same id in all offices.
const (
	MsgProposed  = "group.proposed"
	MsgSigned    = "group.signed"
	MsgDeclined  = "group.declined"
	MsgWithdrawn = "group.withdrawn"
	MsgRecord    = "group.record"
	MsgPairs     = "group.pairs"
	MsgVouched   = "group.vouched"
)

// MessageTypes lists them.
func MessageTypes() []string {
	return []string{MsgProposed, MsgSigned, MsgDeclined, MsgWithdrawn, MsgRecord, MsgPairs, MsgVouched}
}

// Bodies of the messages.
type (
	// proposalBody is a change with all that who is concerned needs to judge it: the cards of everyone concerned, what holds so far, and
	// the legal text where the recipient has not had it.
	proposalBody struct {
		Change Change            `json:"change"`
		Cards  []json.RawMessage `json:"cards"`
		Record Record            `json:"record"`
		Text   []byte            `json:"text,omitempty"`
	}
	// wordBody is an answer to a proposal, or its withdrawal.
	wordBody struct {
		Group     journal.ID `json:"group"`
		Hash      string     `json:"hash"`
		Signature string     `json:"signature,omitempty"`
		Reason    string     `json:"reason,omitempty"`
	}
	recordBody struct {
		Group  journal.ID `json:"group"`
		Record Record     `json:"record"`
	}
	// vouchedBody is the sender's signature over the terms of a pair, with its card.
	vouchedBody struct {
		Group     journal.ID      `json:"group"`
		Terms     journal.ID      `json:"terms"`
		Hash      string          `json:"hash"`
		Signature string          `json:"signature"`
		Card      json.RawMessage `json:"card"`
	}
	pairsBody struct {
		Group journal.ID `json:"group"`
		Pairs []Pair     `json:"pairs"`
	}
)

// Tell gives the messages that an entry brings about: a proposal to everyone concerned, an answer to who proposed, a withdrawal, and to all
// members what is new in the record and how this office's own pairs stand. What others said goes no further, but for
// facts: whoever learns one tells every member that it can reach, so that two that have not pinned each other learn of each other.
func Tell(self journal.ID, byPost bool, before, after State, e journal.Entry) ([]any, error) {
	t := teller{self: self, s: after, e: e}
	var err error
	switch e.Type {
	case SentType:
		err = with(e, func(p Sent) { t.proposal(p.Hash) })
	case SignedType:
		err = with(e, func(p Signed) {
			if x, ok := after.Find(p.Hash); ok && p.Office.IsZero() {
				t.send(MsgSigned, x.Change.By, x.Hash, x.Change.Rules.Handling, wordBody{Group: after.ID, Hash: p.Hash, Signature: p.Signature}, false)
			}
		})
	case DeclinedType:
		err = with(e, func(p Declined) {
			if x, ok := after.Find(p.Hash); ok && p.Office.IsZero() {
				t.send(MsgDeclined, x.Change.By, x.Hash, x.Change.Rules.Handling, wordBody{Group: after.ID, Hash: p.Hash, Reason: p.Reason}, false)
			}
		})
	case WithdrawnType:
		err = with(e, func(p Withdrawn) {
			if x, ok := after.Find(p.Hash); ok && p.By.IsZero() && !x.SentAt.IsZero() {
				for _, seat := range x.Change.Signers {
					t.send(MsgWithdrawn, seat.Office, x.Hash, x.Change.Rules.Handling, wordBody{Group: after.ID, Hash: p.Hash}, true)
				}
			}
		})
	case RecordedType:
		err = with(e, func(p Recorded) { t.record(before, p.From) })
	case LeftType:
		t.record(before, journal.ID{})
	case ToldType:
		err = with(e, func(p Told) {
			if v := after.View(); p.Office.IsZero() {
				for _, m := range v.In() {
					t.send(MsgPairs, m.Office, v.Head, v.Rules.Handling, pairsBody{after.ID, p.Pairs}, true)
				}
			}
		})
	case VouchedType:
		err = with(e, func(p Vouched) {
			if v := after.View(); p.Office.IsZero() {
				t.send(MsgVouched, p.With, v.Head, v.Rules.Handling, vouchedBody{after.ID, p.Terms, p.Hash, p.Signature, p.Card}, true)
			}
		})
	}
	if err == nil {
		err = t.err
	}
	return t.out, err
}

// teller gathers messages.
type teller struct {
	self journal.ID
	s    State
	e    journal.Entry
	out  []any
	err  error
}

// send adds a message; where says that it goes only where it can go now.
func (t *teller) send(typ string, to journal.ID, hash, handling string, body any, where bool) {
	if to == t.self {
		return
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.err = err
		return
	}
	t.out = append(t.out, post.Outgoing{ID: conversation.ID("group", t.e.ID.String(), typ, to.String()), To: to, Conversation: t.s.ID, Type: typ, Purpose: post.Opening, Basis: "law",
		Categories: []journal.Category{journal.OF}, Body: raw, About: post.Spoken{Hash: hash, Handling: handling}, WhenCovered: where})
}

func (t *teller) proposal(hash string) {
	p, ok := t.s.Find(hash)
	if !ok {
		return
	}
	v := t.s.View()
	for _, seat := range p.Change.Signers {
		body := proposalBody{Change: p.Change, Cards: p.Cards, Record: t.s.Record}
		if !v.Holds(seat.Office) || p.Change.Deed == Amend {
			body.Text = t.s.Text(p.Change.Rules.TextHash)
		}
		t.send(MsgProposed, seat.Office, hash, p.Change.Rules.Handling, body, false)
	}
}

// record tells the members, and who has just ceased to be one, of all that holds; not who said it.
func (t *teller) record(before State, from journal.ID) {
	was, v := before.View(), t.s.View()
	for _, m := range v.Members {
		old, known := was.Member(m.Office)
		if m.Office == from || m.Out != "" && !(known && old.Out != m.Out) {
			continue
		}
		t.send(MsgRecord, m.Office, v.Head, v.Rules.Handling, recordBody{t.s.ID, t.s.Record}, true)
	}
}

// consequences are the entries that follow by rule from how the group stands, without anybody's doing: a proposal of this office
// yields to one that goes before it, to a refusal, and to the leaving of somebody who was to sign; and with
// the last of the others' signatures this office gives its own, by which the change holds.
func (s State) consequences(self journal.ID, key func(Change) string) []draft {
	for _, p := range s.Open() {
		if p.Change.By != self || p.SentAt.IsZero() {
			continue
		}
		if s.yields(p, self) {
			return []draft{{WithdrawnType, Withdrawn{Hash: p.Hash}}}
		}
		if len(p.Signatures) < len(p.Change.Signers)-1 {
			continue
		}
		h := Held{Change: p.Change}
		for _, seat := range p.Change.Signers {
			sig := p.Signatures[seat.Office]
			if seat.Office == self {
				sig = key(p.Change)
			}
			h.Signatures = append(h.Signatures, sig)
		}
		r := Record{Held: []Held{h}}
		have := s.Record.Cards
		for _, seat := range p.Change.Signers {
			n := len(have)
			if have = keep(have, p.Cards, seat); len(have) > n {
				r.Cards = append(r.Cards, have[n])
			}
		}
		return []draft{{RecordedType, Recorded{Record: r}}}
	}
	return nil
}

func (s State) yields(p Proposal, self journal.ID) bool {
	if len(p.Declined) > 0 {
		return true
	}
	v := s.View()
	for _, seat := range p.Change.Signers {
		if m, known := v.Member(seat.Office); known && m.Out == HasLeft && !(p.Change.Deed == Join && seat.Office == p.Change.Office) && p.Signatures[seat.Office] == "" {
			return true
		}
	}
	return slices.ContainsFunc(s.Open(), func(q Proposal) bool {
		return q.Change.By != self && q.Change.GoesBefore(p.Change) && len(q.Declined) == 0
	})
}

// draft is an entry to be.
type draft struct {
	typ     string
	payload any
}
