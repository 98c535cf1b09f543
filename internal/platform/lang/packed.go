// SPDX-License-Identifier: EUPL-1.2

package lang

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed texts.json.gz
var packed []byte

// texts are the files of the folders catalogue, person and cldr by their paths, as the program carries them: packed by
// `go generate ./internal/platform/lang/pack`, to a quarter of their size.
var texts = sync.OnceValues(func() (map[string]string, error) { return Unpack(packed) })

// Unpack gives the files that Pack packed, by their paths.
func Unpack(packed []byte) (map[string]string, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("lang: texts: %w", err)
	}
	var out map[string]string
	if err := json.NewDecoder(z).Decode(&out); err != nil {
		return nil, fmt.Errorf("lang: texts: %w", err)
	}
	return out, nil
}

// filesOf lists the packed files of a folder whose names end in a suffix.
func filesOf(all map[string]string, folder, suffix string) []string {
	var out []string
	for name := range all {
		if path.Dir(name) == folder && strings.HasSuffix(name, suffix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Pack packs the texts of the folder of this package; for go generate and for the test that what is packed is what is there.
func Pack(dir fs.FS) ([]byte, error) {
	all := map[string]string{}
	for _, glob := range []string{"catalogue/*.json", "person/*.json", "person/keys.txt", "cldr/cldr.json"} {
		names, err := fs.Glob(dir, glob)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			b, err := fs.ReadFile(dir, n)
			if err != nil {
				return nil, err
			}
			all[n] = string(b)
		}
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(all); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
