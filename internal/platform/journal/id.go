// SPDX-License-Identifier: EUPL-1.2

package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// ID is a UUIDv7 made by the writer, so that sending an entry twice is harmless. It is stored as 16
// bytes and printed in the usual form. The zero ID means "none".
type ID [16]byte

// NewID makes an id at a time, from the given source of randomness (crypto/rand when nil).
func NewID(at time.Time, random io.Reader) ID {
	if random == nil {
		random = rand.Reader
	}
	var id ID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16)
	if _, err := io.ReadFull(random, id[6:]); err != nil {
		panic("journal: no randomness: " + err.Error())
	}
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// IDOf makes the id that follows from a text: the same text gives the same id, in every office and at any time. It is a UUID of
// version 8 (made from other data), and nothing can be read from it.
func IDOf(text string) ID {
	h := sha256.Sum256([]byte(text))
	id := ID(h[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

// IDOfWords is IDOf for several words, wherever one of them ends: ("ab", "c") is not ("a", "bc").
func IDOfWords(words ...string) ID {
	var text []byte
	for _, w := range words {
		text = binary.BigEndian.AppendUint64(text, uint64(len(w)))
		text = append(text, w...)
	}
	return IDOf(string(text))
}

// ParseID reads the 36-character form; an error names what was expected, never the input.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, fmt.Errorf("journal: an id has 36 characters as in 0190f3c4-5b1e-7a11-8c3d-2f6a9b0e4d57")
	}
	raw := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(id[:], []byte(raw)); err != nil {
		return ID{}, fmt.Errorf("journal: an id is made of hexadecimal digits")
	}
	return id, nil
}

// MustID is ParseID for constants in tests and packs.
func MustID(s string) ID {
	id, err := ParseID(s)
	if err != nil {
		panic(err)
	}
	return id
}

// IsZero says whether the id is "none".
func (id ID) IsZero() bool { return id == ID{} }

// String gives the 36-character form.
func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[:8], id[:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:], id[10:])
	return string(b[:])
}

// MarshalText gives the 36-character form; the zero id is the empty text.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads the 36-character form or the empty text.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	x, err := ParseID(string(b))
	if err != nil {
		return err
	}
	*id = x
	return nil
}

// Value stores the id as 16 bytes.
func (id ID) Value() (driver.Value, error) { return id[:], nil }

// Scan reads 16 bytes; NULL is the zero id.
func (id *ID) Scan(v any) error {
	switch b := v.(type) {
	case nil:
		*id = ID{}
	case []byte:
		if len(b) != 16 {
			return fmt.Errorf("journal: an id column holds 16 bytes, this has %d", len(b))
		}
		copy(id[:], b)
	default:
		return fmt.Errorf("journal: an id column is bytes, this is %T", v)
	}
	return nil
}
