// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// Blob is bytes that come with an entry and are too many for its payload: an attachment. They are sealed in pieces
// under the dossier's key of Category and stored in the entry's own transaction; the entry's leaf commits to the sealed
// pieces, and erasing the category erases them. Who may write the entry must be allowed to write Category, too.
type Blob struct {
	Category journal.Category // sealed, and one of those that the entry's payload has a part in
	Bytes    []byte           // at least one, at most MaxBlob; not changed by the store
}

// MaxBlob bounds the bytes that come with one entry.
const MaxBlob = 10 << 20

// chunkSize is how many bytes are sealed together.
const chunkSize = 256 << 10

// chunk is one sealed piece as it will lie in the database.
type chunk struct{ digest, body []byte }

// checkBlob says whether an entry comes with the blob that its type asks for.
func checkBlob(t typeInfo, e journal.Entry, b *Blob) error {
	switch {
	case b == nil && t.Blob:
		return fault.Bad("file", "store.need_blob")
	case b == nil:
		return nil
	case !t.Blob:
		return fmt.Errorf("store: an entry of type %s comes without bytes of its own", t.Name)
	case !b.Category.Sealed() || !e.Has(b.Category):
		return fmt.Errorf("store: the bytes of a %s are of category %q, its payload is not", t.Name, b.Category)
	case len(b.Bytes) == 0:
		return fault.Bad("file", "store.need_blob")
	case len(b.Bytes) > MaxBlob:
		return fault.Bad("file", "store.blob_size", "Most", MaxBlob>>20)
	}
	return nil
}

// sealBlob seals the pieces. Each is bound to its place and to how many there are, so that none can be moved, left out
// or added.
func (n *newEntry) sealBlob(key vault.DataKey) error {
	count := (len(n.blob.Bytes) + chunkSize - 1) / chunkSize
	for piece := range slices.Chunk(n.blob.Bytes, chunkSize) {
		place := len(n.chunks)
		body, err := key.Seal(piece, boundChunk(n.ID, n.blob.Category, place, count))
		if err != nil {
			return err
		}
		n.chunks = append(n.chunks, chunk{digestChunk(n.salt, place, body), body})
	}
	return nil
}

func boundChunk(entry journal.ID, c journal.Category, place, count int) []byte {
	b := append(bound(entry, c), "chunk"...)
	b = binary.BigEndian.AppendUint32(b, uint32(place))
	return binary.BigEndian.AppendUint32(b, uint32(count))
}

// digestChunk is what a leaf's commitment is made of: salted, and of the sealed bytes.
func digestChunk(salt []byte, place int, body []byte) []byte {
	return digest(salt, journal.Category(fmt.Sprintf("chunk %d", place)), body)
}

// commitment joins the digests of all pieces, in order; nil for no pieces.
func commitment(digests [][]byte) []byte {
	if len(digests) == 0 {
		return nil
	}
	h := sha256.New()
	for _, d := range digests {
		h.Write(d)
	}
	return h.Sum(nil)
}

// writeBlob stores an entry's pieces.
func writeBlob(ctx context.Context, tx db.Tx, n newEntry) error {
	for place, x := range n.chunks {
		if _, err := tx.Exec(ctx, `INSERT INTO chunk (owner, entry, number, category, digest, body) VALUES ($1, $2, $3, $4, $5, $6)`,
			n.Owner, n.ID, place, string(n.blob.Category), x.digest, x.body); err != nil {
			return err
		}
	}
	return nil
}

// wipe removes the bytes of a dossier's category: parts and pieces. Their digests stay, so that the log still verifies.
// It gives how many there were.
func wipe(ctx context.Context, tx db.Tx, owner, dossier journal.ID, c journal.Category) (int64, error) {
	parts, err := tx.Exec(ctx, `UPDATE part SET body = NULL WHERE owner = $1 AND category = $2 AND body IS NOT NULL AND entry IN (SELECT id FROM entry WHERE owner = $1 AND dossier = $3)`,
		owner, string(c), dossier)
	if err != nil {
		return 0, err
	}
	chunks, err := tx.Exec(ctx, `UPDATE chunk SET body = NULL WHERE owner = $1 AND category = $2 AND body IS NOT NULL AND entry IN (SELECT id FROM entry WHERE owner = $1 AND dossier = $3)`,
		owner, string(c), dossier)
	return parts + chunks, err
}

// OpenBlob gives the bytes that came with an entry of a dossier. The door is asked about the very category of the very
// dossier, the entry is looked for in that dossier and nowhere else, and the reading is noted before the bytes are given
// (see WithReads).
//
// Errors: NotFound where the dossier is not for this actor, or has no such entry with bytes; Denied for the category;
// Erased.
func (s *Store) OpenBlob(ctx context.Context, w Who, ref Ref, entry journal.ID) (Blob, error) {
	o, err := s.owner(w)
	if err != nil {
		return Blob{}, err
	}
	k, err := s.c.Registry.kind(ref.Kind)
	if err != nil {
		return Blob{}, err
	}
	var b Blob
	if err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		l, err := s.load(ctx, tx, o, w.Actor.ID, ref)
		if err != nil {
			return err
		}
		b, err = s.readBlob(ctx, tx, w, k, l, entry)
		return err
	}); err != nil {
		return Blob{}, err
	}
	return b, s.note(ctx, w, []ReadOf{{Dossier: ref.ID, Categories: []journal.Category{b.Category}}})
}

// readBlob reads and unseals the pieces of an entry of a loaded dossier.
func (s *Store) readBlob(ctx context.Context, tx db.Tx, w Who, k *Kind, l *loaded, entry journal.ID) (Blob, error) {
	row := access.Row{Owner: w.Actor.Owner, Kind: l.ref.Kind, Dossier: l.ref.ID, Relations: l.relations, Facts: s.facts(w.Actor.Owner)}
	nothing := fault.New(fault.NotFound, "store.not_found")
	if !l.exists || !s.allowed(w, access.Read, "", row, k.Base) || !slices.ContainsFunc(l.entries, func(e journal.Entry) bool { return e.ID == entry }) {
		return Blob{}, nothing
	}
	rows, err := tx.Query(ctx, `SELECT category, body FROM chunk WHERE owner = $1 AND entry = $2 ORDER BY number`, w.Actor.Owner, entry)
	if err != nil {
		return Blob{}, err
	}
	defer rows.Close()
	var c journal.Category
	var sealed [][]byte
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&c, &body); err != nil {
			return Blob{}, err
		}
		if !s.allowed(w, access.Read, "", row, c) {
			return Blob{}, fault.New(fault.Denied, "fault.denied")
		}
		if body == nil {
			return Blob{}, fault.New(fault.Erased, "fault.erased")
		}
		sealed = append(sealed, body)
	}
	if err := rows.Err(); err != nil {
		return Blob{}, err
	}
	if len(sealed) == 0 {
		return Blob{}, nothing
	}
	return unsealBlob(l.keys, entry, c, sealed)
}

func unsealBlob(keys vault.Keys, entry journal.ID, c journal.Category, sealed [][]byte) (Blob, error) {
	key, ok := keys.Key(c)
	if !ok {
		return Blob{}, fault.New(fault.Erased, "fault.erased")
	}
	b := Blob{Category: c}
	for place, body := range sealed {
		piece, err := key.Open(body, boundChunk(entry, c, place, len(sealed)))
		if err != nil {
			return Blob{}, fmt.Errorf("store: piece %d of entry %s does not open: %w", place, entry, err)
		}
		b.Bytes = append(b.Bytes, piece...)
	}
	return b, nil
}
