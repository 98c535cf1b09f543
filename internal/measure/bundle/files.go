// SPDX-License-Identifier: EUPL-1.2

package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Names of the files of a release.
const (
	ReleaseFile = "release.json"
	TablesFile  = "tables.json"
	RecordsFile = "records.csv"
)

// MostBytes bounds each file that is read.
const MostBytes = 1 << 30

// Whole is a release with what was published by it.
type Whole struct {
	Release Release
	Tables  Tables
	Records *table.Records // nil where none were made
	// Beside are other files of the release by name, such as a page that shows it; their hashes stand in it too.
	Beside map[string][]byte
}

// Domain gives the columns as package table has them.
func (r Release) Domain() table.Domain {
	var d table.Domain
	for _, c := range r.Columns {
		d.Columns = append(d.Columns, table.Column{Name: c.Code, Values: c.Values})
	}
	return d
}

// Files writes a release as files by name, and gives its hash: that of release.json, which holds the others'. It fills Format
// and Files of the release. The same release gives the same bytes.
func (w *Whole) Files() (files map[string][]byte, hash string, err error) {
	files = map[string][]byte{}
	for name, b := range w.Beside {
		if !plain(name) {
			return nil, "", fault.Bad(name, "statistics.want.bundle")
		}
		files[name] = b
	}
	if files[TablesFile], err = json.Marshal(w.Tables); err != nil {
		return nil, "", err
	}
	if w.Records != nil {
		if files[RecordsFile], err = records(w.Records); err != nil {
			return nil, "", err
		}
	}
	w.Release.Format, w.Release.Files = Format, map[string]string{}
	for name, b := range files {
		w.Release.Files[name] = sum(b)
	}
	if files[ReleaseFile], err = json.MarshalIndent(w.Release, "", "  "); err != nil {
		return nil, "", err
	}
	files[ReleaseFile] = append(files[ReleaseFile], '\n')
	return files, sum(files[ReleaseFile]), nil
}

// plain says whether a name is that of a file in the folder itself.
func plain(name string) bool {
	return name != "" && name != ReleaseFile && filepath.Base(name) == name && filepath.IsLocal(name)
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// records writes records by the codes of their answers.
func records(r *table.Records) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	line := make([]string, len(r.Domain.Columns))
	for c, column := range r.Domain.Columns {
		line[c] = column.Name
	}
	_ = w.Write(line) // Error says what went wrong at the end
	for i := range r.Len() {
		for c, column := range r.Domain.Columns {
			line[c] = column.Values[r.Column(c)[i]]
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// Write writes a release into a new folder and gives its hash; release.json comes last, so that a folder with it is whole.
func (w *Whole) Write(folder string) (hash string, err error) {
	files, hash, err := w.Files()
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return "", err
	}
	names := slices.Sorted(maps.Keys(files))
	inorder.Stably(names, func(a, b string) int { // release.json last
		return map[bool]int{true: 1}[a == ReleaseFile] - map[bool]int{true: 1}[b == ReleaseFile]
	})
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(folder, name), files[name], 0o644); err != nil {
			return "", err
		}
	}
	return hash, nil
}

// Read reads a folder that Write wrote, and gives its hash. Errors: the files'; Invalid for a file that is not as release.json
// says, or that cannot be a release.
func Read(folder string) (Whole, string, error) {
	first, err := read(filepath.Join(folder, ReleaseFile))
	if err != nil {
		return Whole{}, "", err
	}
	var r Release
	if err := json.Unmarshal(first, &r); err != nil {
		return Whole{}, "", fault.Bad(ReleaseFile, "statistics.want.bundle")
	}
	files := map[string][]byte{ReleaseFile: first}
	for name := range r.Files {
		if !plain(name) {
			return Whole{}, "", fault.Bad(ReleaseFile, "statistics.want.bundle")
		}
		if files[name], err = read(filepath.Join(folder, name)); err != nil {
			return Whole{}, "", err
		}
	}
	return Parse(files)
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MostBytes+1))
	if err == nil && len(b) > MostBytes {
		err = fault.New(fault.TooMuch, "statistics.want.smaller_file", "Max", MostBytes>>20)
	}
	return b, err
}

// Parse is Read for files at hand, by name; those that release.json does not name are left alone.
func Parse(files map[string][]byte) (Whole, string, error) {
	var w Whole
	if err := json.Unmarshal(files[ReleaseFile], &w.Release); err != nil || w.Release.Format != Format {
		return w, "", fault.Bad(ReleaseFile, "statistics.want.bundle")
	}
	for name, hash := range w.Release.Files {
		if sum(files[name]) != hash {
			return w, "", fault.Bad(name, "statistics.want.as_released")
		}
		if name != TablesFile && name != RecordsFile {
			if w.Beside == nil {
				w.Beside = map[string][]byte{}
			}
			w.Beside[name] = files[name]
		}
	}
	if w.Release.Files[TablesFile] == "" || json.Unmarshal(files[TablesFile], &w.Tables) != nil {
		return w, "", fault.Bad(TablesFile, "statistics.want.bundle")
	}
	if err := w.check(); err != nil {
		return w, "", err
	}
	if w.Release.Files[RecordsFile] != "" {
		var err error
		if w.Records, err = readRecords(w.Release.Domain(), files[RecordsFile]); err != nil {
			return w, "", err
		}
	}
	return w, sum(files[ReleaseFile]), nil
}

// check holds the tables against the columns.
func (w *Whole) check() error {
	d := w.Release.Domain()
	if err := d.Validate(); err != nil {
		return err
	}
	for i, t := range w.Tables.Tables {
		s, err := w.Release.Set(t)
		if err != nil {
			return err
		}
		if len(t.Cells) != d.Cells(s) {
			return fault.Bad(fmt.Sprintf("tables.%d", i), "statistics.want.as_many")
		}
	}
	return nil
}

// Set gives the columns of a table by their numbers. Error: Invalid for columns that the release does not have, or not in
// their order.
func (r Release) Set(t Table) (table.Set, error) {
	s := table.Set{}
	for _, code := range t.Columns {
		s = append(s, slices.IndexFunc(r.Columns, func(c Column) bool { return c.Code == code }))
	}
	return s, r.Domain().Holds(s)
}

func readRecords(d table.Domain, b []byte) (*table.Records, error) {
	bad := fault.Bad(RecordsFile, "statistics.want.bundle")
	in := csv.NewReader(bytes.NewReader(b))
	in.FieldsPerRecord, in.ReuseRecord = len(d.Columns), true
	out, err := table.NewRecords(d, 0)
	if err != nil {
		return nil, err
	}
	codes := make([]map[string]uint16, len(d.Columns))
	for c, column := range d.Columns {
		codes[c] = make(map[string]uint16, len(column.Values))
		for i, v := range column.Values {
			codes[c][v] = uint16(i)
		}
	}
	record := make([]uint16, len(d.Columns))
	for first := true; ; first = false {
		line, err := in.Read()
		if errors.Is(err, io.EOF) && !first {
			return out, nil
		}
		if err != nil {
			return nil, bad
		}
		for c, v := range line {
			at, ok := codes[c][v]
			if first {
				ok = v == d.Columns[c].Name
			}
			if !ok {
				return nil, bad
			}
			record[c] = at
		}
		if !first {
			if err := out.Add(record...); err != nil {
				return nil, err
			}
		}
	}
}
