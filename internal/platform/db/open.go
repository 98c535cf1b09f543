// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/entraide-thb/entraide/internal/platform/db/postgres"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Engine is one of the two.
type Engine string

const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is an open database with its schema up to date. It is safe for use by many goroutines.
type DB struct {
	engine Engine
	read   *sql.DB
	write  *sql.DB

	queue chan *job
	done  chan struct{}
	once  sync.Once
}

// Config says where the data is. DSN is a path of a SQLite file, or postgres://...
type Config struct {
	DSN string
	// Readers caps the SQLite read pool; 0 means 8.
	Readers int
	// Version stops at a migration, so that an archive that an older program made can be loaded before the rest is
	// applied (Migrate); 0 applies all.
	Version int64
}

// Open opens the database and applies missing migrations.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Readers == 0 {
		c.Readers = 8
	}
	d := &DB{queue: make(chan *job, 256), done: make(chan struct{})}
	var err error
	if strings.HasPrefix(c.DSN, "postgres://") || strings.HasPrefix(c.DSN, "postgresql://") {
		err = d.openPostgres(ctx, c)
	} else {
		err = d.openSQLite(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx, c.Version); err != nil {
		d.closePools()
		return nil, err
	}
	if d.engine == SQLite {
		go d.commitLoop()
	} else {
		close(d.done)
	}
	return d, nil
}

func (d *DB) openPostgres(ctx context.Context, c Config) error {
	p, err := postgres.Open(c.DSN)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "db.unreachable")
	}
	p.SetMaxOpenConns(32)
	p.SetMaxIdleConns(32)
	if err := p.PingContext(ctx); err != nil {
		_ = p.Close()
		return fault.Wrap(fault.Unavailable, err, "db.unreachable")
	}
	d.engine, d.read, d.write = Postgres, p, p
	return nil
}

// How many KB of pages the writer and each reader may add to what a process keeps at hand. SQLite, as it is built here, has one
// store of pages for all connections of a process: who has added its part takes the page that nobody used for longest, be it
// another's. So it is the sum that counts (32 MB with eight readers): the writer soon has its part, and what readers add later is
// all by which a long import can still grow. A page of 4 KB takes 8 of memory. Readers begin anew after every write, and the
// system has the file at hand.
const (
	writerPages = 24_000
	readerPages = 1_000
)

// pages is the setting for so many KB. It stands once in an address: the driver puts settings in the order of their letters.
func pages(kb int) string { return "cache_size(-" + strconv.Itoa(kb) + ")" }

func (d *DB) openSQLite(ctx context.Context, c Config) error {
	dsn := func(mode string, extra ...string) string {
		q := url.Values{}
		q.Set("mode", mode)
		for _, p := range append([]string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)",
			"foreign_keys(ON)", "secure_delete(ON)", "temp_store(MEMORY)"}, extra...) {
			q.Add("_pragma", p)
		}
		return "file:" + (&url.URL{Path: c.DSN}).EscapedPath() + "?" + q.Encode()
	}
	// A write of one person's file touches some fifty pages of the index of tokens. Moving them into the file only every
	// 32 MB spares moving the same page again and again.
	w, err := openPool(dsn("rwc", "wal_autocheckpoint(8000)", pages(writerPages)))
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "db.unreachable")
	}
	w.SetMaxOpenConns(1)
	if err := w.PingContext(ctx); err != nil {
		_ = w.Close()
		return fault.Wrap(fault.Unavailable, err, "db.unreachable")
	}
	r, err := openPool(dsn("rw", "query_only(ON)", pages(readerPages)))
	if err != nil {
		_ = w.Close()
		return fault.Wrap(fault.Unavailable, err, "db.unreachable")
	}
	r.SetMaxOpenConns(c.Readers)
	r.SetMaxIdleConns(c.Readers)
	d.engine, d.read, d.write = SQLite, r, w
	return nil
}

// Engine tells which engine is in use; only backups, erasure's checkpoint and the administrator's page ask.
func (d *DB) Engine() Engine { return d.engine }

// Close waits for queued writes and closes the database.
func (d *DB) Close() error {
	d.once.Do(func() { close(d.queue) })
	<-d.done
	return d.closePools()
}

func (d *DB) closePools() error {
	err := d.read.Close()
	if d.write != d.read {
		err = errors.Join(err, d.write.Close())
	}
	return err
}

// Scrub makes deleted bytes unreadable in the files: on SQLite a truncating checkpoint of the
// write-ahead log (rows were overwritten by secure_delete). On PostgreSQL it vacuums the key table; dead
// tuples may survive in WAL and backups, so erasure there rests on the key's destruction.
func (d *DB) Scrub(ctx context.Context) error {
	if d.engine == Postgres {
		_, err := d.write.ExecContext(ctx, "VACUUM vault_key")
		return translate(err)
	}
	var busy, log, moved int
	if err := d.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
		return translate(err)
	}
	if busy != 0 {
		return fault.New(fault.Unavailable, "db.busy")
	}
	return nil
}

// translate turns a driver's error into a fault, once, here.
func translate(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var known *fault.Fault
	if errors.As(err, &known) {
		return err
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code {
		case "23505":
			return fault.Wrap(fault.Conflict, err, "db.duplicate")
		case "40001", "40P01":
			return fault.Wrap(fault.Unavailable, err, "db.retry")
		case "53100":
			return fault.Wrap(fault.Unavailable, err, "db.disk_full")
		}
		return fault.Wrap(fault.Internal, err, "db.failed")
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() {
		case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
			return fault.Wrap(fault.Conflict, err, "db.duplicate")
		}
		switch se.Code() & 0xff { // the code without what extends it, such as BUSY_RECOVERY while a log is read after a crash
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return fault.Wrap(fault.Unavailable, err, "db.busy")
		case sqlite3.SQLITE_FULL:
			return fault.Wrap(fault.Unavailable, err, "db.disk_full")
		}
	}
	return fault.Wrap(fault.Internal, err, "db.failed")
}

// Raw opens a PostgreSQL database without migrations, for tools that make schemas or look from outside.
func Raw(ctx context.Context, dsn string) (*sql.DB, error) {
	p, err := postgres.Open(dsn)
	if err != nil {
		return nil, err
	}
	return p, p.PingContext(ctx)
}
