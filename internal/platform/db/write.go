// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// maxBatch caps how many callers share one commit: enough to amortise an fsync, few enough that the
// first caller does not wait long for the last.
const maxBatch = 128

// maxRetries caps how often a serialization failure on PostgreSQL is run again.
const maxRetries = 20

type job struct {
	ctx   context.Context
	run   func(Tx) error
	again bool // it may run more than once
	after []func()
	err   error
	done  chan struct{}
}

// once runs a job's function, as if for the first time.
func (j *job) once(c *sql.Conn) error {
	j.after = nil
	return guard(func() error { return j.run(tx{q: c, whole: true, after: &j.after}) })
}

// tx adapts database/sql to Tx and translates errors.
type tx struct {
	q interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}
	whole bool      // statements run to their end, whoever leaves meanwhile
	after *[]func() // of a write: what follows
}

// within gives the context of a statement. SQLite answers an interrupted write by undoing the whole
// transaction, so in a shared one a caller who leaves is not heard until its function has ended. A read there listens
// between statements (watching a context costs more than most statements take).
func (t tx) within(ctx context.Context) context.Context {
	if t.whole {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (t tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := t.q.ExecContext(t.within(ctx), query, args...)
	if err != nil {
		return 0, translate(err)
	}
	return r.RowsAffected()
}

func (t tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r, err := t.q.QueryContext(t.within(ctx), query, args...)
	return r, translate(err)
}

func (t tx) Row(ctx context.Context, query string, args ...any) *sql.Row {
	return t.q.QueryRowContext(t.within(ctx), query, args...)
}

func (t tx) After(f func()) {
	if t.after != nil {
		*t.after = append(*t.after, f)
	}
}

// follow runs what was to follow a write that is kept.
func follow(after []func()) {
	for _, f := range after {
		f()
	}
}

// Read runs f on one consistent snapshot.
func (d *DB) Read(ctx context.Context, f func(Tx) error) error {
	if d.engine == SQLite {
		return d.readSQLite(ctx, f)
	}
	t, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return translate(err)
	}
	defer func() { _ = t.Rollback() }() // nothing to keep: a read
	return translate(f(tx{q: t}))
}

// readSQLite begins and ends the transaction by hand, on one connection: sql.Tx starts a goroutine for every query.
// All rows must be closed when f returns.
func (d *DB) readSQLite(ctx context.Context, f func(Tx) error) error {
	c, err := d.read.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	defer c.Close()
	if _, err := c.ExecContext(context.Background(), begin); err != nil {
		return translate(err)
	}
	defer end(c, rollback)
	return translate(f(tx{q: listening{c, ctx}, whole: true}))
}

// The texts of transactions.
const (
	begin     = mark + "BEGIN"
	commit    = mark + "COMMIT"
	rollback  = mark + "ROLLBACK"
	savepoint = mark + "SAVEPOINT j"
	undo      = mark + "ROLLBACK TO j"
	release   = mark + "RELEASE j"
)

// end ends a transaction; a connection that cannot is thrown away.
func end(c *sql.Conn, text string) {
	if _, err := c.ExecContext(context.Background(), text); err != nil {
		_ = c.Raw(func(any) error { return driver.ErrBadConn }) // it says so, and that is what it is for
	}
}

// listening is a connection that starts no statement for a caller who has left.
type listening struct {
	*sql.Conn
	caller context.Context
}

func (l listening) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := l.caller.Err(); err != nil {
		return nil, err
	}
	return l.Conn.QueryContext(ctx, query, args...)
}

func (l listening) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if l.caller.Err() != nil {
		ctx = l.caller
	}
	return l.Conn.QueryRowContext(ctx, query, args...)
}

// Write runs f in a transaction and returns when its effects are on disk. f may run more than once
// (on PostgreSQL) and so must have no effect but through its Tx. When f errs, nothing of it is kept.
// A context that ends while f waits in the queue cancels it; once it runs, it runs to its end.
func (d *DB) Write(ctx context.Context, f func(Tx) error) error { return d.queued(ctx, f, false) }

// WriteAgain is Write for a function that may run more than once on SQLite too: whatever it keeps outside of its Tx it
// sets anew each time. It is cheaper, as a batch of such functions needs no way back to the middle of its transaction.
func (d *DB) WriteAgain(ctx context.Context, f func(Tx) error) error { return d.queued(ctx, f, true) }

func (d *DB) queued(ctx context.Context, f func(Tx) error, again bool) error {
	if d.engine == Postgres {
		return d.writePostgres(ctx, f)
	}
	j := &job{ctx: ctx, run: f, again: again, done: make(chan struct{})}
	if err := d.enqueue(j); err != nil {
		return err
	}
	<-j.done
	if j.err == nil {
		follow(j.after)
	}
	return j.err
}

func (d *DB) enqueue(j *job) (err error) {
	defer func() {
		if recover() != nil { // the queue was closed: the office is shutting down
			err = fault.New(fault.Unavailable, "db.closing")
		}
	}()
	select {
	case d.queue <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

func (d *DB) writePostgres(ctx context.Context, f func(Tx) error) error {
	var err error
	for range maxRetries {
		if err = d.oncePostgres(ctx, f); !retryable(err) {
			return translate(err)
		}
	}
	return translate(err)
}

func (d *DB) oncePostgres(ctx context.Context, f func(Tx) error) error {
	t, err := d.write.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }() // no effect after a commit
	var after []func()
	if err := f(tx{q: t, after: &after}); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	follow(after)
	return nil
}

// retryable says that a transaction did nothing and may run again: a serialization conflict, or a connection that was
// found closed before anything was sent on it (a caller who left in mid-statement closes theirs).
func retryable(err error) bool {
	if errors.Is(err, driver.ErrBadConn) {
		return true
	}
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01")
}

// commitLoop is SQLite's one writer.
func (d *DB) commitLoop() {
	defer close(d.done)
	for first := range d.queue {
		batch := d.gather(first)
		d.commit(batch)
		for _, j := range batch {
			close(j.done)
		}
	}
}

// gather takes what waits beside the first job. While others come in it lets whoever is ready to run go first: their jobs
// then share this commit's pages and its sync. Where nobody else is at work this takes no time.
func (d *DB) gather(first *job) []*job {
	batch := []*job{first}
	for before := 0; before < len(batch) && len(batch) < maxBatch; {
		before = len(batch)
		runtime.Gosched()
		for n := len(d.queue); n > 0 && len(batch) < maxBatch; n-- {
			j, open := <-d.queue
			if !open {
				return batch
			}
			batch = append(batch, j)
		}
	}
	return batch
}

// commit runs a batch in one transaction and sets each job's error. When all its jobs may run again, they first run in a
// row; only when one of them errs is that undone, and each runs in a savepoint of its own. (A savepoint makes SQLite keep
// a copy of every page that is touched after it.)
func (d *DB) commit(batch []*job) {
	ctx := context.Background() // a caller that leaves must not undo its neighbours
	failAll := func(err error) {
		for _, j := range batch {
			if j.err == nil {
				j.err = translate(err)
			}
		}
	}
	c, err := d.write.Conn(ctx)
	if err != nil {
		failAll(err)
		return
	}
	defer c.Close()
	if done, err := d.inARow(ctx, c, batch); done || err != nil {
		failAll(err)
		return
	}
	if _, err := c.ExecContext(ctx, begin); err != nil {
		failAll(err)
		return
	}
	for _, j := range batch {
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		if err := d.inSavepoint(ctx, c, j); err != nil {
			end(c, rollback) // the first error is the one to tell
			failAll(err)
			return
		}
	}
	if _, err := c.ExecContext(ctx, commit); err != nil {
		end(c, rollback)
		failAll(err)
	}
}

// inARow runs jobs that all may run again without savepoints and commits. done is false when that is not to be, or one of
// them erred and nothing is kept; an error is one of the commit itself.
func (d *DB) inARow(ctx context.Context, c *sql.Conn, batch []*job) (done bool, err error) {
	for _, j := range batch {
		if !j.again || j.ctx.Err() != nil {
			return false, nil
		}
	}
	if _, err := c.ExecContext(ctx, begin); err != nil {
		return false, err
	}
	for _, j := range batch {
		if j.once(c) != nil {
			end(c, rollback)
			return false, nil
		}
	}
	if _, err := c.ExecContext(ctx, commit); err != nil {
		end(c, rollback)
		return false, err
	}
	return true, nil
}

// inSavepoint runs one job; an error returned here (not the job's own) spoils the whole batch.
func (d *DB) inSavepoint(ctx context.Context, c *sql.Conn, j *job) error {
	if _, err := c.ExecContext(ctx, savepoint); err != nil {
		return err
	}
	j.err = translate(j.once(c))
	if j.err != nil {
		if _, err := c.ExecContext(ctx, undo); err != nil {
			return err
		}
	}
	_, err := c.ExecContext(ctx, release)
	return err
}

// guard turns a panic of one caller's function into that caller's error: the writer must live on.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fault.Internal, fmt.Errorf("panic: %v", p), "fault.internal")
		}
	}()
	return f()
}
