// SPDX-License-Identifier: EUPL-1.2

// Package archive writes what an office stores into files that outlive its database, and loads them again.
//
// # Use
//
// Write dumps tables on one snapshot into a stream of JSON lines, compressed; the same form whichever engine
// the rows came from, so that an archive of a SQLite office can be loaded into PostgreSQL and the other way
// round. Seal encrypts the stream with age to the office's backup recipients. Open reads a stream's head, Load
// puts its rows into a fresh database of the same schema version, Check compares what the database then holds
// with what was archived, row by row.
//
// A backup is two files of one moment: the data, and the rows of vault_key. Only together can they be read.
// Files of keys are destroyed after KeyLife, so that what an office erased cannot be brought back from any
// copy of the data after that. A file of data can be read with any file of keys that is as new or newer.
//
// With age and gzip alone, without this program:
//
//	age --decrypt -i KEY FILE | gunzip | less
//
// # What it does not protect from
//
// Whoever has the backup key, a file of data, a file of keys and the office's unlocked keyring reads everything
// as of that day. Copies of files of keys that somebody made elsewhere do not expire. Times, ids, codes and
// search tokens of erased people stay in files of data for as long as those are kept.
package archive

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/big"
	"slices"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// KeyLife is how long a file of keys is kept.
const KeyLife = 30 * 24 * time.Hour

// Part is which half of a backup a file holds.
type Part string

const (
	Data Part = "data"
	Keys Part = "keys"
	All  Part = "all" // both at once: a move from one database to another, never a file
)

// keyTables hold the wrapped data keys: what must not outlive an erasure.
func keyTables() []string { return []string{"vault_key"} }

// Of picks the tables of a part.
func (p Part) Of(all []db.Table) []db.Table {
	return slices.DeleteFunc(slices.Clone(all), func(t db.Table) bool {
		key := slices.Contains(keyTables(), t.Name)
		return p == Data && key || p == Keys && !key
	})
}

const (
	format  = "entraide archive"
	version = 1
	help    = "JSON lines: this head, then for each table a line that names it and one array for each row in the order of its columns (bytes are base64), then the foot with rows and sums"
)

// Head is the first line of an archive.
type Head struct {
	Format  string            `json:"format"`
	Version int               `json:"version"`
	Help    string            `json:"help"`
	ID      journal.ID        `json:"id"` // the same for both parts of one backup
	Part    Part              `json:"part"`
	Made    time.Time         `json:"made"`
	Schema  int64             `json:"schema"`          // last migration of the database
	Files   map[string][]byte `json:"files,omitempty"` // settings and locked keyrings, by path in the folder
	Logs    map[string]string `json:"logs,omitempty"`  // latest signed checkpoint by owner
	Tables  []db.Table        `json:"tables"`
}

// Tally counts a table's rows; Sum does not depend on their order.
type Tally struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Sum   string `json:"sum"` // hex: sum of the rows' SHA-256, modulo 2^256
}

// foot is the last line.
type foot struct {
	Foot []Tally `json:"foot"`
}

// last stands behind the foot: a code over every byte before it.
type last struct {
	Code string `json:"code"` // hex
}

// mark begins a table.
type mark struct {
	Table string `json:"table"`
}

// Rows adds up tallies.
func Rows(ts []Tally) (n int64) {
	for _, t := range ts {
		n += t.Rows
	}
	return n
}

// Filled leaves out the tables without rows.
func Filled(ts []Tally) []Tally {
	return slices.DeleteFunc(slices.Clone(ts), func(t Tally) bool { return t.Rows == 0 })
}

// sum adds up rows' hashes.
type sum struct {
	rows  int64
	total big.Int
}

func (s *sum) add(line []byte) {
	h := sha256.Sum256(line)
	s.rows++
	s.total.Add(&s.total, new(big.Int).SetBytes(h[:]))
	s.total.SetBit(&s.total, 256, 0) // at most one carry: both were below 2^256
}

func (s *sum) tally(table string) Tally {
	var b [32]byte
	s.total.FillBytes(b[:])
	return Tally{table, s.rows, hex.EncodeToString(b[:])}
}

// Progress is told how many of how many rows are done; it may be nil.
type Progress func(done, all int64)

func (p Progress) tell(done, all int64) {
	if p != nil {
		p(done, all)
	}
}

// sealed closes age, then nothing else: the file is its maker's.
type sealed struct {
	*gzip.Writer
	age io.WriteCloser
}

// Close ends the stream; without it the archive does not open.
func (s *sealed) Close() error { return errors.Join(s.Writer.Close(), s.age.Close()) }

// Seal compresses and encrypts to recipients what is written to it. Close it.
func Seal(w io.Writer, to ...age.Recipient) (io.WriteCloser, error) {
	a, err := age.Encrypt(w, to...)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "archive.bad_recipient")
	}
	return &sealed{gzip.NewWriter(a), a}, nil
}

// Unseal gives what Seal was given. Denied when none of the identities opens it, Invalid when it is no archive.
func Unseal(r io.Reader, with ...age.Identity) (io.Reader, error) {
	a, err := age.Decrypt(r, with...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, fault.New(fault.Denied, "archive.wrong_key")
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "archive.not_one")
	}
	z, err := gzip.NewReader(a)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "archive.not_one")
	}
	return z, nil
}
