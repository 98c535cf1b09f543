// SPDX-License-Identifier: EUPL-1.2

// Package terms holds sharing terms: what two offices, and not more, may send each other, for which
// purposes, over which data categories, for how long; signed by both over the same bytes. Terms of many
// parties are a set of pairs, so that nobody must sign beside another.
//
// Terms carry out a legal text that people signed; its hash is in them. The software on both sides
// enforces them: the sender cannot send, and the receiver will not open, what they do not cover.
//
// It also holds partners: the pinned cards of other offices. A partner is a dossier whose id is the other
// office's; terms are dossiers with an id of their own.
package terms

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Party is one of the two.
type Party struct {
	Office      journal.ID        `json:"office"`
	Name        string            `json:"name"`
	Kind        access.OfficeKind `json:"kind"`
	Country     string            `json:"country"`
	Fingerprint string            `json:"fingerprint"` // hex of the card's
}

// PartyOf makes a party of a card.
func PartyOf(c card.Card) Party {
	f := c.Fingerprint()
	return Party{c.Office, c.Name, c.Kind, c.Country, hex.EncodeToString(f[:])}
}

// Grant lets one party send the other some categories for a purpose.
type Grant struct {
	From       journal.ID         `json:"from"`
	To         journal.ID         `json:"to"`
	Purpose    string             `json:"purpose"` // referral, statistics, request ...
	Categories []journal.Category `json:"categories"`
	// Accept lists who of the receiving office may take on what arrives for the purpose; empty leaves it to that office's rules.
	Accept []access.Role `json:"accept,omitempty"`
}

// Document is what both sign. Field order is the canonical form.
type Document struct {
	Version   int        `json:"version"`
	ID        journal.ID `json:"id"`
	Title     string     `json:"title"`
	Parties   [2]Party   `json:"parties"`
	Grants    []Grant    `json:"grants"`
	Handling  string     `json:"handling"` // H0 law enforcement only, H1 not in court, H2 not passed on, H3 other
	Basis     string     `json:"basis"`    // legal basis in words
	TextName  string     `json:"text_name"`
	TextHash  string     `json:"text_hash"` // hex SHA-256 of the legally signed text
	From      time.Time  `json:"from"`
	Until     time.Time  `json:"until"`
	Retention int        `json:"retention_days"`
	Replaces  journal.ID `json:"replaces,omitzero"` // earlier terms of the two, which end when these begin
	Group     journal.ID `json:"group,omitzero"`    // the terms of many parties that these are a pair of
}

// Bytes gives the canonical bytes that are signed.
func (d Document) Bytes() []byte {
	b, err := json.Marshal(d)
	if err != nil {
		panic("terms: a document always marshals: " + err.Error())
	}
	return b
}

// Hash names the terms in envelopes.
func (d Document) Hash() [32]byte { return sha256.Sum256(append([]byte(signs), d.Bytes()...)) }

const signs = "entraide terms v1\n"

// Sign signs the terms for one party.
func Sign(d Document, key ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(key, append([]byte(signs), d.Bytes()...)))
}

// Check verifies a party's signature with its pinned card.
func Check(d Document, signature string, c card.Card) error {
	key, err := c.PublicKey()
	if err != nil {
		return err
	}
	sig, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || !ed25519.Verify(key, append([]byte(signs), d.Bytes()...), sig) {
		return fault.New(fault.Invalid, "exchange.terms.bad_signature")
	}
	f := c.Fingerprint()
	for _, p := range d.Parties {
		if p.Office == c.Office && p.Fingerprint == hex.EncodeToString(f[:]) {
			return nil
		}
	}
	return fault.New(fault.Invalid, "exchange.terms.not_a_party")
}

// Other gives the party that self is not.
func (d Document) Other(self journal.ID) Party {
	if d.Parties[0].Office == self {
		return d.Parties[1]
	}
	return d.Parties[0]
}

// Bounds of a document.
const (
	mostGrants       = 100
	mostRoles        = 10
	maxWords         = 8 << 10 // bytes of title, basis and names together
	longestRetention = 100 * 366
)

var codeShape = regexp.MustCompile(`^[a-z][a-z0-9]*(?:[._][a-z0-9]+)*$`)

// IsCode says whether a text is a code, as purposes of terms and what stands in a message's header are: it cannot hold words.
func IsCode(s string) bool { return len(s) <= 80 && codeShape.MatchString(s) }

// Handlings lists the handling codes. The software holds to LawEnforcement, which offices of other kinds cannot be party to,
// and to H2 and all others in that a message is never passed on; H1 and H3 are shown beside what comes, and people keep to them.
func Handlings() []string { return []string{LawEnforcement, "H1", "H2", "H3"} }

// LawEnforcement is the handling code for law enforcement only.
const LawEnforcement = "H0"

// enforces says whether an office of a kind enforces the law.
func enforces(k access.OfficeKind) bool { return k == access.Police || k == access.Justice }

// Purposes lists what people can grant; a document may name any code, so that an office can read terms of a newer one.
func Purposes() []string {
	return []string{"referral", "inquiry", "request", "letter", "matching", "statistics", "statutory_return", "programme", "directory", "screening", "witness"}
}

// grantable says whether categories can be granted: known ones, each once, and never where a shelter is.
func grantable(cs []journal.Category) bool {
	for i, c := range cs {
		if c == journal.D5 || !slices.Contains(journal.Categories(), c) || slices.Contains(cs[:i], c) {
			return false
		}
	}
	return len(cs) > 0
}

// acceptable says whether a list of who may take on names roles, each once.
func acceptable(rs []access.Role) bool {
	for i, r := range rs {
		if !IsCode(string(r)) || slices.Contains(rs[:i], r) {
			return false
		}
	}
	return len(rs) <= mostRoles
}

// Matching is the purpose of private matching. Nothing but blinded elements and codes travels under it.
const Matching = "matching"

// MayCompare says whether offices of two kinds may find out by private matching whom they both know: assistance offices among
// themselves, police and justice offices among themselves, and nobody else.
func MayCompare(one, two access.OfficeKind) bool {
	return one == access.Assistance && two == access.Assistance || enforces(one) && enforces(two)
}

func (d Document) mayCompare() bool { return MayCompare(d.Parties[0].Kind, d.Parties[1].Kind) }

// Validate finds what is wrong with a draft.
func (d Document) Validate() error {
	var fs fault.Fields
	if d.Version != 1 {
		fs.Add("version", "exchange.terms.need.version")
	}
	if d.ID.IsZero() {
		fs.Add("id", "exchange.terms.need.id")
	}
	a, b := d.Parties[0].Office, d.Parties[1].Office
	if a.IsZero() || b.IsZero() || a == b {
		fs.Add("parties", "exchange.terms.need.parties")
	}
	if len(d.Grants) == 0 || len(d.Grants) > mostGrants {
		fs.Add("grants", "exchange.terms.need.grants")
	}
	for _, g := range d.Grants {
		if !(g.From == a && g.To == b || g.From == b && g.To == a) || !IsCode(g.Purpose) || !grantable(g.Categories) || !acceptable(g.Accept) {
			fs.Add("grants", "exchange.terms.need.grants")
			break
		}
		if g.Purpose == Matching && !d.mayCompare() {
			fs.Add("grants", "exchange.terms.need.comparable")
			break
		}
	}
	if !slices.Contains(Handlings(), d.Handling) {
		fs.Add("handling", "exchange.terms.need.handling")
	}
	if d.Handling == LawEnforcement && !(enforces(d.Parties[0].Kind) && enforces(d.Parties[1].Kind)) {
		fs.Add("handling", "exchange.terms.need.law_enforcement")
	}
	if len(d.Title)+len(d.Basis)+len(d.TextName)+len(d.Parties[0].Name)+len(d.Parties[1].Name) > maxWords {
		fs.Add("title", "exchange.terms.need.shorter")
	}
	if !d.Until.After(d.From) {
		fs.Add("until", "exchange.terms.need.until")
	}
	if d.Replaces == d.ID && !d.ID.IsZero() {
		fs.Add("replaces", "exchange.terms.need.replaces")
	}
	if d.Basis == "" {
		fs.Add("basis", "exchange.terms.need.basis")
	}
	if len(d.TextHash) != 64 {
		fs.Add("text", "exchange.terms.need.text")
	}
	if d.Retention <= 0 || d.Retention > longestRetention {
		fs.Add("retention", "exchange.terms.need.retention")
	}
	return fs.Err()
}
