// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Reseal seals what is kept of an owner's people again, under the newest key of its keyring, and gives how many values:
// logins, names, password hashes, authenticator secrets and labels of tokens. All or nothing; doing it twice harms nothing.
func (s *Service) Reseal(ctx context.Context, owner journal.ID) (n int, err error) {
	o, err := s.c.Owner(owner)
	if err != nil {
		return 0, err
	}
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		n = 0
		for _, c := range []struct{ purpose, table, key, account, column string }{
			{"login", "identity_account", "id", "id", "login"},
			{"name", "identity_account", "id", "id", "name"},
			{"password", "identity_account", "id", "id", "password"},
			{"factor", "identity_account", "id", "id", "factor"},
			{"token", "identity_token", "hash", "account", "label"},
		} {
			rows, err := sealedOf(ctx, tx, owner, `SELECT `+c.key+`, `+c.account+`, `+c.column+` FROM `+c.table+` WHERE owner = $1`)
			if err != nil {
				return err
			}
			for _, r := range rows {
				plain, err := open(o.Keys, c.purpose, r.account, r.sealed)
				if err != nil {
					return err
				}
				again, err := seal(o.Keys, c.purpose, r.account, plain)
				if err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `UPDATE `+c.table+` SET `+c.column+` = $1 WHERE owner = $2 AND `+c.key+` = $3`, again, owner, r.key); err != nil {
					return err
				}
				n++
			}
		}
		return nil
	})
	return n, err
}

// sealedRow is one sealed value, the key of its row, and whose it is.
type sealedRow struct {
	key     []byte
	account journal.ID
	sealed  []byte
}

// sealedOf lists sealed values; what is empty (no password yet, no authenticator) was not sealed.
func sealedOf(ctx context.Context, tx db.Tx, owner journal.ID, query string) ([]sealedRow, error) {
	var out []sealedRow
	err := each(ctx, tx, func(scan func(...any) error) error {
		var r sealedRow
		err := scan(&r.key, &r.account, &r.sealed)
		if err == nil && len(r.sealed) > 0 {
			out = append(out, r)
		}
		return err
	}, query, owner)
	return out, err
}
