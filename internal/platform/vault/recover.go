// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Keeper is one of the three people who can recover a keyring two at a time.
type Keeper struct {
	Name string // as they are called in the recovery file; one line
	To   age.Recipient
}

// recoveryTitle begins a recovery file.
const recoveryTitle = "Entraide keyring recovery, version 1"

// maxRecovery bounds a recovery file in bytes.
const maxRecovery = 1 << 20

// recoveryHelp says what to do with a recovery file when nothing but age is at hand.
const recoveryHelp = `
Any two of the three people named here can together recover the keyring of
this office; one alone cannot. Keep this file where all three can reach it.

Each block is an age file (age-encryption.org) for the first person of its
title; inside is another one, for the second person:

  first person:   age --decrypt -i MY-KEY BLOCK > INNER
  second person:  age --decrypt -i MY-KEY INNER > ROOTS

ROOTS are the keyring's secrets, 32 bytes each, the oldest first.
`

// Split writes a recovery file: the keyring encrypted with age to each pair of the three keepers, once per
// pair, the second's layer inside the first's. It is text and says itself how it is opened. Invalid when
// names or keys are missing or the same. Write it again after Next, after Retire, and when a keeper changes,
// and destroy the older file: it still recovers the older keyring.
func (k *Keyring) Split(w io.Writer, keepers [3]Keeper) error {
	if err := distinct(keepers); err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s\nPeople:\n", recoveryTitle, recoveryHelp)
	for i, p := range keepers {
		fmt.Fprintf(&b, "  %d. %s\n", i+1, p.Name)
	}
	for _, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
		first, second := keepers[pair[0]], keepers[pair[1]]
		fmt.Fprintf(&b, "\nBlock for %s, then %s\n", first.Name, second.Name)
		var inner bytes.Buffer
		if err := encrypt(&inner, k.secret(), second.To); err != nil {
			return fmt.Errorf("vault: split: %w", err)
		}
		outer := armor.NewWriter(&b)
		if err := encrypt(outer, inner.Bytes(), first.To); err != nil {
			return fmt.Errorf("vault: split: %w", err)
		}
		if err := outer.Close(); err != nil {
			return fmt.Errorf("vault: split: %w", err)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// distinct refuses keepers who are not three: one person with two keys' places could recover alone.
func distinct(keepers [3]Keeper) error {
	names, keys := map[string]bool{}, map[string]bool{}
	for _, p := range keepers {
		name := strings.TrimSpace(p.Name)
		if name == "" || p.To == nil || strings.ContainsFunc(p.Name, unicode.IsControl) || strings.Contains(p.Name, armor.Header) {
			return fault.Bad("keepers", "vault.keepers_incomplete")
		}
		names[strings.ToLower(name)] = true
		key := fmt.Sprintf("%p", p.To)
		if s, ok := p.To.(fmt.Stringer); ok {
			key = s.String()
		}
		keys[key] = true
	}
	if len(names) != len(keepers) || len(keys) != len(keepers) {
		return fault.Bad("keepers", "vault.keepers_same")
	}
	return nil
}

// Recover reads a recovery file with the identities of two keepers, in any order. Denied when they are not
// those of two of the three; Invalid when it is no recovery file.
func Recover(r io.Reader, with ...age.Identity) (*Keyring, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxRecovery))
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(text, []byte(recoveryTitle)) {
		return nil, fault.New(fault.Invalid, "vault.not_recovery")
	}
	if len(with) == 0 {
		return nil, fault.New(fault.Denied, "vault.recovery_needs_two")
	}
	cause := errors.New("no block in the file")
	for _, block := range blocks(text) {
		secret, err := peel(block, with)
		if err != nil {
			cause = err
			continue
		}
		k, err := fromSecret(secret)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "vault.not_recovery")
		}
		return k, nil
	}
	return nil, fault.Wrap(fault.Denied, cause, "vault.recovery_needs_two")
}

// blocks finds the armored age files of a text.
func blocks(text []byte) [][]byte {
	var out [][]byte
	for {
		start := bytes.Index(text, []byte(armor.Header))
		if start < 0 {
			return out
		}
		text = text[start:]
		end := bytes.Index(text, []byte(armor.Footer))
		if end < 0 {
			return out
		}
		end += len(armor.Footer)
		out = append(out, text[:end])
		text = text[end:]
	}
}

// peel takes both layers off a block.
func peel(block []byte, with []age.Identity) ([]byte, error) {
	inner, err := age.Decrypt(armor.NewReader(bytes.NewReader(block)), with...)
	if err != nil {
		return nil, err
	}
	layer, err := io.ReadAll(io.LimitReader(inner, maxRecovery))
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(bytes.NewReader(layer), with...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(plain, maxRoots*rootSize+1))
}
