// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Waiting names what waits for a partner now, messages and receipts, by a hash: another one when something came or went, and
// "" when nothing waits.
func Waiting(ctx context.Context, tx db.Tx, owner, partner journal.ID) (string, error) {
	h, n := sha256.New(), 0
	for _, q := range []string{`SELECT id, 0 FROM post_out WHERE owner = $1 AND partner = $2 AND state = 'queued' ORDER BY id`,
		`SELECT message, times FROM post_by_hand WHERE owner = $1 AND partner = $2 ORDER BY message`} {
		rows, err := tx.Query(ctx, q, owner, partner)
		if err != nil {
			return "", err
		}
		for rows.Next() {
			var id journal.ID
			var times int64
			if err := rows.Scan(&id, &times); err != nil {
				return "", errors.Join(err, rows.Close())
			}
			fmt.Fprintf(h, "%s %d\n", id, times)
			n++
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return "", err
		}
	}
	if n == 0 {
		return "", nil
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
