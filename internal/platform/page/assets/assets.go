// SPDX-License-Identifier: EUPL-1.2

// Package assets holds the style sheets, the script and the icons of the pages, made from src and from the npm packages
// in package.json by "go generate" and committed under dist, so that a build needs no Node.js. They are named after their
// content, kept compressed, and may be cached for ever. Nothing is fetched from anywhere else.
package assets

//go:generate go run ./gen

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed dist
var dist embed.FS

// Manifest is dist/manifest.json.
type Manifest struct {
	Files map[string]string `json:"files"` // name to name with its fingerprint
	Icons []string          `json:"icons"`
}

// Set is the assets, ready to serve. It is only read after Load.
type Set struct {
	paths map[string]string
	icons map[string]bool
	zip   map[string][]byte // by fingerprinted name, gzipped
}

// Load reads the embedded assets.
func Load() (*Set, error) {
	var m Manifest
	b, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, err
	}
	s := &Set{paths: map[string]string{}, icons: map[string]bool{}, zip: map[string][]byte{}}
	for name, printed := range m.Files {
		if s.zip[printed], err = dist.ReadFile("dist/" + printed + ".gz"); err != nil {
			return nil, err
		}
		s.paths[name] = "/assets/" + printed
	}
	for _, i := range m.Icons {
		s.icons[i] = true
	}
	return s, nil
}

// Path gives the address of an asset by its plain name, as "app.js"; "" when there is none.
func (s *Set) Path(name string) string { return s.paths[name] }

// HasIcon says whether the sprite holds an icon.
func (s *Set) HasIcon(name string) bool { return s.icons[name] }

// Size gives the bytes that an asset takes on the wire.
func (s *Set) Size(name string) int { return len(s.zip[strings.TrimPrefix(s.paths[name], "/assets/")]) }

// WorkerScope is the part of an office's pages that can be kept on a device, to open without network.
const WorkerScope = "/programme/events/"

// ServeHTTP serves /assets/{file}.
func (s *Set) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	name := path.Base(q.URL.Path)
	b, ok := s.zip[name]
	h := w.Header()
	if !ok {
		h.Set("Cache-Control", "no-store")
		http.NotFound(w, q)
		return
	}
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if strings.HasPrefix(name, "worker.") {
		h.Set("Service-Worker-Allowed", WorkerScope)
	}
	if strings.Contains(q.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(b)))
		_, _ = w.Write(b) // a reader who has gone cannot be told
		return
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, z) // #nosec G110 -- our own bytes
}
