// SPDX-License-Identifier: EUPL-1.2

// Package postgres lets database/sql speak to PostgreSQL over pgx's own connections (pgconn), which speak the protocol,
// the encryption and the signing in. What pgx offers above that knows every type that PostgreSQL has and is 2.6 MB of program:
// offices use whole numbers, bytes, texts and truth values, which this package reads and writes.
//
// A connection keeps the statements that it has prepared. It is used by one goroutine at a time, as database/sql sees to.
package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// mostPrepared bounds how many statements a connection keeps; the texts of the program are a few hundred.
const mostPrepared = 600

// Types by their numbers in PostgreSQL's catalogue. All others are read as text.
const (
	oidBool, oidBytes, oidInt8, oidInt2, oidInt4                = 16, 17, 20, 21, 23
	oidFloat4, oidFloat8, oidDate, oidTimestamp, oidTimestampTZ = 700, 701, 1082, 1114, 1184
)

// Open gives a pool of connections to what a DSN names. It connects to nothing yet. Error: of a DSN that cannot be read.
func Open(dsn string) (*sql.DB, error) {
	c, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector{c}), nil
}

type connector struct{ config *pgconn.Config }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	p, err := pgconn.ConnectConfig(ctx, c.config)
	if err != nil {
		return nil, err
	}
	return &conn{pg: p, kept: map[string]*pgconn.StatementDescription{}}, nil
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return opener{} }

// opener is there because database/sql asks for it; nobody opens by name.
type opener struct{}

// Open implements driver.Driver.
func (opener) Open(dsn string) (driver.Conn, error) {
	c, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	return connector{c}.Connect(context.Background())
}

// conn is one connection.
type conn struct {
	pg   *pgconn.PgConn
	kept map[string]*pgconn.StatementDescription
	made int
}

// lost says that a connection is of no use when nothing of a statement can have reached the server, so that database/sql
// tries another one.
func (c *conn) lost(err error) error {
	if err != nil && pgconn.SafeToRetry(err) {
		return driver.ErrBadConn
	}
	return err
}

// prepare gives a statement's description, prepared before or now.
func (c *conn) prepare(ctx context.Context, text string) (*pgconn.StatementDescription, error) {
	if d := c.kept[text]; d != nil {
		return d, nil
	}
	if len(c.kept) >= mostPrepared {
		if _, err := c.pg.Exec(ctx, "DEALLOCATE ALL").ReadAll(); err != nil {
			return nil, c.lost(err)
		}
		clear(c.kept)
	}
	c.made++
	d, err := c.pg.Prepare(ctx, "s"+strconv.Itoa(c.made), text, nil)
	if err != nil {
		return nil, c.lost(err)
	}
	c.kept[text] = d
	return d, nil
}

// forget lets a statement be prepared anew where the tables that it speaks of have changed since.
func (c *conn) forget(text string, err error) {
	var pe *pgconn.PgError
	if errors.As(err, &pe) && (pe.Code == "0A000" || pe.Code == "26000") {
		delete(c.kept, text)
	}
}

// run begins a statement with parameters.
func (c *conn) run(ctx context.Context, text string, args []driver.NamedValue) (*pgconn.ResultReader, *pgconn.StatementDescription, error) {
	if c.pg.IsClosed() {
		return nil, nil, driver.ErrBadConn
	}
	d, err := c.prepare(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	if len(args) != len(d.ParamOIDs) {
		return nil, nil, fmt.Errorf("postgres: %d values for %d parameters", len(args), len(d.ParamOIDs))
	}
	values, formats := make([][]byte, len(args)), make([]int16, len(args))
	for i, a := range args {
		if values[i], formats[i], err = written(a.Value, d.ParamOIDs[i]); err != nil {
			return nil, nil, err
		}
	}
	results := make([]int16, len(d.Fields))
	for i, f := range d.Fields {
		if f.DataTypeOID == oidBytes {
			results[i] = 1
		}
	}
	return c.pg.ExecPrepared(ctx, d.Name, values, formats, results), d, nil
}

// written gives a value as it goes to the server: bytes as they are, all else as text.
func written(v driver.Value, oid uint32) (b []byte, format int16, err error) {
	switch v := v.(type) {
	case nil:
		return nil, 0, nil
	case []byte:
		if v == nil {
			return nil, 0, nil
		}
		if oid == oidBytes {
			format = 1
		}
		return v, format, nil
	case string:
		if oid == oidBytes {
			format = 1
		}
		return []byte(v), format, nil
	case int64:
		return strconv.AppendInt(nil, v, 10), 0, nil
	case bool:
		return strconv.AppendBool(nil, v), 0, nil
	case float64:
		return strconv.AppendFloat(nil, v, 'g', -1, 64), 0, nil
	case time.Time:
		return v.AppendFormat(nil, "2006-01-02 15:04:05.999999999Z07:00"), 0, nil
	}
	return nil, 0, fmt.Errorf("postgres: a value of type %T", v)
}

// read gives a value of a row. What database/sql keeps beyond the row is its own copy.
func read(b []byte, oid uint32) (driver.Value, error) {
	if b == nil {
		return nil, nil
	}
	switch oid {
	case oidBytes:
		return append(make([]byte, 0, len(b)), b...), nil
	case oidBool:
		return len(b) == 1 && b[0] == 't', nil
	case oidInt2, oidInt4, oidInt8:
		return strconv.ParseInt(string(b), 10, 64)
	case oidFloat4, oidFloat8:
		return strconv.ParseFloat(string(b), 64)
	case oidDate:
		return time.Parse(time.DateOnly, string(b))
	case oidTimestamp:
		return time.Parse("2006-01-02 15:04:05.999999999", string(b))
	case oidTimestampTZ:
		return moment(string(b))
	}
	return string(b), nil
}

// moment reads a time with its zone, of which the server writes no more than it must.
func moment(s string) (time.Time, error) {
	t, err := time.Parse("2006-01-02 15:04:05.999999999Z07", s)
	if err != nil {
		t, err = time.Parse("2006-01-02 15:04:05.999999999Z07:00", s)
	}
	return t, err
}

// ExecContext implements driver.ExecerContext. A text without values may hold several statements.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		if c.pg.IsClosed() {
			return nil, driver.ErrBadConn
		}
		rs, err := c.pg.Exec(ctx, text).ReadAll()
		if err != nil {
			return nil, c.lost(err)
		}
		if len(rs) == 0 {
			return driver.RowsAffected(0), nil
		}
		return driver.RowsAffected(rs[len(rs)-1].CommandTag.RowsAffected()), nil
	}
	r, _, err := c.run(ctx, text, args)
	if err != nil {
		return nil, err
	}
	tag, err := r.Close()
	if err != nil {
		c.forget(text, err)
		return nil, c.lost(err)
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	r, d, err := c.run(ctx, text, args)
	if err != nil {
		return nil, err
	}
	out := &rows{c: c, r: r, d: d, text: text}
	// What is wrong with a statement shows at its first row: whoever asks is to hear of it now.
	if out.ahead = r.NextRow(); !out.ahead {
		if err := out.Close(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rows is what a query gives, as it comes.
type rows struct {
	c      *conn
	r      *pgconn.ResultReader
	d      *pgconn.StatementDescription
	text   string
	ahead  bool // the next row is there
	closed bool
}

// Columns implements driver.Rows.
func (r *rows) Columns() []string {
	out := make([]string, len(r.d.Fields))
	for i, f := range r.d.Fields {
		out[i] = f.Name
	}
	return out
}

// Next implements driver.Rows.
func (r *rows) Next(to []driver.Value) error {
	if !r.ahead {
		if r.closed || !r.r.NextRow() {
			if err := r.Close(); err != nil {
				return err
			}
			return io.EOF
		}
	}
	r.ahead = false
	for i, b := range r.r.Values() {
		v, err := read(b, r.d.Fields[i].DataTypeOID)
		if err != nil {
			return err
		}
		to[i] = v
	}
	return nil
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	_, err := r.r.Close()
	r.c.forget(r.text, err)
	return r.c.lost(err)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	d, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return &statement{c, text, len(d.ParamOIDs)}, nil
}

// Prepare implements driver.Conn.
func (c *conn) Prepare(text string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

// statement is one that somebody holds on to; the connection keeps it for all.
type statement struct {
	c      *conn
	text   string
	values int
}

// Close implements driver.Stmt.
func (s *statement) Close() error { return nil }

// NumInput implements driver.Stmt.
func (s *statement) NumInput() int { return s.values }

// Exec implements driver.Stmt.
func (s *statement) Exec(args []driver.Value) (driver.Result, error) {
	return s.ExecContext(context.Background(), named(args))
}

// Query implements driver.Stmt.
func (s *statement) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), named(args))
}

// ExecContext implements driver.StmtExecContext.
func (s *statement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.c.ExecContext(ctx, s.text, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s *statement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.c.QueryContext(ctx, s.text, args)
}

func named(args []driver.Value) []driver.NamedValue {
	out := make([]driver.NamedValue, len(args))
	for i, v := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return out
}

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	text := bytes.NewBufferString("BEGIN")
	switch sql.IsolationLevel(o.Isolation) {
	case sql.LevelDefault:
	case sql.LevelSerializable:
		text.WriteString(" ISOLATION LEVEL SERIALIZABLE")
	case sql.LevelRepeatableRead, sql.LevelSnapshot:
		text.WriteString(" ISOLATION LEVEL REPEATABLE READ")
	case sql.LevelReadCommitted:
		text.WriteString(" ISOLATION LEVEL READ COMMITTED")
	default:
		return nil, fmt.Errorf("postgres: no isolation %v", sql.IsolationLevel(o.Isolation))
	}
	if o.ReadOnly {
		text.WriteString(" READ ONLY")
	}
	if _, err := c.ExecContext(ctx, text.String(), nil); err != nil {
		return nil, err
	}
	return transaction{ctx, c}, nil
}

// Begin implements driver.Conn.
func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

type transaction struct {
	ctx context.Context
	c   *conn
}

// errUndone says that a transaction in which something failed was asked to be kept.
var errUndone = errors.New("postgres: the transaction had failed, and was undone")

// Commit implements driver.Tx. PostgreSQL answers a commit of what has failed by undoing it, which is no error to it.
func (t transaction) Commit() error {
	rs, err := t.c.pg.Exec(t.ctx, "COMMIT").ReadAll()
	if err != nil {
		return err // it may have been kept or not: nobody tries again
	}
	if len(rs) == 1 && rs[0].CommandTag.String() == "ROLLBACK" {
		return errUndone
	}
	return nil
}

// Rollback implements driver.Tx. It must not hang on a context that has ended already.
func (t transaction) Rollback() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), 10*time.Second)
	defer cancel()
	_, err := t.c.pg.Exec(ctx, "ROLLBACK").ReadAll()
	return err
}

// Ping implements driver.Pinger.
func (c *conn) Ping(ctx context.Context) error {
	if err := c.pg.Ping(ctx); err != nil {
		_ = c.Close()
		return driver.ErrBadConn
	}
	return nil
}

// ResetSession implements driver.SessionResetter.
func (c *conn) ResetSession(context.Context) error {
	if c.pg.IsClosed() || c.pg.IsBusy() {
		return driver.ErrBadConn
	}
	return nil
}

// IsValid implements driver.Validator.
func (c *conn) IsValid() bool { return !c.pg.IsClosed() }

// Close implements driver.Conn.
func (c *conn) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return c.pg.Close(ctx)
}
