// SPDX-License-Identifier: EUPL-1.2

// Package group holds sharing terms of many parties, which are a set of pairs: one legal text and one set of rules, proposed to
// several offices, of which every two sign terms of their own (package terms). No office signs beside another: what it signs of
// the group itself is a sheet of its own, which names the group, the rules and what changes, and no office but the one concerned.
//
// A group changes by one change after the other: it is founded, an office joins, one is expelled, the rules are amended. A change
// holds when everyone concerned has signed it, whoever proposed it last; an office leaves by itself. What holds is a Record of
// signed facts, which its members tell each other; the same record gives the same View in every office, in whatever order its
// facts came. docs/protocol.md says by which rules.
package group

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Limits of a group. They keep its record within one message.
const (
	MostMembers = 20
	MostChanges = 40
	MaxText     = 200 << 10
)

// Deeds of a change.
const (
	Found = "found"
	Join  = "join"
	Expel = "expel"
	Amend = "amend" // the rules
)

// Deeds lists them.
func Deeds() []string { return []string{Found, Join, Expel, Amend} }

// Rule lets each of every two members send the other some categories for a purpose.
type Rule struct {
	Purpose    string             `json:"purpose"`
	Categories []journal.Category `json:"categories"`
	Accept     []access.Role      `json:"accept,omitempty"`
}

// Rules are what the terms of every two members say. Field order is the canonical form.
type Rules struct {
	Title     string    `json:"title"`
	Grants    []Rule    `json:"grants"`
	Handling  string    `json:"handling"`
	Basis     string    `json:"basis"`
	TextName  string    `json:"text_name"`
	TextHash  string    `json:"text_hash"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until"`
	Retention int       `json:"retention_days"`
}

// Equal compares what two rules say.
func (r Rules) Equal(o Rules) bool {
	a, _ := json.Marshal(r)
	b, _ := json.Marshal(o)
	return bytes.Equal(a, b)
}

// Seat is an office that must sign, as its keys and its card were: no name stands beside another.
type Seat struct {
	Office      journal.ID `json:"office"`
	Fingerprint string     `json:"fingerprint"`
	Card        string     `json:"card"` // hex SHA-256 of the card's bytes
}

// SeatOf makes a seat of a card and its bytes.
func SeatOf(c card.Card, raw []byte) Seat {
	h, f := sha256.Sum256(raw), c.Fingerprint()
	return Seat{c.Office, hex.EncodeToString(f[:]), hex.EncodeToString(h[:])}
}

// Change is what everyone concerned signs. Field order is the canonical form.
type Change struct {
	Version int        `json:"version"`
	Group   journal.ID `json:"group"`
	Number  int        `json:"number"`           // 1, 2, 3 ...
	Before  string     `json:"before,omitempty"` // hash of the change before
	Deed    string     `json:"deed"`
	Office  journal.ID `json:"office,omitzero"` // who joins or is expelled
	By      journal.ID `json:"by"`              // who proposes it, and signs last
	Signers []Seat     `json:"signers"`         // everyone concerned, by office
	Rules   Rules      `json:"rules"`
	At      time.Time  `json:"at"` // when it was written: the same again is another change
}

const signsChange = "entraide group v1\n"

func (c Change) signed() []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic("group: a change always marshals: " + err.Error())
	}
	return append([]byte(signsChange), b...)
}

// Hex gives the hash that names the change.
func (c Change) Hex() string {
	h := sha256.Sum256(c.signed())
	return hex.EncodeToString(h[:])
}

// GroupID gives the id of a group of its founding, so that nobody can found another one in its place.
func GroupID(founding Change) journal.ID {
	founding.Group = journal.ID{}
	return conversation.ID("group", founding.Hex())
}

// Seat finds the seat of an office.
func (c Change) Seat(office journal.ID) (Seat, bool) {
	at := slices.IndexFunc(c.Signers, func(s Seat) bool { return s.Office == office })
	if at < 0 {
		return Seat{}, false
	}
	return c.Signers[at], true
}

// GoesBefore says which of two changes after the same one holds, should both ever be proposed or signed: an expulsion goes before all
// else, then the lower hash.
func (c Change) GoesBefore(o Change) bool {
	if x, y := c.Deed == Expel, o.Deed == Expel; x != y {
		return x
	}
	return c.Hex() < o.Hex()
}

// Leaving is what an office signs that leaves.
type Leaving struct {
	Group  journal.ID `json:"group"`
	Office journal.ID `json:"office"`
	Since  int        `json:"since"` // number of the change by which it came in
}

func (l Leaving) signed() []byte {
	return []byte("entraide group leaving v1\n" + l.Group.String() + "\n" + l.Office.String() + "\n" + strconv.Itoa(l.Since) + "\n")
}

// Held is a change with the signature of everyone concerned, in the order of its signers.
type Held struct {
	Change     Change   `json:"change"`
	Signatures []string `json:"signatures"`
}

// Left is a leaving with its signature, by the seat that the office had.
type Left struct {
	Leaving   Leaving `json:"leaving"`
	Signature string  `json:"signature"`
}

// Record is everything signed that holds, as far as it is known, and the cards that it names.
type Record struct {
	Held  []Held            `json:"held"`
	Left  []Left            `json:"left,omitempty"`
	Cards []json.RawMessage `json:"cards"`
}

// sign and verify work on what is signed, with an Ed25519 key.
func sign(key ed25519.PrivateKey, over []byte) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(key, over))
}

// SignChange signs a change for one office.
func SignChange(c Change, key ed25519.PrivateKey) string { return sign(key, c.signed()) }

// SignLeaving signs that an office leaves.
func SignLeaving(l Leaving, key ed25519.PrivateKey) string { return sign(key, l.signed()) }

func verify(c card.Card, over []byte, signature string) error {
	key, err := c.PublicKey()
	if err != nil {
		return err
	}
	if sig, err := base64.StdEncoding.DecodeString(signature); err != nil || !ed25519.Verify(key, over, sig) {
		return fault.New(fault.Invalid, "exchange.terms.bad_signature")
	}
	return nil
}

// cardOf finds the card of a seat among cards.
func cardOf(s Seat, cards []json.RawMessage) (card.Card, error) {
	for _, raw := range cards {
		if h := sha256.Sum256(raw); hex.EncodeToString(h[:]) != s.Card {
			continue
		}
		c, err := card.Parse(raw)
		if err != nil {
			return c, err
		}
		if SeatOf(c, raw) == s {
			return c, nil
		}
	}
	return card.Card{}, fault.New(fault.Invalid, "exchange.terms.no_card")
}

// check verifies the signature of one signer of a change.
func check(c Change, office journal.ID, signature string, cards []json.RawMessage) error {
	s, ok := c.Seat(office)
	if !ok {
		return fault.New(fault.Denied, "exchange.group.not_a_member")
	}
	k, err := cardOf(s, cards)
	if err != nil {
		return err
	}
	return verify(k, c.signed(), signature)
}

// whole says whether everyone concerned has signed.
func (h Held) whole(cards []json.RawMessage) bool {
	if len(h.Signatures) != len(h.Change.Signers) {
		return false
	}
	for i, s := range h.Change.Signers {
		if check(h.Change, s.Office, h.Signatures[i], cards) != nil {
			return false
		}
	}
	return true
}

// Document gives the terms of two members under rules: both offices, and nobody else, make the same of the same record, so that
// no proposal of them travels. by is the hash of the change by which they stand under these rules.
func Document(by string, group journal.ID, r Rules, a, b card.Card) terms.Document {
	if bytes.Compare(a.Office[:], b.Office[:]) > 0 {
		a, b = b, a
	}
	d := terms.Document{Version: 1, ID: PairID(by, a.Office, b.Office), Title: r.Title, Parties: [2]terms.Party{terms.PartyOf(a), terms.PartyOf(b)}, Handling: r.Handling, Basis: r.Basis,
		TextName: r.TextName, TextHash: r.TextHash, From: r.From, Until: r.Until, Retention: r.Retention, Group: group}
	for _, g := range r.Grants {
		d.Grants = append(d.Grants, terms.Grant{From: a.Office, To: b.Office, Purpose: g.Purpose, Categories: g.Categories, Accept: g.Accept},
			terms.Grant{From: b.Office, To: a.Office, Purpose: g.Purpose, Categories: g.Categories, Accept: g.Accept})
	}
	return d
}

// PairID gives the id of the terms of two members.
func PairID(by string, a, b journal.ID) journal.ID {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return conversation.ID("pair", by, a.String(), b.String())
}
