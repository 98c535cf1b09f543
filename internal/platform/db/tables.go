// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// ColumnType is one of the three that the one SQL text has.
type ColumnType string

const (
	Bytes   ColumnType = "bytes"
	Integer ColumnType = "integer"
	Text    ColumnType = "text"
)

// Column is one column of a table.
type Column struct {
	Name string     `json:"name"`
	Type ColumnType `json:"type"`
}

// Table is one of our tables, with its columns in their order.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
}

// Tables lists our tables by name, without the one that counts migrations. Only backups and moves ask.
func (d *DB) Tables(ctx context.Context) ([]Table, error) {
	query := `SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'goose%' ORDER BY m.name, c.cid`
	if d.engine == Postgres {
		query = `SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname NOT LIKE 'goose%' ORDER BY c.relname, a.attnum`
	}
	var out []Table
	err := d.Read(ctx, func(tx Tx) error {
		rows, err := tx.Query(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var table, typ string
			var c Column
			if err := rows.Scan(&table, &c.Name, &typ); err != nil {
				return err
			}
			if c.Type, err = columnType(typ); err != nil {
				return fmt.Errorf("db: %s.%s: %w", table, c.Name, err)
			}
			if n := len(out); n == 0 || out[n-1].Name != table {
				out = append(out, Table{Name: table})
			}
			out[len(out)-1].Columns = append(out[len(out)-1].Columns, c)
		}
		return rows.Err()
	})
	return out, err
}

func columnType(declared string) (ColumnType, error) {
	switch strings.ToLower(declared) {
	case "bytea":
		return Bytes, nil
	case "bigint":
		return Integer, nil
	case "text":
		return Text, nil
	}
	return "", fmt.Errorf("no column of ours has the type %q", declared)
}

// Version gives the number of the last migration that was applied.
func (d *DB) Version(ctx context.Context) (int64, error) {
	p, err := d.migrations()
	if err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

// Newest gives the number of the newest migration that this program has.
func Newest() (int64, error) {
	p, err := goose.NewProvider(goose.DialectSQLite3, &sql.DB{}, must(fs.Sub(migrations, "migrations")))
	if err != nil {
		return 0, fmt.Errorf("db: read migrations: %w", err)
	}
	sources := p.ListSources()
	return sources[len(sources)-1].Version, nil
}

// Migrate applies the migrations that are missing: after Open stopped at Config.Version.
func (d *DB) Migrate(ctx context.Context) error { return d.migrate(ctx, 0) }

// MigrateTo applies the migrations that are missing up to one.
func (d *DB) MigrateTo(ctx context.Context, version int64) error { return d.migrate(ctx, version) }

func (d *DB) migrations() (*goose.Provider, error) {
	dialect, texts := goose.DialectSQLite3, fs.FS(forSQLite{must(fs.Sub(migrations, "migrations"))})
	if d.engine == Postgres {
		dialect, texts = goose.DialectPostgres, must(fs.Sub(migrations, "migrations"))
	}
	p, err := goose.NewProvider(dialect, d.write, texts, goose.WithVerbose(false))
	if err != nil {
		return nil, fmt.Errorf("db: read migrations: %w", err)
	}
	return p, nil
}

// must takes a part of what was compiled in.
func must(f fs.FS, err error) fs.FS {
	if err != nil {
		panic("db: " + err.Error())
	}
	return f
}

// migrate applies the migrations up to one, or all for 0.
func (d *DB) migrate(ctx context.Context, to int64) error {
	p, err := d.migrations()
	if err != nil {
		return err
	}
	if to == 0 {
		_, err = p.Up(ctx)
	} else {
		_, err = p.UpTo(ctx, to)
	}
	if err != nil {
		return fault.Wrap(fault.Internal, err, "db.migration_failed")
	}
	return nil
}
