// SPDX-License-Identifier: EUPL-1.2

package vault_test

import (
	"crypto/sha256"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// BenchmarkPart seals and opens a part of 300 bytes, makes and wraps its key, and blinds a search term, beside hashing as
// many bytes.
func BenchmarkPart(b *testing.B) {
	k := create(b)
	f, err := k.New(owner, mira, journal.D2)
	if err != nil {
		b.Fatal(err)
	}
	plain, bound := make([]byte, 300), []byte("place")
	sealed, err := f.Key().Seal(plain, bound)
	if err != nil {
		b.Fatal(err)
	}
	for name, work := range map[string]func() error{
		"seal":    func() error { _, err := f.Key().Seal(plain, bound); return err },
		"open":    func() error { _, err := f.Key().Open(sealed, bound); return err },
		"new key": func() error { _, err := k.New(owner, mira, journal.D2); return err },
		"token":   func() error { k.Token("name", "mira"); return nil },
		"sha256":  func() error { sha256.Sum256(plain); return nil },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			for b.Loop() {
				if err := work(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
