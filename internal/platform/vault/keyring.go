// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"hash"
	"sync"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

const (
	rootSize   = 32
	rootIDSize = 8
	maxRoots   = 64
)

// Keyring is one owner's unlocked keys. It is safe for concurrent use; nothing in it changes after it was
// made (Next and Retire give another).
type Keyring struct {
	roots []root // oldest first; the first is the base, the last wraps and seals

	labels sync.Map // label -> []byte: keys derived from the base
	hashes sync.Map // label -> *sync.Pool of hash.Hash: HMACs under those keys, ready for another value
}

// root is one 32-byte secret and what is derived from it once.
type root struct {
	secret []byte
	id     [rootIDSize]byte // public: stands beside what it wraps and seals
	wrap   cipher.AEAD
}

// Create makes a keyring with a new root.
func Create() (*Keyring, error) {
	secret, err := random(rootSize)
	if err != nil {
		return nil, err
	}
	return fromSecret(secret)
}

// Next gives a keyring that opens all that k opens and wraps and seals under a new root. Tokens, salts and
// seeds stay the same. Lock it to the same recipients, then Rotate, then Retire.
func (k *Keyring) Next() (*Keyring, error) {
	secret, err := random(rootSize)
	if err != nil {
		return nil, err
	}
	return fromSecret(append(k.secret(), secret...))
}

// Retire gives a keyring without the roots between the base and the newest. Call it after Rotate has wrapped
// every data key, small secrets were sealed again, and no backup from before is left: what only those roots opened is lost.
func (k *Keyring) Retire() (*Keyring, error) {
	if len(k.roots) <= 2 {
		return k, nil
	}
	return fromSecret(append(bytes.Clone(k.roots[0].secret), k.newest().secret...))
}

// Roots gives how many roots there are: one, and one more for each rotation that was not retired.
func (k *Keyring) Roots() int { return len(k.roots) }

// secret is what Lock writes: the roots in a row, oldest first.
func (k *Keyring) secret() []byte {
	var b []byte
	for _, r := range k.roots {
		b = append(b, r.secret...)
	}
	return b
}

func fromSecret(secret []byte) (*Keyring, error) {
	n := len(secret) / rootSize
	if n == 0 || n > maxRoots || len(secret)%rootSize != 0 {
		return nil, errors.New("vault: a keyring is made of 1 to 64 roots of 32 bytes")
	}
	k := &Keyring{}
	for i := range n {
		r, err := newRoot(bytes.Clone(secret[i*rootSize : (i+1)*rootSize]))
		if err != nil {
			return nil, err
		}
		k.roots = append(k.roots, r)
	}
	return k, nil
}

func newRoot(secret []byte) (root, error) {
	wrap, err := aead(derive(secret, "wrap data keys"))
	return root{secret: secret, id: [rootIDSize]byte(derive(secret, "id of this root")), wrap: wrap}, err
}

func (k *Keyring) newest() root { return k.roots[len(k.roots)-1] }

// byID finds a root of this keyring.
func (k *Keyring) byID(id []byte) (root, bool) {
	for i := len(k.roots) - 1; i >= 0; i-- {
		if bytes.Equal(k.roots[i].id[:], id) {
			return k.roots[i], true
		}
	}
	return root{}, false
}

// derive gives the 32-byte key of a label.
func derive(secret []byte, label string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "entraide v1 "+label, 32)
	if err != nil {
		panic("vault: hkdf: " + err.Error()) // only for absurd lengths
	}
	return key
}

// fromBase derives from the base and remembers: labels are few and fixed (kinds of tokens, uses of seeds).
func (k *Keyring) fromBase(label string) []byte {
	if key, ok := k.labels.Load(label); ok {
		return key.([]byte)
	}
	key, _ := k.labels.LoadOrStore(label, derive(k.roots[0].secret, label))
	return key.([]byte)
}

func random(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := rand.Read(b)
	return b, err
}

// aead is AES-256-GCM that draws its own nonce and puts it in front. At random 96-bit nonces one key is
// good for 2^32 values; a dossier's category never comes near.
func aead(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(b)
}

// shut is what one learns of a sealed value that does not open: wrong key, wrong place or altered bytes.
func shut(cause error) error { return fault.Wrap(fault.Internal, cause, "vault.does_not_open") }

// Seal seals a small secret (a TOTP seed, a mail password) for a purpose. Each purpose has a key of its own.
func (k *Keyring) Seal(purpose string, plain []byte) ([]byte, error) {
	r := k.newest()
	a, err := aead(derive(r.secret, "small secrets of "+purpose))
	if err != nil {
		return nil, err
	}
	return a.Seal(bytes.Clone(r.id[:]), nil, plain, r.id[:]), nil
}

// Open opens what Seal sealed for the same purpose, under any root of this keyring.
func (k *Keyring) Open(purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < rootIDSize {
		return nil, shut(errors.New("too short"))
	}
	id, body := sealed[:rootIDSize], sealed[rootIDSize:]
	r, ok := k.byID(id)
	if !ok {
		return nil, shut(errors.New("sealed under another root"))
	}
	a, err := aead(derive(r.secret, "small secrets of "+purpose))
	if err != nil {
		return nil, err
	}
	plain, err := a.Open(nil, nil, body, id)
	if err != nil {
		return nil, shut(err)
	}
	return plain, nil
}

// How many bytes of an HMAC are kept: of a leaf's salt, which must not be guessed; and of a blind token, which must not
// be taken for another (with a hundred million different ones in the table, one search in ten thousand million
// finds somebody too many, whose name then does not fit).
const (
	saltSize  = 16
	tokenSize = 8
)

// short gives the beginning of the HMAC of a value under the key of a label.
func (k *Keyring) short(label string, value []byte, size int) []byte {
	p, ok := k.hashes.Load(label)
	if !ok {
		key := k.fromBase(label)
		p, _ = k.hashes.LoadOrStore(label, &sync.Pool{New: func() any { return hmac.New(sha256.New, key) }})
	}
	pool := p.(*sync.Pool)
	h := pool.Get().(hash.Hash)
	defer pool.Put(h)
	h.Reset() // to the state after the key
	h.Write(value)
	return h.Sum(make([]byte, 0, sha256.Size))[:size]
}

// Token blinds a search term: 8 bytes that only this owner can make, apart for each kind.
func (k *Keyring) Token(kind, value string) []byte {
	return k.short("blind tokens of kind "+kind, []byte(value), tokenSize)
}

// Salt gives the 16-byte secret salt of an entry's leaf, the same each time.
func (k *Keyring) Salt(entry journal.ID) []byte { return k.short("leaf salts", entry[:], saltSize) }

// Seed derives a 32-byte seed for a named use, such as the owner's Ed25519 keys of ledger and exchange.
func (k *Keyring) Seed(purpose string) [32]byte { return [32]byte(k.fromBase("seed of " + purpose)) }
