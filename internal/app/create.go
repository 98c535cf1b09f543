// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// NewOwner makes an office's settings with its defaults; its kind can never change.
func NewOwner(name string, kind access.OfficeKind, country, zone, language string, now time.Time) Owner {
	return Owner{ID: journal.NewID(now, rand.Reader), Name: name, Kind: kind, Country: country, Zone: zone, Language: language, Created: now.UTC().Truncate(time.Second), Threshold: 10}
}

// Create makes a node's folder: settings, a new keyring for each owner locked to the recipient, and
// nothing else. It refuses a folder that holds a node already.
func Create(f Folder, s Settings, to age.Recipient) error {
	s.Version = settingsVersion
	if err := s.validate(); err != nil {
		return err
	}
	if _, err := os.Stat(f.path("node.json")); !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Conflict, "app.node_exists")
	}
	if err := os.MkdirAll(f.path("keys"), 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, err, "app.no_folder")
	}
	for _, o := range s.Owners {
		keys, err := vault.Create()
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := keys.Lock(&b, to); err != nil {
			return err
		}
		if err := writeFile(f.KeyPath(o.ID), b.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return f.save(s)
}

// unlock opens every owner's keyring.
func unlock(f Folder, s Settings, with ...age.Identity) (map[journal.ID]*vault.Keyring, error) {
	out := map[journal.ID]*vault.Keyring{}
	for _, o := range s.Owners {
		b, err := os.ReadFile(f.KeyPath(o.ID))
		if err != nil {
			return nil, fault.Wrap(fault.Unavailable, err, "app.no_keyring")
		}
		if out[o.ID], err = vault.Unlock(bytes.NewReader(b), with...); err != nil {
			return nil, err
		}
	}
	return out, nil
}
