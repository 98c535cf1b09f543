// SPDX-License-Identifier: EUPL-1.2

package archive

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/db"
)

// tellEvery is how many rows pass between two words of progress.
const tellEvery = 2000

// Write dumps the tables that the head names, on the transaction's snapshot, and gives what it wrote. code is a
// keyed hash, which Authenticate needs again.
func Write(ctx context.Context, tx db.Tx, w io.Writer, h Head, code hash.Hash, progress Progress) ([]Tally, error) {
	h.Format, h.Version, h.Help = format, version, help
	out := bufio.NewWriterSize(io.MultiWriter(w, code), 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(h); err != nil {
		return nil, err
	}
	all, err := count(ctx, tx, h.Tables)
	if err != nil {
		return nil, err
	}
	var done int64
	var foots foot
	for _, t := range h.Tables {
		if err := enc.Encode(mark{t.Name}); err != nil {
			return nil, err
		}
		var s sum
		err := scan(ctx, tx, t, func(line []byte) error {
			s.add(line)
			if done++; done%tellEvery == 0 {
				progress.tell(done, all)
			}
			_, err := out.Write(append(line, '\n'))
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("archive: %s: %w", t.Name, err)
		}
		foots.Foot = append(foots.Foot, s.tally(t.Name))
	}
	progress.tell(done, all)
	if err := enc.Encode(foots); err != nil {
		return nil, err
	}
	if err := out.Flush(); err != nil {
		return nil, err
	}
	end, err := json.Marshal(last{hex.EncodeToString(code.Sum(nil))})
	if err == nil {
		_, err = w.Write(append(end, '\n'))
	}
	return foots.Foot, err
}

func count(ctx context.Context, tx db.Tx, tables []db.Table) (int64, error) {
	var all int64
	for _, t := range tables {
		var n int64
		if err := tx.Row(ctx, `SELECT COUNT(*) FROM `+t.Name).Scan(&n); err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// scan gives each row of a table as one line of JSON, the same on both engines.
func scan(ctx context.Context, tx db.Tx, t db.Table, f func(line []byte) error) error {
	rows, err := tx.Query(ctx, `SELECT `+columns(t)+` FROM `+t.Name)
	if err != nil {
		return err
	}
	defer rows.Close()
	into, values := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i, c := range t.Columns {
		switch c.Type {
		case db.Bytes:
			into[i] = new(any) // a driver gives empty bytes as a nil slice; only the interface tells it from NULL
		case db.Integer:
			into[i] = new(sql.Null[int64])
		case db.Text:
			into[i] = new(sql.Null[string])
		}
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i := range into {
			values[i] = plain(into[i])
		}
		line, err := json.Marshal(values)
		if err != nil {
			return err
		}
		if err := f(line); err != nil {
			return err
		}
	}
	return rows.Err()
}

// plain gives what stands in JSON for a scanned value; nil for NULL.
func plain(v any) any {
	switch x := v.(type) {
	case *any:
		if b, ok := (*x).([]byte); ok {
			return append([]byte{}, b...)
		}
	case *sql.Null[int64]:
		if !x.Valid {
			return nil
		}
		return x.V
	case *sql.Null[string]:
		if !x.Valid {
			return nil
		}
		return x.V
	}
	return nil
}

func columns(t db.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
