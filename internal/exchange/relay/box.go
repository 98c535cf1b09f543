// SPDX-License-Identifier: EUPL-1.2

// Package relay keeps sealed post for offices that nobody can call, behind a firewall or on a laptop, until they fetch it.
//
// A relay holds boxes. A box is for one pair of offices and one direction; both ends work out its key from their own signing
// key and the card of the other, and nobody else can. The relay sees a hash of that key, the sizes of what is put there and
// fetched, the times, and from which network addresses: no office, no name and no word. What lies in a box is a pouch, whose
// parts are sealed. docs/protocol.md specifies it.
package relay

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Scheme begins the address in a card of an office that is reached through a relay: relay+https://...
const Scheme = "relay+"

// At gives the relay's address of an office's card; false when the office is reached in another way.
func At(c card.Card) (string, bool) {
	at, ok := strings.CutPrefix(c.URL, Scheme)
	return strings.TrimSuffix(at, "/"), ok && at != ""
}

// Key opens a box: whoever has it may put into the box and fetch from it.
type Key [32]byte

// Text is how a key travels to the relay, over TLS, in a request's Authorization.
func (k Key) Text() string { return base64.RawURLEncoding.EncodeToString(k[:]) }

// Address names a key's box at the relay, which cannot be turned back into the key.
func (k Key) Address() string {
	h := sha256.Sum256(append([]byte("entraide box v1\n"), k[:]...))
	return hex.EncodeToString(h[:])
}

func parseKey(text string) (k Key, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return Key(slices.Concat(b, make([]byte, len(k)))[:len(k)]), err == nil && len(b) == len(k)
}

// KeyOf gives the key of the box for what goes from one office to another. own are the secrets of either, other the card of
// the other one. Errors: Invalid for a card whose key is none.
func KeyOf(own card.Secrets, other card.Card, from, to journal.ID) (Key, error) {
	sign, err := other.PublicKey()
	if err != nil {
		return Key{}, fault.Wrap(fault.Invalid, err, "exchange.card.unreadable")
	}
	public, err := montgomery(sign)
	if err != nil {
		return Key{}, fault.Wrap(fault.Invalid, err, "exchange.card.unreadable")
	}
	h := sha512.Sum512(own.Sign.Seed())
	private, err := ecdh.X25519().NewPrivateKey(h[:32])
	if err != nil {
		return Key{}, err
	}
	shared, err := private.ECDH(public)
	if err != nil {
		return Key{}, fault.Wrap(fault.Invalid, err, "exchange.card.unreadable")
	}
	b, err := hkdf.Key(sha256.New, shared, nil, "entraide relay v1\n"+string(from[:])+string(to[:]), len(Key{}))
	return Key(b), err
}

// montgomery gives the X25519 key of an Ed25519 one: u = (1 + y) / (1 - y), as RFC 7748 section 4.1 maps the curves.
func montgomery(k ed25519.PublicKey) (*ecdh.PublicKey, error) {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	b := slices.Clone(k)
	b[31] &= 0x7f // the sign of x
	slices.Reverse(b)
	y := new(big.Int).SetBytes(b)
	below := new(big.Int).Mod(new(big.Int).Sub(big.NewInt(1), y), p)
	if y.Cmp(p) >= 0 || below.Sign() == 0 {
		return nil, errors.New("relay: no point of the curve")
	}
	u := new(big.Int).Mul(new(big.Int).Add(big.NewInt(1), y), new(big.Int).ModInverse(below, p))
	out := u.Mod(u, p).FillBytes(make([]byte, 32))
	slices.Reverse(out)
	return ecdh.X25519().NewPublicKey(out)
}
