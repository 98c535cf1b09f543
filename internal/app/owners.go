// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"errors"

	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// AddOwner adds an office to a folder, with a keyring of its own that opens like the others. No process may serve the
// folder; the pages of the new office are there from the next start.
func AddOwner(f Folder, u Unlocking, o Owner) (err error) {
	s, err := f.Settings()
	if err != nil {
		return err
	}
	lock, err := f.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if _, err := unlock(f, s, u.With...); err != nil { // else the two could not be opened with one key
		return err
	}
	if err := o.located(); err != nil {
		return err
	}
	s.Owners = append(s.Owners, o)
	if err := s.validate(); err != nil {
		return err
	}
	to, err := f.lockedTo(u)
	if err != nil {
		return err
	}
	keys, err := vault.Create()
	if err != nil {
		return err
	}
	if err := f.lockKeyring(o.ID, keys, to); err != nil {
		return err
	}
	return f.save(s)
}
