// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"context"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
)

// Queued gives how many writes wait in the queue, for tests.
func (d *DB) Queued() int { return len(d.queue) }

func provider(t *testing.T, d *DB) *goose.Provider {
	t.Helper()
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.write, dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tables lists tables and indexes, without goose's own.
func tables(t *testing.T, d *DB) (names []string) {
	t.Helper()
	query := `SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%'`
	if d.engine == Postgres {
		query = `SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE n.nspname = current_schema() AND relkind IN ('r', 'i') AND relname NOT LIKE 'goose%' AND relname NOT LIKE '%_pkey'`
	}
	rows, err := d.write.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func TestMigrationsUpAndDown(t *testing.T) {
	ctx := context.Background()
	run := func(t *testing.T, dsn string) {
		d, err := Open(ctx, Config{DSN: dsn})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		all := tables(t, d)
		if !slices.Contains(all, "entry") || !slices.Contains(all, "vault_key") || !slices.Contains(all, "ledger_leaf") {
			t.Fatalf("after opening: %v", all)
		}
		p := provider(t, d)
		if results, err := p.Up(ctx); err != nil || len(results) != 0 {
			t.Errorf("opening left %d migrations: %v", len(results), err)
		}
		for range p.ListSources() { // one by one, so that each can be undone alone
			if _, err := p.Down(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if left := tables(t, d); len(left) != 0 {
			t.Errorf("going down leaves %v", left)
		}
		if _, err := p.Up(ctx); err != nil {
			t.Fatal(err)
		}
		if again := tables(t, d); !slices.Equal(again, all) {
			t.Errorf("up again gives %v, first %v", again, all)
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "office.db")) })
	t.Run("postgres", func(t *testing.T) {
		dsn := os.Getenv("ENTRAIDE_TEST_POSTGRES")
		if dsn == "" {
			t.Skip("ENTRAIDE_TEST_POSTGRES names no database")
		}
		admin, err := Raw(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		const name = "t_migrations_up_and_down"
		if _, err := admin.Exec(`DROP SCHEMA IF EXISTS ` + name + ` CASCADE; CREATE SCHEMA ` + name); err != nil {
			t.Fatal(err)
		}
		defer func() {
			_, _ = admin.Exec(`DROP SCHEMA ` + name + ` CASCADE`)
			_ = admin.Close()
		}()
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("search_path", name)
		u.RawQuery = q.Encode()
		run(t, u.String())
	})
}

var (
	createTable = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)[^;]*;`)
	primaryKey  = regexp.MustCompile(`PRIMARY KEY \((\w+)`)
	forbidden   = regexp.MustCompile(`(?i)\b(BLOB|SERIAL|BIGSERIAL|AUTOINCREMENT|IDENTITY|TRIGGER|NOW\(|CURRENT_TIMESTAMP|CURRENT_DATE|ILIKE|FOR UPDATE|JSONB?|TIMESTAMP|TIMESTAMPTZ|BOOLEAN|VARCHAR|LISTEN|NOTIFY)\b`)
)

// ownerless are the tables that belong to the host and not to one of its owners.
var ownerless = map[string]string{
	"identity_login":   "signing in is how the owner becomes known",
	"identity_backoff": "counts attempts whether or not a login exists",
}

// TestMigrationsKeepTheOneSQLText holds what the package says of its SQL against every migration.
func TestMigrationsKeepTheOneSQLText(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations", err)
	}
	seen := 0
	for _, f := range files {
		b, err := migrations.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`--.*`).ReplaceAllString(string(b), "")
		if m := forbidden.FindString(text); m != "" {
			t.Errorf("%s uses %s", f, m)
		}
		if !strings.Contains(string(b), "-- +goose Down") {
			t.Errorf("%s cannot be undone", f)
		}
		for _, m := range createTable.FindAllStringSubmatch(text, -1) {
			seen++
			key := primaryKey.FindStringSubmatch(m[2])
			if key == nil || key[1] != "owner" && ownerless[m[1]] == "" {
				t.Errorf("%s: the key of %s does not begin with its owner", f, m[1])
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d tables were read", seen)
	}
}

// TestOldTokensStay carries the wide tokens of an older folder into the narrow table.
func TestOldTokensStay(t *testing.T) {
	ctx := context.Background()
	dsn := filepath.Join(t.TempDir(), "office.db")
	d, err := Open(ctx, Config{DSN: dsn, Version: 10})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	owner, dossier, hmac := []byte("owner-of-16-byte"), []byte("a-dossier-of-hers"), []byte("eight-bytes-and-eight")
	for _, kind := range []string{"name", "prefix"} { // a twin, cut, is one row
		if _, err := d.write.Exec(`INSERT INTO token (owner, kind, hmac, dossier) VALUES ($1, $2, $3, $4)`, owner, kind, hmac, dossier); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := d.read.QueryRow(`SELECT COUNT(*) FROM token WHERE owner = $1 AND hmac = $2 AND dossier = $3`, owner, hmac[:8], dossier).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows: %v", n, err)
	}
	var text string
	if err := d.read.QueryRow(`SELECT sql FROM sqlite_master WHERE name = 'token'`).Scan(&text); err != nil || !strings.HasSuffix(text, rowless) {
		t.Errorf("the table is made by %q: %v", text, err)
	}
}
