// SPDX-License-Identifier: EUPL-1.2

package relay

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// What a relay keeps, and for how long.
const (
	mostBoxes = 10_000
	mostItems = 200      // in one shelf of a box
	mostBytes = 48 << 20 // in one shelf of a box
	itemLife  = 30 * 24 * time.Hour
	boxLife   = 90 * 24 * time.Hour
)

// The shelves of a box: what goes there, and what comes back.
const (
	There = "there"
	Back  = "back"
)

// schema holds addresses, sizes, times and sealed bytes, and nothing else.
const schema = `
CREATE TABLE IF NOT EXISTS box (address TEXT NOT NULL PRIMARY KEY, until BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS item (number INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL, shelf TEXT NOT NULL, hash BLOB NOT NULL, at BIGINT NOT NULL, bytes BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS item_hash ON item (address, shelf, hash);
CREATE INDEX IF NOT EXISTS item_next ON item (address, shelf, number);`

// shelves are a relay's boxes on disk.
type shelves struct {
	db    *sql.DB
	clock clock.Clock
}

func openShelves(ctx context.Context, path string, c clock.Clock) (*shelves, error) {
	d, err := db.File(ctx, path, schema)
	return &shelves{d, c}, err
}

// open makes a box, or lets it live on. Errors: TooMuch.
func (s *shelves) open(ctx context.Context, address string) error {
	now := s.clock.Now()
	var n int
	if err := s.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM box WHERE address <> $1`, address).Scan(&n); err != nil {
		return err
	}
	if n >= mostBoxes {
		return fault.New(fault.TooMuch, "relay.full")
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO box (address, until) VALUES ($1, $2) ON CONFLICT (address) DO UPDATE SET until = excluded.until`, address, now.Add(boxLife).UnixMicro())
	return err
}

// put lays a pouch on a shelf; the same bytes lie there once. Errors: NotFound for a box that nobody opened, TooMuch.
func (s *shelves) put(ctx context.Context, address, shelf string, b []byte) error {
	sum := sha256.Sum256(b)
	now := s.clock.Now()
	var size int64
	var n int
	if err := s.isOpen(ctx, address); err != nil {
		return err
	}
	if err := s.db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(LENGTH(bytes)), 0) FROM item WHERE address = $1 AND shelf = $2 AND hash <> $3`, address, shelf, sum[:]).Scan(&n, &size); err != nil {
		return err
	}
	if n >= mostItems || size+int64(len(b)) > mostBytes {
		return fault.New(fault.TooMuch, "relay.full")
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO item (address, shelf, hash, at, bytes) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (address, shelf, hash) DO NOTHING`, address, shelf, sum[:], now.UnixMicro(), b)
	return err
}

// isOpen errs with NotFound for a box that nobody opened, or that lived its time.
func (s *shelves) isOpen(ctx context.Context, address string) error {
	var until int64
	err := s.db.QueryRowContext(ctx, `SELECT until FROM box WHERE address = $1`, address).Scan(&until)
	if errors.Is(err, sql.ErrNoRows) || err == nil && until <= s.clock.Now().UnixMicro() {
		return fault.New(fault.NotFound, "relay.no_box")
	}
	return err
}

// next gives the oldest pouch of a shelf behind a number; a number of 0 when there is none. Errors: NotFound for a box that nobody
// opened.
func (s *shelves) next(ctx context.Context, address, shelf string, after int64) (number int64, b []byte, err error) {
	if err := s.isOpen(ctx, address); err != nil {
		return 0, nil, err
	}
	err = s.db.QueryRowContext(ctx, `SELECT number, bytes FROM item WHERE address = $1 AND shelf = $2 AND number > $3 ORDER BY number LIMIT 1`, address, shelf, after).Scan(&number, &b)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	return number, b, err
}

// drop takes a pouch away.
func (s *shelves) drop(ctx context.Context, address, shelf string, number int64) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM item WHERE address = $1 AND shelf = $2 AND number = $3`, address, shelf, number)
	return err
}

// tidy forgets what nobody fetched and boxes that nobody uses.
func (s *shelves) tidy(ctx context.Context) error {
	now := s.clock.Now()
	_, err := s.db.ExecContext(ctx, `DELETE FROM item WHERE at <= $1 OR address IN (SELECT address FROM box WHERE until <= $2)`, now.Add(-itemLife).UnixMicro(), now.UnixMicro())
	if err == nil {
		_, err = s.db.ExecContext(ctx, `DELETE FROM box WHERE until <= $1`, now.UnixMicro())
	}
	return err
}

// largest is the largest thing that a box takes.
const largest = pouch.MaxFile
