// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Version of the envelope format.
const Version = 1

// MaxMessage bounds a sealed message.
const MaxMessage = 1 << 20

// maxHeader bounds the header inside it.
const maxHeader = 64 << 10

// Header is what the sender signs beside the body. Field order is the canonical form.
type Header struct {
	Version      int                `json:"version"`
	ID           journal.ID         `json:"id"`
	Type         string             `json:"type"`
	From         journal.ID         `json:"from"`
	To           journal.ID         `json:"to"`
	Conversation journal.ID         `json:"conversation"`
	Seq          int64              `json:"seq"`  // 1, 2, 3 ... of this sender in this conversation
	Prev         string             `json:"prev"` // hex hash of the message before; empty for the first
	Sent         time.Time          `json:"sent"`
	Expires      time.Time          `json:"expires"`
	Purpose      string             `json:"purpose"`
	Basis        string             `json:"basis"`    // consent | ground | law
	Handling     string             `json:"handling"` // of the terms
	Terms        string             `json:"terms"`    // hex hash of the terms that cover it
	Categories   []journal.Category `json:"categories"`
	Consents     []string           `json:"consents,omitempty"` // ids of the receipts that travel in the body
	Hop          int                `json:"hop"`
	Due          time.Time          `json:"due,omitzero"` // when what it asks for should be done by
	Parcels      []Parcel           `json:"parcels,omitempty"`
}

// magic stands before everything that is signed, so that no signature of ours means anything elsewhere.
const magic = "entraide-post/1\n"

// pae is the pre-authentication encoding: unambiguous whatever the parts hold.
func pae(parts ...[]byte) []byte {
	b := []byte(magic)
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

// encode signs header and body: magic, length-framed header, length-framed body, signature.
func encode(h Header, body []byte, key ed25519.PrivateKey) (raw []byte, hash [32]byte, err error) {
	head, err := json.Marshal(h)
	if err != nil {
		return nil, hash, err
	}
	signed := pae(head, body)
	hash = sha256.Sum256(signed)
	return append(signed, ed25519.Sign(key, signed)...), hash, nil
}

// envelope is a decoded message.
type envelope struct {
	Header
	body   []byte
	signed []byte // the exact bytes under the signature
	sig    []byte
}

func (e envelope) hash() [32]byte { return sha256.Sum256(e.signed) }

var errMalformed = errors.New("post: malformed envelope")

// decode takes an opened envelope apart, strictly.
func decode(raw []byte) (envelope, error) {
	var e envelope
	rest, ok := bytes.CutPrefix(raw, []byte(magic))
	if !ok || len(rest) < ed25519.SignatureSize {
		return e, errMalformed
	}
	e.signed, e.sig = raw[:len(raw)-ed25519.SignatureSize], raw[len(raw)-ed25519.SignatureSize:]
	rest = rest[:len(rest)-ed25519.SignatureSize]
	head, rest, err := frame(rest, maxHeader)
	if err != nil {
		return e, err
	}
	body, rest, err := frame(rest, MaxMessage)
	if err != nil || len(rest) != 0 {
		return e, errMalformed
	}
	if err := strict(head, &e.Header); err != nil {
		return e, err
	}
	if !e.shaped() {
		return e, errMalformed
	}
	e.body = body
	return e, nil
}

// mostConsents bounds the receipts that a header names.
const mostConsents = 100

var hashShape = regexp.MustCompile(`^[0-9a-f]{64}$`)

// shaped says whether a header holds codes, ids and hashes only: what is noted of a message in clear, even
// of one that is refused, can then hold no text.
func (h Header) shaped() bool {
	ok := !h.ID.IsZero() && !h.From.IsZero() && !h.To.IsZero() && terms.IsCode(h.Type) && terms.IsCode(h.Purpose) && terms.IsCode(h.Basis) &&
		slices.Contains(terms.Handlings(), h.Handling) && h.Seq > 0 && h.Hop >= 0 && hashShape.MatchString(h.Terms) && (h.Prev == "" || hashShape.MatchString(h.Prev)) &&
		len(h.Categories) <= len(journal.Categories()) && len(h.Consents) <= mostConsents && parcelsShaped(h.Parcels)
	for i, c := range h.Categories {
		ok = ok && slices.Contains(journal.Categories(), c) && !slices.Contains(h.Categories[:i], c)
	}
	for _, c := range h.Consents {
		_, err := journal.ParseID(c)
		ok = ok && err == nil
	}
	return ok
}

func frame(b []byte, limit int) (part, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errMalformed
	}
	n := binary.BigEndian.Uint32(b)
	if int64(n) > int64(limit) || int64(n) > int64(len(b)-4) {
		return nil, nil, errMalformed
	}
	return b[4 : 4+n], b[4+n:], nil
}

// strict decodes JSON whose canonical form is the input: unknown fields, doubled keys, other spacing or
// anything after it are refused.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return errMalformed
	}
	again, err := json.Marshal(v)
	if err != nil || !bytes.Equal(again, b) {
		return errMalformed
	}
	return nil
}

// seal encrypts a signed envelope to the one office that may read it.
func seal(raw []byte, to card.Card) ([]byte, error) {
	r, err := to.Recipient()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil { // writes the last chunk
		return nil, err
	}
	return b.Bytes(), nil
}

// unseal opens a sealed message, bounded.
func unseal(sealed []byte, s card.Secrets) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), s.Identities()...)
	if err != nil {
		return nil, fmt.Errorf("post: not for this office, or damaged: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, 2*MaxMessage))
	if err != nil {
		return nil, fmt.Errorf("post: damaged: %w", err)
	}
	return raw, nil
}

// Receipt is the receiver's signed answer to a message.
type Receipt struct {
	Version int        `json:"version"`
	Message journal.ID `json:"message"`
	Hash    string     `json:"hash"` // hex of the envelope's hash: what exactly was received
	From    journal.ID `json:"from"` // who signs: the receiver
	To      journal.ID `json:"to"`
	Status  string     `json:"status"` // accepted | refused | early
	Reason  string     `json:"reason,omitempty"`
	Expects int64      `json:"expects,omitempty"` // of an early one: the first number that is missing
	At      time.Time  `json:"at"`
}

const receiptMagic = "entraide-receipt/1\n"

func signReceipt(r Receipt, key ed25519.PrivateKey) ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return append(ed25519.Sign(key, append([]byte(receiptMagic), b...)), b...), nil
}

// ReadReceipt verifies a receipt with the signer's card.
func ReadReceipt(b []byte, from card.Card) (Receipt, error) {
	var r Receipt
	if len(b) < ed25519.SignatureSize || len(b) > maxHeader {
		return r, errMalformed
	}
	key, err := from.PublicKey()
	if err != nil {
		return r, err
	}
	sig, body := b[:ed25519.SignatureSize], b[ed25519.SignatureSize:]
	if !ed25519.Verify(key, append([]byte(receiptMagic), body...), sig) {
		return r, errors.New("post: the receipt is not signed by that office")
	}
	if err := strict(body, &r); err != nil {
		return r, err
	}
	if r.Version != 1 || !slices.Contains([]string{Accepted, Refused, Early}, r.Status) || (r.Status == Early) != (r.Expects > 0) || r.Expects < 0 || r.Reason != "" && !terms.IsCode(r.Reason) {
		return r, errMalformed
	}
	if r.From != from.Office {
		return r, errors.New("post: the receipt names another office")
	}
	return r, nil
}
