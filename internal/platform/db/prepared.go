// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"

	"modernc.org/sqlite"
)

// mostPrepared bounds how many statements a connection keeps compiled; the texts of the program are a few hundred.
const mostPrepared = 600

// mark begins the texts of this package that are kept though they have no parameters: those that begin and end
// transactions.
const mark = "/* tx */ "

// preparing opens SQLite connections that keep what they have compiled: SQLite compiles a statement for longer than
// it runs it. (PostgreSQL's driver does so itself.)
type preparing struct{ driver.Connector }

// openPool opens a pool of such connections.
func openPool(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{c}), nil
}

// Connect implements driver.Connector.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &lane{sqliteConn: c.(sqliteConn), kept: map[string]*kept{}}, nil
}

// sqliteConn is what every connection of the driver can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// lane is one connection with its compiled statements. database/sql lets one goroutine at a time use it.
type lane struct {
	sqliteConn
	kept map[string]*kept
}

// kept is one compiled statement; while its rows are being read it runs, and an equal query is compiled anew.
type kept struct {
	stmt    keptStmt
	running bool
}

type keptStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// Unwrap gives the driver's own connection.
func (l *lane) Unwrap() driver.Conn { return l.sqliteConn }

// of gives the compiled statement of a text, and nil for a text that is to run as it is: one without parameters may be
// several statements or change what others mean, one that does not compile tells why when it runs.
func (l *lane) of(ctx context.Context, query string) *kept {
	if k, ok := l.kept[query]; ok {
		if k.running {
			return nil
		}
		return k
	}
	if len(l.kept) >= mostPrepared || !strings.Contains(query, "$1") && !strings.HasPrefix(query, mark) {
		return nil
	}
	s, err := l.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	k := &kept{stmt: s.(keptStmt)}
	l.kept[query] = k
	return k
}

// ExecContext implements driver.ExecerContext.
func (l *lane) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if k := l.of(ctx, query); k != nil {
		return k.stmt.ExecContext(ctx, args)
	}
	return l.sqliteConn.ExecContext(ctx, query, args)
}

// QueryContext implements driver.QueryerContext.
func (l *lane) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	k := l.of(ctx, query)
	if k == nil {
		return l.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := k.stmt.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	k.running = true
	return &keptRows{rows, k}, nil
}

// Close closes the statements, then the connection.
func (l *lane) Close() error {
	for _, k := range l.kept {
		_ = k.stmt.Close() // the connection goes, and with it what a statement held
	}
	clear(l.kept)
	return l.sqliteConn.Close()
}

// keptRows are rows of a kept statement, which is free again when they are closed.
type keptRows struct {
	driver.Rows
	of *kept
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	r.of.running = false
	return r.Rows.Close()
}
