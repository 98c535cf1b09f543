// SPDX-License-Identifier: EUPL-1.2

// Package vault holds the keys of what an office stores.
//
// Every owner has one root secret. From it come, by HKDF-SHA256 and one label each: the key that wraps
// data keys, the keys that seal small secrets by purpose, the keys of blind search tokens by kind, and the
// seeds of signing keys. The root is never stored in clear: it lies in a file locked with age, to a
// passphrase, a key file, or identities of named people (see Lock, Split).
//
// Every dossier has one random data key per data category, wrapped under the root and kept in the table
// vault_key. Destroying that row (Shred) makes every part sealed under it unreadable, in the database and
// in every copy of it; the parts' bytes are removed too.
//
// What it protects: a stolen database file, disk or backup without the locked root tells states, dates,
// who acted, and how often a search token occurs, and nothing of names, contacts, documents or texts. What
// it does not protect from: whoever controls the running process, which has the root in memory.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

const rootSize = 32

// Keyring is one owner's unlocked keys. It is safe for concurrent use.
type Keyring struct {
	root []byte
	wrap cipher.AEAD

	mu     sync.Mutex
	byName map[string][]byte // derived keys, by label
}

// Create makes a new root.
func Create() (*Keyring, error) {
	root := make([]byte, rootSize)
	if _, err := rand.Read(root); err != nil {
		return nil, err
	}
	return fromRoot(root)
}

func fromRoot(root []byte) (*Keyring, error) {
	if len(root) != rootSize {
		return nil, errors.New("vault: a root has 32 bytes")
	}
	k := &Keyring{root: root, byName: map[string][]byte{}}
	var err error
	k.wrap, err = aead(k.derive("wrap data keys"))
	return k, err
}

// derive gives the 32-byte key of a label.
func (k *Keyring) derive(label string) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.byName[label]; ok {
		return key
	}
	key, err := hkdf.Key(sha256.New, k.root, nil, "entraide v1 "+label, 32)
	if err != nil {
		panic("vault: hkdf: " + err.Error()) // only for absurd lengths
	}
	if len(k.byName) < 4096 { // labels of small secrets hold ids: do not keep them all
		k.byName[label] = key
	}
	return key
}

func aead(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(b)
}

// Seal seals a small secret for a purpose; Open opens it for the same purpose only.
func (k *Keyring) Seal(purpose string, plain []byte) ([]byte, error) {
	a, err := aead(k.derive("seal small secrets"))
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, plain, []byte(purpose)), nil
}

// Open opens what Seal sealed for the same purpose under the same root.
func (k *Keyring) Open(purpose string, sealed []byte) ([]byte, error) {
	a, err := aead(k.derive("seal small secrets"))
	if err != nil {
		return nil, err
	}
	plain, err := a.Open(nil, nil, sealed, []byte(purpose))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "vault.does_not_open")
	}
	return plain, nil
}

// tokenSize keeps 128 bits of a blind token.
const tokenSize = 16

// Token blinds a search term: an HMAC that only this owner can make, apart for each kind.
func (k *Keyring) Token(kind, value string) []byte {
	h := hmac.New(sha256.New, k.derive("blind tokens of kind "+kind))
	h.Write([]byte(value))
	return h.Sum(nil)[:tokenSize]
}

// Seed derives a 32-byte seed for a named use, such as the owner's signing keys.
func (k *Keyring) Seed(use string) [32]byte { return [32]byte(k.derive("seed of " + use)) }

// Lock writes the root, encrypted to recipients.
func (k *Keyring) Lock(w io.Writer, to ...age.Recipient) error {
	out, err := age.Encrypt(w, to...)
	if err != nil {
		return fmt.Errorf("vault: lock: %w", err)
	}
	if _, err := out.Write(k.root); err != nil {
		return err
	}
	return out.Close()
}

// Unlock reads a root that Lock wrote. The error does not say which part of a passphrase was wrong.
func Unlock(r io.Reader, with ...age.Identity) (*Keyring, error) {
	in, err := age.Decrypt(r, with...)
	if err != nil {
		return nil, fault.Wrap(fault.Denied, err, "vault.wrong_key")
	}
	root, err := io.ReadAll(io.LimitReader(in, rootSize+1))
	if err != nil {
		return nil, fault.Wrap(fault.Denied, err, "vault.wrong_key")
	}
	return fromRoot(root)
}
