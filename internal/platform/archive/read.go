// SPDX-License-Identifier: EUPL-1.2

package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// How much goes into one statement and one transaction of a load.
const (
	rowsAtOnce  = 2000
	bytesAtOnce = 8 << 20
	most        = 900 // parameters of a statement: both engines allow more
)

// Archive is an archive whose head was read.
type Archive struct {
	Head Head
	in   *bufio.Reader
	head []byte // as it stands
	code hash.Hash
	foot []Tally
}

// spoiled says that a stream is no archive or was cut or changed.
func spoiled(cause error) error { return fault.Wrap(fault.Invalid, cause, "archive.spoiled") }

// Open reads the head of a stream that Write wrote; Invalid when it is none.
func Open(r io.Reader) (*Archive, error) {
	a := &Archive{in: bufio.NewReaderSize(r, 1<<16)}
	line, err := a.line()
	if err != nil {
		return nil, spoiled(err)
	}
	if err := json.Unmarshal(line, &a.Head); err != nil || a.Head.Format != format {
		return nil, fault.New(fault.Invalid, "archive.not_one")
	}
	if a.Head.Version != version {
		return nil, fault.New(fault.Invalid, "archive.newer")
	}
	a.head = append(line, '\n')
	return a, nil
}

// Authenticate takes the keyed hash that Write was given, before Load. Without it Load refuses.
func (a *Archive) Authenticate(code hash.Hash) {
	a.code = code
	_, _ = code.Write(a.head) // a hash takes everything
}

// maxLine bounds a row; the largest value that an office stores is far below.
const maxLine = 256 << 20

func (a *Archive) line() ([]byte, error) {
	var line []byte
	for {
		b, err := a.in.ReadSlice('\n')
		if line = append(line, b...); !errors.Is(err, bufio.ErrBufferFull) {
			if err == nil {
				if a.code != nil {
					_, _ = a.code.Write(line)
				}
				return line[:len(line)-1], nil
			}
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if len(line) > maxLine {
			return nil, errors.New("a line is too long")
		}
	}
}

// Load puts the rows into a database that has the archive's tables, empty, and gives what it loaded. The
// database must be nobody else's: rows are committed some thousands at a time, so a failure leaves a part of
// them, and the caller throws the database away. Invalid when the archive was cut short or changed, Conflict
// when the tables are not those of the archive or not empty.
func (a *Archive) Load(ctx context.Context, d *db.DB, progress Progress) ([]Tally, error) {
	if a.code == nil {
		return nil, errors.New("archive: Load needs Authenticate first")
	}
	if err := a.fits(ctx, d); err != nil {
		return nil, err
	}
	l := &load{ctx: ctx, d: d, progress: progress}
	tables := a.Head.Tables
	for {
		line, err := a.line()
		if err != nil {
			return nil, spoiled(err)
		}
		if bytes.HasPrefix(line, []byte("[")) {
			if l.table == nil {
				return nil, spoiled(errors.New("a row before its table"))
			}
			if err := l.row(line); err != nil {
				return nil, err
			}
			continue
		}
		if err := l.flush(); err != nil {
			return nil, err
		}
		l.end()
		var m mark
		if json.Unmarshal(line, &m) == nil && m.Table != "" {
			if len(tables) == 0 || tables[0].Name != m.Table {
				return nil, spoiled(errors.New("a table that the head does not name"))
			}
			l.table, tables = &tables[0], tables[1:]
			continue
		}
		return l.tallies, a.ends(line, l.tallies)
	}
}

// ends compares the foot with what was loaded, and reads to the end, where the seal is checked.
func (a *Archive) ends(line []byte, loaded []Tally) error {
	var f foot
	if err := json.Unmarshal(line, &f); err != nil || len(f.Foot) == 0 {
		return spoiled(errors.New("neither a table nor the foot"))
	}
	if !slices.Equal(f.Foot, loaded) {
		return spoiled(errors.New("rows are missing, added or changed"))
	}
	a.foot = f.Foot
	if err := a.authentic(); err != nil {
		return err
	}
	rest, err := io.Copy(io.Discard, a.in)
	if err != nil {
		return spoiled(err)
	}
	if rest > 0 {
		return spoiled(errors.New("something stands behind the foot"))
	}
	return nil
}

// authentic compares the code at the end.
func (a *Archive) authentic() error {
	is := a.code.Sum(nil)
	line, err := a.line()
	if err != nil {
		return spoiled(err)
	}
	var l last
	if err := json.Unmarshal(line, &l); err != nil {
		return spoiled(errors.New("no code at the end"))
	}
	if said, err := hex.DecodeString(l.Code); err != nil || !hmac.Equal(said, is) {
		return fault.New(fault.Denied, "archive.not_ours")
	}
	return nil
}

// fits checks that the database has the archive's tables, column by column, and nothing in them.
func (a *Archive) fits(ctx context.Context, d *db.DB) error {
	have, err := d.Tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range a.Head.Tables {
		i := slices.IndexFunc(have, func(x db.Table) bool { return x.Name == t.Name })
		if i < 0 || !slices.Equal(have[i].Columns, t.Columns) {
			return fault.Wrap(fault.Conflict, fmt.Errorf("table %s", t.Name), "archive.other_schema")
		}
	}
	return d.Read(ctx, func(tx db.Tx) error {
		n, err := count(ctx, tx, a.Head.Tables)
		if err == nil && n > 0 {
			err = fault.New(fault.Conflict, "archive.not_empty")
		}
		return err
	})
}

// Check reads back what the database holds of the archive's tables and compares it with the foot: rows and
// sums. It gives the first table that differs, or "".
func (a *Archive) Check(ctx context.Context, d *db.DB) (differs string, err error) {
	err = d.Read(ctx, func(tx db.Tx) error {
		for i, t := range a.Head.Tables {
			var s sum
			if err := scan(ctx, tx, t, func(line []byte) error { s.add(line); return nil }); err != nil {
				return err
			}
			if s.tally(t.Name) != a.foot[i] {
				differs = t.Name
				return nil
			}
		}
		return nil
	})
	return differs, err
}

// load is one run of Load.
type load struct {
	ctx      context.Context
	d        *db.DB
	progress Progress
	table    *db.Table
	sum      sum
	tallies  []Tally
	rows     [][]any
	bytes    int
	done     int64
}

// row takes one row, and writes when enough have come together.
func (l *load) row(line []byte) error {
	values, err := decode(line, l.table.Columns)
	if err != nil {
		return spoiled(err)
	}
	l.sum.add(line)
	l.rows = append(l.rows, values)
	if l.bytes += len(line); len(l.rows) >= rowsAtOnce || l.bytes >= bytesAtOnce {
		return l.flush()
	}
	return nil
}

// end closes a table.
func (l *load) end() {
	if l.table != nil {
		l.tallies = append(l.tallies, l.sum.tally(l.table.Name))
	}
	l.table, l.sum = nil, sum{}
}

func (l *load) flush() error {
	if len(l.rows) == 0 {
		return nil
	}
	each := max(1, most/len(l.table.Columns))
	err := l.d.Write(l.ctx, func(tx db.Tx) error {
		for chunk := range slices.Chunk(l.rows, each) {
			var args []any
			for _, r := range chunk {
				args = append(args, r...)
			}
			if _, err := tx.Exec(l.ctx, insert(*l.table, len(chunk)), args...); err != nil {
				return err
			}
		}
		return nil
	})
	l.done += int64(len(l.rows))
	l.progress.tell(l.done, 0)
	l.rows, l.bytes = nil, 0
	return err
}

// insert writes the statement for n rows.
func insert(t db.Table, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", t.Name, columns(t))
	p := 0
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for k := range t.Columns {
			if k > 0 {
				b.WriteString(", ")
			}
			p++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(p))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// decode reads a row by its columns' types.
func decode(line []byte, cs []db.Column) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, errors.New("a row is no array")
	}
	if len(raw) != len(cs) {
		return nil, errors.New("a row has another number of columns")
	}
	out := make([]any, len(cs))
	for i, c := range cs {
		if string(raw[i]) == "null" {
			continue
		}
		var err error
		switch c.Type {
		case db.Integer:
			out[i], err = strconv.ParseInt(string(raw[i]), 10, 64)
		case db.Text:
			var s string
			err = json.Unmarshal(raw[i], &s)
			out[i] = s
		case db.Bytes:
			var s string
			if err = json.Unmarshal(raw[i], &s); err == nil {
				out[i], err = base64.StdEncoding.DecodeString(s)
			}
		default:
			err = errors.New("unknown type")
		}
		if err != nil {
			return nil, fmt.Errorf("column %s does not read", c.Name)
		}
	}
	return out, nil
}
