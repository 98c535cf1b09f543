// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// RecordVersion is that of the format of a record.
const RecordVersion = 1

// maxRecord bounds a record's bytes: the longest text in two languages, and what stands around it.
const maxRecord = 8 << 20

// Record is what an office vouches for about an agreement that was signed: the exact words, who agreed to them, and the hash
// of the signed file as each side has recorded it. It is for whoever must check a file without an office and without a
// network.
type Record struct {
	Version    int          `json:"version"`
	Office     journal.ID   `json:"office"` // that vouches
	At         time.Time    `json:"at"`
	Agreement  journal.ID   `json:"agreement"`
	Code       string       `json:"code"`
	Title      wording.Text `json:"title"`
	Hash       string       `json:"hash"` // of the text
	Paragraphs []Paragraph  `json:"paragraphs"`
	Consents   []Consent    `json:"consents"`
	Initials   Initials     `json:"initials"`
	Signatures []Signature  `json:"signatures"`
}

// Record gives what an office vouches for at a time. Without a signature it names the last version, and no file.
func (a Agreement) Record(office journal.ID, at time.Time) Record {
	r := Record{Version: RecordVersion, Office: office, At: at.UTC().Truncate(time.Second), Agreement: a.ID, Code: a.Opened.Code, Title: a.Opened.Title, Initials: a.Initials, Consents: []Consent{}, Signatures: []Signature{}}
	for _, s := range []Signature{a.Signature, a.SignedThere} {
		if s.File != "" {
			s.Copy = false
			r.Signatures = append(r.Signatures, s)
			r.Hash = s.Hash
		}
	}
	v, _ := a.Version(r.Hash)
	if r.Hash == "" {
		v = a.Last()
	}
	r.Hash, r.Paragraphs = v.Hash, v.Paragraphs
	for _, c := range a.Consents {
		if c.Hash == r.Hash {
			r.Consents = append(r.Consents, c)
		}
	}
	return r
}

// signedRecord is a record as it is handed out: the signature is over exactly these bytes of it.
type signedRecord struct {
	Record    json.RawMessage `json:"record"`
	Signature string          `json:"signature"` // base64, Ed25519
}

// recordContext separates signatures of records from all others.
const recordContext = "entraide agreement v1\n"

// Sign gives a record's bytes with the signature of the office's key.
func (r Record) Sign(key ed25519.PrivateKey) ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return json.Marshal(signedRecord{b, base64.StdEncoding.EncodeToString(ed25519.Sign(key, append([]byte(recordContext), b...)))})
}

// ReadRecord reads a record strictly and verifies that the office of a card has signed it. Errors: Invalid when it cannot be
// read, or when another key has signed it.
func ReadRecord(b []byte, c card.Card) (Record, error) {
	var s signedRecord
	var r Record
	unreadable := func(err error) (Record, error) {
		return Record{}, fault.Wrap(fault.Invalid, err, "agreement.record.unreadable")
	}
	if len(b) > maxRecord {
		return unreadable(errors.New("agreement: a record that is too large"))
	}
	if err := strictly(b, &s); err != nil {
		return unreadable(err)
	}
	key, err := c.PublicKey()
	if err != nil {
		return unreadable(err)
	}
	sig, err := base64.StdEncoding.DecodeString(s.Signature)
	if err != nil || !ed25519.Verify(key, append([]byte(recordContext), s.Record...), sig) {
		return Record{}, fault.New(fault.Invalid, "agreement.record.other_key")
	}
	if err := strictly(s.Record, &r); err != nil {
		return unreadable(err)
	}
	if r.Version != RecordVersion || r.Office != c.Office {
		return Record{}, fault.New(fault.Invalid, "agreement.record.other_key")
	}
	return r, nil
}

// strictly decodes one value of which every field is known, and nothing after it.
func strictly(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("agreement: something follows the record")
	}
	return nil
}

// Holds says whether the words of a record are those that its hash names.
func (r Record) Holds() bool { return r.Hash != "" && r.Hash == Hash(r.Paragraphs) }

// Of gives which offices have recorded a file as the signed one, by its hash.
func (r Record) Of(file []byte) []journal.ID {
	h := hashOf(file)
	out := []journal.ID{}
	for _, s := range r.Signatures {
		if s.File == h && s.Size == len(file) {
			out = append(out, s.Office)
		}
	}
	return out
}

// Same says that every side that has recorded a signed file has recorded the same.
func (r Record) Same() bool {
	for _, s := range r.Signatures {
		if s.File != r.Signatures[0].File {
			return false
		}
	}
	return len(r.Signatures) > 0
}
