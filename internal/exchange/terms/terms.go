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
func (d Document) Hash() [32]byte { return sha256.Sum256(append([]byte(context), d.Bytes()...)) }

const context = "entraide terms v1\n"

// Sign signs the terms for one party.
func Sign(d Document, key ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(key, append([]byte(context), d.Bytes()...)))
}

// Check verifies a party's signature with its pinned card.
func Check(d Document, signature string, c card.Card) error {
	key, err := c.PublicKey()
	if err != nil {
		return err
	}
	sig, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || !ed25519.Verify(key, append([]byte(context), d.Bytes()...), sig) {
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
	maxWords         = 8 << 10 // bytes of title, basis and names together
	longestRetention = 100 * 366
)

var codeShape = regexp.MustCompile(`^[a-z][a-z0-9]*(?:[._][a-z0-9]+)*$`)

// IsCode says whether a text is a code, as purposes of terms and what stands in a message's header are: it cannot hold words.
func IsCode(s string) bool { return len(s) <= 80 && codeShape.MatchString(s) }

// Handlings lists the handling codes.
func Handlings() []string { return []string{"H0", "H1", "H2", "H3"} }

// grantable says whether categories can be granted: known ones, each once, and never where a shelter is.
func grantable(cs []journal.Category) bool {
	for i, c := range cs {
		if c == journal.D5 || !slices.Contains(journal.Categories(), c) || slices.Contains(cs[:i], c) {
			return false
		}
	}
	return len(cs) > 0
}

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
		if !(g.From == a && g.To == b || g.From == b && g.To == a) || !IsCode(g.Purpose) || !grantable(g.Categories) {
			fs.Add("grants", "exchange.terms.need.grants")
			break
		}
	}
	if !slices.Contains(Handlings(), d.Handling) {
		fs.Add("handling", "exchange.terms.need.handling")
	}
	if len(d.Title)+len(d.Basis)+len(d.TextName)+len(d.Parties[0].Name)+len(d.Parties[1].Name) > maxWords {
		fs.Add("title", "exchange.terms.need.shorter")
	}
	if !d.Until.After(d.From) {
		fs.Add("until", "exchange.terms.need.until")
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

// Payloads of the kinds "terms" and "partner".
type (
	// Drafted is terms.drafted; Text is the legal text itself, up to MaxText bytes.
	Drafted struct {
		Document Document `json:"document" part:"OF"`
		Text     []byte   `json:"text,omitempty" part:"OF"`
	}
	// Signed is terms.signed, by either party.
	Signed struct {
		Office    journal.ID `json:"office" part:"OF"`
		Signature string     `json:"signature" part:"OF"`
	}
	// Marked is terms.suspended, terms.resumed and terms.ended.
	Marked struct {
		Reason string `json:"reason" part:"OF"`
	}
	// Pinned is partner.pinned: someone compared the fingerprint and says how.
	Pinned struct {
		Card json.RawMessage `json:"card" part:"OF"` // the card's bytes as it travelled
		How  string          `json:"how" part:"OF"`  // phone | in_person | paper | demo
	}
	// Blocked is partner.blocked and partner.unblocked.
	Blocked struct {
		Reason string `json:"reason" part:"OF"`
	}
)

// Types of entries on a partner's log and on who witnesses this office's. WitnessRoom writes the second three.
const (
	WitnessChosen   = "partner.witness_chosen"
	WitnessReleased = "partner.witness_released"
	LogForked       = "partner.log_forked"
	LogSettled      = "partner.log_settled"
	LogAccepted     = "partner.log_accepted"
	WitnessRoom     = "witness"
)

// Payloads of these.
type (
	// Witnessing is partner.witness_chosen and partner.witness_released: whether this partner keeps and cosigns checkpoints of
	// this office's log.
	Witnessing struct {
		Reason string `json:"reason,omitempty" part:"OF"`
	}
	// Forked is partner.log_forked: two signed checkpoints of one log that cannot both be true. Ours says that it is this
	// office's log, as its witness found; else it is the partner's.
	Forked struct {
		Ours   bool   `json:"ours,omitempty" part:"OF"`
		Before string `json:"before" part:"OF"`
		Now    string `json:"now" part:"OF"`
	}
	// Settled is partner.log_settled: the witness goes on with this office's log.
	Settled struct {
		Size int64 `json:"size" part:"OF"`
	}
	// Accepted is partner.log_accepted: people here asked the partner what happened, and go on with the log as it is now.
	Accepted struct {
		Reason string `json:"reason" part:"OF"`
		Before string `json:"before" part:"OF"`
		Now    string `json:"now" part:"OF"`
	}
)

// leastReason is how many characters a reason for going on with another log has at least.
const leastReason = 20

// Fork is a contradiction in a log that nobody has settled or accepted yet.
type Fork struct {
	Forked
	At time.Time
}

// MaxText bounds an attached legal text.
const MaxText = 5 << 20

// State is terms as they stand in one office.
type State struct {
	Document   Document
	Text       []byte
	Signatures map[journal.ID]string
	Hands      map[journal.ID]Hand // who put each signature here, and when
	Suspended  bool
	Ended      bool
}

// Hand is who of this office put a signature into its record of the terms: somebody signed in, or the
// command line. For the other office's signature it is who took it in.
type Hand struct {
	Actor journal.ID
	At    time.Time
}

// Fold gives the terms of their entries.
func Fold(entries []journal.Entry) (State, error) {
	s := State{Signatures: map[journal.ID]string{}, Hands: map[journal.ID]Hand{}}
	for _, e := range entries {
		switch e.Type {
		case "terms.drafted":
			p, err := journal.In[Drafted](e)
			if err != nil {
				return s, err
			}
			s.Document, s.Text = p.Document, p.Text
		case "terms.signed":
			p, err := journal.In[Signed](e)
			if err != nil {
				return s, err
			}
			s.Signatures[p.Office], s.Hands[p.Office] = p.Signature, Hand{e.Actor, e.RecordedAt}
		case "terms.suspended":
			s.Suspended = true
		case "terms.resumed":
			s.Suspended = false
		case "terms.ended":
			s.Ended = true
		}
	}
	return s, nil
}

// Status is a code for lists.
func (s State) Status(now time.Time) string {
	switch {
	case s.Ended:
		return "ended"
	case s.Suspended:
		return "suspended"
	case len(s.Signatures) < 2:
		return "unsigned"
	case now.Before(s.Document.From):
		return "not_yet"
	case !now.Before(s.Document.Until):
		return "expired"
	}
	return "in_force"
}

// Covers says whether the terms let one party send another these categories for a purpose now: nil, or an
// Uncovered fault whose key says what is missing.
func (s State) Covers(now time.Time, from, to journal.ID, purpose string, cats []journal.Category) error {
	if st := s.Status(now); st != "in_force" {
		return fault.New(fault.Uncovered, "exchange.terms."+st)
	}
	return s.grant(from, to, purpose, cats)
}

// Bound says whether both parties signed terms that grant this, in force or no more: what takes something back, or
// answers that, may always travel. Nil, or an Uncovered fault as Covers gives it.
func (s State) Bound(from, to journal.ID, purpose string, cats []journal.Category) error {
	if len(s.Signatures) < 2 {
		return fault.New(fault.Uncovered, "exchange.terms.unsigned")
	}
	return s.grant(from, to, purpose, cats)
}

func (s State) grant(from, to journal.ID, purpose string, cats []journal.Category) error {
	for _, c := range cats {
		ok := slices.ContainsFunc(s.Document.Grants, func(g Grant) bool {
			return g.From == from && g.To == to && g.Purpose == purpose && slices.Contains(g.Categories, c)
		})
		if !ok {
			return fault.New(fault.Uncovered, "exchange.terms.uncovered", "Category", string(c))
		}
	}
	return nil
}

// Partner is another office as this one knows it.
type Partner struct {
	Card     card.Card
	PinnedAt time.Time
	PinnedBy journal.ID
	How      string
	Blocked  bool
	Changes  int   // times that another card was pinned
	Witness  bool  // keeps and cosigns checkpoints of this office's log
	Theirs   *Fork // the open contradiction in the partner's log
	Ours     *Fork // the open contradiction in this office's log that the partner found
	Accepted []Accepted
}

// FoldPartner gives a partner of its entries.
func FoldPartner(entries []journal.Entry) (Partner, error) {
	var p Partner
	for _, e := range entries {
		switch e.Type {
		case "partner.pinned":
			v, err := journal.In[Pinned](e)
			if err != nil {
				return p, err
			}
			if len(v.Card) == 0 {
				continue
			}
			c, err := card.Parse(v.Card)
			if err != nil {
				return p, err
			}
			if !p.PinnedAt.IsZero() {
				p.Changes++
			}
			p.Card, p.PinnedAt, p.PinnedBy, p.How = c, e.OccurredAt, e.Actor, v.How
		case "partner.blocked":
			p.Blocked = true
		case "partner.unblocked":
			p.Blocked = false
		case WitnessChosen:
			p.Witness = true
		case WitnessReleased:
			p.Witness = false
		case LogForked, LogSettled, LogAccepted:
			if err := p.foldLog(e); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

func (p *Partner) foldLog(e journal.Entry) error {
	switch e.Type {
	case LogForked:
		v, err := journal.In[Forked](e)
		if err != nil {
			return err
		}
		f := &Fork{v, e.OccurredAt}
		if v.Ours {
			p.Ours = f
		} else {
			p.Theirs = f
		}
	case LogSettled:
		p.Ours = nil
	case LogAccepted:
		v, err := journal.In[Accepted](e)
		if err != nil {
			return err
		}
		p.Theirs, p.Accepted = nil, append(p.Accepted, v)
	}
	return nil
}
