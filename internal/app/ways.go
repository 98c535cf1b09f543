// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/plugin"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// How settings say that an office opens.
const (
	ByPassphrase = "passphrase"
	ByKeyFile    = "keyfile"  // at the path that the settings name
	ByIdentity   = "identity" // which never lies on the machine: whoever starts the office gives it
)

// Way is one way in which the offices of a folder open: a passphrase, or whoever holds the private side of a recipient.
type Way struct {
	Sort      string `json:"sort"` // passphrase | x25519 | hybrid | plugin
	Recipient string `json:"recipient,omitempty"`
}

// Ways are all of them.
type Ways struct {
	OK     bool   `json:"ok"`
	Unlock string `json:"unlock"`             // passphrase | keyfile | identity: how a start opens the office
	File   string `json:"key_file,omitempty"` // that a start reads
	Ways   []Way  `json:"ways"`
}

// Ways lists the ways in which a folder opens. u is asked for only where an older folder keeps no list of them.
func (f Folder) Ways(u func() (Unlocking, error)) (Ways, error) {
	s, err := f.Settings()
	if err != nil {
		return Ways{}, err
	}
	out := Ways{OK: true, Unlock: s.Unlock, File: s.KeyFile, Ways: []Way{}}
	if s.Unlock == ByPassphrase {
		out.Ways = append(out.Ways, Way{Sort: ByPassphrase})
		return out, nil
	}
	to, err := f.listed(vault.Asking{})
	if err == nil && to == nil {
		var x Unlocking
		if x, err = u(); err == nil {
			to, err = f.lockedTo(x)
		}
	}
	for _, r := range to {
		out.Ways = append(out.Ways, Way{sortOf(r), fmt.Sprint(r)})
	}
	return out, err
}

func sortOf(r age.Recipient) string {
	switch r.(type) {
	case *age.HybridRecipient:
		return "hybrid"
	case *plugin.Recipient:
		return "plugin"
	}
	return "x25519"
}

// WayIn says which way is added or removed.
type WayIn struct {
	Recipient age.Recipient
	// Instead lets the new way alone open the folder. Proof must then be identities that open what is locked to it: nobody
	// shuts an office with a key that nobody has.
	Instead bool
	Proof   []age.Identity
	// File is the key file from which a start takes its identity from now on; empty leaves it as it is, and with Instead says
	// that whoever starts the office gives it.
	File string
}

// AddWay lets the holder of a recipient's private side open every keyring of a folder. No process may serve the folder.
// Errors: Conflict when it is there already, Guarded where a passphrase opens the folder and the way is not instead of it,
// Denied when Proof does not fit, Invalid for recipients that age refuses together.
func AddWay(f Folder, u Unlocking, in WayIn) (Ways, error) {
	return f.changeWays(u, func(s *Settings, to []age.Recipient) ([]age.Recipient, []age.Identity, error) {
		if in.Instead {
			s.Unlock, s.KeyFile = ByIdentity, ""
			if in.File != "" {
				s.Unlock, s.KeyFile = ByKeyFile, in.File
			}
			return []age.Recipient{in.Recipient}, in.Proof, nil
		}
		if s.Unlock == ByPassphrase {
			return nil, nil, fault.New(fault.Guarded, "operate.key.passphrase")
		}
		if slices.ContainsFunc(to, same(in.Recipient)) {
			return nil, nil, fault.New(fault.Conflict, "operate.key.way_there")
		}
		return append(to, in.Recipient), u.With, nil
	})
}

// RemoveWay takes a way away. Whoever does it opens the folder by another one, so that one is left that works: Guarded for
// the last one, Denied when what unlocked the folder would not open it any more. File as in WayIn.
func RemoveWay(f Folder, u Unlocking, in WayIn) (Ways, error) {
	return f.changeWays(u, func(s *Settings, to []age.Recipient) ([]age.Recipient, []age.Identity, error) {
		left := slices.DeleteFunc(slices.Clone(to), same(in.Recipient))
		if s.Unlock == ByPassphrase || len(left) == len(to) {
			return nil, nil, fault.New(fault.NotFound, "operate.key.way_not_there")
		}
		if len(left) == 0 {
			return nil, nil, fault.New(fault.Guarded, "operate.key.last_way")
		}
		if in.File != "" {
			s.Unlock, s.KeyFile = ByKeyFile, in.File
		}
		return left, u.With, nil
	})
}

func same(a age.Recipient) func(age.Recipient) bool {
	return func(b age.Recipient) bool { return fmt.Sprint(a) == fmt.Sprint(b) }
}

// changeWays locks all keyrings of a folder anew, after trying that the identities that change names open them.
func (f Folder) changeWays(u Unlocking, change func(*Settings, []age.Recipient) ([]age.Recipient, []age.Identity, error)) (_ Ways, err error) {
	s, err := f.Settings()
	if err != nil {
		return Ways{}, err
	}
	lock, err := f.lock()
	if err != nil {
		return Ways{}, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	rings, err := unlock(f, s, u.With...)
	if err != nil {
		return Ways{}, err
	}
	var to []age.Recipient
	if s.Unlock != ByPassphrase {
		if to, err = f.lockedTo(u); err != nil {
			return Ways{}, err
		}
	}
	to, proof, err := change(&s, to)
	if err != nil {
		return Ways{}, err
	}
	for _, k := range rings {
		if err := opens(k, to, proof); err != nil {
			return Ways{}, err
		}
	}
	for owner, k := range rings {
		if err := f.lockKeyring(owner, k, to); err != nil {
			return Ways{}, err
		}
	}
	if err := errors.Join(f.listRecipients(to), f.save(s)); err != nil {
		return Ways{}, err
	}
	return f.Ways(func() (Unlocking, error) { return u, nil })
}

// Opens tries that identities open what is locked to recipients: Denied when they do not.
func Opens(to []age.Recipient, with []age.Identity) error {
	k, err := vault.Create()
	if err != nil {
		return err
	}
	return opens(k, to, with)
}

// opens tries that identities open a keyring that is locked to recipients.
func opens(k *vault.Keyring, to []age.Recipient, with []age.Identity) error {
	var b bytes.Buffer
	if err := k.Lock(&b, to...); err != nil {
		return err
	}
	if _, err := vault.Unlock(&b, with...); err != nil {
		return fault.Wrap(fault.Denied, err, "operate.key.unproven")
	}
	return nil
}

// String gives the sort and the ends of the recipient, for words.
func (w Way) String() string {
	if w.Recipient == "" {
		return w.Sort
	}
	const ends = 12
	r := w.Recipient
	if len(r) > 3*ends {
		r = r[:2*ends] + "…" + r[len(r)-ends:]
	}
	return strings.Join([]string{w.Sort, r}, "  ")
}
