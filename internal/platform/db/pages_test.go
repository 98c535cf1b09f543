// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"modernc.org/sqlite"
)

// TestPagesAtHandAreBounded writes more than all connections may keep at hand and lets each read all of it.
func TestPagesAtHandAreBounded(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for range 8 {
		if _, err := d.write.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS filling (x BLOB)`); err != nil {
			t.Fatal(err)
		}
		if _, err := d.write.ExecContext(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) INSERT INTO filling SELECT zeroblob(3500) FROM n`); err != nil {
			t.Fatal(err)
		}
	}
	const all = writerPages + 8*readerPages // KB
	var cs []*sql.Conn
	written := 0
	for _, pool := range append([]*sql.DB{d.write}, slices.Repeat([]*sql.DB{d.read}, 8)...) {
		c, err := pool.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		cs = append(cs, c)
		if err := c.QueryRowContext(ctx, `SELECT COUNT(*) * 3500 / 1024 FROM (SELECT hex(substr(x, 3400)) AS y FROM filling) WHERE y <> ''`).Scan(&written); err != nil {
			t.Fatal(err)
		}
	}
	held := 0
	for i, c := range cs {
		var size int
		if err := c.QueryRowContext(ctx, `PRAGMA cache_size`).Scan(&size); err != nil {
			t.Fatal(err)
		}
		if want := []int{-writerPages, -readerPages}[min(i, 1)]; size != want {
			t.Errorf("connection %d: a setting of %d, not %d", i, size, want)
		}
		if err := c.Raw(func(x any) error {
			n, _, err := x.(*lane).sqliteConn.(sqlite.DBStatus).Status(sqlite.DBStatusCacheUsed, false)
			held += n / 1024
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if written < all {
		t.Fatalf("%d KB do not fill what may be kept", written)
	}
	if held > all+all/20 {
		t.Errorf("%d KB at hand, of at most %d", held, all)
	}
}
