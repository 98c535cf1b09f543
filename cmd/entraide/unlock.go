// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
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
	KeyFile string `help:"Key file that unlocks the keyring, made here or by any program compatible with age; - reads it from standard input. Default: the one that the settings name." type:"path" placeholder:"FILE"`
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

// keyDescriptor names the variable of the environment that holds the number of an open file descriptor, from which the
// identity is read: whoever starts the office hands it over, and it lies in no file.
const keyDescriptor = "ENTRAIDE_KEY_FD"

func (a at) unlockingOf(c *call, s app.Settings) (app.Unlocking, error) {
	if a.KeyFile == "" && os.Getenv(keyDescriptor) == "" && s.Unlock == app.ByPassphrase {
		words, err := c.secret("Passphrase: ")
		if err != nil {
			return app.Unlocking{}, err
		}
		to, id, err := vault.Passphrase(words)
		return app.Unlocking{With: []age.Identity{id}, To: []age.Recipient{to}}, err
	}
	with, err := a.identities(c, s)
	if err != nil {
		return app.Unlocking{}, err
	}
	u := app.Unlocking{With: with, Ask: c.asking()}
	for _, id := range with {
		if to, err := vault.RecipientOf(id); err == nil { // a plugin's does not say it: the folder's list does
			u.To = append(u.To, to)
		}
	}
	return u, nil
}

// identities reads what opens the keyring: from the file that the command names or standard input, else from a file
// descriptor, else from the file that the settings name.
func (a at) identities(c *call, s app.Settings) ([]age.Identity, error) {
	switch fd := os.Getenv(keyDescriptor); {
	case a.KeyFile == "-":
		return vault.ReadIdentities(c.lines, vault.Asking{Tell: c.asking().Tell}) // standard input is taken
	case a.KeyFile != "":
		return vault.OpenKeyFile(a.KeyFile, c.asking())
	case fd != "":
		n, err := strconv.ParseUint(fd, 10, 16)
		if err != nil || n < 3 { // what everybody's output goes to is no key
			return nil, fault.New(fault.Invalid, "operate.key.descriptor", "Name", keyDescriptor)
		}
		f := os.NewFile(uintptr(n), "identity")
		defer f.Close() // only read
		return vault.ReadIdentities(f, c.asking())
	case s.KeyFile == "":
		return nil, fault.New(fault.Invalid, "operate.key.where", "Name", keyDescriptor)
	case !filepath.IsAbs(s.KeyFile):
		return vault.OpenKeyFile(filepath.Join(a.Folder, s.KeyFile), c.asking())
	}
	return vault.OpenKeyFile(s.KeyFile, c.asking())
}

// asking lets identities ask on the command line.
func (c *call) asking() vault.Asking {
	return vault.Asking{Secret: c.secret, Tell: func(message string) { fmt.Fprintln(c.err, message) }}
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
func (c *call) identitiesOf(paths []string) ([]age.Identity, error) {
	var out []age.Identity
	for _, p := range paths {
		ids, err := vault.OpenKeyFile(p, c.asking())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		out = append(out, ids...)
	}
	return out, nil
}
