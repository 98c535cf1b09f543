// SPDX-License-Identifier: EUPL-1.2

// Package card holds office cards: what one office must know of another to verify what it signs and to
// seal what only it may read. There is no central authority: people compare a card's fingerprint (as
// hexadecimal groups, or as twelve words read out on the phone) and pin it.
//
// A card is signed by the key that it carries, which proves only that it was not changed on the way by
// someone without that key; who the key belongs to is what pinning decides.
package card

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/tyler-smith/go-bip39"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Version of the card format.
const Version = 1

// MaxSize bounds a card's bytes.
const MaxSize = 16 << 10

// Card is what an office hands out. Field order is the canonical form.
type Card struct {
	Version int               `json:"version"`
	Office  journal.ID        `json:"office"`
	Name    string            `json:"name"`
	Kind    access.OfficeKind `json:"kind"`
	Country string            `json:"country"` // country or territory
	Sign    string            `json:"sign"`    // base64 of an Ed25519 public key
	Seal    string            `json:"seal"`    // hybrid post-quantum age recipient
	Log     string            `json:"log"`     // public key of its log, in note format
	URL     string            `json:"url"`     // where sealed post is delivered
	Made    time.Time         `json:"made"`
}

// signed is a card with its signature, as it travels.
type signed struct {
	Card
	Signature string `json:"signature"`
}

// Secrets are the private side of a card.
type Secrets struct {
	Sign ed25519.PrivateKey
	Seal *age.HybridIdentity
	// Before are sealing keys that the office had: they open what was under way when it made new ones.
	Before []*age.HybridIdentity
}

// Identities gives all that may open what was sealed to the office, the newest first.
func (s Secrets) Identities() []age.Identity {
	out := []age.Identity{s.Seal}
	for _, k := range s.Before {
		out = append(out, k)
	}
	return out
}

// NewSecrets makes the signing key from a seed (which the owner's root gives) and a new sealing key, whose
// text form SealKey the office keeps sealed.
func NewSecrets(seed [32]byte) (Secrets, error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return Secrets{}, err
	}
	return Secrets{Sign: ed25519.NewKeyFromSeed(seed[:]), Seal: id}, nil
}

// LoadSecrets is NewSecrets with a sealing key made before.
func LoadSecrets(seed [32]byte, sealKey string) (Secrets, error) {
	id, err := age.ParseHybridIdentity(sealKey)
	if err != nil {
		return Secrets{}, errors.New("card: the sealing key does not parse")
	}
	return Secrets{Sign: ed25519.NewKeyFromSeed(seed[:]), Seal: id}, nil
}

// SealKey gives the sealing key's text form.
func (s Secrets) SealKey() string { return s.Seal.String() }

// context separates signatures of cards from all others.
const context = "entraide card v1\n"

// Issue fills in the keys and signs the card. It gives the bytes that travel.
func (s Secrets) Issue(c Card) (Card, []byte, error) {
	c.Version = Version
	c.Sign = base64.StdEncoding.EncodeToString(s.Sign.Public().(ed25519.PublicKey))
	c.Seal = s.Seal.Recipient().String()
	c.Made = c.Made.UTC().Truncate(time.Second)
	body, err := json.Marshal(c)
	if err != nil {
		return c, nil, err
	}
	sig := ed25519.Sign(s.Sign, append([]byte(context), body...))
	out, err := json.Marshal(signed{c, base64.StdEncoding.EncodeToString(sig)})
	return c, out, err
}

func bad(err error) (Card, error) {
	return Card{}, fault.Wrap(fault.Invalid, err, "exchange.card.unreadable")
}

// Kept reads a card that was parsed before it was written down: its keys and its signature held then, and are not looked at again.
func Kept(b []byte) (Card, error) {
	s, err := read(b)
	if err != nil {
		return bad(err)
	}
	return s.Card, nil
}

func read(b []byte) (s signed, err error) {
	if len(b) > MaxSize {
		return s, errors.New("card: too large")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return s, errors.New("card: something follows the card")
	}
	if s.Version != Version {
		return s, fmt.Errorf("card: version %d", s.Version)
	}
	return s, nil
}

// Parse reads and verifies a card strictly: unknown fields, a wrong signature or a malformed key are
// refused.
func Parse(b []byte) (Card, error) {
	s, err := read(b)
	if err != nil {
		return bad(err)
	}
	key, err := s.PublicKey()
	if err != nil {
		return bad(err)
	}
	if _, err := age.ParseHybridRecipient(s.Seal); err != nil {
		return bad(err)
	}
	sig, err := base64.StdEncoding.DecodeString(s.Signature)
	if err != nil {
		return bad(err)
	}
	body, err := json.Marshal(s.Card)
	if err != nil {
		return bad(err)
	}
	if !ed25519.Verify(key, append([]byte(context), body...), sig) {
		return bad(errors.New("card: the signature is not the card's own"))
	}
	if s.Office.IsZero() || s.Name == "" {
		return bad(errors.New("card: no office or name"))
	}
	return s.Card, nil
}

// PublicKey gives the signing key.
func (c Card) PublicKey() (ed25519.PublicKey, error) {
	k, err := base64.StdEncoding.DecodeString(c.Sign)
	if err != nil || len(k) != ed25519.PublicKeySize {
		return nil, errors.New("card: the signing key is not 32 bytes of base64")
	}
	return k, nil
}

// Recipient gives the key to seal to.
func (c Card) Recipient() (*age.HybridRecipient, error) { return age.ParseHybridRecipient(c.Seal) }

// Fingerprint is what people compare and terms name: SHA-256 over office, signing key and sealing key. A
// new name or address leaves it as it is; new keys do not.
func (c Card) Fingerprint() [32]byte {
	h := sha256.New()
	h.Write([]byte("entraide fingerprint v1\n"))
	h.Write(c.Office[:])
	h.Write([]byte(c.Sign + "\n" + c.Seal + "\n"))
	return [32]byte(h.Sum(nil))
}

// Hex gives a fingerprint in sixteen groups of four.
func Hex(f [32]byte) string {
	s := hex.EncodeToString(f[:])
	var groups []string
	for i := 0; i < len(s); i += 4 {
		groups = append(groups, s[i:i+4])
	}
	return strings.Join(groups, " ")
}

// Words gives the first 128 bits of a fingerprint as twelve words to read out on the phone; the twelfth
// carries a checksum, so a misheard word shows.
func Words(f [32]byte) string {
	m, err := bip39.NewMnemonic(f[:16])
	if err != nil {
		panic("card: " + err.Error()) // 128 bits always make twelve words
	}
	return m
}
