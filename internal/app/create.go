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

// Keyrings are unlocked keyrings by their owner.
type Keyrings map[journal.ID]*vault.Keyring

// Create makes a node's folder: settings, a new keyring for each owner locked to the recipients, which are listed unless
// they are a passphrase, and nothing else. It refuses a folder that holds a node already.
func Create(f Folder, s Settings, to ...age.Recipient) error {
	_, err := Make(f, s, to...)
	return err
}

// Make is Create, and gives the keyrings as well: whoever names a recipient only cannot open them again here.
func Make(f Folder, s Settings, to ...age.Recipient) (Keyrings, error) {
	s.Version = settingsVersion
	if err := s.validate(); err != nil {
		return nil, err
	}
	for _, o := range s.Owners {
		if err := o.located(); err != nil {
			return nil, err
		}
	}
	if _, err := os.Stat(f.path("node.json")); !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Conflict, "app.node_exists")
	}
	if err := os.MkdirAll(f.path("keys"), 0o700); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "app.no_folder")
	}
	rings := Keyrings{}
	for _, o := range s.Owners {
		keys, err := vault.Create()
		if err != nil {
			return nil, err
		}
		if err := f.lockKeyring(o.ID, keys, to); err != nil {
			return nil, err
		}
		rings[o.ID] = keys
	}
	if s.Unlock != "passphrase" {
		if err := f.listRecipients(to); err != nil {
			return nil, err
		}
	}
	return rings, f.save(s)
}

// unlock opens every owner's keyring.
func unlock(f Folder, s Settings, with ...age.Identity) (Keyrings, error) {
	out := Keyrings{}
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
