// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// rotatedFile says, in a folder, when each owner's small secrets were last sealed under a new root.
const rotatedFile = "keys/rotated.json"

func (f Folder) rotated() (map[string]time.Time, error) {
	out := map[string]time.Time{}
	b, err := os.ReadFile(f.path(filepath.FromSlash(rotatedFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "app.bad_settings")
	}
	return out, nil
}

func (f Folder) noteRotated(owner journal.ID, at time.Time) error {
	all, err := f.rotated()
	if err != nil {
		return err
	}
	all[owner.String()] = at.UTC()
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(f.path(filepath.FromSlash(rotatedFile)), append(b, '\n'), 0o600)
}

// Retired counts the roots that were destroyed.
type Retired struct {
	OK     bool           `json:"ok"`
	Owners []RetiredOwner `json:"owners"`
}

// RetiredOwner is one office's part of it.
type RetiredOwner struct {
	Owner     journal.ID `json:"owner"`
	Destroyed int        `json:"destroyed"`
	Roots     int        `json:"roots"` // that are left: the first and the newest
}

// RetireKeys destroys the roots between the first and the newest of every owner of an opened node. Recovery files must be
// made anew after it. Errors: Guarded while anything still needs them, which is a data key, a backup on the shelf from
// before the last rotation, or a rotation of which nobody noted when it ended; Unavailable when the shelf cannot be looked
// at. Copies of backups that somebody keeps elsewhere are not known here.
func (n *Node) RetireKeys(ctx context.Context, u Unlocking) (Retired, error) {
	to, err := n.Folder.lockedTo(u)
	if err != nil {
		return Retired{}, err
	}
	out := Retired{Owners: []RetiredOwner{}}
	for _, o := range n.owners() {
		if err := n.unneeded(o); err != nil {
			return out, err
		}
	}
	for _, o := range n.owners() {
		was := n.keys[o]
		now, err := was.Retire()
		if err != nil {
			return out, err
		}
		if now.Roots() < was.Roots() {
			if err := n.opensAll(ctx, o); err != nil {
				return out, err
			}
			if err := n.Folder.lockKeyring(o, n.keys[o], to); err != nil {
				return out, err
			}
			// The keyring of before a recovery holds the older roots too.
			if err := os.Remove(n.Folder.KeyPath(o) + ".before"); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return out, err
			}
		}
		out.Owners = append(out.Owners, RetiredOwner{o, was.Roots() - now.Roots(), now.Roots()})
	}
	out.OK = true
	return out, nil
}

// unneeded refuses while a backup on the shelf may hold small secrets under an older root of an owner.
func (n *Node) unneeded(owner journal.ID) error {
	const keeps = 2 // a keyring of two roots has none between
	if n.keys[owner].Roots() <= keeps {
		return nil
	}
	all, err := n.Folder.rotated()
	if err != nil {
		return err
	}
	at, ok := all[owner.String()]
	if !ok { // rotated before this was noted, or on another machine
		return fault.New(fault.Guarded, "operate.key.retire_unknown")
	}
	p, err := n.Folder.Plan()
	if err != nil || p.Shelf == "" {
		return err
	}
	files, err := p.Shelf.Files()
	if err != nil {
		return err
	}
	older := 0
	for _, f := range files {
		if f.Part == archive.Data && !f.Made.After(at) {
			older++
		}
	}
	if older > 0 {
		return fault.New(fault.Guarded, "operate.key.retire_backups", "Count", older, "Rotated", at.Format(time.DateOnly))
	}
	return nil
}

// opensAll gives the node an owner's keyring without the roots between, after making sure that it opens everything: all
// data keys, and all small secrets, which are sealed again by the way. What fails leaves the keyring as it was.
func (n *Node) opensAll(ctx context.Context, owner journal.ID) error {
	was := n.keys[owner]
	if _, err := n.reseal(ctx, owner); err != nil {
		return err
	}
	now, err := was.Retire()
	if err != nil {
		return err
	}
	var left int64
	if err := n.DB.Read(ctx, func(tx dbTx) (err error) { left, err = now.Unopened(ctx, tx, owner); return err }); err != nil {
		return err
	}
	if left > 0 {
		return fault.New(fault.Guarded, "operate.key.retire_rows", "Count", left)
	}
	n.keys[owner] = now
	if _, err := n.reseal(ctx, owner); err != nil {
		n.keys[owner] = was
		return err
	}
	return nil
}
