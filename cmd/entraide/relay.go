// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/relay"
)

// relayCmd serves a relay.
type relayCmd struct {
	Folder string `arg:"" help:"Folder that the relay keeps its boxes in; it is made." type:"path"`
	Listen string `default:"127.0.0.1:7310" help:"Address; without a certificate, of this machine alone."`
	Cert   string `help:"TLS certificate, PEM." type:"path"`
	Key    string `help:"TLS key, PEM." type:"path"`
	Word   bool   `help:"Print the word that offices need to have boxes here, and stop. It is made at the first start."`
}

// relayWord names the file of a relay's word.
const relayWord = "word"

func (r *relayCmd) Run(c *call) error {
	if err := os.MkdirAll(r.Folder, 0o700); err != nil {
		return err
	}
	word, err := r.word()
	if err != nil {
		return err
	}
	if r.Word {
		c.say("%s", word)
		return c.done(map[string]string{"word": word})
	}
	s := app.Settings{Listen: r.Listen, Cert: r.Cert, Key: r.Key}
	return app.ServeRelay(c.ctx, s, filepath.Join(r.Folder, "relay.db"), word, func(err error) { c.say("%s", c.words(err)) }, func(address string) {
		c.say("%s", c.l.T("relay.ready", "Address", address))
		_ = c.done(map[string]string{"ready": address})
	})
}

// word reads the relay's word, or makes it.
func (r *relayCmd) word() (string, error) {
	at := filepath.Join(r.Folder, relayWord)
	b, err := os.ReadFile(at)
	if errors.Is(err, fs.ErrNotExist) {
		b = []byte(rand.Text())
		err = os.WriteFile(at, append(b, '\n'), 0o600)
	}
	return strings.TrimSpace(string(b)), err
}

// reachCmd says how partners reach an office.
type reachCmd struct {
	Folder   string `arg:"" help:"The office's data folder. No process may serve it." type:"path"`
	Line     bool   `xor:"way" required:"" help:"At the office's own address."`
	ByHand   bool   `xor:"way" required:"" help:"By hand alone: people carry its post."`
	Relay    string `xor:"way" required:"" help:"Through a relay at this address." placeholder:"https://..."`
	WordFile string `help:"File with the relay's word." type:"existingfile" placeholder:"FILE"`
}

func (r *reachCmd) Run(c *call) error {
	reach, word := "", ""
	switch {
	case r.ByHand:
		reach = app.ByHand
	case r.Relay != "":
		reach = relay.Scheme + r.Relay
	}
	if r.WordFile != "" {
		b, err := readAtMost(r.WordFile, 1<<10)
		if err != nil {
			return err
		}
		word = strings.TrimSpace(string(b))
	}
	if err := app.Reach(app.Folder(r.Folder), reach, word); err != nil {
		return err
	}
	c.say("%s", c.l.T("relay.reach"))
	return c.done(map[string]any{"ok": true, "reach": reach})
}
