// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"fmt"
	"io"
	"unicode/utf8"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Lock writes the keyring, encrypted with age to the recipients: one passphrase (see Passphrase), or any
// number of people's and key files' public keys. age does not mix a passphrase with others, nor post-quantum recipients
// with older ones (Invalid). Unavailable when a plugin's program is not there.
func (k *Keyring) Lock(w io.Writer, to ...age.Recipient) error {
	if mixed(to) {
		return fault.New(fault.Invalid, "vault.mixed_recipients")
	}
	if err := encrypt(w, k.secret(), to...); err != nil {
		if name := pluginMissing(err); name != "" {
			return fault.Wrap(fault.Unavailable, err, "vault.no_plugin", "Name", name)
		}
		return fmt.Errorf("vault: lock: %w", err)
	}
	return nil
}

// mixed says whether recipients are of both sorts that age refuses together: whoever breaks the older opens the file.
func mixed(to []age.Recipient) bool {
	var older, hybrid bool
	for _, r := range to {
		switch r.(type) {
		case *age.X25519Recipient:
			older = true
		case *age.HybridRecipient:
			hybrid = true
		}
	}
	return older && hybrid
}

func encrypt(w io.Writer, plain []byte, to ...age.Recipient) error {
	out, err := age.Encrypt(w, to...)
	if err != nil {
		return err
	}
	if _, err := out.Write(plain); err != nil {
		return err
	}
	return out.Close()
}

// Unlock reads a keyring that Lock wrote; Denied when none of the identities opens it or it is damaged, Unavailable when
// an identity is a plugin's whose program is not there.
func Unlock(r io.Reader, with ...age.Identity) (*Keyring, error) {
	in, err := age.Decrypt(r, with...)
	if name := pluginMissing(err); name != "" {
		return nil, fault.Wrap(fault.Unavailable, err, "vault.no_plugin", "Name", name)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Denied, err, "vault.wrong_key")
	}
	secret, err := io.ReadAll(io.LimitReader(in, maxRoots*rootSize+1))
	if err != nil {
		return nil, fault.Wrap(fault.Denied, err, "vault.wrong_key")
	}
	k, err := fromSecret(secret)
	if err != nil {
		return nil, fault.Wrap(fault.Denied, err, "vault.wrong_key")
	}
	return k, nil
}

// minPassphrase is the least number of characters of a passphrase: five or six words.
const minPassphrase = 20

// Passphrase gives both sides of a passphrase for Lock and Unlock: scrypt, about a second of work for each
// guess. The recipient's work factor may be set by tests.
func Passphrase(words string) (*age.ScryptRecipient, *age.ScryptIdentity, error) {
	if utf8.RuneCountInString(words) < minPassphrase {
		return nil, nil, fault.Bad("passphrase", "vault.passphrase_short", "Min", minPassphrase)
	}
	r, err := age.NewScryptRecipient(words)
	if err != nil {
		return nil, nil, err
	}
	i, err := age.NewScryptIdentity(words)
	return r, i, err
}
