// SPDX-License-Identifier: EUPL-1.2

package indicators

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var embedded embed.FS

// maxFile bounds a file of one set.
const maxFile = 1 << 20

// Sets is every version of every list. What it gives is shared: nobody changes it.
type Sets struct{ sets []Set } // by code, then version ascending

// Load reads the lists that the program carries.
func Load() (Sets, error) { return Read(embedded) }

// Read reads every *.yaml of a folder, strictly: one set a file, named <code>.<version>.yaml. A field that it does
// not know, an id that is there twice, a text that lacks English or French, a weight without a rule, an indicator
// drawn from one that is nowhere: each keeps the office from starting, and the error names the file.
func Read(from fs.FS) (Sets, error) {
	files, err := fs.Glob(from, "*.yaml")
	if err != nil {
		return Sets{}, err
	}
	var s Sets
	for _, f := range files {
		set, err := read(from, f)
		if err != nil {
			return Sets{}, fmt.Errorf("indicators: %s: %w", f, err)
		}
		s.sets = append(s.sets, set)
	}
	slices.SortFunc(s.sets, func(a, b Set) int {
		if c := strings.Compare(a.Code, b.Code); c != 0 {
			return c
		}
		return a.edition() - b.edition()
	})
	for _, set := range s.sets {
		if err := s.checkDrawn(set); err != nil {
			return Sets{}, fmt.Errorf("indicators: %s.%s.yaml: %w", set.Code, set.Version, err)
		}
	}
	return s, nil
}

func read(from fs.FS, name string) (Set, error) {
	info, err := fs.Stat(from, name)
	if err != nil {
		return Set{}, err
	}
	if info.Size() > maxFile {
		return Set{}, fmt.Errorf("larger than %d bytes", maxFile)
	}
	b, err := fs.ReadFile(from, name)
	if err != nil {
		return Set{}, err
	}
	var set Set
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&set); err != nil {
		return Set{}, err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Set{}, errors.New("one file holds one set")
	}
	if path.Base(name) != set.Code+"."+set.Version+".yaml" {
		return Set{}, errors.New("the file of a set bears its code and version")
	}
	return set, set.check()
}

// Get gives one version of a list, and whether there is one: a screening keeps the version that it was made with.
func (s Sets) Get(code, version string) (Set, bool) {
	i := slices.IndexFunc(s.sets, func(x Set) bool { return x.Code == code && x.Version == version })
	if i < 0 {
		return Set{}, false
	}
	return s.sets[i], true
}

// Newest gives the newest version of a list, for a screening that begins now, and whether there is such a list.
func (s Sets) Newest(code string) (Set, bool) {
	for _, x := range slices.Backward(s.sets) {
		if x.Code == code {
			return x, true
		}
	}
	return Set{}, false
}

// Lists gives the newest version of every list, by code.
func (s Sets) Lists() []Set {
	var out []Set
	for i, x := range s.sets {
		if i+1 == len(s.sets) || s.sets[i+1].Code != x.Code {
			out = append(out, x)
		}
	}
	return out
}

// edition makes a checked version comparable: 2009-1 is older than 2009-2, and 2009-9 than 2009-10.
func (s Set) edition() int {
	year, edition, _ := strings.Cut(s.Version, "-")
	y, _ := strconv.Atoi(year)
	e, _ := strconv.Atoi(edition)
	return y*1000 + e
}

// checkDrawn says which indicator a set was drawn from that no list of others has.
func (s Sets) checkDrawn(set Set) error {
	for _, d := range set.Dimensions {
		for _, i := range d.Indicators {
			for _, from := range i.Drawn {
				code, id, _ := strings.Cut(from, ":")
				if !slices.ContainsFunc(s.sets, func(x Set) bool {
					_, has := x.Indicator(id)
					return x.Code == code && !x.Ours && has
				}) {
					return fmt.Errorf("%s is drawn from %q, which no list of others has", i.ID, from)
				}
			}
		}
	}
	return nil
}
