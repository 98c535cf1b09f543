// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"archive/zip"
	"bytes"
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Files is a release on its way to be files.
type Files struct {
	bundle.Whole
	State   State
	Plan    *Plan
	Promise bundle.Promise

	drawn   *pooled.Release // on the route pooled
	sigmas  []float64
	hidden  int
	seed    string
	earlier []string
	hash    string
}

// languages are those that files are written in.
var languages = []string{"en", "fr"}

// describe writes what the release is.
func (d *Desk) describe(owner journal.ID, f *Files) {
	s, p := f.State, f.Plan
	r := bundle.Release{Format: bundle.Format, ID: s.ID.String(), Title: map[string]string{}, Offices: []bundle.Office{d.Office(owner)}, Route: s.Asks.Route,
		Source: s.Asks.Source, Version: s.Asks.Version, Unit: unit(p.Source), From: s.Asks.From, Until: s.Asks.Until, Population: map[string]string{}, Notes: s.Asks.Notes,
		Checks: f.Release.Checks, At: d.now()}
	for _, tag := range languages {
		l := d.Locale(tag)
		r.Title[tag] = s.Asks.title(l)
		r.Population[tag] = Means(l, p.Source)
	}
	for _, c := range p.Domain.Columns {
		r.Columns = append(r.Columns, d.column(p.Source, c))
	}
	if p.pooled != nil {
		r.Promise = &f.Promise
	} else if r.Guard = (&bundle.Guard{K: s.Asks.K, Method: s.Asks.Method, Earlier: f.earlier}); s.Asks.Method == "rounded" {
		r.Guard.Base = s.Asks.K
	}
	r.Released = []string{s.AskedAs, s.ApproverAs}
	f.Release = r
}

// Title names a release: what is counted, and of when.
func Title(l *lang.Locale, source, from, until string) string {
	return l.T("release.of", "Source", word(l, "measure.source."+source, source), "Period", Period(l, from, until))
}

func (a Asks) title(l *lang.Locale) string {
	return Title(l, cmp.Or(a.Called, a.Source), a.From, a.Until)
}

// Name gives the word for what is counted, or what a table is called that was brought in.
func Name(l *lang.Locale, s source.Source) string {
	return cmp.Or(s.Title, word(l, "measure.source."+s.Code, s.Code))
}

// Means says what exactly is counted; "" where nobody said it.
func Means(l *lang.Locale, s source.Source) string {
	if s.Title != "" {
		return l.T("release.brought.means", "Table", s.Title)
	}
	return word(l, "measure.source."+s.Code+".means", "")
}

// Period says days: a whole year by its number, others by both days.
func Period(l *lang.Locale, from, until string) string {
	if y := strings.TrimSuffix(from, "-01-01"); y != from && until == y+"-12-31" {
		return y
	}
	return l.T("release.days", "From", l.Date(day(from)), "Until", l.Date(day(until)))
}

// unit is what one count is.
func unit(s source.Source) string {
	if s.Title != "" {
		return "record"
	}
	return strings.TrimSuffix(s.Code, "s")
}

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
			q := word(l, cmp.Or(c.Key, "measure.column."+question), cmp.Or(c.Title, question))
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

// Words gives what puts a source's columns into words.
func (d *Desk) Words(src source.Source) func(table.Column) bundle.Column {
	return func(c table.Column) bundle.Column { return d.column(src, c) }
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

// mostOf bounds what is read of one file of an archive.
const mostOf = 64 << 20

// archive packs the files, the same bytes for the same release.
func (f *Files) archive() ([]byte, error) {
	files, hash, err := f.Files()
	if err != nil {
		return nil, err
	}
	f.hash = hash
	return Pack(files, f.Release.At)
}

// Pack makes an archive of a release's files, the same bytes for the same files and moment.
func Pack(files map[string][]byte, at time.Time) ([]byte, error) {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	inorder.By(names, strings.Compare)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Read opens an archive, and gives the hash that two people signed. Errors: Invalid for what is none, or whose files are not
// those that it names.
func Read(archive []byte) (bundle.Whole, string, error) {
	files, err := unpacked(archive)
	if err != nil {
		return bundle.Whole{}, "", fault.Wrap(fault.Invalid, err, "release.want.archive")
	}
	return bundle.Parse(files)
}

func unpacked(archive []byte) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, x := range z.File {
		f, err := x.Open()
		if err != nil {
			return nil, err
		}
		if files[x.Name], err = io.ReadAll(io.LimitReader(f, mostOf)); err != nil {
			return nil, err
		}
	}
	return files, nil
}
