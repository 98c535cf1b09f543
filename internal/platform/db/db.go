// SPDX-License-Identifier: EUPL-1.2

// Package db opens an office's database, SQLite in one file or PostgreSQL, and runs the same SQL text
// on both.
//
// Rules of the one SQL text: $1 parameters, BYTEA, BIGINT, TEXT, upsert, RETURNING, CTE and window
// functions; never the word BLOB, JSON operators, ILIKE, FOR UPDATE, identity columns, triggers, SQL
// clocks or LISTEN. Ids are made in Go; the owner's key comes first in every key; times are BIGINT
// microseconds since 1970 UTC (see Micros and Time).
//
// On SQLite one writer goroutine commits many callers' writes together (group commit): each caller's
// function runs in a savepoint of its own, so that one caller's failure undoes only its own work, and
// every caller is answered after the shared commit has reached the disk (synchronous=FULL). On
// PostgreSQL each write is a serializable transaction of its own, run again on SQLSTATE 40001 and 40P01.
package db

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tx is what a room's SQL runs on, inside Read or Write.
type Tx interface {
	// Exec runs a statement and gives the number of rows that it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// Query runs a query; the caller closes the rows.
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	// Row runs a query for at most one row; Scan gives sql.ErrNoRows for none.
	Row(ctx context.Context, query string, args ...any) *sql.Row
	// After lets f run when what the transaction wrote is on disk and others can read it, before Write returns; f runs not at
	// all when nothing is kept, and in a Read never.
	After(f func())
}

// In gives "$n, $n+1, ..." for a list of values and the arguments with them appended. Lists of up to fifty are filled up
// with their last value to one of a few lengths, so that few texts of a query exist and stay compiled.
func In[T any](args []any, values []T) (string, []any) {
	n := len(values)
	for _, length := range []int{1, 2, 4, 8, 16, 32, 50} {
		if n > 0 && n <= length {
			n = length
			break
		}
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		args = append(args, values[min(i, len(values)-1)])
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(len(args)))
	}
	return b.String(), args
}

// Insert writes rows with few statements. into is the beginning of each ("INSERT INTO thing (a, b) VALUES"), tail its end
// (" ON CONFLICT DO NOTHING", or nothing). Rows go in lots of a few sizes, so that few texts exist and stay compiled. same
// lists columns that hold the same value in all rows: it is given once.
func Insert(ctx context.Context, tx Tx, into string, rows [][]any, tail string, same ...int) error {
	for len(rows) > 0 {
		n := 32
		for n > len(rows) {
			n /= 2
		}
		var b strings.Builder
		b.WriteString(into)
		args := make([]any, 0, n*len(rows[0]))
		for i, row := range rows[:n] {
			b.WriteString([]string{" (", ", ("}[min(i, 1)])
			for j, v := range row {
				if j > 0 {
					b.WriteString(", ")
				}
				b.WriteByte('$')
				if i > 0 && slices.Contains(same, j) {
					b.WriteString(strconv.Itoa(j + 1)) // where the first row has it
					continue
				}
				args = append(args, v)
				b.WriteString(strconv.Itoa(len(args)))
			}
			b.WriteByte(')')
		}
		b.WriteString(tail)
		if _, err := tx.Exec(ctx, b.String(), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// Micros gives a time as stored: microseconds since 1970 UTC, 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time reads a stored time; 0 is the zero time.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
