// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// DataKey seals parts of one category of one dossier.
type DataKey struct{ a cipher.AEAD }

// Seal seals a part; bound ties it to its place and must be given again to open it.
func (d DataKey) Seal(plain, bound []byte) ([]byte, error) {
	if d.a == nil {
		return nil, errors.New("vault: an empty data key")
	}
	return d.a.Seal(nil, nil, plain, bound), nil
}

// Open opens a part.
func (d DataKey) Open(sealed, bound []byte) ([]byte, error) {
	if d.a == nil {
		return nil, errors.New("vault: an empty data key")
	}
	return d.a.Open(nil, nil, sealed, bound)
}

// Keys are the data keys of one dossier.
type Keys struct {
	keys     map[journal.Category]DataKey
	shredded map[journal.Category]bool
}

// Key gives the key of a category, if there is one.
func (ks Keys) Key(c journal.Category) (DataKey, bool) { d, ok := ks.keys[c]; return d, ok }

// Shredded says whether a key of the category was ever destroyed.
func (ks Keys) Shredded(c journal.Category) bool { return ks.shredded[c] }

// bound ties a wrapped key to its owner, dossier and category.
func bound(owner, dossier journal.ID, c journal.Category) []byte {
	b := make([]byte, 0, 40)
	b = append(b, owner[:]...)
	b = append(b, dossier[:]...)
	return append(b, c...)
}

func (k *Keyring) unwrap(owner, dossier journal.ID, c journal.Category, wrapped []byte) (DataKey, error) {
	raw, err := k.wrap.Open(nil, nil, wrapped, bound(owner, dossier, c))
	if err != nil {
		return DataKey{}, fault.Wrap(fault.Internal, err, "vault.does_not_open")
	}
	a, err := aead(raw)
	return DataKey{a}, err
}

// Load reads the keys of a dossier.
func (k *Keyring) Load(ctx context.Context, tx db.Tx, owner, dossier journal.ID) (Keys, error) {
	m, err := k.LoadMany(ctx, tx, owner, []journal.ID{dossier})
	return m[dossier], err
}

// LoadMany reads the keys of several dossiers.
func (k *Keyring) LoadMany(ctx context.Context, tx db.Tx, owner journal.ID, dossiers []journal.ID) (map[journal.ID]Keys, error) {
	out := make(map[journal.ID]Keys, len(dossiers))
	if len(dossiers) == 0 {
		return out, nil
	}
	for _, d := range dossiers {
		out[d] = Keys{keys: map[journal.Category]DataKey{}, shredded: map[journal.Category]bool{}}
	}
	args := []any{owner}
	var list strings.Builder
	for i, d := range dossiers {
		if i > 0 {
			list.WriteString(", ")
		}
		args = append(args, d)
		fmt.Fprintf(&list, "$%d", len(args))
	}
	rows, err := tx.Query(ctx, `SELECT dossier, category, wrapped FROM vault_key WHERE owner = $1 AND dossier IN (`+list.String()+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d journal.ID
		var c journal.Category
		var wrapped []byte
		if err := rows.Scan(&d, &c, &wrapped); err != nil {
			return nil, err
		}
		if out[d].keys[c], err = k.unwrap(owner, d, c, wrapped); err != nil {
			return nil, err
		}
	}
	return out, rows.Err()
}

// Fresh is a new data key that is not stored yet.
type Fresh struct {
	owner, dossier journal.ID
	category       journal.Category
	key            DataKey
	wrapped        []byte
}

// New makes a data key; Insert stores it.
func (k *Keyring) New(owner, dossier journal.ID, c journal.Category) (Fresh, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return Fresh{}, err
	}
	a, err := aead(raw)
	if err != nil {
		return Fresh{}, err
	}
	return Fresh{owner, dossier, c, DataKey{a}, k.wrap.Seal(nil, nil, raw, bound(owner, dossier, c))}, nil
}

// Key gives the new key.
func (f Fresh) Key() DataKey { return f.key }

// Insert stores the new key; Conflict when there is one already.
func (f Fresh) Insert(ctx context.Context, tx db.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO vault_key (owner, dossier, category, wrapped) VALUES ($1, $2, $3, $4)`, f.owner, f.dossier, string(f.category), f.wrapped)
	return err
}

// Shred destroys the keys of categories of a dossier and remembers that it did, so that a restored
// backup can be made to forget them again. It gives how many keys there were.
func Shred(ctx context.Context, tx db.Tx, owner, dossier journal.ID, cats []journal.Category, at time.Time) (int, error) {
	total := 0
	for _, c := range cats {
		n, err := tx.Exec(ctx, `DELETE FROM vault_key WHERE owner = $1 AND dossier = $2 AND category = $3`, owner, dossier, string(c))
		if err != nil {
			return total, err
		}
		if n == 0 {
			continue
		}
		total += int(n)
		if _, err := tx.Exec(ctx, `INSERT INTO vault_erasure (owner, dossier, category, at) VALUES ($1, $2, $3, $4) ON CONFLICT (owner, dossier, category) DO UPDATE SET at = excluded.at`,
			owner, dossier, string(c), db.Micros(at)); err != nil {
			return total, err
		}
	}
	return total, nil
}

// Erasure is one destroyed key.
type Erasure struct {
	Dossier  journal.ID       `json:"dossier"`
	Category journal.Category `json:"category"`
	At       time.Time        `json:"at"`
}

// Erasures lists the keys destroyed at or after a time, oldest first.
func Erasures(ctx context.Context, tx db.Tx, owner journal.ID, since time.Time) ([]Erasure, error) {
	rows, err := tx.Query(ctx, `SELECT dossier, category, at FROM vault_erasure WHERE owner = $1 AND at >= $2 ORDER BY at, dossier, category`, owner, db.Micros(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Erasure
	for rows.Next() {
		var e Erasure
		var at int64
		if err := rows.Scan(&e.Dossier, &e.Category, &at); err != nil {
			return nil, err
		}
		e.At = db.Time(at)
		out = append(out, e)
	}
	return out, rows.Err()
}
