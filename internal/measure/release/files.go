// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Files is a release on its way to be files.
type Files struct {
	State   State
	Plan    *Plan
	Release bundle.Release
	Tables  bundle.Tables
	Records *table.Records // of people who do not exist; nil for none
	Promise bundle.Promise
	Checks  []bundle.Check

	sigmas  []float64
	hidden  int
	seed    string
	earlier []string
	hash    string
	bytes   map[string][]byte
}

// Names of the files in an archive.
const (
	describing = "release.json"
	tabled     = "tables.json"
	recorded   = "records.csv"
)

// mostFiles bounds what is read of one file of an archive.
const mostFiles = 64 << 20

// languages are those that files are written in.
var languages = []string{"en", "fr"}

// describe writes what the release is.
func (d *Desk) describe(ctx context.Context, owner journal.ID, f *Files) error {
	s, p := f.State, f.Plan
	r := bundle.Release{Format: bundle.Format, ID: s.ID.String(), Title: map[string]string{}, Offices: []bundle.Office{d.Office(owner)}, Route: s.Asks.Route,
		Source: s.Asks.Source, Version: s.Asks.Version, Unit: unit(p.Source), From: s.Asks.From, Until: s.Asks.Until, Population: map[string]string{}, Notes: s.Asks.Notes,
		Checks: f.Checks, At: d.now(), Files: map[string]string{}}
	for _, tag := range languages {
		l := d.Locale(tag)
		r.Title[tag] = Title(l, s.Asks.Source, s.Asks.From, s.Asks.Until)
		r.Population[tag] = word(l, "measure.source."+s.Asks.Source+".means", "")
	}
	for _, c := range p.Domain.Columns {
		r.Columns = append(r.Columns, d.column(p.Source, c))
	}
	if p.pooled != nil {
		r.Promise = &f.Promise
	} else if r.Guard = (&bundle.Guard{K: s.Asks.K, Method: s.Asks.Method, Earlier: f.earlier}); s.Asks.Method == "rounded" {
		r.Guard.Base = s.Asks.K
	}
	for _, id := range []journal.ID{s.By, s.Approver} {
		r.Released = append(r.Released, d.Signatories(ctx, owner, id))
	}
	f.Release = r
	return nil
}

// Title names a release: what is counted, and of when.
func Title(l *lang.Locale, source, from, until string) string {
	return l.T("release.of", "Source", word(l, "measure.source."+source, source), "Period", Period(l, from, until))
}

// Period says days: a whole year by its number, others by both days.
func Period(l *lang.Locale, from, until string) string {
	if y := strings.TrimSuffix(from, "-01-01"); y != from && until == y+"-12-31" {
		return y
	}
	return l.T("release.days", "From", l.Date(day(from)), "Until", l.Date(day(until)))
}

// unit is what one count is.
func unit(s source.Source) string { return strings.TrimSuffix(s.Code, "s") }

func word(l *lang.Locale, key, otherwise string) string {
	if l.Has(key) {
		return l.T(key)
	}
	return otherwise
}

// Heading gives a column's word as it is counted: that of a question, and of a question that takes several answers with the answer.
func Heading(l *lang.Locale, src source.Source, name string) string {
	question, answer, opened := strings.Cut(name, ".")
	for _, c := range src.Columns {
		if c.Code == question {
			q := word(l, "measure.column."+question, question)
			if !opened {
				return q
			}
			return l.Told(q, Answer(l, c.List, answer))
		}
	}
	return name
}

// Answer gives an answer's word.
func Answer(l *lang.Locale, list, value string) string {
	switch {
	case value == source.Unknown:
		return l.T("page.unknown")
	case list == "country":
		return l.Country(value)
	case list == "":
		return word(l, "release.value."+value, value)
	}
	return word(l, list+"."+value, value)
}

func (d *Desk) column(src source.Source, c table.Column) bundle.Column {
	out := bundle.Column{Code: c.Name, Title: map[string]string{}, Values: c.Values, Words: map[string]map[string]string{}}
	question, _, opened := strings.Cut(c.Name, ".")
	for _, x := range src.Columns {
		if x.Code == question && !opened {
			out.List = x.List
		}
	}
	for _, tag := range languages {
		l := d.Locale(tag)
		out.Title[tag], out.Words[tag] = Heading(l, src, c.Name), map[string]string{}
		for _, v := range c.Values {
			out.Words[tag][v] = Answer(l, out.List, v)
		}
	}
	if out.List != "country" {
		out.List = ""
	}
	return out
}

// archive packs the files, the same bytes for the same release.
func (f *Files) archive() ([]byte, error) {
	tables, err := json.Marshal(f.Tables)
	if err != nil {
		return nil, err
	}
	f.bytes = map[string][]byte{tabled: tables}
	if f.Records != nil {
		if f.bytes[recorded], err = written(f.Records); err != nil {
			return nil, err
		}
	}
	for name, b := range f.bytes {
		h := sha256.Sum256(b)
		f.Release.Files[name] = hex.EncodeToString(h[:])
	}
	if f.bytes[describing], err = json.MarshalIndent(f.Release, "", "  "); err != nil {
		return nil, err
	}
	h := sha256.Sum256(f.bytes[describing])
	f.hash = hex.EncodeToString(h[:])
	var names []string
	for name := range f.bytes {
		names = append(names, name)
	}
	inorder.By(names, strings.Compare)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: f.Release.At})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.bytes[name]); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// written writes records as CSV by their codes, which hold nothing that a spreadsheet takes for a formula.
func written(r *table.Records) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	row := make([]string, len(r.Domain.Columns))
	for i, c := range r.Domain.Columns {
		row[i] = c.Name
	}
	_ = w.Write(row)
	for n := range r.Len() {
		for i, c := range r.Domain.Columns {
			row[i] = c.Values[r.Column(i)[n]]
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// Read opens an archive: the release, its tables and its records as CSV, nil for none. Errors: Invalid for what is none, or whose
// hashes are not those that it names.
func Read(archive []byte) (bundle.Release, bundle.Tables, []byte, error) {
	var r bundle.Release
	var t bundle.Tables
	bad := func(err error) (bundle.Release, bundle.Tables, []byte, error) {
		return r, t, nil, fault.Wrap(fault.Invalid, err, "release.want.archive")
	}
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return bad(err)
	}
	files := map[string][]byte{}
	for _, x := range z.File {
		f, err := x.Open()
		if err != nil {
			return bad(err)
		}
		b, err := io.ReadAll(io.LimitReader(f, mostFiles))
		if err != nil {
			return bad(err)
		}
		files[x.Name] = b
	}
	if err := json.Unmarshal(files[describing], &r); err != nil || r.Format != bundle.Format {
		return bad(err)
	}
	for name, want := range r.Files {
		if h := sha256.Sum256(files[name]); hex.EncodeToString(h[:]) != want {
			return bad(nil)
		}
	}
	if err := json.Unmarshal(files[tabled], &t); err != nil || r.Files[tabled] == "" {
		return bad(err)
	}
	return r, t, files[recorded], nil
}

// Hash gives the hash of an archive's release.json: what two people signed.
func Hash(archive []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "release.want.archive")
	}
	f, err := z.Open(describing)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "release.want.archive")
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, mostFiles)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Unpack writes an archive's files to a folder, which it makes. Names that are not those of a release are left out.
func Unpack(archive []byte, folder string) error {
	if _, _, _, err := Read(archive); err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range []string{describing, tabled, recorded} {
		f, err := z.Open(name)
		if err != nil {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(f, mostFiles))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}
