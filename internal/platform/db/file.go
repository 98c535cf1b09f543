// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// File opens a SQLite file that is no office's, with tables of its own (schema makes those that are missing), for what stands
// beside offices. What it has answered for is on the disk, and what was deleted is no longer there. Close it. Errors:
// Unavailable.
func File(ctx context.Context, path, schema string) (*sql.DB, error) {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(DELETE)", "synchronous(FULL)", "secure_delete(ON)", "temp_store(MEMORY)"}}
	d, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "db.unreachable")
	}
	d.SetMaxOpenConns(1)
	if _, err := d.ExecContext(ctx, schema); err != nil {
		return nil, fault.Wrap(fault.Unavailable, errors.Join(err, d.Close()), "db.unreachable")
	}
	return d, nil
}
