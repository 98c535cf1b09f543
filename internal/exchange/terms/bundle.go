// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Bundle is terms that both have signed, with all that somebody without an office needs to check them: the document, which holds
// the hash of the legal text, both signatures and both cards, in the order of the parties. Field order is the canonical form; both
// offices hold the same bytes.
type Bundle struct {
	Version    int                `json:"version"`
	Terms      Document           `json:"terms"`
	Signatures [2]string          `json:"signatures"`
	Cards      [2]json.RawMessage `json:"cards"`
}

// maxBundle bounds a bundle's bytes.
const maxBundle = 256 << 10

// Bundle gives the terms as a bundle. Errors: Guarded before both have signed, or where a signature came without its card.
func (s State) Bundle() (Bundle, error) {
	b := Bundle{Version: 1, Terms: s.Document}
	for i, p := range s.Document.Parties {
		b.Signatures[i], b.Cards[i] = s.Signatures[p.Office], s.Cards[p.Office]
		if b.Signatures[i] == "" {
			return b, fault.New(fault.Guarded, "exchange.terms.unsigned")
		}
		if len(b.Cards[i]) == 0 {
			return b, fault.New(fault.Guarded, "exchange.terms.no_card")
		}
	}
	return b, nil
}

// Bytes gives the canonical bytes.
func (b Bundle) Bytes() ([]byte, error) { return json.Marshal(b) }

// ReadBundle reads a bundle strictly and checks all that can be checked of it alone: its form, both cards' own signatures, that
// these are the cards that the terms name, and that each has signed the terms. Errors: Invalid.
func ReadBundle(raw []byte) (Bundle, error) {
	var b Bundle
	unreadable := func(err error) (Bundle, error) {
		return Bundle{}, fault.Wrap(fault.Invalid, err, "exchange.terms.bundle")
	}
	if len(raw) > maxBundle {
		return unreadable(errors.New("terms: a bundle that is too large"))
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return unreadable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return unreadable(errors.New("terms: something follows the bundle"))
	}
	if again, err := b.Bytes(); err != nil || !bytes.Equal(again, raw) || b.Version != 1 {
		return unreadable(errors.New("terms: not the canonical form"))
	}
	if err := b.Terms.Validate(); err != nil {
		return Bundle{}, err
	}
	for i, p := range b.Terms.Parties {
		c, err := card.Parse(b.Cards[i])
		if err != nil {
			return Bundle{}, err
		}
		if is := PartyOf(c); is.Office != p.Office || is.Kind != p.Kind || is.Country != p.Country {
			return Bundle{}, fault.New(fault.Invalid, "exchange.terms.not_a_party")
		}
		if err := Check(b.Terms, b.Signatures[i], c); err != nil {
			return Bundle{}, err
		}
	}
	return b, nil
}
