// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Shred destroys the keys of categories of a dossier and remembers that it did, so that a restored backup
// can be made to forget them again (Replay). It gives how many keys there were; a category without a key is
// left alone. On SQLite the bytes stay in the write-ahead log until db.Scrub, which the caller runs after
// the transaction.
func Shred(ctx context.Context, tx db.Tx, owner, dossier journal.ID, cats []journal.Category, at time.Time) (int, error) {
	n := 0
	for _, c := range cats {
		var id []byte
		err := tx.Row(ctx, `DELETE FROM vault_key WHERE owner = $1 AND dossier = $2 AND category = $3 RETURNING id`, owner, dossier, string(c)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return n, err
		}
		if err := remember(ctx, tx, owner, Erasure{dossier, c, Key(id), at}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func remember(ctx context.Context, tx db.Tx, owner journal.ID, e Erasure) error {
	_, err := tx.Exec(ctx, `INSERT INTO vault_erasure (owner, dossier, category, id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner, dossier, category, id) DO NOTHING`,
		owner, e.Dossier, string(e.Category), []byte(e.Key), db.Micros(e.At))
	return err
}

// Key is the id of a data key, printed in hexadecimal. It tells nothing of the key.
type Key []byte

// MarshalText gives the hexadecimal form.
func (k Key) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, k), nil }

// UnmarshalText reads the hexadecimal form.
func (k *Key) UnmarshalText(b []byte) error {
	id, err := hex.DecodeString(string(b))
	if err != nil || len(id) != len(keyID{}) {
		return fmt.Errorf("vault: a key's id is 32 hexadecimal digits")
	}
	*k = id
	return nil
}

// Erasure is one destroyed key. A list of them is kept outside the database, for Replay.
type Erasure struct {
	Dossier  journal.ID       `json:"dossier"`
	Category journal.Category `json:"category"`
	Key      Key              `json:"key"`
	At       time.Time        `json:"at"`
}

// Erasures lists the keys destroyed at or after a time, oldest first.
func Erasures(ctx context.Context, tx db.Tx, owner journal.ID, since time.Time) ([]Erasure, error) {
	rows, err := tx.Query(ctx, `SELECT dossier, category, id, at FROM vault_erasure WHERE owner = $1 AND at >= $2 ORDER BY at, dossier, category, id`, owner, db.Micros(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Erasure
	for rows.Next() {
		var e Erasure
		var at int64
		if err := rows.Scan(&e.Dossier, &e.Category, (*[]byte)(&e.Key), &at); err != nil {
			return nil, err
		}
		e.At = db.Time(at)
		out = append(out, e)
	}
	return out, rows.Err()
}

// Replay carries erasures out again on a restored database: the very keys that they name are removed, and
// newer keys of the same dossier and category are not. It gives how many keys were there. Doing it twice is
// harmless. Run db.Scrub afterwards.
func Replay(ctx context.Context, tx db.Tx, owner journal.ID, es []Erasure) (int, error) {
	total := 0
	for _, e := range es {
		n, err := tx.Exec(ctx, `DELETE FROM vault_key WHERE owner = $1 AND dossier = $2 AND category = $3 AND id = $4`, owner, e.Dossier, string(e.Category), []byte(e.Key))
		if err != nil {
			return total, err
		}
		total += int(n)
		if err := remember(ctx, tx, owner, e); err != nil {
			return total, err
		}
	}
	return total, nil
}
