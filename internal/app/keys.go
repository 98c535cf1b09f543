// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// Unlocking is what opens the keyrings, with its public side, to which they are locked again, and whom a plugin asks.
type Unlocking struct {
	With []age.Identity
	To   []age.Recipient
	Ask  vault.Asking
}

// recipientsFile lists, in a folder, whom its keyrings are locked to.
const recipientsFile = "keys/recipients.txt"

// lockedTo gives the recipients of an office's keyrings: those that keys/recipients.txt lists, else the public side of
// what unlocks them.
func (f Folder) lockedTo(u Unlocking) ([]age.Recipient, error) {
	to, err := f.listed(u.Ask)
	if err != nil || to != nil {
		return to, err
	}
	if len(u.To) == 0 {
		return nil, fault.New(fault.Invalid, "vault.needs_recipient")
	}
	return u.To, nil
}

// listed reads keys/recipients.txt; nil when there is none, as beside a passphrase.
func (f Folder) listed(ask vault.Asking) ([]age.Recipient, error) {
	b, err := os.ReadFile(f.path(filepath.FromSlash(recipientsFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "app.no_keyring")
	}
	var to []age.Recipient
	for line := range strings.Lines(string(b)) {
		r, err := vault.ParseRecipient(line, ask)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "app.bad_settings")
		}
		to = append(to, r)
	}
	return to, nil
}

// lockKeyring writes an owner's locked keyring in one step.
func (f Folder) lockKeyring(owner journal.ID, k *vault.Keyring, to []age.Recipient) error {
	var b bytes.Buffer
	if err := k.Lock(&b, to...); err != nil {
		return err
	}
	return writeFile(f.KeyPath(owner), b.Bytes(), 0o600)
}

// KeyFileAdded says how many key files open the office now.
type KeyFileAdded struct {
	OK    bool   `json:"ok"`
	File  string `json:"file"`
	Files int    `json:"files"` // that open the keyrings
}

// AddKeyFile lets one more key file, which it makes, open every keyring of a folder; instead lets it alone open them,
// in place of earlier key files or the passphrase. No process may serve the folder.
func AddKeyFile(f Folder, u Unlocking, path string, instead bool) (_ KeyFileAdded, err error) {
	s, err := f.Settings()
	if err != nil {
		return KeyFileAdded{}, err
	}
	lock, err := f.lock()
	if err != nil {
		return KeyFileAdded{}, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if s.Unlock == ByPassphrase && !instead {
		return KeyFileAdded{}, fault.New(fault.Guarded, "operate.key.passphrase")
	}
	rings, err := unlock(f, s, u.With...)
	if err != nil {
		return KeyFileAdded{}, err
	}
	var to []age.Recipient
	if !instead {
		if to, err = f.lockedTo(u); err != nil {
			return KeyFileAdded{}, err
		}
	}
	added, err := vault.GenerateKeyFile(path)
	if err != nil {
		return KeyFileAdded{}, err
	}
	to = append(to, added)
	for owner, k := range rings {
		if err := f.lockKeyring(owner, k, to); err != nil {
			return KeyFileAdded{}, err
		}
	}
	if err := f.listRecipients(to); err != nil {
		return KeyFileAdded{}, err
	}
	if instead {
		s.Unlock, s.KeyFile = ByKeyFile, path
		if err := f.save(s); err != nil {
			return KeyFileAdded{}, err
		}
	}
	return KeyFileAdded{true, path, len(to)}, nil
}

func (f Folder) listRecipients(to []age.Recipient) error {
	var b strings.Builder
	for _, r := range to {
		fmt.Fprintf(&b, "%s\n", r)
	}
	return writeFile(f.path(filepath.FromSlash(recipientsFile)), []byte(b.String()), 0o600)
}

// Split is a recovery file that was made.
type Split struct {
	OK      bool       `json:"ok"`
	Owner   journal.ID `json:"owner"`
	File    string     `json:"file"`
	Keepers []string   `json:"keepers"`
}

// SplitKey writes the recovery file of an owner's keyring for three people, two of whom recover it. It never
// overwrites a file.
func SplitKey(f Folder, u Unlocking, owner journal.ID, keepers [3]vault.Keeper, path string) (Split, error) {
	s, err := f.Settings()
	if err != nil {
		return Split{}, err
	}
	o, err := s.only(owner)
	if err != nil {
		return Split{}, err
	}
	rings, err := unlock(f, s, u.With...)
	if err != nil {
		return Split{}, err
	}
	var b bytes.Buffer
	if err := rings[o.ID].Split(&b, keepers); err != nil {
		return Split{}, err
	}
	if _, err := os.Lstat(path); err == nil {
		return Split{}, fault.New(fault.Conflict, "operate.file_exists")
	}
	if err := writeFile(path, b.Bytes(), 0o600); err != nil {
		return Split{}, err
	}
	out := Split{OK: true, Owner: o.ID, File: path}
	for _, k := range keepers {
		out.Keepers = append(out.Keepers, k.Name)
	}
	return out, nil
}

// only finds the owner that is meant; zero is the only one.
func (s Settings) only(id journal.ID) (Owner, error) {
	if id.IsZero() && len(s.Owners) > 1 {
		return Owner{}, fault.Bad("office", "app.need.owner")
	}
	for _, o := range s.Owners {
		if o.ID == id || id.IsZero() {
			return o, nil
		}
	}
	return Owner{}, fault.New(fault.NotFound, "app.no_owner")
}

// Recovered says which keyrings were recovered.
type Recovered struct {
	OK      bool         `json:"ok"`
	KeyFile string       `json:"key_file"`
	Owners  []journal.ID `json:"owners"`
}

// RecoverKeys opens recovery files, one for each owner of the folder, with the keys of two keepers, and locks the
// keyrings to a new key file, which alone opens the folder from then on. A keyring that did not sign the owner's log
// is refused. The keyrings of before stay beside the new ones.
func RecoverKeys(ctx context.Context, f Folder, recovery [][]byte, keepers []age.Identity, path string) (_ Recovered, err error) {
	s, err := f.Settings()
	if err != nil {
		return Recovered{}, err
	}
	lock, err := f.lock()
	if err != nil {
		return Recovered{}, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	rings, err := f.recovered(ctx, s, recovery, keepers)
	if err != nil {
		return Recovered{}, err
	}
	to, err := vault.GenerateKeyFile(path)
	if err != nil {
		return Recovered{}, err
	}
	out := Recovered{OK: true, KeyFile: path}
	for owner, k := range rings {
		if err := os.Rename(f.KeyPath(owner), f.KeyPath(owner)+".before"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return out, err
		}
		if err := f.lockKeyring(owner, k, []age.Recipient{to}); err != nil {
			return out, err
		}
		out.Owners = append(out.Owners, owner)
	}
	inorder.By(out.Owners, func(a, b journal.ID) int { return bytes.Compare(a[:], b[:]) })
	if err := f.listRecipients([]age.Recipient{to}); err != nil {
		return out, err
	}
	s.Unlock, s.KeyFile = ByKeyFile, path
	return out, f.save(s)
}

// recovered opens recovery files and finds whose keyring each holds: the one that signed an owner's log, and that knows
// the root of all its data keys.
func (f Folder) recovered(ctx context.Context, s Settings, recovery [][]byte, keepers []age.Identity) (_ map[journal.ID]*vault.Keyring, err error) {
	d, err := db.Open(ctx, db.Config{DSN: s.dsn(f)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	rings := map[journal.ID]*vault.Keyring{}
	for _, text := range recovery {
		k, err := vault.Recover(bytes.NewReader(text), keepers...)
		if err != nil {
			return nil, err
		}
		for _, o := range s.Owners {
			fits := false
			if err := d.Read(ctx, func(tx dbTx) (err error) { fits, err = fitting(ctx, tx, o.ID, k, len(s.Owners) == 1); return err }); err != nil {
				return nil, err
			}
			if fits {
				rings[o.ID] = k
			}
		}
	}
	if len(rings) != len(s.Owners) {
		return nil, fault.New(fault.Denied, "operate.key.other_office")
	}
	return rings, nil
}

// fitting says whether a keyring is an owner's; alone is for an office whose log is empty, which nothing can tell.
func fitting(ctx context.Context, tx dbTx, owner journal.ID, k *vault.Keyring, alone bool) (bool, error) {
	note, err := ledger.Latest(ctx, tx, owner)
	if err != nil || !signed(owner, k, note) && !(alone && note == "") {
		return false, err
	}
	left, err := k.Unopened(ctx, tx, owner)
	if err == nil && left > 0 {
		err = fault.New(fault.Guarded, "operate.key.recovery_old", "Count", left)
	}
	return err == nil, err
}

// signed says whether a keyring's log key signed a checkpoint.
func signed(owner journal.ID, k *vault.Keyring, note string) bool {
	signer, err := ledger.NewSigner(owner, k.Seed("log"))
	if err != nil {
		return false
	}
	_, err = ledger.ParseCheckpoint(note, signer.Verifier())
	return err == nil
}

// dsn is where the database is.
func (s Settings) dsn(f Folder) string {
	if s.Database == "" {
		return f.path("office.db")
	}
	return s.Database
}

// Rotated counts what a rotation wrapped again.
type Rotated struct {
	OK     bool           `json:"ok"`
	Owners []RotatedOwner `json:"owners"`
}

// RotatedOwner is one office's part of it.
type RotatedOwner struct {
	Owner   journal.ID `json:"owner"`
	Keys    int64      `json:"keys"`
	Secrets int        `json:"secrets"` // small ones, sealed again: of accounts, of the post
	Resumed bool       `json:"resumed"` // an earlier rotation that was cut off was brought to its end
}

// RotateKeys gives every owner of an opened node a new root, wraps all data keys under it and seals small secrets again.
// It can be cut off at any moment: the next run first ends what is unfinished. Recovery files must be made anew after it.
// Older roots stay in the keyring until RetireKeys: files of data, which are kept for a year, hold small secrets under them.
func (n *Node) RotateKeys(ctx context.Context, u Unlocking) (Rotated, error) {
	to, err := n.Folder.lockedTo(u)
	if err != nil {
		return Rotated{}, err
	}
	out := Rotated{Owners: []RotatedOwner{}}
	for _, o := range n.owners() {
		x := RotatedOwner{Owner: o}
		if x.Keys, err = n.keys[o].Rotate(ctx, n.DB, o, telling(ctx, "key.rotate")); err != nil {
			return out, err
		}
		if x.Resumed = x.Keys > 0; !x.Resumed {
			if x.Keys, err = n.nextRoot(ctx, o, to); err != nil {
				return out, err
			}
		}
		if x.Secrets, err = n.reseal(ctx, o); err != nil {
			return out, err
		}
		if err := n.Folder.noteRotated(o, n.Clock.Now()); err != nil {
			return out, err
		}
		out.Owners = append(out.Owners, x)
	}
	out.OK = true
	return out, nil
}

// reseal seals an owner's small secrets under the newest root of its keyring.
func (n *Node) reseal(ctx context.Context, owner journal.ID) (int, error) {
	people, err := n.Identity.Reseal(ctx, owner)
	if err != nil {
		return 0, err
	}
	held, err := n.Post.Reseal(ctx, owner)
	if err != nil {
		return people, err
	}
	compared, err := n.matching().Reseal(ctx, owner)
	if held += compared; err != nil {
		return people + held, err
	}
	shares, err := n.joint().Reseal(ctx, owner)
	if held += shares; err != nil {
		return people + held, err
	}
	if err := n.directory.reseal(ctx, owner); err != nil {
		return people + held, err
	}
	// The older values were overwritten in the file; the write-ahead log holds a copy until this.
	if err := n.DB.Scrub(ctx); err != nil && !fault.Is(err, fault.Unavailable) {
		return people + held + 1, err
	}
	return people + held + 1, nil
}

// nextRoot adds a root to an owner's keyring, on disk before anything is wrapped under it.
func (n *Node) nextRoot(ctx context.Context, owner journal.ID, to []age.Recipient) (int64, error) {
	next, err := n.keys[owner].Next()
	if err != nil {
		return 0, err
	}
	if err := n.Folder.lockKeyring(owner, next, to); err != nil {
		return 0, err
	}
	n.keys[owner] = next
	return next.Rotate(ctx, n.DB, owner, telling(ctx, "key.rotate"))
}
