// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"golang.org/x/term"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// at is a command that works on a data folder.
type at struct {
	Folder  string `arg:"" help:"The office's data folder." type:"path"`
	KeyFile string `help:"Key file that unlocks the keyring, instead of the one that the settings name." type:"path" placeholder:"FILE"`
	Office  string `help:"Id of the office that is meant, where the folder holds several." placeholder:"ID"`
}

func (a at) folder() app.Folder { return app.Folder(a.Folder) }

// of names the office that is meant.
func (a at) of() (o app.Of, err error) {
	if err = o.Owner.UnmarshalText([]byte(a.Office)); err != nil {
		return o, fault.Bad("office", "app.no_owner")
	}
	return o, nil
}

// open opens the folder in this process, unlocking it as its settings say.
func (a at) open(c *call) (*app.Node, error) {
	n, _, err := a.openWith(c)
	return n, err
}

// openWith also gives what unlocked it.
func (a at) openWith(c *call) (*app.Node, app.Unlocking, error) {
	u, err := a.unlocking(c)
	if err != nil {
		return nil, u, err
	}
	n, err := app.Open(c.ctx, a.folder(), app.Options{Bundle: c.bundle, With: u.With, Log: slog.New(slog.NewJSONHandler(c.err, nil))})
	return n, u, err
}

// ask does an operation, through the running node when there is one.
func (a at) ask(c *call, name string, in, out any) error {
	return app.Ask(c.telling(), a.folder(), name, in, out, func() (*app.Node, error) { return a.open(c) })
}

// unlocking gives what opens the folder's keyrings.
func (a at) unlocking(c *call) (app.Unlocking, error) {
	s, err := a.folder().Settings()
	if err != nil {
		return app.Unlocking{}, err
	}
	return a.unlockingOf(c, s)
}

func (a at) unlockingOf(c *call, s app.Settings) (u app.Unlocking, err error) {
	if s.Unlock == "keyfile" || a.KeyFile != "" {
		path := a.KeyFile
		if path == "" {
			path = s.KeyFile
		}
		if !filepath.IsAbs(path) && a.KeyFile == "" {
			path = filepath.Join(a.Folder, path)
		}
		if u.With, err = vault.ReadKeyFile(path); err != nil {
			return u, err
		}
		for _, id := range u.With {
			to, err := vault.RecipientOf(id)
			if err != nil {
				return u, err
			}
			u.To = append(u.To, to)
		}
		return u, nil
	}
	words, err := c.secret("Passphrase: ")
	if err != nil {
		return u, err
	}
	to, id, err := vault.Passphrase(words)
	if err != nil {
		return u, err
	}
	return app.Unlocking{With: []age.Identity{id}, To: []age.Recipient{to}}, nil
}

// secret asks on the terminal without showing it, or reads the next line of standard input.
func (c *call) secret(prompt string) (string, error) {
	if f, ok := c.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		_, _ = io.WriteString(c.err, prompt)
		b, err := term.ReadPassword(int(f.Fd()))
		_, _ = io.WriteString(c.err, "\n")
		return string(b), err
	}
	line, err := c.lines.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// identitiesOf reads the private keys of several files.
func identitiesOf(paths []string) ([]age.Identity, error) {
	var out []age.Identity
	for _, p := range paths {
		ids, err := vault.ReadKeyFile(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		out = append(out, ids...)
	}
	return out, nil
}
