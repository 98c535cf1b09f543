// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"context"
	"crypto/cipher"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// DataKey is the AES-256-GCM key of one category of one dossier. One that was loaded is unwrapped when it is first used.
type DataKey struct{ k *dataKey }

type dataKey struct {
	once   sync.Once
	unwrap func() (cipher.AEAD, error)
	a      cipher.AEAD
	err    error
}

var errNoKey = errors.New("vault: an empty data key")

func (d DataKey) aead() (cipher.AEAD, error) {
	if d.k == nil {
		return nil, errNoKey
	}
	d.k.once.Do(func() {
		if d.k.unwrap != nil {
			d.k.a, d.k.err = d.k.unwrap()
		}
	})
	return d.k.a, d.k.err
}

// Seal seals a part; bound ties it to its place and must be given again to open it.
func (d DataKey) Seal(plain, bound []byte) ([]byte, error) {
	a, err := d.aead()
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, plain, bound), nil
}

// Open opens a part that was sealed with the same bound.
func (d DataKey) Open(sealed, bound []byte) ([]byte, error) {
	a, err := d.aead()
	if err != nil {
		return nil, err
	}
	plain, err := a.Open(nil, nil, sealed, bound)
	if err != nil {
		return nil, shut(err)
	}
	return plain, nil
}

// Keys are the data keys of one dossier as loaded.
type Keys struct {
	keys     map[journal.Category]DataKey
	shredded map[journal.Category]bool
}

// Key gives the key of a category, if there is one.
func (ks Keys) Key(c journal.Category) (DataKey, bool) { d, ok := ks.keys[c]; return d, ok }

// And gives these keys and new ones, which take the place of those of their categories.
func (ks Keys) And(fresh ...Fresh) Keys {
	out := Keys{make(map[journal.Category]DataKey, len(ks.keys)+len(fresh)), ks.shredded}
	maps.Copy(out.keys, ks.keys)
	for _, f := range fresh {
		out.keys[f.row.category] = f.key
	}
	return out
}

// Shredded says whether a key of the category was ever destroyed; a newer one may stand in its place.
func (ks Keys) Shredded(c journal.Category) bool { return ks.shredded[c] }

// keyID names one data key for good.
type keyID [16]byte

// place is what a wrapped key is bound to: owner, dossier, key id (16 bytes each), then the category.
func place(owner, dossier journal.ID, id keyID, c journal.Category) []byte {
	b := make([]byte, 0, 52)
	b = append(b, owner[:]...)
	b = append(b, dossier[:]...)
	b = append(b, id[:]...)
	return append(b, c...)
}

// stored is one row of vault_key.
type stored struct {
	dossier  journal.ID
	category journal.Category
	id       keyID
	root     []byte
	wrapped  []byte
}

// raw unwraps the key of a row.
func (k *Keyring) raw(owner journal.ID, s stored) ([]byte, error) {
	r, ok := k.byID(s.root)
	if !ok {
		return nil, shut(errors.New("wrapped under another root"))
	}
	b, err := r.wrap.Open(nil, nil, s.wrapped, place(owner, s.dossier, s.id, s.category))
	if err != nil {
		return nil, shut(err)
	}
	return b, nil
}

// Load reads the keys of a dossier.
func (k *Keyring) Load(ctx context.Context, tx db.Tx, owner, dossier journal.ID) (Keys, error) {
	m, err := k.LoadMany(ctx, tx, owner, []journal.ID{dossier})
	return m[dossier], err
}

// loadChunk bounds the parameters of one query.
const loadChunk = 500

// LoadMany reads the keys of several dossiers, but for those of categories that are not wanted; every dossier is in the
// answer.
func (k *Keyring) LoadMany(ctx context.Context, tx db.Tx, owner journal.ID, dossiers []journal.ID, without ...journal.Category) (map[journal.ID]Keys, error) {
	out := make(map[journal.ID]Keys, len(dossiers))
	for _, d := range dossiers {
		out[d] = Keys{keys: map[journal.Category]DataKey{}}
	}
	for chunk := range slices.Chunk(dossiers, loadChunk) {
		if err := k.load(ctx, tx, owner, chunk, without, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Without gives the end of a condition that leaves rows of some categories out by their key; nothing for none. The
// categories are of the closed list, so their names can stand in the text.
func Without(categories []journal.Category) string {
	if len(categories) == 0 {
		return ""
	}
	names := make([]string, len(categories))
	for i, c := range categories {
		names[i] = string(c)
	}
	return ` AND category NOT IN ('` + strings.Join(names, `', '`) + `')`
}

// load reads keys and erasures in one query: a row without a wrapped key is an erasure.
func (k *Keyring) load(ctx context.Context, tx db.Tx, owner journal.ID, dossiers []journal.ID, without []journal.Category, out map[journal.ID]Keys) error {
	list, args := db.In([]any{owner}, dossiers)
	not := Without(without)
	rows, err := tx.Query(ctx, `SELECT dossier, category, id, root, wrapped FROM vault_key WHERE owner = $1 AND dossier IN (`+list+`)`+not+`
		UNION ALL SELECT dossier, category, id, NULL, NULL FROM vault_erasure WHERE owner = $1 AND dossier IN (`+list+`)`+not, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var s stored
		var id []byte
		if err := rows.Scan(&s.dossier, &s.category, &id, &s.root, &s.wrapped); err != nil {
			return err
		}
		copy(s.id[:], id)
		if s.wrapped == nil {
			ks := out[s.dossier]
			if ks.shredded == nil {
				ks.shredded = map[journal.Category]bool{}
				out[s.dossier] = ks
			}
			ks.shredded[s.category] = true
			continue
		}
		out[s.dossier].keys[s.category] = DataKey{&dataKey{unwrap: func() (cipher.AEAD, error) {
			raw, err := k.raw(owner, s)
			if err != nil {
				return nil, err
			}
			return aead(raw)
		}}}
	}
	return rows.Err()
}

// Fresh is a new data key that is not stored yet.
type Fresh struct {
	owner journal.ID
	row   stored
	key   DataKey
}

// New makes a data key, outside any transaction; Insert stores it.
func (k *Keyring) New(owner, dossier journal.ID, c journal.Category) (Fresh, error) {
	b, err := random(len(keyID{}) + 32)
	if err != nil {
		return Fresh{}, err
	}
	id, raw := keyID(b[:16]), b[16:]
	a, err := aead(raw)
	if err != nil {
		return Fresh{}, err
	}
	r := k.newest()
	wrapped := r.wrap.Seal(nil, nil, raw, place(owner, dossier, id, c))
	return Fresh{owner, stored{dossier, c, id, r.id[:], wrapped}, DataKey{&dataKey{a: a}}}, nil
}

// Key gives the new key.
func (f Fresh) Key() DataKey { return f.key }

// Insert stores the new key; Conflict when the dossier has one of that category already.
func (f Fresh) Insert(ctx context.Context, tx db.Tx) error { return Insert(ctx, tx, f) }

// Insert stores new keys; Conflict when a dossier has one of a category already.
func Insert(ctx context.Context, tx db.Tx, fresh ...Fresh) error {
	var rows [][]any
	for _, f := range fresh {
		rows = append(rows, []any{f.owner, f.row.dossier, string(f.row.category), f.row.id[:], f.row.root, f.row.wrapped})
	}
	return db.Insert(ctx, tx, `INSERT INTO vault_key (owner, dossier, category, id, root, wrapped) VALUES`, rows, "")
}
