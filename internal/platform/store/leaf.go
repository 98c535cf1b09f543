// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// leaf is what the log commits to: the clear header and salted digests of the parts as stored. Field
// order is the canonical form; changing it needs a new V.
type leaf struct {
	V        int                                  `json:"v"`
	Owner    journal.ID                           `json:"owner"`
	Dossier  journal.ID                           `json:"dossier,omitzero"`
	Kind     string                               `json:"kind"`
	Revision int64                                `json:"revision,omitempty"`
	ID       journal.ID                           `json:"id"`
	Type     string                               `json:"type"`
	Schema   int                                  `json:"schema"`
	Base     int64                                `json:"base,omitempty"`
	Actor    journal.ID                           `json:"actor"`
	Purpose  string                               `json:"purpose"`
	Occurred int64                                `json:"occurred"`
	Recorded int64                                `json:"recorded"`
	Salt     string                               `json:"salt"`
	Parts    map[journal.Category]json.RawMessage `json:"parts"` // map keys come out sorted
	Chunks   []byte                               `json:"chunks,omitempty"`
}

// canonical gives the bytes of an entry's leaf. Verifying it needs no key, and what was erased cannot be
// guessed from it: a sealed part's digest covers ciphertext, a clear part's is salted. chunks commits to the
// bytes that came with the entry; nil where none did.
func canonical(h journal.Header, salt []byte, digests map[journal.Category][]byte, chunks []byte) []byte {
	l := leaf{V: 1, Owner: h.Owner, Dossier: h.Dossier, Kind: h.Kind, Revision: h.Revision, ID: h.ID, Type: h.Type, Schema: h.Schema, Base: h.Base,
		Actor: h.Actor, Purpose: h.Purpose, Occurred: db.Micros(h.OccurredAt), Recorded: db.Micros(h.RecordedAt),
		Salt: base64.StdEncoding.EncodeToString(salt), Parts: map[journal.Category]json.RawMessage{}, Chunks: chunks}
	for c, d := range digests {
		l.Parts[c] = json.RawMessage(`"` + base64.StdEncoding.EncodeToString(d) + `"`)
	}
	b, err := json.Marshal(l)
	if err != nil {
		panic("store: a leaf always marshals: " + err.Error())
	}
	return b
}

func digest(salt []byte, c journal.Category, body []byte) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(c))
	h.Write([]byte{0})
	h.Write(body)
	return h.Sum(nil)
}

// ErrNoEntry says that the log names an entry that is not there.
var ErrNoEntry = errors.New("store: the log names an entry that is not stored")

// ErrAltered says that a stored part is not the one that the log commits to.
var ErrAltered = errors.New("store: a stored part differs from what the log commits to")

// Canonical gives the leaf bytes of a stored entry or read entry, made afresh from what is stored, so
// that the ledger can compare them with the tree. Parts that are still there are compared with their
// digests; erased ones count by their digest alone.
func Canonical(ctx context.Context, tx db.Tx, owner, id journal.ID) ([]byte, error) {
	h := journal.Header{Owner: owner, ID: id}
	var occurred, recorded int64
	var salt []byte
	err := tx.Row(ctx, `SELECT dossier, revision, kind, type, version, base, actor, purpose, occurred, recorded, salt FROM entry WHERE owner = $1 AND id = $2`, owner, id).
		Scan(&h.Dossier, &h.Revision, &h.Kind, &h.Type, &h.Schema, &h.Base, &h.Actor, &h.Purpose, &occurred, &recorded, &salt)
	if errors.Is(err, sql.ErrNoRows) {
		return canonicalRead(ctx, tx, owner, id)
	}
	if err != nil {
		return nil, err
	}
	h.OccurredAt, h.RecordedAt = db.Time(occurred), db.Time(recorded)
	rows, err := tx.Query(ctx, `SELECT -1 AS place, category, digest, body FROM part WHERE owner = $1 AND entry = $2
		UNION ALL SELECT number, category, digest, body FROM chunk WHERE owner = $1 AND entry = $2 ORDER BY place`, owner, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	digests := map[journal.Category][]byte{}
	var chunks [][]byte
	for rows.Next() {
		var place int
		var c journal.Category
		var d, body []byte
		if err := rows.Scan(&place, &c, &d, &body); err != nil {
			return nil, err
		}
		is := digest(salt, c, body)
		if place >= 0 {
			is = digestChunk(salt, place, body)
			chunks = append(chunks, d)
		} else {
			digests[c] = d
		}
		if body != nil && subtle.ConstantTimeCompare(is, d) != 1 {
			return nil, ErrAltered
		}
	}
	return canonical(h, salt, digests, commitment(chunks)), rows.Err()
}

// CountEntries gives how many entries and read entries of an owner are stored, each of which has a leaf; for
// ledger.Verify.
func CountEntries(ctx context.Context, tx db.Tx, owner journal.ID) (int64, error) {
	var entries, reads int64
	if err := tx.Row(ctx, `SELECT COUNT(*) FROM entry WHERE owner = $1`, owner).Scan(&entries); err != nil {
		return 0, err
	}
	err := tx.Row(ctx, `SELECT COUNT(*) FROM read_entry WHERE owner = $1`, owner).Scan(&reads)
	return entries + reads, err
}
