// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Back-off. An attempt is charged before it is checked, so that a thousand parallel guesses count as a
// thousand; a right answer gives its charge back. After the free attempts each failure doubles the wait, up to
// maxDelay; a day without failures forgets them. The wait is kept by login whether or not it exists, and by
// address, so it tells nothing about which part was wrong. An account can be kept waiting by a stranger who
// knows its login, never for longer than maxDelay after the stranger stops; Unlock ends it.
const (
	freeByLogin   = 5
	freeByAddress = 30 // an office's people share an address
	firstDelay    = 2 * time.Second
	maxDelay      = 15 * time.Minute
	forgetAfter   = 24 * time.Hour
)

// counter is one row of identity_backoff.
type counter struct {
	kind string
	hmac []byte
	free int64
}

func loginKey(token []byte) counter { return counter{"login", token, freeByLogin} }

func (s *Service) addressKey(address string) counter {
	return counter{"address", s.hostToken("address", address), freeByAddress}
}

// delay is how long to wait after n failures of which free cost nothing.
func delay(n, free int64) time.Duration {
	if n <= free {
		return 0
	}
	d := firstDelay
	for i := free + 1; i < n && d < maxDelay; i++ {
		d *= 2
	}
	return min(d, maxDelay)
}

// charge counts an attempt on all counters, or refuses without counting while one of them waits.
func (s *Service) charge(ctx context.Context, counters ...counter) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		now := s.now()
		for _, c := range counters {
			var failures, until, touched int64
			err := tx.Row(ctx, `SELECT failures, until, touched FROM identity_backoff WHERE kind = $1 AND hmac = $2`, c.kind, c.hmac).Scan(&failures, &until, &touched)
			if err != nil && !none(err) {
				return err
			}
			if wait := db.Time(until).Sub(now); until != 0 && wait > 0 {
				return fault.New(fault.TooMuch, "identity.fault.wait", "Minutes", int(wait/time.Minute)+1)
			}
			if now.Sub(db.Time(touched)) > forgetAfter {
				failures = 0
			}
			failures++
			until = 0
			if d := delay(failures, c.free); d > 0 {
				until = db.Micros(now.Add(d))
			}
			_, err = tx.Exec(ctx, `INSERT INTO identity_backoff (kind, hmac, failures, until, touched) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (kind, hmac) DO UPDATE SET failures = excluded.failures, until = excluded.until, touched = excluded.touched`,
				c.kind, c.hmac, failures, until, db.Micros(now))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// refund takes back one charge after a right answer. Earlier failures stay counted.
func refund(ctx context.Context, tx db.Tx, counters ...counter) error {
	for _, c := range counters {
		_, err := tx.Exec(ctx, `UPDATE identity_backoff SET until = 0, failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END WHERE kind = $1 AND hmac = $2`, c.kind, c.hmac)
		if err != nil {
			return err
		}
	}
	return nil
}

// clearFailures forgets a counter, after a complete sign-in or by an administrator.
func clearFailures(ctx context.Context, tx db.Tx, c counter) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_backoff WHERE kind = $1 AND hmac = $2`, c.kind, c.hmac)
	return err
}

// loginToken gives an account's login token, nil when it has no login.
func loginToken(ctx context.Context, tx db.Tx, owner, account journal.ID) ([]byte, error) {
	var token []byte
	err := tx.Row(ctx, `SELECT token FROM identity_login WHERE owner = $1 AND account = $2`, owner, account).Scan(&token)
	if none(err) {
		return nil, nil
	}
	return token, err
}

// Sweep deletes what has expired: sessions, links, API tokens and forgotten failures. A background job calls it,
// hourly or so; nothing relies on it for safety.
func (s *Service) Sweep(ctx context.Context, owner journal.ID) error {
	now := s.now()
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		for _, q := range []string{
			`DELETE FROM identity_session WHERE owner = $1 AND (expires <= $2 OR seen + idle <= $2)`,
			`DELETE FROM identity_link WHERE owner = $1 AND expires <= $2`,
			`DELETE FROM identity_token WHERE owner = $1 AND expires <= $2`,
		} {
			if _, err := tx.Exec(ctx, q, owner, db.Micros(now)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `DELETE FROM identity_backoff WHERE touched < $1`, db.Micros(now.Add(-forgetAfter)))
		return err
	})
}
