// SPDX-License-Identifier: EUPL-1.2

package db

import (
	"bytes"
	"io"
	"io/fs"
)

// rowless marks, in a migration, a table that SQLite is to keep in its primary key alone. It is the one word in which the
// engines' texts differ: PostgreSQL has no such tables and reads a comment.
const rowless = "WITHOUT ROWID"

// forSQLite gives migrations as SQLite is to read them.
type forSQLite struct{ fs.FS }

// Open implements fs.FS.
func (f forSQLite) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || info.IsDir() {
		return file, err
	}
	b, err := io.ReadAll(file)
	return &reworded{file, bytes.NewReader(bytes.ReplaceAll(b, []byte("/* "+rowless+" */"), []byte(rowless)))}, err
}

// reworded is a file with another text.
type reworded struct {
	fs.File
	text *bytes.Reader
}

// Read implements fs.File.
func (r *reworded) Read(b []byte) (int, error) { return r.text.Read(b) }
