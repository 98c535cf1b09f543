// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
)

// TestAnEqualQueryInsideItsOwnLoop runs a kept statement while its own rows are being read.
func TestAnEqualQueryInsideItsOwnLoop(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	const query = `SELECT n.n FROM (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3) AS n WHERE n.n >= $1 ORDER BY n.n`
	numbers := func(tx Tx, from int, inner func(int)) []int {
		rows, err := tx.Query(ctx, query, from)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var out []int
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			out = append(out, n)
			if inner != nil {
				inner(n)
			}
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
		return out
	}
	for range 2 {
		var seen []string
		err = d.Read(ctx, func(tx Tx) error {
			outer := numbers(tx, 1, func(n int) { seen = append(seen, fmt.Sprint(numbers(tx, n, nil))) })
			seen = append(seen, fmt.Sprint(outer))
			return nil
		})
		if want := "[[1 2 3] [2 3] [3] [1 2 3]]"; err != nil || fmt.Sprint(seen) != want {
			t.Errorf("%v, %v", seen, err)
		}
	}
}

// TestAKeptStatementSeesTheSchemaChange changes a table under a statement that was compiled before.
func TestAKeptStatementSeesTheSchemaChange(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	run := func(query string, args ...any) error {
		return d.Write(ctx, func(tx Tx) error { _, err := tx.Exec(ctx, query, args...); return err })
	}
	if err := run(`CREATE TABLE kept (a BIGINT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{`ALTER TABLE kept ADD COLUMN b BIGINT NOT NULL DEFAULT 7`, `CREATE INDEX kept_a ON kept (a)`, `DROP INDEX kept_a`} {
		if err := run(`INSERT INTO kept (a) VALUES ($1)`, 1); err != nil {
			t.Fatal(err)
		}
		if err := run(change); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(`INSERT INTO kept (a, c) VALUES ($1, $1)`, 1); err == nil {
		t.Error("a column that is not there was written")
	}
	var n int
	err = d.Read(ctx, func(tx Tx) error { return tx.Row(ctx, `SELECT SUM(b) FROM kept WHERE a = $1`, 1).Scan(&n) })
	if err != nil || n != 21 {
		t.Errorf("%d, %v", n, err)
	}
}
