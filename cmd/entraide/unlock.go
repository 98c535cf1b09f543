// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"golang.org/x/term"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// at is a command that works on a data folder.
type at struct {
	Folder  string `arg:"" help:"The office's data folder." type:"path"`
	KeyFile string `help:"Key file that unlocks the keyring, instead of the one that the settings name." type:"path" placeholder:"FILE"`
}

// open opens the folder in this process, unlocking it as its settings say.
func (a at) open(c *call) (*app.Node, error) {
	f := app.Folder(a.Folder)
	s, err := f.Settings()
	if err != nil {
		return nil, err
	}
	with, err := a.identities(c, s)
	if err != nil {
		return nil, err
	}
	return app.Open(c.ctx, f, app.Options{With: with, Log: slog.New(slog.NewJSONHandler(c.err, nil))})
}

// ask does an operation, through the running node when there is one.
func (a at) ask(c *call, name string, in, out any) error {
	return app.Ask(c.ctx, app.Folder(a.Folder), name, in, out, func() (*app.Node, error) { return a.open(c) })
}

func (a at) identities(c *call, s app.Settings) ([]age.Identity, error) {
	if s.Unlock == "keyfile" || a.KeyFile != "" {
		path := a.KeyFile
		if path == "" {
			path = s.KeyFile
		}
		if !filepath.IsAbs(path) && a.KeyFile == "" {
			path = filepath.Join(a.Folder, path)
		}
		return vault.ReadKeyFile(path)
	}
	words, err := c.passphrase("Passphrase: ")
	if err != nil {
		return nil, err
	}
	_, id, err := vault.Passphrase(words)
	if err != nil {
		return nil, err
	}
	return []age.Identity{id}, nil
}

// passphrase asks on the terminal without showing it, or reads the first line of standard input.
func (c *call) passphrase(prompt string) (string, error) {
	if f, ok := c.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		_, _ = io.WriteString(c.err, prompt)
		b, err := term.ReadPassword(int(f.Fd()))
		_, _ = io.WriteString(c.err, "\n")
		return string(b), err
	}
	line, err := bufio.NewReader(io.LimitReader(c.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
