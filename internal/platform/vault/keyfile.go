// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// maxKeyFile bounds a key file in bytes.
const maxKeyFile = 1 << 16

// GenerateKeyFile writes a new post-quantum age identity to a file that only its owner may read, and gives
// its recipient, for Lock and Split. It never overwrites: Conflict when there is a file already. The file is
// one that the program age understands.
func GenerateKeyFile(path string) (age.Recipient, error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fault.New(fault.Conflict, "vault.key_file_exists")
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "vault.no_key_file")
	}
	_, err = fmt.Fprintf(f, "# public key: %s\n%s\n", id.Recipient(), id)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path) // half a key is none
		return nil, fault.Wrap(fault.Unavailable, err, "vault.no_key_file")
	}
	return id.Recipient(), nil
}

// ReadKeyFile is OpenKeyFile where nobody can be asked.
func ReadKeyFile(path string) ([]age.Identity, error) { return OpenKeyFile(path, Asking{}) }

// OpenKeyFile reads the identities of a key file, made here or elsewhere (ReadIdentities). Unavailable when it cannot be
// read, Denied when others than its owner may read or write it, Invalid when it holds no identity.
func OpenKeyFile(path string, ask Asking) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "vault.no_key_file")
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "vault.no_key_file")
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeyFile {
		return nil, fault.New(fault.Invalid, "vault.bad_key_file")
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 { // Windows keeps no such bits
		return nil, fault.New(fault.Denied, "vault.key_file_open")
	}
	return ReadIdentities(f, ask)
}

// RecipientOf gives the public side of an identity of a key file; Invalid for a plugin's, which does not say it.
func RecipientOf(id age.Identity) (age.Recipient, error) {
	switch id := id.(type) {
	case *age.HybridIdentity:
		return id.Recipient(), nil
	case *age.X25519Identity:
		return id.Recipient(), nil
	}
	return nil, fault.New(fault.Invalid, "vault.needs_recipient")
}
