// SPDX-License-Identifier: EUPL-1.2

// Command gen makes the files under dist from src and node_modules. Run "npm ci" at the top of the repository, then
// "go generate ./internal/platform/page/assets". The same inputs give the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// targets are the oldest browsers that we care for: people have old phones.
var targets = []api.Engine{{Name: api.EngineChrome, Version: "111"}, {Name: api.EngineFirefox, Version: "113"}, {Name: api.EngineSafari, Version: "16.4"}}

func main() {
	log.SetFlags(0)
	dir, err := os.Getwd() // go generate runs in the assets folder
	if err != nil {
		log.Fatal(err)
	}
	out := filepath.Join(dir, "dist")
	if len(os.Args) > 1 {
		out = os.Args[1]
	}
	if err := generate(dir, filepath.Join(dir, "../../../../node_modules"), out); err != nil {
		log.Fatal(err)
	}
}

func generate(dir, modules, out string) error {
	files := map[string][]byte{}
	for _, d := range []struct{ name, tabler string }{{"app.ltr.css", "tabler.css"}, {"app.rtl.css", "tabler.rtl.css"}} {
		css, err := styles(filepath.Join(modules, "@tabler/core/dist/css", d.tabler), filepath.Join(dir, "src/entraide.css"))
		if err != nil {
			return err
		}
		files[d.name] = css
	}
	for _, name := range []string{"app.js", "capture.js", "codes.js", "guest.js", "worker.js"} {
		js, err := script(filepath.Join(dir, "src", name), modules)
		if err != nil {
			return err
		}
		files[name] = js
	}
	sprite, icons, err := icons(filepath.Join(dir, "icons.txt"), filepath.Join(modules, "@tabler/icons/icons"))
	if err != nil {
		return err
	}
	files["icons.svg"] = sprite
	if files["mark.svg"], err = os.ReadFile(filepath.Join(dir, "src/mark.svg")); err != nil {
		return err
	}
	return write(out, files, icons)
}

func styles(tabler, own string) ([]byte, error) {
	theirs, err := os.ReadFile(tabler)
	if err != nil {
		return nil, err
	}
	ours, err := os.ReadFile(own)
	if err != nil {
		return nil, err
	}
	nodes, err := parse(string(theirs))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tabler, err)
	}
	mine, err := parse(string(ours))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", own, err)
	}
	var b strings.Builder
	b.WriteString("/*! Tabler, MIT, (c) The Tabler Authors, trimmed. Entraide, EUPL-1.2. */\n")
	print(&b, themed(append(trim(nodes), mine...)))
	r := api.Transform(b.String(), api.TransformOptions{Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true,
		Engines: targets, LegalComments: api.LegalCommentsInline, LogLevel: api.LogLevelSilent})
	return r.Code, failed(r.Errors)
}

func script(entry, modules string) ([]byte, error) {
	r := api.Build(api.BuildOptions{EntryPoints: []string{entry}, Bundle: true, Format: api.FormatIIFE, NodePaths: []string{modules},
		MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, Engines: targets, LegalComments: api.LegalCommentsInline, LogLevel: api.LogLevelSilent})
	if err := failed(r.Errors); err != nil {
		return nil, err
	}
	return r.OutputFiles[0].Contents, nil
}

func failed(ms []api.Message) error {
	if len(ms) == 0 {
		return nil
	}
	return fmt.Errorf("esbuild: %s", ms[0].Text)
}

// write puts each file under its fingerprint and drops what was there.
func write(out string, files map[string][]byte, icons []string) error {
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	m := struct {
		Files map[string]string `json:"files"`
		Icons []string          `json:"icons"`
	}{map[string]string{}, icons}
	for name, b := range files {
		sum := sha256.Sum256(b)
		ext := filepath.Ext(name)
		printed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
		m.Files[name] = printed
		var z bytes.Buffer
		w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, printed+".gz"), z.Bytes(), 0o644); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "manifest.json"), append(b, '\n'), 0o644)
}
