// SPDX-License-Identifier: EUPL-1.2

package postgres_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/db/postgres"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	p, err := postgres.Open(dbtest.Schema(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// TestValuesComeBack writes and reads every sort of value that offices use, and none.
func TestValuesComeBack(t *testing.T) {
	p, ctx := open(t), t.Context()
	if _, err := p.ExecContext(ctx, `CREATE TABLE v (n BIGINT, b BYTEA, s TEXT, t BOOLEAN, f DOUBLE PRECISION, at TIMESTAMPTZ, small SMALLINT, d DATE); INSERT INTO v (n) VALUES (7)`); err != nil {
		t.Fatal(err)
	}
	at, raw := time.Date(2026, 11, 26, 4, 5, 6, 789000000, time.FixedZone("", 5*3600+1800)), []byte{0, 1, 255, '\\', '\''}
	if _, err := p.ExecContext(ctx, `INSERT INTO v VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, int64(-1<<62), raw, "Shkodër ' \\", true, 0.1, at, 3, "2026-02-28"); err != nil {
		t.Fatal(err)
	}
	var n, small int64
	var b []byte
	var s string
	var truth bool
	var f float64
	var when, day time.Time
	if err := p.QueryRowContext(ctx, `SELECT * FROM v WHERE b = $1`, raw).Scan(&n, &b, &s, &truth, &f, &when, &small, &day); err != nil {
		t.Fatal(err)
	}
	if n != -1<<62 || !bytes.Equal(b, raw) || s != "Shkodër ' \\" || !truth || f != 0.1 || !when.Equal(at) || small != 3 || day.Day() != 28 {
		t.Error(n, b, s, truth, f, when, small, day)
	}
	var none sql.NullString
	var noBytes []byte
	var sum int64
	if err := p.QueryRowContext(ctx, `SELECT s, b FROM v WHERE n = $1`, 7).Scan(&none, &noBytes); err != nil || none.Valid || noBytes != nil {
		t.Error(none, noBytes, err)
	}
	if err := p.QueryRowContext(ctx, `SELECT SUM(n) FROM v WHERE n > $1`, 0).Scan(&sum); err != nil || sum != 7 { // a numeric
		t.Error(sum, err)
	}
	r, err := p.ExecContext(ctx, `UPDATE v SET t = $1`, false)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 2 {
		t.Error(n, err)
	}
	if err := p.QueryRowContext(ctx, `SELECT n FROM v WHERE n = $1`, 8).Scan(&n); !errors.Is(err, sql.ErrNoRows) {
		t.Error(err)
	}
}

// TestWhatHasFailedIsNotKept: a commit after an error says so, and the connection goes on.
func TestWhatHasFailedIsNotKept(t *testing.T) {
	p, ctx := open(t), t.Context()
	p.SetMaxOpenConns(1)
	if _, err := p.ExecContext(ctx, `CREATE TABLE u (n BIGINT PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	tx, err := p.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO u VALUES ($1)`, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO u VALUES ($1)`, 1); err == nil {
		t.Fatal("twice the same key")
	}
	if err := tx.Commit(); err == nil {
		t.Fatal("what failed was kept")
	}
	read, err := p.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read.ExecContext(ctx, `INSERT INTO u VALUES ($1)`, 2); err == nil {
		t.Error("a transaction that reads wrote")
	}
	if err := read.Rollback(); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := p.QueryRowContext(ctx, `SELECT COUNT(*) FROM u`).Scan(&n); err != nil || n != 0 {
		t.Error(n, err)
	}
}

// TestStatementsAreLetGo uses more texts than a connection keeps, and one whose table changes under it.
func TestStatementsAreLetGo(t *testing.T) {
	p, ctx := open(t), t.Context()
	p.SetMaxOpenConns(1)
	for i := range 1300 {
		var n int
		if err := p.QueryRowContext(ctx, fmt.Sprintf(`SELECT $1::BIGINT + %d`, i), 1).Scan(&n); err != nil || n != i+1 {
			t.Fatal(n, err)
		}
	}
	for _, text := range []string{`CREATE TABLE w (a BIGINT)`, `INSERT INTO w VALUES (1)`} {
		if _, err := p.ExecContext(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	look := func() (cols []string, err error) {
		rows, err := p.QueryContext(ctx, `SELECT * FROM w WHERE a = $1`, 1)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		return rows.Columns()
	}
	if c, err := look(); err != nil || len(c) != 1 {
		t.Fatal(c, err)
	}
	if _, err := p.ExecContext(ctx, `ALTER TABLE w ADD COLUMN b BIGINT`); err != nil {
		t.Fatal(err)
	}
	if _, err := look(); err == nil {
		t.Log("the server took the old plan") // it may, and then nothing is lost
	}
	if c, err := look(); err != nil || len(c) != 2 {
		t.Error(c, err)
	}
}

// TestAnEndedContextEndsTheQuery: the pool goes on with another connection.
func TestAnEndedContextEndsTheQuery(t *testing.T) {
	p := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.ExecContext(ctx, `SELECT pg_sleep($1)`, 20.0); err == nil {
		t.Fatal("it slept on")
	}
	var n int
	if err := p.QueryRowContext(t.Context(), `SELECT $1::BIGINT`, 5).Scan(&n); err != nil || n != 5 {
		t.Error(n, err)
	}
}
