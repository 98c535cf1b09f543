// SPDX-License-Identifier: EUPL-1.2

package explorer

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Bounds of what is shown in one page. A release beyond MostCells is refused; more records than make MostAnswers stay beside
// the page, which says so.
const (
	MostCells   = 1 << 20
	MostValues  = 1 << 12 // of one column
	MostAnswers = 4 << 20 // records times columns
)

// Book is a release with its seal.
type Book struct {
	bundle.Whole
	// Seal is the SHA-256 of release.json, hexadecimal: what the register of the office names.
	Seal string

	folder string // where it was read
}

// Open reads the folder of a release. Errors: bundle.Read's; those of a release that cannot be shown, Invalid or TooMuch.
func Open(folder string) (Book, error) {
	w, seal, err := bundle.Read(folder)
	if err != nil {
		return Book{}, err
	}
	b := Book{w, seal, folder}
	return b, b.check()
}

// check says whether each table is there once, each cell is one that can be shown, and all fit in a page.
func (b Book) check() error {
	at, cells := map[string]bool{}, 0
	for _, c := range b.Release.Columns {
		if len(c.Values) > MostValues {
			return fault.New(fault.TooMuch, "explorer.want.smaller")
		}
	}
	for _, t := range b.Tables.Tables {
		set, err := b.Release.Set(t)
		if err != nil {
			return err
		}
		if cells += len(t.Cells); cells > MostCells {
			return fault.New(fault.TooMuch, "explorer.want.smaller")
		}
		if at[set.Key()] || b.Release.Domain().Cells(set) != len(t.Cells) || slices.ContainsFunc(t.Cells, unsound) {
			return fault.New(fault.Invalid, "explorer.want.tables")
		}
		at[set.Key()] = true
	}
	return nil
}

// unsound says whether a cell's flag is none of the list, its numbers are none, or it has a number that is not told.
func unsound(c bundle.Cell) bool {
	for _, n := range []*float64{c.Value, c.Low, c.High} {
		if n != nil && (math.IsNaN(*n) || math.Abs(*n) > 1e15) {
			return true
		}
	}
	switch c.Flag {
	case "", bundle.Estimated, bundle.Rounded, bundle.Noise:
		return c.Value == nil
	case bundle.Below, bundle.Hidden:
		return c.Value != nil
	}
	return true
}

// files gives the release's own files, byte for byte as they were read, or written anew where it was made just now.
func (b *Book) files() (map[string][]byte, error) {
	if b.folder == "" {
		whole := b.Whole
		files, seal, err := whole.Files()
		b.Whole, b.Seal = whole, seal
		return files, err
	}
	files := map[string][]byte{}
	for _, name := range append(slices.Collect(maps.Keys(b.Release.Files)), bundle.ReleaseFile) {
		raw, err := os.ReadFile(filepath.Join(b.folder, name))
		if err != nil {
			return nil, err
		}
		files[name] = raw
	}
	return files, nil
}

// languages are those in which a folder's pages are written, the first as index.html.
var languages = []struct{ tag, name, suffix string }{{"en", "English", ""}, {"fr", "Français", ".fr"}}

// Files gives by name what Folder writes. Errors: of a release that cannot be shown.
func Files(texts *lang.Bundle, b Book, earlier ...Book) (map[string][]byte, error) {
	files, err := b.files()
	if err != nil {
		return nil, err
	}
	for _, form := range []outlet.Form{outlet.CSV, outlet.SDMX} {
		w, err := outlet.Write(b.Whole, form, outlet.Asked{})
		if err != nil {
			return nil, err
		}
		for name, raw := range w.Files {
			if files[name] == nil { // one of the release's own stays as it is
				files[name] = raw
			}
		}
	}
	beside := slices.Sorted(maps.Keys(files))
	for _, x := range languages {
		l := texts.Locale(x.tag, nil)
		page, err := b.page(l, x.tag, beside, earlier)
		if err != nil {
			return nil, err
		}
		files["index"+x.suffix+".html"] = page
		if files["certificate."+x.tag+".pdf"], _, err = CertificateOf(b, l).PDF(b, l); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// Folder writes into a new folder the release's own files as they are, its figures as CSV with their dictionary and as SDMX-CSV, a
// page in each language, and the certificate in each as PDF: it opens without a server. earlier are releases of the same source to compare with. It gives the names of the files,
// sorted. The same releases give the same bytes.
//
// Errors: of a release that cannot be shown; the folder's.
func Folder(out string, texts *lang.Bundle, b Book, earlier ...Book) ([]string, error) {
	files, err := Files(texts, b, earlier...)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(out, 0o755); err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(out, name), files[name], 0o644); err != nil {
			return nil, err
		}
	}
	return names, nil
}
